"""What the console counts of the turns. Every query reads an index over the asked days, never the table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from bot.storage.engine import reasons
from bot.storage.reminder_tables import contacts, grants, subscriptions
from bot.storage.store import Store
from bot.storage.tables import turns

UNANSWERED = ("refuse", "out_of_scope")
NOT_USEFUL = "没用"
_TENTHS = 10  # response times are counted in tenths of a millisecond


@dataclass(frozen=True)
class Spell:
    """What happened in some stretches of time.

    decisions: decision -> messages · entries: (entry, answers told), most first · p50, p95: milliseconds, None without a
    message · useful, useless: how often 有用 and 没用 were said.
    """

    decisions: dict[str, int]
    entries: tuple[tuple[str, int], ...]
    p50: float | None
    p95: float | None
    useful: int
    useless: int

    @property
    def messages(self) -> int:
        """All of them."""
        return sum(self.decisions.values())


@dataclass(frozen=True)
class Asked:
    """One message that found no answer, or whose answer was of no use.

    entry: of 没用, the entry it was said of; else None · at: aware.
    """

    id: int
    at: datetime
    text: str
    region: str | None
    decision: str
    entry: str | None
    user_hash: str


@dataclass(frozen=True)
class Counts:
    """One stretch of time, counted so that several can be added up.

    hours: hour of Shanghai's day -> decision -> messages · entries: entry -> answers told · tenths: response time in tenths
    of a millisecond, rounded down -> messages · said: 有用, 没用 -> how often.
    """

    hours: dict[int, dict[str, int]]
    entries: dict[str, int]
    tenths: dict[int, int]
    said: dict[str, int]

    @property
    def decisions(self) -> dict[str, int]:
        """Decision -> messages."""
        return dict(_added(self.hours.values()))


def counts(store: Store, since: datetime, until: datetime) -> Counts:
    """Count from `since` until `until` (aware, half-open); some 4 µs a message, from the index alone.

    Raises:
        StoreError: the database can't be used.
    """
    within = sa.and_(turns.c.at >= since, turns.c.at < until)
    number = sa.func.count()
    hours: dict[int, dict[str, int]] = {}
    with store.reading() as connection:
        hour = _hour(store).label("hour")
        by_hour = sa.select(hour, turns.c.decision, number).where(within).group_by(hour, turns.c.decision)
        for key, decision, count in connection.execute(by_hour):
            hours.setdefault(int(key), {})[decision] = count
        told = within & (turns.c.decision == "answer") & turns.c.entry.is_not(None)
        entries = _pairs(connection, sa.select(turns.c.entry, number).where(told).group_by(turns.c.entry))
        bucket = sa.cast(turns.c.ms * _TENTHS, sa.Integer)
        tenths = _pairs(connection, sa.select(bucket, number).where(within).group_by(bucket))
        feedback = sa.and_(turns.c.feedback.in_(("有用", NOT_USEFUL)), within)
        said = _pairs(
            connection, sa.select(turns.c.feedback, number).where(feedback).group_by(turns.c.feedback)
        )
    return Counts(hours, entries, tenths, said)


def spell(found: Sequence[Counts], top: int = 10) -> Spell:
    """Stretches of time added up."""
    entries = _added(one.entries for one in found)
    tenths = _added(one.tenths for one in found)
    said = _added(one.said for one in found)
    return Spell(
        decisions=dict(_added(one.decisions for one in found)),
        entries=tuple(sorted(entries.items(), key=lambda item: (-item[1], item[0]))[:top]),
        p50=_percentile(tenths, 0.5),
        p95=_percentile(tenths, 0.95),
        useful=said["有用"],
        useless=said[NOT_USEFUL],
    )


def unanswered(store: Store, since: datetime, limit: int = 5000) -> list[Asked]:
    """The newest `limit` messages that found no answer, and those before a 没用, newest first.

    A 没用 itself says nothing; what counts is the same candidate's message before it.
    """
    c = turns.c
    missed = sa.select(
        c.id, c.at, c.masked_text, c.region, c.decision, sa.null().label("entry"), c.user_hash
    ).where(c.decision.in_(UNANSWERED), c.at >= since)
    said = (
        sa.select(c.id, c.at, c.entry, c.user_hash)
        .where(c.feedback == NOT_USEFUL, c.at >= since, c.user_hash != "")
        .order_by(c.at.desc())
        .limit(limit)
        .subquery()
    )
    before = turns.alias("before")
    newest = (
        sa.select(sa.func.max(turns.c.id))
        .where(turns.c.user_hash == said.c.user_hash, turns.c.id < said.c.id, turns.c.feedback.is_(None))
        .correlate(said)
        .scalar_subquery()
    )
    useless = (
        sa.select(before.c.id, before.c.at, before.c.masked_text, before.c.region, before.c.decision, said.c.entry, before.c.user_hash)
        .select_from(said)
        .join(before, before.c.id == newest)
    )  # fmt: skip
    with reasons(), store.database.engine.connect() as connection:
        rows = [
            *connection.execute(missed.order_by(c.at.desc()).limit(limit)).all(),
            *connection.execute(useless).all(),
        ]
    found = {
        row.id: Asked(row.id, row.at, row.masked_text, row.region, row.decision, row.entry, row.user_hash)
        for row in rows
    }
    return sorted(found.values(), key=lambda asked: asked.id, reverse=True)[:limit]


def missing(store: Store, since: datetime) -> dict[tuple[str, str], int]:
    """(region, stage) -> how often it was asked for and no notice on file says it."""
    c = turns.c
    statement = (
        sa.select(c.region, c.stage, sa.func.count())
        .where(c.decision == "not_stated", c.at >= since, c.region.is_not(None), c.stage.is_not(None))
        .group_by(c.region, c.stage)
    )
    with reasons(), store.database.engine.connect() as connection:
        return {(row[0], row[1]): row[2] for row in connection.execute(statement)}


def lately(store: Store, limit: int) -> list[str]:
    """The last `limit` different texts that were answered, newest first."""
    newest = (
        sa.select(turns.c.masked_text)
        .where(turns.c.decision == "answer")
        .order_by(turns.c.at.desc())
        .limit(4 * limit)
    )
    with reasons(), store.database.engine.connect() as connection:
        return list(dict.fromkeys(connection.execute(newest).scalars()))[:limit]


@dataclass(frozen=True)
class Subscribers:
    """people: who asked to be told of anything · pushable, blocked: of them · regions: (region, people), most first ·
    credits: 订阅通知 allowed, by how many people.
    """

    people: int
    pushable: int
    blocked: int
    regions: tuple[tuple[str, int], ...]
    credits: int
    creditors: int


def subscribers(store: Store) -> Subscribers:
    """Who may be told of deadlines, as numbers."""
    of_region = sa.func.count(sa.distinct(subscriptions.c.user_hash))
    wanting = contacts.c.user_hash.in_(sa.select(subscriptions.c.user_hash))
    with store.reading() as connection:
        regions = connection.execute(
            sa.select(subscriptions.c.region, of_region)
            .group_by(subscriptions.c.region)
            .order_by(of_region.desc())
        ).all()
        people, pushable, blocked = connection.execute(
            sa.select(
                sa.func.count(),
                sa.func.count(sa.case((contacts.c.pushable, 1))),
                sa.func.count(sa.case((contacts.c.blocked != "", 1))),
            ).where(wanting)
        ).one()
        credits, creditors = connection.execute(
            sa.select(
                sa.func.coalesce(sa.func.sum(grants.c.balance), 0),
                sa.func.count(sa.distinct(grants.c.user_hash)),
            ).where(grants.c.balance > 0)
        ).one()
    return Subscribers(
        people,
        pushable,
        blocked,
        tuple((region, count) for region, count in regions),
        int(credits),
        creditors,
    )


def _hour(store: Store) -> sa.ColumnElement[str]:
    """The hour of Shanghai's day, "00" to "23"."""
    if store.database.engine.dialect.name == "sqlite":
        return sa.func.strftime("%H", turns.c.at, "+8 hours", type_=sa.String)
    return sa.func.to_char(sa.func.timezone("Asia/Shanghai", turns.c.at), "HH24", type_=sa.String)


def _added(found: Iterable[Mapping[Any, int]]) -> Counter[Any]:
    total: Counter[Any] = Counter()
    for one in found:
        total.update(one)
    return total


def _pairs(connection: Connection, statement: sa.Executable) -> dict[Any, int]:
    rows: Sequence[Any] = connection.execute(statement).all()
    return {row[0]: int(row[1]) for row in rows}


def _percentile(counts: Mapping[int, int], share: float) -> float | None:
    """The tenth of a millisecond below which `share` of the messages stay."""
    total = sum(counts.values())
    seen = 0
    for bucket in sorted(counts):
        seen += counts[bucket]
        if seen >= share * total:
            return (bucket + 1) / _TENTHS
    return None
