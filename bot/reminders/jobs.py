"""Many workers on PostgreSQL: Procrastinate is the clock and wakes them. The only file that imports the job queue.

A job carries nothing: the outbox is the truth, and every job runs the same functions as the server's own thread. So a
job that is lost, doubled or retried costs a look into the outbox and no more. Its tables live in a schema of their own.
"""

from __future__ import annotations

import asyncio
import signal
import time

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
BEAT_SECONDS, DEAD_SECONDS = 10.0, 30.0  # a worker says that it lives; who is silent for so long does not
WAIT_SECONDS = 5.0  # before the next try, while the database is away
_AWAY = (sa.exc.OperationalError, procrastinate.exceptions.ConnectorException)
RETRY = procrastinate.RetryStrategy(max_attempts=5, exponential_wait=2, retry_exceptions=[StoreError])


def work(settings: Settings, reminders: Reminders) -> int:
    """Until SIGTERM or SIGINT; the rows in hand are finished first. 0. A database that is away is waited for."""
    while True:
        try:
            prepare(settings.store_url)
            asyncio.run(_work(create(settings.store_url, reminders), reminders))
            return 0
        except _AWAY as error:
            cause = error.__cause__ or error
            log.warning("worker_waits", reason=str(cause).strip().partition("\n")[0] or type(cause).__name__)
        time.sleep(WAIT_SECONDS)


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
    """The queue with its three tasks."""
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

    @queue.periodic(cron=EVERY)
    @queue.task(name="sweep", queueing_lock="sweep", retry=RETRY)
    async def sweep(timestamp: int) -> None:
        # A worker that was killed leaves its job in hand, and with it the lock: nobody would plan again. A job carries
        # nothing, so it is not tried once more, only taken away; the next minute's does its work.
        for job in await queue.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_SECONDS):
            await queue.job_manager.finish_job(job, procrastinate.jobs.Status.FAILED, delete_job=True)
            log.warning("job_taken_back", task=job.task_name, job=job.id)

    return queue


async def _work(queue: procrastinate.App, reminders: Reminders) -> None:
    async with queue.open_async():
        worker = asyncio.ensure_future(
            queue.run_worker_async(
                concurrency=JOBS_AT_ONCE,
                install_signal_handlers=False,
                delete_jobs="successful",
                shutdown_graceful_timeout=GRACE_SECONDS,
                update_heartbeat_interval=BEAT_SECONDS,
                stalled_worker_timeout=DEAD_SECONDS,
            )
        )

        told: list[bool] = []

        def stop() -> None:
            told.append(True)
            reminders.deliverer.stop()
            worker.cancel()

        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, stop)
        log.info("worker_started", worker=reminders.worker)
        [ended] = await asyncio.gather(worker, return_exceptions=True)
        if not told:  # it ended by itself: the database went away
            raise (
                ended if isinstance(ended, _AWAY) else procrastinate.exceptions.ConnectorException(str(ended))
            )
