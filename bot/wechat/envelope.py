"""One pushed XML, already trusted → Envelope: who, when, what was said, and the key by which a retry is known.

wechatpy's parse_message reads the XML (xmltodict underneath, which refuses entity declarations since 1.0.2) and
takes the "qrscene_" off a scanned code. The fields are then read from its dict, not from its typed attributes,
because those hide what matters here: `id` is 0 for every event and raises for an odd MsgId, every unknown event and
every unknown message are one UnknownMessage, and a nested element comes out as the repr of a dict.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from wechatpy.parser import parse_message

from bot.conversation import Message
from bot.wechat.receipts import Report, reports

# What XML 1.0 has no room for. The platform forwards such bytes (0x1D from a copied slide) as they were typed.
NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# An openid or a gh_ id. The colon is kept out on purpose: "web:…" is the name space of the H5 page's visitors.
_ACCOUNT_NAME = re.compile(r"[!-9;-~]{1,64}")

_KINDS = {"image": "image", "video": "video", "shortvideo": "video", "location": "location", "link": "link"}
# "scan" comes from somebody who follows already and scans a poster: the same welcome, the same scene.
_SCANNED = frozenset({"subscribe_scan", "scan"})
_FOLLOWED = _SCANNED | {"subscribe", "subscribe_scan_product"}
# 授权用户信息变更: the user took the consent back, or closed the WeChat account. The duty to erase is that of unfollowing.
_CONSENT_ENDED = frozenset({"user_authorization_revoke", "user_authorization_cancellation"})

_SILENT = Message("silent")


class UnusableError(Exception):
    """Signed, but nothing to answer: the text says what is wrong with it and never quotes it."""


@dataclass(frozen=True)
class Envelope:
    """One push.

    user: the openid it is about. account: the gh_ id it was sent to, the sender of the reply.
    dedupe_key: the same for every try of this push, another for every other push of this user; holds no openid.
    event: the event's name in lower case, "" for messages.
    reports: what the platform says about our sending, or a candidate about our templates; the message is "silent" then.
    created: CreateTime as sent, seconds; 0 when it is missing or no number.
    sent_at: the same, aware, in UTC; the time of receipt when `created` is 0.
    """

    user: str
    account: str
    dedupe_key: str
    message: Message
    sent_at: datetime
    created: int
    event: str = ""
    reports: tuple[Report, ...] = ()


def clean(body: bytes) -> str:
    """Body → text an XML parser can take: byte order mark and forbidden characters gone, bad UTF-8 as U+FFFD.

    Bad bytes are replaced, not refused: the rest of the sentence can still be answered.
    """
    return NOT_XML.sub("", body.decode("utf-8-sig", "replace"))


def read(xml: str, received: datetime) -> Envelope:
    """A cleaned, trusted XML → Envelope.

    Args:
        received: aware; stands in for a CreateTime that is no time.

    Raises UnusableError, nothing else.
    """
    try:
        parsed = parse_message(xml)
        fields: Mapping[str, Any] = parsed._data
        kind = _plain(fields, "MsgType").lower()
    except UnusableError:
        raise
    except Exception as error:  # noqa: BLE001  expat, xmltodict and wechatpy raise six unrelated types here
        raise UnusableError(f"里面没有消息（{type(error).__name__}）") from None
    event = _plain(fields, "Event").lower() if kind == "event" else ""
    # In these two FromUserName is the platform's push service, and the person is in OpenID.
    user = (event in _CONSENT_ENDED and _plain(fields, "OpenID")) or _plain(fields, "FromUserName")
    account = _plain(fields, "ToUserName")
    for name, value in (("FromUserName", user), ("ToUserName", account)):
        if not _ACCOUNT_NAME.fullmatch(value):
            raise UnusableError(f"{name} 没有，或不是帐号名")
    created, sent_at = _time(_plain(fields, "CreateTime"), received)
    reported = reports(event, fields)
    return Envelope(
        user=user,
        account=account,
        dedupe_key=_dedupe_key(fields, kind, event, xml) + _told_apart(reported),
        message=_event(fields, event) if kind == "event" else _message(fields, kind),
        sent_at=sent_at,
        created=created,
        event=event,
        reports=reported,
    )


def _message(fields: Mapping[str, Any], kind: str) -> Message:
    if kind == "text":  # a tap on a bizmsgmenu link is a text too, with a bizmsgmenuid nobody needs
        return Message("text", _plain(fields, "Content"))
    if kind == "voice":  # the transcript comes only where speech recognition is on, and mostly ends in "。"
        heard = _plain(fields, "Recognition").strip().rstrip("。")
        return Message("text", heard) if heard else Message("voice")
    return Message(_KINDS.get(kind, "other"))


def _event(fields: Mapping[str, Any], event: str) -> Message:
    if event in _FOLLOWED:
        # Only a scanned code carries a scene; after a payment the key is last_trade_no_…, which says nothing.
        return Message("subscribe", _plain(fields, "EventKey") if event in _SCANNED else "")
    if event == "unsubscribe" or event in _CONSENT_ENDED:
        return Message("unsubscribe")
    if event == "click":
        return Message("click", _plain(fields, "EventKey"))
    if event == "scancode_waitmsg":  # the phone shows 消息接收中 until something comes
        scan = fields.get("ScanCodeInfo")
        result = _plain(scan, "ScanResult") if isinstance(scan, Mapping) else ""
        return Message("text", result) if result else _SILENT
    return _SILENT  # VIEW, LOCATION, receipts of our own sending, and whatever the platform invents next


def _dedupe_key(fields: Mapping[str, Any], kind: str, event: str, xml: str) -> str:
    """Messages: MsgId. Events have none: CreateTime, Event, EventKey. A message without its number: the push as it is.

    Source: 接收事件推送 names FromUserName + CreateTime (the store adds the user to every key); Event and EventKey
    because a follow and a scan may share a second.
    """
    if kind == "event":
        return f"event:{_plain(fields, 'CreateTime')}:{event}:{_plain(fields, 'EventKey')}"
    if (number := _plain(fields, "MsgId")).strip("0"):
        return f"message:{number}"
    return f"body:{hashlib.sha256(xml.encode()).hexdigest()}"


def _told_apart(reported: tuple[Report, ...]) -> str:
    """Two messages to one person may end in one second, and their events have no EventKey."""
    return f":{hashlib.sha256(repr(reported).encode()).hexdigest()[:16]}" if reported else ""


def _time(created: str, received: datetime) -> tuple[int, datetime]:
    if re.fullmatch(r"[0-9]{1,11}", created):  # eleven digits reach the year 5138, still a datetime
        return int(created), datetime.fromtimestamp(int(created), UTC)
    return 0, received


def _plain(fields: Mapping[str, Any], name: str) -> str:
    """The field's text, "" when absent or empty. UnusableError when it is repeated or holds elements."""
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise UnusableError(f"{name} 重复了，或里面还有元素")
    return value
