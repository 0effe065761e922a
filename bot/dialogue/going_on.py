"""What a short message after an answer goes on to: what comes next, one of its steps, the same thing once more. Pure."""

from __future__ import annotations

import re

from bot.dialogue.session import Topic
from bot.knowledge.model import Entry
from bot.schedule.stages import SECOND
from bot.text.query import Query
from bot.text.replacing import replace
from bot.text.statuses import EXEMPT, PASSED

_DO = r"(?:干嘛|干啥子?|干什么|干些啥|[干做弄办搞]点啥子?|[做办弄]些啥子?|做啥子?|做什么|点啥子?|点什么|点哪里|点哪儿|点哪个|弄啥|办啥|搞啥子?|怎么办|怎么做|怎么弄|咋办|咋整|咋弄|咋个办|呢)"
_OF_IT = r"(?:网上|报名|名|实践|技能|操作|一试|医学|综合|笔试|考试|试|费|钱|款|材料|资料|图片|图|表|字|通知单|单子|现场|审核|确认|的|啦)*"
_HAVING_DONE = rf"(?:弄|做|办|搞|整|填|报|交|缴|传|审|确认|提交|打印|打|签|付)?(?:完|好|上了|了)+{_OF_IT}(?:以后|之后|过后|后|的话|然后|接下来)*"
_THEN = re.compile(
    rf"^[那好嗯哦, ]*(?:{_HAVING_DONE}|然后|接下来|接着|之后|以后|过后|再然后|再往后|(?:过了)?(?:\d+月)?\d+[号日](?:以后|之后|过后))"
    rf"(?:我|又|还|再|该|得|要|需要|就|是)*{_DO}+[?!。~ ]*$"
)
# 四川审核都完了 现在干嘛, 报完名了接下来干嘛, 交了技能费然后呢: what is done is named, wherever in the message
_DONE_NOW = re.compile(
    rf"(?:(?<![没不未])(?:完|好|过|通过|结束|搞定|成功)(?:完|好)?了|[报填交缴付传审考打签弄办做搞](?:名|费)?(?:完|好){_OF_IT}了?"
    rf"|(?<![没不未漏多错重])[报填交缴付传考签]了{_OF_IT}了?)"
    rf"(?:啊|呀|的|哈|嘛)?[,。 ]*(?:我|那|就|以后|之后|后)*(?:现在|接下来|然后|下一步|下面|后面|之后)(?:我|又|还|再|该|得|要|需要|就|是)*"
    rf"(?:{_DO}|有啥|有什么|是啥子?|是什么|是哪步|是?好久|是?什么时候|是?啥时候|是?几号|是?哪天)?(?:要|办|弄|做|的|事|了|吗|么|嘛|啊|呀|哦|来着)*[?!。~ ]*$"
)
_MENDED = re.compile(
    rf"^[那好嗯哦, ]*[改换补更](?:完|好|了)+(?:了|以后|之后|过后|后|的话)*(?:我|又|还|再|该|得|要|需要|就|是)*{_DO}+[?!。~ ]*$"
)
ONCE_OVER = re.compile(
    r"^[那, ]*(?:要是|如果)?(?:审核|审|报名|网报)?(?:都)?(?:结束|完|截止|关)了?(?:之后|以后|后)(?:呢|就|还)?\W*$"
)
_REVIEWED = {"材料上传", "线上审核", "现场审核"}
_MAKES_UP = re.compile(
    r"审核?(?:的)?(?:时候|期间|那[天几]|时)[^,。?!]{0,6}(?:补|传|交)|(?:报名|名)[^,。?!]{0,4}(?:提交|报)了(?:的|呀|啊)|(?:提交|报名)成功了?的"
)
_STEP = re.compile(
    r"^[那好嗯哦, ]*第([一二三四五六七八九1-9])步(?:呢|是|具体|要|该|到底|啥子?|什么|怎么|咋个?|做|弄|干嘛|干啥|办|的|来着|说的)*[?!。~ ]*$"
)
_DIGITS = {digit: number for number, pair in enumerate(("一1", "二2", "三3", "四4", "五5", "六6", "七7", "八8", "九9"), 1) for digit in pair}  # fmt: skip
# What has to be done, in order; the tests of the first half are no errand, but the fee follows them.
MISSED_FEE = "错过缴费"  # the entry
COURSE = ("网上报名", "线上审核", "现场审核", "技能缴费", "技能考试", "一试缴费", "一试考试")
_AT = {"材料上传": "网上报名"}  # a stage that lies within another
_ONE_ERRAND = 3
_NEXT = 2  # stages told of what comes next
# who may sit 二试 goes by it
CATEGORY = re.compile(r"临床|中医|口腔|公卫|公共卫生|中西医|民族医|[藏蒙维傣]医|师承|确有专长")
# Who did not pass, sit or pay the first test is who 二试 is for.
_LOST_FIRST = re.compile(
    r"(?:一试|综合|笔试|机考|理论)[^,。?!技二]{0,8}?(?:没[去考过交缴来参赶报]|没(?:有|能)|未[过考]|缺考|弃考|挂|不及格|差[^,。]{0,4}分)"
    r"|(?:没有?|未)(?:去|能)?(?:参加|考|交|缴|过)[^,。?!技二]{0,4}(?:一试|综合|笔试)|缺考[^,。?!技二]{0,2}(?:一试|综合|笔试)"
)
# 差了8分没过的可以吧: in a talk of 二试 it can only be the first test
_SHORT_OF = re.compile(
    r"差[^,。?!]{0,4}分[^,。?!]{0,6}(?:能|可以|得行|行不)|没过的?(?:人|考生)?(?:能|可以|得行|行不|行吗)|第一次[^,。?!]{0,3}(?:没[去考过交缴来]|缺考|弃考|未)"
)
_LACKS = re.compile(r"^[那嗯 ]*(?:就|只|说|是|我|还)*(?:缺|差|少)(?!考|多久)[^?吗怎咋几]{1,12}$")
PAYS_AGAIN = re.compile(
    r"(?:重新|再|另外|另|还|又)(?:要|得)?(?:再|重新)?[交缴付][^,。?!退]{0,2}[钱费]"
)  # 二试要重新交钱不
# 今年还有吗, after 二试
ANY_LEFT = re.compile(r"^那?(?:今年|明年|后面|以后)?还?有(?:没有|没得|吗|么|不|没|嘛)\W*$")
# 过了12点呢, 万一错过了咋办: what becomes of it, where one or two steps were spoken of
OVER_THEN = re.compile(
    r"^[那, ]*(?:万一|要是|如果|假如)?(?:我|真)?(?:的)?(?:(?:过了|超过)(?:今晚|今天|那天|那个)?(?:24|12|0|十二|零)?[点时]?(?:时间|截止)?|(?:没赶上|错过)了?(?:的话)?)"
    r"(?:呢|咋办|怎么办|会怎样|会怎么样|咋整|咋个办)\W*$"
    # 过了今天还有机会不 资料还差一张
    r"|^[那, ]*(?:过了|超过)(?:今[天晚]|明[天晚]|那天|时间|截止)[^,。?!]{0,3}(?:还有机会|还有救|还能|还可以|就不行|就没)"
    # 那我只能等明年?, after what was missed
    r"|^[哦那, ]*我?(?:是不是|就|也|也就)*(?:只能|只有|只好|就得|要)?等(?:到)?明年(?:再?[考报来])?(?:了|哦|吧|嘛|吗|哇|咯)*\W*$"
    # 那我今年就考不成了: what it comes to
    r"|^[那, ]*我?(?:今年|这次|这回)*(?:就|是不是|不|也|算|等于|岂|已经|只能|都)*(?:考不成|考不了|废|凉|完蛋?|没戏|黄|泡汤|白搭|白报|白忙)了?(?:吧|嘛|吗|哇|啊|呀|嗦|哦)*\W*$"
)
# 考点包括哪些 … 梁平算不算: the same question, of another place
COUNTS = re.compile(
    r"^[那, ]*(?:也)?(?:算不算|算[吗不么嘛]|归不归|属不属于|在不在(?:里面?)?|包不包括)[吗呢嘛]?$"
)
VALID = re.compile(r"有效|算数|能用|作废|过期")  # of a pass: 明年技能还有效吧，我今年过的
OF_A_SITE = re.compile(
    r"(?:归|属于?|算)[^,。?!]{1,8}考点"
)  # 开州的也归万州考点?: no other place for what was asked before
# 考点选哪个 … 我老公在永川人民医院,他呢
HIM = re.compile(r"[,， ](?:那)?[他她](?:们)?呢[?!。~ ]*$")
# 浙江的 有没有不同, 我是四川的 也一样吗: no question of its own, where the place was asked for
AS_THERE = re.compile(
    r"(?:也|都|是不是|是)?(?:一样|相同|同样)(?:吗|么|不|嘛|吧)?\W*$|(?:有没有|有没得|有啥子?|有什么)(?:不同|区别|差别|不一样)"
)
RIGHT_AFTER = re.compile(
    r"完[^,。?!]{0,3}(?:直接|马上|立刻|就)[^,。?!]{0,3}[交缴付]"
)  # 报完就直接交钱吗: of both
SHORT = 14  # characters up to which a message may be no more than half a question
ON_SITE = re.compile(r"去|本人|带|到场|拿什么|拿啥")  # said of a review, it is the one on site
_SAID = {
    "技能缴费": "实践技能缴费",
    "一试缴费": "医学综合缴费",
    "技能考试": "实践技能考试",
    "一试考试": "医学综合考试",
    "网上报名": "报名",
}


def step_asked(text: str) -> int:
    """The number of the step that the whole message asks for (第二步呢); 0 where it asks for none."""
    found = _STEP.match(text)
    return _DIGITS[found[1]] if found else 0


def afterwards(query: Query, before: Topic) -> bool:
    """审核结束了之后呢, after what may be changed until then: what holds once it is over."""
    return bool(set(before.stages) & _REVIEWED) and ONCE_OVER.match(query.text) is not None


def still_missed(query: Query, before: Topic) -> bool:
    """审核的时候可以补不, 报名我是提交了的, after papers that were not uploaded: of these still."""
    missed = "材料上传" in before.stages and "错过" in before.asks and bool(before.entry)
    return missed and _MAKES_UP.search(query.text) is not None


def has_mended(text: str) -> bool:
    """改完要干嘛: what to do once it was changed as told; the same words hold that too."""
    return _MENDED.match(text) is not None


def says_what_lacks(query: Query, before: Topic) -> bool:
    """缺个工作证明, after a review that was not passed: why it was not, and still the same question."""
    asks = query.verdict or query.asks
    return "不通过" in before.core and not asks and _LACKS.match(query.text) is not None


def lost_first(query: Query, topic: Topic, before: Topic) -> Topic | None:
    """`topic` as the question whether 二试 is for them, where a talk of 二试 hears why the first test was lost (一试生病没去)."""
    second = bool(before.stages) and set(before.stages) <= SECOND
    named = query.subjects == ("一试",)
    lost = (
        _LOST_FIRST.search(query.text) or "分数" in query.asks  # 综合考了352
        if named
        else not query.subjects and set(query.actions) <= {"报名", "考试"} and _SHORT_OF.search(query.text)
    )
    if not second or not lost:
        return None
    if not set(query.asks) <= {"是否", "流程", "错过", "分数"}:
        return None
    return _whether_second(topic)


def second_chance(query: Query, topic: Topic, before: Topic) -> Topic | None:
    """`topic` as the question whether 二试 is for them, where a talk of what was missed hears of it (昨天没交综合费 … 还能考二试不)."""
    spoken = set(before.stages)
    lost = "错过" in before.asks or (bool(spoken) and spoken <= {"一试缴费", "一试考试"})
    years = query.years and "今年" not in query.text
    asks = "二试" in query.subjects and not years and set(query.actions) <= {"考试", "报名"}
    if not (lost and asks) or spoken & SECOND:
        return None
    if "网上报名" in spoken and "错过" in before.asks:
        return _whether_second(topic, "今年没报名可以报二试吗")
    return _whether_second(topic)


def _whether_second(topic: Topic, core: str = "一试缺考、没缴费可以报二试吗") -> Topic:
    return replace(topic, stages=("二试报名",), asks=("条件",), core=core, verdict=False)


def who_pays(query: Query, before: Topic) -> bool:
    """我技能没过也交不交, after the 综合 fee: whether it is this candidate's, and no other fee is meant."""
    fee = before.stages == ("一试缴费",)
    return (
        fee
        and PASSED in query.not_audience
        and query.actions == ("缴费",)
        and set(query.subjects) <= {"技能"}
    )


def spares(query: Query, before: Topic) -> bool:
    """我技能是去年国家基地过了的, after a fee that was missed: whether who says so owed it at all."""
    fee = bool(before.stages) and set(before.stages) <= {"技能缴费", "一试缴费"}
    only_says = not (query.verdict or query.asks) and set(query.subjects) <= {"技能"} and not query.actions
    missed = "错过" in before.asks or before.entry == MISSED_FEE
    return fee and missed and query.audience in (PASSED, EXEMPT) and only_says


def missed_decides(query: Query, before: Topic) -> bool:
    """技能费忘了交 … 那综合的费还能交吗, 那综合还能考不: whether the fee that was missed, of which was told last, decides it."""
    later = bool(query.stages) and set(query.stages) <= {"技能缴费", "一试缴费", "一试考试"}
    missed = before.stages == ("技能缴费",) and "错过" in before.asks and bool(before.entry)
    return later and missed and (query.verdict or "还能考试" in query.content)


def next_stages(query: Query, before: Topic) -> tuple[str, tuple[str, ...]]:
    """(the stage that is done, those that come next) for 完了呢, 缴完费然后呢; ("", ()) where nothing is asked so."""
    spoken = query.stages or before.stages
    done = (
        spoken[-1:] if len(spoken) <= _ONE_ERRAND else ()
    )  # after all of the days there is only the clock's next
    named = query.stages and (_DONE_NOW.search(query.text) or _DONE_NOW.search(query.fixed))
    if not done or not (named or _THEN.match(query.fixed)):  # 四川报完名了然后呢: without its place
        return "", ()
    stage = _AT.get(done[0], done[0])
    if stage in SECOND:
        return stage, ("二试考试",)
    at = COURSE.index(stage) + 1
    return stage, COURSE[at : at + _NEXT]


def said(stage: str) -> str:
    """How a question calls a stage."""
    return _SAID.get(stage, stage)


def once_more(query: Query, topic: Topic, before: Topic) -> Topic | None:
    """`topic` with the stage spoken of before, for half a question that nothing else explains (口腔行不行); None where it is none."""
    category = set(before.stages) <= SECOND and CATEGORY.search(query.text) is not None
    own = query.stages or query.subjects or query.years or (query.region.asked and not category)
    if own or not before.stages or len(query.text) > SHORT:
        return None
    stages = before.stages
    if "现场审核" in stages and ON_SITE.search(query.text):
        stages = ("现场审核",)  # 四川审核 … 要本人去吗: nobody goes to the other
    name = "二试" if set(before.stages) <= SECOND else said(stages[0])
    if category:
        return replace(topic, stages=stages, asks=("条件",), core="口腔、公卫、中西医有二试吗")
    return replace(topic, stages=stages, core=f"{name} {topic.core}")


def strays(entry: Entry, query: Query, before: Topic | None) -> bool:
    """Whether 那算弃考吗 was heard of another step than the one just spoken of."""
    if before is None or not before.stages or not query.text.startswith("那"):
        return False
    return bool(entry.stages) and not set(entry.stages) & set(before.stages) and not query.stages


def varies(query: Query, before: Topic | None) -> bool:
    """Whether a message after 二试 only puts another category in the place of what was said: 中西医结合呢."""
    second = before is not None and bool(before.stages) and set(before.stages) <= SECOND
    names = query.text.rstrip("?!。~ ").endswith("呢") or CATEGORY.search(query.text) is not None
    return second and names and not (query.asks or query.verdict)
