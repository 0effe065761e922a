"""What is on file for a region, a stage and a year, as of now: own notice, else 全国, else nothing. Pure.

Silence is never filled: a cell that says 未提及 or 未公布 stops the search of its year, and another region is never looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.knowledge.model import NATION, Cell, Knowledge
from bot.schedule.deadlines import today
from bot.schedule.stages import SECOND
from bot.text.replacing import replace


@dataclass(frozen=True)
class Told:
    """The finding for one stage.

    Attributes:
        region: whose question it was; NATION when none is known.
        level: whose notice speaks: `region` itself or NATION; "" when none does.
        year: the year of `cell`; the year asked where nothing was found; None when nothing is on file at all.
        cell: None when neither level has this stage in that year.
        history: an older own cell with windows, shown beside a newer national one or a newer silence.
    """

    stage: str
    region: str
    level: str
    year: int | None
    cell: Cell | None
    history: Told | None = None

    @property
    def stated(self) -> bool:
        """Whether there are windows to tell."""
        return self.cell is not None and bool(self.cell.windows)


def tell(kb: Knowledge, region: str | None, stage: str, year: int | None, now: datetime) -> Told:
    """Look one stage up.

    Args:
        region: None or NATION: the national level alone.
        year: the year asked; None = the newest on file that is public at `now`.
    """
    region = region or NATION
    years = (year,) if year is not None else _years(kb, region, now)
    for candidate in years:
        found = _in_year(kb, region, stage, candidate, now)
        if found.cell is not None:
            history = None
            # A year that was asked for and found needs no other beside it, but where the region held it otherwise.
            otherwise = stage == "现场审核" and reviews_some(kb, region, candidate, now)
            if (found.level != region and (year is None or otherwise)) or not found.stated:
                history = _older(kb, region, stage, candidate, now)
            return Told(stage, region, found.level, candidate, found.cell, history)
    return Told(stage, region, "", year, None, _newest_before(kb, region, stage, year or 9999, now))


def tell_review(kb: Knowledge, region: str | None, stage: str, year: int | None, now: datetime) -> Told:
    """As `tell`; for the review on the net of a region that calls only some on site (重庆) a newer 现场审核 of the nation is found.

    The nation's notice knows one review, on site; in such a region it is held on the net, in
    the same days in 2024 and 2025. That is no notice of this year: `stage` of what is returned says whose days they are.
    """
    told = tell(kb, region, stage, year, now)
    if stage != "线上审核" or region is None or (year is not None and told.stated):
        return told
    national = tell(kb, region, "现场审核", year, now)
    older = year is None and (national.year or 0) <= (told.year or 0)
    if national.level != NATION or not national.stated or older:
        return told
    return national if reviews_some(kb, region, national.year or 0, now) else told


def reviews_some(kb: Knowledge, region: str, before: int, now: datetime) -> bool:
    """Whether the region's newest notice older than `before` that tells of a 现场审核 calls only some kinds of candidates to it."""
    own = _older(kb, region, "现场审核", before, now)
    return own is not None and own.cell is not None and all(window.audience for window in own.cell.windows)


def _years(kb: Knowledge, region: str, now: datetime) -> tuple[int, ...]:
    years = set(kb.years_known(region, now))
    if inherits(kb, region):
        years |= set(kb.years_known(NATION, now))
    return tuple(sorted(years, reverse=True))


def inherits(kb: Knowledge, region: str) -> bool:
    """Whether the national level may speak for `region`."""
    known = kb.regions.get(region)
    return region == NATION or known is None or known.inherits


def _in_year(kb: Knowledge, region: str, stage: str, year: int, now: datetime) -> Told:
    own = kb.cell(region, stage, year, now)
    if own is not None:
        return Told(stage, region, region, year, own)
    # A region that has a notice of its own this year is not spoken for by the nation, but for 二试, which no
    # registration notice speaks of: 重庆 reviews online where the nation says on site.
    silent = region != NATION and year in kb.years_known(region, now) and stage not in SECOND
    national = kb.cell(NATION, stage, year, now) if inherits(kb, region) and not silent else None
    return Told(stage, region, NATION if national else "", year, national)


def _older(kb: Knowledge, region: str, stage: str, before: int, now: datetime) -> Told | None:
    """The newest own windows older than `before`; for the national level itself nothing is older than what it says."""
    for year in kb.years_known(region, now):
        if year < before and (own := kb.cell(region, stage, year, now)) is not None and own.windows:
            return Told(stage, region, region, year, own)
    return None


def _newest_before(kb: Knowledge, region: str, stage: str, year: int, now: datetime) -> Told | None:
    """The newest windows older than `year`: the region's own, or the nation's where they are newer, with the own ones beside."""
    own = _older(kb, region, stage, year, now)
    national = _older(kb, NATION, stage, year, now) if inherits(kb, region) else None
    if national is None or national.year is None or (own is not None and (own.year or 0) >= national.year):
        return own
    return replace(national, region=region, history=own)


def coming_year(kb: Knowledge, now: datetime) -> int:
    """The year of the next exam: this one until the latest day of a year that any notice on file tells has come round in it.

    Only whose exam is meant follows from it; no such day is ever told.
    """
    days = [
        window.closes.day
        for (_, year), schedule in kb.schedules.items()
        if schedule.known_from <= now
        for cell in schedule.cells.values()
        for window in cell.windows
        if window.closes.day.year == year
    ]
    last = max(((day.month, day.day) for day in days), default=(12, 31))
    this = today(now)
    return this.year + ((this.month, this.day) > last)
