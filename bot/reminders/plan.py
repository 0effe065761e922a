"""Which reminders a region's windows call for, and when: the rules, and nothing of people. Pure.

An occasion is one window and one reason to speak of it: the opening day, or so many days before the printed last day. What
the notices don't state, or what is not public yet at that moment, gives none; silence is inherited as in a reply
(dialogue.lookup.tell), so a reminder never says what an answer would not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.dialogue.lookup import inherits, tell
from bot.knowledge.model import NATION, Knowledge, ReminderRules
from bot.schedule.deadlines import SHANGHAI, Moment, Window, today
from bot.schedule.stages import ORDER

OPENS = "opens"
NIGHT_FROM, NIGHT_UNTIL = time(22, 0), time(8, 0)
LATEST = timedelta(hours=24)  # how long after its time a reminder that was held up is still worth sending
# Who sat the practical test before pays for and sits none (四川 2024, ②; nationwide rule).
NO_SKILLS = ("实践技能免试", "上年技能合格")
SKILLS = ("技能缴费", "技能考试")


@dataclass(frozen=True)
class Occasion:
    """One reason to speak of one window in one region.

    Attributes:
        region: whose candidates hear of it · level: whose notice says so, `region` or 全国.
        kind: "opens", or "closes-N": N days before the printed last day.
        due_at: aware, in Shanghai · expires_at: no row of it is sent at or after this.
        notice: the notice's name.
    """

    region: str
    level: str
    year: int
    stage: str
    window: Window
    kind: str
    due_at: datetime
    notice: str

    @property
    def key(self) -> str:
        """The same for the same window of the same stage; another date is another occasion."""
        window = self.window
        return "|".join((
            self.region, str(self.year), self.stage, window.audience, written(window.opens), written(window.closes),
            self.kind,
        ))  # fmt: skip

    @property
    def expires_at(self) -> datetime:
        """The window's end, or a day after it was due."""
        return min(self.window.closes.ends(), self.due_at + LATEST)

    @property
    def days(self) -> int | None:
        """How many days before the last day; None for the opening."""
        return None if self.kind == OPENS else int(self.kind.removeprefix("closes-"))


def written(moment: Moment) -> str:
    """As staff write it and Moment.parse reads it: 2024-02-04 24:00."""
    if moment.minute is None:
        return moment.day.isoformat()
    return f"{moment.day.isoformat()} {moment.minute // 60:02d}:{moment.minute % 60:02d}"


def occasions(kb: Knowledge, region: str, now: datetime) -> list[Occasion]:
    """All of `region`'s, past ones too, from the notices that count at `now`; [] where nobody speaks for it (港澳台)."""
    years = set(kb.years_known(region, now))
    if inherits(kb, region):
        years |= set(kb.years_known(NATION, now))
    found: list[Occasion] = []
    for year in sorted(years):
        for stage in ORDER:
            told = tell(kb, region, stage, year, now)
            if told.cell is None or told.year != year:
                continue
            for window in told.cell.windows:
                for kind, due_at in _times(window, kb.reminders):
                    notice = told.cell.notice.name
                    found.append(Occasion(region, told.level, year, stage, window, kind, due_at, notice))
    return found


def due(kb: Knowledge, regions: Iterable[str], now: datetime) -> list[Occasion]:
    """What should be on its way at `now`: its time has come, and it has not expired."""
    return [
        occasion
        for region in regions
        for occasion in occasions(kb, region, now)
        if occasion.due_at <= now < occasion.expires_at
    ]


def between(kb: Knowledge, regions: Iterable[str], since: datetime, until: datetime) -> list[Occasion]:
    """What falls due in since <= t < until, each judged by the notices that count at that very moment; by time."""
    found: list[Occasion] = []
    for region in regions:
        moments = {due_at for due_at in _all_times(kb, region) if since <= due_at < until}
        for moment in moments:
            found += [one for one in occasions(kb, region, moment) if one.due_at == moment]
    return sorted(
        found, key=lambda one: (one.due_at, one.region, ORDER[one.stage], one.window.audience, one.kind)
    )


def concerns(audience: str, stage: str, candidate: str) -> bool:
    """Whether a window for `audience` ("" everybody, "非X" everybody but X) is for this candidate ("" unknown: it may be)."""
    if candidate in NO_SKILLS and stage in SKILLS:
        return False
    if not audience or not candidate:
        return True
    return candidate != audience[1:] if audience.startswith("非") else candidate == audience


def is_night(now: datetime) -> bool:
    """22:00–08:00 in Shanghai: nothing is sent."""
    local = now.astimezone(SHANGHAI).time()
    return local >= NIGHT_FROM or local < NIGHT_UNTIL


def morning(now: datetime) -> datetime:
    """The next instant at which something may be sent; `now` itself by day."""
    if not is_night(now):
        return now
    local = now.astimezone(SHANGHAI)
    day = local.date() + timedelta(days=1 if local.time() >= NIGHT_FROM else 0)
    return datetime.combine(day, NIGHT_UNTIL, SHANGHAI)


def midnight(now: datetime) -> datetime:
    """The next 00:00 in Shanghai, when the platform's daily counts begin anew."""
    return datetime.combine(today(now) + timedelta(days=1), time.min, SHANGHAI)


def _all_times(kb: Knowledge, region: str) -> set[datetime]:
    """When anything could ever fall due in this region, by its own notices and the nation's."""
    return {
        due_at
        for (level, _year), schedule in kb.schedules.items()
        if level in (region, NATION)
        for cell in schedule.cells.values()
        for window in cell.windows
        for _, due_at in _times(window, kb.reminders)
    }


def _times(window: Window, rules: ReminderRules) -> list[tuple[str, datetime]]:
    """(kind, when), never once the window is closed."""
    found = [(OPENS, _at(window.opens.day, rules))] if rules.opening else []
    found += [(f"closes-{days}", _at(window.closes.day - timedelta(days=days), rules)) for days in rules.days]
    return [(kind, due_at) for kind, due_at in found if due_at < window.closes.ends()]


def _at(day: date, rules: ReminderRules) -> datetime:
    return datetime.combine(day, time(rules.minute // 60, rules.minute % 60), SHANGHAI)
