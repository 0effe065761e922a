"""The app as one: health, headers, limits; and the server as a process."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.app import MAX_BODY_BYTES, create_app
from bot.settings import Settings
from bot.storage.migrate import downgrade
from bot.storage.store import Store
from tests.conftest import SECRET
from tests.fakes import NOW, FakeClock, FixedSource
from tests.serving import Child, Serve, echoing, environment, free_port

ROOT = Path(__file__).resolve().parent.parent


def test_alive_and_ready(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json == {
        "status": "ready",
        "problems": {},
        "knowledge": {"version": "test", "loaded_at": NOW.isoformat(), "age_seconds": 0},
        "database": "ok",
    }


def test_without_knowledge_it_lives_and_is_not_ready(client: FlaskClient, echo: FixedSource) -> None:
    echo.problem = "schedules.yaml 第 3 行"
    assert client.get("/healthz").status_code == 200
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert ready.get_json()["problems"] == {"knowledge": "schedules.yaml 第 3 行"}


def test_with_an_old_database_it_says_what_to_run(client: FlaskClient, settings: Settings) -> None:
    downgrade(settings.store_url, "base")
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert "db upgrade" in ready.get_json()["problems"]["database"]


def test_with_a_read_only_database_it_answers_and_is_not_ready(
    settings: Settings, echo: FixedSource, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_app(settings, echo, clock).extensions["bot"].store.close()
    url = settings.store_url.replace("sqlite:///", "sqlite:///file:") + "?mode=ro&uri=true"
    monkeypatch.setattr("bot.app.upgrade", lambda _url: None)
    app = create_app(
        Settings(bot_var=settings.bot_var, bot_secret_key=SECRET.decode(), database_url=url), echo, clock
    )
    client = app.test_client()
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert "readonly" in ready.get_json()["problems"]["database"]
    assert post(client, "你好")["reply"] == "1 你好"
    app.extensions["bot"].store.close()


def post(client: FlaskClient, text: str, user: str = "someone") -> Any:
    response = client.post("/api/messages", json={"user": user, "text": text})
    assert response.status_code == 200
    return response.json


def test_a_conversation_over_the_api(client: FlaskClient) -> None:
    assert [post(client, "你好")["reply"] for _ in range(2)] == ["1 你好", "2 你好"]
    assert post(client, "你好", "someone-else")["reply"] == "1 你好"


def test_the_web_user_is_not_an_openid(client: FlaskClient, app: Flask) -> None:
    post(client, "你好", "oABC")
    store: Store = app.extensions["bot"].store
    with store.turn("oABC", "any") as record:
        assert record.session is None
    with store.turn("web:oABC", "any") as record:
        assert record.session == {"count": 1}


@pytest.mark.parametrize("path", ["/chat", "/healthz", "/readyz", "/wechat", "/nowhere", "/api/nowhere"])
def test_every_page_is_guarded(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_so_is_every_error(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    app.testing = False  # else Flask raises what a visitor would see as a 500
    app.add_url_rule("/fails", view_func=lambda: str(1 / 0))
    client = app.test_client()
    answers = [
        client.get("/fails"),
        client.delete("/chat"),
        client.post("/api/messages", data=b"{", content_type="application/json"),
        client.post("/api/messages", data=b"x" * (MAX_BODY_BYTES * 10), content_type="application/json"),
        client.post("/wechat"),
        client.get("/chat/static/none.js"),
    ]
    assert [answer.status_code for answer in answers] == [500, 405, 400, 413, 503, 404]
    for answer in answers:
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "ZeroDivision" not in answer.text


def test_errors_of_the_api_are_json(client: FlaskClient) -> None:
    for response in (client.get("/api/nowhere"), client.get("/api/messages")):
        assert response.status_code in (404, 405)
        assert response.get_json()["status"] == response.status_code


def test_a_large_body_is_refused_unread(client: FlaskClient) -> None:
    body = b"x" * (MAX_BODY_BYTES * 10)
    assert client.post("/wechat", data=body).status_code in (403, 413, 503)
    assert client.post("/api/messages", data=body, content_type="application/json").status_code == 413


def test_background_work_starts_once_a_process_and_stops(settings: Settings, echo: FixedSource) -> None:
    app = create_app(settings, echo)
    parts = app.extensions["bot"]
    parts.background.start()
    parts.background.start()
    parts.background.stop()
    parts.store.close()


def test_old_rows_are_purged_by_the_retention_days(
    settings: Settings, echo: FixedSource, clock: FakeClock
) -> None:
    app = create_app(settings, echo, clock)
    post(app.test_client(), "你好")
    clock.move(91 * 86400)
    store: Store = app.extensions["bot"].store

    class OneRound:
        """Lets keep_tidy run once."""

        def __init__(self) -> None:
            self.rounds = 0

        def is_set(self) -> bool:
            return self.rounds > 0

        def wait(self, _seconds: float) -> None:
            self.rounds += 1

    from bot.storage.retention import keep_tidy

    keep_tidy(store, settings.bot_retention_days, OneRound())  # type: ignore[arg-type]
    with store.turn("web:someone", "any") as record:
        assert record.session is None
    store.close()


def ask(address: str, text: str, key: str) -> Any:
    body = json.dumps({"user": "someone", "text": text, "id": key}).encode()
    request = urllib.request.Request(f"{address}/api/messages", body, {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310
        return json.loads(response.read())


def test_two_workers_serve_one_conversation_and_stop_at_a_signal(serve: Serve, tmp_path: Path) -> None:
    process, address = serve(BOT_WORKERS="2")
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda n: ask(address, "你好", f"message-{n}")["reply"], range(24)))
    assert sorted(int(reply.split()[0]) for reply in replies) == list(range(1, 25))
    process.send_signal(signal.SIGTERM)
    assert process.wait(15) == 0
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert sum(line["action"] == "message" for line in lines) == 24


def run(tmp_path: Path, **more: str) -> tuple[int, str, str]:
    """Exit code, stdout, stderr."""
    log = tmp_path / "log"
    child = Child(echoing, env=environment(tmp_path, **more), cwd=tmp_path, log=log)
    said = child.stdout.read()
    code = child.wait(60)
    child.close()
    return code, said, log.read_text("utf-8")


def test_a_wrong_setting_is_one_line_and_exit_2(tmp_path: Path) -> None:
    code, said, wrong = run(tmp_path, BOT_PORT="http")
    assert (code, said) == (2, "")
    assert wrong.startswith("设置 BOT_PORT=http 不对。")
    assert wrong.count("\n") == 1


def test_a_taken_port_is_one_line_and_exit_2(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        code, _said, wrong = run(tmp_path, BOT_PORT=str(taken.getsockname()[1]))
    assert code == 2
    assert "BOT_PORT" in wrong
    assert wrong.count("\n") == 1


def test_a_database_that_cannot_be_opened_is_one_line_and_exit_1(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    url = f"sqlite:///{tmp_path}/file/bot.db"
    code, _said, wrong = run(tmp_path, DATABASE_URL=url, BOT_PORT=str(free_port()))
    assert code == 1
    assert wrong.startswith("数据库打不开：")


def test_importing_the_door_opens_nothing(tmp_path: Path) -> None:
    # One thread of BLAS, told before numpy is there: two spin for each other at every message.
    code = "import os, sys, server; assert 'app' not in vars(server); assert os.environ['OPENBLAS_NUM_THREADS'] == '1'"
    subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        check=True,
        timeout=60,
        env=environment(tmp_path, BOT_PORT="no number"),
    )
    assert not (tmp_path / "var").exists()
