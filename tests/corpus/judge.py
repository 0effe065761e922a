"""Judges the labelled exam questions: what came out right, rightly asked, held back, wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.conversation import Assistant, Message, Turn

HELD_BACK = {"refuse", "out_of_scope", "not_stated", "smalltalk", "command", "handoff"}


@dataclass(frozen=True)
class Judged:
    """One question: `fault` is "" when right; `wrong` = an answer was given that should not have been."""

    row: dict[str, Any]
    turn: Turn
    fault: str
    wrong: bool


def rows(path: Path) -> list[dict[str, Any]]:
    """The lines of a corpus file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def play(assistant: Assistant, texts: list[str], now: datetime) -> Turn:
    """The last turn of a fresh candidate who says `texts`."""
    session, turn = None, None
    for text in texts:
        turn = assistant.respond(Message("text", text), session, now)
        session = turn.session
    assert turn is not None
    return turn


def judge(assistant: Assistant, path: Path) -> Iterator[Judged]:
    """Every line of `path`, judged."""
    for row in rows(path):
        turn = play(assistant, row.get("turns") or [row["text"]], datetime.fromisoformat(row["now"]))
        yield judged(row, turn)


def judged(row: dict[str, Any], turn: Turn) -> Judged:
    """Compare one turn with its label; white space does not count."""
    reply = _tight(turn.reply.text)
    decision = turn.trace.decision
    fault, wrong = "", False
    expected = set(row["decision"])
    if decision not in expected:
        fault = f"{decision} not in {sorted(expected)}"
        wrong = decision == "answer"
    asks = decision == "ask_region"  # who is asked for a region has none yet
    if not fault and not asks and row.get("region") and turn.trace.region != row["region"]:
        fault, wrong = f"region {turn.trace.region}", decision == "answer"
    if not fault and decision in ("answer", "not_stated"):
        missing = [fact for fact in row.get("says", ()) if _tight(fact) not in reply]
        if decision == "answer":  # one of each group of words that say the same
            groups = row.get("any", ())
            missing += [group[0] for group in groups if not any(_tight(fact) in reply for fact in group)]
        if missing:
            fault, wrong = f"missing {missing}", decision == "answer"
    told = [fact for fact in row.get("never", ()) if _tight(fact) in reply]
    if told:
        fault, wrong = f"told {told}", True
    return Judged(row, turn, fault, wrong)


def _tight(text: str) -> str:
    return re.sub(r"\s+", "", text)
