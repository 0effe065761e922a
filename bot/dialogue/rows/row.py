"""One kind of question that a few of its words decide, whatever the rest is about; see by_words.py. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from bot.dialogue.ask import Ask

_ANY: frozenset[str] | None = None


@dataclass(frozen=True)
class Row:
    """One kind of question.

    said: what the message says · also: what it says besides, None for nothing · unless: what it must not say.
    stages, asks: those that the question may name, None for any · words: the same of its content.
    """

    entry: str
    said: re.Pattern[str]
    stages: frozenset[str] | None = _ANY
    asks: frozenset[str] | None = _ANY
    words: frozenset[str] | None = _ANY
    also: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None
    against_the_clock: bool = False

    def fits(self, ask: Ask) -> bool:
        """Whether the question is of this kind."""
        text, topic = ask.query.text, ask.topic
        return (
            _within(topic.stages, self.stages)
            and _within(topic.asks, self.asks)
            and _within(ask.content, self.words)
            and (self.against_the_clock or not topic.verdict)
            and self.said.search(text) is not None
            and (self.also is None or self.also.search(text) is not None)
            and (self.unless is None or self.unless.search(text) is None)
        )


def _within(named: Collection[str], allowed: frozenset[str] | None) -> bool:
    return allowed is None or set(named) <= allowed
