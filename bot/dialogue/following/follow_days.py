"""What a message after an answer asks of the days themselves: of that day, an hour, a day late, another year. Pure; see follow_up.py."""

from __future__ import annotations

import re

from bot.dialogue.asked import ON_A_DAY
from bot.dialogue.following.after_missed import BEFORE_FEES
from bot.dialogue.following.going_on import said
from bot.dialogue.following.half_review import REJECTED
from bot.dialogue.following.stands_for import FollowUp, Rule
from bot.dialogue.session import Topic
from bot.schedule.stages import FEES, REVIEWED, REVIEWS, SECOND
from bot.text.hours import hour_supposed
from bot.text.query import Query
from bot.text.replacing import replace
from bot.text.tense import WHICH_YEAR

_ON_THAT_DAY = re.compile(
    r"^[那, ]*(?:我)?(?:明天|后天|明早|明晚|(?:下下?个?|这个?|本)?(?:周|星期|礼拜)[一二三四五六日天]|(?:\d{1,2}月)?\d{1,2}[日号](?:[之以过]?后)?)(?:再|去|才)*(?:改|换|传|交|缴|报|审|补|去|弄|搞|办|整|填|来)?"
    r"(?:呢|(?:可以|行|能|来得及|要得|成)(?:不|吗|吧|么|嘛|行|得)*)\W*$"
)
_FEW = 2  # steps that the same hands may be at: the registration and its papers
_ON_SITE = ("现场审核",)  # the stage to which one goes
# 晚一天行不行
_A_DAY_LATE = re.compile(
    r"(?:^[那, ]*|[,， ])(?:我)?(?:就|要是|如果)?晚(?:个)?[一两][天日](?:行|可以|能|得行|要紧|没事)"
    r"|(?:能|可以|可不可以|能不能)[^,。?!]{0,3}晚(?:个)?[一两几](?:个)?[天日]"
)
# 今晚12点前都行哈
_BY_MIDNIGHT = re.compile(
    r"^[那, ]*(?:意思是|就是说|所以)?(?:今天|今晚|今儿)?(?:晚上|夜里|半夜)?(?:12|24|十二|二十四|零)[点时](?:钟)?[之以]?前[^,。?!]{0,4}(?:都|就)?(?:行|可以|来得及|没问题|能交|能报|ok)(?:的|吧|吗|哈|不|嘛|哇|啊)*\W*$"
    r"|^[那, ]*就?是(?:今天|今晚)(?:晚上|夜里)?(?:12|24|十二)[点时](?:截止)?(?:嘛|吧|哇|哈|是吧|对吧)[, ]*(?:我?没?(?:记|搞|弄)错)?(?:嘛|吧|哇|哈)?\W*$"
)
# 要是2027年考呢, after the days of the registration
_OF_YEAR = re.compile(
    r"^[那, ]*(?:要是|如果|我要是|假如|想)?(?:等到?)?(?:20)?\d\d年?(?:再|才)?(?:考|报)(?:的话)?(?:呢|的呢)\W*$"
)
_MAY_NOW = re.compile(r"^[那, ]*(?:现在|今天)?(?:是不是)?(?:可以|能|开|行)了(?:不|吗|没|么|嘛|哇)?\W*$")
_OTHER_YEARS = re.compile(
    r"^[那, ]*(?:你|您)?(?:就|帮我|给我)?(?:大概|大约|估计|一般|通常|猜)(?:是|都|在|一?下|一?个)*(?:什么时候|啥时候|几月份?|几号|好久|哪个月)?(?:呢|吧|嘛)?[, ]*(?:估(?:计)?(?:一?个|一?下)?)?\W*$|^[那, ]*(?:参考)?(?:往年|以前|以往|历年|前几年)的?(?:呢|一般|大概|都)*(?:是)?(?:什么时候|啥时候|几号|好久|几月份?)?(?:呢|嘛)?\W*$|^(?:往年|历年)[^?]{0,14}(?:对不对?|是不是|吗|对吧)\W*$"
)
# 和去年一样不, 比24年晚多少天
_THAN_THEN = re.compile(
    r"^[那, ]*(?:今年|这次|时间|日期)?(?:是|是不是|也)?(?:跟|和|与|同|比|较)(?:去年|上一?年|前年|(?:20)?\d\d年)的?(?:时间|日期)?(?:相?比)?(?:是|是不是|有)?"
    r"(?:一样|相同|同一天|差不多|区别|变化|早|晚)[^,。?!]{0,6}(?:吗|不|么|嘛|没|天|些|好多|多少)*\W*$"
)
# 多少钱 … 重庆也是这几天?
_SAME_DAYS = re.compile(r"(?:也|都|是不是|不)(?:是|在)?[这那](?:几天|个时间|个时候|时候|段时间|会儿)")
# 那我只能2027再考 2027几号报名
_AGAIN_THEN = re.compile(
    r"(?:只能|只有|只好|等|重新|明年)[^?!]{0,8}再?[考报][^?!]{0,8}(?:几号|什么时候|啥时候|好久|哪天)[^,。?!]{0,3}报"
    r"|下一?次(?:机会|考试)?(?:是|要)?(?:等到?)?(?:几号|什么时候|啥时候|好久|哪天|哪年)"
)
_HOUR = "钟点"  # entry
_OF_ASKING = frozenset({"咨询", "咨询电话"})  # entries
_MONTH_HEARD = re.compile(
    r"(?:说|讲|听)[^,。?!]{0,4}(?:[1-9]|1[0-2]|[一二三四五六七八九])月份?[^,。?!]{0,4}(?:交|缴)"
)
_SAYS = re.compile(
    r"(?:机构|群里|群头|同事|同学|老师|朋友|他们?|她们?|有人|网上|领导|主任|听)(?:都|也|跟我|给我)?说"
)
_ANEW = re.compile(r"从头|重新|又要|又得")  # 那明年我是不是又要从头报名: whether, and not when
_OF_NOTICES = frozenset({"报名公告", "收录范围"})  # entries
OF_MONEY = re.compile(r"[费钱款缴付]")


def _that_day(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """明天改呢, after what may be done until when: whether one may on that day."""
    then = ON_A_DAY.search(query.text) and not (query.subjects or query.sent_back)
    last = re.split(r"[,。?! ]", query.text.rstrip("?!。 "))[-1]  # 我明天值班去不到 后天行不行
    on_it = _ON_THAT_DAY.match(query.text) or _ON_THAT_DAY.match(last)
    if query.day is None or not (then or on_it):
        return None
    if before.entry == REJECTED and before.day is not None and not query.stages:
        return FollowUp(
            replace(before, day=topic.day), fixed=True
        )  # 明天还能补材料不 … 那21号呢: on the net and on site
    bare = set(query.stages) == FEES and not OF_MONEY.search(query.text)  # 明天交, of what was spoken of
    second_fee = set(before.stages) <= SECOND and bool(before.stages) and query.actions == ("缴费",)
    if then and query.stages and not (bare or second_fee) and not set(before.stages) & set(query.stages):
        return None
    most = _FEW if then or set(before.stages) <= REVIEWED else 1
    stages = before.stages if len(before.stages) <= most else _ON_SITE if "去" in query.text else ()
    if second_fee:
        stages = ("二试缴费",)  # 二试缴费付不起 … 能不能明天缴
    if not stages:
        return None
    if then and set(stages) <= {"网上报名", "材料上传"} and "传" in query.text:
        stages = ("材料上传",)  # 还能报名不 … 材料可以明天再传吗
    core = f"{said(stages[0])}{topic.core}"
    return FollowUp(Topic(core=core, stages=stages, asks=("时间",), day=topic.day, verdict=True))


def _hour_too(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """8点准时吗, after the days of one step: the same, for the hour."""
    if len(before.stages) != 1 or query.stages or query.subjects or hour_supposed(query.text) is None:
        return None
    core = f"{said(before.stages[0])}{topic.core}"
    return FollowUp(Topic(core=core, stages=before.stages, asks=("时间",), year=before.year, day=topic.day))


def _a_day_late(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """晚一天行不行, after the days of one step: it is until its last day."""
    if len(before.stages) != 1 or not _A_DAY_LATE.search(query.text):
        return None
    core = f"{said(before.stages[0])}{topic.core}"
    return FollowUp(Topic(core=core, stages=before.stages, asks=("时间",), year=before.year, verdict=True))


def _by_midnight(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """今晚12点前都行哈, after what is due: whether one may, as of now."""
    stages = before.stages or before.spoken  # 传不上去 … 就是今晚12点嘛
    if not stages or not _BY_MIDNIGHT.match(query.text):
        return None
    core = f"{said(stages[0])}{topic.core}"
    return FollowUp(Topic(core=core, stages=stages, asks=("时间",), year=before.year, verdict=True))


def _may_now(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """可以了不, after the days of one step: as of now."""
    of_days = {"时间", "是否"} & set(before.asks)
    if not of_days or len(before.stages) != 1 or not _MAY_NOW.match(query.text):
        return None
    core = f"{said(before.stages[0])}{topic.core}"
    return FollowUp(Topic(core=core, stages=before.stages, asks=("是否",), year=before.year, verdict=True))


def _other_years(query: Query, _topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """往年呢, after days, as a rule of a year that is not on file: the newest that is."""
    if not before.stages or not _OTHER_YEARS.match(query.text):
        return None
    core = f"{said(before.stages[0])}什么时候"
    return FollowUp(Topic(core=core, stages=before.stages, asks=("时间",)))


def _of_year(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """要是2027年考呢: what was spoken of, in that year."""
    if len(query.years) != 1 or not before.stages or not _OF_YEAR.match(query.text):
        return None
    return FollowUp(replace(before, year=query.years[0], core=before.core, day=None, presumes=""))


def _than_then(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """和去年一样不, 比去年晚好多天, after days: both years', side by side."""
    of_days = bool(before.stages) and "时间" in before.asks
    if not of_days or len(query.years) != 1 or query.stages or not _THAN_THEN.match(query.text):
        return None
    then = query.years[0]
    year = None if before.year == then else before.year
    both = replace(before, year=year, more_years=(then,), day=None, presumes="", put=(), verdict=False)
    return FollowUp(both, fixed=bool(before.entry))


def _same_days(query: Query, topic: Topic, before: Topic, named: bool) -> FollowUp | None:
    """多少钱 … 重庆也是这几天?: the days there, of what was spoken of."""
    of_days = "时间" in before.asks or before.verdict
    other_day = query.day is not None and "也是" in query.text and (before.entry == _HOUR or not of_days)
    same = _SAME_DAYS.search(query.text) is not None or other_day
    if not (named and before.stages and not query.stages and same):
        return None
    # 四川现场审核没去成 … 重庆那边也是今天截止吗: of its review, which is another
    stages = REVIEWS if other_day and before.stages == _ON_SITE and not query.region.place else before.stages
    core = f"{said(stages[0])}什么时候"
    own = Topic(core=core, stages=stages, asks=("时间",), year=topic.year or before.year)
    return FollowUp(replace(own, day=topic.day, presumes=query.presumes) if other_day else own)


def _by_hearsay(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """听说1月29开始, 几号开始, after 公告出了没: of the registration, or of what was spoken of."""
    when = not query.content and "时间" in query.asks and "公告" not in query.text
    if before.entry not in _OF_NOTICES or not (query.presumes or when) or query.stages or query.subjects:
        return None
    spoken = before.stages or ("网上报名",)  # 重庆缴费到好久 … 去哪看 … 四川的又是好久
    core = f"{said(spoken[0])}{topic.core}"
    return FollowUp(replace(topic, core=core, stages=spoken, asks=("时间",), year=topic.year))


def _is_it_then(query: Query, topic: Topic, before: Topic, named: bool) -> FollowUp | None:
    """重庆好久缴费 … 我问哪个 … 是不是和四川一样4月5号: of the days still."""
    asks = before.entry in _OF_ASKING and before.stages and query.day is not None
    if not asks or query.stages or query.subjects:
        return None
    core = f"{said(before.stages[0])}{topic.core}"
    own = Topic(core=core, stages=before.stages, asks=("时间",), year=topic.year, day=topic.day)
    return FollowUp(replace(own, presumes=query.presumes))


def _heard_of_a_month(query: Query, _topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """重庆好久交钱 … 同事说4月就要交: the same again, which says what is on file."""
    fees = bool(before.stages) and set(before.stages) <= FEES and "时间" in before.asks
    heard = _MONTH_HEARD.search(query.text) is not None and not (query.subjects or query.day)
    return FollowUp(before, fixed=True) if fees and heard and before.entry else None


def _there_then(query: Query, topic: Topic, before: Topic, named: bool) -> FollowUp | None:
    """重庆缴费时间 … 哪里有 … 那四川呢: of the days still."""
    notices = "公告" in query.text or "通知" in query.text  # 四川26年的公告有没得
    if notices or not (named and query.is_bare and before.entry in _OF_NOTICES and before.stages):
        return None
    core = f"{said(before.stages[0])}什么时候"
    return FollowUp(Topic(core=core, stages=before.stages, asks=("时间",), year=topic.year))


def _next_year(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """那明年啥子时候, after something was missed or is over; 那要等明年1月报?, after 二试: the next registration."""
    spoken = set(before.stages)
    when = set(query.asks) == {"时间"} and not (query.stages or query.subjects)
    asks = when and bool(spoken & BEFORE_FEES)
    waits = bool(spoken) and spoken <= SECOND and ("等明年" in query.text or query.actions == ("报名",))
    again = spoken <= SECOND and bool(spoken) and _AGAIN_THEN.search(query.text) and len(query.years) == 1
    if not again and ("明年" not in query.text or len(query.years) != 1 or _ANEW.search(query.text)):
        return None
    if not (again or asks or (waits and set(query.stages) <= {"网上报名"})):
        return None
    return FollowUp(
        Topic(core=f"报名{topic.core}", stages=("网上报名",), asks=("时间",), year=query.years[0])
    )


def _which_year(query: Query, topic: Topic, before: Topic, _named: bool) -> FollowUp | None:
    """我看成2月21了 那是哪年的, after what was missed: the days, and in which year that was one of theirs."""
    asked = query.day is not None and WHICH_YEAR.search(query.text) is not None
    if not asked or not before.stages or query.stages or query.subjects:
        return None
    core = f"{said(before.stages[0])}{topic.core}"
    own = Topic(core=core, stages=before.stages, asks=("时间",), day=topic.day, presumes=topic.presumes)
    return FollowUp(own)


def _is_told(query: Query, topic: Topic, before: Topic, named: bool) -> FollowUp | None:
    """机构说1月22到2月4, after the days of a step: whether it is so."""
    of_days = bool(before.stages) and "时间" in before.asks
    told = query.day is not None and query.presumes and _SAYS.search(query.text) is not None
    if not (of_days and told) or named or query.stages or query.subjects:
        return None
    core = f"{said(before.stages[0])}{topic.core}"
    own = replace(topic, core=core, stages=before.stages, asks=("时间",), year=topic.year or before.year)
    return FollowUp(own)


RULES: tuple[Rule, ...] = (
    _which_year,
    _is_told,
    _that_day,
    _hour_too,
    _a_day_late,
    _by_midnight,
    _may_now,
    _other_years,
    _of_year,
    _than_then,
    _same_days,
    _next_year,
    _by_hearsay,
    _there_then,
    _is_it_then,
    _heard_of_a_month,
)
