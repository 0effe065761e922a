"""A region's windows, and the two events of each: the opening and the deadline. Pure.

What is listed is what a reply would tell (dialogue.lookup.tell), and the region's own older windows beside it. An event
depends on `now` only through which notices are public: two requests of one day give the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import blake2s

from bot.answers import wording
from bot.dialogue.lookup import tell
from bot.knowledge.model import NATION, Cell, Knowledge, Notice, Region
from bot.schedule.deadlines import SHANGHAI, Moment, Window
from bot.schedule.stages import ORDER, TITLES

ALARM_AT = time(9, 0)
DAYS_BEFORE = (7, 3, 1)  # of the printed last day (design §5)
EPOCH = date(2020, 1, 1)  # SEQUENCE counts the days from here to the day a notice was verified

# Part of every UID, and so for ever: a calendar that knows an event by its UID would show a renamed one twice.
SLUGS = {
    "网上报名": "signup",
    "材料上传": "upload",
    "线上审核": "online-review",
    "现场审核": "onsite-review",
    "技能缴费": "skills-fee",
    "技能考试": "skills-exam",
    "一试缴费": "written1-fee",
    "一试考试": "written1-exam",
    "二试报名": "written2-signup",
    "二试缴费": "written2-fee",
    "二试考试": "written2-exam",
}
UID_HOST = "calendar.yishi-zhushou.invalid"  # a name of our own that no host ever has (RFC 2606)


@dataclass(frozen=True)
class Listed:
    """One window as it is told in one region.

    Attributes:
        level: whose notice says so, `region.name` or NATION.
        number: 1, 2 … among the windows of this cell for the same audience.
    """

    region: Region
    level: str
    year: int
    stage: str
    window: Window
    cell: Cell
    number: int = 1

    @property
    def inherited(self) -> bool:
        """Whether the national level speaks for the region."""
        return self.level != self.region.name

    @property
    def label(self) -> str:
        """四川 2024 年度实践技能考试缴费."""
        return f"{self.level} {self.year} 年度{TITLES[self.stage]}"

    @property
    def audience(self) -> str:
        """For whom, in words; "" for everybody."""
        name = self.window.audience
        if not name:
            return ""
        return f"只限{name[1:]}以外的考生" if name.startswith("非") else f"只限{name}考生"

    @property
    def caution(self) -> str:
        """What to know of a national window; "" for the region's own."""
        if not self.inherited:
            return ""
        return f"这是{NATION}的时间；{self.region.name}有没有另行安排、适不适用，请以当地公告为准。"

    @property
    def ending(self) -> str:
        """What the last moment of a window is called: an exam is over, everything else is due."""
        return "结束" if self.stage.endswith("考试") else "截止"


@dataclass(frozen=True)
class Alarm:
    """at: aware; text: what the phone shows."""

    at: datetime
    text: str


@dataclass(frozen=True)
class Event:
    """One entry of the calendar.

    Attributes:
        kind: "opens" · "closes".
        start: a day where the notice gives no hour, else aware.
        end: exclusive; None for a point in time.
        modified: UTC; when the knowledge behind it was last verified, never the moment of a request.
        sequence: grows with `modified`.
    """

    uid: str
    kind: str
    summary: str
    description: str
    start: date | datetime
    end: date | datetime | None
    alarms: tuple[Alarm, ...]
    modified: datetime
    sequence: int
    url: str = ""


def listed(kb: Knowledge, region: Region, now: datetime) -> list[Listed]:
    """Every window to tell in `region` at `now`, once, by opening: what `tell` says of each stage, and the region's own years.

    [] where nothing is on file, as for 港澳台.
    """
    cells: dict[tuple[str, int, str], Cell] = {}
    for stage in ORDER:
        told = tell(kb, region.name, stage, None, now)
        if told.cell is not None and told.year is not None:
            cells[told.level, told.year, stage] = told.cell
        for year in kb.years_known(region.name, now):
            own = kb.cell(region.name, stage, year, now)
            if own is not None:
                cells[region.name, year, stage] = own
    found: list[Listed] = []
    for (level, year, stage), cell in cells.items():
        seen: dict[str, int] = {}
        for window in cell.windows:
            seen[window.audience] = number = seen.get(window.audience, 0) + 1
            found.append(Listed(region, level, year, stage, window, cell, number))
    return sorted(found, key=lambda one: (one.window.opens.starts(), one.year, ORDER[one.stage]))


def events(kb: Knowledge, region: Region, now: datetime) -> list[Event]:
    """The opening and the deadline of every window that `listed` gives, in its order."""
    return [event for one in listed(kb, region, now) for event in (_opening(one), _deadline(one))]


def about(kb: Knowledge, region: Region, found: bool) -> str:
    """The calendar's description; where nothing was `found`, why it is empty."""
    if found:
        return (
            "医师资格考试报名、审核、缴费和考试的时间，出自各年度公告。日期可能更改，以公告原文为准。"
            "没有列出的环节，是公告没写时间或者还没有收录，不等于没有。"
        )
    if not region.inherits:
        return kb.phrases.get("港澳台", "").strip() or "港澳台没有单独的考区收录在这里，所以这份日历是空的。"
    return f"{region.name}的时间还没有收录，所以这份日历是空的。"


def _opening(one: Listed) -> Event:
    opens = one.window.opens
    words = _on(opens, one.year)
    alarm = Alarm(_at_nine(opens.day), f"{one.label}：今天开始（{words}）")
    start: date | datetime = opens.day if opens.minute is None else opens.starts()
    return _event(one, "opens", f"开始（{words}）", f"{wording.moment(opens)}开始。", start, None, (alarm,))


def _deadline(one: Listed) -> Event:
    closes = one.window.closes
    words = _on(closes, one.year)
    lead = f"{wording.moment(closes)}{one.ending}。"
    if closes.minute is None and one.ending == "截止":
        lead += "公告没写钟点，请尽早办。"
    start: date | datetime = closes.day if closes.minute is None else closes.ends()
    end = None
    if closes.minute == 24 * 60:
        # 24 时 is the next day's midnight, but a candidate looks for it on the printed day.
        start, end = closes.ends() - timedelta(minutes=1), closes.ends()
    return _event(one, "closes", f"{one.ending}（{words}）", lead, start, end, _countdown(one, words))


def _countdown(one: Listed, words: str) -> tuple[Alarm, ...]:
    alarms = []
    for days in DAYS_BEFORE:
        at = _at_nine(one.window.closes.day - timedelta(days=days))
        text = f"{one.label}：还有 {days} 天{one.ending}（{words}）"
        if (
            at < one.window.opens.starts()
        ):  # a short window: nobody should look for a form that isn't there yet
            text += f"，{_on(one.window.opens, one.year)}开始"
        alarms.append(Alarm(at, text))
    return tuple(alarms)


def _event(
    one: Listed,
    kind: str,
    headline: str,
    lead: str,
    start: date | datetime,
    end: date | datetime | None,
    alarms: tuple[Alarm, ...],
) -> Event:
    if end is None and not isinstance(start, datetime):
        end = start + timedelta(days=1)
    notice = one.cell.notice
    verified = max(notice.verified_on or EPOCH, one.cell.known_from.date())
    return Event(
        uid=f"{_uid(one)}-{kind}@{UID_HOST}",
        kind=kind,
        summary=f"{one.label}{headline}" + (f"，{one.audience}" if one.audience else ""),
        description="\n".join([lead, *_facts(one), *_source(notice)]),
        start=start,
        end=end,
        alarms=alarms,
        modified=datetime.combine(verified, time.min, UTC),
        sequence=max(0, (verified - EPOCH).days),
        url=notice.url if notice.url.startswith(("https://", "http://")) else "",
    )


def _uid(one: Listed) -> str:
    """Not the level: where the region's own notice comes to replace the national window, the event is moved, not doubled."""
    audience = one.window.audience
    parts = [one.region.id, str(one.year), SLUGS.get(one.stage) or f"stage{one.stage.encode().hex()}"]
    if audience:
        parts.append(blake2s(audience.encode(), digest_size=4).hexdigest())
    if one.number > 1:
        parts.append(str(one.number))
    return "-".join(parts)


def _facts(one: Listed) -> list[str]:
    lines = [f"时间：{wording.window(one.window)}"]
    if one.audience:
        lines.append(f"对象：{one.audience}")
    if one.cell.note:
        lines.append(f"说明：{one.cell.note}")
    return [*lines, one.caution] if one.caution else lines


def _source(notice: Notice) -> list[str]:
    year = f"，{notice.year} 年度" if notice.year and str(notice.year) not in notice.name else ""
    checked = f"，核实于 {notice.verified_on.isoformat()}" if notice.verified_on else ""
    return [f"来源：{notice.name}{year}{checked}", *([notice.url] if notice.url else [])]


def _on(moment: Moment, year: int) -> str:
    """The year of the label is said once."""
    return wording.moment(moment, year=moment.day.year != year)


def _at_nine(day: date) -> datetime:
    return datetime.combine(day, ALARM_AT, SHANGHAI)
