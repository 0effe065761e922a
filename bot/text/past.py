"""Past years that say who asks (2022 年毕业, 去年没过), told from the year that is asked about (去年几号缴费). Pure."""

from __future__ import annotations

import re

_PAST = re.compile(
    r"(?P<far>大前年|前年|前[几两]年)|(?P<last>去年|上一?年|上[次回届])|(?<!\d)(?P<year>20\d\d|\d\d(?=[年届]))(?:年度?|届)?(?:\s*(?:1[0-2]|0?[1-9])月份?[底初中]?(?:\d+[日号])?)?"
)
# What somebody did, or what became of them: nothing that an announcement says of a year.
_STORY = re.compile(
    r"毕业|届的|入职|上班|(?:开始)?(?:干|做)的|开始(?:干|做|上班|工作)|(?:参加)?工作|取得|拿(?:到|的|了|证)|考(?:过|了|的|上|到|下来)|过了(?![没吗么不])|(?<![不没通])过的|没(?!有(?:吗|么|$))[^,。?!]{0,4}?[过考去报交缴上成审]|没(?:有)?(?:通过|合格|及格|参加|赶上|来得及)"
    r"|未(?:过|通过|合格)|缺考|弃考|报(?:过|了|的|错|上)|[交缴](?:过|了|的)|审(?:过|了|的)|退伍|退役|转业|复员|规培|进修|合格(?![分线标率])|通过(?!率|的?人|的?比)|不及格"
    r"|落榜|挂(?:了|科|掉)|差[^,。?!]{0,3}分|参加(?:过|了|的)|注册|调(?:到|来|去)|[来到回]的|刚从|刚到|结业|入伍|入学|错过|忘(?:了|记)|打回|驳回|被退|失败|失利|白考|栽"
)
_ASKS = re.compile(
    r"什么|啥|几[号月点]|哪|多少|好多|多久|好久|怎么|咋|时间|日期|截止|安排|流程|开始(?!上班|工作|干|在|做)|结束"
)
_EXAM = re.compile(r"报名|网报|缴费|交费|审核|确认|上传|考|试|技能|综合|公告|通知|公布|年度")
_SAID = re.compile(
    r"[的呢啊呀哦嘛吗那个次度我们你在是, ]+|这[边里]|那[边里]|咱们|请问|想问|问下|医师|资格|执业|助理|医生|省|市|全国"
)
_COMPARED = re.compile(r"一样|相同|区别|不同|比去年|对比|早|晚[了些不吗]|变|[和跟与]今年|今年[和跟与]")
# 要是跟去年一样是1月22对吧
_LIKE_LAST = re.compile(
    r"(?:要是|如果|假如|万一|是不是)(?:还|也|都)?(?:是)?(?:跟|和|像|按|照)(?:着)?[去今]年(?:的)?(?:一样|差不多|时间)?"
    r"|(?:跟|和|像|按|照)(?:着)?(?:20)?\d\d年?(?:的)?一样(?=[^?!]{0,2}是)"  # 跟24年一样是4月5号开始吗
    r"|(?<=\d[日号 ,])(?:跟|和|像|同|与)(?:20)?\d\d年?的?(?:时间)?(?:一样|差不多|一模一样)(?:的|嘛)?(?=\W*$)"  # 机构说1月22到2月4 跟24年一样
    r"|去年(?=[^?!]{0,8}\d[日号]?(?:报|交|考|开始|截止)的[^?!\d]{0,4}今年(?:的|也|还|是不是|会)*(?:一样|也是|差不多|不变|这样))"  # 去年二试9月22报的 今年一样吗
    r"|(?:我看|听说|看到|看)去年(?:的)?(?:时间)?是(?=[^?!]{0,12}今年[^?!]{0,4}(?:一样|也是|差不多|不变))"  # 我看去年是9月18,今年一样吗
)
_NOW = re.compile(r"今年|这次|这回|本次|现在")
_BEFORE = re.compile(r"[去前往]年|上[一]?[年次回届]|20\d\d|\d\d年")
# 2020 年本科毕业的四川报名时间, 医科大学毕业的，…: to whoever asks for a day it does not matter.
_LIFE = re.compile(
    r"(?<!\d)(?:20)?\d\d[年届](?:\s*\d+月)?[^,。?!\s]{0,6}?(?:毕业|入职|参加工作|参加的工作)(?:的|了)?"
    r"|[^\s,。?!]{0,8}(?:大学|学院|卫校|医专)毕业(?:的|了)?(?=[\s,])"
)
_ONLY_SAT = re.compile(r"^\s*(?:我|本人)?[^\s,]{0,6}?(?:[在从到]\s*)?考的\W*$")  # 我 2023 年在成都考的
# 传成去年的证明了: the year of a paper
_OF_A_PAPER = re.compile(
    r"(?:[去前往]年|上一?年|20\d\d年|\d\d年)(?=(?:那[张份个])?的?(?:旧|老)?(?:证明|照片|图片|图|材料|资料|版本|表|单子|证件|证书|合同|聘书|那张|那份|文章|帖子|推文|攻略|群文件|截图))"
)
_NEXT = re.compile(r"明年|来年|下一?[年次届]")
_MISSED_NOW = re.compile(r"今年(?=[^,。?!\s]{0,4}(?:没|未|忘|错过|挂))")
_WHEN = re.compile(
    r"什么时候|啥时候|几号|哪天|时间|日期|截止|开始(?!上班|工作|干|在|做)|结束|好久|几点|哪一天"
)
_MISSED_LAST = re.compile(r"(?:去年|上次|上一?年|前年)[^,。?!]{0,3}(?:没赶上|没报|错过|没来得及|忘)")
_CLAUSE = re.compile(r"[,。?!;]|(?<![在从到])\s+")


# 26年是1.29开始 那我明天就能报了撒: what was, from which is concluded
_AS_THEN = re.compile(
    r"(?:20)?\d\d年(?:的|那次)?(?:就)?(?:是|在)[^,。?!]{2,12}?(?:开始|截止|结束|关)的?[, ]*(?=那[^?]*(?:今天|今晚|明天|后天|现在|今年))"
)


def tell_apart(text: str, this_year: int) -> str:
    """`text` with a blank for every past year that only says who asks.

    Args:
        text: normalised, without places. this_year: the year in Shanghai.
    """
    text = _AS_THEN.sub(" ", text)
    whole = _ONLY_SAT.match(text) is not None
    asked = _WHEN.search(text) is not None
    now = _NOW.search(text) and not _COMPARED.search(text)

    text = _LIKE_LAST.sub(" ", _OF_A_PAPER.sub(" ", text))
    if _NEXT.search(text):
        text = _MISSED_NOW.sub(" ", text)  # 今年没报上 明年几月报
    source = _LIFE.sub(" ", text) if asked else text

    def drop(found: re.Match[str]) -> str:
        clause = _clause(source, found.end())
        year = _year(found, this_year)
        asks, story = _ASKS.search(clause), _STORY.search(clause)
        told = story is not None and (asks is None or story.start() < asks.start())
        if year > this_year or (
            year == this_year and not re.match(r"\s*(?:毕业|入职|参加工作|本科|大专)", clause)
        ):
            return found[0]
        elsewhere = _SAID.sub("", clause) and not _EXAM.search(clause) and asks is None
        if elsewhere and _ASKS.search(source[: found.start()] + source[found.end() + len(clause) :]):
            return " "
        own = found[0].endswith("届") and year <= this_year
        return " " if told or own or (now and asks is None) else found[0]

    rest, at = "", 0
    for found in _PAST.finditer(source):
        if found.start() < at:
            continue
        rest += source[at : found.start()] + (kept := drop(found))
        at = found.end()
        clause = _clause(source, at)
        later = source[at + len(clause) :]
        if not kept.strip() and (whole or (_WHEN.search(later) and not _ASKS.search(clause))):
            at += len(clause)  # what was last year does not say what is asked of this one
    return re.sub(r"^\s+", " ", rest + source[at:])


def _clause(text: str, at: int) -> str:
    """The rest of the clause from `at` on; a place that stood there has left a blank (去年 审核是几号)."""
    blank = len(text[at:]) - len(text[at:].lstrip())
    return text[at : at + blank] + _CLAUSE.split(text[at + blank :], maxsplit=1)[0]


def was_missed(text: str) -> bool:
    """Whether something was missed in an earlier year, which is a story: 那2026的是几号到几号 我去年没赶上."""
    return _MISSED_LAST.search(text) is not None


def is_past(text: str) -> bool:
    """Whether `text` speaks of an exam before this year's: 去年技能没过."""
    return _BEFORE.search(text) is not None


def _year(found: re.Match[str], this_year: int) -> int:
    if found["year"]:
        number = int(found["year"])
        return number if number > 99 else 2000 + number
    return this_year - (2 if found["far"] else 1)
