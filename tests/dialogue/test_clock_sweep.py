"""The clock moved over every boundary minute of every schedule, and over New Year, against an oracle that knows no code of ours.

The oracle reads the schedule files as plain text and counts minutes since year 1 in naive Beijing time. It is written from
the promises of docs/design.md: half-open windows, 24 时 is the next midnight, a day without an hour counts whole, the newest
year that is known, a region's own notice silences the nation's but for 二试.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from typing import NamedTuple

import pytest
import yaml

from bot.answers.render import render
from bot.conversation import Assistant, Message
from bot.dialogue.ask import Ask
from bot.dialogue.chosen import Chosen
from bot.dialogue.decision import Decision
from bot.dialogue.lookup import tell
from bot.dialogue.session import Session, Topic
from bot.schedule.deadlines import SHANGHAI
from bot.schedule.stages import TITLES
from bot.text.query import Query
from tests.conftest import KNOWLEDGE

DAY = 24 * 60
NATION = "全国"
AUTUMN = ("二试报名", "二试缴费", "二试考试")
NO_HEIRS = ("香港", "澳门", "台湾")
NEW_YEARS = (2024, 2025, 2026, 2027)


class Span(NamedTuple):
    """opens, closes: minutes, closes excluded · first, last: the days as printed, counted since year 1."""

    opens: int
    closes: int
    first: int
    last: int
    timed: bool  # the notice gives the hour of its end


class Found(NamedTuple):
    """What the oracle has for one stage: `spans` is () where the notice is silent."""

    level: str
    year: int
    spans: tuple[Span, ...]


def minutes(written: str, end: bool) -> tuple[int, int]:
    """ "2024-02-04 24:00" -> (the minute, the day), both since year 1; no hour: the day's first or one past its last."""
    day, _, clock = written.partition(" ")
    number = date(*map(int, day.split("-"))).toordinal()
    hour, minute = map(int, clock.split(":")) if clock else (24 if end else 0, 0)
    return number * DAY + hour * 60 + minute, number


@cache
def files() -> dict[tuple[str, int], dict[str, tuple[int, tuple[Span, ...]]]]:
    """(region, year) -> stage -> (known from, spans); "" -> when the file's own notice counts."""
    notices = yaml.load((KNOWLEDGE / "notices.yaml").read_text("utf-8"), Loader=yaml.BaseLoader)["公告"]  # noqa: S506
    found = {}
    for path in sorted((KNOWLEDGE / "schedules").rglob("*.yaml")):
        root = yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
        own = root["公告"]
        cells = {}
        for stage, value in root["日程"].items():
            if isinstance(value, str) and value.startswith("同 "):
                value = root["日程"][value.split()[1]]
            parts = [] if isinstance(value, str) else value if isinstance(value, list) else [value]
            spans = []
            for part in parts:
                opens, first = minutes(part["开始"], end=False)
                closes, last = minutes(part["截止"], end=True)
                spans.append(Span(opens, closes, first, last, " " in part["截止"]))
            notice = next((part["公告"] for part in parts if "公告" in part), own)
            cells[stage] = (notice, tuple(spans))
        since = {}
        for name in {own, *(notice for notice, _ in cells.values())}:
            seen = notices[name].get("发布") or notices[name].get("转载")
            opened = [span.opens for notice, spans in cells.values() if notice == name for span in spans]
            since[name] = minutes(seen, end=False)[0] if seen else min(opened) - 30 * DAY
        table = {stage: (since[notice], spans) for stage, (notice, spans) in cells.items()}
        found[root["地区"], int(root["年度"])] = {"": (since[own], ()), **table}
    return found


def oracle(region: str, stage: str, now: int) -> Found | None:
    """What must be told of `stage` to somebody in `region`; None: nothing is on file at `now`."""
    for year in range(2030, 2015, -1):
        own, nation = files().get((region, year), {}), files().get((NATION, year), {})
        has_own = bool(own) and own[""][0] <= now
        if has_own and stage in own and own[stage][0] <= now:
            return Found(region, year, own[stage][1])
        speaks = bool(nation) and nation[""][0] <= now and region not in NO_HEIRS
        silenced = has_own and region != NATION and stage not in AUTUMN
        if (speaks or has_own) and not silenced and speaks and stage in nation and nation[stage][0] <= now:
            return Found(NATION, year, nation[stage][1])
    return None


def boundaries() -> Iterator[tuple[str, int]]:
    """(stage, minute): one before, at and one after each end of each window, and the midnight of its last day."""
    for table in files().values():
        for stage, (_, spans) in table.items():
            for span in spans:
                for edge in (span.opens, span.closes, span.last * DAY, span.closes - 60):
                    yield from ((stage, edge + step) for step in (-1, 0, 1))


def instant(minute: int) -> datetime:
    return datetime.fromordinal(minute // DAY).replace(tzinfo=SHANGHAI) + timedelta(minutes=minute % DAY)


def state(span: Span, now: int) -> tuple[str, ...]:
    """Words that the line of an open, coming or past window must hold."""
    today = now // DAY
    if now < span.opens:
        days = span.first - today
        return ("还没开始", "明天" if days == 1 else f"还有 {days} 天") if days else ("今天",)
    if now >= span.closes:
        return ("已截止",)
    days, hours = span.last - today, (span.closes - now) // 60
    if days > 0:
        return (f"还剩 {days} 天",)
    if hours or not span.timed:
        return (f"还剩 {hours} 小时",) if hours else ("还剩不到 1 小时",)
    return (f"还剩 {span.closes - now} 分钟",)


def wrong(span: Span, now: int) -> tuple[str, ...]:
    """Words that must not stand in that line."""
    if now < span.opens:
        return ("进行中", "已截止", "还剩")
    return ("进行中", "还没开始", "还剩", "还有") if now >= span.closes else ("还没开始", "已截止", "还有")


def verdict(found: Found, span: Span, now: int) -> str:
    if now < span.opens:
        return "还不能，"
    if now < span.closes:
        return "能，"
    this_year = date.fromordinal(now // DAY).year
    return "不能了，" if found.year == this_year else f"{this_year} 年度的没有收录，不能判断"


def decided(
    assistant: Assistant, query: Query, region: str | None, stage: str, now: datetime, verdict: bool = False
) -> tuple[Decision, list[str]]:
    policy = assistant.steering.policy
    entry = policy.selector.book.timed((stage,))
    assert entry is not None
    topic = Topic(entry=entry.id, stages=(stage,), verdict=verdict)
    regions = (region,) if region else ()
    ask = Ask(query, topic, regions, bool(region), (), None, None, resumed=True, entry_fixed=True)
    decision, _ = policy.answer(ask, Chosen(entry, 1.0, by="slots"), Session(region=region), now)
    reply, _rest = render([decision], assistant.kb, now)
    return decision, reply.text.split("\n")


def check(decision: Decision, lines: list[str], found: Found | None, stage: str, minute: int) -> None:
    told = next(told for told in decision.told if told.stage == stage)
    where = f"{stage} at {instant(minute)}:\n" + "\n".join(lines)
    if found is None:
        assert not told.stated, where
        return
    assert (told.level, told.year, told.stated) == (found.level, found.year, bool(found.spans)), where
    if not found.spans:
        return
    label = f"{found.level} {found.year} 年度{TITLES[stage]}"
    span = found.spans[0]
    if decision.verdict and len(decision.told) == 1:
        assert lines[0].startswith(verdict(found, span, minute)), where
        assert lines[1] == label, where
        return
    line = next((line for line in lines if line.removeprefix("· ").startswith(f"{label}：")), None)
    assert line is not None, where
    assert all(words in line for words in state(span, minute)), f"{state(span, minute)} {where}"
    assert not [words for words in wrong(span, minute) if words in line], where


MINUTES = sorted(set(boundaries()), key=lambda pair: pair[1])


@pytest.mark.parametrize("part", range(4))
def test_every_boundary_minute_is_told_as_the_schedule_has_it(assistant: Assistant, part: int) -> None:
    for stage, minute in MINUTES[part::4]:
        now = instant(minute)
        query = assistant.understanding.read("", now.date())
        for region in (*assistant.kb.regions, NATION):
            found = oracle(region, stage, minute)
            for asked in (False, True):
                decision, lines = decided(assistant, query, region, stage, now, asked)
                check(decision, lines, found, stage, minute)


@pytest.mark.parametrize("year", NEW_YEARS)
def test_new_year_turns_at_midnight(assistant: Assistant, year: int) -> None:
    midnight = date(year, 1, 1).toordinal() * DAY
    for minute in (midnight - 1, midnight, midnight + 1):
        now = instant(minute)
        query = assistant.understanding.read("", now.date())
        for region in assistant.kb.regions:
            for stage in TITLES:
                decision, lines = decided(assistant, query, region, stage, now)
                check(decision, lines, oracle(region, stage, minute), stage, minute)


@pytest.mark.parametrize("year", NEW_YEARS)
@pytest.mark.parametrize("region", ["四川", "重庆", "北京"])
def test_this_year_and_next_year_turn_with_the_clock(assistant: Assistant, year: int, region: str) -> None:
    """In December 今年 is the exam that is ahead, once its days are known: the registration of the year that ends is long over."""
    midnight = date(year, 1, 1).toordinal() * DAY
    ahead = tell(assistant.kb, region, "网上报名", year, instant(midnight - 1)).stated
    for minute, this in ((midnight - 1, year - 1), (midnight, year), (midnight + 1, year)):
        for word, asked in (("今年", this), ("明年", this + 1), ("去年", this - 1)):
            said = assistant.respond(
                Message("text", f"{region}{word}网上报名是什么时候"), None, instant(minute)
            )
            asked = year if word == "今年" and ahead else asked
            assert said.trace.year == asked, f"{word} at {instant(minute)}: {said.reply.text}"
