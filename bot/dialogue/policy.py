"""What to do next: decide(ask, session) -> Decision, Session. Pure; rather ask than guess, rather refuse than be wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from bot.dialogue.answering import MAX_REGIONS, Answering
from bot.dialogue.ask import Ask
from bot.dialogue.choices import MAX_CHOICES, Choices
from bot.dialogue.chosen import BY_SLOTS, Chosen
from bot.dialogue.coming import of_coming_exam
from bot.dialogue.decision import Decision
from bot.dialogue.facts import Facts
from bot.dialogue.following.going_on import says_little
from bot.dialogue.hearing import Hearing
from bot.dialogue.lookup import inherits
from bot.dialogue.phases import Phases
from bot.dialogue.ranking import Ranking
from bot.dialogue.remembered import remembered
from bot.dialogue.second import CONDITIONS
from bot.dialogue.select import Selector
from bot.dialogue.session import Session, Shown, Topic
from bot.dialogue.standing import PASSED_BEFORE, judged, only_leaves, only_said, rule_after
from bot.dialogue.subscribe import Subscribing
from bot.dialogue.which_day import of_that_day
from bot.knowledge.model import NATION, Entry, Knowledge
from bot.matching.rank import Match
from bot.schedule.deadlines import today
from bot.schedule.stages import FIRST_RESULTS
from bot.text.replacing import replace
from bot.text.statuses import PASSED, THIS_YEAR
from bot.text.whose import SOLDIER

_ASKS = re.compile(r"[吗么?几]|多[久少]|怎|咋|啥")
_FAILED_THEN = re.compile(r"(?:综合|笔试|机考|一试)(?:又|也|还是|都|考)*(?:没(?:考)?过|挂)")
# 笔试没过 哭死, of no year
_FAILED = re.compile(rf"^(?!.*(?:去年|前年|上一?年|20\d\d|技能)).*{_FAILED_THEN.pattern}")
REMARKED = "好的"  # the small talk that answers a remark
ENOUGH_MISSES = 2  # not understood so often in a row, a person is offered


class Policy:
    """The rules over one knowledge; immutable."""

    def __init__(self, kb: Knowledge, selector: Selector, subscribing: Subscribing) -> None:
        self._kb = kb
        self.selector = selector
        self.subscribing = subscribing
        self._facts = Facts(kb)
        self._phases = Phases(kb)
        self._choices = Choices(kb)
        self.ranking = Ranking(kb, selector, self._phases)
        self._hearing = Hearing(kb, selector, self._facts, self._phases, self.ranking)
        self._answering = Answering(kb, selector, subscribing, self._choices, self._facts, self._phases)

    def decide(self, ask: Ask, session: Session, now: datetime) -> tuple[Decision, Session]:
        """One question, one decision, and what to remember of it."""
        ask = judged(ask, session, self._kb, now)
        if self._phases.passed_this_year(ask, session.passed, now):
            ask = replace(ask, audience=ask.audience and THIS_YEAR, keeps=THIS_YEAR)
        session = remembered(ask, session)
        ask = of_coming_exam(of_that_day(ask, session, self._kb, now), session, self._kb, now)
        small = None if ask.resumed else self.selector.smalltalk(ask.query)
        if small is not None:
            return Decision(
                "smalltalk", small, score=1.0, answer=small.answers.get(NATION), level=NATION
            ), session
        query = ask.query
        if query.exam is not None or query.off_topic:
            theirs = query.exam is not None and query.stages  # 军队文职报名时间 is that exam's
            meant = None if theirs else self.ranking.surely(ask, session, now)
            if meant is not None:
                return self.answer(ask, meant, session, now)
            if query.exam is not None:
                return self._refuse(session, "其他考试", {"考试": query.exam})
            return self._refuse(session, "无关", {})
        asks = query.names_status and _ASKS.search(query.text) is not None  # 技能过了能管几年
        denies = bool(query.not_audience) and not (
            query.asks or query.verdict or query.stages or query.subjects
        )
        # 我是部队的 在重庆考
        tells = (
            bool(query.audience)
            and ask.named
            and set(query.actions) <= {"考试"}
            and not (
                query.asks or query.verdict or query.subjects or query.content or query.day or query.years
            )
        )
        bare = (ask.bare or denies or tells) and not (asks or ask.resumed or rule_after(ask, ()))
        if bare and not self.selector.knows(ask):
            return self._bare(ask, session, now)
        outside = next((region for region in ask.regions if not inherits(self._kb, region)), None)
        if outside is not None and (ask.topic.stages or query.own_exam):
            return Decision("not_stated", region=outside, phrase="港澳台"), session
        if only_leaves(query):
            return self._left_region(ask, session)
        if ask.resumed and ask.bare and ask.named and not (ask.entry_fixed or query.audience):
            offered = [
                self._kb.entries[item.entry] for item in session.shown if item.entry in self._kb.entries
            ]
            if offered and session.topic is not None and ask.topic.core == session.topic.core:
                # What was asked is not decided yet, and the place alone decides nothing.
                again, session = self.offer(replace(ask, topic=session.topic), offered, session)
                noted = {"地区": again.region} if again.region else {}
                return replace(again, phrase="记住再选" if noted else again.phrase, values=noted), session
        ask, chosen = self._hearing.hear(ask, session, now)
        if chosen.entry is None:
            return self._unsure(ask, chosen, session)
        return self.answer(ask, chosen, session, now)

    def _left_region(self, ask: Ask, session: Session) -> tuple[Decision, Session]:
        """不考重庆了: the region that stays is said, or asked for; the question in hand waits for it."""
        region = _one(ask.regions)
        if region is None:
            return self._answering.ask_region(ask, Decision("ask_region"), replace(session, pending="region"))
        choices = self._choices.suggested()
        decision = Decision(
            "command", region=region, phrase="记住地区", values={"地区": region}, choices=choices, score=1.0
        )
        return decision, replace(session, shown=choices, misses=0)

    def answer(self, ask: Ask, chosen: Chosen, session: Session, now: datetime) -> tuple[Decision, Session]:
        """An entry was chosen: what is told of it, or the question for whose region."""
        return self._answering.answer(ask, chosen, session, now)

    def keeps_regional(self, decided: list[tuple[Decision, Session]]) -> list[tuple[Decision, Session]]:
        """As Answering.keeps_regional."""
        return self._answering.keeps_regional(decided)

    def _bare(self, ask: Ask, session: Session, now: datetime) -> tuple[Decision, Session]:
        if ask.query.theirs == SOLDIER:
            # 我娃儿是现役军医 重庆报名 … 需要上传材料吗: of them
            known = session.topic or Topic(core=ask.topic.core)
            session = replace(session, topic=replace(known, theirs=ask.query.theirs, of_them=True))
        if (failed := self._after_failing(ask, session, now)) is not None:
            return self.answer(ask, Chosen(failed, BY_SLOTS, by="slots"), session, now)
        if ask.ambiguous:
            return self._answering.ask_region(ask, Decision("ask_region"), replace(session, pending="region"))
        if not (ask.named or ask.query.audience) and (said := only_said(ask.query)) is not None:
            choices = self._choices.suggested()
            return replace(said, audience=ask.audience, choices=choices, score=1.0), replace(
                session, shown=choices, misses=0
            )
        if ask.named or ask.query.audience:
            who = ask.keeps if ask.query.audience else None
            choices = (*self._choices.concerning(ask.audience), *self._choices.suggested())[:MAX_CHOICES]
            region = _one(ask.regions)
            if region is None:
                phrase, values = "记住对象", {"对象": who or ""}
            else:
                phrase, values = "记住地区", {"地区": f"{region}（{who}考生）" if who else region}
            decision = Decision(
                "command",
                region=region,
                audience=ask.audience,
                phrase=phrase,
                values=values,
                choices=choices,
                score=1.0,
            )
            due_next = self.selector.book.next
            if who and region is not None and due_next is not None:
                # Who says so much of themselves wants to know what is theirs to do.
                told = self._facts.timed(replace(decision, entry=due_next), due_next.stages, Topic(), now)
                decision = replace(decision, told=told.told, spared=told.spared)
            return decision, replace(session, shown=choices, misses=0)
        if ask.query.level and not ask.regions:  # 我准备考执业助理
            return self._answering.ask_region(ask, Decision("ask_region"), replace(session, pending="region"))
        if not ask.query.text:
            return Decision("refuse", phrase="空白", choices=self._choices.suggested()), replace(
                session, shown=self._choices.suggested()
            )
        if session.topic is not None and not session.pending:  # 那我就等着?
            _, chosen = self.ranking.reconsider(ask, session, Chosen(None, 0.0), now)
            if chosen.entry is not None:
                return self.answer(ask, chosen, session, now)
            if chosen.near:
                return self.offer(ask, chosen.near, session, chosen.score)
        return self._not_understood(ask, session)

    def _after_failing(self, ask: Ask, session: Session, now: datetime) -> Entry | None:
        """笔试没过 哭死, which asks nothing and begins a talk: of the second test once there are results, before that of the coming registration."""
        if ask.query.theirs == PASSED and _FAILED_THEN.search(ask.query.text):
            return self._kb.entries.get(PASSED_BEFORE)  # 帮我老公问哈 他23年技能过了 笔试没过
        if session.topic is not None or not _FAILED.search(ask.query.text):
            return None
        then = CONDITIONS if today(now).month >= FIRST_RESULTS else PASSED_BEFORE
        return self._kb.entries.get(then)

    def _not_understood(self, ask: Ask, session: Session) -> tuple[Decision, Session]:
        """A refusal; the first time while a question waits for its place (群里老师说的), the place is asked for again."""
        if REMARKED in self._kb.entries and self.ranking.is_remark(ask, session):
            entry = self._kb.entries[REMARKED]
            return Decision("smalltalk", entry, answer=entry.answers.get(NATION), level=NATION), session
        if session.pending == "region" and session.topic is not None and not session.misses:
            return self._answering.ask_region(ask, Decision("ask_region"), replace(session, misses=1))
        return self._refuse(session, "不懂", {})

    def offer(
        self,
        ask: Ask,
        entries: Sequence[Entry],
        session: Session,
        score: float = 0.0,
        matches: tuple[Match, ...] = (),
    ) -> tuple[Decision, Session]:
        """Up to MAX_CHOICES entries to pick from by number."""
        # What is not on file is worth a number only where nothing else is meant.
        kept = [entry for entry in entries if entry.kind != "out_of_scope" or entry is entries[0]]
        choices = self._choices.of(kept)
        decision = Decision(
            "options",
            region=_one(ask.regions),
            score=score,
            phrase="选一个",
            choices=choices,
            matches=matches,
        )
        topic = replace(ask.topic, regions=ask.regions[:MAX_REGIONS] if len(ask.regions) > 1 else ())
        if session.topic is not None and session.topic.entry and says_little(ask.query):
            topic = session.topic  # 差两天而已: what was spoken of is spoken of still
        elif session.topic is not None and not (topic.stages or ask.query.subjects or ask.query.exam):
            topic = replace(
                topic, stages=session.topic.stages
            )  # 军人证之外还要部队开证明不 … 时间: of the review still
        elif topic.asks and not topic.stages and kept:
            shared = set.intersection(*(set(entry.stages) for entry in kept[:MAX_CHOICES]))
            topic = replace(topic, stages=tuple(stage for stage in kept[0].stages if stage in shared))
        return decision, replace(session, shown=choices, misses=0, topic=topic)

    def _unsure(self, ask: Ask, chosen: Chosen, session: Session) -> tuple[Decision, Session]:
        if chosen.near and not self.ranking.is_remark(ask, session):
            return self.offer(ask, chosen.near, session, chosen.score, chosen.matches)
        about = bool(ask.query.own_exam or ask.topic.stages)
        decision, session = self._not_understood(ask, session)
        if decision.kind != "refuse":
            return decision, session
        kind = "out_of_scope" if about and not ask.content else "refuse"
        return replace(decision, kind=kind, score=chosen.score, matches=chosen.matches), session

    def _refuse(self, session: Session, phrase: str, values: dict[str, str]) -> tuple[Decision, Session]:
        choices = self._choices.suggested()
        misses = session.misses + (1 if phrase == "不懂" else 0)
        if phrase == "不懂" and misses >= ENOUGH_MISSES:
            phrase, choices = "又没懂", (*choices[: MAX_CHOICES - 1], Shown("转人工", say="人工"))
        decision = Decision("refuse", phrase=phrase, values=values, choices=choices)
        return decision, replace(session, shown=choices, misses=misses)


def _one(regions: tuple[str, ...]) -> str | None:
    return regions[0] if regions else None
