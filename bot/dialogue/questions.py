"""The questions of one message: one, two of which each has an answer, or the end of a long story. Pure."""

from __future__ import annotations

import re
from datetime import datetime

from bot.dialogue.ask import Ask
from bot.dialogue.chosen import Chosen
from bot.dialogue.decision import Decision
from bot.dialogue.following.context import complete
from bot.dialogue.following.for_second import hopes
from bot.dialogue.policy import Policy
from bot.dialogue.session import Session
from bot.dialogue.split import clauses, halves, has_form_of_question, split
from bot.dialogue.standing import SKILLS_FAILED
from bot.dialogue.trouble import SITE_TROUBLE
from bot.knowledge.model import Entry
from bot.schedule.deadlines import today
from bot.schedule.stages import EXAMS
from bot.text.normalize import normalize
from bot.text.place_own import i_too
from bot.text.query import Query
from bot.text.replacing import replace
from bot.text.sentence import tells_score
from bot.text.tense import heard
from bot.text.understand import MAX_CHARS, Read

TOLD = ("answer", "not_stated", "out_of_scope")
UNSURE = ("不懂", "选一个", "记住再选")
_ASKS_FOR = re.compile(r"(?:想|请|就|来)问(?:一下|哈儿?|下|问|个|一哈)?|(?:想|要)(?:晓得|知道)")
_SLOW = re.compile(
    r"(?:^|[,，。!！\s]+)(?:这个|现在|今天)?(?:网站|系统|网页|页面|官网)(?:好|太|又|也|有点|老是|一直|总是|总|都)*(?:卡|慢|崩)(?:死|爆|得很|得要死|得要命|得批爆)*了?(?:哦|啊|呀|嘛)*(?=[,，。!！\s]|$)"
)
# 如果今晚没有交成，请问明天可以补交吗: of the second half
_SUPPOSES = re.compile(r"^[那, ]*(?:请问|您好)?[, ]*(?:如果|要是|万一|假如)[^?吗]*$")
_ENOUGH = 4  # characters
_SURE = 0.5  # score from which a half that stands alone is told beside the other
_SURER = 0.75  # the same, where the whole was heard as neither
RAMBLING, TAILS = 36, (18, 28, 40)  # characters


def _strays(entry: Entry, query: Query, before: Entry | None) -> bool:
    """Whether a half that names no step was heard of another than the half before it: 材料没传 会不会作废."""
    if before is None or query.stages or query.subjects or not before.stages:
        return False
    return bool(entry.stages) and entry.kind == "answer" and not set(entry.stages) & set(before.stages)


def _tell_the_same(first: Entry | None, second: Entry | None) -> bool:
    """Whether they are one entry, or the days of a step and what becomes of who misses them: 没传完会怎样 真就一年白搞."""
    if first is None or second is None or first is second:
        return True
    missed = "错过" in (first.asks, second.asks)
    return missed and bool(set(first.stages) & set(second.stages)) and (first.is_timed or second.is_timed)


def _stands_last(query: Query) -> bool:
    """Whether one region is named, behind the questions."""
    mentions = query.region.mentions
    alone = len(query.region.asked) == 1 and len(mentions) == 1
    return alone and not query.text[mentions[0].end :].strip(" 的呢?!。,，")


# 我朋友在四川已经开始审了, 我重庆的怎么还没动静: told, and not asked
_OF_OTHERS = re.compile(r"^我?(?:的)?(?:朋友|同事|同学|室友|战友|老乡)[^?吗么嘛]{2,20}了\W*$")


class Questions:
    """Takes a message apart and has each part decided; immutable."""

    def __init__(self, read: Read, policy: Policy) -> None:
        self._understand = read
        self._policy = policy

    def read(self, text: str, session: Session, now: datetime) -> Ask:
        """The text as one whole question: understood, then completed from the session."""
        return complete(self._understand(text, today(now)), session)

    def decide(self, text: str, session: Session, now: datetime) -> list[tuple[Decision, Session]]:
        """One decision for each question, in order; the last session is the one to keep."""
        asked = _SLOW.sub(" ", text).strip()
        text = asked if len(asked) >= _ENOUGH else text  # 明天最后一天了吗 网站好卡
        session = replace(session, both="")
        both = self._both(text, session, now)
        if both:
            return both
        whole = self._one(text, session, now)
        return self._dropped(text, whole[0], session, now) or [whole]

    def with_both(self, text: str, session: Session, now: datetime) -> tuple[str, Session]:
        """`text`, which names the region that two questions wait for, and nothing else, behind the two; else as it is."""
        if not session.both:
            return text, session
        numbers = {str(number): shown.region for number, shown in enumerate(session.shown, 1)}
        region = numbers.get(text.strip()) or text
        ask = self.read(region, session, now)
        if not (ask.named and ask.resumed and ask.entry_fixed and len(ask.regions) == 1):
            return text, session
        if len(ask.query.region.mentions) > 1:
            region = ask.regions[0]  # 我在重庆上班 户口四川
        return f"{session.both} {region}", replace(session, both="", pending="", topic=None)

    def _both(self, text: str, session: Session, now: datetime) -> list[tuple[Decision, Session]]:
        """Both questions of a message that asks two things; [] unless each has an answer of its own."""
        parts = split(normalize(text)[:MAX_CHARS], lambda part: self._understand(part, today(now)))
        decided: list[tuple[Decision, Session]] = []
        whole = self._understand(text, today(now)) if len(parts) > 1 else None
        if (
            whole is None
            or whole.failed
            or i_too(whole.text, whole.region)
            or heard(whole.text)
            or _SUPPOSES.match(parts[0])
            or hopes(whole)
            or self._tells_first(parts[0], now)
            or (tells_score(parts[0]) and ("二试" in whole.subjects or not has_form_of_question(parts[0])))
            or _OF_OTHERS.search(parts[0])
        ):
            return []  # 去年技能没过，今年还要考吗: alone, the second half says nothing of the first
        if whole.passed is not None and (whole.years or not whole.audience):
            return []  # 去年技能没过，今年还要考吗: alone, the second half says nothing of the first
        last = whole.region.asked if _stands_last(whole) else ()
        waits: tuple[Decision, Session] | None = None
        for part in parts:
            ask = self.read(part, session, now)
            if last and not ask.query.region.mentions:
                ask = replace(ask, regions=last)  # 报名要啥材料 在哪个网站报 重庆: of both
            decision, session = self._policy.decide(ask, session, now)
            asks = decision.kind == "ask_region" and decision.entry is not None
            if asks:
                waits = waits or (decision, replace(session, both=text))
                session = replace(session, pending="")
            if (
                decided
                and decision.entry is not None
                and _strays(decision.entry, ask.query, decided[-1][0].entry)
            ):
                return []
            if decision.entry is not None and decision.entry.id == SKILLS_FAILED:
                return []  # 那技能没过的呢 二试可以考不: who asks, of the other half
            if decision.kind == "out_of_scope" and (
                tells_score(part) or not (ask.query.asks or ask.query.verdict)
            ):
                return []  # 考了334,没过,能考二试吗: told, and not asked
            same = any(decision.entry is before.entry for before, _ in decided)
            if same or not (decision.kind in TOLD or asks):
                return []
            decided.append((decision, session))
        if waits is None:
            return self._policy.keeps_regional(decided)
        if not all(has_form_of_question(part) for part in parts):
            return []  # 明天开始现场确认 是去哪里: told, and then asked of it
        return [waits]  # 明天几点开始报名 要准备啥子材料: both, as soon as the region is told

    def _dropped(
        self, text: str, whole: Decision, session: Session, now: datetime
    ) -> list[tuple[Decision, Session]]:
        """Both halves, where the whole was answered as one of them and the other would be dropped: 报名网站是哪个 密码忘了咋整."""
        if whole.kind == "out_of_scope" and whole.entry is not None:
            found = self._asked_too(text, whole.entry.id, session, now)
            if found is not None:
                return [found] if found[0].kind == "ask_region" else [found, (whole, found[1])]
        for parts in halves(normalize(text)[:MAX_CHARS]):
            decided = [self._policy.decide(self.read(parts[0], session, now), session, now)]
            decided.append(self._policy.decide(self.read(parts[1], decided[0][1], now), decided[0][1], now))
            first, second = (decision.entry for decision, _ in decided)
            least = min(decision.score if decision.kind in TOLD else 0.0 for decision, _ in decided)
            one_of_them = whole.entry in (first, second)
            both_ask = all(has_form_of_question(part) for part in parts)  # and not 我技能59分 能交不
            sure = least >= _SURE if one_of_them else both_ask and least >= _SURER
            if sure and not _tell_the_same(first, second):
                return self._policy.keeps_regional(decided)
        return []

    def _asked_too(
        self, text: str, beside: str, session: Session, now: datetime
    ) -> tuple[Decision, Session] | None:
        """What a part of a message asks of days, where nothing is on file of the rest: 今天是不是可以报名了 我昨天登了一下进不去."""
        for part in clauses(normalize(text)[:MAX_CHARS]):
            query = self._understand(part, today(now))
            of_days = "时间" in query.asks or (query.verdict and beside == SITE_TROUBLE)
            due = bool(query.stages) and not set(query.stages) & EXAMS
            if not (due and of_days and has_form_of_question(part)) or query.content:
                continue
            decision, after = self._policy.decide(self.read(part, session, now), session, now)
            timed = decision.entry is not None and decision.entry.is_timed and decision.why == "slots"
            if timed and decision.kind in (*TOLD, "ask_region"):
                return decision, after
        return None

    def _tells_first(self, part: str, now: datetime) -> bool:
        """Whether it only tells what came back, of which the rest asks: 材料解锁了 现在能换不."""
        query = self._understand(part, today(now))
        return query.sent_back and set(query.asks) <= {"材料"} and not query.verdict

    def _one(self, text: str, session: Session, now: datetime) -> tuple[Decision, Session]:
        ask = self._at_its_end(self.read(text, session, now), session, now)
        decision, after = self._policy.decide(ask, session, now)
        if decision.entry is not None or decision.phrase not in UNSURE or len(ask.query.text) <= RAMBLING:
            return decision, after
        ends = [self._end(ask, size, session, now) for size in TAILS]
        found = {chosen.entry.id: (tail, chosen) for tail, chosen in ends if chosen.entry is not None}
        if len(found) == 1 and len([1 for _, chosen in ends if chosen.entry is not None]) > 1:
            tail, chosen = next(iter(found.values()))  # two ends agree: that is the question
            return self._policy.answer(replace(ask, topic=tail.topic, query=tail.query), chosen, after, now)
        entries = [chosen.entry for _, chosen in found.values() if chosen.entry is not None]
        return self._policy.offer(ask, entries, after) if entries else (decision, after)

    def _at_its_end(self, ask: Ask, session: Session, now: datetime) -> Ask:
        """A long story that says where its question begins (… 想问哈好久开始报名嘛), as that question; as it is where it says so nowhere, or asks no whole question there."""
        marks = list(_ASKS_FOR.finditer(ask.query.text)) if len(ask.query.text) > RAMBLING else []
        if not marks or ask.resumed:
            return ask
        tail = self.read(ask.query.text[marks[-1].end() :], session, now)
        whole = tail.topic.stages and tail.topic.asks == ("时间",) and not (tail.content or tail.resumed)
        return (
            replace(ask, topic=tail.topic, query=replace(tail.query, region=ask.query.region), content=())
            if whole
            else ask
        )

    def _end(self, ask: Ask, size: int, session: Session, now: datetime) -> tuple[Ask, Chosen]:
        """What the last `size` characters of a long story ask for: the question, as a rule, stands at the end."""
        tail = self.read(ask.query.text[-size:], session, now)
        return tail, self._policy.selector.choose(tail)
