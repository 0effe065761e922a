"""What a message after an answer holds to the answer's own subject: what lacked, what was missed, what then, whose fee it is. Pure.

A message such as 那我今年就考不成了 asks nothing by itself. Each rule knows one such turn and says which whole question it stands for.
"""

from __future__ import annotations

import re

from bot.dialogue.after_missed import BEFORE_FEES
from bot.dialogue.after_missed import RULES as AFTER_MISSED
from bot.dialogue.for_second import needless, second_chance
from bot.dialogue.going_on import CATEGORY, DO, said
from bot.dialogue.session import Topic
from bot.dialogue.standing import PASSED_BEFORE, SOLDIERS, VALIDITY, WHO_PAYS
from bot.dialogue.stands_for import FollowUp, Rule
from bot.schedule.stages import SECOND
from bot.text.query import Query
from bot.text.replacing import replace
from bot.text.statuses import PASSED

_FEES = frozenset({"技能缴费", "一试缴费"})
_ON_THAT_DAY = re.compile(
    r"^[那, ]*(?:我)?(?:明天|后天|明早|明晚|\d{1,2}月\d{1,2}[日号]|\d{1,2}号)(?:再|去|才)*(?:改|换|传|交|缴|报|审|补|去|弄|搞|办|整|填|来)?"
    r"(?:呢|(?:可以|行|能|来得及|要得|成)(?:不|吗|吧|么|嘛|行|得)*)\W*$"
)
_FAILED_ONES = re.compile(r"^[那, ]*(?:要是|如果|我)?技能(?:没过|没考过|不合格|没合格|挂了)的?呢\W*$")
# 今晚12点前都行哈
_BY_MIDNIGHT = re.compile(
    r"^[那, ]*(?:意思是|就是说|所以)?(?:今天|今晚|今儿)?(?:晚上|夜里|半夜)?(?:12|24|十二|二十四|零)[点时](?:钟)?[之以]?前[^,。?!]{0,4}(?:都|就)?(?:行|可以|来得及|没问题|能交|能报|ok)(?:的|吧|吗|哈|不|嘛|哇|啊)*\W*$"
)
_TO_THE_SITE = re.compile(
    r"^[那, ]*(?:都|还|也)?(?:是|要|需要|得|用)(?:不是|不要)?(?:去|到|跑)现场(?:去|审|弄|审核)?(?:吗|不|么|嘛)\W*$"
)
# 多少钱 … 重庆也是这几天?
_SAME_DAYS = re.compile(r"(?:也|都|是不是|不)(?:是|在)?[这那](?:几天|个时间|个时候|时候|段时间|会儿)")
_ANEW = re.compile(r"(?:重新|还要|还用|还得|要不要|用不用)[^,。?!]{0,3}(?:报名|报|审核)")
_LEARNS = re.compile(r"(?:晓得|知道|看得?到|查)[^,。?!]{0,4}(?:过没过|过没|过不过|通没通过|审?过了没|结果)")
# (entry of the talk, what is said then, the entry of which that is)
_OTHER_ENDS = (
    ("签字后修改", re.compile(r"^[那, ]*(?:要是|如果|我)?(?:还)?没(?:有)?(?:签字?)的?(?:呢|咋办|怎么办)?\W*$"), "报名信息修改"),
    ("退费", re.compile(r"审核[^,。?!]{0,6}(?:不|没)(?:通过|过)"), "退费情形"),
)  # fmt: skip
_HAS_NOTICE = re.compile(
    r"(?:公告|通知)[^,。?!]{0,4}(?:有没有|有没得|有吗|有不|有没|(?:最近|最新)[^,。?!]{0,2}是?哪一?年)"
)
_REVIEW_TOO = re.compile(
    r"^[那, ]*(?:现场|线上|资格)*审[核查]?(?:也|还|都)(?:要|得|需要|用)(?:再)?(?:去|弄|做|过|走|来|审)?(?:一[遍道次回下])?(?:吗|不|么|嘛)?\W*$"
)
_OF_NOTICES = frozenset({"报名公告", "收录范围"})  # entries
_REVIEWED = frozenset({"材料上传", "线上审核", "现场审核"})
_MENDED = re.compile(
    rf"^[那好嗯哦, ]*[改换补更](?:完|好|了)+(?:了|以后|之后|过后|后|的话)*(?:我|又|还|再|该|得|要|需要|就|是)*{DO}+[?!。~ ]*$"
)
_STEP = re.compile(
    r"^[那好嗯哦, ]*第([一二三四五六七八九1-9])步(?:呢|是|具体|要|该|到底|啥子?|什么|怎么|咋个?|做|弄|干嘛|干啥|办|的|来着|说的)*[?!。~ ]*$"
)
_DIGITS = {digit: number for number, pair in enumerate(("一1", "二2", "三3", "四4", "五5", "六6", "七7", "八8", "九9"), 1) for digit in pair}  # fmt: skip
_LACKS = re.compile(
    r"^[那嗯 ]*(?:就|只|说|是|我|还)*(?:缺|差|少)(?!考|多久)[^?吗怎咋几]{1,12}$"
    r"|^[那嗯 ]*(?:原因|理由)(?:是|就是|写的是?|说的?是?)?[^?吗怎咋几]{2,16}$"  # 原因是证明没盖章
    r"|^[^?吗怎咋几]{0,8}(?:没盖章|没签字|不清楚|看不清|模糊|不清晰|不合格)(?:的|了|嘛)?$"
)
_REJECTED = "审核不通过"  # the entry
# 补了还能再交吗, 会不会直接就不让考了, after a review that was not passed
_ONCE_MORE = re.compile(
    r"[补改换弄](?:好|完|齐)?了?[^,。?!]{0,4}(?:能|可以)[^,。?!]{0,3}(?:交|传|提交|审)|不(?:让|能|得)[^,。?!]{0,3}考|(?:取消|失去|没得?)(?:考试)?资格"
)
_MISTYPED = "报名信息修改"  # the entry
# 提交了的, 4号之后呢, after what was entered wrongly
_AFTER_SUBMITTING = re.compile(
    r"^[那, ]*我?(?:都|已经|是|也)*(?:提交|报)(?:过|成功)?了?(?:过了|的|呀|啊|嘛)*(?:还能改)?(?:吗|不|么|嘛)?\W*$"
    r"|^[那, ]*(?:过了)?(?:\d{1,2}月)?\d{1,2}[号日][之以过]?后(?:就|还)?(?:能|可以)?(?:改)?(?:呢|吗|不|么|嘛)\W*$"
)


def follow_up(query: Query, topic: Topic, before: Topic, named: bool) -> FollowUp | None:
    """The first rule that knows this turn; None where none does.

    Args:
        topic: of the message alone. before: of the talk. named: the message names a place.
    """
    return next((found for rule in _RULES if (found := rule(query, topic, before, named)) is not None), None)


def _lacks(query: Query, _topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """缺个工作证明, after a review that was not passed: why it was not, and still the same question."""
    rejected = "不通过" in before.core or before.entry == _REJECTED
    tells = rejected and not (query.verdict or query.asks) and _LACKS.match(query.text)
    return FollowUp(before, fixed=True) if before.entry and tells else None


def _once_more(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """补了还能再交吗, after a review that was not passed: what was said of it holds."""
    if (
        before.entry != _REJECTED
        or query.subjects
        or CATEGORY.search(query.text)
        or not _ONCE_MORE.search(query.text)
    ):
        return None
    return FollowUp(replace(before, core=f"{before.core} {topic.core}"), fixed=True)


def _once_submitted(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """提交了的, 4号之后呢, after what was entered wrongly: until when it may be put right."""
    if before.entry != _MISTYPED or not _AFTER_SUBMITTING.match(query.text):
        return None
    return FollowUp(replace(before, core=f"{before.core} {topic.core}"), fixed=True)


def _step(query: Query, _topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """第二步呢, and 改完要干嘛, which the same words hold."""
    found = _STEP.match(query.text)
    number = _DIGITS[found[1]] if found else 0
    asked = number or _MENDED.match(query.text)
    return FollowUp(before, fixed=True, step=number) if before.entry and asked else None


def _whether_second(query: Query, topic: Topic, before: Topic, named: bool) -> FollowUp | None:
    """昨天没交综合费 … 还能考二试不, 所以现在不用报?: whether 二试 is for them."""
    found = second_chance(query, topic, before, named) or needless(query, topic, before)
    return FollowUp(found) if found is not None else None


def _who_pays(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """我技能没过也交不交, after the 综合 fee: whether it is this candidate's, and no other fee is meant."""
    pays = query.actions == ("缴费",) and set(query.subjects) <= {"技能"}
    year = topic.year or before.year
    if before.stages == ("一试缴费",) and _FAILED_ONES.match(query.text):
        own = Topic(entry=WHO_PAYS, core=topic.core, stages=("技能缴费", "一试缴费"), year=year)
        return FollowUp(own, fixed=True)
    if before.stages != ("一试缴费",) or PASSED not in query.not_audience or not pays:
        return None
    return FollowUp(Topic(core=topic.core, stages=("技能缴费", "一试缴费"), year=year))


def _that_day(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """明天改呢, after what may be done until when: whether one may on that day."""
    if query.day is None or len(before.stages) != 1 or not _ON_THAT_DAY.match(query.text):
        return None
    core = f"{said(before.stages[0])}{topic.core}"
    return FollowUp(Topic(core=core, stages=before.stages, asks=("时间",), day=topic.day, verdict=True))


def _to_the_site(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """是去现场吗, after the days of the review: who has to go."""
    if not before.stages or not set(before.stages) <= _REVIEWED or not _TO_THE_SITE.match(query.text):
        return None
    own = Topic(entry=SOLDIERS, core=topic.core, stages=("现场审核",), year=topic.year or before.year)
    return FollowUp(own, fixed=True)


def _by_midnight(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """今晚12点前都行哈, after what is due: whether one may, as of now."""
    if not before.stages or not _BY_MIDNIGHT.match(query.text):
        return None
    core = f"{said(before.stages[0])}{topic.core}"
    return FollowUp(Topic(core=core, stages=before.stages, asks=("时间",), year=before.year, verdict=True))


def _same_days(query: Query, topic: Topic, before: Topic, named: bool) -> FollowUp | None:
    """多少钱 … 重庆也是这几天?: the days there, of what was spoken of."""
    if not (named and before.stages and not query.stages and _SAME_DAYS.search(query.text)):
        return None
    core = f"{said(before.stages[0])}什么时候"
    return FollowUp(Topic(core=core, stages=before.stages, asks=("时间",), year=topic.year or before.year))


def _which_notices(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """四川26年的公告你有没得, after its days: which notices are on file."""
    if not _HAS_NOTICE.search(query.text) or query.stages:
        return None
    return FollowUp(Topic(entry="收录范围", core=topic.core), fixed=True)


def _anew(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """还要重新报名吗, after 二试 that was not passed: it is the next year's registration."""
    if before.entry != "二试没过" or not _ANEW.search(query.text) or "二试" in query.subjects:
        return None
    return FollowUp(replace(before, core=topic.core), fixed=True)


def _how_it_went(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """那我啥时候晓得过没过, after the review: of its result."""
    if not before.stages or not set(before.stages) <= _REVIEWED or not _LEARNS.search(query.text):
        return None
    return FollowUp(Topic(entry="审核结果", core=topic.core), fixed=True)


def _other_end(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """没签呢, after what may not be changed once signed; 审核后来变不通过了, after the fees that are not given back."""
    entry = next(
        (other for (entry, said, other) in _OTHER_ENDS if entry == before.entry and said.search(query.text)),
        None,
    )
    return FollowUp(Topic(entry=entry, core=topic.core), fixed=True) if entry else None


def _reviewed_too(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """审核也要?, after what holds for who passed 技能 before."""
    if before.entry not in (VALIDITY, PASSED_BEFORE) or not _REVIEW_TOO.match(query.text):
        return None
    return FollowUp(Topic(entry=PASSED_BEFORE, core=topic.core, passed=before.passed), fixed=True)


def _by_hearsay(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """听说1月29开始, after 公告出了没: of the registration."""
    if before.entry not in _OF_NOTICES or not query.presumes or query.stages or query.subjects:
        return None
    core = f"报名{topic.core}"
    return FollowUp(replace(topic, core=core, stages=("网上报名",), asks=("时间",), year=topic.year))


def _next_year(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """那明年啥子时候, after something was missed or is over; 那要等明年1月报?, after 二试: the next registration."""
    spoken = set(before.stages)
    when = set(query.asks) == {"时间"} and not (query.stages or query.subjects)
    asks = when and bool(spoken & BEFORE_FEES)
    waits = bool(spoken) and spoken <= SECOND and "等明年" in query.text
    if "明年" not in query.text or len(query.years) != 1:
        return None
    if not (asks or (waits and set(query.stages) <= {"网上报名"})):
        return None
    return FollowUp(
        Topic(core=f"报名{topic.core}", stages=("网上报名",), asks=("时间",), year=query.years[0])
    )


_RULES: tuple[Rule, ...] = (
    _lacks,
    _once_more,
    _once_submitted,
    _step,
    *AFTER_MISSED,
    _whether_second,
    _who_pays,
    _that_day,
    _to_the_site,
    _by_midnight,
    _same_days,
    _next_year,
    _by_hearsay,
    _which_notices,
    _reviewed_too,
    _anew,
    _how_it_went,
    _other_end,
)  # the first that knows the turn
