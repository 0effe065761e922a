"""Which entry a question is: by its slots where they say everything, by the matcher where they do not. Pure.

Stage, 二试 and other exams are hard rules here, not scores: an entry of another stage is never even ranked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence

from bot.dialogue.allowed import Allowed
from bot.dialogue.alone import means
from bot.dialogue.ask import Ask
from bot.dialogue.asked import says_time
from bot.dialogue.at_hand import UNSUBMITTED, could_not_submit
from bot.dialogue.book import Book
from bot.dialogue.chosen import BY_SLOTS, Chosen, Evidence
from bot.dialogue.domain import about_the_exam, foreign, keyword, signs, tied
from bot.dialogue.rules import MISSED, Rules
from bot.dialogue.sent_back import mends, near_in_kind
from bot.dialogue.sites import asks_either, asks_same, asks_which_site, claimed
from bot.dialogue.weigh import weighed
from bot.knowledge.model import Entry, Knowledge
from bot.matching.rank import Match
from bot.text.normalize import compact
from bot.text.query import Query
from bot.text.segment import plain_words
from bot.text.tense import may_begin

# Bands over the matcher's calibrated probability; chosen on tests/corpus/exam/tune.jsonl, the held half never seen.
ANSWER = 0.70  # at or over it, and clear of the second: answer
# or at or over the first, when no other entry reaches the second and no word is unknown
ALONE, FAR = 0.45, 0.12
CLEAR = 0.20  # the lead the first needs over the second
OPTIONS = 0.30  # at or over it: offer up to three to choose from
# the same for a question that is plainly about this exam: choosing costs a candidate one tap
OPTIONS_OURS = 0.05
OURS = 0.40  # how likely about this exam: then the nearest three are offered however far they are
NOT_OURS = 0.15  # under it no likeness counts: a question about phones is nearest to some entry too
LOOSE = 0.60  # the same for a question with no subject, stage or name of ours in it (这张图片的原图)
NOTHING_ON_FILE = 0.30  # saying "nothing on file" costs less when wrong than an answer
_WHO_MAY = re.compile(r"(?<!还)(?<!现在)(?<!今天)(?:能|可以|可不可以|能不能)(?:报名|报考|报)(?:吗|不|么|嘛)")

Rank = Callable[[str, frozenset[str]], Sequence[Match]]


_OF_TIME = re.compile(r"\d[点号日月]|截止|来得及")

_PARTICLES = re.compile(r"[哦嗯啊哈呀呢吧了的那哎噢喔嘛哇老师您你]")
_BESIDE = 0.4  # share of a message that may stand beside small talk, where it is nothing else


class Selector:
    """The entries of one knowledge, indexed for selection; built once per load."""

    def __init__(
        self, kb: Knowledge, rank: Rank, words: Mapping[str, Collection[str]], exact: Mapping[str, str]
    ) -> None:
        """
        Args:
            words: entry id -> the content words of its phrasings; a question's other words are unknown to us.
            exact: a phrasing as Understanding.core has it, compact -> its entry; without those that two entries share.
        """
        self._exact = exact
        self._kb = kb
        self._allowed = Allowed(kb)
        self._rank = rank
        self._words = {entry: frozenset(own) for entry, own in words.items()}
        self._vocabulary = frozenset().union(*self._words.values())
        self._named = frozenset((*kb.vocabulary.synonyms, *kb.vocabulary.anchors))
        self.book = Book(kb)
        self._rules = Rules(kb, self.book, self._allowed, self._words, exact)
        self._smalltalk = {
            compact(text): entry
            for entry in kb.entries.values()
            if entry.kind == "smalltalk"
            for text in (entry.question, *entry.alternatives)
        }

    def smalltalk(self, query: Query) -> Entry | None:
        """The small talk that a message is: word for word, or nothing but such phrases; never guessed at."""
        whole = self._smalltalk.get(compact(query.text))
        of_time = _OF_TIME.search(query.text) is not None  # 还没到12点应该行吧
        if whole is not None or not query.is_bare or not query.smalltalk or query.uncovered > 0 or of_time:
            return whole
        said = rest = _PARTICLES.sub("", compact(query.text))
        for talk in query.smalltalk:
            rest = rest.replace(_PARTICLES.sub("", compact(talk)), "")
        if len(rest) > _BESIDE * len(said):
            return None  # 网上就行哈, 可以改撒
        return self._smalltalk.get(compact(query.smalltalk[-1]))

    def knows(self, ask: Ask) -> bool:
        """Whether the message is a phrasing of the knowledge word for word (然后呢), though no slot sees a question in it."""
        compared = ask.query.comparison and len(ask.regions) > 1
        return (
            compact(ask.topic.core) in self._exact
            or bool(claimed(ask.query, self._kb))
            or asks_same(ask.query)
            or asks_which_site(ask.query)
            or asks_either(ask.query)
            or bool(means(ask, plain_words()))
            or compared
        )

    def choose(self, ask: Ask, evidence: Evidence | None = None) -> Chosen:
        """The entry for one question. `evidence`: where it is known already."""
        return self._rules.choose(ask) or self._likest(ask, evidence or self.evidence(ask))

    def _likest(self, ask: Ask, found: Evidence) -> Chosen:
        """The entry that the question's words are most like, as far as its slots allow; else the nearest to choose from, or nothing."""
        if UNSUBMITTED in self._kb.entries and could_not_submit(ask) and not found.foreign:
            return Chosen(self._kb.entries[UNSUBMITTED], BY_SLOTS, by="slots")
        matches = found.matches
        if not matches:
            return Chosen(None, 0.0)
        about = about_the_exam(signs(ask, matches, len(found.unknown), found.foreign))
        if not self._is_ours(ask, found, about):
            return Chosen(None, matches[0].score, matches=matches)
        first = matches[0]
        best = self._kb.entries[first.entry_id]
        entry = self._by_the_clock(ask, found, best, about)
        if entry is not None:
            return Chosen(entry, max(first.score, ANSWER), matches=matches, by="slots")
        if self._is_sure(ask, found, best):
            return Chosen(best, first.score, matches=matches, by="match")
        timed = self._rules.days(ask)
        if timed is not None and says_time(ask) and self._words[timed.id] >= set(found.known) - plain_words():
            return Chosen(timed, max(first.score, ANSWER), matches=matches, by="slots")
        if best.kind == "out_of_scope" and first.score >= NOTHING_ON_FILE and not found.unknown:
            return Chosen(best, first.score, matches=matches, by="match")
        return Chosen(None, first.score, self._near(ask, found, about), matches)

    def _is_ours(self, ask: Ask, found: Evidence, about: float) -> bool:
        """Whether the question may be about this exam at all."""
        # 打印什么, 找谁 after 重庆报名; 退费, 通知单: a keyword of ours and nothing else
        named = ask.query.uncovered <= 0 and keyword(ask, found.unknown) and set(ask.content) <= self._named
        goes_on = ask.resumed or ask.talking or named
        loose = 0.0 if tied(ask, found.unknown) else LOOSE
        return not found.foreign and (about >= max(NOT_OURS, loose) or goes_on)

    def _whole(self, ask: Ask, about: float) -> Entry | None:
        """The days of all stages, where the clock is asked and no stage is named."""
        clocked = (ask.topic.verdict or ask.topic.day is not None) and not ask.topic.stages
        return self.book.overview if clocked and about >= OURS else None

    def _by_the_clock(self, ask: Ask, found: Evidence, best: Entry, about: float) -> Entry | None:
        """The days that answer a question of the clock, where its words are like nothing better."""
        everyday, known = plain_words(), set(found.known)
        nothing = best.kind == "out_of_scope"
        unsure = nothing or found.matches[0].score < ANSWER
        whole = self._whole(ask, about)
        if whole is not None and ask.named and set(ask.content) <= everyday and unsure:
            return whole  # all of a place's days hold the one meant
        timed = self._rules.days(ask)
        if timed is best and says_time(ask) and about >= OURS:
            return timed
        missed = self._rules.days_missed(ask)
        if missed is not None and unsure and known <= everyday | MISSED:
            return missed
        # 乡村医生能报吗: whether somebody may, not whether one still can
        eligible = bool(ask.content) and _WHO_MAY.search(ask.query.core) is not None
        asked_now = bool(ask.query.actions) and may_begin(ask.query.core)  # 能报了吗 我进不去
        clocked = asked_now or (says_time(ask) and known <= everyday)
        return timed if nothing and not eligible and clocked else None  # it knows more than "nothing on file"

    def _is_sure(self, ask: Ask, found: Evidence, best: Entry) -> bool:
        """Whether likeness alone is enough to answer with `best`."""
        first = found.matches[0].score
        second = found.matches[1].score if len(found.matches) > 1 else 0.0
        days = self.book.tells_days(best)
        alone = first >= ALONE and second <= FAR and not found.unknown and (says_time(ask) or not days)
        # A time without a stage that was said; what to do next needs none.
        guessed = days and best is not self.book.overview and not ask.topic.stages
        if not guessed and (alone or (first >= ANSWER and first - second >= CLEAR)):
            return True
        kind = near_in_kind([self._kb.entries[match.entry_id] for match in found.matches])
        return ask.past_upload and mends(best) and (kind or first - second >= CLEAR)

    def _near(self, ask: Ask, found: Evidence, about: float) -> tuple[Entry, ...]:
        """Up to three to choose from; () where nothing ties the question to the exam."""
        query, topic = ask.query, ask.topic
        ours = not found.unknown and bool(topic.stages or query.anchored or query.own_exam)
        bar = 0.0 if about >= OURS else OPTIONS_OURS if ours else OPTIONS
        near = tuple(self._kb.entries[match.entry_id] for match in found.matches[:3] if match.score >= bar)
        whole = self._whole(ask, about)
        if whole is not None and whole not in near:
            near = (*near[:2], whole)
        hooked = bool(topic.stages or topic.asks or query.own_exam or set(ask.content) & self._vocabulary)
        return near if about >= OURS or hooked else ()

    def evidence(self, ask: Ask) -> Evidence:
        """What the question's words say for which entries."""
        everyday = plain_words()
        unknown = [word for word in ask.content if word not in self._vocabulary and word not in everyday]
        known = [word for word in ask.content if word in self._vocabulary]
        ranked = self._rank(ask.topic.core, self._allowed.of(ask))
        matches = weighed(ranked, ask, known, self._kb.entries, self._words)
        return Evidence(tuple(known), tuple(unknown), bool(unknown) and foreign(ask, unknown), matches)

    def lacks(self, entry: Entry, known: Sequence[str]) -> float:
        """The share of these words, 0..1, that no phrasing of the entry has; 0 for no words."""
        own = self._words.get(entry.id, frozenset())
        return sum(word not in own for word in known) / len(known) if known else 0.0
