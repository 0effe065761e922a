"""The unanswered messages of the last days as topics, for the pages that show them."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.console.cluster import Cluster, Said, cluster
from bot.console.parts import Console
from bot.conversation import Assistant
from bot.dialogue.session import Session
from bot.storage import statistics
from bot.storage.statistics import Asked
from bot.text.segment import plain_words

FRESH = timedelta(seconds=20)  # so long the same topics are shown again, unless staff marked some meanwhile
# Characters that name nothing; other single ones do (车, 书, 表).
_EMPTY = frozenset(
    "吗呢吧啊呀哦嘛么的地得了着过我你您他她它们咱俺是有在不没无别能会要可想应该去来到从向往给把被让叫跟和与及或但而就才也还又再都很太最更好多少几个只些点下上里外前后中这那哪谁啥何怎咋为因所以请问帮说讲看做弄搞用行对年月日号天时"
)
_KEPT = 40  # answers kept, each of some 100 KB


@dataclass(frozen=True)
class Topics:
    """clusters: biggest first · messages: how many were clustered · hidden: how many staff had dealt with before.

    useless: text -> the entry whose answer to it was called 没用.
    """

    clusters: tuple[Cluster, ...]
    messages: int
    hidden: int
    useless: dict[str, str]


@dataclass
class _Read:
    """What was read of texts by the knowledge of `version`."""

    version: str = ""
    texts: dict[str, tuple[tuple[str, ...], frozenset[str]]] = field(default_factory=dict)


def key_of(found: Cluster) -> str:
    """Names a cluster in an address: the same as long as its centre is."""
    return hashlib.sha256(found.centre.text.encode()).hexdigest()[:12]


class Insight:
    """Topics, kept for a moment. Safe for threads: one of them does the work, the others get what it found."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lock = threading.Lock()
        self._kept: dict[tuple[int, str, bool], tuple[datetime, Topics]] = {}
        self._read = _Read()

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
        return Topics(tuple(cluster(self._said(shown))), len(shown), len(asked) - len(shown), useless)

    def _said(self, asked: Sequence[Asked]) -> list[Said]:
        counts: Counter[str] = Counter()
        regions: dict[str, Counter[str]] = {}
        for one in asked:
            counts[one.text] += 1
            regions.setdefault(one.text, Counter())[one.region or ""] += 1
        assistant, version = self._console.source.current(), self._console.source.version
        if self._read.version != version:
            self._read = _Read(version)
        found = []
        for text, count in counts.items():
            if text not in self._read.texts:
                self._read.texts[text] = read(assistant, text, self._console.clock.now())
            words, names = self._read.texts[text]
            found.append(Said(text, words, names, count, tuple(regions[text].most_common())))
        return found


def read(assistant: Assistant, text: str, now: datetime) -> tuple[tuple[str, ...], frozenset[str]]:
    """The words of a message without its places, and those of them that name something (see cluster.Said)."""
    ask = assistant.ask(text, Session(), now)
    words = tuple(
        dict.fromkeys(w for w in assistant.understanding.tokens(ask.topic.core or text) if w.isalnum())
    )
    # What no slot explains is what a message is about; an everyday word, and a single character, say little of it.
    said, everyday = " ".join(ask.query.content), plain_words()
    return words, frozenset(
        w for w in words if w not in everyday and (w in said if len(w) > 1 else w not in _EMPTY)
    )


def _dealt_with(asked: Asked, marks: dict[str, datetime]) -> bool:
    """What is asked again after staff dealt with it shows again: then it was not dealt with."""
    marked = marks.get(asked.text[:200])
    return marked is not None and asked.at <= marked
