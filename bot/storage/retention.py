"""What must not be kept for ever is deleted by age."""

from __future__ import annotations

import contextlib
import threading
from datetime import timedelta

from bot.storage.engine import StoreError
from bot.storage.store import Store

_EVERY_SECONDS = 3600.0


def keep_tidy(store: Store, days: int, stop: threading.Event) -> None:
    """Purge now and every hour until `stop` is set; a thread of every worker may run it, the second finds nothing."""
    while not stop.is_set():
        with contextlib.suppress(
            StoreError
        ):  # the next message says so in the log; the next hour tries again
            store.purge(store.now() - timedelta(days=days))
        stop.wait(_EVERY_SECONDS)
