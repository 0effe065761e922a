"""/healthz: the process lives. /readyz: it can answer and store."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from flask import Blueprint, Response, jsonify

from bot.storage.engine import StoreError
from bot.storage.store import Store


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


def create_blueprint(store: Store, knowledge: Knowledge) -> Blueprint:
    """The two pages that a balancer or a supervisor asks."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="ok")

    @blueprint.get("/readyz")
    def readyz() -> tuple[Response, int]:
        problems: dict[str, str] = {}
        facts: dict[str, Any] = {}
        try:
            knowledge.current()
            loaded_at = knowledge.loaded_at
            facts["knowledge"] = {
                "version": knowledge.version,
                "loaded_at": loaded_at.isoformat() if loaded_at else None,
            }
        except Exception as error:  # noqa: BLE001  # whatever keeps the knowledge away is the answer here
            problems["knowledge"] = str(error) or type(error).__name__
        try:
            store.ping()
            facts["database"] = "ok"
        except StoreError as error:
            problems["database"] = str(error)
        status = "unready" if problems else "ready"
        return jsonify(status=status, problems=problems, **facts), 503 if problems else 200

    return blueprint
