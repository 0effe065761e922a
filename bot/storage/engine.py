"""Opens a database so that a turn is one transaction on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.pool import QueuePool


class StoreError(Exception):
    """The database can't be used now (down, locked for too long, read-only, full, not migrated). The message says why.

    one_candidate: only this candidate's earlier message was waited for; others are served as ever.
    """

    def __init__(self, reason: str, one_candidate: bool = False) -> None:
        super().__init__(reason)
        self.one_candidate = one_candidate


def open_engine(url: str, wait_seconds: float, connections: int = 16) -> Engine:
    """An engine that waits at most about `wait_seconds` for a connection, a lock or one statement.

    SQLite: every transaction is BEGIN IMMEDIATE, since a deferred one that turns from reading to writing fails at
    once, without waiting, when another writer was faster. synchronous=NORMAL under WAL: a killed process loses
    nothing; a power cut may lose the last commits, never the file. secure_delete: erased means overwritten.
    """
    parsed = make_url(url)
    common: dict[str, Any] = {
        "poolclass": QueuePool,
        "pool_size": connections,
        "max_overflow": 0,
        "pool_timeout": wait_seconds,
        "json_serializer": lambda value: json.dumps(value, ensure_ascii=False),
    }
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(
            parsed, connect_args={"timeout": wait_seconds, "check_same_thread": False}, **common
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_immediate)
        return engine
    milliseconds = max(1, int(wait_seconds * 1000))
    options = f"-c lock_timeout={milliseconds} -c statement_timeout={milliseconds} -c timezone=UTC"
    if given := parsed.query.get("options"):
        options = f"{given} {options}"
    connect: dict[str, Any] = {"options": options, "connect_timeout": max(2, round(wait_seconds))}
    return create_engine(parsed, connect_args=connect, **common)


def sqlite_file(url: URL) -> Path | None:
    """Where SQLite keeps this database; None for PostgreSQL and for file: URIs."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database.startswith("file:"):
        return None
    return Path(url.database)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself; _begin_immediate does
    for pragma in ("synchronous=NORMAL", "secure_delete=ON", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
