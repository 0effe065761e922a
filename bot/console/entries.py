"""知识 › 问答: the list of entries, and the form of one with its YAML beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from bot.console.days import Days
from bot.console.parts import Console
from bot.console.workshop import Workshop, snippet
from bot.editing import entries as edits
from bot.editing.proposals import Edit, text_of
from bot.editing.splice import values
from bot.editing.written import EditError, clean
from bot.schedule.stages import ORDER
from bot.storage import statistics

NATION = "全国"


def create_blueprint(console: Console, workshop: Workshop, days_counted: Days) -> Blueprint:
    """Entries in the draft in hand, or live."""
    blueprint = Blueprint("entries", __name__)

    @blueprint.get("/knowledge")
    def page() -> str:
        files = workshop.files()
        wanted = request.args.get("q", "").strip()
        found = [
            (path, [(id, entry) for id, entry in listed if not wanted or _mentions(id, entry, wanted)])
            for path, listed in listed_entries(files)
        ]
        asked = dict(statistics.spell([one for _, one in days_counted.last(7)], top=500).entries)
        return render_template(
            "console/entries.html",
            found=[(path, listed) for path, listed in found if listed],
            wanted=wanted,
            asked=asked,
            count=sum(len(listed) for _, listed in found),
        )

    @blueprint.route("/knowledge/entries/<id>", methods=["GET", "POST"])
    def entry(id: str) -> Any:
        files = workshop.files()
        try:
            path, there = edits.find_entry(files, id)
        except EditError as error:
            abort(404, str(error))
        errors: dict[str, list[str]] = {}
        form = _plain(there)
        if request.method == "POST":
            form = _typed(form)
            try:
                workshop.edit(edits.both(*_changes(id, there, form)), f"改问答“{id}”")
                flash("存进草稿了。试过、看过改动以后再发布。", "success")
                return redirect(url_for("entries.entry", id=id))
            except EditError as error:
                errors = {_field(str(error)): [str(error)]}
        text = text_of(files[path])
        if not errors:
            errors = workshop.at_fields(files, path, ("问答", id))
            errors |= {
                f"答案.{region}": said
                for region, said in workshop.at_fields(files, path, ("问答", id, "答案")).items()
            }
        first, lines = snippet(text, ("问答", id), path)
        page = render_template(
            "console/entry.html",
            id=id,
            path=path,
            form=form,
            errors=errors,
            yaml=lines,
            first=first,
            **_choices(files, console),
        )
        return page, 400 if request.method == "POST" else 200

    @blueprint.post("/knowledge/entries/<id>/drop")
    def drop(id: str) -> Any:
        try:
            workshop.edit(edits.drop_entry(id), f"删去问答“{id}”")
            flash(f"草稿里已删去“{id}”。", "success")
        except EditError as error:
            flash(str(error), "danger")
        return redirect(url_for("entries.page"))

    @blueprint.route("/knowledge/new", methods=["GET", "POST"])
    def new() -> Any:
        files = workshop.files()
        form = {
            name: request.form.get(name, "").strip()
            for name in ("id", "path", "question", "asks", "notice", "text")
        }
        form["phrasings"] = "\n".join(
            request.form.getlist("text") if "prefill" in request.form else [request.form.get("phrasings", "")]
        )
        stages = request.form.getlist("stages")
        error = ""
        if "prefill" in request.form:
            form |= {"question": request.form.get("text", ""), "text": ""}
        elif request.method == "POST":
            made = edits.NewEntry(
                id=form["id"],
                question=form["question"],
                asks=form["asks"],
                stages=stages,
                phrasings=[line for line in form["phrasings"].splitlines() if line.strip()],
                answers={NATION: (form["notice"], form["text"])} if form["text"] else {},
                kind="" if form["text"] else "未收录",
                nationwide=bool(form["text"]),
            )
            try:
                workshop.edit(edits.new_entry(form["path"], made), f"新问答“{form['id']}”")
                flash("存进草稿了。", "success")
                return redirect(url_for("entries.entry", id=form["id"]))
            except EditError as refused:
                error = str(refused)
        return render_template(
            "console/entry_new.html", form=form, error=error, picked=stages, **_choices(files, console)
        ), 400 if error else 200

    return blueprint


def listed_entries(files: Mapping[str, bytes]) -> list[tuple[str, list[tuple[str, dict[str, Any]]]]]:
    """(file, its entries); a file that can't be read is left out, the checks speak of it."""
    found = []
    for path, raw in files.items():
        if path.startswith("faq/"):
            try:
                section = values(text_of(raw))["问答"]
                found.append(
                    (path, [(id, entry) for id, entry in section.items() if isinstance(entry, dict)])
                )
            except (EditError, TypeError, KeyError, AttributeError):
                continue
    return found


def _mentions(id: str, entry: Mapping[str, Any], wanted: str) -> bool:
    texts = [id, str(entry.get("问题", "")), *map(str, _list(entry.get("说法")))]
    texts += [
        str(answer.get("正文", ""))
        for answer in (entry.get("答案") or {}).values()
        if isinstance(answer, dict)
    ]
    return any(wanted in text for text in texts)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def _plain(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry as the form holds it."""
    answers = entry.get("答案") or {}
    return {
        "question": entry.get("问题", ""),
        "asks": entry.get("问", ""),
        "stages": _list(entry.get("环节")),
        "phrasings": "\n".join(map(str, _list(entry.get("说法")))),
        "follow_ups": "、".join(map(str, _list(entry.get("接着问")))),
        "answers": [
            {
                "region": region,
                "notice": answer.get("公告", ""),
                "text": answer.get("正文", ""),
                "audiences": list((answer.get("对象") or {}).items()),
            }
            for region, answer in answers.items()
            if isinstance(answer, dict)
        ],
    }


def _typed(before: dict[str, Any]) -> dict[str, Any]:
    """What came with the request, in the same shape; a region of its own may be new."""
    form = request.form
    regions = [answer["region"] for answer in before["answers"]]
    if (added := form.get("region", "")) and added not in regions:
        regions.append(added)
    was = {answer["region"]: answer["audiences"] for answer in before["answers"]}
    return {
        "question": form.get("question", ""),
        "asks": form.get("asks", ""),
        "stages": form.getlist("stages"),
        "phrasings": form.get("phrasings", "").replace("\r\n", "\n"),
        "follow_ups": form.get("follow_ups", ""),
        "answers": [
            {
                "region": region,
                "notice": form.get(f"notice.{region}" if region in was else "notice", ""),
                "text": form.get(f"text.{region}" if region in was else "text", "").replace("\r\n", "\n"),
                "audiences": [
                    (name, form.get(f"text.{region}.{name}", words).replace("\r\n", "\n"))
                    for name, words in was.get(region, [])
                ],
            }
            for region in regions
        ],
    }


def _changes(id: str, there: Mapping[str, Any], form: Mapping[str, Any]) -> list[Edit]:
    """The edits that make the entry what the form says."""
    before = _plain(there)
    changes: list[Edit] = []
    for key, name in (("问题", "question"), ("问", "asks")):
        if clean(form[name]) != before[name]:
            changes.append(edits.set_key(id, key, clean(form[name])))
    if form["stages"] != before["stages"]:
        changes.append(edits.set_key(id, "环节", form["stages"]))
    asked = [
        name.strip()
        for name in form["follow_ups"].replace("，", "、").replace(",", "、").split("、")
        if name.strip()
    ]
    if asked != _list(there.get("接着问")):
        changes.append(edits.set_key(id, "接着问", asked))
    old, new = before["phrasings"].split("\n"), [clean(line) for line in form["phrasings"].split("\n")]
    changes += [edits.add_phrasing(id, line) for line in dict.fromkeys(new) if line and line not in old]
    changes += [edits.drop_phrasing(id, line) for line in old if line and line not in new]
    known = {answer["region"]: answer for answer in before["answers"]}
    for answer in form["answers"]:
        region = answer["region"]
        if region in known and not clean(answer["text"]):
            changes.append(edits.drop_answer(id, region))
            continue
        if answer != known.get(region):
            changes.append(edits.set_answer(id, region, answer["text"], notice=answer["notice"]))
            changes += [
                edits.set_answer(id, region, words, audience=name)
                if clean(words)
                else edits.drop_answer(id, region, audience=name)
                for name, words in answer["audiences"]
            ]
    return changes


def _choices(files: Mapping[str, bytes], console: Console) -> dict[str, Any]:
    """What the form's lists offer."""
    kb = console.source.current().kb
    words = values(text_of(files["words.yaml"]))
    try:
        notices = values(text_of(files["notices.yaml"])).get("公告", {})
    except EditError:
        notices = {key: {"名称": notice.name} for key, notice in kb.notices.items()}
    return {
        "all_stages": list(ORDER),
        "all_asks": [*words.get("问法", {}), "期限", "下一步"],
        "all_regions": [NATION, *kb.regions],
        "all_notices": {
            key: notice.get("名称", key) for key, notice in notices.items() if isinstance(notice, dict)
        },
        "all_entries": [id for _, listed in listed_entries(files) for id, _ in listed],
        "all_paths": [path for path in files if path.startswith("faq/")],
    }


def _field(message: str) -> str:
    for name in ("问题", "说法", "接着问", "环节"):
        if f"“{name}”" in message:
            return name
    return "答案" if "答案" in message else ""
