"""What a chosen entry tells one candidate: the windows of its stages, or its words, for a region and a year as of now. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.dialogue.context import Ask
from bot.dialogue.decision import Decision
from bot.dialogue.lookup import Told, inherits, tell
from bot.dialogue.session import Topic
from bot.knowledge.model import NATION, NEXT, Answer, Entry, Knowledge, known_from
from bot.schedule.deadlines import Phase
from bot.schedule.stages import SECOND
from bot.text.whose import EXEMPT, PASSED

FEW = 3  # stages up to which each that was named is spoken of, if only to say that nothing is on file
PAST_SKILLS = (EXEMPT, PASSED)  # who pays for and sits no 技能 (四川 2024, ②; nationwide rule)


class Facts:
    """What one knowledge holds for a decision; immutable."""

    def __init__(self, kb: Knowledge) -> None:
        self._kb = kb
        self._regional_stages = {
            stage
            for (region, _year), schedule in kb.schedules.items()
            for stage, cell in schedule.cells.items()
            if region != NATION and cell.windows
        }

    def need_region(self, entry: Entry, stages: tuple[str, ...]) -> bool:
        """Whether the answer differs from region to region."""
        if entry.nationwide:
            return False
        if entry.is_timed:
            return any(stage in self._regional_stages for stage in stages) or not stages
        return any(level != NATION for level in entry.answers)

    def is_open(self, region: str, stage: str, year: int | None, now: datetime) -> bool:
        """Whether a window of this stage is open now."""
        told = tell(self._kb, region, stage, year, now)
        return told.cell is not None and any(
            window.phase_at(now) is Phase.OPEN for window in told.cell.windows
        )

    def timed(self, base: Decision, stages: tuple[str, ...], topic: Topic, now: datetime) -> Decision:
        """The windows of `stages` in the topic's year, own or the nation's; a stage that the candidate is spared is left out."""
        whole = (
            base.entry is not None
            and base.entry.nationwide
            and (base.region is None or inherits(self._kb, base.region))
        )
        region = NATION if whole else base.region
        if base.audience in PAST_SKILLS and "技能缴费" in stages:
            # 免试的现在能交技能费吗: a 能 would be said of the fee they are spared
            told_more = len(stages) > 1
            # Of what is left nobody of theirs sits 技能考试 either; after it comes the other fee.
            left = tuple(stage for stage in stages if stage not in ("技能缴费", "技能考试"))
            stages = left or ("一试缴费",)
            base = replace(base, spared="技能缴费", verdict=base.verdict and told_more)
        told = tuple(tell(self._kb, region, stage, topic.year, now) for stage in stages)
        # Where a stage is only for some (重庆 现场审核: 军队现役), or not in this year's notice, the others need to hear of theirs.
        if len(told) == 1 and (
            told[0].cell is None or any(window.audience for window in told[0].cell.windows)
        ):
            other = {"现场审核": "线上审核", "线上审核": "现场审核"}.get(stages[0])
            if (
                other
                and (found := tell(self._kb, region, other, topic.year, now)).stated
                and found.level == region
            ):
                told = (*told, found)
        if base.entry is not None and base.entry.asks == NEXT and not base.after:
            told = _ahead(told, now)[:FEW] or _last(told)
        if len(told) > 1 and any(item.stated for item in told):
            named = set(topic.stages) if len(told) <= FEW else set()
            told = tuple(
                item
                for item in told
                if item.cell is not None or item.history is not None or item.stage in named
            )
        stated = any(item.stated for item in told)
        year = next((item.year for item in told if item.stated), told[0].year if told else None)
        return replace(base, kind="answer" if stated else "not_stated", told=told, year=year)

    def worded(self, base: Decision, topic: Topic, asked: str, now: datetime) -> Decision:
        """The entry's words for the region, else for the nation; not_stated where neither has any that are public by `now`."""
        entry = base.entry
        assert entry is not None  # noqa: S101
        region = base.region or NATION
        levels = (region, NATION) if inherits(self._kb, region) else (region,)
        for level in levels:
            answer = entry.answers.get(level)
            if answer is not None and self._public(answer, now):
                year = answer.notice.year if answer.notice else None
                kind = "not_stated" if answer.silent else base.kind
                told = self._missed(base, topic, now)
                lead = answer.lead(asked)
                return replace(base, kind=kind, answer=answer, level=level, lead=lead, year=year, told=told)
        return replace(base, kind="not_stated", year=topic.year)

    def _missed(self, base: Decision, topic: Topic, now: datetime) -> tuple[Told, ...]:
        """The windows that may have been missed, where they are on file."""
        if base.entry is None or base.entry.asks != "错过" or base.region is None:
            return ()
        if set(topic.stages) <= SECOND:
            return ()  # whose words tell the state themselves
        told = (tell(self._kb, base.region, stage, topic.year, now) for stage in topic.stages)
        stated = tuple(item for item in told if item.stated)
        return (
            stated if len(topic.stages) == 1 else tuple(item for item in stated if not _ahead((item,), now))
        )

    def _public(self, answer: Answer, now: datetime) -> bool:
        notice = answer.notice
        if notice is None or notice.year is None:
            return True
        schedule = self._kb.schedules.get((notice.region, notice.year))
        return (schedule.known_from if schedule else known_from(notice, None)) <= now


def stages_told(ask: Ask, entry: Entry) -> tuple[str, ...]:
    """What to tell: the stages asked where the entry covers them, else all of the entry's."""
    if entry.is_timed and len(entry.stages) > FEW and ask.topic.stages:
        return ask.topic.stages  # the overview tells whatever was named
    asked = tuple(stage for stage in ask.topic.stages if stage in entry.stages)
    return asked or entry.stages


def _ahead(told: tuple[Told, ...], now: datetime) -> tuple[Told, ...]:
    """The stages with a window that is not over: what the candidate still has to do."""
    return tuple(
        item
        for item in told
        if item.cell is not None
        and any(window.phase_at(now) is not Phase.CLOSED for window in item.cell.windows)
    )


def _last(told: tuple[Told, ...]) -> tuple[Told, ...]:
    """Once all is over: the one that was over last."""
    closed = [(item.cell.windows[-1].closes.ends(), item) for item in told if item.cell and item.cell.windows]
    return (max(closed, key=lambda pair: pair[0])[1],) if closed else told


def side_by_side(parts: list[Decision]) -> Decision:
    """Several regions or years asked at once: one decision that holds each, so that every line can be labelled."""
    best = next((part for part in parts if part.kind == "answer"), parts[0])
    regions = dict.fromkeys(part.region or NATION for part in parts)
    if len(regions) > 1:
        parts = [replace(part, compared=True) for part in parts]
    return replace(best, region="、".join(regions) if len(regions) > 1 else best.region, parts=tuple(parts))
