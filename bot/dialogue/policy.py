"""What to do next: decide(ask, session) -> Decision, Session. Pure; rather ask than guess, rather refuse than be wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from bot.dialogue.ahead import due, side_by_side
from bot.dialogue.ask import Ask, day_of
from bot.dialogue.asked import both_levels, hour_asked
from bot.dialogue.choices import MAX_CHOICES, Choices
from bot.dialogue.chosen import Chosen
from bot.dialogue.coming import of_coming_exam
from bot.dialogue.decision import Decision
from bot.dialogue.facts import HOUR, SUPPOSED, Facts, stages_told
from bot.dialogue.for_second import without_second
from bot.dialogue.going_on import says_little
from bot.dialogue.hearing import Hearing
from bot.dialogue.lookup import inherits
from bot.dialogue.ranking import Ranking
from bot.dialogue.remembered import remembered
from bot.dialogue.select import Selector
from bot.dialogue.session import Session, Shown, Topic
from bot.dialogue.sites import asks_same, places_of, works_in
from bot.dialogue.standing import judged, only_leaves, only_said, rule_after, told_first
from bot.dialogue.subscribe import Subscribing
from bot.dialogue.which_day import of_that_day
from bot.knowledge.model import NATION, NEXT, Entry, Knowledge
from bot.matching.rank import Match
from bot.schedule.deadlines import today
from bot.schedule.stages import REVIEWED, SECOND
from bot.text.hours import hour_supposed
from bot.text.replacing import replace
from bot.text.statuses import THIS_YEAR
from bot.text.tense import after_the_end

_ASKS = re.compile(r"[吗么?几]|多[久少]|怎|咋|啥")
_AT_REVIEW = re.compile(r"审核?(?:的)?(?:时候|期间|那几天|时)")
REMARKED = "好的"  # the small talk that answers a remark
_EVERY_YEAR = re.compile(
    r"历年|往年|哪几年|哪些年|哪年有|每年都?是|前几年|(?:一般|通常)(?:是|都|会)?(?:在)?(?:几|啥|什么|哪|好久|多久)"
)
ENOUGH_MISSES = 2  # not understood so often in a row, a person is offered
MAX_PLACES = 9  # a name in more provinces (高新区) is asked about openly
MAX_YEARS = 3
FEW_REGIONS = 2  # as many on file are told at once rather than asked about a second time
MAX_REGIONS = 3  # more side by side is no longer read on a phone


class Policy:
    """The rules over one knowledge; immutable."""

    def __init__(self, kb: Knowledge, selector: Selector, subscribing: Subscribing) -> None:
        self._kb = kb
        self.selector = selector
        self.subscribing = subscribing
        self._facts = Facts(kb)
        self._choices = Choices(kb)
        self.ranking = Ranking(kb, selector, self._facts)
        self._hearing = Hearing(kb, selector, self._facts, self.ranking)

    def decide(self, ask: Ask, session: Session, now: datetime) -> tuple[Decision, Session]:
        """One question, one decision, and what to remember of it."""
        ask = judged(ask, session, self._kb, now)
        if self._facts.passed_this_year(ask, session.passed, now):
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
        bare = (ask.bare or denies) and not (asks or ask.resumed or rule_after(ask, ()))
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
            return self._ask_region(ask, Decision("ask_region"), replace(session, pending="region"))
        choices = self._choices.suggested()
        decision = Decision(
            "command", region=region, phrase="记住地区", values={"地区": region}, choices=choices, score=1.0
        )
        return decision, replace(session, shown=choices, misses=0)

    def answer(self, ask: Ask, chosen: Chosen, session: Session, now: datetime) -> tuple[Decision, Session]:
        """An entry was chosen: find its facts for the candidate's region, or ask for the region."""
        entry = chosen.entry
        assert entry is not None  # noqa: S101  the callers have looked
        due_one = self.selector.book.timed(ask.topic.stages) if len(ask.topic.stages) == 1 else None
        if len(ask.regions) > 1 and entry.asks == NEXT and not ask.after and due_one is not None:
            entry = due_one  # 明天几点截止 … 四川重庆一样不: of that step
        if len(ask.regions) > 1 and entry is self.selector.book.sites and (here := works_in(ask.query)):
            ask = replace(ask, regions=(here,))  # 户口在达州 单位在开州 报四川还是重庆
        timed = entry.is_timed
        before = session.topic
        ahead = before is not None and before.year is not None and before.year > today(now).year
        if before is not None and ahead and ask.query.presumes and ask.topic.year is None:
            ask = replace(ask, topic=replace(ask.topic, year=before.year))  # 25年的呢 … 老师说1月15就开始报了
        stages = stages_told(ask, entry)
        topic = replace(
            ask.topic,
            entry=entry.id,
            stages=tuple(stages) or (ask.topic.stages if ask.goes_on else ()),
            asks=ask.topic.asks or ((entry.asks,) if entry.asks else ()),
            regions=ask.regions[:MAX_REGIONS] if len(ask.regions) > 1 or ask.regions == (NATION,) else (),
        )
        if entry.asks == HOUR and not topic.stages and before is not None and len(before.stages) == 1:
            topic = replace(topic, stages=before.stages)  # 9号24时是不是就是10号0点: of what was spoken of
        topic = replace(topic, step=0 if ask.step >= self._facts.steps_of(entry, ask.regions) else ask.step)
        spoken = session.topic.stages if session.topic is not None else ()
        if not timed and ask.topic.stages and set(ask.topic.stages) < set(stages):
            topic = replace(topic, stages=ask.topic.stages)  # 那还要报名不 … 啥时候开始: of the registration
        wide = not ask.topic.stages or (set(spoken) < set(ask.topic.stages) and not ask.query.subjects)
        if (
            not timed
            and wide
            and spoken
            and set(spoken) <= {"技能缴费", "一试缴费", "二试缴费"}
            and set(spoken) < set(stages)
        ):
            topic = replace(topic, stages=spoken)  # 笔试费 … 扣了两次 … 现在还能交吗: still of that one
        if not timed and set(stages) < set(ask.topic.stages) <= REVIEWED:
            topic = replace(topic, stages=ask.topic.stages)  # 审核是线上还是现场,到几号: of both
        late = after_the_end(ask.query.text)
        hour = hour_supposed(ask.query.text) or (hour_supposed(topic.core) if ask.resumed else None)
        base = Decision(
            "answer", entry, stage=stages[0] if stages else None, audience=ask.audience, score=chosen.score,
            matches=chosen.matches, verdict=("错过" in topic.asks and not ask.query.vague) or (late and "是否" in topic.asks) or ((topic.verdict or topic.day is not None) and not (ask.query.state or (ask.resumed and topic.state)) and not ask.query.vague), day=day_of(topic), at_hour=ask.query.at_hour,
            presumes=ask.query.presumes or (topic.presumes if ask.resumed else ""), put=topic.put, hour=hour, asked_year=topic.year, why=chosen.by, step=ask.step, after=ask.after,
            at_review=_AT_REVIEW.search(ask.query.text) is not None, publishing="公布" in topic.asks, clocked=ask.query.state or topic.state or topic.verdict, late=late,
            skills=told_first(ask, entry), no_second=ask.no_second, by_hour=hour_asked(ask.query.text) or (hour_asked(topic.core) if ask.resumed else ""), both_levels=timed and both_levels(ask.query),
        )  # fmt: skip
        if base.by_hour and base.verdict and "几点" in f"{ask.query.text}{topic.core if ask.resumed else ''}":
            base = replace(base, verdict=False)  # 明天几点可以报名: the hour, and not whether one may
        if entry.kind == "out_of_scope":
            choices = self._choices.follow_ups(entry) or self._choices.suggested()
            # 电话有没得 … 我在重庆万州 goes on from this, and not from what was asked before it.
            session = replace(session, misses=0, shown=choices, topic=topic)
            return replace(base, kind="out_of_scope", region=_one(ask.regions), choices=choices), session
        missed = "错过" in ask.topic.asks and entry.asks == "错过" and not SUPPOSED.search(ask.query.text)
        hangs = missed and not set(stages) <= SECOND and self._facts.hangs_on_clock(stages, topic.year, now)
        pending = ""
        if not ask.regions and (hangs or self._facts.need_region(entry, stages)):
            talked = session.topic is not None and session.topic.regions == (
                NATION,
            )  # 25的呢, of the nation's
            again = (session.pending == "region" or talked) and not hangs
            again = again and self._facts.nation_tells(entry, stages, topic.year, now)
            nowhere = entry.is_timed and topic.year is not None and self._facts.nothing_of(topic.year)
            every = self._facts.regions_of(entry) if session.pending == "region" and not again else ()
            if not (again or nowhere or 0 < len(every) <= FEW_REGIONS):
                meanwhile = self._facts.of_the_nation(entry, stages, topic.year, now)
                if meanwhile:  # 还有几天截止 … 几点截止: of what was told
                    topic = replace(topic, stages=(meanwhile[0].stage,))
                session = replace(session, topic=topic, pending="region")
                return self._ask_region(ask, replace(base, told=meanwhile), session)
            # Who is asked twice and names no place hears what holds for all, else each region's; and may still name one.
            if again or nowhere:
                ask, topic = replace(ask, regions=(NATION,)), replace(topic, regions=(NATION,))
            else:
                ask, pending = replace(ask, regions=every), "region"
            if again:  # else no region has any days of that year
                pending, base = "region", replace(base, phrase="全国先说")
        aside = (
            before is not None and ask.query.presumes and ask.query.years and before.stages == topic.stages
        )
        # 我看去年是1月22 … 截止好久: of the year that was spoken of before
        kept = replace(topic, year=before.year) if aside and before is not None else topic
        if not ask.query.others and self._facts.fails_skills(ask.query.text):
            kept = replace(kept, unskilled=True)
        session = replace(session, topic=kept, pending=pending, misses=0)
        places, claim = places_of(ask.query, session.place, ask.place, self._kb)
        places = places if len(ask.regions) < 2 else ()
        parts = []
        for region in ask.regions[:MAX_REGIONS] or (None,):
            part = replace(base, region=region, places=places, claim=claim, same_site=asks_same(ask.query))
            if not timed:
                goes_on = topic.core if ask.resumed else ""
                said = (ask.query.text, goes_on, without_second(session.asked))
                parts.append(self._facts.worded(part, topic, said, now, ask.query.level or session.level))
                continue
            years = (topic.year, *topic.more_years)[: MAX_YEARS if len(ask.regions) < 2 else 1]
            if years == (None,) and _EVERY_YEAR.search(ask.query.text):
                # the fee of 二试 is due in the same days
                stages = ("二试报名",) if set(stages) <= SECOND else stages
                years = (self._facts.years_of(stages[0], now) if len(stages) == 1 else ()) or years
            for year in years:
                of_year = replace(part, asked_year=year, beside=len(years) > 1)
                parts.append(self._facts.timed(of_year, stages, replace(topic, year=year), now))
        decision = parts[0] if len(parts) == 1 else side_by_side(parts)
        if entry.asks == NEXT and not ask.after and decision.told:
            # 啥时候截止, 要带什么 after it: of what is to be done first
            session = replace(session, topic=replace(topic, stages=(due(decision.told, now),)))
        offer = self.subscribing.offer(decision, session, now)
        choices = (*self._choices.follow_ups(entry), *([offer] if offer else []))
        if pending:
            choices = (*self._choices.regions(), *choices)[:MAX_CHOICES]
        others = [near for near in chosen.near if near is not entry and near.kind == "answer"]
        decision = replace(decision, choices=choices, instead=self._choices.of(others))
        return decision, replace(session, shown=decision.choices)

    def keeps_regional(self, decided: list[tuple[Decision, Session]]) -> list[tuple[Decision, Session]]:
        """Both answers, with the topic of the first where only that one differs from region to region: 几点 哪个网 … 四川一样不."""
        if len(decided) < 2:
            return decided
        (first, spoken), (last, session) = decided[0], decided[-1]
        differs = [
            part.entry is not None and self._facts.need_region(part.entry, part.entry.stages)
            for part in (first, last)
        ]
        if differs != [True, False] or spoken.topic is None:
            return decided
        return [*decided[:-1], (last, replace(session, topic=spoken.topic, pending=spoken.pending))]

    def _ask_region(self, ask: Ask, base: Decision, session: Session) -> tuple[Decision, Session]:
        if 0 < len(ask.ambiguous) <= MAX_PLACES:
            choices = tuple(Shown(region, region=region) for region in ask.ambiguous)
            place = next((m.text for m in ask.query.region.mentions if len(m.regions) > 1), "")
            decision = replace(
                base, kind="ask_region", phrase="问地区歧义", values={"地名": place}, choices=choices
            )
        else:
            choices = self._choices.regions()
            decision = replace(base, kind="ask_region", phrase="问地区", choices=choices)
        return decision, replace(session, shown=decision.choices)

    def _bare(self, ask: Ask, session: Session, now: datetime) -> tuple[Decision, Session]:
        if ask.ambiguous:
            return self._ask_region(ask, Decision("ask_region"), replace(session, pending="region"))
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
            return self._ask_region(ask, Decision("ask_region"), replace(session, pending="region"))
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

    def _not_understood(self, ask: Ask, session: Session) -> tuple[Decision, Session]:
        """A refusal; the first time while a question waits for its place (群里老师说的), the place is asked for again."""
        if REMARKED in self._kb.entries and self.ranking.is_remark(ask, session):
            entry = self._kb.entries[REMARKED]
            return Decision("smalltalk", entry, answer=entry.answers.get(NATION), level=NATION), session
        if session.pending == "region" and session.topic is not None and not session.misses:
            return self._ask_region(ask, Decision("ask_region"), replace(session, misses=1))
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
