"""What a day is, where that is asked: 7月5号是干嘛的, 5号到9号是哪个省的, 1月22那个不是二试吗. Pure.

The other questions name a stage and ask for its day; these name a day and ask for its stage, or its region.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.dialogue.ask import Ask
from bot.dialogue.lookup import inherits, tell
from bot.dialogue.session import Session, Topic
from bot.knowledge.model import NATION, Knowledge
from bot.schedule.deadlines import Phase, Window, today
from bot.schedule.stages import EXAMS, ORDER, SECOND, STAGES
from bot.text.dates import Day
from bot.text.replacing import replace
from bot.text.tense import STILL

_DAY = r"(?:(?P<month>1[0-2]|[1-9])(?:月|[./](?=\d)))?(?P<day>3[01]|[12]\d|[1-9])[日号]?"
# 4月5号到9号: the first, and the last of them
_DAYS = re.compile(
    rf"(?<![\d.]){_DAY}(?:\s*(?:到|至|-|~|—)\s*(?:(?:1[0-2]|[1-9])(?:月|[./]))?(?P<until>3[01]|[12]\d|[1-9])[日号]?)?(?![\d.分点块元年个])"
)
_THAT = r"(?:[那这](?:个|天|几天|一天|段)|开始|截止|的|时间|报名?)*"
_WHAT = re.compile(
    rf"[\d日号天]{_THAT}[,，\s]*(?:到底|究竟|都|要|该|得|是)*(?:(?:干|做|搞|办)(?:嘛|啥子?|什么|哪样)|(?:是|有)(?:啥子?|什么|哪样)(?:日子|事情?|时间|安排|东西|考试|步骤|环节|意思|的)*|是哪[一个]?(?:步|项|样|件))"
)
_WHERE = re.compile(
    rf"(?:[\d日号天]{_THAT}|^[那, ]*(?:那|这)个?(?:时间|日期)?|[,， ])(?:到底|究竟|又|就|说的|讲的|写的)*是?(?:哪个?(?:省|里|儿|点|边|考区|地方)|谁家|哪个?)(?:那边)?的"
    r"(?:时间|日期|安排)?(?:啊|嘛|呢|呀|哦)*\W*$"
    r"|[\d日号][,，\s]*是不是(?:我们|咱们?|俺们?)(?:这边|这里|考区)?的"  # 群里有人发4月5到9号,是不是我们的
)
# 1月22那个不是二试吗, 1月22开始的报名是一试还是二试, 那个1月22的报名跟二试有啥关系
_SECOND = re.compile(
    r"(?:是不是|不是|就是|是|算|跟|和|叫|报的?)[^,。?!]{0,4}(?:二试|两试)|(?:二试|两试)[^,。?!]{0,6}(?:是|在|不是)|[说写讲][^,。?!]{0,2}(?:二试|两试)|(?:一试|综合)还是(?:二试|两试)"
)
# 后天四川审核要干嘛, 那重庆后天有什么事吗: the step whose days it falls among
_TO_DO = re.compile(
    r"(?:要|该|得|需要)?(?:干嘛|干啥子?|干什么|做什么|做啥子?|弄啥子?|搞啥子?|办什么|办啥|去哪(?:里|儿)?)(?:嘛|呢|啊|呀)*\W*$|有(?:什么|啥子?)(?:事|要办|要做)|那(?:个|天|次)[^,。?!]{0,4}去现场"
)
_BARE_WITHIN = re.compile(r"(?<![\d月./])(\d{1,2})[号日](?![\d到至])")
_BARE = re.compile(r"^[那, ]*(\d{1,2})[号日]")
_MONTH = 31
_MAX = 3  # regions told of one day; more share their days with the nation


@dataclass(frozen=True)
class _Days:
    """month: 0 where only the day of the month is named. until: the last one, 0 for none."""

    month: int
    day: int
    until: int

    def are(self, window: Window) -> bool:
        """Whether the window begins or ends on that day, or both where two are named."""
        first, last = window.opens.day, window.closes.day
        if self.until:
            return self._is(first.month, first.day) and last.day == self.until
        return self._is(first.month, first.day) or self._is(last.month, last.day)

    def among(self, window: Window) -> bool:
        """Whether the day is one of the window's."""
        day = Day(self.month, self.day).on(window.closes.day.year)
        return day is not None and window.opens.day <= day <= window.closes.day

    def _is(self, month: int, day: int) -> bool:
        return self.day == day and self.month in (0, month)


def of_that_day(ask: Ask, session: Session, kb: Knowledge, now: datetime) -> Ask:
    """`ask` as the question when the stage is that begins or ends on the day it names; as it is, where it asks no such thing.

    Not 二试, of a day of the spring, is said with it (`Ask.no_second`).
    """
    query = ask.query
    where = _WHERE.search(query.text) is not None
    second = "二试" in query.text and _SECOND.search(query.text) is not None and not STILL.search(query.text)
    said = query.day.on(today(now).year) if query.day is not None and not query.vague else None
    what = _WHAT.search(query.text) is not None
    said = said or _coming(query.text, today(now), anywhere=what)
    to_do = said is not None and said >= today(now) and _TO_DO.search(query.text) is not None
    put = _puts_forward(ask, session)
    if not (where or second or to_do or what or put) or query.exam or query.off_topic:
        return ask
    days = (
        _Days(said.month, said.day, 0) if (to_do or what) and said is not None and query.day is None else None
    )
    days = days or (_Days(said.month, said.day, 0) if to_do and said is not None else None)
    days = (
        days
        or _named(query.text)
        or (_named(session.asked[-2]) if where and len(session.asked) > 1 else None)
    )
    first = query.text.find("二试") < query.text.find(str(days.day)) if second and days is not None else False
    if first and query.presumes and "缴费" not in query.actions:
        return ask  # 二试报名是1月22开始?: to be told its own day
    if days is None or (not days.month and not where):
        return ask
    everywhere = tuple(region for region in (NATION, *kb.regions) if inherits(kb, region))
    every = everywhere if where else ask.regions or (NATION,)
    before = session.topic.stages if session.topic is not None and where and not query.stages else ()
    among, year = before or tuple(stage.name for stage in STAGES), ask.topic.year
    found = _found(days, every, among, year, kb, now)
    if not (found or ask.regions):
        found = _found(days, everywhere, among, year, kb, now)  # 4月5号开始的那个是啥, of a stranger
    if not found and ask.regions:
        found = _found(days, every, among, year, kb, now, whole=True)
    if second and any(stage in SECOND for _, stage, _ in found):
        return ask
    if put and (not found or found[0][2] != kb.newest_year(now)):
        found = _due(every, kb, now)
    if not found:
        return ask
    year = found[0][2]
    stages = tuple(dict.fromkeys(stage for _, stage, of in found if of == year))
    regions = tuple(dict.fromkeys(region for region, _, of in found if of == year))
    topic = Topic(core="这是什么时间", stages=stages, asks=("时间",), year=year)
    if put:
        topic = replace(topic, day=ask.topic.day, presumes=query.presumes)
    return replace(
        ask,
        topic=topic,
        regions=regions[:_MAX],
        content=(),
        bare=False,
        resumed=True,
        entry_fixed=False,
        goes_on=True,
        no_second=second,
        step=0,
    )


def _puts_forward(ask: Ask, session: Session) -> bool:
    """重庆2月4号截止对吧, of no stage, by one who has not spoken of any."""
    query = ask.query
    ends = query.presumes in ("开始", "截止") and query.day is not None and not query.vague
    nothing = not (query.stages or query.subjects or ask.content or ask.entry_fixed)
    return ends and nothing and bool(ask.regions) and session.topic is None


def _due(regions: Iterable[str], kb: Knowledge, now: datetime) -> list[tuple[str, str, int]]:
    """(region, stage, year) of what is due there first, which a day that is none of its own is put beside; [] where nothing is."""
    for region in regions:
        for stage in ORDER:
            told = tell(kb, region, stage, None, now)
            windows = told.cell.windows if told.cell is not None and stage not in EXAMS else ()
            if told.year and any(window.phase_at(now) is not Phase.CLOSED for window in windows):
                return [(region, stage, told.year)]
    return []


def _coming(text: str, now: date, anywhere: bool = False) -> date | None:
    """The next day of this number: 17号要去哪; in the midst of a message where it is asked what that day is for."""
    found = _BARE.match(text) or (_BARE_WITHIN.search(text) if anywhere else None)
    number = int(found[1]) if found is not None else 0
    for days in range(_MONTH) if number else ():
        if (day := now + timedelta(days)).day == number:
            return day
    return None


def _named(text: str) -> _Days | None:
    found = next((match for match in _DAYS.finditer(text) if match["month"] or match["until"]), None)
    if found is None:
        return None
    return _Days(int(found["month"] or 0), int(found["day"]), int(found["until"] or 0))


def _found(
    days: _Days,
    regions: Iterable[str],
    stages: Iterable[str],
    asked: int | None,
    kb: Knowledge,
    now: datetime,
    whole: bool = False,
) -> list[tuple[str, str, int]]:
    """(region, stage, year) of the windows of these days in the newest year that has any: the nation's stand for all that follow them.

    Args:
        whole: those whose days it falls among, not only those that begin or end on it.
    """
    wanted = [stage for stage in stages if stage not in EXAMS]
    every = sorted({year for _, year in kb.schedules}, reverse=True)
    for year in (asked,) if asked is not None else every:
        found = []
        for region in regions:
            for stage in wanted:
                told = tell(kb, region, stage, year, now)
                cell = told.cell if told.level in (region, NATION) else None
                follows = region != NATION and told.level == NATION
                if cell is not None and not (follows and len(tuple(regions)) > 1):
                    found += [
                        (region, stage, year)
                        for window in cell.windows
                        if (days.among if whole else days.are)(window)
                    ][:1]
        if found:
            return found
    return []
