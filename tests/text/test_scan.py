"""The scanner of the knowledge's own words: longest first, and every word where it stands."""

from __future__ import annotations

from bot.text.scan import Scanner, Tag

TAG = Tag("动作", "缴费")


def found(text: str, *words: str, edges: frozenset[int] = frozenset()) -> list[tuple[str, int, int]]:
    scanner = Scanner((word, TAG) for word in words)
    return [(item.word, item.start, item.end) for item in scanner.scan(text, edges)]


def test_the_longest_word_counts() -> None:
    assert found("技能缴费", "技能", "技能缴费", "缴费") == [("技能缴费", 0, 4)]


def test_a_word_at_the_end_of_the_text_ends_there() -> None:
    assert found("多大才行", "行", "行不通的", edges=frozenset({3, 4})) == [("行", 3, 4)]


def test_a_single_character_counts_only_as_a_word_of_the_text() -> None:
    assert found("准考", "考", "考试时间", edges=frozenset({0, 2})) == []
