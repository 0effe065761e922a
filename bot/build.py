"""Knowledge -> Assistant: the parts of one knowledge load, joined. What reload.py is handed as its build function."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any, ParamSpec, Protocol, TypeVar

from bot.answers.offers import NOTHING_OFFERED, Offers
from bot.answers.render import render
from bot.conversation import Assistant
from bot.dialogue.commands import Commands
from bot.dialogue.policy import Policy
from bot.dialogue.select import Selector
from bot.dialogue.steering import Steering
from bot.dialogue.subscribe import Subscribing
from bot.knowledge.model import Knowledge
from bot.matching.rank import Match, Matcher
from bot.text.normalize import compact, normalize
from bot.text.places import Place, load_places
from bot.text.regions import Gazetteer, RegionName
from bot.text.segment import Segmenter
from bot.text.understand import Understanding
from bot.text.vocabulary import Vocabulary

P = ParamSpec("P")
R = TypeVar("R")


class Timed(Protocol):
    """Wraps a function so that its time counts for a step; what clocks do is not known here."""

    def __call__(self, step: str, function: Callable[P, R], /) -> Callable[P, R]:
        """The same function to its caller."""


def untimed(step: str, function: Callable[P, R], /) -> Callable[P, R]:
    """Where nobody asks how long it took."""
    return function


def build(kb: Knowledge, offers: Offers = NOTHING_OFFERED, timed: Timed = untimed) -> Assistant:
    """Everything that answers, from one snapshot of the knowledge; some 1 s with 2 000 phrasings, after jieba's 0.5 s once a process.

    timed: told of the steps "understand", "match" and "render".
    """
    vocabulary = _vocabulary(kb)
    segmenter = Segmenter(_own_words(vocabulary))
    understanding = Understanding(vocabulary, _gazetteer(kb), segmenter)
    phrasings = {
        entry.id: [understanding.phrasing(text) for text in (entry.question, *entry.alternatives)]
        for entry in kb.entries.values()
        if entry.kind != "smalltalk"
    }
    items = [(entry, [core for core, _ in ways]) for entry, ways in phrasings.items()]
    words = {entry: {word for _, content in ways for word in content} for entry, ways in phrasings.items()}
    matcher = Matcher.build(items, segmenter)

    def rank(text: str, allowed: Collection[str] | None) -> list[Match]:
        return matcher.rank(text, allowed=allowed)

    read = timed("understand", understanding.read)
    policy = Policy(kb, Selector(kb, timed("match", rank), words, _exact(items)), Subscribing(kb, read))
    steering = Steering(kb, Commands(kb.commands), policy, read)
    return Assistant(kb, understanding, steering, read, offers, timed("render", render))


def _exact(items: Sequence[tuple[str, Sequence[str]]]) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for entry, cores in items:
        for core in cores:
            found.setdefault(compact(core), set()).add(entry)
    return {core: next(iter(entries)) for core, entries in found.items() if core and len(entries) == 1}


def _gazetteer(kb: Knowledge) -> Gazetteer:
    names = [RegionName(region.name, region.full_name, region.aliases) for region in kb.regions.values()]
    sites = [
        Place(site.name, region.name, "exam_site", ())
        for region in kb.regions.values()
        for site in region.sites
    ]
    return Gazetteer(names, kb.nicknames, [*load_places(), *sites])


def _vocabulary(kb: Knowledge) -> Vocabulary:
    """The knowledge's words, and its small talk."""
    spoken = (entry for entry in kb.entries.values() if entry.kind == "smalltalk")
    phrases = (normalize(text) for entry in spoken for text in (entry.question, *entry.alternatives))
    return replace(kb.vocabulary, smalltalk=tuple(phrases))


def _own_words(words: Vocabulary) -> Sequence[str]:
    """What jieba must keep whole."""
    lists: list[Any] = [
        words.subjects,
        words.actions,
        words.asks,
        words.audiences,
        words.levels,
        words.synonyms,
    ]
    own = [word for named in lists for ways in named.values() for word in ways]
    return [*own, *words.synonyms, *words.words, *words.own_exam, *words.other_exams, *words.off_topic]
