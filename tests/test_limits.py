"""How often one may come, and who "one" is: buckets, addresses, proxies, and the door as a whole."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, request
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.app import create_app
from bot.limits import Limits, place_of
from bot.proxy import TrustedProxies, networks, visitor
from bot.settings import Settings, SettingsError
from tests.fakes import FakeClock, FixedSource

NOW = 1_700_000_000.0


@pytest.fixture
def limits() -> Limits:
    return Limits(b"secret")


def visits(limits: Limits, count: int, now: float = NOW, who: str = "a", what: str = "") -> int:
    return sum(limits.allow("kind", who, 10, now, what) for _ in range(count))


def test_so_many_at_once_and_as_many_a_minute_later(limits: Limits) -> None:
    assert visits(limits, 15) == 10
    assert visits(limits, 15, NOW + 6) == 1
    assert visits(limits, 15, NOW + 66) == 10


def test_visitors_and_kinds_count_for_themselves(limits: Limits) -> None:
    visits(limits, 15)
    assert visits(limits, 15, who="b") == 10
    assert limits.allow("other", "a", 10, NOW)


def test_nought_is_no_limit(limits: Limits) -> None:
    assert all(limits.allow("kind", "a", 0, NOW) for _ in range(100))


def test_the_tries_of_one_message_count_once(limits: Limits) -> None:
    assert visits(limits, 50, what="message:1") == 50
    assert visits(limits, 15) == 9


def test_a_clock_set_back_locks_nobody_out(limits: Limits) -> None:
    visits(limits, 15, NOW)
    assert visits(limits, 15, NOW - 86_400) == 0
    assert visits(limits, 15, NOW - 86_400 + 60) == 10


@hypothesis_settings(max_examples=30)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.floats(0, 30)), max_size=60))
def test_no_minute_sees_more_than_twice_the_limit(steps: list[tuple[str, float]]) -> None:
    """A full allowance, and what came back meanwhile."""
    limits, now, passed = Limits(b"secret"), NOW, []
    for who, wait in steps:
        now += wait
        if limits.allow("kind", who, 5, now):
            passed.append((who, now))
    for who, at in passed:
        assert sum(other == who and at <= when < at + 60 for other, when in passed) <= 10


def test_many_visitors_push_out_only_those_who_have_waited(limits: Limits) -> None:
    visits(limits, 15, who="flooding")
    for number in range(1000):
        visits(limits, 1, who=str(number))
    assert visits(limits, 1, who="flooding") == 0


def test_the_workers_of_a_host_count_together(limits: Limits) -> None:
    """Forked, as gunicorn forks them."""
    fork = multiprocessing.get_context("fork")
    found = fork.SimpleQueue()
    for _ in range(3):
        worker = fork.Process(target=lambda: found.put(visits(limits, 4)))
        worker.start()
        worker.join(30)
    assert [found.get() for _ in range(3)] == [4, 4, 2]
    assert visits(limits, 1) == 0


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_an_address_is_what_one_line_is_given(address: str, place: str) -> None:
    assert place_of(address) == place


OURS = networks("127.0.0.1, 10.0.0.0/8, ::1")


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("192.0.2.7", "", "192.0.2.7"),
        ("192.0.2.7", "203.0.113.1", "192.0.2.7"),  # a stranger says who they are: not believed
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.1", "203.0.113.1"),
        ("127.0.0.1", "6.6.6.6, 203.0.113.1, 10.0.0.5", "203.0.113.1"),
        ("127.0.0.1", "203.0.113.1, rubbish", "127.0.0.1"),
        ("127.0.0.1", "10.0.0.9", "10.0.0.9"),  # our own machines are visitors too
        ("::1", "2001:db8::1", "2001:db8::1"),
        ("::ffff:127.0.0.1", "203.0.113.1", "203.0.113.1"),
        ("", "203.0.113.1", ""),
    ],
)
def test_forwarded_addresses_are_believed_hop_by_hop(peer: str, forwarded: str, expected: str) -> None:
    assert visitor(peer, forwarded, OURS) == expected


@given(st.text(max_size=40))
def test_no_header_breaks_the_door(forwarded: str) -> None:
    assert isinstance(visitor("127.0.0.1", forwarded, OURS), str)


def test_only_our_proxies_set_address_and_scheme() -> None:
    app = Flask(__name__)
    app.add_url_rule("/", view_func=lambda: f"{request.remote_addr} {request.scheme}")
    app.wsgi_app = TrustedProxies(app.wsgi_app, OURS)  # type: ignore[method-assign]
    headers = {"X-Forwarded-For": "203.0.113.1", "X-Forwarded-Proto": "https"}
    client = app.test_client()
    for peer, told in (("127.0.0.1", "203.0.113.1 https"), ("192.0.2.7", "192.0.2.7 http")):
        assert client.get("/", headers=headers, environ_base={"REMOTE_ADDR": peer}).text == told


@pytest.mark.parametrize("wrong", ["nginx", "10.0.0.1/8", "127.0.0.1;10.0.0.1"])
def test_a_wrong_network_is_one_line(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TRUSTED_PROXIES", wrong)
    with pytest.raises(SettingsError, match="BOT_TRUSTED_PROXIES"):
        Settings.from_env(env_file=None)


@pytest.fixture
def limited(settings: Settings, echo: FixedSource, clock: FakeClock) -> Callable[..., Any]:
    def make(**changed: Any) -> Any:
        app = create_app(Settings(**{**settings.model_dump(), **changed}), echo, clock)
        return app.test_client()

    return make


def test_an_address_is_told_to_wait_and_others_are_served(
    limited: Callable[..., Any], clock: FakeClock
) -> None:
    client = limited(bot_limit_address=3)
    with capture_logs() as logs:
        codes = [client.post("/api/messages", json={"user": "a", "text": "好"}).status_code for _ in range(5)]
        page = client.get("/chat")
    assert codes == [200, 200, 200, 429, 429]
    assert (page.status_code, page.mimetype, page.headers["Retry-After"]) == (429, "text/plain", "60")
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert client.post("/api/messages", json={}).get_json() == {
        "error": "您这里的请求太多了，请过一分钟再试。",
        "status": 429,
    }
    assert [line["limit"] for line in logs if line["event"] == "limited"] == ["address"]
    assert "127.0.0.1" not in str(logs)
    assert client.get("/healthz").status_code == 200
    with client.get("/chat/static/chat.js") as file:
        assert file.status_code == 200
    assert client.get("/chat", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 200
    clock.move(60)
    assert client.get("/chat").status_code == 200


def test_behind_a_trusted_proxy_visitors_are_told_apart(limited: Callable[..., Any]) -> None:
    client = limited(bot_limit_address=1, bot_trusted_proxies="127.0.0.1")
    codes = [client.get("/chat", headers={"X-Forwarded-For": f"192.0.2.{n}"}).status_code for n in (1, 1, 2)]
    assert codes == [200, 429, 200]


def test_without_trust_a_forged_header_wins_nothing(limited: Callable[..., Any]) -> None:
    client = limited(bot_limit_address=1)
    codes = [client.get("/chat", headers={"X-Forwarded-For": f"192.0.2.{n}"}).status_code for n in (1, 2)]
    assert codes == [200, 429]
