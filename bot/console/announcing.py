"""群发: what staff send to everybody who bears a tag: written by one, approved by another; apart from the reminders."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from bot.announce import MAX_BYTES, Announcements, RefusedError, print_of
from bot.console.parts import Console, publishers_only, who
from bot.storage.announcements import Announcement

SHOWN = 50
STATES = {
    "draft": "草稿", "sending": "正在交给平台", "submitted": "平台收下了，在发", "sent": "已发", "failed": "没有发", "unknown": "不知发出没有",
    "cancelled": "已取消",
}  # fmt: skip


def create_blueprint(console: Console, announcements: Announcements) -> Blueprint:
    """The list, the form, and the buttons of those who may approve."""
    blueprint = Blueprint("announcing", __name__)

    @blueprint.get("/announcements")
    def page() -> str:
        found = announcements.newest(SHOWN)
        return render_template(
            "console/announcements.html",
            announcements=[(one, announcements.why_not(one, who()), print_of(one)) for one in found],
            states=STATES,
            allowed=announcements.allowed,
            waiting=sum(one.state == "draft" for one in found),
            sent=sum(one.state == "sent" for one in found),
            people=sum(one.counts[2] for one in found if one.state == "sent" and one.counts),
        )

    @blueprint.route("/announcements/new", methods=["GET", "POST"])
    def new() -> Any:
        return _form(None)

    @blueprint.route("/announcements/<int:number>", methods=["GET", "POST"])
    def change(number: int) -> Any:
        return _form(_found(number))

    @blueprint.post("/announcements/<int:number>/approve")
    @publishers_only
    def approve(number: int) -> Any:
        try:
            _told("批准并群发", announcements.approve(number, who(), request.form.get("seen", "")))
        except RefusedError as error:
            flash(str(error), "danger")
        return redirect(url_for("announcing.page"))

    @blueprint.post("/announcements/<int:number>/again")
    @publishers_only
    def again(number: int) -> Any:
        try:
            _told("再试群发", announcements.again(number))
        except RefusedError as error:
            flash(str(error), "danger")
        return redirect(url_for("announcing.page"))

    @blueprint.post("/announcements/<int:number>/cancel")
    def cancel(number: int) -> Any:
        try:
            announcements.cancel(number, who())
        except RefusedError as error:
            flash(str(error), "danger")
        else:
            console.record("取消群发", f"第 {number} 条")
            flash("取消了，没有发给任何人。", "success")
        return redirect(url_for("announcing.page"))

    def _found(number: int) -> Announcement:
        try:
            return announcements.find(number)
        except RefusedError as error:
            abort(404, str(error))

    def _form(one: Announcement | None) -> Any:
        text = request.form.get("text", one.text if one else "")
        tag = request.form.get("tag", one.tag_name if one else "")
        error, tags, status = "", {}, 200
        try:
            if request.method == "POST":
                number = announcements.write(text, tag, who(), one.id if one else None)
                console.record("改群发" if one else "写群发", f"第 {number} 条，发给“{tag}”", text)
                flash("存好了。要由另一位“发布”角色的同事批准，才会发出去。", "success")
                return redirect(url_for("announcing.page"))
            tags = announcements.tags()
        except RefusedError as refused:
            error, status = str(refused), 400 if request.method == "POST" else 200
            if request.method == "POST" and announcements.allowed:
                tags = _tags_or_none()
        return render_template(
            "console/announcement.html",
            one=one,
            text=text,
            tag=tag,
            tags=tags,
            error=error,
            most=MAX_BYTES // 3,
        ), status

    def _tags_or_none() -> dict[str, int]:
        """The form comes back with what was written, whether or not the platform answers."""
        try:
            return announcements.tags()
        except RefusedError:
            return {}

    def _told(act: str, one: Announcement) -> None:
        console.record(act, f"第 {one.id} 条，发给“{one.tag_name}”", one.text)
        if one.state in ("submitted", "sent"):
            flash("平台收下了。发完以后，这里会写发给了多少人。", "success")
        else:
            flash(f"{STATES[one.state]}：{one.reason}", "danger")

    return blueprint
