"""The unanswered messages of the last days as topics, for the pages that show them."""

from __future__ import annotations

import hashlib
import math
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.console.cluster import Cluster, Said, cluster
from bot.console.parts import Console
from bot.conversation import Assistant
from bot.dialogue.domain import about_the_exam, signs
from bot.dialogue.session import Session
from bot.storage import statistics
from bot.storage.statistics import Asked
from bot.text.segment import plain_words, share_of

FRESH = timedelta(seconds=20)  # so long the same topics are shown again, unless staff marked some meanwhile
_KEPT = 40  # answers kept, each of some 100 KB
_WORDS = 9  # of a message
_RAREST = 1e-5  # no word tells more than one that so few texts have
_PLAIN = 1 / 3  # how much an everyday word that is no noun tells (怎么办, 推荐)


@dataclass(frozen=True)
class Topics:
    """clusters: biggest first · messages: how many were clustered · hidden: how many staff had dealt with before.

    useless: text -> the entry whose answer to it was called 没用.
    """

    clusters: tuple[Cluster, ...]
    messages: int
    hidden: int
    useless: dict[str, str]


class Reader:
    """Reads messages as topics are made of them, by one knowledge. Remembers what it read; not for two threads at once."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        phrasings = [
            text for one in assistant.kb.entries.values() for text in (one.question, *one.alternatives)
        ]
        counts = Counter(word for text in phrasings for word in set(assistant.understanding.tokens(text)))
        self._ours = {word: count / len(phrasings) for word, count in counts.items()}
        self._words: dict[str, Mapping[str, float]] = {}
        self._about: dict[str, float] = {}

    def words(self, text: str, now: datetime) -> Mapping[str, float]:
        """The words of a message without its places, and how much each tells, 0..1."""
        if text not in self._words:
            found = words_of(self._assistant, text, now)
            self._words[text] = {word: self._tells(word) for word in found}
        return self._words[text]

    def about(self, text: str, now: datetime) -> float:
        """How likely a message is about this exam, 0..1."""
        if text not in self._about:
            ask, chance = self._assistant.ask(text, Session(), now), 0.0
            if not (ask.query.exam or ask.query.off_topic):
                found = self._assistant.selector.evidence(ask)
                chance = about_the_exam(signs(ask, found.matches, len(found.unknown), found.foreign))
            self._about[text] = chance
        return self._about[text]

    def _tells(self, word: str) -> float:
        """By how few texts have it, here and anywhere: 考试 is rare in the world, but our entries are full of it."""
        seen = max(share_of(word) * _WORDS, self._ours.get(word, 0.0), _RAREST)
        rare = math.log(1 / min(seen, 1.0)) / math.log(1 / _RAREST)
        return rare * rare * (_PLAIN if word in plain_words() else 1.0)


def key_of(found: Cluster) -> str:
    """Names a cluster in an address: the same as long as its centre is."""
    return hashlib.sha256(found.centre.text.encode()).hexdigest()[:12]


class Insight:
    """Topics, kept for a moment. Safe for threads: one of them does the work, the others get what it found."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lock = threading.Lock()
        self._kept: dict[tuple[int, str, bool], tuple[datetime, Topics]] = {}
        self._reader: Reader | None = None
        self._version = ""

    def topics(self, days: int, region: str = "", marked: bool = False) -> Topics:
        """What found no answer, or no useful one, in the last `days`.

        Args:
            region: only messages of it; "" all.
            marked: show also what staff dealt with.

        Raises:
            StoreError: the database can't be used.
        """
        key, now = (days, region, marked), self._console.clock.real_now()
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and now - kept[0] < FRESH:
                return kept[1]
            found = self._topics(now - timedelta(days=days), region, marked)
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            self._kept[key] = (now, found)
            return found

    def forget(self) -> None:
        """The next page reads anew: staff marked something."""
        with self._lock:
            self._kept.clear()

    def _topics(self, since: datetime, region: str, marked: bool) -> Topics:
        asked = statistics.unanswered(self._console.store, since)
        if region:
            asked = [one for one in asked if one.region == region]
        marks = {} if marked else self._console.staff.marks()
        shown = [one for one in asked if one.text.strip() and not _dealt_with(one, marks)]
        useless = {one.text: one.entry for one in shown if one.entry}
        rows: dict[str, list[Asked]] = {}
        for one in shown:
            rows.setdefault(one.text, []).append(one)
        reader, now = self._current(), self._console.clock.now()
        said = [said_of(text, same, reader.words(text, now)) for text, same in rows.items()]
        found = cluster(said, lambda text: reader.about(text, now))
        return Topics(tuple(found), len(shown), len(asked) - len(shown), useless)

    def _current(self) -> Reader:
        version = self._console.source.version
        if self._reader is None or self._version != version:
            self._reader, self._version = Reader(self._console.source.current()), version
        return self._reader


def words_of(assistant: Assistant, text: str, now: datetime) -> tuple[str, ...]:
    """The words of a message without its places, each once."""
    core = assistant.ask(text, Session(), now).topic.core or text
    return tuple(dict.fromkeys(word for word in assistant.understanding.tokens(core) if word.isalnum()))


def said_of(text: str, asked: Sequence[Asked], words: Mapping[str, float]) -> Said:
    """One text, as all those who sent it."""
    people = frozenset(one.user_hash or f"#{one.id}" for one in asked)
    regions = Counter(one.region or "" for one in asked)
    return Said(text, words, len(asked), people, tuple(regions.most_common()))


def _dealt_with(asked: Asked, marks: dict[str, datetime]) -> bool:
    """What is asked again after staff dealt with it shows again: then it was not dealt with."""
    marked = marks.get(asked.text[:200])
    return marked is not None and asked.at <= marked
