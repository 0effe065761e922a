"""Which entry, learnt at load from the phrasings themselves: kernel ridge regression over the index's cosines.

The one thing that a nearest phrasing can't do is to weigh what sets the entries of *this* knowledge apart. The kernel is
a power of a mix of cosines: the power lets characters count together, which is worth 3 points of top-1 over the plain
mix (docs/matching.md). The same system of equations tells, in closed form, how often a phrasing finds its entry when it
is left out itself: how far this knowledge can be trusted to tell its entries apart.
"""

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.matching import positive
from bot.matching.index import Floats, Index, Ints
from bot.matching.tokens import FAMILIES, Tokens

Singles = NDArray[np.float32]

_MIX = {"char": 0.55, "pair": 0.06, "word": 0.03, "sound": 0.30, "sound_pair": 0.05}
_WEIGHTS = np.array([_MIX[name] for name in FAMILIES])
_WEIGHTS /= _WEIGHTS.sum()
_VECTOR_SHARE = 0.4
_RIDGES = (0.06, 0.12, 0.25)  # a larger one tells as much, and less surely
_STEPS = 4  # how often it is doubled where that one is not enough
_TRIED = 800  # texts that the ridge is chosen on, at some 0.1 s
_AS_GOOD = 1.01  # times the least error
_LEFT_OUT = 200
_WORSE = 1.5  # times what was expected: nonsense is worse by far
_MOST_LEFT = 3
_FIT = 2  # another number where the same numbers above give another fit
_MOST_WORK = 3.0e10
"""Floating point operations a load may spend on the fit: 0.5 s on two cores, 0.8 s on one; and 130 MB, given back after it."""


def learnt_from(owners: Ints, entries: int) -> Ints:
    """The texts that a classifier learns from, by number; none where there is nothing to learn: hardly a phrasing beside the question.

    All of them while the fit stays within the budget of a load, some 3 600 with a hundred entries; else the first of every
    entry, then the second of each, and so on: one phrasing more doesn't cost a knowledge its classifier. A knowledge of more
    than _MOST_LEFT times as many has none: what is learnt is held against every text, at the load and at each question.
    """
    turn = np.zeros(len(owners), dtype=np.int64)  # which phrasing of its entry a text is
    seen = np.zeros(entries, dtype=np.int64)
    for row, owner in enumerate(owners.tolist()):
        turn[row] = seen[owner]
        seen[owner] += 1
    most = _most(entries)
    rows = np.sort(np.argsort(turn, kind="stable")[:most])
    enough = 0 < 5 * entries <= 3 * len(rows) and len(owners) <= _MOST_LEFT * most
    return rows if enough else rows[:0]


def _most(entries: int) -> int:
    """How many texts may be learnt from."""
    low, high = 0, 1 << 16
    while low < high:
        texts = (low + high + 1) // 2
        work = texts**3 / 3 + 2 * texts**2 * (entries + _LEFT_OUT)
        low, high = (texts, high) if work <= _MOST_WORK else (low, texts - 1)
    return low


def _best_ridge(kernel: Singles, wanted: Singles) -> tuple[int, float]:
    """Which of _RIDGES tells best what was left out, on every so many rows, and its mean squared error there.

    Of those that are as good the largest, so that one phrasing more doesn't change the answer to another question.
    """
    rows = np.arange(len(kernel))[:: math.ceil(len(kernel) / _TRIED)]
    part, truth = kernel[np.ix_(rows, rows)], wanted[rows]
    told = truth @ truth.sum(axis=0) > 1  # who has no other of its entry here tells nothing
    if not told.any():
        told[:] = True
    errors = []
    for ridge in _RIDGES:
        inverse = np.linalg.inv(part + np.float32(ridge) * np.eye(len(rows), dtype=np.float32))
        errors.append(_error((inverse @ truth)[told], np.diag(inverse)[told]))
    best = max(place for place, error in enumerate(errors) if error <= min(errors) * _AS_GOOD)
    return best, errors[best]


def _error(solved: NDArray[Any], own: NDArray[Any]) -> float:
    """Mean squared error of telling the entry of a text from all the others, in closed form. `own`: of the inverse, its diagonal."""
    return float(np.mean(np.sum((solved / own[:, None]) ** 2, axis=1)))


def _solved(kernel: Singles, wanted: Singles, entries: int, left_out: Ints, symmetric: bool) -> Singles:
    """The solution under the ridge that generalises best; adds the ridge to the diagonal of `kernel`, in place.

    A knowledge of short curated questions does best with a small ridge, one of many questions as people type them, which are
    near twins of one another, with a larger one. And a power that is no whole number, and the cut at 0, may leave a kernel with
    eigenvalues below 0: twins bring them close to the ridge, and then the solution takes values in the thousands. So the ridge is
    chosen on a part of the texts, and grows while all of them together tell those left out far worse than that part did.
    """
    best, expected = _best_ridge(kernel, wanted[:, :entries])
    solve: Callable[[Singles, Singles], Singles] = positive.solve if symmetric else np.linalg.solve
    diagonal = np.diag_indices(len(kernel))
    added = 0.0
    for ridge in (*_RIDGES[best:], *(_RIDGES[-1] * 2**step for step in range(1, _STEPS))):
        kernel[diagonal] += np.float32(ridge - added)
        added = ridge
        try:
            solved = solve(kernel, wanted)
        except np.linalg.LinAlgError:
            continue
        if not len(left_out):
            return solved
        own = solved[left_out, entries + np.arange(len(left_out))]
        if own.min() > 0 and _error(solved[left_out, :entries], own) <= expected * _WORSE:
            return solved
    return np.zeros_like(wanted)


@dataclass(frozen=True)
class Fit:
    """What is learnt. dual: entries × texts learnt from.

    trust: log odds that a left-out phrasing finds its own entry, -1 to 3.5; 0 where no entry has two phrasings.
    """

    dual: Singles
    trust: float


Keep = Callable[[str, Callable[[], Fit]], Fit]
"""Given a name and what makes the Fit of that name: the Fit, made, or from where it was kept."""


def unkept(name: str, make: Callable[[], Fit]) -> Fit:
    """Where nothing is kept."""
    return make()


@dataclass(frozen=True)
class Lesson:
    """What is learnt from.

    vectors (texts × dimensions) and owners (entry number of each text): in the index's order. rows: see learnt_from.
    """

    index: Index
    texts: Sequence[Tokens]
    vectors: Singles
    owners: Ints
    entries: int
    rows: Ints

    @property
    def name(self) -> str:
        """All that the fit hangs on, as 32 hex digits."""
        made = (_FIT, _MIX, _VECTOR_SHARE, _RIDGES, _STEPS, _TRIED, _AS_GOOD, _LEFT_OUT, _WORSE, self.entries)
        digest = hashlib.sha256(repr(made).encode())
        for text in self.texts:
            digest.update("\0".join("\1".join(family) for family in text.families).encode() + b"\n")
        for array in (self.vectors, self.owners, self.rows):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()[:32]


class Classifier:
    """Immutable after fitting. Memory: 4 bytes × texts learnt from × entries; half of that as float16 would cost 60 µs a question."""

    def __init__(self, lesson: Lesson, keep: Keep = unkept) -> None:
        """`keep`: what keeps the fit."""
        rows = lesson.rows
        self._rows = slice(None) if len(rows) == lesson.index.size else rows  # a slice copies nothing
        fit = keep(lesson.name, lambda: self._fit(lesson))
        if fit.dual.shape != (lesson.entries, len(rows)):  # of another program's making
            fit = self._fit(lesson)
        self._dual, self.trust = fit.dual, fit.trust

    def _fit(self, lesson: Lesson) -> Fit:
        rows, texts, vectors, entries = lesson.rows, lesson.texts, lesson.vectors, lesson.entries
        kernel = np.empty((len(rows), len(rows)), dtype=np.float32)
        learnt = vectors[rows]
        for place, row in enumerate(rows.tolist()):  # a row at a time: what it works on stays in the cache
            mixed = self._mix(lesson.index.cosines(texts[row])[0][:, self._rows])
            kernel[place] = self._kernel(mixed, learnt @ vectors[row])
        own_entry = lesson.owners[rows]
        several = np.flatnonzero(np.bincount(own_entry, minlength=entries)[own_entry] > 1)
        left_out = several[:: max(1, math.ceil(len(several) / _LEFT_OUT))]
        wanted = np.zeros((len(rows), entries + len(left_out)), dtype=np.float32)
        wanted[np.arange(len(rows)), own_entry] = 1.0
        wanted[left_out, entries + np.arange(len(left_out))] = 1.0
        # A phrasing typed in pinyin is compared by its sound where it asks, and not where it is asked (Index.cosines).
        symmetric = not any(texts[row].spelled for row in rows.tolist())
        solved = _solved(kernel, wanted, entries, left_out, symmetric)
        trust = 0.0
        if len(left_out):
            own = np.maximum(solved[left_out, entries + np.arange(len(left_out))], 1e-6)
            without = wanted[left_out, :entries] - solved[left_out, :entries] / own[:, None]
            right = float((without.argmax(1) == own_entry[left_out]).sum())
            trust = min(3.5, max(-1.0, math.log((right + 1) / (len(left_out) - right + 1))))
        return Fit(np.ascontiguousarray(solved[:, :entries].T), trust)

    @staticmethod
    def _mix(cosines: Floats) -> Singles:
        mixed: Singles = (_WEIGHTS @ cosines).astype(np.float32)
        return mixed

    @staticmethod
    def _kernel(mixed: Singles, near: Singles) -> Singles:
        kernel: Singles = np.maximum((1 - _VECTOR_SHARE) * mixed + _VECTOR_SHARE * near, 0.0)
        kernel *= np.sqrt(kernel)  # to the power of 1.5, in a tenth of the time
        return kernel

    def scores(self, cosines: Floats, near: Singles, entries: Ints) -> Floats:
        """About 1 for the right one of `entries` and 0 for others.

        Args:
            cosines: as Index.cosines. near: cosine of the meaning vectors to every text.
        """
        kernel = self._kernel(self._mix(cosines[:, self._rows]), near[self._rows])
        return (self._dual[entries] @ kernel).astype(np.float64)
