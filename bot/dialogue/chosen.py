"""What was chosen for a question, and how. Pure values."""

from __future__ import annotations

from dataclasses import dataclass

from bot.dialogue.session import Topic
from bot.knowledge.model import Entry
from bot.matching.rank import Match

BY_SLOTS = 0.97  # what a question that its slots explain fully counts as


@dataclass(frozen=True)
class Chosen:
    """entry: None when nothing fits well enough; then `near` are the options, or (). Beside an entry they are what else may be meant.

    by: "exact" a phrasing word for word, "slots" a rule, "match" likeness, "talk" all signs together · rule: which of the rules.
    """

    entry: Entry | None
    score: float
    near: tuple[Entry, ...] = ()
    matches: tuple[Match, ...] = ()
    by: str = ""
    rule: str = ""

    def names_no_papers(self, topic: Topic) -> bool:
        """Whether 要带啥 was matched with an entry of something else: after a fee it asks of no fee."""
        entry = self.entry if self.by == "match" else None
        return entry is not None and topic.asks == ("材料",) and entry.asks != "材料"


@dataclass(frozen=True)
class Evidence:
    """known, unknown: the question's words that phrasings have, and those that nobody has · foreign: the latter make the question
    another's · matches: the entries that fit, best first."""

    known: tuple[str, ...]
    unknown: tuple[str, ...]
    foreign: bool
    matches: tuple[Match, ...]
