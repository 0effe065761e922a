"""What we know, frozen: regions, notices, schedules, entries, phrases. Pure; all that the core may import from here."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum

from bot.schedule.deadlines import SHANGHAI, Window
from bot.text.vocabulary import Vocabulary

NATION = "全国"
_DENIES = re.compile(r"(?<!是)(?:不是|不算|不属于)[^,。?!]{0,2}$")
NEXT = "下一步"  # the aspect of an entry that tells what the candidate still has to do
TIMED = ("时间", NEXT)  # the aspects that the schedules answer
UNKNOWN_PUBLISHED_LEAD = timedelta(
    days=30
)  # design §3: the day unknown -> known 30 days before its first window


@dataclass(frozen=True)
class ExamSite:
    """A 考点 of a region and the districts whose workplaces belong to it."""

    name: str
    districts: tuple[str, ...]
    notice: str


@dataclass(frozen=True)
class Region:
    """A province-level region (or 兵团) as candidates name it.

    inherits: whether the 全国 level speaks for it where its own notice is not on file; False for 港澳台.
    """

    name: str
    id: str
    full_name: str
    aliases: tuple[str, ...] = ()
    inherits: bool = True
    sites: tuple[ExamSite, ...] = ()


@dataclass(frozen=True)
class Notice:
    """Where facts come from.

    year: the exam year it governs; None for standing rules.
    published: the day on the notice; None when unknown, and then no reply states it.
    seen: a day on which it was certainly public (a re-post), used only to decide from when it counts.
    """

    key: str
    name: str
    region: str
    year: int | None = None
    published: date | None = None
    seen: date | None = None
    url: str = ""
    verified_on: date | None = None
    verified_by: str = ""
    grade: str = ""


class Silence(Enum):
    """Why a schedule cell has no window."""

    NOT_STATED = "未提及"
    UNANNOUNCED = "未公布"


@dataclass(frozen=True)
class Cell:
    """What one notice says of one stage: windows, or which kind of silence."""

    notice: Notice
    windows: tuple[Window, ...] = ()
    silence: Silence | None = None
    note: str = ""
    known_from: datetime = datetime(1970, 1, 1, tzinfo=SHANGHAI)


@dataclass(frozen=True)
class Schedule:
    """One region's year: stage name -> Cell. A stage that is absent was not expected of this notice."""

    region: str
    year: int
    cells: Mapping[str, Cell]
    known_from: datetime


SKILLS, DOCTOR, ASSISTANT = "技能", "执业", "助理"
PASS_MARKS = (SKILLS, DOCTOR, ASSISTANT)
"""What a line of 分数线 is of: 技能 for all, 医学综合 by level."""


@dataclass(frozen=True)
class Answer:
    """An entry's words for one region (or 全国): `text` for everybody, `audiences` for those whose steps differ.

    silent: the words say that the notice does not state it (未提及). leads: words of a question -> what is said first to it.
    lines: of PASS_MARKS -> the mark that is enough, where the words tell of marks.
    """

    notice: Notice | None
    text: str
    audiences: Mapping[str, str] = field(default_factory=dict)
    silent: bool = False
    leads: tuple[tuple[tuple[str, ...], str], ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)

    def lead(self, asked: str) -> str:
        """What to say first to a question that says any of the words of `leads`, the first of them that fits; "" for none."""
        return next((said for words, said in self.leads if any(_says(asked, word) for word in words)), "")


def _says(asked: str, word: str) -> bool:
    """Whether `word` is said and not denied: 那我不是部队的呢 is of no soldier, 是不是部队的 may be."""
    places = (found.start() for found in re.finditer(re.escape(word), asked))
    return any(_DENIES.search(asked[:at]) is None for at in places)


@dataclass(frozen=True)
class Entry:
    """One question the knowledge answers.

    stages: which stages it is about; () = none in particular.
    asks: the aspect (时间, 材料, 流程 …); "时间" entries are answered from the schedules.
    answers: region name or 全国 -> Answer; empty for pure 时间 entries.
    kind: "answer" · "out_of_scope" (about this exam, nothing on file) · "smalltalk".
    """

    id: str
    question: str
    alternatives: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    asks: str = ""
    answers: Mapping[str, Answer] = field(default_factory=dict)
    follow_ups: tuple[str, ...] = ()
    kind: str = "answer"
    nationwide: bool = False
    valid_from: date | None = None
    valid_until: date | None = None

    @property
    def is_timed(self) -> bool:
        """Whether the schedules answer it."""
        return self.asks in TIMED and not self.answers

    def valid_on(self, day: date) -> bool:
        """Whether it may be told on `day`; both ends of 有效 count, and an end that is not written is open."""
        return (self.valid_from or day) <= day <= (self.valid_until or day)


@dataclass(frozen=True)
class ReminderRules:
    """When staff want reminders sent (phrases.yaml, 提醒).

    days: before the printed last day, largest first. opening: also on the opening day.
    minute: of the day in Shanghai, 480 (08:00) to 1319 (21:59), since nothing is sent in the night.
    """

    days: tuple[int, ...] = (7, 3, 1)
    opening: bool = True
    minute: int = 9 * 60


@dataclass(frozen=True)
class Knowledge:
    """One immutable snapshot of knowledge/."""

    regions: Mapping[str, Region]
    notices: Mapping[str, Notice]
    schedules: Mapping[tuple[str, int], Schedule]
    entries: Mapping[str, Entry]
    vocabulary: Vocabulary
    commands: Mapping[str, tuple[str, ...]]
    phrases: Mapping[str, str]
    menu: Mapping[str, str] = field(default_factory=dict)
    nicknames: Mapping[str, str] = field(default_factory=dict)
    version: str = ""
    stale_days: int = 365
    reminders: ReminderRules = ReminderRules()

    def years_known(self, region: str, now: datetime) -> tuple[int, ...]:
        """Years of `region`'s own schedules that are public at `now`, newest first."""
        return tuple(year for year, known_from in self._years.get(region, ()) if known_from <= now)

    @functools.cached_property
    def _years(self) -> Mapping[str, Sequence[tuple[int, datetime]]]:
        """By region, the years of its own schedules and from when each counts, newest first: a message asks some forty times."""
        found: dict[str, list[tuple[int, datetime]]] = {}
        for schedule in sorted(self.schedules.values(), key=lambda item: -item.year):
            found.setdefault(schedule.region, []).append((schedule.year, schedule.known_from))
        return found

    def cell(self, region: str, stage: str, year: int, now: datetime) -> Cell | None:
        """What `region`'s own notice of `year` says of `stage`; None when it is not on file or not yet public."""
        schedule = self.schedules.get((region, year))
        cell = schedule.cells.get(stage) if schedule is not None else None
        return cell if cell is not None and cell.known_from <= now else None

    def newest_year(self, now: datetime) -> int | None:
        """The newest year for which the 全国 level has a notice that is public at `now`."""
        years = self.years_known(NATION, now)
        return years[0] if years else None


def known_from(notice: Notice, first_window: Window | None) -> datetime:
    """The instant from which a notice counts (design §3): its day, the re-post, else 30 days before its first window."""
    day = notice.published or notice.seen
    if day is not None:
        return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    if first_window is None:
        return datetime(notice.year or 1970, 1, 1, tzinfo=SHANGHAI)
    return first_window.opens.starts() - UNKNOWN_PUBLISHED_LEAD
