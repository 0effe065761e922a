"""`worker` and `remind` as processes, and what a worker leaves that is told to stop."""

from __future__ import annotations

import asyncio
import json
import signal
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import procrastinate
import pytest
import sqlalchemy as sa

from bot.cli import main
from bot.settings import Settings
from bot.storage import planning
from bot.storage.outbox import LOST
from bot.storage.reminder_tables import outbox
from bot.wechat.client import Client
from tests import serving
from tests.conftest import SECRET as KEY
from tests.reminders.conftest import ALL, BY_TALK, BY_TEMPLATE, DUE, FIELDS, TEMPLATE_ID, Stage

Make = Callable[..., Stage]


def environment(one: Stage, url: str, tmp_path: Path, **more: str) -> dict[str, str]:
    """A process that sends by template to the stage's twin, in the tests' time."""
    fields = ";".join(f"{key}={value}" for key, value in FIELDS.items())
    return serving.environment(tmp_path) | {
        "DATABASE_URL": url, "BOT_SECRET_KEY": KEY.decode(), "BOT_VAR": str(tmp_path), "BOT_NOW": DUE.isoformat(),
        "WECHAT_APP_ID": "wxtwin0000000000", "WECHAT_APP_SECRET": "twin-secret", "WECHAT_ACCOUNT": "service-certified",
        "WECHAT_API_BASE_URL": one.twin.url, "WECHAT_TEMPLATE_ID": TEMPLATE_ID, "WECHAT_TEMPLATE_FIELDS": fields,
        **more,
    }  # fmt: skip


def bot(*words: str, env: dict[str, str]) -> tuple[int, str, str]:
    """One command: exit code, stdout, stderr."""
    return serving.command(*words, env=env, cwd=Path(env["BOT_VAR"]))


def stopped_in_the_middle(one: Stage, env: dict[str, str]) -> int:
    """Start a worker, tell it to stop once it sends; its exit code."""
    worker = serving.Child(main, ["worker"], env=env, cwd=Path(env["BOT_VAR"]))
    try:
        while worker.poll() is None and len(one.twin.world.deliveries) < 5:
            threading.Event().wait(0.005)
        worker.send_signal(signal.SIGTERM)
        return worker.wait(60)
    finally:
        worker.close()


def ends_with_rows_left(one: Stage, env: dict[str, str]) -> None:
    """What every worker owes: it ends at once with 0, what it held waits for the next, and that one finishes."""
    assert stopped_in_the_middle(one, env) == 0
    states = one.states()
    assert set(states) == {"sent", "pending"}, "nothing stays in the hands of a worker that is gone"
    assert states["pending"] > 100, "it did not go on to the end"
    code, said, _ = bot("remind", "run", "--json", env=env | {"BOT_SEND_PER_SECOND": "0"})
    assert code == 0
    assert json.loads(said)["states"] == {"sent": 200}
    assert one.states() == {"sent": 200}
    assert max(one.twin.world.delivered.values()) == 1


def test_a_worker_that_is_told_to_stop_stops(stage: Make, tmp_path: Path) -> None:
    one = stage()
    one.subscribe(range(200))
    env = environment(one, str(one.store.database.engine.url), tmp_path, BOT_SEND_PER_SECOND="40")
    ends_with_rows_left(one, env)


@pytest.mark.postgres
def test_a_worker_of_the_queue_that_is_told_to_stop_stops(
    stage: Make, postgres_url: str, tmp_path: Path
) -> None:
    """Several of its jobs wait to deliver; none of them goes on after the signal."""
    from bot.reminders import jobs

    one = stage(url=postgres_url)
    one.subscribe(range(200))
    jobs.prepare(postgres_url)
    queue = jobs.create(postgres_url, one.reminders(BY_TEMPLATE))

    async def ask() -> None:
        async with queue.open_async():
            await queue.tasks["plan"].defer_async(timestamp=0)

    asyncio.run(ask())
    ends_with_rows_left(one, environment(one, postgres_url, tmp_path, BOT_SEND_PER_SECOND="40"))


@pytest.mark.postgres
def test_the_job_of_a_worker_that_was_killed_is_taken_away(stage: Make, postgres_url: str) -> None:
    """Else its lock would stay, and nobody would ever plan again."""
    from bot.reminders import jobs

    one = stage(url=postgres_url)
    one.subscribe(range(30))
    jobs.prepare(postgres_url)
    queue = jobs.create(postgres_url, one.reminders(BY_TEMPLATE))

    async def left_in_hand() -> None:
        async with queue.open_async():
            number = await queue.job_manager.register_worker()
            await queue.tasks["plan"].defer_async(timestamp=0)
            job = await queue.job_manager.fetch_job(queues=None, worker_id=number)
            assert job is not None
            assert job.task_name == "plan"
            await queue.tasks["plan"].defer_async(timestamp=1)  # the next minute's: waits for the lock
            assert await queue.job_manager.fetch_job(queues=None, worker_id=number) is None

    async def later() -> None:
        async with queue.open_async():
            await queue.tasks["sweep"].defer_async(timestamp=2)
            for _ in range(2):  # what it frees is found by the next look
                await queue.run_worker_async(wait=False, concurrency=1, install_signal_handlers=False)

    asyncio.run(left_in_hand())
    with one.store.writing() as connection:  # a minute goes by, and nobody says that he lives
        connection.execute(
            sa.text(
                "UPDATE procrastinate.procrastinate_workers SET last_heartbeat = now() - interval '1 minute'"
            )
        )
    asyncio.run(later())
    assert one.states() == {"sent": 30}


@pytest.mark.postgres
def test_a_worker_waits_for_a_database_that_is_away(
    stage: Make, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.reminders import jobs

    one = stage(url=postgres_url)
    tried: list[str] = []

    def prepare(url: str) -> None:
        tried.append(url)
        if len(tried) < 3:
            raise sa.exc.OperationalError("connect", None, ConnectionRefusedError("refused"))

    async def ended(_queue: Any, _reminders: Any) -> None:
        if len(tried) < 4:
            raise procrastinate.exceptions.ConnectorException("the connection is closed")

    waits: list[float] = []
    monkeypatch.setattr(jobs, "prepare", prepare)
    monkeypatch.setattr(jobs, "_work", ended)
    monkeypatch.setattr("bot.reminders.jobs.time.sleep", waits.append)
    settings = Settings(database_url=postgres_url)
    assert jobs.work(settings, one.reminders(BY_TEMPLATE)) == 0
    assert len(tried) == 4
    assert waits == [jobs.WAIT_SECONDS] * 3


def test_who_watches_sees_when_the_last_planning_ended(stage: Make) -> None:
    one = stage()
    with one.store.reading() as connection:
        assert planning.planned_at(connection) is None
    reminders = one.reminders(BY_TEMPLATE)
    for _ in range(2):
        reminders.plan()
        with one.store.reading() as connection:
            assert planning.planned_at(connection) == reminders._clock.real_now()


@pytest.mark.postgres
def test_tables_of_another_version_are_one_line(stage: Make, postgres_url: str, tmp_path: Path) -> None:
    one = stage(url=postgres_url)
    with one.store.writing() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
    for words in (("worker",), ("remind", "status")):
        code, _, said = bot(*words, env=environment(one, postgres_url, tmp_path))
        assert code == 1
        assert said.splitlines()[-1].endswith("请运行 python -m bot db upgrade")
        assert "Traceback" not in said


def test_the_dry_run_tells_what_a_run_would_send_now(stage: Make, tmp_path: Path) -> None:
    one = stage()
    one.subscribe(range(7))
    env = environment(one, str(one.store.database.engine.url), tmp_path)
    dry: dict[str, Any] = json.loads(bot("remind", "plan", "--json", env=env)[1])
    assert dry["total"] == dry["by_channel"]["template"] == 7
    assert one.states() == {}, "it writes nothing"
    code, said, _ = bot("remind", "run", "--json", env=env)
    assert (code, json.loads(said)["states"]) == (0, {"sent": 7})
    assert json.loads(bot("remind", "plan", "--json", env=env)[1])["total"] == 0
    status = json.loads(bot("remind", "status", "--json", env=env)[1])
    assert status["states"] == {"sent": 7}
    assert json.loads(bot("remind", "cancel", "--json", env=env)[1]) == {"cancelled": 0}


def test_after_stop_no_run_of_this_process_sends(stage: Make) -> None:
    one = stage()
    one.subscribe(range(3))
    reminders = one.reminders(BY_TEMPLATE)
    reminders.plan()
    reminders.deliverer.stop()
    assert reminders.run().ended == {}
    assert one.calls() == 0


def unsure(one: Stage, minutes: int) -> None:
    """All rows wait after a template call, so many minutes ago, whose outcome nobody knows."""
    first = one.clock.real_now() - timedelta(minutes=minutes)
    with one.store.writing() as connection:
        connection.execute(sa.update(outbox).values(channel="template", attempts=1, first_call_at=first))


def test_a_stop_does_not_forget_that_a_call_may_have_gone_out(
    stage: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the next run would call again after the platform forgot the key: the candidate would get two."""
    one = stage()
    one.subscribe(range(3))
    stopping, later = one.reminders(BY_TEMPLATE), one.reminders(BY_TEMPLATE)
    stopping.plan()
    unsure(one, minutes=3)
    claim = stopping.deliverer._claim

    def last(*told: Any) -> Any:
        rows = claim(*told)
        stopping.deliverer.stop()
        return rows

    monkeypatch.setattr(stopping.deliverer, "_claim", last)
    assert stopping.deliverer.run().ended == {}
    assert one.states() == {"pending": 3}
    one.sleep(20 * 60)
    assert later.run().ended == {"unknown": 3}
    assert one.calls() == 0


def test_what_may_have_gone_out_is_never_listed_as_taken_back_or_too_late(
    stage: Make, store_url: str
) -> None:
    for end in ("cancel", "expire", "unsubscribe"):
        one = stage(url=store_url)
        one.subscribe(range(2))
        reminders = one.reminders(BY_TEMPLATE)
        reminders.plan()
        unsure(one, minutes=3)
        if end == "cancel":
            assert reminders.cancel() == 0
        elif end == "expire":
            one.sleep(3 * 24 * 3600)
        else:
            with one.store.writing() as connection:
                connection.execute(sa.text("DELETE FROM subscriptions"))
        reminders.run()
        assert one.states() == {"unknown": 2}, end
        assert {row.reason for row in one.rows()} == {LOST}
        with one.store.writing() as connection:
            for table in ("outbox", "occasions", "subscriptions"):
                connection.execute(sa.text(f"DELETE FROM {table}"))  # noqa: S608  our own names


def test_after_an_unsure_call_no_other_channel_is_tried(stage: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The platform took it, said -1, and refuses the repetition: by 客服消息 it would be the second."""
    from bot.wechat.errors import refused

    said = [refused(-1, "system error", "template"), refused(45015, "out of time", "template")]
    monkeypatch.setattr(Client, "send_template", lambda *_, **__: (_ for _ in ()).throw(said.pop(0)))
    one = stage()
    one.subscribe([1], window="message")
    assert one.reminders(ALL).run().ended == {"unknown": 1}
    assert one.calls() == 0


@pytest.mark.parametrize("account", [BY_TEMPLATE, BY_TALK], ids=["template", "custom"])
def test_the_sums_are_exact_when_two_are_told_to_stop_in_turn(stage: Make, account: Any) -> None:
    one = stage("busy=10%,cut=5%", seed=3)
    one.subscribe(range(60), window="message")
    for stop_after in (1, 2):
        reminders = one.reminders(account, threads=2)
        rounds = iter(range(stop_after))

        def progress(_: Any, reminders: Any = reminders, rounds: Any = rounds) -> None:
            if next(rounds, None) is None:
                reminders.deliverer.stop()

        reminders.run(progress)
    one.reminders(account).run()
    states = one.states()
    assert sum(states.values()) == 60
    assert set(states) <= {"sent", "unknown"}
    assert max(one.twin.world.delivered.values()) == 1
