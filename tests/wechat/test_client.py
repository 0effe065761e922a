"""The client against the twin, and against servers that behave worse than any platform should."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from structlog.testing import capture_logs

from bot.settings import Settings, SettingsError
from bot.simulate.platform.clock import TwinClock
from bot.simulate.platform.control import openid_of
from bot.simulate.platform.faults import parse
from bot.simulate.platform.server import APP_ID, SECRET, Twin
from bot.storage.store import Store
from bot.storage.tokens import Tokens
from bot.wechat.client import Client, client_of
from bot.wechat.errors import RULES, SendError, Step
from tests.conftest import SECRET as KEY
from tests.fakes import NOW, FakeClock
from tests.serving import FORKED
from tests.wechat.sender import send_one

FAN, OTHER, STRANGER = openid_of(1), openid_of(2), openid_of(9)
DATA = {"thing1": "四川技能缴费", "time2": "2024-04-09 23:59"}
Make = Callable[..., tuple[Client, Twin]]


@pytest.fixture
def make(make_sqlite: Callable[[], str], clock: FakeClock) -> Iterator[Make]:
    """make(faults="", **twin) -> a client, and the twin it talks to, whose clock stands still; two fans follow."""
    ends: list[Callable[[], Any]] = []

    def start(faults: str = "", **told: Any) -> tuple[Client, Twin]:
        twin = Twin(faults=parse(faults), clock=TwinClock(NOW, frozen=True), **told).__enter__()
        store = Store(make_sqlite(), KEY, now=clock.real_now)
        client = Client(APP_ID, SECRET, twin.url, Tokens(store))
        ends[:0] = [client.close, store.close, lambda: twin.__exit__(None, None, None)]
        twin.world.follow([FAN, OTHER])
        return client, twin

    yield start
    for end in ends:
        end()


def refused(call: Callable[[], Any]) -> SendError:
    with capture_logs() as logs, pytest.raises(SendError) as caught:
        call()
    error = caught.value
    assert any(line["rid"] == error.rid and line["code"] == error.code for line in logs), (
        "every failure is logged"
    )
    shown = repr((error.args, logs)).replace("stable_token", "")
    assert not any(word in shown for word in (SECRET, "stable_", "oTwin")), "a secret got out"
    return error


# --- what works


def test_a_template_reaches_the_phone_as_it_was_written(make: Make) -> None:
    client, twin = make()
    msgid = client.send_template(FAN, "tmpl", DATA, "https://example.org/", "row-1")
    (one,) = twin.world.deliveries
    assert (one.openid, one.msgid, one.template_id, one.client_msg_id) == (FAN, msgid, "tmpl", "row-1")
    assert one.content == DATA


def test_a_repeated_template_is_sent_once_within_ten_minutes(make: Make) -> None:
    client, twin = make()
    first = client.send_template(FAN, "tmpl", DATA, client_msg_id="row-1")
    twin.clock.advance(599)
    assert client.send_template(FAN, "tmpl", DATA, client_msg_id="row-1") == first
    assert twin.delivered(FAN) == 1
    twin.clock.advance(2)
    client.send_template(FAN, "tmpl", DATA, client_msg_id="row-1")
    assert twin.delivered(FAN) == 2


def test_a_grant_is_worth_one_notice(make: Make) -> None:
    client, twin = make()
    twin.world.follow([FAN], grants={"tmpl": 1})
    assert client.send_subscribe(FAN, "tmpl", DATA, "https://example.org/")
    error = refused(lambda: client.send_subscribe(FAN, "tmpl", DATA))
    assert (error.code, error.step, twin.delivered(FAN)) == (43101, Step.NEXT_CHANNEL, 1)


def test_five_customer_service_messages_within_48_hours(make: Make) -> None:
    client, twin = make()
    assert refused(lambda: client.send_custom_text(FAN, "您好")).code == 45015
    twin.world.touch(FAN, "message")
    for _ in range(5):
        client.send_custom_text(FAN, "您好")
    error = refused(lambda: client.send_custom_text(FAN, "您好"))
    assert (error.code, error.step) == (45047, Step.NEXT_CHANNEL)
    twin.world.touch(FAN, "message")
    twin.clock.advance(48 * 3600 + 1)
    assert refused(lambda: client.send_custom_text(FAN, "您好")).code == 45015


def test_a_mass_message_goes_to_its_tag_once(make: Make) -> None:
    client, twin = make()
    tag = client.create_tag("四川")
    assert client.tags()["四川"] == tag
    client.tag_users(tag, [FAN])
    first = client.mass_by_tag(tag, "公告", "draft-1")
    assert (twin.delivered(FAN), twin.delivered(OTHER)) == (1, 0)
    assert client.mass_by_tag(tag, "公告", "draft-1") == first, "45066 and 45065 hold the first one's id"
    twin.clock.advance(3600)
    assert client.mass_by_tag(tag, "公告", "draft-1") == first
    client.untag_users(tag, [FAN])
    client.mass_by_tag(tag, "公告", "draft-2")
    assert twin.delivered(FAN) == 1


def test_tagging_goes_fifty_at_a_time(make: Make) -> None:
    client, twin = make()
    openids = [openid_of(number) for number in range(1, 121)]
    twin.world.follow(openids)
    tag = client.create_tag("全部")
    client.tag_users(tag, openids)
    assert all(tag in twin.world.fans[openid].tags for openid in openids)
    assert twin.world.calls["tags/members/batchtagging"] == 3


@pytest.mark.parametrize("count", [0, 1, 10_000, 10_001, 20_000])
def test_followers_come_page_by_page(make: Make, count: int) -> None:
    client, twin = make()
    twin.world.fans.clear()
    openids = [openid_of(number) for number in range(1, count + 1)]
    twin.world.follow(openids)
    assert list(client.followers()) == openids


def test_who_follows(make: Make) -> None:
    client, twin = make()
    assert client.follows(FAN)
    twin.world.fans[FAN].follows = False
    assert not client.follows(FAN)
    assert refused(lambda: client.follows(STRANGER)).step is Step.STOP_USER


def test_the_menu_goes_there_and_back(make: Make) -> None:
    client, _ = make()
    menu = {"button": [{"type": "click", "name": "报名时间", "key": "m-baoming"}]}
    with capture_logs():
        assert client.get_menu() is None
    client.create_menu(menu)
    assert (client.get_menu() or {})["menu"] == menu


def test_the_ticket_is_fetched_once(make: Make) -> None:
    client, twin = make()
    assert client.jsapi_ticket() == client.jsapi_ticket()
    assert twin.world.calls["ticket/getticket"] == 1


# --- tokens


def test_the_stable_token_is_asked_for_and_never_the_other(make: Make) -> None:
    client, twin = make()
    for number in range(5):
        client.send_template(FAN, "tmpl", DATA, client_msg_id=str(number))
    assert twin.world.calls == {"stable_token": 1, "message/template/send": 5}


def test_a_token_that_expires_in_mid_run_costs_one_retry(make: Make) -> None:
    client, twin = make("42001@3")
    for number in range(5):
        client.send_template(FAN, "tmpl", DATA, client_msg_id=str(number))
    assert twin.delivered(FAN) == 5
    assert twin.world.calls == {"stable_token": 2, "message/template/send": 6}


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_token_refused_twice_stops_the_run(code: int) -> None:
    answers = [token(), errcode(code), token(), errcode(code), token()]
    with serving(answers) as (client, asked):
        assert refused(lambda: client.send_template(FAN, "t", DATA)).step is Step.STOP_RUN
    assert len(asked) == 4
    assert b'"force_refresh": false' in asked[0]


def test_two_processes_that_start_at_once_fetch_one_token(store_url: str) -> None:
    start = FORKED.Barrier(2)
    with Twin() as twin:
        twin.world.follow([FAN])
        told = (twin.url, store_url, KEY, FAN, start)
        processes = [FORKED.Process(target=send_one, args=told) for _ in range(2)]
        for process in processes:
            process.start()
        for process in processes:
            process.join(60)
        assert [process.exitcode for process in processes] == [0, 0]
        assert twin.world.calls == {"stable_token": 1, "message/template/send": 2}


@pytest.mark.parametrize(("told", "code"), [({"app_id": "wxother"}, 40013), ({"secret": "changed"}, 40125)])
def test_wrong_credentials_stop_the_run(make: Make, told: dict[str, str], code: int) -> None:
    client, _ = make(**told)
    error = refused(lambda: client.send_template(FAN, "tmpl", DATA))
    assert (error.code, error.step, error.uncertain, error.api) == (
        code,
        Step.STOP_RUN,
        False,
        "stable_token",
    )


def test_without_credentials_there_is_no_client(settings: Settings, store: Store) -> None:
    with pytest.raises(SettingsError, match="WECHAT_APP_SECRET"):
        client_of(settings, store)


# --- refusals


@pytest.mark.parametrize("code", sorted(RULES))
def test_every_code_of_the_table_comes_out_with_its_step(code: int) -> None:
    answers = [token(), errcode(code), token(), errcode(code)]
    with serving(answers) as (client, _):
        error = refused(lambda: client.send_template(FAN, "t", DATA))
    assert (error.code, error.step, error.api) == (code, RULES[code].step, "message/template/send")
    assert error.uncertain is (code == -1)


@pytest.mark.parametrize(
    ("data", "code"), [({"thing1": "四" * 21}, 47003), ({"time2": "4月9日"}, 47003), ({}, 47003)]
)
def test_items_the_platform_does_not_take(make: Make, data: dict[str, str], code: int) -> None:
    client, _ = make()
    assert refused(lambda: client.send_template(FAN, "tmpl", data)).code == code


def test_who_never_followed_and_who_left(make: Make) -> None:
    client, twin = make()
    assert refused(lambda: client.send_template(STRANGER, "tmpl", DATA)).code == 40003
    twin.world.fans[FAN].follows = False
    error = refused(lambda: client.send_template(FAN, "tmpl", DATA))
    assert (error.code, error.unsubscribed) == (43004, True)


def test_an_account_that_may_not_stops_the_run(make: Make) -> None:
    client, _ = make(kind="subscription-certified")
    error = refused(lambda: client.send_template(FAN, "tmpl", DATA))
    assert (error.code, error.step) == (48001, Step.STOP_RUN)


def test_a_used_up_quota_pauses_until_midnight_in_beijing(make: Make) -> None:
    client, twin = make(quotas={"template": 2})
    for _ in range(2):
        client.send_template(FAN, "tmpl", DATA)
    error = refused(lambda: client.send_template(FAN, "tmpl", DATA))
    assert (error.code, error.step, error.api) == (45009, Step.PAUSE, "message/template/send")
    twin.clock.advance(14 * 3600)  # from 10:00 to 24:00
    client.send_template(FAN, "tmpl", DATA)


# --- bad days


@pytest.mark.parametrize(
    ("fault", "delivered"),
    [("busy", 0), ("busydone", 1), ("drop", 0), ("cut", 1), ("half", 1), ("html", 0)],
)
def test_after_no_whole_answer_nobody_knows(make: Make, fault: str, delivered: int) -> None:
    client, twin = make(f"{fault}=100%")
    error = refused(lambda: client.send_template(FAN, "tmpl", DATA, client_msg_id="row-1"))
    assert (error.step, error.uncertain) == (Step.RETRY, True)
    assert twin.delivered(FAN) == delivered


def token() -> bytes:
    return http(200, json.dumps({"access_token": "stable_t", "expires_in": 7200}))


def errcode(code: int) -> bytes:
    return http(200, json.dumps({"errcode": code, "errmsg": "as ordered rid: 1-2-3"}))


def http(status: int, body: str, kind: str = "application/json") -> bytes:
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body.encode())}\r\n"
    return f"{head}Connection: close\r\n\r\n{body}".encode()


@contextmanager
def serving(answers: Sequence[bytes | None]) -> Iterator[tuple[Client, list[bytes]]]:
    """A client, and what it sent: one connection an answer; None is no answer at all until the end."""
    asked: list[bytes] = []
    held: list[socket.socket] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        for answer in answers:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            asked.append(_read(connection))
            if answer is None:
                held.append(connection)
                continue
            connection.sendall(answer)
            connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    client = Client(
        "wx1", SECRET, f"http://127.0.0.1:{listener.getsockname()[1]}", MemoryTokens(), timeout=(1.0, 0.2)
    )
    try:
        yield client, asked
    finally:
        client.close()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)
        for connection in held:
            connection.close()


def _read(connection: socket.socket) -> bytes:
    """One request, whole: closing on unread bytes would reset the connection."""
    with connection.makefile("rb") as file:
        head = b"".join(_lines(file))
        length = next(
            (int(line[15:]) for line in head.splitlines() if line.lower().startswith(b"content-length:")), 0
        )
        return head + file.read(length)


def _lines(file: BinaryIO) -> Iterator[bytes]:
    while (line := file.readline()) not in (b"\r\n", b""):
        yield line


class MemoryTokens(Tokens):
    """Without a database."""

    def __init__(self) -> None:
        self._kept: dict[str, Any] = {}

    def get(self, name: str, fetch: Callable[[], tuple[str, float]], stale: int = 0) -> Any:
        from bot.storage.tokens import Token

        if name not in self._kept or self._kept[name].version <= stale:
            self._kept[name] = Token(fetch()[0], stale + 1, NOW)
        return self._kept[name]


@pytest.mark.parametrize(
    ("answer", "step", "uncertain"),
    [
        (None, Step.RETRY, True),
        (b"", Step.RETRY, True),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", Step.RETRY, True),
        (http(502, "<html>", "text/html"), Step.RETRY, True),
        (http(200, "<html>", "text/html"), Step.RETRY, True),
        (http(200, '{"errcode": 0, "errm'), Step.RETRY, True),
        (http(200, '{"errcode": "x"}'), Step.RETRY, True),
        (http(200, "[]"), Step.RETRY, True),
        (http(200, "null"), Step.RETRY, True),
        (http(200, "{}"), Step.RETRY, True),
        (http(429, "slow down"), Step.RETRY_LATER, False),
        (http(404, "nothing here"), Step.STOP_RUN, False),
        (http(403, '{"errcode": 0}'), Step.STOP_RUN, False),
        (b"HTTP/1.1 302 X\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n", Step.STOP_RUN, False),
        (b"\x00\x01\x02 not http", Step.RETRY, True),
    ],
)
def test_any_answer_ends_in_one_kind_of_failure(answer: bytes | None, step: Step, uncertain: bool) -> None:
    with serving([token(), answer]) as (client, asked):
        error = refused(lambda: client.send_template(FAN, "t", DATA))
    assert (error.step, error.uncertain, error.code) == (step, uncertain, None)
    assert len(asked) == 2, "the client itself repeats nothing"
    assert "四川技能缴费".encode() in asked[1], "JSON goes out as raw UTF-8"


@pytest.mark.parametrize("answer", [None, b"", http(502, "<html>"), http(200, "{}"), http(200, "x")])
def test_without_a_token_nothing_has_happened(answer: bytes | None) -> None:
    with serving([answer]) as (client, _):
        error = refused(lambda: client.send_custom_text(FAN, "您好"))
    assert (error.step, error.uncertain) == (Step.RETRY, False)


def test_a_platform_that_is_not_there_has_done_nothing() -> None:
    with serving([token()]) as (client, _):
        error = refused(lambda: client.send_custom_text(FAN, "您好"))
    assert error.step is Step.RETRY
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    client = Client("wx1", SECRET, f"http://127.0.0.1:{port}", MemoryTokens())
    error = refused(lambda: client.send_custom_text(FAN, "您好"))
    assert (error.step, error.uncertain) == (Step.RETRY, False)
    client.close()


def test_a_certificate_of_nobody_we_know_stops_the_run(tmp_path: Path) -> None:
    """Nothing was sent to it, and every further call would end alike."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path / "it.pem"))
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError):
            context.wrap_socket(connection, server_side=True)

    thread = threading.Thread(target=serve)
    thread.start()
    client = Client("wx1", SECRET, f"https://127.0.0.1:{listener.getsockname()[1]}", MemoryTokens())
    error = refused(lambda: client.send_custom_text(FAN, "您好"))
    assert (error.step, error.uncertain) == (Step.STOP_RUN, False)
    client.close()
    thread.join(10)
    listener.close()


def self_signed(path: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW)
        .not_valid_after(NOW.replace(year=2099))
        .sign(key, hashes.SHA256())
    )
    kept = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(kept + certificate.public_bytes(serialization.Encoding.PEM))
    return path


def test_a_database_that_is_away_is_tried_again(tmp_path: Any) -> None:
    store = Store(f"sqlite:///{tmp_path / 'none.db'}", KEY)
    client = Client("wx1", SECRET, "http://127.0.0.1:9", Tokens(store))
    error = refused(lambda: client.send_custom_text(FAN, "您好"))
    assert (error.step, error.uncertain) == (Step.RETRY, False)
    client.close()
    store.close()


def test_failures_of_a_user_s_own_are_no_warnings(make: Make) -> None:
    client, _ = make()
    with capture_logs() as logs, pytest.raises(SendError):
        client.send_custom_text(FAN, "您好")
    assert [line["log_level"] for line in logs] == ["info"]
