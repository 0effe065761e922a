"""Questions that a few of their words decide, whatever the rest is about: the first row that knows the question. Pure."""

from __future__ import annotations

from bot.dialogue import rows_fees, rows_papers, rows_registration, rows_review, rows_second
from bot.dialogue.ask import Ask

_ROWS = (*rows_review.ROWS, *rows_second.ROWS, *rows_fees.ROWS, *rows_papers.ROWS, *rows_registration.ROWS)


def by_words(ask: Ask) -> str:
    """The entry of the first row that the question is of; "" for none."""
    return next((row.entry for row in _ROWS if row.fits(ask)), "")
