"""Inverted index over the phrasings: for each view of a text, TF-IDF cosines by one pass over the postings."""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.matching.tokens import FAMILIES, Tokens

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Family:
    """One view (say, character pairs): token -> which texts have it, and what it adds to their cosine.

    A token counts once a text: in sentences of a dozen characters a repeated one says nothing more.
    """

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        self.size = len(texts)
        frequency: Counter[str] = Counter()
        for tokens in texts:
            frequency.update(tokens)
        self.ids = {token: number for number, token in enumerate(frequency)}
        total = self.size + 1
        # A token that no text has is as rare as can be: it must lower every cosine.
        self.unseen = (math.log(total) + 1.0) ** 2
        counts = np.fromiter(frequency.values(), dtype=np.int64, count=len(frequency))
        squares: Floats = (np.log(total / (1.0 + counts)) + 1.0) ** 2
        self.squares: list[float] = squares.tolist()
        numbers = np.fromiter((self.ids[token] for tokens in texts for token in tokens), dtype=np.int64)
        rows = np.repeat(np.arange(self.size), [len(tokens) for tokens in texts])
        self.norms = np.sqrt(np.bincount(rows, squares[numbers], self.size)) if len(numbers) else np.zeros(self.size)
        order = np.argsort(numbers, kind="stable")
        self._rows: list[Ints] = np.split(rows[order], np.cumsum(counts)[:-1])
        values = (squares[numbers] / np.maximum(self.norms[rows], 1e-12))[order]
        self._values: list[Floats] = np.split(values, np.cumsum(counts)[:-1])

    def cosines(self, tokens: Sequence[str]) -> tuple[Floats, float]:
        """Cosine 0..1 of distinct `tokens` to every text, in the texts' order, and the norm of `tokens`."""
        square = 0.0
        rows, values = [], []
        ids = self.ids
        for token in tokens:
            number = ids.get(token)
            if number is None:
                square += self.unseen
            else:
                square += self.squares[number]
                rows.append(self._rows[number])
                values.append(self._values[number])
        if not rows:
            return np.zeros(self.size), math.sqrt(square)
        norm = math.sqrt(square)
        found: Floats = np.bincount(np.concatenate(rows), np.concatenate(values), self.size)
        found /= norm
        return found, norm


class Index:
    """All families over the same texts."""

    def __init__(self, texts: Sequence[Tokens]) -> None:
        self.size = len(texts)
        self.families = [Family([text.families[i] for text in texts]) for i in range(len(FAMILIES))]
        self.norms = np.stack([family.norms for family in self.families])

    def cosines(self, query: Tokens) -> tuple[Floats, Floats]:
        """Array (families, texts) of cosines 0..1, and the query's norm in each family."""
        found = np.empty((len(self.families), self.size))
        norms = np.empty(len(self.families))
        for i, family in enumerate(self.families):
            found[i], norms[i] = family.cosines(query.families[i])
        return found, norms
