"""Questions that a few of their words decide, whatever the rest is about: the first row that knows the question. Pure."""

from __future__ import annotations

from bot.dialogue.ask import Ask
from bot.dialogue.rows import fees, papers, registration, review, second

_ROWS = (*review.ROWS, *second.ROWS, *fees.ROWS, *papers.ROWS, *registration.ROWS)


def by_words(ask: Ask) -> str:
    """The entry of the first row that the question is of; "" for none."""
    return next((row.entry for row in _ROWS if row.fits(ask)), "")
