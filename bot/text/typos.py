"""Puts right words of ours that were typed by sound: 报明 and baoming are 报名, 审合 is 审核. Pure.

Only whole words of the knowledge are restored, and only over characters that make no word of their own with their
neighbours, so 考试间隔 is never read as 考时间隔, and 实践 stays 实践 although it sounds like 时间. Two characters of a word that
changed places (能技, 实技践能) are put back under the same rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from bot.text.phonetics import fold, sound, spell, syllables

_LONGEST = 8
_UNMISTAKABLE = 4  # syllables
_SMALL = frozenset(
    "是那的这了吗呢嘛吧呀我你他她在有和就也都不没先再"
)  # stand alone in any sentence: no half of a typo
_LOOSE = frozenset(
    "几分多少要什么哪带考交到上去传报能可以不得过打拿备谁怎如何咋啥个时号点天日月年前后开期叫用好贵给听非钱"
)  # stand on either side of each other: 分几 is no 几分


class Corrector:
    """Built once per knowledge load from its words; immutable."""

    def __init__(
        self, words: Iterable[str], cut: Callable[[str], list[str]], plain: Iterable[str] = ()
    ) -> None:
        """`words`: normalised; those under two characters are left out. `cut`: the segmenter, which knows real words.

        plain: everyday words that are none of ours and no typo of one, however they sound: 只剩 is no 资审.
        """
        self._cut = cut
        self._by_sound: dict[tuple[str, ...], str] = {}
        for word in words:
            sounds = tuple(syllables(word))
            if len(word) > 1 and len(sounds) == len(word) <= _LONGEST and not word.isascii():
                self._by_sound.setdefault(sounds, word)
        self._sizes = _sizes(self._by_sound)
        self._words = frozenset(self._by_sound.values())
        self._right = self._words | frozenset(plain)
        self._swapped = {
            swapped: word
            for word in self._words
            for swapped in _swaps(word)
            if len(cut(swapped)) == len(swapped)
        }
        self._swap_sizes = _sizes(self._swapped)

    def correct(self, text: str) -> str:
        """Normalised text with our words restored; the same text when there is nothing to restore."""
        units = _units(text)
        if len(units) < 2:
            return text
        fixed = self._fixed(text)
        if unswapped := self._unswap(text, fixed):
            text = unswapped
            units, fixed = _units(text), self._fixed(text)
        out: list[str] = []
        sounds = tuple(unit[0] for unit in units)
        at = position = 0
        while position < len(units):
            for size in self._sizes.get(sounds[position], ()):
                if position + size > len(units):
                    continue
                word = self._by_sound.get(sounds[position : position + size])
                if word is None:
                    continue
                start, end = units[position][1], units[position + size - 1][2]
                if text[start:end] == word or self._is_right(text[start:end]):
                    continue
                if size == 2 and _SMALL & set(text[start:end]):
                    continue
                if text[start] in "号月日点" and text[start - 1 : start].isdigit():
                    continue  # 17号就开始 is no 好久开始
                if any(self._blocks(text, edge, start, end, word) for edge in fixed):
                    continue
                out += [text[at:start], word]
                at = end
                position += size - 1
                break
            position += 1
        return "".join([*out, text[at:]])

    def _is_right(self, text: str) -> bool:
        """Whether it is a word of ours, or two of them side by side: 一试考试 is no 医师考试."""
        halves = ((text[:at], text[at:]) for at in range(2, len(text) - 1))
        return text in self._right or any(
            first in self._right and last in self._right for first, last in halves
        )

    def _unswap(self, text: str, fixed: list[tuple[int, int]]) -> str:
        """`text` with changed places put back; "" when nothing changed places."""
        free = [True] * len(text)
        for start, end in fixed:
            free[start:end] = [False] * (end - start)
        changed = ""
        for at in range(len(text) - 1):
            for size in self._swap_sizes.get(text[at], ()) if free[at] else ():
                word = self._swapped.get(text[at : at + size])
                if word and all(free[at : at + size]):
                    changed = text = text[:at] + word + text[at + size :]
                    free[at : at + size] = [False] * size
                    break
        return changed

    @staticmethod
    def _blocks(text: str, edge: tuple[int, int], start: int, end: int, word: str) -> bool:
        """Whether a real word at `edge` forbids putting `word` over text[start:end]."""
        first, last = edge
        if last <= start or end <= first:
            return False
        if first < start or end < last or (first, last) == (start, end):
            return True  # it reaches over the border, or is the whole: 三基考试 is not 上机考试
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


def _sizes(keys: Iterable[Sequence[str]]) -> dict[str, list[int]]:
    """First element -> the lengths of the keys that begin with it, longest first: most positions begin none."""
    sizes: dict[str, set[int]] = {}
    for key in keys:
        sizes.setdefault(key[0], set()).add(len(key))
    return {first: sorted(found, reverse=True) for first, found in sizes.items()}


def _swaps(word: str) -> set[str]:
    """The word with two neighbours in each other's place, where one of them hardly stands alone."""
    return {
        word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        for at in range(len(word) - 1)
        if word[at] != word[at + 1] and not {word[at], word[at + 1]} <= (_LOOSE | _SMALL)
    }


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
                units.append((sound(char), at, at + 1))
            at += 1
    return units
