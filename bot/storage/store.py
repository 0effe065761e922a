"""One message, one transaction: what was said before, the reply, and what is remembered afterwards."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.storage import migrate
from bot.storage.engine import StoreError, open_engine
from bot.storage.tables import inbox, sessions, turns

_NONCE_BYTES = 12  # AES-GCM's own size


def user_hash(secret: bytes, user: str) -> str:
    """32 hex digits that stand for one candidate in tables and logs; useless without `secret`.

    `user` is an openid, or "web:…" for the H5 page. An openid has no colon, so the two never meet.
    """
    return hmac.new(secret, b"user\0" + user.encode(), hashlib.sha256).hexdigest()[:32]


class Keep(Enum):
    """Says "leave the session as it is" where None already says "forget the candidate"."""

    SESSION = auto()


KEEP = Keep.SESSION


@dataclass(frozen=True)
class TurnRow:
    """One row of the statistics. masked_text: numbers of people already masked. ms: milliseconds. detail: small JSON."""

    channel: str
    masked_text: str
    decision: str
    entry: str | None = None
    stage: str | None = None
    region: str | None = None
    audience: str | None = None
    year: int | None = None
    score: float = 0.0
    ms: float = 0.0
    detail: Mapping[str, Any] = field(default_factory=dict)


class TurnRecord:
    """What is known when a message comes in; `finish` writes what must be known after it.

    answered: the reply of an earlier try of the same message, or None for a new one. session: what the last
    `finish` of this candidate left, or None. connection: for further tables that belong to the same transaction.
    """

    def __init__(self, store: Store, connection: Connection, user: str, key: str) -> None:
        self._store, self._user_hash = store, store.user_hash(user)
        self._key_hash, self._seal_key = store.message_keys(user, key)
        self.connection = connection
        found = connection.execute(_FIND, {"key": self._key_hash, "user": self._user_hash}).one()
        self.answered: bytes | None = None if found.reply is None else self._open(found.reply)
        self.session: dict[str, Any] | None = found.data

    def finish(self, *, reply: bytes, session: Mapping[str, Any] | Keep | None, row: TurnRow | None) -> None:
        """Write the turn; it counts when the `with` block ends well.

        Args:
            session: what to remember. KEEP: leave it as it is. None: forget the candidate, every row of theirs; this message's own inbox
                row stays without their hash, so that a retry is still answered, and `row` is written without it.

        Raises:
            StoreError: the database refused.
        """
        now, owner = self._store.now(), "" if session is None else self._user_hash
        with _reasons():
            if session is None:
                _delete_user(self.connection, self._user_hash)
            elif not isinstance(session, Keep):
                values = {"user_hash": owner, "data": dict(session), "updated_at": now}
                self.connection.execute(self._store.save_session, values)
            inbox_row = {
                "key": self._key_hash,
                "user_hash": owner,
                "reply": self._seal(reply),
                "created_at": now,
            }
            self.connection.execute(_ADD_INBOX, inbox_row)
            if row:
                detail = dict(row.detail)
                self.connection.execute(
                    _ADD_TURN, asdict(row) | {"at": now, "user_hash": owner, "detail": detail}
                )
        self._store.forgot |= session is None

    def _seal(self, reply: bytes) -> bytes:
        """A reply names its receiver, so it is kept encrypted under a key only the same message brings again."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(self._seal_key).encrypt(nonce, reply, None)

    def _open(self, sealed: bytes) -> bytes:
        return AESGCM(self._seal_key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)


class Store:
    """The database. Safe for threads; make it after a fork, or call `close()` in the child first."""

    def __init__(
        self, url: str, secret: bytes, wait_seconds: float = 2.0, now: Callable[[], datetime] | None = None
    ) -> None:
        """wait_seconds: how long a message may wait for the database. now: the real time, aware; tests pass theirs."""
        self._secret = secret
        self.now = now or (lambda: datetime.now(UTC))
        self._engine = open_engine(url, wait_seconds)
        self._postgres = self._engine.dialect.name == "postgresql"
        self.save_session = _save_session(postgresql.insert if self._postgres else sqlite.insert)
        self.forgot = False

    def user_hash(self, user: str) -> str:
        """See user_hash."""
        return user_hash(self._secret, user)

    def message_keys(self, user: str, key: str) -> tuple[str, bytes]:
        """The inbox key of a message (32 hex digits) and the key that seals its reply (32 bytes)."""
        name = user.encode() + b"\0" + key.encode()
        message = hmac.new(self._secret, b"message\0" + name, hashlib.sha256).hexdigest()[:32]
        return message, hmac.new(self._secret, b"reply\0" + name, hashlib.sha256).digest()

    @contextmanager
    def turn(self, user: str, key: str) -> Iterator[TurnRecord]:
        """One candidate's message as one transaction; the next message of the same candidate waits for its end.

        Holds across threads, processes and hosts: PostgreSQL by an advisory lock on the candidate, SQLite by its one
        writer. There is no lease to run out: a killed process loses its connection, the database rolls back, and
        the platform's next try does the work afresh. An exception in the block rolls back and goes on.

        Raises:
            StoreError: the database can't be used, or the wait was too long.
        """
        with _reasons():
            connection = self._connect(user)
        try:
            with _reasons():
                record = TurnRecord(self, connection, user, key)
            yield record
            with _reasons():
                connection.commit()
        finally:
            connection.close()  # rolls back what was not committed
        if self.forgot:
            self._scrub()

    def _connect(self, user: str) -> Connection:
        for fresh in (False, True):
            connection = self._engine.connect()
            try:
                connection.begin()
                if self._postgres:
                    number = int.from_bytes(bytes.fromhex(self.user_hash(user))[:8], signed=True)
                    connection.execute(_LOCK, {"number": number})
                return connection
            except DBAPIError as error:
                connection.close()
                # A pooled connection that died with its server: SQLAlchemy drops the pool, and a new one may work.
                if fresh or not error.connection_invalidated:
                    raise
        raise AssertionError("unreachable")

    def ping(self) -> None:
        """Raises StoreError, saying why, unless a message could be stored now."""
        with _reasons(), self._engine.connect() as connection:
            connection.begin()
            found = migrate.revision(connection)
        if found != migrate.HEAD:
            raise StoreError(
                f"数据库在版本 {found or '空'}，程序要 {migrate.HEAD}，请运行 python -m bot db upgrade"
            )

    def erase(self, user: str) -> int:
        """Delete every row of this candidate, and return how many there were."""
        with _reasons():
            connection = self._connect(user)
            try:
                count = _delete_user(connection, self.user_hash(user))
                connection.commit()
            finally:
                connection.close()
        self._scrub()
        return count

    def purge(self, older_than: datetime) -> int:
        """Delete sessions, turns and replies not touched since `older_than` (aware); returns the number of rows."""
        with _reasons(), self._engine.begin() as connection:
            return sum(
                connection.execute(sa.delete(column.table).where(column < older_than)).rowcount
                for column in (sessions.c.updated_at, turns.c.at, inbox.c.created_at)
            )

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def _scrub(self) -> None:
        """SQLite's log keeps what was deleted until it is written over; empty it if nobody else is at work just now."""
        self.forgot = False
        if self._postgres:
            return
        with suppress(Exception):
            raw = self._engine.raw_connection()
            try:
                cursor = raw.cursor()
                cursor.execute("PRAGMA busy_timeout")
                (wait,) = cursor.fetchone() or (0,)
                cursor.execute("PRAGMA busy_timeout=0")
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                cursor.execute(f"PRAGMA busy_timeout={wait}")
            finally:
                raw.close()


@contextmanager
def _reasons() -> Iterator[None]:
    """SQLAlchemy's errors as StoreError with the driver's own words; they name no value that was being written."""
    try:
        yield
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None)
        locked = (
            getattr(cause, "sqlstate", None) == "55P03"
        )  # PostgreSQL's lock_timeout; SQLite's lock is everyone's
        raise StoreError(str(cause or error).strip().splitlines()[0], one_candidate=locked) from error


def _delete_user(connection: Connection, hashed: str) -> int:
    return sum(
        connection.execute(sa.delete(table).where(table.c.user_hash == hashed)).rowcount
        for table in (sessions, turns, inbox)
    )


def _save_session(insert: Callable[..., Any]) -> sa.Executable:
    statement = insert(sessions).values(
        user_hash=sa.bindparam("user_hash"), data=sa.bindparam("data"), updated_at=sa.bindparam("updated_at")
    )
    updates = {"data": statement.excluded.data, "updated_at": statement.excluded.updated_at}
    saved: sa.Executable = statement.on_conflict_do_update(index_elements=["user_hash"], set_=updates)
    return saved


# The lock is a statement of its own: a statement sees what was committed before it began, not before it was let in.
_LOCK = sa.text("SELECT pg_advisory_xact_lock(:number)")
_FIND = sa.select(
    sa.select(inbox.c.reply).where(inbox.c.key == sa.bindparam("key")).scalar_subquery().label("reply"),
    sa.select(sessions.c.data)
    .where(sessions.c.user_hash == sa.bindparam("user"))
    .scalar_subquery()
    .label("data"),
)
_ADD_INBOX = sa.insert(inbox)
_ADD_TURN = sa.insert(turns)
