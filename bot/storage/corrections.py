"""Dates that were told and hold no more: which, to whom, and the rows that put it right. In open transactions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from bot.storage.columns import COUNTED
from bot.storage.outbox import CORRECTION, REMINDER
from bot.storage.reminder_tables import occasions, outbox

Insert = Callable[..., Any]


def known(connection: Connection, since: datetime) -> list[Any]:
    """Every occasion whose window closes after `since`."""
    return list(connection.execute(sa.select(occasions).where(occasions.c.closes_at > since)).all())


def withdraw(connection: Connection, gone: Collection[int], back: Collection[int], real: datetime) -> None:
    """What the notices don't say any more, and what they say again."""
    for ids, when in ((gone, real), (back, None)):
        if ids:
            connection.execute(sa.update(occasions).where(occasions.c.id.in_(ids)).values(withdrawn_at=when))


def told(connection: Connection, since: datetime) -> list[tuple[Any, int, int]]:
    """(withdrawn occasion, candidates who were told it and not yet corrected, of whom nobody knows)."""
    found = []
    gone = sa.select(occasions).where(occasions.c.withdrawn_at.is_not(None), occasions.c.closes_at > since)
    for one in connection.execute(gone.order_by(occasions.c.region, occasions.c.id)).all():
        count = sa.select(sa.func.count()).select_from(outbox)
        certain = connection.execute(count.where(_told(one.id, one.slot))).scalar() or 0
        unknown = outbox.c.state == "unknown"
        unsure = connection.execute(count.where(_holds(one.id, one.slot), unknown)).scalar() or 0
        if certain or unsure:
            found.append((one, int(certain), int(unsure)))
    return found


def correct(
    connection: Connection,
    insert: Insert,
    gone: Sequence[Any],
    real: datetime,
    now: datetime,
    until: datetime,
) -> int:
    """One correction for everybody who was told one of `gone`; the number of rows. Again finds nobody."""
    shares = [
        sa.select(outbox.c.user_hash, sa.literal(one.id).label("occasion")).where(_told(one.id, one.slot))
        for one in gone
    ]
    if not shares:
        return 0
    each = sa.union(*shares).subquery()
    ids = sa.func.aggregate_strings(sa.cast(each.c.occasion, sa.String), ",")
    instant = outbox.c.slot.type
    rows = sa.select(
        each.c.user_hash,
        sa.literal(now, instant),
        sa.literal(CORRECTION),
        sa.literal(",") + ids + sa.literal(","),
        sa.literal("pending"),
        sa.literal(now, instant),
        sa.literal(until, instant),
        sa.literal(real, instant),
    ).group_by(each.c.user_hash)
    columns = ["user_hash", "slot", "kind", "occasions", "state", "not_before", "expires_at", "changed_at"]
    statement = insert(outbox).from_select(columns, rows.where(sa.true())).on_conflict_do_nothing()
    return connection.execute(statement, execution_options=COUNTED).rowcount


def _holds(occasion: int, slot: datetime) -> sa.ColumnElement[bool]:
    of_slot = (outbox.c.slot == slot) & (outbox.c.kind == REMINDER)
    return of_slot & outbox.c.occasions.like(f"%,{occasion},%")


def _told(occasion: int, slot: datetime) -> sa.ColumnElement[bool]:
    heard = (outbox.c.state == "sent") | outbox.c.told_at.is_not(None)
    put_right = outbox.alias("put_right")
    done = sa.exists().where(
        put_right.c.user_hash == outbox.c.user_hash,
        put_right.c.kind == CORRECTION,
        put_right.c.occasions.like(f"%,{occasion},%"),
    )
    return _holds(occasion, slot) & heard & ~done
