"""What a message of a talk means, by all signs together: likeness, slots, what was said before, what is due, what the rules chose. Pure.

A rule sees one thing and is sure of it; in a talk, where half of a question is left out, a quarter of what rules were
sure of was wrong. So there they propose, and learnt weights decide: a ranking over the entries that come into question, and how likely
its first is right. Made by `python tools/train_talk.py` from the talks of tests/corpus/talks.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import numpy as np

from bot.dialogue.ask import Ask
from bot.dialogue.asked import both_levels, says_time
from bot.dialogue.chosen import Chosen, Evidence
from bot.dialogue.domain import about_the_exam, signs
from bot.dialogue.phases import Phases
from bot.dialogue.readings import Reading, readings
from bot.dialogue.select import Selector
from bot.dialogue.session import Session, Topic
from bot.dialogue.turns import NOTHING, LearntTurns
from bot.dialogue.turns import packaged as learnt_turns
from bot.dialogue.weigh import PLAIN_ASPECTS
from bot.dialogue.weights import NAMES, Considered, packaged
from bot.knowledge.model import NATION, NEXT, Entry, Knowledge
from bot.schedule.deadlines import today
from bot.schedule.stages import UPLOAD
from bot.text.replacing import replace

ANSWER = 0.65
"""At or over it the first is answered; below, a list costs a turn, where a wrong guess costs two (rates: docs/matching.md, "In a talk")."""
OVER_RULES = 0.70
"""At or over it the first is answered instead of what the rules chose for a first message, of which they know all that can be known."""
OFFER = 0.20
"""At or over it the first three are offered even where the rules would have refused."""
OFFER_FIRST = 0.55
"""The same of a first message, which may be about anything."""
_NEAR = 4  # entries that are kept as near: the first, and as many as are offered
_LEAST = 1e-4  # the likeness of an entry that the matcher did not bring
_LEARNT = 5  # entries that come into question because others meant them by such words
_LEAST_LEARNT = 0.02  # the same of one that nobody meant

_SURE = (
    "status",
    "over then",
    "of a day",
    "fee of a month",
    "no entrance",
    "shut",
    "fails",
    "steps",
    "both levels",
    "which review",
    "words",
    "papers",
    "site",
    "chance",
    "compared",
)  # rules that no talk had when the weights were learnt, or that no sign knows of


_TALKS = re.compile(
    r"[?吗么呢嘛吧不没啥咋怎几哪什多那就还再也都要能会是了改传交审退卡号证钱单图名]"
)  # 那我就等着, and not 哇啦哇啦

_HAN = re.compile(r"[\u4e00-\u9fff]")
_FEWEST = 2  # characters that say something by themselves
# (at least, at most of nothing): measured on questions about anything, of which none is over the first pair's
# first number and under its second (tools/train_talk.py, about_anything); in a talk less is needed, as its subject is known
SURE_FIRST, SURE_IN_TALK = (0.7, 0.4), (0.5, 0.35)

REMARK, LIKE_A_REMARK = 0.7, 0.35
"""How often, at least, such words asked for nothing, and how often, at most, for any one entry, where they are a remark."""
_ASKS = re.compile(
    r"[?吗么啥几哪咋]|什么|怎|多少|多久|好久|好多|(?P<verb>[\u4e00-\u9fff])不(?P=verb)|不(?:是|能|行)?\W*$|没(?:有|得)?\W*$|没有|如何|为何|还是|可不可以"
    r"|帮|推荐|提醒|模板|该不该|\d{6}"
)  # also a wish, and a number that is somebody's


class Ranking:
    """Reconsiders what the rules chose, over one knowledge; immutable."""

    def __init__(
        self,
        kb: Knowledge,
        selector: Selector,
        phases: Phases,
        turns: Callable[[], LearntTurns] = learnt_turns,
    ) -> None:
        """turns: what was learnt from talks; asked for when it is needed first."""
        self._kb = kb
        self._selector = selector
        self._phases = phases
        self.turns = turns

    def reconsider(self, ask: Ask, session: Session, chosen: Chosen, now: datetime) -> tuple[Ask, Chosen]:
        """The entry that all signs speak for, and the reading it comes from; options where they are not clear enough.

        Args:
            chosen: what the rules chose, or nothing.
        """
        query = ask.query
        said = query.asks or query.actions or query.subjects or query.verdict or query.audience or query.years
        silent = chosen.entry is None and not said and not _TALKS.search(query.text)
        considered = None if silent else self.consider(ask, session, chosen, now)
        if considered is None:
            return ask, chosen if chosen.entry is not None else self.surely(ask, session, now) or chosen
        weights = packaged()
        order, scores = weights.order(considered)
        sure = weights.confidence(considered, order, scores)
        first = considered.entries[order[0]]
        ordered = [considered.entries[place] for place in order]
        chosen = replace(chosen, near=chosen.near or tuple(ordered[:_NEAR])) if chosen.entry else chosen
        offer = OFFER if considered.talking else OFFER_FIRST
        if chosen.entry is None:
            if not chosen.near and sure < offer:
                return ask, self.surely(ask, session, now) or chosen
        elif _days_of_the_same(first, chosen.entry) or _only_days(ask, first, chosen):
            return ask, chosen
        elif first is chosen.entry and (first.kind == "answer" or sure >= ANSWER):
            return ask, chosen  # that nothing is on file is said only where that is what was asked
        if sure >= ANSWER:
            meant = Chosen(first, sure, tuple(ordered[:_NEAR]), chosen.matches, by="talk")
            heard = considered.source[order[0]].ask
            # papers that came back stay so, however it is heard
            back = heard.topic.sent_back or (ask.topic.sent_back and UPLOAD in first.stages)
            return replace(heard, topic=replace(heard.topic, sent_back=back)), meant
        near = tuple(entry for entry in ordered if entry.kind != "out_of_scope" or entry is first)[:3]
        return ask, Chosen(None, sure, near, chosen.matches)

    def surely(self, ask: Ask, session: Session, now: datetime) -> Chosen | None:
        """The entry that such words have meant time and again, though one of them is of other things (银行卡限额了, 乡村全科呢); None else."""
        if len(_HAN.findall(ask.query.core)) < _FEWEST:
            return None  # after an answer even 🥲 is like what others sent there
        learnt, meant, nothing = self._learnt(ask, session.topic or Topic())
        most, strange = SURE_IN_TALK if session.topic is not None else SURE_FIRST
        entry = self._kb.entries[meant[0]] if meant else None
        if entry is None or learnt[entry.id] < most or nothing > strange:
            return None
        if entry.kind == "smalltalk" or not entry.valid_on(today(now)):
            return None
        return Chosen(entry, min(learnt[entry.id], 1.0), by="talk")

    def is_remark(self, ask: Ask, session: Session) -> bool:
        """Whether a message of a talk asks for nothing, as such words have asked for nothing before: 吓我一跳, 好嘛赌一把."""
        if session.topic is None or _ASKS.search(ask.query.text):
            return False
        learnt, meant, nothing = self._learnt(ask, session.topic)
        return nothing >= REMARK and (not meant or learnt[meant[0]] < LIKE_A_REMARK)

    def _learnt(self, ask: Ask, before: Topic) -> tuple[dict[str, float], list[str], float]:
        """How often such words meant each entry; those on file, the oftenest first; and how often nothing of ours."""
        learnt = self.turns().scores(ask.query.core, before.entry, before.stages)
        nothing = learnt.pop(NOTHING, 0.0)
        meant = sorted((id for id in learnt if id in self._kb.entries), key=lambda id: -learnt[id])
        return learnt, meant, nothing

    def consider(self, ask: Ask, session: Session, chosen: Chosen, now: datetime) -> Considered | None:
        """All that comes into question with its signs; None where nothing does, and where what was chosen stays as it is.

        That is a phrasing word for word, and what follows from who somebody is or from papers that were sent back: no sign knows of these.
        """
        if chosen.by == "exact" or chosen.rule in _SURE or (ask.past_upload and chosen.by == "slots"):
            return None
        if chosen.entry is not None and chosen.entry.is_timed and both_levels(ask.query):
            return None  # 我技能免考的 也这时候交？
        ways = [(reading, self._selector.evidence(reading.ask)) for reading in readings(ask, session)]
        first_word = next(iter(ask.content), "")
        strange = first_word in ways[0][1].unknown and ask.query.core.startswith(first_word)
        strange = strange and first_word in ask.query.modifiers
        if session.topic is None and chosen.entry is None and strange:
            return None  # 四川烟草啥时候报名: of what nobody here knows
        rules = {reading.name: self._selector.choose(reading.ask, found) for reading, found in ways}
        named: dict[str, None] = {}
        for _, evidence in ways:
            named.update(dict.fromkeys(match.entry_id for match in evidence.matches))
        for way in (*rules.values(), chosen):
            named.update(dict.fromkeys(entry.id for entry in (way.entry, *way.near) if entry is not None))
        before = session.topic or Topic()
        learnt, meant, nothing = self._learnt(ask, before)
        named.update(dict.fromkeys(meant[:_LEARNT]))
        every = (self._kb.entries[id] for id in named)
        entries = tuple(each for each in every if each.kind != "smalltalk" and each.valid_on(today(now)))
        if not entries:
            return None
        phases = self._phases.of(ask.regions[0] if ask.regions else NATION, ask.topic.year, now)
        table = np.zeros((len(entries), len(NAMES)))
        source = []
        for place, entry in enumerate(entries):
            row, best = self._row(entry, ways, rules, chosen, session.topic, phases)
            row |= _signs_learnt(entry.id, learnt, meant)
            table[place] = [float(row[name]) for name in NAMES]
            source.append(best)
        first = ways[0][1]
        unknown = len(first.unknown)
        about = about_the_exam(signs(ask, first.matches, unknown, first.foreign)) if first.matches else 0.0
        talking = session.topic is not None
        return Considered(
            entries, table, tuple(source), about, nothing, first.foreign, unknown, ask, chosen, talking
        )

    def _row(
        self,
        entry: Entry,
        ways: Sequence[tuple[Reading, Evidence]],
        rules: Mapping[str, Chosen],
        chosen: Chosen,
        before: Topic | None,
        phases: Mapping[str, str],
    ) -> tuple[dict[str, float], Reading]:
        """The signs of one entry by name, and the reading that is most like it."""
        likeness: dict[str, float] = {}
        classifier, missing = 0.0, []
        best, most = ways[0][0], -math.inf
        for reading, evidence in ways:
            match = next((match for match in evidence.matches if match.entry_id == entry.id), None)
            likeness[reading.name] = math.log(max(match.score if match else 0.0, _LEAST))
            proposed = rules[reading.name].entry is entry
            if match is not None:
                classifier = max(classifier, match.why["classifier"])
            if evidence.known:
                missing.append(self._selector.lacks(entry, evidence.known))
            if (value := likeness[reading.name] + proposed) > most:
                best, most = reading, value
        query = ways[0][0].ask.query
        own, said = set(entry.stages), set(query.stages)
        asks = set(query.asks)
        told = set(before.stages) if before is not None and not said else set()
        timed = says_time(ways[0][0].ask)
        stands = {phases.get(stage, "") for stage in entry.stages} if not said else set()
        by = chosen.by if chosen.entry is entry else ""
        return {
            "said": likeness["said"],
            "alone": likeness.get("alone", likeness["said"]),
            "within": likeness.get("within", likeness["said"]),
            "likest": max(likeness.values()),
            "classifier": classifier,
            "same_aspect": entry.asks in asks,
            "other_aspect": entry.asks in PLAIN_ASPECTS
            and bool(asks & PLAIN_ASPECTS)
            and entry.asks not in asks,
            "aspect_before": before is not None and not asks and entry.asks in before.asks,
            "stage": bool(own & said),
            "other_stage": bool(own and said and not own & said),
            "stage_before": bool(own & told),
            "other_stage_before": bool(own and told and not own & told),
            "missing_words": min(missing, default=0.0),
            "all_words": bool(missing) and min(missing) == 0.0,
            "time_asked": entry.is_timed and timed,
            "day_asked": entry.is_timed and ways[0][0].ask.topic.day is not None,
            "time_not_asked": entry.is_timed and not timed,
            "next_step": entry.asks == NEXT,
            "nothing_on_file": entry.kind == "out_of_scope",
            "follow_up": before is not None
            and before.entry in self._kb.entries
            and entry.id in self._kb.entries[before.entry].follow_ups,
            "same_entry": before is not None
            and before.entry == entry.id
            and not (own and said and not own & said),
            "open": "open" in stands,
            "next": "next" in stands and "open" not in stands,
            "just_over": "just_over" in stands and "open" not in stands,
            "past": stands == {"past"},
            "rule_said": _rule(rules, "said", entry),
            "rule_alone": _rule(rules, "alone", entry),
            "rule_within": _rule(rules, "within", entry),
            "chosen": chosen.entry is entry,
            "chosen_match": by == "match",
            "chosen_timed": by == "slots" and chosen.rule == "timed",
            "offered": entry in chosen.near,
        }, best


def _signs_learnt(id: str, learnt: Mapping[str, float], best_first: Sequence[str]) -> dict[str, float]:
    """How often such words meant this entry: as they come, whether none more often, and against the most."""
    most = learnt[best_first[0]] if best_first else 0.0
    own = max(learnt.get(id, 0.0), _LEAST_LEARNT)
    return {
        "learnt": own,
        "learnt_first": float(bool(best_first) and id == best_first[0]),
        "learnt_share": math.log(own / max(most, _LEAST_LEARNT)),
    }


def _only_days(ask: Ask, first: Entry, chosen: Chosen) -> bool:
    """Whether nothing but days comes into question, and the message names the step, or only varies what was asked: 技能的呢."""
    named = bool(ask.query.subjects or ask.query.stages or ask.resumed)
    days = chosen.entry is not None and chosen.entry.is_timed and first.is_timed
    return days and chosen.rule == "timed" and named


def _days_of_the_same(one: Entry, other: Entry) -> bool:
    """Whether both tell days, those of one among those of the other: the rules know which of them are meant."""
    nested = set(one.stages) <= set(other.stages) or set(other.stages) <= set(one.stages)
    return one.is_timed and other.is_timed and nested


def _rule(rules: Mapping[str, Chosen], name: str, entry: Entry) -> bool:
    way = rules.get(name)
    return way is not None and way.entry is entry and way.by == "slots"
