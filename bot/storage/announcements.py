"""Announcements to all who bear a tag: drafted by one of staff, approved by another, and what became of them. In open transactions.

A row's way: draft → sending (one approver has it, the call may be out) → submitted (the platform took it) → sent, by its
receipt. failed: certainly not sent; it may be written anew. unknown: nobody knows; only the same `key` may be tried again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from bot.storage.columns import COUNTED
from bot.storage.reminder_tables import announcements, mass_receipts

Insert = Callable[..., Any]
STATES = ("draft", "sending", "submitted", "sent", "failed", "unknown", "cancelled")
OPEN = ("draft", "failed")  # may be changed and cancelled


@dataclass(frozen=True)
class Announcement:
    """One row; see the table. counts: (total, filtered, sent, failed), None before the receipt."""

    id: int
    key: str
    state: str
    text: str
    tag: int
    tag_name: str
    drafted_by: str
    changed_by: str
    approved_by: str
    changed_at: datetime
    called_at: datetime | None
    msgid: str
    reason: str
    counts: tuple[int, int, int, int] | None

    @property
    def open(self) -> bool:
        """Whether it may be changed and cancelled."""
        return self.state in OPEN


def add(
    connection: Connection,
    insert: Insert,
    key: str,
    text: str,
    tag: int,
    tag_name: str,
    by: str,
    now: datetime,
) -> int:
    """A draft; its id. key: 32 characters at most, of this one alone: the platform's clientmsgid."""
    values = {
        "key": key, "state": "draft", "text": text, "tag": tag, "tag_name": tag_name, "drafted_by": by, "changed_by": by,
        "approved_by": "", "changed_at": now, "msgid": "", "reason": "",
    }  # fmt: skip
    statement = insert(announcements).values(**values).returning(announcements.c.id)
    return int(connection.execute(statement).scalar_one())


def change(
    connection: Connection, number: int, key: str, text: str, tag: int, tag_name: str, by: str, now: datetime
) -> bool:
    """New words or another tag; False when it is past that. One that failed is a draft again.

    key: a new one: under the old one the platform would only tell of the job that failed.
    """
    values = {
        "key": key, "text": text, "tag": tag, "tag_name": tag_name, "changed_by": by, "changed_at": now, "state": "draft", "reason": "",
        "approved_by": "", "called_at": None,
    }  # fmt: skip
    return _move(connection, number, OPEN, values)


def cancel(connection: Connection, number: int, by: str, now: datetime) -> bool:
    """False when it is past that."""
    values = {"state": "cancelled", "reason": f"{by} 取消", "changed_at": now}
    return _move(connection, number, OPEN, values)


def claim(connection: Connection, seen: Announcement, by: str, now: datetime) -> bool:
    """`by` approves exactly what was seen, and sends it; False when it was changed, or somebody else was first."""
    values = {"state": "sending", "approved_by": by, "called_at": now, "changed_at": now, "reason": ""}
    columns = announcements.c
    same = (columns.text == seen.text) & (columns.tag == seen.tag) & (columns.changed_by == seen.changed_by)
    return _move(connection, seen.id, ("draft",), values, same)


def claim_again(connection: Connection, number: int, now: datetime, since: datetime) -> bool:
    """Take one whose outcome nobody knows, and whose first call was after `since`; False when it is none, or taken."""
    young = announcements.c.called_at > since
    return _move(connection, number, ("unknown",), {"state": "sending", "changed_at": now}, young)


def ended(
    connection: Connection, number: int, state: str, now: datetime, msgid: str = "", reason: str = ""
) -> None:
    """What the call brought: submitted, failed or unknown."""
    _move(
        connection,
        number,
        ("sending", "unknown"),
        {"state": state, "msgid": msgid, "reason": reason, "changed_at": now},
    )


def hung(connection: Connection, before: datetime, now: datetime, reason: str) -> None:
    """Whose process died in the call: nobody knows of it."""
    stuck = (announcements.c.state == "sending") & (announcements.c.changed_at < before)
    values = {"state": "unknown", "reason": reason, "changed_at": now}
    connection.execute(sa.update(announcements).where(stuck).values(**values))


def receipt(
    connection: Connection,
    insert: Insert,
    msgid: str,
    failure: str,
    counts: tuple[int, int, int, int],
    now: datetime,
) -> None:
    """The platform's report of a job; kept, because it may come before the row knows its msgid. failure: "" for none."""
    total, filtered, sent, failed = counts
    values = {
        "msgid": msgid[:64], "at": now, "failure": failure[:128], "total": total, "filtered": filtered, "sent": sent,
        "failed": failed,
    }  # fmt: skip
    connection.execute(insert(mass_receipts).values(**values).on_conflict_do_nothing())
    settle(connection, now)


def settle(connection: Connection, now: datetime) -> None:
    """Every row that waits for a receipt that is there ends as it says."""
    found = sa.select(announcements.c.id, mass_receipts).join(
        mass_receipts, mass_receipts.c.msgid == announcements.c.msgid
    )
    for row in connection.execute(found.where(announcements.c.state == "submitted")).all():
        values = {
            "state": "failed" if row.failure else "sent", "reason": row.failure, "total": row.total, "filtered": row.filtered,
            "sent": row.sent, "failed": row.failed, "changed_at": now,
        }  # fmt: skip
        _move(connection, row.id, ("submitted",), values)


def find(connection: Connection, number: int) -> Announcement | None:
    """None when there is none."""
    row = connection.execute(sa.select(announcements).where(announcements.c.id == number)).one_or_none()
    return None if row is None else _read(row)


def newest(connection: Connection, most: int) -> list[Announcement]:
    """Newest first."""
    found = sa.select(announcements).order_by(announcements.c.id.desc()).limit(most)
    return [_read(row) for row in connection.execute(found)]


def _move(
    connection: Connection,
    number: int,
    states: tuple[str, ...],
    values: dict[str, Any],
    also: sa.ColumnElement[bool] | None = None,
) -> bool:
    """The conditional UPDATE by which only one of many gets a row."""
    where = (announcements.c.id == number) & announcements.c.state.in_(states)
    where = where if also is None else where & also
    statement = sa.update(announcements).where(where).values(**values)
    return bool(connection.execute(statement, execution_options=COUNTED).rowcount)


def _read(row: Any) -> Announcement:
    counts = None if row.total is None else (row.total, row.filtered, row.sent, row.failed)
    return Announcement(
        row.id, row.key, row.state, row.text, row.tag, row.tag_name, row.drafted_by, row.changed_by, row.approved_by,
        row.changed_at, row.called_at, row.msgid, row.reason, counts,
    )  # fmt: skip
