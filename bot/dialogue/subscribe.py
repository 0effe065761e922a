"""订阅, 退订, 我的订阅: reads what is wanted, asks for a missing region, and wishes; the edge writes. Pure."""

from __future__ import annotations

from datetime import datetime

from bot.dialogue.ask import Ask
from bot.dialogue.decision import Decision
from bot.dialogue.following.context import complete
from bot.dialogue.lookup import inherits
from bot.dialogue.session import Session, Shown, Topic
from bot.knowledge.model import NATION, Knowledge
from bot.schedule.deadlines import Phase, today
from bot.schedule.stages import ORDER
from bot.text.replacing import replace
from bot.text.understand import Read

Decided = tuple[Decision, Session | None]
PENDING = "subscribe"
MAX_REGIONS = 3  # at once
MAX_PLACES = 9
_REGIONS_OFFERED = 3


class Subscribing:
    """The rules over one knowledge; immutable."""

    def __init__(self, kb: Knowledge, read: Read) -> None:
        self._kb = kb
        self._understand = read

    def ask_for(self, wanted: str, session: Session, now: datetime) -> Decided:
        """订阅, 订阅 四川, 订阅 四川 缴费."""
        ask = complete(self._understand(wanted, today(now)), session.without_topic())
        return self._subscribe(ask, self._stages(wanted, ask), session)

    def resume(self, text: str, session: Session, now: datetime) -> Decided | None:
        """The region that was asked for; None when the message is about something else."""
        if session.pending != PENDING:
            return None
        ask = complete(self._understand(text, today(now)), session.without_topic())
        if not (ask.bare and (ask.named or ask.ambiguous)):
            return None
        return self._subscribe(ask, session.topic.stages if session.topic else (), session)

    def take_back(self, wanted: str, session: Session, now: datetime) -> Decided:
        """退订: all of it, or what is named; at once."""
        have = session.consent.subscribed
        if not have:
            return Decision("command", phrase="没有订阅", score=1.0), session
        if not wanted:
            return self._taken_back(have, session)
        ask = complete(self._understand(wanted, today(now)), Session())
        stages = self._stages(wanted, ask)
        meant = [pair for pair in have if not ask.regions or pair[0] in ask.regions]
        named = tuple(pair for pair in meant if not stages or pair[1] in stages)
        if named and (ask.regions or stages):
            return self._taken_back(named, session)
        if stages and any(stage == "" for _, stage in meant):
            return self._narrowed(tuple(region for region, stage in meant if not stage), stages, session)
        return Decision("command", phrase="没有这个订阅", subscribed=have, score=1.0), session

    def mine(self, session: Session) -> Decided:
        """我的订阅."""
        have = session.consent.subscribed
        if not have:
            return Decision("command", phrase="没有订阅", score=1.0), session
        decision = Decision(
            "command",
            phrase="我的订阅",
            subscribed=have,
            consent=session.consent,
            audience=session.audience,
            score=1.0,
        )
        return decision, session

    def offer(self, decision: Decision, session: Session, now: datetime) -> Shown | None:
        """The line under an answer that carries a deadline; None where nothing is still to come, or it is asked for already."""
        regions = {told.region for told in decision.told}
        if decision.kind != "answer" or len(regions) != 1 or decision.parts:
            return None
        region = regions.pop()
        ahead = [
            told.stage
            for told in decision.told
            if told.cell is not None
            and any(window.phase_at(now) is not Phase.CLOSED for window in told.cell.windows)
            and not session.consent.covers(region, told.stage)
        ]
        if region == NATION or not ahead or not inherits(self._kb, region):
            return None
        said = f"{region} {ahead[0]}" if len(ahead) == 1 else region
        return Shown(f"订阅提醒：{said}", say=f"订阅 {said}")

    def _subscribe(self, ask: Ask, stages: tuple[str, ...], session: Session) -> Decided:
        outside = [region for region in ask.regions if not inherits(self._kb, region)]
        if outside:
            return Decision("not_stated", region=outside[0], phrase="港澳台"), session
        regions = tuple(region for region in ask.regions if region != NATION)[:MAX_REGIONS]
        if not regions:
            return self._ask_region(ask, stages, session)
        if ask.named and len(regions) == 1:
            session = session.with_region(regions[0], ask.place)
        wanted = tuple((region, stage) for region in regions for stage in stages or ("",))
        have = tuple(
            (region, stage) for region, stage in session.consent.subscribed if (region, "") not in wanted
        )
        new = tuple(pair for pair in wanted if pair not in have and (pair[0], "") not in have)
        consent = replace(session.consent, subscribed=(*have, *new))
        wishes = tuple({"wish": "subscribe", "region": region, "stage": stage} for region, stage in wanted)
        decision = Decision(
            "command", phrase="订阅成功", region=regions[0] if len(regions) == 1 else None, subscribed=wanted,
            stage=stages[0] if len(stages) == 1 else None, audience=session.audience, consent=consent,
            effects=wishes, score=1.0,
        )  # fmt: skip
        topic = None if session.pending == PENDING else session.topic
        return decision, replace(session, pending="", topic=topic, shown=(), misses=0)

    def _ask_region(self, ask: Ask, stages: tuple[str, ...], session: Session) -> Decided:
        places = ask.ambiguous if len(ask.ambiguous) <= MAX_PLACES else ()
        own = list(dict.fromkeys(region for region, _year in self._kb.schedules if region != NATION))
        offered = places or tuple(own[:_REGIONS_OFFERED])
        suffix = "".join(f" {stage}" for stage in stages)
        choices = tuple(Shown(region, say=f"订阅 {region}{suffix}") for region in offered)
        decision = Decision(
            "ask_region", phrase="问地区订阅", choices=choices, stage=stages[0] if stages else None
        )
        session = replace(session, pending=PENDING, topic=Topic(stages=stages), shown=choices)
        return decision, session

    def _taken_back(self, pairs: tuple[tuple[str, str], ...], session: Session) -> Decided:
        wishes = tuple({"wish": "unsubscribe", "region": region, "stage": stage} for region, stage in pairs)
        decision = Decision("command", phrase="退订成功", subscribed=pairs, effects=wishes, score=1.0)
        return decision, session

    def _narrowed(self, regions: tuple[str, ...], without: tuple[str, ...], session: Session) -> Decided:
        """All of a region but these stages: the whole makes way for each of the others."""
        wishes = [{"wish": "unsubscribe", "region": region, "stage": ""} for region in regions]
        wishes += [
            {"wish": "subscribe", "region": region, "stage": stage}
            for region in regions
            for stage in ORDER
            if stage not in without
        ]
        gone = tuple((region, stage) for region in regions for stage in without)
        decision = Decision("command", phrase="退订成功", subscribed=gone, effects=tuple(wishes), score=1.0)
        return decision, session

    def _stages(self, wanted: str, ask: Ask) -> tuple[str, ...]:
        """Stages by their own name (as 我的订阅 and the line under an answer write them), else as in a question."""
        named = tuple(stage for stage in ORDER if stage in wanted.split())
        return named or ask.topic.stages
