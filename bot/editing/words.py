"""Edits of words, of the bot's own phrases and of notices, as bot/editing/entries.py has those of entries."""

from __future__ import annotations

from collections.abc import Mapping

from bot.editing.proposals import Edit, text_of
from bot.editing.splice import append, drop, put, reach, values
from bot.editing.written import EditError, Inline, clean, listed, one_line


def add_word(section: str, name: str, word: str) -> Edit:
    """One more word of words.yaml: under a name (同义, 科目, 动作, 问法, 对象, 级别, 口令), or `name` "" in a plain list (虚词, 自定义词 …)."""

    def edit(files: Mapping[str, bytes]) -> Mapping[str, str | None]:
        text, keys = text_of(files["words.yaml"]), (section, name) if name else (section,)
        new, plain = one_line(word, "词语"), values(text)
        if section not in plain or (name and not isinstance(plain[section], dict)):
            raise EditError(f"words.yaml 里没有“{section}”。")
        if name and name not in plain[section]:
            return {"words.yaml": put(text, keys, Inline([new]))}
        if new in listed(reach(plain, keys)):
            return {}
        return {"words.yaml": append(text, keys, new)}

    return edit


def drop_word(section: str, name: str, word: str) -> Edit:
    """Take a word out again; `name` as for add_word."""

    def edit(files: Mapping[str, bytes]) -> Mapping[str, str | None]:
        text, keys = text_of(files["words.yaml"]), (section, name) if name else (section,)
        words = listed(reach(values(text), keys))
        if word not in words:
            raise EditError(f"“{'、'.join(keys)}”里没有“{word}”。")
        return {"words.yaml": drop(text, (*keys, words.index(word)))}

    return edit


def set_phrase(key: str, text: str) -> Edit:
    """One of the bot's own sentences (phrases.yaml)."""

    def edit(files: Mapping[str, bytes]) -> Mapping[str, str | None]:
        old, words = text_of(files["phrases.yaml"]), clean(text)
        phrases = values(old).get("话术", {})
        if key not in phrases:
            raise EditError(f"没有名叫“{key}”的话术。")
        if not words:
            raise EditError("话术是空的。")
        return {} if phrases[key] == words else {"phrases.yaml": put(old, ("话术", key), words)}

    return edit


def set_notice(key: str, fields: Mapping[str, str]) -> Edit:
    """Write fields of a notice (名称, 地区, 年度, 发布, 转载, 网址, 核实, 核实人, 可信); a new notice where there is none of that key.

    A field that is "" is taken out; those not named stay.
    """

    def edit(files: Mapping[str, bytes]) -> Mapping[str, str | None]:
        changed = text_of(files["notices.yaml"])
        there = values(changed).get("公告", {}).get(key)
        written = {name: one_line(value, name) for name, value in fields.items() if clean(value)}
        if there is None:
            return {"notices.yaml": put(changed, ("公告", key), written)}
        for name, value in fields.items():
            if name in written and there.get(name) != written[name]:
                changed = put(changed, ("公告", key, name), written[name])
            elif name not in written and name in there and not value:
                changed = drop(changed, ("公告", key, name))
        return {"notices.yaml": changed} if changed != text_of(files["notices.yaml"]) else {}

    return edit
