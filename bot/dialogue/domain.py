"""Whether a question is about this exam at all, whichever entry it may be. Pure.

The matcher says which entry is nearest; to a question about phones or the weather one entry is always nearest too. What ties
a question to the exam is more than that: the words no phrasing has, a subject or level of ours, a place.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from bot.dialogue.ask import Ask
from bot.dialogue.asked import FAILED_AGAIN
from bot.matching.rank import Match
from bot.matching.wording import without_courtesy
from bot.text.normalize import compact

# Logistic weights, made by `python tools/train_domain.py` from the exam corpus and 3 000 questions about anything.
INTERCEPT = -4.85
WEIGHTS = {
    "classifier": 6.52,  # the best of the candidates' classifier scores, vector cosines and string ratios, 0..1
    "vector": 3.99,
    "ratio": 2.69,
    "unknown": -0.51,  # words that neither the phrasings nor everyday language have; MOST_UNKNOWN at most
    "foreign": -1.54,  # one of those stands where it says of what kind our word is (健身卡缴费)
    "subject": 2.77,
    "named": 2.25,  # a place
    "level": 4.09,
    "stage": 1.94,
    "own": 3.08,  # the exam's name
    "verdict": 1.71,
    "short": -29.06,  # 1 / characters
}
MOST_UNKNOWN = 4
A_WORD = 6  # characters up to which a word of our phrasings is enough to tie a question to the exam


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


def keyword(ask: Ask, unknown: Sequence[str]) -> bool:
    """Whether the message is but a word or two of ours."""
    short = len(without_courtesy(compact(ask.query.text))) <= A_WORD
    return short and bool(ask.content) and not unknown  # 能补交不, 急急急填错单位了


def tied(ask: Ask, unknown: Sequence[str]) -> bool:
    """Whether something said names the exam, a part of it, or who sits it."""
    query = ask.query
    return bool(
        keyword(ask, unknown)
        or ask.topic.stages
        or query.subjects
        or query.own_exam
        or query.anchored
        or query.level
        or query.audience
        or FAILED_AGAIN.search(query.text)
    )


def foreign(ask: Ask, unknown: Sequence[str]) -> bool:
    """Whether words we don't know make the question another's: 健身卡缴费时间, 工资卡被扣了两次钱.

    One that stands right before an own word says of what kind that is. And where nothing but money and time ties the
    question to this exam, one unknown word is enough. A question that names the exam is ours all the same.
    """
    query = ask.query
    if query.own_exam or ask.resumed:
        return False
    anchored = (
        query.anchored
        or query.subjects
        or query.level
        or query.audience
        or set(query.actions) - {"缴费", "上传", "审核"}
    )
    return bool(set(unknown) & set(query.modifiers)) or not anchored
