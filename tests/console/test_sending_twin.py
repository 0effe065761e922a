"""提醒 at work: the button pressed before the platform's twin, and what the page then says of every candidate."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.reminders.consent import seal_of
from bot.simulate.platform.clock import TwinClock
from bot.simulate.platform.control import openid_of
from bot.simulate.platform.faults import parse
from bot.simulate.platform.server import APP_ID, SECRET, Twin
from bot.storage import subscriptions
from tests.chat.conftest import chromium as chromium  # the same browser as the chat page's
from tests.chat.conftest import serve as served
from tests.console.browsing import Staffer
from tests.console.conftest import EDITOR, PUBLISHER, Site
from tests.fakes import FakeClock

PAGE = "/console/reminders"
DUE = datetime(2024, 4, 8, 1, 0, 10, tzinfo=UTC)  # 09:00 in Shanghai, a day before the fee's last
GRANT = "grant-of-the-tests"


@pytest.fixture
def faults() -> str:
    """What goes wrong at the platform (simulate/platform/faults); a test names its own by `parametrize`."""
    return ""


@pytest.fixture
def site(make_site: Callable[..., Site], clock: FakeClock, faults: str) -> Iterator[tuple[Site, Twin]]:
    """Ten candidates of 四川: six allowed a 订阅通知, of whom one left meanwhile; two did not; two are on the web page."""
    clock.real = DUE
    with Twin(faults=parse(faults), clock=TwinClock(DUE, frozen=True)) as twin:
        site = make_site(
            PUBLISHER, wechat_app_id=APP_ID, wechat_app_secret=SECRET, wechat_account="service-certified",
            wechat_api_base_url=twin.url, wechat_subscribe_template_id=GRANT, bot_send_threads=1,  # who left is not the first
            wechat_subscribe_template_fields="thing1={考区}{环节};thing2={截止}截止",
        )  # fmt: skip
        store = site.app.extensions["bot"].store
        insert = store.database.insert
        with store.writing() as connection:
            for number in range(10):
                openid = openid_of(number) if number < 8 else f"web:{number}"
                hashed = store.user_hash(openid)
                address = seal_of(store).close(openid.encode())
                long_ago = datetime(2024, 4, 1, tzinfo=UTC)
                subscriptions.met(connection, insert, hashed, address, number < 8, long_ago)
                subscriptions.subscribe(connection, insert, hashed, "四川", "技能缴费", long_ago)
                if number < 6:
                    subscriptions.change_grant(connection, insert, hashed, GRANT, 1, "同意", "e", long_ago)
        twin.world.follow([openid_of(number) for number in range(8)], grants={GRANT: 1})
        twin.world.fans[openid_of(5)].follows = False
        yield site, twin


def pressed(site: Site) -> str:
    """The page after the button, once the sending has ended."""
    assert site.post(f"{PAGE}/send", {}, PAGE).status_code == 302
    page = site.get(PAGE)
    for _ in range(2000):
        if 'id="at-work"' not in page:
            return page
        page = site.get(PAGE)
    raise AssertionError("it sends for ever")


def test_the_button_sends_and_the_page_reports_what_became_of_each(site: tuple[Site, Twin]) -> None:
    console, twin = site
    assert "<b>6 <small>次" in console.get(PAGE), "six credits before"
    page = pressed(console)
    assert {one.openid for one in twin.world.deliveries} == {openid_of(number) for number in range(5)}
    assert re.search(r'class="share"><svg', page), "a bar of the run"
    assert re.search(r"已发 5\b", page)
    assert re.search(r"送不到 4\b", page)
    assert re.search(r"失败 1\b", page), "the one who left"
    assert "<b>0 <small>次" in page, "each credit is spent, the refused one too"
    assert twin.world.deliveries[0].content["thing1"] == "四川技能缴费"
    pressed(console)
    assert len(twin.world.deliveries) == 5, "the button pressed twice sends nothing twice"


def test_the_unreachable_are_listed_by_reason_and_by_masked_code_when_asked(site: tuple[Site, Twin]) -> None:
    console, _ = site
    page = pressed(console)
    assert "不在公众号里（网页或命令行）" in page
    assert "/reminders/unreachable" in page
    people = console.get(f"{PAGE}/unreachable", 200)
    codes = re.findall(r"<code>(\w+)</code>", people)
    assert len(codes) == len(set(codes)) == 5
    assert all(len(code) == 8 for code in codes)
    store = console.app.extensions["bot"].store
    for number in range(8):
        assert openid_of(number) not in people
        assert store.user_hash(openid_of(number)) not in people
    assert console.staff.acts()[0].act == "看送不到的人"


def test_only_a_publisher_sees_people(site: tuple[Site, Twin]) -> None:
    console, _ = site
    console.client.delete_cookie("console", path="/console")
    console.sign_in(EDITOR)
    assert console.get(f"{PAGE}/unreachable", 403)


@pytest.mark.chromium
@pytest.mark.parametrize("faults", ["45009@3"])  # the day's quota is used up at the third call
def test_in_a_browser_plan_words_sending_result_and_cancelling(
    site: tuple[Site, Twin], chromium: Any, clock: FakeClock
) -> None:
    console, twin = site
    with served(console.app) as address:
        staff = Staffer(chromium, address)
        staff.sign_in(PUBLISHER)
        staff.open("/reminders")
        assert "订阅通知 6 人" in staff.words()
        staff.click(".slots summary")
        assert "四川" in staff.find(".slots pre").text, "the words are seen before the button"
        assert "4 月 9 日" in staff.find(".slots pre").text
        assert twin.world.deliveries == [], "looking sends nothing"

        staff.answer_no(f"form[action$='{PAGE}/send'] button")
        assert twin.world.deliveries == [], "who says no to the question sends nothing"
        staff.answer_yes(f"form[action$='{PAGE}/send'] button")
        staff.until(lambda: re.search(r"已发 2\b", staff.words()) and "正在发送" not in staff.words())
        assert len(twin.world.deliveries) == 2
        assert "停着：" in staff.words()

        staff.answer_yes(f"form[action$='{PAGE}/cancel'] button")
        staff.until(lambda: "还没发出的提醒" in staff.words() and "取消了" in staff.words())
        assert re.search(r"已取消 [1-9]", staff.words())
        clock.move(24 * 3600)
        staff.open("/reminders")
        assert f"{PAGE}/cancel" not in chromium.page_source, "nothing is left to cancel"
    assert len(twin.world.deliveries) == 2
    done = [act.act for act in console.staff.acts()][:2]
    assert done == ["取消提醒", "发送到期的提醒"]
