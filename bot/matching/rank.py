"""Which entries fit a question, best first, with a probability that the first is right."""

import copy
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.matching.classifier import Classifier, Keep, Lesson, Singles, learnt_from, unkept
from bot.matching.features import NAMES, Evidence, features_of
from bot.matching.index import Floats, Index, Ints
from bot.matching.model import Model, model
from bot.matching.tokens import FAMILIES, Tokens, tokens_of
from bot.matching.vectors import vectors
from bot.matching.wording import Wordings
from bot.text.segment import Segmenter

_MIX = {"char": 0.26, "pair": 0.22, "word": 0.22, "sound": 0.12, "sound_pair": 0.18}
_WEIGHTS = np.array([_MIX[name] for name in FAMILIES])
_WORD = FAMILIES.index("word")
_ROWS = 48
_ENTRIES = 16
_FLOOR = 1e-6
_MASKS = 64  # 8 bytes × texts each


@dataclass(frozen=True)
class Match:
    """One entry that fits: `score` is a calibrated probability 0..1, `text` the phrasing that matched."""

    entry_id: str
    score: float
    text: str
    why: Mapping[str, float]


@dataclass(frozen=True)
class Candidates:
    """What the first stage found: entry numbers, their features, the text that stood for each; `unknown` as Index.cosines,
    `trust` as Classifier (0 without one)."""

    entries: Ints
    table: Floats
    texts: Ints
    unknown: Floats
    trust: float


class Matcher:
    """Built once per knowledge load; immutable after, safe to share between threads."""

    def __init__(
        self,
        entries: Sequence[str],
        texts: Sequence[str],
        owners: Sequence[int],
        segmenter: Segmenter,
        classify: bool | None = None,
        keep: Keep = unkept,
    ) -> None:
        """Use `build`. `classify`: fit the entry classifier; None where there is something to learn. `keep`: what keeps its fit."""
        tokens = [tokens_of(text, segmenter) for text in texts]
        kept = [number for number, token in enumerate(tokens) if token.key]
        tokens = [tokens[number] for number in kept]
        self._entries = list(entries)
        self._numbers = {entry: number for number, entry in enumerate(self._entries)}
        self._texts = [texts[number] for number in kept]
        self._keys = [token.key for token in tokens]
        self._sounds = [token.sounds for token in tokens]
        self._wordings = Wordings([token.wording for token in tokens])
        self._owners: Ints = np.array([owners[number] for number in kept], dtype=np.int64)
        self._phrasings: Ints = np.bincount(self._owners, minlength=len(entries))
        self._segmenter = segmenter
        self._index = Index(tokens)
        self._vectors: Singles = np.array(
            [vectors().of(token.families[_WORD]) for token in tokens], dtype=np.float32
        )
        self._classifier: Classifier | None = None
        rows = np.arange(len(kept)) if classify else learnt_from(self._owners, len(self._entries))
        if len(rows) and classify is not False:
            lesson = Lesson(self._index, tokens, self._vectors, self._owners, len(self._entries), rows)
            self._classifier = Classifier(lesson, keep)
        self._weights = model(self._classifier is not None)
        self._masks: dict[frozenset[str], Floats] = {}

    def with_weights(self, weights: Model) -> "Matcher":
        """The same knowledge ranked by other weights; shares the index. For benchmarks and training."""
        other = copy.copy(self)
        other._weights = weights
        return other

    @classmethod
    def build(
        cls, items: Sequence[tuple[str, Sequence[str]]], segmenter: Segmenter, keep: Keep = unkept
    ) -> "Matcher":
        """`items`: entry id and its phrasings, the standard question first. Texts without a letter or digit are skipped."""
        entries, texts, owners = [], [], []
        for number, (entry_id, phrasings) in enumerate(items):
            entries.append(entry_id)
            for text in phrasings:
                texts.append(text)
                owners.append(number)
        return cls(entries, texts, owners, segmenter, keep=keep)

    def candidates(self, query: Tokens, allowed: Collection[str] | None = None) -> Candidates | None:
        """The entries worth a look with their features, best at first sight first; None when nothing shares anything."""
        if not query.key or not self._texts:
            return None
        cosines, norms, unknown = self._index.cosines(query)
        first = _WEIGHTS @ cosines
        if allowed is not None:
            first *= self._permitted(frozenset(allowed))
        rows = np.argpartition(-first, _ROWS)[:_ROWS] if len(first) > _ROWS else np.arange(len(first))
        rows = rows[first[rows] > _FLOOR]
        if not len(rows):
            return None
        rows = rows[np.lexsort((rows, -first[rows]))]
        owners = self._owners[rows]
        places = {owner: place for place, owner in enumerate(list(dict.fromkeys(owners.tolist()))[:_ENTRIES])}
        entries = np.array(list(places), dtype=np.int64)
        meaning = vectors().of(query.families[_WORD])
        if self._classifier is None:
            near = self._vectors[rows] @ meaning
            scores = np.zeros(len(entries))
        else:
            everywhere = self._vectors @ meaning
            near = everywhere[rows]
            scores = self._classifier.scores(cosines, everywhere, entries)
        evidence = Evidence(
            rows=rows,
            place=np.array([places.get(owner, len(entries)) for owner in owners.tolist()], dtype=np.int64),
            first=first[rows],
            cosines=cosines[:, rows],
            text_norms=self._index.norms[:, rows],
            query_norms=norms,
            vectors=near.astype(np.float64),
            keys=self._keys,
            sounds=self._sounds,
        )
        table, chosen = features_of(query, evidence, self._wordings, self._phrasings[entries], scores)
        return Candidates(
            entries, table, rows[chosen], unknown, self._classifier.trust if self._classifier else 0.0
        )

    def _permitted(self, allowed: frozenset[str]) -> Floats:
        """1 for the texts of these entries, 0 for others; the rules ask for the same few sets again and again."""
        mask = self._masks.get(allowed)
        if mask is None:
            permitted = np.zeros(len(self._entries))
            permitted[[self._numbers[entry] for entry in allowed if entry in self._numbers]] = 1.0
            mask = permitted[self._owners]
            if len(self._masks) < _MASKS:
                self._masks[allowed] = mask
        return mask

    @property
    def texts(self) -> list[str]:
        """The phrasings as given, entry by entry."""
        return self._texts

    def rows_of(self, entry: int) -> slice:
        """Where in `texts` an entry's phrasings are, by its number."""
        start, end = np.searchsorted(self._owners, [entry, entry + 1]).tolist()
        return slice(start, end)

    def look_up(self, text: str, allowed: Collection[str] | None = None) -> tuple[Tokens, Candidates | None]:
        """The question taken apart, and its candidates."""
        query = tokens_of(text, self._segmenter)
        return query, self.candidates(query, allowed)

    def match(self, found: Candidates, place: int, score: float) -> Match:
        """The candidate at `place` with a probability given to it."""
        return Match(
            entry_id=self._entries[int(found.entries[place])],
            score=score,
            text=self._texts[int(found.texts[place])],
            why=dict(zip(NAMES, found.table[place].tolist(), strict=True)),
        )

    @property
    def classified(self) -> bool:
        """Whether this knowledge has an entry classifier."""
        return self._classifier is not None

    def rank(self, text: str, *, limit: int = 5, allowed: Collection[str] | None = None) -> list[Match]:
        """The best entries for `text`, best first, at most one Match an entry; [] when nothing shares anything with it.

        Args:
            text: as typed; normalised here.
            limit: most entries returned.
            allowed: only these entry ids are seen at all, also by the margin in the score; None for all.
        """
        query, found = self.look_up(text, allowed)
        if found is None:
            return []
        weights = self._weights
        scores = found.table @ weights.ranking
        rows = found.texts.tolist()
        exact = [self._keys[row] == query.key for row in rows]
        if any(exact):
            scores = scores + 100.0 * np.array(exact)
        order = np.argsort(-scores, kind="stable")
        places = order.tolist()
        sure = 1.0
        if not exact[places[0]]:
            sure = weights.confidence(
                found.table[order], scores[order], len(query.key), found.unknown, found.trust
            )
        # The others keep their odds against the first, so that the margin means the same everywhere.
        odds = (sure * np.exp(np.maximum(scores - scores[places[0]], -50.0))).tolist()
        return [self.match(found, place, odds[place]) for place in places[:limit]]
