"""Which entry a message of a talk means, learnt from talks: its characters, alone and after what was told last. Pure.

Likeness to phrasings can't tell what 那还要跑一趟不 is about; what others meant by such words after the same answer can.
Made by `python tools/train_talk.py` from the talks of tests/corpus/talks, the dialogues of tests/dialogues and the phrasings of the
knowledge. It knows its entries by id: of one that staff have added since it says nothing, and the other signs decide (ranking.py).
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from bot.text.normalize import compact

_FILE = Path(__file__).parent / "data" / "turns.npz"
NOTHING = "-"
"""The column of what no entry answers."""
WEIGHTS = (1.0, 0.6, 0.6, 0.3, 0.3)
"""Of the kinds of `features`, in their order; each kind is of length 1 before it."""
_LONGEST, _LONGEST_AFTER = 3, 2  # characters of a feature


def features(text: str, told: str, stages: Sequence[str]) -> tuple[list[str], ...]:
    """What a message is made of, by kind: its characters; these after the entry told, and within the stages spoken of; the entry; the stages.

    Args:
        text: a message's core (see Query). told, stages: of the topic before it; "" and () for the first.
    """
    after, within = f"\t{told}", [f"\n{stage}" for stage in stages or ("",)]
    short = list(_grams(text, _LONGEST_AFTER))
    return (
        list(_grams(text, _LONGEST)),
        [gram + after for gram in short],
        [gram + stage for stage in within for gram in short],
        [after],
        within,
    )


def _grams(text: str, longest: int) -> Iterator[str]:
    marked = f"^{compact(text)}$"
    for size in range(1, longest + 1):
        for start in range(len(marked) - size + 1):
            yield marked[start : start + size]


def codes_of(names: Sequence[str]) -> NDArray[np.uint32]:
    """A number for each feature: a quarter of the memory of its characters. Of 100 000 two or so share one, and count as the same."""
    return np.fromiter((crc32(name.encode()) for name in names), np.uint32, len(names))


class Codes:
    """Which row a feature has."""

    def __init__(self, of_rows: NDArray[np.uint32]) -> None:
        """of_rows: the code of each row, at least one."""
        self.of_rows = of_rows
        self._rows = np.argsort(of_rows).astype(np.int32)
        self._ascending = of_rows[self._rows]

    def rows(self, names: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
        """The row of each feature, and whether it has one."""
        own = codes_of(names)
        places = np.minimum(np.searchsorted(self._ascending, own), len(self._ascending) - 1)
        return self._rows[places], self._ascending[places] == own


@dataclass(frozen=True)
class LearntTurns:
    """codes: of the features · rarity: (rows,) the inverse document frequency of each, and `rarest` of one that no talk had ·
    table: (rows, columns) int8, times `scale` (rows,) · columns: entry ids, and NOTHING."""

    codes: Codes
    rarity: NDArray[np.float32]
    rarest: float
    table: NDArray[np.int8]
    scale: NDArray[np.float32]
    columns: tuple[str, ...]

    def scores(self, text: str, told: str, stages: Sequence[str]) -> dict[str, float]:
        """Of every entry learnt, and NOTHING: some 0..1, about how often that was meant by such words."""
        kinds = features(text, told, stages)
        rows, values = vector_of(kinds, self.codes, self.rarity, self.rarest)
        found = (values * self.scale[rows]) @ self.table[rows].astype(np.float32)
        return dict(zip(self.columns, found.tolist(), strict=True))


def vector_of(
    kinds: Sequence[Sequence[str]],
    codes: Codes,
    rarity: NDArray[np.float32],
    rarest: float,
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """(rows, values) of the features known: each kind's counts, damped, times rarity, of length 1, times its weight."""
    rows, values = [], []
    for kind, weight in zip(kinds, WEIGHTS, strict=True):
        counts = Counter(kind)
        own, known = codes.rows(list(counts))
        often = 1.0 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))
        worth = often * np.where(known, rarity[own], np.float32(rarest))
        rows.append(own[known])
        values.append(weight * worth[known] / np.linalg.norm(worth))
    return np.concatenate(rows), np.concatenate(values).astype(np.float32)


@functools.cache
def packaged() -> LearntTurns:
    """What comes with the program; 0.1 s and 18 MB, once a process."""
    with np.load(_FILE) as file:
        return LearntTurns(
            codes=Codes(file["codes"]),
            rarity=file["rarity"].astype(np.float32),
            rarest=float(file["rarest"]),
            table=file["table"],
            scale=file["scale"].astype(np.float32),
            columns=tuple(bytes(file["columns"]).decode().split("\0")),
        )
