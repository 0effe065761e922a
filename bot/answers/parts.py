"""What every kind of reply is made of: phrases, sources, the windows that are for one candidate. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.knowledge.model import Knowledge, Notice
from bot.schedule.deadlines import Window, today


def phrase(kb: Knowledge, key: str, **values: str) -> str:
    """A phrase of phrases.yaml with its blanks filled; "" when there is none of that name."""
    text = kb.phrases.get(key, "")
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text


def sources(notices: Sequence[Notice], kb: Knowledge, now: datetime) -> list[str]:
    """One line a notice: name, year, when we checked it (and that it may have changed since, once that is long ago), link."""
    lines = []
    for notice in {notice.key: notice for notice in notices}.values():
        year = f"，{notice.year} 年度" if notice.year and str(notice.year) not in notice.name else ""
        checked = f"，核实于 {notice.verified_on.isoformat()}" if notice.verified_on else ""
        if notice.verified_on and (today(now) - notice.verified_on).days > kb.stale_days:
            checked += "，可能已更新，请再看原文"
        lines.append(f"来源：{notice.name}{year}{checked}" + (f"\n{notice.url}" if notice.url else ""))
    return lines


def windows_for(windows: tuple[Window, ...], audience: str | None) -> tuple[Window, ...]:
    """The windows that are for this candidate; all where we don't know who they are."""
    if audience is None:
        return windows
    return tuple(
        window for window in windows
        if not window.audience
        or (window.audience[1:] != audience if window.audience.startswith("非") else window.audience == audience)
    )  # fmt: skip
