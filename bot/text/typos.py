"""Puts right words of ours that were typed by sound: 报明 and baoming are 报名, 审合 is 审核. Pure.

Only whole words of the knowledge are restored, and only over characters that make no word of their own with their
neighbours, so 考试间隔 is never read as 考时间隔, and 实践 stays 实践 although it sounds like 时间.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bot.text.phonetics import fold, spell, syllables

_LONGEST = 8
_UNMISTAKABLE = 4  # syllables
_SMALL = frozenset(
    "是那的这了吗呢我你他她在有和就也都不没先再"
)  # stand alone in any sentence: no half of a typo


class Corrector:
    """Built once per knowledge load from its words; immutable."""

    def __init__(self, words: Iterable[str], cut: Callable[[str], list[str]]) -> None:
        """`words`: normalised; those under two characters are left out. `cut`: the segmenter, which knows real words."""
        self._cut = cut
        self._by_sound: dict[tuple[str, ...], str] = {}
        for word in words:
            sounds = tuple(syllables(word))
            if len(word) > 1 and len(sounds) == len(word) <= _LONGEST and not word.isascii():
                self._by_sound.setdefault(sounds, word)
        self._words = frozenset(self._by_sound.values())

    def correct(self, text: str) -> str:
        """Normalised text with our words restored; the same text when there is nothing to restore."""
        units = _units(text)
        if len(units) < 2:
            return text
        fixed = self._fixed(text)
        out: list[str] = []
        at = position = 0
        while position < len(units):
            for size in range(min(_LONGEST, len(units) - position), 1, -1):
                start, end = units[position][1], units[position + size - 1][2]
                word = self._by_sound.get(tuple(unit[0] for unit in units[position : position + size]))
                if word is None or text[start:end] == word or text[start:end] in self._words:
                    continue
                if size == 2 and _SMALL & set(text[start:end]):
                    continue
                if any(self._blocks(text, edge, start, end, word) for edge in fixed):
                    continue
                out += [text[at:start], word]
                at = end
                position += size - 1
                break
            position += 1
        return "".join([*out, text[at:]])

    @staticmethod
    def _blocks(text: str, edge: tuple[int, int], start: int, end: int, word: str) -> bool:
        """Whether a real word at `edge` forbids putting `word` over text[start:end]."""
        first, last = edge
        if last <= start or end <= first:
            return False
        if first < start or end < last:
            return True  # it reaches over the border
        # Inside: it may stay as it is (什么 in 什么时侯). Four syllables alike are no accident (往上报名 is 网上报名).
        kept = end - start == len(word) and text[first:last] == word[first - start : last - start]
        return not kept and len(word) < _UNMISTAKABLE

    def _fixed(self, text: str) -> list[tuple[int, int]]:
        """Spans of real words of two or more characters: a typo does not look like one."""
        spans, at = [], 0
        for word in self._cut(text):
            start = text.index(word, at)
            at = start + len(word)
            if len(word) > 1 and not word.isascii():
                spans.append((start, at))
        return spans


def _units(text: str) -> list[tuple[str, int, int]]:
    """(folded sound, start, end) of every Chinese character and of every syllable of a pinyin run; blanks are skipped."""
    units: list[tuple[str, int, int]] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char.isascii() and char.isalpha():
            end = at
            while end < len(text) and text[end].isascii() and text[end].isalpha():
                end += 1
            start = at
            for part in spell(text[at:end]) or (text[at:end],):
                units.append((fold(part), start, start + len(part)))
                start += len(part)
            at = end
        else:
            if not char.isspace():
                units.append((syllables(char)[0] if char else "", at, at + 1))
            at += 1
    return units
