"""GET /calendar/<region>.ics: the calendar for phones, and a page in words for WeChat's browser, which can't open one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from flask import Blueprint, Response, render_template, request

from bot.answers import wording
from bot.calendar.events import Listed, about, events, listed
from bot.clock import Clock
from bot.knowledge.model import Knowledge, Region
from bot.observability import get_logger
from bot.schedule.deadlines import SHANGHAI, Phase

log = get_logger(__name__)

STATIC = Path(__file__).with_name("static")
WECHAT = "MicroMessenger"  # in the User-Agent of WeChat's own browser
SUFFIX = ".ics"
UNKNOWN = "没有这个考区的日历。网址里请写省名或它的拼音，例如 /calendar/四川.ics 或 /calendar/sichuan.ics。"
UNREADY = "日历现在打不开，请过一会儿再试。"
GROUPS = ((Phase.OPEN, "正在进行"), (Phase.BEFORE, "还没开始"), (Phase.CLOSED, "已经过去"))


class Source(Protocol):
    """What this room needs of bot.app.Source."""

    def current(self) -> Any:
        """Has the Knowledge as `kb`. Raises when there was never one to load."""


@dataclass(frozen=True)
class Card:
    """One window on the page; `state` is true at the moment of the request."""

    listed: Listed
    span: str
    state: str


def create_blueprint(source: Source, clock: Clock) -> Blueprint:
    """The calendar of every region.

    Args:
        clock: only notices that are public at its now are told; the page shows it while it rehearses.
    """
    blueprint = Blueprint(
        "calendar",
        __name__,
        template_folder="templates",
        static_folder=str(STATIC),
        static_url_path="/calendar/static",
    )

    @blueprint.get(f"/calendar/<region>{SUFFIX}")
    def calendar(region: str) -> Response:
        kb = _knowledge(source)
        if kb is None:
            return _plain(UNREADY, 503)
        found = region_of(kb, region)
        if found is None:
            return _plain(UNKNOWN, 404)
        now = clock.now()
        in_wechat = WECHAT.lower() in request.headers.get("User-Agent", "").lower()
        response = _page(kb, found, now, clock.rehearsing) if in_wechat else _file(kb, found, now)
        response.headers["Vary"] = "User-Agent"  # one address, two answers: a proxy must not mix them up
        response.headers["X-Robots-Tag"] = "none"
        response.add_etag()
        response.make_conditional(request)
        return response

    return blueprint


def region_of(kb: Knowledge, written: str) -> Region | None:
    """The region whose id (any case), name or 全称 is `written`; None when there is none."""
    name = written.strip()
    for region in kb.regions.values():
        if name in (region.name, region.full_name) or name.lower() == region.id:
            return region
    return None


def _knowledge(source: Source) -> Knowledge | None:
    try:
        kb = source.current().kb
    except Exception as error:  # noqa: BLE001  # nothing was ever loaded, or what answers has no knowledge
        log.warning("calendar_unready", error=type(error).__name__)
        return None
    return kb if isinstance(kb, Knowledge) else None


def _file(kb: Knowledge, region: Region, now: datetime) -> Response:
    found = events(kb, region, now)
    from bot.calendar.feed import feed  # icalendar is wanted by this page alone: 0.04 s of every start

    body = feed(_title(region), about(kb, region, bool(found)), found)
    response = Response(body, content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.headers["Content-Disposition"] = f'inline; filename="{region.id}{SUFFIX}"'
    return response


def _page(kb: Knowledge, region: Region, now: datetime, rehearsing: bool) -> Response:
    cards = [
        Card(one, wording.window(one.window), wording.state(one.window, now))
        for one in listed(kb, region, now)
    ]
    groups = [(title, phase is Phase.CLOSED, _in_phase(cards, phase, now)) for phase, title in GROUPS]
    html = render_template(
        "calendar/calendar.html",
        title=_title(region),
        region=region,
        groups=groups,
        about=about(kb, region, bool(cards)),
        rehearsal=now.astimezone(SHANGHAI) if rehearsing else None,
    )
    response = Response(html, content_type="text/html; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"  # "还剩 3 天" is true today
    return response


def _in_phase(cards: list[Card], phase: Phase, now: datetime) -> list[Card]:
    """What is due first comes first; of what is past, the newest."""
    found = [card for card in cards if card.listed.window.phase_at(now) is phase]
    if phase is Phase.BEFORE:
        return found
    return sorted(found, key=lambda card: card.listed.window.closes.ends(), reverse=phase is Phase.CLOSED)


def _title(region: Region) -> str:
    return f"{region.name}医师资格考试日程"


def _plain(text: str, status: int) -> Response:
    response = Response(f"{text}\n", status, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "none"
    return response
