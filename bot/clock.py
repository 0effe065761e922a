"""Two times: the one that answers believe, which a rehearsal may set, and the real one."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """Two times, never mixed: `now()` is what answers and reminder planning believe; `real_now()` is everything else."""

    def __init__(self, rehearsal: datetime | None = None) -> None:
        """rehearsal: aware; `now()` starts there at this moment and runs on. None: both clocks are the real one."""
        self._rehearsal = rehearsal
        self._started = time.monotonic()

    @property
    def rehearsing(self) -> bool:
        """Pages show the date while this holds."""
        return self._rehearsal is not None

    def now(self) -> datetime:
        """Aware, UTC."""
        if self._rehearsal is None:
            return self.real_now()
        return (self._rehearsal + timedelta(seconds=time.monotonic() - self._started)).astimezone(UTC)

    def real_now(self) -> datetime:
        """Aware, UTC."""
        return datetime.now(UTC)
