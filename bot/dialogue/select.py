"""Which entry a question is: by its slots where they say everything, by the matcher where they do not. Pure.

Stage, 二试 and other exams are hard rules here, not scores: an entry of another stage is never even ranked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.dialogue.allowed import Allowed
from bot.dialogue.asked import (
    HAS_ENDED,
    TESTS,
    asks_time,
    must_register,
    only_ends,
    says_time,
    tells_mark,
    wants_more,
)
from bot.dialogue.at_hand import UNSUBMITTED, could_not_submit, is_late, only_missed
from bot.dialogue.context import Ask
from bot.dialogue.domain import about_the_exam, foreign, keyword, signs, tied
from bot.dialogue.second import second_rule
from bot.dialogue.sent_back import in_time, mends, near_in_kind
from bot.dialogue.session import Topic
from bot.dialogue.sites import claimed, entry_of
from bot.dialogue.standing import rule_after
from bot.dialogue.weigh import PLAIN_ASPECTS, weighed
from bot.knowledge.model import NEXT, Entry, Knowledge
from bot.matching.rank import Match
from bot.text.normalize import compact
from bot.text.query import Query
from bot.text.segment import plain_words
from bot.text.sentence import may_begin

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
MISSED = frozenset(
    {"忘记", "还能考试", "补报", "补救", "还能补", "可以补", "补缴", "补交", "废了"}
)  # words that say nothing else than that a stage was missed
NOTHING_ON_FILE = 0.30  # saying "nothing on file" costs less when wrong than an answer
_WHO_MAY = re.compile(r"(?<!还)(?<!现在)(?<!今天)(?:能|可以|可不可以|能不能)(?:报名|报考|报)(?:吗|不|么|嘛)")
BY_SLOTS = 0.97  # what a question that its slots explain fully counts as

Rank = Callable[[str, frozenset[str]], Sequence[Match]]


@dataclass(frozen=True)
class Chosen:
    """entry: None when nothing fits well enough; then `near` are the options, or ().

    by: "exact", "slots", "match" or "talk" · rule: which of the slots' rules it was, where that matters: "timed", "status".
    """

    entry: Entry | None
    score: float
    near: tuple[Entry, ...] = ()
    matches: tuple[Match, ...] = ()
    by: str = ""
    rule: str = ""

    def names_no_papers(self, topic: Topic) -> bool:
        """Whether 要带啥 was matched with an entry of something else: after a fee it asks of no fee."""
        entry = self.entry if self.by == "match" else None
        return entry is not None and topic.asks == ("材料",) and entry.asks != "材料"


@dataclass(frozen=True)
class Evidence:
    """known, unknown: the question's words that phrasings have, and those that nobody has · foreign: the latter make the question
    another's · matches: the entries that fit, best first."""

    known: tuple[str, ...]
    unknown: tuple[str, ...]
    foreign: bool
    matches: tuple[Match, ...]


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
        self._timed = {
            entry.stages: entry for entry in kb.entries.values() if entry.asks == "时间" and not entry.answers
        }
        self.next = next((entry for entry in kb.entries.values() if entry.asks == NEXT), None)
        self._marks = next((entry for entry in kb.entries.values() if entry.asks == "分数"), None)
        self._pays_second = next(
            (e for e in kb.entries.values() if e.asks == "流程" and "二试缴费" in e.stages), None
        )  # whether one pays again, and what becomes of who did not: its steps say both
        self._named = frozenset((*kb.vocabulary.synonyms, *kb.vocabulary.anchors))
        self._sites = entry_of(kb)
        self._overview = max(self._timed.items(), key=lambda item: len(item[0]))[1] if self._timed else None
        self._smalltalk = {
            compact(text): entry
            for entry in kb.entries.values()
            if entry.kind == "smalltalk"
            for text in (entry.question, *entry.alternatives)
        }

    def smalltalk(self, query: Query) -> Entry | None:
        """The small talk that a message is: word for word, or nothing but such phrases; never guessed at."""
        whole = self._smalltalk.get(compact(query.text))
        if whole is not None or not query.is_bare or not query.smalltalk or query.uncovered > 0:
            return whole
        return self._smalltalk.get(compact(query.smalltalk[-1]))

    def knows(self, ask: Ask) -> bool:
        """Whether the message is a phrasing of the knowledge word for word (然后呢), though no slot sees a question in it."""
        return compact(ask.topic.core) in self._exact or bool(claimed(ask.query, self._kb))

    def choose(self, ask: Ask) -> Chosen:
        """The entry for one question."""
        topic = ask.topic
        if ask.entry_fixed and topic.entry in self._kb.entries:
            fixed = self._kb.entries[topic.entry]
            return Chosen((self._steps(fixed) if ask.step else None) or fixed, BY_SLOTS, by="slots")
        plain = {"时间"} if says_time(ask) else set(topic.asks) & PLAIN_ASPECTS
        if (rule := rule_after(ask, plain)) in self._kb.entries:
            return Chosen(self._kb.entries[rule], BY_SLOTS, by="slots", rule="status")
        if ask.after and (following := self.following(topic.stages)) is not None:
            return Chosen(following, BY_SLOTS, by="slots")
        if self._sites is not None and claimed(ask.query, self._kb):
            return Chosen(self._sites, BY_SLOTS, by="slots")
        own = self._kb.entries.get(ask.audience or "")
        sits = bool(topic.stages) and set(topic.stages) <= TESTS and not wants_more(ask)
        if own is not None and (sits or must_register(ask)):
            return Chosen(own, BY_SLOTS, by="slots")
        pays = topic.stages == ("二试缴费",) and "是否" in topic.asks and not ask.content
        if pays and self._pays_second is not None:  # 二试交的钱能退不 is the matcher's
            return Chosen(self._pays_second, BY_SLOTS, by="slots")
        said = self._exact.get(compact(topic.core))
        missed = self.timed(topic.stages) if "错过" in topic.asks else None
        if (
            said is not None
            and not ask.resumed
            and said in self._allowed.of(ask)
            and not (missed and self._kb.entries[said].kind == "out_of_scope")
        ):
            return Chosen(self._kb.entries[said], BY_SLOTS, by="exact")
        if (of_second := second_rule(ask)) in self._kb.entries:
            return Chosen(self._kb.entries[of_second], BY_SLOTS, by="slots")
        if self._marks is not None and tells_mark(ask) and not self._vocabulary & set(ask.content):
            return Chosen(self._marks, BY_SLOTS, by="slots")
        late = self._left_out(topic.stages) if "错过" in topic.asks else None
        if late is not None and set(ask.content) <= self._words[late.id]:
            return Chosen(late, BY_SLOTS, by="slots")
        hurries = in_time(ask)
        timed = self.timed(topic.stages) if asks_time(ask) or hurries else None
        # 忘了报名，现在还能报不: what becomes of it is told by its window
        forgot = missed if topic.stages == ("网上报名",) and set(ask.content) <= MISSED else None
        if forgot is not None and (topic.verdict or "是否" in topic.asks or "还能考试" in ask.content):
            return Chosen(forgot, BY_SLOTS, by="slots")
        until = hurries or "时间" in topic.asks
        again = ask.past_upload and until and "怎么办" not in ask.content  # 重新传截止到哪天
        if timed is not None and (again or not ask.content):
            return Chosen(timed, BY_SLOTS, by="slots", rule="timed")
        everyday = plain_words()
        if only_ends(ask) and set(ask.content) <= everyday:
            # 昨天截止了? may mean any of the days; 今晚几点截止 one that is still to come
            ends = self._overview if HAS_ENDED.search(topic.core) else self.next
            if ends is not None:
                return Chosen(ends, BY_SLOTS, by="slots")
        if only_missed(ask) and (own := self._missed(topic.stages)) is not None:
            return Chosen(own, BY_SLOTS, by="slots")
        if self.next is not None and is_late(ask, everyday):
            return Chosen(self.next, BY_SLOTS, by="slots")
        found = self.evidence(ask)
        unknown, known, matches, strange = found.unknown, found.known, found.matches, found.foreign
        if UNSUBMITTED in self._kb.entries and could_not_submit(ask) and not strange:
            return Chosen(self._kb.entries[UNSUBMITTED], BY_SLOTS, by="slots")
        if not matches:
            return Chosen(None, 0.0)
        first = matches[0]
        second = matches[1].score if len(matches) > 1 else 0.0
        about = about_the_exam(signs(ask, matches, len(unknown), strange))
        # 打印什么, 找谁 after 重庆报名; 退费, 通知单: a keyword of ours and nothing else
        named = ask.query.uncovered <= 0 and keyword(ask, unknown) and set(ask.content) <= self._named
        goes_on = ask.resumed or ask.talking or named
        loose = 0.0 if tied(ask, unknown) else LOOSE
        if strange or (about < max(NOT_OURS, loose) and not goes_on):
            return Chosen(None, first.score, matches=matches)
        nothing = self._kb.entries[first.entry_id].kind == "out_of_scope"
        clocked = (topic.verdict or topic.day is not None) and not topic.stages
        whole = self._overview if clocked and about >= OURS else None
        if (
            whole is not None
            and ask.named
            and set(ask.content) <= everyday
            and (nothing or first.score < ANSWER)
        ):
            return Chosen(
                whole, ANSWER, matches=matches, by="slots"
            )  # all of a place's days hold the one meant
        if timed is not None and says_time(ask) and first.entry_id == timed.id and about >= OURS:
            return Chosen(timed, max(first.score, ANSWER), matches=matches, by="slots")
        if (nothing or first.score < ANSWER) and missed is not None and set(known) <= everyday | MISSED:
            return Chosen(missed, max(first.score, ANSWER), matches=matches, by="slots")
        # 乡村医生能报吗: whether somebody may, not whether one still can
        eligible = bool(ask.content) and _WHO_MAY.search(ask.query.core) is not None
        asked_now = bool(ask.query.actions) and may_begin(ask.query.core)  # 能报了吗 我进不去
        if (
            nothing
            and timed is not None
            and not eligible
            and (asked_now or (says_time(ask) and set(known) <= everyday))
        ):
            return Chosen(
                timed, ANSWER, matches=matches, by="slots"
            )  # the clock knows more than "nothing on file"
        best = self._kb.entries[first.entry_id]
        unasked = best in self._timed.values() and not says_time(ask)  # days, where no time is asked for
        alone = first.score >= ALONE and second <= FAR and not unknown and not unasked
        # A time without a stage that was said; what to do next needs none.
        guessed = best in self._timed.values() and best is not self._overview and not topic.stages
        if not guessed and (alone or (first.score >= ANSWER and first.score - second >= CLEAR)):
            return Chosen(best, first.score, matches=matches, by="match")
        kind = near_in_kind([self._kb.entries[m.entry_id] for m in matches])
        if ask.past_upload and mends(best) and (kind or first.score - second >= CLEAR):
            return Chosen(best, first.score, matches=matches, by="match")
        if timed is not None and says_time(ask) and self._words[timed.id] >= set(known) - everyday:
            return Chosen(timed, max(first.score, ANSWER), matches=matches, by="slots")
        if (
            self._kb.entries[first.entry_id].kind == "out_of_scope"
            and first.score >= NOTHING_ON_FILE
            and not unknown
        ):
            return Chosen(self._kb.entries[first.entry_id], first.score, matches=matches, by="match")
        ours = not unknown and bool(topic.stages or ask.query.anchored or ask.query.own_exam)
        bar = 0.0 if about >= OURS else OPTIONS_OURS if ours else OPTIONS
        near = tuple(self._kb.entries[match.entry_id] for match in matches[:3] if match.score >= bar)
        if whole is not None and whole not in near:
            near = (*near[:2], whole)
        hooked = about >= OURS or bool(
            topic.stages or topic.asks or ask.query.own_exam or set(ask.content) & self._vocabulary
        )
        return Chosen(None, first.score, near if hooked else (), matches)

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

    def timed(self, stages: Sequence[str]) -> Entry | None:
        """The 时间 entry for these stages: the one that has fewest beside them; None for none."""
        if not stages:
            return None
        covering = [own for own in self._timed if set(stages) <= set(own)]
        return self._timed[min(covering, key=len)] if covering else self._overview

    def following(self, stages: Sequence[str]) -> Entry | None:
        """The entry that tells what comes next: these stages' own where they have one, else 下一步."""
        return self._timed.get(tuple(stages)) or self.next

    def _missed(self, stages: Sequence[str]) -> Entry | None:
        """What becomes of who missed these stages: the entry that has the fewest beside them."""
        own = [e for e in self._kb.entries.values() if e.asks == "错过" and set(stages) <= set(e.stages)]
        return min((e for e in own if e.kind == "answer"), key=lambda e: len(e.stages), default=None)

    def _left_out(self, stages: Sequence[str]) -> Entry | None:
        """What becomes of who left the 上传 out: no later window helps them (没传材料现在能审核吗)."""
        if "材料上传" not in stages:
            return None
        entries = self._kb.entries.values()
        return next((e for e in entries if e.asks == "错过" and e.answers and "材料上传" in e.stages), None)

    def _steps(self, entry: Entry) -> Entry | None:
        """The entry whose steps belong to the days that `entry` tells (第二步呢 after them); None where there is none."""
        if not entry.is_timed:
            return None
        return next(
            (
                e
                for e in self._kb.entries.values()
                if e.asks == "流程" and set(e.stages[:1]) & set(entry.stages)
            ),
            None,
        )
