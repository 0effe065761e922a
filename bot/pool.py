"""The threads of one worker process: one answers at a time, as long as that goes quickly."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from queue import Empty, SimpleQueue
from typing import Any

STUCK_SECONDS = 0.02  # ten answers; what takes longer waits for the database, for a slow visitor, or is a page of the console

_IDLE = float("inf")  # for a task not begun yet: later than any

_Task = tuple["Future[Any]", Callable[..., Any], tuple[Any, ...], dict[str, Any]]


class Pool(Executor):
    """Runs tasks in the order they came, on as many threads as they need and no more.

    Python runs one thread at a time, whatever their number; several that are at work only take the interpreter from one
    another, at every statement of the database, and while one waits to get it back it keeps the turn to write from everybody: with
    8 threads the slowest 1 % of the answers took twice as long as with one. But a thread may have to wait, and nobody must
    wait for that. So `at_once` of them work; when all of these are stuck and there is more to do, `look` lets in one more.
    One leaves again when it has ended and another is not stuck.
    """

    def __init__(self, threads: int, at_once: int = 1, stuck_seconds: float = STUCK_SECONDS) -> None:
        """threads: at most so many tasks run at once, when all of them are stuck."""
        self._stuck = stuck_seconds
        self._tasks: SimpleQueue[_Task | None] = SimpleQueue()
        self._doors = threading.Semaphore(at_once)
        self._lock = threading.Lock()
        self._leave = 0  # so many more were let in than `at_once`
        self._outside = threads - at_once
        self._began: dict[int, float] = {}  # thread let in -> when its task began
        self._threads = [
            threading.Thread(target=self._run, name=f"answers-{n}", daemon=True) for n in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """See Executor."""
        future: Future[Any] = Future()
        self._tasks.put((future, fn, args, kwargs))
        return future

    def busy(self) -> bool:
        """Whether tasks wait for a thread, so that `look` must be called again soon."""
        return not self._tasks.empty()

    def look(self) -> None:
        """Let one more thread in if all are stuck; called by one thread, after `stuck_seconds` at the latest while `busy`."""
        if self._tasks.empty() or not self._outside:
            return
        with self._lock:
            if not self._flows():
                self._leave += 1
                self._outside -= 1
                self._doors.release()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """See Executor. What is under way is finished if the process lives that long."""
        if cancel_futures:
            try:
                while task := self._tasks.get_nowait():
                    task[0].cancel()
            except Empty:
                pass
        for _ in self._threads:
            self._tasks.put(None)
            self._doors.release()
        if wait:
            for thread in self._threads:
                thread.join()

    def _run(self) -> None:
        me = threading.get_ident()
        while True:
            self._doors.acquire()
            while not self._may_leave(me):
                task = self._tasks.get()
                if task is None:
                    return
                self._began[me] = time.monotonic()
                _done(*task)

    def _may_leave(self, me: int) -> bool:
        """Whether this thread, which has no task now, goes out again: one more than needed was let in."""
        with self._lock:
            self._began.pop(me, None)
            if self._leave and self._flows():
                self._leave -= 1
                self._outside += 1
                return True
            self._began[me] = _IDLE
            return False

    def _flows(self) -> bool:
        """Whether one of those let in is not stuck."""
        since = time.monotonic() - self._stuck
        return any(began >= since for began in list(self._began.values()))


def _done(future: Future[Any], fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = fn(*args, **kwargs)
    except BaseException as error:  # noqa: BLE001  # whoever asks for the result gets it
        future.set_exception(error)
    else:
        future.set_result(result)
