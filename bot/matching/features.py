"""What speaks for and against a candidate, as one row of numbers per entry."""

from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz

from bot.matching.index import Floats, Ints
from bot.matching.tokens import FAMILIES, Tokens
from bot.matching.wording import CONTRASTS, contrasts

_PER_TEXT = (
    *FAMILIES,
    *(f"{name}_covered" for name in ("char", "word", "sound")),
    *(f"{name}_used" for name in ("char", "word", "sound")),
    "vector",
    "ratio",
    "sound_ratio",
    "partial",
    "prefix",
    "length",
    *CONTRASTS,
)
NAMES = (*_PER_TEXT, "first", "first_squared", "mean_of_best", "phrasings", "vector_best", "ratio_best", "classifier", "classifier_first")
_COVER = [FAMILIES.index(name) for name in ("char", "word", "sound")]


@dataclass(frozen=True)
class Evidence:
    """All that is known of the candidate rows before they are compared; arrays run over the rows."""

    rows: Ints
    owners: Ints
    first: Floats
    cosines: Floats
    text_norms: Floats
    query_norms: Floats
    vectors: Floats


def features_of(
    query: Tokens, texts: list[Tokens], evidence: Evidence, entries: Ints, phrasings: Ints, classifier: Floats
) -> tuple[Floats, Ints]:
    """Array (entries, NAMES) and, for each entry, which row of the evidence stood for it (its best at first sight).

    Args:
        texts: tokens of the evidence's rows.
        entries: candidate entry numbers, each the owner of at least one row.
        phrasings: how many texts each of `entries` has.
        classifier: its score for each of `entries`; zeros where there is none.
    """
    table = np.zeros((len(entries), len(NAMES)))
    chosen = np.empty(len(entries), dtype=np.int64)
    norms_q = evidence.query_norms[_COVER]
    for place, entry in enumerate(entries):
        own = np.flatnonzero(evidence.owners == entry)  # rows come best first
        row = int(own[0])
        chosen[place] = row
        text = texts[row]
        cosines = evidence.cosines[:, row]
        norms_t = evidence.text_norms[_COVER, row]
        some = cosines[_COVER]
        length_q, length_t = len(query.key), len(text.key)
        prefix = 0
        for a, b in zip(query.key, text.key, strict=False):
            if a != b:
                break
            prefix += 1
        ratio = fuzz.ratio(query.key, text.key) / 100
        best_ratio = max([ratio, *(fuzz.ratio(query.key, texts[int(other)].key) / 100 for other in own[1:4])])
        first = float(evidence.first[row])
        table[place] = (
            *cosines,
            *(some * norms_t / np.maximum(norms_q, 1e-9)),
            *(some * norms_q / np.maximum(norms_t, 1e-9)),
            evidence.vectors[row],
            ratio,
            fuzz.ratio(query.sounds, text.sounds) / 100,
            fuzz.partial_ratio(query.key, text.key) / 100,
            prefix / max(1, min(length_q, length_t)),
            abs(length_q - length_t) / max(length_q, length_t),
            *contrasts(query.wording, text.wording),
            first,
            first * first,
            float(evidence.first[own[:3]].mean()),
            float(np.log(phrasings[place])),
            float(evidence.vectors[own].max()),
            best_ratio,
            classifier[place],
            classifier[place] * first,
        )
    return table, chosen
