"""Signatures and AES of the message push; everything wechatpy's crypto may raise ends here as one type.

wechatpy does the AES and writes the encrypted reply. Its reading side is not used, for what 2.0.0a26 does there: it
compares signatures with `!=` (not constant time), it decodes the message as strict UTF-8 (one bad byte from a phone
looks like a wrong key), and it raises IndexError, struct.error, ValueError or UnicodeDecodeError by chance.

Source: 消息加解密说明. AES-256-CBC, key = base64(EncodingAESKey + "="), IV = first 16 bytes of the key, PKCS#7 to blocks of
32; inside: 16 random bytes, length as uint32 big-endian, message, AppID.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import datetime

from wechatpy.crypto import WeChatCrypto
from wechatpy.crypto.base import WeChatCipher

_RANDOM = 16  # bytes before the length
_HEAD = _RANDOM + 4
_BLOCK = 32  # PKCS#7 block; a stock 16-byte unpadder refuses half of the platform's messages


class UndecryptableError(Exception):
    """Not encrypted with this key: wrong key, cut off, or not base64 at all."""


class WrongAppIdError(Exception):
    """Encrypted with this key, but for another account."""


def signature(*parts: str) -> str:
    """Lower-case hex sha1 of the byte-wise sorted parts, as the platform signs."""
    return hashlib.sha1(b"".join(sorted(_bytes(part) for part in parts)), usedforsecurity=False).hexdigest()


def signed(claimed: str, *parts: str) -> bool:
    """Whether `claimed` is the signature of the parts; constant time, False for "" and non-ASCII."""
    return hmac.compare_digest(_bytes(claimed), signature(*parts).encode())


class Cipher:
    """One EncodingAESKey of one account; immutable, shared by threads."""

    def __init__(self, token: str, encoding_aes_key: str, app_id: str) -> None:
        """ValueError when the key is not the console's 43 letters and digits, or the AppID is missing."""
        if not app_id:
            raise ValueError("设了 WECHAT_ENCODING_AES_KEY，就还要设 WECHAT_APP_ID（解密后要核对 AppID）")
        try:
            key = base64.b64decode(encoding_aes_key + "=", validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != 32:
            raise ValueError("EncodingAESKey 不对：要正好 43 个字母或数字")
        self._aes = WeChatCipher(key)
        self._writer = WeChatCrypto(token, encoding_aes_key, app_id)
        self._app_id = app_id.encode()

    def decrypt(self, encrypted: str) -> bytes:
        """The message inside one <Encrypt>; bytes, since a phone's bad UTF-8 is no reason to doubt the key.

        Raises UndecryptableError or WrongAppIdError, nothing else. Only the last padding byte is looked at, as in
        the platform's own samples: the caller has checked msg_signature, so there is no padding oracle to close.
        """
        try:
            plain: bytes = self._aes.decrypt(base64.b64decode(_bytes(encrypted)))
        except ValueError as error:  # binascii.Error and "not a multiple of the block length" are ValueErrors
            raise UndecryptableError(str(error)) from None
        padding = plain[-1] if plain else 0
        if not 1 <= padding <= _BLOCK:
            raise UndecryptableError("padding is not 1 to 32")
        content = plain[:-padding]
        end = _HEAD + int.from_bytes(content[_RANDOM:_HEAD], "big")
        if len(content) < _HEAD or end > len(content):
            raise UndecryptableError("length field does not fit")
        if not hmac.compare_digest(content[end:], self._app_id):
            raise WrongAppIdError
        return content[_HEAD:end]

    def seal(self, xml: bytes, now: datetime) -> bytes:
        """The encrypted reply: <Encrypt>, <MsgSignature> over the values in it, <TimeStamp>, <Nonce>.

        The nonce is our own, never the request's: it goes into CDATA as it is.
        """
        sealed: str = self._writer.encrypt_message(
            xml.decode(), secrets.token_hex(8), str(int(now.timestamp()))
        )
        return sealed.encode()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")
