"""What could not be pushed is told with the next reply, once; a changed date goes to exactly those who heard the old one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa

from bot.conversation import Assistant
from bot.knowledge.model import Knowledge
from bot.reminders.account import Account
from bot.schedule.deadlines import Moment, Window
from bot.simulate.platform.control import openid_of
from bot.storage.reminder_tables import outbox
from tests.reminders.conftest import BY_TALK, BY_TEMPLATE, DUE, Stage
from tests.reminders.test_consent import talk

Make = Callable[..., Stage]
LINE = "四川 2024 年度实践技能考试缴费：进行中，4 月 9 日 24 时截止，还剩 1 天"


def moved(kb: Knowledge, closes: str) -> Knowledge:
    """The same knowledge, but 四川's 技能缴费 closes at another time."""
    schedule = kb.schedules["四川", 2024]
    cell = schedule.cells["技能缴费"]
    window = Window(cell.windows[0].opens, Moment.parse(closes))
    cells = {**schedule.cells, "技能缴费": replace(cell, windows=(window,))}
    return replace(kb, schedules={**kb.schedules, ("四川", 2024): replace(schedule, cells=cells)})


def test_it_is_told_with_the_next_reply_and_only_once(stage: Make, assistant: Assistant) -> None:
    one = stage()
    say = talk(one.store, one.clock, assistant)
    say("订阅 四川 技能缴费", user="web:a")
    one.reminders(Account()).run()
    first = say("二试怎么报名", user="web:a", key="m")
    assert LINE in first
    assert first.index("二试") < first.index(LINE), "the answer comes first"
    assert say("二试怎么报名", user="web:a", key="m") == first, "a retry gets the same bytes"
    assert "【提醒】" not in say("二试怎么报名", user="web:a")
    (row,) = one.rows()
    assert row.told_at is not None


def test_who_takes_it_back_is_not_reminded_with_the_very_reply(stage: Make, assistant: Assistant) -> None:
    one = stage()
    say = talk(one.store, one.clock, assistant)
    say("订阅 四川 技能缴费", user="web:a")
    one.reminders(Account()).run()
    assert "【提醒】" not in say("退订", user="web:a")
    assert "【提醒】" not in say("你好", user="web:a")


def test_what_is_over_by_then_is_not_told(stage: Make, assistant: Assistant) -> None:
    one = stage()
    say = talk(one.store, one.clock, assistant)
    say("订阅 四川 技能缴费", user="web:a")
    one.reminders(Account()).run()
    one.clock.move(3 * 86400)
    assert "【提醒】" not in say("二试怎么报名", user="web:a")


def test_who_was_reached_is_not_told_again(stage: Make, assistant: Assistant) -> None:
    one = stage()
    one.subscribe([1])
    one.reminders(BY_TEMPLATE).run()
    assert "【提醒】" not in talk(one.store, one.clock, assistant)("二试怎么报名", user=openid_of(1))


def test_another_candidate_hears_nothing_of_it(stage: Make, assistant: Assistant) -> None:
    one = stage()
    say = talk(one.store, one.clock, assistant)
    say("订阅 四川 技能缴费", user="web:a")
    one.reminders(Account()).run()
    assert "【提醒】" not in say("二试怎么报名", user="web:b")


def test_a_changed_date_is_corrected_for_exactly_those_who_were_told(stage: Make, store_url: str) -> None:
    one = stage("43004/template=30%", url=store_url)
    one.subscribe(range(10), window="message")
    first = one.reminders(BY_TEMPLATE)
    first.run()
    told = {row.user_hash for row in one.rows() if row.state == "sent"}
    assert 0 < len(told) < 10
    one.subscribe([20], window="message")  # asked later, was never told

    one.kb = moved(one.kb, "2024-04-12 24:00")
    second = one.reminders(BY_TALK)
    (change,) = second.changes()
    assert change.told == len(told)
    assert (
        "原来告诉您的是 2024 年 4 月 5 日 8 时至 4 月 9 日 24 时，现在是 2024 年 4 月 5 日 8 时至 4 月 12 日 24 时"
        in change.text
    )
    assert second.run().ended == {}, "nothing goes out before staff approve"
    assert second.correct() == len(told)
    assert second.run().ended == {"sent": len(told)}
    assert {row.user_hash for row in one.rows() if row.kind == "correction"} == told
    assert second.correct() == 0
    assert second.changes() == []


def test_a_correction_that_can_t_be_pushed_is_told_in_the_chat(stage: Make, assistant: Assistant) -> None:
    one = stage()
    say = talk(one.store, one.clock, assistant)
    say("订阅 四川 技能缴费", user="web:a")
    reminders = one.reminders(Account())
    reminders.run()
    assert LINE in say("二试怎么报名", user="web:a")
    one.kb = moved(one.kb, "2024-04-12 24:00")
    assert reminders.correct() == 1
    reminders.run()
    assert "现在是 2024 年 4 月 5 日 8 时至 4 月" in say("二试怎么报名", user="web:a")
    assert "更正" not in say("二试怎么报名", user="web:a")


def test_a_pending_row_with_a_withdrawn_date_is_not_sent(stage: Make) -> None:
    one = stage()
    one.subscribe([1])
    reminders = one.reminders(BY_TEMPLATE)
    reminders.plan()
    one.kb = moved(one.kb, "2024-04-20 24:00")
    assert reminders.run().ended == {"cancelled": 1}
    with one.store.reading() as connection:
        assert connection.execute(sa.select(outbox.c.reason)).scalar() == "公告改了日期"


@pytest.mark.parametrize("days", [0, 5])
def test_a_new_date_gives_reminders_of_its_own(stage: Make, days: int) -> None:
    one = stage()
    one.subscribe([1], window="message")
    one.reminders(BY_TALK).run()
    one.kb = moved(one.kb, "2024-04-14 24:00")
    one.sleep(days * 86400)
    one.twin.world.touch(openid_of(1), "message")
    one.subscribe([1])
    one.reminders(BY_TALK).run()
    assert one.got(1) == (1 if days == 0 else 2)
    assert one.clock.real > DUE or days == 0
