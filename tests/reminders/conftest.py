"""Candidates, a clock, a twin and a deliverer, on a database of the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from bot.knowledge.load import load
from bot.knowledge.model import Knowledge
from bot.reminders.account import CUSTOM, SUBSCRIBE, TEMPLATE, Account
from bot.reminders.consent import seal_of
from bot.reminders.run import Reminders
from bot.simulate.platform.clock import TwinClock
from bot.simulate.platform.control import openid_of
from bot.simulate.platform.faults import parse
from bot.simulate.platform.server import APP_ID, SECRET, Twin
from bot.storage import subscriptions
from bot.storage.outbox import STATES
from bot.storage.reminder_tables import outbox
from bot.storage.store import Store
from bot.storage.tokens import Tokens
from bot.wechat.client import Client
from tests.conftest import KNOWLEDGE
from tests.conftest import SECRET as KEY
from tests.fakes import FakeClock

DUE = datetime.fromisoformat("2024-04-08T09:00:10+08:00")  # a day before 四川's 技能缴费 closes
FIELDS = {"thing1": "{考区}{环节}", "thing2": "{截止}截止", "thing3": "{提示}"}
TEMPLATE_ID, GRANT_ID = "template-of-the-tests", "grant-of-the-tests"
ALL = Account(
    channels=(SUBSCRIBE, TEMPLATE, CUSTOM),
    templates={TEMPLATE: TEMPLATE_ID, SUBSCRIBE: GRANT_ID},
    fields={TEMPLATE: FIELDS, SUBSCRIBE: FIELDS},
)
BY_TEMPLATE = Account(channels=(TEMPLATE,), templates={TEMPLATE: TEMPLATE_ID}, fields={TEMPLATE: FIELDS})
BY_TALK = Account(channels=(CUSTOM,))
BY_GRANT = Account(channels=(SUBSCRIBE,), templates={SUBSCRIBE: GRANT_ID}, fields={SUBSCRIBE: FIELDS})


@dataclass
class Stage:
    """Everything of one test. The sleep of the deliverer moves the clocks, so nothing waits."""

    store: Store
    kb: Knowledge
    clock: FakeClock
    twin: Twin
    closing: list[Callable[[], Any]] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.clock.move(seconds)
        self.twin.clock.advance(seconds)

    def reminders(self, account: Account, **options: Any) -> Reminders:
        client = Client(APP_ID, SECRET, self.twin.url, Tokens(self.store))
        self.closing.append(client.close)
        return Reminders(
            self.store, account, client, lambda: self.kb, self.clock, sleep=self.sleep, **options
        )

    def subscribe(
        self,
        numbers: Sequence[int],
        region: str = "四川",
        stage: str = "技能缴费",
        *,
        grants: int = 0,
        audience: str = "",
        window: str = "",
    ) -> None:
        """Candidates who follow and asked to be told. window: as World.touch; on our side it was just now."""
        now, insert = self.clock.real_now(), self.store.database.insert
        seal = seal_of(self.store)
        with self.store.writing() as connection:
            for number in numbers:
                openid = openid_of(number)
                hashed = self.store.user_hash(openid)
                subscriptions.met(connection, insert, hashed, seal.close(openid.encode()), True, now)
                subscriptions.seen(connection, hashed, audience, now)
                subscriptions.subscribe(connection, insert, hashed, region, stage, now)
                if grants:
                    subscriptions.change_grant(connection, insert, hashed, GRANT_ID, grants, "同意", "e", now)
        everyone = [openid_of(number) for number in numbers]
        self.twin.world.follow(everyone, window=window, grants={GRANT_ID: grants} if grants else None)

    def states(self) -> dict[str, int]:
        with self.store.reading() as connection:
            rows = connection.execute(sa.select(outbox.c.state, sa.func.count()).group_by(outbox.c.state))
            found = {state: count for state, count in rows}
        assert set(found) <= set(STATES)
        return found

    def rows(self) -> list[Any]:
        with self.store.reading() as connection:
            return list(connection.execute(sa.select(outbox).order_by(outbox.c.id)).all())

    def calls(self) -> int:
        """Send calls that reached the platform."""
        return sum(count for path, count in self.twin.world.calls.items() if "message/" in path)

    def got(self, number: int) -> int:
        return self.twin.delivered(openid_of(number))


@pytest.fixture(scope="session")
def kb() -> Knowledge:
    """The real knowledge, without the Assistant over it."""
    found, problems = load(KNOWLEDGE)
    assert found is not None, problems
    return found


@pytest.fixture
def stage(make_sqlite: Callable[[], str], kb: Knowledge) -> Iterator[Callable[..., Stage]]:
    """stage(faults="", now=DUE, url=…, **twin): a twin whose clock stands still at `now`, and ours with it."""
    made: list[Stage] = []

    def make(faults: str = "", now: datetime = DUE, seed: int = 0, url: str = "", **told: Any) -> Stage:
        twin = Twin(faults=parse(faults, seed), clock=TwinClock(now, frozen=True), **told).__enter__()
        clock = FakeClock(now)
        store = Store(url or make_sqlite(), KEY, 20.0, clock.real_now)
        one = Stage(store, kb, clock, twin)
        one.closing += [store.close, lambda: twin.__exit__(None, None, None)]
        made.append(one)
        return one

    yield make
    for one in made:
        for close in one.closing:
            close()
