"""Many at once: the bad day of faults, two workers on one table, a worker that is killed, the queue on PostgreSQL."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bench.reminders import ACCOUNTS, work
from bot.reminders.account import Account
from bot.simulate.platform.control import openid_of
from bot.storage import outbox as rows
from bot.storage.reminder_tables import outbox
from tests.reminders.conftest import ALL, BY_TALK, BY_TEMPLATE, Stage
from tests.serving import Child, environment

Make = Callable[..., Stage]
MIX = "busy=5%,drop=1%,cut=1%,43101=1%,43004=1%,40003=1%,45015=1%,48002=1%,45047=1%,42001@90,45009@150"
ENDS = {"sent", "failed", "unknown", "unreachable"}


@pytest.mark.parametrize("account", [BY_TEMPLATE, ALL, BY_TALK], ids=["template", "all", "custom"])
def test_on_a_bad_day_nobody_gets_two_and_the_sums_are_exact(stage: Make, account: Account) -> None:
    one = stage(MIX, seed=7)
    people = range(1, 241)
    one.subscribe(people, grants=1, window="message")
    reminders = one.reminders(account)
    reminders.run()
    one.sleep(23 * 3600)  # past the midnight that 45009 waits for, to the next morning
    for _ in range(3):
        reminders.run()
        one.sleep(1200)
    states = one.states()
    assert sum(states.values()) == len(people)
    assert set(states) <= ENDS
    assert max(one.twin.world.delivered.values()) == 1
    state = {row.user_hash: row.state for row in one.rows()}
    for number in people:
        ended = state[one.store.user_hash(openid_of(number))]
        assert one.got(number) == 1 if ended == "sent" else ended == "unknown" or one.got(number) == 0
        if account is BY_TEMPLATE and not one.twin.platform.faults.of_person("template", openid_of(number)):
            assert one.got(number) == 1 or ended == "unknown", "reachable, so exactly one, or listed"


def test_two_workers_never_share_a_row(stage: Make, store_url: str) -> None:
    one = stage(url=store_url)
    one.subscribe(range(150))
    workers = [one.reminders(BY_TEMPLATE, threads=3) for _ in range(2)]
    workers[0].plan()
    threads = [threading.Thread(target=worker.deliverer.run) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert one.states() == {"sent": 150}
    assert Counter(one.twin.world.delivered.values()) == {1: 150}
    assert one.calls() == 150, "not even a call too many"


def test_two_claims_never_overlap(stage: Make, store_url: str) -> None:
    one = stage(url=store_url)
    one.subscribe(range(40))
    reminders = one.reminders(BY_TEMPLATE)
    reminders.plan()
    now, lease = one.clock.now(), timedelta(minutes=1)
    taken: list[int] = []
    with one.store.writing() as connection:
        taken += [row.id for row in rows.claim(connection, "a", "", now, now, lease, 25)]
    with one.store.writing() as connection:
        taken += [row.id for row in rows.claim(connection, "b", "", now, now, lease, 25)]
    assert sorted(taken) == sorted(row.id for row in one.rows())


@pytest.mark.postgres
def test_a_claim_passes_over_what_another_is_claiming(stage: Make, postgres_url: str) -> None:
    one = stage(url=postgres_url)
    one.subscribe(range(20))
    one.reminders(BY_TEMPLATE).plan()
    now, lease = one.clock.now(), timedelta(minutes=1)
    with one.store.writing() as first, one.store.writing() as second:
        mine = {row.id for row in rows.claim(first, "a", "", now, now, lease, 12)}
        others = {row.id for row in rows.claim(second, "b", "", now, now, lease, 20)}
    assert len(mine) == 12
    assert len(others) == 8
    assert not mine & others


def _work(url: str, twin: str) -> int:
    work(url, twin, ACCOUNTS["template"])
    return 0


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_in_the_middle_it_goes_on_and_nobody_gets_two(stage: Make, tmp_path: Path, seed: int) -> None:
    """The longer one is `python -m bench.reminders --kill 50`."""
    one = stage()
    people = range(1, 81)
    one.subscribe(people)
    one.reminders(BY_TEMPLATE).plan()
    url = str(one.store.database.engine.url)

    def start() -> Child:
        return Child(_work, url, one.twin.url, env=environment(tmp_path), cwd=tmp_path)

    chance = random.Random(seed)  # noqa: S311  # after how many messages it is killed
    for _ in range(2):
        before = len(one.twin.world.deliveries)
        worker = start()
        wanted = before + chance.randint(1, 25)
        while worker.poll() is None and len(one.twin.world.deliveries) < wanted:
            threading.Event().wait(0.005)
        worker.close()
    last = start()
    assert last.wait(60) == 0
    last.close()
    assert max(one.twin.world.delivered.values()) == 1
    states = one.states()
    assert sum(states.values()) == len(people)
    assert set(states) <= {"sent", "unknown"}
    assert states["sent"] == len(people), "by template what was in flight is settled by its key"


@pytest.mark.postgres
def test_the_queue_plans_and_delivers_as_the_server_does(stage: Make, postgres_url: str) -> None:
    import asyncio

    from bot.reminders import jobs

    one = stage(url=postgres_url)
    one.subscribe(range(30))
    reminders = one.reminders(BY_TEMPLATE, threads=2)
    jobs.prepare(postgres_url)
    jobs.prepare(postgres_url)
    queue = jobs.create(postgres_url, reminders)

    async def once() -> None:
        async with queue.open_async():
            await queue.tasks["plan"].defer_async(timestamp=0)
            await queue.run_worker_async(wait=False, concurrency=1, install_signal_handlers=False)

    asyncio.run(once())
    assert one.states() == {"sent": 30}
    assert Counter(one.twin.world.delivered.values()) == {1: 30}
    with one.store.reading() as connection:
        tables = set(sa.inspect(connection).get_table_names())
    assert not {name for name in tables if name.startswith("procrastinate")}, "in a schema of their own"
    assert outbox.name in tables
