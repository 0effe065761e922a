"""What the clock says of one window: whether its thing can be done now, how far it is, on a day that was named. Pure."""

from __future__ import annotations

from datetime import date, datetime

from bot.answers import wording
from bot.answers.parts import windows_for
from bot.dialogue.decision import Decision
from bot.dialogue.lookup import Told
from bot.schedule.deadlines import SHANGHAI, Phase, Window, today
from bot.schedule.stages import EXAMS, FIRST_RESULTS, SECOND, TITLES
from bot.text.dates import Day
from bot.text.replacing import replace
from bot.text.tense import AN_END, BY_THEN

ON_SITE, OFFICE_HOURS_END = "现场审核", 17
UNSTATED = "的时间没有收录"


def as_of_now(told: Told, decision: Decision, now: datetime) -> str:
    """Whether what the window of `told` allows can be done now, whose window it is included: 能，… · 不能了，… · 还没开始，…."""
    if told.cell is None or not told.cell.windows:
        return f"{TITLES[told.stage]}的时间没有收录，不能判断能不能"
    windows = windows_for(told.cell.windows, decision.audience)
    if not windows:
        return f"您不用办：{label(told)}{wording.only_for(told.cell.windows[0].audience)}"
    if decision.late and windows[0].phase_at(now) is not Phase.CLOSED:
        return f"不能，过了就不行：{wording.moment(windows[0].closes)}截止（{label(told)}）"
    said = lead(told, windows[0], replace(decision, verdict=True), now)
    return f"{said.removeprefix('还不能，')}（{label(told)}）"


def how_far(told: Told, decision: Decision, now: datetime) -> str:
    """The state of the window of `told`, whose it is included: 进行中，… · 已截止 …; no 能, where something else is asked."""
    if told.cell is None or not told.cell.windows:
        return f"{TITLES[told.stage]}{UNSTATED}"
    windows = windows_for(told.cell.windows, decision.audience) or told.cell.windows
    said = lead(told, windows[0], replace(decision, verdict=False, clocked=True, asked_year=told.year), now)
    return f"{said}（{label(told)}）"


def of_another(told: Told, decision: Decision, now: datetime) -> str:
    """What the nation says of a stage that this region holds in another way: told as the nation's, and never a verdict (promise 5)."""
    year = told.year or today(now).year
    return f"{told.region} {year} 年度的时间没有收录，只收录了全国的：{how_far(told, decision, now)}"


def state_of(told: Told, now: datetime) -> str:
    """This year's window and how far it is: 2024 年 9 月 18 日至 9 月 24 日，进行中，还剩 4 天; "" where this year's is not on file."""
    if told.year != today(now).year or told.cell is None or not told.cell.windows:
        return ""
    window = told.cell.windows[0]
    return f"{wording.whole(window)}，{wording.short(window, now)}"


def open_state(told: Told, now: datetime) -> str:
    """As state_of, while the window is open; "" before and after."""
    windows = told.cell.windows if told.cell is not None else ()
    return state_of(told, now) if any(window.phase_at(now) is Phase.OPEN for window in windows) else ""


def is_closed(told: Told, now: datetime) -> bool:
    """Whether this year's window is on file and over."""
    over = told.cell is not None and all(w.phase_at(now) is Phase.CLOSED for w in told.cell.windows)
    return over and bool(state_of(told, now))


def lead(told: Told, window: Window, decision: Decision, now: datetime) -> str:
    """What comes first of `window`, as it was asked for: whether one may, how far it is, or what holds on the day that was named."""
    asked = decision.day.on(window.closes.day.year) if decision.day is not None else None
    past = told.year != today(now).year and window.phase_at(now) is Phase.CLOSED
    if decision.day is not None and decision.presumes and past:
        # 18号到24号吧, a year later: a day that is supposed is one of the calendar
        asked = Day(decision.day.month, decision.day.day).on(window.closes.day.year)
    either = asked in (window.opens.day, window.closes.day)
    if decision.presumes == AN_END and decision.of_year and asked is not None and not (either or past):
        # 2月4号是哪年的, 去年是1月22 今年也是吧
        its = f"{wording.day(asked, year=False)}是 {decision.of_year} 年度的"
        return f"不是 {wording.day(asked, year=False)}，是 {wording.window(window)}；{its}"
    if decision.presumes == AN_END:
        decision = replace(decision, presumes="开始" if asked == window.opens.day else "截止")
    if decision.presumes == BY_THEN:  # 20号之前去可以吧
        if asked is not None and asked < window.closes.day and decision.clocked and not past:
            return wording.verdict_on(window, asked)
        decision = replace(decision, presumes="截止")
    if decision.put:
        of_then = (told.year or 0) < today(now).year and decision.asked_year is None
        exam = told.stage in EXAMS
        said = (
            f"考试是 {wording.window(window)}"
            if exam
            else wording.of_two(window, decision.put, decision.presumes)
        )
        return f"{today(now).year} 年度的没有收录；{told.year} 年度的，{said}" if of_then else said
    if decision.hour is not None and (said := wording.of_hour(window, *decision.hour, asked)):
        of_then = (told.year or 0) < today(now).year and decision.asked_year is None
        return f"{today(now).year} 年度的没有收录；{told.year} 年度的，{said}" if of_then else said
    then = asked is None or (asked == today(now) == window.closes.day)  # 今晚过了还能传不
    if decision.late and decision.verdict and then and window.phase_at(now) is Phase.OPEN:
        return f"不能，过了就不行：{wording.left(window, now)}"  # 能打电话补报吗, while it is still open
    if (
        past and decision.asked_year is None
    ):  # an earlier year's tells nothing of this one (design, promise 3)
        unknown = f"{today(now).year} 年度的没有收录"
        ends = {
            (at.month, at.day): end for at, end in ((window.opens.day, "开始"), (window.closes.day, "截止"))
        }
        end = ends.get((asked.month, asked.day), "") if asked is not None else ""
        if end and decision.presumes == end:  # the right day of another year
            at = window.opens if end == "开始" else window.closes
            return f"{unknown}；{told.year} 年度的是 {wording.moment(at)}{end}"
        if asked is not None and decision.presumes:
            return f"{unknown}；{told.year} 年度的，{_confirmed(told, window, asked, decision, now)}"
        if (
            told.stage in SECOND
            and today(now).month < FIRST_RESULTS
            and (decision.verdict or decision.clocked)
        ):
            # no notice is needed to know that (nationwide rule: pilots are fixed after the first results)
            waits = (
                f"{today(now).year} 年度的还没到：二试要等当年第一次成绩公布以后才报名，年初的报名是报一试的"
            )
            return f"{waits}；{told.year} 年度的是 {wording.window(window)}"
        if decision.verdict or decision.clocked:
            return f"{unknown}，不能判断；{told.year} 年度的已截止（{wording.moment(window.closes)}）"
    if asked is not None and told.stage in EXAMS and not past:
        inside = window.opens.day <= asked <= window.closes.day
        if inside and window.opens.day < window.closes.day:
            return f"{wording.day(asked, year=False)}在内，考试是 {wording.window(window)}；您是哪一天，公告没有写"
        return f"{'对，' if inside else f'不是 {wording.day(asked, year=False)}，'}考试是 {wording.window(window)}"
    if asked is not None and asked < today(now) and not decision.presumes:
        asked = None  # of yesterday nothing can be done any more; what holds now can be told
    if asked is not None and decision.presumes:
        return _confirmed(told, window, asked, decision, now)
    if asked == window.opens.day != today(now) and decision.at_hour and window.opens.minute:
        return wording.state(window, now)  # 明早7点能交吗, where it opens at 8
    if asked is not None and asked != today(now) and decision.verdict:
        return wording.verdict_on(window, asked)
    if decision.verdict and told.stage in SECOND and window.phase_at(now) is Phase.OPEN:
        return f"{wording.verdict(window, now)}（限当年试点考区、符合条件的）"
    if decision.by_when and not decision.verdict and window.phase_at(now) is Phase.BEFORE:
        closes = wording.moment(window.closes, year=window.closes.day.year != today(now).year)
        return f"{closes}截止；{wording.state(window, now)}"  # 好久截止, before it begins
    said = wording.verdict(window, now) if decision.verdict else wording.state(window, now)
    if told.stage == ON_SITE and _desk_may_be_shut(window, now):
        return f"{said}；这个时候现场可能已经下班，马上问考点办公室"
    return said


def _desk_may_be_shut(window: Window, now: datetime) -> bool:
    """Whether it is the evening of the last day of a window without an hour: a 能 alone would send somebody to a closed door."""
    local = now.astimezone(SHANGHAI)
    last = window.closes.minute is None and window.closes.day == local.date()
    return last and window.phase_at(now) is Phase.OPEN and local.hour >= OFFICE_HOURS_END


def _confirmed(told: Told, window: Window, asked: date, decision: Decision, now: datetime) -> str:
    """As wording.confirm; who takes a day of the spring for one of 二试 hears what that one was."""
    said = wording.confirm(window, asked, decision.presumes, now, decision.until)
    if decision.of_year and said.startswith("不是"):
        said = f"{said}；{wording.day(asked, year=False)}是 {decision.of_year} 年度的"
    return (
        f"{said}；年初的报名是报一试的，另是一回事"
        if told.stage in SECOND and asked.month < FIRST_RESULTS
        else said
    )


def label(told: Told) -> str:
    """Whose window it is: 重庆 2024 年度网上报名."""
    return f"{told.level} {told.year} 年度{TITLES[told.stage]}"
