"""A reply keeps to its region, and says it and the year: every region × every entry × every audience × several days.

Regions of which nothing is on file differ in their name alone: they take turns, entry by entry, so that each of them is asked for every day.
"""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from bot.answers import wording
from bot.answers.render import render
from bot.answers.reply import LIMIT_BYTES
from bot.conversation import Assistant
from bot.dialogue.ask import Ask
from bot.dialogue.chosen import Chosen
from bot.dialogue.session import Session, Topic
from bot.knowledge.model import NATION, Knowledge
from bot.schedule.deadlines import SHANGHAI
from bot.text.query import Query

DAYS = ("2024-01-25", "2024-02-28", "2024-04-06", "2024-07-08", "2025-02-10", "2026-02-05", "2026-11-22")


def facts(kb: Knowledge, region: str) -> set[str]:
    """Every date that only `region`'s schedules hold, as replies print them."""
    return {
        spelled
        for (owner, _year), schedule in kb.schedules.items()
        if owner == region
        for cell in schedule.cells.values()
        for window in cell.windows
        for end in (window.opens, window.closes)
        for spelled in (wording.moment(end), wording.moment(end, year=False))
    }


def asked(region: str, audience: str | None, entry: str, query: Query) -> Ask:
    return Ask(query, Topic(entry=entry), (region,), True, (), None, audience, resumed=True, entry_fixed=True)


@pytest.mark.parametrize("day", DAYS)
def test_a_reply_keeps_to_its_region_and_says_it_and_the_year(assistant: Assistant, day: str) -> None:
    kb = assistant.kb
    now = datetime.fromisoformat(f"{day}T10:00:00").replace(tzinfo=SHANGHAI)
    query = assistant.understanding.read("", now.date())
    national = facts(kb, NATION)
    own = {region: facts(kb, region) for region in kb.regions}
    policy = assistant.steering.policy
    bare = [name for name in kb.regions if not own[name] and kb.regions[name].inherits]
    for region in kb.regions:
        foreign = (
            {fact for other, found in own.items() if other != region for fact in found}
            - own[region]
            - national
        )
        if not kb.regions[region].inherits:
            foreign |= national
        others = [other for other in kb.regions if other != region and len(other) > 1]
        for number, entry in enumerate(kb.entries.values()):
            its_turn = region not in bare or number % len(bare) == bare.index(region)
            if entry.kind != "answer" or not its_turn:
                continue
            for audience in (None, *kb.vocabulary.audiences):
                ask = asked(region, audience, entry.id, query)
                decision, _ = policy.answer(ask, Chosen(entry, 1.0, by="slots"), Session(region=region), now)
                reply, _rest = render([decision], kb, now)
                where = f"{region} {entry.id} {audience} {day}: {reply.text}"
                told = [fact for fact in foreign if _holds(reply.text, fact)]
                assert not told, f"{told} in {where}"
                assert not [other for other in others if other in reply.text], where
                body = reply.text.partition("\n来源：")[0]
                assert decision.level != region or region in body, where
                assert not _yearless(body), where
                assert len(reply.text.encode()) <= LIMIT_BYTES, where


def _holds(text: str, fact: str) -> bool:
    """Whether `fact` stands in `text` as a date of its own: "4 月 5 日" is not in "24 月 5 日", nor in "4 月 5 日 8 时"."""
    return fact in text and re.search(rf"(?<!\d){re.escape(fact)}(?! \d+ 时)", text) is not None


def _yearless(body: str) -> list[str]:
    """The lines whose day is of no year, where the rule told is of another than the one in question; 还剩 11 天 counts from today."""
    days = [line for line in body.split("\n") if re.search(r"\d 月 \d+ 日", line)]
    unclear = [line for line in days if not re.search(r"20\d\d 年|还[剩有] \d", line)]
    return unclear if "年度的步骤没有收录，" in body else []  # a list says its year in its head
