"""知识 › 日程的表: one region's year as a form, stage by stage, with its YAML beside it. A date that is none is refused at its field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from bot.console.parts import Console
from bot.console.workshop import Workshop
from bot.editing import entries
from bot.editing.moments import read_moment
from bot.editing.proposals import text_of
from bot.editing.schedules import SILENCES, CellText, WindowText, path_of, read_cells, set_cell
from bot.editing.splice import values
from bot.editing.written import EditError, clean
from bot.schedule.stages import ORDER

TIMES, NOTHING = "写时间", "不写"


def create_blueprint(console: Console, workshop: Workshop) -> Blueprint:
    """Schedules in the draft in hand, or live."""
    blueprint = Blueprint("timetables", __name__)

    @blueprint.get("/knowledge/schedules")
    def page() -> str:
        years: dict[int, list[str]] = {}
        for path in workshop.files():
            parts = path.split("/")
            if parts[0] == "schedules" and len(parts) == 3 and parts[1].isdigit():
                years.setdefault(int(parts[1]), []).append(parts[2].removesuffix(".yaml"))
        return render_template("console/timetables.html", years=sorted(years.items(), reverse=True))

    @blueprint.route("/knowledge/schedules/<int:year>/<region>", methods=["GET", "POST"])
    def timetable(year: int, region: str) -> Any:
        files, path = workshop.files(), path_of(region, year)
        if path not in files:
            abort(404, f"还没有 {path}。")
        text = text_of(files[path])
        try:
            cells = read_cells(text)
        except EditError as error:
            flash(f"{error}先在 YAML 里改好。", "danger")
            return redirect(url_for("files.page", path=path))
        errors: dict[str, str] = {}
        typed: Mapping[str, CellText | None] = cells
        if request.method == "POST":
            typed = {stage: _typed(stage) for stage in ORDER}
            changed = {stage: cell for stage, cell in typed.items() if cell != cells.get(stage)}
            errors = _errors(changed)
            if not errors:
                try:
                    changes = [set_cell(region, year, stage, cell) for stage, cell in changed.items()]
                    workshop.edit(entries.both(*changes), f"改 {region} {year} 的日程")
                    flash("存进草稿了。看过改动以后再发布。", "success")
                    return redirect(url_for("timetables.timetable", year=year, region=region))
                except EditError as error:
                    errors = {"": str(error)}
        stages = {} if errors else workshop.at_fields(files, path, ("日程",))
        page = render_template(
            "console/timetable.html",
            region=region,
            year=year,
            path=path,
            rows=[(stage, typed.get(stage), _options(typed.get(stage), stage)) for stage in ORDER],
            errors=errors,
            said=stages,
            yaml=text,
            notice=_notice(text),
            audiences=list(console.source.current().kb.vocabulary.audiences),
        )
        return page, 400 if errors else 200

    return blueprint


def _typed(stage: str) -> CellText | None:
    form = request.form
    mode = form.get(f"{stage}.mode", NOTHING)
    if mode == NOTHING:
        return None
    if mode != TIMES:
        return CellText(word=mode)
    windows = []
    for number in range(20):
        if f"{stage}.{number}.opens" not in form:
            break
        names = ("opens", "closes", "audience", "note", "notice")
        window = WindowText(*(clean(form.get(f"{stage}.{number}.{name}", "")) for name in names))
        if window.opens or window.closes:
            windows.append(window)
    return CellText(tuple(windows))


def _errors(changed: Mapping[str, CellText | None]) -> dict[str, str]:
    """Field -> what is wrong with it."""
    errors = {}
    for stage, cell in changed.items():
        if cell is None or cell.word:
            continue
        if not cell.windows:
            errors[f"{stage}.0.opens"] = "写上时间；公告没有写的，左边选“未提及”或“未公布”。"
        for number, window in enumerate(cell.windows):
            for name, written, end in (("opens", window.opens, "开始"), ("closes", window.closes, "截止")):
                try:
                    if not written:
                        raise EditError(f"缺少{end}的日期。")
                    read_moment(written)
                except EditError as error:
                    errors[f"{stage}.{number}.{name}"] = str(error)
    return errors


def _options(cell: CellText | None, stage: str) -> list[str]:
    """What a stage's list offers; the word that stands there is one of them."""
    same = [f"同 {other}" for other in ORDER if other != stage]
    found = [TIMES, *SILENCES, NOTHING, *same]
    return found if cell is None or not cell.word or cell.word in found else [*found, cell.word]


def _notice(text: str) -> str:
    found = values(text)
    return str(found.get("公告", "")) if isinstance(found, dict) else ""
