"""GET /subscribe: where a candidate allows one 订阅通知, by the platform's own button.

The button (wx-open-subscribe) exists only in WeChat's browser and only for a certified 服务号, so the page is there for no
other account. It is the one page that loads a script of the platform's; what was tapped comes back to /wechat as
subscribe_msg_popup_event, and nothing is written here.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from flask import Blueprint, Response, render_template, request

from bot.clock import Clock
from bot.observability import get_logger
from bot.settings import Settings
from bot.wechat.errors import SendError
from bot.wechat.jssdk import signature

log = get_logger(__name__)

SCRIPT = "https://res.wx.qq.com/open/js/jweixin-1.6.0.js"
# The platform's script hangs styles on the page and talks to the app by frames of its own scheme.
POLICY = (
    "default-src 'self'; script-src 'self' https://res.wx.qq.com; style-src 'self' 'unsafe-inline'; "
    "frame-src 'self' weixin:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_STATIC = Path(__file__).with_name("static")
# While the platform refuses us, visitors must not spend our calls.
_REST = timedelta(minutes=1)


def offered(settings: Settings) -> bool:
    """Whether this account has the button, and everything that the page needs is set."""
    return bool(
        settings.wechat_account == "service-certified"
        and settings.wechat_app_id
        and settings.wechat_app_secret
        and settings.wechat_subscribe_template_id
        and settings.public_url
    )


def create_blueprint(settings: Settings, clock: Clock, ticket: Callable[[], str]) -> Blueprint:
    """The page; only to be made where it is `offered`.

    Args:
        ticket: the jsapi_ticket; raises SendError.
    """
    blueprint = Blueprint(
        "subscribe",
        __name__,
        template_folder="templates",
        static_folder=str(_STATIC),
        static_url_path="/subscribe/static",
    )
    patience = _Patience(clock)

    @blueprint.get("/subscribe")
    def page() -> Response:
        config = _config(settings, clock, patience.ask(ticket))
        html = render_template(
            "subscribe/subscribe.html",
            config=config,
            template=settings.wechat_subscribe_template_id,
            script=SCRIPT,
        )
        # Without a ticket the button can't be had now, which the page says.
        response = Response(html, 200 if config else 503, content_type="text/html; charset=utf-8")
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Cache-Control"] = "no-store"  # the signature is for this address and this moment
        response.headers["X-Robots-Tag"] = "none"
        return response

    return blueprint


def _config(settings: Settings, clock: Clock, ticket: str) -> dict[str, str]:
    """What wx.config takes; {} without a ticket."""
    if not ticket:
        return {}
    # The address on the phone, which is the one we gave out; the Host header is whatever somebody sent.
    query = request.query_string.decode("latin-1")
    url = f"{settings.public_url}/subscribe" + (f"?{query}" if query else "")
    nonce, now = secrets.token_hex(8), int(clock.real_now().timestamp())
    return {
        "app-id": settings.wechat_app_id or "",
        "timestamp": str(now),
        "nonce": nonce,
        "signature": signature(ticket, nonce, now, url),
    }


class _Patience:
    """Asks for a ticket, and after a failure not again for a minute. Safe for threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._until: datetime | None = None

    def ask(self, ticket: Callable[[], str]) -> str:
        """The ticket, or "" when there is none to be had now."""
        with self._lock:
            if self._until and self._clock.real_now() < self._until:
                return ""
        try:
            return ticket()
        except SendError as error:
            log.error("subscribe_page_closed", reason=error.message, code=error.code, rid=error.rid)
            with self._lock:
                self._until = self._clock.real_now() + _REST
            return ""
