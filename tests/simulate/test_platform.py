"""The twin by itself: its control, faults, quotas, receipts, command."""

from __future__ import annotations

import argparse
import json
import signal
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask, request
from werkzeug.serving import make_server

from bot.cli import main
from bot.settings import Settings
from bot.simulate.platform import run as command
from bot.simulate.platform.calls import CALLS
from bot.simulate.platform.clock import TwinClock
from bot.simulate.platform.control import openid_of
from bot.simulate.platform.faults import FaultError, Faults, parse
from bot.simulate.platform.server import APP_ID, SECRET, Twin
from bot.simulate.platform.telling import Teller
from bot.simulate.wire import Account
from bot.wechat.envelope import Envelope, read
from bot.wechat.protocol import Gate
from bot.wechat.receipts import Receipt
from tests.fakes import NOW
from tests.serving import Child, environment

FAN = openid_of(1)
ITEMS = {"thing1": {"value": "四川技能缴费"}}
CREDENTIALS = {"grant_type": "client_credential", "appid": APP_ID, "secret": SECRET}


class Caller:
    """Speaks to a twin as a client would."""

    def __init__(self, twin: Twin) -> None:
        self.twin = twin
        self.session = requests.Session()
        self.session.trust_env = False
        self.token = self.post("stable_token", CREDENTIALS)["access_token"]

    def post(self, path: str, body: Any, token: str | None = None) -> dict[str, Any]:
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        query = {"access_token": token or getattr(self, "token", "")}
        found: dict[str, Any] = self.session.post(
            f"{self.twin.url}/cgi-bin/{path}", params=query, data=raw, timeout=10
        ).json()
        return found

    def get(self, path: str, **query: str) -> dict[str, Any]:
        query = {"access_token": self.token} | query
        found: dict[str, Any] = self.session.get(
            f"{self.twin.url}/cgi-bin/{path}", params=query, timeout=10
        ).json()
        return found

    def control(self, path: str, body: Any = None, status: int = 200) -> dict[str, Any]:
        url = f"{self.twin.url}/twin/{path}"
        answered = (
            self.session.get(url, timeout=10)
            if body is None
            else self.session.post(url, json=body, timeout=10)
        )
        assert answered.status_code == status
        found: dict[str, Any] = answered.json()
        return found


@pytest.fixture
def make() -> Any:
    ends: list[Callable[[], None]] = []

    def start(faults: str = "", **told: Any) -> Caller:
        twin = Twin(faults=parse(faults), clock=TwinClock(NOW, frozen=True), **told).__enter__()
        ends.append(lambda: twin.__exit__(None, None, None))
        caller = Caller(twin)
        ends.insert(0, caller.session.close)
        return caller

    yield start
    for end in ends:
        end()


def test_ten_thousand_fans_are_there_at_once(make: Any) -> None:
    caller = make()
    assert caller.control("users", {"count": 10_000}) == {"count": 10_000, "followers": 10_000}
    assert len(openid_of(10_000)) == 28
    assert caller.get("user/get")["total"] == 10_000


def test_deliveries_can_be_asked_for(make: Any, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    caller = make(log=log)
    caller.control("users", {"count": 2})
    for number in (1, 2, 2):
        body = {"touser": openid_of(number), "template_id": "t", "data": ITEMS}
        assert caller.post("message/template/send", body)["errcode"] == 0
    summary = caller.control("summary")
    assert (summary["delivered"], summary["people"], summary["most"]) == (3, 2, 2)
    assert summary["times"] == {"1": 1, "2": 1}
    assert caller.control(f"deliveries?openid={FAN}")["count"] == 1
    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    assert [line["openid"] for line in lines] == [FAN, openid_of(2), openid_of(2)]


def test_the_clock_is_moved_from_outside(make: Any) -> None:
    caller = make()
    assert caller.control("clock", {"advance": 60})["now"] == "2024-02-01T02:01:00+00:00"
    assert caller.control("clock", {"now": "2024-04-09T10:00:00+08:00"})["now"] == "2024-04-09T02:00:00+00:00"
    for wrong in ({"now": "2024-04-09"}, {"now": "x"}, {}, {"advance": "x"}):
        assert "error" in caller.control("clock", wrong, status=400)


def test_an_unknown_control_is_said(make: Any) -> None:
    caller = make()
    assert "error" in caller.control("nothing", status=404)
    assert "error" in caller.control("users", {"openids": [FAN], "window": "x"}, status=400)


@pytest.mark.parametrize("path", sorted(CALLS))
def test_every_call_wants_its_method_and_its_token(make: Any, path: str) -> None:
    caller = make()
    call = CALLS[path]
    wrong = caller.get(path) if call.method == "POST" else caller.post(path, {})
    assert wrong["errcode"] == (43002 if call.method == "POST" else 43001)
    if not call.open:
        asked = caller.post(path, {}, "x") if call.method == "POST" else caller.get(path, access_token="x")
        assert asked["errcode"] == 40001
        assert "rid: " in asked["errmsg"]


@pytest.mark.parametrize(
    ("raw", "code"), [(b"", 44002), (b"{", 47001), (b"[]", 47001), (b'{"a": "\\u56db"}', 40033)]
)
def test_a_body_that_is_none(make: Any, raw: bytes, code: int) -> None:
    assert make().post("message/template/send", raw)["errcode"] == code


def test_the_stable_token_stays_and_the_other_family_is_apart(make: Any) -> None:
    caller = make()
    assert caller.post("stable_token", CREDENTIALS)["access_token"] == caller.token
    plain = [caller.get("token", **CREDENTIALS)["access_token"] for _ in range(2)]
    assert plain[0] != plain[1]
    caller.control("clock", {"advance": 7200 - 300})
    newer = caller.post("stable_token", CREDENTIALS)["access_token"]
    assert newer != caller.token
    assert caller.get("tags/get")["tags"], "the old one is good for 5 more minutes"
    caller.control("clock", {"advance": 301})
    assert caller.get("tags/get")["errcode"] == 42001


def test_quotas_turn_over_at_midnight_and_can_be_cleared_ten_times(make: Any) -> None:
    caller = make(quotas={"tags": 1})
    assert "tags" in caller.get("tags/get")
    for _ in range(10):
        assert caller.get("tags/get")["errcode"] == 45009
        assert caller.post("clear_quota", {"appid": APP_ID})["errcode"] == 0
        assert "tags" in caller.get("tags/get")
    assert caller.post("clear_quota", {"appid": APP_ID})["errcode"] == 48006


def test_limits_of_menu_and_tags(make: Any) -> None:
    caller = make()
    button = {"type": "click", "name": "报名", "key": "k"}
    for menu, code in (
        ({"button": [button] * 4}, 40016),
        ({"button": [button | {"name": "报名报名报名"}]}, 40018),
        ({"button": [button | {"key": "k" * 129}]}, 40019),
        ({"button": [button | {"type": "x"}]}, 40017),
        ({"button": [{"name": "一", "sub_button": [button] * 6}]}, 40023),
        ({"button": [{"name": "一", "sub_button": [{"type": "view", "name": "二", "url": ""}]}]}, 40027),
    ):
        assert caller.post("menu/create", menu)["errcode"] == code
    tag = caller.post("tags/create", {"tag": {"name": "四川"}})["tag"]["id"]
    assert caller.post("tags/create", {"tag": {"name": "四川"}})["errcode"] == 45157
    members = {"tagid": tag, "openid_list": [FAN] * 51}
    assert caller.post("tags/members/batchtagging", members)["errcode"] == 40032
    members = {"tagid": tag, "openid_list": [FAN]}
    assert caller.post("tags/members/batchtagging", members)["errcode"] == 49003


def test_a_fan_gets_four_mass_messages_a_month(make: Any) -> None:
    caller = make()
    caller.control("users", {"count": 1})
    for number in range(6):
        body = {
            "filter": {"is_to_all": True},
            "msgtype": "text",
            "text": {"content": "公告"},
            "clientmsgid": str(number),
        }
        assert caller.post("message/mass/sendall", body)["errcode"] == 0
    assert caller.twin.delivered(FAN) == 4


# --- faults


def test_the_seed_decides_and_not_the_order() -> None:
    faults = parse("drop=10%,cut=10%,43101=5%,40003=5%", seed=7)
    people = [openid_of(number) for number in range(1, 2001)]
    calls = {person: faults.of_call("template", person, 1) for person in people}
    assert {person: faults.of_call("template", person, 1) for person in reversed(people)} == calls
    counted = Counter(calls.values())
    assert 150 < counted["drop"] < 250
    assert 150 < counted["cut"] < 250
    codes = Counter(faults.of_person("template", person) for person in people)
    assert 70 < codes[43101] < 130
    assert 70 < codes[40003] < 130
    other = parse("drop=10%,cut=10%", seed=8)
    assert {person: other.of_call("template", person, 1) for person in people} != calls


def test_a_fault_may_be_of_one_call_only() -> None:
    faults = parse("45015/custom=100%")
    assert (faults.of_person("custom", FAN), faults.of_person("template", FAN)) == (45015, 0)


@pytest.mark.parametrize("written", ["x", "drop", "drop=x", "99=1%", "drop=60%,cut=50%", "42001@x"])
def test_a_wrong_specification_is_said(written: str) -> None:
    with pytest.raises((FaultError, ValueError)):
        parse(written)


def test_no_specification_is_no_fault() -> None:
    assert parse("") == Faults()


def test_a_hanging_call_ends_with_the_twin(make: Any) -> None:
    caller = make("hang=100%")
    caller.control("users", {"count": 1})
    with pytest.raises(requests.Timeout):
        caller.session.post(
            f"{caller.twin.url}/cgi-bin/message/template/send",
            params={"access_token": caller.token},
            json={"touser": FAN, "template_id": "t"},
            timeout=0.05,
        )
    assert caller.twin.delivered(FAN) == 0


# --- receipts


def test_receipts_come_signed_and_name_the_message(make: Any) -> None:
    gate = Gate("AAAAA", (), 600)
    heard: list[Envelope] = []
    done = threading.Event()

    app = Flask(__name__)

    @app.post("/wechat")
    def push() -> str:
        heard.append(gate.open(request.args, request.get_data(), datetime.now(UTC))[0])
        if len(heard) == 3:
            done.set()
        return "success"

    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        teller = Teller(f"http://127.0.0.1:{server.port}/wechat", Account("AAAAA"))
        caller = make(teller=teller)
        caller.control("users", {"count": 2, "grants": {"t": 1}})
        caller.control("users", {"openids": [openid_of(2)], "blocks": True})
        sent = [
            caller.post(f"message/{path}", {"touser": openid, "template_id": "t", "data": ITEMS})["msgid"]
            for path, openid in (
                ("template/send", FAN),
                ("template/send", openid_of(2)),
                ("subscribe/bizsend", FAN),
            )
        ]
        assert done.wait(20)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    reports = [report for envelope in heard for report in envelope.reports]
    assert reports == [
        Receipt("template", str(sent[0]), True, "success"),
        Receipt("template", str(sent[1]), False, "failed:user block"),
        Receipt("subscribe", str(sent[2]), True, "success", 0, "t"),
    ]
    assert [envelope.user for envelope in heard] == [FAN, openid_of(2), FAN]


def test_the_end_of_a_mass_message_is_told(make: Any) -> None:
    caller = make()
    caller.twin.world.telling = True
    caller.control("users", {"count": 3})
    body = {"filter": {"is_to_all": True}, "msgtype": "text", "text": {"content": "公告"}}
    msgid = caller.post("message/mass/sendall", body)["msg_id"]
    _, event = caller.twin.world.events[-1]
    xml = f"<xml><ToUserName>gh_1</ToUserName><FromUserName>o1</FromUserName><MsgType>event</MsgType>{event}</xml>"
    assert read(xml, NOW).reports == (Receipt("mass", str(msgid), True, "send success", counts=(3, 3, 3, 0)),)


# --- the command


def arguments(*given: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return parser.parse_args(given)


def test_the_command_serves_until_it_is_stopped(
    settings: Settings, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    stop = threading.Event()
    stop.set()
    given = arguments("--port", "0", "--users", "5", "--faults", "busy=5%", "--log", str(tmp_path / "l"))
    assert command.run(given, settings, stop) == 0
    said = capsys.readouterr().out
    assert "WECHAT_API_BASE_URL=http://127.0.0.1:" in said
    assert "送达 0 条" in said


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--faults", "x"), "看不懂“x”"),
        (("--quota", "template"), "--quota"),
        (("--quota", "x=1"), "没有接口 x"),
        (("--bot", "http://127.0.0.1/wechat"), "WECHAT_TOKEN"),
    ],
)
def test_wrong_use_is_one_line(
    settings: Settings, capsys: pytest.CaptureFixture[str], given: tuple[str, ...], said: str
) -> None:
    assert command.run(arguments("--port", "0", *given), settings) == 2
    assert said in capsys.readouterr().err


def test_a_signal_ends_it_and_it_says_what_it_delivered(tmp_path: Path) -> None:
    process = Child(main, ["simulate", "platform", "--port", "0"], env=environment(tmp_path), cwd=tmp_path)
    assert "WECHAT_API_BASE_URL" in process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    assert "送达 0 条" in process.stdout.read()
    assert process.wait(30) == 0
    process.close()
