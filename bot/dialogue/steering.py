"""Messages that steer the bot itself: kinds without words, commands, numbers. Pure."""

from __future__ import annotations

import re
from datetime import datetime

from bot.dialogue.commands import Command, Commands
from bot.dialogue.decision import Decision
from bot.dialogue.following.context import complete
from bot.dialogue.policy import Policy
from bot.dialogue.session import Session, Shown, Topic
from bot.knowledge.model import Knowledge
from bot.schedule.deadlines import today
from bot.text.replacing import replace
from bot.text.understand import Read

_KINDS = {
    "image": "图片",
    "voice": "语音",
    "video": "视频",
    "location": "位置",
    "link": "链接",
    "other": "其他消息",
}
FEEDBACK = "评价"  # the key of Decision.values that holds 有用 or 没用
Decided = tuple[Decision, Session | None]


_A_YEAR = 20  # from this on a bare number is one of two digits


class Steering:
    """Decides what is not a question; `steer` gives None for what is."""

    def __init__(self, kb: Knowledge, commands: Commands, policy: Policy, read: Read) -> None:
        self._kb = kb
        self._commands = commands
        self.policy = policy
        self._understand = read
        self._subscribing = policy.subscribing

    def steer(self, kind: str, text: str, session: Session, now: datetime) -> Decided | None:
        """The decision for a message that is not a question; a session of None means: forget this candidate."""
        if kind in _KINDS:
            return Decision("command", phrase=_KINDS[kind]), session
        if kind == "silent":
            return Decision("command"), session
        if kind == "unsubscribe":
            return Decision("command"), None
        if kind == "subscribe":
            return self._welcome(text, session)
        command = self._commands.read(text)
        if command is not None:
            return self._obey(command, session, now)
        return self._subscribing.resume(text, session, now)

    def _obey(self, command: Command, session: Session, now: datetime) -> Decided | None:
        if command.name == "编号":
            return self._pick(command.number, session, now)
        if command.name == "清除":
            return Decision("command", phrase="清除", score=1.0), None
        if command.name == "地区":
            return self._move(command.rest, session, now)
        if command.name == "换地区":
            return Decision("ask_region", phrase="问地区"), replace(session, pending="region")
        if command.name == "继续":
            if not session.rest:
                return Decision("command", phrase="没有更多"), session
            return Decision("command", text=session.rest[0], rest=session.rest[1:]), replace(session, rest=())
        if command.name == "人工":
            return Decision("handoff", phrase="人工", score=1.0), replace(session, misses=0)
        if command.name == "我的信息":
            passed = f"{session.passed} 年技能合格" if session.passed else ""
            who = "、".join(filter(None, (session.audience, passed)))
            values = {"地区": session.region or "还不知道", "对象": who or "还不知道"}
            return Decision(
                "command", phrase="我的信息", values=values, region=session.region, score=1.0
            ), session
        if command.name in ("有用", "没用"):
            entry = session.topic.entry if session.topic else ""
            # the turn's own row records it: this entry, and the word that was said
            said, phrase = {FEEDBACK: command.name}, "谢谢评价" if command.name == "有用" else "评价没用"
            return Decision("command", self._kb.entries.get(entry), phrase=phrase, values=said), session
        if command.name == "订阅":
            return self._subscribing.ask_for(command.rest, session, now)
        if command.name == "退订":
            return self._subscribing.take_back(command.rest, session, now)
        if command.name == "我的订阅":
            return self._subscribing.mine(session)
        return Decision("command", phrase=command.name, score=1.0), session

    def _welcome(self, scene: str, session: Session) -> Decided:
        """`scene`: what the scanned code carries, "" for none. A region's poster says where its reader sits the exam."""
        parts = {part.lower() for part in re.split(r"[\W_]+", scene)}
        own = [
            region.name
            for region in self._kb.regions.values()
            if parts & {region.id, region.name, region.full_name}
        ]
        if len(own) != 1:
            return Decision("command", phrase="欢迎"), session
        decision = Decision("command", region=own[0], phrase="扫码欢迎", values={"地区": own[0]}, score=1.0)
        return decision, session.with_region(own[0], None)

    def _pick(self, number: int, session: Session, now: datetime) -> Decided | None:
        """A number picks from the last list; no bare number outside it counts."""
        if not session.shown:
            return None
        if _A_YEAR <= number < _A_YEAR + 20 and session.topic is not None:
            return None  # 26呢, in a talk of years
        if not 1 <= number <= len(session.shown):
            limits = f"1–{len(session.shown)}" if len(session.shown) > 1 else "1"
            return Decision("command", phrase="编号不对", values={"范围": limits}), session
        return self._take(session.shown[number - 1], session, now)

    def _take(self, shown: Shown, session: Session, now: datetime) -> Decided:
        if shown.entry:
            before = session.topic or Topic()
            known = self._kb.entries.get(shown.entry)
            stages = tuple(stage for stage in before.stages if known and stage in known.stages)
            topic = Topic(
                entry=shown.entry,
                core=before.core,
                stages=stages,
                verdict=before.verdict and bool(stages),
                day=before.day if stages else None,  # 明天去行不行: still of tomorrow
                sent_back=before.sent_back,
                regions=before.regions,
            )
            session = replace(session, topic=topic, pending="").with_question(shown.label)
            said = ""
        else:
            said = shown.region or shown.audience or shown.say
        command = self._commands.read(shown.say) if shown.say else None
        if command is not None and (obeyed := self._obey(command, session, now)) is not None:
            return obeyed
        ask = complete(self._understand(said, today(now)), session)
        if shown.entry and session.topic:
            ask = replace(ask, topic=session.topic, resumed=True, entry_fixed=True, bare=False)
        return self.policy.decide(ask, session, now)

    def _move(self, place: str, session: Session, now: datetime) -> Decided | None:
        query = self._understand(place, today(now))
        if len(query.region.asked) != 1 and not query.region.ambiguous:
            return None
        return self.policy.decide(complete(query, session.without_topic()), session.without_topic(), now)
