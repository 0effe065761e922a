"""The whole way in a real browser on a real server: a question nobody could answer, until staff teach it, and back."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.console import accounts
from bot.storage.migrate import upgrade
from bot.storage.staff import Staff
from bot.storage.store import Store
from tests.chat.conftest import chromium as chromium  # the same browser as the chat page's
from tests.conftest import KNOWLEDGE, SECRET
from tests.console.browsing import Staffer
from tests.console.conftest import EDITOR, PASSWORD, PUBLISHER
from tests.serving import free_port

pytestmark = pytest.mark.chromium

QUESTION = "白大褂要自己带去不"  # about this exam, and on file nowhere
OTHERS = ("考试要自己带白大褂吗", "白大褂考点发不发")
ENTRY = "现场审核材料"
XSS = "<img src=x onerror=\"document.title='broken'\"><script>document.title='broken'</script>"


class Server:
    """server.py as operators start it, over a folder and a database of its own."""

    def __init__(self, home: Path) -> None:
        self.knowledge, self.home = home / "knowledge", home
        shutil.copytree(KNOWLEDGE, self.knowledge)
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.asked = 0

    @contextmanager
    def running(self) -> Iterator[None]:
        url = f"sqlite:///{self.home / 'bot.db'}"
        upgrade(url)
        store = Store(url, SECRET)
        for name, role in ((EDITOR, accounts.EDITOR), (PUBLISHER, accounts.PUBLISHER)):
            accounts.add(Staff(store, SECRET), name, role, PASSWORD)
        store.close()
        settings = {
            "BOT_PORT": str(self.port), "BOT_VAR": str(self.home / "var"), "DATABASE_URL": url, "BOT_SECRET_KEY": SECRET.decode(),
            "BOT_KNOWLEDGE": str(self.knowledge), "BOT_NOW": "2024-04-06T10:00:00+08:00", "BOT_LIMIT_ADDRESS": "100000",
        }  # fmt: skip
        environment = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
        root = Path(__file__).resolve().parents[2]
        process = subprocess.Popen(
            [sys.executable, "server.py"], cwd=root, env={**environment, **settings},
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        try:
            assert process.stdout is not None
            assert "机器人已启动" in process.stdout.readline()
            yield
        finally:
            process.send_signal(
                signal.SIGQUIT
            )  # at once: for SIGTERM it would let the browser keep its connection 2 s
            process.wait(20)
            if process.stdout is not None:
                process.stdout.close()

    def ask(self, text: str, user: str = "") -> dict[str, Any]:
        """One message of one candidate, as the chat page sends it."""
        self.asked += 1
        body = json.dumps({"user": user or f"u{self.asked}", "text": text}).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.address}/api/messages", body, headers)  # noqa: S310  # our own address
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            return dict(json.loads(answer.read()))


class Crowd:
    """Candidates who never stop asking meanwhile; every answer that is none is kept."""

    def __init__(self, server: Server) -> None:
        self._server, self._stop = server, threading.Event()
        self.answered, self.lost = 0, list[str]()
        self._thread = threading.Thread(target=self._ask)

    def _ask(self) -> None:
        while not self._stop.wait(0.02):
            try:
                answer = self._server.ask("四川技能考试几号缴费", f"crowd{self.answered}")
                if answer["decision"] != "answer" or "4 月 9 日" not in answer["reply"]:
                    self.lost.append(str(answer))
                self.answered += 1
            except Exception as error:  # noqa: BLE001  # whatever it is, a candidate got no answer
                self.lost.append(repr(error))

    def __enter__(self) -> Crowd:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    with server.running():
        yield server


def test_a_planted_question_is_taught_published_answered_and_taken_back(
    server: Server, chromium: Any
) -> None:
    staff = Staffer(chromium, server.address)
    size = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    chromium.get_log("browser")
    for text in (QUESTION, QUESTION, *OTHERS, XSS):
        assert server.ask(text)["decision"] in ("refuse", "out_of_scope"), text

    with Crowd(server) as crowd:
        staff.sign_in(EDITOR)
        assert "演练时间：2024 年 4 月 6 日" in chromium.page_source
        staff.open("/unanswered")
        topic = next(
            link for link in chromium.find_elements("css selector", ".topics a") if "白大褂" in link.text
        )
        assert XSS[:20] in staff.words(), "a candidate's markup is text"
        assert chromium.title.startswith("未答上")
        chromium.get(topic.get_attribute("href"))
        staff.choose("#other", ENTRY)
        staff.click("#add")
        staff.until(lambda: "/drafts/" in chromium.current_url)
        draft = chromium.current_url
        assert QUESTION in staff.words()
        assert re.search(r"考题\s+\d+ / \d+\s+没有变差的", staff.words())
        assert "请“发布”角色的同事来点" in staff.words()
        assert server.ask(QUESTION)["decision"] in ("refuse", "out_of_scope"), "a draft is not live"

        staff.sign_in(PUBLISHER)
        chromium.get(draft)
        staff.click("#publish")
        staff.until(lambda: chromium.current_url.endswith("/versions"))
        staff.until(lambda: server.ask(QUESTION)["entry"] == ENTRY)
        chromium.get(f"{server.address}/chat")
        chromium.find_element("id", "input").send_keys(f"四川{QUESTION}")
        chromium.find_element("id", "send").click()
        staff.until(
            lambda: (
                "四川" in chromium.find_elements("css selector", ".row.bot")[-1].text
                and len(chromium.find_elements("css selector", ".row.bot:not(.typing)")) == 2
            )
        )

        staff.open("/versions")
        older = chromium.find_elements("css selector", ".versions li:not(.live) a")[0].get_attribute("href")
        chromium.get(older)
        staff.click("#back")
        staff.until(lambda: chromium.current_url.endswith("/versions"))
        staff.until(lambda: server.ask(QUESTION)["decision"] in ("refuse", "out_of_scope"))
        staff.until(lambda: "白大褂" in staff.seen("/unanswered"))

    assert crowd.lost == []
    assert crowd.answered > 20
    said = [entry["message"] for entry in chromium.get_log("browser") if "favicon" not in entry["message"]]
    assert said == [], "no error and no broken policy on any page"


def test_a_wrong_date_is_said_beside_its_field(server: Server, chromium: Any) -> None:
    staff = Staffer(chromium, server.address)
    staff.sign_in(EDITOR)
    staff.open("/knowledge/schedules/2024/四川")
    field = staff.find("input[name='技能缴费.0.closes']")
    field.clear()
    field.send_keys("2024-13-01")
    staff.click("#save")
    error = staff.until(lambda: staff.find("input[name='技能缴费.0.closes'] + .field-error"))
    assert error.text.startswith("“2024-13-01”不对：日历上没有这一天")
