"""From a chosen entry to what is told: its subject, whose region it is for, the facts of each region or year. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from bot.dialogue.ahead import due, side_by_side
from bot.dialogue.ask import Ask, day_of
from bot.dialogue.asked import asks_by_when, both_levels, hour_asked
from bot.dialogue.choices import MAX_CHOICES, Choices
from bot.dialogue.chosen import Chosen
from bot.dialogue.decision import Decision
from bot.dialogue.facts import HOUR, SUPPOSED, Facts, stages_told
from bot.dialogue.following.follow_up import asks_source
from bot.dialogue.following.for_second import without_second
from bot.dialogue.phases import Phases
from bot.dialogue.select import Selector
from bot.dialogue.session import Session, Shown, Topic
from bot.dialogue.sites import asks_same, places_of, works_in
from bot.dialogue.standing import ELSEWHERE, told_first
from bot.dialogue.subscribe import Subscribing
from bot.knowledge.model import NATION, NEXT, Entry, Knowledge
from bot.schedule.deadlines import today
from bot.schedule.stages import REVIEWED, SECOND
from bot.text.hours import hour_supposed
from bot.text.replacing import replace
from bot.text.tense import after_the_end

_AT_REVIEW = re.compile(r"审核?(?:的)?(?:时候|期间|那几天|时)")
_EVERY_YEAR = re.compile(
    r"历年|往年|哪几年|哪些年|哪年有|每年都?是|前几年|(?:一般|通常)(?:是|都|会)?(?:在)?(?:几|啥|什么|哪|好久|多久)"
)
_LIKE_BEFORE = re.compile(r"(?:跟|和|同|与|像)(?:去年|上一?年|往年|前年)的?(?:一样|相同|差不多)")
_LIKE_NOW = re.compile(r"(?:跟|和|同|与|像)今年的?(?:一样|相同|差不多)")
_ALL_IN = re.compile(r"都(?:是|在)[^,。?!\d]{0,3}(1[0-2]|[1-9])月份?(?!\d)")  # 23年和24年都是9月啊
_WHERE_TO_ASK = frozenset({"咨询", "咨询电话", "报名公告"})  # entries of no step
_FEE = frozenset({"技能缴费", "一试缴费", "二试缴费"})
MAX_PLACES = 9  # a name in more provinces (高新区) is asked about openly
MAX_YEARS = 3
FEW_REGIONS = 2  # as many on file are told at once rather than asked about a second time
MAX_REGIONS = 3  # more side by side is no longer read on a phone


class Answering:
    """Over one knowledge; immutable."""

    def __init__(
        self,
        kb: Knowledge,
        selector: Selector,
        subscribing: Subscribing,
        choices: Choices,
        facts: Facts,
        phases: Phases,
    ) -> None:
        self._kb = kb
        self._selector = selector
        self._subscribing = subscribing
        self._choices = choices
        self._facts = facts
        self._phases = phases

    def answer(self, ask: Ask, chosen: Chosen, session: Session, now: datetime) -> tuple[Decision, Session]:
        """The facts of the chosen entry for the candidate's region, or the question which region that is."""
        assert chosen.entry is not None  # noqa: S101  the callers have looked
        ask, entry = self._as_meant(ask, chosen.entry, session, now)
        stages = stages_told(ask, entry)
        topic = self._subject(ask, entry, stages, session)
        base = _asked(ask, entry, stages, topic, chosen)
        if entry.kind == "out_of_scope":
            choices = self._choices.follow_ups(entry) or self._choices.suggested()
            # 电话有没得 … 我在重庆万州 goes on from this, and not from what was asked before it.
            session = replace(session, misses=0, shown=choices, topic=topic)
            return replace(base, kind="out_of_scope", region=_one(ask.regions), choices=choices), session
        pending = ""
        missed = "错过" in ask.topic.asks and entry.asks == "错过" and not SUPPOSED.search(ask.query.text)
        hangs = missed and not set(stages) <= SECOND and self._phases.hangs_on_clock(stages, topic.year, now)
        if not ask.regions and (hangs or self._facts.need_region(entry, stages)):
            regions, pending = self._without_region(entry, stages, topic.year, session, hangs, now)
            if not regions:
                meanwhile = self._facts.of_the_nation(entry, stages, topic.year, now)
                if meanwhile:  # 还有几天截止 … 几点截止: of what was told
                    topic = replace(topic, stages=(meanwhile[0].stage,))
                session = replace(session, topic=topic, pending="region")
                return self.ask_region(ask, replace(base, told=meanwhile), session)
            ask = replace(ask, regions=regions)
            if regions == (NATION,):
                topic, base = (
                    replace(topic, regions=(NATION,)),
                    replace(base, phrase="全国先说" if pending else ""),
                )
        session = replace(session, topic=self._kept(ask, topic, session), pending=pending, misses=0)
        parts = self._parts(ask, base, topic, stages, session, now)
        decision = parts[0] if len(parts) == 1 else side_by_side(parts)
        if entry.asks == NEXT and not ask.after and decision.told:
            # 啥时候截止, 要带什么 after it: of what is to be done first
            session = replace(session, topic=replace(topic, stages=(due(decision.told, now),)))
        offer = self._subscribing.offer(decision, session, now)
        choices = (*self._choices.follow_ups(entry), *([offer] if offer else []))
        if pending:
            choices = (*self._choices.regions(), *choices)[:MAX_CHOICES]
        others = [near for near in chosen.near if near is not entry and near.kind == "answer"]
        decision = replace(decision, choices=choices, instead=self._choices.of(others))
        return decision, replace(session, shown=decision.choices)

    def ask_region(self, ask: Ask, base: Decision, session: Session) -> tuple[Decision, Session]:
        """Which region, with those to pick from: of a name that several have, these; else those on file."""
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

    def _as_meant(self, ask: Ask, entry: Entry, session: Session, now: datetime) -> tuple[Ask, Entry]:
        """The question with what only its entry settles: the step, where two regions are compared; the region of a workplace; the year that was spoken of."""
        one = self._selector.book.timed(ask.topic.stages) if len(ask.topic.stages) == 1 else None
        if len(ask.regions) > 1 and entry.asks == NEXT and not ask.after and one is not None:
            entry = one  # 明天几点截止 … 四川重庆一样不: of that step
        if len(ask.regions) > 1 and entry is self._selector.book.sites and (here := works_in(ask.query)):
            ask = replace(ask, regions=(here,))  # 户口在达州 单位在开州 报四川还是重庆
        if len(ask.regions) > 1 and entry.id == ELSEWHERE:
            ask = replace(ask, regions=ask.regions[:1])  # 我在万州 不能看四川的哈: of their own
        if not entry.is_timed and _LIKE_BEFORE.search(ask.query.text):
            ask = replace(ask, topic=replace(ask.topic, year=None))  # 和去年一样要线上审核不: of this year
        before = session.topic
        ahead = before is not None and before.year is not None and before.year > today(now).year
        if not entry.is_timed and before is not None and ahead and _LIKE_NOW.search(ask.query.text):
            ask = replace(ask, topic=replace(ask.topic, year=before.year))  # 25年报名 … 材料跟今年一样不
        elsewhen = "今年" in ask.query.text or _EVERY_YEAR.search(ask.query.text)
        second = entry.stages and set(entry.stages) <= SECOND  # no notice tells its days far ahead
        still = ask.query.presumes or (entry.asks != NEXT and not elsewhen and not second)
        if before is not None and ahead and still and ask.topic.year is None:
            # 25年的呢 … 老师说1月15就开始报了, 我想报2027年的 … 好久开始报
            ask = replace(ask, topic=replace(ask.topic, year=before.year))
        return ask, entry

    def _subject(self, ask: Ask, entry: Entry, stages: tuple[str, ...], session: Session) -> Topic:
        """What the talk is of from here on."""
        before = session.topic
        topic = replace(
            ask.topic,
            entry=entry.id,
            stages=tuple(stages) or (ask.topic.stages if ask.goes_on else ()),
            asks=ask.topic.asks or ((entry.asks,) if entry.asks else ()),
            regions=ask.regions[:MAX_REGIONS] if len(ask.regions) > 1 or ask.regions == (NATION,) else (),
            step=0 if ask.step >= self._facts.steps_of(entry, ask.regions) else ask.step,
        )
        if entry.asks == HOUR and not topic.stages and before is not None and len(before.stages) == 1:
            topic = replace(topic, stages=before.stages)  # 9号24时是不是就是10号0点: of what was spoken of
        if entry.is_timed:
            return topic
        second = before is not None and bool(before.stages) and set(before.stages) <= SECOND
        if not topic.stages and entry.kind == "out_of_scope" and second and before is not None:
            return replace(topic, stages=before.stages)  # 二试考试是几号 … 要带啥 … 是不是不用再审核了
        if not topic.stages and entry.id in _WHERE_TO_ASK and before is not None and not ask.query.subjects:
            return replace(topic, stages=before.stages)  # 重庆好久缴费 … 我问哪个 … 是不是4月5号
        if not (topic.stages or entry.stages) and before is not None:
            topic = replace(topic, spoken=before.stages or before.spoken)
        named, spoken = set(ask.topic.stages), set(before.stages) if before is not None else set()
        if named and named < set(stages):
            topic = replace(topic, stages=ask.topic.stages)  # 那还要报名不 … 啥时候开始: of the registration
        wide = not named or (spoken < named and not ask.query.subjects)
        if before is not None and wide and spoken and spoken <= _FEE and spoken < set(stages):
            topic = replace(
                topic, stages=before.stages
            )  # 笔试费 … 扣了两次 … 现在还能交吗: still of that one
        if set(stages) < named <= REVIEWED:
            topic = replace(topic, stages=ask.topic.stages)  # 审核是线上还是现场,到几号: of both
        return topic

    def _without_region(
        self,
        entry: Entry,
        stages: tuple[str, ...],
        year: int | None,
        session: Session,
        hangs: bool,
        now: datetime,
    ) -> tuple[tuple[str, ...], str]:
        """(regions to tell, what is waited for still), where none is known; nothing to tell where it is to be asked for first.

        Who is asked twice and names no place hears what holds for all, else each region's; and may still name one.

        Args:
            hangs: the answer hangs on the clock of the region, and no rule of the nation's says enough.
        """
        talked = session.topic is not None and session.topic.regions == (NATION,)  # 25的呢, of the nation's
        twice = session.pending == "region"
        if (twice or talked) and not hangs and self._facts.nation_tells(entry, stages, year, now):
            return (NATION,), "region"
        if entry.is_timed and year is not None and self._facts.nothing_of(year):
            return (NATION,), ""  # no region has any days of that year
        every = self._facts.regions_of(entry) if twice else ()
        return (every, "region") if 0 < len(every) <= FEW_REGIONS else ((), "region")

    def _kept(self, ask: Ask, topic: Topic, session: Session) -> Topic:
        """The topic as it is remembered."""
        before, query = session.topic, ask.query
        if before is not None and query.presumes and query.years and before.stages == topic.stages:
            topic = replace(
                topic, year=before.year
            )  # 我看去年是1月22 … 截止好久: of the year spoken of before
        fails = not query.others and self._facts.fails_skills(query.text)
        return replace(topic, unskilled=True) if fails else topic

    def _parts(
        self,
        ask: Ask,
        base: Decision,
        topic: Topic,
        stages: tuple[str, ...],
        session: Session,
        now: datetime,
    ) -> list[Decision]:
        """One decision for each region, or each year, that is told."""
        assert base.entry is not None  # noqa: S101
        places, claim = places_of(ask.query, session.place, ask.place, self._kb)
        places = places if len(ask.regions) < 2 else ()
        parts = []
        for region in ask.regions[:MAX_REGIONS] or (None,):
            part = replace(base, region=region, places=places, claim=claim, same_site=asks_same(ask.query))
            if not base.entry.is_timed:
                goes_on = topic.core if ask.resumed else ""
                said = (ask.query.text, goes_on, without_second(session.asked))
                parts.append(self._facts.worded(part, topic, said, now, ask.query.level or session.level))
                continue
            years: Sequence[int | None] = (topic.year, *topic.more_years)
            years = years[: MAX_YEARS if len(ask.regions) < 2 else 1]
            if years == (None,) and _EVERY_YEAR.search(ask.query.text):
                # the fee of 二试 is due in the same days
                stages = ("二试报名",) if set(stages) <= SECOND else stages
                years = (self._phases.years_of(stages[0], now) if len(stages) == 1 else ()) or years
            for year in years:
                of_year = replace(part, asked_year=year, beside=len(years) > 1)
                parts.append(self._facts.timed(of_year, stages, replace(topic, year=year), now))
        return parts


def _asked(ask: Ask, entry: Entry, stages: tuple[str, ...], topic: Topic, chosen: Chosen) -> Decision:
    """What is asked of the entry: of now, of a day, of an hour, of after the end; before any fact of it is known."""
    query, core = ask.query, topic.core if ask.resumed else ""
    late = after_the_end(query.text) or after_the_end(query.fixed)  # 审合时候还能改吗
    state = query.state or (ask.resumed and topic.state)
    clocked = (topic.verdict or topic.day is not None) and not (state or query.vague)
    verdict = ("错过" in topic.asks and not query.vague) or (late and "是否" in topic.asks) or clocked
    by_hour = hour_asked(query.text) or (hour_asked(core) if ask.resumed else "")
    if by_hour and "几点" in f"{query.text}{core}":
        verdict = False  # 明天几点可以报名: the hour, and not whether one may
    return Decision(
        "answer",
        entry,
        stage=stages[0] if stages else None,
        audience=ask.audience,
        score=chosen.score,
        matches=chosen.matches,
        why=chosen.by,
        verdict=verdict,
        day=day_of(topic),
        at_hour=query.at_hour,
        by_hour=by_hour,
        by_when=asks_by_when(query.text),
        hour=hour_supposed(query.text) or (hour_supposed(core) if ask.resumed else None),
        presumes=query.presumes or (topic.presumes if ask.resumed else ""),
        put=topic.put,
        until=topic.until,
        asked_year=topic.year,
        step=ask.step,
        after=ask.after,
        month=int(found[1]) if (found := _ALL_IN.search(query.text)) is not None else 0,
        cites=ask.goes_on and asks_source(query.text),
        at_review=_AT_REVIEW.search(query.fixed) is not None,
        publishing="公布" in topic.asks,
        clocked=query.state or topic.state or topic.verdict,
        late=late,
        skills=told_first(ask, entry),
        no_second=ask.no_second,
        both_levels=entry.is_timed and both_levels(query),
    )


def _one(regions: tuple[str, ...]) -> str | None:
    return regions[0] if regions else None
