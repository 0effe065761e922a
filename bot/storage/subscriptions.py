"""Who asked to be told of what, how they can be reached, and what they have allowed. Every function takes an open transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from bot.storage.columns import COUNTED
from bot.storage.prepared import Prepared
from bot.storage.reminder_tables import contacts, grant_history, grants, outbox, subscriptions

CANCELLED = "已退订"
Insert = Callable[..., Any]


@dataclass(frozen=True)
class Contact:
    """What is on file of one candidate who asked to be told.

    subscribed: (region, stage), stage "" = every stage; in the order they were asked for.
    """

    pushable: bool
    subscribed: tuple[tuple[str, str], ...]
    credits: int


def find(connection: Connection, user_hash: str) -> Contact | None:
    """None for somebody who never asked to be told; one query for all others' messages."""
    rows = _CONTACT.run(connection, {"user": user_hash})
    if not rows:
        return None
    [(pushable, credits)] = rows
    asked = connection.execute(_SUBSCRIBED, {"user": user_hash})
    return Contact(bool(pushable), tuple((item.region, item.stage) for item in asked), int(credits))


def met(
    connection: Connection, insert: Insert, user_hash: str, address: bytes, pushable: bool, now: datetime
) -> None:
    """Keep a candidate's address, sealed; a message of theirs has just come in."""
    values = {
        "user_hash": user_hash, "address": address, "pushable": pushable, "audience": "", "last_at": now,
        "sent": 0, "blocked": "",
    }  # fmt: skip
    statement = insert(contacts).values(values)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["user_hash"], set_={"address": address, "pushable": pushable, "blocked": ""}
        )
    )


def seen(connection: Connection, user_hash: str, audience: str, now: datetime) -> None:
    """A message came in: 48 hours of 客服消息 begin, and who had us blocked has not any more. Nothing for strangers."""
    connection.execute(
        sa.update(contacts)
        .where(contacts.c.user_hash == user_hash)
        .values(last_at=now, sent=0, blocked="", audience=audience)
    )


def subscribe(
    connection: Connection, insert: Insert, user_hash: str, region: str, stage: str, now: datetime
) -> None:
    """Once is enough; the whole region takes the place of its single stages, and already covers any that comes later."""
    of_region = (subscriptions.c.user_hash == user_hash) & (subscriptions.c.region == region)
    if stage:
        whole = sa.select(sa.literal(1)).where(of_region, subscriptions.c.stage == "")
        if connection.execute(whole).first():
            return
    else:
        connection.execute(sa.delete(subscriptions).where(of_region, subscriptions.c.stage != ""))
    values = {"user_hash": user_hash, "region": region, "stage": stage, "at": now}
    connection.execute(insert(subscriptions).values(values).on_conflict_do_nothing())


def unsubscribe(connection: Connection, user_hash: str, region: str, stage: str) -> None:
    """Take one thing back. Its rows are dropped when their turn comes (outbox.start)."""
    mine = (subscriptions.c.user_hash == user_hash) & (subscriptions.c.region == region)
    connection.execute(sa.delete(subscriptions).where(mine, subscriptions.c.stage == stage))


def settle(connection: Connection, user_hash: str, now: datetime) -> None:
    """After taking back: who asks for nothing any more is forgotten here, and what was due to them is cancelled."""
    left = sa.select(sa.literal(1)).where(subscriptions.c.user_hash == user_hash).limit(1)
    if connection.execute(left).first():
        return
    connection.execute(
        sa.update(outbox)
        .where(outbox.c.user_hash == user_hash, outbox.c.state.in_(("pending", "claimed")))
        .values(state="cancelled", reason=CANCELLED, changed_at=now)
    )
    connection.execute(sa.delete(contacts).where(contacts.c.user_hash == user_hash))


def change_grant(
    connection: Connection,
    insert: Insert,
    user_hash: str,
    template: str,
    change: int,
    reason: str,
    key: str,
    now: datetime,
) -> bool:
    """Add `change` to what the candidate allows of one template; never below 0, and each (key, reason) counts once.

    Args:
        key: of the event or of the outbox row behind it, at most 64 characters.

    Returns:
        Whether the balance moved by the whole of it: False for a −1 at 0, and for a repetition.
    """
    once = insert(grant_history).values(
        at=now, user_hash=user_hash, template=template, change=change, reason=reason, key=key
    )
    if not connection.execute(once.on_conflict_do_nothing(), execution_options=COUNTED).rowcount:
        return False
    mine = (grants.c.user_hash == user_hash) & (grants.c.template == template)
    if change > 0:
        first = insert(grants).values(user_hash=user_hash, template=template, balance=change)
        added = {"balance": grants.c.balance + change}
        connection.execute(first.on_conflict_do_update(index_elements=["user_hash", "template"], set_=added))
        return True
    enough = grants.c.balance >= -change
    moved = connection.execute(
        sa.update(grants).where(mine, enough).values(balance=grants.c.balance + change)
    )
    if not moved.rowcount:
        this = (grant_history.c.user_hash == user_hash) & (grant_history.c.template == template)
        this &= (grant_history.c.key == key) & (grant_history.c.reason == reason)
        connection.execute(sa.update(grant_history).where(this).values(change=0))
    return bool(moved.rowcount)


def no_grants(
    connection: Connection,
    insert: Insert,
    user_hash: str,
    template: str,
    reason: str,
    key: str,
    now: datetime,
) -> None:
    """The platform says that nothing is left of this template: the balance goes to 0, the history says why."""
    mine = (grants.c.user_hash == user_hash) & (grants.c.template == template)
    left = connection.execute(sa.select(grants.c.balance).where(mine)).scalar() or 0
    if left:
        change_grant(connection, insert, user_hash, template, -int(left), reason, key, now)


_CONTACT = Prepared(
    sa.select(
        contacts.c.pushable,
        sa.select(sa.func.coalesce(sa.func.sum(grants.c.balance), sa.literal_column("0")))
        .where(grants.c.user_hash == sa.bindparam("user"))
        .scalar_subquery()
        .label("credits"),
    ).where(contacts.c.user_hash == sa.bindparam("user"))
)
_SUBSCRIBED = (
    sa.select(subscriptions.c.region, subscriptions.c.stage)
    .where(subscriptions.c.user_hash == sa.bindparam("user"))
    .order_by(subscriptions.c.at, subscriptions.c.region, subscriptions.c.stage)
)


def talked(connection: Connection, user_hash: str, change: int) -> None:
    """So many more 客服消息 since their last message; never below 0."""
    count = contacts.c.sent + change
    values = {"sent": sa.case((count < 0, 0), else_=count)}
    connection.execute(sa.update(contacts).where(contacts.c.user_hash == user_hash).values(values))


def block(connection: Connection, user_hash: str, reason: str) -> None:
    """Nothing more goes to this candidate until they write again. reason: at most 64 characters, for staff."""
    connection.execute(sa.update(contacts).where(contacts.c.user_hash == user_hash).values(blocked=reason))
