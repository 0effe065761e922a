"""What a message after something was missed still holds to that: what becomes of it, whether another step mends it, who may help. Pure."""

from __future__ import annotations

import re

from bot.dialogue.following.going_on import said
from bot.dialogue.following.stands_for import FollowUp, Rule
from bot.dialogue.second import FAILED
from bot.dialogue.session import Topic
from bot.dialogue.standing import FAILED as SKILLS_LOST
from bot.dialogue.standing import VALIDITY, WHO_PAYS, WHOM_TO_ASK, asks_of_a_pass
from bot.schedule.stages import FEES, REVIEWED, SECOND
from bot.text.query import Query
from bot.text.replacing import replace
from bot.text.statuses import EXEMPT, PASSED

MISSED_FEE = "错过缴费"  # the entry
_FEW = 2  # steps up to which what was missed is one of them
BEFORE_FEES = REVIEWED | {"网上报名"}
_REVIEW_FIRST = "审核与缴费"  # the entry that tells that only who was reviewed may pay
OUT = frozenset({"错过审核", "没去现场审核", "错过报名"})  # entries
_MISSED_BEFORE = OUT | {"逾期未上传", "审核期满", "审核与缴费"}
# entries of what may be put right until the review is over
_OF_CHANGES = frozenset(
    {"审核不通过", "重新提交", "材料修改", "报名信息修改", "待审核", "驳回通知", "线上审核流程"}
)
_NOT_PAY = re.compile(r"(?:就|也)(?:不用|不必|不能|不消|用不着)(?:[交缴付]了|[管理弄]了?)")
# 交不到费了?
_CANNOT_PAY = re.compile(r"[交缴付]不(?:了|到|起|成|上|得)(?:费|钱|款)?了?(?:吗|嘛|不|么|哇|吧|啊)*\W*$")
# 那下一步是交钱吗 我没去确认能交不
_NOT_REVIEWED = re.compile(r"没(?:有)?(?:去|到|做|办|参加|赶上)*(?:线上|现场)*(?:确认|审核)")
_FORFEITS = re.compile(
    r"^[那, ]*(?:我)?(?:忘了?|忘记|搞忘|没)(?:了)?[交缴付](?:费|钱)?(?:了|的话)?(?:会|是|就)?算(?:啥子?|什么)\W*$"
    r"|^[那, ]*(?:是不是|就是|这|我)*(?:今年|这次)?(?:就|也|是不是)*(?:算|等于|成)(?:是)?(?:我|自动|主动|自己)*(?:放弃|弃考)(?:考试)?了?(?:吗|不|嘛|么|哇|啊|呀|咯|哦|吧)*\W*$"
    r"|^[那, ]*(?:意思是|就是说|也就是说)?(?:(?:没[交缴付弄]|[交缴付]不)(?:成|上|到|起|了|费)?的?(?:话)?(?:是|就)?(?:算(?:啥子?|什么))?[, ]*)?(?:这|我|这样|我这)?(?:今年|这次)?(?:就|也|是不是|不|等于|岂不|是){0,6}(?:算(?:我|不算|是|作|自动|主动)*)?(?:我)?(?:弃考|放弃|缺考|作废)(?:考试)?(?:吗|不|嘛|么|了|哇|啊|呀|咯|哦)*\W*$"
)
# 之前审核通过了是不是还留着资格
_KEEPS = re.compile(
    r"(?:留|保留)着?(?:的)?(?:审核|考试)?资格|资格[^,。?!]{0,4}(?:还在|留|保留|作废|有效|算数)|报名[^,。?!]{0,3}还?(?:有用|作数|算数|有效|作废)|审核?[^,。?!]{0,3}(?:白过|白审|白弄|作废)"
)
_MAKES_UP = re.compile(
    r"审核?(?:的)?(?:时候|期间|那[天几]|时)[^,。?!]{0,6}(?:补|传|交)|(?:报名|名)[^,。?!]{0,4}(?:提交|报)了(?:的|呀|啊)|(?:提交|报名)成功了?的"
    r"|(?:中间|期间|到时候|这段时间|审核前|之前)[^,。?!]{0,4}(?:补|传|交)"
)
# 那我去考点跟老师说说行不行, after what was missed: nothing is written of it, and that is whom to ask
_PLEADS = re.compile(
    r"(?:去|找|跟|给|和|问|求|托|打电话)[^,。?!]{0,8}(?:考点|老师|报名点|办公室|工作人员|卫健委|他们|领导)[^,。?!]{0,6}(?:说|求|讲|商量|通融|问|反映|解释|沟通|情)"
)
_NEXT_YEAR = re.compile(
    r"^[那, ]*我?(?:就|只能|要)?(?:等)?明年才(?:得行|能|可以|行)|^[那, ]*(?:20)?\d\d年?的?呢\W*$|^[那, ]*(?:明年|来年|下一?年)(?:呢(?:(?:20)?\d\d年?的?)?|(?:还|就)?(?:能|可以)(?:再)?[考报](?:不|吗|么|嘛)?|(?:再)?(?:重新)?[考报](?:可以|行|得行)?(?:不|吗|么|嘛)?|咋办|怎么办|咋整|咋弄|怎么弄)\W*$"
)
_HOW = re.compile(r"怎么弄|咋弄|咋办|怎么办|咋整")
# 我就差一张图啊 能不能通融
_BEGS = re.compile(r"通融|宽限|行个方便|网开一面|帮帮忙|求求|开个后门|再给[^,。?!]{0,4}机会")
_CALLS = re.compile(r"电话|号码|联系方式|咋联系|怎么联系")  # 求求了有没有电话: of whom to call
_OF_USE = re.compile(
    r"^[那, ]*(?:打(?:个)?电话|找人|找关系|求情|求他们)[^,。?!]{0,3}(?:有没有用|有用|管用|行不)"
)  # 打电话有用不
_WASTED = re.compile(r"白考|白过|作废|浪费|还有用|还算|还在|留得|保留")
_ONCE_OVER = re.compile(
    r"^[那, ]*(?:要是|如果)?(?:审核|审|报名|网报)?(?:都)?(?:结束|完|截止|关)了?(?:之后|以后|后)(?:呢|就|还)?\W*$"
)
# 过了12点呢, 万一错过了咋办: what becomes of it, where one or two steps were spoken of
_OVER_THEN = re.compile(
    r"^[那, ]*(?:万一|要是|如果|假如)?(?:我|真)?(?:的)?(?:(?:过了|超过)了?(?:今晚|今天|那天|那个)?(?:24|12|0|十二|零)?[点时]?(?:时间|截止)?了?(?:还|都)?(?:没[交缴报传去改弄])?|(?:没赶上|错过)了?(?:的话)?|(?:晚|迟|逾期|超时)了?(?:的话)?)"
    r"(?:呢|咋办|怎么办|会怎样|会怎么样|咋整|咋个办)\W*$"
    # 要是没弄完咋办, 那要是今晚报不上呢, 完不成咋办
    r"|^[那, ]*(?:万一|要是|如果|假如)(?:我|真的?|今天|今晚|明天|明晚|到时候?)*(?:还)?(?:没(?:有)?(?:弄|报|搞|填|传|提交|整|办)?|(?:弄|报|搞|填|传|提交|整|办)不)(?:完|成|上|好|起|到)(?:名)?(?:的话)?(?:呢|咋办|怎么办|会怎样|会怎么样|咋整|咋个办)\W*$"
    r"|^[那, ]*(?:完不成|弄不完|报不上|传不完|搞不完|来不赢)了?(?:的话)?(?:呢|咋办|怎么办|会怎样|会怎么样|咋整|咋个办)\W*$"
    # 要是真过了能补报不, 过12点还能接着填不
    r"|(?:万一|要是|如果|假如)(?:真|真的|我)?(?:过了|没赶上|错过)[^,。?!]{0,4}(?:能|可以)[^,。?!]{0,4}(?:不|吗|么|没|嘛)\W*$"
    r"|过了?(?:今晚)?(?:12|24|十二|二十四|零)点(?:以后|之后|后)?[^,。?!]{0,3}(?:能|可以)[^,。?!]{0,6}(?:不|吗|么|没|嘛)\W*$"
    # 过12点就交不了了吗
    r"|过了?(?:今晚)?(?:12|24|十二|二十四|零)点[^,。?!]{0,3}就[交缴报传改付](?:名)?不(?:了|起|到|成|得)"
    # 过了今天还有机会不 资料还差一张
    r"|^[那, ]*(?:过了|超过)(?:今[天晚]|明[天晚]|那天|时间|截止)[^,。?!]{0,3}(?:还有机会|还有救|还能|还可以|就不行|就没)"
    # 那我只能等明年?, after what was missed
    r"|^[哦那, ]*我?(?:是不是|就|也)*(?:只能|只有|只好|就得|要)?(?:等(?:到)?明年(?:再?[考报来])?|明年再[考报来]|(?:只能|只有|只好|就得)明年)(?:了|哦|吧|嘛|吗|哇|咯|嗦|迈|啊|不)*\W*$"
    # 那我今年就考不成了: what it comes to
    r"|^[那, 所以]*(?:我|今年|这一?年|这次|这回|就|是不是|不|也|算|等于|岂|已经|只能|都|是|就是说?|意思是|技能){0,8}(?:考不成|考不了|废|凉|完蛋?|没戏|黄|泡汤|白搭|白报|白忙|白考|白过|白交)了?(?:吧|嘛|吗|哇|啊|呀|嗦|哦)*\W*$"
    # 是不是就不能考一试了, 是不是技能考不成了
    r"|^[那, ]*(?:没(?:交|报|提交|传|缴)(?:上|成|到)?(?:的话)?[, ]*)?我?(?:是不是|就|也|都|岂不是|等于|意思是|这样|今年)*(?:技能|一试|综合|笔试)?(?:就|也|都)*(?:不能|没法|没得|不得|不可以|考不[成了])(?:去|再)?(?:考试?|参加)?(?:技能|一试|综合|笔试)?了(?:吗|吧|嘛|哇|啊|呀)*\W*$"
)
_PASSED_LAST = re.compile(
    r"(?:去年|上一?年|20\d\d年)[^,。?!]{0,3}技能[^,。?!没]{0,2}(?:过|合格)"
)  # 去年技能过的也要交么
# 要是3月5号没去呢
_IF_NOT = re.compile(
    r"(?:要是|如果|万一|假如)[^,。?!]{0,10}没(?:有)?(?:去|交|缴|报|传)(?:成|到|上|了)?(?:的话)?(?:呢|嘛|咋办|怎么办|会怎样|会咋样)?\W*$"
)
_AT_ONCE = re.compile(r"(?:一起|同时|一块儿?)[交缴付]")
_AGAIN_THEN = re.compile(r"(?:明年|来年|下一?年)[^,。?!]{0,8}(?:重新|从头|再)?[^,。?!]{0,2}考")
_STILL_SITS = re.compile(r"(?:还|也)[^,。?!]{0,3}(?:能|可以|得行)[^,。?!]{0,2}考")  # 技能还能考吗
# 还有机会不, after a step that was missed
_ANY_CHANCE = re.compile(
    r"^[那, ]*(?:我|今年|这次|真的|就|还)*(?:有|没)(?:没有?|没得|有|得)?(?:一点|别的|其他)*(?:机会|救|希望|办法|法子|指望)了?(?:吗|不|没|么|嘛|啊|哇|噻)*\W*$"
)


def asks_what_then(text: str) -> bool:
    """Whether it is asked what becomes of it: 过了12点呢, 审核结束了之后呢."""
    return any(what.search(text) for what in (_OVER_THEN, _ONCE_OVER, _FORFEITS, _ANY_CHANCE))


def _still_missed(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """审核的时候可以补不, 报名我是提交了的, after papers that were not uploaded: of these still."""
    missed = "材料上传" in before.stages and "错过" in before.asks and bool(before.entry)
    if not missed or not _MAKES_UP.search(query.text):
        return None
    return FollowUp(replace(before, core=f"{before.core} {topic.core}"), fixed=True)


def _once_over(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """审核结束了之后呢, after what may be changed until then: what holds once it is over."""
    changes = before.entry in _OF_CHANGES or "错过" in before.asks or before.sent_back
    if not changes or not set(before.stages) & REVIEWED or not _ONCE_OVER.match(query.text):
        return None
    core, year = "审核结束还没重新提交会怎样", topic.year or before.year
    return FollowUp(Topic(core=core, stages=("线上审核",), asks=("错过",), year=year))


def _what_then(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """过了12点呢, 那我今年就考不成了: what becomes of it, where one or two steps were spoken of."""
    spoken = set(before.stages)
    of_it = spoken <= {*FEES, "材料上传"} or "错过" in before.asks
    forfeits = bool(spoken) and of_it and _FORFEITS.match(query.text)
    chance = not spoken <= SECOND and _ANY_CHANCE.match(query.text)
    chance = chance or (query.day is not None and _IF_NOT.search(query.text))
    if not (0 < len(before.stages) <= _FEW and (forfeits or chance or _OVER_THEN.search(query.text))):
        return None
    year = before.year if "明年" in query.text else topic.year or before.year
    core = f"{said(before.stages[0])}错过了怎么办"
    return FollowUp(Topic(core=core, stages=before.stages, asks=("错过",), year=year))


def _next_year(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """那明年呢, after what was missed: when one may register again."""
    if not (_is_out(before) or before.entry == MISSED_FEE) or not _NEXT_YEAR.match(query.text):
        return None
    year = query.years[0] if query.years else None
    if set(before.stages) <= SECOND and _HOW.search(query.text):
        return FollowUp(Topic(entry=FAILED, core=topic.core), fixed=True)
    return FollowUp(Topic(core="报名 什么时候", stages=("网上报名",), asks=("时间",), year=year))


def _keeps(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """之前审核通过了是不是还留着资格, after a fee that was missed: what becomes of it."""
    fee = bool(before.stages) and set(before.stages) <= FEES and bool(before.entry)
    if not (fee and ("错过" in before.asks or before.entry == MISSED_FEE) and _KEEPS.search(query.text)):
        return None
    return FollowUp(replace(before, core=f"{before.core} {topic.core}"), fixed=True)


def _spared(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """我技能是去年国家基地过了的, after a fee that was missed: whether who says so owed it at all."""
    fee = bool(before.stages) and set(before.stages) <= FEES
    fee = fee and (
        "技能缴费" in before.stages or query.passed is not None
    )  # 技能过了的, after a 综合 fee, spares none
    only_says = not (query.verdict or query.asks) and set(query.subjects) <= {"技能"} and not query.actions
    missed = "错过" in before.asks or before.entry == MISSED_FEE
    if not (fee and missed and only_says and query.audience in (PASSED, EXEMPT)) or asks_of_a_pass(query):
        return None
    year = topic.year or before.year
    own = Topic(entry=WHO_PAYS, core=topic.core, stages=("技能缴费", "一试缴费"), year=year)
    return FollowUp(own, fixed=True)


def _missed_decides(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """技能费忘了交 … 那综合的费还能交吗, 那综合还能考不: the fee that was missed, of which was told last, decides it."""
    later = bool(query.stages) and set(query.stages) <= {*FEES, "一试考试"}
    fees = before.stages == ("技能缴费",)
    missed = fees and ("错过" in before.asks or before.entry == MISSED_FEE) and bool(before.entry)
    whether = query.verdict or "是否" in query.asks or "还能考试" in query.content or "可以" in query.text
    whether = whether or _AT_ONCE.search(query.text) is not None
    if not (later and missed and whether) or asks_of_a_pass(query):
        return None
    if _AT_ONCE.search(query.text):  # 综合的钱也现在一起交吗
        return FollowUp(Topic(core="综合什么时候缴费", stages=query.stages, asks=("时间",), year=before.year))
    spared = query.audience in (PASSED, EXEMPT) or _PASSED_LAST.search(query.text) is not None
    if spared and "缴费" in query.actions:
        # 另外那个去年技能过了的需不需要交4月这个: which fee is theirs
        own = Topic(
            entry=WHO_PAYS, core=topic.core, stages=("技能缴费", "一试缴费"), year=topic.year or before.year
        )
        return FollowUp(own, fixed=True)
    return FollowUp(replace(before, core=f"技能费没缴还能缴综合吗 {topic.core}"), fixed=True)


def _fee_after(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """我昨天忘去现场确认了 … 那4月技能费还能交吗, 没去确认能交费不: who was not reviewed pays nothing, whatever the fee's days are."""
    out = "错过" in before.asks or before.entry in _MISSED_BEFORE or _NOT_PAY.search(query.text) is not None
    told = _NOT_REVIEWED.search(query.text) is not None
    missed = told or (out and bool(before.stages) and set(before.stages) <= BEFORE_FEES)
    named = {stage for stage in query.stages if not (told and stage in REVIEWED)}
    fee = bool(named) and named <= (
        {*FEES, "技能考试", "一试考试"} if _STILL_SITS.search(query.text) else FEES
    )
    says_not = _NOT_PAY.search(query.text) or _CANNOT_PAY.search(query.text)
    whether = query.verdict or "是否" in query.asks or "下一步" in query.text or says_not
    of_a_day = query.day is not None  # 过了12点呢 … 7月10号还能交综合费不: of the clock
    if not (missed and fee and whether) or of_a_day or query.audience in (PASSED, EXEMPT):
        return None
    return FollowUp(replace(before, entry=_REVIEW_FIRST, core=topic.core, asks=()), fixed=True)


def _pleads(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """那我去考点跟老师说说行不行, after what was missed: whom to ask."""
    if query.subjects or query.stages or not _is_out(before) or not _PLEADS.search(query.text):
        return None
    return FollowUp(Topic(entry=WHOM_TO_ASK, core=topic.core, stages=before.stages), fixed=True)


def _wasted(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """技能白考了迈, after the fee of 综合 that was missed: how long the pass is valid."""
    fee = before.entry == MISSED_FEE and before.stages == ("一试缴费",)
    if not fee or set(query.subjects) != {"技能"} or not _WASTED.search(query.text):
        return None
    return FollowUp(Topic(entry=VALIDITY, core=topic.core, year=topic.year), fixed=True)


def _sits_again(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """那明年技能还要重新考哇, after the fee of 技能 that was missed."""
    fee = before.entry == MISSED_FEE and "技能缴费" in before.stages
    if not fee or set(query.subjects) != {"技能"} or not _AGAIN_THEN.search(query.text):
        return None
    return FollowUp(Topic(entry=SKILLS_LOST, core=topic.core), fixed=True)


def _begs(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """我就差一张图啊 能不能通融, after what was missed: the same once more; after a step or two, what becomes of them."""
    begs = _BEGS.search(query.text) and not _CALLS.search(query.text)
    if query.subjects or not before.entry or not (begs or _OF_USE.search(query.text)):
        return None
    if _is_out(before):
        return FollowUp(replace(before, core=f"{before.core} {topic.core}"), fixed=True)
    if not 0 < len(before.stages) <= _FEW:
        return None
    core = f"{said(before.stages[0])}错过了怎么办"
    return FollowUp(Topic(core=core, stages=before.stages, asks=("错过",), year=topic.year or before.year))


def _is_out(before: Topic) -> bool:
    return "错过" in before.asks or before.entry in _MISSED_BEFORE


RULES: tuple[Rule, ...] = (
    _wasted,
    _sits_again,
    _still_missed,
    _once_over,
    _what_then,
    _next_year,
    _keeps,
    _spared,
    _missed_decides,
    _fee_after,
    _pleads,
    _begs,
)
"""The first that knows the turn."""
