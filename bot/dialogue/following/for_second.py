"""Half questions that come down to whether 二试 is for this candidate: how the first test was lost, what was missed, no need to register. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.dialogue.following.after_missed import MISSED_FEE, OUT
from bot.dialogue.session import Topic
from bot.dialogue.standing import asks_of_a_pass
from bot.schedule.stages import REVIEWED, SECOND
from bot.text.query import Query
from bot.text.replacing import replace
from bot.text.sentence import tells_score

_LOST = "一试缺考、没缴费可以报二试吗"
_NO_NEED = re.compile(
    r"^(?:所以|那|意思是|就是说)?[, ]*(?:我)?(?:现在|年初|今年|这会儿)?(?:就|也|还)?(?:不用|不消|不必|用不着|要不要|用不用)报(?:名)?(?:了)?(?:吗|嘛|吧|哇)?\W*$"
)
# Who did not pass, sit or pay the first test is who 二试 is for.
_LOST_FIRST = re.compile(
    r"(?:一试|综合|笔试|机考|理论)[^,。?!技二]{0,8}?(?:没[去考过交缴来参赶报]|没(?:有|能)|未[过考]|缺考|弃考|挂|不及格|差[^,。]{0,4}分)"
    r"|(?:没有?|未)(?:去|能)?(?:参加|考|交|缴|过)[^,。?!技二]{0,4}(?:一试|综合|笔试)|缺考[^,。?!技二]{0,2}(?:一试|综合|笔试)"
)
# 差了8分没过的可以吧: in a talk of 二试 it can only be the first test
_SHORT_OF = re.compile(
    r"差[^,。?!]{0,4}分[^,。?!]{0,6}(?:能|可以|得行|行不)|没过的?(?:人|考生)?(?:能|可以|得行|行不|行吗)|成绩[^,。?!]{0,3}没过|没过[^,。?!]{0,4}\d{2,3}分|第一次[^,。?!]{0,3}(?:没[去考过交缴来]|缺考|弃考|未)"
)


_LOST_IT = re.compile(r"没过|没考过|不及格|挂了|差了?\d*分")
_CHANCE = re.compile(r"机会|还能考|还能报|补考|有救")


_CATEGORIES = re.compile(r"口腔|公卫|公共卫生|中西医|临床(?!医院)|中医(?!院|医院)")
_WITHOUT = frozenset({"口腔", "公卫", "公共卫生", "中西医"})


# 那二试呢, 二试有戏不
SECOND_TOO = re.compile(
    r"^[那, ]*(?:我|我们|这种|这个情况)?(?:还|也)?(?:能不能|可不可以|能|可以|有)?(?:没有|没得|机会)?(?:报|考|参加|去)?(?:得了|得成)?(?:二试|补考)"
    r"(?:的)?(?:有戏|有希望|有机会|得行|行|能报|能考|能|可以)?(?:呢|嘛|吗|么|不|没得?|没有)?\W*$"
)
_WHAT_IT_IS = re.compile(
    r"(?:二试|两试)(?:又)?(?:是|叫|指)?(?:个)?(?:啥子?|什么|哪样)(?:意思|东西|考试)?|(?:二试|一试)[^,。?!]{0,3}(?:区别|不同|不一样)|(?:区别|不同)[^,。?!]{0,2}\W*$"
)
_OF_RESULTS = re.compile(r"成绩|出分|分数|查分")  # 考完好久出成绩
_MAY_GO = re.compile(r"(?:能|可以)(?:去|考|参加)")
_HOW_TO = re.compile(r"^[那, ]*二试(?:是)?(?:咋个?|怎么|如何|啷个)(?:去)?(?:报|弄|搞)")
_DAYS_LONG = re.compile(r"考(?:几|多少|好多)天")  # 明天二试 … 考几天
_OF_MARKS = frozenset({"合格线", "成绩查询"})  # entries


def without_second(asked: Sequence[str]) -> str:
    """The category named last in these questions, where it has no 二试; "" else.

    Args:
        asked: oldest first.
    """
    named = _CATEGORIES.findall(" ".join(asked))
    return named[-1] if named and named[-1] in _WITHOUT else ""


def hopes(query: Query) -> bool:
    """Whether the first test was lost, and it is asked if there is another chance: 一试差了12分,是不是还有一次机会."""
    named = tells_score(query.text) or "一试" in query.subjects
    lost = named and _LOST_IT.search(query.text) and _CHANCE.search(query.text)
    return bool(lost) and "技能" not in query.subjects


def lost_first(query: Query, topic: Topic, before: Topic) -> Topic | None:
    """`topic` as the question whether 二试 is for them, where a talk of 二试 hears why the first test was lost (一试生病没去)."""
    second = bool(before.stages) and set(before.stages) <= SECOND
    named = query.subjects == ("一试",)
    lost = (
        _LOST_FIRST.search(query.text) or ("分数" in query.asks and tells_score(query.text))  # 综合考了352
        if named
        else not query.subjects and set(query.actions) <= {"报名", "考试"} and _SHORT_OF.search(query.text)
    )
    if not second or not lost:
        return None
    if not set(query.asks) <= {"是否", "流程", "错过", "分数", "结果"}:
        return None
    return _whether_second(topic)


def second_chance(query: Query, topic: Topic, before: Topic, named: bool) -> Topic | None:
    """昨天没交综合费 … 还能考二试不: whether 二试 is for them, after what was missed."""
    spoken = set(before.stages)
    missed = "错过" in before.asks or before.entry == MISSED_FEE
    unreviewed = before.entry in OUT and bool(spoken) and spoken <= REVIEWED
    if _WHAT_IT_IS.search(query.text) or (before.entry in _OF_MARKS and _HOW_TO.search(query.text)):
        return None  # 二试是啥子意思
    lost = missed or unreviewed or (bool(spoken) and spoken <= {"一试缴费", "一试考试"})
    years = query.years and "今年" not in query.text
    asks = "二试" in query.subjects and not years and set(query.actions) <= {"考试", "报名"}
    if named or "时间" in query.asks or not (lost and asks) or spoken & SECOND or asks_of_a_pass(query):
        return None
    core = "今年没报名可以报二试吗" if missed and "网上报名" in spoken else _LOST
    if missed and spoken == {"技能缴费"}:
        core = "技能没考可以报二试吗"
    if unreviewed or (missed and bool(spoken) and spoken <= REVIEWED):
        core = "审核没去成可以报二试吗"
    return _whether_second(topic, core)


def after_marks(query: Query, topic: Topic, before: Topic) -> Topic | None:
    """综合考了350 … 那二试呢: whether it is for them."""
    if before.entry in _OF_MARKS and not before.unskilled and _HOW_TO.search(query.text):
        # 综合又没过 330分 … 二试咋个报
        return replace(topic, stages=("二试报名",), asks=("流程",), core="二试怎么报名", verdict=False)
    asks = before.entry in _OF_MARKS and SECOND_TOO.match(query.text)
    return _whether_second(topic) if asks and not before.unskilled else None


def its_end(query: Query, topic: Topic, before: Topic) -> Topic | None:
    """好久考 … 到几号截止, in a talk of 二试: what ends is its registration."""
    if before.stages != ("二试考试",) or query.stages or query.subjects or "截止" not in query.text:
        return None
    return replace(
        topic, stages=("二试报名",), core=f"二试报名{topic.core}", asks=("时间",), year=before.year
    )


def needless(query: Query, topic: Topic, before: Topic) -> Topic | None:
    """所以现在不用报?, in a talk of 二试: only who registered at the beginning of the year may sit it."""
    second = bool(before.stages) and set(before.stages) <= SECOND
    if not second or not _NO_NEED.search(query.text):
        return None
    return replace(_whether_second(topic, "今年没报名可以报二试吗"), year=None)


def its_test(query: Query, topic: Topic, before: Topic) -> Topic | None:
    """二试准考证在哪打 … 考试9号还是10号: when that test is, and not the first."""
    second = "二试" in before.core or (bool(before.stages) and set(before.stages) <= SECOND)
    bare = set(query.stages) == {"技能考试", "一试考试"} and not query.subjects
    if _OF_RESULTS.search(query.text) or not (
        second and bare and ("时间" in query.asks or query.day is not None or _DAYS_LONG.search(query.text))
    ):
        return None
    if "错过" in before.asks and _MAY_GO.search(query.text):  # 二试忘了交钱 … 考试哪天 我还能去不
        return replace(topic, stages=("二试报名",), asks=("错过",), core="二试错过了怎么办", verdict=False)
    return replace(topic, stages=("二试考试",), asks=("时间",))


def _whether_second(topic: Topic, core: str = _LOST) -> Topic:
    return replace(topic, stages=("二试报名",), asks=("条件",), core=core, verdict=False)
