"""SQLite and PostgreSQL behind one interface: a candidate's turn, and the write that ends it."""

from __future__ import annotations

import functools
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from bot.storage.locks import FileLocks, file_locks
from bot.storage.prepared import driver
from bot.storage.wal import AUTOCHECKPOINT_PAGES, WriteAheadLog

FOREVER = float("inf")


class StoreError(Exception):
    """The database can't be used now (down, locked for too long, read-only, full, not migrated). The message says why.

    one_candidate: only this candidate's earlier message was waited for; others are served as ever.
    """

    def __init__(self, reason: str, one_candidate: bool = False) -> None:
        super().__init__(reason)
        self.one_candidate = one_candidate


@contextmanager
def reasons() -> Iterator[None]:
    """SQLAlchemy's errors and the driver's as StoreError, in the driver's words; they name no value that was being written."""
    try:
        yield
    except OSError as error:
        raise StoreError(str(error)) from error
    except Exception as error:
        if not isinstance(error, (SQLAlchemyError, sqlite3.Error)) and not hasattr(error, "sqlstate"):
            raise
        cause = getattr(error, "orig", None) or error
        locked = getattr(cause, "sqlstate", None) == "55P03"  # PostgreSQL's lock_timeout
        raise StoreError((str(cause).strip() or repr(cause)).splitlines()[0], one_candidate=locked) from error


class Database(Protocol):
    """What differs between the two."""

    engine: Engine
    insert: Callable[..., Any]
    """The dialect's insert(), which knows ON CONFLICT."""

    @contextmanager
    def turn(self, number: int, until: float = FOREVER) -> Iterator[Connection]:
        """A connection to read from while nobody else is in a turn of the same number (signed 64-bit).

        Nothing in it waits for the database past `until` (of time.monotonic), writing included: then TimeoutError or
        an SQLAlchemyError. What is not committed by then never is; of a commit under way nobody can say.
        """

    @contextmanager
    def writing(self, connection: Connection) -> Iterator[None]:
        """What is written inside is committed at its end, or not at all."""

    def hurry(self, connection: Connection) -> None:
        """Commit this transaction without waiting for the disk: a crash of the server may lose it, not of a process."""

    def scrub(self) -> None:
        """Wipe what deleted rows left behind, where that is ours to do; while `keep` runs it does so within moments."""

    def keep(self, stop: threading.Event) -> None:
        """What a server does for its database beside the messages, until `stop` is set; at once done where nothing is."""


class Sqlite:
    """One file on one machine.

    A turn holds the candidate's lock in a file beside the database, and takes SQLite's single write lock only for the
    write that ends it. BEGIN IMMEDIATE around the whole turn would need no second file, but then all candidates
    queue behind one another's thinking, and SQLite's queue is blind: with 8 threads in each of 2 processes and 1 ms of
    thinking, the slowest 1 % of turns took 740 ms and some ran out of their 2 s.

    synchronous=NORMAL under WAL: a killed process loses nothing; a power cut may lose the last commits, never
    the file. secure_delete: erased means overwritten. Moving the log into the file is left to a thread (`keep`).
    """

    def __init__(self, url: URL, wait_seconds: float, connections: int) -> None:
        self.insert = sqlite.insert
        self._wait = wait_seconds
        self._file = sqlite_file(url)
        self.engine = sa.create_engine(
            url,
            connect_args={"timeout": wait_seconds, "check_same_thread": False},
            **_common(wait_seconds, connections),
        )
        event.listen(self.engine, "connect", _prepare_sqlite)
        self._log = WriteAheadLog(self.engine, self._file, lambda: self._locks)

    @contextmanager
    def turn(self, number: int, until: float = FOREVER) -> Iterator[Connection]:
        """See Database. A disk that hangs can't be left alone, so that is not counted."""
        patience = min(self._wait, until - time.monotonic())
        with self._patient(), self._locks.hold(number, patience), self.engine.connect() as connection:
            connection.info["until"] = until
            try:
                yield connection  # reads see the last commit; no transaction is open yet
            finally:
                connection.info.pop("until", None)

    @contextmanager
    def writing(self, connection: Connection) -> Iterator[None]:
        """See Database."""
        until = connection.info.get("until", FOREVER)
        with self._alone(max(0.0, min(self._wait, until - time.monotonic()))):
            patience = max(0.0, min(self._wait, until - time.monotonic()))
            raw = driver(connection)
            if patience != connection.info.get("patience", self._wait):
                raw.execute(f"PRAGMA busy_timeout={int(patience * 1000)}")
                connection.info["patience"] = patience
            # IMMEDIATE: a deferred transaction that turns to writing fails at once, without waiting its turn.
            raw.execute("BEGIN IMMEDIATE")
            try:
                yield
                raw.commit()
            except BaseException:
                raw.rollback()
                raise

    @contextmanager
    def _alone(self, patience: float) -> Iterator[None]:
        entered = False
        try:
            with self._locks.write(patience):
                entered = True
                yield
        except TimeoutError:
            if entered:
                raise
            raise StoreError("the file was locked for too long") from None

    @functools.cached_property
    def _locks(self) -> FileLocks:
        return file_locks(self._file.with_name(self._file.name + "-turns").absolute())

    def hurry(self, connection: Connection) -> None:
        """synchronous=NORMAL is that already."""

    def scrub(self) -> None:
        """The write-ahead log keeps deleted rows until it is emptied."""
        self._log.wipe()

    def keep(self, stop: threading.Event) -> None:
        """See Database."""
        self._log.keep(stop)

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
        event.listen(self.engine, "do_connect", _connect_patient)
        event.listen(self.engine, "checkout", _any_time)

    @contextmanager
    def turn(self, number: int, until: float = FOREVER) -> Iterator[Connection]:
        """See Database."""
        connection = self._locked(number, until)
        try:
            yield connection
        finally:
            # No time for a ROLLBACK, or nobody to send it to: without its client the server does that by itself.
            if time.monotonic() > until or (not connection.invalidated and driver(connection).closed):
                connection.invalidate()
            connection.close()

    @contextmanager
    def writing(self, connection: Connection) -> Iterator[None]:
        """See Database."""
        yield
        connection.commit()

    def hurry(self, connection: Connection) -> None:
        """See Database."""
        connection.exec_driver_sql("SET LOCAL synchronous_commit TO off")

    def scrub(self) -> None:
        """PostgreSQL's vacuum does it."""

    def keep(self, stop: threading.Event) -> None:
        """PostgreSQL keeps itself."""

    def _locked(self, number: int, until: float) -> Connection:
        for fresh in (False, True):
            connection = self.engine.connect()
            raw: Any = connection.connection.dbapi_connection
            raw.until = until
            try:
                connection.execute(self._LOCK, {"number": number})
                return connection
            except DBAPIError as error:
                connection.close()
                # A pooled connection that died with its server: SQLAlchemy drops the pool, and a new one may work.
                if fresh or not error.connection_invalidated or time.monotonic() > until:
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
    checkpoint = f"wal_autocheckpoint={AUTOCHECKPOINT_PAGES}"
    for pragma in ("synchronous=NORMAL", "secure_delete=ON", "foreign_keys=ON", checkpoint):
        connection.execute(f"PRAGMA {pragma}")


def _any_time(connection: Any, _record: Any, _proxy: Any) -> None:
    connection.until = FOREVER


def _connect_patient(_dialect: Any, _record: Any, args: Any, options: Any) -> Any:
    """psycopg's connection, which stops waiting when it is told to: the server's own limits are no help where the server
    or the way to it hangs."""
    return _patient_connection().connect(*args, **options)


@functools.cache
def _patient_connection() -> Any:
    import psycopg  # only where PostgreSQL is used; requirements-scale.txt installs it

    class Patient(psycopg.Connection[Any]):
        until = FOREVER  # of time.monotonic; every turn sets its own

        def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
            left = self.until - time.monotonic()
            if left != FOREVER:
                timeout = max(0.0, left) if timeout is None else min(timeout, max(0.0, left))
            try:
                return super().wait(gen, interval, timeout)
            except psycopg.errors._WaitTimeout:
                self.pgconn.finish()  # the answer may come yet, and must not be taken for the next one's
                raise psycopg.OperationalError("the server did not answer in time") from None

    return Patient
