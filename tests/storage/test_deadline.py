"""Nothing waits for the database past its deadline: a server that hangs, a lock that is held, a queue of writers."""

from __future__ import annotations

import contextlib
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from bot.conversation import Message, Turn
from bot.exchange import Exchange
from bot.metrics import Metrics
from bot.storage.engine import StoreError
from bot.storage.store import Store
from tests.conftest import SECRET
from tests.fakes import EchoAssistant, FakeClock

LONG = 30.0  # a wait that would fail the test by its length; nothing in here is meant to wait that long


class Wire:
    """A way to PostgreSQL that can hang: open connections, through which nothing comes any more."""

    def __init__(self, host: str, port: int) -> None:
        self._target, self._flows = (host, port), threading.Event()
        self._flows.set()
        self._sockets: list[socket.socket] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def hang(self) -> None:
        self._flows.clear()

    def flow(self) -> None:
        self._flows.set()

    def close(self) -> None:
        self._flows.set()
        for one in (self._door, *self._sockets):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._door.accept()
                server = socket.create_connection(self._target)
                self._sockets += [client, server]
                for source, sink in ((client, server), (server, client)):
                    threading.Thread(target=self._copy, args=(source, sink), daemon=True).start()

    def _copy(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self._flows.wait()
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)


@pytest.fixture
def wire(postgres_url: str) -> Iterator[tuple[Wire, str]]:
    url = sa.make_url(postgres_url)
    wire = Wire(url.host or "127.0.0.1", url.port or 5432)
    yield wire, url.set(host="127.0.0.1", port=wire.port).render_as_string(hide_password=False)
    wire.close()


def take(exchange: Exchange, text: str, key: str, user: str = "o1") -> str:
    def write(turn: Turn) -> bytes:
        return turn.reply.text.encode()

    said = exchange.take(user=user, key=key, channel="wechat", message=Message("text", text), write=write)
    return said.decode()


@pytest.mark.postgres
def test_a_hanging_server_costs_one_candidate_the_budget_and_the_others_nothing(
    wire: tuple[Wire, str], clock: FakeClock
) -> None:
    wires, url = wire
    store, metrics = Store(url, SECRET, wait_seconds=LONG), Metrics()
    exchange = Exchange(lambda: EchoAssistant(), store, clock, lambda: "抱歉", metrics=metrics, budget=0.3)  # type: ignore[arg-type, return-value]
    assert take(exchange, "你好", "1") == "1 你好"
    wires.hang()
    started = time.monotonic()
    with capture_logs() as logs:
        assert take(exchange, "你好", "2") == "抱歉"
        assert take(exchange, "你好", "2") == "抱歉"  # a late try agrees
        assert [take(exchange, "你好", str(n), user=f"o{n}") for n in (3, 4)] == ["1 你好"] * 2
    assert time.monotonic() - started < LONG / 3
    assert [line["reason"] for line in logs if line["event"] == "store_unusable"] == [
        "the server did not answer in time"
    ]
    assert metrics.totals()["apologies"]["late"] == 1
    wires.flow()
    clock.move(2)
    assert take(exchange, "你好", "5") == "2 你好"  # nothing of message 2 was stored
    assert take(exchange, "你好", "2") == "抱歉"
    store.close()


@pytest.mark.postgres
def test_a_server_that_takes_connections_and_says_nothing_is_a_store_error(postgres_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        url = sa.make_url(postgres_url).set(host="127.0.0.1", port=port).render_as_string(hide_password=False)
        store = Store(url, SECRET, wait_seconds=0.1)
        with pytest.raises(StoreError, match="timeout"), store.turn("o1", "1"):
            pytest.fail("nobody answered")
        store.close()


@pytest.mark.postgres
def test_a_locked_table_is_waited_for_until_the_deadline(postgres_url: str, clock: FakeClock) -> None:
    store = Store(postgres_url, SECRET, wait_seconds=LONG)
    exchange = Exchange(lambda: EchoAssistant(), store, clock, lambda: "抱歉", budget=0.3)  # type: ignore[arg-type, return-value]
    assert take(exchange, "你好", "1") == "1 你好"
    admin = sa.create_engine(postgres_url)
    with admin.connect() as connection:
        connection.exec_driver_sql("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE")
        assert take(exchange, "你好", "2") == "抱歉"
    admin.dispose()
    clock.move(2)
    assert take(exchange, "你好", "3") == "2 你好"
    store.close()


def test_a_turn_of_the_same_candidate_is_waited_for_until_the_deadline(store_url: str) -> None:
    store, other = Store(store_url, SECRET, wait_seconds=LONG), Store(store_url, SECRET, wait_seconds=LONG)
    started = time.monotonic()
    with store.turn("o1", "1"):
        for waiting in (store, other):
            with pytest.raises(StoreError), waiting.turn("o1", "2", until=time.monotonic() + 0.1):
                pytest.fail("the first message is still being answered")
    assert time.monotonic() - started < LONG / 3
    with other.turn("o1", "2") as record:
        record.finish(reply=b"later", session={}, row=None)
    store.close()
    other.close()


def test_another_writer_of_the_file_is_waited_for_until_the_deadline(make_sqlite: Callable[[], str]) -> None:
    url = make_sqlite()
    store = Store(url, SECRET, wait_seconds=LONG)
    writer = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    started = time.monotonic()
    with pytest.raises(StoreError, match="locked"), store.turn("o1", "1", time.monotonic() + 0.1) as record:
        record.finish(reply=b"", session={}, row=None)
    assert time.monotonic() - started < LONG / 3
    writer.execute("ROLLBACK")
    writer.close()
    with store.turn("o1", "1") as record:  # the same connection, patient again
        record.finish(reply=b"now", session={}, row=None)
    store.close()


def test_a_file_that_another_holds_costs_one_candidate_the_budget(
    make_sqlite: Callable[[], str], clock: FakeClock
) -> None:
    url = make_sqlite()
    store = Store(url, SECRET, wait_seconds=LONG)
    exchange = Exchange(lambda: EchoAssistant(), store, clock, lambda: "抱歉", budget=0.3)  # type: ignore[arg-type, return-value]
    assert take(exchange, "你好", "1") == "1 你好"
    writer = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    assert take(exchange, "你好", "2") == "抱歉"
    assert take(exchange, "你好", "2") == "抱歉"  # a late try agrees
    writer.execute("ROLLBACK")
    writer.close()
    clock.move(2)
    assert take(exchange, "你好", "3") == "2 你好"  # nothing of message 2 was stored
    store.close()


def test_an_answer_that_took_too_long_to_think_is_not_given(store: Store, clock: FakeClock) -> None:
    class Slow(EchoAssistant):
        def respond(self, *args: object) -> Turn:
            while time.monotonic() < until:
                pass
            return super().respond(*args)  # type: ignore[arg-type]

    until = time.monotonic() + 0.2
    exchange = Exchange(lambda: Slow(), store, clock, lambda: "抱歉", budget=0.05)  # type: ignore[arg-type, return-value]
    assert take(exchange, "你好", "1") == "抱歉"
    exchange._budget = LONG
    assert take(exchange, "你好", "2") == "1 你好"  # nobody thinks that the database is away
