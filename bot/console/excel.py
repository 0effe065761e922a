"""知识 › Excel: entries and schedules as a spreadsheet to take away, and a filled-in one laid over the draft."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for

from bot.console.parts import Console
from bot.console.workshop import Workshop
from bot.editing.sheet_file import MAX_BYTES, RowProblem
from bot.editing.sheet_rows import read_sheets
from bot.editing.sheets import SHEETS, export
from bot.editing.written import EditError
from bot.knowledge.load import version_of

UPLOAD_PATH = "/knowledge/excel"
UPLOAD_BYTES = MAX_BYTES + 64 * 1024  # the file, and the form around it
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class _Refused(EditError):
    """The file has errors, by row."""

    def __init__(self, problems: tuple[RowProblem, ...]) -> None:
        super().__init__(f"{len(problems)} 处要改")
        self.problems = problems


def create_blueprint(console: Console, workshop: Workshop) -> Blueprint:
    """The way out and the way in; what comes in is a draft, as everything else."""
    blueprint = Blueprint("excel", __name__)

    @blueprint.get(UPLOAD_PATH)
    def page() -> str:
        return render_template("console/excel.html", sheets=SHEETS, problems=())

    @blueprint.get(f"{UPLOAD_PATH}/file")
    def download() -> Any:
        files = workshop.files()
        try:
            raw = export(files)
        except EditError as error:
            flash(f"不能导出：{error}", "danger")
            return redirect(url_for("excel.page"))
        console.record("导出 Excel", f"版本 {version_of(files)}")
        name = f"知识-{version_of(files)[:8]}.xlsx"
        return send_file(io.BytesIO(raw), TYPE, as_attachment=True, download_name=name)

    @blueprint.post(UPLOAD_PATH)
    def upload() -> Any:
        file = request.files.get("file")
        if file is None or not file.filename:
            flash("请先选文件。", "warning")
            return redirect(url_for("excel.page"))
        name, raw, warnings = str(file.filename), file.read(), list[RowProblem]()

        def edit(files: Mapping[str, bytes]) -> Mapping[str, str | None]:
            found = read_sheets(name, raw, files)
            if found.failed:
                raise _Refused(found.problems)
            warnings.extend(found.problems)
            return found.changes

        before = workshop.draft()
        try:
            draft = workshop.edit(edit, f"导入 {name}"[:80])
        except _Refused as refused:
            page = render_template("console/excel.html", sheets=SHEETS, problems=refused.problems, name=name)
            return page, 400
        except EditError as error:
            flash(str(error), "danger")
            return redirect(url_for("excel.page"))
        if not draft.changes or (before is not None and before.changes == draft.changes):
            if before is None:
                console.desk.proposals.drop(draft.id)
                workshop.take(None)
            flash("和现在的一样，没有要改的。", "info")
            return redirect(url_for("excel.page"))
        for problem in warnings[:10]:
            flash(problem.show(), "warning")
        flash("导进草稿了。下面是发布以后会变的地方。", "success")
        return redirect(url_for("drafts.draft", id=draft.id))

    return blueprint
