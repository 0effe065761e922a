"""试一试: a chat with the trace beside it, on any version, at any rehearsed time, as a candidate of any region."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request

from bot.console.parts import Console
from bot.console.workshop import Workshop
from bot.conversation import Assistant, Message
from bot.dialogue.session import Session
from bot.explain import FEATURES, SLOTS, explain
from bot.schedule.deadlines import SHANGHAI

TEXT_CHARS = 500
EXAMPLES = ("四川技能考试几号缴费", "重庆缴费时间", "二试怎么报名", "现场审核带什么")
DECISIONS = {
    "answer": "回答", "options": "给选项", "ask_region": "反问省份", "ask_audience": "反问是哪类考生",
    "not_stated": "公告没写", "out_of_scope": "这个考试的，但没收录", "refuse": "没听懂", "smalltalk": "闲聊", "command": "口令",
    "handoff": "转人工",
}  # fmt: skip
_ROLES = {"asked": "问的", "negated": "说了不是", "background": "只是背景"}
_BY = {
    "slots": "科目、动作和问法已经说清楚，直接按环节定",
    "talk": "接着前面的话，各种迹象合起来看最可能的",
    "exact": "和它的一个问法一字不差",
    "match": "和它的问法最像",
}


def create_blueprint(console: Console, workshop: Workshop) -> Blueprint:
    """The page, and what it asks."""
    blueprint = Blueprint("try_out", __name__)

    @blueprint.get("/try")
    def page() -> str:
        now = console.clock.now().astimezone(SHANGHAI)
        return render_template(
            "console/try.html",
            regions=list(console.source.current().kb.regions),
            now=now.strftime("%Y-%m-%dT%H:%M"),
            examples=EXAMPLES,
            first=request.args.get("text", "")[:TEXT_CHARS],
        )

    @blueprint.post("/try")
    def say() -> Response | tuple[Response, int]:
        text = request.form.get("text", "").strip()[:TEXT_CHARS]
        if not text:
            return jsonify(error="请先写一句话。"), 400
        now = _instant(request.form.get("now", ""), console)
        if now is None:
            return jsonify(error="时间读不懂，请重新选。"), 400
        draft = workshop.draft() if request.form.get("version") == "draft" else None
        assistant = console.desk.assistant(draft) if draft else console.source.current()
        if assistant is None:
            return jsonify(error="草稿里有错误，还不能试。先看看草稿的检查结果。"), 400
        session = _session(request.form.get("session", ""), request.form.get("region", ""), assistant)
        found = explain(assistant, text, session, now)
        turn = assistant.respond(Message("text", text), session, now)
        return jsonify(
            said=render_template("console/_said.html", text=turn.trace.masked_text, turn=turn),
            trace=render_template(
                "console/_trace.html",
                found=found,
                turn=turn,
                now=now,
                decisions=DECISIONS,
                roles=_ROLES,
                slots=SLOTS,
                features=FEATURES,
                by=_BY,
                percent=_percent,
            ),
            session=json.dumps(turn.session or {}, ensure_ascii=False),
        )

    return blueprint


def _instant(written: str, console: Console) -> datetime | None:
    if not written:
        return console.clock.now()
    try:
        return datetime.fromisoformat(written).replace(tzinfo=SHANGHAI)
    except ValueError:
        return None


def _session(written: str, region: str, assistant: Assistant) -> dict[str, Any] | None:
    """What the page was given with the last answer; Session.from_dict forgets what is malformed."""
    try:
        found = json.loads(written) if written else None
    except ValueError:
        found = None
    if isinstance(found, dict) and found:
        return found
    return Session(region=region).to_dict() if region in assistant.kb.regions else None


def _percent(value: float) -> int:
    return round(100 * max(0.0, min(1.0, value)))
