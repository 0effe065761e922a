"""Inverted index over the phrasings: for each view of a text, TF-IDF cosines by one pass over the postings."""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.matching.tokens import FAMILIES, Tokens

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


# For a question typed in pinyin letters, what stands in for the views that would see letters only.
_SOUND, _SOUND_PAIR = FAMILIES.index("sound"), FAMILIES.index("sound_pair")
_HEARD = {
    FAMILIES.index("char"): _SOUND,
    FAMILIES.index("word"): _SOUND,
    FAMILIES.index("pair"): _SOUND_PAIR,
    FAMILIES.index("three"): _SOUND_PAIR,
}


class Family:
    """One view (say, character pairs): token -> which texts have it, and what it adds to their cosine.

    A token counts once a text: in sentences of a dozen characters a repeated one says nothing more.
    Postings lie in two flat arrays (8 bytes each together); a list of small arrays would cost ten times that.
    """

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        self.size = len(texts)
        frequency: Counter[str] = Counter()
        for tokens in texts:
            frequency.update(tokens)
        self._ids = {token: number for number, token in enumerate(frequency)}
        total = self.size + 1
        # A token that no text has is as rare as can be: it must lower every cosine.
        self._unseen = (math.log(total) + 1.0) ** 2
        counts = np.fromiter(frequency.values(), dtype=np.int64, count=len(frequency))
        squares: Floats = (np.log(total / (1.0 + counts)) + 1.0) ** 2
        self._squares: list[float] = squares.tolist()
        numbers = np.fromiter((self._ids[token] for tokens in texts for token in tokens), dtype=np.int64)
        rows = np.repeat(np.arange(self.size), [len(tokens) for tokens in texts])
        self.norms: Floats = np.sqrt(np.bincount(rows, squares[numbers], self.size)) if len(numbers) else np.zeros(self.size)
        order = np.argsort(numbers, kind="stable")
        self._starts: list[int] = [0, *np.cumsum(counts).tolist()]
        self._rows = rows[order].astype(np.int32)
        self._values = (squares[numbers] / np.maximum(self.norms[rows], 1e-12))[order].astype(np.float32)

    def cosines(self, tokens: Sequence[str]) -> tuple[Floats, float, float]:
        """Cosine 0..1 of distinct `tokens` to every text, in the texts' order; the norm of `tokens`; which share of
        its square no text knows, 0..1."""
        square = unknown = 0.0
        rows, values = [], []
        ids, starts = self._ids, self._starts
        for token in tokens:
            number = ids.get(token)
            if number is None:
                unknown += self._unseen
            else:
                square += self._squares[number]
                span = slice(starts[number], starts[number + 1])
                rows.append(self._rows[span])
                values.append(self._values[span])
        total = square + unknown
        norm = math.sqrt(total)
        if not rows:
            return np.zeros(self.size), norm, 1.0
        found: Floats = np.bincount(np.concatenate(rows), np.concatenate(values), self.size)
        found *= 1.0 / norm
        return found, norm, unknown / total


class Index:
    """All families over the same texts."""

    def __init__(self, texts: Sequence[Tokens]) -> None:
        self.size = len(texts)
        self._families = [Family([text.families[i] for text in texts]) for i in range(len(FAMILIES))]
        self.norms: Floats = np.stack([family.norms for family in self._families])

    def cosines(self, query: Tokens) -> tuple[Floats, Floats, Floats]:
        """Array (families, texts) of cosines 0..1; in each family the query's norm and the share no text knows."""
        found = np.empty((len(self._families), self.size))
        norms, unknown = np.empty((2, len(self._families)))
        for i, family in enumerate(self._families):
            if not (query.spelled and i in _HEARD):
                found[i], norms[i], unknown[i] = family.cosines(query.families[i])
        if query.spelled:
            for seen, heard in _HEARD.items():
                found[seen], norms[seen], unknown[seen] = found[heard], norms[heard], unknown[heard]
        return found, norms, unknown
