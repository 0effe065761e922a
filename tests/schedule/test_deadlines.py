"""The clock, minute by minute: half-open windows, 24 时, days without an hour, any zone, never a naive one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.schedule.deadlines import SHANGHAI, Moment, Phase, Window, aware, today

BEFORE, OPEN, CLOSED = Phase.BEFORE, Phase.OPEN, Phase.CLOSED


def shanghai(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=SHANGHAI)


def window(opens: str, closes: str) -> Window:
    return Window(Moment.parse(opens), Moment.parse(closes))


SIGN_UP = window("2024-01-22", "2024-02-04 24:00")  # 四川 and 重庆 2024: a day without an hour, to "24 时"
FEE = window("2024-04-05 08:00", "2024-04-09 24:00")  # 四川 2024: "8 时至 24 时"
REVIEW = window("2024-02-21", "2024-03-05")  # no hour at either end
NOON = window("2025-02-08 10:00", "2025-02-08 12:30")  # within one day


@pytest.mark.parametrize(
    ("span", "now", "phase"),
    [
        (SIGN_UP, "2024-01-21T23:59:59.999999", BEFORE), (SIGN_UP, "2024-01-22T00:00:00", OPEN),
        (SIGN_UP, "2024-02-04T23:59:00", OPEN), (SIGN_UP, "2024-02-04T23:59:59.999999", OPEN),
        (SIGN_UP, "2024-02-05T00:00:00", CLOSED), (SIGN_UP, "2024-02-05T00:01:00", CLOSED),
        (FEE, "2024-04-05T07:59:00", BEFORE), (FEE, "2024-04-05T07:59:59.999999", BEFORE),
        (FEE, "2024-04-05T08:00:00", OPEN), (FEE, "2024-04-05T08:01:00", OPEN),
        (FEE, "2024-04-09T23:59:59.999999", OPEN), (FEE, "2024-04-10T00:00:00", CLOSED),
        (REVIEW, "2024-02-20T23:59:59", BEFORE), (REVIEW, "2024-02-21T00:00:00", OPEN),
        (REVIEW, "2024-03-05T00:00:00", OPEN), (REVIEW, "2024-03-05T23:59:59", OPEN),
        (REVIEW, "2024-03-06T00:00:00", CLOSED),
        (NOON, "2025-02-08T09:59:59", BEFORE), (NOON, "2025-02-08T10:00:00", OPEN),
        (NOON, "2025-02-08T12:29:59", OPEN), (NOON, "2025-02-08T12:30:00", CLOSED),
    ],
)  # fmt: skip
def test_a_window_is_open_from_its_first_instant_to_before_its_last(
    span: Window, now: str, phase: Phase
) -> None:
    assert span.phase_at(shanghai(now)) is phase


@pytest.mark.parametrize("span", [SIGN_UP, FEE, REVIEW, NOON, window("2024-12-31 23:59", "2025-01-01 00:01")])
def test_every_minute_around_both_ends(span: Window) -> None:
    """Two hours each side of each end, minute by minute, against the dumb version in UTC."""
    for end in (span.opens.starts(), span.closes.ends()):
        for minute in range(-120, 121):
            now = (end + timedelta(minutes=minute)).astimezone(UTC)
            expected = BEFORE if now < span.opens.starts() else OPEN if now < span.closes.ends() else CLOSED
            assert span.phase_at(now) is expected
    assert span.opens.starts().utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize(
    ("written", "starts", "ends"),
    [
        ("2024-02-04", "2024-02-04T00:00", "2024-02-05T00:00"),  # no hour: the whole day
        ("2024-02-04 24:00", "2024-02-05T00:00", "2024-02-05T00:00"),
        ("2024-02-04 00:00", "2024-02-04T00:00", "2024-02-04T00:00"),
        ("2024-02-04 08:00", "2024-02-04T08:00", "2024-02-04T08:00"),
        ("2024-02-28 24:00", "2024-02-29T00:00", "2024-02-29T00:00"),  # a leap year
        ("2023-02-28 24:00", "2023-03-01T00:00", "2023-03-01T00:00"),
        ("2024-12-31 24:00", "2025-01-01T00:00", "2025-01-01T00:00"),
        ("2024-12-31", "2024-12-31T00:00", "2025-01-01T00:00"),
        ("2099-12-31 24:00", "2100-01-01T00:00", "2100-01-01T00:00"),
    ],
)
def test_24_is_the_next_day_s_midnight_and_no_hour_the_whole_day(
    written: str, starts: str, ends: str
) -> None:
    moment = Moment.parse(written)
    assert moment.starts() == shanghai(starts)
    assert moment.ends() == shanghai(ends)


def test_what_the_notice_printed_is_kept() -> None:
    """24:00 is not turned into the next day, and no hour not into one: replies say what the notice says."""
    assert Moment.parse("2024-02-04 24:00") == Moment(date(2024, 2, 4), 1440)
    assert Moment.parse("2024-02-04") == Moment(date(2024, 2, 4), None)
    assert Moment.parse("2024-2-4 8:00") == Moment(date(2024, 2, 4), 480)
    assert Moment.parse(" 2024-02-04T08:30 ") == Moment(date(2024, 2, 4), 510)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("", "要写成"), ("18:00", "要写成"), ("2 月 4 日", "要写成"), ("2024-02", "要写成"), ("2024/02/04", "要写成"),
        ("20240204", "要写成"), ("2024-02-04 24：00", "要写成"), ("2024-02-04 8", "要写成"), ("2024-02-04 08:00:00", "要写成"),
        ("2024-02-04 08:00\n2024", "要写成"), ("24-02-04", "要写成"),
        ("2024-02-30", "没有这一天"), ("2023-02-29", "没有这一天"), ("2024-13-01", "没有这一天"), ("2024-00-10", "没有这一天"),
        ("2024-02-04 24:01", "00:00 到 24:00"), ("2024-02-04 25:00", "00:00 到 24:00"), ("2024-02-04 08:60", "00:00 到 24:00"),
        ("0204-02-04", "年份"), ("1999-12-31", "年份"), ("2100-01-01", "年份"), ("9999-12-31 24:00", "年份"),
    ],
)  # fmt: skip
def test_what_is_no_moment_is_refused_in_words_for_staff(written: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Moment.parse(written)


@pytest.mark.parametrize(
    ("now", "days", "hours"),
    [
        ("2024-02-01T10:00", 3, 86), ("2024-02-03T00:00", 1, 48), ("2024-02-03T23:59", 1, 24),
        ("2024-02-04T00:00", 0, 24), ("2024-02-04T00:01", 0, 23), ("2024-02-04T19:00", 0, 5),
        ("2024-02-04T19:01", 0, 4), ("2024-02-04T23:00", 0, 1), ("2024-02-04T23:01", 0, 0),
        ("2024-02-04T23:59", 0, 0), ("2024-02-05T00:00", -1, 0), ("2024-02-06T09:00", -2, 0),
    ],
)  # fmt: skip
def test_days_are_the_calendar_s_and_hours_round_down(now: str, days: int, hours: int) -> None:
    """The printed last day, 4 Feb, less today; 24 时 of it does not make it one more."""
    assert (SIGN_UP.days_left(shanghai(now)), SIGN_UP.hours_left(shanghai(now))) == (days, hours)
    assert (window("2024-01-22", "2024-02-04").days_left(shanghai(now))) == days


def test_days_until_the_first_day() -> None:
    assert FEE.days_until(shanghai("2024-04-04T23:59")) == 1
    assert FEE.days_until(shanghai("2024-04-05T00:00")) == 0
    assert FEE.days_until(shanghai("2024-04-05T07:59")) == 0  # today, from 8 o'clock on
    assert FEE.days_until(shanghai("2024-03-05T12:00")) == 31


class _Zoneless(tzinfo):
    """A tzinfo that knows no offset: as naive as none."""

    def utcoffset(self, dt: datetime | None) -> None:
        return None

    def dst(self, dt: datetime | None) -> None:
        return None

    def tzname(self, dt: datetime | None) -> str:
        return "?"


@pytest.mark.parametrize("now", [datetime(2024, 2, 1), datetime(2024, 2, 1, tzinfo=_Zoneless())])  # noqa: DTZ001  that is the point
def test_a_naive_clock_is_refused(now: datetime) -> None:
    with pytest.raises(ValueError, match="aware"):
        aware(now)
    for ask in (SIGN_UP.phase_at, SIGN_UP.days_left, SIGN_UP.days_until, SIGN_UP.hours_left, today):
        with pytest.raises(ValueError, match="aware"):
            ask(now)


def test_today_is_shanghai_s_day() -> None:
    assert today(datetime(2024, 2, 4, 15, 59, 59, tzinfo=UTC)) == date(2024, 2, 4)
    assert today(datetime(2024, 2, 4, 16, 0, tzinfo=UTC)) == date(2024, 2, 5)
    assert today(datetime(2024, 2, 4, 23, 0, tzinfo=ZoneInfo("America/New_York"))) == date(2024, 2, 5)


DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 30))
MOMENTS = st.builds(Moment, DAYS, st.none() | st.integers(0, 1440))
ZONES = st.sampled_from(
    [UTC, SHANGHAI, ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata"), ZoneInfo("Pacific/Apia")]
) | st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
INSTANTS = st.datetimes(datetime(2000, 1, 2), datetime(2099, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001  aware by `timezones`


@st.composite
def windows(draw: st.DrawFn) -> Window:
    one, other = draw(MOMENTS), draw(MOMENTS)
    opens, closes = (one, other) if one.starts() < other.ends() else (other, one)
    if closes.ends() <= opens.starts():
        closes = Moment(opens.day, None)
        opens = Moment(opens.day, 0)
    return Window(opens, closes)


@given(MOMENTS)
def test_written_and_read_again_it_is_the_same(moment: Moment) -> None:
    clock = "" if moment.minute is None else f" {moment.minute // 60:02}:{moment.minute % 60:02}"
    assert Moment.parse(f"{moment.day.isoformat()}{clock}") == moment


@given(MOMENTS)
def test_a_moment_lies_within_its_printed_day(moment: Moment) -> None:
    midnight = datetime(moment.day.year, moment.day.month, moment.day.day, tzinfo=SHANGHAI)
    assert midnight <= moment.starts() <= moment.ends() <= midnight + timedelta(days=1)
    if moment.minute is not None:
        assert moment.starts() == moment.ends()


@given(windows(), INSTANTS, ZONES)
def test_any_zone_tells_the_same(span: Window, now: datetime, zone: tzinfo) -> None:
    there = now.astimezone(zone)
    for ask in (Window.phase_at, Window.days_left, Window.days_until, Window.hours_left):
        assert ask(span, there) == ask(span, now)
    assert today(there) == today(now)


@given(windows(), INSTANTS, st.timedeltas(timedelta(0), timedelta(days=400)))
def test_a_window_never_opens_again(span: Window, now: datetime, later: timedelta) -> None:
    order = [BEFORE, OPEN, CLOSED]
    assert order.index(span.phase_at(now)) <= order.index(span.phase_at(now + later))


@given(windows())
def test_the_two_instants_where_the_phase_changes(span: Window) -> None:
    tick = timedelta(microseconds=1)
    assert span.phase_at(span.opens.starts() - tick) is BEFORE
    assert span.phase_at(span.opens.starts()) is OPEN
    assert span.phase_at(span.closes.ends() - tick) is OPEN
    assert span.phase_at(span.closes.ends()) is CLOSED


@given(windows(), INSTANTS)
def test_days_and_hours_agree_with_the_phase(span: Window, now: datetime) -> None:
    if span.phase_at(now) is OPEN:
        assert span.days_left(now) >= 0
        assert timedelta(hours=span.hours_left(now)) <= span.closes.ends() - now
        assert span.hours_left(now) <= 24 * (span.days_left(now) + 1)
    elif span.phase_at(now) is CLOSED:
        assert span.days_left(now) <= 0
        assert span.hours_left(now) == 0
    else:
        assert span.days_until(now) >= 0
