"""群发: one writes, another approves, the platform's twin sends, and its receipt ends the row. Nothing of it is a reminder."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from bot.announce import CALL_LASTS, REMEMBERED
from bot.simulate import wire
from bot.simulate.platform.clock import TwinClock
from bot.simulate.platform.control import openid_of
from bot.simulate.platform.faults import parse
from bot.simulate.platform.server import APP_ID, SECRET, Twin
from bot.storage.migrate import HEAD
from bot.storage.reminder_tables import announcements, mass_receipts, outbox
from tests.console.conftest import EDITOR, PUBLISHER, Site
from tests.fakes import FakeClock
from tests.wechat.platform import TOKEN, Platform

Make = Callable[..., Site]
PAGE = "/console/announcements"
TEXT = "各位考友：四川 2024 年度现场审核点有调整，详见省卫健委公告。"
SECOND = "张发布"


@pytest.fixture
def twin() -> Iterator[Callable[..., Twin]]:
    """twin(faults="") -> the platform, where 8 fans follow and 5 of them bear the tag 四川."""
    made: list[Twin] = []

    def make(faults: str = "") -> Twin:
        one = Twin(faults=parse(faults, 0), clock=TwinClock()).__enter__()
        made.append(one)
        one.world.follow([openid_of(number) for number in range(8)])
        one.world.tags[100] = "四川"
        one.world.telling = True
        for number in range(5):
            one.world.fans[openid_of(number)].tags.add(100)
        return one

    yield make
    for one in made:
        one.__exit__(None, None, None)


Office = Callable[..., tuple[Site, Twin]]


@pytest.fixture
def small_office(make_site: Make, twin: Callable[..., Twin]) -> Office:
    """small_office(faults="", **settings) -> a console of a certified account before the twin, nobody signed in."""

    def make(faults: str = "", **changes: Any) -> tuple[Site, Twin]:
        from bot.console import accounts

        platform = twin(faults)
        told = {
            "wechat_app_id": APP_ID, "wechat_app_secret": SECRET, "wechat_account": "service-certified",
            "wechat_api_base_url": platform.url, "wechat_token": TOKEN,
        }  # fmt: skip
        site = make_site(**{**told, **changes})
        accounts.add(site.staff, SECOND, accounts.PUBLISHER, "a long password")
        return site, platform

    return make


@pytest.fixture
def office(small_office: Office, store_url: str) -> Office:
    """The same, once on SQLite and once on PostgreSQL."""
    return partial(small_office, database_url=store_url)


def write(site: Site, text: str = TEXT, tag: str = "四川", who: str = EDITOR) -> int:
    site.client.delete_cookie("console", path="/console")
    assert site.sign_in(who).status_code == 302
    assert site.post(f"{PAGE}/new", {"text": text, "tag": tag}, f"{PAGE}/new").status_code == 302
    return max(int(row.id) for row in rows(site))


def approve(site: Site, number: int, who: str = PUBLISHER) -> Any:
    """As `who` sees the page and presses the button there."""
    site.client.delete_cookie("console", path="/console")
    site.sign_in(who)
    seen = re.search(rf'/{number}/approve".*?name="seen" value="(\w+)"', site.get(PAGE), re.DOTALL)
    return site.post(f"{PAGE}/{number}/approve", {"seen": seen[1] if seen else ""}, PAGE)


def rows(site: Site) -> list[Any]:
    with site.app.extensions["bot"].store.reading() as connection:
        return list(connection.execute(sa.select(announcements).order_by(announcements.c.id)).all())


def receipt(site: Site, twin: Twin, clock: FakeClock, **changed: str) -> None:
    """The platform pushes what the twin has to tell."""
    account = wire.Account(TOKEN, "plain", APP_ID, "")
    platform = Platform(site.app.test_client(), clock, account)
    while twin.world.events:
        openid, event = twin.world.events.popleft()
        for old, new in changed.items():
            event = re.sub(rf"(<{old}>).*?(</{old}>)", rf"\g<1>{new}\g<2>", event)
        answer = platform.post(
            f"<xml><ToUserName>gh</ToUserName><FromUserName>{openid}</FromUserName><CreateTime>{platform.now}</CreateTime>"
            f"<MsgType>event</MsgType>{event}</xml>"
        )
        assert answer.status_code == 200


def test_one_writes_another_approves_all_of_the_tag_get_it_and_the_receipt_ends_it(
    office: Office, clock: FakeClock
) -> None:
    site, twin = office()
    number = write(site)
    assert twin.world.deliveries == [], "a draft goes to nobody"
    assert "要“发布”角色的同事来点" in site.get(PAGE)
    assert approve(site, number).status_code == 302
    assert [one.openid for one in twin.world.deliveries] == [openid_of(number) for number in range(5)]
    assert {one.content["text"] for one in twin.world.deliveries} == {TEXT}
    assert "平台收下了" in site.get(PAGE)
    receipt(site, twin, clock)
    page = site.get(PAGE)
    assert "带这个标签的 5 人，能发的 5 人；发到 <b>5</b> 人，失败 0 人" in page
    assert rows(site)[0].state == "sent"
    assert [act.act for act in site.staff.acts() if "群发" in act.act] == ["批准并群发", "写群发"]
    with site.app.extensions["bot"].store.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(outbox)).scalar() == 0


@pytest.mark.parametrize("writer", [EDITOR, PUBLISHER])
def test_who_wrote_any_of_it_never_approves_it(office: Office, writer: str) -> None:
    """An 编辑 can't at all; a 发布 who wrote it, or changed a colleague's, can't either, whatever they post."""
    site, twin = office()
    number = write(site, who=writer)
    answer = approve(site, number, writer)
    assert (answer.status_code == 403) == (writer == EDITOR)
    if writer == EDITOR:
        site.sign_in(SECOND)
        form = {"text": TEXT + "！", "tag": "四川"}
        site.post(f"{PAGE}/{number}", form, f"{PAGE}/{number}")
        approve(site, number, SECOND)
    assert "自己写的要另一位" in site.get(PAGE)
    assert rows(site)[0].state == "draft"
    assert twin.world.deliveries == []


def test_only_what_was_seen_is_sent(office: Office) -> None:
    site, twin = office()
    number = write(site)
    site.sign_in(PUBLISHER)
    site.post(f"{PAGE}/{number}/approve", {"seen": "something else"}, PAGE)
    assert "您看过以后文字或标签又变了" in site.get(PAGE)
    assert twin.world.deliveries == []


def test_two_who_approve_at_once_send_it_once(office: Office) -> None:
    site, twin = office()
    number = write(site)
    approve(site, number)
    approve(site, number, SECOND)
    assert "已经有人处理了" in site.get(PAGE)
    assert len(twin.world.deliveries) == 5
    assert rows(site)[0].approved_by == PUBLISHER


@pytest.mark.parametrize("account", ["subscription", "service", "subscription-certified"])
def test_only_a_certified_account_may(small_office: Office, account: str) -> None:
    site, twin = small_office(wechat_account=account)
    site.sign_in(EDITOR)
    page = site.get(PAGE)
    if account.endswith("-certified"):
        assert 'id="new"' in page
        return
    assert "这个公众号不能按标签群发" in page
    assert 'id="new"' not in page
    answer = site.post(f"{PAGE}/new", {"text": TEXT, "tag": "四川"}, PAGE)
    assert answer.status_code == 400
    assert rows(site) == []
    assert sum(twin.world.calls.values()) == 0


def test_what_the_platform_refuses_is_said_and_may_be_written_anew(office: Office, clock: FakeClock) -> None:
    site, twin = office()
    number = write(site)
    approve(site, number)
    receipt(site, twin, clock, Status="err(10001)")
    assert "平台没有发：涉嫌广告" in site.get(PAGE)
    first = rows(site)[0]
    assert first.state == "failed"
    site.client.delete_cookie("console", path="/console")
    site.sign_in(EDITOR)
    site.post(f"{PAGE}/{number}", {"text": "改过的话", "tag": "四川"}, f"{PAGE}/{number}")
    approve(site, number)
    receipt(site, twin, clock)
    (row,) = rows(site)
    assert (row.state, row.text) == ("sent", "改过的话")
    assert row.key != first.key, "under the old key the platform would tell of the job that failed"


def test_what_nobody_knows_of_is_tried_again_by_the_same_key_and_sent_once(
    office: Office, clock: FakeClock
) -> None:
    site, twin = office()
    number = write(site)
    approve(site, number)
    with site.app.extensions["bot"].store.writing() as connection:  # as if our process had died in the call
        connection.execute(sa.update(announcements).values(state="sending", msgid=""))
    receipt(site, twin, clock)
    clock.move(CALL_LASTS.total_seconds() + 1)
    assert "不知发出没有" in site.get(PAGE)
    site.post(f"{PAGE}/{number}/again", {}, PAGE)
    assert rows(site)[0].state == "sent"
    assert len(twin.world.deliveries) == 5
    with site.app.extensions["bot"].store.writing() as connection:
        connection.execute(sa.update(announcements).values(state="unknown", msgid=""))
    clock.move(REMEMBERED.total_seconds())
    site.sign_in(PUBLISHER)
    site.post(f"{PAGE}/{number}/again", {}, PAGE)
    assert "过了 24 小时" in site.get(PAGE)
    assert rows(site)[0].state == "unknown"


def test_nothing_goes_out_at_night(office: Office, clock: FakeClock) -> None:
    site, twin = office()
    number = write(site)
    clock.move(12.5 * 3600)  # 22:30
    approve(site, number)
    assert "夜里（22:00–08:00）不群发" in site.get(PAGE)
    assert twin.world.deliveries == []


@pytest.mark.parametrize(
    ("text", "tag", "words"),
    [
        ("", "四川", "请写群发的文字"),
        ("长" * 700, "四川", "太长了"),
        (TEXT, "没有的", "请选一个标签"),
        (TEXT, "", "请选一个标签"),
    ],
)
def test_what_can_t_be_sent_is_said_at_once_and_what_was_written_stays(
    small_office: Office, text: str, tag: str, words: str
) -> None:
    site, _ = small_office()
    site.sign_in(EDITOR)
    answer = site.post(f"{PAGE}/new", {"text": text, "tag": tag}, f"{PAGE}/new")
    assert answer.status_code == 400
    page = answer.get_data(as_text=True)
    assert words in page
    assert text in page
    assert "<option>星标组</option>" in page
    assert rows(site) == []


def test_a_draft_is_cancelled_and_markup_in_it_is_text(office: Office) -> None:
    site, twin = office()
    number = write(site, "<script>alert(1)</script>")
    assert "<script>alert" not in site.get(PAGE)
    assert "&lt;script&gt;alert(1)" in site.get(PAGE)
    site.post(f"{PAGE}/{number}/cancel", {}, PAGE)
    assert "已取消" in site.get(PAGE)
    approve(site, number)
    assert twin.world.deliveries == []
    assert site.get(f"{PAGE}/999", 404)


def test_a_platform_that_is_away_is_said(small_office: Office) -> None:
    site, _ = small_office(wechat_api_base_url="http://127.0.0.1:1")
    site.sign_in(EDITOR)
    assert "没有拿到公众号的标签" in site.get(f"{PAGE}/new", 200)


def test_receipts_age_and_announcements_stay(office: Office, clock: FakeClock) -> None:
    site, twin = office()
    approve(site, write(site))
    receipt(site, twin, clock)
    clock.move(400 * 24 * 3600)
    store = site.app.extensions["bot"].store
    store.purge(clock.real_now())
    with store.reading() as connection:
        assert connection.execute(sa.select(mass_receipts)).all() == []
    assert len(rows(site)) == 1
    assert HEAD >= "0005"
