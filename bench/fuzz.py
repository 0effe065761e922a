"""Rubbish at the webhook and at the assistant, for minutes: whatever is signed gets 200, the rest a clean 4xx, nothing raises.

`python -m bench.fuzz [--minutes M] [--seed S]`: exit 0 when nothing else was found; what was is printed, smallest form first.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from bot.answers.reply import LIMIT_BYTES
from bot.conversation import Assistant, Message
from bot.settings import Clock, Settings
from bot.simulate import wire

TOKEN, APP_ID, KEY = "fuzz", "wxba5fad812f8e6fb9", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
MODES = ("plain", "safe")
# What questions are made of, so that chance gets past "not understood".
WORDS = (
    "四川", "重庆", "成都", "那", "呢", "技能", "笔试", "一试", "二试", "报名", "缴费", "审核", "几号", "截止", "还能", "吗", "不是", "是",
    "改", "地区", "订阅", "退订", "清除我的数据", "继续", "1", "2", "九", "2024年", "今年", "去年", "4月5号", "下周三", "24时", "和", "或者",
    "现役", "免试", "baoming", "jiaofei", "{网上报名}", "【身份证号】", "510104199001011234", "13800138000", "\u202e", "\ud7ff", "😀", "\n", "，", "?",
)  # fmt: skip
TAGS = (
    "ToUserName",
    "FromUserName",
    "CreateTime",
    "MsgType",
    "Content",
    "MsgId",
    "Event",
    "EventKey",
    "Encrypt",
    "Recognition",
)

text = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=12).map("".join),
    st.text(max_size=200),
    st.tuples(st.sampled_from(WORDS), st.integers(1, 3000)).map(lambda pair: pair[0] * pair[1]),
)
value = st.one_of(text, st.integers().map(str), st.binary(max_size=40).map(lambda raw: raw.decode("latin-1")))
element = st.tuples(
    st.sampled_from((*TAGS, "x", "")),
    value,
    st.sampled_from(("<{0}>{1}</{0}>", "<{0}><![CDATA[{1}]]></{0}>", "<{0}>{1}", "<{0}/>")),
).map(lambda parts: parts[2].format(parts[0], parts[1]))
body = st.one_of(
    st.binary(max_size=400),
    st.lists(element, max_size=10).map(lambda parts: f"<xml>{''.join(parts)}</xml>".encode("utf-8", "surrogatepass")),
    text.map(lambda said: wire.Push("text", said, "oFuzz", 1700000000, 1).xml.encode("utf-8", "surrogatepass")),
    st.sampled_from((
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xml><Content>&b;</Content></xml>',
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><Content>&e;</Content></xml>',
        b"<xml>" * 5000, b"\xff\xfe<\x00x\x00", b"", b"<xml/>",
    )),
)  # fmt: skip


def app_of(assistant: Assistant, mode: str, folder: Path) -> Flask:
    """The whole app over a database of its own, without limits."""
    from bot.app import create_app

    told: dict[str, Any] = {
        "wechat_token": TOKEN,
        "bot_limit_candidate": 0,
        "bot_limit_unsigned": 0,
        "bot_limit_address": 0,
    }
    if mode == "safe":
        told |= {"wechat_app_id": APP_ID, "wechat_encoding_aes_key": KEY}

    class Source:
        version, loaded_at = "fuzz", None

        def current(self) -> Assistant:
            return assistant

    app = create_app(Settings(bot_var=folder / mode, **told), Source(), Clock())
    app.testing = True  # what raises inside comes out here
    return app


def checks(assistant: Assistant, folder: Path) -> dict[str, Callable[[Any], Any]]:
    """Name -> takes hypothesis's settings and gives the function that tries examples until it finds a fault."""

    def pushed(mode: str, signed: bool) -> Callable[[Any], Any]:
        client = app_of(assistant, mode, folder / f"{signed}").test_client()
        account = wire.Account(TOKEN, mode, APP_ID, "" if mode == "plain" else KEY)

        def push(sent: bytes) -> None:
            now = int(time.time())
            query, data = wire.request(sent + (b"" if mode == "plain" else b"</xml>"), account, now)
            if not signed:
                query["signature"] = query["msg_signature"] = "0" * 40
            answer = client.post("/wechat", query_string=query, data=data)
            expected = (200,) if signed else (400, 403, 413)
            assert answer.status_code in expected, (mode, signed, answer.status_code)
            if signed:
                assert answer.data == b"success" or answer.data.startswith(b"<xml>"), answer.data

        def of(setting: Any) -> Any:
            @setting  # type: ignore[untyped-decorator]  # hypothesis.settings with values
            @given(body)
            def test(sent: bytes) -> None:
                push(sent)

            return test

        return of

    def api(setting: Any) -> Any:
        client = app_of(assistant, "plain", folder / "api").test_client()

        @setting  # type: ignore[untyped-decorator]  # hypothesis.settings with values
        @given(st.one_of(st.binary(max_size=300), st.dictionaries(st.sampled_from(("user", "text", "key")), value).map(
            lambda fields: json.dumps(fields).encode()
        )))  # fmt: skip
        def test(sent: bytes) -> None:
            answer = client.post("/api/messages", data=sent, content_type="application/json")
            assert answer.status_code in (200, 400, 413), answer.status_code
            assert isinstance(answer.get_json(), dict)

        return test

    def talk(setting: Any) -> Any:
        @setting  # type: ignore[untyped-decorator]  # hypothesis.settings with values
        @given(
            st.lists(
                st.tuples(st.sampled_from(("text", "text", "click", "subscribe", "image", "other")), text),
                max_size=6,
            )
        )
        def test(messages: list[tuple[str, str]]) -> None:
            session, now = None, Clock().now()
            for kind, said in messages:
                turn = assistant.respond(Message(kind, said), session, now)
                assert len(turn.reply.text.encode("utf-8", "surrogatepass")) <= LIMIT_BYTES
                assert "{" not in turn.reply.text or "{" in said
                session = turn.session

        return test

    return {
        **{
            f"{mode}, {'signed' if signed else 'unsigned'}": pushed(mode, signed)
            for mode in MODES
            for signed in (True, False)
        },
        "/api/messages": api,
        "conversations": talk,
    }


def fuzz(assistant: Assistant, examples: int, number: int, only: str = "") -> None:
    """Try so many examples of each check, from this seed. Raises the first fault, in its smallest form."""
    with tempfile.TemporaryDirectory() as name:
        for check, of in checks(assistant, Path(name)).items():
            if only in check:
                seed(number)(of(_settings(examples)))()


def _settings(examples: int) -> Any:
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    return settings(
        max_examples=examples, deadline=None, database=None, derandomize=False, suppress_health_check=quiet,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
    )  # fmt: skip


def main() -> int:
    """0: nothing found."""
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    asked = parser.parse_args()
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    from bot.build import build
    from bot.knowledge.load import load

    kb, _ = load(Path(__file__).parents[1] / "knowledge")
    assert kb is not None
    assistant, end, rounds = build(kb), time.monotonic() + asked.minutes * 60, 0
    while time.monotonic() < end:
        fuzz(assistant, 200, asked.seed + rounds)
        rounds += 1
    print(f"{rounds} rounds of 6 × 200 examples from seed {asked.seed}: nothing found")
    return 0


if __name__ == "__main__":
    sys.exit(main())
