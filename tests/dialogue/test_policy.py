"""Rules of the policy that no dialogue shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from bot.build import build
from bot.conversation import Assistant, Message


@pytest.mark.parametrize(("day", "decision"), [("2024-03-31", "answer"), ("2024-04-01", "refuse")])
def test_an_entry_is_told_until_its_last_day(assistant: Assistant, day: str, decision: str) -> None:
    kb = assistant.kb
    entry = replace(kb.entries["合格线"], valid_until=date(2024, 3, 31))
    limited = build(replace(kb, entries={**kb.entries, entry.id: entry}))
    turn = limited.respond(
        Message("text", "合格线是多少"), None, datetime.fromisoformat(f"{day}T12:00:00+08:00")
    )
    assert turn.trace.decision == decision
    assert ("360" in turn.reply.text) is (decision == "answer")
