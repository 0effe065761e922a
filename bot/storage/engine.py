"""SQLite and PostgreSQL behind one interface: a candidate's turn, and the write that ends it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from bot.storage.locks import file_locks


class StoreError(Exception):
    """The database can't be used now (down, locked for too long, read-only, full, not migrated). The message says why.

    one_candidate: only this candidate's earlier message was waited for; others are served as ever.
    """

    def __init__(self, reason: str, one_candidate: bool = False) -> None:
        super().__init__(reason)
        self.one_candidate = one_candidate


@contextmanager
def reasons() -> Iterator[None]:
    """SQLAlchemy's errors as StoreError with the driver's own words; they name no value that was being written."""
    try:
        yield
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None)
        locked = getattr(cause, "sqlstate", None) == "55P03"  # PostgreSQL's lock_timeout
        raise StoreError(str(cause or error).strip().splitlines()[0], one_candidate=locked) from error
    except OSError as error:
        raise StoreError(str(error)) from error


class Database(Protocol):
    """What differs between the two."""

    engine: Engine
    insert: Callable[..., Any]
    """The dialect's insert(), which knows ON CONFLICT."""

    @contextmanager
    def turn(self, number: int) -> Iterator[Connection]:
        """A connection to read from while nobody else is in a turn of the same number (signed 64-bit)."""

    @contextmanager
    def writing(self, connection: Connection) -> Iterator[None]:
        """What is written inside is committed at its end, or not at all."""

    def scrub(self) -> None:
        """Wipe what deleted rows left behind, where that is ours to do."""


class Sqlite:
    """One file on one machine.

    A turn holds the candidate's lock in a file beside the database, and takes SQLite's single write lock only for the
    write that ends it. BEGIN IMMEDIATE around the whole turn would need no second file, but then all candidates
    queue behind one another's thinking, and SQLite's queue is blind: with 8 threads in each of 2 processes and 1 ms of
    thinking, the slowest 1 % of turns took 740 ms and some ran out of their 2 s.

    synchronous=NORMAL under WAL: a killed process loses nothing; a power cut may lose the last commits, never
    the file. secure_delete: erased means overwritten.
    """

    def __init__(self, url: URL, wait_seconds: float, connections: int) -> None:
        self.insert = sqlite.insert
        self._wait = wait_seconds
        self._file = sqlite_file(url)
        self._writer = (
            threading.Lock()
        )  # threads of this process queue here; SQLite's own waiting is blind polling
        self.engine = sa.create_engine(
            url,
            connect_args={"timeout": wait_seconds, "check_same_thread": False},
            **_common(wait_seconds, connections),
        )
        event.listen(self.engine, "connect", _prepare_sqlite)

    @contextmanager
    def turn(self, number: int) -> Iterator[Connection]:
        """See Database."""
        locks = file_locks(self._file.with_name(self._file.name + "-turns").absolute())
        with self._patient(), locks.hold(number, self._wait), self.engine.connect() as connection:
            yield connection  # reads see the last commit; no transaction is open yet

    @contextmanager
    def writing(self, connection: Connection) -> Iterator[None]:
        """See Database."""
        if not self._writer.acquire(timeout=self._wait):
            raise StoreError("the file was locked for too long")
        try:
            # IMMEDIATE: a deferred transaction that turns to writing fails at once, without waiting its turn.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield
                connection.commit()
            except BaseException:
                connection.rollback()
                raise
        finally:
            self._writer.release()

    def scrub(self) -> None:
        """Empty the write-ahead log, which keeps deleted rows until it is written over, if nobody is at work just now."""
        with suppress(SQLAlchemyError), self.engine.connect() as connection:
            wait = connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
            connection.exec_driver_sql("PRAGMA busy_timeout=0")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()
            connection.exec_driver_sql(f"PRAGMA busy_timeout={wait}")

    @contextmanager
    def _patient(self) -> Iterator[None]:
        try:
            yield
        except TimeoutError:
            raise StoreError(
                "an earlier message of this candidate took too long", one_candidate=True
            ) from None


class Postgres:
    """A server, for many hosts. A turn is one transaction that holds an advisory lock on the candidate."""

    # A statement of its own: a statement sees what was committed before it began, not before it was let in.
    _LOCK = sa.text("SELECT pg_advisory_xact_lock(:number)")

    def __init__(self, url: URL, wait_seconds: float, connections: int) -> None:
        self.insert = postgresql.insert
        milliseconds = max(1, int(wait_seconds * 1000))
        given = url.query.get("options", "")
        # A wait for the lock is to end as one, so the statement around it may take longer.
        limits = f"-c lock_timeout={milliseconds} -c statement_timeout={milliseconds * 2}"
        options = f"{given} {limits} -c timezone=UTC"
        connect: dict[str, Any] = {"options": options, "connect_timeout": max(2, round(wait_seconds))}
        self.engine = sa.create_engine(url, connect_args=connect, **_common(wait_seconds, connections))

    @contextmanager
    def turn(self, number: int) -> Iterator[Connection]:
        """See Database."""
        with self._locked(number) as connection:
            yield connection

    @contextmanager
    def writing(self, connection: Connection) -> Iterator[None]:
        """See Database."""
        yield
        connection.commit()

    def scrub(self) -> None:
        """PostgreSQL's vacuum does it."""

    def _locked(self, number: int) -> Connection:
        for fresh in (False, True):
            connection = self.engine.connect()
            try:
                connection.execute(self._LOCK, {"number": number})
                return connection
            except DBAPIError as error:
                connection.close()
                # A pooled connection that died with its server: SQLAlchemy drops the pool, and a new one may work.
                if fresh or not error.connection_invalidated:
                    raise
        raise AssertionError("unreachable")


def open_database(url: str, wait_seconds: float, connections: int = 16) -> Database:
    """Waits at most about `wait_seconds` for a connection, for a lock or for one statement."""
    parsed = sa.make_url(url)
    kind = Sqlite if parsed.get_backend_name() == "sqlite" else Postgres
    return kind(parsed, wait_seconds, connections)


def sqlite_file(url: URL) -> Path:
    """Where SQLite keeps this database, also when the URL spells it file:…?mode=ro&uri=true."""
    return Path((url.database or "").removeprefix("file:"))


def _common(wait_seconds: float, connections: int) -> dict[str, Any]:
    return {
        "poolclass": QueuePool,
        "pool_size": connections,
        "max_overflow": 0,
        "pool_timeout": wait_seconds,
        "json_serializer": lambda value: json.dumps(value, ensure_ascii=False),
    }


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself
    for pragma in ("synchronous=NORMAL", "secure_delete=ON", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
