"""What this account can offer beside an answer: a calendar to add, a person to talk to. Plain values, set at start. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bot.answers.parts import phrase
from bot.dialogue.decision import Decision
from bot.knowledge.model import NATION, Knowledge


@dataclass(frozen=True)
class Offers:
    """public_url: how others reach this service, without a trailing "/"; "" = unknown, and no link is ever shown.

    staff: the account has 客服, so that 人工 hands the conversation over instead of naming an office.
    """

    public_url: str = ""
    staff: bool = False


NOTHING_OFFERED = Offers()


def calendar(decision: Decision, kb: Knowledge, offers: Offers) -> str:
    """The line with the region's calendar under an answer that told a deadline; "" where there is nothing to offer.

    The address has the region's id, not its name: WeChat makes a link of it only as far as the ASCII goes.
    """
    region = kb.regions.get(decision.region or NATION)
    stated = any(told.stated for told in decision.told)
    if not (offers.public_url and stated and region is not None):
        return ""
    return phrase(kb, "日历", 网址=f"{offers.public_url}/calendar/{region.id}.ics")
