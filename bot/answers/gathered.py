"""What several stages, years or regions have in common, so that it is said once. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from bot.answers.parts import windows_for
from bot.dialogue.ask import NOT_MILITARY
from bot.dialogue.decision import Decision
from bot.dialogue.lookup import Told
from bot.knowledge.model import NATION
from bot.schedule.deadlines import Phase, today
from bot.schedule.stages import SECOND, TITLES


def alike(parts: Sequence[Decision]) -> str:
    """Whether the regions, or the years, told side by side have the same days; "" where words are compared. Of regions without a day on file: whose days are."""
    days = [
        {(told.stage, told.cell.windows) for told in part.told if told.cell and told.cell.windows}
        for part in parts
    ]
    worded = any(part.answer is not None for part in parts)  # the days beside words are not what is compared
    known = [part.region or NATION for part, own in zip(parts, days, strict=True) if own]
    if not worded and len({part.region for part in parts}) == len(parts) > len(known) > 0:
        return f"只有{'、'.join(known)}的时间有收录："
    if worded or not all(days) or any(not told.stated for part in parts for told in part.told):
        return ""
    if parts[0].month and len({part.region for part in parts}) == 1:
        months = {window.opens.day.month for own in days for _stage, windows in own for window in windows}
        return (
            f"对，都在 {parts[0].month} 月。"
            if months == {parts[0].month}
            else f"不都在 {parts[0].month} 月："
        )
    if len({part.region for part in parts}) == 1 < len(parts) == 2:
        return _of_two_years([told for part in parts for told in part.told])
    if len({part.region for part in parts}) < len(parts):
        return ""
    which = "两地" if len(parts) == 2 else f"{len(parts)} 个考区"
    if all(own == days[0] for own in days):
        others = [
            part.region for part in parts if any(told.level == NATION != told.region for told in part.told)
        ]
        if len(others) == len(parts):
            return f"收录到的{which}时间一样，都是全国的时间；各自的公告没有收录，可能另有安排。"
        unknown = (
            f"收录到的{which}时间一样；{'、'.join(filter(None, others))}自己的公告没有收录，是全国的时间。"
        )
        return unknown if others else f"{which}时间一样。"
    bare = [
        {(stage, window.opens, window.closes) for stage, windows in own for window in windows} for own in days
    ]
    if all(own == bare[0] for own in bare):
        return f"{which}时间一样，只是对象不同："  # 重庆's soldiers upload nothing
    return f"{which}不一样："


def _of_two_years(told: Sequence[Told]) -> str:
    """By how many days of the calendar one year's window is later than the other's; "" where there are more windows than one, or levels."""
    if len(told) != 2 or len({(one.stage, one.level) for one in told}) != 1:
        return ""
    newer, older = sorted(told, key=lambda one: -(one.year or 0))
    if newer.cell is None or older.cell is None or len(newer.cell.windows) != 1 != len(older.cell.windows):
        return ""
    (new,), (old,) = newer.cell.windows, older.cell.windows
    ends = [(new.opens, old.opens, "开始"), (new.closes, old.closes, "截止")]
    days = [((_in_a_year(now.day) - _in_a_year(then.day)).days, end) for now, then, end in ends]
    if not any(count for count, _ in days):
        return "两年是同样的日子。"
    said = [
        f"{'晚' if count > 0 else '早'} {abs(count)} 天{end}" if count else f"同一天{end}"
        for count, end in days
    ]
    return f"不一样，{newer.year} 年度比 {older.year} 年度{'，'.join(said)}。"


def _in_a_year(day: date) -> date:
    """The same day of one leap year, so that two years' days can be told apart by the calendar."""
    return day.replace(year=2000)


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
        what = told.cell.windows if told.stage in SECOND else told.stage
        key = (told.level, told.year, what)
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
