"""A whole database in one file, and back: `db backup` while the service runs, `db restore` while it stands still.

The file is a tar of two: manifest.json, and what the database's own tool wrote (a SQLite file, or pg_dump's archive).
"""

from __future__ import annotations

import gzip
import hashlib
import hmac
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL

from bot.storage import migrate, pg_tools
from bot.storage.engine import open_database, reasons, sqlite_file
from bot.storage.pg_tools import BackupError as BackupError
from bot.storage.tables import metadata

_MANIFEST, _DATA = "manifest.json", "data"
# Folders of a run that was killed begin so; none takes longer.
_UNFINISHED, _UNRESTORED, _LONGEST_SECONDS = ".backup", ".restore", 6 * 3600


@dataclass(frozen=True)
class Backup:
    """What a backup says about itself.

    kind: "sqlite" or "postgresql". revision: of its tables. key: hint of the BOT_SECRET_KEY that made its user hashes; it
    tells keys apart and doesn't give one away. at: aware. size: bytes of the file. kept: where `restore` left what it replaced.
    """

    kind: str
    revision: str
    key: str
    at: datetime
    size: int = 0
    kept: Path | None = None


def key_hint(secret: bytes) -> str:
    """8 hex digits, the same for the same key."""
    return hmac.new(secret, b"backup hint", hashlib.sha256).hexdigest()[:8]


def backup(url: str, file: Path, secret: bytes, now: datetime) -> Backup:
    """Write all that is committed now to `file`, whole or not at all, for its owner's eyes only.

    Raises:
        BackupError, StoreError: nothing was written.
    """
    parsed = sa.make_url(url)
    database = open_database(url, 30.0, connections=1)
    try:
        with reasons(), database.engine.connect() as connection:
            revision = migrate.revision(connection)
    finally:
        database.engine.dispose()
    if not revision:
        raise BackupError("数据库是空的，没有可以备份的；请看 DATABASE_URL 和 BOT_VAR 对不对。")
    made = Backup(parsed.get_backend_name(), revision, key_hint(secret), now)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        _sweep(file.parent, now)
        with tempfile.TemporaryDirectory(
            dir=file.parent, prefix=_UNFINISHED
        ) as folder:  # 0700, on the same disk
            data, whole = Path(folder) / _DATA, Path(folder) / "whole"
            (_dump_sqlite if made.kind == "sqlite" else pg_tools.dump)(parsed, data)
            _pack(made, data, whole)
            os.replace(whole, file)
    except (OSError, sqlite3.Error) as error:
        raise BackupError(f"备份没有写成：{error}") from error
    return replace(made, size=file.stat().st_size)


def _sweep(folder: Path, now: datetime) -> None:
    """Remove what a run that was killed left there: a whole copy of the database, which no rule about *.bak finds."""
    for left in (*folder.glob(f"{_UNFINISHED}*/"), *folder.glob(f"{_UNRESTORED}*/")):
        if now.timestamp() - left.stat().st_mtime > _LONGEST_SECONDS:
            shutil.rmtree(left, ignore_errors=True)


def restore(url: str, file: Path, secret: bytes, replace_data: bool) -> Backup:
    """Put the database of `file` in place of the one at `url`, and bring its tables to this version.

    Args:
        secret: must be the key that the backup was made under, else nobody would be known again.
        replace_data: also when there is data in the database now; it is kept beside, see Backup.kept.

    Raises:
        BackupError, StoreError: the database is as it was, or (told so) in Backup.kept.
    """
    parsed = sa.make_url(url)
    kind = parsed.get_backend_name()
    place = sqlite_file(parsed).parent if kind == "sqlite" else file.parent
    try:
        place.mkdir(parents=True, exist_ok=True)
        _sweep(place, datetime.now(UTC))
        with tempfile.TemporaryDirectory(dir=place, prefix=_UNRESTORED) as folder:
            found = _unpack(file, Path(folder))
            if found.kind != kind:
                raise BackupError(
                    f"备份出自 {found.kind}，而 DATABASE_URL 是 {kind}；两种数据库不能互相恢复。"
                )
            if found.revision > migrate.HEAD:
                raise BackupError(
                    f"备份的数据表版本 {found.revision} 比程序的 {migrate.HEAD} 新：请先升级程序。"
                )
            if found.key != key_hint(secret):
                raise BackupError(
                    f"备份时的 BOT_SECRET_KEY（指纹 {found.key}）和现在的（{key_hint(secret)}）不同：请先换成那时的密钥。"
                )
            if _has_data(url) and not replace_data:
                raise BackupError("现在的数据库里有数据。确定要用备份换掉，请加 --yes（换下来的会留着）。")
            data = Path(folder) / _DATA
            kept = (
                _load_sqlite(parsed, data) if kind == "sqlite" else _load_postgres(parsed, data, file, secret)
            )
    except (OSError, sqlite3.Error, tarfile.TarError) as error:
        raise BackupError(f"没有恢复成：{error}") from error
    migrate.upgrade(url)
    return replace(found, kept=kept)


def _pack(made: Backup, data: Path, whole: Path) -> None:
    facts = {name: value for name, value in asdict(made).items() if name not in ("size", "kept")}
    manifest = data.with_name(_MANIFEST)
    manifest.write_text(json.dumps(facts | {"at": made.at.isoformat()}))
    with whole.open("xb") as out:
        os.fchmod(out.fileno(), 0o600)
        with tarfile.open(fileobj=out, mode="w:gz", compresslevel=1) as tar:
            tar.add(manifest, _MANIFEST)
            tar.add(data, _DATA)
        out.flush()
        os.fsync(out.fileno())


def _unpack(file: Path, folder: Path) -> Backup:
    try:
        with gzip.open(file) as whole:  # to its end, where its checksum stands; a tar ends before that
            while whole.read(1 << 20):
                pass
        with tarfile.open(file, "r:gz") as tar:
            for name in (_MANIFEST, _DATA):
                # Not tar.extract: its filter, without which it may write anywhere, came with 3.11.4 (Debian 12 has 3.11.2).
                member = tar.extractfile(name)
                if member is None:
                    raise KeyError(name)
                with member, (folder / name).open("wb") as out:
                    shutil.copyfileobj(member, out)
        facts = json.loads((folder / _MANIFEST).read_text())
        return Backup(**facts | {"at": datetime.fromisoformat(facts["at"])})
    except (
        tarfile.TarError,
        gzip.BadGzipFile,
        zlib.error,
        EOFError,
        KeyError,
        TypeError,
        ValueError,
    ) as error:
        raise BackupError(f"{file} 不是完整的备份（{type(error).__name__}）。") from None


def _has_data(url: str) -> bool:
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite" and not sqlite_file(parsed).exists():
        return False
    engine = open_database(url, 30.0, connections=1).engine
    try:
        with reasons(), engine.connect() as connection:
            there = sa.inspect(connection).get_table_names()
            tables = [table for table in metadata.sorted_tables if table.name in there]
            return any(
                connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first()
                for table in tables
            )
    finally:
        engine.dispose()


def _load_postgres(url: URL, data: Path, file: Path, secret: bytes) -> Path | None:
    def keep() -> Path:
        now = datetime.now(UTC)
        kept = file.with_name(f"before-restore-{now:%Y%m%d-%H%M%S}.bak")
        backup(url.render_as_string(hide_password=False), kept, secret, now)
        return kept

    return pg_tools.load(url, data, keep)


# --- SQLite


def _dump_sqlite(url: URL, data: Path) -> None:
    """VACUUM INTO copies one committed state, waits for nobody, and leaves no trace of what was deleted."""
    with closing(sqlite3.connect(sqlite_file(url), timeout=30, isolation_level=None)) as connection:
        connection.execute("VACUUM INTO ?", (str(data),))
    _sound(data)


def _load_sqlite(url: URL, data: Path) -> Path | None:
    _sound(data)
    current = sqlite_file(url)
    kept = None
    if current.exists():
        with closing(sqlite3.connect(current, timeout=1, isolation_level=None)) as connection:
            try:  # leaving WAL needs the file for oneself, so it finds out whether anybody has it open
                connection.execute("PRAGMA journal_mode=DELETE").fetchall()
            except sqlite3.OperationalError:
                raise BackupError("数据库正在使用：请先停掉服务（和 worker），再恢复。") from None
        kept = current.with_name(f"{current.name}.{datetime.now(UTC):%Y%m%d-%H%M%S}.old")
        os.replace(current, kept)
    os.replace(data, current)
    return kept


def _sound(data: Path) -> None:
    with closing(sqlite3.connect(data)) as connection:
        (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        raise BackupError(f"数据文件坏了：{found}")
