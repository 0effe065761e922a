"""What every test may ask for: settings of its own, both databases, the app, a clock that stands still."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache

from bot.app import create_app
from bot.build import build
from bot.conversation import Assistant
from bot.knowledge.load import load
from bot.knowledge.model import Knowledge
from bot.settings import Settings
from bot.storage.migrate import upgrade
from bot.storage.store import Store
from tests.fakes import EchoAssistant, FakeClock, FixedSource
from tests.serving import Child, Serve, echoing, environment, free_port

# No test is timed: a busy machine is no fault of the code.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


class _Compiled(BytecodeCache):
    """Every template is compiled once in a process: each test's app would do it anew, and it is a twentieth of the suite."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": _Compiled()}

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
            where = sa.make_url(POSTGRES).render_as_string(hide_password=True)
            _found["postgres"] = (
                f"no PostgreSQL answers at {where} (BOT_TEST_POSTGRES): {type(error).__name__}"
            )
    return _found["postgres"]


def missing_tool(name: str, part: str) -> None:
    """Skip or fail, for a part of the tests that needs a program besides."""
    if not shutil.which(name):
        (pytest.fail if part in REQUIRED else pytest.skip)(f"not installed: {name}")


def _chromium_missing() -> str:
    missing = [name for name in ("chromium", "chromedriver") if not shutil.which(name)]
    return f"not installed: {', '.join(missing)}" if missing else ""


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all tables and nothing in them, to be copied: migrating takes fifty times as long."""
    path = tmp_path_factory.mktemp("migrated") / "bot.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def settings(tmp_path: Path, migrated: Path) -> Settings:
    """With the tables made; a start without any is tried in test_app.py."""
    told = Settings(bot_var=tmp_path / "var", bot_secret_key=SECRET.decode())
    told.bot_var.mkdir()
    shutil.copy(migrated, told.bot_var / "bot.db")
    return told


@pytest.fixture
def make_sqlite(tmp_path: Path, migrated: Path) -> Callable[[], str]:
    """Makes a migrated SQLite file in tmp_path, the same when asked again, and gives its URL."""

    def make() -> str:
        path = tmp_path / "bot.db"
        if not path.exists():
            shutil.copy(migrated, path)
        return f"sqlite:///{path}"

    return make


class Postgres:
    """The server at BOT_TEST_POSTGRES."""

    def __init__(self) -> None:
        self._admin = sa.create_engine(POSTGRES, isolation_level="AUTOCOMMIT")

    def create(self, source: str = "template1") -> str:
        """Makes a database, a copy of `source`; its name."""
        name = f"bot_test_{secrets.token_hex(6)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {source}")
        return name

    def drop(self, name: str) -> None:
        self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def close(self) -> None:
        self._admin.dispose()

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(sa.text(statement))

    @staticmethod
    def url(name: str) -> str:
        return sa.make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgres() -> Iterator[tuple[Postgres, str]]:
    """The server, and the name of a migrated database to be copied."""
    server = Postgres()
    template = server.create()
    upgrade(server.url(template))
    yield server, template
    server.drop(template)
    server.close()


@pytest.fixture
def make_postgres(postgres: tuple[Postgres, str]) -> Iterator[Callable[[], str]]:
    """Makes migrated PostgreSQL databases of this test's own, and drops them."""
    server, template = postgres
    made: list[str] = []

    def make() -> str:
        made.append(server.create(template))
        return server.url(made[-1])

    yield make
    for name in made:
        server.drop(name)


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
    started: list[Child] = []

    def start(**more: str) -> tuple[Child, str]:
        port = free_port()
        env, log = environment(tmp_path, BOT_PORT=str(port), **more), tmp_path / "log"
        started.append(Child(echoing, env=env, cwd=tmp_path, log=log))
        assert f"http://127.0.0.1:{port}/chat" in started[-1].stdout.readline(), log.read_text()
        return started[-1], f"http://127.0.0.1:{port}"

    yield start
    for process in started:
        process.close()


@pytest.fixture(scope="session")
def assistant() -> Assistant:
    """The real knowledge's Assistant; 2 s once a run."""
    kb, problems = load(KNOWLEDGE)
    assert kb is not None, "\n".join(problem.show() for problem in problems)
    return build(kb)


@pytest.fixture(scope="session")
def kb(assistant: Assistant) -> Knowledge:
    return assistant.kb
