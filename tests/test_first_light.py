"""One question, all the way: the same answer in /chat's API and through /wechat, plain and safe."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from bot.app import create_app
from bot.conversation import Assistant
from bot.settings import Settings
from bot.simulate.wire import Account, Push, read_reply, request
from tests.conftest import SECRET
from tests.fakes import FixedSource

USER = "oSimulatedCandidate-00000001"
_numbers = itertools.count(1)
QUESTION = "四川技能考试几号缴费"
WINDOW = "2024 年 4 月 5 日 8 时至 4 月 9 日 24 时"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
APP_ID = "wx0123456789abcdef"


def served(tmp_path: Path, source: FixedSource | None, **more: object) -> Flask:
    return create_app(
        Settings(
            bot_var=tmp_path / "var",
            bot_secret_key=SECRET.decode(),
            bot_now=datetime.fromisoformat("2024-04-06T10:00:00+08:00"),
            wechat_token="AAAAA",
            wechat_app_id=APP_ID,
            **more,
        ),
        source,
    )


@pytest.fixture
def plain(tmp_path: Path, assistant: Assistant) -> Iterator[Flask]:
    app = served(tmp_path / "plain", FixedSource(assistant))
    yield app
    app.extensions["bot"].store.close()


@pytest.fixture
def safe(tmp_path: Path, assistant: Assistant) -> Iterator[Flask]:
    app = served(tmp_path / "safe", FixedSource(assistant), wechat_encoding_aes_key=AES_KEY)
    yield app
    app.extensions["bot"].store.close()


def push(app: Flask, mode: str, text: str = QUESTION) -> str:
    account = Account("AAAAA", mode, APP_ID, AES_KEY)
    now = int(time.time())  # the platform's clock is the real one, whatever BOT_NOW says
    message = Push("text", text, USER, now, next(_numbers))
    query, body = request(message.xml.encode(), account, now, user=USER)
    came = app.test_client().post("/wechat", query_string=query, data=body, content_type="text/xml")
    assert came.status_code == 200
    return read_reply(came.data, USER, account)[1]


def test_the_page_and_the_platform_get_the_same_answer(plain: Flask, safe: Flask) -> None:
    told = plain.test_client().post("/api/messages", json={"user": "u", "text": QUESTION}).get_json()
    assert WINDOW in told["reply"]
    assert "还剩 3 天" in told["reply"]
    assert "公告（2023 年第 3 号）" in told["reply"]
    assert push(plain, "plain") == told["reply"]
    assert push(safe, "safe") == told["reply"]


def test_ten_kilobytes_and_emoji_get_an_answer(plain: Flask) -> None:
    assert push(plain, "plain", "四川报名" * 2500)
    assert push(plain, "plain", "😀😀😀")


def test_a_broken_folder_keeps_the_server_from_starting(tmp_path: Path) -> None:
    (tmp_path / "knowledge").mkdir()
    with pytest.raises(Exception, match="缺少文件"):
        served(tmp_path, None, bot_knowledge=tmp_path / "knowledge")
