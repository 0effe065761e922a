"""The planner: the exact list of 2024, and what holds for any window at any time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.model import NATION, Cell, Knowledge, Notice, ReminderRules, Schedule
from bot.reminders import plan
from bot.reminders.account import CUSTOM, SUBSCRIBE, TEMPLATE, Account
from bot.reminders.reach import NO_CHANNEL, NO_GRANT, NOT_ON_WECHAT, TOO_LONG_AGO, USED_UP, Facts, reach
from bot.schedule.deadlines import SHANGHAI, Moment, Window

EXPECTED = Path(__file__).with_name("expected_2024.txt")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def shown(found: list[plan.Occasion]) -> list[str]:
    return [
        " ".join(
            filter(None, (f"{one.due_at:%Y-%m-%d}", one.region, one.stage, one.kind, one.window.audience))
        )
        for one in found
    ]


def test_the_list_of_2024_is_exact(kb: Knowledge) -> None:
    found = plan.between(kb, ["四川", "重庆"], at("2024-01-01"), at("2024-07-10"))
    written = [line for line in EXPECTED.read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    assert sorted(shown(found)) == sorted(written)
    assert len({one.key for one in found}) == len(found) == 40
    assert {one.due_at.strftime("%H:%M") for one in found} == {"09:00"}
    assert {one.level for one in found} == {"四川", "重庆"}


def test_the_day_before_24_hours_is_the_printed_day_less_one(kb: Knowledge) -> None:
    found = plan.between(kb, ["四川"], at("2024-02-02"), at("2024-02-05"))
    assert {one.due_at for one in found} == {at("2024-02-03T09:00")}


def test_a_region_without_a_notice_hears_the_nation_s_and_is_told_so(kb: Knowledge) -> None:
    found = plan.between(kb, ["贵州"], at("2026-01-01"), at("2026-04-01"))
    assert {one.level for one in found} == {NATION}
    assert {one.stage for one in found} == {"网上报名", "现场审核"}


def test_silence_and_another_s_windows_give_nothing(kb: Knowledge) -> None:
    every = plan.between(kb, ["重庆"], at("2024-01-01"), at("2026-01-01"))
    assert not [one for one in every if "缴费" in one.stage and "二试" not in one.stage]
    assert not plan.between(kb, ["香港"], at("2024-01-01"), at("2027-01-01"))


def test_what_is_not_public_yet_gives_nothing(kb: Knowledge) -> None:
    assert not [one for one in plan.occasions(kb, "四川", at("2024-02-01T10:00")) if one.year == 2025]


def test_staff_set_the_days_and_the_hour(kb: Knowledge) -> None:
    changed = replace(kb, reminders=ReminderRules(days=(2,), opening=False, minute=20 * 60 + 30))
    found = plan.between(changed, ["四川"], at("2024-04-01"), at("2024-04-30"))
    assert [(one.kind, one.due_at) for one in found] == [("closes-2", at("2024-04-07T20:30"))]


DAYS = st.dates(date(2024, 1, 1), date(2024, 12, 1))
MINUTES = st.none() | st.integers(0, 1440)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    first = draw(DAYS)
    last = first + timedelta(days=draw(st.integers(0, 40)))
    window = Window(Moment(first, draw(MINUTES)), Moment(last, draw(MINUTES)))
    return window if window.opens.starts() < window.closes.ends() else Window(Moment(first), Moment(last))


@st.composite
def rules(draw: st.DrawFn) -> ReminderRules:
    days = draw(st.sets(st.integers(1, 30), max_size=4))
    return ReminderRules(tuple(sorted(days, reverse=True)), draw(st.booleans()), draw(st.integers(480, 1319)))


def knowledge(window: Window, kb: Knowledge, told: ReminderRules) -> Knowledge:
    notice = Notice("k", "公告", "四川", 2024, published=date(2023, 1, 1))
    known = at("2023-01-01")
    cell = Cell(notice, (window,), known_from=known)
    schedule = Schedule("四川", 2024, {"网上报名": cell}, known)
    return replace(kb, schedules={("四川", 2024): schedule}, reminders=told)


@given(window=windows(), told=rules(), minutes=st.integers(0, 60 * 24 * 400))
def test_none_after_its_deadline_none_in_the_night(
    kb: Knowledge, window: Window, told: ReminderRules, minutes: int
) -> None:
    known = knowledge(window, kb, told)
    now = at("2023-12-25") + timedelta(minutes=minutes)
    every = plan.occasions(known, "四川", now)
    for one in every:
        assert one.due_at < one.expires_at <= window.closes.ends()
        assert not plan.is_night(one.due_at)
    assert len({one.key for one in every}) == len(every)
    for one in plan.due(known, ["四川"], now):
        assert one.due_at <= now < window.closes.ends()


@given(window=windows(), told=rules())
def test_every_moment_of_a_year_brings_each_occasion_once(
    kb: Knowledge, window: Window, told: ReminderRules
) -> None:
    known = knowledge(window, kb, told)
    start, keys = at("2023-11-01"), []
    while start < at("2025-03-01"):
        keys += [one.key for one in plan.between(known, ["四川"], start, start + timedelta(days=31))]
        start += timedelta(days=31)
    assert sorted(keys) == sorted(one.key for one in plan.occasions(known, "四川", start))


@given(st.datetimes(datetime(2024, 1, 1), datetime(2025, 1, 1)))  # noqa: DTZ001  # given its zone below
def test_the_morning_is_never_night_and_at_most_ten_hours_off(naive: datetime) -> None:
    now = naive.replace(tzinfo=SHANGHAI)
    then = plan.morning(now)
    assert not plan.is_night(then)
    assert timedelta(0) <= then - now <= timedelta(hours=10)


@pytest.mark.parametrize(
    ("audience", "stage", "candidate", "told"),
    [
        ("", "网上报名", "", True),
        ("军队现役", "现场审核", "", True),
        ("军队现役", "现场审核", "军队现役", True),
        ("军队现役", "现场审核", "应届", False),
        ("非军队现役", "线上审核", "军队现役", False),
        ("非军队现役", "线上审核", "应届", True),
        ("", "技能缴费", "实践技能免试", False),
        ("", "一试缴费", "实践技能免试", True),
    ],
)
def test_a_window_concerns_whom_it_says(audience: str, stage: str, candidate: str, told: bool) -> None:
    assert plan.concerns(audience, stage, candidate) is told


ALL = Account(channels=(SUBSCRIBE, TEMPLATE, CUSTOM))
FREE = Facts(pushable=True, blocked="", credit=True, recent=True, spent=False)


@pytest.mark.parametrize(
    ("facts", "account", "without", "wanted"),
    [
        (FREE, ALL, (), (SUBSCRIBE, "")),
        (replace(FREE, credit=False), ALL, (), (TEMPLATE, "")),
        (replace(FREE, credit=False), ALL, (TEMPLATE,), (CUSTOM, "")),
        (replace(FREE, recent=False), Account(channels=(CUSTOM,)), (), ("", TOO_LONG_AGO)),
        (replace(FREE, spent=True), Account(channels=(CUSTOM,)), (), ("", USED_UP)),
        (replace(FREE, credit=False), Account(channels=(SUBSCRIBE,)), (), ("", NO_GRANT)),
        (FREE, Account(), (), ("", NO_CHANNEL)),
        (replace(FREE, pushable=False), ALL, (), ("", NOT_ON_WECHAT)),
        (replace(FREE, blocked="关了"), ALL, (), ("", "关了")),
    ],
)
def test_the_channel_follows_from_the_facts(
    facts: Facts, account: Account, without: tuple[str, ...], wanted: tuple[str, str]
) -> None:
    assert reach(facts, account, without) == wanted
