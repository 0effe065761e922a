"""An app with the chat page alone, before an exchange that answers from a list; and a browser where there is one."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response
from werkzeug.serving import make_server

from bot.answers.reply import Option, Reply
from bot.chat.views import create_blueprint
from bot.clock import Clock
from bot.conversation import Message, Trace, Turn
from bot.settings import Settings

WINDOW = """四川考区 2024 年实践技能考试缴费：已截止。

缴费时间：2024 年 4 月 5 日 8 时 – 4 月 9 日 24 时。

步骤：
1. 登录国家医学考试网（https://www.nmec.org.cn），进入“考生服务”，选择“网上缴费”；
2. 核对姓名、证件编号和报考类别，确认无误后再支付，缴费成功后不能更改；
3. 缴费后截图留存。逾期没有缴费的，视为自动放弃本年度考试。

来源：《2024年医师资格考试四川考区公告》，2024 年，https://example.org/notice?id=2024&area=sc。

1. 网上报名时间
2. 准考证打印时间
3. 订阅提醒"""

REPLIES = {
    "四川技能考试几号缴费": Reply(
        WINDOW, (Option("网上报名时间", "1"), Option("准考证打印时间", "2"), Option("订阅提醒", "3"))
    ),
    "报名": Reply("您在哪个地区考试？\n1. 四川\n2. 重庆", (Option("四川", "1"), Option("重庆", "2"))),
    "网站": Reply("看 www.nmec.org.cn 和公告。\n1 报名\n3 天内办完"),
    "链接": Reply("见 https://example.org/a?b=1&c=2。javascript:alert(1) 不是链接，<b>也不是</b>粗体"),
}

FLAGS = (
    "--headless=new",
    "--no-sandbox",  # continuous integration runs as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    # The dots go by a timer: no window of a test counts as hidden, whose timers may wait for a minute.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    # Chromium talks to its maker when it starts; a test of ours talks to nobody.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class ScriptedExchange:
    """Stands in for bot.exchange: keeps what it was given, and gives a retry the same bytes."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str, str, Message]] = []
        self.written: dict[str, bytes] = {}
        self.gate = threading.Event()  # closed by a test that wants to see a message under way
        self.gate.set()

    def take(
        self, *, user: str, key: str, channel: str, message: Message, write: Callable[[Turn], bytes]
    ) -> bytes:
        assert self.gate.wait(20)
        if key not in self.written:
            self.taken.append((user, key, channel, message))
            reply = REPLIES.get(message.text, Reply(f"收到：{message.text}"))
            trace = Trace("answer", "pay-time", "技能缴费", "四川", "执业", 2024, 0.93)
            self.written[key] = write(Turn(reply, {}, (), trace))
        return self.written[key]

    @property
    def texts(self) -> list[str]:
        return [message.text for *_, message in self.taken]


@pytest.fixture
def exchange() -> ScriptedExchange:
    return ScriptedExchange()


@pytest.fixture
def make_app(exchange: ScriptedExchange, tmp_path: Path) -> Callable[..., Flask]:
    """make_app(bot_now=None) -> the page under the security headers of the real app."""

    def make(bot_now: datetime | None = None) -> Flask:
        app = Flask(__name__)
        settings = Settings.model_validate(
            {"bot_now": bot_now, "bot_var": tmp_path, "bot_knowledge": tmp_path}
        )
        app.register_blueprint(create_blueprint(exchange, settings, Clock(bot_now)))

        @app.after_request
        def secure(response: Response) -> Response:
            response.headers["Content-Security-Policy"] = "default-src 'self'"
            response.headers["X-Content-Type-Options"] = "nosniff"
            return response

        return app

    return make


@contextmanager
def serve(app: Flask) -> Iterator[str]:
    """The address of `app` on a free port of this machine."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def served(make_app: Callable[..., Flask], exchange: ScriptedExchange) -> Iterator[str]:
    """The page alone, in a rehearsed spring of 2024."""
    with serve(make_app(bot_now=datetime.fromisoformat("2024-04-06T10:00:00+08:00"))) as address:
        yield address
        exchange.gate.set()


@pytest.fixture
def whole(app: Flask) -> Iterator[str]:
    """The whole service, with an assistant that counts and repeats."""
    with serve(app) as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A headless Chromium of 390 × 844, with its console and its requests on record. For tests marked `chromium`."""
    from selenium import webdriver

    profile = tempfile.mkdtemp(prefix="chat-chromium-")
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = webdriver.ChromeService(executable_path=shutil.which("chromedriver"))
    driver = webdriver.Chrome(options=options, service=service)
    yield driver
    driver.quit()
    shutil.rmtree(profile, ignore_errors=True)
