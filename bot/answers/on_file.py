"""Which notices there are answers from, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.knowledge.model import NATION, Knowledge
from bot.schedule.stages import SECOND


def on_file(kb: Knowledge, region: str | None, now: datetime) -> str:
    """The nation and `region`, None: every one, with the years of its schedules that are public: 全国 2024、2025 年度（二试另有 2022 年度）；四川 2024 年度."""
    if region in (None, NATION):
        return "；".join(said for level in (NATION, *kb.regions) if (said := _level(kb, level, now)))
    assert region is not None  # noqa: S101  told apart above
    return f"{_level(kb, NATION, now)}；{_level(kb, region, now) or f'{region}没有单独收录'}"


def of_exam(kb: Knowledge, region: str | None, year: int, now: datetime) -> str:
    """Whether the notices of that year's exam are on file, the nation's and the region's own: 2027 年度：全国的公告还没有收录，四川的也没有."""
    levels = [NATION, *([region] if region not in (None, NATION) else [])]
    there = {level: level is not None and _whole(kb, level, year, now) for level in levels}
    if not any(there.values()):
        also = f"，{region}的也没有" if len(levels) > 1 else ""
        return f"{year} 年度：全国的公告还没有公布或没有收录{also}"
    said = [f"{level}的公告{'已经出了' if found else '没有收录'}" for level, found in there.items()]
    return f"{year} 年度：{'，'.join(said)}"


def _whole(kb: Knowledge, region: str, year: int, now: datetime) -> bool:
    """Whether more is on file for that year than 二试."""
    return year in kb.years_known(region, now) and not set(kb.schedules[region, year].cells) <= SECOND


def _level(kb: Knowledge, region: str, now: datetime) -> str:
    years = sorted(kb.years_known(region, now))
    second = [year for year in years if not _whole(kb, region, year, now)]
    whole = [year for year in years if year not in second]
    beside = f"二试另有 {_list(second)} 年度" if second else ""
    if not whole:
        return f"{region} {beside}" if beside else ""
    return f"{region} {_list(whole)} 年度" + (f"（{beside}）" if beside else "")


def _list(years: Iterable[int]) -> str:
    return "、".join(map(str, years))
