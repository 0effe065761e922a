"""Talks that had no part in the making of the bot: shares that may only get better."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from bot.conversation import Assistant, Message

TALKS = Path(__file__).parent / "corpus" / "talks"
NOTHING = ("none", "chat", "unclear")
# As measured when last changed. Right: the entry is answered, or its region asked for. Within two: or offered by number.
BARS = {  # right, within two, wrong
    "held.jsonl": (0.70, 0.78, 0.11),
    "held2.jsonl": (0.69, 0.83, 0.07),
    "held3.jsonl": (0.65, 0.73, 0.18),
    "held4.jsonl": (0.68, 0.76, 0.17),
}


@pytest.mark.parametrize("name", BARS)
def test_a_held_talk_is_understood_no_worse_than_before(assistant: Assistant, name: str) -> None:
    right, within_two, wrong = BARS[name]
    seen = played(assistant, TALKS / name)
    told = seen["right"] + seen["wrong"] + seen["offered"] + seen["other"]
    assert seen["right"] / told >= right, seen
    assert (seen["right"] + seen["offered"]) / told >= within_two, seen
    assert seen["wrong"] / told <= wrong, seen


def played(assistant: Assistant, path: Path) -> Counter[str]:
    """How the turns that an entry on file answers came out."""
    seen: Counter[str] = Counter()
    for line in path.read_text(encoding="utf-8").splitlines():
        talk = json.loads(line)
        session, now = None, datetime.fromisoformat(talk["now"])
        for turn in talk["turns"]:
            came = assistant.respond(Message("text", turn["text"]), session, now)
            session, want = came.session or {}, turn["want"]
            if want[0] in NOTHING or all(assistant.kb.entries[id].kind == "out_of_scope" for id in want):
                continue
            decision, entry = came.trace.decision, came.trace.entry
            if decision == "ask_region":
                entry = session.get("topic", {}).get("entry")
            if decision in ("answer", "not_stated", "ask_region"):
                seen["right" if entry in want else "wrong"] += 1
            elif decision == "options" and {shown.get("entry") for shown in session.get("shown", ())} & set(
                want
            ):
                seen["offered"] += 1
            else:
                seen["other"] += 1
    return seen
