"""Messages that mean the same, put together, so that staff see topics instead of a list. Pure.

Likeness of two texts: the likeness of their meaning (the matcher's word vectors), and of their characters. A word counts by
how rare it is among the messages, and little when it names nothing (怎么办, 有没有): else all that is asked alike would be one
topic.
Then, as Daura et al. (1999, "Peptide folding") cluster: the text with the heaviest neighbourhood takes its neighbours and
leaves; again, until nothing is left. At last clusters that are alike on average become one, the most alike first. It needs
no number of clusters, gives each a centre that was really asked, and the same answer for the same messages.
"""

from __future__ import annotations

import itertools
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.matching.vectors import vectors

# Tried on 1 000 messages with planted topics, see tests/console/test_cluster.py.
LIKE = 0.55  # from here on two texts are neighbours
JOIN = 0.28  # from here on, on average over all pairs, two clusters are one topic: 辅导书 and 题库 are no neighbours
MEANING = 0.75  # the share of the vectors in the likeness; the characters have the rest
MOST = 2500  # distinct texts that are compared: 25 MB of likenesses, half a second
_JOINED = 400  # clusters that may be joined, the biggest
_ASIDE = 0.3  # how much a word counts that names nothing
_BUCKETS = 2048  # of hashed characters and pairs

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Said:
    """One distinct text and how often it came.

    words: what of it is compared, without place names · names: those of them that name something and are no mere way of
    asking (宾馆 and not 怎么办); the others count little.
    """

    text: str
    words: tuple[str, ...]
    names: frozenset[str]
    count: int
    regions: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Cluster:
    """texts: the centre first, then by how often they came · regions: region -> messages, most first."""

    texts: tuple[Said, ...]
    count: int
    regions: tuple[tuple[str, int], ...]

    @property
    def centre(self) -> Said:
        """The text that names the cluster."""
        return self.texts[0]


def cluster(said: Sequence[Said]) -> list[Cluster]:
    """Biggest first; beyond MOST distinct texts the rarest are left out. What is like nothing is a cluster of its own."""
    items = sorted((one for one in said if one.words), key=lambda one: (-one.count, one.text))[:MOST]
    if not items:
        return []
    likeness = _likeness(items)
    weights = np.array([one.count for one in items], dtype=np.float32)
    groups = _joined(likeness, weights, _neighbourhoods(likeness, weights))
    found = [_cluster(items, centre, members) for centre, members in groups]
    found.sort(key=lambda one: (-one.count, one.centre.text))
    return found


def _neighbourhoods(likeness: Floats, weights: Floats) -> list[tuple[int, list[int]]]:
    """(centre, members, it among them), the heaviest first as they were found."""
    near = likeness >= LIKE
    np.fill_diagonal(near, True)
    mass = near.astype(np.float32) @ weights
    free = np.ones(len(weights), dtype=bool)
    found = []
    while free.any():
        centre = int(np.argmax(np.where(free, mass, -1.0)))
        members = np.flatnonzero(near[centre] & free)
        free[members] = False
        mass -= near[:, members].astype(np.float32) @ weights[members]
        found.append((centre, members.tolist()))
    return found


def _joined(
    likeness: Floats, weights: Floats, groups: list[tuple[int, list[int]]]
) -> list[tuple[int, list[int]]]:
    """Average linkage over the biggest; the centre of the bigger part names the whole."""
    groups = sorted(groups, key=lambda group: -float(weights[group[1]].sum()))
    alive = groups[:_JOINED]
    member = np.zeros((len(alive), len(weights)), dtype=np.float32)
    for row, (_, members) in enumerate(alive):
        member[row, members] = weights[members]
    size = member.sum(axis=1)
    between = member @ likeness @ member.T
    while len(alive) > 1:
        average = between / np.outer(size, size)
        np.fill_diagonal(average, -1.0)
        one, other = sorted(divmod(int(np.argmax(average)), len(alive)))
        if average[one, other] < JOIN:
            break
        if size[other] > size[one]:
            alive[one] = (alive[other][0], alive[one][1])
        alive[one] = (alive[one][0], alive[one][1] + alive[other][1])
        between[one] += between[other]
        between[:, one] += between[:, other]
        size[one] += size[other]
        keep = np.arange(len(alive)) != other
        between, size = between[keep][:, keep], size[keep]
        del alive[other]
    return [*alive, *groups[_JOINED:]]


def _cluster(items: Sequence[Said], centre: int, members: Sequence[int]) -> Cluster:
    others = [items[number] for number in members if number != centre]
    texts = (items[centre], *others)
    regions: Counter[str] = Counter()
    for one in texts:
        regions.update(dict(one.regions))
    return Cluster(texts, sum(one.count for one in texts), tuple(regions.most_common()))


def _likeness(items: Sequence[Said]) -> Floats:
    told = [_weights(one, rare) for rare in [_rare(items)] for one in items]
    meaning = _unit(np.array([_meaning(weights) for weights in told], dtype=np.float32))
    letters = _letters(told)
    likeness: Floats = MEANING * (meaning @ meaning.T) + (1 - MEANING) * (letters @ letters.T)
    return likeness


def _rare(items: Sequence[Said]) -> dict[str, float]:
    """Word -> how much it tells: what many of the texts say (考试, 请问) tells little of what one of them asks."""
    seen = Counter(word for one in items for word in set(one.words))
    return {word: float(np.log(1 + len(items) / count)) for word, count in seen.items()}


def _weights(said: Said, rare: dict[str, float]) -> dict[str, float]:
    return {word: rare[word] * (1.0 if word in said.names else _ASIDE) for word in said.words}


def _meaning(weights: dict[str, float]) -> Floats:
    total = np.zeros(vectors().values.shape[1], dtype=np.float32)
    for word, weight in weights.items():
        total += weight * vectors().of((word,))
    return total


def _letters(told: Sequence[dict[str, float]]) -> Floats:
    """A row a text: the characters and pairs of its words, hashed, by how rare they and their words are."""
    table = np.zeros((len(told), _BUCKETS), dtype=np.float32)
    for row, weights in enumerate(told):
        for word, weight in weights.items():
            for part in {*word, *(a + b for a, b in itertools.pairwise(word))}:
                place = zlib.crc32(part.encode()) % _BUCKETS
                table[row, place] = max(table[row, place], weight)
    table *= np.log(1 + len(told) / np.maximum((table > 0).sum(axis=0), 1)).astype(np.float32)
    return _unit(table)


def _unit(table: Floats) -> Floats:
    """Every row of length 1; a row of nothing stays."""
    table /= np.maximum(np.sqrt((table * table).sum(axis=1, keepdims=True)), 1e-9)
    return table
