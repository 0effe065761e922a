"""提醒: what staff see of the reminders, and who may press which button."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from bot.console.sending import done_of
from bot.storage import subscriptions
from tests.console.conftest import EDITOR, PUBLISHER, Site
from tests.fakes import FakeClock

Make = Callable[..., Site]
BUTTONS = ("send", "correct", "cancel", "resume")
DUE = datetime(2024, 4, 8, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai, a day before the fee's last


@pytest.fixture
def subscribed(make_site: Make, clock: FakeClock) -> Callable[[str], Site]:
    """A console with twelve candidates who asked to be told of 四川, none of whom the account can push to."""

    def make(name: str) -> Site:
        clock.real = DUE - timedelta(hours=1)
        site = make_site(name)
        store = site.app.extensions["bot"].store
        with store.writing() as connection:
            for number in range(12):
                hashed = store.user_hash(f"o{number}")
                subscriptions.met(
                    connection, store.database.insert, hashed, b"sealed", number > 2, clock.real
                )
                subscriptions.subscribe(
                    connection, store.database.insert, hashed, "四川", "技能缴费", clock.real
                )
        return site

    return make


def test_the_plan_says_what_when_to_how_many_and_why_not(subscribed: Callable[[str], Site]) -> None:
    page = subscribed(EDITOR).get("/console/reminders?days=7", 200)
    assert "04-08 09:00" in page
    assert "还有 1 天截止" in page
    assert "公众号没有可以主动推送的渠道 9 人" in page
    assert "不在公众号里（网页或命令行） 3 人" in page
    assert "看文字" in page
    assert "<b>12</b>" in page


@pytest.mark.parametrize("button", BUTTONS)
def test_an_editor_can_neither_send_nor_stop(subscribed: Callable[[str], Site], button: str) -> None:
    site = subscribed(EDITOR)
    assert site.post(f"/console/reminders/{button}").status_code == 403
    page = site.get("/console/reminders")
    assert f"/console/reminders/{button}" not in page
    assert "要“发布”角色的同事来点" in page


def test_a_publisher_cancels_what_has_not_gone_out(
    subscribed: Callable[[str], Site], clock: FakeClock
) -> None:
    from bot.reminders.run import of_settings

    site = subscribed(PUBLISHER)
    clock.real = DUE
    parts = site.app.extensions["bot"]
    source = site.app.wsgi_app
    assert source is not None
    planned = of_settings(parts.settings, parts.store, lambda: parts.exchange._assistant().kb, clock).plan()
    assert planned == 12
    assert "待发 12" in site.get("/console/reminders")
    site.post("/console/reminders/cancel")
    page = site.get("/console/reminders")
    assert "取消了 12 条" in page
    assert "已取消 12" in page
    assert site.staff.acts()[0].act == "取消提醒"


def test_sending_and_correcting_are_recorded(subscribed: Callable[[str], Site]) -> None:
    site = subscribed(PUBLISHER)
    for button in ("correct", "resume"):
        assert site.post(f"/console/reminders/{button}").status_code == 302
    assert [act.act for act in site.staff.acts()][:2] == ["恢复发送", "批准更正"]


def test_a_slot_of_the_past_is_one_bar() -> None:
    def row(state: str, count: int, reason: str = "", told: int = 0) -> SimpleNamespace:
        return SimpleNamespace(
            slot=DUE, kind="reminder", state=state, channel="", reason=reason, count=count, told=told
        )

    (found,) = done_of([row("sent", 8), row("unreachable", 3, "没有授权", 1), row("failed", 1, "平台不收")])
    assert found.parts == (("已发", "answered", 8), ("送不到", "other", 3), ("失败", "missed", 1))
    assert found.reasons == (("没有授权", 3), ("平台不收", 1))
    assert found.told == 1
