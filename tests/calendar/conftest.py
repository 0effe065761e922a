"""The real knowledge behind the whole app, at a day of the test's choice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.app import create_app
from bot.conversation import Assistant
from bot.settings import Settings
from tests.fakes import FakeClock, FixedSource


@pytest.fixture
def at(assistant: Assistant, settings: Settings) -> Iterator[Callable[[str], FlaskClient]]:
    """at("2024-02-01T10:00:00+08:00") -> a client of the app whose clock stands there."""
    made: list[Flask] = []

    def make(now: str) -> FlaskClient:
        app = create_app(settings, FixedSource(assistant), FakeClock(datetime.fromisoformat(now)))
        app.testing = True
        made.append(app)
        return app.test_client()

    yield make
    for app in made:
        app.extensions["bot"].store.close()
