"""Joins the console: one small app of its own, under bot.console.mount."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, redirect, render_template, request, url_for
from flask.globals import request_ctx
from flask.sessions import SecureCookieSessionInterface
from flask_bootstrap import Bootstrap5
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import HTTPException

from bot import announce
from bot.clock import Clock
from bot.console import (
    agenda,
    announcing,
    auth,
    charts,
    drafts,
    entries,
    excel,
    files,
    history,
    sending,
    timetables,
    today,
    try_out,
    unanswered,
)
from bot.console.accounts import PUBLISHER
from bot.console.days import Days
from bot.console.insight import Insight
from bot.console.mount import PREFIX
from bot.console.parts import Console, Source, may_publish, spoken
from bot.console.workshop import Workshop
from bot.editing.desk import Desk
from bot.reminders.run import of_settings
from bot.schedule.deadlines import SHANGHAI
from bot.settings import Settings
from bot.storage.engine import StoreError
from bot.storage.staff import Staff
from bot.storage.store import Store

MAX_BODY_BYTES = 2 * 1024 * 1024
# What a page is called, where it is, its icon: in the order of the menu.
PAGES = (
    ("today.page", "今日", "bar-chart-line"),
    ("unanswered.page", "未答上", "question-diamond"),
    ("entries.page", "知识", "journal-text"),
    ("drafts.page", "草稿", "pencil-square"),
    ("try_out.page", "试一试", "chat-dots"),
    ("agenda.page", "日程", "calendar3-range"),
    ("sending.page", "提醒", "bell"),
    ("announcing.page", "群发", "megaphone"),
    ("history.page", "记录", "clock-history"),
)


def create(
    settings: Settings,
    clock: Clock,
    store: Store,
    source: Source,
    desk: Desk,
    secure: Callable[[Response], Response],
    allow: Callable[[], bool],
) -> Flask:
    """The console as a WSGI app, to be mounted at PREFIX.

    Args:
        secure: sets the headers that every page of the service has.
        allow: counts the current request for its address; False when it sends too many.
    """
    console = Console(settings, clock, store, source, Staff(store, settings.secret()), desk)
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=hmac.new(settings.secret(), b"console session", hashlib.sha256).digest(),
        SESSION_COOKIE_NAME="console",
        SESSION_COOKIE_PATH=PREFIX,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=(settings.bot_public_url or "").startswith("https:"),
        PERMANENT_SESSION_LIFETIME=auth.LONGEST,
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a long entry takes more than an hour to write
        WTF_CSRF_SSL_STRICT=False,  # it asks for the Referer, which our own Referrer-Policy keeps back
        BOOTSTRAP_SERVE_LOCAL=True,
    )
    app.session_interface = _Sessions()
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    @app.before_request
    def let_in() -> None:
        if request_ctx.url_adapter is None:  # a Host that is none; no link can be made for it
            abort(400)
        if request.endpoint not in ("static", "bootstrap.static") and not allow():
            abort(429)
        if request.path == excel.UPLOAD_PATH:  # before the form is read for its token
            request.max_content_length = excel.UPLOAD_BYTES

    CSRFProtect(app)
    Bootstrap5(app)
    auth.protect(app, console)
    insight, workshop, days = Insight(console), Workshop(console), Days(console)
    reminders = of_settings(settings, store, lambda: source.current().kb, clock)
    for blueprint in (
        today.create_blueprint(console, insight, days),
        unanswered.create_blueprint(console, insight, workshop),
        entries.create_blueprint(console, workshop, days),
        timetables.create_blueprint(console, workshop),
        files.create_blueprint(console, workshop),
        excel.create_blueprint(console, workshop),
        drafts.create_blueprint(console, workshop),
        try_out.create_blueprint(console, workshop),
        agenda.create_blueprint(console),
        sending.create_blueprint(console, reminders),
        announcing.create_blueprint(console, announce.of_settings(settings, store, clock)),
        history.create_blueprint(console),
    ):
        app.register_blueprint(blueprint)
    app.add_url_rule("/", "home", lambda: redirect(url_for("today.page")))
    app.context_processor(lambda: _shared(console, workshop))
    app.template_filter("spoken")(spoken)
    app.jinja_env.globals["level"] = charts.level
    version = _fingerprint(app)
    app.jinja_env.globals["asset"] = lambda name: url_for("static", filename=name, v=version)

    @app.after_request
    def close(response: Response) -> Response:
        if request.endpoint in ("static", "bootstrap.static"):
            response.headers["Cache-Control"] = "public, max-age=86400"
        else:
            response.headers["Cache-Control"] = (
                "no-store"  # candidates' words stay out of a shared computer's cache
            )
        return secure(response)

    app.register_error_handler(HTTPException, _failed)
    app.register_error_handler(StoreError, _no_database)
    return app


class _Sessions(SecureCookieSessionInterface):
    """The cookie is Secure wherever the request came over TLS, whether or not BOT_PUBLIC_URL says so."""

    def get_cookie_secure(self, app: Flask) -> bool:
        """See SessionInterface."""
        return bool(app.config["SESSION_COOKIE_SECURE"]) or request.is_secure


def _shared(console: Console, workshop: Workshop) -> dict[str, Any]:
    """What every page knows."""
    clock = console.clock
    return {
        "pages": PAGES,
        "me": current_user,
        "may_publish": may_publish(),
        "publisher": PUBLISHER,
        "rehearsal": clock.now().astimezone(SHANGHAI) if clock.rehearsing else None,
        "live_version": console.source.version,
        "draft_in_hand": workshop.draft() if current_user.is_authenticated else None,
    }


_ENGLISH = re.compile(r"^[\x00-\x7f]*$")
_WORDS = {
    400: "请求不对。",
    401: "请先登录。",
    403: "您的角色不能做这一步。",
    404: "没有这一页。",
    405: "不能这样打开这一页。",
    413: "上传的内容太大。",
    429: "太频繁了，请等一等。",
    500: "页面出错了，已经记下来。",
}


def _failed(error: HTTPException) -> tuple[str, int] | Response:
    code = error.code or 500
    words = error.description or ""
    if "CSRF" in words:
        words = "这个页面放得太久，或不是从控制台打开的。请返回、刷新，再做一次。"
    elif _ENGLISH.match(words):  # werkzeug's own sentence
        words = _WORDS.get(code, "出错了。")
    if request_ctx.url_adapter is None:
        return Response(f"{words}\n", code, content_type="text/plain; charset=utf-8")
    return render_template("console/error.html", code=code, words=words), code


def _no_database(error: StoreError) -> tuple[str, int]:
    return render_template("console/error.html", code=503, words=f"数据库打不开：{error}"), 503


def _fingerprint(app: Flask) -> str:
    digest = hashlib.sha256()
    for path in sorted(Path(str(app.static_folder)).iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
