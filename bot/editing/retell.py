"""When a date really has changed: the golden questions that demanded the old one, made to demand what the draft says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from bot.editing.proposals import Edit, text_of
from bot.editing.review import Flip
from bot.editing.sheets import listed
from bot.editing.splice import put, values


def retold(flip: Flip) -> dict[str, str]:
    """What the question demanded (含) -> what the new reply says in its place: "4 月 9 日 24 时" -> "4 月 11 日 24 时".

    Only where nothing but numbers differ, and only one such text is new in the reply; anything else is for people to judge.
    """
    found = {}
    for fault in flip.faults:
        missing = re.fullmatch("没有说“(.+)”", fault)
        if missing is None or not re.search(r"\d", missing[1]):
            continue
        old, new = (re.sub(r"\s+", "", reply) for reply in (flip.old, flip.new))
        shape = r"\d+".join(map(re.escape, re.split(r"\d+", re.sub(r"\s+", "", missing[1]))))
        fresh = set(re.findall(rf"(?<!\d){shape}(?!\d)", new)) - set(
            re.findall(rf"(?<!\d){shape}(?!\d)", old)
        )
        if len(fresh) == 1:
            numbers = iter(re.findall(r"\d+", fresh.pop()))
            found[missing[1]] = re.sub(r"\d+", lambda _, n=numbers: next(n), missing[1])
    return found


def retell(flips: Iterable[Flip]) -> Edit:
    """Write what `retold` found into the golden questions. Show staff the pairs first: after this the questions check the new date."""

    def edit(files: Mapping[str, bytes]) -> Mapping[str, str | None]:
        texts: dict[str, str] = {}
        for flip in flips:
            path = flip.place.rsplit(":", 2)[0]
            text = texts.get(path) or text_of(files[path])
            for number, item in enumerate(values(text).get("检验", [])):
                if flip.question not in listed(item.get("问")) or item.get("出处") != flip.source:
                    continue
                for old, new in retold(flip).items():
                    says = listed(values(text)["检验"][number].get("含"))
                    if old in says:
                        lone = isinstance(item["含"], str)
                        keys = ("检验", number, "含") if lone else ("检验", number, "含", says.index(old))
                        text = put(text, keys, new)
            texts[path] = text
        return {path: text for path, text in texts.items() if text != text_of(files[path])}

    return edit
