"""草稿 and 版本: what a draft would change, whether it may go live, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from bot.console.parts import Console, publishers_only, who
from bot.console.workshop import Workshop, side_by_side
from bot.editing.desk import Clash, ConflictError, RefusedError
from bot.editing.merge import merged
from bot.editing.proposals import Proposal, text_of
from bot.knowledge.folder import FolderBusyError
from bot.knowledge.load import version_of
from bot.schedule.deadlines import SHANGHAI
from bot.storage import statistics

CHANGES = 60  # changed answers on a page
LATELY = 200  # questions of candidates that are asked of both
VERSIONS = 60
SETTLED = {"mine": "用草稿的", "theirs": "用文件夹里的", "both": "两边的都留下"}
SOON = "改了日期、文字的，一两秒后考生得到的就是新的；加了说法的，机器人要学几秒，学的时候照旧用上一版回答，一条也不会丢。"


def create_blueprint(console: Console, workshop: Workshop) -> Blueprint:
    """Drafts, publishing, versions."""
    blueprint, desk = Blueprint("drafts", __name__), console.desk

    @blueprint.get("/drafts")
    def page() -> str:
        return render_template("console/drafts.html", drafts=desk.proposals.all(), mine=workshop.draft())

    @blueprint.post("/drafts/<id>/take")
    def take(id: str) -> Any:
        workshop.take(None if id == "none" else _found(id))
        return redirect(
            (request.form.get("back") == "list" and url_for("drafts.page")) or url_for("entries.page")
        )

    @blueprint.get("/drafts/<id>")
    def draft(id: str) -> Any:
        found = _found(id)
        if clashes := desk.clashes(found):
            return render_template("console/clash.html", draft=found, clashes=_shown(clashes)), 409
        now = _instant()
        review = desk.review(found, now, _lately())
        comparison = review.comparison
        files = [
            (path, side_by_side(found.base[path] or "", text or "")) for path, text in found.changes.items()
        ]
        return render_template(
            "console/draft.html",
            draft=found,
            review=review,
            comparison=comparison,
            changes=[
                (change, side_by_side(change.old, change.new, 1)) for change in comparison.changes[:CHANGES]
            ]
            if comparison
            else [],
            more=max(0, len(comparison.changes) - CHANGES) if comparison else 0,
            files=files,
            now=now.astimezone(SHANGHAI),
        )

    @blueprint.post("/drafts/<id>/publish")
    @publishers_only
    def publish(id: str) -> Any:
        found = _found(id)
        if request.form.get("seen") != version_of(desk.files_of(found)):
            flash("您看过改动以后，草稿或线上又变了。请再看一遍，再发布。", "warning")
            return redirect(url_for("drafts.draft", id=id))
        try:
            version = desk.publish(id, who(), request.form.get("note", "").strip(), console.clock.now())
        except ConflictError as error:
            return render_template("console/clash.html", draft=found, clashes=_shown(error.clashes)), 409
        except RefusedError as error:
            flash(str(error), "danger")
            return redirect(url_for("drafts.draft", id=id))
        except FolderBusyError as error:
            flash(str(error), "warning")
            return redirect(url_for("drafts.draft", id=id))
        workshop.take(None)
        console.record(
            "发布", found.title, f"版本 {version.content}\n{version.note}\n" + "\n".join(found.changes)
        )
        flash(f"发布好了，版本 {version.content[:8]}。{SOON}", "success")
        return redirect(url_for("drafts.versions"))

    @blueprint.post("/drafts/<id>/drop")
    def drop(id: str) -> Any:
        found = _found(id)
        desk.proposals.drop(id)
        console.record("丢弃草稿", found.title)
        flash(f"草稿“{found.title}”丢弃了，线上没有变。", "success")
        return redirect(url_for("drafts.page"))

    @blueprint.post("/drafts/<id>/settle")
    def settle(id: str) -> Any:
        found = _found(id)
        path, keep = request.form.get("path", ""), request.form.get("keep", "")
        clash = next((one for one in desk.clashes(found) if one.path == path), None)
        if clash is not None:
            text = {
                "mine": clash.mine,
                "theirs": clash.theirs,
                "both": merged(clash.base, clash.mine, clash.theirs),
            }.get(keep, request.form.get("text", "").replace("\r\n", "\n"))
            if keep == "both" and text is None:  # changed once more since the page was opened
                flash("两边现在改到同一处了，请选一边，或自己合起来。", "warning")
                return redirect(url_for("drafts.draft", id=id))
            desk.settle(id, path, text)
            console.record("处理冲突", path, SETTLED.get(keep, "自己合起来"))
        return redirect(url_for("drafts.draft", id=id))

    @blueprint.get("/versions")
    def versions() -> str:
        history = desk.history()[: VERSIONS + 1]
        live = version_of(desk.files())
        pairs = list(zip(history, [*history[1:], None], strict=True))
        rows = [(one, one.changed(before)) for one, before in pairs[:VERSIONS]]
        first = next((one.id for one in history if one.content == live), "")
        return render_template("console/versions.html", rows=rows, live=live, live_id=first)

    @blueprint.get("/versions/<id>")
    def version(id: str) -> str:
        goal = desk.versions.get(id)
        if goal is None:
            abort(404, "没有这个版本。")
        files, live = desk.versions.files(goal), desk.files()
        review = desk.reviewer.review(live, files, _instant())
        comparison = review.comparison
        paths = [path for path in sorted({*files, *live}) if files.get(path) != live.get(path)]
        return render_template(
            "console/version.html",
            goal=goal,
            review=review,
            comparison=comparison,
            changes=[
                (change, side_by_side(change.old, change.new, 1)) for change in comparison.changes[:CHANGES]
            ]
            if comparison
            else [],
            more=max(0, len(comparison.changes) - CHANGES) if comparison else 0,
            files=[(path, side_by_side(_text(live.get(path)), _text(files.get(path)))) for path in paths],
            live=version_of(live),
        )

    @blueprint.post("/versions/<id>/back")
    @publishers_only
    def back(id: str) -> Any:
        try:
            made = desk.go_back(id, who(), request.form.get("note", "").strip(), request.form.get("seen", ""))
        except KeyError:
            abort(404, "没有这个版本。")
        except ConflictError as error:
            paths = "、".join(clash.path for clash in error.clashes)
            flash(f"没有退回：线上在您看的时候又变了（{paths}）。请再看一遍。", "danger")
            return redirect(url_for("drafts.versions"))
        except (RefusedError, FolderBusyError) as error:
            flash(f"没有退回：{error}", "danger")
            return redirect(url_for("drafts.versions"))
        console.record("退回", id, f"现在的版本 {made.content}")
        flash(f"退回好了，现在的版本是 {made.content[:8]}。{SOON}", "success")
        return redirect(url_for("drafts.versions"))

    def _found(id: str) -> Proposal:
        found = desk.proposals.get(id)
        if found is None:
            abort(404, "没有这份草稿：可能已经发布，或被丢弃了。")
        return found

    def _instant() -> datetime:
        try:
            return datetime.fromisoformat(request.args["now"]).replace(tzinfo=SHANGHAI)
        except (KeyError, ValueError):
            return console.clock.now()

    def _lately() -> list[str]:
        return statistics.lately(console.store, LATELY)

    return blueprint


def _shown(clashes: Sequence[Clash]) -> list[tuple[Clash, Any, str | None]]:
    """Each with both sides beside one another, and with both joined where that can be done."""
    return [
        (
            clash,
            side_by_side(clash.theirs or "", clash.mine or ""),
            merged(clash.base, clash.mine, clash.theirs),
        )
        for clash in clashes
    ]


def _text(raw: bytes | None) -> str:
    return "" if raw is None else text_of(raw)
