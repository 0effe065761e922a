"""What speaks for and against each candidate entry, as one row of numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, process

from bot.matching.index import Floats, Ints
from bot.matching.tokens import FAMILIES, Tokens
from bot.matching.wording import CONTRASTS, Wordings

_CHAR, _SOUND = FAMILIES.index("char"), FAMILIES.index("sound")
NAMES = (
    "char",
    "sound",
    "char_used",
    *CONTRASTS,
    "first_capped",
    "first_mean",
    "phrasings",
    "vector_best",
    "ratio_best",
    "classifier",
    "classifier_capped",
)
"""The columns. `char_used`: share of the phrasing's characters, by weight, that the question has."""

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

    characters = evidence.cosines[_CHAR, chosen]
    lean = evidence.text_norms[_CHAR, chosen] / max(float(evidence.query_norms[_CHAR]), 1e-9)
    table = np.empty((len(NAMES), entries))
    table[0] = characters
    table[1] = evidence.cosines[_SOUND, chosen]
    table[2] = characters / np.maximum(lean, 1e-9)
    at = 3 + len(CONTRASTS)
    table[3:at] = wordings.contrasts(query.wording, evidence.rows[chosen])
    # What the first tenths say counts more than the last: caps, and not squares, keep more always better.
    table[at] = np.minimum(evidence.first[chosen], 0.4)
    table[at + 1] = mean
    table[at + 2] = np.log(phrasings)
    table[at + 3] = best_vector[:entries]
    table[at + 4] = best_ratio[:entries]
    table[at + 5] = classifier
    table[at + 6] = np.minimum(classifier, 0.3)
    return table.T, chosen
