"""What a message after an answer holds to the answer's own subject: one of its steps, a day, a step that was done, whose fee it is. Pure.

A message such as 那我今年就考不成了 asks nothing by itself. Each rule knows one such turn and says which whole question it stands for.
"""

from __future__ import annotations

import re

from bot.dialogue.following.after_missed import RULES as AFTER_MISSED
from bot.dialogue.following.follow_days import OF_MONEY
from bot.dialogue.following.follow_days import RULES as OF_DAYS
from bot.dialogue.following.for_second import after_marks, its_end, its_test, needless, second_chance
from bot.dialogue.following.going_on import DO
from bot.dialogue.following.half_review import REJECTED
from bot.dialogue.following.half_said import half_said
from bot.dialogue.following.stands_for import FollowUp, Rule
from bot.dialogue.following.unskilled import after_failing
from bot.dialogue.session import Topic
from bot.dialogue.standing import SOLDIERS, WHO_PAYS
from bot.schedule.stages import FEES, REVIEWED
from bot.text.query import Query
from bot.text.statuses import EXEMPT, PASSED

_FAILED_ONES = re.compile(r"^[那, ]*(?:要是|如果|我)?技能(?:没过|没考过|不合格|没合格|挂了)的?呢\W*$")
_TO_THE_SITE = re.compile(
    r"^[那, ]*(?:都|还|也)?(?:(?:是|要|需要|得|用)(?:去|到|跑)现场(?:去|审|弄|审核)?(?:吗|不|么|嘛)|(?:是不是|要不要|用不用)(?:去|到|跑)现场(?:去|审|弄|审核)?(?:吗|嘛)?)\W*$"
)
# 去年技能过了的也要去啊?
_GO_TOO = re.compile(
    r"[的了](?:是不是)?(?:也|还|都)(?:要|得|用|需要|必须)去(?:现场|审|审核)*(?:一趟)?(?:啊|吗|不|嘛|哇|么|迈)?\W*$"
)
# 是现场的吗, 是不是可以不去
_IS_ON_SITE = re.compile(
    r"^[那, ]*(?:都|也)?是(?:在)?(?:现场|线上|网上)(?:的|审核|审)*(?:吗|不|么|嘛|吧)\W*$"
)
_NEED_NOT_GO = re.compile(
    r"(?:是不是|是否)(?:就|也|都)?(?:可以|能|都)?不(?:用|消)?去(?:了|现场)*(?:吗|啊|嘛|呢)?\W*$"
)
_WORKS_ON = re.compile(
    r"(?:周|星期|礼拜)[末六日天][^,。?!]{0,3}去?[^,。?!]{0,2}(?:可以|能去|得行|行)(?:不|吗|么|嘛)|(?:周|星期|礼拜)[末一二三四五六日天][^,。?!]{0,3}(?:上不上班|上班|办公|办不办|开不开门|有人没|有没有人|休息不)"
)
_LEARNS = re.compile(r"(?:晓得|知道|看得?到|查)[^,。?!]{0,4}(?:过没过|过没|过不过|通没通过|审?过了没|结果)")
_HOW_LONG = re.compile(r"好久|多久|几天|多少天|多长时间")  # 今天传了好久能看到结果
HAS_NOTICE = re.compile(
    r"没(?:有)?(?:找到|查到|收录|看到)(?:到)?(?:的)?(?:文件|公告)|(?:公告|通知(?!单))[^,。?!]{0,4}(?:(?:有没有|有没得|有吗|有不|有没)\W*$|(?:最近|最新)[^,。?!]{0,2}是?哪一?年)"
)
# 这个是哪个单位规定的, 哪部法, 哪个文号: whose notice says what was told last
_SOURCE = re.compile(
    r"(?:哪个|哪家|什么|啥子?)(?:单位|部门|机构|地方)(?:规定|发|出|定|说|写)|(?:哪个|谁|哪家)(?:发|出|规定|定|写|说)的(?:公告|通知|文件|规定)?|哪(?:部|条)法|(?:哪个|什么|啥子?)(?:文号|文件|规定|公告|依据)|(?:依据|出处|来源|文号)(?:是|在)?(?:哪|什么|啥)|出自哪|有没有(?:出处|依据|文号)"
    r"|哪(?:里|儿)(?:来|说|看到|写)的|官方(?:的|发的|说的)?(?:吗|嘛|不|么)\W*$|准不准"
)
OFFICE_HOURS = "现场办公时间"  # entry
_OUT_OF_REVIEW = frozenset({REJECTED, "审核期满", "审核结果", "重新提交"})  # entries
_MENDED = re.compile(
    rf"^[那好嗯哦, ]*(?:(?:重新|重)[传交]|(?:重新|重)?[改换补更])(?:完|好|了)+(?:了|以后|之后|过后|后|的话)*[, ]*(?:我|又|还|再|该|得|要|需要|就|是)*{DO}+[?!。~ ]*$"
)
_STEP = re.compile(
    r"^[那好嗯哦, ]*(?:回到|再说|再看)?第([一二三四五六七八九1-9])步(?:呢|是|具体|要|该|到底|啥子?|什么|怎么|咋个?|做|弄|干嘛|干啥|办|的|来着|说的|说|讲|一?下|哈|给我|清楚|详细){0,8}[?!。~ ]*$"
)
_NEXT_STEP = re.compile(
    r"^[那, ]*(?:然后|接下来|接着|下一步|再然后|完了|之后|后面)呢?\W*$"
)  # 第二步 … 然后呢
_DIGITS = {digit: number for number, pair in enumerate(("一1", "二2", "三3", "四4", "五5", "六6", "七7", "八8", "九9"), 1) for digit in pair}  # fmt: skip


_MONEY_BACK = re.compile(r"(?:能|可以|给|会)[^,。?!]{0,2}退(?!役|回|伍)|退(?:不|费|钱|款)")


def asks_source(text: str) -> bool:
    """Whether it is asked which notice says so."""
    return _SOURCE.search(text) is not None


def follow_up(query: Query, topic: Topic, before: Topic, named: bool) -> FollowUp | None:
    """The first rule that knows this turn; None where none does.

    Args:
        topic: of the message alone. before: of the talk. named: the message names a place.
    """
    if before.entry in _OUT_OF_REVIEW and _MONEY_BACK.search(query.text) and not query.subjects:
        return FollowUp(Topic(entry="退费情形", core=topic.core), fixed=True)  # 审核不通过咋办 … 退费不
    of_itself = named or query.stages or query.subjects or query.years or _MONEY_BACK.search(query.text)
    if before.entry and not of_itself and not query.verdict and asks_source(query.text):
        return FollowUp(before, fixed=True)
    if _MONEY_BACK.search(query.text):
        return None  # 交了不想考了能退不: a question of its own
    return next((found for rule in _RULES if (found := rule(query, topic, before, named)) is not None), None)


def _step(query: Query, _topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """第二步呢, and 改完要干嘛, which the same words hold."""
    found = _STEP.match(query.text)
    following = before.step + 1 if before.step and _NEXT_STEP.match(query.text) else 0
    number = _DIGITS[found[1]] if found else following
    asked = number or _MENDED.match(query.text)
    return FollowUp(before, fixed=True, step=number) if before.entry and asked else None


def _of_second(query: Query, topic: Topic, before: Topic, named: bool) -> FollowUp | None:
    """昨天没交综合费 … 还能考二试不, 所以现在不用报?: whether 二试 is for them, or when it is."""
    found = second_chance(query, topic, before, named) or needless(query, topic, before)
    found = found or after_marks(query, topic, before)
    found = found or its_test(query, topic, before) or its_end(query, topic, before)
    return FollowUp(found) if found is not None else None


_PAYS_TOO = re.compile(
    r"(?:也|还|都)?(?:要|得|需要|用)[交缴付](?:这个|这笔|综合|费|钱)*(?:的)?(?:吗|不|么|嘛|吧|是吧|对吧)\W*$"
)
_ONLY_PASSED = re.compile(r"技能[^,。?!没]{0,3}(?:过|合格)了?(?:的)?(?:人)?才[^,。?!]{0,3}[交缴]")


def _who_pays(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """我技能没过也交不交, after the 综合 fee: whether it is this candidate's, and no other fee is meant."""
    pays = query.actions == ("缴费",) and set(query.subjects) <= {"技能"}
    year = topic.year or before.year
    if before.stages == ("一试缴费",) and bool(before.entry) and _ONLY_PASSED.search(query.text):
        return FollowUp(before, fixed=True)  # 技能过了才能交?: whose it is stands under its days
    if before.stages == ("一试缴费",) and _FAILED_ONES.match(query.text):
        own = Topic(entry=WHO_PAYS, core=topic.core, stages=("技能缴费", "一试缴费"), year=year)
        return FollowUp(own, fixed=True)
    mine_too = query.audience in (PASSED, EXEMPT) and _PAYS_TOO.search(query.text)
    if before.stages == ("一试缴费",) and bool(before.entry) and mine_too:
        # 综合缴费还来得及不 … 我技能是去年过的 也要缴这个吧
        own = Topic(entry=WHO_PAYS, core=topic.core, stages=("技能缴费", "一试缴费"), year=year)
        return FollowUp(own, fixed=True)
    if before.stages != ("一试缴费",) or PASSED not in query.not_audience or not pays:
        return None
    return FollowUp(Topic(core=topic.core, stages=("技能缴费", "一试缴费"), year=year))


def _to_the_site(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """是去现场吗, after the days of the review: who has to go."""
    asked = _TO_THE_SITE.match(query.text) or _IS_ON_SITE.match(query.text) or _NEED_NOT_GO.search(query.text)
    asked = asked or _GO_TOO.search(query.text)
    spoken = before.stages or before.spoken
    if not spoken or not set(spoken) <= REVIEWED or not asked:
        return None
    own = Topic(entry=SOLDIERS, core=topic.core, stages=("现场审核",), year=topic.year or before.year)
    return FollowUp(own, fixed=True)


def _handed_in_there(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """现场能补交吗, of papers in a talk of the review: no fee is meant."""
    papers = (
        set(query.stages) <= {*FEES, "现场审核"} and not OF_MONEY.search(query.text) and "补交" in query.text
    )
    if not (papers and before.stages and set(before.stages) <= REVIEWED):
        return None
    return FollowUp(Topic(entry=REJECTED, core=topic.core, stages=before.stages), fixed=True)


def _office_days(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """周六上不上班, in a talk of the review: whether they work, and not whether that day is one of its days."""
    spoken = before.stages or before.spoken
    of_review = bool(spoken) and set(spoken) <= REVIEWED
    if not of_review or not _WORKS_ON.search(query.text):
        return None
    return FollowUp(Topic(entry=OFFICE_HOURS, core=topic.core, stages=("现场审核",)), fixed=True)


def _which_notices(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """四川26年的公告你有没得, after its days: which notices are on file."""
    if not HAS_NOTICE.search(query.text) or query.stages:
        return None
    return FollowUp(Topic(entry="收录范围", core=topic.core), fixed=True)


def _how_it_went(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """那我啥时候晓得过没过, after the review: of its result."""
    if not before.stages or not set(before.stages) <= REVIEWED or not _LEARNS.search(query.text):
        return None
    entry = "审核多久" if _HOW_LONG.search(query.text) else "审核结果"
    return FollowUp(Topic(entry=entry, core=topic.core), fixed=True)


_RULES: tuple[Rule, ...] = (
    half_said,
    _step,
    after_failing,
    *AFTER_MISSED,
    _of_second,
    _who_pays,
    _to_the_site,
    _handed_in_there,
    _office_days,
    *OF_DAYS,
    _which_notices,
    _how_it_went,
)  # the first that knows the turn
