"""What speaks for and against each candidate entry, as one row of numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, process

from bot.matching.index import Floats, Ints
from bot.matching.tokens import FAMILIES, Tokens
from bot.matching.wording import CONTRASTS, Wordings

_COVER = [FAMILIES.index(name) for name in ("char", "word", "sound")]
NAMES = (
    *FAMILIES,
    *(f"{FAMILIES[i]}_covered" for i in _COVER),
    *(f"{FAMILIES[i]}_used" for i in _COVER),
    "vector",
    "ratio",
    "sound_ratio",
    "partial",
    "length",
    *CONTRASTS,
    "first",
    "first_capped",
    "first_mean",
    "phrasings",
    "vector_best",
    "ratio_best",
    "classifier",
    "classifier_capped",
)
"""The columns. `covered`: share of the question's weight that the phrasing has; `used`: the other way round."""

CLASSIFIED = frozenset(name for name in NAMES if name.startswith("classifier"))


@dataclass(frozen=True)
class Evidence:
    """The candidate rows, best first; arrays run over them. `place`: position of the row's entry, or the number of entries.
    `keys` and `sounds` are those of all texts."""

    rows: Ints
    place: Ints
    first: Floats
    cosines: Floats
    text_norms: Floats
    query_norms: Floats
    vectors: Floats
    keys: Sequence[str]
    sounds: Sequence[str]


def features_of(
    query: Tokens, evidence: Evidence, wordings: Wordings, phrasings: Ints, classifier: Floats
) -> tuple[Floats, Ints]:
    """Array (entries, NAMES) and, for each entry, which row of the evidence stands for it (its best at first sight).

    Args:
        wordings: of all texts.
        phrasings: how many texts each entry has.
        classifier: its score of each entry, zeros where there is none.
    """
    entries = len(phrasings)
    place = evidence.place
    chosen = np.zeros(entries + 1, dtype=np.int64)
    chosen[place[::-1]] = np.arange(len(place))[::-1]  # the last write wins: the first row of each entry
    chosen = chosen[:entries]

    typed = query.sounds if query.spelled else query.key
    written = [(evidence.sounds if query.spelled else evidence.keys)[row] for row in evidence.rows.tolist()]
    ratios = process.cdist([typed], written, scorer=fuzz.ratio)[0].astype(np.float64) / 100
    best_ratio, best_vector = np.zeros(entries + 1), np.full(entries + 1, -1.0)
    np.maximum.at(best_ratio, place, ratios)
    np.maximum.at(best_vector, place, evidence.vectors)
    count = np.bincount(place, minlength=entries + 1)[:entries]
    mean = np.bincount(place, evidence.first, entries + 1)[:entries] / count

    keys = [written[row] for row in chosen.tolist()]
    sounds = [evidence.sounds[row] for row in evidence.rows[chosen].tolist()]
    cosines = evidence.cosines[:, chosen]
    lean = (
        np.maximum(evidence.text_norms[_COVER][:, chosen], 1e-9)
        / np.maximum(evidence.query_norms[_COVER], 1e-9)[:, None]
    )
    lengths = np.array([len(key) for key in keys], dtype=np.float64)
    first = evidence.first[chosen]
    table = np.empty((len(NAMES), entries))
    at = len(FAMILIES)
    table[:at] = cosines
    table[at : at + 3] = cosines[_COVER] * lean
    table[at + 3 : at + 6] = cosines[_COVER] / lean
    at += 6
    table[at] = evidence.vectors[chosen]
    table[at + 1] = ratios[chosen]
    table[at + 2] = process.cdist([query.sounds], sounds, scorer=fuzz.ratio)[0] / 100
    table[at + 3] = process.cdist([typed], keys, scorer=fuzz.partial_ratio)[0] / 100
    table[at + 4] = np.abs(lengths - len(typed)) / np.maximum(lengths, len(typed))
    at += 5
    table[at : at + len(CONTRASTS)] = wordings.contrasts(query.wording, evidence.rows[chosen])
    at += len(CONTRASTS)
    table[at] = first
    table[at + 1] = np.minimum(first, 0.4)
    table[at + 2] = mean
    table[at + 3] = np.log(phrasings)
    table[at + 4] = best_vector[:entries]
    table[at + 5] = best_ratio[:entries]
    table[at + 6] = classifier
    # What the first tenths say counts more than the last: caps, and not squares, keep more always better.
    table[at + 7] = np.minimum(classifier, 0.3)
    return table.T, chosen
