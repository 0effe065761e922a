"""Meaning without a model: a small vector per word and character, distilled offline from a sentence encoder.

Made by tools/train_vectors.py; 128 dimensions as int8 with one scale a row, about 5 MB, read once per process.
"""

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_FILE = Path(__file__).parent / "data" / "vectors.npz"


@dataclass(frozen=True)
class Vectors:
    """`rows[token]` is the token's row in `values` (int8, tokens × dimensions), to be multiplied by its `scales`."""

    rows: dict[str, int]
    values: NDArray[np.int8]
    scales: NDArray[np.float32]

    def of(self, words: Iterable[str]) -> NDArray[np.float32]:
        """Unit vector of a text's distinct words; zeros when none is known."""
        rows = self.rows
        found = [rows[part] for part in parts_of(words) if part in rows]
        if not found:
            return np.zeros(self.values.shape[1], dtype=np.float32)
        total: NDArray[np.float32] = self.scales[found] @ self.values[found].astype(np.float32)
        return total / max(float(np.sqrt(total @ total)), 1e-9)


def parts_of(words: Iterable[str]) -> list[str]:
    """The words and their characters: a word that the table lacks still counts with the latter."""
    parts = []
    for word in words:
        parts.append(word)
        if len(word) > 1:
            parts.extend(word)
    return parts


@functools.cache
def vectors() -> Vectors:
    """The packaged table (0.1 s the first time, then shared)."""
    with np.load(_FILE) as data:
        tokens = data["tokens"].tobytes().decode().split("\n")
        return Vectors({token: row for row, token in enumerate(tokens)}, data["values"], data["scales"])
