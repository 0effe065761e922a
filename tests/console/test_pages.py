"""今日, 未答上, 试一试 and 记录: what staff see of what candidates wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from bot.storage.store import Store
from tests.console.conftest import EDITOR, Site
from tests.fakes import FakeClock

Make = Callable[..., Site]
XSS = "<script>alert(1)</script><img src=x onerror=alert(2)> 考场停车"


def topic_links(site: Site, query: str = "") -> list[str]:
    page = site.get(f"/console/unanswered{query}")
    return [
        link.replace("&amp;", "&")
        for link in re.findall(r'href="(/console/unanswered/[0-9a-f]+[^"]*)"', page)
    ]


def test_today_counts_what_became_of_the_messages(
    make_site: Make, asked: Callable[..., None], clock: FakeClock
) -> None:
    site = make_site(EDITOR)
    for number in range(6):
        asked(site, "四川技能缴费", decision="answer", entry="技能缴费时间", ms=1.0 + number)
    asked(site, "报名时间", decision="ask_region")
    asked(site, "考场停车")
    page = site.get("/console/today")
    assert "<b>8</b>" in page
    assert "75%" in page
    assert "技能缴费时间" in page
    assert "考场停车" in page
    assert "95% 在 6.1 毫秒以内" in page
    clock.move(3 * 24 * 3600)
    site.sign_in(EDITOR)
    assert "<b>0</b>" in site.get("/console/today")
    assert "<b>8</b>" in site.get("/console/today?days=7")


def test_an_empty_database_makes_a_page_too(make_site: Make) -> None:
    site = make_site(EDITOR)
    for path in ("/console/today", "/console/today?days=30", "/console/today?days=x", "/console/unanswered"):
        assert "没有没答上的" in site.get(path, 200)


def test_a_candidate_s_script_shows_as_text(make_site: Make, asked: Callable[..., None]) -> None:
    site = make_site(EDITOR)
    asked(site, XSS, region="<b>四川</b>")
    pages = [site.get(path) for path in ("/console/today", "/console/unanswered", *topic_links(site))]
    said = site.client.post(
        "/console/try", data={"text": XSS, "csrf_token": site.token("/console/try")}
    ).get_json()
    for page in (*pages, said["said"], said["trace"]):
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<b>四川</b>" not in page


def test_topics_can_be_seen_by_region_and_put_away_until_asked_again(
    make_site: Make, asked: Callable[..., None], clock: FakeClock
) -> None:
    site = make_site(EDITOR)
    asked(site, "考场停车方便吗", region="四川")
    asked(site, "考场停车方便吗", region="重庆", user="u2")
    asked(site, "有没有推荐的辅导书", region="重庆", user="u2")
    assert len(topic_links(site)) == 2
    assert len(topic_links(site, "?region=四川")) == 1
    parking = next(link for link in topic_links(site) if "停车" in site.get(link))
    done = parking.replace("?", "/done?")
    assert site.post(done, {}, parking).status_code == 302
    assert "请至少勾选一句" in site.get("/console/unanswered")
    assert site.post(done, {"text": "考场停车方便吗"}, parking).status_code == 302
    assert len(topic_links(site)) == 1
    assert len(topic_links(site, "?marked=1")) == 2
    assert site.staff.acts()[0].act == "标为不用处理"
    assert site.get(parking, 404)
    clock.move(60)
    asked(site, "考场停车方便吗", region="四川", user="u3")
    assert len(topic_links(site)) == 2


def test_what_was_said_to_be_of_no_use_is_shown_with_its_entry(make_site: Make) -> None:
    """The whole way: a candidate asks, says 没用, and staff see the question beside the entry that answered."""
    site = make_site(EDITOR)
    for text in ("四川技能考试几号缴费", "没用"):
        body = json.dumps({"user": "somebody", "text": text})
        site.client.post("/api/messages", data=body, content_type="application/json")
    page = site.get("/console/today")
    assert "1 次没用" in page
    (link,) = topic_links(site)
    topic = site.get(link)
    assert "四川技能考试几号缴费" in topic
    assert "答了“技能缴费时间”，考生说没用" in topic


def test_the_try_out_answers_as_any_region_at_any_time(make_site: Make) -> None:
    site = make_site(EDITOR)
    token = site.token("/console/try")

    def say(text: str, **form: Any) -> dict[str, Any]:
        answer = site.client.post("/console/try", data={"text": text, "csrf_token": token, **form})
        return dict(answer.get_json())

    open_ = say("技能考试几号缴费", region="四川", now="2024-04-06T10:00")
    assert "进行中" in open_["said"]
    assert "技能缴费时间" in open_["trace"]
    closed = say("技能考试几号缴费", region="四川", now="2024-04-10T00:00")
    assert "已截止" in closed["said"]
    follow = say("那重庆呢", session=closed["session"], now="2024-04-10T00:00")
    assert "重庆" in follow["said"]
    assert say("", now="")["error"]
    assert say("缴费", now="明天")["error"]
    assert say("技能缴费", session="[broken", region="四川", now="")["said"]


def test_the_rehearsed_time_is_on_every_page(make_site: Make, clock: FakeClock) -> None:
    clock._rehearsal = clock.real
    site = make_site(EDITOR)
    for path in (
        "/console/login",
        "/console/today",
        "/console/unanswered",
        "/console/try",
        "/console/history",
    ):
        assert "演练时间：2024 年 2 月 1 日 10:00" in site.get(path)


def test_a_database_that_is_away_is_said_in_words(make_site: Make, monkeypatch: Any) -> None:
    from bot.storage.engine import StoreError

    site = make_site(EDITOR)

    def away(*_: object) -> None:
        raise StoreError("没有连上")

    monkeypatch.setattr("bot.storage.statistics.spell", away)
    assert "数据库打不开：没有连上" in site.get("/console/today", 503)


def test_a_day_that_is_over_is_counted_once(
    make_site: Make, asked: Callable[..., None], clock: FakeClock, monkeypatch: Any
) -> None:
    from bot.storage import statistics

    site = make_site(EDITOR)
    asked(site, "四川技能缴费", decision="answer", entry="技能缴费时间")
    counted: list[Any] = []

    def counts(store: Store, since: datetime, until: datetime) -> statistics.Counts:
        counted.append(since)
        return statistics.counts(store, since, until)

    monkeypatch.setattr("bot.console.days.counts", counts)
    site.get("/console/today?days=30")
    first = len(counted)
    assert first == 60
    assert "<b>1</b>" in site.get("/console/today?days=30")
    assert len(counted) == first + 1, "today alone"


@pytest.mark.parametrize("host", ["a" * 3000, "a b", "[::1", "café"])
def test_a_host_that_is_none_is_refused_without_a_page(make_site: Make, host: str) -> None:
    with make_site().client.get("/console/", headers={"Host": host}) as answer:
        assert answer.status_code in (302, 400)
