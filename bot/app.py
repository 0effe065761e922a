"""create_app: builds the parts and joins them. With cli.py the only file that knows them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from bot import health
from bot.chat import views
from bot.conversation import Assistant
from bot.exchange import Exchange
from bot.settings import Clock, Settings
from bot.storage.migrate import upgrade
from bot.storage.store import Store
from bot.wechat import webhook

MAX_BODY_BYTES = 64 * 1024
APOLOGY = "抱歉，我这边出了点问题，请稍后再发一次。"
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


@dataclass(frozen=True)
class Parts:
    """What create_app joined; in app.extensions["bot"], for the server and for tests."""

    settings: Settings
    clock: Clock
    store: Store
    exchange: Exchange


def create_app(
    settings: Settings, assistant: Callable[[], Assistant] | None = None, clock: Clock | None = None
) -> Flask:
    """The whole service.

    Args:
        assistant: gives the Assistant of the knowledge that is live now; None: the one of settings.bot_knowledge.
        clock: None: the one of settings.bot_now. The server makes it before its workers, so that all rehearse alike.

    Raises:
        SettingsError: no secret key can be read or made.
        StoreError: the SQLite file can't be brought to the newest tables. (PostgreSQL is migrated by `db upgrade`,
            never by a server that starts; until then /readyz says so.)
    """
    if assistant is None:
        raise NotImplementedError("the knowledge is joined here")
    clock = clock or Clock(settings.bot_now)
    if settings.store_url.startswith("sqlite"):
        upgrade(settings.store_url)
    store = Store(settings.store_url, settings.secret(), settings.bot_database_wait_seconds, clock.real_now)
    exchange = Exchange(assistant, store, clock, apology=lambda: APOLOGY)

    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Flask's own provider has it
    app.extensions["bot"] = Parts(settings, clock, store, exchange)

    def knowledge() -> tuple[str, datetime | None]:
        assistant()
        return "test", None

    app.register_blueprint(health.create_blueprint(store, knowledge))
    app.register_blueprint(webhook.create_blueprint(exchange, settings, clock))
    app.register_blueprint(views.create_blueprint(exchange, settings, clock))
    app.after_request(_secure)
    app.register_error_handler(HTTPException, _failed)
    return app


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
