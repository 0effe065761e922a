"""The platform in front of the whole app: it signs and seals with bot.simulate.wire, which shares no code with bot.wechat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot.answers.reply import Reply
from bot.clock import Clock
from bot.conversation import Message, Trace, Turn
from bot.simulate import wire

TOKEN = "AAAAA"
APP_ID = "wxba5fad812f8e6fb9"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
USER, OTHER = "oTest5Fans00000000000000abcd", "oTest5Else00000000000000abcd"


@dataclass
class Platform:
    """Pushes to one app. account: what the console says, which may differ from what the app was told."""

    client: FlaskClient
    clock: Clock
    account: wire.Account
    nonces: int = 0

    @property
    def now(self) -> int:
        """Seconds, as the app's real clock has them."""
        return int(self.clock.real_now().timestamp())

    def post(self, xml: str | bytes, *, late: int = 0, **changed: Any) -> TestResponse:
        """One try. late: seconds the timestamp lies behind the clock. changed: fields of the query, None removes one."""
        body = xml.encode() if isinstance(xml, str) else xml
        self.nonces += 1
        query, body = wire.request(body, self.account, self.now - late, user=USER, nonce=f"n{self.nonces}")
        sent = {name: value for name, value in {**query, **changed}.items() if value is not None}
        return self.client.post("/wechat", query_string=sent, data=body, content_type="text/xml")

    def say(
        self, text: str, number: int = 1, user: str = USER, kind: str = "text", created: int = 0
    ) -> TestResponse:
        """One try of a message or event as the simulator writes it. created: 0 is now."""
        return self.post(wire.Push(kind, text, user, created or self.now, number).xml)

    def heard(self, response: TestResponse, user: str = USER) -> str:
        """What the candidate reads; "" for no reply."""
        assert response.status_code == 200, response.text
        return wire.read_reply(response.data, user, self.account)[1]

    def with_account(self, **changed: str) -> Platform:
        """The same app, after something was changed in the console."""
        return replace(self, account=replace(self.account, **changed))


class Saying:
    """An Assistant that says one thing, whatever it is asked."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply

    def respond(self, message: Message, session: Mapping[str, Any] | None, now: datetime) -> Turn:
        return Turn(self.reply, {}, (), Trace("answer"))
