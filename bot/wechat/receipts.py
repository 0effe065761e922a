"""What the platform reports about our own sending, and what candidates allow in its 订阅通知 popup. Pure.

A push of these kinds is a Message("silent") whose envelope carries them: nobody waits for a reply. The repeated element is
literally <List>: one item comes out of xmltodict as a dict, several as a list. Event names differ in case between pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_VERDICTS = {
    "sendfail": "发送失败", "err(10001)": "涉嫌广告", "err(20001)": "涉嫌政治", "err(20002)": "涉嫌色情", "err(20004)": "涉嫌社会",
    "err(20006)": "涉嫌违法犯罪", "err(20008)": "涉嫌欺诈", "err(20013)": "涉嫌版权", "err(21000)": "涉嫌其他", "err(22000)": "涉嫌互推",
}  # fmt: skip


@dataclass(frozen=True)
class Receipt:
    """The end of one message, or of one mass message.

    kind: "template" · "subscribe" · "mass".
    msgid: what the send call returned; the receipt belongs to that row.
    delivered: it reached the phone; for "mass": it was sent, to all but the `counts`.
    status: the platform's word ("success", "failed:user block", "send success", "err(20013)"…), "" when none came.
    error_code: of "subscribe" only, else 0.
    template_id: of "subscribe" only, else "".
    counts: of "mass" only: (total, filtered, sent, failed).
    """

    kind: str
    msgid: str
    delivered: bool
    status: str = ""
    error_code: int = 0
    template_id: str = ""
    counts: tuple[int, int, int, int] = (0, 0, 0, 0)

    @property
    def blocked(self) -> bool:
        """The candidate has switched these messages off."""
        return "block" in self.status.lower()

    @property
    def verdict(self) -> str:
        """Of "mass": why the job was not sent, for staff; "" when it was."""
        if self.delivered:
            return ""
        return (
            f"平台没有发：{_VERDICTS.get(self.status.lower().replace(' ', ''), self.status or '没有说原因')}"
        )


@dataclass(frozen=True)
class Grant:
    """A candidate's word on one template: accepted is one more 订阅通知 we may send, refused is none at all.

    popup: from the popup (an accept is worth one send). False: changed in the settings, where only refusals are pushed.
    """

    template_id: str
    accepted: bool
    popup: bool = True


Report = Receipt | Grant


def reports(event: str, fields: Mapping[str, Any]) -> tuple[Report, ...]:
    """What one event says; () for other events, and for what lacks its id.

    Args:
        event: the event's name in lower case.
        fields: xmltodict's dict of <xml>.
    """
    if event == "templatesendjobfinish":
        return _template(fields)
    if event == "masssendjobfinish":
        return _mass(fields)
    if event == "subscribe_msg_sent_event":
        return tuple(_sent(item) for item in _items(fields, event) if _text(item, "MsgID"))
    if event in ("subscribe_msg_popup_event", "subscribe_msg_change_event"):
        popup = event == "subscribe_msg_popup_event"
        return tuple(
            Grant(_text(item, "TemplateId"), _text(item, "SubscribeStatusString").lower() == "accept", popup)
            for item in _items(fields, event)
            if _text(item, "TemplateId")
        )
    return ()


def _template(fields: Mapping[str, Any]) -> tuple[Report, ...]:
    status, msgid = _text(fields, "Status"), _text(fields, "MsgID")
    return (Receipt("template", msgid, status.lower() == "success", status),) if msgid else ()


def _mass(fields: Mapping[str, Any]) -> tuple[Report, ...]:
    status, msgid = _text(fields, "Status"), _text(fields, "MsgID")
    total, filtered, sent, failed = (
        _number(_text(fields, name)) for name in ("TotalCount", "FilterCount", "SentCount", "ErrorCount")
    )
    delivered = status.lower().replace(" ", "") == "sendsuccess"
    counts = (total, filtered, sent, failed)
    return (Receipt("mass", msgid, delivered, status, counts=counts),) if msgid else ()


def _sent(item: Mapping[str, Any]) -> Receipt:
    code = _number(_text(item, "ErrorCode"), missing=-1)
    status = _text(item, "ErrorStatus")
    return Receipt("subscribe", _text(item, "MsgID"), code == 0, status, code, _text(item, "TemplateId"))


def _items(fields: Mapping[str, Any], event: str) -> list[Mapping[str, Any]]:
    """The <List> elements under the wrapper, which is the event's name in CamelCase."""
    wrapper = _find(fields, event.replace("_", ""))
    found = _find(wrapper, "list") if isinstance(wrapper, Mapping) else None
    items = found if isinstance(found, list) else [found]
    return [item for item in items if isinstance(item, Mapping)]


def _find(fields: Mapping[str, Any], name: str) -> Any:
    return next((value for key, value in fields.items() if key.lower() == name.lower()), None)


def _text(fields: Mapping[str, Any], name: str) -> str:
    """ "" when absent, empty, repeated or nested: MsgID is written MsgId on some pages."""
    value = _find(fields, name)
    return value.strip() if isinstance(value, str) else ""


def _number(text: str, missing: int = 0) -> int:
    return int(text) if text.removeprefix("-").isdecimal() and len(text) < 12 else missing
