"""The console's tables, on both stores: staff, failed sign-ins, the log, what was dealt with; and a claim that two want."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from bot.storage import announcements
from bot.storage.staff import Staff
from bot.storage.store import Store
from tests.conftest import SECRET
from tests.fakes import FakeClock


@pytest.fixture
def staff(store: Store) -> Staff:
    return Staff(store, SECRET)


def test_a_name_is_given_once(staff: Staff) -> None:
    assert staff.add("王编辑", "编辑", "hash")
    assert not staff.add("王编辑", "发布", "other")
    assert [(one.name, one.role, one.password) for one in staff.accounts()] == [("王编辑", "编辑", "hash")]
    assert staff.account("nobody") is None


def test_only_who_is_there_can_be_changed(staff: Staff) -> None:
    staff.add("王编辑", "编辑", "hash")
    assert staff.change("王编辑", role="发布")
    assert not staff.change("nobody", role="发布")


def test_failures_count_for_a_while_and_are_forgiven(staff: Staff, clock: FakeClock) -> None:
    started = clock.real_now()
    staff.failed("王编辑", "10.0.0.1")
    clock.move(60)
    staff.failed("王编辑")
    assert staff.failures("王编辑", started - timedelta(1)) == [started, clock.real_now()]
    assert staff.failures("王编辑", started) == [clock.real_now()]
    staff.forgive("王编辑")
    assert staff.failures("王编辑", started - timedelta(1)) == []
    assert len(staff.failures("10.0.0.1", started - timedelta(1))) == 1


def test_what_is_done_is_recorded_newest_first_and_cut(staff: Staff) -> None:
    staff.record("王编辑", "登录")
    staff.record("王编辑", "改草稿", "退" * 300, "字" * 3000)
    first, second = staff.acts()
    assert (first.act, len(first.target), len(first.detail), second.act) == ("改草稿", 200, 2000, "登录")


def test_a_text_is_marked_anew(staff: Staff, clock: FakeClock) -> None:
    staff.mark(["手表", "手表", "停车"], "不用处理", "王编辑")
    clock.move(60)
    staff.mark(["停车"], "加进“考试用品”", "李发布")
    marks = staff.marks()
    assert marks["停车"] - marks["手表"] == timedelta(seconds=60)


def test_of_two_who_approve_at_the_same_moment_one_sends(store: Store, clock: FakeClock) -> None:
    insert, now = store.database.insert, clock.real_now()
    with store.writing() as connection:
        number = announcements.add(connection, insert, "k", "各位考友", 100, "四川", "王编辑", now)
        seen = announcements.find(connection, number)
    assert seen is not None

    def approve(who: str) -> bool:
        with store.writing() as connection:
            return announcements.claim(connection, seen, who, now)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(approve, "甲乙丙丁")) == [False, False, False, True]


def test_the_same_receipt_twice_ends_it_once(store: Store, clock: FakeClock) -> None:
    insert, now = store.database.insert, clock.real_now()
    with store.writing() as connection:
        number = announcements.add(connection, insert, "k", "各位考友", 100, "四川", "王编辑", now)
        seen = announcements.find(connection, number)
        assert seen is not None
        assert announcements.claim(connection, seen, "李发布", now)
    for counts in ((9, 8, 7, 1), (0, 0, 0, 0)):  # before the row knows its msgid
        with store.writing() as connection:
            announcements.receipt(connection, insert, "m1", "", counts, now)
    with store.writing() as connection:
        announcements.ended(connection, number, "submitted", now, "m1")
        announcements.settle(connection, now)
        found = announcements.find(connection, number)
    assert found is not None
    assert (found.state, found.counts) == ("sent", (9, 8, 7, 1))
