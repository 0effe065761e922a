"""Inverted index over the phrasings: for each view of a text, TF-IDF cosines by one pass over the postings."""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.matching.tokens import FAMILIES, Tokens

Floats = NDArray[np.float64]


class Family:
    """One view (say, character pairs): token -> which texts have it, and how much it weighs in them."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        self.size = len(texts)
        counts = [Counter(tokens) for tokens in texts]
        frequency: Counter[str] = Counter()
        for count in counts:
            frequency.update(count.keys())
        self.ids = {token: number for number, token in enumerate(frequency)}
        total = self.size + 1
        self.top_idf = math.log(total) + 1.0
        self.idf = np.array([math.log(total / (1 + n)) + 1.0 for n in frequency.values()])
        posted: list[list[tuple[int, float]]] = [[] for _ in self.ids]
        for text, count in enumerate(counts):
            weights = {self.ids[token]: (1.0 + math.log(n)) * self.idf[self.ids[token]] for token, n in count.items()}
            norm = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
            for number, weight in weights.items():
                posted[number].append((text, weight / norm))
        self.texts = [np.array([text for text, _ in row], dtype=np.int64) for row in posted]
        self.weights = [np.array([weight for _, weight in row]) for row in posted]

    def cosines(self, tokens: Sequence[str]) -> Floats:
        """Cosine 0..1 of `tokens` to every text, in the texts' order. A token no text has weighs as the rarest."""
        square = 0.0
        texts, weights = [], []
        for token, n in Counter(tokens).items():
            number = self.ids.get(token)
            weight = (1.0 + math.log(n)) * (self.top_idf if number is None else float(self.idf[number]))
            square += weight * weight
            if number is not None:
                texts.append(self.texts[number])
                weights.append(self.weights[number] * weight)
        if not texts:
            return np.zeros(self.size)
        return np.bincount(np.concatenate(texts), np.concatenate(weights), self.size) / math.sqrt(square)


class Index:
    """All families over the same texts."""

    def __init__(self, texts: Sequence[Tokens]) -> None:
        self.size = len(texts)
        self.families = [Family([text.families[i] for text in texts]) for i in range(len(FAMILIES))]

    def cosines(self, query: Tokens) -> Floats:
        """Array (families, texts) of cosines 0..1."""
        return np.stack([family.cosines(query.families[i]) for i, family in enumerate(self.families)])
