"""/healthz: the process lives. /readyz: it can answer and store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify

from bot.storage.engine import StoreError
from bot.storage.store import Store


def create_blueprint(store: Store, knowledge: Callable[[], tuple[str, datetime | None]]) -> Blueprint:
    """knowledge: the version that answers and when it was loaded (aware); raises when there is none to answer from."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="ok")

    @blueprint.get("/readyz")
    def readyz() -> tuple[Response, int]:
        problems: dict[str, str] = {}
        facts: dict[str, Any] = {}
        try:
            version, loaded_at = knowledge()
            facts["knowledge"] = {
                "version": version,
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
