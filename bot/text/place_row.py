"""Candidates for places in a text, and the choice of the row of them that explains it best."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from bot.text import place_context as context
from bot.text.places import Place

# What may stand between a place and the one that lies in it: 重庆江北, 重庆的江北, 重庆 江北, 四川,成都.
JOINTS = frozenset({"", "的", "市", "省", " ", "-", ",", "/", "·"})


# what may stand between two places that are named together
_BETWEEN = frozenset({"", "和", "跟", "与", "、", ",", " "})


class Kind(Enum):
    """How a surface must stand to count; the value is its strength when two readings overlap."""

    REGION = 30
    CITY = 20
    NICKNAME = 19
    FULL = 18  # a county with its suffix, 武侯区
    SHORT_FULL = 9  # 和县: two characters with the suffix
    COUNTY = 10  # 双流
    COMMON = 8  # 资源, 合作: everyday words
    TYPO = 7  # 四穿
    PARENTED = 6  # 城区, 郊区: only beside the place they lie in
    EVERYWHERE = 5  # 高新区


@dataclass(slots=True)
class Candidate:
    start: int
    end: int
    kind: Kind
    senses: tuple[Place, ...]
    others: tuple[Place, ...] = ()
    needs_parent: bool = False

    @property
    def score(self) -> int:
        """Squares, so that a long name beats the names it is made of: 新疆兵团 is not 新疆 and 兵团, 河南县 not 河南."""
        return self.kind.value + 5 * (self.end - self.start) ** 2


def lies_in(inner: Place, outer: Place) -> bool:
    """True for 江北区 in 重庆, 武侯区 in 成都市; also for 石河子 of 兵团 in 新疆, which is why that stays a question."""
    if outer.level == "region":
        return inner.level != "region" and (inner.region == outer.region or outer.region in inner.parents)
    return inner.region == outer.region and (outer.name in inner.parents or inner.name in context.EVERYWHERE)


def with_parent(text: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those that may stand alone, and those that stand right after the place they lie in."""
    ends: dict[int, list[Candidate]] = defaultdict(list)
    for outer in candidates:
        if not outer.needs_parent:
            ends[outer.end].append(outer)
    usable = []
    for inner in candidates:
        outers = [
            o
            for gap in (0, 1)
            if text[inner.start - gap : inner.start] in JOINTS
            for o in ends[inner.start - gap]
        ]
        senses = [s for o in outers for s in o.senses]
        if (
            not inner.needs_parent
            or any(lies_in(i, o) for i in (*inner.senses, *inner.others) for o in senses)
            or any(_beside(text, inner, other) for other in candidates)
        ):
            usable.append(inner)
    return usable


def _beside(text: str, one: Candidate, other: Candidate) -> bool:
    """Whether two counties of one region stand next to each other, so that neither is a word by chance: 綦江万盛, 潼南和铜梁."""
    counties = one.kind is Kind.COUNTY and other.kind in (Kind.COUNTY, Kind.FULL, Kind.CITY)
    first, second = (one, other) if one.start < other.start else (other, one)
    if not counties or first.end > second.start or text[first.end : second.start] not in _BETWEEN:
        return False
    return bool({s.region for s in one.senses} & {s.region for s in other.senses})


def best_row(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The non-overlapping row with the highest sum of scores; where two ends are equally good, the earlier start wins.

    Weighted interval scheduling (Kleinberg & Tardos, Algorithm Design, 6.1). Equal spans (两广) count as one.
    """
    spans: dict[tuple[int, int], int] = {}
    for c in candidates:
        spans[c.start, c.end] = max(spans.get((c.start, c.end), 0), c.score)
    order = sorted(spans, key=lambda s: (s[1], -s[0]))
    ends = [end for _, end in order]
    best = [0]
    for at, (start, end) in enumerate(order):
        best.append(max(best[at], best[bisect_right(ends, start, 0, at)] + spans[start, end]))
    chosen = set()
    at = len(order)
    while at:
        start, _ = span = order[at - 1]
        if best[at] == best[at - 1]:
            at -= 1
        else:
            chosen.add(span)
            at = bisect_right(ends, start, 0, at - 1)
    row = [c for c in candidates if (c.start, c.end) in chosen and c.score == spans[c.start, c.end]]
    row.sort(key=lambda c: c.start)
    _doubt(row, candidates)
    return row


def _doubt(row: Sequence[Candidate], candidates: Sequence[Candidate]) -> None:
    """考上海南 is 上海 or 海南: an overlapping reading as strong as the chosen one makes it ambiguous."""
    taken = {at: c for c in row for at in range(c.start, c.end)}
    for other in candidates:
        chosen = taken.get(other.start)
        if (
            chosen is None
            or not chosen.start < other.start < chosen.end < other.end
            or other.score < chosen.score
        ):
            continue
        if all(taken.get(at, chosen) is chosen for at in range(other.start, other.end)):
            chosen.senses = tuple(dict.fromkeys((*chosen.senses, *other.senses)))
