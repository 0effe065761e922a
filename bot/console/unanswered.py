"""未答上: what candidates asked in vain, topic by topic; what staff can do about each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from bot.console.cluster import Cluster
from bot.console.insight import Insight, Topics, key_of, words_of
from bot.console.parts import Console, who
from bot.console.workshop import Workshop
from bot.conversation import Assistant
from bot.editing.entries import add_phrasing, both
from bot.editing.written import EditError

DAYS = {"1": "1 天", "7": "7 天", "30": "30 天", "90": "90 天"}
SHOWN = 60  # topics on a page


def create_blueprint(console: Console, insight: Insight, workshop: Workshop) -> Blueprint:
    """The list of topics, and one topic."""
    blueprint = Blueprint("unanswered", __name__)

    @blueprint.get("/unanswered")
    def page() -> str:
        days, region, marked = _asked_for()
        topics = insight.topics(days, region, marked)
        everywhere = insight.topics(days, "", marked) if region else topics
        return render_template(
            "console/unanswered.html",
            days=str(days),
            spans=DAYS,
            region=region,
            marked=marked,
            regions=_regions(everywhere),
            topics=[(key_of(one), one) for one in topics.clusters[:SHOWN]],
            more=max(0, len(topics.clusters) - SHOWN),
            found=topics,
        )

    @blueprint.get("/unanswered/<key>")
    def topic(key: str) -> str:
        days, region, marked = _asked_for()
        found = _find(insight.topics(days, region, marked), key)
        assistant = console.source.current()
        near = near_entries(assistant, found.centre.text, console)
        return render_template(
            "console/topic.html",
            key=key,
            found=found,
            days=str(days),
            region=region,
            marked=marked,
            near=near,
            all_entries=list(assistant.kb.entries),
            useless=insight.topics(days, region, marked).useless,
        )

    @blueprint.post("/unanswered/<key>/done")
    def done(key: str) -> Any:
        texts = request.form.getlist("text")
        if not texts:
            flash("请至少勾选一句。", "warning")
        else:
            console.staff.mark(texts, "不用处理", who())
            console.record("标为不用处理", texts[0], "\n".join(texts))
            insight.forget()
            flash(f"已收起 {len(texts)} 句；再有人这样问，会重新出现。", "success")
        return redirect(url_for("unanswered.page", **_kept()))

    @blueprint.post("/unanswered/<key>/add")
    def add(key: str) -> Any:
        texts, entry = (
            request.form.getlist("text"),
            request.form.get("other") or request.form.get("entry", ""),
        )
        texts = _distinct(console.source.current(), texts, console.clock.now())
        if not texts or not entry:
            flash(
                "请勾选要加的话，并选一条问答。"
                if texts
                else "请至少勾选一句（带【电话】【身份证号】的不能加）。",
                "warning",
            )
            return redirect(url_for("unanswered.topic", key=key, **_kept()))
        try:
            draft = workshop.edit(
                both(*(add_phrasing(entry, text) for text in texts)), f"给“{entry}”加 {len(texts)} 个说法"
            )
        except EditError as error:
            flash(str(error), "danger")
            return redirect(url_for("unanswered.topic", key=key, **_kept()))
        console.staff.mark(request.form.getlist("text"), f"加进“{entry}”", who())
        insight.forget()
        flash(f"{len(texts)} 个说法加进了草稿。下面是发布以后会变的地方。", "success")
        return redirect(url_for("drafts.draft", id=draft.id))

    return blueprint


def _kept() -> dict[str, Any]:
    """The view's own choices, for the address to go back to."""
    days, region, marked = _asked_for()
    return {"days": days, "region": region or None, "marked": 1 if marked else None}


def _distinct(assistant: Assistant, texts: list[str], now: datetime) -> list[str]:
    """One phrasing for those that differ by their places alone; none that holds a masked number."""
    found: dict[tuple[str, ...], str] = {}
    for text in texts:
        if "【" not in text:
            found.setdefault(words_of(assistant, text, now), text)
    return list(found.values())


def near_entries(assistant: Assistant, text: str, console: Console) -> list[Any]:
    """The entries most like `text`, best first: where a phrasing of it could go."""
    from bot.explain import explain

    found = explain(assistant, text, None, console.clock.now())
    entries = assistant.kb.entries
    return [(entries[one["entry"]], one["score"]) for one in found["candidates"] if one["entry"] in entries]


def _asked_for() -> tuple[int, str, bool]:
    days = request.args.get("days", "7")
    return int(days) if days in DAYS else 7, request.args.get("region", ""), request.args.get("marked") == "1"


def _regions(topics: Topics) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for one in topics.clusters:
        for region, count in one.regions:
            counts[region] = counts.get(region, 0) + count
    return sorted(((r, c) for r, c in counts.items() if r), key=lambda item: (-item[1], item[0]))


def _find(topics: Topics, key: str) -> Cluster:
    for one in topics.clusters:
        if key_of(one) == key:
            return one
    abort(404, "这个话题已经没有了：可能刚有同事处理过。")
