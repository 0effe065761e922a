"""Many named locks in one file, between the threads and processes of one machine: SQLite itself has only one writer."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Two candidates share a slot, and wait for each other in vain, once in SLOTS / (messages under way) messages.
SLOTS = 4096
_WRITER = SLOTS  # one more, for the database's single writer
_FIRST_PAUSE, _LONGEST_PAUSE = 0.0005, 0.01  # seconds between two looks at a lock another process holds
_WRITER_PAUSE = 0.002  # a write takes 1 ms, and one thread a process looks


class FileLocks:
    """One byte of a file a slot, locked by fcntl: the kernel frees it when its process dies, however it dies.

    Such a lock belongs to the process, not to the thread, so each slot has a lock for threads in front of it; and
    closing any descriptor of the file frees them all, so there is one descriptor a process, never closed.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._threads = [threading.Lock() for _ in range(SLOTS + 1)]

    @contextmanager
    def hold(self, number: int, wait_seconds: float) -> Iterator[None]:
        """Nobody else is in here with the same `number`.

        Raises:
            TimeoutError: somebody else stayed longer than `wait_seconds`.
        """
        with self._hold(number % SLOTS, wait_seconds, _LONGEST_PAUSE):
            yield

    @contextmanager
    def write(self, wait_seconds: float) -> Iterator[None]:
        """The turn to write, of all processes. SQLite's own waiting looks again after 100 ms at last: the slowest 1 % of the
        messages of 16 clients took 660 ms with it.

        Raises:
            TimeoutError: as `hold`.
        """
        with self._hold(_WRITER, wait_seconds, _WRITER_PAUSE):
            yield

    @contextmanager
    def _hold(self, slot: int, wait_seconds: float, longest: float) -> Iterator[None]:
        deadline = time.monotonic() + wait_seconds
        if not self._threads[slot].acquire(timeout=wait_seconds):
            raise TimeoutError
        try:
            pause = _FIRST_PAUSE
            while not self._try(slot):
                if time.monotonic() > deadline:
                    raise TimeoutError
                time.sleep(pause)
                pause = min(pause * 2, longest)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN, 1, slot)
        finally:
            self._threads[slot].release()

    def _try(self, slot: int) -> bool:
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, slot)
        except (BlockingIOError, PermissionError):  # "held by another process", in either of POSIX's words
            return False
        return True


_made: dict[Path, FileLocks] = {}
_making = threading.Lock()  # functools.cache would let two first callers make one each


def file_locks(path: Path) -> FileLocks:
    """The locks of this file, one object a process, however many stores it opens."""
    with _making:
        if path not in _made:
            _made[path] = FileLocks(path)
        return _made[path]
