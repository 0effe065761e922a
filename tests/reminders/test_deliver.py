"""The outbox against the twin: one message a candidate, each row to its true end, whatever the platform answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.reminders.account import Account
from bot.simulate.platform.control import openid_of
from bot.storage import planning
from bot.storage.outbox import LOST
from bot.storage.reminder_tables import contacts, grant_history, grants, outbox
from tests.reminders.conftest import ALL, BY_GRANT, BY_TALK, BY_TEMPLATE, DUE, GRANT_ID, Stage

Make = Callable[..., Stage]


def test_each_candidate_gets_one_message_with_the_true_date(stage: Make) -> None:
    one = stage()
    one.subscribe(range(20))
    done = one.reminders(BY_TEMPLATE).run()
    assert done.ended == {"sent": 20}
    assert [one.got(number) for number in range(20)] == [1] * 20
    assert one.twin.world.deliveries[0].content == {
        "thing1": "四川技能缴费", "thing2": "4 月 9 日 24 时截止", "thing3": "还剩 1 天截止",
    }  # fmt: skip


def test_a_second_run_sends_nothing(stage: Make) -> None:
    one = stage()
    one.subscribe(range(5))
    reminders = one.reminders(BY_TEMPLATE)
    reminders.run()
    assert reminders.run().ended == {}
    assert one.reminders(BY_TEMPLATE).run().ended == {}
    assert len(one.twin.world.deliveries) == 5


def test_several_things_of_one_day_are_one_message(stage: Make) -> None:
    one = stage(now=DUE.replace(month=2, day=1))
    one.subscribe([1], stage="")
    one.subscribe([1], region="重庆", stage="", window="message")
    assert one.reminders(BY_TALK).run().ended == {"sent": 1}
    (sent,) = one.twin.world.deliveries
    for words in (
        "四川 2024 年度网上报名",
        "四川 2024 年度报名材料上传",
        "重庆 2024 年度网上报名",
        "还剩 3 天",
    ):
        assert words in sent.content["text"]
    assert sent.content["text"].count("四川 2024 年度网上报名") == 1


def test_the_channels_are_tried_in_order(stage: Make, store_url: str) -> None:
    one = stage(url=store_url)
    one.subscribe([1], grants=1, window="message")
    one.subscribe([2], window="message")
    one.reminders(ALL).run()
    assert [
        (sent.openid, sent.api) for sent in sorted(one.twin.world.deliveries, key=lambda d: d.openid)
    ] == [
        (openid_of(1), "subscribe"),
        (openid_of(2), "template"),
    ]


def test_a_refused_channel_gives_way_to_the_next(stage: Make) -> None:
    one = stage("43101/subscribe=100%")
    one.subscribe([1], grants=1, window="message")
    account = Account(channels=("subscribe", "custom"), templates=ALL.templates, fields=ALL.fields)
    assert one.reminders(account).run().ended == {"sent": 1}
    assert one.twin.world.deliveries[0].api == "custom"
    with one.store.reading() as connection:
        assert connection.execute(sa.select(grants.c.balance)).scalar() == 0


def test_a_grant_is_spent_once_and_given_back_when_nothing_went_out(stage: Make) -> None:
    one = stage("45011@1")
    one.subscribe([1], grants=1)
    assert one.reminders(BY_GRANT).run().ended == {"sent": 1}
    with one.store.reading() as connection:
        assert connection.execute(sa.select(grants.c.balance)).scalar() == 0
        changes = connection.execute(sa.select(grant_history.c.change).order_by(grant_history.c.id)).scalars()
        assert list(changes) == [1, -1, 1, -1]


@pytest.mark.parametrize("account", [BY_TALK, BY_GRANT], ids=["custom", "subscribe"])
@pytest.mark.parametrize("fault", ["cut=100%", "drop=100%", "busy=100%", "half=100%"])
def test_without_a_key_an_unknown_outcome_is_listed_and_never_repeated(
    stage: Make, account: Account, fault: str
) -> None:
    one = stage(fault)
    one.subscribe([1], grants=2, window="message")
    reminders = one.reminders(account)
    assert reminders.run().ended == {"unknown": 1}
    one.sleep(7200)
    reminders.run()
    assert one.calls() == 1


def test_with_a_key_it_is_repeated_and_arrives_once(stage: Make) -> None:
    one = stage("cut=10%,drop=10%,busy=20%,half=5%", seed=3)
    one.subscribe(range(40))
    done = one.reminders(BY_TEMPLATE).run()
    assert sum(done.ended.values()) == 40
    assert max(one.twin.world.delivered.values()) == 1
    sent = [row for row in one.rows() if row.state == "sent"]
    assert len(sent) == 40


def test_what_stays_unknown_for_ten_minutes_is_listed(stage: Make) -> None:
    one = stage("cut=100%")
    one.subscribe([1])
    assert one.reminders(BY_TEMPLATE).run(patience=timedelta(minutes=30)).ended == {"unknown": 1}
    assert one.got(1) == 1


@pytest.mark.parametrize(("code", "state"), [(43004, "failed"), (40003, "failed"), (48002, "failed")])
def test_a_candidate_who_can_t_be_reached_is_asked_once(stage: Make, code: int, state: str) -> None:
    one = stage(f"{code}/template=100%")
    one.subscribe([1], window="message")
    assert one.reminders(ALL).run().ended == {state: 1}
    with one.store.reading() as connection:
        assert str(code) in str(connection.execute(sa.select(contacts.c.blocked)).scalar())
    one.clock.move(3 * 86400)


def test_a_day_s_quota_pauses_until_midnight_and_goes_on_in_the_morning(stage: Make) -> None:
    one = stage("45009@3")
    one.subscribe(range(10))
    reminders = one.reminders(BY_TEMPLATE, threads=1)
    first = reminders.run()
    assert first.ended == {"sent": 2}
    one.sleep(23 * 3600)  # 08:00 of the next day
    assert reminders.run().ended == {"sent": 8}
    assert one.twin.world.deliveries[-1].content["thing3"] == "今天截止，还剩 15 小时"
    assert max(one.twin.world.delivered.values()) == 1


@pytest.mark.parametrize("code", [47003, 48001])
def test_a_mistake_of_ours_stops_the_run_and_says_why(stage: Make, code: int) -> None:
    one = stage(f"{code}@4")
    one.subscribe(range(10))
    reminders = one.reminders(BY_TEMPLATE, threads=1)
    stopped = reminders.run()
    assert str(code) in stopped.stopped
    assert one.states() == {"sent": 3, "pending": 7}
    assert reminders.run().stopped, "it stays stopped"
    reminders.resume()
    assert reminders.run().ended == {"sent": 7}
    assert max(one.twin.world.delivered.values()) == 1


def test_an_item_the_platform_would_refuse_stops_the_run_before_any_call(stage: Make) -> None:
    one = stage(now=DUE.replace(month=3, day=4))
    one.subscribe([1], stage="现场审核")
    account = Account(
        channels=("template",), templates=ALL.templates, fields={"template": {"time1": "{截止}"}}
    )
    assert "时间要写成" in one.reminders(account).run().stopped  # the notice gives no hour
    assert one.calls() == 0


def test_nothing_goes_out_in_the_night(stage: Make) -> None:
    one = stage()
    one.subscribe([1])
    reminders = one.reminders(BY_TEMPLATE)
    reminders.plan()
    one.sleep(13 * 3600)  # 22:00
    assert reminders.run().ended == {}
    one.sleep(10 * 3600 - 11)  # one second before 08:00
    assert reminders.run().ended == {}
    one.sleep(1)
    assert reminders.run().ended == {"sent": 1}


def test_nothing_goes_out_after_the_deadline(stage: Make) -> None:
    one = stage(now=DUE.replace(day=6))
    one.subscribe([1])
    reminders = one.reminders(BY_TEMPLATE)
    reminders.plan()
    one.sleep(4 * 86400)
    reminders.run()
    assert one.got(1) == 0
    assert set(one.states()) == {"unreachable"}


def test_taking_it_back_holds_for_what_is_planned_already(stage: Make) -> None:
    one = stage()
    one.subscribe([1])
    reminders = one.reminders(BY_TEMPLATE)
    reminders.plan()
    one.store.erase(openid_of(1))
    assert reminders.run().ended == {}
    assert one.got(1) == 0


def test_who_is_not_concerned_hears_nothing(stage: Make) -> None:
    one = stage(now=DUE.replace(month=2, day=21))
    one.subscribe([1], region="重庆", stage="", audience="军队现役", window="message")
    one.subscribe([2], region="重庆", stage="", audience="", window="message")
    one.reminders(BY_TALK).run()
    said = {sent.openid: sent.content["text"] for sent in one.twin.world.deliveries}
    assert "线上审核" not in said[openid_of(1)]
    assert "现场审核" in said[openid_of(1)]
    assert "只限军队现役考生" in said[openid_of(2)]


def test_without_a_channel_every_row_says_so(stage: Make) -> None:
    one = stage()
    one.subscribe(range(3))
    assert one.reminders(Account()).run().ended == {"unreachable": 3}
    assert {row.reason for row in one.rows()} == {"公众号没有可以主动推送的渠道"}


def test_a_dead_worker_s_rows_are_settled(stage: Make) -> None:
    """Killed with rows claimed, with a template call out, and with a 客服消息 out."""
    one = stage()
    one.subscribe(range(4), window="message")
    reminders = one.reminders(ALL)
    reminders.plan()
    now = one.clock.real_now()
    with one.store.writing() as connection:
        ids = list(connection.execute(sa.select(outbox.c.id).order_by(outbox.c.id)).scalars())
        held = {"worker": "dead", "leased_until": now - timedelta(seconds=1)}
        ends: tuple[dict[str, Any], ...] = (
            {"state": "claimed"},
            {"state": "sending", "channel": "template", "first_call_at": now - timedelta(minutes=3)},
            {"state": "sending", "channel": "template", "first_call_at": now - timedelta(minutes=11)},
            {"state": "sending", "channel": "custom", "first_call_at": now - timedelta(seconds=5)},
        )
        for number, values in enumerate(ends):
            connection.execute(sa.update(outbox).where(outbox.c.id == ids[number]).values(**held, **values))
    done = reminders.run()
    assert done.ended == {"sent": 2, "unknown": 2}
    assert done.recovered == (2, 2)
    assert {row.reason for row in one.rows() if row.state == "unknown"} == {LOST}


def test_a_receipt_that_says_it_failed_is_counted_and_the_grant_comes_back(stage: Make) -> None:
    from bot.reminders.consent import Consent
    from bot.wechat.receipts import Receipt

    one = stage()
    one.subscribe([1], grants=1)
    one.reminders(BY_GRANT).run()
    (row,) = one.rows()
    consent = Consent(one.store, BY_GRANT, one.clock)
    report = Receipt("subscribe", row.msgid, False, "user block", 43004, GRANT_ID)
    for _ in range(2):  # reports repeat
        with one.store.writing() as connection:
            consent.apply(openid_of(1), ({"wish": "report", "report": report},), connection)
    assert one.states() == {"failed": 1}
    with one.store.reading() as connection:
        assert connection.execute(sa.select(grants.c.balance)).scalar() == 1


def test_a_receipt_may_come_before_the_row_knows_its_number(stage: Make) -> None:
    from bot.storage import outbox as rows

    one = stage()
    one.subscribe([1])
    with one.store.writing() as connection:
        rows.receipt(connection, "200000001", "failed:user block", one.clock.real_now())
    done = one.reminders(BY_TEMPLATE).run()
    assert done.done == 1
    assert one.rows()[0].msgid == "200000001"
    assert one.states() == {"failed": 1}


def test_cancelling_leaves_nothing_to_send(stage: Make, store_url: str) -> None:
    one = stage(url=store_url)
    one.subscribe(range(3))
    reminders = one.reminders(BY_TEMPLATE)
    assert reminders.plan() == 3
    assert reminders.plan() == 0
    assert reminders.cancel() == 3
    assert reminders.run().ended == {}
    assert one.states() == {"cancelled": 3}


def test_one_process_plans_at_a_time(stage: Make, store_url: str) -> None:
    one = stage(url=store_url)
    now = one.clock.real_now()
    with one.store.writing() as connection:
        args = (connection, one.store.database.insert, "plan")
        assert planning.lease(*args, "a", now, now + timedelta(seconds=60))
        assert not planning.lease(*args, "b", now, now + timedelta(seconds=60))
        later = now + timedelta(seconds=61)
        assert planning.lease(*args, "b", later, later + timedelta(seconds=60))


def test_an_address_that_can_t_be_read_stops_the_run_and_says_why(stage: Make) -> None:
    """Another BOT_SECRET_KEY than the one it was written under."""
    one = stage()
    one.subscribe([1])
    with one.store.writing() as connection:
        connection.execute(sa.update(contacts).values(address=b"0" * 60))
    assert "BOT_SECRET_KEY" in one.reminders(BY_TEMPLATE).run().stopped


def test_a_mistake_of_the_program_ends_the_row_and_not_the_run(
    stage: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = stage()
    one.subscribe([1, 2])
    monkeypatch.setattr("bot.reminders.message.items_of", lambda *_: 1 / 0)
    assert one.reminders(BY_TEMPLATE).run().ended == {"failed": 2}
