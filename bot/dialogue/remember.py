"""What is kept of the candidate after a message: region, kind, level, the year of their 技能 pass. Pure."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.context import NOT_MILITARY, Ask
from bot.dialogue.session import Session
from bot.text.passes import PASSED


def remembered(ask: Ask, session: Session) -> Session:
    """`session` with what `ask` says of the candidate; what they deny is forgotten."""
    query = ask.query
    if len(query.region.asked) == 1:
        session = session.with_region(query.region.asked[0], ask.place)
    elif session.region in query.region.negated:
        session = replace(session, region=None, place=None)
    passed = session.passed
    if query.passed is not None:
        passed = query.passed.year if query.passed.mine else passed
    elif PASSED in query.not_audience:
        passed = 0
    who = None if ask.keeps == NOT_MILITARY else ask.keeps
    return replace(session, audience=who, passed=passed, level=query.level or session.level)
