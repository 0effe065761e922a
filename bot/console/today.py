"""今日: how many messages came, what became of them, how fast, and what went unanswered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, render_template, request
from markupsafe import Markup

from bot.console import charts
from bot.console.insight import Insight, key_of
from bot.console.parts import Console
from bot.schedule.deadlines import SHANGHAI
from bot.storage import statistics

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


def create_blueprint(console: Console, insight: Insight) -> Blueprint:
    """The first page."""
    blueprint = Blueprint("today", __name__)

    @blueprint.get("/today")
    def page() -> str:
        span = request.args.get("days", "1")
        days = int(span) if span in SPANS else 1
        until = console.clock.real_now() + timedelta(seconds=1)  # what came this very moment counts
        since = day_start(until) - timedelta(days=days - 1)
        found = statistics.spell(console.store, since, until)
        counts = _named(found.decisions)
        total = found.messages
        shown = [
            Outcome(name, shade, counts[name], round(100 * counts[name] / total) if total else 0)
            for name, shade in KINDS
        ]
        before = statistics.spell(console.store, since - timedelta(days=days), until - timedelta(days=days))
        topics = insight.topics(max(days, 7))
        return render_template(
            "console/today.html",
            spans=SPANS,
            span=str(days),
            found=found,
            total=total,
            before=before.messages,
            outcomes=shown,
            missed=counts["没答上"],
            entries=found.entries,
            most=found.entries[0][1] if found.entries else 1,
            chart=_chart(console, since, until, days, 720),
            narrow_chart=_chart(console, since, until, days, 340),
            share=charts.share([(o.name, o.shade, o.count) for o in shown]),
            topics=[(key_of(one), one) for one in topics.clusters[:10]],
            topic_days=max(days, 7),
        )

    return blueprint


def day_start(moment: datetime) -> datetime:
    """The midnight in Shanghai before `moment`."""
    return moment.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)


def _named(decisions: dict[str, int]) -> dict[str, int]:
    counts = {name: 0 for name, _ in KINDS}
    for decision, count in decisions.items():
        counts[_NAME.get(decision, "口令、闲聊")] += count
    return counts


def _chart(console: Console, since: datetime, until: datetime, days: int, width: int) -> Markup:
    slots: list[tuple[str, Any]]
    if days == 1:
        hours = statistics.by_hour(console.store, since, until)
        slots = [(f"{hour} 时", _named(hours.get(hour, {}))) for hour in range(24)]
    else:
        found = statistics.by_day(console.store, since, until)
        first = since.astimezone(SHANGHAI).date()
        dates = [first + timedelta(days=number) for number in range(days)]
        slots = [(f"{day.month}/{day.day}", _named(found.get(day, {}))) for day in dates]
    return charts.bars(slots, KINDS, width)
