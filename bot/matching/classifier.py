"""Which entry, learnt at load from the phrasings themselves: kernel ridge regression over the index's cosines.

The one thing that a nearest phrasing can't do is to weigh what sets the entries of *this* knowledge apart. The kernel is
a power of a mix of cosines: the power lets characters count together, which is worth 3 points of top-1 over the
plain mix (docs/matching.md). Two kernels are fitted, one without and one with the meaning vectors; they err differently.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.matching.index import Floats, Index, Ints
from bot.matching.tokens import FAMILIES, Tokens

Singles = NDArray[np.float32]

_MIX = {"char": 0.82, "pair": 0.06, "three": 0.01, "word": 0.03, "sound": 0.12, "sound_pair": 0.03}
_WEIGHTS = np.array([_MIX[name] for name in FAMILIES])
_POWER = 1.6
_VECTOR_SHARE = (0.0, 0.4)
_RIDGE = (0.01, 0.03)
_MOST_WORK = 1.0e11
"""Floating point operations a load may spend on the two fits: 1 to 2 s of one core."""


def worth_fitting(texts: int, entries: int) -> bool:
    """Whether there is something to learn (phrasings beside the question) and the load stays within its budget."""
    work = 2 * (2 / 3 * texts**3 + 2 * texts**2 * entries)
    return 0 < 2 * entries <= 1.2 * texts and work <= _MOST_WORK


class Classifier:
    """Immutable after fitting. Memory: 4 bytes × texts × entries for both kernels."""

    def __init__(self, index: Index, texts: Sequence[Tokens], vectors: Singles, owners: Ints, entries: int) -> None:
        """`vectors` (texts × dimensions) and `owners` (entry number of each text) in the index's order."""
        target = np.zeros((index.size, entries), dtype=np.float32)
        target[np.arange(index.size), owners] = 1.0
        mixed = np.stack([self._mix(index.cosines(text)[0]) for text in texts])
        near = vectors @ vectors.T
        self._duals = []
        for share, ridge in zip(_VECTOR_SHARE, _RIDGE, strict=True):
            kernel = self._kernel(mixed, near, share)
            kernel[np.diag_indices(index.size)] += ridge
            self._duals.append(np.ascontiguousarray(np.linalg.solve(kernel, target).T).astype(np.float16))

    @staticmethod
    def _mix(cosines: Floats) -> Singles:
        mixed: Singles = (_WEIGHTS @ cosines).astype(np.float32)
        return mixed

    @staticmethod
    def _kernel(mixed: Singles, near: Singles, share: float) -> Singles:
        total = (1 - share) * mixed + share * near if share else mixed
        kernel: Singles = np.maximum(total, 0.0) ** np.float32(_POWER)
        return kernel

    def scores(self, cosines: Floats, near: Singles, entries: Ints) -> Floats:
        """Array (2, entries), about 1 for the right one of `entries` and 0 for others.

        Args:
            cosines: as Index.cosines. near: cosine of the meaning vectors to every text.
        """
        mixed = self._mix(cosines)
        return np.stack(
            [
                dual[entries].astype(np.float32) @ self._kernel(mixed, near, share)
                for dual, share in zip(self._duals, _VECTOR_SHARE, strict=True)
            ]
        ).astype(np.float64)
