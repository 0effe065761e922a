"""A message that cannot stand alone, as a variation of the topic before: 缴费呢, 技能的, 截止到几点, 那重庆的呢. Pure."""

from __future__ import annotations

import re

from bot.dialogue.ask import Ask
from bot.dialogue.following.follow_up import OFFICE_HOURS, follow_up
from bot.dialogue.following.for_second import lost_first
from bot.dialogue.following.going_on import (
    ANY_LEFT,
    AS_THERE,
    CATEGORY,
    COUNTS,
    ELIGIBLE,
    HIM,
    OF_A_SITE,
    ON_SITE,
    PAYS_AGAIN,
    RIGHT_AFTER,
    next_stages,
    said,
)
from bot.dialogue.following.half_said import NEXT_STEP
from bot.dialogue.following.resume import after_done, resumed
from bot.dialogue.following.where import THEY_DID, WHICH_OF, same_times
from bot.dialogue.session import Topic
from bot.dialogue.sites import asks_either, asks_same, asks_which_site
from bot.dialogue.standing import WHO_PAYS, asks_of_a_pass
from bot.schedule.stages import REVIEWED, SECOND
from bot.text.place_own import is_like
from bot.text.replacing import replace
from bot.text.stages import stages_of
from bot.text.statuses import PASSED
from bot.text.tense import WHICH_YEAR
from bot.text.who import KIN

_CORRECTION = re.compile(r"^搞错|^弄错|不对|说错|讲错|打错|搞错|记错|应该是|不是.+是")
_AND_I = re.compile(r"^[那, ]*(?:我|本人)(?:自己|本人)?的?呢")
_KIN_IN = re.compile(
    rf"^(?:那|我|俺|的|[大二小亲老])*(?:{KIN}|对象)(?:是|就|也)*在?(?:\s|呢|的|上班|工作)*$|^的?\s*{KIN}呢\W*$"
)
# 广东也一样?我同学, 四川呢 我在想要不要报四川: the same of there, whatever follows
_THERE_TOO = re.compile(
    r"^[那, ]*(?:换成|改成|要是)?\s*(?:的|那边|这边|省|市)*(?:呢|也一样|也是|一样)(?:吗|么|不|嘛)?(?=[\s,?。!]|$)"
)
_NATIONAL = re.compile(r"^[那就,的 ]*全国(?:统一)?(?:的|性的)?(?:呢|吧|时间)?\W*$")
_HAS_ONE = re.compile(r"有(?:没有|(?:二试)?(?:吗|么|不|没))")
_ASPECT_OF = re.compile(r"(?:技能|一试|综合|笔试|实操|机考|操作|理论)的")
_SHOW = re.compile(
    r"^[那, ]*(?:该|又)?(?:咋整|咋办|怎么办|咋弄|怎么弄)(?:嘛|呢|啊)?\W*$|^[那, ]*的?(?:可以|能|能不能|可不可以)?(?:给我|帮我)?(?:也)?(?:看|说|讲|发|查)(?:下|一下|看|哈|说)?(?:吗|不|么|嘛)?$"
)
# 明年报名啥时候 … 群里说今年要提前报: the exam of next year is registered for at the end of this one
_THIS_YEARS = re.compile(r"(?:说|讲|传)[^,。?!]{0,6}今年[^,。?!]{0,8}(?:报|开始|提前|推迟)")
_OF_LAST = re.compile(
    r"^[那, ]*不是[^,。?!]{0,2}[, ].*报|(?:去年|上一年|前年)[^?!]*(?:没过|没考过|挂|差)[^?!]*报"
)
# 二试是撒子 … 算了先说报名 最后一天是好久
_CHANGES = re.compile(r"改|换")
_BACK_TO = re.compile(r"(?:先|还是|继续|接着|回到)(?:说|讲|问|聊|看)(?:下|哈|一下)?(?:网上)?报名(?!二试)")
_INSTEAD = re.compile(r"(?:换|改|转)(?:成|到|报|考)")  # 公卫能报二试不 … 那我换成临床行不行
_UNPAID = re.compile(r"没[交缴付]|忘[了记]?[交缴付]")
# 去年是几号 … 那会不会也是5号到9号: of the exam that is due
_AGAIN_SO = re.compile(r"会不会(?:还|也|又)|(?:今年|这次)(?:还|也|又)是")
_PASSED_NOW = re.compile(r"技能[^,。?!没不未]{0,4}(?:过[了的]|合格|通过)(?!吗|么|没|不)")
# 那重庆的战友呢, 那重庆的同学也是这样吗: without its place
_KIN_THERE = re.compile(
    rf"^[那, ]*(?:我)?(?:[那这]边)?的?{KIN}们?(?:呢|也(?:是|都)?(?:这样|一样|这个|这么弄)?(?:的)?(?:吗|不|么|嘛)?)\W*$"
)
# 重庆什么时候交考试费 … 我院在重庆那边上班的一位医生
_SOMEBODY = re.compile(
    r"(?:[一这][位个名]|有[位个名])(?:男|女|年轻|新|老)?(?:医[生师]|同事|老师|大夫|朋友|学生|考生)的?\W*$"
)
_IS_OVER = re.compile(r"(?:截止|关|过|结束)了?没")  # 那明年什么时候报 … 云南那边截止没
_YET = re.compile(r"还(?!是|有)[^,。?!]{0,3}(?:能|可以|去|来得及|赶得|得行)|现在|今[天晚]")
_OVER = frozenset({"二试错过", "二试没过"})  # entries after which no category matters
_THAT_YEAR = re.compile(r"那时候?|那年|那一年|当时|当年那")


def vary(ask: Ask, before: Topic, waits: bool) -> Ask:
    """The new message as a variation of the topic before, where it can't stand alone.

    Args:
        waits: what was asked before still waits for its region, and so does its day.
    """
    query, topic = ask.query, ask.topic
    of_time = "时间" in query.asks or query.verdict or query.presumes or query.put
    half = of_time and not (query.stages or query.subjects or ask.content or _CHANGES.search(query.text))
    if half and before.spoken and not before.stages:
        # 重庆几号报名 … 我报哪个考点 … 截止呢: of the registration still
        before = replace(before, entry="", stages=before.spoken, asks=("时间",), verdict=False)
    if topic.year is None and before.year and _THAT_YEAR.search(query.text):
        ask = replace(ask, topic=(topic := replace(topic, year=before.year)))  # 那时候重庆缴费是好久
    if before.year and topic.year is None and topic.day and _AGAIN_SO.search(query.text):
        before = replace(before, year=None)
    if before.year and topic.year == before.year - 1 and _THIS_YEARS.search(query.text):
        ask = replace(ask, topic=(topic := replace(topic, year=before.year)))
    # 那2027年几时报 … 现场审核我还去得成不: another step, as of now
    of_now = bool(set(query.stages) - set(before.stages)) and _YET.search(query.text) is not None
    aside = (
        bool(set(query.stages) - set(before.stages)) and "时间" not in before.asks
    )  # 明年要重新报吗 … 他啥时候交费
    if of_now or aside or _IS_OVER.search(query.text):
        before = replace(before, year=None)
    year = topic.year or (None if WHICH_YEAR.search(query.text) else before.year)
    if (found := follow_up(query, topic, before, ask.named)) is not None:
        return replace(
            ask,
            topic=found.topic,
            content=(),
            resumed=True,
            goes_on=True,
            entry_fixed=found.fixed,
            step=found.step,
        )
    if asks_same(query) or asks_which_site(query) or asks_either(query):
        return ask  # 开州和奉节是同一个不
    if asks_of_a_pass(query):
        return ask  # 明年技能还有效吧，我今年过的: a question of its own, whatever was spoken of
    done, following = next_stages(query, before)
    if following and before.entry in _OVER:
        return resumed(ask, before)  # 二试也没过 … 接下来怎么办
    if following:
        return after_done(ask, done, following, year)
    asked = bool(query.asks or query.verdict)
    second = bool(before.stages) and set(before.stages) <= SECOND
    any_left = ANY_LEFT.search(query.text) or (ask.named and _HAS_ONE.search(query.text))
    if second and any_left and set(query.stages) <= SECOND:
        # 二试怎么报名 … 我们四川有吗, 今年还有吗
        core, stages = f"二试{topic.core}", stages_of(("二试",), ())
        return replace(ask, topic=replace(topic, core=core, stages=stages, asks=("是否",)), resumed=True)
    compared = len(ask.regions) > 1 and bool(query.comparison or WHICH_OF.search(query.text))
    likened = is_like(query.text, query.region) or same_times(query.text)
    likened = likened or (AS_THERE.search(query.text) is not None and bool(query.comparison))
    if len(ask.regions) > 1 and likened and not (query.stages or query.subjects):
        return resumed(
            replace(ask, topic=replace(topic, day=None, presumes="")), before
        )  # 跟四川一样4月5号到9号吗
    if compared and THEY_DID.search(query.text):
        ask = replace(ask, topic=(topic := replace(topic, verdict=False)))  # 都开始了 is told, not asked
    if not compared and (lost := lost_first(query, topic, before)) is not None:
        return replace(ask, topic=replace(lost, year=year), content=(), resumed=True, goes_on=True)
    names_something = bool(
        compared
        or ask.named
        or ask.ambiguous
        or query.audience
        or query.not_audience
        or query.others
        or query.names_status
        or _AND_I.match(query.text)
        or query.level
        or query.years
        or query.day
    )
    corrected = names_something and _CORRECTION.search(query.text) and not (query.asks or query.verdict)
    him = HIM.search(query.text) and not (asked or query.stages)
    kin = _KIN_IN.search(topic.core.strip()) and not (asked or query.stages)  # 妹妹在彭水
    there = ask.named and not (query.stages or query.verdict) and _KIN_THERE.match(topic.core.strip())
    placed = ask.place and (him or kin or COUNTS.match(topic.core.strip()))
    denies = bool(query.not_audience) and not (asked or query.stages or query.subjects)
    only_region = ask.named and set(query.content) == {"考区"} and not (query.actions or query.subjects)
    somebody = _SOMEBODY.search(query.text) and not (asked or query.stages or query.subjects)
    again = bool(_SHOW.match(topic.core.strip()) or somebody or placed or there or denies or only_region)
    may = query.verdict or set(query.asks) - {"是否"}  # 我师承的可以不
    kind = second and CATEGORY.search(query.text) and not (may or query.stages or query.subjects)
    if kind and before.entry in _OVER:
        return resumed(ask, before)  # 二试报名错过了咋办 … 重庆临床: of whom it is matters no more
    if kind and before.verdict and set(CATEGORY.findall(query.text)) <= ELIGIBLE and ask.named:
        return resumed(ask, before)  # 二试现在还能报不 … 重庆临床执业: it is the clock that decides
    if kind and not (query.exam or query.off_topic or _INSTEAD.search(query.text)):
        # 一试没缴可以参加二试吗 … 我们四川 中医 规定学历, 二试今晚截止? … 我福建 口腔执业
        topic = replace(topic, stages=before.stages, asks=("条件",), core="哪些类别有二试")
        return replace(ask, topic=topic, content=(), resumed=True)
    if second and CATEGORY.search(query.text) and "时间" in query.asks and not query.subjects:
        # 中西医结合 … 那临床的几号报
        topic = replace(topic, stages=("二试报名",), asks=("时间",), core="二试什么时候报名")
        return replace(ask, topic=topic, content=(), resumed=True, goes_on=True)
    alike = AS_THERE.search(query.text) is not None and not (query.stages or query.subjects or compared)
    again = again or (
        ask.named and (alike or (_THERE_TOO.match(topic.core) is not None and not query.stages))
    )
    if _NATIONAL.match(topic.core) and not (asked or query.stages):
        return resumed(ask, before)  # 您在哪个考区 … 全国的
    supposed = query.day is not None and query.presumes and not (asked or query.stages)
    other = "线上审核" if "线上" in query.text and set(before.stages) <= set(REVIEWED) else ""
    of_days = not (other or before.entry == OFFICE_HOURS or set(before.asks) <= {"材料", "地点", "流程"})
    if supposed and (ask.bare or other) and len(before.stages) == 1 and not of_days:
        # 现场审核要带哪些 … 自贡的同学也是明天去?, 几点下班 … 重庆线上也是今天?
        stages = (other,) if other else before.stages
        timed = replace(topic, stages=stages, asks=("时间",), core=f"{said(stages[0])} 什么时候")
        return replace(ask, topic=timed, content=(), resumed=True)
    if names_something and (ask.bare or corrected or again) and not OF_A_SITE.search(query.text):
        return resumed(ask, before)
    if query.exam or query.off_topic:
        return ask
    if second and PAYS_AGAIN.search(query.text) and not query.subjects:
        topic = replace(topic, stages=("二试缴费",), asks=("是否",), core=f"二试{topic.core}")
        return replace(ask, topic=topic, content=(), resumed=True)
    only_slots = not asked
    unpaid = query.actions == ("缴费",) and _UNPAID.search(query.text) is not None  # 重庆的还没交钱
    anew = before.entry in _OVER and "报名" in query.actions  # 二试又没过 … 25年好久报名
    anew = anew or (before.entry == "二试没过" and "缴费" not in query.actions)  # … 材料要重新传不
    # 不是 我去年综合没过 现在报名还来得及不, said of 二试: the yearly registration
    anew = anew or (query.actions == ("报名",) and _OF_LAST.search(query.text) is not None)
    anew = anew or _BACK_TO.search(query.text) is not None
    anew = anew or ("明年" in query.text and bool(query.stages))  # 二试忘记交钱了 … 明年还要现场审核不
    if query.actions and not query.subjects and (unpaid or not ask.named) and second and not anew:
        # 二试怎么报名，要现场审核吗: it is still the 二试 that is spoken of
        core = f"二试 {topic.core}"
        asks = topic.asks or (
            ("是否",) if set(query.actions) & {"审核", "线上审核", "现场审核", "上传"} else ()
        )
        topic = replace(topic, stages=stages_of(("二试",), query.actions), core=core, asks=asks)
        return replace(ask, topic=topic, resumed=True)
    if ask.content:
        return ask
    narrower = tuple(stage for stage in query.stages if stage in before.stages)
    apart = query.subjects or ask.named or query.presumes or RIGHT_AFTER.search(query.text) or compared
    if narrower and len(narrower) < len(query.stages) and not apart:
        # 技能费怎么交，什么时候交: the second 交 is still 技能's
        return replace(ask, topic=replace(topic, stages=narrower, year=year), resumed=True)
    if (
        query.subjects
        and not query.actions
        and not only_slots
        and _ASPECT_OF.search(query.text)
        and _actions(before.stages)
    ):
        # 什么时候交钱 … 一试的几点开始: still of the money
        stages = stages_of(query.subjects, _actions(before.stages))
        core = " ".join([*(said(stage) for stage in stages[:1]), topic.core])
        return replace(ask, topic=replace(topic, stages=stages, core=core, year=year), resumed=True)
    passed = query.audience == PASSED or _PASSED_NOW.search(query.text)
    after_it = "错过" in before.asks or before.stages == ("一试缴费",)
    if only_slots and passed and after_it and "技能缴费" not in before.stages:
        return resumed(ask, before)  # 综合的钱昨天忘了交 … 技能我过了的
    if query.subjects and not query.actions and only_slots:  # 技能的 / 那一试呢
        stages = stages_of(query.subjects, _actions(before.stages)) or query.stages
        return replace(
            ask,
            topic=replace(
                before,
                entry="",
                core=topic.core,
                stages=stages,
                year=year,
                day=topic.day or (before.day if waits else None),
            ),
            resumed=True,
        )
    if query.stages and only_slots and (before.asks or before.verdict):  # 缴费呢
        stages = query.stages
        if not query.subjects and (subject := _subject(before.stages)):  # 技能考试时间 … 缴费的呢: of 技能
            stages = stages_of((subject,), query.actions)
        if (before.asks == ("费用",) or before.entry == WHO_PAYS) and query.actions == ("缴费",):
            before = replace(before, asks=("时间",))  # 要交好多钱 … 那重庆的缴费呢
        if before.entry == NEXT_STEP:
            before = replace(before, asks=("时间",), verdict=False)  # 我现在该干嘛 … 好嘛 那缴费呢
        if query.comparison and before.asks in (("流程",), ("地点",)):
            before = replace(before, asks=("时间",))  # 川渝两边报名有啥区别 … 缴费也一样吗
        kept = replace(topic, stages=stages, asks=before.asks, verdict=before.verdict, year=year)
        return replace(ask, topic=replace(kept, core=topic.core + _aspect(before)), resumed=True)
    if not query.stages and before.stages and not only_slots:  # 截止到几点 / 要带啥 / 还来得及吗
        stages = stages_of(query.subjects, _actions(before.stages)) if query.subjects else before.stages
        if "现场审核" in stages and ON_SITE.search(query.text):
            stages = ("现场审核",)  # 四川审核 … 要本人去吗: nobody goes to the other
        core = " ".join([*(said(stage) for stage in stages[:1]), topic.core])
        return replace(ask, topic=replace(topic, stages=stages, core=core, year=year), resumed=True)
    return ask


_ACTIONS = {
    "网上报名": "报名", "材料上传": "上传", "线上审核": "线上审核", "现场审核": "现场审核", "技能缴费": "缴费", "一试缴费": "缴费",
    "二试缴费": "缴费", "技能考试": "考试", "一试考试": "考试", "二试考试": "考试", "二试报名": "报名",
}  # fmt: skip


def _actions(stages: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_ACTIONS[stage] for stage in stages if stage in _ACTIONS))[:1]


def _subject(stages: tuple[str, ...]) -> str:
    """技能 or 一试 where all of `stages` are of that one; "" else."""
    found = {stage[:2] for stage in stages}
    return found.pop() if len(found) == 1 and found <= {"技能", "一试"} else ""


def _aspect(before: Topic) -> str:
    return {
        "时间": "什么时候",
        "材料": "要带什么材料",
        "流程": "怎么弄",
        "地点": "在哪里",
        "费用": "多少钱",
    }.get(before.asks[0] if before.asks else "", "")
