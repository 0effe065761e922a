"""Edits of entries: each makes an `Edit`, which turns the folder's files into the changed ones.

Texts are cleaned of what Word and browsers paste (`splice.clean`). Whether the result makes sense is for the checks; an edit raises EditError
only where it can't be made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.editing.proposals import Edit, raw_of, text_of
from bot.editing.splice import append, drop, put, reach, values
from bot.editing.written import EditError, Inline, Written, clean, listed, one_line

_ORDER = (
    "种类",
    "问",
    "环节",
    "不问地区",
    "问题",
    "说法",
    "答案",
    "接着问",
    "有效",
)  # of an entry's keys, as the files have them


@dataclass(frozen=True)
class NewEntry:
    """A new entry (问答) as a form holds it.

    id: its name, unique in all files · question: as shown to candidates · asks: 时间, 流程 …, "" for none · stages, follow_ups: names ·
    answers: region or 全国 -> (key of the notice, words) · kind: "", 未收录 or 闲聊 · nationwide: no region is asked for.
    """

    id: str
    question: str
    asks: str = ""
    stages: Sequence[str] = ()
    phrasings: Sequence[str] = ()
    answers: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    follow_ups: Sequence[str] = ()
    kind: str = ""
    nationwide: bool = False


def find_entry(files: Mapping[str, bytes], id: str) -> tuple[str, dict[str, Any]]:
    """The file of an entry, and the entry as plain values: {"问题": …, "说法": […], "答案": {…}}. Raises EditError: none of that name."""
    for path, raw in files.items():
        if path.startswith("faq/"):
            entries = values(text_of(raw)).get("问答", {})
            if isinstance(entries, dict) and isinstance(entries.get(id), dict):
                return path, entries[id]
    raise EditError(f"没有名叫“{id}”的问答。")


def add_phrasing(id: str, text: str) -> Edit:
    """One more way to ask for an entry (说法). Adding one that is there already changes nothing."""

    def edit(files: Mapping[str, bytes]) -> Mapping[str, str | None]:
        phrasing = one_line(text, "说法")
        path, entry = find_entry(files, id)
        if phrasing in (entry.get("问题"), *listed(entry.get("说法"))):
            return {}
        keys, old = ("问答", id, "说法"), text_of(files[path])
        if not entry.get("说法"):
            return {path: put(old, keys, [phrasing], after="问题")}
        return {path: append(old, keys, phrasing)}

    return edit


def drop_phrasing(id: str, text: str) -> Edit:
    """Take one way to ask away; the last one goes with its key."""

    def edit(files: Mapping[str, bytes]) -> Mapping[str, str | None]:
        path, entry = find_entry(files, id)
        phrasings = listed(entry.get("说法"))
        if text.strip() not in phrasings:
            raise EditError(f"“{id}”没有“{text}”这个说法。")
        keys: tuple[str | int, ...] = ("问答", id, "说法")
        if len(phrasings) > 1:
            keys = (*keys, phrasings.index(text.strip()))
        return {path: drop(text_of(files[path]), keys)}

    return edit


def set_answer(id: str, region: str, text: str, *, audience: str = "", notice: str = "") -> Edit:
    """The words of an entry for a region or 全国.

    Args:
        audience: "" = for everybody, else for these candidates only; everybody's words must be there already.
        notice: the key of the notice they come from; "" leaves the one that is written.
    """

    def edit(files: Mapping[str, bytes]) -> Mapping[str, str | None]:
        words = clean(text)
        if not words:
            raise EditError("答案是空的。")
        path, entry = find_entry(files, id)
        changed, keys = text_of(files[path]), ("问答", id, "答案")
        answers = entry.get("答案") or {}
        new: dict[str, Written] = {**({"公告": notice} if notice else {}), "正文": words}
        if not answers:
            if audience:
                raise EditError("先写所有考生的答案。")
            return {path: put(changed, keys, {region: new}, after="说法" if "说法" in entry else "问题")}
        if region not in answers:
            if audience:
                raise EditError(f"先写{region}所有考生的答案。")
            return {path: put(changed, (*keys, region), new)}
        if notice and answers[region].get("公告") != notice:
            changed = put(changed, (*keys, region, "公告"), notice)
        place: tuple[str, ...] = (*keys, region, "正文")
        if audience:
            place = (*keys, region, "对象", audience)
            if not answers[region].get("对象"):
                return {path: put(changed, place[:-1], {audience: words}, after="正文")}
        if reach(answers[region], place[len(keys) + 1 :]) != words:
            changed = put(changed, place, words)
        return {path: changed} if changed != text_of(files[path]) else {}

    return edit


def drop_answer(id: str, region: str, *, audience: str = "") -> Edit:
    """Take a region's words (or one audience's) away; the region is then answered from 全国."""

    def edit(files: Mapping[str, bytes]) -> Mapping[str, str | None]:
        path, entry = find_entry(files, id)
        keys: tuple[str, ...] = ("问答", id, "答案", region)
        if audience:
            alone = len((entry.get("答案", {}).get(region, {}).get("对象")) or {}) == 1
            keys = (*keys, "对象") if alone else (*keys, "对象", audience)
        return {path: drop(text_of(files[path]), keys)}

    return edit


def set_key(id: str, key: str, value: str | Sequence[str]) -> Edit:
    """One of an entry's other keys: 问题, 问, 种类, 不问地区 (是), 环节, 接着问; "" or () takes it out."""

    def edit(files: Mapping[str, bytes]) -> Mapping[str, str | None]:
        if key not in ("问题", "问", "种类", "不问地区", "环节", "接着问"):
            raise EditError(f"“{key}”不能这样改。")
        path, entry = find_entry(files, id)
        old, keys = text_of(files[path]), ("问答", id, key)
        if not value:
            return {path: drop(old, keys)} if key in entry else {}
        if isinstance(value, str):
            new: Any = one_line(value, key)
        else:
            new = [one_line(item, key) for item in value]
        if entry.get(key) == new or listed(entry.get(key)) == new:
            return {}
        earlier = [name for name in entry if name in _ORDER and _ORDER.index(name) < _ORDER.index(key)]
        written: Written = new if isinstance(new, str) else Inline(new)
        return {path: put(old, keys, written, after=earlier[-1] if earlier else None)}

    return edit


def new_entry(path: str, entry: NewEntry) -> Edit:
    """A new entry at the end of a file of faq/; the file is made where there is none."""

    def edit(files: Mapping[str, bytes]) -> Mapping[str, str | None]:
        id = one_line(entry.id, "名字")
        if not path.startswith("faq/"):
            raise EditError("问答放在 faq/ 里的文件中，例如 faq/缴费.yaml。")
        try:
            there, _ = find_entry(files, id)
        except EditError:
            pass
        else:
            raise EditError(f"已经有名叫“{id}”的问答，在 {there}。")
        written = _entry(entry)
        if path not in files:
            return {path: put("问答:\n  _: _\n", ("问答",), {id: written})}
        return {path: put(text_of(files[path]), ("问答", id), written)}

    return edit


def drop_entry(id: str) -> Edit:
    """Take an entry out. Where others name it in 接着问, the checks say so."""
    return lambda files: _without(files, id)


def both(*edits: Edit) -> Edit:
    """Several edits, one after the other, as one."""

    def edit(files: Mapping[str, bytes]) -> Mapping[str, str | None]:
        seen, changes = dict(files), dict[str, str | None]()
        for each in edits:
            for path, text in each(seen).items():
                changes[path] = text
                seen.pop(path, None)
                if text is not None:
                    seen[path] = raw_of(text)
        return changes

    return edit


def _entry(entry: NewEntry) -> dict[str, Written]:
    phrasings = list(dict.fromkeys(one_line(text, "说法") for text in entry.phrasings))
    named: dict[str, Written] = {
        "种类": entry.kind,
        "问": entry.asks,
        "环节": Inline(list(entry.stages)) if entry.stages else "",
        "不问地区": "是" if entry.nationwide else "",
        "问题": one_line(entry.question, "问题"),
        "说法": phrasings,
        "答案": {
            region: {**({"公告": notice} if notice else {}), "正文": clean(words)}
            for region, (notice, words) in entry.answers.items()
        },
        "接着问": Inline(list(entry.follow_ups)) if entry.follow_ups else "",
    }
    return {key: value for key, value in named.items() if value}


def _without(files: Mapping[str, bytes], id: str) -> Mapping[str, str | None]:
    path, _ = find_entry(files, id)
    return {path: drop(text_of(files[path]), ("问答", id))}
