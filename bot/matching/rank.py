"""Which entries fit a question, best first, with a probability that the first is right."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz

from bot.matching.index import Index
from bot.matching.tokens import FAMILIES, tokens_of
from bot.text.segment import Segmenter

_WEIGHTS = np.array([0.25, 0.30, 0.35, 0.25, 0.05])
_RERANKED = 24


@dataclass(frozen=True)
class Match:
    """One entry that fits: `score` is a calibrated probability 0..1, `text` the phrasing that matched."""

    entry_id: str
    score: float
    text: str
    why: Mapping[str, float]


class Matcher:
    """Built once per knowledge load; immutable after, safe to share between threads."""

    def __init__(self, entries: Sequence[str], texts: Sequence[str], owners: Sequence[int], segmenter: Segmenter) -> None:
        self._entries = list(entries)
        self._texts = list(texts)
        self._owners = np.array(owners, dtype=np.int64)
        self._segmenter = segmenter
        tokens = [tokens_of(text, segmenter) for text in texts]
        self._keys = [token.key for token in tokens]
        self._index = Index(tokens)

    @classmethod
    def build(cls, items: Sequence[tuple[str, Sequence[str]]], segmenter: Segmenter) -> "Matcher":
        """`items`: entry id and its phrasings, the standard question first. Texts without a letter or digit are skipped."""
        entries, texts, owners = [], [], []
        for number, (entry_id, phrasings) in enumerate(items):
            entries.append(entry_id)
            for text in phrasings:
                texts.append(text)
                owners.append(number)
        return cls(entries, texts, owners, segmenter)

    def rank(self, text: str, *, limit: int = 5, allowed: Collection[str] | None = None) -> list[Match]:
        """The best entries for `text`, best first, at most one Match an entry; [] when none shares anything with it.

        Args:
            text: as typed; normalised here.
            limit: most entries returned.
            allowed: only these entry ids are seen at all, also by the margin in the score; None for all.
        """
        query = tokens_of(text, self._segmenter)
        if not query.key or not self._texts:
            return []
        cosines = self._index.cosines(query)
        first = _WEIGHTS @ cosines
        if allowed is not None:
            permitted = np.array([entry in allowed for entry in self._entries])
            first = np.where(permitted[self._owners], first, 0.0)
        rows = np.argsort(-first, kind="stable")[:_RERANKED]
        rows = rows[first[rows] > 0.0]
        best: dict[int, tuple[float, int, dict[str, float]]] = {}
        for row in rows:
            ratio = fuzz.ratio(query.key, self._keys[row]) / 100
            exact = float(query.key == self._keys[row])
            score = float(first[row]) / 1.2 + 0.35 * ratio + exact
            owner = int(self._owners[row])
            if owner not in best or score > best[owner][0]:
                why = {name: float(value) for name, value in zip(FAMILIES, cosines[:, row], strict=True)}
                best[owner] = (score, int(row), {**why, "ratio": ratio})
        ranked = sorted(best.items(), key=lambda item: (-item[1][0], item[0]))
        second = ranked[1][1][0] if len(ranked) > 1 else 0.0
        matches = []
        for owner, (score, row, why) in ranked[:limit]:
            gap = score - (second if owner == ranked[0][0] else ranked[0][1][0])
            probability = 1 / (1 + math.exp(-(7 * (score - 0.62) + 4 * gap)))
            matches.append(Match(self._entries[owner], probability, self._texts[row], why))
        return matches
