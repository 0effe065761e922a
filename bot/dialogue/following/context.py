"""Completes a message from what was said before: Query + Session -> Ask, the whole question. Pure."""

from __future__ import annotations

import re

from bot.dialogue.ask import NOT_MILITARY, Ask
from bot.dialogue.following.follow_up import HAS_NOTICE
from bot.dialogue.following.going_on import (
    AS_THERE,
    CATEGORY,
    COURSE,
    OF_A_SITE,
    next_stages,
    what_follows,
)
from bot.dialogue.following.half_said import NEXT_STEP
from bot.dialogue.following.of_whom import of_whom, soldiers_too
from bot.dialogue.following.resume import after_done, resumed
from bot.dialogue.following.unskilled import unskilled
from bot.dialogue.following.vary import vary
from bot.dialogue.following.where import regions_of
from bot.dialogue.session import Session, Topic
from bot.schedule.stages import REVIEWS
from bot.text.hours import hour_supposed
from bot.text.place_own import elsewhere, former_places, speaks_of_self
from bot.text.query import Query
from bot.text.replacing import replace
from bot.text.statuses import PASSED, STATUSES
from bot.text.whose import SOLDIER

_WHAT_NOW = re.compile(
    r"(?:现在|接下来|下一步|然后)(?:我|他|她|我们)?(?:又|还|该|要|得|就)*(?:做|干|弄|搞)(?:嘛|啥子?|什么|些啥|点啥)"
)
_GOES = re.compile(
    r"没去审|(?:还|也)?(?:能|可以|能不能|可不可以)去(?:审核?)?(?:不|吗|么|嘛|了|补)|去审核?(?:还)?(?:来得及|得行)"
)
# 四川 我是技能合格的, in July: who pays now
_PASSED_NOW = re.compile(
    r"^[, ]*我?(?:是)?实践技能(?:是)?(?:都|已经)?(?:合格|考?过|通过)了?的?(?:人|考生)?\W*$"
)
_ONLY_KIND = re.compile(
    rf"^[, ]*(?:我|俺)?(?:是|考|报|学)?(?:的)?(?:{CATEGORY.pattern})(?:执业|助理|医师|专业|类)*的?[, ]*$"
)
_TWO = 2  # questions, of which the one in hand is one
_AND_WHO = re.compile(r"^那.*呢\W*$")
_WANTS = re.compile(r"多少|什么|啥|怎么|咋|如何")
_NOT_THERE = re.compile(r"没(?:有)?(?:去|确认|审)(?:成)?(?:了|的)?\W*$")
_WHAT = re.compile(r"哪|什么|啥|有没有")
_HAS_DONE = re.compile(r"(?:成功|完|好|过|上|提交)了|[报传交缴审]了(?:的|名|呀|啊)?\W*$")
_TELLS = re.compile(r"没|[传交报填缴弄]了|差")  # 资料都传了就差提交


_THOSE = re.compile(
    r"^[那, ]*(?:当兵|军人|现役|部队|军队)(?:的|考生|的人|的呢)"
)  # 我不是当兵的 … 那当兵的带啥


def complete(query: Query, session: Session) -> Ask:
    """Fill what this message leaves out: place and audience of the candidate, stage and aspect of the topic."""
    theirs, of_them = of_whom(query, session.topic or Topic())
    ask = _completed(query, session, theirs if of_them else "")
    failed = unskilled(query, session.topic)
    ask = replace(ask, topic=replace(ask.topic, unskilled=failed)) if failed else ask
    if soldiers_too(query):
        ask = replace(ask, audience=SOLDIER, keeps=session.audience)
    return replace(ask, topic=replace(ask.topic, theirs=theirs, of_them=of_them)) if theirs else ask


def _completed(query: Query, session: Session, theirs: str) -> Ask:
    region = query.region
    # 高新区 is in every province: for a candidate whose region we know it is the one there.
    settled = session.region is not None and session.region in region.ambiguous
    ambiguous = () if settled else region.ambiguous
    own = (
        (session.region,) if session.region and not ambiguous and session.region not in region.negated else ()
    )
    bound = elsewhere(query.text, region, session.home or session.region)
    if bound is None and session.home and not (region.asked or region.ambiguous or query.others):
        # 我在重庆 … 四川呢 … 那我几号交: of 重庆
        # 带啥 … 那重庆呢 … 那我不是部队的呢: who they are, of what was told last
        only_who = _AND_WHO.search(query.text) and query.is_bare and (query.audience or query.not_audience)
        own = (session.home,) if own and speaks_of_self(query.text) and not only_who else own
    former = former_places(query.text, region)
    now_at = [m.place for m in region.mentions if m.place and m.place not in former and m.role != "negated"]
    place = (now_at[-1] if now_at else None) if former else region.place
    if place is None and (not region.asked or region.asked == (session.region,)):
        place = session.place
    no_pass = session.audience in STATUSES and PASSED in query.not_audience
    kept = None if no_pass or session.audience in query.not_audience else session.audience
    who = query.audience or kept or (NOT_MILITARY if SOLDIER in query.not_audience else None)
    of_those = query.audience == SOLDIER and _THOSE.match(query.text) is not None
    of_them = (
        of_those and session.topic is None and len(session.asked) < _TWO
    )  # 军队的 今天还能去现场审不 … 重庆
    ask = Ask(
        query=query,
        topic=Topic(
            core=query.core,
            stages=query.stages,
            asks=query.asks,
            verdict=query.verdict or (query.vague and (query.day is not None or "是否" in query.asks)),
            year=query.years[0] if query.years else None,
            more_years=query.years[1:],
            day=_day(query),
            presumes=query.presumes,
            put=query.put,
            until=query.until,
            state=query.state,
            theirs=SOLDIER if of_them else "",
            of_them=of_them,
            sent_back=query.sent_back or (session.topic is not None and session.topic.sent_back),
        ),
        regions=regions_of(query, own, session) if bound is None else bound,
        elsewhere=bound is not None,
        named=bool(region.asked) or settled,
        ambiguous=ambiguous,
        place=place,
        audience=theirs or (None if query.others else who),
        keeps=kept if of_those else who,
        content=query.content,
        bare=query.is_bare,
        talking=session.topic is not None or session.region is not None,
        told=session.topic.entry if session.topic is not None else "",
    )
    if set(query.stages) == set(REVIEWS) and _GOES.search(query.text):
        # 昨天没去审核 今天还可以去不: of the one where one goes
        ask = replace(ask, topic=replace(ask.topic, stages=("现场审核",)))
    if query.comparison and query.stages and not query.asks and ask.regions == own and "全国" in query.text:
        # 现审呢 跟全国一样吗
        content = tuple(word for word in ask.content if word != "全国")
        ask = replace(ask, topic=replace(ask.topic, asks=("时间",)), content=content)
    before = session.topic
    if before is None and ask.named and _ONLY_KIND.match(ask.topic.core):
        return replace(ask, content=(), bare=True)  # 我公卫的 重庆永川
    if before is None:
        done, following = next_stages(query, Topic())
        return after_done(ask, done, following, ask.topic.year) if following else ask
    tells = _TELLS.search(query.text) is not None
    asks = query.verdict or set(query.asks) - (
        {"错过", "材料"} if tells and not _WHAT.search(query.text) else {"错过"}
    )
    only_plans = set(query.actions) <= {"考试"} and not query.subjects  # 打算明年第一次考
    only_tells = not asks and (tells or not query.stages or only_plans) and not query.subjects
    only_tells = only_tells and not (query.content and _WANTS.search(query.text))  # 重庆考点电话多少
    only_tells = only_tells and not _WHAT_NOW.search(query.text)  # 我侄儿在重庆 他报了的 现在该做啥子
    as_well = ask.named and AS_THERE.search(query.text) is not None and not (query.stages or query.verdict)
    passed_now = before.stages == ("一试缴费",) and _PASSED_NOW.match(ask.topic.core) is not None
    of_a_site = OF_A_SITE.search(query.text) is not None
    # 明天几点截止 … 材料还没传 重庆的: of the papers, which nobody spoke of before
    of_papers = query.stages == ("材料上传",) and before.stages == ("网上报名",)
    # 审核过期了 … 四川现场确认我没去
    missed = (
        ("错过" in query.asks or _NOT_THERE.search(query.text) is not None)
        and bool(query.stages)
        and "错过" not in before.asks
        and not set(query.stages) >= set(before.stages)
    )
    of_notices = HAS_NOTICE.search(query.text) is not None  # 四川25年的公告有没得
    if before.entry == NEXT_STEP and query.actions and _HAS_DONE.search(query.text) and not asks:
        done = next((stage for stage in query.stages if stage in COURSE), "")
        if done:
            return after_done(ask, done, what_follows(done), ask.topic.year)  # 我现在该干嘛 … 四川,报名成功了
    if (
        session.pending == "region"
        and ask.named
        and (only_tells or as_well or passed_now)
        and not (of_a_site or of_notices or of_papers or missed)
    ):
        # 四川 应届的, 四川的 还没传照片: what the bot asked for, and a word of the candidate's own
        return resumed(ask, before)
    return vary(ask, before, waits=session.pending == "region")


def _day(query: Query) -> tuple[int, int, int | None] | None:
    """The day of the topic; of 1月22到2月4号,对不对 the first, else none where it is no one day."""
    supposed = query.presumes == "期间" or hour_supposed(query.text) is not None
    whole = query.day is not None and (not query.vague or supposed)
    return (query.day.month, query.day.day, query.day.year) if query.day is not None and whole else None
