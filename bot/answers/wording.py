"""Days, windows and the state of the clock, in words. Pure; the one place where a date becomes text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from bot.schedule.deadlines import Moment, Phase, Window, today


def day(value: date, *, year: bool = True) -> str:
    """2024 年 2 月 4 日, or without the year."""
    text = f"{value.month} 月 {value.day} 日"
    return f"{value.year} 年 {text}" if year else text


def moment(value: Moment, *, year: bool = True) -> str:
    """A moment as its notice prints it: the hour only where the notice gives one, "24 时" kept."""
    text = day(value.day, year=year)
    if value.minute is None:
        return text
    hour, minute = divmod(value.minute, 60)
    return f"{text} {hour} 时" + (f" {minute} 分" if minute else "")


def window(value: Window, *, year: bool = True) -> str:
    """From … to …, the year once where both ends share it; not at all with `year` false, where a heading names it."""
    same = value.opens.day.year == value.closes.day.year
    return f"{moment(value.opens, year=year or not same)}至 {moment(value.closes, year=not same)}"


def state(value: Window, now: datetime) -> str:
    """The state of the clock in one clause: 还没开始 … · 进行中 … · 已截止."""
    phase = value.phase_at(now)
    if phase is Phase.BEFORE:
        days = value.days_until(now)
        return f"还没开始，{moment(value.opens, year=_other_year(value.opens, now))}开始（{_until(days)}）"
    if phase is Phase.CLOSED:
        return f"已截止（{moment(value.closes)}）"
    return f"进行中，{left(value, now)}"


def _until(days: int) -> str:
    """今天, 明天, then 还有 2 天: ten minutes before midnight "1 day" is heard as a whole one."""
    return ("今天", "明天")[days] if days in (0, 1) else f"还有 {days} 天"


def left(value: Window, now: datetime) -> str:
    """How long an open window stays open: "2 月 4 日 24 时截止，还剩 3 天", on the last day "今天截止，还剩 5 小时"."""
    days = value.days_left(now)
    if days > 0:
        return f"{moment(value.closes, year=_other_year(value.closes, now))}截止，还剩 {days} 天"
    hours, minutes = value.hours_left(now), value.minutes_left(now)
    rest = f"还剩 {hours} 小时" if hours else "还剩不到 1 小时"
    if not hours and value.closes.minute is not None:
        rest = f"还剩 {minutes} 分钟" if minutes else "还剩不到 1 分钟"
    if value.closes.minute is None:
        return f"今天截止（{day(value.closes.day, year=False)}），按全天算{rest}，公告没写钟点，请尽早"
    return f"今天截止（{moment(value.closes, year=False)}），{rest}"


def verdict(value: Window, now: datetime) -> str:
    """The answer to 还能…吗: 能 / 不能 / 还没开始, with the instant."""
    phase = value.phase_at(now)
    if phase is Phase.BEFORE:
        return f"还不能，{state(value, now)}"
    if phase is Phase.CLOSED:
        return f"不能了，{moment(value.closes)}已截止"
    return f"能，{left(value, now)}"


def verdict_on(value: Window, asked: date) -> str:
    """The answer to 7 月 10 号还能…吗, by the calendar: the printed first and last day both count."""
    name = day(asked, year=False)
    if asked < value.opens.day:
        return f"不能，{name}还没开始，{moment(value.opens)}才开始"
    if asked > value.closes.day or value.closes.ends() <= Moment(asked).starts():
        return f"不能，{moment(value.closes)}截止，到 {name}就晚了"
    if asked == value.opens.day and value.opens.minute:
        return f"能，{moment(value.opens, year=False)}起"
    if asked == value.closes.day:
        return f"能，{name}是最后一天，{moment(value.closes, year=False)}截止"
    return f"能，{name}在时间内，{moment(value.closes)}截止"


def confirm(value: Window, asked: date, end: str, now: datetime, until: Sequence[int] = ()) -> str:
    """是 20 号开始吧: right, or the day that it is. `end`: "开始", "截止" or "期间".

    Args:
        until: (month, day) of the last day that is supposed (5 号到 10 号吧), month 0 for none said; () for none.
    """
    last = value.closes.day
    begins = asked == value.opens.day
    if until and end == "期间" and begins and (until[1] != last.day or until[0] not in (0, last.month)):
        return f"不是到 {until[0] or last.month} 月 {until[1]} 日，是 {window(value)}"
    if until and end == "期间" and not begins:
        return f"不是 {day(asked, year=False)}，是 {window(value)}"
    if end == "期间":
        inside = value.opens.day <= asked <= value.closes.day
        return f"对，是 {window(value)}" if inside else f"不是 {day(asked, year=False)}，是 {window(value)}"
    true = value.opens if end == "开始" else value.closes
    phase, of_today = value.phase_at(now), asked == today(now)
    if asked == true.day:
        if of_today and end == "截止" and phase is Phase.OPEN:
            return f"对，{left(value, now)}"
        if of_today and phase is Phase.BEFORE:
            return f"对，{moment(true)}{end}，还没到"  # 今天开始了吗, at half past seven
        return f"对，{moment(true)}{'已' if end == '截止' and phase is Phase.CLOSED else ''}{end}"
    if of_today and end == "开始" and phase is Phase.OPEN:
        return f"已经开始了，是 {moment(true)}开始的，{short(value, now)}"  # 今天开始了吗
    return f"不是 {day(asked, year=False)}，是 {moment(true)}{end}"


def ends_on(value: Window, days: Sequence[tuple[int, int]]) -> bool:
    """Whether the window begins or ends on one of the days, each (month, day), month 0 for any."""
    ends = (value.opens.day, value.closes.day)
    return any(number == end.day and month in (0, end.month) for end in ends for month, number in days)


def of_two(value: Window, days: Sequence[tuple[int, int]], end: str) -> str:
    """截止是 9 号还是 10 号: the one that it is, or that it is neither.

    Args:
        days: (month, day), month 0 for any. end: "开始", "截止", "" for either end.
    """
    ends = [(at, name) for at, name in ((value.opens, "开始"), (value.closes, "截止")) if end in ("", name)]
    true = [
        f"{moment(at)}{name}"
        for at, name in ends
        if any(number == at.day.day and month in (0, at.day.month) for month, number in days)
    ]
    if true:
        return "，".join(true)
    only = f"{moment(ends[0][0])}{ends[0][1]}" if len(ends) == 1 else window(value)
    return f"都不是，是 {only}"


def of_hour(value: Window, end: str, hour: int, asked: date | None) -> str:
    """截止是下午 5 点吧: right, or the moment that it is; "" where the notice gives no hour for that end.

    Args:
        end: "开始", "截止", "" for either end. hour: 0 to 24. asked: the day that is named with it.
    """
    ends = [(at, name) for at, name in ((value.opens, "开始"), (value.closes, "截止")) if end in ("", name)]
    ends = [(at, name) for at, name in ends if at.minute is not None]
    if end == "开始" and asked is not None and value.opens.day < asked <= value.closes.day:
        return ""  # it has been open for days by then
    for at, name in ends:
        midnight = not hour and asked is not None and at.ends().date() == asked and name == "截止"
        if midnight or (at.minute == hour * 60 and asked in (None, at.day)):
            return f"对，{moment(at)}{name}"
    if not ends:
        return ""
    is_so = f"{moment(ends[0][0])}{ends[0][1]}" if len(ends) == 1 else window(value)
    return f"不是，是 {is_so}"


def _other_year(value: Moment, now: datetime) -> bool:
    return value.day.year != today(now).year


def short(value: Window, now: datetime) -> str:
    """The state beside a window that is printed already."""
    phase = value.phase_at(now)
    if phase is Phase.CLOSED:
        return "已截止"
    if phase is Phase.BEFORE:
        days = value.days_until(now)
        return f"还没开始（{_until(days)}{'开始' if days == 1 else ''}）" if days else "今天开始"
    days = value.days_left(now)
    return f"进行中，还剩 {days} 天" if days > 0 else f"进行中，{left(value, now)}"


def whole(value: Window, *, year: bool = True) -> str:
    """As `window`, with whom it is for."""
    text = window(value, year=year)
    if not value.audience:
        return text
    return f"{text}（{only_for(value.audience)}）"


def only_for(name: str) -> str:
    """Whom a window is for; 非… is all others."""
    return f"只限{name[1:]}以外的考生" if name.startswith("非") else f"只限{name}考生"
