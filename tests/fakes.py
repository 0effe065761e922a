"""Stand-ins: a clock that stands still and an assistant that says what it heard."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.answers.reply import Reply
from bot.clock import Clock
from bot.conversation import Message, Trace, Turn

NOW = datetime(2024, 2, 1, 2, 0, tzinfo=UTC)


class FakeClock(Clock):
    """Stands still until told."""

    def __init__(self, now: datetime = NOW, rehearsal: datetime | None = None) -> None:
        super().__init__(rehearsal)
        self.real = now

    def now(self) -> datetime:
        return self._rehearsal or self.real

    def real_now(self) -> datetime:
        return self.real

    def move(self, seconds: float) -> None:
        self.real += timedelta(seconds=seconds)


class EchoAssistant:
    """Counts this candidate's messages in the session, and says the number and the text; raises on "炸"."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def respond(self, message: Message, session: Mapping[str, Any] | None, now: datetime) -> Turn:
        self.asked.append(message.text)
        if message.text == "炸":
            raise RuntimeError("asked to")
        count = (session or {}).get("count", 0) + 1
        trace = Trace(
            "answer", entry="echo", region="四川", score=0.9, masked_text=message.text, detail={"n": count}
        )
        forget = message.text == "清除我的数据"
        effects = ({"wish": "subscribe"},) if message.text == "订阅" else ()
        return Turn(Reply(f"{count} {message.text}"), None if forget else {"count": count}, effects, trace)


class FixedSource:
    """Knowledge that never changes; `problem` set: none to answer from."""

    version = "test"
    loaded_at = NOW

    def __init__(self, assistant: Any) -> None:
        self.assistant = assistant
        self.problem: str | None = None

    def current(self) -> Any:
        if self.problem:
            raise RuntimeError(self.problem)
        return self.assistant
