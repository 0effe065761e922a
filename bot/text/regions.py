"""Finds the places in a message and decides which regions it asks about: a certain one, several, or "ask"."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.text.place_lexicon import Lexicon
from bot.text.place_roles import Weight, weigh
from bot.text.place_row import JOINTS, Candidate, lies_in
from bot.text.places import Place, RegionName, load_places

__all__ = ["Gazetteer", "Mention", "Place", "RegionName", "RegionReading", "load_places"]

Role = Literal["asked", "negated", "background"]


# A message of the platform holds at most 2048 bytes, some 680 characters; what lies behind that is no question.
MAX_CHARS = 1000
_REMEMBERED = 256  # readings, some kilobyte each


@dataclass(frozen=True, slots=True)
class Mention:
    """A place as it stands in the text.

    Attributes:
        text, start, end: text == given[start:end]; neighbours that belong together are one mention (重庆江北区).
        regions: short names. One: certain. Several: the name is ambiguous and the bot must ask with all of them.
        place: full name of the city, district or county, "万州区"; None for a whole region, or where it differs by region.
        role: background is the candidate's past (老家四川, 四川大学毕业), negated is ruled out (不是四川).
    """

    text: str
    start: int
    end: int
    regions: tuple[str, ...]
    place: str | None
    role: Role


@dataclass(frozen=True, slots=True)
class RegionReading:
    """What a message says about the region.

    Attributes:
        asked: the certain regions, in order of mention; two or more when several are named or compared.
        ambiguous: the regions to ask about; empty whenever `asked` is not.
        place: finest place named inside the one asked region; kept too where it is ambiguous but named alike (鼓楼区).
        negated: regions ruled out, without those also asked about.
        mentions: all of them, in order, background included.
        places: the finest places inside the one asked region, in order of mention; `place` where it is one.
    """

    asked: tuple[str, ...]
    ambiguous: tuple[str, ...]
    place: str | None
    negated: tuple[str, ...]
    mentions: tuple[Mention, ...]
    places: tuple[str, ...] = ()


@dataclass(slots=True)
class _Found:
    start: int
    end: int
    senses: tuple[Place, ...]
    weight: Weight = Weight.PLAIN
    role: Role = "background"

    @property
    def regions(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(sense.region for sense in self.senses))

    @property
    def place(self) -> str | None:
        names = {None if sense.level == "region" else sense.name for sense in self.senses}
        return names.pop() if len(names) == 1 else None

    def narrow(self, regions: tuple[str, ...]) -> None:
        self.senses = tuple(s for s in self.senses if s.region in regions)


class Gazetteer:
    """Every way to name a region; built once a knowledge load (some 50 ms), then only read, by any number of threads."""

    def __init__(
        self, regions: Sequence[RegionName], nicknames: Mapping[str, str], places: Sequence[Place]
    ) -> None:
        """
        Args:
            regions: all regions on file, with their aliases.
            nicknames: name -> "四川" or "四川 成都"; several meanings joined by "、" make it ambiguous ("云南 昆明、吉林 长春").
            places: load_places(), and the exam sites of a region where it has some. Places of unknown regions are left out.
        """
        self._reading = _remembering(Lexicon(regions, nicknames, places))

    def find(self, text: str) -> tuple[Mention, ...]:
        """All mentions in `text`, which must be normalised (NFKC, simplified, lower case); sorted by start."""
        return self.read(text).mentions

    def remove(self, text: str) -> str:
        """`text` with a space for each mention, so that the matcher sees only the question and no two words grow together."""
        kept, at = [], 0
        for start, end in sorted({(m.start, m.end) for m in self.find(text)}):
            kept.append(text[at:start])
            at = end
        return " ".join([*kept, text[at:]])

    def read(self, text: str) -> RegionReading:
        """The decision over all mentions; `asked` and `ambiguous` are both empty when nothing is certain enough to ask about."""
        return self._reading(text[:MAX_CHARS])


def _remembering(lexicon: Lexicon) -> Callable[[str], RegionReading]:
    """Reads, and remembers the last: one message is read for its region, and again to take the place names out."""

    @functools.lru_cache(_REMEMBERED)
    def read(text: str) -> RegionReading:
        found = _merge(text, lexicon.candidates(text))
        spans = sorted({(f.start, f.end) for f in found})
        weights = dict(zip(spans, weigh(text, spans), strict=True))
        for f in found:
            f.weight = weights[f.start, f.end]
        return _decide(text, found)

    return read


def _merge(text: str, candidates: Sequence[Candidate]) -> list[_Found]:
    """Joins a place to the one it lies in when they stand side by side, which also settles what an ambiguous name means."""
    merged: list[_Found] = []
    for c in candidates:
        last = merged[-1] if merged else None
        if last is not None and last.end <= c.start and text[last.end : c.start] in JOINTS:
            inner = tuple(
                s for s in (*c.senses, *c.others) if any(lies_in(s, outer) for outer in last.senses)
            )
            inner = inner or tuple(
                s for s in c.senses if len(c.senses) > 1 and s in last.senses
            )  # 北京 协和医院
            if inner:
                last.end, last.senses = c.end, inner
                continue
        merged.append(_Found(c.start, c.end, c.senses))
    return merged


def _decide(text: str, found: list[_Found]) -> RegionReading:
    named = [f for f in found if f.weight > Weight.BACKGROUND]
    certain = {f.regions[0] for f in named if len(f.regions) == 1}
    beside = {f.regions[0] for f in found if f.weight == Weight.BACKGROUND and len(f.regions) == 1}
    ruled_out = {f.regions[0] for f in found if f.weight == Weight.NEGATED and len(f.regions) == 1} - certain
    for f in named:
        left = tuple(r for r in f.regions if r not in ruled_out)
        if left and left != f.regions:
            f.narrow(left)  # 不在重庆,在江北
        settled = tuple(r for r in f.regions if r in certain)
        if not certain:
            settled = tuple(r for r in f.regions if r in beside)  # 户口在万州 单位在江北
        if len(f.regions) > 1 and len(settled) == 1:
            f.narrow(settled)  # 在南京上班,鼓楼区的
    strongest = max((f.weight for f in named), default=Weight.PLAIN)
    chosen = [f for f in named if f.weight == strongest]
    for f in found:
        f.role = (
            "asked"
            if f.weight == strongest > Weight.BACKGROUND
            else "negated"
            if f.weight == Weight.NEGATED
            else "background"
        )
    regions = tuple(dict.fromkeys(r for f in chosen for r in f.regions))
    # Two weak hints (河南人, 华西医院) that disagree are no more certain than one ambiguous name.
    unsure = any(len(f.regions) > 1 for f in chosen) or (strongest == Weight.WEAK and len(regions) > 1)
    negated = tuple(
        dict.fromkeys(r for f in found if f.role == "negated" for r in f.regions if r not in regions)
    )
    # 户口在万州的可以回万州报吗: not where they work
    past = {_bare(f.place) for f in found if f.weight == Weight.BACKGROUND and f.place}
    finest = {f.place: f.senses for f in chosen if f.place and _bare(f.place) not in past}
    places = [p for p in finest if not any(p in s.parents for senses in finest.values() for s in senses)]
    return RegionReading(
        asked=() if unsure else regions,
        ambiguous=regions if unsure else (),
        place=places[0] if len(places) == 1 and (unsure or len(regions) == 1) else None,
        negated=negated,
        mentions=tuple(
            Mention(text[f.start : f.end], f.start, f.end, f.regions, f.place, f.role) for f in found
        ),
        places=tuple(places) if len(regions) == 1 else (),
    )


def _bare(place: str) -> str:
    """A place without what kind of place it is: 万州区, 万州考点 -> 万州."""
    return place.removesuffix("考点").rstrip("区县市")
