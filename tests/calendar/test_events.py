"""Which windows a region's calendar holds, against the knowledge itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest

from bot.calendar.events import SLUGS, Event, about, events, listed
from bot.dialogue.lookup import tell
from bot.knowledge.load import contents, load
from bot.knowledge.model import NATION, Cell, Knowledge, Notice, Region, Schedule, Silence
from bot.schedule.deadlines import SHANGHAI, Moment, Window
from bot.schedule.stages import ORDER, TITLES
from tests.conftest import KNOWLEDGE

REGIONS = sorted(
    line.split(":")[0].strip()
    for line in contents(KNOWLEDGE)["regions.yaml"].decode().split("\n地名:")[0].splitlines()
    if "{id:" in line
)
NOW = datetime(2026, 11, 22, 10, tzinfo=SHANGHAI)
MOMENTS = [
    datetime(2023, 12, 12, 23, 59, 59, tzinfo=SHANGHAI),
    datetime(2023, 12, 25, 10, tzinfo=SHANGHAI),
    datetime(2024, 4, 6, 10, tzinfo=SHANGHAI),
    datetime(2024, 10, 1, 10, tzinfo=SHANGHAI),
    datetime(2025, 2, 28, 10, tzinfo=SHANGHAI),
    NOW,
]


@cache
def whole() -> Knowledge:
    kb, _ = load(KNOWLEDGE)
    assert kb is not None
    return kb


def expected(kb: Knowledge, region: str, now: datetime) -> Counter[tuple[str, int, str, Window]]:
    """Written apart from the room: what `tell` says of each stage, and the own schedules that are public."""
    found: set[tuple[str, int, str, Window]] = set()
    for stage in ORDER:
        told = tell(kb, region, stage, None, now)
        if told.cell is not None and told.year is not None:
            found |= {(told.level, told.year, stage, window) for window in told.cell.windows}
    for (level, year), schedule in kb.schedules.items():
        if level == region and schedule.known_from <= now:
            for stage, cell in schedule.cells.items():
                if cell.known_from <= now:
                    found |= {(level, year, stage, window) for window in cell.windows}
    return Counter(found)


def small(cell: Cell, region: str = "四川", year: int = 2027) -> tuple[Knowledge, Region]:
    """A knowledge of one cell, for 网上报名."""
    schedule = Schedule(region, year, {"网上报名": cell}, cell.known_from)
    return replace(whole(), schedules={(region, year): schedule}), whole().regions["四川"]


def one(opens: str, closes: str, audience: str = "") -> tuple[Event, Event]:
    notice = Notice("n", "某公告", "四川", 2027, url="https://example.org/a", verified_on=date(2026, 12, 1))
    kb, region = small(Cell(notice, (Window(Moment.parse(opens), Moment.parse(closes), audience),)))
    opening, deadline = events(kb, region, NOW)
    return opening, deadline


def test_the_whole_map_is_read() -> None:
    assert set(REGIONS) == set(whole().regions)
    assert set(SLUGS) == set(ORDER), "a new stage: give it a slug, and never change one"
    assert len(set(SLUGS.values())) == len(SLUGS)


@pytest.mark.parametrize("now", MOMENTS, ids=str)
@pytest.mark.parametrize("region", REGIONS)
def test_every_window_is_there_exactly_once(region: str, now: datetime) -> None:
    kb = whole()
    found = listed(kb, kb.regions[region], now)
    assert Counter((x.level, x.year, x.stage, x.window) for x in found) == expected(kb, region, now)
    made = events(kb, kb.regions[region], now)
    assert len(made) == 2 * len(found)
    assert len({event.uid for event in made}) == len(made)
    assert Counter(event.kind for event in made) == Counter(opens=len(found), closes=len(found))


@pytest.mark.parametrize("now", MOMENTS, ids=str)
@pytest.mark.parametrize("region", REGIONS)
def test_no_fact_of_another_region_and_none_that_is_not_public(region: str, now: datetime) -> None:
    kb = whole()
    for found in listed(kb, kb.regions[region], now):
        assert found.level in (region, NATION)
        assert found.cell.notice.region in (region, NATION)
        assert found.cell.known_from <= now
        if found.inherited:
            assert kb.cell(region, found.stage, found.year, now) is None, (
                "its own notice speaks, or is silent"
            )
    text = "\n".join(event.summary + event.description for event in events(kb, kb.regions[region], now))
    foreign = {n.name for n in kb.notices.values() if n.region not in (region, NATION)}
    assert not [name for name in foreign if name in text]


@pytest.mark.parametrize("region", [name for name in REGIONS if not whole().regions[name].inherits])
def test_a_region_outside_gets_nothing_and_is_told_why(region: str) -> None:
    kb = whole()
    assert events(kb, kb.regions[region], NOW) == []
    assert "港澳台" in about(kb, kb.regions[region], False)


def test_sichuan_has_its_own_year_and_the_nation_s_newer_ones() -> None:
    kb = whole()
    summaries = [event.summary for event in events(kb, kb.regions["四川"], NOW)]
    assert "四川 2024 年度实践技能考试缴费截止（4 月 9 日 24 时）" in summaries
    assert "四川 2024 年度网上报名截止（2 月 4 日 24 时）" in summaries
    assert "全国 2026 年度网上报名开始（1 月 29 日 10 时）" in summaries
    assert not [summary for summary in summaries if summary.startswith("全国 2024 年度网上报名")]


def test_a_notice_counts_from_its_day() -> None:
    kb = whole()
    region = kb.regions["四川"]
    day = datetime(2023, 12, 21, tzinfo=SHANGHAI)
    assert not [x for x in listed(kb, region, day - timedelta(seconds=1)) if x.level == "四川"]
    assert [x for x in listed(kb, region, day) if x.level == "四川"]
    assert {x.year for x in listed(kb, region, datetime(2024, 2, 1, tzinfo=SHANGHAI))} <= {
        2020,
        2022,
        2023,
        2024,
    }


def test_silence_is_not_filled() -> None:
    kb = whole()
    found = listed(kb, kb.regions["重庆"], NOW)
    assert not [x for x in found if x.stage in ("技能缴费", "一试缴费")]
    notice = Notice("n", "某公告", "四川", 2026)
    for silence in Silence:
        cell = Cell(notice, silence=silence)
        own = Schedule("四川", 2026, {"网上报名": cell}, cell.known_from)
        changed = replace(kb, schedules={**kb.schedules, ("四川", 2026): own})
        told = [x for x in listed(changed, kb.regions["四川"], NOW) if x.stage == "网上报名"]
        assert [(x.level, x.year) for x in told] == [("四川", 2024)]


def test_24_o_clock_stays_on_the_printed_day() -> None:
    _, deadline = one("2027-01-22", "2027-02-04 24:00")
    assert deadline.start == datetime(2027, 2, 4, 23, 59, tzinfo=SHANGHAI)
    assert deadline.end == datetime(2027, 2, 5, tzinfo=SHANGHAI)
    assert deadline.summary == "四川 2027 年度网上报名截止（2 月 4 日 24 时）"
    assert "2 月 4 日 24 时截止" in deadline.description
    assert [alarm.at for alarm in deadline.alarms] == [
        datetime(2027, 1, 28, 9, tzinfo=SHANGHAI),
        datetime(2027, 2, 1, 9, tzinfo=SHANGHAI),
        datetime(2027, 2, 3, 9, tzinfo=SHANGHAI),
    ]


def test_an_hour_is_an_instant_without_a_made_up_length() -> None:
    opening, deadline = one("2027-01-22 08:00", "2027-02-04 17:30")
    assert (opening.start, opening.end) == (datetime(2027, 1, 22, 8, tzinfo=SHANGHAI), None)
    assert (deadline.start, deadline.end) == (datetime(2027, 2, 4, 17, 30, tzinfo=SHANGHAI), None)
    assert "（2 月 4 日 17 时 30 分）" in deadline.summary
    assert [alarm.at for alarm in opening.alarms] == [datetime(2027, 1, 22, 9, tzinfo=SHANGHAI)]


def test_no_hour_is_the_whole_day_and_no_hour_is_said() -> None:
    for event, day in zip(
        one("2027-01-22", "2027-02-04"), (date(2027, 1, 22), date(2027, 2, 4)), strict=True
    ):
        assert (event.start, event.end) == (day, day + timedelta(days=1))
        assert not isinstance(event.start, datetime)
        assert " 时" not in event.summary + event.description
        assert not [alarm for alarm in event.alarms if " 时" in alarm.text]


def test_a_reminder_before_a_short_window_says_when_it_opens() -> None:
    _, deadline = one("2027-04-05 08:00", "2027-04-09 24:00")
    week, three, last = (alarm.text for alarm in deadline.alarms)
    assert week.endswith("还有 7 天截止（4 月 9 日 24 时），4 月 5 日 8 时开始")
    assert three.endswith("还有 3 天截止（4 月 9 日 24 时）")
    assert last.endswith("还有 1 天截止（4 月 9 日 24 时）")


def test_the_other_year_is_said() -> None:
    opening, deadline = one("2026-12-28", "2027-01-04")
    assert opening.summary == "四川 2027 年度网上报名开始（2026 年 12 月 28 日）"
    assert deadline.summary == "四川 2027 年度网上报名截止（1 月 4 日）"


def test_whom_it_is_for_is_in_the_title_and_in_the_text() -> None:
    for audience, words in (("军队现役", "只限军队现役考生"), ("非军队现役", "只限军队现役以外的考生")):
        for event in one("2027-01-22", "2027-02-04", audience):
            assert event.summary.endswith(f"，{words}")
            assert f"对象：{words}" in event.description


def test_two_audiences_and_two_parts_are_told_apart() -> None:
    notice = Notice("n", "某公告", "四川", 2027)
    days = [
        ("2027-01-01", "2027-01-02", ""),
        ("2027-01-03", "2027-01-04", ""),
        ("2027-01-01", "2027-01-02", "军队现役"),
    ]
    windows = tuple(Window(Moment.parse(a), Moment.parse(b), who) for a, b, who in days)
    kb, region = small(Cell(notice, windows))
    uids = [event.uid for event in events(kb, region, NOW)]
    assert len(set(uids)) == 6
    alone = events(*small(Cell(notice, windows[2:])), NOW)
    assert {event.uid for event in alone} <= set(uids), "another window beside it renames nothing"


def test_what_a_candidate_needs_is_in_the_text() -> None:
    kb = whole()
    found = {event.summary: event for event in events(kb, kb.regions["四川"], NOW)}
    event = found["四川 2024 年度实践技能考试缴费截止（4 月 9 日 24 时）"]
    assert event.description.splitlines() == [
        "2024 年 4 月 9 日 24 时截止。",
        "时间：2024 年 4 月 5 日 8 时至 4 月 9 日 24 时",
        "说明：资格审核通过的考生，网上缴费。",
        "来源：四川省医师资格考试公告（2023 年第 3 号），2024 年度，核实于 2026-11-22",
        "https://m.med66.com/li2312219910",
    ]
    assert event.url == "https://m.med66.com/li2312219910"
    inherited = found["全国 2026 年度网上报名截止（2 月 11 日 24 时）"]
    assert "这是全国的时间；四川有没有另行安排、适不适用，请以当地公告为准。" in inherited.description


def test_an_exam_ends_it_is_not_due() -> None:
    kb = whole()
    exam = TITLES["二试考试"]
    found = [event for event in events(kb, kb.regions["北京"], NOW) if "-written2-exam-" in event.uid]
    assert [event.summary for event in found] == [
        f"全国 2024 年度{exam}开始（11 月 9 日）",
        f"全国 2024 年度{exam}结束（11 月 10 日）",
    ]


def test_a_date_that_moves_keeps_its_name_and_a_new_check_counts_on() -> None:
    before = one("2027-01-22", "2027-02-04")
    after = one("2027-01-23", "2027-02-05 24:00")
    assert [event.uid for event in before] == [event.uid for event in after]
    assert before[0].modified == datetime(2026, 12, 1, tzinfo=UTC)
    notice = Notice("n", "某公告", "四川", 2027, verified_on=date(2026, 12, 2))
    window = Window(Moment.parse("2027-01-22"), Moment.parse("2027-02-04"))
    later = events(*small(Cell(notice, (window,))), NOW)
    assert [event.uid for event in later] == [event.uid for event in before]
    assert later[0].sequence > before[0].sequence
    assert later[0].modified > before[0].modified


def test_the_region_s_own_notice_takes_the_nation_s_place() -> None:
    kb = whole()
    notice = Notice("n", "某公告", "四川", 2026, verified_on=date(2026, 12, 2))
    cell = Cell(notice, (Window(Moment.parse("2026-01-30"), Moment.parse("2026-02-12")),))
    own = Schedule("四川", 2026, {"网上报名": cell}, cell.known_from)
    changed = replace(kb, schedules={**kb.schedules, ("四川", 2026): own})
    uid = next(
        e.uid for e in events(kb, kb.regions["四川"], NOW) if e.summary.startswith("全国 2026 年度网上报名")
    )
    assert [e.summary for e in events(changed, kb.regions["四川"], NOW) if e.uid == uid] == [
        "四川 2026 年度网上报名开始（1 月 30 日）"
    ]


def test_only_a_web_address_becomes_a_link() -> None:
    notice = Notice("n", "某公告", "四川", 2027, url="javascript:alert(1)")
    window = Window(Moment.parse("2027-01-22"), Moment.parse("2027-02-04"))
    assert {event.url for event in events(*small(Cell(notice, (window,))), NOW)} == {""}
