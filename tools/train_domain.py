"""Fits the weights of bot/dialogue/domain.py and prints them, with what they let through.

    python tools/train_domain.py [DATA]      # half a minute; DATA as BOT_BENCH_DATA

For: the questions of tests/corpus/exam that have an answer. Against: those about another exam or none, four times as heavy, and
3 000 questions about anything from the open set l_lcqmc. Every figure printed is cross-validated in ten parts.
"""

import os
import random
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

sys.path.insert(0, str(Path(__file__).parents[1]))

from bot.build import build
from bot.conversation import Assistant
from bot.dialogue.domain import WEIGHTS, signs
from bot.dialogue.session import Session
from bot.knowledge.load import load
from tests.corpus.judge import rows

ROOT = Path(__file__).parents[1]
ANSWERED = {"answer", "ask_region", "not_stated"}
CORPORA = ("tune.jsonl", "tune2.jsonl", "tune3.jsonl")
ANYTHING = 3000
NOW = "2024-02-26T10:00:00+08:00"


def questions(data: Path) -> Iterator[tuple[str, str, int]]:
    """Text, instant and 1 for ours, 0 for near ones that are not, -1 for questions about anything."""
    for name in CORPORA:
        for row in rows(ROOT / "tests" / "corpus" / "exam" / name):
            if row.get("turns"):
                continue
            if ANSWERED & set(row["decision"]):
                yield row["text"], row["now"], 1
            elif "refuse" in row["decision"] and "out_of_scope" not in row["decision"]:
                yield row["text"], row["now"], 0
    anything = [row["question"] for row in rows(data / "l_lcqmc.kb.jsonl")]
    for text in random.Random(1).sample(anything, ANYTHING):  # noqa: S311  a sample, no secret
        yield text, NOW, -1


def measured(assistant: Assistant, text: str, now: datetime) -> list[float] | None:
    """The signs in the order of WEIGHTS; None for a question that the word lists alone decide."""
    ask = assistant.ask(text, Session.from_dict(None, now), now)
    if ask.query.exam or ask.query.off_topic or ask.bare:
        return None
    found = assistant.selector.evidence(ask)
    return list(signs(ask, found.matches, len(found.unknown), found.foreign).values())


def main() -> None:
    """Fits and prints."""
    data = Path(
        sys.argv[1] if len(sys.argv) > 1 else os.environ.get("BOT_BENCH_DATA", "../shared/data/matching")
    )
    kb, _problems = load(ROOT / "knowledge")
    if kb is None:
        sys.exit("knowledge/ has errors")
    assistant = build(kb)
    table, labels = [], []
    for text, now, label in questions(data):
        row = measured(assistant, text, datetime.fromisoformat(now))
        if row is not None:
            table.append(row)
            labels.append(label)
    values, kinds = np.array(table), np.array(labels)
    spread = values.std(0) + 1e-9
    weight = np.select([kinds == 1, kinds == 0], [1.0, 4.0], 0.5)
    model = LogisticRegression(C=0.3, max_iter=3000)
    sure = cross_val_predict(
        model, values / spread, kinds == 1, cv=10, method="predict_proba", params={"sample_weight": weight}
    )[:, 1]
    for bar in (0.1, 0.15, 0.3, 0.4, 0.5):
        shares = [(sure[kinds == kind] >= bar).mean() for kind in (1, 0, -1)]
        print(f"at {bar:.2f}: ours {shares[0]:.3f}  near ones {shares[1]:.3f}  anything {shares[2]:.4f}")
    model.fit(values / spread, kinds == 1, sample_weight=weight)
    print("INTERCEPT =", round(float(model.intercept_[0]), 2))
    for name, fitted in zip(WEIGHTS, model.coef_[0] / spread, strict=True):
        print(f'    "{name}": {fitted:.2f},')


if __name__ == "__main__":
    main()
