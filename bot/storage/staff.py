"""Staff of the console: who they are, what they did, and the sign-ins that failed."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.storage.columns import COUNTED
from bot.storage.engine import reasons
from bot.storage.store import Store
from bot.storage.tables import console_attempts, console_audit, console_marks, console_users


@dataclass(frozen=True)
class Account:
    """One of staff. role: "编辑" or "发布". password: an argon2 hash, never the word itself."""

    name: str
    role: str
    password: str
    disabled: bool
    created_at: datetime
    seen_at: datetime | None


@dataclass(frozen=True)
class Act:
    """One line of the audit log: who did what to what, when."""

    at: datetime
    who: str
    act: str
    target: str
    detail: str


class Staff:
    """The console's tables. Every method raises StoreError when the database can't be used."""

    def __init__(self, store: Store, secret: bytes) -> None:
        """secret: what stands in for names and addresses of failed sign-ins is keyed with it."""
        self._store, self._secret = store, secret

    def accounts(self) -> list[Account]:
        """All, by name."""
        statement = sa.select(console_users).order_by(console_users.c.name)
        with reasons(), self._store.database.engine.connect() as connection:
            return [Account(**row._mapping) for row in connection.execute(statement)]

    def account(self, name: str) -> Account | None:
        """None for a name that is not on file."""
        statement = sa.select(console_users).where(console_users.c.name == name)
        with reasons(), self._store.database.engine.connect() as connection:
            row = connection.execute(statement).one_or_none()
        return Account(**row._mapping) if row is not None else None

    def add(self, name: str, role: str, password: str) -> bool:
        """False when the name is taken."""
        values = {
            "name": name, "role": role, "password": password, "disabled": False, "created_at": self._store.now(),
        }  # fmt: skip
        statement = self._store.database.insert(console_users).values(**values)
        return self._write(statement.on_conflict_do_nothing(index_elements=["name"])) == 1

    def change(self, name: str, **values: object) -> bool:
        """Set role, password, disabled or seen_at; False when there is no such name."""
        statement = sa.update(console_users).where(console_users.c.name == name).values(**values)
        return self._write(statement) == 1

    def failed(self, *subjects: str) -> None:
        """One failed sign-in counts against each of these (a name, an address)."""
        now = self._store.now()
        self._write(
            sa.insert(console_attempts),
            [{"subject": self._hidden(subject), "at": now} for subject in subjects],
        )

    def failures(self, subject: str, since: datetime) -> list[datetime]:
        """When sign-ins failed for `subject` after `since`, oldest first."""
        statement = (
            sa.select(console_attempts.c.at)
            .where(console_attempts.c.subject == self._hidden(subject), console_attempts.c.at > since)
            .order_by(console_attempts.c.at)
        )
        with reasons(), self._store.database.engine.connect() as connection:
            return list(connection.execute(statement).scalars())

    def forgive(self, subject: str) -> None:
        """Forget its failures: it signed in, or an operator set a new password."""
        self._write(sa.delete(console_attempts).where(console_attempts.c.subject == self._hidden(subject)))

    def record(self, who: str, act: str, target: str = "", detail: str = "") -> None:
        """Add a line to the audit log; long texts are cut."""
        values = {
            "at": self._store.now(), "who": who, "act": act, "target": target[:200], "detail": detail[:2000],
        }  # fmt: skip
        self._write(sa.insert(console_audit).values(**values))

    def acts(self, limit: int = 100) -> list[Act]:
        """The newest lines of the audit log, newest first."""
        statement = sa.select(console_audit).order_by(console_audit.c.id.desc()).limit(limit)
        with reasons(), self._store.database.engine.connect() as connection:
            rows = connection.execute(statement).all()
        return [Act(row.at, row.who, row.act, row.target, row.detail) for row in rows]

    def mark(self, texts: Iterable[str], mark: str, by: str) -> None:
        """Hide these phrasings until one of them is asked again."""
        insert = self._store.database.insert(console_marks)
        statement = insert.on_conflict_do_update(
            index_elements=["text"],
            set_={name: insert.excluded[name] for name in ("mark", "by", "at")},
        )
        now = self._store.now()
        rows = [
            {"text": text[:200], "mark": mark[:200], "by": by, "at": now} for text in dict.fromkeys(texts)
        ]
        if rows:
            self._write(statement, rows)

    def marks(self) -> dict[str, datetime]:
        """Text -> when it was marked."""
        with reasons(), self._store.database.engine.connect() as connection:
            rows = connection.execute(sa.select(console_marks.c.text, console_marks.c.at)).all()
        return {row.text: row.at for row in rows}

    def _hidden(self, subject: str) -> str:
        """A password typed into the field of the name must not lie in a table."""
        return hmac.new(self._secret, b"attempt\0" + subject.encode(), hashlib.sha256).hexdigest()[:32]

    def _write(self, statement: sa.Executable, rows: list[dict[str, object]] | None = None) -> int:
        database = self._store.database
        with reasons(), database.engine.connect() as connection, database.writing(connection):
            return connection.execute(statement, rows, execution_options=COUNTED).rowcount
