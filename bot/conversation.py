"""Message in, Turn out: the whole thought on one screen. Pure: no clock, no file, no network, no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.answers.reply import Reply


@dataclass(frozen=True)
class Message:
    """What one candidate sent.

    kind: "text" (voice with a transcript arrives as text too) · "image" "voice" "video" "location" "link" "other" ·
        "subscribe" (followed) · "click" (a menu key, in `text`) · "silent" (an event nobody waits for).
    text: the words, the transcript or the menu key; "" for kinds without words. At most MAX_CHARS are read.
    """

    kind: str
    text: str = ""


@dataclass(frozen=True)
class Trace:
    """Why the turn came out as it did: plain values for the turns table, the log line and `explain`."""

    decision: str
    entry: str | None = None
    stage: str | None = None
    region: str | None = None
    audience: str | None = None
    year: int | None = None
    score: float = 0.0
    masked_text: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Turn:
    """reply: what to say · session: plain dict to store, None = forget this candidate · effects: wishes for the edge."""

    reply: Reply
    session: dict[str, Any] | None
    effects: tuple[Mapping[str, Any], ...]
    trace: Trace


class Assistant:
    """Everything one loaded knowledge needs to answer; immutable, shared by threads."""

    def respond(self, message: Message, session: Mapping[str, Any] | None, now: datetime) -> Turn:
        """One message, one turn.

        Args:
            session: what the last Turn of this candidate returned, or None for a stranger.
            now: aware; decides every "已截止" and "还剩 N 天".
        """
        raise NotImplementedError
