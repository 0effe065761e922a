"""Replies about 订阅: what is asked for, what comes next, by which way the candidate will really be told. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.answers import wording
from bot.answers.offers import Offers
from bot.answers.parts import phrase, sources, windows_for
from bot.dialogue.consent import Consent, Missed
from bot.dialogue.decision import Decision
from bot.dialogue.lookup import tell
from bot.knowledge.model import Knowledge, Notice, ReminderRules
from bot.schedule.deadlines import Phase, Window
from bot.schedule.stages import ORDER, TITLES

_AHEAD = 4  # windows listed at most
_WAYS = {"later": "方式下次", "talk": "方式会话", "push": "方式推送", "grant": "方式授权"}


def lines(decision: Decision, kb: Knowledge, now: datetime, offers: Offers) -> list[str]:
    """The lines of a decision that speaks of subscriptions."""
    said = phrase(kb, decision.phrase, 内容=named(decision.subscribed), 规则=rules(kb.reminders))
    if decision.consent is None:
        return [said]
    ahead = _ahead(decision, kb, now)
    consent = decision.consent
    way = [phrase(kb, _WAYS[consent.way], 网址=consent.grant_url)]
    region = kb.regions.get(decision.subscribed[0][0])
    if consent.way != "push" and offers.public_url and region is not None:
        way.append(phrase(kb, "日历", 网址=f"{offers.public_url}/calendar/{region.id}.ics"))
    if not ahead:
        return [said, phrase(kb, "订阅暂无时间"), *way]
    return [said, *(one for one, _ in ahead), *way, *sources([notice for _, notice in ahead], kb, now)]


def named(pairs: Sequence[tuple[str, str]]) -> str:
    """四川（全部环节）、重庆线上审核."""
    return "、".join(
        f"{region}{TITLES[stage]}" if stage else f"{region}（全部环节）" for region, stage in pairs
    )


def rules(set_by_staff: ReminderRules) -> str:
    """截止前 7、3、1 天和开始当天上午 9 点."""
    days = "、".join(str(day) for day in set_by_staff.days)
    parts = ([f"截止前 {days} 天"] if days else []) + (["开始当天"] if set_by_staff.opening else [])
    hour, minute = divmod(set_by_staff.minute, 60)
    return "和".join(parts) + f" {hour} 点" + (f" {minute} 分" if minute else "")


def missed(consent: Consent, kb: Knowledge, now: datetime) -> tuple[str, tuple[int, ...]]:
    """What could not be pushed, in one short block, and the outbox rows it settles; ("", rows) when all of it is over."""
    rows = tuple(row for item in consent.missed for row in item.rows)
    corrections = [_changed(item, kb, now) for item in consent.missed if item.changed]
    told = [line for item in consent.missed if not item.changed and (line := _missed(item, now))]
    blocks = [
        phrase(kb, name, 内容="\n".join(dict.fromkeys(lines)))
        for name, lines in (("更正消息", corrections), ("错过提醒", told))
        if lines
    ]
    return "\n\n".join(blocks), rows


def _changed(item: Missed, kb: Knowledge, now: datetime) -> str:
    return changed(item.region, item.year, item.stage, item.window, kb, now)


def _missed(item: Missed, now: datetime) -> str:
    if item.window.phase_at(now) is Phase.CLOSED:
        return ""
    return line(item.region, item.level, item.year, item.stage, item.window, now)


def line(region: str, level: str, year: int, stage: str, window: Window, now: datetime) -> str:
    """· 四川 2024 年度实践技能考试缴费：进行中，4 月 9 日 24 时截止，还剩 3 天. National windows say whose they are."""
    audience = window.audience
    only = f"（只限{audience[1:]}以外的考生）" if audience.startswith("非") else f"（只限{audience}考生）"
    inherited = "" if level == region else f"（{region}以当地公告为准）"
    ends = ""
    if window.phase_at(now) is Phase.BEFORE:
        ends = f"，{wording.moment(window.closes, year=False)}{_ending(stage)}"
    label = f"{level} {year} 年度{TITLES[stage]}{only if audience else ''}"
    return f"· {label}：{wording.state(window, now)}{ends}{inherited}"


def changed(region: str, year: int, stage: str, before: Window, kb: Knowledge, now: datetime) -> str:
    """What was told and what holds now."""
    windows = now_says(region, year, stage, before, kb, now)
    says = "；".join(wording.window(window) for window in windows) or "公告里现在没有写时间，请看公告原文"
    label = f"{region} {year} 年度{TITLES[stage]}"
    return f"· {label}：原来告诉您的是 {wording.window(before)}，现在是 {says}"


def now_says(
    region: str, year: int, stage: str, before: Window, kb: Knowledge, now: datetime
) -> tuple[Window, ...]:
    """The windows where `before` once stood, for the same audience where there is one; () when the notices are silent."""
    told = tell(kb, region, stage, year, now)
    windows = told.cell.windows if told.cell is not None else ()
    return tuple(window for window in windows if window.audience == before.audience) or windows


def _ending(stage: str) -> str:
    return "结束" if stage.endswith("考试") else "截止"


def _ahead(decision: Decision, kb: Knowledge, now: datetime) -> list[tuple[str, Notice]]:
    """The lines of what is still to come, soonest deadline first, each with its notice."""
    found: list[tuple[datetime, str, Notice]] = []
    for region, stage in decision.subscribed:
        for one in (stage,) if stage else tuple(ORDER):
            told = tell(kb, region, one, None, now)
            if told.cell is None or told.year is None:
                continue
            for window in windows_for(told.cell.windows, decision.audience):
                if window.phase_at(now) is not Phase.CLOSED:
                    said = line(region, told.level, told.year, one, window, now)
                    found.append((window.closes.ends(), said, told.cell.notice))
    found.sort(key=lambda one: one[:2])
    return [(said, notice) for _, said, notice in found[:_AHEAD]]
