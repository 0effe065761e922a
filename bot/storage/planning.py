"""Occasions × subscriptions → rows of the outbox, inside the database; and the counts that staff read. In open transactions.

Nothing here is fetched candidate by candidate: one statement fills one share of all user hashes, so a million
subscriptions need no memory of ours and no transaction that others wait for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from bot.storage.columns import COUNTED
from bot.storage.reminder_tables import contacts, grants, leases, occasions, outbox, pauses, subscriptions

Insert = Callable[..., Any]


@dataclass(frozen=True)
class Wanted:
    """An occasion as the statements need it. excluded: audiences of candidates whom it does not concern."""

    id: int
    region: str
    stage: str
    expires_at: datetime
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """So many candidates get the same message and are alike in what decides the channel."""

    occasions: tuple[int, ...]
    pushable: bool
    blocked: str
    credit: bool
    recent: bool
    spent: bool
    count: int


def regions(connection: Connection) -> list[str]:
    """Those that somebody asked to hear of."""
    return sorted(connection.execute(sa.select(subscriptions.c.region).distinct()).scalars())


def audiences(connection: Connection) -> list[str]:
    """Those that candidates on file belong to; "" (unknown) left out."""
    found = sa.select(contacts.c.audience).where(contacts.c.audience != "").distinct()
    return sorted(connection.execute(found).scalars())


def remember(
    connection: Connection, insert: Insert, found: Sequence[Mapping[str, Any]], slot: datetime
) -> None:
    """Keep occasions that are new; `slot`: where those go whose own time was planned already."""
    times = {one["due_at"] for one in found}
    done = set(
        connection.execute(
            sa.select(occasions.c.slot)
            .where(occasions.c.slot.in_(times), occasions.c.planned_at.is_not(None))
            .distinct()
        ).scalars()
    )
    for one in found:
        values = {**one, "slot": slot if one["due_at"] in done else one["due_at"]}
        connection.execute(insert(occasions).values(values).on_conflict_do_nothing())


def unplanned(connection: Connection, now: datetime) -> list[Any]:
    """Occasions whose rows are not all in the outbox yet, by slot; what has expired is passed over."""
    waiting = sa.select(occasions).where(
        occasions.c.planned_at.is_(None), occasions.c.withdrawn_at.is_(None), occasions.c.expires_at > now
    )
    return list(connection.execute(waiting.order_by(occasions.c.slot, occasions.c.id)).all())


def planned_keys(connection: Connection, keys: Sequence[str]) -> set[str]:
    """Those of `keys` whose occasions have their rows in the outbox."""
    done = sa.select(occasions.c.key).where(occasions.c.key.in_(keys), occasions.c.planned_at.is_not(None))
    return set(connection.execute(done).scalars())


def planned(connection: Connection, ids: Sequence[int], now: datetime) -> None:
    """Their rows are all there."""
    connection.execute(sa.update(occasions).where(occasions.c.id.in_(ids)).values(planned_at=now))


def fill(
    connection: Connection,
    insert: Insert,
    wanted: Sequence[Wanted],
    slot: datetime,
    share: tuple[str, str],
    real: datetime,
) -> int:
    """The rows of one slot for the users whose hash lies in share[0] ≤ hash < share[1]; again is harmless."""
    per_user = _per_user(wanted, share).subquery()
    rows = sa.select(
        per_user.c.user_hash,
        sa.literal(slot, outbox.c.slot.type),
        sa.literal("reminder"),
        per_user.c.occasions,
        sa.literal("pending"),
        sa.literal(slot, outbox.c.slot.type),
        per_user.c.expires_at,
        sa.literal(real, outbox.c.slot.type),
    )
    columns = ["user_hash", "slot", "kind", "occasions", "state", "not_before", "expires_at", "changed_at"]
    # "WHERE true": else SQLite takes ON CONFLICT for the ON of a join.
    statement = insert(outbox).from_select(columns, rows.where(sa.true())).on_conflict_do_nothing()
    return connection.execute(statement, execution_options=COUNTED).rowcount


def facts(
    connection: Connection, wanted: Sequence[Wanted], template: str, since: datetime, most: int
) -> list[Facts]:
    """Everybody who would get something of `wanted`, counted by message and by what decides the channel.

    Args:
        template: of 订阅通知. since: a message after it allows 客服消息. most: of those after one message.
    """
    per_user = _per_user(wanted, None).subquery()
    credit = sa.func.coalesce(grants.c.balance, 0) > 0
    recent, spent = contacts.c.last_at > since, contacts.c.sent >= most
    key = (per_user.c.occasions, contacts.c.pushable, contacts.c.blocked, credit, recent, spent)
    mine = (grants.c.user_hash == per_user.c.user_hash) & (grants.c.template == template)
    joined = per_user.join(contacts, contacts.c.user_hash == per_user.c.user_hash).outerjoin(grants, mine)
    statement = sa.select(*key, sa.func.count()).select_from(joined).group_by(*key)
    return [
        Facts(
            tuple(sorted(int(part) for part in row[0].split(",") if part)),
            bool(row[1]), row[2], bool(row[3]), bool(row[4]), bool(row[5]), int(row[6]),
        )
        for row in connection.execute(statement)
    ]  # fmt: skip


def people(
    connection: Connection, wanted: Sequence[Wanted], template: str, since: datetime, most: int
) -> sa.CursorResult[Any]:
    """As `facts`, candidate by candidate: user_hash, occasions, pushable, blocked, credit, recent, spent; streamed."""
    per_user = _per_user(wanted, None).subquery()
    mine = (grants.c.user_hash == per_user.c.user_hash) & (grants.c.template == template)
    joined = per_user.join(contacts, contacts.c.user_hash == per_user.c.user_hash).outerjoin(grants, mine)
    statement = sa.select(
        per_user.c.user_hash,
        per_user.c.occasions,
        contacts.c.pushable,
        contacts.c.blocked,
        (sa.func.coalesce(grants.c.balance, 0) > 0).label("credit"),
        (contacts.c.last_at > since).label("recent"),
        (contacts.c.sent >= most).label("spent"),
    ).select_from(joined)
    return connection.execution_options(yield_per=1000).execute(statement)


def _per_user(wanted: Sequence[Wanted], share: tuple[str, str] | None) -> sa.Select[Any]:
    """user_hash, occasions (",3,5,") and the latest expiry, of all whom one of `wanted` concerns."""
    values = sa.values(
        sa.column("id", sa.Integer), sa.column("region", sa.String), sa.column("stage", sa.String),
        sa.column("expires_at", outbox.c.expires_at.type), name="wanted",
    ).data([(one.id, one.region, one.stage, one.expires_at) for one in wanted]).cte("wanted_ones", nesting=True)  # fmt: skip
    asked = (subscriptions.c.region == values.c.region) & (
        (subscriptions.c.stage == values.c.stage) | (subscriptions.c.stage == "")
    )
    joined = (
        sa.select(subscriptions.c.user_hash, values.c.id, values.c.expires_at)
        .select_from(
            subscriptions.join(values, asked).join(
                contacts, contacts.c.user_hash == subscriptions.c.user_hash
            )
        )
        .distinct()
    )
    without: dict[tuple[str, ...], list[int]] = {}
    for one in wanted:
        if one.excluded:
            without.setdefault(one.excluded, []).append(one.id)
    for excluded, ids in without.items():
        joined = joined.where(~(values.c.id.in_(ids) & contacts.c.audience.in_(excluded)))
    if share is not None:
        for column in (
            subscriptions.c.user_hash,
            contacts.c.user_hash,
        ):  # both, so that neither is read as a whole
            joined = joined.where(column >= share[0], column < share[1])
    one_each = joined.subquery()
    joined_ids = sa.func.aggregate_strings(sa.cast(one_each.c.id, sa.String), ",")
    return sa.select(
        one_each.c.user_hash,
        (sa.literal(",") + joined_ids + sa.literal(",")).label("occasions"),
        sa.func.max(one_each.c.expires_at).label("expires_at"),
    ).group_by(one_each.c.user_hash)


def report(connection: Connection, since: datetime) -> list[Any]:
    """Rows by slot, kind, state, channel and reason, newest slot first: slot, kind, state, channel, reason, count, told."""
    key = (outbox.c.slot, outbox.c.kind, outbox.c.state, outbox.c.channel, outbox.c.reason)
    counted = sa.select(*key, sa.func.count().label("count"), sa.func.count(outbox.c.told_at).label("told"))
    return list(
        connection.execute(
            counted.where(outbox.c.slot >= since).group_by(*key).order_by(outbox.c.slot.desc(), *key[1:])
        ).all()
    )


def unreached(connection: Connection, since: datetime, most: int) -> list[Any]:
    """Rows that reached nobody, newest first: user_hash, slot, state, reason, told_at (said in the chat since, or None)."""
    rows = sa.select(outbox.c.user_hash, outbox.c.slot, outbox.c.state, outbox.c.reason, outbox.c.told_at)
    ended = rows.where(outbox.c.slot >= since, outbox.c.state.in_(("unreachable", "failed", "unknown")))
    return list(connection.execute(ended.order_by(outbox.c.slot.desc(), outbox.c.id).limit(most)).all())


def states(connection: Connection) -> dict[str, int]:
    """How many rows of the whole outbox are in each state."""
    found = connection.execute(sa.select(outbox.c.state, sa.func.count()).group_by(outbox.c.state))
    return {state: int(count) for state, count in found}


def occasions_of(connection: Connection, ids: Sequence[int]) -> list[Any]:
    """The occasions by id."""
    return list(connection.execute(sa.select(occasions).where(occasions.c.id.in_(ids))).all())


def next_time(connection: Connection) -> datetime | None:
    """When the next pending row may be sent; None when there is none."""
    return connection.execute(
        sa.select(sa.func.min(outbox.c.not_before)).where(outbox.c.state == "pending")
    ).scalar()


def pause(
    connection: Connection, insert: Insert, channel: str, until: datetime | None, reason: str, real: datetime
) -> None:
    """A channel ("*": all) rests until then; None: until an operator starts it again."""
    values = {"until": until, "reason": reason, "at": real}
    statement = insert(pauses).values(channel=channel, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["channel"], set_=values))


def resume(connection: Connection) -> int:
    """An operator starts everything again."""
    return connection.execute(sa.delete(pauses)).rowcount


def resting(connection: Connection, now: datetime) -> dict[str, tuple[datetime | None, str]]:
    """channel → (until, reason) of what rests at `now`."""
    found = connection.execute(sa.select(pauses))
    return {row.channel: (row.until, row.reason) for row in found if row.until is None or row.until > now}


def lease(
    connection: Connection, insert: Insert, name: str, holder: str, real: datetime, until: datetime
) -> bool:
    """Whether `holder` has the work until then: it was free, run out, or its own."""
    first = insert(leases).values(name=name, holder=holder, until=until).on_conflict_do_nothing()
    if connection.execute(first, execution_options=COUNTED).rowcount:
        return True
    free = (leases.c.holder == holder) | (leases.c.until < real)
    taken = sa.update(leases).where(leases.c.name == name, free).values(holder=holder, until=until)
    return bool(connection.execute(taken).rowcount)


_PLANNED = "planned"  # the lease that nobody holds: when the last planning ended


def note_planned(connection: Connection, insert: Insert, holder: str, real: datetime) -> None:
    """A planning ended now, whatever it found; who watches sees by it that a worker lives."""
    values = {"name": _PLANNED, "holder": holder, "until": real}
    upsert = insert(leases).values(values)
    connection.execute(
        upsert.on_conflict_do_update(index_elements=[leases.c.name], set_={"until": real, "holder": holder})
    )


def planned_at(connection: Connection) -> datetime | None:
    """When the last planning ended; None where there was none yet."""
    return connection.execute(sa.select(leases.c.until).where(leases.c.name == _PLANNED)).scalar()


def release(connection: Connection, name: str, holder: str) -> None:
    """Give the work back before its time."""
    connection.execute(sa.delete(leases).where(leases.c.name == name, leases.c.holder == holder))
