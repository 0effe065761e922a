"""What a candidate was not reached with, to be told at their next message. In open transactions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from bot.storage.outbox import CORRECTION, ids_of
from bot.storage.reminder_tables import occasions, outbox

_ENDED = ("unreachable", "failed")  # surely not sent
_REMEMBERED = timedelta(days=60)


def missed(connection: Connection, user_hash: str, now: datetime, most: int) -> list[dict[str, Any]]:
    """What this candidate was not told and can still use, soonest deadline first: dialogue.consent.Missed as plain values."""
    rows = connection.execute(
        sa.select(outbox.c.id, outbox.c.kind, outbox.c.occasions).where(
            outbox.c.user_hash == user_hash,
            outbox.c.state.in_(_ENDED),
            outbox.c.told_at.is_(None),
            outbox.c.slot > now - _REMEMBERED,
        )
    ).all()
    if not rows:
        return []
    of_row = {row.id: (row.kind == CORRECTION, ids_of(row.occasions)) for row in rows}
    wanted = {one for _, ids in of_row.values() for one in ids}
    found = connection.execute(
        sa.select(occasions).where(occasions.c.id.in_(wanted)).order_by(occasions.c.closes_at, occasions.c.id)
    ).all()
    windows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for one in found:
        for row, (changed, ids) in of_row.items():
            # A withdrawn date is told no more, but that it was withdrawn is; what is over is not worth a word.
            over = not changed and one.closes_at <= now
            if one.id not in ids or changed != (one.withdrawn_at is not None) or over:
                continue
            name = (one.region, one.year, one.stage, one.audience, one.opens, one.closes, changed)
            item = windows.setdefault(name, {**_window(one), "rows": [], "changed": changed})
            if row not in item["rows"]:
                item["rows"].append(row)
    return list(windows.values())[:most]


def told(connection: Connection, user_hash: str, rows: Sequence[int], real: datetime) -> None:
    """These were said in the chat."""
    mine = (outbox.c.user_hash == user_hash) & outbox.c.id.in_(rows)
    connection.execute(sa.update(outbox).where(mine).values(told_at=real))


def _window(one: Any) -> dict[str, Any]:
    return {
        name: getattr(one, name)
        for name in ("region", "level", "year", "stage", "audience", "opens", "closes")
    }
