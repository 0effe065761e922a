"""`simulate push` against the real app behind a real socket on 127.0.0.1, and against servers that answer wrongly."""

from __future__ import annotations

import argparse
import io
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask, request
from structlog.testing import capture_logs
from werkzeug.serving import make_server

from bot.app import create_app
from bot.settings import Settings
from bot.simulate import wire
from bot.simulate.push import USER, add_arguments, push, run, verify
from tests.fakes import EchoAssistant, FakeClock, FixedSource

TOKEN, APP_ID, AES_KEY = "AAAAA", "wxba5fad812f8e6fb9", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
SAFE: dict[str, Any] = {"mode": "safe", "app_id": APP_ID, "aes_key": AES_KEY}
Answer = Callable[[], Any]


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The app on a free port of 127.0.0.1; the address of /wechat."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}/wechat"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def assistant() -> EchoAssistant:
    return EchoAssistant()


@pytest.fixture
def serve(settings: Settings, assistant: EchoAssistant, clock: FakeClock) -> Iterator[Callable[..., str]]:
    """serve(**settings) -> the address of a running bot."""
    stack: list[tuple[Any, Flask]] = []
    clock.real = datetime.now(UTC)

    def start(**told: Any) -> str:
        told = {"wechat_token": TOKEN} | told
        app = create_app(Settings(**{**settings.model_dump(), **told}), FixedSource(assistant), clock)
        context = serving(app)
        stack.append((context, app))
        return context.__enter__()

    with capture_logs():  # the bot's log lines, in this process, would mix with what the command prints
        yield start
    for context, app in stack:
        context.__exit__(None, None, None)
        app.extensions["bot"].store.close()


@contextmanager
def answering(answer: Answer) -> Iterator[str]:
    """A server that gives `answer()` to every push."""
    app = Flask(__name__)
    app.add_url_rule("/wechat", view_func=answer, methods=["GET", "POST"])
    with serving(app) as url:
        yield url


def arguments(*given: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(given)


@pytest.mark.parametrize("mode", wire.MODES)
def test_it_speaks_every_mode(serve: Callable[..., str], mode: str) -> None:
    safe = mode != "plain"
    url = serve(**({"wechat_app_id": APP_ID, "wechat_encoding_aes_key": AES_KEY} if safe else {}))
    result = push(
        url,
        TOKEN,
        text="四川技能考试几号缴费😀]]>",
        mode=mode,
        app_id=APP_ID,
        aes_key=AES_KEY if safe else "",
    )
    assert (result.problem, result.status, result.kind) == ("", 200, "text")
    assert result.text == "1 四川技能考试几号缴费😀]]>"
    assert 0 < result.seconds < 5


@pytest.mark.parametrize("concurrent", [False, True])
def test_all_tries_get_the_same_bytes(
    serve: Callable[..., str], assistant: EchoAssistant, concurrent: bool
) -> None:
    result = push(serve(), TOKEN, text="你好", tries=4, concurrent=concurrent)
    assert (result.identical, result.problem, len(result.tries)) == (True, "", 4)
    assert assistant.asked == ["你好"]


def test_two_pushes_are_two_messages(serve: Callable[..., str]) -> None:
    url = serve()
    assert [push(url, TOKEN, text="好").text for _ in range(2)] == ["1 好", "2 好"]
    assert [push(url, TOKEN, text="好", number=5).text for _ in range(2)] == ["3 好", "3 好"]


@pytest.mark.parametrize("kind", wire.KINDS)
def test_every_kind_is_taken(serve: Callable[..., str], kind: str) -> None:
    result = push(serve(), TOKEN, kind=kind, text="四川")
    assert (result.problem, result.status) == ("", 200)


def test_verification(serve: Callable[..., str]) -> None:
    url = serve()
    assert verify(url, TOKEN).problem == ""
    assert "HTTP 403" in verify(url, "BBBBB").problem


@pytest.mark.parametrize(
    ("server", "client", "says"),
    [
        ({}, {"token": "BBBBB"}, "HTTP 403"),
        ({"wechat_token": None}, {"token": TOKEN}, "HTTP 503"),
        ({"wechat_app_id": APP_ID, "wechat_encoding_aes_key": AES_KEY}, {"token": TOKEN}, "HTTP 403"),
        (
            {"wechat_app_id": APP_ID, "wechat_encoding_aes_key": "B" * 43},
            {"token": TOKEN, **SAFE},
            "HTTP 400",
        ),
        ({"wechat_app_id": "wx1", "wechat_encoding_aes_key": AES_KEY}, {"token": TOKEN, **SAFE}, "HTTP 403"),
    ],
)
def test_it_says_what_is_set_wrongly(
    serve: Callable[..., str], server: dict[str, Any], client: dict[str, Any], says: str
) -> None:
    assert says in push(serve(**server), text="你好", **client).problem


def reply(
    content: str = "好", to: str = USER, sender: str = wire.ACCOUNT, kind: str = "text", time: str = "1"
) -> str:
    return (
        f"<xml><ToUserName>{to}</ToUserName><FromUserName>{sender}</FromUserName><CreateTime>{time}</CreateTime>"
        f"<MsgType>{kind}</MsgType><Content>{content}</Content></xml>"
    )


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (reply(), ""),
        ("success", ""),
        ("", ""),
        (reply(sender=USER, to=wire.ACCOUNT), "没有对调"),
        (reply(time="1.5"), "CreateTime"),
        (reply(kind="video"), "video"),
        (reply(content=""), "空的"),
        (reply(content="四" * 683), "2049"),
        ("{}", "XML"),
        ("<html>", "XML"),
        ("<xml>x</xml>", "XML"),
        ("<xml><Encrypt>x</Encrypt></xml>", "EncodingAESKey"),
    ],
)
def test_it_sees_what_the_platform_would_not_deliver(body: str, says: str) -> None:
    with answering(lambda: body) as url:
        problem = push(url, TOKEN, text="你好").problem
    assert says in problem if says else problem == ""


def _sealed(token: str = TOKEN, key: str = AES_KEY, app_id: str = APP_ID) -> str:
    sealed = wire.seal(reply().encode(), key, app_id)
    return (
        f"<xml><Encrypt>{sealed}</Encrypt><MsgSignature>{wire.sign(token, '1', '2', sealed)}</MsgSignature>"
        "<TimeStamp>1</TimeStamp><Nonce>2</Nonce></xml>"
    )


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (_sealed(), ""),
        ("success", ""),
        (reply(), "没有加密"),
        (_sealed("BBBBB"), "MsgSignature"),
        (_sealed(key="B" * 43), "解不开"),
        (_sealed(app_id="wx1"), "AppID"),
    ],
)
def test_it_checks_the_encryption_of_a_reply(body: str, says: str) -> None:
    with answering(lambda: body) as url:
        result = push(url, TOKEN, text="你好", **SAFE)
    assert says in result.problem if says else result.problem == ""


def test_it_sees_tries_answered_differently() -> None:
    with answering(lambda: reply(request.args["nonce"])) as url:
        result = push(url, TOKEN, text="你好", tries=2)
    assert not result.identical
    assert "不一样" in result.problem


def test_it_hangs_up_as_the_platform_does() -> None:
    ended = threading.Event()
    with answering(lambda: str(ended.wait(10))) as url:
        result = push(url, TOKEN, text="你好", timeout=0.2)
        ended.set()
    assert (result.status, result.seconds < 5) == (0, True)
    assert "没有回应" in result.problem


def test_nobody_listening_is_a_problem_and_no_traceback() -> None:
    with answering(lambda: "") as url:
        pass
    assert "没有回应" in push(url, TOKEN, text="你好").problem


# --- the command


def test_the_command_takes_secrets_from_the_settings(
    serve: Callable[..., str], settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    told = {"wechat_token": TOKEN, "wechat_app_id": APP_ID, "wechat_encoding_aes_key": AES_KEY}
    url = serve(**told)
    assert (
        run(arguments("你好", "--url", url, "--tries", "2"), Settings(**{**settings.model_dump(), **told}))
        == 0
    )
    assert capsys.readouterr().out.endswith("秒，2 次回复相同\n1 你好\n")


def test_json_is_one_line_a_message(serve: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments("你好", "--url", serve(), "--token", TOKEN, "--json")) == 0
    line = json.loads(capsys.readouterr().out)
    assert (line["status"], line["text"], line["identical"], line["problem"]) == (200, "1 你好", True, "")
    assert line["tries"][0]["status"] == 200
    assert set(line) == {"status", "seconds", "kind", "text", "identical", "tries", "problem"}


def test_interactive_reads_lines_and_events(
    serve: Callable[..., str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    assistant: EchoAssistant,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("你好\n\n/click 菜单\n/subscribe\n/view\n/不是事件\n"))
    assert run(arguments("-i", "--url", serve(), "--token", TOKEN)) == 0
    assert assistant.asked == ["你好", "菜单", "", "/不是事件"]
    assert "（不回复）" in capsys.readouterr().out


def test_links_are_shown_as_a_phone_shows_them(capsys: pytest.CaptureFixture[str]) -> None:
    link = '1. &lt;a href="weixin://bizmsgmenu?msgmenucontent=1">四川&lt;/a>'
    with answering(lambda: reply(link)) as url:
        assert run(arguments("你好", "--url", url, "--token", TOKEN)) == 0
    assert capsys.readouterr().out.endswith("\n1. 四川\n")


def test_verify_by_command(serve: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments("--verify", "--url", serve(), "--token", TOKEN)) == 0
    assert "网址验证通过" in capsys.readouterr().out


def test_a_problem_is_exit_code_1(serve: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments("你好", "--url", serve(), "--token", "BBBBB")) == 1
    assert capsys.readouterr().out.startswith("✗ 第 1 次：HTTP 403 签名不对")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["你好"], "WECHAT_TOKEN"),
        (["--token", "A"], "要发什么"),
        (["你好", "--token", "A", "--mode", "safe"], "EncodingAESKey"),
        (["你好", "--token", "A", "--app-id", "wx1", "--aes-key", "short"], "EncodingAESKey"),
    ],
)
def test_wrong_use_is_exit_code_2(given: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments(*given)) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    "given", [["--tries", "0"], ["--tries", "x"], ["--kind", "dance"], ["--mode", "open"]]
)
def test_options_out_of_range_are_exit_code_2(given: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        arguments(*given)
    assert ended.value.code == 2
