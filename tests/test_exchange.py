"""One message, one answer: whatever the assistant, the channel or the database does."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from bot.answers.reply import Reply
from bot.conversation import Message, Turn
from bot.exchange import Exchange
from bot.storage.store import Store
from bot.storage.tables import inbox, sessions, turns
from tests.conftest import SECRET
from tests.fakes import EchoAssistant, FakeClock

USER = "oABCDEFGHIJKLMNOPQRSTUVWXYZ1"
APOLOGY = "抱歉"


def write(turn: Turn) -> bytes:
    """Never the same bytes twice, as an encrypted reply is."""
    return f"{turn.reply.text}|{uuid.uuid4().hex}".encode()


@pytest.fixture
def echo_assistant() -> EchoAssistant:
    return EchoAssistant()


def in_transaction(connection: sa.Connection) -> bool:
    """What the driver says: SQLAlchemy does not see what storage.prepared runs."""
    raw: Any = connection.connection.dbapi_connection
    return bool(raw.in_transaction if hasattr(raw, "in_transaction") else raw.info.transaction_status)


def exchange_of(assistant: Any, store: Store, clock: FakeClock, **more: Any) -> Exchange:
    return Exchange(lambda: assistant, store, clock, lambda: APOLOGY, **more)


@pytest.fixture
def exchange(echo_assistant: EchoAssistant, store: Store, clock: FakeClock) -> Exchange:
    return exchange_of(echo_assistant, store, clock)


@pytest.fixture
def logs() -> Iterator[list[Any]]:
    with capture_logs() as lines:
        yield lines


def take(exchange: Exchange, text: str, key: str, user: str = USER, kind: str = "text") -> bytes:
    return exchange.take(user=user, key=key, channel="wechat", message=Message(kind, text), write=write)


def said(data: bytes) -> str:
    return data.decode().split("|")[0]


def rows(store: Store, table: sa.Table) -> list[Any]:
    with store.database.engine.connect() as connection:
        return list(connection.execute(sa.select(table)))


def test_the_session_goes_from_message_to_message(exchange: Exchange) -> None:
    assert [said(take(exchange, "你好", key)) for key in "123"] == ["1 你好", "2 你好", "3 你好"]
    assert said(take(exchange, "你好", "1", user="somebody else")) == "1 你好"


def test_a_retry_is_not_answered_again(
    exchange: Exchange, echo_assistant: EchoAssistant, store: Store, store_url: str, clock: FakeClock
) -> None:
    first = take(exchange, "你好", "1")
    elsewhere = exchange_of(echo_assistant, Store(store_url, SECRET), clock)
    assert take(exchange, "你好", "1") == first
    assert take(elsewhere, "你好", "1") == first
    assert len(echo_assistant.asked) == 1
    assert len(rows(store, turns)) == 1
    elsewhere._store.close()


def test_concurrent_tries_get_one_answer(exchange: Exchange, store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(lambda _: take(exchange, "你好", "1"), range(16)))
    assert len(answers) == 1
    assert len(rows(store, turns)) == len(rows(store, inbox)) == 1


def test_the_row_and_the_log_line_tell_how_it_went_and_not_what_was_said(
    exchange: Exchange, store: Store, logs: list[Any]
) -> None:
    take(exchange, "四川几号缴费", "1")
    (row,) = rows(store, turns)
    assert (row.channel, row.decision, row.entry, row.region, row.score) == (
        "wechat",
        "answer",
        "echo",
        "四川",
        0.9,
    )
    assert row.detail == {"n": 1}
    assert row.ms >= 0
    (line,) = [line for line in logs if line["event"] == "message"]
    assert line["decision"] == "answer"
    assert line["stored"] is True
    assert line["user"] == store.user_hash(USER)
    assert "四川几号缴费" not in str(logs)
    assert USER not in str(logs)


def test_a_silent_event_is_claimed_but_not_counted(exchange: Exchange, store: Store) -> None:
    take(exchange, "", "1", kind="silent")
    assert len(rows(store, inbox)) == 1
    assert rows(store, turns) == []


def test_a_failing_assistant_becomes_the_stored_apology_and_the_session_stays(
    exchange: Exchange, echo_assistant: EchoAssistant, store: Store, logs: list[Any]
) -> None:
    take(exchange, "你好", "1")
    sorry = take(exchange, "炸", "2")
    assert said(sorry) == APOLOGY
    assert take(exchange, "炸", "2") == sorry
    assert said(take(exchange, "你好", "3")) == "2 你好"
    assert [row.decision for row in rows(store, turns)] == ["answer", "failed", "answer"]
    assert any(line["event"] == "respond_failed" and line["exc_info"] for line in logs)


def test_a_stranger_whose_first_message_fails_stays_a_stranger(exchange: Exchange, store: Store) -> None:
    assert said(take(exchange, "炸", "1")) == APOLOGY
    assert rows(store, sessions) == []


def test_no_words_for_the_apology_is_an_empty_body(
    echo_assistant: EchoAssistant, store: Store, clock: FakeClock
) -> None:
    def no_words() -> str:
        raise KeyError("no knowledge")

    exchange = Exchange(lambda: echo_assistant, store, clock, no_words)  # type: ignore[arg-type, return-value]
    assert take(exchange, "炸", "1") == b""


def test_a_channel_that_cannot_write_a_reply_writes_the_apology(exchange: Exchange) -> None:
    def picky(turn: Turn) -> bytes:
        if turn.reply != Reply(APOLOGY):
            raise ValueError("too long")
        return write(turn)

    message = Message("text", "你好")
    assert said(exchange.take(user=USER, key="1", channel="web", message=message, write=picky)) == APOLOGY


def test_forgetting_erases_and_is_still_answered_twice(exchange: Exchange, store: Store) -> None:
    take(exchange, "你好", "1")
    bye = take(exchange, "清除我的数据", "2")
    assert take(exchange, "清除我的数据", "2") == bye
    assert rows(store, sessions) == []
    assert [row.user_hash for row in rows(store, turns)] == [""]
    assert said(take(exchange, "你好", "3")) == "1 你好"


def test_a_candidate_who_leaves_is_erased(exchange: Exchange, store: Store) -> None:
    take(exchange, "你好", "1")
    exchange.forget(USER)
    assert rows(store, sessions) == rows(store, turns) == rows(store, inbox) == []


def test_wishes_are_written_with_the_reply(
    echo_assistant: EchoAssistant, store: Store, clock: FakeClock
) -> None:
    applied: list[Any] = []

    def apply(user: str, effects: tuple[Mapping[str, Any], ...], connection: sa.Connection) -> None:
        applied.append((user, effects, in_transaction(connection)))

    exchange = exchange_of(echo_assistant, store, clock, apply=apply)
    take(exchange, "你好", "1")
    take(exchange, "订阅", "2")
    take(exchange, "订阅", "2")
    assert applied == [(USER, ({"wish": "subscribe"},), True)]


def test_a_wish_that_cannot_be_written_is_not_confirmed(
    echo_assistant: EchoAssistant, store: Store, clock: FakeClock
) -> None:
    def apply(user: str, effects: tuple[Mapping[str, Any], ...], connection: sa.Connection) -> None:
        raise RuntimeError("no such region")

    exchange = exchange_of(echo_assistant, store, clock, apply=apply)
    answer = take(exchange, "订阅", "1")
    assert said(answer) == APOLOGY
    assert take(exchange, "订阅", "1") == answer
    assert rows(store, inbox) == []


class TestDatabaseAway:
    """A read-only database stands for everything that keeps a reply from being stored."""

    @pytest.fixture
    def broken(self, store_url: str, echo_assistant: EchoAssistant, clock: FakeClock) -> Iterator[Exchange]:
        file = store_url.removeprefix("sqlite:///")
        url = f"sqlite:///file:{file}?mode=ro&uri=true"
        if file == store_url:
            url = f"{store_url}?options=-c%20default_transaction_read_only%3Don"
        store = Store(url, SECRET, wait_seconds=0.2)
        yield exchange_of(echo_assistant, store, clock)
        store.close()

    def test_it_answers_without_a_session(self, broken: Exchange) -> None:
        assert [said(take(broken, "你好", key)) for key in "12"] == ["1 你好", "1 你好"]

    def test_the_tries_of_one_message_agree(self, broken: Exchange) -> None:
        first = take(broken, "你好", "1")
        assert take(broken, "你好", "1") == first
        with ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(lambda _: take(broken, "你好", "2"), range(16)))) == 1

    def test_it_complains_once_a_minute(self, broken: Exchange, clock: FakeClock, logs: list[Any]) -> None:
        def complaints() -> list[str]:
            return [line["reason"] for line in logs if line["event"] == "store_unusable"]

        for key in "123":
            take(broken, "你好", key)
        assert len(complaints()) == 1
        assert re.search("read-?only", complaints()[0])
        clock.move(61)
        take(broken, "你好", "4")
        assert len(complaints()) == 2
        assert [line["stored"] for line in logs if line["event"] == "message"] == [False] * 4

    def test_it_does_not_ask_a_broken_database_for_every_message(
        self, broken: Exchange, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[str] = []
        turn = broken._store.turn

        def counted(user: str, key: str, until: float) -> Any:
            asked.append(key)
            return turn(user, key, until)

        monkeypatch.setattr(broken._store, "turn", counted)
        for key in "123":
            take(broken, "你好", key)
        clock.move(2)
        take(broken, "你好", "4")
        assert asked == ["1", "4"]

    def test_a_busy_account_looks_for_the_database_once_a_second_too(
        self, broken: Exchange, store_url: str, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What the soak found: every message that skipped the database prolonged the rest."""
        take(broken, "你好", "first")
        good = Store(store_url, SECRET)
        monkeypatch.setattr(broken, "_store", good)
        heard = []
        for number in range(15):
            clock.move(0.1)
            heard.append(said(take(broken, "你好", str(number))))
        assert heard[:9] == ["1 你好"] * 9
        assert heard[-1] == "6 你好"
        good.close()

    def test_it_never_confirms_what_was_not_written(self, broken: Exchange, logs: list[Any]) -> None:
        assert said(take(broken, "订阅", "1")) == APOLOGY
        assert said(take(broken, "清除我的数据", "2")) == APOLOGY
        assert [line["forget"] for line in logs if line["event"] == "not_written"] == [False, True]

    def test_leaving_is_kept_in_the_log(self, broken: Exchange, logs: list[Any]) -> None:
        broken.forget(USER)
        assert [line["event"] for line in logs] == ["not_erased"]
        assert USER not in str(logs)

    def test_it_comes_back(
        self, broken: Exchange, store_url: str, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        early = take(broken, "你好", "1")
        good = Store(store_url, SECRET)
        monkeypatch.setattr(broken, "_store", good)
        clock.move(2)
        assert said(take(broken, "你好", "2")) == "1 你好"
        assert said(take(broken, "你好", "3")) == "2 你好"
        assert take(broken, "你好", "1") == early  # a late try of a message answered from memory
        good.close()

    @pytest.mark.parametrize(
        "url", ["sqlite:////nowhere/at/all.db", "postgresql+psycopg://nobody@127.0.0.1:9/none"]
    )
    def test_none_at_all_is_no_different(
        self, echo_assistant: EchoAssistant, clock: FakeClock, url: str
    ) -> None:
        pytest.importorskip("psycopg")
        store = Store(url, SECRET)
        assert said(take(exchange_of(echo_assistant, store, clock), "你好", "1")) == "1 你好"
        store.close()
