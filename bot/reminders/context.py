"""What the rows of one deliverer share."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.clock import Clock
from bot.knowledge.model import Knowledge
from bot.reminders import plan
from bot.reminders.account import Account
from bot.reminders.pace import Pace
from bot.storage.store import Seal, Store


class Sender(Protocol):
    """What this room needs of wechat.client.Client; everything it raises is a SendError."""

    def send_template(
        self, openid: str, template_id: str, data: Mapping[str, str], url: str = "", client_msg_id: str = ""
    ) -> str:
        """The msgid."""

    def send_subscribe(self, openid: str, template_id: str, data: Mapping[str, str], page: str = "") -> str:
        """The msgid."""

    def send_custom_text(self, openid: str, text: str) -> None:
        """No key against repetition."""


@dataclass(frozen=True)
class Kept:
    """An occasion as it was planned, and whether the notices say otherwise by now."""

    occasion: plan.Occasion
    withdrawn: bool


@dataclass(frozen=True)
class Context:
    """What all rows of one deliverer share. sender: None where the account has no channel."""

    store: Store
    account: Account
    sender: Sender | None
    knowledge: Callable[[], Knowledge]
    clock: Clock
    worker: str
    pace: Pace
    seal: Seal
    sleep: Callable[[float], None]
    stop: threading.Event = field(default_factory=threading.Event)
    occasions: dict[int, Kept] = field(default_factory=dict)
    resting: dict[str, tuple[datetime | None, str]] = field(default_factory=dict)
    """Channels that rest, as of the last claim and of what this process met since."""
