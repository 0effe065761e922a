"""At most so many sends a second, shared by a process's threads: a token bucket for each channel."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Pace:
    """`wait` returns when the next send may go out."""

    def __init__(
        self,
        a_second: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """a_second: of each channel; 0: no limit of ours, the platform's own quotas count alone."""
        self._a_second, self._clock, self._sleep = a_second, clock, sleep
        self._lock = threading.Lock()
        self._next: dict[str, float] = {}

    def wait(self, channel: str) -> None:
        """Take one place in the queue of `channel`; up to a tenth of a second of unused places is kept."""
        if not self._a_second:
            return
        with self._lock:
            now = self._clock()
            at = max(self._next.get(channel, now), now - 0.1)
            self._next[channel] = at + 1 / self._a_second
        if at > now:
            self._sleep(at - now)
