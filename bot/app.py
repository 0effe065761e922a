"""create_app: builds the parts and joins them. With cli.py the only file that knows them all."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from flask import Flask, Response, jsonify, request
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import HTTPException

from bot import health
from bot.answers.offers import Offers
from bot.build import build
from bot.calendar import views as calendar
from bot.chat import views
from bot.clock import Clock
from bot.console.mount import Mount
from bot.conversation import Assistant
from bot.editing.desk import Desk, keep
from bot.exchange import Exchange
from bot.fits import KeptFits
from bot.guard import Guard
from bot.knowledge.problem import Problem
from bot.knowledge.reload import KnowledgeError, KnowledgeSource
from bot.limits import Limits
from bot.meanings import meanings_of
from bot.memory import give_back
from bot.metrics import Metrics
from bot.observability import get_logger
from bot.reminders.account import Account
from bot.reminders.consent import Consent
from bot.reminders.run import of_settings
from bot.settings import Settings, SettingsError
from bot.storage.migrate import upgrade
from bot.storage.retention import keep_tidy
from bot.storage.store import Store
from bot.wechat import subscribe, webhook

log = get_logger(__name__)

MAX_BODY_BYTES = 64 * 1024
APOLOGY = "抱歉，我这边出了点问题，请稍后再发一次。"
TOO_FAST = "您发得太快了，请过一分钟再发。"
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class Source(Protocol):
    """Where the live Assistant comes from; bot.knowledge.reload has the one that follows the folder."""

    @property
    def version(self) -> str:
        """Names the knowledge that answers now."""

    @property
    def loaded_at(self) -> datetime | None:
        """Aware."""

    def current(self) -> Assistant:
        """The Assistant to answer the next message. Raises when there was never one to load."""


class Background:
    """What a process does besides answering. Threads don't survive a fork, so each worker starts its own."""

    def __init__(
        self,
        *tasks: Callable[[threading.Event], None],
        first: Callable[[threading.Event], None] = lambda stop: None,
    ) -> None:
        """tasks: each runs in a thread until the event it is given is set. first: done before `start` returns."""
        self._tasks, self._first = tasks, first
        self._stop = threading.Event()
        self._process: int | None = None

    def start(self) -> None:
        """Once in a process; again is harmless."""
        if self._process != os.getpid():
            self._process = os.getpid()
            self._first(self._stop)
            for task in self._tasks:
                threading.Thread(target=task, args=(self._stop,), daemon=True).start()

    def stop(self) -> None:
        """Asks the threads to end."""
        self._stop.set()


@dataclass(frozen=True)
class Parts:
    """What create_app joined; in app.extensions["bot"], for the server and for tests."""

    settings: Settings
    clock: Clock
    store: Store
    exchange: Exchange
    background: Background
    guard: Guard
    desk: Desk
    metrics: Metrics


def create_app(settings: Settings, source: Source | None = None, clock: Clock | None = None) -> Flask:
    """The whole service; it starts no thread (`Parts.background` does) and opens no connection it keeps.

    Args:
        source: None: the knowledge in settings.bot_knowledge.
        clock: None: the one of settings.bot_now. The server makes it before its workers, so that all rehearse alike.

    Raises:
        SettingsError: no secret key can be read or made; the encoder of the second opinion does not work.
        StoreError: the SQLite file can't be brought to the newest tables. (PostgreSQL is migrated by `db upgrade`,
            never by a server that starts; until then /readyz says so.)
    """
    clock, metrics = clock or Clock(settings.bot_now), Metrics()
    # The core reads no settings: what replies may offer is handed over as plain values.
    offers = Offers(settings.public_url, settings.bot_customer_service)
    meanings = meanings_of(settings)
    fits = KeptFits(settings.bot_var / "fits")
    make = partial(build, offers=offers, timed=metrics.timed, meanings=meanings, keep=fits)
    desk = Desk(settings.bot_knowledge, settings.versions, make, clock.real_now)
    watched = _knowledge(settings, clock, desk, metrics) if source is None else None
    source = source or watched
    assert source is not None  # noqa: S101  one of the two
    if settings.store_url.startswith("sqlite"):
        upgrade(settings.store_url)
    store = Store(
        settings.store_url,
        settings.secret(),
        settings.bot_database_wait_seconds,
        clock.real_now,
        settings.bot_threads + 8,
    )
    consent = Consent(store, Account.of(settings), clock)
    exchange = Exchange(
        source.current,
        store,
        clock,
        apology=lambda: _phrase(source, "道歉", APOLOGY),
        apply=consent.apply,
        recall=consent.recall,
        metrics=metrics,
    )
    guard = Guard(Limits(settings.secret()), settings, clock, metrics)
    tasks: list[Callable[[threading.Event], None]] = [
        store.database.keep,
        partial(keep_tidy, store, settings.bot_retention_days),
    ]
    if watched is not None:
        tasks += [watched.watch, partial(keep, desk, watched.live_version)]
        if meanings is not None:
            tasks.append(partial(meanings.keep, partial(_renew, desk, watched)))
        if settings.bot_reminders == "auto":
            tasks.append(of_settings(settings, store, lambda: watched.current().kb, clock).keep)
    background = Background(*tasks, first=partial(_catch_up, desk, watched))

    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.json = _Json(app)
    app.extensions["bot"] = Parts(settings, clock, store, exchange, background, guard, desk, metrics)
    app.register_blueprint(health.create_blueprint(store, source, metrics, clock))
    app.register_blueprint(
        webhook.create_blueprint(exchange, settings, clock, guard, lambda: _phrase(source, "太快", TOO_FAST))
    )
    app.register_blueprint(views.create_blueprint(exchange, settings, clock))
    app.register_blueprint(calendar.create_blueprint(source, clock))
    if subscribe.offered(settings):
        from bot.wechat.client import client_of  # 10 ms of the start, for the accounts that have the page

        app.register_blueprint(
            subscribe.create_blueprint(settings, clock, client_of(settings, store).jsapi_ticket)
        )
    # Inside the guard's trusted proxies: the console counts sign-ins by address.
    app.wsgi_app = Mount(app.wsgi_app, partial(_console, settings, clock, store, source, desk, guard))  # type: ignore[method-assign]
    guard.protect(app)
    app.after_request(_secure)
    app.register_error_handler(HTTPException, _failed)
    return app


def _console(settings: Settings, clock: Clock, store: Store, source: Any, desk: Desk, guard: Guard) -> Any:
    from bot.console.site import create  # what it needs takes 0.1 s to import; the server starts without

    return create(settings, clock, store, source, desk, _secure, guard.visit)


def _knowledge(settings: Settings, clock: Clock, desk: Desk, metrics: Metrics) -> KnowledgeSource[Assistant]:
    def report(problems: list[Problem], version: str | None) -> None:
        metrics.count("knowledge_loads", "live" if version else "refused")
        _report_load(problems, version)
        give_back()

    try:
        return KnowledgeSource(
            settings.bot_knowledge, desk.reviewer.make, clock.real_now, report, desk.last_good
        )
    except KnowledgeError as error:
        raise SettingsError(f"知识目录 {settings.bot_knowledge} 有错误，不能启动：\n{error}") from None


def _catch_up(desk: Desk, watched: KnowledgeSource[Assistant] | None, stop: threading.Event) -> None:
    if watched is not None:
        watched.catch_up(desk.last_good, stop)


def _renew(desk: Desk, watched: KnowledgeSource[Assistant]) -> None:
    """The same knowledge, now with the second opinion; what was built and reviewed without it is forgotten."""
    desk.reviewer.forget()
    watched.renew()
    log.info("semantic_live", version=watched.version)


def _report_load(problems: list[Problem], version: str | None) -> None:
    errors = [problem for problem in problems if problem.is_error]
    if version is None:
        log.error(
            "knowledge_refused", problems=[problem.show() for problem in errors[:20]], count=len(errors)
        )
    else:
        log.info("knowledge_live", version=version, warnings=len(problems))


def _phrase(source: Source, name: str, otherwise: str) -> str:
    """Never raises: what it says is said when something else went wrong already."""
    try:
        kb = getattr(source.current(), "kb", None)
    except Exception:  # noqa: BLE001  # there is no knowledge; /readyz says why
        kb = None
    return kb.phrases.get(name, otherwise) if kb is not None else otherwise


class _Json(DefaultJSONProvider):
    ensure_ascii = False


def _secure(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _failed(error: HTTPException) -> Response | HTTPException:
    """Programs get JSON; people get Flask's page."""
    if not request.path.startswith("/api/"):
        return error
    response = jsonify(error=error.name, status=error.code)
    response.status_code = error.code or 500
    return response
