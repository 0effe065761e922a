"""The limits at the door: which visits count for whom, and what one visit too many is told."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask, Response, jsonify, request

from bot.clock import Clock
from bot.limits import WINDOW_SECONDS, Limits, place_of
from bot.metrics import Metrics
from bot.observability import get_logger
from bot.proxy import TrustedProxies, networks
from bot.settings import Settings

log = get_logger(__name__)

_COMPLAIN_EVERY = timedelta(minutes=1)
_WORDS = "您这里的请求太多了，请过一分钟再试。"


class Guard:
    """One in every process; the counts behind it are the host's."""

    def __init__(self, limits: Limits, settings: Settings, clock: Clock, metrics: Metrics) -> None:
        self._limits, self._settings, self._clock, self._metrics = limits, settings, clock, metrics
        self._complained: dict[str, datetime] = {}

    def unsigned(self) -> bool:
        """Count the current request as one that nobody signed; False when its address sent too many of them."""
        return self.allow("unsigned", place_of(request.remote_addr or ""), self._settings.bot_limit_unsigned)

    def candidate(self, user: str, key: str) -> bool:
        """Count one message of /wechat; False when this candidate sends too many. Tries of one message count once."""
        return self.allow("candidate", user, self._settings.bot_limit_candidate, key)

    def visit(self) -> bool:
        """Count the current request of a page or of the API for its address."""
        return self.allow("address", place_of(request.remote_addr or ""), self._settings.bot_limit_address)

    def allow(self, kind: str, who: str, per_minute: int, what: str = "") -> bool:
        """Count one visit; see Limits.allow. The log hears of a limit at work once a minute, and never of whom."""
        now = self._clock.real_now()
        if self._limits.allow(kind, who, per_minute, now.timestamp(), what):
            return True
        self._metrics.count("limited", kind)
        last = self._complained.get(kind)
        if last is None or now - last >= _COMPLAIN_EVERY:
            self._complained[kind] = now
            log.warning("limited", limit=kind, per_minute=per_minute)
        return False

    def protect(self, app: Flask) -> None:
        """Every page but /wechat (see bot/wechat/webhook.py), the fixed files, and what supervisors ask all the time, is counted."""
        trusted = networks(self._settings.bot_trusted_proxies)
        if trusted:
            app.wsgi_app = TrustedProxies(app.wsgi_app, trusted)  # type: ignore[method-assign]
        app.before_request(self._count)

    def _count(self) -> Response | None:
        endpoint = request.endpoint or ""
        if (
            endpoint.startswith("wechat.")
            or endpoint.endswith((".static", "health.healthz", "health.readyz", "health.metrics"))
            or self.visit()
        ):
            return None
        if request.path.startswith("/api/"):
            response = jsonify(error=_WORDS, status=429)
        else:
            response = Response(f"{_WORDS}\n", content_type="text/plain; charset=utf-8")
        response.status_code = 429
        response.headers["Retry-After"] = str(int(WINDOW_SECONDS))
        response.headers["Cache-Control"] = "no-store"
        return response
