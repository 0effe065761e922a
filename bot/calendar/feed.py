"""Events -> the bytes of an .ics file (RFC 5545, RFC 7986). Pure: the same events give the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import icalendar

from bot.calendar.events import Alarm, Event

PRODID = "-//yishi-zhushou//calendar//ZH"
ZONE = "Asia/Shanghai"
REFRESH = timedelta(days=1)


def feed(name: str, about: str, events: Sequence[Event]) -> bytes:
    """The whole file; without events it holds the time zone alone, since a calendar of nothing is not valid.

    Args:
        name: how phones list the calendar.
        about: its description.
    """
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    # Each thing twice: as RFC 7986 has it, and as Apple and Outlook knew it before.
    for key in ("name", "x-wr-calname"):
        calendar.add(key, name)
    for key in ("description", "x-wr-caldesc"):
        calendar.add(key, about)
    calendar.add("x-wr-timezone", ZONE)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", icalendar.vDuration(REFRESH))
    calendar.add_component(_zone())
    for event in events:
        calendar.add_component(_event(event))
    body: bytes = calendar.to_ical()
    return body


def _zone() -> icalendar.Timezone:
    """+08:00 without summer time, as since 1992; no notice is older."""
    standard = icalendar.TimezoneStandard()
    standard.add("dtstart", datetime(1992, 1, 1))  # noqa: DTZ001  # RFC 5545 §3.6.5 wants the local time here
    standard.add("tzoffsetfrom", timedelta(hours=8))
    standard.add("tzoffsetto", timedelta(hours=8))
    standard.add("tzname", "CST")
    zone = icalendar.Timezone()
    zone.add("tzid", ZONE)
    zone.add_component(standard)
    return zone


def _event(event: Event) -> icalendar.Event:
    made = icalendar.Event()
    made.add("uid", event.uid)
    for key in ("dtstamp", "last-modified"):
        made.add(key, event.modified)
    made.add("sequence", event.sequence)
    made.add("dtstart", event.start)
    if event.end is not None:
        made.add("dtend", event.end)
    made.add("summary", event.summary)
    made.add("description", event.description)
    if event.url:
        made.add("url", event.url)
    made.add("transp", "TRANSPARENT")  # a deadline doesn't make its day busy
    for alarm in event.alarms:
        made.add_component(_alarm(alarm))
    return made


def _alarm(alarm: Alarm) -> icalendar.Alarm:
    made = icalendar.Alarm()
    made.add("action", "DISPLAY")
    made.add("description", alarm.text)
    # An instant: nine in the morning of China also on a phone that travels.
    made.add("trigger", alarm.at.astimezone(UTC), parameters={"VALUE": "DATE-TIME"})
    return made
