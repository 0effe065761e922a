"""A message as saying no more than whose the question before is, or as asking for what comes after it. Pure."""

from __future__ import annotations

from bot.dialogue.ask import Ask
from bot.dialogue.session import Topic
from bot.text.replacing import replace


def resumed(ask: Ask, before: Topic) -> Ask:
    """The message as saying no more than whose the question before is: where, which year, who."""
    other = ask.topic.day or ask.topic.put
    supposed = ask.topic.presumes or ("" if other else before.presumes)
    more = ask.topic.more_years if ask.topic.year else before.more_years
    year, day = ask.topic.year or before.year, ask.topic.day or before.day
    put = ask.topic.put if other else before.put
    until = ask.topic.until or (() if other else before.until)
    topic = replace(before, year=year, more_years=more, day=day, presumes=supposed, put=put, until=until)
    return replace(ask, topic=topic, content=(), resumed=True, entry_fixed=bool(before.entry))


def after_done(ask: Ask, done: str, stages: tuple[str, ...], year: int | None) -> Ask:
    """The message as asking for what comes after the stage that is done."""
    topic = Topic(core=ask.topic.core, stages=stages, year=year)
    return replace(ask, topic=topic, content=(), resumed=True, goes_on=True, after=done)
