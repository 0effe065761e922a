"""What several stages, years or regions have in common, so that it is said once. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.answers.parts import windows_for
from bot.dialogue.ask import NOT_MILITARY
from bot.dialogue.decision import Decision
from bot.dialogue.lookup import Told
from bot.schedule.deadlines import Phase, today
from bot.schedule.stages import SECOND, TITLES


def alike(parts: Sequence[Decision]) -> str:
    """Whether the regions told side by side have the same days; "" where words are compared, or one has no day on file."""
    days = [
        {(told.stage, told.cell.windows) for told in part.told if told.cell and told.cell.windows}
        for part in parts
    ]
    if len({part.region for part in parts}) < len(parts) or not all(days):
        return ""
    if any(not told.stated for part in parts for told in part.told):
        return ""
    which = "两地" if len(parts) == 2 else f"{len(parts)} 个考区"
    return f"{which}时间一样。" if all(own == days[0] for own in days) else f"{which}不一样："


def is_past(decision: Decision, now: datetime) -> bool:
    """Whether all that can be told is of earlier years and over, while no year was asked for."""
    years = [told.year for told in decision.told if told.stated and told.year is not None]
    return (
        bool(years)
        and decision.asked_year is None
        and not decision.beside
        and max(years) < today(now).year
        and is_over(decision, now)
    )


def is_over(decision: Decision, now: datetime) -> bool:
    """Whether every window told is closed."""
    windows = [window for told in decision.told if told.cell is not None for window in told.cell.windows]
    return bool(windows) and all(window.phase_at(now) is Phase.CLOSED for window in windows)


def together(every: Sequence[Told], audience: str | None) -> list[tuple[str, Told]]:
    """The stages in order, those of one year and the same windows as one (二试报名、二试缴费); what is for others comes last."""
    found: dict[tuple[object, ...], tuple[list[str], Told]] = {}
    for told in every:
        if told.cell is None or not told.cell.windows:
            continue
        # 上传 lies within 报名 in many notices, but is an errand of its own; only the two of 二试 are one errand.
        key = (told.level, told.year, told.cell.windows) if told.stage in SECOND else (told.stage,)
        found.setdefault(key, ([], told))[0].append(TITLES[told.stage])
    rows = [(_joined(names), told) for names, told in found.values()]
    own = [row for row in rows if windows_for(row[1].cell.windows if row[1].cell else (), audience)]
    if audience == NOT_MILITARY:
        return own or rows  # what is for soldiers only is nothing to them
    return [*own, *(row for row in rows if row not in own)]


def _joined(titles: Sequence[str]) -> str:
    """医学综合考试（二试）报名 and 缴费 of it, as one name."""
    first = titles[0]
    return "、".join([first, *(title.rpartition("）")[2] or title for title in titles[1:])])


def newest_first(every: Sequence[Told], asked_year: int | None) -> Sequence[Told]:
    """This year's before an older one's, which is history; in the order of the stages where one year is told or asked."""
    return every if asked_year is not None else sorted(every, key=lambda told: -(told.year or 0))
