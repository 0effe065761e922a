"""A year's windows of some regions as one SVG picture, with today's line. Pure; see charts.py for what holds of every picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from markupsafe import Markup

from bot.answers import wording
from bot.knowledge.model import Knowledge
from bot.schedule.deadlines import Window, today
from bot.schedule.stages import ORDER

_LEFT, _WIDTH, _LANE, _HEAD, _GAP = 64, 960, 21, 26, 10
_LETTER = 12  # the width of a Chinese letter of a label
# The colour of a stage follows what a candidate does in it.
_SHADES = {"报名": "sign", "上传": "sign", "审核": "review", "缴费": "pay", "考试": "sit"}
Place = Callable[[date], float]  # a day -> where it begins


@dataclass(frozen=True)
class Lane:
    """One line of the picture: a stage and its windows."""

    stage: str
    windows: tuple[Window, ...]


def lanes(kb: Knowledge, region: str, year: int, now: datetime) -> list[Lane]:
    """What the region's own notice of `year`, public at `now`, gives a time for, stage by stage."""
    found = ((stage, kb.cell(region, stage, year, now)) for stage in ORDER)
    return [Lane(stage, cell.windows) for stage, cell in found if cell is not None and cell.windows]


def picture(groups: Sequence[tuple[str, Sequence[Lane]]], now: datetime) -> Markup:
    """The picture; the axis runs over whole months from the first window to the last.

    Args:
        groups: (region, its lanes), at least one window in all.
    """
    windows = [window for _, each in groups for lane in each for window in lane.windows]
    first = min(window.opens.day for window in windows).replace(day=1)
    last = _next_month(max(window.closes.day for window in windows))
    scale = (_WIDTH - _LEFT) / (last - first).days

    def x(day: date) -> float:
        return _LEFT + (day - first).days * scale

    height = _HEAD + sum(_LANE * len(each) + _GAP for _, each in groups)
    parts = [_months(first, last, x, height)]
    top = float(_HEAD)
    for region, each in groups:
        parts.append(Markup('<text class="region" x="0" y="{:.0f}">{}</text>').format(top + 14, region))
        for lane in each:
            parts += [_bar(lane.stage, window, x, top, now) for window in lane.windows]
            top += _LANE
        top += _GAP
        parts.append(
            Markup('<line class="axis" x1="0" x2="{}" y1="{:.1f}" y2="{:.1f}"/>').format(
                _WIDTH, top - _GAP / 2, top - _GAP / 2
            )
        )
    day = today(now)
    if first <= day < last:
        at = x(day) + scale / 2
        parts.append(
            Markup('<line class="today" x1="{0:.1f}" x2="{0:.1f}" y1="16" y2="{1:.0f}"/>').format(at, height)
        )
        parts.append(Markup('<text class="today" x="{:.1f}" y="12">今天</text>').format(at))
    return Markup(
        '<svg class="timeline" viewBox="0 0 {} {:.0f}" role="img" aria-label="各考区的时间">{}</svg>'
    ).format(_WIDTH, height, Markup("").join(parts))


def _bar(stage: str, window: Window, x: Place, top: float, now: datetime) -> Markup:
    left, right = x(window.opens.day), x(window.closes.day + timedelta(days=1))
    wide = max(right - left, 5.0)
    shade = next((shade for word, shade in _SHADES.items() if word in stage), "review")
    label = f"{stage}（{window.audience}）" if window.audience else stage
    at_left = left + wide + 4 + _LETTER * len(label) > _WIDTH
    where = left - 4 if at_left else left + wide + 4
    said = f"{label}：{wording.window(window)}，{wording.state(window, now)}"
    return Markup(
        '<g><title>{}</title><rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="13" rx="4"/>'
        '<text class="stage{}" x="{:.1f}" y="{:.1f}">{}</text></g>'
    ).format(said, shade, left, top + 3, wide, " end" if at_left else "", where, top + 14, label)


def _months(first: date, last: date, x: Place, height: float) -> Markup:
    parts, month = [], first
    while month < last:
        at = x(month)
        parts.append(
            Markup('<line class="month" x1="{0:.1f}" x2="{0:.1f}" y1="18" y2="{1:.0f}"/>').format(at, height)
        )
        name = f"{month.year}/{month.month}" if month.month == 1 or month == first else f"{month.month} 月"
        parts.append(Markup('<text class="month" x="{:.1f}" y="12">{}</text>').format(at + 3, name))
        month = _next_month(month)
    return Markup("").join(parts)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
