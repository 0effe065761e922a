"""Finds the knowledge's own words in a text: longest first, left to right, without overlap. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Tag:
    """What a word means: kind is the list it stands in (科目, 动作, …), name its canonical form there."""

    kind: str
    name: str


@dataclass(frozen=True)
class Found:
    """A word at text[start:end]; a word can stand in several lists."""

    word: str
    start: int
    end: int
    tags: tuple[Tag, ...]


class Scanner:
    """A word list to search with; built once per knowledge load, immutable."""

    def __init__(self, words: Iterable[tuple[str, Tag]]) -> None:
        """`words`: (normalised word, its tag); the same word may come with several tags."""
        self._tags: dict[str, tuple[Tag, ...]] = {}
        for word, tag in words:
            if word and tag not in self._tags.get(word, ()):
                self._tags[word] = (*self._tags.get(word, ()), tag)
        self._lengths: dict[str, list[int]] = {}
        for word in self._tags:
            lengths = self._lengths.setdefault(word[0], [])
            if len(word) not in lengths:
                lengths.append(len(word))
        for lengths in self._lengths.values():
            lengths.sort(reverse=True)

    def scan(self, text: str, edges: frozenset[int]) -> list[Found]:
        """All words found, in order.

        Args:
            edges: where the segmenter's words begin and end. A word of one character counts only as a word of the
                text: 考 is none in 准考证. Another exam's name counts only where it begins or ends at one.
        """
        found: list[Found] = []
        at = 0
        while at < len(text):
            for length in self._lengths.get(text[at], ()):
                word = text[at : at + length]
                # 还能交: after 还能 the verb stands alone, wherever the segmenter cuts 能交
                after_verdict = bool(found) and found[-1].end == at and found[-1].tags[0].kind == "判断"
                alone = (at in edges and at + 1 in edges) or after_verdict
                # 变成|考点: 成考, a name of others, is none where it neither begins nor ends a word
                torn = at not in edges and at + length not in edges and self._is_others(word)
                if len(word) == length and word in self._tags and (length > 1 or alone) and not torn:
                    found.append(Found(word, at, at + length, self._tags[word]))
                    at += length
                    break
            else:
                at += 1
        return found

    def _is_others(self, word: str) -> bool:
        return all(tag.kind == "其他考试" for tag in self._tags.get(word, ()))
