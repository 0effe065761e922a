"""What a chosen entry tells one candidate: the windows of its stages, or its words, for a region and a year as of now. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.dialogue.ahead import ahead, just_over, last
from bot.dialogue.ask import Ask
from bot.dialogue.decision import Decision
from bot.dialogue.following.going_on import COURSE
from bot.dialogue.lookup import Told, inherits, tell, tell_review
from bot.dialogue.marks import fails_skills, judged
from bot.dialogue.phases import Phases
from bot.dialogue.second import WHOEVER
from bot.dialogue.session import Topic
from bot.dialogue.standing import ELSEWHERE, PAST_SKILLS
from bot.knowledge.model import NATION, NEXT, Answer, Entry, Knowledge, known_from
from bot.schedule.deadlines import Phase, today
from bot.schedule.stages import REGISTRATION, REVIEWS, SECOND
from bot.text.dates import Day
from bot.text.replacing import replace
from bot.text.statuses import THIS_YEAR

VERDICT = ".现在}"  # how a blank ends that says whether one still can
FEW = 3  # stages up to which each that was named is spoken of, if only to say that nothing is on file

_UP_TO_SKILLS = COURSE[: COURSE.index("技能考试") + 1]
# 没交会怎样, 要是忘了: asked beforehand, of what follows.
CONSEQUENCE = re.compile(
    r"会怎|会咋|会啷|没[交缴报传][到完成][^,。?!]{0,3}(?:咋|怎么)|会哪样|会啥样|会如何|会不会|后果|算弃考|弃考吗|算放弃|算缺考|有什么影响|有啥影响|算啥|算什么"
)
SUPPOSED = re.compile(r"如果|要是|假如|万一|会怎|会咋|会不会|后果|的话|不[交缴传]")
HOUR = "钟点"  # the aspect of a question which night a printed hour means


class Facts:
    """What one knowledge holds for a decision; immutable."""

    def __init__(self, kb: Knowledge) -> None:
        self._kb = kb
        self._phases = Phases(kb)
        every = (answer.lines for entry in kb.entries.values() for answer in entry.answers.values())
        self._lines: Mapping[str, int] = next((lines for lines in every if lines), {})
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

    def nation_tells(self, entry: Entry, stages: tuple[str, ...], year: int | None, now: datetime) -> bool:
        """Whether the nation's level has an answer to this entry: its own, or that no notice of that year is on file at all."""
        if entry.is_timed:
            told = any(tell(self._kb, NATION, stage, year, now).stated for stage in stages)
            return told or (year is not None and self._nothing_public(year, now))
        answer = entry.answers.get(NATION)
        return answer is not None and not answer.silent and self._public(answer, now)

    def regions_of(self, entry: Entry) -> tuple[str, ...]:
        """The regions that have words of their own for this entry, or days of their own; in the order of the files."""
        own = {region for region, _year in self._kb.schedules} if entry.is_timed else set(entry.answers)
        return tuple(region for region in self._kb.regions if region in own and region != NATION)

    def nothing_of(self, year: int) -> bool:
        """Whether no notice of this year is on file, of any region."""
        return all(year != known for _, known in self._kb.schedules)

    def _nothing_public(self, year: int, now: datetime) -> bool:
        regions = {region for region, _ in self._kb.schedules}
        return all(year not in self._kb.years_known(region, now) for region in regions)

    def steps_of(self, entry: Entry, regions: tuple[str, ...]) -> int:
        """How many numbered steps its words have in the region, else for the nation; 0 where none are numbered."""
        answer = entry.answers.get(regions[0] if regions else NATION) or entry.answers.get(NATION)
        return len(re.findall(r"^\d\. ", answer.text, re.M)) if answer is not None else 0

    def judges(self, entry: Entry) -> bool:
        """Whether the entry's words hold a verdict of the clock, and so the day until when."""
        return any(VERDICT in answer.text for answer in entry.answers.values())

    def timed(self, base: Decision, stages: tuple[str, ...], topic: Topic, now: datetime) -> Decision:
        """The windows of `stages` in the topic's year, own or the nation's; a stage that the candidate is spared is left out."""
        whole = (
            base.entry is not None
            and base.entry.nationwide
            and (base.region is None or inherits(self._kb, base.region))
        )
        region = NATION if whole else base.region
        if base.audience == THIS_YEAR and len(stages) > 1:
            # All up to the test lies behind them; nothing else of what was asked may be left.
            stages = tuple(stage for stage in stages if stage not in _UP_TO_SKILLS) or stages
        told_more = len(stages) > 1
        over = told_more and self._phases.is_over(region, "技能缴费", topic.year, now)
        if base.audience in PAST_SKILLS and "技能缴费" in stages and over:
            stages = tuple(
                stage for stage in stages if stage != "技能缴费"
            )  # who is spared it matters no more
        elif base.audience in PAST_SKILLS and "技能缴费" in stages:
            # 免试的现在能交技能费吗: a 能 would be said of the fee they are spared
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
        if stages == ("线上审核",):
            newer = tell_review(self._kb, region, "线上审核", topic.year, now)
            told = told if newer.stage == "线上审核" or newer in told else (*told, newer)
        if len(told) == 1 and base.audience and stages[0] in REVIEWS:
            other = next(stage for stage in REVIEWS if stage != stages[0])
            found = tell(self._kb, region, other, topic.year, now)
            if found.cell is not None and any(w.audience == base.audience for w in found.cell.windows):
                # 重庆's soldiers went on site the year before, and this year's notice has no word of them
                told, base = (*told, found), replace(base, verdict=False, clocked=False)
        if base.audience and any(_of_kind(item, base.audience) for item in told):
            newest = max(item.year or 0 for item in told if item.stated)
            older = {item.stage for item in told if _of_kind(item, base.audience) and item.year != newest}
            # days of which theirs may well be a part
            nation = (tell(self._kb, NATION, stage, newest, now) for stage in sorted(older))
            told = (*told, *(item for item in nation if item.stated and item not in told))
            if older:  # whether a day is right can't be said of what this year's notice leaves out
                base = replace(base, verdict=False, clocked=False, presumes="", day=None)
        if base.entry is not None and base.entry.asks == NEXT and not base.after:
            ended = just_over(told, now) if "时间" in topic.asks else ()
            # A step whose time this year's notice leaves out (重庆 缴费) is still to come, and must not be forgotten.
            silent = tuple(
                item for item in told if item.cell and not item.stated and item.year == today(now).year
            )
            theirs = tuple(item for item in ahead(told, now) if _is_for(item, base.audience))
            told = (*ended, *theirs)[:FEW] or (*last(told), *silent)
        whose = self._phases.whom(region, base.after, topic.year, now) if base.after and region else ""
        if base.after == "现场审核" and whose and base.audience != whose:
            base = replace(
                base, after="线上审核"
            )  # 重庆的审核过了: who says nothing of the army is of the others
        if base.after:
            told = self._after(base.after, told, region, topic.year, now)
        if len(told) > 1 and any(item.stated for item in told):
            named = set(topic.stages) if len(told) <= FEW else set()
            told = tuple(
                item
                for item in told
                if item.cell is not None or item.history is not None or item.stage in named
            )
        stated = any(item.stated for item in told)
        if base.presumes and base.day is not None and len(told) <= FEW:
            spoken = next((item for item in told if item.stated), None)
            base = replace(base, of_year=self._year_of(base.day, spoken, now) if spoken else 0)
        year = next((item.year for item in told if item.stated), told[0].year if told else None)
        return replace(base, kind="answer" if stated else "not_stated", told=told, year=year)

    def _year_of(self, day: Day, told: Told, now: datetime) -> int:
        """The newest other year in which the window of this stage began or ended on `day`; 0 for none."""
        for year in sorted({year for _, year in self._kb.schedules}, reverse=True):
            other = tell(self._kb, told.region, told.stage, year, now) if year != told.year else None
            windows = other.cell.windows if other is not None and other.cell is not None else ()
            if any(day.on(year) in (window.opens.day, window.closes.day) for window in windows):
                return year
        return 0

    def _after(
        self, done: str, told: tuple[Told, ...], region: str | None, year: int | None, now: datetime
    ) -> tuple[Told, ...]:
        """What of `told` is not over; where all of it is, everything up to the first that is not, each with its state."""
        upload = tell(self._kb, region, "材料上传", year, now)
        if done == "网上报名" and ahead((upload,), now):
            told = (upload, *told)  # whoever has registered may have papers to upload still
        elif done == "网上报名" and upload.stated and region is not None:
            registers = tell(self._kb, region, done, year, now)
            if registers.year != upload.year and ahead((registers,), now):
                # as much was asked of them the year before; whether it still is, this year's notice does not say
                told = (*told, tell(self._kb, region, "材料上传", registers.year, now))
        left = tuple(item for item in told if not item.stated or ahead((item,), now))
        if any(item.stated for item in left) or not any(item.stated for item in told):
            return left
        later = COURSE[COURSE.index(told[-1].stage) + 1 :] if told[-1].stage in COURSE else ()
        # A fee whose time the own notice leaves out (重庆) is still to come, and is said to be.
        rest = [item for stage in later if (item := tell(self._kb, region, stage, year, now)).cell]
        for count, item in enumerate(rest, 1):
            if not item.stated or ahead((item,), now):
                return (*told, *rest[:count])
        return told

    def worded(
        self, base: Decision, topic: Topic, asked: tuple[str, str, str], now: datetime, by: str | None = None
    ) -> Decision:
        """The entry's words for the region, else for the nation; not_stated where neither has any that are public by `now`.

        Args:
            asked: the message, the question that it goes on with (我是现役，带啥 … 在四川), and the category spoken of that has no 二试.
            by: the level of who asks, None where it is not known.
        """
        entry = base.entry
        assert entry is not None  # noqa: S101
        region = base.region or NATION
        levels = (region, NATION) if inherits(self._kb, region) else (region,)
        for level in levels:
            answer = entry.answers.get(level)
            if answer is not None and self._public(answer, now):
                year = answer.notice.year if answer.notice else None
                kind = "not_stated" if answer.silent else base.kind
                told = self._beside(base, topic, now)
                general = WHOEVER.search(asked[0]) is not None
                before = "" if base.audience in answer.audiences else answer.lead(asked[1])  # 我现役的
                if not before and set(entry.stages) <= SECOND and entry.stages:
                    before = answer.lead(asked[2])  # 我老婆考口腔 … 她能报二试吗
                mark = judged(asked[0], asked[1], by, self._lines_for(entry, answer))
                lead = answer.lead(asked[0]) or before
                base = replace(base, lead=(mark or lead) if answer.lines else (lead or mark), general=general)
                return replace(base, kind=kind, answer=answer, level=level, year=year, told=told)
        return replace(base, kind="not_stated", year=topic.year)

    def of_the_nation(
        self, entry: Entry, stages: Sequence[str], year: int | None, now: datetime
    ) -> tuple[Told, ...]:
        """The nation's own window of the registration, this year's or the year's that was asked; () where it has none, or only other stages are asked for.

        It is told while the region is asked for: in the last hour a turn is dear, and there is one site for all. Of the
        review no more is told than the region's own: some call nobody to it.
        """
        only = tuple(stages) == (REGISTRATION,)
        due = REGISTRATION in stages and self._phases.is_open(NATION, REGISTRATION, year, now)  # 明天几点截止
        if not entry.is_timed or not (only or due):
            return ()
        told = tell(self._kb, NATION, REGISTRATION, year, now)
        return (told,) if told.stated and told.year in (year, today(now).year) else ()

    def fails_skills(self, said: str) -> bool:
        """Whether a 技能 mark is told that the lines on file call too low."""
        return fails_skills(said, self._lines)

    def _lines_for(self, entry: Entry, answer: Answer) -> Mapping[str, int]:
        """The marks that are enough: where the words tell them, and where one asks whether 二试 is theirs (我329 能报二试不)."""
        of_second = entry.asks == "条件" and bool(entry.stages) and set(entry.stages) <= SECOND
        return answer.lines or (self._lines if of_second else {})

    def _beside(self, base: Decision, topic: Topic, now: datetime) -> tuple[Told, ...]:
        """The windows that may have been missed, or whose hour is asked about, where they are on file."""
        asks = base.entry.asks if base.entry is not None else ""
        if base.entry is not None and base.entry.id == ELSEWHERE and base.region is not None:
            return tuple(tell(self._kb, base.region, stage, topic.year, now) for stage in topic.stages)
        if asks not in ("错过", HOUR):
            return ()
        if topic.stages and set(topic.stages) <= SECOND:
            # whose words tell the state themselves; that it can still be paid must come first
            fee = tell(self._kb, NATION, "二试缴费", topic.year, now)
            return (fee,) if self._phases.is_open(NATION, "二试缴费", topic.year, now) else ()
        if base.region is None:
            return ()
        stages = topic.stages or (("网上报名",) if asks == HOUR else ())
        told = (tell(self._kb, base.region, stage, topic.year, now) for stage in stages)
        stated = tuple(item for item in told if item.stated)
        if asks == HOUR:
            return stated
        # Of several, one that is to come was not missed.
        begun = tuple(
            item
            for item in stated
            if item.cell and any(w.phase_at(now) is not Phase.BEFORE for w in item.cell.windows)
        )
        return stated if len(topic.stages) == 1 else begun

    def _public(self, answer: Answer, now: datetime) -> bool:
        notice = answer.notice
        if notice is None or notice.year is None:
            return True
        schedule = self._kb.schedules.get((notice.region, notice.year))
        return (schedule.known_from if schedule else known_from(notice, None)) <= now


def _of_kind(told: Told, audience: str) -> bool:
    return told.cell is not None and any(window.audience == audience for window in told.cell.windows)


def _is_for(told: Told, audience: str | None) -> bool:
    """Whether a window of this stage is for this kind of candidate; where the kind is not known, it may be."""
    windows = told.cell.windows if told.cell is not None else ()
    others = {f"非{audience}"} if audience and not audience.startswith("非") else {audience and audience[1:]}
    return audience is None or any(window.audience not in others for window in windows)


def stages_told(ask: Ask, entry: Entry) -> tuple[str, ...]:
    """What to tell: the stages asked where the entry covers them, else all of the entry's."""
    if entry.asks == NEXT and not ask.after:
        return entry.stages  # one that is over says nothing of what is left: 报名结束了我还要弄什么
    if (entry.is_timed and len(entry.stages) > FEW and ask.topic.stages) or ask.elsewhere:
        return ask.topic.stages  # the overview tells whatever was named
    asked = tuple(stage for stage in ask.topic.stages if stage in entry.stages)
    return asked or entry.stages
