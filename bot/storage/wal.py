"""SQLite's write-ahead log: moved into the database's file beside the messages, not in the middle of one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from bot.storage.locks import FileLocks
from bot.storage.prepared import driver

# Without a keeper (a command, a process that was stopped) a message pays for moving the log at this many pages of 4 KiB.
AUTOCHECKPOINT_PAGES = 32_000
_LONG = 16 * 2**20  # bytes; some 400 messages
_LOOK_SECONDS = 0.1
_REST_SECONDS = 1.0  # after a try that somebody's long read, a lock or the disk kept from its end
_WRITER_SECONDS = 0.5  # the longest wait for the turn to write
_READERS_MILLISECONDS = 20  # how long messages may wait while those who read the log let go of it
_PASSES = 2


class WriteAheadLog:
    """Emptying the log waits for the disk, 50 ms at a time on a small machine: a server leaves that to a thread.

    Nearly all of it is moved while messages write on; what they wrote meanwhile is little, and is moved with their turn
    to write held. So a message waits some milliseconds where it waited for all of it before. Every worker may have such
    a thread: SQLite lets one of them move, the others look again.
    """

    def __init__(self, engine: Engine, file: Path, locks: Callable[[], FileLocks]) -> None:
        self._engine, self._locks = engine, locks
        self._file = file.with_name(file.name + "-wal")
        self._wanted = threading.Event()
        self._kept = False

    def wipe(self) -> None:
        """See that nothing of what was deleted stays in the log: at once, or by the keeper where one runs here.

        At once it is one try; a process that reads just now keeps the rows until the log is next emptied.
        """
        if self._kept:
            self._wanted.set()
        else:
            self._empty()

    def keep(self, stop: threading.Event) -> None:
        """Empty the log whenever it is long or somebody was erased, until `stop` is set."""
        self._wanted.set()  # a killed process may have left something to wipe
        self._kept = True
        try:
            while not stop.is_set():
                if (self._wanted.wait(_LOOK_SECONDS) or self._size() > _LONG) and not self._emptied():
                    stop.wait(_REST_SECONDS)
        finally:
            self._kept = False

    def _emptied(self) -> bool:
        self._wanted.clear()  # before, so that whoever is erased meanwhile is wiped next time
        if not self._empty():
            self._wanted.set()
        return not self._wanted.is_set()

    def _empty(self) -> bool:
        """Whether all of it is in the file now, and none of it in the log."""
        try:
            with self._engine.connect() as connection:
                raw = driver(connection)
                for _ in range(_PASSES):
                    raw.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
                patience = raw.execute("PRAGMA busy_timeout").fetchone()[0]
                with self._locks().write(_WRITER_SECONDS):
                    raw.execute(f"PRAGMA busy_timeout={_READERS_MILLISECONDS}")
                    try:
                        busy = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
                    finally:
                        raw.execute(f"PRAGMA busy_timeout={patience}")
                return not busy
        except Exception:  # noqa: BLE001  # locked, full, read-only, gone: the messages say so, and the next try comes
            return False

    def _size(self) -> int:
        try:
            return self._file.stat().st_size
        except OSError:
            return 0  # nobody wrote yet
