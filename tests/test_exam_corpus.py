"""The hand-labelled exam questions: hit rates that may only rise, and no wrong answer among those used for tuning."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from bot.conversation import Assistant
from tests.corpus.judge import judge, play, rows

EXAM = Path(__file__).parent / "corpus" / "exam"
# The share that is right, as measured when last changed; a floor, raised with the bot, never lowered.
FLOORS = {
    "tune.jsonl": 0.97,
    "tune2.jsonl": 0.90,
    "held.jsonl": 0.94,
    "tune3.jsonl": 0.93,
    "held3.jsonl": 0.82,
}
# Answers given that should not have been; a ceiling, only lowered (tune's rose once, from 2 to 4, when six held lines
# that had been read moved there).
WRONG = {"tune.jsonl": 3, "tune2.jsonl": 2, "held.jsonl": 0, "tune3.jsonl": 0, "held3.jsonl": 0}


@pytest.mark.parametrize("name", FLOORS)
def test_the_share_that_is_right_does_not_fall(assistant: Assistant, name: str) -> None:
    judged = list(judge(assistant, EXAM / name))
    right = sum(not item.fault for item in judged) / len(judged)
    wrong = [item.row["id"] for item in judged if item.wrong]
    assert right >= FLOORS[name], f"{name}: {right:.3f} right"
    assert len(wrong) <= WRONG[name], f"{name}: wrong {wrong}"


def test_noise_never_turns_a_right_answer_into_a_wrong_one(assistant: Assistant) -> None:
    now = datetime.fromisoformat("2024-01-25T10:00:00+08:00")
    pairs = rows(EXAM / "noise.jsonl")
    same = 0
    for row in pairs:
        clean, noisy = play(assistant, [row["clean"]], now), play(assistant, [row["noisy"]], now)
        same += (clean.trace.decision, clean.trace.entry, clean.trace.region) == (
            noisy.trace.decision, noisy.trace.entry, noisy.trace.region,
        )  # fmt: skip
    assert same / len(pairs) >= 0.6, f"{same} of {len(pairs)}"
