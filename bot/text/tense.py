"""When the thing a message speaks of is: begun or not, over, put off, told of as done, or no matter of a day at all. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.text.scan import Found

STILL = re.compile(r"还(?!剩|有[几多])|(?<!技)能|可以|来得及|来不及")

# 可以报名了吗, and 怎么还不能交 of who waits for it: asked of the clock, never of a rule.
_MAY_BEGIN = re.compile(
    r"(?:能|可以|让)(?:上网|网上|进系统|登录|进去)?(?:报名|网报|报考|报|登记|填报|缴费|交费|缴钱|交钱|缴|交|付款|付费|上传|传|现场确认|现场审核|审核)了(?:吗|么|不|没|嘛)"
    r"|现在(?:就)?(?:是)?(?:该|要)?[交缴付报传][^,。?!]{0,6}(?:对不对?|对吧|是吧|是不是)\W*$"  # 现在交综合的钱对不
    r"|(?:昨天|前天|今天|现在|已经)就?(?:能|可以)(?:上网)?(?:报名|网报|报考|报|登记|填报|缴费|交费|缴|交|付款|上传|传)了"
    r"|(?:怎么|咋个?|为什么|为啥|啥子?|什么)?还(?:不能|不可以|没开|交不了|缴不了|报不了|传不了|付不了)(?!考|过)"
)
_PRESUMING = re.compile(
    r"(?:开始|截止|结束|最后一天|最后一晚)[^,。?!吗么没不啥什几哪]{0,6}了?\s*\?|是不是|会不会也是|对吗|对不对|对吧|没错|吗\W*$|吧\W*$|[哇哈]\W*$|(?:开始|截止|结束|关|完)了?(?:的)?[撒噻啊呀咯嘛哦嗦]\W*$|(?<![\s日号])到\s+(?:的)?[撒噻嘛嗦]\W*$|不是(?![, ])|也是[^,。?!吗么没不啥什几哪]{0,6}\?|就是[^,。?!吗么几哪啥]{2,12}嘛\W*$"
)
_EDGES = frozenset({"开始", "结束", "截止", "截至", "关闭", "到期"})
_FROM_THERE = re.compile(r"了?(?:之|以)?[前后](?!几|多|好|哪)")
_HOUR = re.compile(
    r"(?:24|二十四)[时点][^,。?!]{0,6}?(?:是|指|算|等于)[^,。?!]{0,14}?(?:晚上|夜里|半夜|凌晨|哪天|哪一天|12点|十二点|[0零]点|当天|第二天)"
    r"|(?:晚上|夜里|半夜)(?:12|十二)点[, ]*(?:还是|关还是)|(?:是|到)(?:今天|今晚|明天|当天)?(?:晚上|夜里|半夜)(?:12|十二)点[, ]*(?:吗|还是)"
)
_REVIEW_TAKES = re.compile(
    r"结果[^,。?!]{0,3}(?:好久|多久|几时|几天|啥时候|什么时候|哪天|几号)(?:能|才|可以|会)?(?:出|知道|晓得|公布|下来)"
    r"|审核?(?:要|得|一般|大概|完)?(?:多久|几天|(?<!现场审核)(?<!线上审核)(?<!现场审)(?<!线上审)好久|多少天)(?!开始|截止|结束|到)|(?:多久|几天|好久|多少天)(?:能|才|可以|会)?审(?:得)?[完好]"
)
_RESULT = re.compile(
    r"没(?:有|收到)?[^,。?!]{0,3}(?:消息|通知|电话|短信|联系我?)[^,。?!]{0,4}(?:就|是不是|算|等于)[^,。?!]{0,4}过了|"
    r"审核?(?:都|到底|究竟)?过了?(?:没|吗)[^。?!]{0,10}结果|"
    r"审核?(?:的)?结果[^,.;!?]{0,6}[, ]*过了?(?:没|吗)|审核?(?:都|到底|究竟)?过了?没(?:过|有|得)?[^,.;!?]{0,3}(?:通知|告诉|短信|消息|人说)"
)
_ONLY_THEN = re.compile(r"才$")
_NOT_DONE = re.compile(r"没(?:有|能|赶|来得及|顾上)?(?:去|到|交|报|缴|传|办|参加|确认|签)")
_NOT_UPLOADED = re.compile(
    r"没(?:有)?(?:上传|传)(?:完|全|材料|资料|图片|的)?\S{0,4}[, ]*(?:现在|今天|还)?(?:能|可以|还能|还可以)"
    r"|没(?:有)?(?:上传|传)(?:完|全|齐|上去)[^,.;!?]{0,4}?(?:咋|怎么)"
)

# 哎呀我才想起还没报名
_ONLY_NOW = re.compile(r"(?:才|刚|突然|这才)(?:刚)?(?:想起来?|记起来?|晓得|反应过来)[^,。?!]{0,4}没")
# 要是到时间还没弄好呢: what follows then
_UNDONE_THEN = re.compile(
    r"到(?:了)?(?:时间|时候|截止|最后|期|点|那天)(?:一?天)?了?(?:我|都|还|也|要是)*(?:没|[弄补改传交审]不)"
)


def was_missed(text: str, named: Sequence[str]) -> bool:
    """Whether something was not done and is asked to be saved: 我没去现场确认，还有救吗; what was not passed was done."""
    if _ONLY_NOW.search(text) or _NOT_UPLOADED.search(text) or _UNDONE_THEN.search(text):
        return True
    return "补救" in named and "不通过" not in named and _NOT_DONE.search(text) is not None


_LATE = re.compile(
    r"(?:截止|结束|关闭|关)了(?:我|都)?(?:还能|还可以|能不能|可不可以)[^,。?!]{0,4}(?:传|改|换|补)|(?:截止|结束|关闭|关)了(?:我|都)?还?(?:传|改|换|补)得|(?:结束|截止|截至|关闭|关|到期)了?(?:之|以)?后|过(?:12|24|十二|二十四|零)点|审核?(?:都)?(?:完|结束)了?(?:之后|以后|后|才|再)|审核?(?:的)?(?:时候|期间|那几天|时)(?:才)?发现|审核?(?:的)?(?:时候|期间|那几天|时)[^,。?!]{0,3}(?:还能|能|可以|可不可以)[^,。?!]{0,3}(?:换|改|传|补|调)|(?<![核审能试])(?<!不是)(?<!已经)(?<!都)过了(?!没|吗|不|么)|超过|逾期|晚了|晚(?:个)?[一两][天日](?:行|可以|能|得行|要紧|没事)|补[报缴交传]|等到\S{0,4}(?:结束|截止)"
)


def after_the_end(text: str) -> bool:
    """Whether the question is about the time after a window, not about now: 网报结束后还能换不."""
    return _LATE.search(text) is not None


def may_begin(text: str) -> bool:
    """Whether it is asked if something has begun that one waits for: 可以报名了吗, 怎么还不能交."""
    return _MAY_BEGIN.search(text) is not None


# 看到文章说2月4号24点截止 我今晚报还来得及吧: what somebody is quoted to have said of a day
_HEARD = re.compile(
    r"(?:说|写|讲|看(?:到|的)?|记得|记到|以为)(?:的|了|着)?(?:去年|前年|今年)?(?:的)?(?:就?是|在)?\s*(?:20\d\d年)?(?:\d{1,2}月\d{1,2}[日号]?|\d{1,2}[./]\d{1,2})\s*(?:\d+[点时])?(?:就|才)?(?P<end>截止|结束|关|到期|开始|开)?"
)


def heard(text: str) -> str:
    """Which end of a window somebody is quoted to have said of a day: "开始", "截止", "期间" for none, "" where nobody is quoted.

    Args:
        text: with its days.
    """
    found = _HEARD.search(text)
    if found is None:
        return ""
    if found["end"] is None:
        return presumes(text) or "期间"
    return "开始" if "开" in found["end"] else "截止"


WHICH_YEAR = re.compile(
    r"(?:是|属于|算)哪一?年的?(?:哦|啊|呢|嘛|呀|哈)?\W*$|^[那, ]*哪一?年的?[^,。?!]{0,6}是"
)


# 3月5日前传完就可以吗: a day by which it is thought to be done, and so the end of its window
_BY_A_DAY = re.compile(r"\d\s*[日号]\s*[之以]?前")
_BY_THEN = re.compile(
    r"(?:^|[日号\s])[之以]?前[^,。?!]{1,8}?(?:就|都)?(?:可以|行|来得及|没问题)(?:吗|不|吧|么|嘛|哇|了)*\W*$"
)


_NOT_BEFORE = re.compile(
    r"(?:要|得|只能)等到?[^,。?!]{0,4}(?:才[^,。?!]{0,4})?[, ]*(?:对吧|对不对|对吗|是吧|是不是|吧|吗)\W*$"
)


def by_a_day(text: str) -> bool:
    """Whether the day in it is one by which something is done (4月9号前).

    Args:
        text: with its days.
    """
    return _BY_A_DAY.search(text) is not None


_OUT_YET = re.compile(r"(?:缴费|交费|报名|审核)的?(?:时间|通知|公告)?(?:出来|公布|下来)了?(?:没|吗|么|不)")


def out_yet(text: str) -> bool:
    """Whether it is asked if the days of a step are known: 重庆技能缴费出来没."""
    return _OUT_YET.search(text) is not None


# 审核还是2月21到3月5?
_STILL_THEN = re.compile(
    r"^[那, ]*(?:网上|线上|现场)?(?:报名|网报|审核|确认|缴费|交费|时间|开始|截止|也|就|都|今年|明年)*还是\s+(?:的)?(?P<until>(?:到|至|-|~)\s*)?(?:开始|截止)?(?:吗|不|吧|么|嘛|哇|对吧|是吧|啊)?\W*$"
)
_NOT_THAT = re.compile(r"^[那啊, ]*(?:难道)?不是\s+(?:的)?(?:吗|嘛|么)\W*$")  # 不是2月4号吗
_THAT_ONE = re.compile(
    r"是不是\s+(?:的)?(?:那个|那次|那几天|这个|那天|那段时间)?(?:吗|啊|嘛)?\W*$"
)  # 是不是1月22那个


BY_THEN = "之前"
"""Of `presumes`: it is asked whether one may until that day (20号之前去可以吧): of the end, but where nothing has begun by then."""

AN_END = "一端"
"""Of `presumes`: the day is taken for an end of the window, and not said for which: 材料也是今天吗."""


_FROM_TO = re.compile(r"是\s+(?:到|至|-|~)")  # the days are left out of the text by now


# 去年二试9月22报的 今年一样吗: the years and days are left out of the text by now
_LIKE_LAST = re.compile(r"\s(?:报|交|考|开始|截止)的[, ]*(?:也|还|是不是|会|的)*(?:一样|同样|相同|不变|没变)")


_RANGE_RIGHT = re.compile(r"\s(?:到|至|-|~)\s+(?:的)?(?:对吧|对不对|对吗|是吧|没错吧|吧|哇)\W*$")
# 今天必须报完吗
_MUST_BY = re.compile(
    r"\s(?:是不是|就)?(?:必须|一定要?|非要|非得)[^,。?!]{0,4}(?:报|交|缴|传|弄|审|填)(?:完|上|好)"
)
# 明年1月22报名对吧: the days are left out of the text by now
_ON_THAT_DAY = re.compile(
    r"^[那, ]*(?:(?:网上|线上|现场)?(?:报名|网报|审核|确认|缴费|交费)(?:是|就是)?)?\s+(?:网上|线上|现场)?(?:报名|网报|审核|确认|缴费|交费)?的?(?:对吧|对不对|对吗|是吧|没错吧)\W*$"
)


# 截止是2月4号不
_END_IS = re.compile(
    r"(?P<end>截止|开始)(?:时间|日期)?(?:就)?是\s+(?:的)?(?:不|吗|嘛|么|哇|吧|是不是|对不对?)\W*$"
)
# 听说审核延到3月10号了: the days are left out of the text by now
_PUT_OFF_TO = re.compile(r"(?:延|延长|延期|延后|顺延|宽限)(?:了)?(?:到|至)\s")


# 机构说1月22到2月4, 群里都说1月20号: the days are left out of the text by now
_TOLD_THEN = re.compile(r"(?:说|讲|听说|看到)(?:的)?(?:是|在|从)?\s+(?P<until>(?:到|至|-|~)\s+)?\W*$")


def presumes(text: str) -> str:
    """Which end of a window the question takes the day for (是 20 号开始吧): "开始", "截止", BY_THEN, AN_END, "期间" for no end of it, "" for none."""
    if _LIKE_LAST.search(text):
        return which_end(text) or "开始"
    if _MUST_BY.search(text):
        return "截止"
    if _RANGE_RIGHT.search(text):
        return "期间"  # 7月5号到7月9号对吧
    if _ON_THAT_DAY.match(text):
        return AN_END
    if WHICH_YEAR.search(text):
        return AN_END  # 那我记的1月22是哪年的
    if _BY_THEN.search(text):
        return BY_THEN  # 3月5日前传完就可以吗
    if _NOT_BEFORE.search(text):
        return "开始"  # 现在还报不了,要等到1月22号对吧
    if _PUT_OFF_TO.search(text):
        return "截止"
    if (told := _TOLD_THEN.search(text)) is not None:
        return "期间" if told["until"] else AN_END
    if (still := _STILL_THEN.match(text)) is not None:
        return "期间" if still["until"] else AN_END
    if (end := _END_IS.search(text)) is not None:
        return end["end"]
    if _THAT_ONE.search(text) or _NOT_THAT.match(text):
        return which_end(text) or "期间"  # 截止是不是2月4号
    if not _PRESUMING.search(text) or STILL.search(text):
        return ""
    if _FROM_TO.search(text):
        return "期间"  # 那会不会也是5号到9号
    return which_end(text) or (
        AN_END
        if "也是" in text
        else "期间"
        if re.search(r"是(?!不是)|(?:审核|确认|报名|缴费|交费)了吧|在[^,。?!]{0,6}(?:审|报|缴|交)", text)
        and re.search(r"吧|对吗|对不对|没错|[哇哈]\W*$|就是[^,。?!]{2,12}嘛\W*$|是不是\s+到", text)
        else ""
    )


def which_end(text: str) -> str:
    """The end of a window that is spoken of: "开始", "截止", BY_THEN, "" for none."""
    if re.search(r"开始|开放|开通|开", text):
        return "开始"
    if re.search(r"截止|结束|到期|关|最后|就完|完了|(?<![\s日号])到\s", text):
        return "截止"  # 今天才从外省赶回来 现场确认是不是今天最后一天
    return "开始" if "才" in text else BY_THEN if re.search(r"[日号\s][之以]?前", text) else ""


_WORK = re.compile(r"上班|工作|干|在|做")


def only_tells(text: str, item: Found) -> bool:
    """Whether a word of asking asks nothing: it says when something else is asked about (报名结束后材料还能改吗), or how a test went (综合差几分)."""
    undone = _UNDONE_THEN.search(text)
    if undone is not None and undone.start() <= item.start < undone.end():
        return True  # 到时间还没弄好呢
    if item.word == "开始" and _WORK.match(text, item.end):
        return True  # 我 23 年开始干的
    lacked = item.word == "几分" and text[: item.start].endswith("差")
    return lacked or (item.word in _EDGES and _FROM_THERE.match(text, item.end) is not None)


def on_condition(text: str, item: Found) -> bool:
    """Whether a word of the clock asks for no clock: 审核过了才能交吗 for a rule, 审核结果咋查 过了没 for how it went."""
    went = item.word.startswith("过了") and _RESULT.search(text) is not None
    return went or _ONLY_THEN.search(text[: item.start]) is not None


def aside(text: str) -> str:
    """The aspect of a question whose words of time ask for no window: "钟点" (24时是4号晚上12点吗), "结果" (几天审完), "" for none."""
    return "钟点" if _HOUR.search(text) else "结果" if _REVIEW_TAKES.search(text) else ""


_PUT_OFF = re.compile(
    r"(?:今天|今晚|今儿|今日|现在)(?=[^,.;!?]{0,3}不[^,.;!?]{0,8}?[, ]*(?:明天|明早|明晚|明儿|后天))"
    # 今天最后一天 我明天去行不
    r"|(?:今天|今晚|今儿|今日)(?=[^.;!?]{0,10}(?:最后一天|截止|到期|结束)[^.;!?]{0,8}(?:明天|明早|明晚|明儿|后天)[^.;!?]{0,6}(?:行|能|可以|来得及|要得|得行))"
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

HOW_IT_WENT = frozenset(
    {"通过", "成功", "完成", "顺利"}
)  # words of what is done (审核通过了), which ask nothing
# 现场审核啥时候 我报了的
_DONE_WITH = re.compile(r"(?:名|费)?了(?:的|呀|啊|哈)?(?=[,.;! ]|$)")
_YET_TO_DO = re.compile(r"(?:能|可以|要|该|让|开始|想|准备|没|不|忘|漏|快|去|得|再|会)(?:记|给)?$")

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
        if tag.kind == "动作"
        and (
            _DONE.match(text, item.end)
            or _CLOSED.match(text, item.end)
            or (_DONE_WITH.match(text, item.end) and not _YET_TO_DO.search(text[: item.start]))
        )
    }


def years_meant(years: tuple[int, ...], audience: str | None, this_year: int) -> tuple[int, ...]:
    """`years` without the one in which a candidate passed 技能: 2023年技能过了，今年要考技能吗 asks of this year."""
    if audience != "上年技能合格" or not years:
        return years
    past = min(years)
    return tuple(year for year in years if year != past) if len(years) > 1 or past == this_year - 1 else years
