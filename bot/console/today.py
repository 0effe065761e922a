"""今日: how many messages came, what became of them, how fast, and what went unanswered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template, request

from bot.console import charts
from bot.console.days import Days
from bot.console.insight import Insight, key_of
from bot.console.parts import Console
from bot.schedule.deadlines import SHANGHAI
from bot.storage import statistics
from bot.storage.statistics import Counts

SPANS = {"1": "今天", "7": "7 天", "30": "30 天"}
# What became of a message, in staff's words: name, class in console.css, decisions.
OUTCOMES = (
    ("回答", "answered", ("answer",)),
    ("公告没写", "silent", ("not_stated",)),
    ("反问", "asked", ("ask_region", "ask_audience")),
    ("给选项", "offered", ("options",)),
    ("没答上", "missed", ("refuse", "out_of_scope", "failed")),
    ("转人工", "handed", ("handoff",)),
    ("口令、闲聊", "other", ("command", "smalltalk")),
)
_NAME = {decision: name for name, _, decisions in OUTCOMES for decision in decisions}
KINDS = tuple((name, shade) for name, shade, _ in OUTCOMES)


@dataclass(frozen=True)
class Outcome:
    """One row of the legend; `percent` of all messages, rounded."""

    name: str
    shade: str
    count: int
    percent: int


def create_blueprint(console: Console, insight: Insight, days_counted: Days) -> Blueprint:
    """The first page."""
    blueprint = Blueprint("today", __name__)

    @blueprint.get("/today")
    def page() -> str:
        span = request.args.get("days", "1")
        days = int(span) if span in SPANS else 1
        listed = days_counted.last(days)
        found = statistics.spell([one for _, one in listed])
        counts = _named(found.decisions)
        total = found.messages
        shown = [
            Outcome(name, shade, counts[name], round(100 * counts[name] / total) if total else 0)
            for name, shade in KINDS
        ]
        earlier = [one for _, one in days_counted.last(days, before=days)]
        hour = console.clock.real_now().astimezone(SHANGHAI).hour if days == 1 else 23
        before = sum(sum(one.hours.get(at, {}).values()) for one in earlier for at in range(hour + 1))
        slots = _slots(listed)
        topics = insight.topics(max(days, 7))
        return render_template(
            "console/today.html",
            spans=SPANS,
            span=str(days),
            found=found,
            total=total,
            before=before,
            than="昨天这时候" if days == 1 else f"前 {days} 天",
            outcomes=shown,
            missed=counts["没答上"],
            entries=found.entries,
            most=found.entries[0][1] if found.entries else 1,
            chart=charts.bars(slots, KINDS),
            narrow_chart=charts.bars(slots, KINDS, 340),
            share=charts.share([(o.name, o.shade, o.count) for o in shown]),
            topics=[(key_of(one), one) for one in topics.clusters[:10]],
            topic_days=max(days, 7),
        )

    return blueprint


def _named(decisions: dict[str, int]) -> dict[str, int]:
    counts = {name: 0 for name, _ in KINDS}
    for decision, count in decisions.items():
        counts[_NAME.get(decision, "口令、闲聊")] += count
    return counts


def _slots(listed: Sequence[tuple[date, Counts]]) -> list[tuple[str, dict[str, int]]]:
    """The bars: hours of a single day, else days."""
    if len(listed) == 1:
        hours = listed[0][1].hours
        return [(f"{hour} 时", _named(hours.get(hour, {}))) for hour in range(24)]
    return [(f"{day.month}/{day.day}", _named(one.decisions)) for day, one in listed]
