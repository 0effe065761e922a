"""One message, one transaction: what was said before, the reply, and what is remembered afterwards."""

from __future__ import annotations

import functools
import hmac
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection

from bot.storage import migrate
from bot.storage.engine import FOREVER, StoreError, open_database, reasons
from bot.storage.prepared import Prepared
from bot.storage.tables import inbox, metadata, sessions, turns

_NONCE_BYTES = 12  # AES-GCM's own size


@functools.lru_cache(1024)  # a message asks three times
def user_hash(secret: bytes, user: str) -> str:
    """32 hex digits that stand for one candidate in tables and logs; useless without `secret`.

    `user` is an openid, or "web:…" for the H5 page. An openid has no colon, so the two never meet.
    """
    return hmac.digest(secret, b"user\0" + user.encode(), "sha256").hex()[:32]


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
    feedback: str | None = None


class TurnRecord:
    """What is known when a message comes in; `finish` writes what must be known after it.

    answered: the reply of an earlier try of the same message, or None for a new one. session: what the last
    `finish` of this candidate left, or None.
    """

    def __init__(self, store: Store, connection: Connection, hashed: str, user: str, key: str) -> None:
        self._store, self._connection, self._user_hash = store, connection, hashed
        self._key_hash, self._seal = store.message_keys(user, key)
        [(reply, session)] = _FIND.run(connection, {"key": self._key_hash, "user": hashed})
        self.answered: bytes | None = reply and self._seal.open(reply)
        self.session: dict[str, Any] | None = session

    def recall(self, read: Callable[[Connection], Any]) -> Any:
        """What `read` finds of this candidate in further tables.

        Raises:
            StoreError: the database refused.
        """
        with reasons():
            return read(self._connection)

    def finish(
        self,
        *,
        reply: bytes,
        session: Mapping[str, Any] | Keep | None,
        row: TurnRow | None,
        also: Callable[[Connection], None] | None = None,
    ) -> None:
        """Write the turn and commit it; called once.

        Args:
            session: what to remember. KEEP: leave it as it is. None: forget the candidate, every row of theirs; this
                message's own inbox row stays without their hash, so that a retry is still answered, and `row` is
                written without it.
            also: writes to further tables in the same transaction; when it raises, nothing is written.

        Raises:
            StoreError: the database refused.
        """
        now, owner = self._store.now(), "" if session is None else self._user_hash
        connection = self._connection
        with reasons(), self._store.database.writing(connection):
            if session is None:
                _delete_user(connection, self._user_hash)
            elif not isinstance(session, Keep):
                values = {"user_hash": owner, "data": dict(session), "updated_at": now}
                self._store.save_session.run(connection, values)
            values = {
                "key": self._key_hash,
                "user_hash": owner,
                "reply": self._seal.close(reply),
                "created_at": now,
            }
            _ADD_INBOX.run(connection, values)
            if row:
                _ADD_TURN.run(
                    connection, vars(row) | {"at": now, "user_hash": owner, "detail": dict(row.detail)}
                )
            if also:
                also(connection)
        if session is None:
            self._store.database.scrub()


class Seal:
    """AES-GCM. A reply names its receiver, so it is kept under a key that only the same message brings again."""

    def __init__(self, key: bytes) -> None:
        """key: 32 bytes."""
        self._cipher = AESGCM(key)

    def close(self, reply: bytes) -> bytes:
        """The nonce, then the ciphertext."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, reply, None)

    def open(self, sealed: bytes) -> bytes:
        """What `close` was given."""
        return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)


class Store:
    """The database. Safe for threads; connects at first use, so it may be made before a fork."""

    def __init__(
        self,
        url: str,
        secret: bytes,
        wait_seconds: float = 2.0,
        now: Callable[[], datetime] | None = None,
        connections: int = 16,
    ) -> None:
        """wait_seconds: how long one step may wait for the database. now: the real time, aware; tests pass theirs.

        connections: so many at most; fewer than the threads that use it make them wait for one another.
        """
        self._secret = secret
        self.now = now or (lambda: datetime.now(UTC))
        self.database = open_database(url, wait_seconds, connections)
        self.save_session = _save_session(self.database.insert)

    def user_hash(self, user: str) -> str:
        """See user_hash."""
        return user_hash(self._secret, user)

    def message_keys(self, user: str, key: str) -> tuple[str, Seal]:
        """The inbox key of a message (32 hex digits) and the seal of its reply."""
        name = user.encode() + b"\0" + key.encode()
        digest = hmac.digest(self._secret, b"message\0" + name, "sha256").hex()
        return digest[:32], Seal(hmac.digest(self._secret, b"reply\0" + name, "sha256"))

    def seal(self, purpose: str) -> Seal:
        """Keeps what only this installation may read; a dump of the database shows nothing of it."""
        return Seal(hmac.digest(self._secret, b"seal\0" + purpose.encode(), "sha256"))

    @contextmanager
    def turn(self, user: str, key: str, until: float = FOREVER) -> Iterator[TurnRecord]:
        """One message of one candidate; the candidate's next message waits until this block ends.

        Holds across threads, processes and, on PostgreSQL, hosts. There is no lease to run out: when a process is
        killed, the kernel or the server frees its lock and drops what was not committed, and the platform's next
        try does the work afresh. An exception in the block goes on; what `finish` committed stays.

        Args:
            until: of time.monotonic; nothing waits for the database past it.

        Raises:
            StoreError: the database can't be used, or the wait was too long.
        """
        hashed = self.user_hash(user)
        with ExitStack() as stack:
            with reasons():
                connection = stack.enter_context(self.database.turn(_number(hashed), until))
                record = TurnRecord(self, connection, hashed, user, key)
            yield record

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction of its own: what is written in the block is committed at its end, or not at all.

        Raises:
            StoreError: the database refused.
        """
        with reasons(), self.database.engine.connect() as connection, self.database.writing(connection):
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read from.

        Raises:
            StoreError: the database refused.
        """
        with reasons(), self.database.engine.connect() as connection:
            yield connection

    def ping(self) -> None:
        """Raises StoreError, saying why, unless a message could be stored now; newer tables than ours are as good."""
        with reasons(), self.database.engine.connect() as connection, self.database.writing(connection):
            found = migrate.revision(connection)
            if found >= migrate.HEAD:
                # Nothing less than a row written and committed finds out that a database is read-only, or its disk full.
                nobody = secrets.token_hex(16)
                values = {"user_hash": nobody, "data": {}, "updated_at": self.now()}
                self.save_session.run(connection, values)
                connection.execute(sa.delete(sessions).where(sessions.c.user_hash == nobody))
        if found < migrate.HEAD:
            raise StoreError(
                f"数据库在版本 {found or '空'}，程序要 {migrate.HEAD}，请运行 python -m bot db upgrade"
            )

    def erase(self, user: str) -> int:
        """Delete every row of this candidate, and return how many there were."""
        hashed = self.user_hash(user)
        with reasons(), self.database.turn(_number(hashed)) as connection, self.database.writing(connection):
            count = _delete_user(connection, hashed)
        self.database.scrub()
        return count

    def purge(self, older_than: datetime) -> int:
        """Delete what was not touched since `older_than` (aware), in every table that ages; returns the number of rows."""
        with reasons(), self.database.engine.connect() as connection, self.database.writing(connection):
            return sum(
                connection.execute(
                    sa.delete(table).where(table.c[table.info["ages_by"]] < older_than)
                ).rowcount
                for table in metadata.sorted_tables
                if "ages_by" in table.info
            )

    def close(self) -> None:
        """Give the connections back."""
        self.database.engine.dispose()


def _number(hashed: str) -> int:
    """The candidate as a signed 64-bit number, as PostgreSQL's advisory locks want it."""
    return int.from_bytes(bytes.fromhex(hashed)[:8], signed=True)


def _delete_user(connection: Connection, hashed: str) -> int:
    return sum(
        connection.execute(sa.delete(table).where(table.c.user_hash == hashed)).rowcount
        for table in reversed(metadata.sorted_tables)  # what refers to a row goes before it
        if "user_hash" in table.c
    )


def _save_session(insert: Callable[..., Any]) -> Prepared:
    statement = insert(sessions).values(_given(sessions))
    updates = {"data": statement.excluded.data, "updated_at": statement.excluded.updated_at}
    return Prepared(statement.on_conflict_do_update(index_elements=["user_hash"], set_=updates))


def _given(table: sa.Table) -> dict[str, Any]:
    """A value of its own name for every column but a counted id."""
    return {column.name: sa.bindparam(column.name) for column in table.c if column.name != "id"}


_FIND = Prepared(
    sa.select(
        sa.select(inbox.c.reply).where(inbox.c.key == sa.bindparam("key")).scalar_subquery().label("reply"),
        sa.select(sessions.c.data)
        .where(sessions.c.user_hash == sa.bindparam("user"))
        .scalar_subquery()
        .label("data"),
    )
)
_ADD_INBOX = Prepared(sa.insert(inbox).inline().values(_given(inbox)))
_ADD_TURN = Prepared(sa.insert(turns).inline().values(_given(turns)))
