"""The gate of /wechat: who may come in. Size, signature, decryption, AppID, time, in this order; then the envelope.

The platform has three modes. Our setting tells which counts, never the request, else safe mode could be talked down:
without a key the plain fields count and `signature` vouches for them (明文, and 兼容 read as plain); with a key
only <Encrypt> counts and `msg_signature` vouches for it (安全, and 兼容 read as safe), a body without it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

import xmltodict

from bot.wechat.crypto import Cipher, UndecryptableError, WrongAppIdError, signed
from bot.wechat.envelope import Envelope, UnusableError, clean, read

MAX_BODY_BYTES = 64 * 1024  # the longest real push, a long text in 兼容 mode, stays below 30 kB

_NOT_SIGNED = "签名不对：不是平台发来的，或者 WECHAT_TOKEN 和公众平台“服务器配置”里的令牌不同"


class RefusedError(Exception):
    """Not provably from the platform: a 4xx, and nothing may be written. `reason` is for the operator."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class Gate:
    """Immutable, shared by threads."""

    def __init__(self, token: str, ciphers: Sequence[Cipher], window_seconds: int) -> None:
        """
        Args:
            token: not empty; with an empty one anybody could sign.
            ciphers: the current key, then the previous one; empty for plain mode.
            window_seconds: how far `timestamp` may be from now, either way.
        """
        if not token:
            raise ValueError("the gate needs WECHAT_TOKEN")
        self._token = token
        self._ciphers = tuple(ciphers)
        self._window = window_seconds

    def verify(self, query: Mapping[str, str]) -> str:
        """The echostr of a URL verification, which is plain text in every mode.

        No time window and no replay guard: the platform may repeat a verification, and an echo changes nothing.
        Raises RefusedError.
        """
        timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        if not signed(query.get("signature", ""), self._token, timestamp, nonce):
            raise RefusedError(403, _NOT_SIGNED)
        if not query.get("echostr"):
            raise RefusedError(400, "缺 echostr")
        return query["echostr"]

    def open(self, query: Mapping[str, str], body: bytes, now: datetime) -> tuple[Envelope, Cipher | None]:
        """One push → its envelope, and the cipher the reply must be sealed with (None: reply in the clear).

        Args:
            query: the decoded query. Its openid is ignored: nobody signed it.
            now: aware, the real clock (never the rehearsal one).

        Raises:
            RefusedError: not signed by the platform, or not decryptable.
            UnusableError: signed, but nothing to answer.
        """
        if len(body) > MAX_BODY_BYTES:
            raise RefusedError(413, f"正文超过 {MAX_BODY_BYTES} 字节")
        timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        if self._ciphers:
            xml, cipher = self._decrypted(query.get("msg_signature", ""), timestamp, nonce, body)
        elif signed(query.get("signature", ""), self._token, timestamp, nonce):
            xml, cipher = body, None
        else:
            raise RefusedError(403, _NOT_SIGNED)
        self._check_time(timestamp, now)
        text = clean(xml)
        try:
            return read(text, now), cipher
        except UnusableError:
            if cipher is None and "<Encrypt>" in text:
                raise UnusableError(
                    "消息是加密的，而 WECHAT_ENCODING_AES_KEY 没有设：请设它和 WECHAT_APP_ID"
                ) from None
            raise

    def _decrypted(self, claimed: str, timestamp: str, nonce: str, body: bytes) -> tuple[bytes, Cipher]:
        try:
            fields = xmltodict.parse(clean(body))["xml"]
        except Exception as error:  # noqa: BLE001  ExpatError, ValueError (entities), KeyError: all rubbish
            raise RefusedError(400, f"正文不是平台的 XML（{type(error).__name__}）") from None
        encrypted = fields.get("Encrypt") if isinstance(fields, Mapping) else None
        if not isinstance(encrypted, str):
            raise RefusedError(403, "设了 WECHAT_ENCODING_AES_KEY（安全模式），而正文没有 <Encrypt>")
        if not signed(claimed, self._token, timestamp, nonce, encrypted):
            raise RefusedError(403, _NOT_SIGNED)
        for cipher in self._ciphers:
            try:
                return cipher.decrypt(encrypted), cipher
            except UndecryptableError:
                continue  # made with the other key: it was changed in the console a moment ago
            except WrongAppIdError:
                raise RefusedError(403, "消息是给另一个 AppID 的，和 WECHAT_APP_ID 不同") from None
        raise RefusedError(400, "解不开：WECHAT_ENCODING_AES_KEY 和公众平台上的不同")

    def _check_time(self, timestamp: str, now: datetime) -> None:
        if not re.fullmatch(r"[0-9]{1,11}", timestamp):
            raise RefusedError(403, "timestamp 不是数字")
        away = abs(now.timestamp() - int(timestamp))
        if away > self._window:
            raise RefusedError(
                403, f"签名时间和本机时间差 {away:.0f} 秒，最多 {self._window} 秒：请校准本机时间"
            )
