"""Which step a question means that is of the clock and names none: 没提交上, 才晚了十分钟, 最后一天是哪天. Pure.

The clock of the region says it: the step that is open, else the one that closed within the last days, else the next to open.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime

from bot.dialogue.ask import Ask
from bot.dialogue.facts import SUPPOSED
from bot.dialogue.following.after_missed import OUT
from bot.dialogue.following.going_on import COURSE, tells_done, what_follows
from bot.dialogue.phases import Phases
from bot.dialogue.session import Topic
from bot.dialogue.standing import PAST_SKILLS
from bot.dialogue.trouble import SITE_TROUBLE
from bot.knowledge.model import NATION, NEXT, Entry
from bot.schedule.deadlines import today
from bot.schedule.stages import FEES, SECOND, UPLOAD
from bot.text.replacing import replace
from bot.text.tense import after_the_end

UNSUBMITTED = "没提交上"  # the entry for whoever could not submit
_PASSWORD = re.compile(r"密码|账号|帐号|注册|验证码")
NOT_SUBMITTED = "没提交"  # the word of 同义
# What an excuse, and a plea for one more hour, is made of; none of these is of another matter.
PLEA = frozenset({"提交", "通融", "宽限", "延期", "后果", "作废", "怎么办"})
_OF_LATE = frozenset({"错过", "时间", "是否", "流程"})
_IS_SHUT = re.compile(
    r"(?:是不是|已经|就)(?:已经|都)?(?:关|截止|结束)了?|(?:关|截止|结束)了(?:吗|么|没|吧|嘛)"
)
_CHANGES = re.compile(r"[改换](?:不到|不了|得|了|吗|不)")
_PAPERS = ("网上报名", "材料上传")
_AT_HAND = ("open", "just_over")
_HANDS_IN = re.compile(r"^[^费钱款缴付]*交(?![费钱款])[^费钱款缴付]*$")
_MONTHS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_OF_MONTH = re.compile(
    rf"(1[0-2]|[1-9]|十[一二]|[{''.join(_MONTHS[:10])}])月(?:份)?(?:那个|那笔|那次|的那?[个笔]?|交?的?钱|的?费|(?:要是|如果|我)*(?:不|没)[交缴])"
)
_OTHERS_ONLY, _ON_SITE = (UPLOAD, "线上审核"), ("现场审核",)
_NEAREST = 2  # the stages that close together and are both told: 线上审核 and 现场审核


def could_not_submit(ask: Ask) -> bool:
    """Whether it is told that something was not submitted, and no step but the registration may be meant."""
    query, topic = ask.query, ask.topic
    elsewhere = ask.past_upload or topic.sent_back or query.subjects or query.exam or "材料" in topic.asks
    return NOT_SUBMITTED in ask.content and not elsewhere and set(topic.stages) <= {"网上报名"}


def is_late(ask: Ask, everyday: Collection[str]) -> bool:
    """Whether one comes too late, and for what is not said: 刚刚点提交说时间过了, 错过了咋办."""
    query, topic = ask.query, ask.topic
    late = "错过" in topic.asks or after_the_end(query.text)
    named = topic.stages or query.subjects or query.modifiers or query.exam or ask.past_upload
    changes = _CHANGES.search(query.text) is not None  # 过了时间就改不到了哇: of what was entered
    asks = late and not changes and bool(topic.asks) and set(topic.asks) <= _OF_LATE
    return asks and not named and not set(ask.content) - PLEA - set(everyday)


def only_missed(ask: Ask) -> bool:
    """Whether nothing is told but that a named step was missed: 钱没交成."""
    query = ask.query
    return ask.topic.asks == ("错过",) and bool(ask.topic.stages) and not (ask.content or query.modifiers)


def not_open(ask: Ask, entry: Entry, phases: Phases, now: datetime) -> tuple[str, ...]:
    """The registration, where one can't get in and it is no fault of the page: 报名系统咋个还进不去, the evening before it opens; () else."""
    region = ask.regions[0] if ask.regions else NATION
    own = bool(ask.regions) or _IS_SHUT.search(ask.query.text) is not None
    if (
        entry.id != SITE_TROUBLE
        or _PASSWORD.search(ask.query.text)
        or not set(ask.topic.stages) <= {"网上报名"}
    ):
        return ()
    stands = phases.of(region, ask.topic.year, now).get("网上报名", "open")
    shut = stands != "open" if own else stands == "next"  # 今天报名咋个进不去, before it opens
    return ("网上报名",) if shut else ()


def papers_due(ask: Ask, entry: Entry, phases: Phases, now: datetime) -> tuple[str, ...]:
    """The stages meant by 刚过十二点 还能交吗, which names no fee: the papers' where their window has just closed and no fee is due; () else."""
    topic = ask.topic
    region = ask.regions[0] if ask.regions else None
    bare = (
        (entry.is_timed or entry.asks == "错过")
        and set(topic.stages) == FEES
        and _HANDS_IN.search(ask.query.text)
    )
    supposed = entry.asks == "错过" and SUPPOSED.search(ask.query.text)
    if region is None or not (topic.verdict or "错过" in topic.asks) or not bare or ask.resumed or supposed:
        return ()
    stands = phases.of(region, topic.year, now)
    if any(stands.get(stage) in _AT_HAND for stage in FEES):
        return ()
    return tuple(stage for stage in _PAPERS if stands.get(stage) in _AT_HAND)


def of_another_stage(ask: Ask, entry: Entry, phases: Phases, now: datetime) -> bool:
    """Whether 今天几点截止, said in a talk of 二试 that is not open yet, is about what closes today: 再确认下今天几点截止."""
    query, topic = ask.query, ask.topic
    region = ask.regions[0] if ask.regions else None
    carried = bool(topic.stages) and set(topic.stages) <= SECOND and "二试" not in query.subjects
    if region is None or not (entry.is_timed and carried and "截止" in query.text) or query.day is None:
        return False
    stands = phases.of(region, topic.year, now)
    is_today = query.day.on(today(now).year) == today(now)
    return is_today and not any(stands.get(stage) == "open" for stage in SECOND)


def their_own(ask: Ask, entry: Entry, phases: Phases, now: datetime) -> tuple[str, ...]:
    """The stage on site, where a soldier who heard that the papers are not theirs to upload asks 到几号截止; () else."""
    region = ask.regions[0] if ask.regions else None
    stages = ask.topic.stages
    if region is None or not entry.is_timed or ask.query.stages or not ask.resumed or len(stages) != 1:
        return ()
    if stages[0] not in _OTHERS_ONLY or not ask.audience:
        return ()
    return _ON_SITE if phases.whom(region, stages[0], ask.topic.year, now).startswith("非") else ()


def names_month_of_fee(text: str) -> bool:
    """Whether a fee is named by its month: 7月那个."""
    return _OF_MONTH.search(text) is not None


def fee_of_month(ask: Ask, entry: Entry, phases: Phases, now: datetime) -> tuple[str, ...]:
    """The fee whose days lie in the month that is named (那7月那个还能交吗); () where none is."""
    found = _OF_MONTH.search(ask.query.text)
    region = ask.regions[0] if ask.regions else None
    missed = entry.asks == "错过"  # 7月份不交会怎样 names no stage
    fees = (missed or ask.query.stages) and set(ask.query.stages) <= FEES and not ask.query.subjects
    if (
        found is None
        or region is None
        or (ask.audience in PAST_SKILLS and not missed)
        or not entry.stages
        or not fees
        or (ask.entry_fixed and not entry.is_timed)  # what was missed before it decides
        or not set(entry.stages) <= FEES
    ):
        return ()
    month = _MONTHS.index(found[1]) + 1 if found[1] in _MONTHS else int(found[1])
    return tuple(
        s for s in ("技能缴费", "一试缴费") if phases.opens_in(region, s, ask.topic.year, now) == month
    )


def just_done(ask: Ask, entry: Entry, phases: Phases, now: datetime) -> Ask:
    """`ask` as what comes after the step that is open, where one is told of as done and none is named: 我弄好了 接下来干嘛."""
    region = ask.regions[0] if ask.regions else None
    if region is None or entry.asks != NEXT or ask.after or not tells_done(ask.query.fixed):
        return ask
    stands = phases.of(region, ask.topic.year, now)
    done = [stage for stage in COURSE if stands.get(stage) == "open"]
    if not done:
        return ask
    return replace(ask, topic=replace(ask.topic, stages=what_follows(done[-1])), after=done[-1])


def fee_missed(ask: Ask, entry: Entry, phases: Phases, now: datetime) -> tuple[str, ...]:
    """The fee that closed within the last days, where one is told of as missed and it is not said which: 我缴费搞忘了 4月9号截止; () else."""
    region = ask.regions[0] if ask.regions else None
    either = "错过" in ask.topic.asks and set(ask.topic.stages) == FEES
    if region is None or not either or not (entry.is_timed or entry.asks == "错过"):
        return ()
    over = phases.just_over(region, ask.topic.stages, ask.topic.year, now)
    return over if len(over) == 1 else ()


def dropped_out(
    entry: Entry, before: Topic | None, region: str | None, phases: Phases, now: datetime
) -> bool:
    """Whether the next step is asked for by who just told that the registration or the review was missed, and it is over: there is none."""
    if before is None or region is None or entry.asks != NEXT:
        return False
    missed = "错过" in before.asks or before.entry in OUT
    only = bool(before.stages) and set(before.stages) <= {"网上报名", "现场审核"}
    return missed and only and all(phases.is_over(region, stage, before.year, now) for stage in before.stages)


def settled(
    ask: Ask, entry: Entry, missed: Sequence[Entry], following: Entry | None, phases: Phases, now: datetime
) -> tuple[Ask, Entry]:
    """`ask` with the step that was just missed, and its entry, where `entry` leaves open which one it was.

    Args:
        missed: the entries for what was missed, of one step or two each, those that judge by the clock first.
        following: the entry that tells what is open or comes next.
    """
    topic = ask.topic
    region = ask.regions[0] if ask.regions else None
    if region is None:
        return ask, entry
    if entry.asks == "错过" and len(topic.stages) > 1:
        still = tuple(stage for stage in topic.stages if phases.is_open(region, stage, topic.year, now))
        return (replace(ask, topic=replace(topic, stages=still)) if len(still) == 1 else ask), entry
    if entry.id == UNSUBMITTED and following is not None:
        # weeks after the registration, it is not that any more which was not submitted
        past = phases.is_past(region, entry.stages[0], topic.year, now)
        return ask, following if past and not ask.query.stages else entry
    if ask.after or entry.asks != NEXT or not ("错过" in topic.asks or after_the_end(topic.core)):
        return ask, entry
    over = phases.just_over(region, COURSE, topic.year, now)[:_NEAREST]
    for own in missed:
        if over and over[0] in own.stages and own.kind == "answer":
            stages = tuple(stage for stage in over if stage in own.stages)
            return replace(ask, topic=replace(topic, entry="", stages=stages)), own
    return ask, entry
