"""Every surface that can name a place, and the best reading of a text as a row of them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.text import place_context as context
from bot.text.place_pinyin import PINYIN_TOKEN, spelled_regions
from bot.text.place_row import Candidate, Kind, best_row, with_parent
from bot.text.places import CAPITALS, Place, RegionName, load_guards, short_name

# City names that mean another place often enough to ask: 朝阳 is 北京's district before it is 辽宁's city.
_NO_FAVOURITE = frozenset({"朝阳", "兴安", "甘南", "新北"})
_PARENTED = frozenset(
    "城区 郊区 矿区 东区 西区 南区 北区 中区 老城区 新市区 解放区 城东区 城西区 城北区 中西区 离岛区 桥西区 桥东区".split()  # noqa: SIM905  (a list literal would be hundreds of quotes)
)
_NO_EXAM_AREA = frozenset({"香港", "澳门", "台湾", "兵团"})
_AFTER_SUFFIX = {"市": "场面值价", "区": "域别分间", "县": "级"}


@dataclass(slots=True)
class Entry:
    """What a surface may mean: `senses` where it stands alone, `others` (a county named like a province) only beside a parent."""

    kind: Kind
    senses: tuple[Place, ...]
    others: tuple[Place, ...] = ()


class Lexicon:
    """Surface -> Entry, looked up by first character and length; building it takes some 30 ms for 3 300 places."""

    def __init__(
        self, regions: Sequence[RegionName], nicknames: Mapping[str, str], places: Sequence[Place]
    ) -> None:
        self._guards = load_guards()
        self._regions = {r.name: Place(r.full_name, r.name, "region") for r in regions}
        self._pool: dict[str, list[tuple[Kind, Place]]] = defaultdict(list)
        self._singles: dict[str, Place] = {}
        known = [p for p in places if p.region in self._regions]
        for region in regions:
            self._add_region(region)
        for place in known:
            self._add_place(place)
        by_name: dict[tuple[str, str], Place] = {}
        for place in known:
            for key in (place.name, short_name(place.name)):
                by_name.setdefault((place.region, key), place)
        mainland = [Place("高新区", r, "county") for r in self._regions if r not in _NO_EXAM_AREA]
        for name in context.EVERYWHERE:
            self._pool[name] = [(Kind.EVERYWHERE, Place(name, p.region, "county")) for p in mainland]
        self._entries = {surface: _entry(surface, uses) for surface, uses in self._pool.items()}
        for name, meaning in nicknames.items():
            self._add_nickname(name, meaning, by_name)
        for wrong, right in self._guards.typos.items():
            if right in self._entries and wrong not in self._entries:
                self._entries[wrong] = Entry(Kind.TYPO, self._entries[right].senses)
        del self._pool
        lengths: dict[str, set[int]] = defaultdict(set)
        for surface in (*self._entries, *context.RUNS, *context.GROUPS):
            lengths[surface[0]].add(len(surface))
        self._lengths = {char: tuple(sorted(sizes)) for char, sizes in lengths.items()}
        self._words = _by_first_char(context.WORDS)
        self._spelled = spelled_regions(self._regions.keys(), CAPITALS)

    # --- building

    def _add_region(self, region: RegionName) -> None:
        place = self._regions[region.name]
        names = {region.name, region.full_name}
        if region.full_name.endswith("省") or "自治区" in region.full_name:
            names |= {region.name + "省", region.name + "自治区"}
        for name in names:
            self._pool[name].append((Kind.REGION, place))
        for alias in region.aliases:
            if len(alias) == 1:
                self._singles[alias] = place
            else:
                # 内蒙 is as good as 内蒙古; 京城 is part of other names (东京城) and must stand alone.
                part = alias in region.name or region.name in alias
                self._pool[alias].append((Kind.REGION if part else Kind.NICKNAME, place))

    def _add_place(self, place: Place) -> None:
        short = short_name(place.name)
        if place.level == "exam_site":
            self._pool[place.name].append((Kind.FULL, place))
            return
        if place.name in _PARENTED:
            self._pool[place.name].append((Kind.PARENTED, place))
            return
        city = place.level == "city"
        full = Kind.CITY if city else Kind.FULL if len(place.name) > 2 else Kind.SHORT_FULL
        self._pool[place.name].append((full, place))
        if short != place.name:
            plain = Kind.COMMON if place.common else Kind.CITY if city else Kind.COUNTY
            self._pool[short].append((plain, place))
            if "自治" in place.name:
                self._pool[short + place.name[-1]].append((full, place))
            if (
                short in self._regions
                and place.name[-1] in "县区"
                and short + place.name[-1] != self._regions[short].name
            ):
                # 河南县 is a county of 青海, or somebody's county in 河南.
                self._pool[short + place.name[-1]].append((full, self._regions[short]))

    def _add_nickname(self, name: str, meaning: str, by_name: Mapping[tuple[str, str], Place]) -> None:
        """What staff write wins over the gazetteer: 山城 is 重庆 although 鹤壁 has a 山城区."""
        senses = []
        for one in meaning.split("、"):
            region, _, place = one.strip().partition(" ")
            if region in self._regions:
                fine = by_name.get((region, place)) or Place(place, region, "nickname")
                senses.append(fine if place else self._regions[region])
        if not senses:
            return
        if len(name) == 1:
            self._singles[name] = senses[0]
            return
        old = self._entries.get(name)
        others = tuple(s for s in (*old.senses, *old.others) if s not in senses) if old else ()
        kind = (
            old.kind
            if old and {s.region for s in senses} == {s.region for s in old.senses}
            else Kind.NICKNAME
        )
        self._entries[name] = Entry(kind, tuple(senses), others)

    # --- reading

    def candidates(self, text: str) -> list[Candidate]:
        """The best non-overlapping places in `text`, left to right; 两广 gives two of the same span."""
        blocked = self._blocked(text)
        raw: list[Candidate] = []
        for start, char in enumerate(text):
            if char in self._singles and context.stands_as_single(text, start):
                raw.append(Candidate(start, start + 1, Kind.NICKNAME, (self._singles[char],)))
            for size in self._lengths.get(char, ()):
                end = start + size
                if end <= len(text):
                    raw += self._at(text, start, end)
        raw += self._pinyin(text)
        return best_row(with_parent(text, [c for c in raw if blocked.get(c.start, 0) < c.end]))

    def _blocked(self, text: str) -> dict[int, int]:
        """Start -> how far a word reaches that holds no place, however much a part of it looks like one."""
        spans = [
            (at, at + len(word))
            for at, char in enumerate(text)
            for word in self._words.get(char, ())
            if text.startswith(word, at)
        ]
        reach: dict[int, int] = {}
        for start, end in (*spans, *(m.span() for m in context.ELSEWHERE.finditer(text))):
            for at in range(start, end):
                reach[at] = max(reach.get(at, 0), end)
        return reach

    def _at(self, text: str, start: int, end: int) -> list[Candidate]:
        surface = text[start:end]
        if surface in context.RUNS and not context.RUN_NOT.match(text, end):
            known = [(i, self._singles.get("苏" if c == "江" else c)) for i, c in enumerate(surface)]
            return [Candidate(start + i, start + i + 1, Kind.REGION, (place,)) for i, place in known if place]
        if surface in context.GROUPS:
            names = context.GROUPS[surface]
            return [
                Candidate(start, end, Kind.REGION, (self._regions[n],)) for n in names if n in self._regions
            ]
        entry = self._entries.get(surface)
        return (
            [self._stand(text, start, end, entry)]
            if entry and self._possible(text, start, end, entry)
            else []
        )

    def _possible(self, text: str, start: int, end: int, entry: Entry) -> bool:
        full = entry.kind in (Kind.FULL, Kind.SHORT_FULL) or text[end - 1] in "省市"
        if text[end : end + 1] and text[end] in _AFTER_SUFFIX.get(text[end - 1], ""):
            return False
        if full:
            return True
        if context.ends_a_word(text, start) and entry.kind is not Kind.REGION:
            return False
        # 考上海南: 海南 is no reason to drop 上海, they are both possible (see _doubt).
        rival = entry.kind is Kind.REGION and text[end - 1 : end + 1] in self._entries
        return not context.is_something_else(text, end) and (
            rival or not self._guards.crosses(text, start, end)
        )

    def _stand(self, text: str, start: int, end: int, entry: Entry) -> Candidate:
        candidate = Candidate(start, end, entry.kind, entry.senses, entry.others)
        kind = entry.kind
        if kind is Kind.TYPO:
            clear = context.stands_as_short_full(text, start, end) and context.stands_as_county(
                text, start, end
            )
            candidate.needs_parent = not clear
        elif kind is Kind.NICKNAME and end - start == 2:
            # A nickname is often part of a name (紫金城支行), so it stands like a county.
            candidate.needs_parent = not context.stands_as_county(text, start, end)
        elif kind is Kind.COUNTY:
            # 由于|都没收到 holds 于都: for a county one side is enough to doubt.
            out = self._guards.runs_out(text, end) and not context.goes_on(text, end)
            runs = out or self._guards.runs_in(text, start)
            # Three characters are no accident; and 五大连池 must not fall to 大连 because its neighbours are odd.
            odd = runs or not context.stands_as_county(text, start, end)
            candidate.needs_parent = odd and end - start == 2
            suffix, known = text[end : end + 1], text[start : end + 1] in self._entries
            if suffix in ("县", "区", "市") and not known and text[end : end + 2] not in _NOT_A_SUFFIX:
                candidate.end = end + 1  # 双流县, as it was called before it became 双流区
        elif kind is Kind.SHORT_FULL:
            candidate.needs_parent = not context.stands_as_short_full(text, start, end)
        elif kind is Kind.COMMON:
            candidate.needs_parent = not context.works_there(text, start, end)
        elif kind is Kind.PARENTED:
            candidate.needs_parent = True
        return candidate

    def _pinyin(self, text: str) -> Iterable[Candidate]:
        for token in PINYIN_TOKEN.finditer(text):
            names = self._spelled.get(re.sub(r"[ ']", "", token.group()), ())
            senses = tuple(s for name in names for s in self._entries[name].senses if name in self._entries)
            if senses:
                yield Candidate(token.start(), token.end(), Kind.REGION, senses)


_NOT_A_SUFFIX = frozenset(
    {"市级", "市场", "市里", "市内", "市区", "市面", "区域", "区县", "区别", "县级", "县里", "县城", "县区"}
)


def _entry(surface: str, uses: Sequence[tuple[Kind, Place]]) -> Entry:
    kind = max((k for k, _ in uses), key=lambda k: k.value)
    places = tuple(dict.fromkeys(p for _, p in uses))
    favoured = kind in (Kind.REGION, Kind.CITY) and surface not in _NO_FAVOURITE
    first = tuple(dict.fromkeys(p for k, p in uses if k is kind)) if favoured else places
    return Entry(kind, first, tuple(p for p in places if p not in first))


def _by_first_char(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    table: dict[str, list[str]] = defaultdict(list)
    for word in words:
        table[word[0]].append(word)
    return {char: tuple(found) for char, found in table.items()}
