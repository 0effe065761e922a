"""Apps with a platform before them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.answers.reply import Reply
from bot.app import create_app
from bot.settings import Settings
from bot.simulate import wire
from tests.chat.conftest import chromium  # noqa: F401  # a fixture: one browser a run
from tests.fakes import EchoAssistant, FakeClock, FixedSource
from tests.wechat.platform import AES_KEY, APP_ID, TOKEN, Platform, Saying


@pytest.fixture
def assistant() -> EchoAssistant:
    return EchoAssistant()


@pytest.fixture
def fixture_xml() -> Callable[[str], str]:
    return lambda name: (Path(__file__).parent / "fixtures" / f"{name}.xml").read_text("utf-8")


@pytest.fixture
def make_platform(
    settings: Settings, assistant: EchoAssistant, clock: FakeClock
) -> Iterator[Callable[..., Platform]]:
    """make_platform(mode) -> a Platform before an app of its own.

    says: the reply to everything; None: the assistant of the fixture answers. Further arguments change the settings.
    """
    apps = []

    def make(mode: str = "plain", says: Reply | None = None, **changed: Any) -> Platform:
        account = wire.Account(TOKEN, mode, APP_ID, "" if mode == "plain" else AES_KEY)
        told: dict[str, Any] = {"wechat_token": TOKEN}
        if mode == "safe":
            told |= {"wechat_app_id": APP_ID, "wechat_encoding_aes_key": AES_KEY}
        source = FixedSource(Saying(says) if says else assistant)
        app = create_app(Settings(**{**settings.model_dump(), **told, **changed}), source, clock)
        app.testing = True
        apps.append(app)
        return Platform(app.test_client(), clock, account)

    yield make
    for app in apps:
        app.extensions["bot"].store.close()


@pytest.fixture
def platform(make_platform: Callable[..., Platform]) -> Platform:
    return make_platform()


@pytest.fixture
def safe_platform(make_platform: Callable[..., Platform]) -> Platform:
    return make_platform("safe")
