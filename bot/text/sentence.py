"""What no list of words can hold: how the words of a sentence bear on each other. Pure."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from bot.text.scan import Found

_CLOSE = 3  # characters between a word and the one it modifies
_AND = re.compile(r"[和跟与及、,到还 ]")
STILL = re.compile(r"还(?!剩|有[几多])|(?<!技)能|可以|来得及|来不及")
# 可以报名了吗, and 怎么还不能交 of who waits for it: asked of the clock, never of a rule.
_MAY_BEGIN = re.compile(
    r"(?:能|可以|让)(?:上网|网上)?(?:报名|网报|报考|报|登记|填报|缴费|交费|缴钱|交钱|缴|交|付款|付费|上传|传|现场确认|现场审核|审核)了(?:吗|么|不|没|嘛)"
    r"|(?:昨天|前天|今天|现在|已经)就?(?:能|可以)(?:上网)?(?:报名|网报|报考|报|登记|填报|缴费|交费|缴|交|付款|上传|传)了"
    r"|(?:怎么|咋个?|为什么|为啥|啥子?|什么)?还(?:不能|不可以|没开|交不了|缴不了|报不了|传不了|付不了)(?!考|过)"
)
_PRESUMING = re.compile(r"是不是|对吗|对不对|对吧|没错|吗\W*$|吧\W*$|不是")
_EDGES = frozenset({"开始", "结束", "截止", "截至", "关闭", "到期"})
_FROM_THERE = re.compile(r"了?(?:之|以)?[前后](?!几|多|好|哪)")
_EARLIER = re.compile(r"哪[个边里头]更?[先早]|谁更?[先早]|[先早]的是哪|先后")
_HOUR = re.compile(
    r"(?:24|二十四)[时点][^,。?!]{0,6}?(?:是|指|算|等于)[^,。?!]{0,14}?(?:晚上|夜里|半夜|凌晨|哪天|哪一天|12点|十二点|[0零]点|当天|第二天)"
    r"|(?:晚上|夜里|半夜)(?:12|十二)点[, ]*(?:还是|关还是)|(?:是|到)(?:今天|今晚|明天|当天)?(?:晚上|夜里|半夜)(?:12|十二)点[, ]*(?:吗|还是)"
)
_REVIEW_TAKES = re.compile(
    r"审核?(?:要|得|一般|大概|完)?(?:多久|几天|好久|多少天)(?!开始|截止|结束|到)|(?:多久|几天|好久|多少天)(?:能|才|可以|会)?审(?:得)?[完好]"
)
_PAPER = re.compile(
    r"材料|资料|证件|原件|复印件|承诺书|通知单|证明|身份证|毕业证|学位证|资格证|执业证|合同|表格"
)
_MONEY = re.compile(r"费|钱|款|[缴付]")
_RESULT = re.compile(
    r"审核?(?:的)?结果[^,.;!?]{0,6}[, ]*过了?(?:没|吗)|审核?(?:都|到底|究竟)?过了?没(?:过|有|得)?[^,.;!?]{0,3}(?:通知|告诉|短信|消息|人说)"
)
_ONLY_THEN = re.compile(r"才$")


_ON_SITE = re.compile(r"现场[去来]?(?:[交递送](?!费|钱|款)|提交)")
_NOT_DONE = re.compile(r"没(?:有|能|赶|来得及|顾上)?(?:去|到|交|报|缴|传|办|参加|确认|签)")


_SENT_BACK = re.compile(r"驳|打回|打下|打转|退回|退了?回来|退转|踢回|弹回|毙|拒|解锁|退回材料")
_REVIEWED = re.compile(r"审|材料|资料")
_TO_SEND_AGAIN = re.compile(
    r"(?:让|叫|喊|通知|要求|要)我?们?(?:再|还要)?(?:重新?传|重新上传|重新提交|重交|补传|补材料|补资料|再传一[遍次])(?!吗|不|么)"
)

# 资料补传截止哪天: of papers that were handed in, but not of those that never were
_MENDS_UNTIL = re.compile(
    r"(?:补[充齐交传]?(?:材料|资料)|(?:材料|资料)[^,.;!? ]{0,3}补[充齐交传])[^,.;!?]{0,6}(?:截止|截至|到几|到哪|几[号点]|哪天|什么时候|啥时候|好久|最后|时间)"
)
_NEVER_SENT = re.compile(r"没|忘|错过|漏|未")


def sent_back(text: str, found: Sequence[Found]) -> bool:
    """Whether papers came back from the review on the net: 驳回了, 材料被打回来, 叫我重传. A test that was not passed did not."""
    if "现场" in text:
        return False
    failed = [item.word for item in found if any(tag.name == "不通过" for tag in item.tags)]
    came_back = any(_SENT_BACK.search(word) for word in failed)
    tests = any(tag.kind == "科目" for item in found for tag in item.tags)
    not_passed = bool(failed) and not tests and _REVIEWED.search(text) is not None
    mends = _MENDS_UNTIL.search(text) is not None and _NEVER_SENT.search(text) is None
    return came_back or not_passed or mends or _TO_SEND_AGAIN.search(text) is not None


_NOT_UPLOADED = re.compile(
    r"没(?:有)?(?:上传|传)(?:完|全|材料|资料|图片|的)?\S{0,4}[, ]*(?:现在|今天|还)?(?:能|可以|还能|还可以)"
    r"|没(?:有)?(?:上传|传)(?:完|全|齐|上去)[^,.;!?]{0,4}?(?:咋|怎么)"
)


# 要是到时间还没弄好呢: what follows then
_UNDONE_THEN = re.compile(
    r"到(?:了)?(?:时间|时候|截止|最后|期|点|那天)(?:一?天)?了?(?:我|都|还|也|要是)*(?:没|[弄补改传交审]不)"
)


_HANDS_IN = re.compile(
    r"[交递](?:一下|上去)?(?:报名|报考|我的|的)?(?:材料|资料|证件|原件)"
    r"|(?:材料|资料|证件|原件)(?:还|今天|现在|能|可以|什么时候|啥时候|几号|要|去|在|哪天|到|没|是|的|[, ])*[交递]"
)


def hands_in(text: str) -> bool:
    """Whether something is handed in that is no money: 今天可以交材料吗."""
    return _HANDS_IN.search(text) is not None and "费" not in text


def hands_in_on_site(text: str) -> bool:
    """Whether what is handed in is handed in on site: 没去现场交资料 is no 上传."""
    return _ON_SITE.search(text) is not None


def was_missed(text: str, named: Sequence[str]) -> bool:
    """Whether something was not done and is asked to be saved: 我没去现场确认，还有救吗; what was not passed was done."""
    if _NOT_UPLOADED.search(text) or _UNDONE_THEN.search(text):
        return True
    return "补救" in named and "不通过" not in named and _NOT_DONE.search(text) is not None


# 一试忘了缴费,还能参加二试吗: what became of the first says who asks
_AFTER_FIRST = re.compile(r"(?:没|忘|未|缺|弃|错过|挂|差|不及格|不合格|不通过|不过)")

_MAY = re.compile(rf"{STILL.pattern}|轮得|有没有资格|够格")
_IN_TIME = re.compile(r"来得|来不|赶得|赶不|截止|过期|开始")


def of_the_second(text: str, subjects: Sequence[str], asks: Sequence[str]) -> bool:
    """Whether 二试 is asked about by who missed or failed the first: whether they may sit it."""
    both = {"一试", "二试"} <= set(subjects) and set(asks) <= {"错过", "是否", "条件"}
    return (
        both
        and not _IN_TIME.search(text)
        and _AFTER_FIRST.search(text) is not None
        and _MAY.search(text) is not None
    )


_REGISTERS_LATE = re.compile(r"补报(?!材料|资料|信息)")
_PLANS = re.compile(r"(?:准备|打算|想|要|计划)(?:去|参加|报)*考")


def meant(text: str, actions: tuple[str, ...], subjects: Sequence[str], asks: bool) -> tuple[str, ...]:
    """The actions that are asked about: of 能不能直接去现场审核补报 the registration, of 我打算考执业助理 none.

    Args:
        asks: whether anything is asked, or no level is named; else a plan to sit the exam says only who speaks.
    """
    if _REGISTERS_LATE.search(text) and not {"一试", "二试", "技能"} & set(subjects):
        return ("报名",)
    return () if actions == ("考试",) and not asks and _PLANS.search(text) else actions


_LATE = re.compile(
    r"(?:截止|结束|关闭|关)了(?:我|都)?(?:还能|还可以|能不能|可不可以)[^,。?!]{0,4}(?:传|改|换|补)|(?:结束|截止|截至|关闭|关|到期)了?(?:之|以)?后|(?<![核审能试])(?<!不是)(?<!已经)(?<!都)过了(?!没|吗|不|么)|超过|逾期|晚了|补[报缴交传]|等到\S{0,4}(?:结束|截止)"
)


def after_the_end(text: str) -> bool:
    """Whether the question is about the time after a window, not about now: 网报结束后还能换不."""
    return _LATE.search(text) is not None


def may_begin(text: str) -> bool:
    """Whether it is asked if something has begun that one waits for: 可以报名了吗, 怎么还不能交."""
    return _MAY_BEGIN.search(text) is not None


def presumes(text: str) -> str:
    """Which end of a window the question takes the day for (是 20 号开始吧): "开始", "截止", "期间" for no end of it, "" for none."""
    if not _PRESUMING.search(text) or STILL.search(text):
        return ""
    return (
        "开始"
        if re.search(r"开始|开放|开通|开|才", text)
        else "截止"
        if re.search(r"截止|结束|到期|关|最后|也是", text)
        else "期间"
        if re.search(r"是(?!不是)", text) and re.search(r"吧|对吗|对不对|没错", text)
        else ""
    )


def only_tells(text: str, item: Found) -> bool:
    """Whether a word of asking asks nothing: it says when something else is asked about (报名结束后材料还能改吗), or how a test went (综合差几分)."""
    undone = _UNDONE_THEN.search(text)
    if undone is not None and undone.start() <= item.start < undone.end():
        return True  # 到时间还没弄好呢
    lacked = item.word == "几分" and text[: item.start].endswith("差")
    return lacked or (item.word in _EDGES and _FROM_THERE.match(text, item.end) is not None)


def on_condition(text: str, item: Found) -> bool:
    """Whether a word of the clock asks for no clock: 审核过了才能交吗 for a rule, 审核结果咋查 过了没 for how it went."""
    went = item.word.startswith("过了") and _RESULT.search(text) is not None
    return went or _ONLY_THEN.search(text[: item.start]) is not None


def aside(text: str) -> str:
    """The aspect of a question whose words of time ask for no window: "钟点" (24时是4号晚上12点吗), "结果" (几天审完), "" for none."""
    return "钟点" if _HOUR.search(text) else "结果" if _REVIEW_TAKES.search(text) else ""


def asks_which_is_earlier(text: str) -> bool:
    """哪个先审核, which the days of both answer."""
    return _EARLIER.search(text) is not None


def asks_which_review(text: str) -> bool:
    """是现场还是线上: who has to go, which no day answers."""
    return (
        re.search(r"(?:现场|线上|网上|线下)(?:的|审核|审)?还是(?:在)?(?:现场|线上|网上|线下)", text)
        is not None
    )


def tells_score(text: str) -> bool:
    """我综合考了341: a mark is told, and what it is worth is asked."""
    return (
        re.search(r"考了?(?:个)?[1-6]?\d\d分?(?![\d号日月年天次个多])|(?<!\d)[1-6]?\d\d分(?!钟|之)", text)
        is not None
    )


def asks_order(text: str) -> bool:
    """先交钱还是先报名: what comes first, which the steps answer and no day."""
    return re.search(r"先[^,。?!先]{1,5}还是先", text) is not None


def is_a_job(text: str) -> bool:
    """Whether 军队文职 is what the candidate works as, and no exam: 我是军队文职人员."""
    return (
        re.search(
            r"文职(?:人员|医生|医师|岗位)|文职[^,。?!考招]{0,8}(?:传|审|确认|现役|材料|资料)|[是在当]\S{0,3}文职(?!考|招|报)",
            text,
        )
        is not None
    )


_WENT = re.compile(
    r"(?:考试|成绩|考)?(?:是|也|都|又|还|就|才|只|因为|我)*[^,。?!一二三]{0,3}?(?:过了?(?!没|不|吗)|通过|合格(?!线)|没|未|缺考|弃考|挂|不[及合]格|差)"
)
_LOST = re.compile(r"错过了?$|没赶上$|没报上?$|没考$")


def told_of(text: str, found: Sequence[Found], subjects: Sequence[str]) -> set[str]:
    """Those of `subjects` of which it is only told how they went, beside 二试 or after it: 技能过了综合没过，还能二试吗."""
    told: set[str] = set()
    asked: set[str] = set()
    for item in found:
        lost = _LOST.search(text[: item.start]) is not None
        for name in (tag.name for tag in item.tags if tag.kind == "科目"):
            went = _WENT.match(text, item.end) is not None
            (told if lost or went else asked).add(name)
    return told - asked if asked and "二试" in subjects else set()


def hands_in_papers(text: str, found: Sequence[Found]) -> bool:
    """Whether 交 is said of papers and not of money: 承诺书谁要交."""
    pays = [item for item in found if any(tag.name == "缴费" for tag in item.tags)]
    return all(item.word == "交" for item in pays) and bool(_PAPER.search(text)) and not _MONEY.search(text)


_PUT_OFF = re.compile(
    r"(?:今天|今晚|今儿|今日|现在)(?=[^,.;!?]{0,3}不[^,.;!?]{0,8}?[, ]*(?:明天|明早|明晚|明儿|后天))"
)
_INSTEAD = re.compile(
    r"(?:直接|只)[^,.;!?]{0,4}(?:现场|窗口|考点|报名点)[^,.;!?]{0,6}?(?:报|审|确认|补|交|办)|(?:现场|窗口)[^,.;!?]{0,4}补报"
)
_NO_ENTRY = re.compile(r"[没不未][^,.;!?考]{0,3}(?:网报|报|登记|提交)")
_MUST_GO = re.compile(
    r"(?:要|用|需要|必须|得)[^,.;!?几哪多]{0,4}去(?:吗|不|么|嘛|没|[\W]*$)|(?:要不要|用不用)[^,.;!?]{0,4}去"
)
_REGISTERED = re.compile(r"报(?:名|考)?(?:已经|都|也)?(?:提交|成功|完|好)(?:完)?(?:名)?(?:了|但|可是|[, ])")


def put_off(text: str) -> str:
    """`text` without the day on which something is not done, where another is asked about: 今晚不传明天传行不行."""
    return _PUT_OFF.sub(" ", text)


def of_no_day(text: str) -> bool:
    """Whether a rule is asked for, whatever days are named: 今晚没报上 能直接去现场报吗, 2月21到3月5 我要请假去吗."""
    return bool((_INSTEAD.search(text) and _NO_ENTRY.search(text)) or _MUST_GO.search(text))


def has_registered(text: str) -> bool:
    """Whether the registration is told of as done: 我报名提交了但是材料还没传."""
    return _REGISTERED.search(text) is not None


_DONE = re.compile(
    r"(?:都|也|已经|早就?|刚|终于)*(?:过|通过|完|好|成功|结束|搞定|交|缴)(?:完|好|成功)?了(?!没|吗|不|么|嘛|才|再|就|以后|之后|后|的?话)"
)


# 报名截止了还能传材料不: of the papers, after the registration
_CLOSED = re.compile(
    r"(?:时间|都|已经)*(?:截止|结束|关闭|关)了?(?:之后|以后|后)?(?=[^,。?!没吗]{0,4}(?:还能|能|可以|还可以)[^,。?!]{0,4}(?:传|交|改|换|审|补|缴))"
)


def done(text: str, found: Sequence[Found]) -> set[str]:
    """The actions that are told of as behind the candidate: of 审核过了 什么时候交钱 the review."""
    return {
        tag.name
        for item in found
        for tag in item.tags
        if tag.kind == "动作" and (_DONE.match(text, item.end) or _CLOSED.match(text, item.end))
    }


def years_meant(years: tuple[int, ...], audience: str | None, this_year: int) -> tuple[int, ...]:
    """`years` without the one in which a candidate passed 技能: 2023年技能过了，今年要考技能吗 asks of this year."""
    if audience != "上年技能合格" or not years:
        return years
    past = min(years)
    return tuple(year for year in years if year != past) if len(years) > 1 or past == this_year - 1 else years


def without_modifying(actions: tuple[str, ...], text: str, found: list[Found]) -> tuple[str, ...]:
    """`actions` without a 报名 that only says whose the next one is: 报名材料上传 is 上传, 报名和缴费 is both."""
    named = [item for item in found if any(tag.kind == "动作" for tag in item.tags)]
    for item, after in itertools.pairwise(named):
        between = text[item.end : after.start]
        if (
            any(tag.name == "报名" for tag in item.tags)
            and len(between) <= _CLOSE
            and not _AND.search(between)
        ):
            return tuple(action for action in actions if action != "报名") or actions
    return actions
