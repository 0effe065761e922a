"""What a message after an answer holds to the answer's own subject: what lacked, what was missed, what then, whose fee it is. Pure.

A message such as 那我今年就考不成了 asks nothing by itself. Each rule knows one such turn and says which whole question it stands for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.dialogue.for_second import needless, second_chance
from bot.dialogue.going_on import DO, said
from bot.dialogue.session import Topic
from bot.dialogue.standing import PASSED_BEFORE, VALIDITY, WHO_PAYS, asks_of_a_pass
from bot.schedule.stages import SECOND
from bot.text.query import Query
from bot.text.replacing import replace
from bot.text.statuses import EXEMPT, PASSED

_MISSED_FEE = "错过缴费"  # the entry
_FEW = 2  # steps up to which what was missed is one of them
_FEES = frozenset({"技能缴费", "一试缴费"})
_BEFORE_FEES = frozenset({"网上报名", "材料上传", "线上审核", "现场审核"})
_REVIEW_FIRST = "审核与缴费"  # the entry that tells that only who was reviewed may pay
_MISSED_BEFORE = frozenset({"错过审核", "没去现场审核", "错过报名", "逾期未上传", "审核期满"})  # entries
_NOT_PAY = re.compile(r"(?:就|也)(?:不用|不必|不能|不消)[交缴付]了")
_ON_THAT_DAY = re.compile(
    r"^[那, ]*(?:明天|后天|明早|明晚|\d{1,2}月\d{1,2}[日号]|\d{1,2}号)(?:再|去)?(?:改|换|传|交|缴|报|审|补|去|弄)?呢\W*$"
)
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
    r"^[那, ]*(?:现场|线上)?审核(?:也|还)(?:要|得|需要)(?:去|弄|做)?(?:吗|不|么|嘛)?\W*$"
)
_FORFEITS = re.compile(
    r"^[那, ]*(?:这|我)?(?:就|也|是不是|不)?算(?:不算|是)?(?:弃考|放弃|缺考|作废)(?:吗|不|嘛|么|了|哇)*\W*$"
)
_OF_NOTICES = frozenset({"报名公告", "收录范围"})  # entries
_REVIEWED = frozenset({"材料上传", "线上审核", "现场审核"})
_MENDED = re.compile(
    rf"^[那好嗯哦, ]*[改换补更](?:完|好|了)+(?:了|以后|之后|过后|后|的话)*(?:我|又|还|再|该|得|要|需要|就|是)*{DO}+[?!。~ ]*$"
)
_ONCE_OVER = re.compile(
    r"^[那, ]*(?:要是|如果)?(?:审核|审|报名|网报)?(?:都)?(?:结束|完|截止|关)了?(?:之后|以后|后)(?:呢|就|还)?\W*$"
)
_MAKES_UP = re.compile(
    r"审核?(?:的)?(?:时候|期间|那[天几]|时)[^,。?!]{0,6}(?:补|传|交)|(?:报名|名)[^,。?!]{0,4}(?:提交|报)了(?:的|呀|啊)|(?:提交|报名)成功了?的"
)
_STEP = re.compile(
    r"^[那好嗯哦, ]*第([一二三四五六七八九1-9])步(?:呢|是|具体|要|该|到底|啥子?|什么|怎么|咋个?|做|弄|干嘛|干啥|办|的|来着|说的)*[?!。~ ]*$"
)
_DIGITS = {digit: number for number, pair in enumerate(("一1", "二2", "三3", "四4", "五5", "六6", "七7", "八8", "九9"), 1) for digit in pair}  # fmt: skip
_LACKS = re.compile(r"^[那嗯 ]*(?:就|只|说|是|我|还)*(?:缺|差|少)(?!考|多久)[^?吗怎咋几]{1,12}$")
# 过了12点呢, 万一错过了咋办: what becomes of it, where one or two steps were spoken of
_OVER_THEN = re.compile(
    r"^[那, ]*(?:万一|要是|如果|假如)?(?:我|真)?(?:的)?(?:(?:过了|超过)(?:今晚|今天|那天|那个)?(?:24|12|0|十二|零)?[点时]?(?:时间|截止)?|(?:没赶上|错过)了?(?:的话)?)"
    r"(?:呢|咋办|怎么办|会怎样|会怎么样|咋整|咋个办)\W*$"
    # 要是真过了能补报不, 过12点还能接着填不
    r"|(?:万一|要是|如果|假如)(?:真|真的|我)?(?:过了|没赶上|错过)[^,。?!]{0,4}(?:能|可以)[^,。?!]{0,4}(?:不|吗|么|没|嘛)\W*$"
    r"|过了?(?:今晚)?(?:12|24|十二|二十四|零)点(?:以后|之后|后)?[^,。?!]{0,3}(?:能|可以)[^,。?!]{0,6}(?:不|吗|么|没|嘛)\W*$"
    # 过了今天还有机会不 资料还差一张
    r"|^[那, ]*(?:过了|超过)(?:今[天晚]|明[天晚]|那天|时间|截止)[^,。?!]{0,3}(?:还有机会|还有救|还能|还可以|就不行|就没)"
    # 那我只能等明年?, after what was missed
    r"|^[哦那, ]*我?(?:是不是|就|也|也就)*(?:只能|只有|只好|就得|要)?等(?:到)?明年(?:再?[考报来])?(?:了|哦|吧|嘛|吗|哇|咯)*\W*$"
    # 那我今年就考不成了: what it comes to
    r"|^[那, ]*(?:我|今年|这次|这回|就|是不是|不|也|算|等于|岂|已经|只能|都)*(?:考不成|考不了|废|凉|完蛋?|没戏|黄|泡汤|白搭|白报|白忙)了?(?:吧|嘛|吗|哇|啊|呀|嗦|哦)*\W*$"
)


@dataclass(frozen=True)
class FollowUp:
    """topic: the whole question. fixed: it is that of `topic.entry` and nothing else · step: the one of its steps that is asked for."""

    topic: Topic
    fixed: bool = False
    step: int = 0


def follow_up(query: Query, topic: Topic, before: Topic, named: bool) -> FollowUp | None:
    """The first rule that knows this turn; None where none does.

    Args:
        topic: of the message alone. before: of the talk. named: the message names a place.
    """
    return next((found for rule in _RULES if (found := rule(query, topic, before, named)) is not None), None)


def asks_what_then(text: str) -> bool:
    """Whether it is asked what becomes of it: 过了12点呢, 审核结束了之后呢."""
    return any(said.match(text) for said in (_OVER_THEN, _ONCE_OVER, _FORFEITS)) or bool(
        _OVER_THEN.search(text)
    )


def _lacks(query: Query, _topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """缺个工作证明, after a review that was not passed: why it was not, and still the same question."""
    tells = "不通过" in before.core and not (query.verdict or query.asks) and _LACKS.match(query.text)
    return FollowUp(before, fixed=True) if before.entry and tells else None


def _still_missed(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """审核的时候可以补不, 报名我是提交了的, after papers that were not uploaded: of these still."""
    missed = "材料上传" in before.stages and "错过" in before.asks and bool(before.entry)
    if not missed or not _MAKES_UP.search(query.text):
        return None
    return FollowUp(replace(before, core=f"{before.core} {topic.core}"), fixed=True)


def _once_over(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """审核结束了之后呢, after what may be changed until then: what holds once it is over."""
    if not set(before.stages) & _REVIEWED or not _ONCE_OVER.match(query.text):
        return None
    core, year = "审核结束还没重新提交会怎样", topic.year or before.year
    return FollowUp(Topic(core=core, stages=("线上审核",), asks=("错过",), year=year))


def _step(query: Query, _topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """第二步呢, and 改完要干嘛, which the same words hold."""
    found = _STEP.match(query.text)
    number = _DIGITS[found[1]] if found else 0
    asked = number or _MENDED.match(query.text)
    return FollowUp(before, fixed=True, step=number) if before.entry and asked else None


def _what_then(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """过了12点呢, 那我今年就考不成了: what becomes of it, where one or two steps were spoken of."""
    forfeits = bool(before.stages) and set(before.stages) <= _FEES and _FORFEITS.match(query.text)
    if not (0 < len(before.stages) <= _FEW and (forfeits or _OVER_THEN.search(query.text))):
        return None
    year = before.year if "明年" in query.text else topic.year or before.year
    core = f"{said(before.stages[0])}错过了怎么办"
    return FollowUp(Topic(core=core, stages=before.stages, asks=("错过",), year=year))


def _whether_second(query: Query, topic: Topic, before: Topic, named: bool) -> FollowUp | None:
    """昨天没交综合费 … 还能考二试不, 所以现在不用报?: whether 二试 is for them."""
    found = second_chance(query, topic, before, named) or needless(query, topic, before)
    return FollowUp(found) if found is not None else None


def _who_pays(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """我技能没过也交不交, after the 综合 fee: whether it is this candidate's, and no other fee is meant."""
    pays = query.actions == ("缴费",) and set(query.subjects) <= {"技能"}
    if before.stages != ("一试缴费",) or PASSED not in query.not_audience or not pays:
        return None
    year = topic.year or before.year
    return FollowUp(Topic(core=topic.core, stages=("技能缴费", "一试缴费"), year=year))


def _spared(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """我技能是去年国家基地过了的, after a fee that was missed: whether who says so owed it at all."""
    fee = bool(before.stages) and set(before.stages) <= _FEES
    only_says = not (query.verdict or query.asks) and set(query.subjects) <= {"技能"} and not query.actions
    missed = "错过" in before.asks or before.entry == _MISSED_FEE
    if not (fee and missed and only_says and query.audience in (PASSED, EXEMPT)) or asks_of_a_pass(query):
        return None
    year = topic.year or before.year
    own = Topic(entry=WHO_PAYS, core=topic.core, stages=("技能缴费", "一试缴费"), year=year)
    return FollowUp(own, fixed=True)


def _missed_decides(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """技能费忘了交 … 那综合的费还能交吗, 那综合还能考不: the fee that was missed, of which was told last, decides it."""
    later = bool(query.stages) and set(query.stages) <= {*_FEES, "一试考试"}
    missed = before.stages == ("技能缴费",) and "错过" in before.asks and bool(before.entry)
    if not (later and missed and (query.verdict or "还能考试" in query.content)) or asks_of_a_pass(query):
        return None
    return FollowUp(replace(before, core=topic.core), fixed=True)


def _fee_after(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """我昨天忘去现场确认了 … 那4月技能费还能交吗: who was not reviewed pays nothing, whatever the fee's days are."""
    out = "错过" in before.asks or before.entry in _MISSED_BEFORE or _NOT_PAY.search(query.text) is not None
    missed = out and bool(before.stages) and set(before.stages) <= _BEFORE_FEES
    fee = bool(query.stages) and set(query.stages) <= _FEES
    whether = query.verdict or "是否" in query.asks or _NOT_PAY.search(query.text)
    if not (missed and fee and whether) or query.audience in (PASSED, EXEMPT):
        return None
    return FollowUp(replace(before, entry=_REVIEW_FIRST, core=topic.core, asks=()), fixed=True)


def _that_day(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """明天改呢, after what may be done until when: whether one may on that day."""
    if query.day is None or len(before.stages) != 1 or not _ON_THAT_DAY.match(query.text):
        return None
    core = f"{said(before.stages[0])}{topic.core}"
    return FollowUp(Topic(core=core, stages=before.stages, asks=("时间",), day=topic.day, verdict=True))


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
    asks = when and bool(spoken & _BEFORE_FEES)
    waits = bool(spoken) and spoken <= SECOND and "等明年" in query.text
    if "明年" not in query.text or len(query.years) != 1:
        return None
    if not (asks or (waits and set(query.stages) <= {"网上报名"})):
        return None
    return FollowUp(
        Topic(core=f"报名{topic.core}", stages=("网上报名",), asks=("时间",), year=query.years[0])
    )


_Rule = Callable[[Query, Topic, Topic, bool], FollowUp | None]
_RULES: tuple[_Rule, ...] = (
    _lacks,
    _still_missed,
    _once_over,
    _step,
    _what_then,
    _whether_second,
    _who_pays,
    _spared,
    _missed_decides,
    _fee_after,
    _that_day,
    _next_year,
    _by_hearsay,
    _which_notices,
    _reviewed_too,
    _anew,
    _how_it_went,
    _other_end,
)  # the first that knows the turn
