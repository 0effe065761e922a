"""The signs by which a message of a talk is weighed, and the learnt weights of each; see ranking.py, which measures them. Pure."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.dialogue.ask import Ask
from bot.dialogue.chosen import Chosen
from bot.dialogue.readings import Reading
from bot.knowledge.model import Entry

Floats = NDArray[np.float64]

_FILE = Path(__file__).parent / "data" / "ranking.json"
_MOST_LEAD, _MOST_UNCOVERED, _MOST_UNKNOWN = 8.0, 12, 4

NAMES = (
    "said", "alone", "within", "likest", "classifier",
    "same_aspect", "other_aspect", "aspect_before",
    "stage", "other_stage", "stage_before", "other_stage_before",
    "missing_words", "all_words", "time_asked", "day_asked", "time_not_asked",
    "next_step", "nothing_on_file", "follow_up", "same_entry",
    "open", "next", "just_over", "past",
    "rule_said", "rule_alone", "rule_within",
    "chosen", "chosen_match", "chosen_timed", "offered",
    "learnt", "learnt_first", "learnt_share",
)  # fmt: skip
"""The signs of one entry, columns of the table."""

SIGNS = (
    "one", "share", "lead", "about", "unknown", "short", "talking", "uncovered", "asks", "stage", "nothing_chosen", "refused",
    "chosen", "chosen_match", "chosen_timed", "likest", "classifier", "missing_words", "nothing_on_file",
    "learnt", "learnt_first", "learnt_nothing", "foreign",
)  # fmt: skip
"""What tells how likely the first is right."""

_COLUMN = {name: number for number, name in enumerate(NAMES)}


@dataclass(frozen=True)
class Considered:
    """entries: those that come into question · table: (entries, NAMES) · source: for each the reading that is most like it ·
    about: how likely the message is about this exam · nothing: how often such words meant nothing on file · foreign: words that we don't know make it another's question · chosen: what the rules made of it."""

    entries: tuple[Entry, ...]
    table: Floats
    source: tuple[Reading, ...]
    about: float
    nothing: float
    foreign: bool
    unknown: int
    ask: Ask
    chosen: Chosen
    talking: bool


@dataclass(frozen=True)
class Weights:
    """`ranking` of NAMES, `confiding` of SIGNS."""

    ranking: Floats
    confiding: Floats

    def order(self, considered: Considered) -> tuple[list[int], Floats]:
        """Which entries fit, best first, and the score of each."""
        scores = considered.table @ self.ranking
        return np.argsort(-scores, kind="stable").tolist(), scores

    def confidence(self, considered: Considered, order: Sequence[int], scores: Floats) -> float:
        """Probability 0..1 that the first of `order` is right."""
        logit = float(signs_of(considered, order, scores) @ self.confiding)
        return 1.0 / (1.0 + math.exp(-min(50.0, max(-50.0, logit))))


@functools.cache
def packaged() -> Weights:
    """The weights that come with the program."""
    return weights_from(json.loads(_FILE.read_text(encoding="utf-8")))


def weights_from(part: Mapping[str, Mapping[str, float]]) -> Weights:
    """From named weights; what is not named weighs nothing."""
    return Weights(
        ranking=np.array([part["ranking"].get(name, 0.0) for name in NAMES]),
        confiding=np.array([part["confiding"].get(name, 0.0) for name in SIGNS]),
    )


def signs_of(considered: Considered, order: Sequence[int], scores: Floats) -> Floats:
    """The values of SIGNS."""
    first = order[0]
    row = considered.table[first]
    odds = np.exp(np.maximum(scores - scores[first], -50.0))
    query = considered.ask.query
    lead = float(scores[first] - scores[order[1]]) if len(order) > 1 else _MOST_LEAD
    values = {
        "one": 1.0,
        "share": 1.0 / float(odds.sum()),
        "lead": min(lead, _MOST_LEAD),
        "about": considered.about,
        "learnt_nothing": considered.nothing,
        "foreign": considered.foreign,
        "unknown": min(considered.unknown, _MOST_UNKNOWN),
        "short": 1.0 / max(1, len(query.text)),
        "talking": considered.talking,
        "uncovered": min(max(query.uncovered, 0), _MOST_UNCOVERED),
        "asks": bool(query.asks),
        "stage": bool(query.stages),
        "nothing_chosen": considered.chosen.entry is None,
        "refused": considered.chosen.entry is None and not considered.chosen.near,
    }
    return np.array([float(values[name] if name in values else row[_COLUMN[name]]) for name in SIGNS])
