"""日程: every region's windows as a picture, and the board of what is on file, with how often the missing was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, render_template, request

from bot.console.parts import Console
from bot.console.timeline import lanes, picture
from bot.editing.coverage import Square, board
from bot.knowledge.model import NATION
from bot.schedule.stages import ORDER
from bot.storage import statistics

LATELY = timedelta(days=7)
STATES = {"own": "自己的公告", "inherited": "沿用全国", "missing": "没有收录", "stale": "核实太久"}


@dataclass(frozen=True)
class BoardRow:
    """Regions that read alike, their squares in the order of the stages, and how often each was asked for in vain."""

    regions: tuple[str, ...]
    squares: tuple[Square, ...]
    asked: tuple[int, ...]


def create_blueprint(console: Console) -> Blueprint:
    """The page, of what is live."""
    blueprint = Blueprint("agenda", __name__)

    @blueprint.get("/agenda")
    def page() -> str:
        kb, now = console.source.current().kb, console.clock.now()
        years = sorted({s.year for s in kb.schedules.values() if s.known_from <= now}, reverse=True)
        wanted = request.args.get("year", "")
        year = int(wanted) if wanted.isdigit() and int(wanted) in years else (years[0] if years else now.year)
        groups = [(region, lanes(kb, region, year, now)) for region in (NATION, *kb.regions)]
        groups = [(region, each) for region, each in groups if each]
        asked = statistics.missing(console.store, console.clock.real_now() - LATELY)
        return render_template(
            "console/agenda.html",
            years=years,
            year=year,
            timeline=picture(groups, now) if groups else None,
            rows=rows(board(kb, now, (year,)), asked) if years else [],
            stages=list(ORDER),
            states=STATES,
        )

    return blueprint


def rows(squares: Sequence[Square], asked: Mapping[tuple[str, str], int]) -> list[BoardRow]:
    """One row for regions that read alike; a region of which something missing was asked for stands alone, most asked first."""
    by_region: dict[str, list[Square]] = {}
    for square in squares:
        by_region.setdefault(square.region, []).append(square)
    grouped: dict[tuple[object, ...], list[str]] = {}
    for region, own in by_region.items():
        counts = tuple(asked.get((region, square.stage), 0) for square in own)
        alike = tuple((square.state, square.level == square.region, square.silence) for square in own)
        alone = region if any(counts) or region == NATION else ""
        grouped.setdefault((alone, counts, alike), []).append(region)
    found = [
        BoardRow(
            tuple(regions),
            tuple(by_region[regions[0]]),
            tuple(asked.get((regions[0], s.stage), 0) for s in by_region[regions[0]]),
        )
        for regions in grouped.values()
    ]
    return sorted(found, key=lambda row: (NATION not in row.regions, -sum(row.asked), len(row.regions)))
