"""What a reminder says: the words of a 客服消息 and the items of a template, as of the moment of sending. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.answers import subscribed, wording
from bot.answers.parts import phrase
from bot.answers.reply import LIMIT_BYTES
from bot.knowledge.model import Knowledge
from bot.reminders.account import Account
from bot.reminders.plan import Occasion, concerns
from bot.schedule.deadlines import Moment, Phase, Window
from bot.wechat import template_fields

_THING = 20  # characters of a "thing"


def text(items: Sequence[Occasion], kb: Knowledge, now: datetime) -> str:
    """A 客服消息 of one or several occasions, soonest deadline first; at most 2048 bytes."""
    ordered = _soonest_first(items)
    lines = list(dict.fromkeys(_line(one, now) for one in ordered))
    notices = "、".join(dict.fromkeys(one.notice for one in ordered))
    while True:
        said = phrase(kb, "提醒消息", 内容="\n".join(lines), 来源=notices)
        if len(said.encode()) <= LIMIT_BYTES or len(lines) == 1:
            return said
        lines.pop()


def correction(items: Sequence[Occasion], kb: Knowledge, now: datetime) -> str:
    """The message to somebody who was told other dates: what was said, and what holds now."""
    lines = [subscribed.changed(one.region, one.year, one.stage, one.window, kb, now) for one in items]
    return phrase(kb, "更正消息", 内容="\n".join(dict.fromkeys(lines)))


def corrected(items: Sequence[Occasion], kb: Knowledge, now: datetime) -> list[Occasion]:
    """The same occasions with the windows that hold now; [] where the notices say nothing any more."""
    return [
        replace(one, window=window)
        for one in items
        for window in subscribed.now_says(one.region, one.year, one.stage, one.window, kb, now)
    ]


def items_of(
    channel: str, items: Sequence[Occasion], account: Account, now: datetime, changed: bool = False
) -> tuple[dict[str, str], list[str]]:
    """A template's items, and what the platform would refuse in them ([] when it takes them). changed: it is a correction."""
    ordered = _soonest_first(items)
    data: dict[str, str] = {}
    for key, written in account.fields[channel].items():
        kind = re.sub(r"[0-9]+$", "", key)
        filled = template_fields.fill({key: written}, _values(ordered, kind, now, changed))[key]
        # Cut, not refused: a long name of a stage must not stop a reminder; dates are never that long.
        data[key] = filled[: _THING - 1] + "…" if kind == "thing" and len(filled) > _THING else filled
    return data, template_fields.problems(data)


def still_wanted(
    items: Sequence[Occasion], subscribed_to: Sequence[tuple[str, str]], audience: str, now: datetime
) -> list[Occasion]:
    """Those that are not over, are asked for, and concern this candidate."""
    return [
        one
        for one in items
        if one.window.phase_at(now) is not Phase.CLOSED
        and ((one.region, "") in subscribed_to or (one.region, one.stage) in subscribed_to)
        and concerns(one.window.audience, one.stage, audience)
    ]


def _line(one: Occasion, now: datetime) -> str:
    return subscribed.line(one.region, one.level, one.year, one.stage, one.window, now)


def _soonest_first(items: Sequence[Occasion]) -> list[Occasion]:
    return sorted(items, key=lambda one: (one.window.closes.ends(), one.window.opens.starts(), one.key))


def _values(ordered: Sequence[Occasion], kind: str, now: datetime, changed: bool) -> dict[str, str]:
    first = ordered[0]
    stages = {(one.region, one.stage) for one in ordered}
    many = f"等 {len(stages)} 项" if len(stages) > 1 else ""
    return {
        "考区": first.region,
        "环节": first.stage + many,
        "年度": str(first.year),
        "开始": _moment(first.window.opens, kind),
        "截止": _moment(first.window.closes, kind),
        "状态": first.window.phase_at(now).value,
        "提示": "更正：公告改了日期" if changed else _hint(first.window, now),
    }


def _moment(moment: Moment, kind: str) -> str:
    """For "time" and "date" in the platform's form, which knows no 24:00; in words for everything else."""
    if kind not in ("time", "date"):
        return wording.moment(moment, year=False)
    day = f"{moment.day.year}年{moment.day.month}月{moment.day.day}日"
    if moment.minute is None:
        return day  # no hour that the notice doesn't give; a "time" item refuses it, which the check before a run says
    minute = min(moment.minute, 24 * 60 - 1)
    return f"{day} {minute // 60:02d}:{minute % 60:02d}"


def _hint(window: Window, now: datetime) -> str:
    phase = window.phase_at(now)
    if phase is Phase.BEFORE:
        days = window.days_until(now)
        return "今天开始" if days == 0 else f"还有 {days} 天开始"
    days = window.days_left(now)
    return f"还剩 {days} 天截止" if days else f"今天截止，还剩 {window.hours_left(now)} 小时"
