"""The learnt weights: how features add up to a ranking, and how sure the first may be."""

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.matching.features import NAMES
from bot.matching.index import Floats
from bot.matching.tokens import FAMILIES

_FILE = Path(__file__).parent / "data" / "ranker.json"

SIGNS = (
    "intercept",
    "softmax",
    "lead",
    "short",
    "unknown",
    "classifier",
    "vector_best",
    "ratio_best",
    "char_used",
)
"""What the confidence looks at, in order."""

TRUST = 0.3
"""How far the knowledge's own check shifts the log odds. By hand: three sets are too few to learn it from."""

_COLUMN = {name: number for number, name in enumerate(NAMES)}
_TO = [place for place, name in enumerate(SIGNS) if name in _COLUMN]
_FROM = [_COLUMN[SIGNS[place]] for place in _TO]
_SOFTMAX, _LEAD, _SHORT, _UNKNOWN = (SIGNS.index(name) for name in ("softmax", "lead", "short", "unknown"))
_CHAR = FAMILIES.index("char")


@dataclass(frozen=True)
class Model:
    """`ranking`: one weight a feature of NAMES; `confiding`: one a sign of SIGNS, for the logistic."""

    ranking: Floats
    confiding: Floats

    def confidence(self, table: Floats, scores: Floats, length: int, unknown: Floats, trust: float) -> float:
        """Probability 0..1 that the first row is right; rows and their ranking scores best first."""
        logit = float(signs_of(table, scores, length, unknown) @ self.confiding) + TRUST * trust
        return float(1.0 / (1.0 + np.exp(-min(50.0, max(-50.0, logit)))))


def signs_of(table: Floats, scores: Floats, length: int, unknown: Floats) -> Floats:
    """The values of SIGNS. `length` of the question in characters: short ones share much by chance.
    `unknown`: per family, the share of the question that no text of the knowledge knows."""
    signs = np.zeros(len(SIGNS))
    signs[_TO] = table[0, _FROM]
    odds = np.exp(np.maximum(scores - scores[0], -50.0))
    signs[0] = 1.0
    signs[_SOFTMAX] = 1.0 / odds.sum()
    signs[_LEAD] = min(8.0, scores[0] - scores[1]) if len(scores) > 1 else 8.0
    signs[_SHORT] = 1.0 / max(1, length)
    signs[_UNKNOWN] = unknown[_CHAR]
    return signs


@functools.cache
def model(classified: bool) -> Model:
    """The weights for knowledge with (True) or without an entry classifier."""
    return model_from(json.loads(_FILE.read_text(encoding="utf-8"))["classified" if classified else "plain"])


def model_from(part: Mapping[str, Mapping[str, float]]) -> Model:
    """From named weights; what is not named weighs nothing."""
    return Model(
        ranking=np.array([part["ranking"].get(name, 0.0) for name in NAMES]),
        confiding=np.array([part["confiding"].get(name, 0.0) for name in SIGNS]),
    )


@dataclass(frozen=True)
class Opinion:
    """The same with an encoder's cosine: `near` is its weight in the ranking; `confiding` runs as semantic.NEAR_SIGNS."""

    ranking: Floats
    near: float
    confiding: Floats


@functools.cache
def opinion() -> Opinion:
    """The packaged weights of the second opinion."""
    return opinion_from(json.loads(_FILE.read_text(encoding="utf-8"))["semantic"])


def opinion_from(part: Mapping[str, Mapping[str, float]]) -> Opinion:
    """From named weights; what is not named weighs nothing."""
    plain = model_from(part)
    more = [part["confiding"].get(name, 0.0) for name in ("near", "near_lead")]
    return Opinion(plain.ranking, part["ranking"].get("near", 0.0), np.concatenate([plain.confiding, more]))
