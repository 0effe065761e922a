"""The dry run: who would be told what, when and by which channel, or why not, and what it costs. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from bot.knowledge.model import NATION, Knowledge
from bot.reminders import message, plan, reach
from bot.reminders.account import CUSTOM, SUBSCRIBE, TITLES, Account
from bot.reminders.run import wanted_of
from bot.storage import planning
from bot.storage.planning import Wanted


@dataclass(frozen=True)
class Group:
    """So many candidates, one message, one way. channel: "" = not reachable, then `reason` says why."""

    due_at: datetime
    occasions: tuple[plan.Occasion, ...]
    channel: str
    reason: str
    count: int


@dataclass(frozen=True)
class Forecast:
    """occasions: every one of the time and the regions asked about, with or without anybody to tell."""

    since: datetime
    until: datetime
    occasions: tuple[plan.Occasion, ...]
    groups: tuple[Group, ...]
    problems: tuple[str, ...]

    def by_channel(self) -> dict[str, int]:
        """Messages a channel, reachable ones only."""
        found: dict[str, int] = {}
        for group in self.groups:
            if group.channel:
                found[group.channel] = found.get(group.channel, 0) + group.count
        return found

    def unreachable(self) -> dict[str, int]:
        """Messages that would reach nobody, by the reason."""
        found: dict[str, int] = {}
        for group in self.groups:
            if not group.channel:
                found[group.reason] = found.get(group.reason, 0) + group.count
        return found


def forecast(
    connection: Connection,
    kb: Knowledge,
    account: Account,
    regions: Sequence[str],
    since: datetime,
    until: datetime,
    real: datetime,
    due_at: datetime | None = None,
) -> Forecast:
    """What since <= t < until brings, by what is on file now.

    Args:
        regions: [] = those that somebody asked to hear of, and those with a notice of their own.
        real: the real time, for the 48 hours of 客服消息.
        due_at: also what a run at this moment would plan: its time came before `since`, and it is not in the outbox yet.
    """
    asked = planning.regions(connection)
    own = {region for region, _year in kb.schedules if region != NATION}
    shown = list(regions) or [name for name in kb.regions if name in own or name in asked]
    found = plan.between(kb, shown, since, until)
    if due_at is not None:
        found = _held_up(connection, kb, shown, due_at) + found
    groups = [group for slot in _slots(found) for group in _groups(connection, account, slot, real)]
    return Forecast(since, until, tuple(found), tuple(groups), tuple(problems(found, account)))


def people(
    connection: Connection, account: Account, found: Sequence[plan.Occasion], real: datetime
) -> Iterator[dict[str, Any]]:
    """One line a candidate and message, streamed: who (as in the log), when, what, by which channel, why not."""
    audiences = planning.audiences(connection)
    for slot in _slots(found):
        wanted = _wanted(slot, audiences)
        args = (account.templates.get(SUBSCRIBE, ""), real - reach.WINDOW, reach.WINDOW_MESSAGES)
        for row in planning.people(connection, wanted, *args):
            facts = reach.Facts(
                bool(row.pushable), row.blocked, bool(row.credit), bool(row.recent), bool(row.spent)
            )
            channel, reason = reach.reach(facts, account)
            numbers = sorted(int(part) for part in row.occasions.split(",") if part)
            yield {
                "user": row.user_hash, "due_at": slot[0].due_at.isoformat(),
                "occasions": [slot[number].key for number in numbers], "channel": channel, "reason": reason,
            }  # fmt: skip


def problems(found: Sequence[plan.Occasion], account: Account) -> list[str]:
    """What the platform would refuse of the templates' items: seen before a run, not after it."""
    said: dict[str, None] = {}
    for channel in account.fields:
        for one in found:
            for problem in message.items_of(channel, [one], account, one.due_at)[1]:
                said.setdefault(f"{TITLES[channel]}，{one.region} {one.year} 年度{one.stage}：{problem}")
    return list(said)


def preview(found: Sequence[plan.Occasion], kb: Knowledge, account: Account) -> list[dict[str, Any]]:
    """The words of each slot of each region, by every channel the account has, as of the moment it is due."""
    shown = []
    for slot in _slots(found):
        for region, ones in groupby(sorted(slot, key=lambda one: one.region), key=lambda one: one.region):
            items = list(ones)
            texts: dict[str, Any] = {CUSTOM: message.text(items, kb, items[0].due_at)}
            for channel in account.fields:
                texts[channel] = message.items_of(channel, items, account, items[0].due_at)[0]
            shown.append({"region": region, "due_at": items[0].due_at, "texts": texts})
    return shown


def _held_up(
    connection: Connection, kb: Knowledge, regions: Sequence[str], now: datetime
) -> list[plan.Occasion]:
    """What is due by now and was not planned, by time."""
    late = [one for one in plan.due(kb, regions, now) if one.due_at < now]
    done = planning.planned_keys(connection, [one.key for one in late])
    return sorted((one for one in late if one.key not in done), key=lambda one: (one.due_at, one.region))


def _slots(found: Sequence[plan.Occasion]) -> list[list[plan.Occasion]]:
    return [list(ones) for _, ones in groupby(found, key=lambda one: one.due_at)]


def _wanted(slot: Sequence[plan.Occasion], audiences: list[str]) -> list[Wanted]:
    return [wanted_of(number, one, audiences) for number, one in enumerate(slot)]


def _groups(
    connection: Connection, account: Account, slot: Sequence[plan.Occasion], real: datetime
) -> list[Group]:
    counts: dict[tuple[tuple[int, ...], str, str], int] = {}
    template, since = account.templates.get(SUBSCRIBE, ""), real - reach.WINDOW
    wanted = _wanted(slot, planning.audiences(connection))
    for row in planning.facts(connection, wanted, template, since, reach.WINDOW_MESSAGES):
        facts = reach.Facts(row.pushable, row.blocked, row.credit, row.recent, row.spent)
        key = (row.occasions, *reach.reach(facts, account))
        counts[key] = counts.get(key, 0) + row.count
    return [
        Group(slot[0].due_at, tuple(slot[number] for number in numbers), channel, reason, count)
        for (numbers, channel, reason), count in sorted(counts.items())
    ]
