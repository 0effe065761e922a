"""Which entry, learnt at load from the phrasings themselves: kernel ridge regression over the index's cosines.

The one thing that a nearest phrasing can't do is to weigh what sets the entries of *this* knowledge apart. The kernel is
a power of a mix of cosines: the power lets pairs of characters count together, which is worth 3 points of top-1 over the
plain cosine (docs/matching.md).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.matching.index import Floats, Index, Ints
from bot.matching.tokens import FAMILIES, Tokens

MOST_TEXTS = 4500
"""More phrasings than this and the fit would take longer than a load may (its time grows with the cube)."""

_MIX = dict(char=0.82, pair=0.06, three=0.01, word=0.03, sound=0.05, sound_pair=0.03)
_WEIGHTS = np.array([_MIX[name] for name in FAMILIES])
_POWER = 1.6
_RIDGE = 0.01


class Classifier:
    """Immutable after fitting."""

    def __init__(self, index: Index, texts: Sequence[Tokens], owners: Ints, entries: int) -> None:
        """`owners`: entry number of each text. Memory: 4 bytes × texts × entries."""
        kernel = np.empty((index.size, index.size), dtype=np.float32)
        for row, text in enumerate(texts):
            kernel[row] = self._kernel(index.cosines(text)[0])
        kernel[np.diag_indices(index.size)] += _RIDGE
        target = np.zeros((index.size, entries), dtype=np.float32)
        target[np.arange(index.size), owners] = 1.0
        self._dual: NDArray[np.float32] = np.ascontiguousarray(np.linalg.solve(kernel, target).T)

    @staticmethod
    def _kernel(cosines: Floats) -> NDArray[np.float32]:
        mixed: NDArray[np.float32] = ((_WEIGHTS @ cosines) ** _POWER).astype(np.float32)
        return mixed

    def scores(self, cosines: Floats, entries: Ints) -> Floats:
        """About 1 for the right entry and 0 for others, for each of `entries`; `cosines` as Index.cosines."""
        return (self._dual[entries] @ self._kernel(cosines)).astype(np.float64)
