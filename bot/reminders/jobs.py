"""Many workers on PostgreSQL: Procrastinate is the clock and wakes them. The only file that imports the job queue.

A job carries nothing: the outbox is the truth, and every job runs the same functions as the server's own thread. So a
job that is lost, doubled or retried costs a look into the outbox and no more. Its tables live in a schema of their own.
"""

from __future__ import annotations

import asyncio
import signal

import procrastinate
import sqlalchemy as sa

from bot.observability import get_logger
from bot.reminders.run import Reminders
from bot.settings import Settings
from bot.storage.engine import StoreError

log = get_logger(__name__)

SCHEMA = "procrastinate"
EVERY = "* * * * *"  # a minute: Procrastinate's finest
PARTS = 8  # jobs a minute, and so workers that deliver at once
JOBS_AT_ONCE = 3  # in one process: one delivers, one waits for it, one plans
GRACE_SECONDS = 30
RETRY = procrastinate.RetryStrategy(max_attempts=5, exponential_wait=2, retry_exceptions=[StoreError])


def work(settings: Settings, reminders: Reminders) -> int:
    """Until SIGTERM or SIGINT; the rows in hand are finished first. 0."""
    prepare(settings.store_url)
    queue = create(settings.store_url, reminders)
    asyncio.run(_work(queue, reminders))
    return 0


def prepare(url: str) -> None:
    """Make the queue's tables where they are missing; many processes may do so at once."""
    engine = sa.create_engine(url)
    try:
        with engine.begin() as connection:
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(5072006)"))
            there = sa.text("SELECT to_regclass('procrastinate.procrastinate_jobs') IS NOT NULL")
            if not connection.execute(there).scalar():
                connection.execute(sa.text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
                connection.execute(sa.text(f"SET LOCAL search_path TO {SCHEMA}"))
                driver = connection.connection.driver_connection
                assert driver is not None  # noqa: S101  we are connected
                driver.execute(procrastinate.schema.SchemaManager.get_schema().encode())
    finally:
        engine.dispose()


def create(url: str, reminders: Reminders) -> procrastinate.App:
    """The queue with its two tasks."""
    address = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    connector = procrastinate.PsycopgConnector(
        conninfo=address, kwargs={"options": f"-c search_path={SCHEMA}"}
    )
    queue = procrastinate.App(connector=connector)

    @queue.task(name="deliver", retry=RETRY)
    def deliver() -> None:
        reminders.deliverer.run()

    @queue.periodic(cron=EVERY)
    @queue.task(name="plan", lock="plan", queueing_lock="plan", retry=RETRY)
    def plan(timestamp: int) -> None:
        reminders.plan()
        for part in range(PARTS):
            try:
                deliver.configure(queueing_lock=f"deliver {part}").defer()
            except procrastinate.exceptions.AlreadyEnqueued:
                continue  # the last minute's is still waiting: it will see the same rows

    return queue


async def _work(queue: procrastinate.App, reminders: Reminders) -> None:
    async with queue.open_async():
        worker = asyncio.ensure_future(
            queue.run_worker_async(
                concurrency=JOBS_AT_ONCE,
                install_signal_handlers=False,
                delete_jobs="successful",
                shutdown_graceful_timeout=GRACE_SECONDS,
            )
        )

        def stop() -> None:
            reminders.deliverer.stop()
            worker.cancel()

        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, stop)
        log.info("worker_started", worker=reminders.worker)
        await asyncio.gather(worker, return_exceptions=True)
