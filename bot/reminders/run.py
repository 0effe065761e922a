"""Plan what is due, deliver it, and say how it went: what the server's thread, `worker` and `remind run` all call."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from bot.answers import subscribed
from bot.clock import Clock
from bot.knowledge.model import Knowledge
from bot.observability import get_logger
from bot.reminders import message, plan
from bot.reminders.account import Account
from bot.reminders.context import Sender
from bot.reminders.deliver import Deliverer, Progress, occasion_of
from bot.reminders.pace import Pace
from bot.schedule.deadlines import Window
from bot.settings import Settings
from bot.storage import corrections, outbox, planning
from bot.storage.engine import StoreError
from bot.storage.planning import Wanted
from bot.storage.store import Store

log = get_logger(__name__)

EVERY_SECONDS = 20.0  # between two looks at what is due
SHARES = 64  # of all user hashes; a transaction each, so that no message waits for the planner
LEASE = timedelta(
    seconds=60
)  # of a planning, renewed with every share; and of being the one process that ticks
PLAN_PATIENCE = 90  # seconds to wait for another process's planning
CORRECTABLE = timedelta(days=30)  # after its end a window's date interests nobody
STOPPED_BY_STAFF = "编辑或运维取消"

Filled = Callable[[int, int, int], None]


@dataclass(frozen=True)
class Change:
    """A date that was told and holds no more. told: candidates to correct · unsure: rows of whom nobody knows."""

    region: str
    year: int
    stage: str
    before: Window
    now: tuple[Window, ...]
    told: int
    unsure: int
    text: str


class Reminders:
    """Everything of one process; safe to have in many at once."""

    def __init__(
        self,
        store: Store,
        account: Account,
        sender: Sender | None,
        knowledge: Callable[[], Knowledge],
        clock: Clock,
        *,
        threads: int = 8,
        pace: Pace | None = None,
        sleep: Callable[[float], None] = time.sleep,
        **options: Any,
    ) -> None:
        """options: for Deliverer (lease). The worker's name is made here: no process ever has another's."""
        self._store, self.account, self._knowledge, self._clock = store, account, knowledge, clock
        self.worker = secrets.token_hex(8)
        self.deliverer = Deliverer(
            store, account, sender, knowledge, clock, self.worker,
            threads=threads, pace=pace, sleep=sleep, **options,
        )  # fmt: skip
        self._sleep = sleep

    def plan(self, filled: Filled | None = None) -> int:
        """Rows for everything that is due and not planned yet; the number of new ones. One process at a time.

        Args:
            filled: told after each share: shares done, shares in all, rows so far.
        """
        for _ in range(PLAN_PATIENCE):
            if self.deliverer.stopped:
                return 0
            if self._lease("plan"):
                break
            self._sleep(1.0)
        else:
            return 0
        try:
            rows = self._plan(filled)
            with self._store.writing() as connection:
                planning.note_planned(
                    connection, self._store.database.insert, self.worker, self._clock.real_now()
                )
            return rows
        finally:
            with self._store.writing() as connection:
                planning.release(connection, "plan", self.worker)

    def _plan(self, filled: Filled | None) -> int:
        kb, now, real = self._knowledge(), self._clock.now(), self._clock.real_now()
        with self._store.writing() as connection:
            self._withdraw(connection, kb, now, real)
            found = [values_of(one) for one in plan.due(kb, planning.regions(connection), now)]
            planning.remember(connection, self._store.database.insert, found, now.replace(microsecond=0))
            waiting = planning.unplanned(connection, now)
            audiences = planning.audiences(connection) if waiting else []
        rows = 0
        slots = [(slot, list(ones)) for slot, ones in groupby(waiting, key=lambda one: one.slot)]
        for number, (slot, ones) in enumerate(slots):
            wanted = [wanted_of(one.id, occasion_of(one), audiences) for one in ones]
            for step, share in enumerate(shares(), 1):
                with self._store.writing() as connection:
                    rows += planning.fill(connection, self._store.database.insert, wanted, slot, share, real)
                if filled:
                    filled(number * SHARES + step, len(slots) * SHARES, rows)
                if self.deliverer.stopped or not self._lease("plan"):
                    return rows  # the end, or another process took over; what is filled stays filled
            with self._store.writing() as connection:
                planning.planned(connection, [one.id for one in ones], real)
        if rows:
            log.info("reminders_planned", rows=rows)
        return rows

    def run(
        self,
        progress: Callable[[Progress], None] | None = None,
        filled: Filled | None = None,
        patience: timedelta = timedelta(minutes=2),
    ) -> Progress:
        """Plan, then deliver what is due."""
        self.plan(filled)
        found = self.deliverer.run(progress, patience)
        if found.done:
            log.info("reminders_delivered", stopped=found.stopped, **found.ended)
        return found

    def resume(self) -> None:
        """Staff start everything again that rested or was stopped."""
        with self._store.writing() as connection:
            planning.resume(connection)

    def cancel(self, kind: str = outbox.REMINDER) -> int:
        """Cancel every row that nothing was called for yet; the number of them. What a call is out for goes on."""
        with self._store.writing() as connection:
            return outbox.cancel(connection, kind, STOPPED_BY_STAFF, self._clock.real_now())

    def changes(self) -> list[Change]:
        """What was told and holds no more, with the draft that puts it right."""
        kb, now, real = self._knowledge(), self._clock.now(), self._clock.real_now()
        with self._store.writing() as connection:
            self._withdraw(connection, kb, now, real)
            found = corrections.told(connection, now - CORRECTABLE)
        changes = []
        for row, told, unsure in found:
            one = occasion_of(row)
            new = subscribed.now_says(one.region, one.year, one.stage, one.window, kb, now)
            text = message.correction([one], kb, now)
            changes.append(Change(one.region, one.year, one.stage, one.window, new, told, unsure, text))
        return changes

    def correct(self) -> int:
        """Staff approve the corrections: rows for exactly those who were told another date; `run` sends them."""
        now, real = self._clock.now(), self._clock.real_now()
        with self._store.writing() as connection:
            self._withdraw(connection, self._knowledge(), now, real)
            gone = [row for row, _, _ in corrections.told(connection, now - CORRECTABLE)]
            slot = now.replace(microsecond=0)
            until = plan.morning(now) + plan.LATEST
            return corrections.correct(connection, self._store.database.insert, gone, real, slot, until)

    def tick(self) -> None:
        """One look of the server's thread, in one process of all at a time; never raises."""
        try:
            if self._lease("tick"):
                self.run(progress=lambda _: self._still())
        except StoreError as error:
            log.warning("reminders_wait", reason=str(error))
        except Exception:  # the next look may fare better; the web goes on
            log.exception("reminders_failed")

    def keep(self, stop: threading.Event, every: float = EVERY_SECONDS, first: float = EVERY_SECONDS) -> None:
        """Look again and again until `stop` is set: the server's own thread, and `worker` on one machine.

        Args:
            every, first: seconds between two looks, and before the first.
        """

        def end() -> None:
            stop.wait()
            self.deliverer.stop()

        threading.Thread(target=end, daemon=True).start()
        wait = first
        while not stop.wait(wait):
            self.tick()
            wait = every

    def _still(self) -> None:
        """A long run stays the one that ticks."""
        self._lease("tick")

    def _lease(self, name: str) -> bool:
        real = self._clock.real_now()
        with self._store.writing() as connection:
            return planning.lease(
                connection, self._store.database.insert, name, self.worker, real, real + LEASE
            )

    def _withdraw(self, connection: Any, kb: Knowledge, now: datetime, real: datetime) -> None:
        """Mark what the notices say otherwise by now, and unmark what they say again."""
        rows = corrections.known(connection, now - CORRECTABLE)
        says = {
            _window_key(one)
            for region in {row.region for row in rows}
            for one in plan.occasions(kb, region, now)
        }
        gone = [
            row.id for row in rows if row.withdrawn_at is None and _window_key(occasion_of(row)) not in says
        ]
        back = [row.id for row in rows if row.withdrawn_at and _window_key(occasion_of(row)) in says]
        corrections.withdraw(connection, gone, back, real)


def of_settings(
    settings: Settings, store: Store, knowledge: Callable[[], Knowledge], clock: Clock
) -> Reminders:
    """As the settings say; no client where the account has no channel."""
    account = Account.of(settings)
    sender: Sender | None = None
    if account.channels:
        from bot.wechat.client import client_of  # 60 ms, which a server without an AppSecret need not pay

        sender = client_of(settings, store)
    return Reminders(
        store, account, sender, knowledge, clock,
        threads=settings.bot_send_threads, pace=Pace(settings.bot_send_per_second),
    )  # fmt: skip


def wanted_of(number: int, one: plan.Occasion, audiences: list[str]) -> Wanted:
    """An occasion as the storage wants it."""
    excluded = tuple(name for name in audiences if not plan.concerns(one.window.audience, one.stage, name))
    return Wanted(number, one.region, one.stage, one.expires_at, excluded)


def values_of(one: plan.Occasion) -> dict[str, Any]:
    """A row of the table of occasions."""
    return {
        "key": one.key, "region": one.region, "level": one.level, "year": one.year, "stage": one.stage,
        "audience": one.window.audience, "opens": plan.written(one.window.opens),
        "closes": plan.written(one.window.closes), "kind": one.kind, "notice": one.notice, "due_at": one.due_at,
        "expires_at": one.expires_at, "closes_at": one.window.closes.ends(),
    }  # fmt: skip


def shares() -> Iterator[tuple[str, str]]:
    """The hex digits' range in SHARES parts, each from … up to but not including …"""
    width = 256 // SHARES
    for number in range(SHARES):
        yield f"{number * width:02x}", f"{(number + 1) * width:02x}" if number < SHARES - 1 else "g"


def _window_key(one: plan.Occasion) -> str:
    """The occasion's key without its kind: the date itself."""
    return one.key.rpartition("|")[0]
