"""Knowledge -> Assistant: the parts of one knowledge load, joined. What reload.py is handed as its build function."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ParamSpec, Protocol, TypeVar

from bot.answers.offers import NOTHING_OFFERED, Offers
from bot.answers.render import render
from bot.conversation import Assistant
from bot.dialogue.commands import Commands
from bot.dialogue.policy import Policy
from bot.dialogue.select import Selector
from bot.dialogue.steering import Steering
from bot.dialogue.subscribe import Subscribing
from bot.knowledge.model import Knowledge, Region
from bot.matching.classifier import Keep, unkept
from bot.matching.rank import Match, Matcher
from bot.matching.semantic import Meanings, SecondOpinion
from bot.text.normalize import compact, normalize
from bot.text.places import Place, load_places
from bot.text.regions import Gazetteer, RegionName
from bot.text.segment import Segmenter
from bot.text.understand import Understanding
from bot.text.vocabulary import Vocabulary

# What candidates type comes again and again, and a ranking, which knows no place, is the same for all places. What is
# remembered is how words are understood, never an answer: region, session and clock come after. 2 and 6 KB each.
_READINGS, _RANKINGS = 4096, 2048

P = ParamSpec("P")
R = TypeVar("R")


class Timed(Protocol):
    """Wraps a function so that its time counts for a step; what clocks do is not known here."""

    def __call__(self, step: str, function: Callable[P, R], /) -> Callable[P, R]:
        """The same function to its caller."""


def untimed(step: str, function: Callable[P, R], /) -> Callable[P, R]:
    """Where nobody asks how long it took."""
    return function


def build(
    kb: Knowledge,
    offers: Offers = NOTHING_OFFERED,
    timed: Timed = untimed,
    meanings: Meanings | None = None,
    keep: Keep = unkept,
) -> Assistant:
    """Everything that answers, from one snapshot of the knowledge; some 1 s with 2 000 phrasings, after jieba's 0.3 s once a process.

    What only reads questions is taken over from the last build where no question, word or place differs: a new date is live in
    milliseconds.

    Args:
        timed: told of the steps "understand", "match" and "render".
        keep: keeps what the matcher has learnt from a knowledge's phrasings, half of what building costs.
        meanings: asked for a second opinion where the matcher is unsure; None, or while it knows no vectors: not at all.
    """
    heard = _heard(kb, keep)
    ranker = _ranker(heard.matcher, meanings)

    @functools.lru_cache(_RANKINGS)
    def rank(text: str, allowed: frozenset[str]) -> Sequence[Match]:
        return ranker.rank(text, allowed=allowed)

    understanding = heard.understanding
    read = timed("understand", functools.lru_cache(_READINGS)(understanding.read))
    policy = Policy(kb, Selector(kb, timed("match", rank), heard.words, heard.exact), Subscribing(kb, read))
    steering = Steering(kb, Commands(kb.commands), policy, read)
    return Assistant(kb, understanding, steering, read, offers, timed("render", render))


def _ranker(matcher: Matcher, meanings: Meanings | None) -> Matcher | SecondOpinion:
    vectors = meanings.phrasings(matcher.texts) if meanings is not None else None
    if meanings is None or vectors is None:
        return matcher
    return SecondOpinion(matcher, meanings, vectors=vectors)


@dataclass(frozen=True)
class _Asked:
    """All of a knowledge that decides how a question is read; two equal ones read alike."""

    vocabulary: Vocabulary
    regions: Mapping[str, Region]
    nicknames: Mapping[str, str]
    phrasings: tuple[tuple[str, str, str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class _Heard:
    """What reads and ranks questions; immutable, so that two Assistants may share it."""

    asked: _Asked
    understanding: Understanding
    matcher: Matcher
    words: Mapping[str, set[str]]
    exact: dict[str, str]


_kept: list[_Heard] = []  # the last one; two builds at once would only both do the work


def _heard(kb: Knowledge, keep: Keep) -> _Heard:
    vocabulary = _vocabulary(kb)
    ways = tuple((entry.id, entry.kind, entry.question, entry.alternatives) for entry in kb.entries.values())
    asked = _Asked(vocabulary, kb.regions, kb.nicknames, ways)
    for last in tuple(_kept):
        if last.asked == asked:
            return last
    segmenter = Segmenter(_own_words(vocabulary))
    understanding = Understanding(vocabulary, _gazetteer(kb), segmenter)
    phrasings = {
        entry.id: [understanding.phrasing(text) for text in (entry.question, *entry.alternatives)]
        for entry in kb.entries.values()
        if entry.kind != "smalltalk"
    }
    items = [(entry, [core for core, _ in read]) for entry, read in phrasings.items()]
    words = {entry: {word for _, content in read for word in content} for entry, read in phrasings.items()}
    heard = _Heard(asked, understanding, Matcher.build(items, segmenter, keep), words, _exact(items))
    _kept[:] = [heard]
    return heard


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
