"""One message, one transaction, on SQLite and on PostgreSQL: retries, order, crashes, erasing."""

from __future__ import annotations

import os
import signal
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from bot.storage.engine import StoreError
from bot.storage.store import KEEP, Store, TurnRow
from bot.storage.tables import inbox, sessions, turns
from tests.conftest import SECRET
from tests.fakes import NOW, FakeClock
from tests.serving import FORKED

USER = "oABCDEFGHIJKLMNOPQRSTUVWXYZ1"
ROW = TurnRow(
    "wechat", "四川什么时候缴费", "answer", entry="fee", year=2024, score=0.9, ms=1.5, detail={"why": ["词"]}
)


def say(store: Store, user: str, key: str) -> bytes:
    """A channel in short: the same reply to a try of the same key, else a reply of its own and one more in the session."""
    with store.turn(user, key) as record:
        if record.answered is not None:
            return record.answered
        reply = uuid.uuid4().bytes
        record.finish(reply=reply, session={"count": (record.session or {}).get("count", 0) + 1}, row=ROW)
        return reply


def count(store: Store, table: sa.Table) -> int:
    with store.database.engine.connect() as connection:
        return int(connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0)


def session_of(store: Store, user: str) -> Any:
    with store.turn(user, uuid.uuid4().hex) as record:
        return record.session


def test_a_stranger_has_no_session_and_no_answer(store: Store) -> None:
    with store.turn(USER, "1") as record:
        assert record.answered is None
        assert record.session is None


def test_a_retry_to_another_store_gets_the_same_bytes_and_the_next_message_the_session(
    store: Store, store_url: str
) -> None:
    reply = say(store, USER, "1")
    other = Store(store_url, SECRET)
    assert say(other, USER, "1") == reply
    assert say(other, USER, "2") != reply
    assert session_of(other, USER) == {"count": 2}
    assert count(store, turns) == 2
    other.close()


def test_the_same_key_of_another_candidate_is_another_message(store: Store) -> None:
    assert say(store, USER, "1") != say(store, "web:" + USER, "1")
    assert session_of(store, USER) == {"count": 1}


def test_what_was_written_is_read_back_as_it_was(store: Store) -> None:
    say(store, USER, "1")
    with store.database.engine.connect() as connection:
        row = connection.execute(sa.select(turns)).one()
    assert row.at == NOW
    assert row.at.tzinfo is not None
    assert (row.channel, row.masked_text, row.decision, row.entry) == (
        "wechat",
        "四川什么时候缴费",
        "answer",
        "fee",
    )
    assert (row.stage, row.year, row.score, row.ms, row.detail) == (None, 2024, 0.9, 1.5, {"why": ["词"]})
    assert row.user_hash == store.user_hash(USER)


def test_an_exception_before_the_end_leaves_nothing(store: Store) -> None:
    with pytest.raises(RuntimeError, match="boom"), store.turn(USER, "1"):
        raise RuntimeError("boom")
    assert say(store, USER, "1")
    assert session_of(store, USER) == {"count": 1}


def test_a_further_write_that_fails_takes_the_whole_turn_back(store: Store) -> None:
    def refuse(_connection: Connection) -> None:
        raise RuntimeError("no such subscription")

    with pytest.raises(RuntimeError, match="subscription"), store.turn(USER, "1") as record:
        record.finish(reply=b"done", session={"count": 1}, row=ROW, also=refuse)
    assert (count(store, inbox), count(store, sessions), count(store, turns)) == (0, 0, 0)


def test_keep_leaves_the_session_as_it_was(store: Store) -> None:
    say(store, USER, "1")
    with store.turn(USER, "2") as record:
        record.finish(reply=b"sorry", session=KEEP, row=None)
    assert session_of(store, USER) == {"count": 1}
    with store.turn("stranger", "1") as record:
        record.finish(reply=b"sorry", session=KEEP, row=None)
    assert session_of(store, "stranger") is None


def test_twenty_concurrent_tries_are_one_message(store: Store, store_url: str) -> None:
    stores = [store, Store(store_url, SECRET)]
    start = threading.Barrier(20)

    def attempt(number: int) -> bytes:
        start.wait(10)
        return say(stores[number % 2], USER, "1")

    with ThreadPoolExecutor(20) as pool:
        replies = list(pool.map(attempt, range(20)))
    assert len(set(replies)) == 1
    assert (count(store, inbox), count(store, turns)) == (1, 1)
    assert session_of(store, USER) == {"count": 1}
    stores[1].close()


def _tries(url: str, keys: list[str]) -> list[bytes]:
    store = Store(url, SECRET, wait_seconds=20)
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda key: say(store, USER, key), keys))


def test_three_processes_agree_on_every_reply_and_lose_no_session_update(
    store: Store, store_url: str
) -> None:
    keys = [str(number % 20) for number in range(40)]
    with ProcessPoolExecutor(3, FORKED) as pool:
        answers = list(pool.map(_tries, [store_url] * 3, [keys, keys[::-1], keys]))
    for key in set(keys):
        assert len({a for k, a in zip(keys, answers[0], strict=True) if k == key}) == 1
    assert answers[0] == answers[1][::-1] == answers[2]
    assert (count(store, inbox), count(store, turns)) == (20, 20)
    assert session_of(store, USER) == {"count": 20}


def test_two_threads_of_one_candidate_lose_no_session_update(store: Store, store_url: str) -> None:
    other = Store(store_url, SECRET)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda n: say((store, other)[n % 2], USER, str(n)), range(30)))
    assert session_of(store, USER) == {"count": 30}
    other.close()


def test_candidates_do_not_wait_for_each_other(store_url: str) -> None:
    store = Store(store_url, SECRET, wait_seconds=0.2)
    with store.turn(USER, "1") as record:
        say(store, "somebody else", "1")
        record.finish(reply=b"late", session={}, row=None)
    assert count(store, inbox) == 2
    store.close()


def test_a_message_does_not_wait_for_ever_for_the_one_before(store_url: str) -> None:
    store, other = Store(store_url, SECRET, wait_seconds=0.2), Store(store_url, SECRET, wait_seconds=0.2)
    with store.turn(USER, "1"):
        for waiting in (store, other):
            with pytest.raises(StoreError) as error, waiting.turn(USER, "2"):
                pytest.fail("the first message is still being answered")
            assert error.value.one_candidate
    assert say(other, USER, "2")
    store.close()
    other.close()


def _stuck(url: str, reached: Event, inside: bool) -> None:
    """Stops for ever in the turn, or in the transaction that ends it with everything written but the commit."""
    store = Store(url, SECRET)

    def stop(_connection: Connection | None = None) -> None:
        reached.set()
        threading.Event().wait()

    with store.turn(USER, "1") as record:
        if inside:
            record.finish(reply=b"never said", session={"count": 99}, row=ROW, also=stop)
        stop()


@pytest.mark.parametrize("inside", [False, True])
def test_a_worker_killed_in_its_turn_leaves_it_to_the_next_try(
    store: Store, store_url: str, inside: bool
) -> None:
    reached = FORKED.Event()
    worker = FORKED.Process(target=_stuck, args=(store_url, reached, inside))
    worker.start()
    assert reached.wait(30)
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)
    worker.join(30)
    assert say(store, USER, "1") != b"never said"
    assert session_of(store, USER) == {"count": 1}
    assert (count(store, inbox), count(store, turns)) == (1, 1)


def forget(store: Store) -> None:
    with store.turn(USER, "bye") as record:
        record.finish(
            reply=f"<ToUserName>{USER}".encode(), session=None, row=TurnRow("wechat", "", "command")
        )


def test_forgetting_leaves_only_a_reply_nobody_can_be_found_by(store: Store) -> None:
    say(store, USER, "1")
    say(store, "somebody else", "1")
    forget(store)
    with store.turn(USER, "bye") as record:
        assert record.answered == f"<ToUserName>{USER}".encode()
    hashed = store.user_hash(USER)
    with store.database.engine.connect() as connection:
        for table in (sessions, inbox, turns):
            found = connection.execute(sa.select(table)).all()
            assert hashed not in str(found)
            assert USER not in str(found)
    assert session_of(store, USER) is None
    assert session_of(store, "somebody else") == {"count": 1}
    assert count(store, turns) == 2  # somebody else's, and the forgetting itself, counted without a name


def test_erasing_says_how_many_rows_went(store: Store) -> None:
    say(store, USER, "1")
    say(store, USER, "2")
    say(store, "somebody else", "1")
    assert store.erase(USER) == 5
    assert store.erase(USER) == 0
    assert (count(store, sessions), count(store, inbox), count(store, turns)) == (1, 1, 1)


def test_the_sqlite_files_hold_no_raw_id_and_after_erasing_no_hash(
    tmp_path: Path, make_sqlite: Callable[[], str]
) -> None:
    store = Store(make_sqlite(), SECRET)
    with store.turn(USER, "msg:" + USER) as record:
        record.finish(reply=f"<ToUserName>{USER}".encode(), session={"region": "四川"}, row=ROW)
    hashed = store.user_hash(USER).encode()

    def scan(needle: bytes) -> list[str]:
        return [path.name for path in tmp_path.iterdir() if needle in path.read_bytes()]

    assert scan(USER.encode()) == []
    assert scan(hashed) != []
    store.erase(USER)
    assert scan(hashed) == []
    store.close()


def test_purging_goes_by_age(store: Store, clock: FakeClock) -> None:
    say(store, USER, "old")
    clock.move(timedelta(days=91).total_seconds())
    say(store, "somebody else", "new")
    assert store.purge(clock.real_now() - timedelta(days=90)) == 3
    assert session_of(store, USER) is None
    assert session_of(store, "somebody else") == {"count": 1}


def test_a_time_without_its_zone_is_refused(store_url: str) -> None:
    store = Store(store_url, SECRET, now=lambda: datetime(2024, 2, 1))  # noqa: DTZ001  # that is the point
    with pytest.raises(StoreError, match="zone"):
        say(store, USER, "1")
    with pytest.raises(StoreError, match="zone"):
        store.purge(datetime(2024, 2, 1))  # noqa: DTZ001
    store.close()


def test_a_read_only_database_says_so(tmp_path: Path, make_sqlite: Callable[[], str]) -> None:
    path = make_sqlite().removeprefix("sqlite:///")
    store = Store(f"sqlite:///file:{path}?mode=ro&uri=true", SECRET)
    with pytest.raises(StoreError, match="readonly"):
        say(store, USER, "1")
    with pytest.raises(StoreError, match="readonly"):
        store.ping()
    store.close()


@pytest.mark.parametrize(
    "url", ["sqlite:////nowhere/at/all/bot.db", "postgresql+psycopg://nobody@127.0.0.1:9/none"]
)
def test_a_database_that_is_not_there_is_a_store_error(url: str) -> None:
    pytest.importorskip("psycopg")
    store = Store(url, SECRET)
    for use in (
        lambda: say(store, USER, "1"),
        store.ping,
        lambda: store.erase(USER),
        lambda: store.purge(NOW),
    ):
        with pytest.raises(StoreError):
            use()
    store.close()


def test_a_database_that_was_never_migrated_says_what_to_run(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'new.db'}", SECRET)
    with pytest.raises(StoreError, match="db upgrade"):
        store.ping()
    store.close()


def test_ping_is_content_with_a_good_one(store: Store) -> None:
    store.ping()


def test_ping_finds_out_that_no_row_can_be_written(make_sqlite: Callable[[], str]) -> None:
    """As on a full disk: the statement that deletes nothing would go through."""
    store = Store(make_sqlite(), SECRET)
    with store.database.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON sessions BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
        )
    with pytest.raises(StoreError):
        store.ping()
    store.close()


def test_ping_leaves_nothing_behind(store: Store) -> None:
    store.ping()
    with store.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(sessions)).scalar() == 0


@pytest.mark.postgres
def test_a_restart_of_the_server_costs_no_message(postgres_url: str) -> None:
    store = Store(postgres_url, SECRET)
    say(store, USER, "1")
    admin = sa.create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:  # what a restart does to the connections in the pool
        connection.execute(
            sa.text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    admin.dispose()
    assert say(store, USER, "2")
    assert session_of(store, USER) == {"count": 2}
    store.close()


def test_utc_is_what_is_stored(store: Store, clock: FakeClock) -> None:
    clock.real = datetime.fromisoformat("2024-02-01T23:30:00+08:00")
    say(store, USER, "1")
    with store.database.engine.connect() as connection:
        assert connection.scalar(sa.select(turns.c.at)) == datetime(2024, 2, 1, 15, 30, tzinfo=UTC)


@pytest.mark.postgres
def test_a_server_that_goes_in_the_middle_of_a_turn_is_a_store_error(postgres_url: str) -> None:
    store = Store(postgres_url, SECRET)
    say(store, USER, "0")
    admin = sa.create_engine(postgres_url)

    def cut_off() -> None:
        pid = sa.text("SELECT pg_backend_pid()")
        with store.turn(USER, "1") as record, admin.connect() as other:
            mine = record.recall(lambda connection: connection.execute(pid).scalar_one())
            other.execute(sa.text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": mine})
            record.finish(reply=b"lost", session={"count": 9}, row=ROW)

    with pytest.raises(StoreError):
        cut_off()
    with store.turn(USER, "1") as record:  # nothing of it was written, and the next one is served
        assert (record.answered, record.session) == (None, {"count": 1})
    admin.dispose()
    store.close()
