"""Windows and the clock: what a notice prints, as instants, and where `now` falls. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

YEARS = range(2000, 2100)  # what a notice may name; anything else is a slip of the finger
_WRITTEN = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]+(\d{1,2}):(\d{2}))?$")


class Phase(Enum):
    """Where an instant falls against a window."""

    BEFORE = "未开始"
    OPEN = "进行中"
    CLOSED = "已截止"


@dataclass(frozen=True)
class Moment:
    """A point in a notice as it is printed: a day, and the hour only where the notice gives one.

    minute: minutes since the day's 00:00, 0…1440; 1440 is "24 时". None = the notice names no hour.
    """

    day: date
    minute: int | None = None

    @classmethod
    def parse(cls, written: str) -> Moment:
        """Read `2024-02-04` or `2024-02-04 24:00`, as staff write it.

        Raises:
            ValueError: another form, no such day, a year out of YEARS, an hour over 24:00; the message is for staff, in Chinese.
        """
        found = _WRITTEN.match(written.strip())
        if not found:
            raise ValueError("日期要写成 2024-02-04 或 2024-02-04 24:00")
        year, month, day_of_month, hour, minute = found.groups()
        try:
            day = date(int(year), int(month), int(day_of_month))
        except ValueError as error:
            raise ValueError("日历上没有这一天") from error
        if day.year not in YEARS:
            raise ValueError(f"年份要在 {YEARS[0]} 到 {YEARS[-1]} 之间")
        if hour is None:
            return cls(day)
        minutes = int(hour) * 60 + int(minute)
        if minutes > 24 * 60 or int(minute) > 59:
            raise ValueError("钟点要在 00:00 到 24:00 之间")
        return cls(day, minutes)

    def starts(self) -> datetime:
        """The instant from which a window that opens at this moment is open; no hour = the whole day."""
        return _instant(self.day, self.minute or 0)

    def ends(self) -> datetime:
        """The first instant at which a window that closes at this moment is closed.

        "24 时" of a day is the next day's midnight, and so is a day without an hour (the whole day counts).
        """
        return _instant(self.day, 24 * 60 if self.minute is None else self.minute)


def _instant(day: date, minute: int) -> datetime:
    return datetime.combine(day, time.min, SHANGHAI) + timedelta(minutes=minute)


@dataclass(frozen=True)
class Window:
    """A half-open stretch of time for one audience: opens <= now < closes.

    audience: "" = everybody; a name such as "军队现役"; a leading "非" = everybody but them.
    """

    opens: Moment
    closes: Moment
    audience: str = ""

    def phase_at(self, now: datetime) -> Phase:
        """Where `now` falls against this window.

        Args:
            now: aware; compared as an instant, so any zone will do. Naive raises ValueError.
        """
        aware(now)
        if now < self.opens.starts():
            return Phase.BEFORE
        return Phase.OPEN if now < self.closes.ends() else Phase.CLOSED

    def days_left(self, now: datetime) -> int:
        """Printed last day − today, in days, by the calendar of Shanghai; negative once the last day is past."""
        return (self.closes.day - today(now)).days

    def days_until(self, now: datetime) -> int:
        """Printed first day − today, in days."""
        return (self.opens.day - today(now)).days

    def minutes_left(self, now: datetime) -> int:
        """As `hours_left`, in whole minutes."""
        return max(0, int((self.closes.ends() - aware(now)).total_seconds() // 60))

    def hours_left(self, now: datetime) -> int:
        """Whole hours until the window closes, rounded down; 0 in the last hour and after it."""
        return max(0, int((self.closes.ends() - aware(now)).total_seconds() // 3600))


def aware(now: datetime) -> datetime:
    """Give `now` back, or raise ValueError when it carries no zone: a naive clock is a wrong answer waiting."""
    if now.utcoffset() is None:
        raise ValueError("now must be aware")
    return now


def today(now: datetime) -> date:
    """The calendar day in Shanghai at the instant `now`."""
    return aware(now).astimezone(SHANGHAI).date()
