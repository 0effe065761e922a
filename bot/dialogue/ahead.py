"""Which of the stages that were looked up are still to do, just over, or over last; and several regions side by side. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.dialogue.decision import Decision
from bot.dialogue.lookup import Told
from bot.knowledge.model import NATION
from bot.schedule.deadlines import Phase
from bot.text.replacing import replace


def ahead(told: tuple[Told, ...], now: datetime) -> tuple[Told, ...]:
    """The stages with a window that is not over: what the candidate still has to do."""
    return tuple(
        item
        for item in told
        if item.cell is not None
        and any(window.phase_at(now) is not Phase.CLOSED for window in item.cell.windows)
    )


def just_over(
    told: tuple[Told, ...], now: datetime, within: timedelta = timedelta(days=1)
) -> tuple[Told, ...]:
    """What ended less than a day ago: who asks 今晚几点截止 may hold it for open."""
    return tuple(
        item
        for item in told
        if item.cell is not None
        and item.cell.windows
        and timedelta(0) <= now - item.cell.windows[-1].closes.ends() < within
    )


def due(told: tuple[Told, ...], now: datetime) -> str:
    """The stage of `told` to be done first: one that is open, else the next to open, else the first."""
    left = ahead(told, now)
    is_open = [
        item
        for item in left
        if any(w.phase_at(now) is Phase.OPEN for w in (item.cell.windows if item.cell else ()))
    ]
    return (*is_open, *left, *told)[0].stage


def last(told: tuple[Told, ...]) -> tuple[Told, ...]:
    """Once all is over: the one that was over last."""
    closed = [(item.cell.windows[-1].closes.ends(), item) for item in told if item.cell and item.cell.windows]
    return (max(closed, key=lambda pair: pair[0])[1],) if closed else told


def side_by_side(parts: list[Decision]) -> Decision:
    """Several regions or years asked at once: one decision that holds each, so that every line can be labelled."""
    best = next((part for part in parts if part.kind == "answer"), parts[0])
    regions = dict.fromkeys(part.region or NATION for part in parts)
    if len(regions) > 1:
        parts = [replace(part, compared=True) for part in parts]
    return replace(best, region="、".join(regions) if len(regions) > 1 else best.region, parts=tuple(parts))
