"""Half questions that hold to the entry told last: which mean that entry again, and which another. Pure.

The rows stand in one module a subject: half_review.py, half_second.py, half_rest.py.
"""

from __future__ import annotations

import re

from bot.dialogue.following import half_rest, half_review, half_second
from bot.dialogue.following.going_on import CATEGORY
from bot.dialogue.following.half_review import (
    AGAIN,
    MISSED_REVIEW,
    PAPERS,
    REJECTED,
    REVIEW_DAYS,
    WHICH_BUTTON,
)
from bot.dialogue.following.half_second import SECONDS
from bot.dialogue.following.stands_for import FollowUp
from bot.dialogue.rows.registration import MISTYPED
from bot.dialogue.session import Topic
from bot.dialogue.standing import PASSED_BEFORE, SOLDIERS, VALIDITY, WHOM_TO_ASK
from bot.text.query import Query
from bot.text.replacing import replace

# No entry stands in two of them, so that their order decides nothing (tests/dialogue/test_half_said.py).
_ROOMS = (half_review, half_second, half_rest)
_STILL_SAID = tuple(
    (entry, re.compile(said)) for room in _ROOMS for entries, said in room.STILL for entry in entries
)
_OTHER_SAID = tuple(
    (frozenset(entries), re.compile(said), other) for room in _ROOMS for entries, said, other in room.OTHER
)

_UNDONE = re.compile(r"没(?:有)?去|忘|没赶上")
# 那我啥都不用弄了, 等考试就是了: what is still to do
_NOTHING_LEFT = re.compile(
    r"(?:啥子?|什么|哪样)都不(?:用|消|需要)[弄管做办搞]|没(?:得|有)?(?:啥子?|什么|哪样)(?:要|需要|用)?[弄管做办搞]的"
)
NEXT_STEP, _TELEPHONE, _SITE = "下一步", "咨询电话", "考点选择"  # entries
_SIGNED = re.compile(r"(?<!没)(?<!没有)(?<!未)签(?:了|完|过)?[字名]")
# 你说的是全国的还是重庆的: whose days they are is told with them
_WHOSE = re.compile(r"(?:全国|国家)的?还是|还是(?:全国|国家)的")
# 四川都出来了重庆咋没有
_STILL_NONE = re.compile(
    r"都[^,。?!]{0,4}(?:出|有|公布|开始|在交)[^。?!]{0,10}(?:咋个?|怎么|为啥子?|为什么|啷个)[^,。?!]{0,3}(?:没|不)"
)
# 线上审核说我资料不清晰 … 可以重新传吗
_UNCLEAR, _ANEW = "材料不清楚", re.compile(r"(?:重新?|再)[传交]")
# 那你说个准信嘛
_FOR_SURE = re.compile(r"准信|准确(?:的)?(?:时间|日期|日子)|说准|给个准")
# 求求了有没有电话
_CALLS = re.compile(
    r"(?:有没有|有没得|有|求|给|要|发|留)(?:个|一个|下|一下|我)*(?:考点|报名点|办公室|咨询|联系)*的?(?:电话|号码|联系方式)(?:吗|嘛|么|不|没|呢|啊)*\W*$"
)
# 真的不行吗, 真的没办法了: the same again
_REALLY = re.compile(
    r"^[啊那, ]*(?:真的|当真|确定|难道)(?:就|是)*(?:不行|没办法|没法|不能|没救|没机会|不可以|没戏|不得行|没得办法|搞不了|弄不了|补不了|没辙)"
    r"(?:补|交|传|改|换|报|考)?了?(?:哈)?(?:吗|么|嘛|不|啊|哇|吧)*\W*$"
)
# 真的一点办法都没有了
_NO_WAY = re.compile(
    r"^[啊那, ]*(?:真的|当真|就)*(?:一点)?(?:办法|法子|机会|希望|余地)(?:都|也)?没(?:有|得)?了?(?:吗|么|嘛|啊|哇)?\W*(?:$|[?!。]\s*(?:我|有人|人家|群里)?(?:听|说|看)[^?!。]{0,14}$)"
)
# 那就没得救了, after what may not be changed any more
_NO_HELP = re.compile(r"^[那, ]*(?:就|是)*(?:没得?救|没办法|没法|完|没辙)了?(?:吗|吧|么|嘛|哇|啊)*\W*$")
# 25年四川几号报 … 跟今年一样吗: of the year that was asked about
_LIKE_THIS_YEAR = re.compile(r"^[那, ]*(?:也|是不是|是)*(?:跟|和|像|同)今年(?:的|是|也)*(?:一样|差不多|同样)")
# 你说的那个是去年的吧: of the days that were told
_ITS_YEAR = re.compile(
    r"^[那, ]*(?:你|您)?(?:说|讲|发|给)?的?(?:这个?|那个?|这些|那些)?(?:时间|日期|日子)?(?:不)?(?:还)?是(?:去年|前年|今年|(?:20)?\d\d年)的?(?:时间|日期|公告|通知)?(?:吧|吗|嘛|哈|哇|对吧)?\W*$"
)
# 2027年报名时间出来没 … 一般好久出
_COMES_OUT = re.compile(
    r"^[那哦, ]*(?:一般|往年|大概|通常|那公告|公告)(?:是|都|会)?(?:好久|什么时候|啥时候|几月份?|几号|哪天|多久)(?:才|会|能)?(?:出|公布|发|下来|有)"
)
# 四川技能缴费今年是几号 … 在哪儿看
_WHERE_TO_LOOK = re.compile(
    r"^[那哦嗯好, ]*(?:我|要)?(?:去|在|到)?哪(?:儿|里|点)?(?:能|可以|去)?(?:看|查|有)(?:得到|到)?(?:嘛|呢|啊|哦)?\W*$"
)
# 去年技能过了今年还要报名不 … 几号截止
_BY_WHEN = re.compile(
    r"^[那, ]*(?:是|要)?几月份?(?:嘛|呢)?[, ]*(?:明年)?\W*$|^[那, ]*(?:是|要)?(?:几号|好久|什么时候|啥时候|哪天)(?:开始|截止|报|之前报|前报|之前|前)?(?:名)?(?:嘛|呢|啊|哦)?\W*$|^截止(?:是)?(?:几号|好久|什么时候|哪天)\W*$"
)
_OF_ANOTHER_EXAM = frozenset({PASSED_BEFORE, "上年技能没过"})
_OF_CHANGES = frozenset({"签字后修改", MISTYPED, PAPERS, REJECTED})
# 审核也要过一遍, of who passed 技能 before
_REVIEWED_TOO = re.compile(
    r"^[那但, ]*(?:明年|来年|到时候)?(?:也|还)?(?:是不是|要不)?要(?:重新|再|重)报(?:名|一次|一遍)*(?:是吧|对吧|吧|吗|不|么|嘛|啊)?\W*$|^[那, ]*(?:还)?(?:要不要|用不用|需不需要)(?:再|去)?(?:现场|线上|资格)*审核?(?:啊|嘛|呢)?\W*$|^[那, ]*(?:现场|线上|资格)*审[核查]?(?:也|还|都)(?:要|得|需要|用)再?(?:去|弄|做|过|走|来|审)?(?:一[遍道次回下])?(?:吗|不|么|嘛)?\W*$"
)
_ALL_THE_SAME = re.compile(
    r"^[那, ]*我?(?:还|也|都)(?:要|得|用|需要)再?(?:重新)?(?:报名|网报|审核)(?:和|跟|、)?(?:审核|报名)?(?:吗|不|么|嘛)?\W*$"
)
_A_YEAR_ON = re.compile(r"^[那, ]*(?:大?后年|再下一?年)(?:呢|还|也)")
_OF_A_PASS = frozenset({VALIDITY, PASSED_BEFORE})


def _the_day_after(query: Query) -> tuple[int, int, int | None] | None:
    """The first day of 2月4号以后; None where no such day is named."""
    named = query.day
    if named is None or not re.search(r"[号日][之以过]?后", query.text):
        return None
    return named.month, named.day, named.year


def half_said(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """The entry that the half question means, after the one told last; None where no row knows it."""
    if not before.entry or (query.subjects and before.entry not in (PASSED_BEFORE, *SECONDS)):
        return None
    if _NOTHING_LEFT.search(query.text) and before.entry not in REVIEW_DAYS:
        return FollowUp(Topic(entry=NEXT_STEP, core=topic.core), fixed=True)
    if (
        _REALLY.match(query.text)
        or _NO_WAY.match(query.text)
        or (before.entry in _OF_CHANGES and _NO_HELP.match(query.text))
    ):
        return FollowUp(before, fixed=True)
    of_days = bool(before.stages) and "时间" in before.asks
    if of_days and (_WHOSE.search(query.text) or _STILL_NONE.search(query.text)):
        return FollowUp(before, fixed=True)
    if before.stages and "时间" in before.asks and _ITS_YEAR.match(query.text):
        return FollowUp(before, fixed=True)
    if of_days and _FOR_SURE.search(query.text) and not (query.stages or query.subjects):
        return FollowUp(before, fixed=True)
    if of_days and _COMES_OUT.match(query.text):
        own = Topic(entry="报名公告", core=topic.core, stages=before.stages, year=before.year)
        return FollowUp(own, fixed=True)
    if of_days and _WHERE_TO_LOOK.match(query.text):
        return FollowUp(Topic(entry="报名公告", core=topic.core, stages=before.stages), fixed=True)
    if before.entry in _OF_ANOTHER_EXAM and _BY_WHEN.match(query.text):
        core = f"报名{topic.core}"
        return FollowUp(Topic(core=core, stages=("网上报名",), asks=("时间",), year=before.year))
    if before.year and before.year not in query.years and _LIKE_THIS_YEAR.match(query.text):
        return FollowUp(before, fixed=True)
    if before.entry == WHOM_TO_ASK and query.is_bare and query.region.places:
        return FollowUp(Topic(entry=_SITE, core=topic.core), fixed=True)  # 我去哪问嘛 … 我是渝中区的
    if _CALLS.search(query.text) and not (query.stages or query.subjects):
        return FollowUp(Topic(entry=_TELEPHONE, core=topic.core, stages=before.stages), fixed=True)
    # what came back from the review is asked about in the review's own words, too
    rejected = before.entry == REJECTED or "不通过" in before.core
    for entry, said in _STILL_SAID:
        same = before.entry == entry or (entry == REJECTED and rejected)
        heard = said.search(query.text) or said.search(topic.core.strip())  # 四川 已提交: without its place
        if entry == MISTYPED and _SIGNED.search(query.text):
            continue  # 签字以后还能改不
        if same and heard and not CATEGORY.search(query.text):
            day = _the_day_after(query) or topic.day or before.day
            return FollowUp(replace(before, core=f"{before.core} {topic.core}", day=day), fixed=True)
    if before.sent_back and before.entry == _UNCLEAR and _ANEW.search(query.text):
        return FollowUp(Topic(entry=REJECTED, core=topic.core, sent_back=True), fixed=True)
    if before.sent_back and WHICH_BUTTON.search(query.text):
        return FollowUp(Topic(entry=AGAIN, core=topic.core, sent_back=True), fixed=True)
    for entries, said, other in _OTHER_SAID:
        if before.entry in entries and said.search(query.text):
            if other == SOLDIERS and ("错过" in before.asks or _UNDONE.search(before.core)):
                other = MISSED_REVIEW  # who was reviewed online had to go all the same
            own = Topic(
                entry=other,
                core=topic.core,
                sent_back=topic.sent_back,
                day=_the_day_after(query) or topic.day,
            )
            return FollowUp(own, fixed=True)
    if before.entry in _OF_A_PASS and _ALL_THE_SAME.match(query.text):  # 还要报名审核吗
        spoken = query.stages or before.stages
        return FollowUp(replace(before, core=f"{before.core} {topic.core}", stages=spoken), fixed=True)
    if before.entry in _OF_A_PASS and _A_YEAR_ON.match(query.text) and query.years:
        # 技能过了 明年还要考技能不 … 那后年呢
        own = Topic(entry=VALIDITY, core=before.core, year=query.years[0], passed=before.passed)
        return FollowUp(own, fixed=True)
    if before.entry in _OF_A_PASS and _REVIEWED_TOO.match(query.text) and "现场" in query.text:
        return FollowUp(Topic(entry=SOLDIERS, core=topic.core, stages=("现场审核",)), fixed=True)
    if before.entry in _OF_A_PASS and _REVIEWED_TOO.match(query.text):
        return FollowUp(Topic(entry=PASSED_BEFORE, core=topic.core, passed=before.passed), fixed=True)
    return None
