"""Which entry a message of a talk means, learnt from talks: its characters, alone and after what was told last. Pure.

Likeness to phrasings can't tell what 那还要跑一趟不 is about; what others meant by such words after the same answer can.
Made by `python tools/train_talk.py` from the talks of tests/corpus/talks, the dialogues of tests/dialogues and the phrasings of the
knowledge. It knows its entries by id: of one that staff have added since it says nothing, and the other signs decide (ranking.py).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

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


@dataclass(frozen=True)
class LearntTurns:
    """rows: feature -> row · rarity: (rows,) its inverse document frequency, and `rarest` of one that no talk had ·
    table: (rows, columns) int8, times `scale` (rows,) · columns: entry ids, and NOTHING."""

    rows: Mapping[str, int]
    rarity: NDArray[np.float32]
    rarest: float
    table: NDArray[np.int8]
    scale: NDArray[np.float32]
    columns: tuple[str, ...]

    def scores(self, text: str, told: str, stages: Sequence[str]) -> dict[str, float]:
        """Of every entry learnt, and NOTHING: some 0..1, about how often that was meant by such words."""
        rows, values = self.vector(text, told, stages)
        found = (values * self.scale[rows]) @ self.table[rows].astype(np.float32)
        return dict(zip(self.columns, found.tolist(), strict=True))

    def vector(
        self, text: str, told: str, stages: Sequence[str]
    ) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """(rows, values) of the features known."""
        return vector_of(features(text, told, stages), self.rows, self.rarity, self.rarest)


def vector_of(
    kinds: Sequence[Sequence[str]], rows: Mapping[str, int], rarity: NDArray[np.float32], rarest: float
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """(rows, values): each kind's counts, damped, times rarity, of length 1, times its weight."""
    places: list[int] = []
    values: list[float] = []
    for kind, weight in zip(kinds, WEIGHTS, strict=True):
        counts: dict[str, int] = {}
        for feature in kind:
            counts[feature] = counts.get(feature, 0) + 1
        own, length = [], 0.0
        for feature, count in counts.items():
            row = rows.get(feature)
            value = (1.0 + math.log(count)) * (rarest if row is None else float(rarity[row]))
            length += value * value
            if row is not None:
                own.append((row, value))
        places += [row for row, _ in own]
        values += [weight * value / math.sqrt(length) for _, value in own]
    return np.array(places, dtype=np.intp), np.array(values, dtype=np.float32)


@functools.cache
def packaged() -> LearntTurns:
    """What comes with the program; 0.15 s and some 30 MB, once a process."""
    with np.load(_FILE) as file:
        return LearntTurns(
            rows={feature: row for row, feature in enumerate(bytes(file["features"]).decode().split("\0"))},
            rarity=file["rarity"].astype(np.float32),
            rarest=float(file["rarest"]),
            table=file["table"],
            scale=file["scale"].astype(np.float32),
            columns=tuple(bytes(file["columns"]).decode().split("\0")),
        )
