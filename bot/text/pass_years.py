"""In which year a 技能 test that a message speaks of was passed (技能 25 年过的), and whether at a 国家基地. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from bot.text import dates
from bot.text.who import is_mine, people

_YEAR = r"(?P<year>(?:20\d\d|(?<!\d)\d\d(?=年))年?度?|大前年|前年|去年|上一?年|今年|本年度?|当年)"
_SKILL = r"(?:实践技能|技能|操作|实操|实践|三站)"
# What stands between holds nothing that was not passed, and no other test.
_GAP = r"[^,。?!没不未缺弃挂综理笔机毕费缴交报几什]"
_OTHER = r"(?!\s*(?:综合|笔试|理论|机考))"
_DONE = r"(?:(?:考|就|也|才|已经|都|成绩)*(?:过了|过的|考过|过|通过|合格|过关|及格)(?:了|的)?)(?![线分标率费关]|了?(?:没|没有|吗|么)(?:$|[\s,?!怎]))"
_PASSES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_YEAR}{_GAP}{{0,12}}?{_SKILL}{_GAP}{{0,8}}?{_DONE}",  # 去年在国家基地技能考过了
        rf"{_SKILL}{_GAP}{{0,8}}?{_YEAR}{_GAP}{{0,8}}?(?:{_DONE}|考的)",  # 技能是 25 年过的
        rf"{_YEAR}{_GAP}{{0,8}}?{_DONE}{_OTHER}{_GAP}{{0,4}}?{_SKILL}",  # 24 年过的技能
        rf"{_YEAR}{_GAP}{{0,8}}?考的{_SKILL}[ ,]*{_DONE}",  # 去年是基地考的技能 合格
        rf"{_SKILL}[^。?!没未缺综笔]{{0,14}}?{_YEAR}{_GAP}{{0,8}}?基地{_GAP}{{0,3}}?考(?:过|的)",  # 技能要重新考不 我去年是在国家基地考过的
        rf"{_YEAR}的{_SKILL}(?=[^,。?!]{{0,3}}(?:明年|后年|今年)[^,。?!]{{0,3}}(?:有效|有用|能用|算|作废|过期|管用|作数))",  # 去年的技能明年还有用没
        rf"{_YEAR}{_GAP}{{0,6}}?基地{_GAP}{{0,3}}?{_DONE}",  # 23年基地过的
        rf"用{_YEAR}的?{_SKILL}的?成绩",  # 26年我用24年的技能成绩还能免考不
        rf"{_YEAR}的?{_SKILL}的?成绩(?=[^,。?!]{{0,6}}(?:有效|能用|还用|算|作废|过期|保留|管))",  # 25 年的技能成绩明年还能用吗
    )
)
_BACK = {"大前年": 3, "前年": 2, "去年": 1, "上年": 1, "上一年": 1}
_NO_BASE = re.compile(
    r"(?:不是|没在|不在|非)(?:在|去)?(?:国家|官方|政府)?[^,。?!\s]{0,6}?基地|普通(?:的)?(?:基地|考点)考?的?"
)


@dataclass(frozen=True)
class Passed:
    """year: of the pass · start, end: where that year stands · mine: it is the candidate's own.

    elsewhere: it is said that it was no 国家基地, whose passes alone are valid two years.
    """

    year: int
    start: int
    end: int
    mine: bool
    elsewhere: bool

    def counts_no_more(self, this_year: int) -> bool:
        """Whether it is older than last year's, the oldest that can serve this year (valid two years)."""
        return self.year < this_year - 1


def read(text: str, this_year: int) -> Passed | None:
    """The last 技能 pass whose year is told; None where none is.

    Args:
        text: normalised, without places. this_year: the year in Shanghai, which 去年 counts from.
    """
    found = [match for pattern in _PASSES for match in pattern.finditer(text)]
    past = [match for match in found if _year(match["year"], this_year) <= this_year]
    if not past:
        return None
    last = max(past, key=lambda match: match.start("year"))
    return Passed(
        _year(last["year"], this_year),
        last.start("year"),
        last.end("year"),
        is_mine(people(text), last.start("year")),
        at_no_base(text),
    )


def at_no_base(text: str) -> bool:
    """Whether it is said that the test was at no 国家基地."""
    return _NO_BASE.search(text) is not None


def undated(text: str, year: str, told: str, today: date) -> str:
    """`text` without the year of the pass, which says who asks; 今年 stays where no other year is asked about.

    Args:
        year: as written. told: the text before past.tell_apart, which may have taken the year out already.
    """
    if text.count(year) < told.count(year):
        return text
    without = text.replace(year, " ", 1)
    is_now = _year(year, today.year) == today.year
    return text if is_now and not dates.read(without, today).years else without


def _year(written: str, this_year: int) -> int:
    digits = re.sub(r"\D", "", written)
    if digits:
        return int(digits) if len(digits) == 4 else 2000 + int(digits)
    return this_year - _BACK.get(written, 0)
