"""What the slots of a question say for and against the matcher's entries. Pure."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

from bot.dialogue.ask import Ask
from bot.knowledge.model import Entry
from bot.matching.rank import Match

# Added to the log odds of a match.
SAME_ASPECT = 1.0
SAME_STAGE = 0.7
ALL_WORDS = 1.2
NO_WORDS = 2.0
OTHER_ASPECT = 1.5  # taken off: it asks for one of PLAIN_ASPECTS, the entry answers another of them
PLAIN_ASPECTS = frozenset({"时间", "材料", "地点", "费用"})


def weighed(
    matches: Sequence[Match],
    ask: Ask,
    content: Sequence[str],
    entries: Mapping[str, Entry],
    words: Mapping[str, Collection[str]],
) -> tuple[Match, ...]:
    """The matcher's probabilities with what the slots say added to their log odds; best first.

    The matcher compares any two texts; that a question asks for 材料, is about 线上审核, or has a telling word that an
    entry's phrasings all lack, only this knowledge can say.

    Args:
        content: the question's words that this knowledge knows. words: of all phrasings of an entry, by its id.
    """
    found = []
    for match in matches:
        entry = entries[match.entry_id]
        odds = _log_odds(match.score)
        odds += SAME_ASPECT * (entry.asks in ask.topic.asks)
        odds += SAME_STAGE * bool(set(entry.stages) & set(ask.topic.stages))
        asks = set(ask.topic.asks)
        if entry.asks in PLAIN_ASPECTS and asks & PLAIN_ASPECTS and entry.asks not in asks:
            odds -= OTHER_ASPECT
        if content:
            missing = sum(word not in words[match.entry_id] for word in content) / len(content)
            odds += ALL_WORDS * (missing == 0) - NO_WORDS * missing
        added = odds - _log_odds(match.score)
        score = 1 / (1 + math.exp(-odds))
        found.append(Match(match.entry_id, score, match.text, {**match.why, "slots": added}))
    return tuple(sorted(found, key=lambda match: -match.score))


def _log_odds(probability: float) -> float:
    kept = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(kept / (1 - kept))
