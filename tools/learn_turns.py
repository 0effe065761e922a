"""Fits bot/dialogue/data/turns.npz (see bot/dialogue/turns.py); a part of tools/train_talk.py.

Kernel ridge regression over the features' inner products, solved for the texts and carried over to the features, so that a bot needs no text.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from scipy import sparse
from scipy.linalg.lapack import spotrf, spotri

from bot.dialogue.turns import NOTHING, Codes, LearntTurns, codes_of, features, vector_of

RIDGE = 0.3
BLOCK, MOST = 2048, 16384  # rows of the kernel at once, and of what LAPACK inverts
LEAST_SEEN = 2  # texts that have a feature; rarer ones tell little and are half of all


@dataclass(frozen=True)
class Sample:
    """One message: its core, the topic's entry and stages before it, what it means, and the file it is from."""

    core: str
    told: str
    stages: tuple[str, ...]
    means: str
    group: str


class Learner:
    """Learns from all samples, or from those of some files left out."""

    def __init__(self, samples: Sequence[Sample], lent: Collection[str] = ()) -> None:
        """lent: groups whose own features are not kept."""
        self._samples = samples
        kinds = [features(each.core, each.told, each.stages) for each in samples]
        ours = (kind for kind, each in zip(kinds, samples, strict=True) if each.group not in lent)
        seen = Counter(
            code for kind in ours for code in set(codes_of([f for part in kind for f in part]).tolist())
        )
        many = len(samples)
        known = [code for code, count in seen.items() if count >= LEAST_SEEN]
        self._codes = Codes(np.array(known, dtype=np.uint32))
        self._rarity = np.array(
            [math.log((1 + many) / (1 + seen[code])) + 1 for code in known], dtype=np.float32
        )
        self._rarest = math.log((1 + many) / 2) + 1
        ends, places, values = [0], [], []
        for kind in kinds:
            own, worth = vector_of(kind, self._codes, self._rarity, self._rarest)
            places += own.tolist()
            values += worth.tolist()
            ends.append(len(places))
        self._table = sparse.csr_matrix((values, places, ends), shape=(many, len(known)))
        self._kernel = np.empty((many, many), dtype=np.float32)
        for start in range(
            0, many, BLOCK
        ):  # nearly all of it is filled: as one sparse product it would take five times its room
            self._kernel[start : start + BLOCK] = (
                self._table[start : start + BLOCK] @ self._table.T
            ).toarray()
        self._columns = (NOTHING, *sorted({each.means for each in samples} - {NOTHING}))
        self._wanted = np.zeros((many, len(self._columns)), dtype=np.float32)
        self._wanted[np.arange(many), [self._columns.index(each.means) for each in samples]] = 1

    @cached_property
    def _solved(self) -> tuple[np.ndarray, np.ndarray]:
        """The inverse of the kernel with its ridge, and what it makes of what is wanted."""
        kernel = self._kernel
        kernel[np.diag_indices(len(kernel))] += RIDGE
        inverse = inverted(kernel)
        return inverse, inverse @ self._wanted

    def without(self, groups: Collection[str] = (), texts: Collection[str] = ()) -> LearntTurns:
        """What is learnt from all but these files, and these cores wherever they stand.

        Solved once for all samples; those left out are taken back by the inverse of their block.
        """
        out = np.array(
            [each.group in groups or (each.told == "" and each.core in texts) for each in self._samples],
            dtype=bool,
        )
        inverse, solved = self._solved
        weights = solved[~out]
        if out.any():
            weights = weights - inverse[np.ix_(~out, out)] @ np.linalg.solve(
                inverse[np.ix_(out, out)], solved[out]
            )
        table = np.asarray(self._table[np.flatnonzero(~out)].T @ weights)
        scale = np.abs(table).max(1) / 127 + 1e-9
        small = np.round(table / scale[:, None]).astype(np.int8)
        return LearntTurns(
            self._codes, self._rarity, self._rarest, small, scale.astype(np.float32), self._columns
        )


def inverted(matrix: np.ndarray) -> np.ndarray:
    """The inverse of a symmetric positive definite matrix, halved as often as LAPACK's 32-bit offsets ask for.

    Raises:
        ArithmeticError: it has none.
    """
    many = len(matrix)
    if many > MOST:
        half = many // 2
        first, across = inverted(matrix[:half, :half]), matrix[:half, half:]
        through = first @ across
        last = inverted(matrix[half:, half:] - across.T @ through)
        beside = -through @ last
        return np.block([[first - beside @ through.T, beside], [beside.T, last]])
    root, failed = spotrf(np.asfortranarray(matrix), lower=False, overwrite_a=True, clean=False)
    inverse, failed_too = spotri(root, lower=False, overwrite_c=True)
    if failed or failed_too:
        raise ArithmeticError("the matrix has no inverse")
    for start in range(0, many, BLOCK):  # the upper half is made; the lower is its mirror
        stop = start + BLOCK
        inverse[stop:, start:stop] = inverse[start:stop, stop:].T
        square = inverse[start:stop, start:stop]
        below = np.tril_indices(len(square), -1)
        square[below] = square.T[below]
    return np.asarray(inverse)


def save(turns: LearntTurns, path: Path) -> None:
    """As `packaged` reads it."""
    np.savez_compressed(
        path,
        codes=turns.codes.of_rows,
        columns=np.frombuffer("\0".join(turns.columns).encode(), dtype=np.uint8),
        rarity=turns.rarity.astype(np.float16),
        rarest=np.float32(turns.rarest),
        table=turns.table,
        scale=turns.scale.astype(np.float16),
    )
