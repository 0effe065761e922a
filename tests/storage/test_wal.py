"""SQLite's write-ahead log is emptied beside the messages; what was erased does not stay in it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.storage import wal
from bot.storage.store import Store, TurnRow
from tests.conftest import SECRET

USER = "oABCDEFGHIJKLMNOPQRSTUVWXYZ1"
ROW = TurnRow("wechat", "四川什么时候缴费", "answer")


class Rounds(threading.Event):
    """Lets a keeper go round so many times, doing something before each; nobody waits."""

    def __init__(self, *before: Callable[[], None]) -> None:
        super().__init__()
        self._before = list(before)

    def is_set(self) -> bool:
        if not self._before:
            return True
        self._before.pop(0)()
        return False

    def wait(self, timeout: float | None = None) -> bool:
        return self.is_set() if not self._before else False


@pytest.fixture
def store(make_sqlite: Callable[[], str]) -> Iterator[Store]:
    store = Store(make_sqlite(), SECRET)
    yield store
    store.close()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "bot.db-wal"


def say(store: Store, key: str) -> None:
    with store.turn(USER, key) as record:
        record.finish(reply=b"reply", session={"region": "四川"}, row=ROW)


def nothing() -> None:
    """Between two rounds."""


def test_a_long_log_is_emptied_and_nothing_is_lost(
    store: Store, log: Path, monkeypatch: pytest.MonkeyPatch, make_sqlite: Callable[[], str]
) -> None:
    monkeypatch.setattr(wal, "_LONG", 50_000)
    monkeypatch.setattr(wal, "_LOOK_SECONDS", 0.0)

    def talk() -> None:
        for number in range(10):
            say(store, str(number))
        assert log.stat().st_size > 50_000

    store.database.keep(Rounds(nothing, talk))
    assert log.stat().st_size == 0
    again = Store(make_sqlite(), SECRET)
    with again.turn(USER, "9") as record:
        assert record.answered == b"reply"
    again.close()


def test_a_short_log_is_left_alone(store: Store, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wal, "_LOOK_SECONDS", 0.0)
    store.database.keep(Rounds(nothing, lambda: say(store, "1")))
    assert log.stat().st_size > 0


def test_what_a_killed_process_left_is_wiped_at_the_start(store: Store, log: Path) -> None:
    say(store, "1")
    store.database.keep(Rounds(nothing))
    assert log.stat().st_size == 0


def test_who_is_erased_while_the_keeper_runs_is_wiped_by_it(
    store: Store, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wal, "_LOOK_SECONDS", 0.0)
    hashed = store.user_hash(USER).encode()
    say(store, "1")
    assert hashed in log.read_bytes()

    def forgotten() -> None:
        with store.turn(USER, "2") as record:
            record.finish(reply=b"", session=None, row=ROW)
        assert hashed in log.read_bytes()  # the message did not wait for it

    say(store, "3")
    store.database.keep(Rounds(nothing, lambda: say(store, "4"), forgotten))
    assert log.stat().st_size == 0
    assert hashed not in (tmp_path / "bot.db").read_bytes()


def test_somebody_who_reads_makes_the_keeper_try_again(store: Store, log: Path, tmp_path: Path) -> None:
    reader = sqlite3.connect(tmp_path / "bot.db", isolation_level=None)
    say(store, "1")

    def read() -> None:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM turns").fetchone() == (1,)
        say(store, "2")

    def still_there() -> None:
        assert log.stat().st_size > 0
        reader.execute("COMMIT")

    store.database.keep(Rounds(read, still_there))
    assert log.stat().st_size == 0
    reader.close()


def test_a_database_that_is_gone_stops_no_keeper(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/nowhere/bot.db", SECRET)
    store.database.keep(Rounds(nothing, nothing, nothing))
    store.close()
