"""Whether a question is about this exam at all, whichever entry it may be. Pure.

The matcher says which entry is nearest; to a question about phones or the weather one entry is always nearest too. What ties
a question to the exam is more than that: the words no phrasing has, a subject or level of ours, a place.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from bot.dialogue.context import Ask
from bot.matching.rank import Match

# Logistic weights, made by `python tools/train_domain.py` from the exam corpus and 3 000 questions about anything.
INTERCEPT = -3.49
WEIGHTS = {
    "classifier": 6.60,  # the best of the candidates' classifier scores, vector cosines and string ratios, 0..1
    "vector": 3.87,
    "ratio": 1.02,
    "unknown": -0.74,  # words that neither the phrasings nor everyday language have; MOST_UNKNOWN at most
    "foreign": -1.19,  # one of those stands where it says of what kind our word is (健身卡缴费)
    "subject": 2.99,
    "named": 2.37,  # a place
    "level": 4.11,
    "stage": 2.04,
    "own": 3.45,  # the exam's name
    "verdict": 1.95,
    "short": -33.22,  # 1 / characters
}
MOST_UNKNOWN = 4


def signs(ask: Ask, matches: Sequence[Match], unknown: int, foreign: bool) -> dict[str, float]:
    """The values of WEIGHTS for one question; `unknown`: how many of its words nobody knows."""
    query = ask.query
    whys = [match.why for match in matches]
    return {
        "classifier": max((why["classifier"] for why in whys), default=0.0),
        "vector": max((why["vector_best"] for why in whys), default=0.0),
        "ratio": max((why["ratio_best"] for why in whys), default=0.0),
        "unknown": min(unknown, MOST_UNKNOWN),
        "foreign": float(foreign),
        "subject": float(bool(query.subjects)),
        "named": float(ask.named),
        "level": float(bool(query.level)),
        "stage": float(bool(ask.topic.stages)),
        "own": float(query.own_exam),
        "verdict": float(query.verdict),
        "short": 1 / max(1, len(query.text)),
    }


def about_the_exam(values: dict[str, float]) -> float:
    """Probability 0..1 that a question with these `signs` is about this exam."""
    logit = INTERCEPT + sum(WEIGHTS[name] * value for name, value in values.items())
    return 1 / (1 + math.exp(-logit))
