"""Messages that mean the same, put together, so that staff see topics instead of a list. Pure.

Likeness of two texts: half the likeness of their meaning (the matcher's word vectors), half that of their characters. A word
counts by how telling it is (see insight.Reader), which is known before any message: what many of the messages say must
not count less for it, since that is what makes a topic. What all messages have in common is taken out of their meanings.
Then average linkage (UPGMA): the two groups that are most alike over all their pairs become one, until none are alike enough.
No number of topics to choose, and the same topics for the same messages.

The first topics are those of many people; between topics of as many people the one that is more of a piece, and the one that
is more likely about this exam: twenty strangers' odd questions that hang together by a word each are no topic.
"""

from __future__ import annotations

import itertools
import math
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bot.matching.vectors import vectors

# Chosen on tests/console's first, second and fourth thousand; a tenth more or less of each changes little.
JOIN = 0.25  # from here on, on average over all pairs, two groups are one topic
MEANING = 0.5  # the share of the vectors in the likeness; the characters have the rest
MOST = 2500  # distinct texts that are compared: 25 MB of likenesses, a second
_ALONE = 0.5  # how much a character counts beside the pairs of its word
_FEW = 50  # texts from which on what they have in common is known
_FLOOR = 0.05  # a topic that is surely not about the exam counts as if so much of it were
_ASKED = 12  # texts of a topic that are looked at for it: 2 ms each
_BUCKETS = 4096  # of hashed characters and pairs

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Said:
    """One distinct text and how often it came.

    words: what of it is compared, without place names, and how much each tells (0..1) · people: who said it, by keyed
    hash; () counts each message as a person's.
    """

    text: str
    words: Mapping[str, float]
    count: int = 1
    people: frozenset[str] = frozenset()
    regions: tuple[tuple[str, int], ...] = ()

    @property
    def heads(self) -> int:
        """How many people said it."""
        return len(self.people) or self.count


@dataclass(frozen=True)
class Cluster:
    """texts: the centre first, then by how often they came · count: messages · people: who sent them, each once ·
    regions: region -> messages, most first · rank: what the order goes by."""

    texts: tuple[Said, ...]
    count: int
    people: int
    regions: tuple[tuple[str, int], ...]
    rank: float = field(compare=False, default=0.0)

    @property
    def centre(self) -> Said:
        """The text that names the cluster."""
        return self.texts[0]


def cluster(said: Iterable[Said], about: Callable[[str], float] = lambda _: 0.0) -> list[Cluster]:
    """Most people first; beyond MOST distinct texts the rarest are left out. What is like nothing is a cluster of its own.

    Args:
        about: how likely a text is about this exam, 0..1; asked of some texts of what more than one person said.
    """
    items = sorted((one for one in said if one.words), key=lambda one: (-one.heads, one.text))[:MOST]
    if not items:
        return []
    likeness = _likeness(items)
    found = [_cluster(items, members, likeness, about) for members in _linked(likeness)]
    return sorted(found, key=lambda one: (-one.rank, one.centre.text))


def _linked(likeness: Floats) -> list[list[int]]:
    """Average linkage: the members of each group, by their numbers."""
    between = likeness.copy()
    np.fill_diagonal(between, -1.0)
    count = len(between)
    size, alive = np.ones(count, dtype=np.float32), np.ones(count, dtype=bool)
    groups = [[number] for number in range(count)]
    nearest, best = between.argmax(axis=1), between.max(axis=1)
    while True:
        one = int(best.argmax())
        if best[one] < JOIN:
            return [members for members in groups if members]
        other = int(nearest[one])
        row = (size[one] * between[one] + size[other] * between[other]) / (size[one] + size[other])
        row[~alive] = row[one] = row[other] = -1.0
        between[one], between[:, one] = row, row
        between[other], between[:, other] = -1.0, -1.0
        size[one] += size[other]
        groups[one] += groups[other]
        groups[other] = []
        alive[other], best[other] = False, -1.0
        # Whose nearest is gone or has changed looks anew; nobody comes nearer than the nearer of the two was.
        stale = np.flatnonzero(alive & ((nearest == one) | (nearest == other)))
        stale = np.append(stale, one)
        nearest[stale], best[stale] = between[stale].argmax(axis=1), between[stale].max(axis=1)


def _cluster(
    items: Sequence[Said], members: Sequence[int], likeness: Floats, about: Callable[[str], float]
) -> Cluster:
    weights = np.array([items[number].heads for number in members], dtype=np.float32)
    alike = likeness[np.ix_(members, members)] @ weights
    # Of those that differ by their place alone the shortest, which names none.
    near = np.flatnonzero(alike >= alike.max() - 1e-3)
    centre = members[min(near.tolist(), key=lambda place: (len(items[members[place]].text), place))]
    others = sorted(number for number in members if number != centre)
    texts = (items[centre], *(items[number] for number in others))
    regions: Counter[str] = Counter()
    for one in texts:
        regions.update(dict(one.regions))
    known = frozenset().union(*(one.people for one in texts))
    people = len(known) + sum(one.count for one in texts if not one.people)
    asked = texts[:_ASKED] if people > 1 else ()
    ours = sum(math.sqrt(about(one.text)) * one.heads for one in asked) / max(
        1, sum(one.heads for one in asked)
    )
    return Cluster(
        texts,
        sum(one.count for one in texts),
        people,
        tuple(regions.most_common()),
        people * math.sqrt(_FLOOR + ours) * math.sqrt(_of_a_piece(likeness[np.ix_(members, members)])),
    )


def _of_a_piece(likeness: Floats) -> float:
    """How alike the members are to one another on average, over 0; JOIN for one alone."""
    count = len(likeness)
    if count < 2:
        return JOIN
    return max(1e-3, float(likeness.sum() - np.trace(likeness)) / (count * (count - 1)))


def _likeness(items: Sequence[Said]) -> Floats:
    meaning, letters = _meanings(items), _letters(items)
    likeness: Floats = MEANING * (meaning @ meaning.T) + (1 - MEANING) * (letters @ letters.T)
    return likeness


def _meanings(items: Sequence[Said]) -> Floats:
    """A row a text: its words' vectors by how much they tell, less what all texts have in common."""
    known = {word: vectors().of((word,)) for word in {word for one in items for word in one.words}}
    table = _unit(
        np.array(
            [sum(known[word] * np.float32(weight) for word, weight in one.words.items()) for one in items],
            dtype=np.float32,
        )
    )
    return _unit(table - table.mean(axis=0) * np.float32(len(items) / (len(items) + _FEW)))


def _letters(items: Sequence[Said]) -> Floats:
    """A row a text: the characters and pairs of its words, hashed, by how much those words tell."""
    table = np.zeros((len(items), _BUCKETS), dtype=np.float32)
    for row, one in enumerate(items):
        for word, weight in one.words.items():
            alone = weight * _ALONE if len(word) > 1 else weight
            for part, value in (
                *((char, alone) for char in word),
                *((a + b, weight) for a, b in itertools.pairwise(word)),
            ):
                place = zlib.crc32(part.encode()) % _BUCKETS
                table[row, place] = max(table[row, place], value)
    return _unit(table)


def _unit(table: Floats) -> Floats:
    """Every row of length 1; a row of nothing stays."""
    table /= np.maximum(np.sqrt((table * table).sum(axis=1, keepdims=True)), 1e-9)
    return table
