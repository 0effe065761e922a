"""The learnt weights: how features add up to a ranking, and how sure the first may be."""

import functools
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.matching.features import NAMES
from bot.matching.index import Floats

_FILE = Path(__file__).parent / "data" / "ranker.json"

SIGNS = (
    "intercept", "softmax", "lead", "first", "classifier", "classifier_vector", "classifier_lead", "ratio_best", "sound_ratio",
    "vector_best", "char_covered", "word_covered", "char_used", "word_used", "same_kind", "other_kind", "negation",
    "codes_missing", "codes_added", "opposite", "short", "pair", "first_second",
    "number_clash", "number_shared", "partial", "length",
)  # fmt: skip
"""What the confidence looks at, in order."""

_COLUMN = {name: number for number, name in enumerate(NAMES)}
_COPIED = [(SIGNS.index(name), _COLUMN[name]) for name in SIGNS if name in _COLUMN]


@dataclass(frozen=True)
class Model:
    """`ranking`: one weight a feature of NAMES; `confiding`: one a sign of SIGNS, for the logistic."""

    ranking: Floats
    confiding: Floats

    def confidence(self, table: Floats, scores: Floats, length: int) -> float:
        """Probability 0..1 that the first row is right; rows and their ranking scores best first."""
        logit = float(signs_of(table, scores, length) @ self.confiding)
        return float(1.0 / (1.0 + np.exp(-min(50.0, max(-50.0, logit)))))


def signs_of(table: Floats, scores: Floats, length: int) -> Floats:
    """The values of SIGNS. `length` of the question in characters: short ones share much by chance."""
    signs = np.zeros(len(SIGNS))
    for sign, column in _COPIED:
        signs[sign] = table[0, column]
    odds = np.exp(np.maximum(scores - scores[0], -50.0))
    signs[0] = 1.0
    signs[1] = 1.0 / odds.sum()
    if len(scores) > 1:
        signs[2] = min(8.0, scores[0] - scores[1])
        signs[6] = table[0, _COLUMN["classifier_vector"]] - table[1:, _COLUMN["classifier_vector"]].max()
        signs[22] = table[1, _COLUMN["first"]]
    else:
        signs[2], signs[6] = 8.0, table[0, _COLUMN["classifier_vector"]]
    signs[20] = 1.0 / max(1, length)
    return signs


@functools.cache
def model(classified: bool) -> Model:
    """The weights for knowledge with (True) or without an entry classifier."""
    part = json.loads(_FILE.read_text(encoding="utf-8"))["classified" if classified else "plain"]
    return Model(
        ranking=np.array([part["ranking"].get(name, 0.0) for name in NAMES]),
        confiding=np.array([part["confiding"].get(name, 0.0) for name in SIGNS]),
    )
