"""Counts of the turns on both databases; each question of the console is answered from an index."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from bot.storage import statistics
from bot.storage.store import Store, TurnRow
from tests.fakes import FakeClock


def write(store: Store, text: str, user: str = "u", **values: object) -> None:
    row = TurnRow(**{"channel": "web", "masked_text": text, "decision": "answer", **values})  # type: ignore[arg-type]
    with store.turn(user, secrets.token_hex(8)) as record:
        record.finish(reply=b"", session={}, row=row)


def test_a_spell_is_counted_half_open(store: Store, clock: FakeClock) -> None:
    start = clock.real
    for ms in range(1, 101):
        write(store, "甲", user=f"u{ms}", entry="报名时间" if ms % 4 else "退费", ms=float(ms))
    clock.move(60)
    write(store, "乙", decision="refuse", ms=500.0)
    found = statistics.spell([statistics.counts(store, start, start + timedelta(seconds=60))])
    assert (found.decisions, found.messages) == ({"answer": 100}, 100)
    assert found.entries == (("报名时间", 75), ("退费", 25))
    assert found.p50 is not None
    assert found.p95 is not None
    assert 50 <= found.p50 <= 50.2
    assert 95 <= found.p95 <= 95.2
    later = statistics.spell([statistics.counts(store, start, start + timedelta(seconds=61))])
    assert later.decisions == {"answer": 100, "refuse": 1}
    nothing = statistics.spell([statistics.counts(store, start - timedelta(days=1), start)])
    assert (nothing.messages, nothing.p50, nothing.entries) == (0, None, ())


def test_hours_are_shanghai_s(store: Store, clock: FakeClock) -> None:
    clock.real = datetime(2024, 2, 1, 15, 59, tzinfo=UTC)
    write(store, "甲")
    clock.real = datetime(2024, 2, 1, 16, 0, tzinfo=UTC)
    write(store, "甲", decision="refuse")
    found = statistics.counts(store, clock.real - timedelta(days=2), clock.real + timedelta(days=1))
    assert found.hours == {23: {"answer": 1}, 0: {"refuse": 1}}
    assert found.decisions == {"answer": 1, "refuse": 1}


def test_a_useless_answer_is_the_question_before_it(store: Store, clock: FakeClock) -> None:
    write(store, "技能缴费", entry="技能缴费时间", region="四川")
    write(store, "别人的问题", user="other")
    write(store, "没用", decision="command", entry="技能缴费时间", feedback="没用")
    write(store, "没用", user="stranger", decision="command", feedback="没用")
    write(store, "考场停车", decision="refuse")
    found = statistics.unanswered(store, clock.real - timedelta(days=1))
    assert [(one.text, one.entry, one.region) for one in found] == [
        ("考场停车", None, None),
        ("技能缴费", "技能缴费时间", "四川"),
    ]
    spell = statistics.spell(
        [statistics.counts(store, clock.real - timedelta(days=1), clock.real + timedelta(days=1))]
    )
    assert (spell.useful, spell.useless) == (0, 2)


def test_missing_facts_are_counted_by_region_and_stage(store: Store, clock: FakeClock) -> None:
    for _ in range(2):
        write(store, "重庆缴费", decision="not_stated", region="重庆", stage="技能缴费")
    write(store, "缴费", decision="not_stated", stage="技能缴费")
    assert statistics.missing(store, clock.real - timedelta(days=7)) == {("重庆", "技能缴费"): 2}


def test_the_counts_of_a_million_rows_need_the_index_alone(make_sqlite) -> None:  # type: ignore[no-untyped-def]
    engine = sa.create_engine(make_sqlite())
    with engine.connect() as connection:
        for columns in ("decision, count(*)", "entry, count(*)", "cast(ms * 10 as integer), count(*)"):
            plan = connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN SELECT {columns} FROM turns WHERE at >= '2024-01-01' AND at < '2024-02-01' GROUP BY 1"  # noqa: S608
            ).all()
            assert "USING COVERING INDEX turns_at" in str(plan)
    engine.dispose()
