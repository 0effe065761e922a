"""The ways in which a message of a talk can be meant: as it was completed, alone, or within the step spoken of before. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bot.dialogue.ask import Ask
from bot.dialogue.following.context import complete
from bot.dialogue.following.going_on import said
from bot.dialogue.session import Session
from bot.schedule.stages import SECOND
from bot.text.replacing import replace


@dataclass(frozen=True)
class Reading:
    """`name`: "said" as completed from the session · "alone" as if nothing had been said · "within" of the step spoken of before."""

    name: str
    ask: Ask


def readings(ask: Ask, session: Session) -> tuple[Reading, ...]:
    """One to three, the one that was completed first; those that say the same as it are left out."""
    found = [Reading("said", ask)]
    before = session.topic
    if before is None:
        return tuple(found)
    alone = complete(ask.query, replace(session, topic=None))
    if alone.topic != ask.topic:
        found.append(Reading("alone", alone))
    if before.stages and not ask.query.stages:
        name = "二试" if set(before.stages) <= SECOND else said(before.stages[0])
        topic = replace(alone.topic, stages=before.stages, core=f"{name} {alone.topic.core}")
        if topic != ask.topic:
            found.append(Reading("within", replace(alone, topic=topic, resumed=True)))
    return tuple(found)
