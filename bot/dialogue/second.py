"""Questions of 二试 whose answer a word or two decides: its pilots, who may sit it, a first test that was not passed. Pure."""

from __future__ import annotations

import re

from bot.dialogue.ask import Ask
from bot.dialogue.following.going_on import ANY_LEFT, CATEGORY, ELIGIBLE, PAYS_AGAIN
from bot.schedule.stages import SECOND

WHAT, PILOTS, CATEGORIES, CONDITIONS = "什么是二试", "二试试点", "二试类别", "二试条件"  # entries
STEPS, MISSED, FAILED, REVIEW = "二试流程", "二试错过", "二试没过", "二试审核"
MAKES_UP = frozenset({"补交", "补缴", "还能补", "可以补"})
WHETHER = frozenset({"是否", "条件", "地点"})
_HAS_ONE = re.compile(
    r"(?:二试|两试)(?:今年|明年)?[^,。?!]{0,3}有(?:没有?|吗|么|不|没)|有(?:没有|没得)(?:二试|一年两试)|有(?:二试|一年两试)(?:吗|么|不|没|嘛|的?[?])"
)
_IS_IT = re.compile(
    r"报的(?:那个|名)?[^,。?!]{0,3}(?:是|算)(?:不是)?(?:二试|两试)"
)  # 那1月22号报的那个不是二试?
_SAT = re.compile(
    r"(?:二试|两试|第二次)[^,。?!一]{0,4}(?:考完了?|考了|也|又|还是)[^,。?!]{0,3}(?:没过|没通过|不及格|挂|差[^,。?!]{0,3}分)|二试没(?:考)?过|二试挂|二试差[^,。?!]{0,3}分"
)
_UNREGISTERED = re.compile(
    r"没(?:有|能)?(?:报|登记)[^,。?!]{0,4}[, ]*[^,。?!]{0,6}?(?:直接|能|可以)[^,。?!]{0,3}考"
)  # 我没报二试 明天直接去考得行不
# 你确定没交费也可以报二试？: of the first test's fee
_EVEN_SO = re.compile(r"没[交缴考过去](?:费|钱|过)*的?(?:人)?也(?:能|可以)[^,。?!]{0,4}(?:二试|两试)")
_WITH_MARK = re.compile(
    r"(?<!\d)[1-5]\d\d分?[^,。?!]{0,4}[, ]*(?:能|可以|能不能)[^,。?!]{0,3}(?:二试|两试)"
)  # 成绩出来了351 能考二试吗
_ANOTHER_YEAR = re.compile(
    r"(?:明年|后年|每年)的?(?:二试|两试)?[^,。?!]{0,2}(?:还|会不会|是不是)?有(?:没有|没得|吗|么|不|没)"
    r"|(?:明年|后年|每年)[^,。?!]{0,6}还?有(?:没有|没得)?(?:二试|两试)(?:吗|么|不|没|嘛|$|\?)"
)  # 明年二试还有没得
# 报了二试，还要再去现场审核吗
_REVIEWED_AGAIN = re.compile(
    r"(?:还要|还得|要不要|用不用|还用|需要|是不是|又要)(?:再|重新|又|要)*(?:去|到|跑)?(?:一次|一遍|一趟)?(?:现场|线上)?(?:审核|审|确认)[^,。?!]{0,4}(?:吗|不|么|嘛|没|$)"
)
_STILL = re.compile(r"还能|现在能|还可以|来得及|来不及|过了没|过了吗|是不是(?:已经)?过了|截止|结束了|关了")
_KINDS = re.compile(r"(?:哪[些几]?个?|什么|啥子?)(?:专业|类别|类)")  # 哪几个专业能考二试
_MAY = re.compile(r"(?:能不能|可不可以|能|可以)(?:报|考|参加)?(?:二试|两试)(?:吗|么|不|没|嘛|$)")
# 一试没过二试还能考吗
_FIRST_LOST = re.compile(
    r"(?:一试|综合|笔试)[^,。?!二两技]{0,4}(?:没[去参]?加?[过考缴交]|没通过|缺考|弃考|不及格|挂)[^,。?!]{0,4}[, ]*(?:二试|两试)(?:还|也)?(?:能|可以|有机会)"
)
# How the first test went, and then whether 二试 is open to them: 一试没去考 可以二试吗, not 二试没交费.
_WENT = re.compile(
    r"^(?P<first>[^二两]*(?:没[去参]?加?[考缴交]|缺考|弃考|忘[了记]?[考缴交]|作弊|违[规纪]|没过|没通过|不及格|差[^,。?!]{0,3}分).{0,12})"
    r"(?:能不能|可不可以|能|可以)(?:再|去)?(?:报名|报|考|参加)?(?:二试|两试)"
)
WHOEVER = re.compile(
    r"哪[些种类]|谁|什么人|啥子?人|[什啥]么?样的?人"
)  # 四川哪些人能考二试 asks of no place and no day

# 一试交的钱管二试吗
_PAID_ALONE = re.compile(r"(?:给|交|有)了?[钱费]就(?:能|可以|让|行)")
_COVERS = re.compile(r"一试[^,。?!]{0,4}[交缴付][^,。?!]{0,4}(?:管|抵|包|算|当)[^,。?!]{0,4}二试")


def pays_second(ask: Ask) -> bool:
    """一试交的钱管二试吗, 二试还要交钱不: whether one pays for it; 二试是不是给钱就能考 is who may."""
    topic = ask.topic
    pays = topic.stages == ("二试缴费",) and not ask.content
    again = bool(topic.stages) and set(topic.stages) <= SECOND and PAYS_AGAIN.search(ask.query.text)
    asked = _COVERS.search(ask.query.text) or ("是否" in topic.asks and (pays or again))
    return bool(asked) and not (_PAID_ALONE.search(ask.query.text) or second_rule(ask))


def second_rule(ask: Ask) -> str:
    """The entry that a question of 二试 is, by the words that decide it; "" where none do."""
    query, asks = ask.query, set(ask.topic.asks)
    went = "二试" in query.subjects and not query.failed and _WENT.search(query.text)
    went = went or ("二试" in query.subjects and _FIRST_LOST.search(query.text))
    if "二试" in query.subjects and not query.exam and _REVIEWED_AGAIN.search(query.text):
        return REVIEW
    if went and not query.exam and not CATEGORY.search(query.text):
        return CONDITIONS
    if not set(ask.topic.stages) <= SECOND or query.exam:
        return ""
    if "试点" in query.content:
        return PILOTS
    if _IS_IT.search(query.text):
        return WHAT
    if "二试" in query.subjects and _EVEN_SO.search(query.text):
        return CONDITIONS
    if ask.topic.stages and MAKES_UP & set(query.content) and not ask.goes_on:
        return MISSED  # 没交钱的呢 能补交吗, after 二试
    if _SAT.search(query.text) and not query.failed:
        return FAILED
    if "二试" in query.subjects and _UNREGISTERED.search(query.text):
        return MISSED
    if "二试" in query.subjects and (_WITH_MARK.search(query.text) or "补报" in query.text):
        return CONDITIONS
    if "二试" in query.subjects and _ANOTHER_YEAR.search(query.text):
        return PILOTS
    if "二试" in query.subjects and _KINDS.search(query.text):
        return CATEGORIES
    if ask.topic.stages and ANY_LEFT.search(query.text):
        return PILOTS
    if (
        ask.topic.stages in (("二试报名",), ("二试缴费",))
        and asks == {"流程"}
        and not (ask.content or ask.topic.verdict)
    ):
        return STEPS  # 执业医师二试咋个报
    if not ask.topic.stages or not asks <= WHETHER:
        return ""
    if CATEGORY.search(query.text):
        # 二试还能报吗 四川临床: of whom it is for, the clock has the word
        clock = _STILL.search(query.text) and set(CATEGORY.findall(query.text)) <= ELIGIBLE
        return "" if clock else CATEGORIES
    if query.level or ask.topic.verdict:
        return ""
    if _HAS_ONE.search(query.text):
        return PILOTS
    whoever = WHOEVER.search(query.text) or ask.content or query.audience
    if _MAY.search(query.text) and not whoever:
        return PILOTS if ask.named else CONDITIONS  # of a place it is whether there is one
    return ""
