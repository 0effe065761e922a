"""A 技能 pass or exemption as candidates tell it (去年我在国家基地考的技能,过了; 今年技能刚过), joined to one word that names their status. Pure.

Lists of words can't hold it: the year, the 国家基地, the test and how it went stand in any order, with small words between.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.text.scan import Found, Tag

EXEMPT = "实践技能免试"
PASSED, THIS_YEAR = "上年技能合格", "今年技能合格"
STATUSES = (PASSED, THIS_YEAR)  # they hold for one year of the exam, and say another thing in the next

_SKILL = r"(?:实践技能|技能|操作|实操|实践|三站)(?:考试)?"
_BASE = r"(?:(?:国家级?|官方|政府)(?:医师资格考试)?(?:实践)?(?:技能)?(?:考试)?|(?:实践)?技能(?:考试)?)?基地"
_LAST = r"去年|上一?年|上[次回届]|{last}年?|{short}年"
_NOW = r"今年|{this}年?|{now}年|刚刚?|才"
_SMALL = r"(?:我们?|本人|自己|在|的|是|就|也|都|已经|早就|那边|那个|参加|参考|考|且|并|成绩|那一?关|全|[, ])*"
_WENT = r"(?:考过|过关|过|合格|通过|及格)(?:了|的)?"
_NO = r"(?<![没不未否])"
_YEAR = re.compile(r"[去今]年|上一?年|上[次回]|往年|20\d\d年?|\d\d年|就")
_EARLIER = re.compile(r"(?:前年|20\d\d年?|\d\d年)[^,。?!]{0,4}$")  # a year that matched as none of these two
_NOT_ONLY = r"(?!了?的?\s*(?:吗|么|没|年|线|率|分|标准|成绩|条件|的?人|考生|后|以后|之后|才|缴|费|[几多好]))"


def joined(text: str, found: Sequence[Found], this_year: int) -> list[Found]:
    """`found` with every dated pass, or one at a 国家基地, as a single word of the kind 对象; unchanged where there is none.

    Args:
        text: normalised, without places. this_year: the year in Shanghai; a pass of the year before is 上年, one of
            this year never is. A pass without a year says no more than the lists do, and is left to them.
    """
    years = {"last": this_year - 1, "short": (this_year - 1) % 100, "this": this_year, "now": this_year % 100}
    last, now = (f"(?:{part.format(**years)})" for part in (_LAST, _NOW))
    when = rf"(?P<{{0}}>{last}|{now})"
    skills = (
        rf"(?:{when.format('a')}{_SMALL})?(?:(?P<base>{_BASE}){_SMALL})?{_SKILL}{_SMALL}(?:{when.format('b')}{_SMALL})?"
        rf"(?:(?P<there>{_BASE}){_SMALL})?(?:{when.format('c')}{_SMALL})?{_NO}{_WENT}{_NOT_ONLY}"
    )
    first = rf"(?:{when.format('d')}{_SMALL})?(?:{when.format('e')}{_SMALL})?{_NO}(?:考过|通过|过)了?(?P<skill>{_SKILL})了?(?!费|缴|的?时间|考|证)"
    at_base = rf"(?:{when.format('f')}{_SMALL})?(?P<only>{_BASE}){_SMALL}{_NO}(?:{_WENT}{_NOT_ONLY}|技能(?:成绩|合格成绩))"
    out = _exempt(found)
    for match in re.finditer(f"{skills}|{first}|{at_base}", text):
        dates = [match[name] for name in "abcdef" if match[name]]
        here = any(re.fullmatch(now, date) for date in dates) and not any(
            re.fullmatch(last, d) for d in dates
        )
        if not dates and not any(match[name] for name in ("base", "there", "only")):
            continue
        start, end = match.span()
        inside = [item for item in out if item.start < end and item.end > start]
        if any(item.start < start for item in inside) or (not dates and _EARLIER.search(text[:start])):
            continue
        end = max([end, *(item.end for item in inside)])
        word = Found(text[start:end], start, end, (Tag("对象", THIS_YEAR if here else PASSED),))
        out = sorted([*(item for item in out if item not in inside), word], key=lambda item: item.start)
    return out


_OF_BEFORE = re.compile(rf"{_YEAR.pattern}|前年|{_BASE}|综合|笔试|理论|保留|只[剩差]")


def _exempt(found: Sequence[Found]) -> list[Found]:
    """`found` with 免试技能 as one word: the test named with it is not what is asked about."""
    out: list[Found] = []
    for item in found:
        before = out[-1] if out else None
        names = [tag.name for tag in item.tags]
        if before and before.end == item.start and before.tags[0].name == EXEMPT and "技能" in names:
            out[-1] = Found(before.word + item.word, before.start, item.end, before.tags)
        else:
            out.append(item)
    return out


def is_dated(text: str) -> bool:
    """Whether a pass is told with its year, or with what came after it (技能过了笔试没过)."""
    return _OF_BEFORE.search(text) is not None


def undated(word: str) -> str:
    """A status without the year in it, which says who asks and not which year is asked about."""
    return _YEAR.sub("", word)


def kept(found: Sequence[Found], rest: str, status: Found | None) -> list[Found]:
    """`found` in `rest` with what is left there of `status` as one word again, once its year is gone."""
    word = undated(status.word).strip() if status is not None else ""
    start = rest.find(word) if word else -1
    if status is None or start < 0:
        return list(found)
    end = start + len(word)
    whole = Found(word, start, end, status.tags)
    others = [item for item in found if item.end <= start or item.start >= end]
    return sorted([*others, whole], key=lambda item: item.start)


def apart(rest: str, found: Sequence[Found]) -> tuple[str, list[Found]]:
    """`rest` with a blank for every word that names a kind of candidate, and the others of `found`, where they stood."""
    kinds = [item for item in found if item.tags[0].kind == "对象"]
    for item in kinds:
        rest = rest[: item.start] + " " * len(item.word) + rest[item.end :]
    return rest, [item for item in found if item not in kinds]
