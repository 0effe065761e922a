"""GET /calendar/<region>.ics: the file as a calendar reads it back, and the page inside WeChat."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import icalendar
import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.calendar.events import events
from bot.calendar.views import STATIC, create_blueprint
from bot.conversation import Assistant
from bot.knowledge.model import Cell, Knowledge, Notice, Schedule
from bot.schedule.deadlines import SHANGHAI, Moment, Window
from bot.settings import Settings
from tests.fakes import FakeClock, FixedSource

At = Callable[[str], FlaskClient]
TODAY = "2026-11-22T10:00:00+08:00"
APRIL = "2024-04-06T10:00:00+08:00"
WECHAT = {
    "User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0.50"
}


def read(body: bytes) -> Any:
    """The calendar; its properties are of every type, so nothing is declared."""
    calendar = icalendar.Calendar.from_ical(body)
    assert isinstance(calendar, icalendar.Calendar)
    assert not calendar.errors
    return calendar


def by_summary(body: bytes) -> dict[str, Any]:
    return {str(event["SUMMARY"]): event for event in read(body).events}


def test_a_calendar_s_head(at: At) -> None:
    response = at(TODAY).get("/calendar/sichuan.ics")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert response.headers["Cache-Control"] == "public, max-age=3600"
    assert response.headers["Vary"] == "User-Agent"
    assert response.headers["X-Robots-Tag"] == "none"
    calendar = read(response.data)
    assert calendar["VERSION"] == "2.0"
    assert calendar["CALSCALE"] == "GREGORIAN"
    assert calendar["METHOD"] == "PUBLISH"
    assert calendar["X-WR-CALNAME"] == "四川医师资格考试日程"
    assert b"REFRESH-INTERVAL;VALUE=DURATION:P1D\r\n" in response.data
    (zone,) = calendar.timezones
    assert zone["TZID"] == "Asia/Shanghai"
    assert all(len(line) <= 75 for line in response.data.split(b"\r\n"))
    assert b"\n" not in response.data.replace(b"\r\n", b"")


@pytest.mark.parametrize("written", ["sichuan", "SiChuan", "四川", quote("四川"), quote("四川省")])
def test_every_name_gives_the_same_file(at: At, written: str) -> None:
    client = at(TODAY)
    assert client.get(f"/calendar/{written}.ics").data == client.get("/calendar/sichuan.ics").data


def test_every_region_reads_back_as_it_was_made(at: At, kb: Knowledge) -> None:
    client = at(TODAY)
    now = datetime.fromisoformat(TODAY)
    for region in kb.regions.values():
        body = client.get(f"/calendar/{region.id}.ics").data
        found = read(body).events
        made = events(kb, region, now)
        assert [event["UID"] for event in found] == [event.uid for event in made]
        for event, wanted in zip(found, made, strict=True):
            assert event["SUMMARY"] == wanted.summary
            assert event["DESCRIPTION"] == wanted.description
            assert event["DTSTART"].dt == wanted.start
            assert (event["DTEND"].dt if "DTEND" in event else None) == wanted.end
            assert event["SEQUENCE"] == wanted.sequence
            assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == wanted.modified
            assert str(event.get("URL", "")) == wanted.url
            alarms = [part for part in event.subcomponents if part.name == "VALARM"]
            assert [alarm["TRIGGER"].dt for alarm in alarms] == [alarm.at for alarm in wanted.alarms]
            assert {str(alarm["ACTION"]) for alarm in alarms} == {"DISPLAY"}


def test_hours_days_and_24_o_clock_as_they_stand_in_the_file(at: At) -> None:
    body = at(APRIL).get("/calendar/sichuan.ics").data
    found = by_summary(body)
    opens = found["四川 2024 年度实践技能考试缴费开始（4 月 5 日 8 时）"].to_ical()
    assert b"DTSTART;TZID=Asia/Shanghai:20240405T080000\r\n" in opens
    assert b"TRIGGER;VALUE=DATE-TIME:20240405T010000Z\r\n" in opens
    due = found["四川 2024 年度网上报名截止（2 月 4 日 24 时）"]
    assert b"DTSTART;TZID=Asia/Shanghai:20240204T235900\r\n" in due.to_ical()
    assert b"DTEND;TZID=Asia/Shanghai:20240205T000000\r\n" in due.to_ical()
    assert "2 月 4 日 24 时截止" in due["DESCRIPTION"]
    for day in (b"20240128", b"20240201", b"20240203"):
        assert b"TRIGGER;VALUE=DATE-TIME:" + day + b"T010000Z\r\n" in due.to_ical()
    whole_day = found["四川 2024 年度现场审核确认截止（3 月 5 日）"]
    assert b"DTSTART;VALUE=DATE:20240305\r\n" in whole_day.to_ical()
    assert b"DTEND;VALUE=DATE:20240306\r\n" in whole_day.to_ical()
    assert whole_day["DTSTART"].dt == date(2024, 3, 5)


def test_chongqing_s_audiences_are_told_apart(at: At) -> None:
    found = by_summary(at(APRIL).get("/calendar/chongqing.ics").data)
    assert "重庆 2024 年度线上审核截止（3 月 5 日），只限军队现役以外的考生" in found
    assert "重庆 2024 年度现场审核确认截止（3 月 5 日），只限军队现役考生" in found


def test_before_a_notice_is_public_there_is_nothing_of_it(at: At) -> None:
    text = at("2024-02-01T10:00:00+08:00").get("/calendar/chongqing.ics").data
    years = {str(event["SUMMARY"]).split()[1] for event in read(text).events}
    assert years <= {"2020", "2022", "2023", "2024"}
    assert "2025" not in years
    page = at("2023-12-01T10:00:00+08:00").get("/calendar/chongqing.ics", headers=WECHAT).text
    assert "2024 年度" not in page


def test_a_region_outside_gets_an_empty_calendar_that_says_why(at: At) -> None:
    for region in ("xianggang", "aomen", "taiwan"):
        response = at(TODAY).get(f"/calendar/{region}.ics")
        assert response.status_code == 200
        calendar = read(response.data)
        assert calendar.events == []
        assert "港澳台没有单独的考区" in calendar["X-WR-CALDESC"]


@pytest.mark.parametrize("written", ["nowhere", "全国", "成都", "%00", "..%5c", "a" * 2000, "<b>"])
@pytest.mark.parametrize("headers", [{}, WECHAT], ids=["browser", "wechat"])
def test_an_unknown_region_is_404_in_chinese(at: At, written: str, headers: dict[str, str]) -> None:
    response = at(TODAY).get(f"/calendar/{written}.ics", headers=headers)
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "没有这个考区的日历" in response.text
    assert "<b>" not in response.text


def test_the_same_day_gives_the_same_bytes_and_304(at: At) -> None:
    first = at("2024-04-06T10:00:00+08:00").get("/calendar/sichuan.ics")
    client = at("2024-04-06T21:30:00+08:00")
    tag = first.headers["ETag"]
    again = client.get("/calendar/sichuan.ics")
    assert again.data == first.data
    assert again.headers["ETag"] == tag
    unchanged = client.get("/calendar/sichuan.ics", headers={"If-None-Match": tag})
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    assert unchanged.headers["ETag"] == tag
    assert unchanged.headers["Vary"] == "User-Agent"
    assert client.get("/calendar/chongqing.ics", headers={"If-None-Match": tag}).status_code == 200
    page = client.get("/calendar/sichuan.ics", headers={**WECHAT, "If-None-Match": tag})
    assert page.status_code == 200, "the page is not the file"


def test_head_answers_without_a_body(at: At) -> None:
    response = at(TODAY).head("/calendar/sichuan.ics")
    assert (response.status_code, response.data) == (200, b"")
    assert "ETag" in response.headers


def test_inside_wechat_a_page_says_how_to_open_it(at: At) -> None:
    response = at(APRIL).get("/calendar/sichuan.ics", headers=WECHAT)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-cache"
    assert response.headers["Vary"] == "User-Agent"
    html = response.text
    assert '<meta name="robots" content="none">' in html
    assert "width=device-width" in html
    assert "点右上角" in html
    assert "在浏览器打开" in html
    assert "四川 2024 年度实践技能考试缴费" in html
    assert "时间：2024 年 4 月 5 日 8 时至 4 月 9 日 24 时" in html
    assert "进行中，4 月 9 日 24 时截止，还剩 3 天" in html
    assert "核实于 2026-11-22" in html
    assert "演练" not in html


def test_the_page_puts_what_is_due_first_and_the_newest_past_next(at: At) -> None:
    html = at(APRIL).get("/calendar/sichuan.ics", headers=WECHAT).text
    titles = re.findall(r"<h[23]>([^<]+)</h[23]>", html)
    assert titles[:3] == ["正在进行", "四川 2024 年度实践技能考试缴费", "还没开始"]
    past = titles[titles.index("已经过去") + 1 :]
    assert past[0] == "四川 2024 年度现场审核确认"
    assert past[-1].startswith("全国 2023 年度")


def test_what_is_not_listed_is_not_said_to_be_free(at: At) -> None:
    client = at(APRIL)
    said = "没有列出的环节，是公告没写时间或者还没有收录，不等于没有。"
    assert said in client.get("/calendar/chongqing.ics", headers=WECHAT).text
    assert said in read(client.get("/calendar/chongqing.ics").data)["X-WR-CALDESC"]


def test_the_page_loads_one_style_of_its_own_and_runs_nothing(at: At) -> None:
    client = at(TODAY)
    response = client.get("/calendar/sichuan.ics", headers=WECHAT)
    html = response.text
    assert re.findall(r'<link[^>]*href="([^"]+)"', html) == ["/calendar/static/calendar.css"]
    assert not re.search(r"<script|<img|<iframe|<style|\sstyle=|\son\w+=|src=", html)
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    with client.get("/calendar/static/calendar.css") as sheet:
        assert sheet.status_code == 200
        assert sheet.mimetype == "text/css"
    assert not re.search(r"url\(|@import", (STATIC / "calendar.css").read_text(encoding="utf-8"))


def test_the_page_says_whom_it_is_for_and_why_it_is_empty(at: At) -> None:
    client = at(APRIL)
    assert "对象：只限军队现役以外的考生" in client.get("/calendar/chongqing.ics", headers=WECHAT).text
    assert "港澳台没有单独的考区" in client.get("/calendar/taiwan.ics", headers=WECHAT).text


def app_of(kb: Knowledge, rehearsal: datetime | None = None) -> FlaskClient:
    app = Flask(__name__)
    clock = FakeClock(datetime(2026, 11, 22, tzinfo=UTC), rehearsal)
    app.register_blueprint(create_blueprint(FixedSource(SimpleNamespace(kb=kb)), clock))
    return app.test_client()


def test_a_rehearsal_is_shown(kb: Knowledge) -> None:
    html = (
        app_of(kb, datetime(2024, 4, 6, 10, tzinfo=SHANGHAI)).get("/calendar/四川.ics", headers=WECHAT).text
    )
    assert "演练时间：2024 年 4 月 6 日 10:00（BOT_NOW）" in html


def test_what_staff_write_is_text_and_never_markup_or_a_line_of_the_file(kb: Knowledge) -> None:
    evil = '<script>alert(1)</script>\r\nEND:VEVENT\nBEGIN:VEVENT, ; \\ "'
    notice = Notice("n", evil, "四川", 2026, url='javascript:alert(1)"', verified_on=date(2026, 1, 1))
    window = Window(Moment.parse("2026-01-30"), Moment.parse("2026-02-12"), "<b>x")
    cell = Cell(notice, (window,), note=evil)
    schedule = Schedule("四川", 2026, {"网上报名": cell}, cell.known_from)
    client = app_of(replace(kb, schedules={("四川", 2026): schedule}))
    found = read(client.get("/calendar/sichuan.ics").data).events
    assert len(found) == 2
    assert "END:VEVENT" in found[0]["DESCRIPTION"]
    html = client.get("/calendar/sichuan.ics", headers=WECHAT).text
    assert "<script" not in html
    assert "<b>x" not in html
    assert "javascript:" not in html
    assert "&lt;script&gt;" in html


def test_an_assistant_without_knowledge_is_503(client: FlaskClient, echo: FixedSource) -> None:
    response = client.get("/calendar/sichuan.ics")
    assert response.status_code == 503
    assert "请过一会儿再试" in response.text
    echo.problem = "never loaded"
    assert client.get("/calendar/sichuan.ics", headers=WECHAT).status_code == 503


def test_it_is_part_of_the_service(assistant: Assistant, settings: Settings, at: At) -> None:
    rules = {str(rule) for rule in at(TODAY).application.url_map.iter_rules()}
    assert "/calendar/<region>.ics" in rules
