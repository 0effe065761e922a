"""Shanghai's days, counted; a day that is over is counted once a process, so that a month costs no more than today."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import date, datetime, time, timedelta

from bot.console.parts import Console
from bot.schedule.deadlines import SHANGHAI, today
from bot.storage.statistics import Counts, counts

_KEPT = 100  # days, of some 20 KB
_SETTLED = timedelta(minutes=5)  # after midnight the last messages of a day are still being written


class Days:
    """Safe for threads."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._kept: OrderedDict[date, Counts] = OrderedDict()
        self._lock = threading.Lock()

    def last(self, days: int, before: int = 0) -> list[tuple[date, Counts]]:
        """The last `days` days, today the last of them, oldest first; `before`: so many days earlier.

        Raises:
            StoreError: the database can't be used.
        """
        end = today(self._console.clock.real_now()) - timedelta(days=before)
        return [
            (day, self._of(day)) for day in (end - timedelta(days=back) for back in range(days - 1, -1, -1))
        ]

    def _of(self, day: date) -> Counts:
        with self._lock:
            if day in self._kept:
                self._kept.move_to_end(day)
                return self._kept[day]
        since = datetime.combine(day, time.min, SHANGHAI)
        until = since + timedelta(days=1)
        found = counts(self._console.store, since, until)
        if self._console.clock.real_now() >= until + _SETTLED:
            with self._lock:
                self._kept[day] = found
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        return found
