"""Which exam 今年 means once the next one is announced, and 去年 in a talk of it. Pure."""

from __future__ import annotations

from datetime import datetime

from bot.dialogue.ahead import ahead
from bot.dialogue.ask import Ask
from bot.dialogue.lookup import tell
from bot.dialogue.session import Session
from bot.knowledge.model import Knowledge
from bot.schedule.deadlines import today
from bot.schedule.stages import SECOND
from bot.text.replacing import replace


def _yearly(ask: Ask, session: Session, now: datetime) -> Ask:
    """那2025年报名什么时候, 那下次报名什么时候, in a talk of 二试 that is over or past: the yearly registration, and no 二试 of a year to come."""
    of_second = ask.resumed and ask.topic.stages == ("二试报名",) and "二试" not in ask.query.text
    later = ask.topic.year is not None and ask.topic.year > today(now).year
    if not (of_second and later and ask.query.actions == ("报名",)) or session.topic is None:
        return ask
    core = ask.topic.core.replace("二试", "")
    return replace(ask, topic=replace(ask.topic, stages=("网上报名",), core=core))


def of_coming_exam(ask: Ask, session: Session, kb: Knowledge, now: datetime) -> Ask:
    """今年啥时候报名 in December, once next year's notice is public: of the exam that is still ahead, where this year's is over or not on file.

    去年是几号, in a talk of next year's exam, may be the one before that (this year's) or last year's: both are told; but who said 明年 counts from today.
    """
    ask = _yearly(ask, session, now)
    year, region = today(now).year, ask.regions[0] if ask.regions else None
    before = session.topic
    of_next = (
        before is not None and before.year == year + 1 and not any("明年" in said for said in session.asked)
    )
    alone = not ask.topic.more_years  # 去年跟今年呢 is as it says
    if of_next and alone and ask.topic.year == year - 1 and "去年" in ask.query.text:
        return replace(ask, topic=replace(ask.topic, year=year, more_years=(year - 1,)))
    said = ask.topic.year == year and "今年" in f"{ask.query.text} {ask.topic.core}"
    stages = ask.topic.stages or ("网上报名",)
    if not said or "错过" in ask.topic.asks or set(stages) & SECOND:
        return ask
    still = any(ahead((tell(kb, region, stage, year, now),), now) for stage in stages)
    coming = any(tell(kb, region, stage, year + 1, now).stated for stage in stages)
    return replace(ask, topic=replace(ask.topic, year=year + 1)) if coming and not still else ask
