"""/healthz: the process lives. /readyz: it can answer and store. /metrics: what it did, for Prometheus."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Protocol

from flask import Blueprint, Response, jsonify

from bot.metrics import Metrics
from bot.settings import Clock
from bot.storage.engine import StoreError
from bot.storage.store import Store

_GOOD = timedelta(seconds=1)


class Knowledge(Protocol):
    """What /readyz asks of bot.app.Source."""

    @property
    def version(self) -> str:
        """Names the knowledge that answers now."""

    @property
    def loaded_at(self) -> datetime | None:
        """Aware."""

    def current(self) -> object:
        """Raises when there is nothing to answer from."""


def create_blueprint(store: Store, knowledge: Knowledge, numbers: Metrics, clock: Clock) -> Blueprint:
    """The pages that a balancer or a supervisor asks."""
    blueprint, pinged = Blueprint("health", __name__), _Pinged(store)

    @blueprint.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="ok")

    @blueprint.get("/readyz")
    def readyz() -> tuple[Response, int]:
        problems: dict[str, str] = {}
        facts: dict[str, Any] = {}
        try:
            knowledge.current()
            loaded_at, age = knowledge.loaded_at, _age(knowledge, clock)
            facts["knowledge"] = {
                "version": knowledge.version,
                "loaded_at": loaded_at.isoformat() if loaded_at else None,
                "age_seconds": round(age),
            }
        except Exception as error:  # noqa: BLE001  # whatever keeps the knowledge away is the answer here
            problems["knowledge"] = str(error) or type(error).__name__
        try:
            pinged.ask(clock.real_now())
            facts["database"] = "ok"
        except StoreError as error:
            problems["database"] = str(error)
        status = "unready" if problems else "ready"
        return jsonify(status=status, problems=problems, **facts), 503 if problems else 200

    @blueprint.get("/metrics")
    def metrics() -> Response:
        gauges = [
            (
                "bot_knowledge_age_seconds",
                "Since this worker took the knowledge live.",
                {},
                _age(knowledge, clock),
            ),
            (
                "bot_knowledge_info",
                "The knowledge that this worker answers from.",
                {"version": knowledge.version},
                1.0,
            ),
        ]
        body, kind = numbers.page(gauges)
        return Response(body, headers={"Cache-Control": "no-store"}, content_type=kind)

    return blueprint


class _Pinged:
    """A ping writes, and anybody may ask: a good one counts for a second."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._good_until: datetime | None = None

    def ask(self, now: datetime) -> None:
        """Raises StoreError when the database can't be used."""
        if self._good_until is None or not now <= self._good_until <= now + _GOOD:
            self._good_until = None
            self._store.ping()
            self._good_until = now + _GOOD


def _age(knowledge: Knowledge, clock: Clock) -> float:
    """Seconds since it went live; 0 when it never did."""
    return (clock.real_now() - knowledge.loaded_at).total_seconds() if knowledge.loaded_at else 0.0
