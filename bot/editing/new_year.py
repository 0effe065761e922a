"""The files a new year needs, ready to be filled in: nothing of them reaches candidates until a date or a day of publication is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.editing.proposals import text_of
from bot.editing.schedules import CellText, path_of, read_cells
from bot.editing.splice import values
from bot.editing.words import set_notice
from bot.editing.written import EditError
from bot.knowledge.model import NATION
from bot.schedule.deadlines import YEARS
from bot.schedule.stages import EXPECTED, ORDER

_HEAD = """# {region} {year} 年度。骨架：公告出来以后，对照原文一项一项改，再到 notices.yaml 把“{notice}”的名称、网址、核实日期写上。
#   写了时间的改成 {{开始: {year}-01-20, 截止: {year}-02-02 24:00}}；公告没提的写 未提及；公告说另行通知的留 未公布；不归这份公告管的整行删掉。
#   一个日期都没有、公告也没有“发布”日期的时候，这个文件不起作用。
地区: {region}
年度: {year}
公告: {notice}
日程:
"""


def skeleton(files: Mapping[str, bytes], year: int, regions: Sequence[str] = ()) -> dict[str, str | None]:
    """The changed files: a schedule for 全国 and every region that has one of an earlier year, and their notices.

    Args:
        regions: these as well, though they have none so far.

    Returns:
        {} when all of them are there; a file that is there is never in it, and notices.yaml only grows.

    Raises:
        EditError: no such region, no such year, or a file can't be read.
    """
    if year not in YEARS:
        raise EditError(f"年度要在 {YEARS[0]} 到 {YEARS[-1]} 之间，不是 {year}。")
    known = values(text_of(files["regions.yaml"])).get("地区", {}) if "regions.yaml" in files else {}
    for region in regions:
        if region != NATION and region not in known:
            raise EditError(f"regions.yaml 里没有“{region}”这个地区。")
    before = _before(files, year)
    changes: dict[str, str | None] = {}
    notices = dict(files)
    for region in dict.fromkeys([NATION, *before, *regions]):
        path = path_of(region, year)
        if path in files:
            continue
        notice = f"{region}-{year}"
        changes[path] = _HEAD.format(region=region, year=year, notice=notice) + _stages(before.get(region))
        there = values(text_of(notices["notices.yaml"])).get("公告", {})
        if notice not in there:
            name = f"{region} {year} 年度医师资格考试公告（待公布）"
            added = set_notice(notice, {"名称": name, "地区": region, "年度": str(year)})(notices)
            changes |= added
            notices |= {path: (text or "").encode() for path, text in added.items()}
    return changes


def _before(files: Mapping[str, bytes], year: int) -> dict[str, tuple[int, Mapping[str, CellText]]]:
    """Region -> its newest year before `year`, and what that said."""
    found: dict[str, tuple[int, Mapping[str, CellText]]] = {}
    for path, raw in files.items():
        parts = path.removesuffix(".yaml").split("/")
        if parts[0] != "schedules" or len(parts) != 3 or not parts[1].isdigit():
            continue
        written, region = int(parts[1]), parts[2]
        if written < year and (region not in found or found[region][0] < written):
            found[region] = written, read_cells(text_of(raw))
    return found


def _stages(before: tuple[int, Mapping[str, CellText]] | None) -> str:
    old_year, cells = before if before is not None else (0, {})
    lines = []
    for stage in sorted({*EXPECTED, *cells}, key=lambda name: ORDER.get(name, 99)):
        cell = cells.get(stage)
        if cell is not None:
            said = cell.word or "；".join(
                f"{window.opens} 至 {window.closes}" + (f"（{window.audience}）" if window.audience else "")
                for window in cell.windows
            )
            lines.append(f"  # {old_year} 年：{said}")
        lines.append(f"  {stage}: 未公布")
    return "\n".join(lines) + "\n"
