"""What no list of words can hold: how the words of a sentence bear on each other. Pure."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from bot.text.scan import Found
from bot.text.tense import STILL

_CLOSE = 3  # characters between a word and the one it modifies
_AND = re.compile(r"[和跟与及、,到还 ]")
_EARLIER = re.compile(r"哪[个边里头]更?[先早]|谁更?[先早]|[先早]的是哪|先后")
_PAPER = re.compile(
    r"材料|资料|证件|原件|复印件|承诺书|通知单|证明|身份证|毕业证|学位证|资格证|执业证|合同|表格"
)
_MONEY = re.compile(r"费|钱|款|[缴付]")
_ON_SITE = re.compile(r"现场[去来]?(?:[交递送](?!费|钱|款)|提交)")
_SENT_BACK = re.compile(r"驳|打回|打下|打转|退回|退了?回来|退转|踢回|弹回|毙|拒|解锁|退回材料")
_REVIEWED = re.compile(r"审|材料|资料")
_TO_SEND_AGAIN = re.compile(
    r"(?:让|叫|喊|通知|要求|要)我?们?(?:再|还要)?(?:重新?传|重新上传|重新提交|重交|补传|补材料|补资料|再传一[遍次])(?!吗|不|么)"
    r"|(?:考点|审核|老师|报名点|卫健委|卫健局)[^,。?!]{0,6}(?:打电话|来电|发短信|通知|给我打)[^?!]{0,30}(?:让|叫|喊|要)我?们?(?:再|赶紧|重新|去)*(?:补|改|重传)"
)

# 材料被退了 说照片歪了
_PAPERS_BACK = re.compile(
    r"(?:材料|资料|照片|图片?|证明|毕业证|执业证)[^,。?!]{0,3}[被遭给挨]退(?!费|钱|款|役)了?"
)
# 线上审核说我资料不清晰
_SAYS_UNFIT = re.compile(
    r"(?:线上审核?|网审|审核|考点|报名点)[^,。?!]{0,4}说[^,。?!]{0,6}(?:不清|模糊|不合格|不完整|不全|不规范|有问题)"
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
    told = _PAPERS_BACK.search(text) or _TO_SEND_AGAIN.search(text) or _SAYS_UNFIT.search(text)
    return came_back or not_passed or mends or told is not None


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


# 云阳嘞, 直接交钱迈: the particles of a dialect, at the end of a clause, say what 呢 and 吗 do.
_PARTICLE = re.compile(r"(?:[嘞咧喃]|(?<![弥疏巴呼库敖])勒)(?=[\s?!。~,]|$)")
_ASKING = re.compile(r"(?<![年豪老])迈(?=[\s?!。~,]*$)")
_TOLD_WHERE = re.compile(
    r"^\W*我(?:们)?(?:是)?(?:在)?报的(?:是|名)?\s"
)  # 我报的四川 材料被打回来了, without its place
_FOR_LEVEL = re.compile(
    r"(?:助理|大专|专科)[^,。?!]{0,3}(?:考|升)执业[^,。?!]{0,4}(?:带|交|准备|材料|资料)"
    r"|(?:带|交|准备|材料|资料)[^?!]{0,10}[, ](?:助理|大专|专科)[^,。?!]{0,3}(?:考|升)执业\W*$"
)  # 助理考执业要带啥子: of the papers


_WHERE = re.compile(r"(?:传|交|查|看|打印|打|下载|填)(?:到|在|去)?哪(?:里|儿|边)?(?:啊|呀|嘛|呢|哦)?\W*$")


def asks_where(text: str) -> bool:
    """Whether the place is asked for by one character at the end: 材料传哪."""
    return _WHERE.search(text) is not None


# 打算明年考,现在该干嘛: of the plan only its year counts
_PLAN_FIRST = re.compile(
    r"^(?:我|俺)?(?:是)?(?:打算|准备|想|计划|要)(今年|明年|后年|20\d\d年)?(?:第一次|首次)?(?:去|参加|报)*考[^,。?!\s]{0,6}[, ]+(?=(?:我|那)*(?:现在|目前|接下来|该|应该|要))"
)
# 她要考医师: says who speaks, and asks nothing
_ONLY_SITS = re.compile(
    r"(?:要|想|准备|打算)(?:去|参加|报)*考(?:个)?(?:医师|执医|执业|助理|医生|这个)(?:证|资格|考试|医师)*(?:的|了)?\W*$"
)


# 技能多久缴, 多久考试: a dialect's when; 毕业多久能报, 审核要多久 ask how long
_WHEN_THERE = re.compile(
    r"(?<![业干做满作践核审学习班年完了过要得隔差等证后])多久(?=(?:可以|能|才|去|要)?(?:[交缴付考]|报(?!告)|审(?!完|核完)|网报|开始|截止|打印))"
)


# 群里传1月20号开始, 群里说2025改成2月了: said, and nothing is uploaded or corrected
_RUMOUR = re.compile(
    r"(?:(?<=群里)(?:都|在|有人)*|(?<=大家|网上|外面|到处)(?:都在|在|都|有人))传(?!\W*$)(?![材资照图上给])"
)
_MOVED_TO = re.compile(r"(?<=[\d年名])改(?:成|到|在|为)了?(?=\d{1,2}[月.])")


# chong庆: half typed by sound
_HALF_SPELT = (
    (re.compile(r"(?:ch|zh|c|z)ong ?庆|重 ?qing", re.IGNORECASE), "重庆"),
    (re.compile(r"s[hi]?i? ?川|四 ?chuan", re.IGNORECASE), "四川"),
)


def standard(text: str) -> str:
    """`text` with the standard particles for those of a dialect, and without a plan that goes before the question."""
    for written, name in _HALF_SPELT:
        text = written.sub(name, text)
    text = _RUMOUR.sub("说", _MOVED_TO.sub("是", text))
    plain = _WHEN_THERE.sub("好久", _PARTICLE.sub("呢", _ASKING.sub("吗", text)))
    return _PLAN_FIRST.sub(lambda found: f"{found[1] or ''} ", plain).strip() if "考" in plain else plain


def meant(text: str, actions: tuple[str, ...], subjects: Sequence[str], asks: bool) -> tuple[str, ...]:
    """The actions that are asked about: of 能不能直接去现场审核补报 the registration, of 我打算考执业助理 none.

    Args:
        asks: whether anything is asked, or no level is named; else a plan to sit the exam says only who speaks.
    """
    if _REGISTERS_LATE.search(text) and not {"一试", "二试", "技能"} & set(subjects):
        return ("报名",)
    if _TOLD_WHERE.match(text):
        actions = tuple(action for action in actions if action != "报名")
    if actions == ("考试",) and _FOR_LEVEL.search(text) and not subjects:
        return ()
    if actions == ("考试",) and not subjects and _ONLY_SITS.search(text):
        return ()
    return () if actions == ("考试",) and not asks and _PLANS.search(text) else actions


def asks_which_is_earlier(text: str) -> bool:
    """哪个先审核, which the days of both answer."""
    return _EARLIER.search(text) is not None


def asks_which_review(text: str) -> bool:
    """是现场还是线上, 我是部队的 也是线上审?: who has to go, which no day answers."""
    return (
        re.search(
            r"(?:现场|线上|网上|线下)(?:的|审核|审)?还是(?:在)?(?:现场|线上|网上|线下)"
            r"|(?:我|部队|军人|现役)[^,。?!]{0,6}?[, ]*也是?(?:在)?(?:现场|线上|网上|线下)(?:审核|审)?的?(?:吗|么|不|嘛|吧|\?|$)",
            text,
        )
        is not None
    )


def tells_score(text: str) -> bool:
    """我综合考了341: a mark is told, and what it is worth is asked."""
    return (
        re.search(
            r"考了?(?:个)?[1-6]?\d\d分?(?![\d号日月年天次个多])|(?<!\d)[1-6]?\d\d分(?!钟|之)|(?<!\d)[1-6]\d\d(?=没考?过|过了?没)"
            r"|(?:综合|笔试|一试|总分|助理呢?|执业呢?)[ ,]?[1-6]\d\d(?![\d号日月年天次个多点块元])",
            text,
        )
        is not None
    )


def asks_order(text: str) -> bool:
    """先交钱还是先报名: what comes first, which the steps answer and no day."""
    return re.search(r"先[^,。?!先]{1,5}还是先", text) is not None


_PAYS_WITH = frozenset({"银行卡", "信用卡", "花呗"})
# what keeps one from going to the review, and is asked about by nobody who names it beside one
_KEEPS_AWAY = frozenset({
    "下雨", "下雪", "降温", "天气", "火车票", "机票", "地铁", "公交", "航班", "高速费", "过路费", "看病", "门诊", "挂号", "核酸", "抗原", "疫苗", "结婚", "离婚", "婚礼",
    "报警", "交警", "交通事故", "快递", "停车场", "停车位", "网约车", "滴滴",
})  # fmt: skip


def by_the_way(
    names: Sequence[str], actions: Sequence[str], subjects: Sequence[str], asks: Sequence[str]
) -> bool:
    """Whether what lies off our topic is only what one pays with (银行卡一直失败 明天交行不行), or what kept one away (下雪路封了 没去成现场确认)."""
    if "缴费" in actions and set(names) <= _PAYS_WITH:
        return True
    ours = bool(subjects or {"现场审核", "审核"} & set(actions) or (actions and "错过" in asks))
    return ours and set(names) <= _KEEPS_AWAY


_THEN_REGISTERS = re.compile(r"(?:二试|两试)[^,。?!]{0,3}(?:考完|结束|完)了?(?=[^?!]{0,12}报名?)")


def is_behind(text: str) -> bool:
    """Whether 二试 is told of as over, and the next registration asked about: 二试考完了 明年报名啥时候."""
    return _THEN_REGISTERS.search(text) is not None


def counts_years(text: str) -> bool:
    """Whether 年审 in it is no word: 这三年审核都几号."""
    return re.search(r"[一二三四五两几0-9\d过]年审核?", text) is not None


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
_PASSED = re.compile(r"(?:技能|实操|操作)(?:考试)?(?:已经|都|我)*考?(?:过|通过|合格)了(?!没|不|吗)")
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
    passed = told == {"技能"} and asked == {"一试"} and _PASSED.search(text)  # 技能过了嘛 综合的钱啥时候交
    of_the_other = "二试" in subjects or passed
    return told - asked if asked and of_the_other else set()


def hands_in_papers(text: str, found: Sequence[Found]) -> bool:
    """Whether 交 is said of papers and not of money: 承诺书谁要交."""
    pays = [item for item in found if any(tag.name == "缴费" for tag in item.tags)]
    return all(item.word == "交" for item in pays) and bool(_PAPER.search(text)) and not _MONEY.search(text)


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
