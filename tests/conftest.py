"""What every test may ask for: settings of its own, both databases, the app, a clock that stands still."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bot.answers.reply import Reply
from bot.app import create_app
from bot.conversation import Assistant, Message, Trace, Turn
from bot.settings import Clock, Settings
from bot.storage.migrate import upgrade
from bot.storage.store import Store

SECRET = b"a secret of the tests, 32 bytes."
NOW = datetime(2024, 2, 1, 2, 0, tzinfo=UTC)
POSTGRES = os.environ.get("BOT_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1/test")
REQUIRED = set(filter(None, os.environ.get("BOT_TEST_REQUIRE", "").split(",")))


def pytest_configure(config: pytest.Config) -> None:
    for name, what in (("postgres", "a PostgreSQL server"), ("chromium", "Debian's chromium and chromedriver")):
        config.addinivalue_line("markers", f"{name}: needs {what}; BOT_TEST_REQUIRE={name} fails it instead of skipping")


def pytest_runtest_setup(item: pytest.Item) -> None:
    for name, missing in (("postgres", _postgres_missing), ("chromium", _chromium_missing)):
        if item.get_closest_marker(name) and (reason := missing()):
            if name in REQUIRED:
                pytest.fail(f"BOT_TEST_REQUIRE names {name}, but {reason}")
            pytest.skip(reason)


_found: dict[str, str] = {}


def _postgres_missing() -> str:
    """Why PostgreSQL can't be used; "" when it can. Asked once."""
    if "postgres" not in _found:
        try:
            engine = sa.create_engine(POSTGRES, connect_args={"connect_timeout": 2})
            with engine.connect():
                _found["postgres"] = ""
            engine.dispose()
        except Exception as error:  # noqa: BLE001  # not installed, not running, not allowed: all of it is "not there"
            _found["postgres"] = f"no PostgreSQL at BOT_TEST_POSTGRES ({type(error).__name__})"
    return _found["postgres"]


def _chromium_missing() -> str:
    missing = [name for name in ("chromium", "chromedriver") if not shutil.which(name)]
    return f"not installed: {', '.join(missing)}" if missing else ""


class FakeClock(Clock):
    """Stands still until told."""

    def __init__(self, now: datetime = NOW, rehearsal: datetime | None = None) -> None:
        super().__init__(rehearsal)
        self.real = now

    def now(self) -> datetime:
        return self._rehearsal or self.real

    def real_now(self) -> datetime:
        return self.real

    def move(self, seconds: float) -> None:
        self.real += timedelta(seconds=seconds)


class EchoAssistant(Assistant):
    """Counts this candidate's messages in the session and says the number and the text; raises on "炸"."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def respond(self, message: Message, session: Mapping[str, Any] | None, now: datetime) -> Turn:
        self.asked.append(message.text)
        if message.text == "炸":
            raise RuntimeError("asked to")
        count = (session or {}).get("count", 0) + 1
        trace = Trace("answer", entry="echo", region="四川", score=0.9, masked_text=message.text, detail={"n": count})
        forget = message.text == "清除我的数据"
        effects = ({"wish": "subscribe"},) if message.text == "订阅" else ()
        return Turn(Reply(f"{count} {message.text}"), None if forget else {"count": count}, effects, trace)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(bot_var=tmp_path / "var", bot_secret_key=SECRET.decode())


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database of this test's own, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'bot.db'}"
        upgrade(url)
        yield url
        return
    yield from _postgres_database()


def _postgres_database() -> Iterator[str]:
    name = f"bot_test_{secrets.token_hex(6)}"
    admin = sa.create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    try:
        with admin.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
        url = sa.make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
        upgrade(url)
        yield url
        with admin.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    finally:
        admin.dispose()


@pytest.fixture
def store(store_url: str, clock: FakeClock) -> Iterator[Store]:
    store = Store(store_url, SECRET, now=clock.real_now)
    yield store
    store.close()


@pytest.fixture
def assistant() -> EchoAssistant:
    return EchoAssistant()


@pytest.fixture
def app(settings: Settings, assistant: EchoAssistant, clock: FakeClock) -> Iterator[Flask]:
    app = create_app(settings, lambda: assistant, clock)
    app.testing = True
    yield app
    app.extensions["bot"].store.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
