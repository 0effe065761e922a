"""The platform in front of the whole app: it signs and seals with bot.simulate.wire, which shares no code with bot.wechat."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot.answers.reply import Reply
from bot.app import create_app
from bot.conversation import Assistant, Message, Trace, Turn
from bot.settings import Clock, Settings
from bot.simulate import wire

TOKEN = "AAAAA"  # noqa: S105  the token of the platform's own examples
APP_ID = "wxba5fad812f8e6fb9"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
USER = "oTest5Fans00000000000000abcd"


@dataclass
class Platform:
    """Pushes to one app. account: what the console says, which may differ from what the app was told."""

    client: FlaskClient
    clock: Clock
    account: wire.Account
    nonces: int = 0

    def post(self, xml: str | bytes, *, late: int = 0, **changed: Any) -> TestResponse:
        """One try. late: seconds the timestamp lies behind the clock. changed: fields of the query, None removes one."""
        body = xml.encode() if isinstance(xml, str) else xml
        self.nonces += 1
        now = int(self.clock.real_now().timestamp()) - late
        query, body = wire.request(body, self.account, now, user=USER, nonce=f"n{self.nonces}")
        query = {name: value for name, value in (query | changed).items() if value is not None}
        return self.client.post("/wechat", query_string=query, data=body, content_type="text/xml")

    def say(
        self, text: str, number: int = 1, user: str = USER, kind: str = "text", created: int = 0
    ) -> TestResponse:
        created = created or int(self.clock.real_now().timestamp())
        return self.post(wire.Push(kind, text, user, created, number).xml)

    def heard(self, response: TestResponse, user: str = USER) -> str:
        """What the candidate reads; "" for no reply."""
        assert response.status_code == 200, response.text
        return wire.read_reply(response.data, user, self.account)[1]


class Saying(Assistant):
    """Says one thing, whatever it is asked."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply

    def respond(self, message: Message, session: Mapping[str, Any] | None, now: datetime) -> Turn:
        return Turn(self.reply, {}, (), Trace("answer"))


@pytest.fixture
def fixture_xml() -> Callable[[str], str]:
    return lambda name: (Path(__file__).parent / "fixtures" / f"{name}.xml").read_text("utf-8")


@pytest.fixture
def make_platform(settings: Settings, assistant: Any, clock: Any) -> Iterator[Callable[..., Platform]]:
    """make_platform(mode) -> a Platform before an app of its own.

    says: the reply to everything; None: the assistant of the fixture answers. Further arguments change the settings.
    """
    apps = []

    def make(mode: str = "plain", says: Reply | None = None, **changed: Any) -> Platform:
        account = wire.Account(TOKEN, mode, APP_ID, "" if mode == "plain" else AES_KEY)
        told: dict[str, Any] = {"wechat_token": TOKEN}
        if mode == "safe":
            told |= {"wechat_app_id": APP_ID, "wechat_encoding_aes_key": AES_KEY}
        asked = Saying(says) if says else assistant
        app = create_app(Settings(**{**settings.model_dump(), **told, **changed}), lambda: asked, clock)
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


@pytest.fixture
def with_key() -> Callable[[Platform, str], Platform]:
    """The same platform after its EncodingAESKey was changed in the console."""
    return lambda platform, key: replace(platform, account=replace(platform.account, aes_key=key))
