"""What is on file: region × stage × year, each its own notice's, inherited from 全国, missing, or checked too long ago."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.dialogue.lookup import inherits, tell
from bot.knowledge.model import NATION, Knowledge
from bot.schedule.deadlines import today
from bot.schedule.stages import STAGES

OWN, INHERITED, MISSING, STALE = "own", "inherited", "missing", "stale"
SIGNS = {OWN: "有", INHERITED: "国", MISSING: "—", STALE: "旧"}
YEARS_SHOWN = 2


@dataclass(frozen=True)
class Square:
    """One field of the board.

    state: OWN · INHERITED (全国 speaks) · MISSING · STALE (OWN or INHERITED by `level`, but the notice was checked longer ago than
    核实有效天数, or never).
    level: whose notice says it: the region, 全国, or "" where MISSING. silence: 未提及 or 未公布 where that notice gives no time, else "".
    notice: its key, "" where MISSING.
    """

    region: str
    year: int
    stage: str
    state: str
    level: str
    silence: str
    notice: str


def board(kb: Knowledge, now: datetime, years: Sequence[int] = ()) -> list[Square]:
    """Every field: years newest first, 全国 before the regions, stages in their order.

    Args:
        now: notices that are not public yet are not on file, as for candidates.
        years: () = the two newest of which anything is on file.

    Regions that neither inherit nor have anything on file (港澳台) are left out.
    """
    on_file = sorted({s.year for s in kb.schedules.values() if s.known_from <= now}, reverse=True)
    regions = [
        name
        for name in (NATION, *(name for name in kb.regions if name != NATION))
        if inherits(kb, name) or kb.years_known(name, now)
    ]
    return [
        _square(kb, region, year, stage.name, now)
        for year in (years or on_file[:YEARS_SHOWN])
        for region in regions
        for stage in STAGES
    ]


def _square(kb: Knowledge, region: str, year: int, stage: str, now: datetime) -> Square:
    told = tell(kb, region, stage, year, now)
    if told.cell is None:
        return Square(region, year, stage, MISSING, "", "", "")
    notice = told.cell.notice
    checked = notice.verified_on
    stale = checked is None or (today(now) - checked).days > kb.stale_days
    state = STALE if stale else OWN if told.level == region else INHERITED
    silence = told.cell.silence.value if told.cell.silence is not None else ""
    return Square(region, year, stage, state, told.level, silence, notice.key)


def show(squares: Sequence[Square]) -> str:
    """The board for people: a table a year, regions that read alike on one line."""
    lines = []
    for year in dict.fromkeys(square.year for square in squares):
        rows: dict[tuple[str, ...], list[str]] = {}
        for region in dict.fromkeys(square.region for square in squares if square.year == year):
            signs = tuple(_sign(s) for s in squares if (s.year, s.region) == (year, region))
            rows.setdefault(signs, []).append(region)
        lines += [f"{year} 年度", _row("", [stage.name for stage in STAGES])]
        for signs, regions in rows.items():
            name = regions[0] if len(regions) == 1 else f"{regions[0]}等 {len(regions)} 个"
            lines.append(_row(name, signs))
        lines += [f"  {'、'.join(regions)}" for regions in rows.values() if len(regions) > 1]
        lines.append("")
    lines.append(
        "有：自己的公告写了　国：沿用全国　未提及、未公布：自己的公告没写、另行通知　旧：核实太久　—：没有收录"
    )
    return "\n".join(lines)


def _sign(square: Square) -> str:
    return square.silence if square.silence and square.state != STALE else SIGNS[square.state]


def _row(name: str, cells: Sequence[str]) -> str:
    return _padded(name, 14) + "".join(_padded(cell, 10) for cell in cells).rstrip()


def _padded(text: str, width: int) -> str:
    """Filled to `width` columns of a terminal; Chinese takes two."""
    return text + " " * (width - sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text))
