"""Backup and restore, with data in, on both databases; and all the reasons why not."""

from __future__ import annotations

import contextlib
import gzip
import os
import shutil
import sqlite3
import stat
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.reminders import jobs
from bot.storage import backup as backups
from bot.storage import migrate, pg_tools
from bot.storage.backup import BackupError, backup, restore
from bot.storage.engine import StoreError
from bot.storage.store import Store, TurnRow
from bot.storage.tables import inbox, metadata, turns
from tests.conftest import SECRET, missing_tool
from tests.fakes import NOW

USER, LATER = "oABCDEFGHIJKLMNOPQRSTUVWXYZ1", "oABCDEFGHIJKLMNOPQRSTUVWXYZ2"


@pytest.fixture(
    params=["make_sqlite", pytest.param("make_postgres", marks=pytest.mark.postgres)],
    ids=["sqlite", "postgres"],
)
def url(request: pytest.FixtureRequest) -> str:
    if request.param == "make_postgres":
        missing_tool("pg_dump", "postgres")
    make: Callable[[], str] = request.getfixturevalue(request.param)
    return make()


def say(url: str, user: str, key: str) -> bytes:
    store = Store(url, SECRET)
    try:
        with store.turn(user, key) as record:
            if record.answered is None:
                count = (record.session or {}).get("count", 0) + 1
                row = TurnRow("wechat", "四川什么时候缴费", "answer", detail={"词": ["缴费"]})
                record.finish(reply=f"{user} {key}".encode(), session={"count": count}, row=row)
                return b"new"
            return record.answered
    finally:
        store.close()


def content(url: str) -> dict[str, list[Any]]:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = {t.name: sorted(map(str, connection.execute(sa.select(t)))) for t in metadata.sorted_tables}
    engine.dispose()
    return found


def test_what_was_there_is_there_again_and_what_came_later_is_kept_beside(url: str, tmp_path: Path) -> None:
    say(url, USER, "1")
    before = content(url)
    made = backup(url, tmp_path / "backups" / "one.bak", SECRET, NOW)
    say(url, LATER, "1")
    done = restore(url, tmp_path / "backups" / "one.bak", SECRET, replace_data=True)
    assert content(url) == before
    assert (done.at, done.revision, done.key) == (NOW, migrate.HEAD, made.key)
    assert say(url, USER, "1") == f"{USER} 1".encode()
    assert done.kept is not None
    assert done.kept.exists()
    if made.kind == "postgresql":  # what was replaced is a backup like any other
        restore(url, done.kept, SECRET, replace_data=True)
        assert say(url, LATER, "1") == f"{LATER} 1".encode()


def test_a_backup_is_taken_in_the_middle_of_a_turn_and_holds_only_what_is_committed(
    url: str, tmp_path: Path
) -> None:
    say(url, USER, "1")
    store = Store(url, SECRET)
    with store.turn(USER, "2") as record:
        backup(url, tmp_path / "one.bak", SECRET, NOW)
        record.finish(reply=b"late", session={}, row=None)
    store.close()
    restore(url, tmp_path / "one.bak", SECRET, replace_data=True)
    assert len(content(url)["inbox"]) == 1


def test_a_restore_is_not_done_under_a_running_service(url: str, tmp_path: Path) -> None:
    say(url, USER, "1")
    backup(url, tmp_path / "one.bak", SECRET, NOW)
    store = Store(url, SECRET)
    store.ping()
    with pytest.raises(BackupError, match="先停掉服务"):
        restore(url, tmp_path / "one.bak", SECRET, replace_data=True)
    store.ping()
    store.close()
    assert len(content(url)["inbox"]) == 1


def test_data_is_replaced_only_when_told_to(url: str, tmp_path: Path) -> None:
    backup(url, tmp_path / "empty.bak", SECRET, NOW)
    restore(url, tmp_path / "empty.bak", SECRET, replace_data=False)
    say(url, USER, "1")
    with pytest.raises(BackupError, match="--yes"):
        restore(url, tmp_path / "empty.bak", SECRET, replace_data=False)
    assert len(content(url)["inbox"]) == 1


def test_another_key_is_refused_and_the_backup_gives_neither_away(url: str, tmp_path: Path) -> None:
    backup(url, tmp_path / "one.bak", SECRET, NOW)
    with pytest.raises(BackupError, match="指纹"):
        restore(url, tmp_path / "one.bak", b"another secret, 32 bytes long...", replace_data=True)
    assert SECRET not in (tmp_path / "one.bak").read_bytes()
    assert stat.S_IMODE((tmp_path / "one.bak").stat().st_mode) == 0o600


def test_a_backup_of_newer_tables_asks_for_the_newer_program(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup(url, tmp_path / "one.bak", SECRET, NOW)
    monkeypatch.setattr(migrate, "HEAD", "0000")
    with pytest.raises(BackupError, match="升级程序"):
        restore(url, tmp_path / "one.bak", SECRET, replace_data=True)


@pytest.mark.parametrize("cut", [0, 10, 200])
def test_half_a_backup_is_none(make_sqlite: Callable[[], str], tmp_path: Path, cut: int) -> None:
    url = make_sqlite()
    say(url, USER, "1")
    backup(url, tmp_path / "one.bak", SECRET, NOW)
    whole = (tmp_path / "one.bak").read_bytes()
    (tmp_path / "half.bak").write_bytes(whole[:cut])
    with pytest.raises(BackupError, match="不是完整的备份"):
        restore(url, tmp_path / "half.bak", SECRET, replace_data=True)
    assert len(content(url)["inbox"]) == 1


def test_a_backup_of_another_database_is_refused(
    make_sqlite: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = make_sqlite()
    backup(url, tmp_path / "one.bak", SECRET, NOW)
    unpack = backups._unpack

    def foreign(file: Path, folder: Path) -> backups.Backup:
        found = vars(unpack(file, folder)) | {"kind": "postgresql"}
        return backups.Backup(**found)

    monkeypatch.setattr(backups, "_unpack", foreign)
    with pytest.raises(BackupError, match="不能互相恢复"):
        restore(url, tmp_path / "one.bak", SECRET, replace_data=True)


def test_a_damaged_data_file_is_refused(make_sqlite: Callable[[], str], tmp_path: Path) -> None:
    url = make_sqlite()
    file = Path(url.removeprefix("sqlite:///"))
    say(url, USER, "1")
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    damaged = bytearray(file.read_bytes())
    damaged[size * 2 : size * 3] = b"\xff" * size
    file.write_bytes(damaged)
    with pytest.raises(BackupError):
        backup(url, tmp_path / "one.bak", SECRET, NOW)
    assert not (tmp_path / "one.bak").exists()


def test_nothing_to_back_up_says_so(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="DATABASE_URL"):
        backup(f"sqlite:///{tmp_path / 'new.db'}", tmp_path / "one.bak", SECRET, NOW)


def test_a_place_that_cannot_be_written_leaves_nothing(
    make_sqlite: Callable[[], str], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BackupError, match="没有写成"):
        backup(make_sqlite(), tmp_path / "file" / "one.bak", SECRET, NOW)


def test_what_a_killed_backup_left_is_swept_away(make_sqlite: Callable[[], str], tmp_path: Path) -> None:
    url, folder = make_sqlite(), tmp_path / "backups"
    for name, age in ((".backup-old", 86400), (".backup-now", 60)):
        (folder / name).mkdir(parents=True)
        (folder / name / "data").write_text("everybody")
        os.utime(folder / name, (NOW.timestamp() - age,) * 2)
    say(url, USER, "1")
    backup(url, folder / "one.bak", SECRET, NOW)
    assert sorted(path.name for path in folder.iterdir()) == [".backup-now", "one.bak"]


@pytest.mark.postgres
def test_with_the_reminders_queue_in_it_too(postgres_url: str, tmp_path: Path) -> None:
    """A worker leaves a schema of its own, which a dump holds as well."""
    missing_tool("pg_dump", "postgres")
    say(postgres_url, USER, "1")
    jobs.prepare(postgres_url)
    backup(postgres_url, tmp_path / "one.bak", SECRET, NOW)
    say(postgres_url, LATER, "1")
    for _ in range(2):
        restore(postgres_url, tmp_path / "one.bak", SECRET, replace_data=True)
    assert say(postgres_url, USER, "1") == f"{USER} 1".encode()
    engine = sa.create_engine(postgres_url)
    names = sa.inspect(engine).get_schema_names()
    engine.dispose()
    assert {"public", "procrastinate"} <= set(names)
    assert not [name for name in names if "before" in name]


@pytest.mark.postgres
def test_a_restore_that_fails_leaves_the_database_as_it_was(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing_tool("pg_dump", "postgres")
    say(postgres_url, USER, "1")
    jobs.prepare(postgres_url)
    backup(postgres_url, tmp_path / "one.bak", SECRET, NOW)
    say(postgres_url, LATER, "1")
    before = content(postgres_url)
    whole = pg_tools._run

    def run(tool: str, url: Any, *options: str) -> None:
        if tool == "pg_restore":
            Path(options[-1]).write_bytes(b"PGDMP and no more")
        whole(tool, url, *options)

    monkeypatch.setattr(pg_tools, "_run", run)
    with pytest.raises(BackupError, match="error:"):
        restore(postgres_url, tmp_path / "one.bak", SECRET, replace_data=True)
    assert content(postgres_url) == before
    monkeypatch.setattr(pg_tools, "_run", whole)
    restore(postgres_url, tmp_path / "one.bak", SECRET, replace_data=True)
    assert content(postgres_url) != before


def set_aside(url: str, *more: str) -> None:
    """As a restore leaves it that was killed: what was there under other names, and `more` done since."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for schema in ("public", "procrastinate"):
            connection.exec_driver_sql(f"ALTER SCHEMA {schema} RENAME TO {schema}_before_20260101_000000")
        connection.exec_driver_sql("CREATE SCHEMA public")
        for statement in more:
            connection.exec_driver_sql(statement)
    engine.dispose()


@pytest.mark.postgres
def test_a_restore_that_was_killed_steps_back_at_the_next_one(postgres_url: str, tmp_path: Path) -> None:
    missing_tool("pg_dump", "postgres")
    say(postgres_url, USER, "1")
    jobs.prepare(postgres_url)
    backup(postgres_url, tmp_path / "one.bak", SECRET, NOW)
    say(postgres_url, LATER, "1")
    set_aside(postgres_url)
    with pytest.raises(StoreError, match="db restore"):
        migrate.upgrade(postgres_url)
    done = restore(postgres_url, tmp_path / "one.bak", SECRET, replace_data=True)
    assert say(postgres_url, USER, "1") == f"{USER} 1".encode()
    assert done.kept is not None
    restore(postgres_url, done.kept, SECRET, replace_data=True)
    assert say(postgres_url, LATER, "1") == f"{LATER} 1".encode(), "nothing of what stood aside is lost"
    engine = sa.create_engine(postgres_url)
    assert not [name for name in sa.inspect(engine).get_schema_names() if "before" in name]
    engine.dispose()


@pytest.mark.postgres
def test_what_a_killed_restore_left_is_in_no_backup(postgres_url: str, tmp_path: Path) -> None:
    """Its data came into its place; only the old was not dropped any more."""
    missing_tool("pg_dump", "postgres")
    say(postgres_url, USER, "1")
    engine = sa.create_engine(postgres_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA public_before_20260101_000000")
        connection.exec_driver_sql("CREATE TABLE public_before_20260101_000000.turns (id int)")
    engine.dispose()
    backup(postgres_url, tmp_path / "one.bak", SECRET, NOW)
    restore(postgres_url, tmp_path / "one.bak", SECRET, replace_data=True)
    names = sa.inspect(engine).get_schema_names()
    engine.dispose()
    assert not [name for name in names if "before" in name]
    assert say(postgres_url, USER, "1") == f"{USER} 1".encode()


@pytest.mark.postgres
def test_no_password_stands_among_the_arguments(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing_tool("pg_dump", "postgres")
    given: list[Any] = []

    def run(command: list[str], **more: Any) -> Any:
        given.append((command, more["env"]))
        return subprocess.CompletedProcess(command, 1, "", "no")

    monkeypatch.setattr("bot.storage.pg_tools.subprocess.run", run)
    url = sa.make_url(postgres_url).set(password="p@ss:word/%")
    with pytest.raises(BackupError):
        pg_tools.dump(url, tmp_path / "data")
    [(command, environment)] = given
    assert environment["PGPASSWORD"] == "p@ss:word/%"
    assert not [word for word in command if "p@ss" in word or "p%40ss" in word]


def test_a_damaged_archive_is_refused(make_sqlite: Callable[[], str], tmp_path: Path) -> None:
    """Whatever byte it is: the checksum stands at the very end."""
    url = make_sqlite()
    say(url, USER, "1")
    backup(url, tmp_path / "one.bak", SECRET, NOW)
    whole = (tmp_path / "one.bak").read_bytes()
    for at in range(40, len(whole), len(whole) // 23):
        (tmp_path / "bad.bak").write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        harmless = unpacked(tmp_path / "bad.bak") == unpacked(tmp_path / "one.bak")
        with contextlib.nullcontext() if harmless else pytest.raises(BackupError):
            restore(url, tmp_path / "bad.bak", SECRET, replace_data=True)
    assert say(url, USER, "1") == f"{USER} 1".encode()


def unpacked(file: Path) -> bytes | None:
    """What the archive holds; None where it does not even unpack. Among zeros another distance gives the same bytes."""
    try:
        return gzip.decompress(file.read_bytes())
    except (OSError, EOFError, zlib.error):
        return None


@pytest.mark.postgres
def test_without_its_tools_postgresql_says_what_to_install(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(BackupError, match="postgresql-client"):
        backup(postgres_url, tmp_path / "one.bak", SECRET, NOW)
    assert list(tmp_path.iterdir()) == []


def test_a_backup_holds_nothing_of_who_was_erased(make_sqlite: Callable[[], str], tmp_path: Path) -> None:
    url = make_sqlite()
    say(url, USER, "1")
    store = Store(url, SECRET)
    hashed = store.user_hash(USER)
    store.erase(USER)
    store.close()
    backup(url, tmp_path / "one.bak", SECRET, NOW)
    restore(f"sqlite:///{tmp_path / 'two.db'}", tmp_path / "one.bak", SECRET, replace_data=False)
    assert hashed.encode() not in (tmp_path / "two.db").read_bytes()


def test_every_table_ages_or_says_why_not() -> None:
    """And each row of a candidate is found by user_hash: what erasing and purging go by."""
    for table in metadata.sorted_tables:
        assert ("ages_by" in table.info) != ("kept" in table.info), f"{table.name}: see bot/storage/tables.py"
        if "ages_by" in table.info:
            assert table.info["ages_by"] in table.c
    assert {inbox.name, turns.name} <= {t.name for t in metadata.sorted_tables if "user_hash" in t.c}
