"""What a question asks for beyond the names of its slots: a time, an end, how a test went. Pure."""

from __future__ import annotations

import re

from bot.dialogue.ask import Ask
from bot.schedule.stages import FEES, SECOND
from bot.text.query import Query
from bot.text.sentence import tells_score

# Characters beside our own words at which 四川技能缴费 still is a keyword, and asks for the time.
A_KEYWORD = 1
# Words of ours that are no keyword's: 我当兵的传不传资料 and 填完就等考试了对不 ask something, only not for a time.
_A_SENTENCE = re.compile(r"不|(?<!了)没|有(?!了)|好多|多少|就|才|免|[完过]|谁|还|人")
# 明早8点再交行不, 明天传来得及不
_DO_ON_A_DAY = (
    r"(?:今晚|今天|明天|明早|明晚|明儿|后天|\d{1,2}[号日])(?:早上|上午|中午|下午|晚上|早|晚)?(?:\d{1,2}点(?:钟|半)?)?(?:[之以]?前)?(?:我|再|才|去|就|来|补|重新|接着|继续)*"
    r"(?:上传|提交|缴费|交费|报名|确认|过去|传|交|缴|付|报|审|弄|补|整|搞|办|填|去)(?:的话|费|钱|完|好)?"
    r"(?:还|也|就|都)?(?:不行|不可以|不能|来不及|晚了|可不可以|能不能|行不行|来不来得及|来得及|可以|得行|要得|能行|行|能|成|晚)(?:不行|不可以|不|吗|么|嘛|没|吧|哇|了|啊)*\W*$"
)
ON_A_DAY = re.compile(
    rf"{_DO_ON_A_DAY}"
    # 材料可以明天再传吗
    r"|(?:可不可以|能不能|可以|能)(?:等|等到|拖到|留到)?(?:今晚|明天|明早|明晚|明儿|后天|\d{1,2}[号日])(?:早上|上午|中午|下午|晚上|早|晚)?(?:再|才|去)?(?:上传|提交|缴费|交费|报名|传|交|缴|付|报|弄|补)(?:吗|不|么|嘛)?\W*$"
    # …我现在去报还来不来得及啊
    r"|(?:现在|今天|今晚|这会儿|明天)(?:再|才|去|来|赶紧)*(?:上传|提交|缴费|交费|报名|传|交|缴|付|报|弄|补)[^,。?!]{0,3}(?:来不来得及|来得及|晚不晚)(?:吗|不|么|嘛|啊|呀|了)*\W*$"
)
# 技能合格了, 技能没过呢: how it went, which the day of the test answers for nobody.
RESULT = re.compile(r"过了|没过|不过|合格|通过|挂了|差\d*分")
FAILED_AGAIN = re.compile(
    r"又没(?:考)?过|没考过|考试没过|又差|还是没过|成绩[^,。?!审]{0,6}没(?:考)?过"
)  # of the tests, whichever
_ENDS = re.compile(
    r"截止|截至|到期|最后一天|还没到时间|还[有剩](?:好久|多久|多长时间)\W*$|还[有剩](?:一个多|大半个|半个?|几|\d+|[一二两三四五六七八九十]+)?个?多?(?:分钟|小时|钟头)(?:了|啊|呀|嘛)*\W*$|到时间了(?:没|吗|么|不)|还[有剩]几天|还有多少天|还有好多天|还有(?:几|半|\d+|[一二两三五十]+)个?(?:分钟|小时|钟头|半小时)[^,。?!]{0,6}(?:关|截止|结束)"
    r"|(?:几号|几月|哪天|哪一天|好久|多久|[什啥]么?时候|几时)(?:之?前|起|就|要|得|才)?(?:开始|[弄办搞做整][好完]?)"
)
_CLOSING_HOUR = re.compile(
    r"几点[^,。?!开]{0,4}(?:截止|截至|关|结束|停|完)|(?:截止|截至|关|结束)[^,。?!开]{0,4}几点"
)
# 就是明天8点嘛; 12 and 24 are the end of a day
_NAMED_HOUR = re.compile(
    r"(?<![\d一二三四五六七八九十过])(?:[1-9]|1[013-9]|[一二两三四五六七八九十])点(?![\d击过])[^,。?!]{0,6}(?:嘛|吧|吗|么|哇|哈|对不对|开始|开门)\W*$"
)
HAS_ENDED = re.compile(r"(?:截止|截至|到期)了")
_SIT = re.compile(r"(?:要|用|需要|直接|再|还|重新)考")
_HAS_TO = re.compile(
    r"(?:要|用|需要|必须|再|重新|还)(?:去|再|重新|网上|上网)*(?:报名|网报|报|登记)(?!什么|啥|哪)"
)
_HAS_TO_PAY = re.compile(
    r"(?:要|用|需要|必须|还|再)(?:去|再|给|先)*[交缴付](?!什么|啥|哪|多少|几)|([交缴付])不\1|免[交缴]"
)
_WHICH_FEE = re.compile(
    r"[交缴付](?:什么|啥子?|哪[个笔样份些])(?:费|钱|的)?(?:呢|啊|嘛|哦)?\W*$|没[交缴]了?[^,。?!]{0,2}(?:没事|要不要紧|要紧|没关系|有影响|有事)"
)
TESTS = frozenset({"技能考试", "一试考试"})
_CHANGES = re.compile(r"[改换]|重新?传")


def asks_time(ask: Ask) -> bool:
    """Whether a time is asked for. A stage with no aspect asks for its time when it is a keyword (四川技能缴费) or goes on from a question."""
    if says_time(ask):
        return True
    keyword = (
        ask.query.uncovered <= A_KEYWORD
        and not ask.query.comparison
        and not _A_SENTENCE.search(ask.query.core)
    )
    return not (ask.topic.asks or RESULT.search(ask.topic.core)) and (keyword or ask.resumed)


def says_time(ask: Ask) -> bool:
    """Whether the clock is asked: for a time, on a day, or whether one still can."""
    # 昨天忘了交 asks what now, 今天去现场带啥 what to bring
    on_a_day = ask.topic.day is not None and not {"错过", "材料", "费用"} & set(ask.topic.asks)
    clocked = (ask.topic.verdict or on_a_day) and "分数" not in ask.topic.asks  # 180分是过了吗
    # 还能改吗 after 材料上传: whether it may be changed, which is a rule and no window
    return (clocked and not _CHANGES.search(ask.query.core)) or "时间" in ask.topic.asks


def of_a_day(ask: Ask) -> bool:
    """Whether the question comes down to whether something can be done on a day, whatever else is told: 图片还没拍完,明天传行不行."""
    clocked = ask.topic.verdict or ask.topic.day is not None
    return clocked and not ask.past_upload and ON_A_DAY.search(ask.query.text) is not None


def tells_mark(ask: Ask) -> bool:
    """Whether a mark is told to hear what it is worth: 我综合考了341 还有机会吗."""
    of_marks = set(ask.topic.asks) <= {"分数", "是否"} and tells_score(ask.query.core)
    # 综合差12分 今年还用报名不, 我329 能报二试不: of what follows
    return of_marks and not {"网上报名", *SECOND} & set(ask.topic.stages)


def must_register(ask: Ask) -> bool:
    """Whether it is asked if one has to register, not when or how: 那我今年还要报名吗."""
    topic = ask.topic
    whether = topic.stages == ("网上报名",) and "是否" in topic.asks and set(topic.asks) <= {"是否", "条件"}
    return whether and not topic.verdict and topic.day is None and _HAS_TO.search(ask.query.text) is not None


def must_pay(ask: Ask) -> bool:
    """Whether it is asked if one has to pay for 技能, not when or how: 技能费还交不交, 我要缴费吗."""
    topic = ask.topic
    whether = "技能缴费" in topic.stages and set(topic.stages) <= FEES and set(topic.asks) <= {"是否", "条件"}
    return (
        whether and not topic.verdict and topic.day is None and _HAS_TO_PAY.search(ask.query.text) is not None
    )


def which_fee(ask: Ask) -> bool:
    """Whether it is asked which of the fees is left to pay: 那我还交啥."""
    fees = bool(ask.topic.stages) and set(ask.topic.stages) <= FEES
    return fees and not ask.topic.verdict and _WHICH_FEE.search(ask.query.text) is not None


def asks_its_end(ask: Ask) -> bool:
    """Whether nothing is asked but until when, of what is not said: 到哪天之前能改."""
    query = ask.query
    named = query.stages or query.subjects or query.years or ask.content or query.region.asked
    return "时间" in query.asks and set(query.asks) <= {"时间", "是否"} and not named


def wants_more(ask: Ask) -> bool:
    """Whether a question about the tests asks for more than whether this candidate has to sit them (今年要考技能不)."""
    return bool(set(ask.topic.asks) - {"是否", "条件"}) or not (
        _SIT.search(ask.query.text) or RESULT.search(ask.topic.core)
    )


_SAME_TOO = re.compile(
    r"(?:也|都|跟|和|是不是|一起)[^,。?!]{0,6}(?:一样|同样|相同|一个时间|这个时间|这个时候|这时候|那时候|这会儿|这几天|那几天|同时)|一样(?:吗|不|么|嘛)"
)


_OF_RULES = re.compile(r"规定|政策|要求|办法|流程|步骤|程序|材料|资料")


def both_levels(query: Query) -> bool:
    """助理也一样吗, 技能免试的也是这个时间?: whether the days that are told are those of this level, or this kind, too."""
    said = bool(query.level or query.audience or query.names_status) and not query.region.asked
    return said and _SAME_TOO.search(query.text) is not None and not _OF_RULES.search(query.text)


_LAST_DAY = re.compile(
    r"(?:今[天晚日儿]|明[天晚日儿])(?:都|就|已经)?(?:是不是|是)?(?:就是|都是)?最后一[天晚]"
)  # 卧槽今天最后一天?
_NOT_YET = re.compile(
    r"最后一天[^,。?!]{0,3}[,。?! ]+我?还没(?:提交|报|交|传|填)"
)  # 今天是不是最后一天 我还没提交


_BY_WHEN = re.compile(
    r"(?:好久|几号|什么时候|啥时候|哪天|几时|何时|几月几[号日])(?:才|就|是)?(?:报名|缴费|审核)?(?:截止|结束|关)|(?:截止|结束)(?:是|到|时间|日期|在)*(?:好久|几号|什么时候|啥时候|哪天|几时)?(?:呢|嘛|啊)?\W*$"
    r"|(?:到|至)(?:好久|几号|什么时候|啥时候|哪天|几时)|最后一天(?:是)?(?:好久|几号|哪天)|(?:最晚|最迟)"
)


_FROM_WHEN = re.compile(r"(?:好久|几号|什么时候|啥时候|哪天|几时)[^,。?!到]{0,2}到")  # 几号到几号


def asks_by_when(text: str) -> bool:
    """Whether it is asked until when: 好久截止, 到几号."""
    return _BY_WHEN.search(text) is not None and "开始" not in text and not _FROM_WHEN.search(text)


def only_ends(ask: Ask) -> bool:
    """今晚几点截止, 明天最后一天?: an end is asked for, and of what is not said."""
    query, topic = ask.query, ask.topic
    # 今天是不是最后一天: nothing in it is of anything else
    bare = query.uncovered <= A_KEYWORD and not ask.content
    closing = re.search(r"还有[^,。?!]{1,8}(?:关|截止|结束)", topic.core) is not None
    ours = (
        closing
        or ask.talking
        or ask.named
        or query.own_exam
        or bare
        or _NOT_YET.search(query.text) is not None
        or _LAST_DAY.search(query.text) is not None
    )
    asks = set(topic.asks) <= {"时间", "是否"} and _ENDS.search(topic.core) is not None
    return bool(ours and asks and not (topic.stages or query.subjects or query.modifiers))


def hour_asked(text: str) -> str:
    """Of which end of a window the hour is asked for: "截止" (几点截止), "开始" for both (几点开始, 几点交费, 8点开始吧), "" where none is."""
    if "几点" not in text:
        return "开始" if _NAMED_HOUR.search(text) else ""
    return "截止" if _CLOSING_HOUR.search(text) else "开始"
