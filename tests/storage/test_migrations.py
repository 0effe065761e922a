"""Migrations, up and down with data in, on both databases; by many processes at once."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import bot.storage
from bot.storage import migrate
from bot.storage.engine import StoreError, open_database
from bot.storage.store import Store
from bot.storage.tables import metadata
from tests.conftest import SECRET
from tests.serving import FORKED


def tables(url: str) -> set[str]:
    engine = open_database(url, 2).engine
    try:
        return set(sa.inspect(engine).get_table_names())
    finally:
        engine.dispose()


def test_head_is_the_newest_revision() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(bot.storage.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == migrate.HEAD


def test_the_migrations_make_what_the_tables_say(store_url: str) -> None:
    engine = open_database(store_url, 2).engine
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_a_second_upgrade_changes_nothing(store: Store, store_url: str) -> None:
    with store.turn("user", "1") as record:
        record.finish(reply=b"kept", session={"kept": True}, row=None)
    assert migrate.upgrade(store_url) == migrate.HEAD
    with store.turn("user", "1") as record:
        assert record.answered == b"kept"
        assert record.session == {"kept": True}


def test_tables_newer_than_the_program_are_left_alone_and_used(store: Store, store_url: str) -> None:
    with store.writing() as connection:  # an operator went back to this program
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        connection.exec_driver_sql("CREATE TABLE of_a_later_program (id INTEGER)")
    assert migrate.upgrade(store_url) == "9999"
    store.ping()
    with store.turn("user", "1") as record:
        record.finish(reply=b"stored", session={}, row=None)
    with store.reading() as connection:
        assert migrate.revision(connection) == "9999"
    assert "of_a_later_program" in tables(store_url)


def test_down_and_up_again_with_data_in(store_url: str) -> None:
    store = Store(store_url, SECRET)
    with store.turn("user", "1") as record:
        record.finish(reply=b"gone", session={}, row=None)
    store.close()
    assert migrate.downgrade(store_url, "base") == migrate.HEAD
    assert tables(store_url) <= {"alembic_version"}
    assert migrate.upgrade(store_url) == ""
    assert set(metadata.tables) <= tables(store_url)
    with store.turn("user", "1") as record:
        assert record.answered is None
    store.close()


def test_many_processes_may_upgrade_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'deep' / 'bot.db'}"
    with ProcessPoolExecutor(4, FORKED) as pool:
        found = list(pool.map(migrate.upgrade, [url] * 8))
    assert sorted(found) == [""] + [migrate.HEAD] * 7
    assert set(metadata.tables) <= tables(url)


def test_it_works_from_any_folder(tmp_path: Path) -> None:
    code = "import sys; from bot.storage.migrate import upgrade; print(upgrade(sys.argv[1]))"
    root = Path(bot.storage.__file__).parents[2]
    subprocess.run(
        [sys.executable, "-c", code, f"sqlite:///{tmp_path / 'bot.db'}"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(root)}, check=True, timeout=60,
    )  # fmt: skip
    assert set(metadata.tables) <= tables(f"sqlite:///{tmp_path / 'bot.db'}")


def test_a_database_that_is_not_there_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError):
        migrate.upgrade(f"sqlite:///{tmp_path / 'file' / 'bot.db'}")
