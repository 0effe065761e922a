"""One fetches, the others read: threads, a holder that dies. Processes: tests/wechat/test_client.py."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from bot.storage.engine import StoreError
from bot.storage.store import Store
from bot.storage.tokens import LEASE_SECONDS, Tokens
from tests.conftest import SECRET
from tests.fakes import FakeClock

NAME = "access_token wx1"


class Platform:
    """Counts what it hands out."""

    def __init__(self, seconds: float = 7200) -> None:
        self.seconds, self.count = seconds, 0

    def fetch(self) -> tuple[str, float]:
        self.count += 1
        return f"T{self.count}", self.seconds


@pytest.fixture
def platform() -> Platform:
    return Platform()


def test_a_token_is_fetched_once_and_then_read(store: Store, platform: Platform) -> None:
    assert [Tokens(store).get(NAME, platform.fetch).value for _ in range(3)] == ["T1"] * 3
    assert platform.count == 1


def test_a_token_near_its_end_is_fetched_anew(store: Store, clock: FakeClock, platform: Platform) -> None:
    tokens = Tokens(store)
    tokens.get(NAME, platform.fetch)
    clock.move(7200 - 61)
    assert tokens.get(NAME, platform.fetch).value == "T1"
    clock.move(2)
    assert tokens.get(NAME, platform.fetch).value == "T2"


def test_a_refused_token_is_fetched_once_however_many_it_was_refused_for(
    store: Store, platform: Platform
) -> None:
    tokens = Tokens(store)
    old = tokens.get(NAME, platform.fetch)
    found = {tokens.get(NAME, platform.fetch, old.version).value for _ in range(5)}
    found |= {Tokens(store).get(NAME, platform.fetch, old.version).value for _ in range(5)}
    assert found == {"T2"}


def test_names_do_not_mix(store: Store, platform: Platform) -> None:
    tokens = Tokens(store)
    assert [tokens.get(name, platform.fetch).value for name in (NAME, "jsapi_ticket wx1", NAME)] == [
        "T1",
        "T2",
        "T1",
    ]


def test_fetching_one_may_need_the_other(store: Store, platform: Platform) -> None:
    tokens = Tokens(store)

    def ticket() -> tuple[str, float]:
        return f"ticket by {tokens.get(NAME, platform.fetch).value}", 7200

    assert tokens.get("jsapi_ticket wx1", ticket).value == "ticket by T1"


def test_a_fetch_that_fails_frees_the_lease(store: Store, platform: Platform) -> None:
    def fail() -> tuple[str, float]:
        raise RuntimeError("away")

    tokens = Tokens(store, pause=lambda _: pytest.fail("waited for itself"))
    with pytest.raises(RuntimeError):
        tokens.get(NAME, fail)
    assert tokens.get(NAME, platform.fetch).value == "T1"


def test_a_holder_that_died_is_waited_for_no_longer_than_its_lease(
    store: Store, clock: FakeClock, platform: Platform
) -> None:
    dead, waited = Tokens(store), []
    assert dead._lease(NAME, 0, "dead")

    def pause(seconds: float) -> None:
        waited.append(seconds)
        clock.move(LEASE_SECONDS / 4)

    assert Tokens(store, pause).get(NAME, platform.fetch).value == "T1"
    assert len(waited) == 5


def test_a_late_holder_does_not_write_over_a_newer_token(
    store: Store, clock: FakeClock, platform: Platform
) -> None:
    def slow() -> tuple[str, float]:
        clock.move(LEASE_SECONDS + 1)
        Tokens(store).get(NAME, platform.fetch)
        return "late", 7200

    assert Tokens(store).get(NAME, slow).value == "late"
    assert Tokens(store).get(NAME, platform.fetch).value == "T1"


def test_threads_of_one_process_fetch_once(store: Store, platform: Platform) -> None:
    tokens, found = Tokens(store), []
    start = threading.Barrier(8)

    def ask() -> None:
        start.wait(10)
        found.append(tokens.get(NAME, platform.fetch).value)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert found == ["T1"] * 8
    assert platform.count == 1


def test_the_database_holds_no_token_in_the_clear(tmp_path: Path, make_sqlite: object) -> None:
    url = make_sqlite()  # type: ignore[operator]
    store = Store(url, SECRET)
    Tokens(store).get(NAME, lambda: ("very-secret-token", 7200))
    rows = sqlite3.connect(tmp_path / "bot.db").execute("SELECT value FROM tokens").fetchall()
    assert rows
    assert b"very-secret-token" not in rows[0][0]
    store.close()


def test_another_secret_key_fetches_anew(store_url: str, platform: Platform) -> None:
    first = Store(store_url, SECRET)
    other = Store(store_url, b"another secret of the tests, 32.")
    assert Tokens(first).get(NAME, platform.fetch).value == "T1"
    assert Tokens(other).get(NAME, platform.fetch).value == "T2"
    first.close()
    other.close()


def test_a_database_that_is_away_says_so(tmp_path: Path, platform: Platform) -> None:
    store = Store(f"sqlite:///{tmp_path / 'empty.db'}", SECRET)
    with pytest.raises(StoreError):
        Tokens(store).get(NAME, platform.fetch)
    assert platform.count == 0
    store.close()
