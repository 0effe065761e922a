"""The first line over several stages: what the clock says of the one that is due. Pure."""

from __future__ import annotations

from datetime import datetime

from bot.answers import wording
from bot.answers.clock import lead
from bot.answers.parts import windows_for
from bot.dialogue.decision import Decision
from bot.dialogue.lookup import Told, coming_year
from bot.knowledge.model import NATION, Knowledge
from bot.schedule.deadlines import Phase, Window, today
from bot.schedule.stages import EXAMS, REVIEWS, SECOND, TITLES
from bot.text.dates import Day
from bot.text.replacing import replace
from bot.text.statuses import PASSED
from bot.text.tense import BY_THEN


def first_due(decision: Decision, now: datetime) -> tuple[Told, Window] | None:
    """The stage that is open, else the next to open, else the last closed; None where no window is told."""
    pairs = [
        (told, window)
        for told in decision.told
        if told.cell is not None
        for window in windows_for(told.cell.windows, decision.audience)
    ]
    if not pairs:
        return None
    if decision.audience is None:  # a window for a few is nobody's headline as long as there are others
        pairs = [pair for pair in pairs if pair[1].audience[:1] in ("", "非")] or pairs
    named = decision.day.on(today(now).year) if decision.day is not None else None
    of_exam = [pair for pair in pairs if pair[0].stage in EXAMS and named == pair[1].opens.day]
    if decision.verdict and not of_exam:  # 明天就是二试了
        # nobody can be late for a test that they are not registered for: 二试忘报了 还来得及吗
        pairs = [pair for pair in pairs if pair[0].stage not in EXAMS] or pairs
    order = {"进行中": 0, "未开始": 1, "已截止": 2}
    # 昨天截止了? is about the one that closed then
    meant = [pair for pair in pairs if named in (pair[1].opens.day, pair[1].closes.day)] if named else []
    return min(meant or pairs, key=lambda pair: order[pair[1].phase_at(now).value])


def headline(decision: Decision, kb: Knowledge, now: datetime, is_next: bool) -> str:
    """The verdict over several stages, which is that of the first due."""
    # what is next hangs on no day that was named: 昨天截止的还能改吗
    found = first_due(replace(decision, day=None) if is_next else decision, now)
    if found is None:
        return ""
    told, window = found
    if not is_next and decision.put and not wording.ends_on(window, decision.put):
        return ""  # 二试是11月9号还是16号 may mean any of its steps
    if not is_next and decision.presumes in ("开始", "截止", BY_THEN) and decision.day is not None:
        # of the calendar, where the year on file is an older one: 24号截止吧, a year later
        day = Day(decision.day.month, decision.day.day).on(window.closes.day.year)
        by_then = decision.clocked and decision.presumes in ("截止", BY_THEN)  # 4月20号前交费可以吗
        named = set(decision.entry.stages) if decision.entry is not None else set()
        its_own = named in ({told.stage}, set(REVIEWS)) or (bool(named) and named <= SECOND)
        if day not in (window.opens.day, window.closes.day) and not (by_then or its_own):
            return ""  # 四川 4 月 5 号开始了，重庆不是一样的? takes the day for no step that is told here
    if not is_next:
        whose = "（全国）" if told.level == NATION and decision.region not in (None, NATION) else ""
        return f"{TITLES[told.stage]}{whose}：{lead(told, window, decision, now)}。"
    phase = window.phase_at(now)
    if phase is Phase.CLOSED and not all(item.stated for item in decision.told):
        return "写了时间的各步都已经结束了；公告没写时间的还要办，留意通知。"
    if phase is Phase.CLOSED:
        return all_over(decision, kb, now)
    nothing = "下一步是" if decision.spared and decision.audience == PASSED else "现在没有要办的，下一步是"
    due = "现在该办" if phase is Phase.OPEN else nothing
    return f"{due}：{TITLES[told.stage]}，{wording.state(window, now)}。"


def all_over(decision: Decision, kb: Knowledge, now: datetime) -> str:
    """That nothing of what is on file is left to do; and of a year that is not on file, that it must be watched for."""
    year, told = coming_year(kb, now), max((item.year or 0 for item in decision.told), default=0)
    if told and told < today(now).year <= year:
        return f"{year} 年度的公告还没有收录，说不出现在该办什么：请常看 www.nmec.org.cn 和当地考区的公告。"
    return "收录到的各步都已经结束了，现在没有要办的。"
