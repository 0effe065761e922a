"""The tables of half questions, one a subject."""

from __future__ import annotations

from itertools import combinations

import pytest

from bot.conversation import Assistant
from bot.dialogue.following import half_rest, half_review, half_second

ROOMS = (half_review, half_second, half_rest)


def told(room: object) -> set[str]:
    """The entries after which the rows of `room` are tried."""
    rows = (*room.STILL, *room.OTHER)  # type: ignore[attr-defined]
    return {entry for entries, *_said in rows for entry in entries}


@pytest.mark.parametrize(("one", "other"), list(combinations(ROOMS, 2)))
def test_no_entry_stands_in_two_tables(one: object, other: object) -> None:
    """Else which of them is tried first would decide."""
    assert not told(one) & told(other)


def test_every_entry_named_is_on_file(assistant: Assistant) -> None:
    meant = {other for room in ROOMS for _entries, _said, other in room.OTHER}
    assert meant.union(*map(told, ROOMS)) <= set(assistant.kb.entries)
