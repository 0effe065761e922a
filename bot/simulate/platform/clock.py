"""The twin's own time, which a rehearsal may move: 10 minutes, 48 hours and midnight come when they are called."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))  # where the platform's days turn over


class TwinClock:
    """Runs on from where it was set; `frozen` stands still until it is moved."""

    def __init__(self, now: datetime | None = None, frozen: bool = False) -> None:
        """now: aware; None is the real time."""
        self._frozen = frozen
        self.set(now or datetime.now(UTC))

    def now(self) -> datetime:
        """Aware, UTC."""
        run = 0.0 if self._frozen else time.monotonic() - self._set_at
        return self._start + timedelta(seconds=run)

    def seconds(self) -> float:
        """The same, as a Unix time."""
        return self.now().timestamp()

    def set(self, now: datetime) -> None:
        """now: aware."""
        self._start, self._set_at = now.astimezone(UTC), time.monotonic()

    def advance(self, seconds: float) -> None:
        """Forward, or back."""
        self.set(self.now() + timedelta(seconds=seconds))

    def day(self) -> str:
        """The day that quotas count by, "2024-04-09"."""
        return self.now().astimezone(BEIJING).date().isoformat()

    def month(self) -> str:
        """ "2024-04"."""
        return self.day()[:7]
