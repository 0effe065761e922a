"""The chat page in a real browser on a phone's width: what a candidate sees and touches."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from tests.chat.conftest import ScriptedExchange

pytestmark = pytest.mark.chromium

BOT = ".row.bot:not(.typing)"
ME = ".row.me"
RED = ".failed:not([hidden])"
NO_NETWORK = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
NETWORK = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}


class Page:
    """The open page, spoken of as a candidate would."""

    def __init__(self, driver: Any, address: str) -> None:
        self.driver = driver
        self.address = address

    def open(self) -> None:
        self.driver.get(f"{self.address}/chat")

    def all(self, css: str) -> list[Any]:
        return list(self.driver.find_elements("css selector", css))

    def words(self, row: str) -> list[str]:
        """The text of each bubble as it would be copied."""
        script = "return [...document.querySelectorAll(arguments[0])].map((words) => words.innerText)"
        return list(self.driver.execute_script(script, f"{row} .words"))

    def type(self, text: str) -> None:
        self.driver.find_element("id", "input").send_keys(text)

    def send(self, text: str) -> None:
        self.type(text)
        self.driver.find_element("id", "send").click()

    def chip(self, label: str) -> Any:
        return next(chip for chip in reversed(self.all(".chip")) if chip.text == label)

    def until(self, true: Callable[[], Any]) -> Any:
        """What `true` gives as soon as it is true; else an error that shows the conversation as it stands."""
        from selenium.common.exceptions import TimeoutException
        from selenium.webdriver.support.ui import WebDriverWait

        try:
            return WebDriverWait(self.driver, 30, poll_frequency=0.02).until(lambda _: true())
        except TimeoutException:
            script = "return [document.visibilityState, document.getElementById('log').outerHTML]"
            shown = self.driver.execute_script(script)
            raise AssertionError(f"after 30 s the page still says: {shown}") from None

    def replies(self, count: int) -> list[str]:
        """The bot's bubbles (the welcome is the first), once there are `count` and nothing is under way."""
        self.until(lambda: len(self.all(BOT)) == count and not self.all(".typing"))
        return self.words(BOT)

    def network(self, conditions: dict[str, Any]) -> None:
        self.driver.execute_cdp_cmd("Network.emulateNetworkConditions", conditions)

    def size(self, width: int) -> None:
        size = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 640}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


@contextmanager
def visit(chromium: Any, served: str) -> Iterator[Page]:
    """The page of somebody who was never here. Afterwards: nothing in the console, no request to another host."""
    chromium.execute_cdp_cmd("Network.enable", {})
    # What fades in counts as hidden for a moment; without motion nothing depends on that moment.
    still = {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", still)
    for kind in ("browser", "performance"):
        chromium.get_log(kind)
    page = Page(chromium, served)
    page.size(390)
    page.open()
    # The system may give a port out again, and then the browser still knows what was said there.
    chromium.execute_script("localStorage.clear(); sessionStorage.clear()")
    page.open()
    yield page
    page.network(NETWORK)
    events = [json.loads(line["message"])["message"] for line in chromium.get_log("performance")]
    sent = [
        event["params"]["request"]["url"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
    ]
    assert {urlsplit(url).netloc for url in sent} == {urlsplit(served).netloc}
    complaints = [
        line for line in chromium.get_log("browser") if "ERR_INTERNET_DISCONNECTED" not in line["message"]
    ]
    assert complaints == []


@pytest.fixture
def page(chromium: Any, served: str, exchange: ScriptedExchange) -> Iterator[Page]:
    with visit(chromium, served) as page:
        yield page
        exchange.gate.set()


def test_a_question_gets_its_answer_in_a_bubble(page: Page) -> None:
    page.send("四川技能考试几号缴费")
    assert page.words(ME) == ["四川技能考试几号缴费"]
    answer = page.replies(2)[-1]
    assert "2024 年 4 月 5 日 8 时 – 4 月 9 日 24 时" in answer
    assert "1. 登录国家医学考试网" in answer
    assert page.driver.find_element("id", "input").get_attribute("value") == ""
    assert "演练时间：2024 年 4 月 6 日 10:00（BOT_NOW）" in page.driver.find_element("id", "banner").text


def test_nobody_sees_what_another_said_at_the_same_address(chromium: Any, served: str) -> None:
    with visit(chromium, served) as page:
        page.send("报名")
        page.replies(2)
    with visit(chromium, served) as page:
        assert len(page.replies(1)) == 1
        assert page.words(ME) == []


def test_while_the_bot_thinks_it_is_seen_typing(page: Page, exchange: ScriptedExchange) -> None:
    exchange.gate.clear()
    page.send("报名")
    page.until(lambda: page.all(".typing"))
    assert page.driver.find_element("id", "title").text == "对方正在输入…"
    exchange.gate.set()
    page.replies(2)
    assert page.driver.find_element("id", "title").text == "医师资格考试报名助手"


def test_messages_typed_meanwhile_are_sent_in_order(page: Page, exchange: ScriptedExchange) -> None:
    exchange.gate.clear()
    for text in ("一", "二", "三"):
        page.send(text)
    exchange.gate.set()
    assert page.replies(4)[1:] == ["收到：一", "收到：二", "收到：三"]
    assert exchange.texts == ["一", "二", "三"]


def test_an_option_is_tapped_by_its_label_and_sent_by_its_number(
    page: Page, exchange: ScriptedExchange
) -> None:
    page.send("报名")
    page.replies(2)
    page.until(page.chip("重庆").is_enabled)
    page.chip("重庆").click()
    assert page.replies(3)[-1] == "收到：2"
    assert page.words(ME) == ["报名", "重庆"]
    assert exchange.texts == ["报名", "2"]


def test_only_the_last_list_can_be_tapped(page: Page) -> None:
    page.send("报名")
    page.replies(2)
    page.send("四川技能考试几号缴费")
    page.replies(3)
    page.until(page.chip("订阅提醒").is_enabled)
    labels = {chip.text for chip in page.all(".chip:enabled")}
    assert {"订阅提醒", "二试怎么报名"} <= labels
    assert "重庆" not in labels
    page.send("谢谢")
    page.replies(4)
    assert page.all(".chip:not(.standing .chip):enabled") == []


def test_an_example_is_a_question_to_tap(page: Page, exchange: ScriptedExchange) -> None:
    page.chip("二试怎么报名").click()
    assert page.replies(2)[-1] == "收到：二试怎么报名"
    assert exchange.texts == ["二试怎么报名"]


def test_markup_shows_as_text_on_both_sides(page: Page) -> None:
    text = "<img src=x onerror=alert(1)><script>alert(2)</script>&lt;"
    page.send(text)
    assert page.replies(2)[-1] == f"收到：{text}"
    assert page.words(ME) == [text]
    assert page.all(".words img, .words script") == []


def test_only_web_addresses_in_replies_become_links(page: Page) -> None:
    page.send("链接")
    page.replies(2)
    (link,) = page.all(".words a")
    assert link.get_attribute("href") == "https://example.org/a?b=1&c=2"
    assert link.get_attribute("rel") == "noopener noreferrer"
    assert page.all(".words b") == []
    page.send("我看了 https://example.org/x")
    page.replies(3)
    assert page.all(".row.me .words a") == []
    page.send("网站")
    page.replies(4)
    assert page.all(".words a")[-1].get_attribute("href") == "http://www.nmec.org.cn/"
    assert [mark.text.strip() for mark in page.all(".words .mark")] == ["1"]


def test_enter_sends_and_shift_enter_breaks_the_line(page: Page, exchange: ScriptedExchange) -> None:
    from selenium.webdriver.common.keys import Keys

    page.type(f"四川{Keys.SHIFT}{Keys.ENTER}{Keys.SHIFT}报名{Keys.ENTER}")
    page.replies(2)
    assert exchange.texts == ["四川\n报名"]


def test_enter_that_picks_characters_does_not_send(page: Page, exchange: ScriptedExchange) -> None:
    from selenium.webdriver.common.keys import Keys

    page.type("四川")
    composition = {"text": "baoming", "selectionStart": 7, "selectionEnd": 7}
    page.driver.execute_cdp_cmd("Input.imeSetComposition", composition)
    page.type(Keys.ENTER)
    assert page.all(ME) == []
    page.driver.execute_cdp_cmd("Input.insertText", {"text": "报名"})
    page.until(lambda: page.driver.find_element("id", "input").get_attribute("value").startswith("四川"))
    page.type(Keys.ENTER)
    page.replies(2)
    assert len(exchange.texts) == 1
    assert exchange.texts[0].startswith("四川")


def test_a_lost_message_is_marked_and_sent_again_with_its_key(page: Page, exchange: ScriptedExchange) -> None:
    page.network(NO_NETWORK)
    page.send("报名")
    page.until(lambda: page.all(RED))
    assert "网络" in page.driver.find_element("css selector", ".why").text
    assert page.driver.find_element("id", "offline").is_displayed()
    key = page.driver.execute_script("return JSON.parse(sessionStorage.getItem('chat.said'))[0].key")
    page.network(NETWORK)
    page.all(RED)[0].click()
    page.replies(2)
    assert page.all(RED) == []
    assert [taken[1] for taken in exchange.taken] == [key]


def test_the_conversation_outlives_a_reload_and_ends_with_clear(
    page: Page, exchange: ScriptedExchange
) -> None:
    page.send("报名")
    before = page.replies(2)
    page.open()
    assert page.replies(2) == before
    assert page.words(ME) == ["报名"]
    assert page.chip("四川").is_enabled()
    clear = page.driver.find_element("id", "clear")
    clear.click()
    assert page.words(ME) == ["报名"]
    assert clear.text == "确定清空？"
    clear.click()
    assert page.words(ME) == []
    assert len(page.words(BOT)) == 1
    page.open()
    assert page.words(ME) == []
    page.send("报名")
    page.replies(2)
    users = {user for user, *_ in exchange.taken}
    assert len(users) == 1
    assert users.pop().startswith("web:")


def test_a_message_under_way_at_a_reload_is_answered_after_it(page: Page, exchange: ScriptedExchange) -> None:
    exchange.gate.clear()
    page.send("报名")
    page.until(lambda: page.all(".typing"))
    page.open()
    exchange.gate.set()
    page.replies(2)
    assert page.words(ME) == ["报名"]
    assert len({key for _, key, *_ in exchange.taken}) == 1


def test_a_refusal_of_the_server_is_shown_with_the_message(page: Page) -> None:
    page.driver.execute_script(
        "const input = document.getElementById('input'); input.value = '长'.repeat(10001);"
        "input.dispatchEvent(new Event('input'))"
    )
    page.driver.find_element("id", "send").click()
    page.until(lambda: page.all(RED))
    assert "最多 10000 个字" in page.driver.find_element("css selector", ".why").text
    page.driver.get_log("browser")  # a 400 is noted in the console by the browser itself


@pytest.mark.parametrize("width", [320, 360, 390, 430, 1280])
def test_nothing_is_cut_off_at_any_width(page: Page, width: int) -> None:
    page.size(width)
    page.send("四川技能考试几号缴费" + "https://example.org/" + "a" * 200)
    page.replies(2)
    page.send("四川技能考试几号缴费")
    page.replies(3)
    wide = page.driver.execute_script(
        "const app = document.getElementById('app').getBoundingClientRect();"
        "return [...document.querySelectorAll('#app *')].filter((it) => it.offsetWidth && !it.matches('.unseen'))"
        ".filter((it) => it.getBoundingClientRect().right > app.right || it.getBoundingClientRect().left < app.left"
        " || (it.matches('.words, .words div, .scroll, .bar') && it.scrollWidth > it.clientWidth))"
        ".map((it) => it.outerHTML.slice(0, 80))"
    )
    assert wide == []
    assert page.driver.execute_script("return document.getElementById('app').offsetWidth") == min(width, 600)


def test_the_whole_service_talks_under_its_own_headers(chromium: Any, whole: str) -> None:
    with visit(chromium, whole) as page:
        page.send("你好")
        assert page.replies(2)[-1] == "1 你好"
        page.send("还在吗")
        assert page.replies(3)[-1] == "2 还在吗"


def test_a_fault_of_the_page_is_admitted_gently(page: Page) -> None:
    assert not page.driver.find_element("id", "broken").is_displayed()
    page.driver.execute_script("window.dispatchEvent(new ErrorEvent('error'))")
    assert "刷新后可以继续" in page.driver.find_element("id", "broken").text
