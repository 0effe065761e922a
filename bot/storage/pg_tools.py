"""PostgreSQL's own tools for `db backup` and `db restore`: pg_dump and pg_restore, and what makes a restore whole or nothing.

What is there steps aside under other names until the backup stands in its place. A restore that fails steps back; of one that
was killed the next one does, and until then `db upgrade` refuses to make empty tables over it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.engine import URL

from bot.storage.engine import reasons

# Ours, and that of the reminders' queue (bot/reminders/jobs.py): a dump holds both.
SCHEMAS = ("public", "procrastinate")
_ASIDE = re.compile(rf"(?:{'|'.join(SCHEMAS)})(_before_\d{{8}}_\d{{6}})")
_OTHERS = sa.text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND backend_type = 'client backend'"
)
# HOME: ~/.pgpass, as the bot's own connection reads it.
_ENVIRONMENT = {"PATH": os.defpath, "HOME": str(Path.home()), "LC_ALL": "C.UTF-8"}


class BackupError(Exception):
    """Why there is no backup, or nothing was restored; in Chinese, for the operator."""


def dump(url: URL, data: Path) -> None:
    """All that is committed now, into `data`."""
    _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", "--exclude-schema=*_before_*", f"--file={data}")  # fmt: skip


def load(url: URL, data: Path, keep: Callable[[], Path]) -> Path | None:
    """Put what `dump` wrote in place of what is there; the file that holds what it replaced, None where there was nothing.

    Args:
        keep: makes a backup of what is there.

    Raises:
        BackupError, StoreError: the database is as it was.
    """
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with reasons(), engine.connect() as connection:
            others = connection.execute(_OTHERS).scalar_one()
            if others:
                raise BackupError(f"还有 {others} 个连接在用这个数据库：请先停掉服务（和 worker），再恢复。")
            _tidy(connection)
            kept = keep() if _is_ours(connection) else None
            aside = f"_before_{datetime.now(UTC):%Y%m%d_%H%M%S}"
            found = [schema for schema in SCHEMAS if schema in _names(connection)]
            with _whole(connection):
                for schema in found:
                    connection.exec_driver_sql(f"ALTER SCHEMA {schema} RENAME TO {schema}{aside}")
                connection.exec_driver_sql("CREATE SCHEMA public")
            try:
                _run("pg_restore", url, "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", str(data))  # fmt: skip
            except BaseException:
                _step_back(connection, aside)
                raise
            _drop(connection, aside)
    finally:
        engine.dispose()
    return kept


def left_aside(connection: Connection) -> Sequence[str]:
    """The schemas that a restore which was killed left under another name; () as a rule, and on another database always."""
    if connection.dialect.name != "postgresql":
        return ()
    return [name for name in _names(connection) if _ASIDE.fullmatch(name)]


def _tidy(connection: Connection) -> None:
    """Finish a restore that was killed: forwards where its backup is whole in its place, else back."""
    stamps = sorted({found[1] for name in left_aside(connection) if (found := _ASIDE.fullmatch(name))})
    for stamp in reversed(stamps):  # the newest first: what an older one left is older data
        if _is_ours(connection):
            _drop(connection, stamp)
        else:
            _step_back(connection, stamp)


def _step_back(connection: Connection, aside: str) -> None:
    with _whole(connection):
        for schema in SCHEMAS:
            connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        for schema in SCHEMAS:
            if f"{schema}{aside}" in _names(connection):
                connection.exec_driver_sql(f"ALTER SCHEMA {schema}{aside} RENAME TO {schema}")


def _drop(connection: Connection, aside: str) -> None:
    for schema in SCHEMAS:
        connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {schema}{aside} CASCADE")


def _is_ours(connection: Connection) -> bool:
    """Whether the tables of the bot are there."""
    there = connection.exec_driver_sql("SELECT to_regclass('public.alembic_version') IS NOT NULL").scalar()
    return bool(there)


def _names(connection: Connection) -> list[str]:
    return [str(name) for name in connection.exec_driver_sql("SELECT nspname FROM pg_namespace").scalars()]


@contextmanager
def _whole(connection: Connection) -> Iterator[None]:
    """One transaction of a connection that commits each statement otherwise."""
    connection.exec_driver_sql("BEGIN")
    try:
        yield
    except BaseException:
        connection.exec_driver_sql("ROLLBACK")
        raise
    connection.exec_driver_sql("COMMIT")


def _run(tool: str, url: URL, *options: str) -> None:
    """One of PostgreSQL's tools on this database; the password goes by the environment, where `ps` doesn't show it."""
    path = shutil.which(tool)
    if path is None:
        raise BackupError(
            f"找不到 {tool}：请装上 PostgreSQL 的客户端（Debian、Ubuntu：apt-get install postgresql-client）。"
        )
    # Made anew: URL.set takes None for "as it was", and the password would stay.
    bare = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    # Only what the tool needs of our own environment; the rest of it holds the bot's secrets.
    given = {"PGPASSWORD": str(url.password)} if url.password else {}
    done = subprocess.run(  # noqa: S603  # a tool found on PATH, and no shell
        [path, f"--dbname={bare.render_as_string(hide_password=False)}", *options],
        env=_ENVIRONMENT | given,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [str(done.returncode)]
        # After the error itself pg_restore quotes the statement, which may be a screen long.
        told = next((line for line in lines if "error:" in line or "ERROR:" in line), lines[-1])
        raise BackupError(f"{tool} 没有做成：{told}")
