"""提醒: what will be told to whom, what was, what stands still and why; and the buttons of those who may send."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from markupsafe import Markup

from bot.console import charts
from bot.console.parts import Console, publishers_only
from bot.observability import get_logger
from bot.reminders.account import TITLES as CHANNELS
from bot.reminders.forecast import Forecast, forecast, preview
from bot.reminders.plan import Occasion
from bot.reminders.run import Reminders
from bot.schedule.stages import TITLES
from bot.storage import planning
from bot.storage.statistics import subscribers

log = get_logger(__name__)

SPANS = {"7": "7 天", "30": "30 天", "90": "90 天"}
PAST = timedelta(days=30)
PEOPLE = 500  # who were not reached, on one page
CODE = 8  # of the 32 digits that stand for a candidate: enough to tell two apart, too few to look one up in the tables
STATES = {
    "sent": "已发", "pending": "待发", "claimed": "待发", "sending": "发送中", "unreachable": "送不到", "failed": "失败", "unknown": "不知发出没有",
    "cancelled": "已取消",
}  # fmt: skip
# Of a bar: state words in order, and their class.
_BAR = (("已发", "answered"), ("发送中", "asked"), ("待发", "offered"), ("送不到", "other"), ("失败", "missed"), ("不知发出没有", "handed"), ("已取消", "track"))  # fmt: skip


@dataclass(frozen=True)
class Slot:
    """What goes out at one time: what it says, to how many by which channel, how many it can't reach and why, and the words."""

    due_at: datetime
    occasions: tuple[str, ...]
    reached: dict[str, int]
    unreached: dict[str, int]
    texts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Done:
    """One slot of the past: the bar and its parts (word, class, count), why some were not reached, who was told in the chat."""

    slot: datetime
    kind: str
    bar: Markup
    parts: tuple[tuple[str, str, int], ...]
    reasons: tuple[tuple[str, int], ...]
    told: int


def create_blueprint(console: Console, reminders: Reminders) -> Blueprint:
    """The page and its buttons."""
    blueprint = Blueprint("sending", __name__)
    at_work = threading.Lock()

    @blueprint.get("/reminders")
    def page() -> str:
        days = request.args.get("days", "30")
        days = days if days in SPANS else "30"
        # Before the counts: of a run that ends meanwhile the page must look once more.
        busy = at_work.locked()
        kb, now, real = console.source.current().kb, console.clock.now(), console.clock.real_now()
        changes = reminders.changes()
        with console.store.reading() as connection:
            ahead = forecast(
                connection, kb, reminders.account, [], now, now + timedelta(days=int(days)), real, now
            )
            states = planning.states(connection)
            report = planning.report(connection, now - PAST)
            resting = planning.resting(connection, now)
        words = {
            (item["region"], item["due_at"]): item["texts"]["custom"]
            for item in preview(ahead.occasions, kb, reminders.account)
        }
        counted: dict[str, int] = {}
        for state, count in states.items():
            counted[STATES[state]] = counted.get(STATES[state], 0) + count
        return render_template(
            "console/reminders.html",
            spans=SPANS,
            days=days,
            slots=slots_of(ahead, words),
            unreachable=sorted(ahead.unreachable().items(), key=lambda item: -item[1]),
            problems=ahead.problems,
            states=counted,
            done=done_of(report),
            resting=resting,
            changes=changes,
            people=subscribers(console.store),
            channels=[CHANNELS[name] for name in reminders.account.channels],
            channel_names=CHANNELS,
            automatic=console.settings.bot_reminders == "auto",
            at_work=busy,
        )

    @blueprint.get("/reminders/unreachable")
    @publishers_only
    def unreachable() -> str:
        with console.store.reading() as connection:
            rows = planning.unreached(connection, console.clock.now() - PAST, PEOPLE)
        console.record("看送不到的人", f"{len(rows)} 条")
        people = [(row.user_hash[:CODE], row) for row in rows]
        return render_template("console/unreachable.html", people=people, states=STATES, most=PEOPLE)

    @blueprint.post("/reminders/send")
    @publishers_only
    def send() -> Any:
        if not _start():
            flash("已经在发了，下面的数会变。", "info")
        else:
            console.record("发送到期的提醒")
            flash("开始发送了；可以离开这一页，随时回来看。", "success")
        return redirect(url_for("sending.page"))

    @blueprint.post("/reminders/correct")
    @publishers_only
    def correct() -> Any:
        count = reminders.correct()
        console.record("批准更正", f"{count} 条")
        if count:
            _start()
        flash(f"批准了 {count} 条更正，正在发送。" if count else "没有要更正的了。", "success")
        return redirect(url_for("sending.page"))

    @blueprint.post("/reminders/cancel")
    @publishers_only
    def cancel() -> Any:
        count = reminders.cancel()
        console.record("取消提醒", f"{count} 条")
        flash(f"取消了 {count} 条还没发出的提醒。", "success")
        return redirect(url_for("sending.page"))

    @blueprint.post("/reminders/resume")
    @publishers_only
    def resume() -> Any:
        reminders.resume()
        console.record("恢复发送")
        flash("停着的渠道恢复了。", "success")
        return redirect(url_for("sending.page"))

    def _start() -> bool:
        """Send what is due in a thread of its own; False when one is at it. A run that ends early is taken up by the next."""
        if not at_work.acquire(blocking=False):
            return False

        def run() -> None:
            try:
                reminders.run()
            except Exception:  # the page shows what was reached; the log says why not all
                log.exception("console_run_failed")
            finally:
                at_work.release()

        threading.Thread(target=run, daemon=True).start()
        return True

    return blueprint


def slots_of(found: Forecast, words: dict[tuple[str, datetime], str]) -> list[Slot]:
    """Time by time, also those that nobody asked to be told of."""
    made = []
    for due_at, occasions in groupby(found.occasions, key=lambda one: one.due_at):
        ones = list(occasions)
        reached: dict[str, int] = {}
        unreached: dict[str, int] = {}
        for group in found.groups:
            if group.due_at == due_at:
                into, name = (
                    (reached, CHANNELS[group.channel]) if group.channel else (unreached, group.reason)
                )
                into[name] = into.get(name, 0) + group.count
        regions = dict.fromkeys(one.region for one in ones)
        texts = tuple((region, words[region, due_at]) for region in regions if (region, due_at) in words)
        made.append(Slot(due_at, tuple(dict.fromkeys(map(label, ones))), reached, unreached, texts))
    return made


def label(one: Occasion) -> str:
    """四川 技能缴费，还有 3 天截止."""
    when = "今天开始" if one.days is None else f"还有 {one.days} 天截止"
    return f"{one.region} {TITLES[one.stage]}，{when}"


def done_of(report: Sequence[Any]) -> list[Done]:
    """What `planning.report` counted, one a slot and kind."""
    made = []
    for (slot, kind), rows in groupby(report, key=lambda row: (row.slot, row.kind)):
        counts: dict[str, int] = {}
        reasons: dict[str, int] = {}
        told = 0
        for row in rows:
            word = STATES[row.state]
            counts[word] = counts.get(word, 0) + row.count
            told += row.told
            if row.reason and row.state not in ("sent", "pending"):
                reasons[row.reason] = reasons.get(row.reason, 0) + row.count
        parts = tuple((word, shade, counts[word]) for word, shade in _BAR if counts.get(word))
        made.append(
            Done(
                slot,
                kind,
                charts.share(parts, 400, 10),
                parts,
                tuple(sorted(reasons.items(), key=lambda item: -item[1])),
                told,
            )
        )
    return made
