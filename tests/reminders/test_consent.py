"""Consent from the chat to the tables: written with the reply, read back with the next message, gone when it is taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.conversation import Assistant, Message, Turn
from bot.exchange import Exchange
from bot.reminders.account import CUSTOM, TEMPLATE, Account
from bot.reminders.consent import Consent, seal_of
from bot.storage import subscriptions
from bot.storage.reminder_tables import contacts, grant_history, grants, outbox
from bot.storage.reminder_tables import subscriptions as asked
from bot.storage.store import Store
from tests.conftest import SECRET
from tests.fakes import FakeClock

OPENID = "o_candidate_of_the_tests"
Say = Callable[..., str]


@pytest.fixture
def store(make_sqlite: Callable[[], str], clock: FakeClock) -> Iterator[Store]:
    store = Store(make_sqlite(), SECRET, now=clock.real_now)
    yield store
    store.close()


def talk(store: Store, clock: FakeClock, assistant: Assistant, account: Account | None = None) -> Say:
    consent = Consent(store, account or Account(), clock)
    exchange = Exchange(
        lambda: assistant, store, clock, lambda: "道歉", apply=consent.apply, recall=consent.recall
    )
    count = 0

    def say(text: str, user: str = OPENID, key: str = "", kind: str = "text") -> str:
        nonlocal count
        count += 1

        def write(turn: Turn) -> bytes:
            return turn.reply.text.encode()

        message = Message(kind, text)
        return exchange.take(
            user=user, key=key or str(count), channel="wechat", message=message, write=write
        ).decode()

    return say


@pytest.fixture
def say(store: Store, clock: FakeClock, assistant: Assistant) -> Say:
    return talk(store, clock, assistant)


def pairs(store: Store, user: str = OPENID) -> list[tuple[str, str]]:
    with store.reading() as connection:
        found = subscriptions.find(connection, store.user_hash(user))
    return list(found.subscribed) if found else []


def test_a_subscription_is_on_file_and_read_back(say: Say, store: Store) -> None:
    say("订阅 四川")
    say("订阅 重庆 线上审核")
    assert pairs(store) == [("四川", ""), ("重庆", "线上审核")]
    assert "四川（全部环节）、重庆线上审核" in say("我的订阅")


def test_the_whole_region_takes_the_place_of_its_stages(say: Say, store: Store) -> None:
    say("订阅 四川 技能缴费")
    say("订阅 四川")
    assert pairs(store) == [("四川", "")]
    say("订阅 四川 一试缴费")
    assert pairs(store) == [("四川", "")]


def test_the_line_under_an_answer_is_gone_once_it_is_asked_for(say: Say) -> None:
    assert "订阅提醒：四川 网上报名" in say("四川网上报名什么时候截止")
    say("订阅 四川")
    assert "订阅提醒" not in say("四川网上报名什么时候截止")


def test_everything_is_taken_back_at_once(say: Say, store: Store) -> None:
    say("订阅 四川")
    say("订阅 重庆")
    assert "四川（全部环节）、重庆（全部环节）" in say("退订")
    assert pairs(store) == []
    with store.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(contacts)).scalar() == 0


def test_one_of_them_is_taken_back(say: Say, store: Store) -> None:
    say("订阅 四川 技能缴费")
    say("订阅 重庆")
    say("退订 重庆")
    assert pairs(store) == [("四川", "技能缴费")]


def test_one_stage_of_a_whole_region_is_taken_back(say: Say, store: Store) -> None:
    say("订阅 四川")
    assert "已退订：四川实践技能考试缴费" in say("退订 四川 技能缴费")
    left = pairs(store)
    assert ("四川", "技能缴费") not in left
    assert ("四川", "一试缴费") in left
    assert len(left) == 10


def test_what_was_not_asked_for_is_not_taken_back(say: Say, store: Store) -> None:
    say("订阅 四川 技能缴费")
    assert "没有这一项" in say("退订 重庆")
    assert pairs(store) == [("四川", "技能缴费")]


def test_a_retry_gets_the_same_bytes_and_counts_once(say: Say, store: Store) -> None:
    assert say("订阅 四川", key="same") == say("订阅 四川", key="same")
    assert pairs(store) == [("四川", "")]


def test_the_openid_is_nowhere_in_the_clear(say: Say, store: Store) -> None:
    say("订阅 四川")
    with store.reading() as connection:
        address = connection.execute(sa.select(contacts.c.address)).scalar_one()
    assert OPENID.encode() not in address
    assert seal_of(store).open(address).decode() == OPENID
    file = store.database.engine.url.database
    assert file
    with open(file, "rb") as raw:
        assert OPENID.encode() not in raw.read()


def test_erasing_takes_consent_contact_and_outbox_with_it(say: Say, store: Store, clock: FakeClock) -> None:
    say("订阅 四川")
    hashed, now = store.user_hash(OPENID), clock.real_now()
    with store.writing() as connection:
        subscriptions.change_grant(connection, store.database.insert, hashed, "T", 2, "同意", "e1", now)
        connection.execute(
            sa.insert(outbox).values(
                user_hash=hashed, slot=now, kind="reminder", occasions=",1,", state="pending",
                not_before=now, expires_at=now, changed_at=now,
            )
        )  # fmt: skip
    store.erase(OPENID)
    with store.reading() as connection:
        for table in (contacts, asked, grants, grant_history, outbox):
            assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar() == 0, table


def test_clearing_my_data_ends_the_subscription(say: Say, store: Store) -> None:
    say("订阅 四川")
    say("清除我的数据")
    assert pairs(store) == []


def test_words_open_the_48_hours_and_a_menu_tap_does_not(say: Say, store: Store, clock: FakeClock) -> None:
    say("订阅 四川")
    first = clock.real_now()
    clock.move(3600)
    say("KEY", kind="click")
    with store.reading() as connection:
        assert connection.execute(sa.select(contacts.c.last_at)).scalar() == first
    say("四川什么时候缴费")
    with store.reading() as connection:
        assert connection.execute(sa.select(contacts.c.last_at)).scalar() == first + timedelta(hours=1)


def test_who_we_say_they_are_goes_to_the_contact(say: Say, store: Store) -> None:
    say("订阅 重庆")
    say("我是军队现役")
    with store.reading() as connection:
        assert connection.execute(sa.select(contacts.c.audience)).scalar() == "军队现役"


@pytest.mark.parametrize(
    ("account", "user", "words"),
    [
        (Account(), OPENID, "下次发消息时告诉您"),
        (Account(channels=(TEMPLATE, CUSTOM)), OPENID, "由本公众号发消息提醒您"),
        (Account(channels=(CUSTOM,)), OPENID, "超过 48 小时平台不让发"),
        (Account(channels=(TEMPLATE,)), "web:visitor", "下次发消息时告诉您"),
        (
            Account(channels=("subscribe", CUSTOM), grant_url="https://x.cn/subscribe"),
            OPENID,
            "https://x.cn/subscribe",
        ),
    ],
)
def test_only_what_the_account_can_do_is_promised(
    store: Store, clock: FakeClock, assistant: Assistant, account: Account, user: str, words: str
) -> None:
    assert words in talk(store, clock, assistant, account)("订阅 四川", user=user)


def test_grants_never_fall_below_nothing_and_count_once(store_url: str, clock: FakeClock) -> None:
    store = Store(store_url, SECRET, now=clock.real_now)
    insert, now = store.database.insert, clock.real_now()

    def change(by: int, key: str, reason: str = "同意") -> bool:
        with store.writing() as connection:
            return subscriptions.change_grant(connection, insert, "u" * 32, "T", by, reason, key, now)

    assert change(1, "event 1")
    assert not change(1, "event 1")
    assert change(-1, "row 1", "发送")
    assert not change(-1, "row 2", "发送")
    assert change(1, "row 1", "退回")
    with store.reading() as connection:
        assert connection.execute(sa.select(grants.c.balance)).scalar() == 1
        history = connection.execute(sa.select(sa.func.sum(grant_history.c.change))).scalar()
    assert history == 1
    store.close()
