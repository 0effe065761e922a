"""/healthz: the process lives. /readyz: it can answer and store. /metrics: what it did, for Prometheus."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from flask import Blueprint, Response, jsonify

from bot.clock import Clock
from bot.metrics import Metrics
from bot.storage import planning
from bot.storage.engine import StoreError
from bot.storage.outbox import STATES
from bot.storage.store import Store

_GOOD = timedelta(seconds=1)
_COUNTED = timedelta(seconds=15)  # a count of a million rows takes a tenth of a second
Gauge = tuple[str, str, Mapping[str, str], float]


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
    blueprint, pinged, reminders = Blueprint("health", __name__), _Pinged(store), _Outbox(store)

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
        gauges: list[Gauge] = [
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
        gauges += reminders.ask(clock.real_now())
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


class _Outbox:
    """The reminders as gauges, counted every 15 seconds at most; none while the database can't be used."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._started: datetime | None = None
        self._until: datetime | None = None
        self._found: list[Gauge] = []

    def ask(self, now: datetime) -> list[Gauge]:
        self._started = self._started or now
        if self._until is None or not now <= self._until <= now + _COUNTED:
            self._found = self._count(now)
            self._until = now + _COUNTED
        return self._found

    def _count(self, now: datetime) -> list[Gauge]:
        try:
            with self._store.reading() as connection:
                states = planning.states(connection)
                resting = planning.resting(connection, now)
                planned = planning.planned_at(connection)
                awaited = planned is None and bool(planning.regions(connection))
        except StoreError:
            return []
        stopped = any(until is None for until, _ in resting.values())
        # Who subscribed waits for somebody to plan, from the start of this process on if nobody ever did.
        since = planned or (self._started if awaited else None)
        age = [] if since is None else [(now - since).total_seconds()]
        return [
            *(
                ("bot_reminders_planned_age_seconds", "Since a process last planned the reminders.", {}, one)
                for one in age
            ),
            *(
                (
                    "bot_reminders",
                    "Rows of the outbox, by state.",
                    {"state": state},
                    float(states.get(state, 0)),
                )
                for state in STATES
            ),
            ("bot_reminders_stopped", "1: the sending waits for an operator.", {}, float(stopped)),
        ]


def _age(knowledge: Knowledge, clock: Clock) -> float:
    """Seconds since it went live; 0 when it never did."""
    return (clock.real_now() - knowledge.loaded_at).total_seconds() if knowledge.loaded_at else 0.0
