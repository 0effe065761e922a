"""The platform's access_token and jsapi_ticket, shared by all processes: one fetches, the others read what it got."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag

from bot.storage.engine import StoreError, reasons
from bot.storage.store import Store
from bot.storage.tables import tokens

LEASE_SECONDS = 20.0  # longer than a fetch may take; after it the holder counts as dead
_MARGIN_SECONDS = 60.0  # a token this near its end is not started with any more
_LOOK_SECONDS = 0.05  # between two looks at what the holder of the lease is doing


@dataclass(frozen=True)
class Token:
    """value: secret, "" for none to use. version: grows with every fetch. expires_at: aware."""

    value: str
    version: int
    expires_at: datetime


class Tokens:
    """Safe for threads; a copy in memory saves a look at the database a call."""

    def __init__(self, store: Store, pause: Callable[[float], None] = time.sleep) -> None:
        """pause: waits for the process that fetches; tests pass theirs."""
        self._store, self._pause = store, pause
        self._seal = store.seal("tokens")
        self._known: dict[str, Token] = {}
        # The threads of this process queue here instead of at the lease; by name, since a ticket's fetch needs a token.
        self._locks: dict[str, threading.Lock] = {}

    def get(self, name: str, fetch: Callable[[], tuple[str, float]], stale: int = 0) -> Token:
        """A token that is good for another minute at least.

        Args:
            name: which one, with the account it is of, e.g. "access_token wx123".
            fetch: asks the platform: (value, seconds it is good for). Called by one process at a time; what it raises
                goes to this caller, and the next one in the queue tries for itself.
            stale: the version that the platform refused; only a newer one will do. A version that somebody fetched
                meanwhile is newer, so a hundred refused calls make one fetch.

        Raises:
            StoreError: the database can't be used, or the process that fetches took too long.
        """
        if (known := self._known.get(name)) and self._good(known, stale):
            return known
        with self._locks.setdefault(name, threading.Lock()):
            if (known := self._known.get(name)) and self._good(known, stale):
                return known
            token = self._read_or_fetch(name, fetch, stale)
            self._known[name] = token
            return token

    def _good(self, token: Token, stale: int) -> bool:
        left = (token.expires_at - self._store.now()).total_seconds()
        return bool(token.value) and token.version > stale and left > _MARGIN_SECONDS

    def _read_or_fetch(self, name: str, fetch: Callable[[], tuple[str, float]], stale: int) -> Token:
        holder = secrets.token_hex(8)
        give_up = time.monotonic() + 2 * LEASE_SECONDS
        while time.monotonic() < give_up:
            if (token := self._read(name)) and self._good(token, stale):
                return token
            version = token.version if token else 0
            if self._lease(name, version, holder):
                try:
                    value, seconds = fetch()
                except BaseException:
                    self._release(name, holder)
                    raise
                return self._write(name, Token(value, version + 1, self._until(seconds)), holder)
            self._pause(_LOOK_SECONDS)
        raise StoreError(f"等别的进程换 {name.split()[0]} 等得太久")

    def _until(self, seconds: float) -> datetime:
        return self._store.now() + timedelta(seconds=seconds)

    def _read(self, name: str) -> Token | None:
        """None when nobody ever asked. One sealed with another BOT_SECRET_KEY has no value."""
        with reasons(), self._store.database.engine.connect() as connection:
            row = connection.execute(sa.select(tokens).where(tokens.c.name == name)).one_or_none()
        if row is None:
            return None
        try:
            value = self._seal.open(row.value).decode() if row.value else ""
        except InvalidTag:
            value = ""
        return Token(value, row.version, row.expires_at)

    def _lease(self, name: str, version: int, holder: str) -> bool:
        """Whether this process is now the one that fetches: nobody else holds a lease, and none was newer."""
        now, database = self._store.now(), self._store.database
        new = database.insert(tokens).values(name=name, value=b"", version=0, expires_at=now)
        free = sa.or_(tokens.c.leased_until.is_(None), tokens.c.leased_until < now)
        claim = (
            sa.update(tokens)
            .where(tokens.c.name == name, tokens.c.version == version, free)
            .values(holder=holder, leased_until=self._until(LEASE_SECONDS))
        )
        with reasons(), database.engine.connect() as connection, database.writing(connection):
            if version == 0:
                connection.execute(new.on_conflict_do_nothing(index_elements=["name"]))
            return connection.execute(claim).rowcount == 1

    def _release(self, name: str, holder: str) -> None:
        database = self._store.database
        free = sa.update(tokens).where(tokens.c.name == name, tokens.c.holder == holder)
        with reasons(), database.engine.connect() as connection, database.writing(connection):
            connection.execute(free.values(leased_until=None))

    def _write(self, name: str, token: Token, holder: str) -> Token:
        """The token even when the lease ran out meanwhile: it is good, only not written over a newer one."""
        database = self._store.database
        mine = sa.update(tokens).where(tokens.c.name == name, tokens.c.holder == holder)
        values = {
            "value": self._seal.close(token.value.encode()),
            "version": token.version,
            "expires_at": token.expires_at,
            "leased_until": None,
        }
        with reasons(), database.engine.connect() as connection, database.writing(connection):
            connection.execute(mine.values(**values))
        return token
