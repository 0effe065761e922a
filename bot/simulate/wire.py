"""The platform's end of the wire: XML as it pushes it, signed and sealed, and its reading of the reply.

Written apart from bot/wechat on purpose, down to AES by `cryptography` itself: what both ends agree on is then the
protocol and not a mistake they share. Nothing here may be imported by bot/wechat, or from it.

Source: 消息推送, 消息加解密说明, 接收普通消息, 接收事件推送, 被动回复用户消息.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

import xmltodict
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

MODES = ("plain", "compatible", "safe")
ACCOUNT = "gh_51ea7ed00000"
LIMIT_BYTES = 2048


class ReplyError(Exception):
    """A reply for which the platform would show its failure notice; says why, in Chinese."""


@dataclass(frozen=True)
class Account:
    """What the console of the platform knows. aes_key: EncodingAESKey, needed for every mode but "plain"."""

    token: str
    mode: str = "plain"
    app_id: str = ""
    aes_key: str = ""


@dataclass(frozen=True)
class Push:
    """One message or event. created: seconds. number: MsgId, the same for every try; events are sent without it."""

    kind: str
    text: str
    user: str
    created: int
    number: int

    @property
    def xml(self) -> str:
        """The plain XML."""
        fields = {"ToUserName": ACCOUNT, "FromUserName": self.user, "CreateTime": str(self.created)}
        fields |= KINDS[self.kind](self.text)
        if fields["MsgType"] != "event":
            fields["MsgId"] = str(self.number)
        return f"<xml>{''.join(_element(name, value) for name, value in fields.items())}</xml>"


def _event(name: str, key: str = "", **more: str) -> dict[str, str]:
    return {"MsgType": "event", "Event": name, "EventKey": key, **more}


# What `text` means is said in the help of `simulate push`; "" gives something plausible.
KINDS: Mapping[str, Callable[[str], dict[str, str]]] = {
    "text": lambda text: {"MsgType": "text", "Content": text},
    "voice": lambda text: (
        {"MsgType": "voice", "MediaId": "m1", "Format": "amr"}
        | ({"Recognition": f"{text}。"} if text else {})
    ),
    "image": lambda _: {"MsgType": "image", "PicUrl": "http://127.0.0.1/p.jpg", "MediaId": "m1"},
    "video": lambda _: {"MsgType": "video", "MediaId": "m1", "ThumbMediaId": "m2"},
    "shortvideo": lambda _: {"MsgType": "shortvideo", "MediaId": "m1", "ThumbMediaId": "m2"},
    "location": lambda text: {
        "MsgType": "location",
        "Location_X": "30.57",
        "Location_Y": "104.06",
        "Scale": "15",
        "Label": text or "四川省成都市",
    },
    "link": lambda text: {"MsgType": "link", "Title": text, "Description": "", "Url": "http://127.0.0.1/"},
    "subscribe": lambda text: _event("subscribe", f"qrscene_{text}" if text else ""),
    "unsubscribe": lambda _: _event("unsubscribe"),
    "scan": lambda text: _event("SCAN", text, Ticket="t1"),
    "click": lambda text: _event("CLICK", text),
    "view": lambda text: _event("VIEW", text or "http://127.0.0.1/", MenuId="1"),
    "position": lambda _: {
        "MsgType": "event",
        "Event": "LOCATION",
        "Latitude": "30.57",
        "Longitude": "104.06",
        "Precision": "30",
    },
}


def request(
    xml: bytes, account: Account, now: int, *, user: str = "", nonce: str = ""
) -> tuple[dict[str, str], bytes]:
    """Query and body of one try; every try has a nonce and a time of its own.

    Args:
        xml: in the clear, ending in "</xml>".
        now: seconds, goes into `timestamp`.
        nonce: "" draws one.
    """
    nonce = nonce or str(secrets.randbelow(10**10))
    query = {
        "signature": sign(account.token, str(now), nonce),
        "timestamp": str(now),
        "nonce": nonce,
        "openid": user,
    }
    if account.mode == "plain":
        return query, xml
    sealed = seal(xml, account.aes_key, account.app_id)
    query |= {"encrypt_type": "aes", "msg_signature": sign(account.token, str(now), nonce, sealed)}
    outer = xml.strip().removesuffix(b"</xml>")
    if account.mode == "safe":
        outer = f"<xml>{_element('ToUserName', ACCOUNT)}".encode()
    return query, outer + f"{_element('Encrypt', sealed)}</xml>".encode()


def read_reply(body: bytes, user: str, account: Account) -> tuple[str, str]:
    """MsgType and Content of a reply; ("", "") for "success" and for no body at all. Raises ReplyError."""
    if body in (b"", b"success"):
        return "", ""
    fields = _fields(body)
    if "Encrypt" in fields:
        fields = _fields(_opened(fields, account))
    elif account.mode == "safe":
        raise ReplyError("安全模式下，回复没有加密")
    kind = fields.get("MsgType", "")
    text = fields.get("Content", "")
    if (fields.get("FromUserName"), fields.get("ToUserName")) != (ACCOUNT, user):
        raise ReplyError("回复的 FromUserName、ToUserName 没有对调")
    if not fields.get("CreateTime", "").isdecimal():
        raise ReplyError("回复的 CreateTime 不是整数")
    if kind not in ("text", "transfer_customer_service"):
        raise ReplyError(f"回复的 MsgType 是“{kind}”")
    if kind == "text" and not text:
        raise ReplyError("回复的 Content 是空的")
    if len(text.encode()) > LIMIT_BYTES:
        raise ReplyError(f"回复有 {len(text.encode())} 字节，平台最多收 {LIMIT_BYTES}")
    return kind, text


def sign(*parts: str) -> str:
    """sha1 over the sorted parts, hex."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def seal(message: bytes, aes_key: str, app_id: str) -> str:
    """Base64 of AES-256-CBC over 16 random bytes, length, message, AppID, padded to blocks of 32."""
    plain = secrets.token_bytes(16) + struct.pack(">I", len(message)) + message + app_id.encode()
    missing = 32 - len(plain) % 32
    key = base64.b64decode(aes_key + "=")
    encryptor = Cipher(AES(key), CBC(key[:16])).encryptor()
    return base64.b64encode(
        encryptor.update(plain + bytes([missing]) * missing) + encryptor.finalize()
    ).decode()


def unseal(sealed: str, aes_key: str, app_id: str) -> bytes:
    """The message inside. Stricter than a receiver needs to be, since it judges one. Raises ReplyError."""
    key = base64.b64decode(aes_key + "=")
    try:
        decryptor = Cipher(AES(key), CBC(key[:16])).decryptor()
        plain = decryptor.update(base64.b64decode(sealed, validate=True)) + decryptor.finalize()
    except (ValueError, binascii.Error) as error:
        raise ReplyError(f"回复解不开：{error}") from None
    missing = plain[-1] if plain else 0
    if not 1 <= missing <= 32 or len(plain) % 32 or plain[-missing:] != bytes([missing]) * missing:
        raise ReplyError("回复解不开：补位不对，多半是 EncodingAESKey 不同")
    (length,) = struct.unpack(">I", plain[16:20])
    if 20 + length > len(plain) - missing:
        raise ReplyError("回复解不开：长度不对，多半是 EncodingAESKey 不同")
    if plain[20 + length : -missing] != app_id.encode():
        raise ReplyError("回复里的 AppID 不对")
    return plain[20 : 20 + length]


def _opened(outer: Mapping[str, str], account: Account) -> bytes:
    if not account.aes_key:
        raise ReplyError("回复加密了，而没有给 EncodingAESKey")
    expected = sign(account.token, outer.get("TimeStamp", ""), outer.get("Nonce", ""), outer["Encrypt"])
    if outer.get("MsgSignature") != expected:
        raise ReplyError("回复的 MsgSignature 不对")
    return unseal(outer["Encrypt"], account.aes_key, account.app_id)


def _fields(body: bytes) -> dict[str, str]:
    try:
        fields = xmltodict.parse(body, strip_whitespace=False)["xml"]
        return {name: value or "" for name, value in fields.items() if isinstance(value, str | None)}
    except Exception as error:  # noqa: BLE001  whatever the parser says, the platform would not understand it either
        raise ReplyError(f"回复不是平台的 XML：{error}") from None


def _element(name: str, value: str) -> str:
    if name in ("CreateTime", "MsgId", "Location_X", "Location_Y", "Scale"):
        return f"<{name}>{escape(value)}</{name}>"
    return f"<{name}><![CDATA[{value.replace(']]>', ']]]]><![CDATA[>')}]]></{name}>"
