"""知识 › 词语 and 知识 › 文件: the words as lists, and any file as YAML with what the checks say of it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from bot.console.parts import Console
from bot.console.workshop import Workshop
from bot.editing.desk import ConflictError
from bot.editing.merge import merged
from bot.editing.proposals import text_of
from bot.editing.splice import values
from bot.editing.words import add_word, drop_word
from bot.editing.written import EditError

CLASHED = "别人刚改过这个文件，您的改动没有存。上面或左边是您写的，另一边是现在的；把要留的抄过去再存。"
JOINED = "别人刚改过这个文件的别处，您的改动还没有存。另一边是两边合起来的，看过没错就存。"


def create_blueprint(console: Console, workshop: Workshop) -> Blueprint:
    """Words and files in the draft in hand, or live."""
    blueprint = Blueprint("files", __name__)

    @blueprint.get("/knowledge/words")
    def words() -> Any:
        files = workshop.files()
        try:
            sections = values(text_of(files["words.yaml"]))
        except EditError as error:
            flash(f"{error}先在 YAML 里改好。", "danger")
            return redirect(url_for("files.page", path="words.yaml"))
        listed = [
            (
                section,
                [(name, _list(ways)) for name, ways in named.items()]
                if isinstance(named, dict)
                else [("", _list(named))],
            )
            for section, named in sections.items()
        ]
        return render_template("console/words.html", listed=listed)

    @blueprint.post("/knowledge/words")
    def change() -> Any:
        form = request.form
        section, name, word = form.get("section", ""), form.get("name", ""), form.get("word", "")
        drop = form.get("act") == "drop"
        edit = (drop_word if drop else add_word)(section, name, word)
        where = "、".join(filter(None, (section, name)))
        try:
            workshop.edit(edit, f"{where}：{'去掉' if drop else '加上'}“{word.strip()}”")
            flash("存进草稿了。", "success")
        except EditError as error:
            flash(str(error), "danger")
        return redirect(url_for("files.words") + f"#{section}")

    @blueprint.get("/knowledge/files")
    def listing() -> str:
        files = workshop.files()
        faults: dict[str, int] = {}
        for problem in workshop.problems(files):
            faults[problem.file] = faults.get(problem.file, 0) + 1
        return render_template("console/files.html", paths=list(files), faults=faults)

    @blueprint.route("/knowledge/files/<path:path>", methods=["GET", "POST"])
    def page(path: str) -> Any:
        files = workshop.files()
        if path not in files:
            abort(404, f"没有 {path} 这个文件。")
        seen = text_of(files[path])
        text = seen
        if request.method == "POST":
            text = request.form.get("text", "")
            base = request.form.get("seen", "")
            if "\r\n" not in seen:
                base, text = base.replace("\r\n", "\n"), text.replace("\r\n", "\n")
            opened = workshop.draft() is None
            draft = workshop.open(f"改 {path}")
            try:
                console.desk.put(draft.id, path, text, base)
                console.record("改草稿", f"改 {path}", f"草稿：{draft.title}")
                flash("存进草稿了。", "success")
                return redirect(url_for("files.page", path=path))
            except ConflictError:
                if opened:
                    console.desk.proposals.drop(draft.id)
                both = merged(base, text, seen)
                flash(CLASHED if both is None else JOINED, "danger" if both is None else "warning")
                return render_template(
                    "console/file_clash.html", path=path, mine=text, seen=seen, both=both
                ), 409
        problems = [problem for problem in workshop.problems(files) if problem.file == path]
        return render_template("console/file.html", path=path, text=text, seen=seen, problems=problems)

    return blueprint


def _list(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)] if value else []
