"""What the numbers under a reply offer: topics, regions, what goes on from an entry. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.dialogue.session import Shown
from bot.knowledge.model import NATION, Entry, Knowledge

_SUGGESTED = ("报名时间", "报名流程", "缴费时间")
MAX_CHOICES = 3
_CONCERNING = 2  # of them at most that are for one kind of candidate alone


class Choices:
    """The choices that one knowledge has; immutable."""

    def __init__(self, kb: Knowledge) -> None:
        self._kb = kb

    def suggested(self) -> tuple[Shown, ...]:
        """What most ask, where nothing else is known."""
        found = (self._kb.entries.get(name) for name in _SUGGESTED)
        return tuple(Shown(entry.question, entry=entry.id) for entry in found if entry)

    def regions(self) -> tuple[Shown, ...]:
        """The regions with a notice of their own."""
        own = sorted(
            {region for region, _year in self._kb.schedules if region != NATION},
            key=list(self._kb.regions).index,
        )
        return tuple(Shown(region, region=region) for region in reversed(own))[:MAX_CHOICES]

    def concerning(self, audience: str | None) -> tuple[Shown, ...]:
        """What only concerns candidates of this kind: the entry of its name, then those with words of their own for it."""
        own = [e for e in self._kb.entries.values() if e.id == audience]
        own += [
            e
            for e in self._kb.entries.values()
            if any(audience in a.audiences for a in e.answers.values()) and e not in own
        ]
        return tuple(Shown(entry.question, entry=entry.id) for entry in own if audience)[:_CONCERNING]

    def of(self, entries: Sequence[Entry]) -> tuple[Shown, ...]:
        """The entries themselves."""
        return tuple(Shown(entry.question, entry=entry.id) for entry in entries)[:MAX_CHOICES]

    def follow_ups(self, entry: Entry) -> tuple[Shown, ...]:
        """What staff wrote under 接着问."""
        return self.of([self._kb.entries[name] for name in entry.follow_ups if name in self._kb.entries])
