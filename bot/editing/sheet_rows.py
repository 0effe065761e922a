"""Rows of a spreadsheet -> one edit of the knowledge, with what is wrong said by row. Only what differs is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from bot.editing import entries
from bot.editing.entries import NewEntry, both
from bot.editing.proposals import Edit, raw_of, text_of
from bot.editing.schedules import CellText, WindowText, path_of, read_cells, set_cell, tidy
from bot.editing.sheet_file import Row, RowProblem, read_file
from bot.editing.sheets import ANSWERS, DELETE, ENTRIES, PHRASINGS, SCHEDULES, YES, listed
from bot.editing.splice import key_at, values
from bot.editing.written import EditError, clean
from bot.knowledge.load import build
from bot.knowledge.model import NATION
from bot.schedule.stages import ORDER


@dataclass(frozen=True)
class Import:
    """What a file would do.

    changes: path -> new text; {} when nothing differs or something is wrong. problems: of form, and what the checks say of the result that
    they don't say now; an error among them means nothing may be written. `edit` is the same as an Edit, for Desk.edit.
    """

    changes: Mapping[str, str | None]
    problems: tuple[RowProblem, ...]

    @property
    def failed(self) -> bool:
        """Whether there is an error."""
        return any(problem.level == "错误" for problem in self.problems)

    def edit(self, files: Mapping[str, bytes]) -> Mapping[str, str | None]:
        """The changes, whatever `files` are: read them from the same files that were given to `read_sheets`."""
        return self.changes


def read_sheets(name: str, raw: bytes, files: Mapping[str, bytes]) -> Import:
    """A file of staff, laid over `files`.

    Args:
        name: its file name; the ending counts. raw: its bytes.
    """
    rows, problems = read_file(name, raw)
    taken = _Knowledge(files)
    edits = [*_schedules(taken, rows, problems), *_entries(taken, rows, problems)]
    if any(problem.level == "错误" for problem in problems):
        return Import({}, tuple(problems))
    seen = dict(files)
    touched: dict[tuple[str, str], Row] = {}
    for row, edit in edits:
        try:
            changed = edit(seen)
        except EditError as error:
            problems.append(RowProblem(row.sheet, row.number, "", str(error)))
            continue
        for path, text in changed.items():
            touched.setdefault(
                (path, row.values.get("环节" if row.sheet == SCHEDULES.name else "名字", "")), row
            )
            seen[path] = raw_of(text or "")
    problems += _lint(files, seen, touched)
    if any(problem.level == "错误" for problem in problems):
        return Import({}, tuple(problems))
    return Import(
        {path: text_of(raw) for path, raw in seen.items() if raw != files.get(path)}, tuple(problems)
    )


class _Knowledge:
    """The files as plain values, read once."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        plain = {
            path: values(text_of(raw))
            for path, raw in files.items()
            if path.startswith("faq/") or path in ("regions.yaml", "words.yaml", "notices.yaml")
        }
        self.cells = {
            path: read_cells(text_of(raw)) for path, raw in files.items() if path.startswith("schedules/")
        }
        self.entries: dict[str, dict[str, Any]] = {
            id: entry
            for path, root in plain.items()
            if path.startswith("faq/") and isinstance(root.get("问答"), dict)
            for id, entry in root["问答"].items()
            if isinstance(entry, dict)
        }
        self.regions = [NATION, *plain.get("regions.yaml", {}).get("地区", {})]
        self.notices = list(plain.get("notices.yaml", {}).get("公告", {}))


def _schedules(
    known: _Knowledge, rows: Sequence[Row], problems: list[RowProblem]
) -> Iterator[tuple[Row, Edit]]:
    groups: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        if row.sheet == SCHEDULES.name:
            year, region, stage = (row.values[key] for key in ("年度", "地区", "环节"))
            wrong = [
                *_named(row, "地区", known.regions),
                *_named(row, "环节", list(ORDER)),
                *_notice(row, known),
            ]
            if not year.isdigit():
                wrong.append(
                    RowProblem(row.sheet, row.number, "年度", f"“{year}”不是年份，写 2024 这样的四位数。")
                )
            elif not wrong and path_of(region, int(year)) not in known.cells:
                text = f"还没有 {region} {year} 年度的日程，先运行：python -m bot new-year {year} --region {region}"
                wrong.append(RowProblem(row.sheet, row.number, "", text))
            problems += wrong
            if not wrong:
                groups.setdefault((year, region, stage), []).append(row)
    for (year, region, stage), group in groups.items():
        kept = [row for row in group if row.values[DELETE] != YES]
        before = known.cells[path_of(region, int(year))].get(stage)
        try:
            cell = tidy(_cell(kept)) if kept else None
        except EditError as error:
            problems.append(RowProblem(SCHEDULES.name, kept[0].number, "", str(error)))
            continue
        if before is not None and len(group) < len(before.windows):
            text = f"{region} {year} 年度的{stage}原来有 {len(before.windows)} 段，表里只有 {len(group)} 段。要删的那一行留着，在“删除”写 是。"
            problems.append(RowProblem(SCHEDULES.name, group[0].number, "", text))
        elif cell != before:
            yield group[0], set_cell(region, int(year), stage, cell)


def _cell(rows: Sequence[Row]) -> CellText:
    words = [row.values["时间"] for row in rows if row.values["时间"]]
    if words and len(rows) > 1:
        raise EditError(f"写了“{words[0]}”的环节只能有一行。")
    windows = [
        WindowText(*(row.values[key] for key in ("开始", "截止", "对象", "说明", "公告")))
        for row in rows
        if any(row.values[key] for key in ("开始", "截止", "对象", "说明"))
    ]
    return CellText(tuple(windows), words[0] if words else "")


def _entries(
    known: _Knowledge, rows: Sequence[Row], problems: list[RowProblem]
) -> Iterator[tuple[Row, Edit]]:
    new = {
        row.values["名字"]: row
        for row in rows
        if row.sheet == ENTRIES.name and row.values["名字"] not in known.entries
    }
    of_new: dict[str, list[Row]] = {}
    for row in rows:
        if row.sheet == SCHEDULES.name:
            continue
        id = row.values["名字"]
        wrong = _named(row, "名字", [*known.entries, *new])
        if row.sheet == ANSWERS.name:
            wrong += [*_named(row, "地区", known.regions), *_notice(row, known)]
        problems += wrong
        if wrong:
            continue
        if id in new:
            of_new.setdefault(id, []).append(row)
        else:
            yield from ((row, edit) for edit in _entry_edits(row, known.entries[id]))
    for id, row in new.items():
        if not row.values["文件"]:
            problems.append(
                RowProblem(row.sheet, row.number, "文件", "新的问答要写放在哪个文件，例如 faq/缴费.yaml。")
            )
            continue
        yield from _new_entry(row, of_new.get(id, []))


def _entry_edits(row: Row, entry: Mapping[str, Any]) -> Iterator[Edit]:
    """The edits that make an entry say what one row says."""
    told, id = row.values, row.values["名字"]
    if row.sheet == ENTRIES.name:
        for key in ("种类", "问", "不问地区", "问题"):
            if told[key] != str(entry.get(key, "")):
                yield entries.set_key(id, key, told[key])
        for key in ("环节", "接着问"):
            wanted = [
                part for part in told[key].replace("，", "、").replace(",", "、").split("、") if part.strip()
            ]
            if wanted != listed(entry.get(key)):
                yield entries.set_key(id, key, [part.strip() for part in wanted])
    elif row.sheet == PHRASINGS.name:
        there = told["说法"] in listed(entry.get("说法"))
        if told[DELETE] == YES and there:
            yield entries.drop_phrasing(id, told["说法"])
        elif told[DELETE] != YES and not there and told["说法"] != entry.get("问题"):
            yield entries.add_phrasing(id, told["说法"])
    else:
        answer = (entry.get("答案") or {}).get(told["地区"], {})
        audience = told["对象"]
        words = (answer.get("对象") or {}).get(audience) if audience else answer.get("正文")
        if told[DELETE] == YES:
            if words is not None:
                yield entries.drop_answer(id, told["地区"], audience=audience)
        elif clean(str(words or "")) != told["正文"] or (told["公告"] and told["公告"] != answer.get("公告")):
            yield entries.set_answer(id, told["地区"], told["正文"], audience=audience, notice=told["公告"])


def _new_entry(row: Row, more: Sequence[Row]) -> Iterator[tuple[Row, Edit]]:
    told = row.values
    answers = [one for one in more if one.sheet == ANSWERS.name and one.values[DELETE] != YES]
    new = NewEntry(
        told["名字"],
        told["问题"],
        told["问"],
        [part for part in told["环节"].split("、") if part],
        [one.values["说法"] for one in more if one.sheet == PHRASINGS.name],
        {
            one.values["地区"]: (one.values["公告"], one.values["正文"])
            for one in answers
            if not one.values["对象"]
        },
        [part for part in told["接着问"].split("、") if part],
        told["种类"],
        told["不问地区"] == YES,
    )
    audiences = [
        entries.set_answer(told["名字"], one.values["地区"], one.values["正文"], audience=one.values["对象"])
        for one in answers
        if one.values["对象"]
    ]
    yield row, both(entries.new_entry(told["文件"], new), *audiences)


def _named(row: Row, column: str, known: Sequence[str]) -> list[RowProblem]:
    """A problem where the row names something that isn't there, with what was probably meant."""
    value = row.values[column]
    if value in known:
        return []
    close = [name for name in known if len(name) > 1 and value.startswith(name)] or get_close_matches(
        value, known, 1, 0.4
    )
    hint = f"是不是“{close[0]}”？" if close else ""
    return [RowProblem(row.sheet, row.number, column, f"没有“{value}”。{hint}")]


def _notice(row: Row, known: _Knowledge) -> list[RowProblem]:
    return _named(row, "公告", known.notices) if row.values["公告"] else []


def _lint(
    old: Mapping[str, bytes], new: Mapping[str, bytes], touched: Mapping[tuple[str, str], Row]
) -> list[RowProblem]:
    """What the checks say of the result and did not say before, at the row it comes from."""
    if dict(old) == dict(new):
        return []
    before = {(problem.file, problem.check, problem.text) for problem in build(dict(old))[1]}
    found = []
    for problem in build(dict(new))[1]:
        if (problem.file, problem.check, problem.text) in before:
            continue
        root = "日程" if problem.file.startswith("schedules/") else "问答"
        key = key_at(text_of(new.get(problem.file, b"")), root, problem.line)
        row = touched.get((problem.file, key)) or next(
            (r for (path, _), r in touched.items() if path == problem.file), None
        )
        text = f"{problem.text}{problem.hint} [{problem.check}]"
        found.append(
            RowProblem(row.sheet if row else problem.file, row.number if row else 0, "", text, problem.level)
        )
    return found
