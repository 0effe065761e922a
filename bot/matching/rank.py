"""Which entries fit a question, best first, with a probability that the first is right."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.matching.classifier import MOST_TEXTS, Classifier
from bot.matching.features import NAMES, Evidence, features_of
from bot.matching.index import Floats, Index, Ints
from bot.matching.tokens import FAMILIES, Tokens, tokens_of
from bot.text.segment import Segmenter

_MIX = dict(char=0.25, pair=0.20, three=0.05, word=0.20, sound=0.12, sound_pair=0.18)
_WEIGHTS = np.array([_MIX[name] for name in FAMILIES])
_ROWS = 64
_ENTRIES = 24


@dataclass(frozen=True)
class Match:
    """One entry that fits: `score` is a calibrated probability 0..1, `text` the phrasing that matched."""

    entry_id: str
    score: float
    text: str
    why: Mapping[str, float]


@dataclass(frozen=True)
class Candidates:
    """What the first stage found: entry numbers, their features, and the text that stood for each."""

    entries: Ints
    table: Floats
    texts: Ints


class Matcher:
    """Built once per knowledge load; immutable after, safe to share between threads."""

    def __init__(self, entries: Sequence[str], texts: Sequence[str], owners: Sequence[int], segmenter: Segmenter) -> None:
        tokens = [tokens_of(text, segmenter) for text in texts]
        kept = [number for number, token in enumerate(tokens) if token.key]
        self._entries = list(entries)
        self._texts = [texts[number] for number in kept]
        self._tokens = [tokens[number] for number in kept]
        self._owners: Ints = np.array([owners[number] for number in kept], dtype=np.int64)
        self._phrasings: Ints = np.maximum(1, np.bincount(self._owners, minlength=len(entries)))
        self._segmenter = segmenter
        self._index = Index(self._tokens)
        self._classifier: Classifier | None = None
        if 2 * len(self._entries) <= len(kept) <= MOST_TEXTS:
            self._classifier = Classifier(self._index, self._tokens, self._owners, len(self._entries))

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

    def candidates(self, query: Tokens, allowed: Collection[str] | None = None, classify: bool = True) -> Candidates | None:
        """The entries worth a look with their features, best at first sight first; None when nothing shares anything."""
        if not query.key or not self._texts:
            return None
        cosines, norms = self._index.cosines(query)
        first = _WEIGHTS @ cosines
        if allowed is not None:
            permitted = np.array([entry in allowed for entry in self._entries])
            first = np.where(permitted[self._owners], first, 0.0)
        rows = np.argpartition(-first, _ROWS)[:_ROWS] if len(first) > _ROWS else np.arange(len(first))
        rows = rows[first[rows] > 0.0]
        if not len(rows):
            return None
        rows = rows[np.lexsort((rows, -first[rows]))]
        entries = np.array(list(dict.fromkeys(self._owners[rows].tolist()))[:_ENTRIES], dtype=np.int64)
        scores = np.zeros(len(entries))
        if self._classifier is not None and classify:
            scores = self._classifier.scores(cosines, entries)
        evidence = Evidence(
            rows, self._owners[rows], first[rows], cosines[:, rows], self._index.norms[:, rows], norms, np.zeros(len(rows))
        )
        table, chosen = features_of(query, [self._tokens[row] for row in rows], evidence, entries, self._phrasings[entries], scores)
        return Candidates(entries, table, rows[chosen])

    def rank(self, text: str, *, limit: int = 5, allowed: Collection[str] | None = None) -> list[Match]:
        """The best entries for `text`, best first, at most one Match an entry; [] when nothing shares anything with it.

        Args:
            text: as typed; normalised here.
            limit: most entries returned.
            allowed: only these entry ids are seen at all, also by the margin in the score; None for all.
        """
        found = self.candidates(tokens_of(text, self._segmenter), allowed)
        if found is None:
            return []
        table = found.table
        column = {name: number for number, name in enumerate(NAMES)}
        score = table[:, column["first"]] + 0.35 * table[:, column["ratio"]] + 2 * table[:, column["classifier"]]
        order = np.argsort(-score, kind="stable")[:limit]
        matches = []
        for place in order:
            why = dict(zip(NAMES, table[place].tolist(), strict=True))
            probability = 1 / (1 + math.exp(-(5 * float(score[place]) - 4)))
            matches.append(Match(self._entries[found.entries[place]], probability, self._texts[found.texts[place]], why))
        return matches
