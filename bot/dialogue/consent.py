"""What the edge knows of a candidate's reminders and the core may tell: never stored with the session. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.schedule.deadlines import Moment, Window

# How a reminder would reach this candidate. later: only with the reply to their next message. talk: as 客服消息 within 48
# hours of a message, else later. push: by the platform whenever it is due. grant: by 订阅通知, one for each consent given.
WAYS = ("later", "talk", "push", "grant")


@dataclass(frozen=True)
class Missed:
    """A reminder that could not be pushed. rows: the outbox rows it stands for; level: whose notice says so.

    changed: a correction instead; `window` is what the candidate was told before.
    """

    rows: tuple[int, ...]
    region: str
    level: str
    year: int
    stage: str
    window: Window
    changed: bool = False


@dataclass(frozen=True)
class Consent:
    """known: the candidate has a contact on file. subscribed: (region, stage), stage "" = all of the region's."""

    way: str = "later"
    known: bool = False
    subscribed: tuple[tuple[str, str], ...] = ()
    missed: tuple[Missed, ...] = ()
    grant_url: str = ""

    def covers(self, region: str, stage: str) -> bool:
        """Whether reminders of this stage are asked for already."""
        return (region, "") in self.subscribed or (region, stage) in self.subscribed

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Consent:
        """As bot/reminders/consent.py hands it over; raises what a malformed one raises."""
        return cls(
            way=str(given.get("way", "later")),
            known=bool(given.get("known")),
            subscribed=tuple((str(region), str(stage)) for region, stage in given.get("subscribed", ())),
            missed=tuple(
                Missed(
                    tuple(item["rows"]),
                    item["region"],
                    item["level"],
                    int(item["year"]),
                    item["stage"],
                    Window(Moment.parse(item["opens"]), Moment.parse(item["closes"]), item["audience"]),
                    bool(item.get("changed")),
                )
                for item in given.get("missed", ())
            ),
            grant_url=str(given.get("grant_url", "")),
        )


NO_CONSENT = Consent()
