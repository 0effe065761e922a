"""Where each stage stands as of now, by the windows on file: open, next, just over, past; for whom, and in which years. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.dialogue.ahead import ahead, just_over
from bot.dialogue.ask import Ask
from bot.dialogue.lookup import tell
from bot.knowledge.model import NATION, Knowledge
from bot.schedule.deadlines import Phase, today
from bot.text import statuses
from bot.text.statuses import PASSED

_PHASED = ("网上报名", "材料上传", "线上审核", "现场审核", "技能缴费", "一试缴费", "二试报名", "二试缴费")
LATELY = timedelta(days=3)  # within which who comes too late means the step that closed last


class Phases:
    """What the clock says of the windows of one knowledge; immutable."""

    def __init__(self, kb: Knowledge) -> None:
        self._kb = kb

    def opens_in(self, region: str, stage: str, year: int | None, now: datetime) -> int:
        """The month in which the window of this stage begins; 0 where none is on file."""
        told = tell(self._kb, region, stage, year, now)
        return told.cell.windows[0].opens.day.month if told.cell is not None and told.cell.windows else 0

    def years_of(self, stage: str, now: datetime) -> tuple[int, ...]:
        """The years in which the nation's days of this stage are on file, newest first."""
        years = self._kb.years_known(NATION, now)
        return tuple(year for year in years if tell(self._kb, NATION, stage, year, now).stated)

    def is_open(self, region: str, stage: str, year: int | None, now: datetime) -> bool:
        """Whether a window of this stage is open now."""
        told = tell(self._kb, region, stage, year, now)
        return told.cell is not None and any(
            window.phase_at(now) is Phase.OPEN for window in told.cell.windows
        )

    def just_over(
        self, region: str, stages: tuple[str, ...], year: int | None, now: datetime
    ) -> tuple[str, ...]:
        """Those of `stages` that closed within the last days and have nothing ahead, in order."""
        told = tuple(tell(self._kb, region, stage, year, now) for stage in stages)
        return tuple(item.stage for item in just_over(told, now, LATELY) if not ahead((item,), now))

    def of(self, region: str, year: int | None, now: datetime) -> dict[str, str]:
        """How far each stage is whose days are on file: "open", "next" (the first to come), "later", "just_over" or "past"."""
        found: dict[str, str] = {}
        coming: list[tuple[datetime, str]] = []
        for stage in _PHASED:
            told = tell(self._kb, region, stage, year, now)
            if told.cell is None or not told.cell.windows:
                continue
            stands = {window.phase_at(now) for window in told.cell.windows}
            if Phase.OPEN in stands:
                found[stage] = "open"
            elif Phase.BEFORE in stands:
                found[stage] = "later"
                coming.append((min(window.opens.starts() for window in told.cell.windows), stage))
            else:
                found[stage] = "just_over" if just_over((told,), now, LATELY) else "past"
        if coming:
            found[min(coming)[1]] = "next"
        return found

    def is_past(self, region: str, stage: str, year: int | None, now: datetime) -> bool:
        """Whether this stage of this year closed longer than some days ago."""
        return self.is_over(region, stage, year, now) and not self.just_over(region, (stage,), year, now)

    def hangs_on_clock(self, stages: tuple[str, ...], year: int | None, now: datetime) -> bool:
        """Whether some region on file has one of these stages open, so that what others missed can still be done there."""
        regions = {region for region, _year in self._kb.schedules} - {NATION}
        return any(self.is_open(region, stage, year, now) for region in regions for stage in stages)

    def is_over(self, region: str | None, stage: str, year: int | None, now: datetime) -> bool:
        """Whether all windows of this stage are of this year and over."""
        told = tell(self._kb, region, stage, year, now)
        return told.stated and told.year == today(now).year and not ahead((told,), now)

    def passed_this_year(self, ask: Ask, told: int, now: datetime) -> bool:
        """Whether a 技能 pass that was told without its year is this year's: the test of this year lies behind its fee.

        Args:
            told: the year of the candidate's pass, said before; 0 where none was.
        """
        region = ask.regions[0] if ask.regions else None
        now_told = ask.query.audience == PASSED and not statuses.is_dated(ask.query.text)
        before = ask.query.audience is None and ask.audience == PASSED and not told and ask.skills is None
        undated = now_told or before
        return undated and self.skills_are_over(region, now)

    def skills_are_over(self, region: str | None, now: datetime) -> bool:
        """Whether this year's 技能 test lies behind: its fee is over; `region` None: in all regions on file."""
        if region is not None:
            return self._test_is_past(region, now)
        # of a stranger it can only be said where all that is on file agrees
        own = {name for name, _year in self._kb.schedules if name != NATION}
        stated = [name for name in own if tell(self._kb, name, "技能缴费", None, now).stated]
        return bool(stated) and all(self._test_is_past(name, now) for name in stated)

    def _test_is_past(self, region: str, now: datetime) -> bool:
        """Whether the fee of this year's 技能 test is over; in a year without one on file, as late in the year as before."""
        told = tell(self._kb, region, "技能缴费", None, now)
        this = today(now)
        if told.cell is None or not told.cell.windows or told.year is None or told.year >= this.year:
            return self.is_over(region, "技能缴费", None, now)
        return any(
            (window.closes.day.month, window.closes.day.day) < (this.month, this.day)
            for window in told.cell.windows
        )

    def whom(self, region: str, stage: str, year: int | None, now: datetime) -> str:
        """The kind of candidate whom the windows of this stage are for; "" where they are for everybody, or none is on file."""
        told = tell(self._kb, region, stage, year, now)
        named = {window.audience for window in told.cell.windows} if told.cell is not None else set()
        return named.pop() if len(named) == 1 else ""
