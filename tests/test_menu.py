"""`menu push`: from menu.yaml to the twin, and every key answers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from bot.conversation import Assistant, Message
from bot.knowledge.load import contents, parse
from bot.knowledge.menu import keys, platform_menu
from bot.simulate.platform.server import APP_ID, SECRET, Twin
from tests.conftest import KNOWLEDGE

REAL = platform_menu(parse(contents(KNOWLEDGE)).files.get("menu.yaml"))


@pytest.fixture
def twin() -> Iterator[Twin]:
    with Twin() as twin:
        yield twin


@pytest.fixture
def push(
    twin: Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, dict[str, Any]]]:
    monkeypatch.setenv("WECHAT_API_BASE_URL", twin.url)
    monkeypatch.setenv("WECHAT_APP_ID", APP_ID)
    monkeypatch.setenv("WECHAT_APP_SECRET", SECRET)
    monkeypatch.setenv("BOT_VAR", str(tmp_path / "var"))

    def run(*given: str) -> tuple[int, dict[str, Any]]:
        code = main(["menu", "push", "--json", *given])
        out = capsys.readouterr().out
        return code, json.loads(out) if out else {}

    return run


@pytest.mark.parametrize("key", keys(REAL))
@pytest.mark.parametrize("region", [None, "四川", "重庆", "西藏"])
def test_every_key_of_our_menu_answers(assistant: Assistant, key: str, region: str | None) -> None:
    session = {"region": region} if region else None
    turn = assistant.respond(Message("click", key), session, datetime(2024, 2, 1, tzinfo=UTC))
    assert turn.trace.decision != "refuse"
    assert turn.reply.text


def test_our_menu_arrives_as_it_is_written(
    push: Callable[..., tuple[int, dict[str, Any]]], twin: Twin
) -> None:
    code, told = push()
    assert (code, told["pushed"], told["dead"]) == (0, True, [])
    assert twin.world.menu == told["menu"] == REAL
    assert {"type": "click", "name": "报名时间", "key": "m-baoming"} in REAL["button"][0]["sub_button"]


def test_a_dry_run_calls_nobody(push: Callable[..., tuple[int, dict[str, Any]]], twin: Twin) -> None:
    assert push("--dry-run")[0] == 0
    assert not twin.world.calls


def test_a_key_without_an_answer_is_not_pushed(
    push: Callable[..., tuple[int, dict[str, Any]]], twin: Twin, tmp_path: Path
) -> None:
    folder = tmp_path / "knowledge"
    shutil.copytree(KNOWLEDGE, folder)
    menu = folder / "menu.yaml"
    menu.write_text(menu.read_text("utf-8").replace("发送: 帮助", "发送: 明天天气怎么样"), "utf-8")
    code, told = push("--knowledge", str(folder))
    assert (code, told["pushed"]) == (1, False)
    assert told["dead"] == [{"key": "m-help", "send": "明天天气怎么样", "decision": "refuse"}]
    assert not twin.world.calls


def test_what_the_platform_says_no_to_is_told(
    push: Callable[..., tuple[int, dict[str, Any]]], twin: Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WECHAT_APP_SECRET", "changed")
    code, told = push()
    assert (code, told["code"]) == (1, 40125)
    assert "WECHAT_APP_SECRET" in told["error"]


def test_without_an_account_it_is_wrong_use(
    push: Callable[..., tuple[int, dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WECHAT_APP_SECRET")
    assert push()[0] == 2


def test_a_view_and_a_button_without_children() -> None:
    files = {
        "menu.yaml": "菜单:\n  - {名称: 日历, 网址: 'https://example.org/'}\n  - {名称: 帮助, 键: k, 发送: 帮助}\n"
    }
    menu = platform_menu(parse({name: text.encode() for name, text in files.items()}).files.get("menu.yaml"))
    assert menu == {
        "button": [
            {"type": "view", "name": "日历", "url": "https://example.org/"},
            {"type": "click", "name": "帮助", "key": "k"},
        ]
    }
    assert keys(menu) == ["k"]
    assert platform_menu(None) == {"button": []}
