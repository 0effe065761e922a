"""The entries of one knowledge by what they are for: the days of these stages, what comes next, what becomes of who missed. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.dialogue.sites import entry_of
from bot.knowledge.model import NEXT, Entry, Knowledge


class Book:
    """Looked up once per load; immutable.

    Attributes:
        entries: by id. next: the entry that tells what is still to do. overview: the 时间 entry of the most stages. marks: what a
            score is worth. second_fee: whether one pays again for 二试, and what becomes of who did not. sites: the 考点. Each None
            where this knowledge has no such entry.
    """

    def __init__(self, kb: Knowledge) -> None:
        self.entries = kb.entries
        every = kb.entries.values()
        self._timed = {entry.stages: entry for entry in every if entry.asks == "时间" and not entry.answers}
        self.next = next((entry for entry in every if entry.asks == NEXT), None)
        self.overview = max(self._timed.items(), key=lambda item: len(item[0]))[1] if self._timed else None
        self.marks = next((entry for entry in every if entry.asks == "分数"), None)
        self.second_fee = next((e for e in every if e.asks == "流程" and "二试缴费" in e.stages), None)
        self.sites = entry_of(kb)

    def timed(self, stages: Sequence[str]) -> Entry | None:
        """The 时间 entry for these stages: the one that has fewest beside them; None for none."""
        if not stages:
            return None
        covering = [own for own in self._timed if set(stages) <= set(own)]
        return self._timed[min(covering, key=len)] if covering else self.overview

    def tells_days(self, entry: Entry) -> bool:
        """Whether `entry` is one of the 时间 entries."""
        return self._timed.get(entry.stages) is entry

    def following(self, stages: Sequence[str]) -> Entry | None:
        """The entry that tells what comes next: these stages' own where they have one, else 下一步."""
        return self._timed.get(tuple(stages)) or self.next

    def missed(self, stages: Sequence[str]) -> Entry | None:
        """What becomes of who missed these stages: the entry that has the fewest beside them."""
        own = [e for e in self.entries.values() if e.asks == "错过" and set(stages) <= set(e.stages)]
        return min((e for e in own if e.kind == "answer"), key=lambda e: len(e.stages), default=None)

    def left_out(self, stages: Sequence[str]) -> Entry | None:
        """What becomes of who left the 上传 out: no later window helps them (没传材料现在能审核吗)."""
        if "材料上传" not in stages:
            return None
        every = self.entries.values()
        return next((e for e in every if e.asks == "错过" and e.answers and "材料上传" in e.stages), None)

    def steps(self, entry: Entry) -> Entry | None:
        """The entry whose steps belong to the days that `entry` tells (第二步呢 after them); None where there is none."""
        if not entry.is_timed:
            return None
        every = self.entries.values()
        return next((e for e in every if e.asks == "流程" and set(e.stages[:1]) & set(entry.stages)), None)
