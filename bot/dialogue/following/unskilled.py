"""A candidate who did not pass this year's 技能: that it is remembered for the talk, and what is asked then. Pure."""

from __future__ import annotations

import re

from bot.dialogue.following.for_second import SECOND_TOO
from bot.dialogue.following.going_on import CATEGORY
from bot.dialogue.following.stands_for import FollowUp
from bot.dialogue.session import Topic
from bot.dialogue.standing import SKILLS_FAILED, SPARED
from bot.schedule.stages import SECOND
from bot.text.query import Query
from bot.text.statuses import PASSED

_SUPPOSES = re.compile(r"要是|如果|假如|万一|的话|没过的|挂了的|(?:吗|么|没有?)\W*$")
_WRITTEN = r"(?:综合|一试|笔试|机考|理论)"
_MAY_SIT = re.compile(
    rf"(?:能|可以|可不可以|有资格|要不要|用不用)[^,。?!]{{0,5}}{_WRITTEN}"
    rf"|{_WRITTEN}[^,。?!]{{0,5}}(?:能|可以|考不成|考得成|考不了|还要|怎么办|咋办|咋个办|呢\W*$)"
)
# 那只能等明年了?
_NEXT_YEAR_THEN = re.compile(
    r"^[哦那, ]*我?(?:是不是|就|也)*(?:只能|只有|只好|就得|要)?(?:等(?:到)?明年|明年再)(?:再?[考报来])?(?:了|哦|吧|嘛|吗|哇|咯|嗦|迈|啊|不)*\W*$"
)
_SAID = re.compile(r"^(?:实践)?技能(?:没过|不通过)")
_WHEN = re.compile(r"时候|几号|哪天|时间|好久|截止|明年|下次|下一年")
_AGAIN = re.compile(
    r"(?:明年|来年|下一?[年次])[^,。?!]{0,6}(?:重新|再|重|还要|还得|要|从头)[^,。?!]{0,4}(?:考|来)[^,。?!]{0,2}(?:技能|操作|一次|一遍)?"
)


def unskilled(query: Query, before: Topic | None) -> bool:
    """Whether who asks failed this year's 技能 or did not sit it, as told now or before in this talk."""
    if query.audience in SPARED or (query.passed is not None and query.passed.mine):
        return False
    told = PASSED in query.not_audience and "技能" in query.subjects and "一试" not in query.subjects
    if told and not (query.failed or query.others):
        return _SUPPOSES.search(query.text) is None
    return before is not None and before.unskilled


def after_failing(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """技能考了58 … 能参加综合不, 那二试呢, 明年还要重考技能吗."""
    failed = before.unskilled or _SAID.search(before.core) is not None  # 技能没过可以报二试不 … 临床助理
    if not failed or query.others or query.day is not None:
        return None
    if SECOND_TOO.match(query.text):
        core = "技能没过可以报二试吗"
        return FollowUp(Topic(core=core, stages=("二试报名",), asks=("条件",)))
    if _NEXT_YEAR_THEN.match(query.text):
        return FollowUp(
            Topic(entry=SKILLS_FAILED, core=f"明年 {topic.core}", stages=("技能考试",)), fixed=True
        )
    if CATEGORY.search(query.text) and set(before.stages) <= SECOND and not (query.asks or query.stages):
        core = f"技能没过可以报二试吗 {topic.core}"  # 技能没过 可以报二试不 … 临床助理
        return FollowUp(Topic(entry="二试条件", core=core, stages=("二试报名",), asks=("条件",)), fixed=True)
    if _AGAIN.search(query.text) and not set(topic.stages) & SECOND and "时间" not in query.asks:
        return FollowUp(Topic(entry=SKILLS_FAILED, core=topic.core, stages=("技能考试",)), fixed=True)
    if _MAY_SIT.search(query.text) and not _WHEN.search(query.text):
        return FollowUp(Topic(entry=SKILLS_FAILED, core=topic.core, stages=("一试考试",)), fixed=True)
    return None
