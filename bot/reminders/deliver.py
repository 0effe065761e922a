"""Claim, send, record: the rows of the outbox that are due, each to its end. Any number of threads, processes and hosts.

What a crash costs: a row is committed as "sending" before the platform is called. Killed in between, a template row is
called again under the same client_msg_id while the platform remembers it (10 minutes), which can't reach anybody twice;
a 客服消息 or 订阅通知 is listed as 未知 and never called again. We would rather send once too few than twice.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.clock import Clock
from bot.knowledge.model import Knowledge
from bot.observability import get_logger
from bot.reminders import plan
from bot.reminders.account import SUBSCRIBE, TEMPLATE, Account
from bot.reminders.attempt import ALL, REMEMBERED, Attempt
from bot.reminders.consent import seal_of
from bot.reminders.context import Context, Kept, Sender
from bot.reminders.pace import Pace
from bot.schedule.deadlines import Moment, Window
from bot.storage import outbox, planning
from bot.storage.engine import StoreError
from bot.storage.outbox import Row
from bot.storage.store import Store

log = get_logger(__name__)

LEASE = timedelta(
    seconds=150
)  # longer than a batch may take: ROWS_A_THREAD × the time limit of a call, 11 s, and some
ROWS_A_THREAD = 6


@dataclass
class Progress:
    """Of one run: rows that came to an end in this process, by state; why it stopped early, "" when it did not."""

    ended: dict[str, int] = field(default_factory=dict)
    stopped: str = ""
    recovered: tuple[int, int] = (0, 0)

    def add(self, state: str, count: int) -> None:
        """So many more ended like this."""
        if count:
            self.ended[state] = self.ended.get(state, 0) + count

    @property
    def done(self) -> int:
        """Rows ended."""
        return sum(self.ended.values())


class Deliverer:
    """One process's deliverer; `run` may be called again and again."""

    def __init__(
        self,
        store: Store,
        account: Account,
        sender: Sender | None,
        knowledge: Callable[[], Knowledge],
        clock: Clock,
        worker: str,
        *,
        threads: int = 8,
        pace: Pace | None = None,
        sleep: Callable[[float], None] = time.sleep,
        lease: timedelta = LEASE,
    ) -> None:
        """sender: None where the account has no channel. worker: another one for every process that ever runs."""
        self._store, self._account, self._clock, self._worker = store, account, clock, worker
        self._threads, self._sleep, self._lease = threads, sleep, lease
        self._running = threading.Lock()  # one run a process: a second would wait for the same rows
        self._context = Context(
            store, account, sender, knowledge, clock, worker, pace or Pace(0), seal_of(store), sleep
        )

    def stop(self) -> None:
        """Ask `run` to end after the rows in hand; for good, so that a run that waits for its turn sends nothing either."""
        self._context.stop.set()

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._context.stop.is_set()

    def run(
        self, progress: Callable[[Progress], None] | None = None, patience: timedelta = timedelta(minutes=2)
    ) -> Progress:
        """Until nothing is left that could be sent within `patience`.

        Raises:
            StoreError: the database can't be used; what was in hand is settled by the next run.
        """
        with self._running:
            return self._run(progress, patience)

    def _run(self, progress: Callable[[Progress], None] | None, patience: timedelta) -> Progress:
        found = Progress()
        self._context.occasions.clear()
        with ThreadPoolExecutor(self._threads, thread_name_prefix="deliver") as pool:
            while not self._context.stop.is_set():
                rows = self._claim(found)
                if progress:
                    progress(found)
                if not rows:
                    if found.stopped or not self._wait(patience):
                        break
                    continue
                for state in pool.map(self._handle, rows):
                    if state:
                        found.add(state, 1)
        if progress:
            progress(found)
        return found

    def _claim(self, found: Progress) -> list[Row]:
        now, real = self._clock.now(), self._clock.real_now()
        template = self._account.templates.get(SUBSCRIBE, "")
        with self._store.writing() as connection:
            back, lost = outbox.recover(connection, TEMPLATE, real, REMEMBERED)
            found.recovered = (found.recovered[0] + back, found.recovered[1] + lost)
            late = outbox.expire(connection, now, real)
            found.add("unknown", lost)
            for state, count in late.items():
                found.add(state, count)
            resting = planning.resting(connection, now)
            self._context.resting.clear()
            self._context.resting.update(resting)
            if ALL in resting:
                found.stopped = resting[ALL][1]
                return []
            if plan.is_night(now):
                return []
            most = self._threads * ROWS_A_THREAD
            rows = outbox.claim(connection, self._worker, template, now, real, self._lease, most)
            missing = {one for row in rows for one in row.occasions} - self._context.occasions.keys()
            for one in planning.occasions_of(connection, sorted(missing)):
                kept = Kept(occasion_of(one), one.withdrawn_at is not None)
                self._context.occasions[one.id] = kept
        return rows

    def _wait(self, patience: timedelta) -> bool:
        """Sleep until a row may be sent, or is given back; False when that is too far off."""
        with self._store.reading() as connection:
            due = planning.next_time(connection)
        if due is None or due > self._clock.now() + patience:
            return False
        if plan.is_night(self._clock.now()):
            return False
        self._sleep(min(1.0, max(0.05, (due - self._clock.now()).total_seconds())))
        return True

    def _handle(self, row: Row) -> str:
        """One row to its end; the state it ended in, "" when it goes on later."""
        attempt = Attempt(self._context, row)
        try:
            return attempt.run()
        except StoreError as error:  # the row stays as it is, and the next run settles it
            log.warning("reminder_waits", row=row.id, reason=str(error))
            return ""
        except Exception:  # a mistake of ours must not come round again for ever
            log.exception("reminder_failed", row=row.id)
            return attempt.broken()


def occasion_of(row: Any) -> plan.Occasion:
    """A row of the table as the planner's value."""
    window = Window(Moment.parse(row.opens), Moment.parse(row.closes), row.audience)
    return plan.Occasion(row.region, row.level, row.year, row.stage, window, row.kind, row.due_at, row.notice)
