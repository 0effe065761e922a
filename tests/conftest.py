"""What every test may ask for: settings of its own, both databases, the app, a clock that stands still."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bot.app import create_app
from bot.build import build
from bot.conversation import Assistant
from bot.knowledge.load import load
from bot.knowledge.model import Knowledge
from bot.settings import Settings
from bot.storage.migrate import upgrade
from bot.storage.store import Store
from tests.fakes import EchoAssistant, FakeClock, FixedSource
from tests.serving import SERVE, Serve, environment, free_port

# No test is timed: a busy machine is no fault of the code.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

KNOWLEDGE = Path(__file__).resolve().parent.parent / "knowledge"
SECRET = b"a secret of the tests, 32 bytes."
POSTGRES = os.environ.get("BOT_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1/test")
REQUIRED = set(filter(None, os.environ.get("BOT_TEST_REQUIRE", "").split(",")))


def pytest_configure(config: pytest.Config) -> None:
    for name, what in (
        ("postgres", "a PostgreSQL server"),
        ("chromium", "Debian's chromium and chromedriver"),
    ):
        config.addinivalue_line(
            "markers", f"{name}: needs {what}; BOT_TEST_REQUIRE={name} fails it instead of skipping"
        )


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


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(bot_var=tmp_path / "var", bot_secret_key=SECRET.decode())


@pytest.fixture
def make_sqlite(tmp_path: Path) -> Callable[[], str]:
    """Makes a migrated SQLite file in tmp_path and gives its URL."""

    def make() -> str:
        url = f"sqlite:///{tmp_path / 'bot.db'}"
        upgrade(url)
        return url

    return make


@pytest.fixture
def make_postgres() -> Iterator[Callable[[], str]]:
    """Makes migrated PostgreSQL databases of this test's own, and drops them."""
    made: list[str] = []
    admin = sa.create_engine(POSTGRES, isolation_level="AUTOCOMMIT")

    def make() -> str:
        made.append(f"bot_test_{secrets.token_hex(6)}")
        with admin.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {made[-1]}"))
        url = sa.make_url(POSTGRES).set(database=made[-1]).render_as_string(hide_password=False)
        upgrade(url)
        return url

    yield make
    with admin.connect() as connection:
        for name in made:
            connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def postgres_url(make_postgres: Callable[[], str]) -> str:
    """A migrated PostgreSQL database; the test is marked `postgres`."""
    return make_postgres()


@pytest.fixture(
    params=["make_sqlite", pytest.param("make_postgres", marks=pytest.mark.postgres)],
    ids=["sqlite", "postgres"],
)
def store_url(request: pytest.FixtureRequest) -> str:
    """A migrated database of this test's own, once on SQLite and once on PostgreSQL."""
    make: Callable[[], str] = request.getfixturevalue(request.param)
    return make()


@pytest.fixture
def store(store_url: str, clock: FakeClock) -> Iterator[Store]:
    store = Store(store_url, SECRET, now=clock.real_now)
    yield store
    store.close()


@pytest.fixture
def echo() -> FixedSource:
    return FixedSource(EchoAssistant())


@pytest.fixture
def app(settings: Settings, echo: FixedSource, clock: FakeClock) -> Iterator[Flask]:
    app = create_app(settings, echo, clock)
    app.testing = True
    yield app
    app.extensions["bot"].store.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Starts the server, waits for its line, and gives the process and its address."""
    started: list[subprocess.Popen[str]] = []

    def start(**more: str) -> tuple[subprocess.Popen[str], str]:
        port = free_port()
        with (tmp_path / "log").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", SERVE], cwd=tmp_path, text=True, stdout=subprocess.PIPE, stderr=log,
                env=environment(tmp_path, BOT_PORT=str(port), **more),
            )  # fmt: skip
        started.append(process)
        assert process.stdout
        assert f"http://127.0.0.1:{port}/chat" in process.stdout.readline()
        return process, f"http://127.0.0.1:{port}"

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait(30)
        if process.stdout:
            process.stdout.close()


@pytest.fixture(scope="session")
def assistant() -> Assistant:
    """The real knowledge's Assistant; 2 s once a run."""
    kb, problems = load(KNOWLEDGE)
    assert kb is not None, "\n".join(problem.show() for problem in problems)
    return build(kb)


@pytest.fixture(scope="session")
def kb(assistant: Assistant) -> Knowledge:
    return assistant.kb
