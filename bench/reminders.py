"""`python -m bench.reminders [--plan] [--mix] [--rate] [--kill N]`: planning, sending and dying, measured.

Everything by default. --postgres URL: a server that allows CREATE DATABASE; without one, its parts are left out.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import random
import resource
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.clock import Clock
from bot.knowledge.load import load
from bot.reminders.account import CUSTOM, SUBSCRIBE, TEMPLATE, Account
from bot.reminders.consent import seal_of
from bot.reminders.run import Reminders
from bot.settings import PROJECT
from bot.simulate.platform.clock import TwinClock
from bot.simulate.platform.control import openid_of
from bot.simulate.platform.faults import parse
from bot.simulate.platform.server import APP_ID, SECRET, Twin
from bot.storage.migrate import upgrade
from bot.storage.planning import states
from bot.storage.reminder_tables import contacts, grants, outbox, subscriptions
from bot.storage.store import Store
from bot.storage.tokens import Tokens
from bot.wechat.client import Client

KEY = b"a secret of the tests, 32 bytes."  # tests/conftest.py's: a test lets `work` go on with its database
DUE = datetime.fromisoformat("2024-04-08T09:00:10+08:00")  # a day before 四川's 技能缴费 closes
GRANT = "grant-template"
FIELDS = {"thing1": "{考区}{环节}", "thing2": "{截止}截止", "thing3": "{提示}"}
BY_TEMPLATE = Account(channels=(TEMPLATE,), templates={TEMPLATE: "t"}, fields={TEMPLATE: FIELDS})
BY_ALL = Account(
    channels=(SUBSCRIBE, TEMPLATE, CUSTOM),
    templates={TEMPLATE: "t", SUBSCRIBE: GRANT},
    fields={TEMPLATE: FIELDS, SUBSCRIBE: FIELDS},
)
BY_TALK = Account(channels=(CUSTOM,))
ACCOUNTS = {"template": BY_TEMPLATE, "all": BY_ALL, "custom": BY_TALK}
TROUBLE = "busy=3%,busydone=2%,cut=2%,drop=1%"  # repeated calls, for a kill to fall between
MIX = "busy=5%,drop=1%,cut=1%,43101=1%,43004=1%,40003=1%,45015=1%,48002=1%,45047=1%,42001@3000,45009@5000"


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench.reminders", description=__doc__)
    parser.add_argument("--plan", action="store_true")
    parser.add_argument("--mix", action="store_true")
    parser.add_argument("--rate", action="store_true")
    parser.add_argument("--kill", type=int, default=0, metavar="N")
    parser.add_argument("--postgres", default="", metavar="URL")
    parser.add_argument("--subscribers", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--account", choices=ACCOUNTS, default="template")
    parser.add_argument("--work", nargs=2, metavar=("DATABASE", "TWIN"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    logging.disable(logging.ERROR)  # each refusal is a line otherwise
    if args.work:
        work(args.work[0], args.work[1], ACCOUNTS[args.account])
        return
    everything = not (args.plan or args.mix or args.rate or args.kill)
    if args.plan or everything:
        with sqlite() as url:
            planning(url, args.subscribers or 100_000)
        if args.postgres:
            with postgres(args.postgres) as url:
                planning(url, args.subscribers or 1_000_000)
    if args.mix or everything:
        for name, account in ACCOUNTS.items():
            with sqlite() as url:
                mix(url, name, account, args.subscribers or 10_000, args.seed)
    if args.rate or everything:
        for make in databases(args.postgres):
            with make() as url:
                rate(url, args.subscribers or 3_000)
    if args.kill or everything:
        for make in databases(args.postgres):
            with make() as url:
                kills(url, args.kill or 50, args.subscribers or 4_000, args.seed, args.account)


def databases(server: str) -> list[Callable[[], contextlib.AbstractContextManager[str]]]:
    """What makes one: SQLite, and PostgreSQL where a server is named."""
    return [sqlite, partial(postgres, server)] if server else [sqlite]


@contextlib.contextmanager
def sqlite() -> Iterator[str]:
    """A migrated SQLite file that goes with the block."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bot.db'}"
        upgrade(url)
        yield url


@contextlib.contextmanager
def postgres(server: str) -> Iterator[str]:
    """A migrated PostgreSQL database that goes with the block."""
    admin, name = sa.create_engine(server, isolation_level="AUTOCOMMIT"), f"bench_{secrets.token_hex(4)}"
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    url = sa.make_url(server).set(database=name).render_as_string(hide_password=False)
    try:
        upgrade(url)
        yield url
    finally:
        with admin.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


def seed(store: Store, count: int, real: bool, grants_each: int = 0) -> list[str]:
    """`count` candidates of 四川's 技能缴费, some of the whole region. real: with openids that can be sent to."""
    now, seal, people = store.now(), seal_of(store), []
    with store.writing() as connection:
        for start in range(0, count, 10_000):
            rows, asked, allowed = [], [], []
            for number in range(start, min(start + 10_000, count)):
                openid = openid_of(number)
                hashed = store.user_hash(openid)
                people.append(openid)
                rows.append({
                    "user_hash": hashed, "address": seal.close(openid.encode()) if real else b"", "pushable": True,
                    "audience": "", "last_at": now, "sent": 0, "blocked": "",
                })  # fmt: skip
                stage = "" if number % 3 == 0 else "技能缴费"
                asked.append({"user_hash": hashed, "region": "四川", "stage": stage, "at": now})
                if grants_each:
                    allowed.append({"user_hash": hashed, "template": GRANT, "balance": grants_each})
            connection.execute(sa.insert(contacts), rows)
            connection.execute(sa.insert(subscriptions), asked)
            if allowed:
                connection.execute(sa.insert(grants), allowed)
    return people


def made(url: str, account: Account, twin: str = "", clock: Clock | None = None, **options: Any) -> Reminders:
    """Reminders over the real knowledge."""
    clock = clock or Clock(DUE)
    store = Store(url, KEY, 60.0, clock.real_now)
    kb, problems = load(PROJECT / "knowledge")
    assert kb is not None, problems
    client = Client(APP_ID, SECRET, twin, Tokens(store)) if twin else None
    return Reminders(store, account, client, lambda: kb, clock, **options)


def planning(url: str, count: int) -> None:
    """One day's rows for everybody."""
    reminders = made(url, BY_TEMPLATE)
    seed(reminders._store, count, real=False)
    if url.startswith("postgresql"):
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text("ANALYZE"))
        engine.dispose()
    started = time.perf_counter()
    rows = reminders.plan()
    seconds = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"plan {kind(url)}: {count:,} subscriptions -> {rows:,} rows in {seconds:.1f} s, {memory:.0f} MB",
        flush=True,
    )
    assert rows == count


def mix(url: str, name: str, account: Account, count: int, number: int) -> None:
    """The bad day of the issue: nobody gets two, every row has an end, the sums are exact."""
    clock = Moving(DUE)
    twin_clock = TwinClock(DUE, frozen=True)
    with Twin(faults=parse(MIX, number), clock=twin_clock) as twin:

        def sleep(seconds: float) -> None:
            clock.move(seconds)
            twin_clock.advance(seconds)

        reminders = made(url, account, twin.url, clock, sleep=sleep)
        people = seed(reminders._store, count, real=True, grants_each=1)
        twin.world.follow(people, window="message", grants={GRANT: 1})
        started = time.perf_counter()
        reminders.run()
        for _ in range(3):
            sleep(23 * 3600 if _ == 0 else 1200)
            reminders.run()
        seconds = time.perf_counter() - started
        report(reminders._store, twin, people, account, f"mix {name}", count, seconds, number)


def report(
    store: Store,
    twin: Twin,
    people: list[str],
    account: Account,
    name: str,
    count: int,
    seconds: float,
    number: int,
) -> None:
    """Prints the sums, and fails where a promise is broken."""
    with store.reading() as connection:
        found = states(connection)
        rows = {row.user_hash: row for row in connection.execute(sa.select(outbox))}
    got = Counter(delivery.openid for delivery in twin.world.deliveries)
    twice = [openid for openid, times in got.items() if times > 1]
    lost = [p for p in people if rows[store.user_hash(p)].state == "sent" and not got[p]]
    silent = [p for p in people if got[p] and rows[store.user_hash(p)].state not in ("sent", "unknown")]
    print(
        f"{name}: {count:,} rows, {dict(sorted(found.items()))}, {len(got):,} got one, {len(twice)} got two, {seconds:.1f} s",
        flush=True,
    )
    assert not twice
    assert not lost
    assert not silent
    assert sum(found.values()) == count
    assert set(found) <= {"sent", "failed", "unknown", "unreachable"}
    if account is BY_TEMPLATE and "mix" in name:
        faults = parse(MIX, number)
        reachable = [p for p in people if not faults.of_person("template", p)]
        known = [p for p in reachable if rows[store.user_hash(p)].state != "unknown"]
        assert all(got[p] == 1 for p in known), "by template each reachable one gets exactly one"


def rate(url: str, count: int) -> None:
    """Sends a second with 8 threads against a twin in a process of its own."""
    with twin_process() as (address, _):
        reminders = made(url, BY_TEMPLATE, address)
        people = seed(reminders._store, count, real=True)
        follow(address, people)
        reminders.plan()
        started = time.perf_counter()
        done = reminders.deliverer.run()
        seconds = time.perf_counter() - started
        print(
            f"rate {kind(url)}: {done.ended} in {seconds:.1f} s = {count / seconds:.0f} a second, 8 threads",
            flush=True,
        )


def kills(url: str, times: int, count: int, number: int, account: str) -> None:
    """Kill the worker at random points, start it again, until nothing is left; then count.

    Most are killed while they send: the time runs from their first message. Every fifth dies while it starts or plans.
    """
    chance = random.Random(number)  # when to kill
    with Twin(clock=TwinClock(DUE), faults=parse(TROUBLE, number)) as twin:
        store = Store(url, KEY, 60.0)
        people = seed(store, count, real=True, grants_each=1)
        twin.world.follow(people, window="message", grants={GRANT: 1})
        started, killed, while_sending, in_flight = time.perf_counter(), 0, 0, 0
        while True:
            command = [sys.executable, "-m", "bench.reminders", "--account", account, "--work", url, twin.url]
            worker = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL)
            before = len(twin.world.deliveries)
            if killed < times and killed % 5:
                while worker.poll() is None and len(twin.world.deliveries) == before:
                    time.sleep(0.002)
            try:
                worker.wait(
                    (chance.random() if killed % 5 else chance.random() * 3) if killed < times else 300
                )
                break
            except subprocess.TimeoutExpired:
                os.kill(worker.pid, signal.SIGKILL)
                worker.wait()
                killed += 1
            with store.reading() as connection:
                held = states(connection).get("sending", 0)
            while_sending += len(twin.world.deliveries) > before
            in_flight += held
        seconds = time.perf_counter() - started
        report(
            store,
            twin,
            people,
            ACCOUNTS[account],
            f"kill -9 × {killed} ({while_sending} while sending, {in_flight} calls in flight), {kind(url)}, {account}",
            count,
            seconds,
            number,
        )


def work(url: str, twin: str, account: Account) -> None:
    """The worker that is killed: slow enough for there to be something to kill, until all rows have an end."""
    from bot.reminders.pace import Pace

    reminders = made(url, account, twin, lease=timedelta(seconds=1.5), pace=Pace(60))
    while True:
        reminders.run()
        with reminders._store.reading() as connection:
            found = states(connection)
        if found and not set(found) & {"pending", "claimed", "sending"}:
            return
        time.sleep(0.2)


class Moving(Clock):
    """Both clocks move when they are told."""

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self.real = now

    def now(self) -> datetime:
        return self.real

    def real_now(self) -> datetime:
        return self.real

    def move(self, seconds: float) -> None:
        self.real += timedelta(seconds=seconds)


@contextlib.contextmanager
def twin_process() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A twin that doesn't share our interpreter's lock."""
    command = [sys.executable, "-c", "from bench.reminders import serve; serve()"]
    server = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    assert server.stdout
    try:
        yield server.stdout.readline().strip(), server
    finally:
        server.terminate()
        server.wait()


def serve() -> None:
    """The twin's process."""
    with Twin(clock=TwinClock(DUE), quotas={"template": 10_000_000}) as twin:
        print(twin.url, flush=True)
        signal.pause()


def follow(address: str, people: list[str]) -> None:
    """Tell a twin of another process who follows."""
    import requests

    for start in range(0, len(people), 5000):
        body = json.dumps({"openids": people[start : start + 5000]})
        requests.post(f"{address}/twin/users", data=body, timeout=30).raise_for_status()


def kind(url: str) -> str:
    """The database's name."""
    return url.split(":")[0].split("+")[0]


if __name__ == "__main__":
    main()
