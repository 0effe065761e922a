"""No pattern may read one text in many ways: a repeat whose words spell each other takes hours over 就是就是就是… (hostile traffic)."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from re import _constants as op  # type: ignore[attr-defined]  # the parser of the standard library has no public name
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import pytest

import bot

_MOST = 2_000  # words of one repeat; more are not written by hand
_FEW = 8  # times a repeat may be tried in every way


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Every compiled pattern of the package, under the name of its module."""
    seen = set()
    for found in pkgutil.walk_packages(bot.__path__, "bot."):
        if found.name.endswith("__main__"):
            continue
        module = importlib.import_module(found.name)
        for name, value in vars(module).items():
            for pattern in _inside(value):
                if pattern.pattern not in seen:
                    seen.add(pattern.pattern)
                    yield f"{found.name}.{name}", pattern


def _inside(value: Any) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _inside(item)


def _words(parts: Any) -> set[str] | None:
    """All texts that these parts match, where they are words alone; None where they are not."""
    texts = {""}
    for code, value in parts:
        if code is op.LITERAL:
            more: set[str] | None = {chr(value)}
        elif code is op.IN and all(kind is op.LITERAL for kind, _ in value):
            more = {chr(char) for _, char in value}
        elif code is op.SUBPATTERN:
            more = _words(value[-1])
        elif code is op.BRANCH:
            options = [_words(option) for option in value[1]]
            more = set().union(*(o for o in options if o is not None)) if None not in options else None
        elif code in (op.MAX_REPEAT, op.MIN_REPEAT) and value[1] <= 1:
            inner = _words(value[2])
            more = {"", *inner} if inner is not None and value[0] == 0 else inner
        else:
            more = None
        if more is None or len(texts) * len(more) > _MOST:
            return None
        texts = {text + word for text in texts for word in more}
    return texts


def _choices(body: Any) -> set[str]:
    """What a repeat chooses from, as far as it is words: 刚刚?|才|\\d{4}年 still holds 刚 and 刚刚."""
    whole = _words(body)
    if whole is not None or len(body) != 1:
        return whole or set()
    code, value = body[0]
    if code is op.SUBPATTERN:
        return _choices(value[-1])
    if code is op.BRANCH:
        return set().union(*(_words(option) or set() for option in value[1]))
    return set()


def _repeats(parts: Any) -> Iterator[set[str]]:
    """The words of every repeat without a small bound."""
    for code, value in parts:
        if code in (op.MAX_REPEAT, op.MIN_REPEAT):
            words = _choices(value[2])
            if value[1] > _FEW and words:
                yield words
            yield from _repeats(value[2])
        elif code is op.SUBPATTERN:
            yield from _repeats(value[-1])
        elif code is op.BRANCH:
            for option in value[1]:
                yield from _repeats(option)
        elif code in (op.ASSERT, op.ASSERT_NOT):
            yield from _repeats(value[1])


def ambiguous(words: set[str]) -> bool:
    """Whether some text is a row of these words in two ways (Sardinas and Patterson's test)."""
    if "" in words:
        return True
    left = {b[len(a) :] for a in words for b in words if a != b and b.startswith(a)}
    seen: set[str] = set()
    while left - seen:
        seen |= left
        if left & words or "" in left:
            return True
        left = {b[len(a) :] for a in left for b in words if b.startswith(a)} | {
            a[len(b) :] for a in left for b in words if a.startswith(b)
        }
    return bool(seen & words)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ({"就", "就是", "是"}, True),
        ({"刚", "刚刚"}, True),
        ({"我", "就", "也"}, False),
        ({"是不是", "就"}, False),
    ],
)
def test_the_test_itself(words: set[str], wanted: bool) -> None:
    assert ambiguous(words) is wanted


def test_no_repeat_reads_a_text_in_two_ways() -> None:
    found = [
        f"{name}: {sorted(words)}"
        for name, pattern in patterns()
        for words in _repeats(_parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE))
        if ambiguous(words)
    ]
    assert not found, "\n".join(found)
