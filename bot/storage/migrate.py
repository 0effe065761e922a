"""Brings a database to the tables this version needs."""

from __future__ import annotations

import time
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from bot.storage.engine import StoreError, open_database, reasons, sqlite_file
from bot.storage.pg_tools import left_aside

HEAD = "0005"  # the newest revision; a test compares it with migrations/versions
_WAIT_SECONDS = 30.0
_UPGRADE_TURN = 0


def upgrade(url: str, revision: str = "head") -> str:
    """Migrate up to `revision`; many processes may do so at once. Returns the revision found before, "" for none.

    Tables that are newer than this program, which an operator went back to, are left as they are: migrations only add, so
    it works with them.

    Raises:
        StoreError: the database can't be reached or written.
    """
    return _migrate(url, revision, up=True)


def downgrade(url: str, revision: str) -> str:
    """Migrate down to `revision` ("base" drops every table with its data). Returns the revision found before."""
    return _migrate(url, revision, up=False)


def revision(connection: Connection) -> str:
    """The revision this database is at; "" when nothing was ever migrated."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return ""
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return str(found or "")


def _migrate(url: str, target: str, up: bool) -> str:
    with reasons():
        database = open_database(url, _WAIT_SECONDS, connections=1)
        engine = database.engine
        try:
            if engine.dialect.name == "sqlite":
                sqlite_file(engine.url).parent.mkdir(parents=True, exist_ok=True)
                _use_wal(engine)
            # The turn of nobody: held on both databases, so that a second upgrade waits for the first.
            with database.turn(_UPGRADE_TURN) as connection, database.writing(connection):
                before = revision(connection)
                if not before and left_aside(connection):
                    raise StoreError(
                        "上一次 db restore 没有做完，原来的数据在旁边放着：请再运行一次 db restore（会先放回去），不要建空表"
                    )
                if not (up and before >= HEAD and target in ("head", HEAD)):
                    _run(connection, target, up)
            return before
        finally:
            engine.dispose()


def _run(connection: Connection, target: str, up: bool) -> None:
    # Alembic takes longer to import than a server with nothing to migrate should wait.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    (command.upgrade if up else command.downgrade)(config, target)


def _use_wal(engine: Engine) -> None:
    """Readers never wait for the writer. The mode stays with the file; the change itself ignores the busy timeout."""
    deadline = time.monotonic() + _WAIT_SECONDS
    with engine.connect() as connection:
        while True:
            try:
                connection.exec_driver_sql("PRAGMA journal_mode=WAL").all()
                return
            except OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
