"""What to do next: decide(ask, session) -> Decision, Session. Pure; rather ask than guess, rather refuse than be wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.dialogue.context import NOT_MILITARY, Ask, complete, day_of
from bot.dialogue.decision import Decision
from bot.dialogue.going_on import once_more, varies
from bot.dialogue.lookup import Told, inherits, tell
from bot.dialogue.select import BY_SLOTS, Chosen, Selector
from bot.dialogue.session import Session, Shown, Topic
from bot.dialogue.sites import claimed
from bot.dialogue.standing import only_said
from bot.dialogue.subscribe import Subscribing
from bot.knowledge.model import NATION, NEXT, Answer, Entry, Knowledge, known_from
from bot.matching.rank import Match
from bot.schedule.deadlines import Phase, today
from bot.text.query import Query
from bot.text.sentence import after_the_end

_SUGGESTED = ("报名时间", "报名流程", "缴费时间")
MAX_CHOICES = 3
FEW = 3  # stages up to which each that was named is spoken of, if only to say that nothing is on file
PAST_SKILLS = (
    "实践技能免试",
    "上年技能合格",
)  # who pays for and sits no 技能 (四川 2024, ②; nationwide rule)
_ASKS = re.compile(r"[吗么?几]|多[久少]|怎|咋|啥")
ENOUGH_MISSES = 2  # not understood so often in a row, a person is offered
MAX_PLACES = 9  # a name in more provinces (高新区) is asked about openly
MAX_YEARS = 3
MAX_REGIONS = 3  # more side by side is no longer read on a phone


# 没交会怎样, 要是忘了: asked beforehand, of what follows.
_SUPPOSED = re.compile(r"如果|要是|假如|万一|会怎|会不会|后果|的话|不[交缴传]")


class Policy:
    """The rules over one knowledge; immutable."""

    def __init__(self, kb: Knowledge, selector: Selector, subscribing: Subscribing) -> None:
        self._kb = kb
        self.selector = selector
        self.subscribing = subscribing
        self._regional_stages = {
            stage
            for (region, _year), schedule in kb.schedules.items()
            for stage, cell in schedule.cells.items()
            if region != NATION and cell.windows
        }

    def decide(self, ask: Ask, session: Session, now: datetime) -> tuple[Decision, Session]:
        """One question, one decision, and what to remember of it."""
        session = self._remember(ask, session)
        small = None if ask.resumed else self.selector.smalltalk(ask.query)
        if small is not None:
            return Decision(
                "smalltalk", small, score=1.0, answer=small.answers.get(NATION), level=NATION
            ), session
        query = ask.query
        if query.exam is not None:
            return self._refuse(session, "其他考试", {"考试": query.exam})
        if query.off_topic:
            return self._refuse(session, "无关", {})
        asks = query.names_status and _ASKS.search(query.text) is not None  # 技能过了能管几年
        if ask.bare and not asks and not ask.resumed and not self.selector.knows(ask):
            return self._bare(ask, session)
        outside = next((region for region in ask.regions if not inherits(self._kb, region)), None)
        if outside is not None and (ask.topic.stages or query.own_exam):
            return Decision("not_stated", region=outside, phrase="港澳台"), session
        if _only_leaves(query):
            return self._left_region(ask, session)
        chosen = self.selector.choose(ask)
        if chosen.entry is None and ask.resumed and session.topic is not None:
            chosen = self._same(ask.topic, session.topic) or chosen
        if chosen.entry is None and ask.resumed and session.topic is not None:
            ask, chosen = self._alone(ask, replace(session, topic=None), chosen)
        off = chosen.entry is not None and chosen.entry.kind == "out_of_scope" and chosen.by == "match"
        guessed = chosen.entry is None or (off and varies(ask.query, session.topic))
        if guessed and session.topic is not None and not ask.resumed:
            ask, chosen = self._once_more(ask, session.topic, chosen)
        if chosen.entry is not None and not chosen.entry.valid_on(today(now)):
            chosen = Chosen(None, chosen.score, matches=chosen.matches)
        if chosen.entry is None:
            return self._unsure(ask, chosen, session)
        return self.answer(ask, self._not_missed_yet(ask, chosen, now), session, now)

    def _not_missed_yet(self, ask: Ask, chosen: Chosen, now: datetime) -> Chosen:
        """还能交吗, 我才想起来, while the window is open: its own days, and not what follows a missed one."""
        entry, stages, region = chosen.entry, ask.topic.stages, _one(ask.regions)
        if entry is None or entry.asks != "错过" or len(stages) != 1 or region is None:
            return chosen
        beforehand = not ask.topic.verdict and _SUPPOSED.search(ask.query.text)
        picked = ask.entry_fixed and not ask.named  # by its number
        if beforehand or picked or chosen.by == "exact":
            return chosen
        told, timed = tell(self._kb, region, stages[0], ask.topic.year, now), self.selector.timed(stages)
        windows = told.cell.windows if told.cell is not None else ()
        still_open = any(window.phase_at(now) is Phase.OPEN for window in windows)
        return replace(chosen, entry=timed, by="slots") if still_open and timed is not None else chosen

    def _left_region(self, ask: Ask, session: Session) -> tuple[Decision, Session]:
        """不考重庆了: the region that stays is said, or asked for; the question in hand waits for it."""
        region = _one(ask.regions)
        if region is None:
            return self._ask_region(ask, Decision("ask_region"), replace(session, pending="region"))
        choices = self._suggest()
        decision = Decision(
            "command", region=region, phrase="记住地区", values={"地区": region}, choices=choices, score=1.0
        )
        return decision, replace(session, shown=choices, misses=0)

    def _same(self, topic: Topic, before: Topic) -> Chosen | None:
        """The entry before once more, where only its stage was narrowed: 我忘了缴费 … 技能的."""
        entry = self._kb.entries.get(before.entry)
        if entry is None or not topic.stages or topic.asks != before.asks:
            return None
        return Chosen(entry, BY_SLOTS, by="slots") if set(topic.stages) <= set(entry.stages) else None

    def _alone(self, ask: Ask, session: Session, chosen: Chosen) -> tuple[Ask, Chosen]:
        """What makes no sense as part of the question before (要带啥, after a fee), heard as a question of its own."""
        alone = complete(ask.query, session)
        found = self.selector.choose(alone)
        return (alone, found) if found.entry is not None or found.score > chosen.score else (ask, chosen)

    def _once_more(self, ask: Ask, before: Topic, chosen: Chosen) -> tuple[Ask, Chosen]:
        """Half a question heard as part of the one before; as it was, where that makes no sense either."""
        topic = once_more(ask.query, ask.topic, before)
        if topic is None:
            return ask, chosen
        again = replace(ask, topic=topic)
        found = self.selector.choose(again)
        if found.entry is None or found.entry.kind != "answer":
            return ask, chosen
        return again, found

    def answer(self, ask: Ask, chosen: Chosen, session: Session, now: datetime) -> tuple[Decision, Session]:
        """An entry was chosen: find its facts for the candidate's region, or ask for the region."""
        entry = chosen.entry
        assert entry is not None  # noqa: S101  the callers have looked
        timed = entry.is_timed
        stages = self._stages(ask, entry)
        topic = replace(
            ask.topic,
            entry=entry.id,
            stages=tuple(stages),
            asks=ask.topic.asks or ((entry.asks,) if entry.asks else ()),
            regions=ask.regions[:MAX_REGIONS] if len(ask.regions) > 1 else (),
        )
        late = after_the_end(ask.query.text)
        base = Decision(
            "answer", entry, stage=stages[0] if stages else None, audience=ask.audience, score=chosen.score,
            matches=chosen.matches, verdict="错过" in topic.asks or (late and "是否" in topic.asks) or ((topic.verdict or topic.day is not None) and not ask.query.state and not ask.query.vague), day=day_of(topic),
            presumes=ask.query.presumes, asked_year=topic.year, why=chosen.by, step=ask.step, after=ask.after,
            publishing="公布" in topic.asks, clocked=ask.query.state or topic.verdict, late=late,
            lapsed=ask.query.lapsed,
        )  # fmt: skip
        if entry.kind == "out_of_scope":
            choices = self._suggest()
            session = replace(session, misses=0, shown=choices)
            return replace(base, kind="out_of_scope", region=_one(ask.regions), choices=choices), session
        if not ask.regions and self._needs_region(entry, stages):
            session = replace(session, topic=topic, pending="region")
            return self._ask_region(ask, base, session)
        session = replace(session, topic=topic, pending="", misses=0)
        claim = claimed(ask.query, self._kb)
        asked_whole = (
            bool(ask.query.region.asked) and not ask.query.region.places
        )  # 重庆考点有哪些, after 合川
        named = (ask.query.region.places or (() if asked_whole else (ask.place,)))[: -1 if claim else None]
        places = tuple(place for place in named if place) if len(ask.regions) < 2 else ()
        parts = []
        for region in ask.regions[:MAX_REGIONS] or (None,):
            part = replace(base, region=region, places=places, claim=claim)
            if not timed:
                parts.append(self._worded(part, topic, now))
                continue
            years = (topic.year, *topic.more_years)[: MAX_YEARS if len(ask.regions) < 2 else 1]
            for year in years:
                of_year = replace(part, asked_year=year, beside=len(years) > 1)
                parts.append(self._timed(of_year, stages, replace(topic, year=year), now))
        decision = parts[0] if len(parts) == 1 else _side_by_side(parts)
        offer = self.subscribing.offer(decision, session, now)
        decision = replace(decision, choices=(*self._follow_ups(entry), *([offer] if offer else [])))
        return decision, replace(session, shown=decision.choices)

    def _timed(self, base: Decision, stages: tuple[str, ...], topic: Topic, now: datetime) -> Decision:
        whole = (
            base.entry is not None
            and base.entry.nationwide
            and (base.region is None or inherits(self._kb, base.region))
        )
        region = NATION if whole else base.region
        if base.audience in PAST_SKILLS and "技能缴费" in stages:
            told_more = (
                len(stages) > 1
            )  # 免试的现在能交技能费吗: a 能 would be said of the fee they are spared
            # Of what is left nobody of theirs sits 技能考试 either; after it comes the other fee.
            left = tuple(stage for stage in stages if stage not in ("技能缴费", "技能考试"))
            stages = left or ("一试缴费",)
            base = replace(base, spared="技能缴费", verdict=base.verdict and told_more)
        told = tuple(tell(self._kb, region, stage, topic.year, now) for stage in stages)
        # Where a stage is only for some (重庆 现场审核: 军队现役), or not in this year's notice, the others need to hear of theirs.
        if len(told) == 1 and (
            told[0].cell is None or any(window.audience for window in told[0].cell.windows)
        ):
            other = {"现场审核": "线上审核", "线上审核": "现场审核"}.get(stages[0])
            if (
                other
                and (found := tell(self._kb, region, other, topic.year, now)).stated
                and found.level == region
            ):
                told = (*told, found)
        if base.entry is not None and base.entry.asks == NEXT and not base.after:
            told = _ahead(told, now)[:FEW] or _last(told)
        if len(told) > 1 and any(item.stated for item in told):
            named = set(topic.stages) if len(told) <= FEW else set()
            told = tuple(
                item
                for item in told
                if item.cell is not None or item.history is not None or item.stage in named
            )
        stated = any(item.stated for item in told)
        year = next((item.year for item in told if item.stated), told[0].year if told else None)
        return replace(base, kind="answer" if stated else "not_stated", told=told, year=year)

    def _worded(self, base: Decision, topic: Topic, now: datetime) -> Decision:
        entry = base.entry
        assert entry is not None  # noqa: S101
        region = base.region or NATION
        levels = (region, NATION) if inherits(self._kb, region) else (region,)
        for level in levels:
            answer = entry.answers.get(level)
            if answer is not None and self._public(answer, now):
                year = answer.notice.year if answer.notice else None
                kind = "not_stated" if answer.silent else base.kind
                told = self._missed(base, topic, now)
                return replace(base, kind=kind, answer=answer, level=level, year=year, told=told)
        return replace(base, kind="not_stated", year=topic.year)

    def _missed(self, base: Decision, topic: Topic, now: datetime) -> tuple[Told, ...]:
        """The windows that may have been missed, where they are on file."""
        if base.entry is None or base.entry.asks != "错过" or base.region is None:
            return ()
        told = (tell(self._kb, base.region, stage, topic.year, now) for stage in topic.stages)
        stated = tuple(item for item in told if item.stated)
        return (
            stated if len(topic.stages) == 1 else tuple(item for item in stated if not _ahead((item,), now))
        )

    def _public(self, answer: Answer, now: datetime) -> bool:
        notice = answer.notice
        if notice is None or notice.year is None:
            return True
        schedule = self._kb.schedules.get((notice.region, notice.year))
        return (schedule.known_from if schedule else known_from(notice, None)) <= now

    def _stages(self, ask: Ask, entry: Entry) -> tuple[str, ...]:
        """What to tell: the stages asked where the entry covers them, else all of the entry's."""
        if entry.is_timed and len(entry.stages) > FEW and ask.topic.stages:
            return ask.topic.stages  # the overview tells whatever was named
        asked = tuple(stage for stage in ask.topic.stages if stage in entry.stages)
        return asked or entry.stages

    def _needs_region(self, entry: Entry, stages: tuple[str, ...]) -> bool:
        if entry.nationwide:
            return False
        if entry.is_timed:
            return any(stage in self._regional_stages for stage in stages) or not stages
        return any(level != NATION for level in entry.answers)

    def _ask_region(self, ask: Ask, base: Decision, session: Session) -> tuple[Decision, Session]:
        if 0 < len(ask.ambiguous) <= MAX_PLACES:
            choices = tuple(Shown(region, region=region) for region in ask.ambiguous)
            place = next((m.text for m in ask.query.region.mentions if len(m.regions) > 1), "")
            decision = replace(
                base, kind="ask_region", phrase="问地区歧义", values={"地名": place}, choices=choices
            )
        else:
            own = sorted(
                {region for region, _year in self._kb.schedules if region != NATION},
                key=list(self._kb.regions).index,
            )
            choices = tuple(Shown(region, region=region) for region in reversed(own))[:MAX_CHOICES]
            decision = replace(base, kind="ask_region", phrase="问地区", choices=choices)
        return decision, replace(session, shown=decision.choices)

    def _bare(self, ask: Ask, session: Session) -> tuple[Decision, Session]:
        if ask.ambiguous:
            return self._ask_region(ask, Decision("ask_region"), replace(session, pending="region"))
        if not (ask.named or ask.query.audience) and (said := only_said(ask.query)) is not None:
            choices = self._suggest()
            return replace(said, audience=ask.audience, choices=choices, score=1.0), replace(
                session, shown=choices, misses=0
            )
        if ask.named or ask.query.audience:
            who = ask.query.audience
            choices = (*self._concerning(ask.audience), *self._suggest())[:MAX_CHOICES]
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
            return decision, replace(session, shown=choices, misses=0)
        if not ask.query.text:
            return Decision("refuse", phrase="空白", choices=self._suggest()), replace(
                session, shown=self._suggest()
            )
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
        choices = tuple(Shown(entry.question, entry=entry.id) for entry in entries[:MAX_CHOICES])
        decision = Decision(
            "options",
            region=_one(ask.regions),
            score=score,
            phrase="选一个",
            choices=choices,
            matches=matches,
        )
        return decision, replace(session, shown=choices, misses=0, topic=ask.topic)

    def _unsure(self, ask: Ask, chosen: Chosen, session: Session) -> tuple[Decision, Session]:
        if chosen.near:
            return self.offer(ask, chosen.near, session, chosen.score, chosen.matches)
        about = bool(ask.query.own_exam or ask.topic.stages)
        decision, session = self._refuse(session, "不懂", {})
        kind = "out_of_scope" if about and not ask.content else "refuse"
        return replace(decision, kind=kind, score=chosen.score, matches=chosen.matches), session

    def _refuse(self, session: Session, phrase: str, values: dict[str, str]) -> tuple[Decision, Session]:
        choices = self._suggest()
        misses = session.misses + (1 if phrase == "不懂" else 0)
        if phrase == "不懂" and misses >= ENOUGH_MISSES:
            phrase, choices = "又没懂", (*choices[: MAX_CHOICES - 1], Shown("转人工", say="人工"))
        decision = Decision("refuse", phrase=phrase, values=values, choices=choices)
        return decision, replace(session, shown=choices, misses=misses)

    def _remember(self, ask: Ask, session: Session) -> Session:
        if len(ask.query.region.asked) == 1:
            session = session.with_region(ask.query.region.asked[0], ask.place)
        elif session.region in ask.query.region.negated:
            session = replace(session, region=None, place=None)
        who = None if ask.keeps == NOT_MILITARY else ask.keeps
        return replace(session, audience=who, level=ask.query.level or session.level)

    def _suggest(self) -> tuple[Shown, ...]:
        found = (self._kb.entries.get(name) for name in _SUGGESTED)
        return tuple(Shown(entry.question, entry=entry.id) for entry in found if entry)

    def _concerning(self, audience: str | None) -> tuple[Shown, ...]:
        """What only concerns candidates of this kind: the entry of its name, then those with words of their own for it."""
        own = [e for e in self._kb.entries.values() if e.id == audience]
        own += [
            e
            for e in self._kb.entries.values()
            if any(audience in a.audiences for a in e.answers.values()) and e not in own
        ]
        return tuple(Shown(entry.question, entry=entry.id) for entry in own if audience)[:2]

    def _follow_ups(self, entry: Entry) -> tuple[Shown, ...]:
        names = (self._kb.entries[name] for name in entry.follow_ups if name in self._kb.entries)
        return tuple(Shown(follow.question, entry=follow.id) for follow in names)[:MAX_CHOICES]


def _ahead(told: tuple[Told, ...], now: datetime) -> tuple[Told, ...]:
    """The stages with a window that is not over: what the candidate still has to do."""
    return tuple(
        item
        for item in told
        if item.cell is not None
        and any(window.phase_at(now) is not Phase.CLOSED for window in item.cell.windows)
    )


def _last(told: tuple[Told, ...]) -> tuple[Told, ...]:
    """Once all is over: the one that was over last."""
    closed = [(item.cell.windows[-1].closes.ends(), item) for item in told if item.cell and item.cell.windows]
    return (max(closed, key=lambda pair: pair[0])[1],) if closed else told


def _only_leaves(query: Query) -> bool:
    """Whether a message does nothing but take a region back: 不考重庆了."""
    region = query.region
    named = region.asked or region.ambiguous or query.content or query.asks or query.verdict or query.subjects
    return bool(region.negated) and not named and set(query.actions) <= {"考试", "报名"}


def _side_by_side(parts: list[Decision]) -> Decision:
    """Several regions or years asked at once: one decision that holds each, so that every line can be labelled."""
    best = next((part for part in parts if part.kind == "answer"), parts[0])
    regions = dict.fromkeys(part.region or NATION for part in parts)
    if len(regions) > 1:
        parts = [replace(part, compared=True) for part in parts]
    return replace(best, region="、".join(regions) if len(regions) > 1 else best.region, parts=tuple(parts))


def _one(regions: tuple[str, ...]) -> str | None:
    return regions[0] if regions else None
