"""GET and POST /wechat: open the envelope, have it answered, write the answer. What to say is decided elsewhere.

What is signed gets 200 whatever it holds, since anything else makes the platform send it again and then show the
candidate its failure notice. What is not signed gets a 4xx and never reaches the database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from bot.answers.reply import Reply
from bot.clock import Clock
from bot.conversation import Message, Turn
from bot.observability import get_logger
from bot.settings import Settings
from bot.wechat import replies
from bot.wechat.crypto import Cipher
from bot.wechat.envelope import Envelope, UnusableError
from bot.wechat.protocol import MAX_BODY_BYTES, Gate, RefusedError

CHANNEL = "wechat"

_OFF = (
    "没有设 WECHAT_TOKEN，/wechat 关着：请把它设成公众平台“服务器配置”里的令牌(Token)；/chat 不用它也能用。"
)

log = get_logger(__name__)


class Exchange(Protocol):
    """What this room needs of bot.exchange."""

    def take(
        self, *, user: str, key: str, channel: str, message: Message, write: Callable[[Turn], bytes]
    ) -> bytes:
        """The bytes to send, the same ones for every try of one key. Never raises."""

    def note(self, *, user: str, key: str, effects: tuple[Mapping[str, Any], ...]) -> None:
        """Apply what a push reports, once for all its tries. Never raises."""

    def forget(self, user: str) -> None:
        """Erase everything held about the candidate. Never raises."""


class Guard(Protocol):
    """What this room needs of bot.guard. All platform traffic comes from few addresses: so no limit for an address but
    for requests that nobody signed, and one for each candidate."""

    def unsigned(self) -> bool:
        """Count the current request as not signed; False when its address sent too many of them."""

    def candidate(self, user: str, key: str) -> bool:
        """Count one message; False when this candidate sends too many. Tries of one message count once."""


def create_blueprint(
    exchange: Exchange, settings: Settings, clock: Clock, guard: Guard, too_fast: Callable[[], str]
) -> Blueprint:
    """The blueprint of /wechat. ValueError when a key is set that is no key, or the AppID is missing.

    too_fast: what a candidate reads who sends too many messages.
    """
    blueprint = Blueprint("wechat", __name__)
    gate = _gate(settings)
    if gate is None:
        log.warning("wechat_off", reason=_OFF)

    @blueprint.get("/wechat", strict_slashes=False)
    def verify() -> Response:
        if gate is None:
            return _off()
        try:
            return _text(gate.verify(request.args))
        except RefusedError as refused:
            return _refused(refused, guard)

    @blueprint.post("/wechat", strict_slashes=False)
    def push() -> Response:
        if gate is None:
            return _off()
        try:
            now = clock.real_now()
            envelope, cipher = gate.open(request.args, _body(), now)
        except RefusedError as refused:
            return _refused(refused, guard)
        except UnusableError as unusable:
            log.warning("wechat_unusable", reason=str(unusable))
            return _answer(replies.SUCCESS)
        if envelope.message.kind == "silent" and not envelope.reports:
            # LOCATION may come every 5 s from every open chat: no claim, no session, no row.
            return _answer(replies.SUCCESS)

        def write(turn: Turn) -> bytes:
            return _written(turn.reply, envelope, cipher, clock, settings.bot_menu_links)

        # Who leaves is let go, and what the platform reports is noted, however much was said before.
        always = envelope.message.kind == "unsubscribe" or envelope.reports
        if always or guard.candidate(envelope.user, envelope.dedupe_key):
            return _answer(_answered(exchange, envelope, write))
        # Nothing is claimed or written, so this is no answer to the message; but it is a 200, else it comes again.
        return _answer(_written(Reply(too_fast()), envelope, cipher, clock, menu_links=False))

    return blueprint


def _gate(settings: Settings) -> Gate | None:
    """None while WECHAT_TOKEN is unset."""
    if not settings.wechat_token:
        return None
    keys = [settings.wechat_encoding_aes_key, settings.wechat_encoding_aes_key_previous]
    # Without a current key there is no safe mode, whatever the previous one was: the operator went back to plain.
    ciphers = [
        Cipher(settings.wechat_token, key, settings.wechat_app_id or "") for key in keys if key and keys[0]
    ]
    return Gate(settings.wechat_token, ciphers, settings.bot_signature_window_seconds)


def _answered(exchange: Exchange, envelope: Envelope, write: Callable[[Turn], bytes]) -> bytes:
    user, key = envelope.user, envelope.dedupe_key
    try:
        if envelope.reports:
            effects = tuple({"wish": "report", "report": report} for report in envelope.reports)
            exchange.note(user=user, key=key, effects=effects)
            return replies.SUCCESS
        if envelope.message.kind == "unsubscribe":
            # The platform's rule, so it hangs on no knowledge and no Assistant; nobody is there to read a reply.
            exchange.forget(user)
            return replies.SUCCESS
        return exchange.take(user=user, key=key, channel=CHANNEL, message=envelope.message, write=write)
    except Exception:  # all promise not to raise; a broken promise must not become a 500
        log.exception("wechat_failed")
        return replies.SUCCESS


def _written(
    reply: Reply, envelope: Envelope, cipher: Cipher | None, clock: Clock, menu_links: bool
) -> bytes:
    now = clock.real_now()
    body = replies.write(reply, envelope, now, menu_links=menu_links)
    return cipher.seal(body, now) if cipher and body != replies.SUCCESS else body


def _body() -> bytes:
    """The raw body. One that says it is too large is refused unread; of chunks one byte too many is read."""
    # werkzeug cuts chunks off here without a word, so the gate counts again.
    request.max_content_length = MAX_BODY_BYTES + 1
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise RefusedError(413, f"正文超过 {MAX_BODY_BYTES} 字节") from None


def _answer(body: bytes) -> Response:
    if body in (replies.SUCCESS, b""):
        return _text("success")
    return Response(body, content_type="text/xml; charset=utf-8")


def _text(text: str, status: int = 200) -> Response:
    # The echostr is whatever the caller sent: plain text, under the app's nosniff, no browser takes for a page.
    headers = {"Cache-Control": "no-store"}
    return Response(text, status, headers, content_type="text/plain; charset=utf-8")


def _refused(refused: RefusedError, guard: Guard) -> Response:
    if not guard.unsigned():  # and no line in the log either, which is what a flood fills first
        return _text("请求太多\n", 429)
    log.warning("wechat_refused", reason=refused.reason, status=refused.status)
    return _text(refused.reason + "\n", refused.status)


def _off() -> Response:
    log.warning("wechat_off", reason=_OFF, status=503)
    return _text(_OFF + "\n", 503)
