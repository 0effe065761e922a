"""截止不能早于开始

坏：  {开始: 2024-02-04, 截止: 2024-01-22}        好：  {开始: 2024-01-22, 截止: 2024-02-04}
"""

from __future__ import annotations

from bot.knowledge.draft import Draft, map_of, text_of
from bot.knowledge.yaml_source import Mapping, Sequence
from bot.schedule.deadlines import Moment

ID = "window-order"


def check(draft: Draft) -> None:
    """Every window with two readable ends."""
    for _path, root in draft.schedules():
        year = text_of(root, "年度")
        for stage, value in map_of(root, "日程").items():
            for window in value if isinstance(value, Sequence) else [value]:
                if isinstance(window, Mapping):
                    _window(draft, stage, window, year)


def _window(draft: Draft, stage: str, window: Mapping, year: str | None) -> None:
    opens, closes = text_of(window, "开始"), text_of(window, "截止")
    if opens is None or closes is None:
        return
    try:
        first, last = Moment.parse(opens), Moment.parse(closes)
    except ValueError:
        return  # check window-date speaks of it
    days = (last.day - first.day).days
    if last.ends() <= first.starts():
        draft.problem(
            closes.place,
            ID,
            f"环节“{stage}”的截止“{closes}”不晚于开始“{opens}”。",
            "看看是不是写反了，或年份、月份写错了。",
        )
    elif days > 120:
        draft.problem(
            closes.place,
            ID,
            f"环节“{stage}”长达 {days} 天。",
            "看看年份是不是写错了；公告真是这样写的可以不管。",
            level="提醒",
        )
    if year is not None and year.isdigit() and first.day.year not in (int(year), int(year) - 1):
        draft.problem(
            opens.place,
            ID,
            f"环节“{stage}”开始于 {first.day.year} 年，文件写的是 {year} 年度。",
            "改成一致。",
        )
