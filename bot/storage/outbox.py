"""The life of a row of the outbox: claimed, sending, its end; receipts, and what a killed worker left. In open transactions.

A row is written as "sending" and committed before the platform is called, and its end after it, so whatever dies in
between leaves a row that says so. Two clocks: `now` is the planner's (BOT_NOW may move it), `real` is the real one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from bot.storage.reminder_tables import contacts, grants, outbox, receipts, subscriptions

REMINDER, CORRECTION = "reminder", "correction"
STATES = ("pending", "claimed", "sending", "sent", "failed", "unknown", "unreachable", "cancelled")
LOST = "发到一半程序停了，不知道发出没有"
TOO_LATE = "过了时间还没能发出"


@dataclass(frozen=True)
class Row:
    """A claimed row with what its sending needs, the claimant's until `leased_until`.

    address: sealed · credits: of the 订阅通知 template asked about.
    """

    id: int
    user_hash: str
    slot: datetime
    kind: str
    occasions: tuple[int, ...]
    tried: tuple[str, ...]
    channel: str
    attempts: int
    expires_at: datetime
    first_call_at: datetime | None
    leased_until: datetime
    address: bytes | None
    pushable: bool
    audience: str
    blocked: str
    last_at: datetime | None
    sent: int
    credits: int
    subscribed: tuple[tuple[str, str], ...]


def ids_of(written: str) -> tuple[int, ...]:
    """,3,5, → (3, 5)."""
    return tuple(sorted(int(part) for part in written.split(",") if part))


def claim(
    connection: Connection,
    worker: str,
    template: str,
    now: datetime,
    real: datetime,
    lease: timedelta,
    limit: int,
) -> list[Row]:
    """Up to `limit` pending rows, for this worker alone until the lease ends; oldest first."""
    ready = (
        sa.select(outbox.c.id)
        .where(outbox.c.state == "pending", outbox.c.not_before <= now, outbox.c.expires_at > now)
        .order_by(outbox.c.not_before)
        .limit(limit)
    )
    if connection.dialect.name == "postgresql":
        ready = ready.with_for_update(skip_locked=True)
    # Two statements: as a subquery of the UPDATE, PostgreSQL may run this one again for every row, and its LIMIT with it.
    ids = list(connection.execute(ready).scalars())
    if not ids:
        return []
    taken = (
        sa.update(outbox)
        .where(outbox.c.id.in_(ids), outbox.c.state == "pending")
        .values(state="claimed", worker=worker, leased_until=real + lease, changed_at=real)
        .returning(*_ROW)
    )
    rows = connection.execute(taken).all()
    users = [row.user_hash for row in rows]
    known = {
        row.user_hash: row
        for row in connection.execute(sa.select(contacts).where(contacts.c.user_hash.in_(users)))
    }
    balance = sa.select(grants.c.user_hash, grants.c.balance).where(
        grants.c.user_hash.in_(users), grants.c.template == template
    )
    credits: dict[str, int] = {user: left for user, left in connection.execute(balance)}
    asked: dict[str, list[tuple[str, str]]] = {}
    for row in connection.execute(sa.select(subscriptions).where(subscriptions.c.user_hash.in_(users))):
        asked.setdefault(row.user_hash, []).append((row.region, row.stage))
    return [_row(row, known.get(row.user_hash), credits, asked) for row in rows]


def start(
    connection: Connection,
    row: Row,
    worker: str,
    channel: str,
    pairs: Iterable[tuple[str, str]],
    real: datetime,
) -> bool:
    """Say that a call goes out now. Commit before it does.

    Args:
        pairs: (region, stage) of what the message tells; one of them must still be asked for.

    Returns:
        False: the row is another's by now, cancelled, or not wanted any more. Then nothing may be sent.
    """
    wanted = sa.or_(
        *(
            (subscriptions.c.region == region) & subscriptions.c.stage.in_(("", stage))
            for region, stage in pairs
        ),
        sa.literal(row.kind == CORRECTION),
    )
    consent = sa.select(sa.literal(1)).where(subscriptions.c.user_hash == row.user_hash, wanted).exists()
    changed = connection.execute(
        sa.update(outbox)
        .where(_mine(row, worker, "claimed", "sending"), outbox.c.leased_until > real, consent)
        .values(
            state="sending",
            channel=channel,
            attempts=outbox.c.attempts + 1,
            first_call_at=sa.func.coalesce(outbox.c.first_call_at, real) if channel == row.channel else real,
            changed_at=real,
        )
    )
    return bool(changed.rowcount)


def finish(
    connection: Connection, row: Row, worker: str, state: str, reason: str, real: datetime, msgid: str = ""
) -> bool:
    """The end of a row. Its receipt may have come already; then that one counts. False: it was not ours any more."""
    if msgid and state == "sent":
        failure = connection.execute(sa.select(receipts.c.failure).where(receipts.c.msgid == msgid)).scalar()
        if failure:
            state, reason = "failed", failure
    changed = connection.execute(
        sa.update(outbox)
        .where(_mine(row, worker, "claimed", "sending"))
        .values(state=state, reason=reason, msgid=msgid, changed_at=real)
    )
    return bool(changed.rowcount)


def put_back(
    connection: Connection,
    row: Row,
    worker: str,
    not_before: datetime,
    real: datetime,
    *,
    tried: Sequence[str] = (),
    reason: str = "",
    uncertain: bool = False,
) -> bool:
    """Pending again from `not_before`. uncertain: a call may have gone out; it is only repeated under its client_msg_id."""
    values: dict[str, Any] = {
        "state": "pending", "not_before": not_before, "tried": ",".join(tried), "reason": reason, "worker": "",
        "changed_at": real,
    }  # fmt: skip
    if not uncertain:
        values["first_call_at"] = None
    changed = connection.execute(
        sa.update(outbox).where(_mine(row, worker, "claimed", "sending")).values(**values)
    )
    return bool(changed.rowcount)


def recover(connection: Connection, template: str, real: datetime, memory: timedelta) -> tuple[int, int]:
    """Settle what a dead worker held: (pending again, unknown).

    A row that was only claimed was never called. A template row is repeated while the platform still remembers its
    client_msg_id (`memory`); of any other row nobody can know, and rather once too few than twice.
    """
    dead = outbox.c.leased_until < real
    again = (outbox.c.state == "claimed") | (
        (outbox.c.state == "sending")
        & (outbox.c.channel == template)
        & (outbox.c.first_call_at > real - memory)
    )
    held = outbox.c.state.in_(("claimed", "sending"))
    back = connection.execute(
        sa.update(outbox).where(held, dead, again).values(state="pending", worker="", changed_at=real)
    )
    lost = connection.execute(
        sa.update(outbox)
        .where(outbox.c.state == "sending", dead)
        .values(state="unknown", reason=LOST, worker="", changed_at=real)
    )
    return back.rowcount, lost.rowcount


def expire(connection: Connection, now: datetime, real: datetime) -> dict[str, int]:
    """Pending rows whose time is over, by the state they end in; what was surely not sent may still be told in the chat."""
    late = sa.update(outbox).where(outbox.c.state == "pending", outbox.c.expires_at <= now)
    return _drop(connection, late, "unreachable", TOO_LATE, real)


def cancel(connection: Connection, kind: str, reason: str, real: datetime) -> int:
    """Every row of this kind that no call is out for; how many were surely not sent."""
    waiting = sa.update(outbox).where(outbox.c.state.in_(("pending", "claimed")), outbox.c.kind == kind)
    return _drop(connection, waiting, "cancelled", reason, real)["cancelled"]


def _drop(connection: Connection, rows: sa.Update, state: str, reason: str, real: datetime) -> dict[str, int]:
    """End rows that wait; those of whose earlier call nobody knows the outcome are listed as unknown."""
    unsure = outbox.c.first_call_at.is_not(None)
    ends = ((unsure, "unknown", LOST), (~unsure, state, reason))
    return {
        end: connection.execute(
            rows.where(which).values(state=end, reason=why, worker="", changed_at=real)
        ).rowcount
        for which, end, why in ends
    }


def receipt(connection: Connection, msgid: str, failure: str, real: datetime) -> tuple[int, str, str] | None:
    """What the platform reported of `msgid`; failure: "" = delivered.

    Returns:
        (row id, user_hash, channel) of the row that was counted as sent and was not; None otherwise. Reports repeat.
    """
    seen = sa.select(sa.literal(1)).where(receipts.c.msgid == msgid)
    if connection.execute(seen).first() is None:
        connection.execute(sa.insert(receipts).values(msgid=msgid, at=real, failure=failure))
    if not failure:
        return None
    changed = connection.execute(
        sa.update(outbox)
        .where(outbox.c.msgid == msgid, outbox.c.state == "sent")
        .values(state="failed", reason=failure, changed_at=real)
        .returning(outbox.c.id, outbox.c.user_hash, outbox.c.channel)
    ).first()
    return (int(changed.id), changed.user_hash, changed.channel) if changed else None


def _mine(row: Row, worker: str, *states: str) -> sa.ColumnElement[bool]:
    return (outbox.c.id == row.id) & (outbox.c.worker == worker) & outbox.c.state.in_(states)


def _row(
    row: Any, contact: Any, credits: Mapping[str, int], asked: Mapping[str, list[tuple[str, str]]]
) -> Row:
    return Row(
        id=row.id,
        user_hash=row.user_hash,
        slot=row.slot,
        kind=row.kind,
        occasions=ids_of(row.occasions),
        tried=tuple(part for part in row.tried.split(",") if part),
        channel=row.channel,
        attempts=row.attempts,
        expires_at=row.expires_at,
        first_call_at=row.first_call_at,
        leased_until=row.leased_until,
        address=contact.address if contact else None,
        pushable=bool(contact and contact.pushable),
        audience=contact.audience if contact else "",
        blocked=contact.blocked if contact else "",
        last_at=contact.last_at if contact else None,
        sent=contact.sent if contact else 0,
        credits=int(credits.get(row.user_hash, 0)),
        subscribed=tuple(asked.get(row.user_hash, ())),
    )


_ROW = (
    outbox.c.id, outbox.c.user_hash, outbox.c.slot, outbox.c.kind, outbox.c.occasions, outbox.c.tried,
    outbox.c.channel, outbox.c.attempts, outbox.c.expires_at, outbox.c.first_call_at, outbox.c.leased_until,
)  # fmt: skip
