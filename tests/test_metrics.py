"""The numbers: shared by processes, none lost with one, and what /metrics says of a real conversation."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from structlog.testing import capture_logs

from bot.build import build
from bot.conversation import Assistant, Message
from bot.exchange import Exchange
from bot.metrics import BUCKETS, PROCESSES, STEPS, Metrics
from bot.storage import planning
from bot.storage.engine import StoreError
from bot.storage.outbox import STATES
from bot.storage.reminder_tables import outbox
from bot.storage.store import Store
from tests.conftest import SECRET
from tests.fakes import FakeClock
from tests.serving import Serve

FORK = multiprocessing.get_context("fork")


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


def samples(text: str) -> dict[tuple[str, tuple[str, ...]], float]:
    """(name, label values) -> value."""
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_count_is_a_count_and_a_strange_label_is_other(metrics: Metrics) -> None:
    metrics.count("retries")
    metrics.message("web", "answer", 0.01, {})
    metrics.message("web", "no such decision", 0.01, {})
    found = metrics.totals()
    assert found["retries"] == {"": 1}
    assert {kind: n for kind, n in found["messages_web"].items() if n} == {"answer": 1, "other": 1}


def test_a_duration_falls_into_its_bucket(metrics: Metrics) -> None:
    for seconds in (0.0, *BUCKETS, 99.0):
        metrics.observe("step_seconds", "store", seconds)
    counts, total = metrics.totals()["step_seconds"]["store"]
    assert counts == [2, *[1] * (len(BUCKETS) - 1), 1]
    assert total == pytest.approx(sum(BUCKETS) + 99)


def test_threads_lose_no_count(metrics: Metrics) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: metrics.count("retries"), range(4000)))
    assert metrics.totals()["retries"] == {"": 4000}


def _count(metrics: Metrics, times: int, stay: Any = None, done: Any = None) -> None:
    for _ in range(times):
        metrics.count("retries")
    if done:
        done.set()
        stay.wait()


def test_processes_count_together_and_a_killed_one_takes_nothing_along(metrics: Metrics) -> None:
    stay, done = FORK.Event(), FORK.Event()
    killed = FORK.Process(target=_count, args=(metrics, 100, stay, done))
    killed.start()
    assert done.wait(30)
    os.kill(killed.pid or 0, signal.SIGKILL)
    killed.join(30)
    for _ in range(3):  # one after the other: the second takes over the row of the first
        worker = FORK.Process(target=_count, args=(metrics, 10))
        worker.start()
        worker.join(30)
    metrics.count("retries")
    assert metrics.totals()["retries"] == {"": 131}
    width = len(metrics._table) // PROCESSES
    used = [row for row in range(PROCESSES) if any(metrics._table[row * width : (row + 1) * width])]
    assert len(used) <= 2


def test_the_page_is_what_prometheus_reads(client: FlaskClient) -> None:
    for text in ("你好", "炸"):
        client.post("/api/messages", json={"user": "a", "text": text, "key": "k" + str(len(text))})
    client.post("/api/messages", json={"user": "a", "text": "你好", "key": "k2"})
    answer = client.get("/metrics")
    assert answer.content_type.startswith("text/plain; version=")
    found = samples(answer.text)
    assert found["bot_messages_total", ("web", "answer")] == 1
    assert found["bot_messages_total", ("web", "failed")] == 1
    assert found["bot_retries_total", ()] == 1
    assert found["bot_apologies_total", ("failed",)] == 1
    assert found["bot_message_seconds_count", ("web",)] == 2
    assert found["bot_step_seconds_count", ("store",)] == 2
    assert found["bot_knowledge_info", ("test",)] == 1
    assert found["bot_knowledge_age_seconds", ()] == 0


def test_the_page_tells_the_reminders_by_state(client: FlaskClient, app: Flask, clock: FakeClock) -> None:
    store: Store = app.extensions["bot"].store
    times = dict.fromkeys(("slot", "not_before", "expires_at", "changed_at"), clock.real_now())
    rows = [
        {"user_hash": f"{n}", "kind": "reminder", "occasions": ",1,", "state": state, **times}
        for n, state in enumerate(("sent", "sent", "unknown"))
    ]
    with store.writing() as connection:
        connection.execute(sa.insert(outbox), rows)
    found = samples(client.get("/metrics").text)
    by_state = {labels[0]: count for (name, labels), count in found.items() if name == "bot_reminders"}
    assert by_state == {state: {"sent": 2, "unknown": 1}.get(state, 0) for state in STATES}
    assert found["bot_reminders_stopped", ()] == 0
    with store.writing() as connection:
        planning.pause(connection, store.database.insert, "*", None, "模板不对", clock.real_now())
    assert samples(client.get("/metrics").text)["bot_reminders_stopped", ()] == 0, "counted a moment ago"
    clock.move(16)
    assert samples(client.get("/metrics").text)["bot_reminders_stopped", ()] == 1


def test_without_a_database_the_page_tells_the_rest(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise StoreError("away")

    monkeypatch.setattr(app.extensions["bot"].store, "reading", away)
    found = samples(client.get("/metrics").text)
    assert "bot_knowledge_age_seconds" in {name for name, _ in found}
    assert "bot_reminders" not in {name for name, _ in found}


def test_the_page_holds_no_candidate(client: FlaskClient, app: Flask) -> None:
    client.post("/api/messages", json={"user": "somebody", "text": "我的话"})
    text = client.get("/metrics").text
    for secret in ("somebody", "我的话", app.extensions["bot"].store.user_hash("web:somebody")):
        assert secret not in text


def test_every_step_of_a_real_message_is_measured(
    kb: Any, make_sqlite: Callable[[], str], clock: FakeClock
) -> None:
    metrics = Metrics()
    assistant = build(kb, timed=metrics.timed)
    store = Store(make_sqlite(), SECRET)
    exchange = Exchange(lambda: assistant, store, clock, lambda: "抱歉", metrics=metrics)
    with capture_logs() as logs:
        exchange.take(
            user="a",
            key="1",
            channel="wechat",
            message=Message("text", "四川技能缴费怎么弄才行"),
            write=lambda turn: turn.reply.text.encode(),
        )
    store.close()
    (line,) = [line for line in logs if line["event"] == "message"]
    assert {"understand", "decide", "render", "write", "store"} <= set(line["steps"]) <= set(STEPS)
    assert sum(line["steps"].values()) == pytest.approx(line["ms"], abs=0.1)
    assert metrics.totals()["step_seconds"]["understand"][1] > 0


def test_timing_answers_as_no_timing(kb: Any, assistant: Assistant, clock: FakeClock) -> None:
    timed = build(kb, timed=Metrics().timed)
    for text in ("四川技能考试几号缴费", "重庆", "帮助"):
        message = Message("text", text)
        assert timed.respond(message, None, clock.now()) == assistant.respond(message, None, clock.now())


def test_workers_tell_of_one_another(serve: Serve) -> None:
    import urllib.request

    from tests.test_app import ask

    process, address = serve(BOT_WORKERS="3")
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda n: ask(address, "你好", f"m{n}"), range(12)))
    for _ in range(3):
        with urllib.request.urlopen(f"{address}/metrics", timeout=10) as page:  # noqa: S310
            assert samples(page.read().decode())["bot_messages_total", ("web", "answer")] == 12
    assert process.poll() is None
