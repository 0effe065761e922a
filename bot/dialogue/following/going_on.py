"""What a short message after an answer goes on to: what comes next, one of its steps, the same thing once more. Pure."""

from __future__ import annotations

import re

from bot.dialogue.session import Topic
from bot.knowledge.model import Entry
from bot.schedule.stages import FEES, REVIEWS, SECOND
from bot.text.query import Query
from bot.text.replacing import replace
from bot.text.segment import plain_words

DO = r"(?:干嘛|干啥子?|干什么|干些啥|[干做弄办搞]点啥子?|[做办弄]些啥子?|做啥子?|做什么|点啥子?|点什么|点哪里|点哪儿|点哪个|弄啥|办啥|搞啥子?|怎么办|怎么做|怎么弄|咋办|咋整|咋弄|咋个办|呢)"
_OF_IT = r"(?:网上|报名|名|实践|技能|操作|一试|医学|综合|笔试|考试|试|费|钱|款|材料|资料|图片|图|表|字|通知单|单子|现场|审核|确认|的|啦)*"
_HAVING_DONE = rf"(?:弄|做|办|搞|整|填|报|交|缴|传|审|确认|提交|打印|打|签|付)?(?:完|好|上了|定|过了|了)+{_OF_IT}(?:[, ]*(?:以后|之后|过后|后|的话|然后|接下来|下一步|下面))*"
_THEN = re.compile(
    rf"^(?!好呢)[那好嗯哦, ]*(?:我|俺|都|也|已经|终于|现在|刚)*(?:{_HAVING_DONE}|(?:现场)?(?:都|也|已经)?[去跑]过了[, ]*(?:然后|接下来|接着|下一步|之后)?|然后|接下来|接着|之后|以后|过后|再然后|再往后|(?:过了)?(?:\d+月)?\d+[号日](?:以后|之后|过后))"
    rf"(?:我|又|还|再|该|得|要|需要|就|是)*{DO}+[?!。~ ]*$"
)
_SOMETHING_DONE = re.compile(
    r"^[那好嗯哦, ]*(?:我|俺|都|也|已经|终于|现在|刚)*(?:弄|做|办|搞|整|填|报|交|缴|传|审|提交)(?:完|好|定|了)"
)
# 四川审核都完了 现在干嘛, 报完名了接下来干嘛, 交了技能费然后呢: what is done is named, wherever in the message
_DONE_NOW = re.compile(
    rf"(?:(?<![没不未])(?:完|好|过|通过|结束|搞定|成功)(?:完|好)?了|[报填交缴付传审考打签弄办做搞](?:名|费)?(?:完|好){_OF_IT}了?"
    rf"|(?<![没不未漏多错重])[报填交缴付传考签]上?了{_OF_IT}了?)"
    rf"(?:啊|呀|的|哈|嘛)?[,。 ]*(?:我|那|就|以后|之后|后)*(?:现在|接下来|然后|下一步|下面|后面|后头|之后)(?:我|又|还|再|该|得|要|需要|就|是)*"
    rf"(?:{DO}|有啥|有什么|啥子?|是啥子?|是什么|是哪步|是?好久|是?什么时候|是?啥时候|是?几号|是?哪天)?(?:要|办|弄|做|的|事|了|吗|么|嘛|啊|呀|哦|来着)*[?!。~ ]*$"
)
_REGISTERED = re.compile(
    rf"报(?:名)?(?:完|好|上)了?名?了?[, ]*还[要得需](?:要|得)?{DO}[?!。~ ]*$"
)  # 报完还要干啥
_NOT_SENT = re.compile(r"没(?:有)?(?:点|按)?提交")  # 信息都填完了就是没点提交
_I_SHOULD = re.compile(r"^[那, ]*接下来我")  # 那接下来我该干啥: of the clock, where nothing is told as done
_WENT = re.compile(r"现场(?:都|也|已经)?[去跑]过了")  # 现场去过了 然后咧
_BEEN_THERE = ("现场审核",)
# What has to be done, in order; the tests of the first half are no errand, but the fee follows them.
COURSE = ("网上报名", "线上审核", "现场审核", "技能缴费", "技能考试", "一试缴费", "一试考试")
_AT = {"材料上传": "网上报名"}  # a stage that lies within another
_ONE_ERRAND = 3
_NEXT = 2  # stages told of what comes next
# who may sit 二试 goes by it
CATEGORY = re.compile(r"临床|中医|口腔|公卫|公共卫生|中西医|民族医|[藏蒙维傣]医|师承|确有专长|乡村全科")
ELIGIBLE = frozenset({"临床", "中医"})  # of these; the others have no 二试
PAYS_AGAIN = re.compile(
    r"(?:重新|再|另外|另|还|又)(?:要|得)?(?:再|重新)?[交缴付][^,。?!退]{0,2}[钱费]"
    r"|[钱费](?:还|又)?(?:要|得)?(?:再|重新|另外)[交缴付]"
)  # 二试要重新交钱不, 钱还要再交一遍啊
# 今年还有吗, after 二试
ANY_LEFT = re.compile(r"^那?(?:今年|明年|后面|以后)?还?有(?:没有|没得|吗|么|不|没|嘛)\W*$")
# 考点包括哪些 … 梁平算不算: the same question, of another place
COUNTS = re.compile(
    r"^[那, ]*(?:也)?(?:算不算|算[吗不么嘛]|归不归|属不属于|在不在(?:里面?)?|包不包括)[吗呢嘛]?$"
)
OF_A_SITE = re.compile(
    r"(?:归|属于?|算|也?是|也?在|也?选)[^,。?!是在选]{1,8}考点"
)  # 开州的也归万州考点?: no other place for what was asked before
# 考点选哪个 … 我老公在永川人民医院,他呢
HIM = re.compile(r"[,， ](?:那)?[他她](?:们)?呢[?!。~ ]*$")
# 浙江的 有没有不同, 我是四川的 也一样吗: no question of its own, where the place was asked for
AS_THERE = re.compile(
    r"(?:也|都|是不是|是)?(?:一样|相同|同样|这样|这么)(?:的|办|弄)?(?:时间|日期|日子)?(?:吗|么|不|嘛|吧)?\W*$|(?:有没有|有没得|有啥子?|有什么)(?:不同|区别|差别|不一样)"
)
RIGHT_AFTER = re.compile(
    r"完[^,。?!]{0,3}(?:直接|马上|立刻|就)[^,。?!]{0,3}[交缴付]"
)  # 报完就直接交钱吗: of both
_A_REMARK = 10  # characters
SHORT = 14  # characters up to which a message may be no more than half a question
ON_SITE = re.compile(r"去|本人|带|到场|拿什么|拿啥")  # said of a review, it is the one on site
_SAID = {
    "技能缴费": "实践技能缴费",
    "一试缴费": "医学综合缴费",
    "技能考试": "实践技能考试",
    "一试考试": "医学综合考试",
    "网上报名": "报名",
}


def says_little(query: Query) -> bool:
    """Whether a message names and asks nothing, so that it is a remark on what was spoken of: 差两天而已."""
    named = query.stages or query.subjects or query.asks or query.verdict or query.region.asked or query.years
    return not named and len(query.text) <= _A_REMARK and set(query.content) <= plain_words()


def next_stages(query: Query, before: Topic) -> tuple[str, tuple[str, ...]]:
    """(the stage that is done, those that come next) for 完了呢, 缴完费然后呢; ("", ()) where nothing is asked so."""
    spoken = query.stages or (_BEEN_THERE if _WENT.search(query.text) else before.stages)
    # 技能费什么时候交 … 交了呢: of the fee that was spoken of; 钱交完了 alone may be either, and the clock says which
    spoken = tuple(stage for stage in spoken if stage in before.stages) or spoken
    if set(spoken) == FEES:
        return "", ()
    done = (
        spoken[-1:] if len(spoken) <= _ONE_ERRAND else ()
    )  # after all of the days there is only the clock's next
    if _NOT_SENT.search(query.text):
        return "", ()
    told = _DONE_NOW.search(query.text) or _DONE_NOW.search(query.fixed) or _REGISTERED.search(query.text)
    named = query.stages and told
    then = _THEN.match(query.fixed) and not _I_SHOULD.match(query.fixed)
    if not done or not (named or then):  # 四川报完名了然后呢: without its place
        return "", ()
    stage = _AT.get(done[0], done[0])
    if stage in SECOND:
        return stage, ("二试考试",)
    return stage, what_follows(stage)


def what_follows(stage: str) -> tuple[str, ...]:
    """The stages told after `stage`, in order."""
    at = COURSE.index(stage) + 1
    return COURSE[at : at + _NEXT]


def tells_done(text: str) -> bool:
    """Whether something is told of as done, and what comes next is asked for: 我弄好了 接下来干嘛."""
    return _THEN.match(text) is not None and _SOMETHING_DONE.match(text) is not None


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
    if topic.sent_back and stages == ("网上报名",):
        stages = REVIEWS  # 改了还要重新打印通知单不 … 几号之前要弄完
    if "现场审核" in stages and ON_SITE.search(query.text):
        stages = ("现场审核",)  # 四川审核 … 要本人去吗: nobody goes to the other
    name = "二试" if set(before.stages) <= SECOND else said(stages[0])
    if category:
        return replace(topic, stages=stages, asks=("条件",), core="哪些类别有二试")
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
