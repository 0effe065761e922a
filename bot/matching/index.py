"""Inverted index over the phrasings: for each view of a text, TF-IDF cosines by one pass over the postings."""

import itertools
import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.matching.tokens import FAMILIES, Tokens

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# For a question typed in pinyin letters, what stands in for the views that would see letters only.
_HEARD = {"char": "sound", "word": "sound", "pair": "sound_pair"}
_STAND_INS = [(FAMILIES.index(seen), FAMILIES.index(heard)) for seen, heard in _HEARD.items()]


class Index:
    """Token -> which texts have it, and what it adds to their cosine, for all families in one pair of flat arrays.

    A token counts once a text: in sentences of a dozen characters a repeated one says nothing more. A posting is the
    place of (family, text) in the answer, so that one `bincount` sums all families: five would cost 30 µs more.
    Memory: 16 bytes a posting, about 55 postings a text, and 250 bytes a token.
    """

    def __init__(self, texts: Sequence[Tokens]) -> None:
        self.size = len(texts)
        total = self.size + 1
        # A token that no text has is as rare as can be: it must lower every cosine.
        self._unseen = (math.log(total) + 1.0) ** 2
        self._ids: list[dict[str, int]] = []
        self._squares: list[float] = []
        starts: list[int] = [0]
        self.norms: Floats = np.zeros((len(FAMILIES), self.size))
        places: list[Ints] = []
        values: list[Floats] = []
        for family in range(len(FAMILIES)):
            frequency: Counter[str] = Counter()
            for text in texts:
                frequency.update(text.families[family])
            ids = {token: number for number, token in enumerate(frequency)}
            counts = np.fromiter(frequency.values(), dtype=np.int64, count=len(ids))
            squares: Floats = (np.log(total / (1.0 + counts)) + 1.0) ** 2
            numbers = np.fromiter(
                (ids[token] for text in texts for token in text.families[family]), dtype=np.int64
            )
            rows = np.repeat(np.arange(self.size), [len(text.families[family]) for text in texts])
            if len(numbers):
                self.norms[family] = np.sqrt(np.bincount(rows, squares[numbers], self.size))
            order = np.argsort(numbers, kind="stable")
            places.append((rows + family * self.size)[order])
            values.append((squares[numbers] / np.maximum(self.norms[family][rows], 1e-12))[order])
            base = len(self._squares)
            self._ids.append({token: base + number for token, number in ids.items()})
            self._squares.extend(squares.tolist())
            starts.extend((np.cumsum(counts) + starts[-1]).tolist())
        # A view a token, made once: cutting 45 of them anew would cost a question 15 µs.
        spans = [slice(start, end) for start, end in itertools.pairwise(starts)]
        every_place, every_value = np.concatenate(places), np.concatenate(values)
        self._places: list[Ints] = [every_place[span] for span in spans]
        self._values: list[Floats] = [every_value[span] for span in spans]

    def cosines(self, query: Tokens) -> tuple[Floats, Floats, Floats]:
        """Array (families, texts) of cosines 0..1; in each family the query's norm and the share no text knows."""
        places, values = [], []
        known, unknown = [], []
        every_place, every_value, squares = self._places, self._values, self._squares
        for ids, tokens in zip(self._ids, query.families, strict=True):
            square, missing = 0.0, 0
            for token in tokens:
                number = ids.get(token)
                if number is None:
                    missing += 1
                else:
                    square += squares[number]
                    places.append(every_place[number])
                    values.append(every_value[number])
            known.append(square)
            unknown.append(missing * self._unseen)
        total = np.add(known, unknown)
        norms: Floats = np.sqrt(total)
        share: Floats = np.where(total > 0.0, unknown / np.maximum(total, 1e-12), 1.0)
        shape = (len(FAMILIES), self.size)
        if not places:
            return np.zeros(shape), norms, share
        sums = np.bincount(np.concatenate(places), np.concatenate(values), shape[0] * shape[1]).astype(
            np.float64, copy=False
        )
        found: Floats = sums.reshape(shape)
        found /= np.maximum(norms, 1e-12)[:, None]
        if query.spelled:
            for seen, heard in _STAND_INS:
                found[seen], norms[seen], share[seen] = found[heard], norms[heard], share[heard]
        return found, norms, share
