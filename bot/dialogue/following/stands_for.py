"""The whole question that a half one stands for. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.dialogue.session import Topic
from bot.text.query import Query


@dataclass(frozen=True)
class FollowUp:
    """topic: the whole question. fixed: it is that of `topic.entry` and nothing else · step: the one of its steps that is asked for."""

    topic: Topic
    fixed: bool = False
    step: int = 0


Rule = Callable[[Query, Topic, Topic, bool], FollowUp | None]
"""(the message, its own topic, the topic of the talk, whether it names a place): what it stands for; None where it is no such turn."""
