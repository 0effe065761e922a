"""Spreadsheets as staff fill them in: out and back nothing changes; a slip is said by sheet, row and column, and nothing is written."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from bot.cli import main
from bot.editing.sheet_file import RowProblem, read_file
from bot.editing.sheet_rows import Import, read_sheets
from bot.editing.sheets import HELP, SHEETS, export
from bot.knowledge.load import build, contents
from tests.conftest import KNOWLEDGE

ALL = contents(KNOWLEDGE)
# Enough for most: one topic instead of nine, since a workbook of 2 000 rows takes half a second to open. What the checks say of the rest
# being away they say before the import as well.
FILES = {path: raw for path, raw in ALL.items() if not path.startswith("faq/") or path == "faq/缴费.yaml"}
EXPORTED = export(FILES)
Change = Callable[[Any], object]


def book(raw: bytes = EXPORTED) -> Any:
    return load_workbook(io.BytesIO(raw))


def saved(page: Any) -> bytes:
    out = io.BytesIO()
    page.save(out)
    return out.getvalue()


def brought(change: Change) -> Import:
    """What importing the export does after `change` has had its way with the workbook."""
    page = book()
    change(page)
    return read_sheets("改好.xlsx", saved(page), FILES)


def row_of(page: Any, *start: str) -> int:
    """The first row of a sheet that begins with these cells."""
    for number, row in enumerate(page.iter_rows(values_only=True), 1):
        if row[: len(start)] == start:
            return number
    raise AssertionError(start)


def put(page: Any, sheet: str, start: tuple[str, ...], column: str, value: Any, shown: str = "") -> int:
    names = [cell.value for cell in page[sheet][1]]
    number = row_of(page[sheet], *start)
    cell = page[sheet].cell(number, names.index(column) + 1)
    cell.value = value
    if shown:
        cell.number_format = shown
    return number


def only(found: Import) -> RowProblem:
    (problem,) = found.problems
    assert found.changes == {}
    assert found.failed
    return problem


def add(page: Any, sheet: str, *cells: Any) -> int:
    """A row under the last one that is filled in."""
    number = max(n for n, row in enumerate(page[sheet].iter_rows(values_only=True), 1) if any(row)) + 1
    for column, value in enumerate(cells, 1):
        page[sheet].cell(number, column).value = value
    return number


FEE = ("2024", "四川", "技能缴费")
YAML = "schedules/2024/四川.yaml"


def test_out_and_back_nothing_changes() -> None:
    """All of knowledge/, saved once more by another program in between."""
    found = read_sheets("知识.xlsx", saved(book(export(ALL))), ALL)
    assert found.problems == ()
    assert found.changes == {}


def test_the_export_explains_itself_and_holds_only_text() -> None:
    page = book()
    assert page.sheetnames == [*(sheet.name for sheet in SHEETS), HELP]
    for sheet in page.worksheets:
        for row in sheet.iter_rows():
            assert all(
                cell.data_type in ("s", "n") and (cell.value is None or cell.data_type == "s") for cell in row
            )
            assert all(cell.number_format == "@" for cell in row)


def test_a_text_that_looks_like_a_formula_is_a_text_there_and_back() -> None:
    text = (
        FILES["faq/缴费.yaml"].decode().replace("      - 退费条件\n", "      - '=1+1'\n      - '@SUM(A1)'\n")
    )
    files = {**FILES, "faq/缴费.yaml": text.encode()}
    raw = export(files)
    cells = [
        c
        for row in load_workbook(io.BytesIO(raw))["说法"].iter_rows()
        for c in row
        if c.value in ("=1+1", "@SUM(A1)")
    ]
    assert len(cells) == 2
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in cells)
    assert read_sheets("x.xlsx", raw, files).changes == {}


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("2024-04-11 24:00", "@"),
        ("２０２４年４月１１日２４时", "@"),  # pasted from Word
        ("2024/4/11 24:00", "@"),
    ],
)
def test_a_date_is_changed_and_nothing_else(typed: str, shown: str) -> None:
    found = brought(lambda page: put(page, "日程", FEE, "截止", typed, shown))
    assert found.problems == ()
    old = FILES[YAML].decode()
    assert found.changes == {YAML: old.replace("2024-04-09 24:00", "2024-04-11 24:00")}


def test_a_date_typed_as_an_excel_date_is_understood() -> None:
    when = datetime.fromisoformat("2024-04-11T18:00")
    found = brought(lambda page: put(page, "日程", FEE, "截止", when, "yyyy-mm-dd hh:mm"))
    assert "截止: 2024-04-11 18:00" in str(found.changes[YAML])
    found = brought(lambda page: put(page, "日程", FEE, "截止", when.replace(hour=0), "yyyy-mm-dd"))
    assert "截止: 2024-04-11," in str(found.changes[YAML])


def test_midnight_that_excel_made_of_24_o_clock_is_asked_about() -> None:
    when = datetime.fromisoformat("2024-04-12T00:00")
    problem = only(brought(lambda page: put(page, "日程", FEE, "截止", when, "yyyy-mm-dd hh:mm")))
    assert (problem.sheet, problem.column) == ("日程", "截止")
    assert "24:00 还是 00:00" in problem.text


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("截止", "2024-02-30", "日历上没有这一天"),
        ("截止", "2月30日", "没有年份"),
        ("截止", 45326, "是一个数字"),
        ("截止", "=TODAY()", "是公式"),
        ("截止", "2024-04-01", "[window-order]"),
        ("地区", "四川省", "是不是“四川”？"),
        ("地区", "火星", "没有“火星”"),
        ("环节", "技能交费", "是不是“技能缴费”？"),
        ("环节", None, "这一格是空的"),
        ("年度", "二〇二四", "不是年份"),
        ("年度", "2031", "new-year 2031 --region 四川"),
        ("公告", "四川-2042", "没有“四川-2042”"),
        ("时间", "未公布", "就不要再写时间"),
    ],
)
def test_a_slip_is_said_by_row_and_nothing_is_written(column: str, value: Any, said: str) -> None:
    numbers = []
    problem = only(brought(lambda page: numbers.append(put(page, "日程", FEE, column, value))))
    assert (problem.sheet, problem.row) == ("日程", numbers[0])
    assert said in problem.text


def test_merged_cells_are_refused_and_named() -> None:
    problem = only(brought(lambda page: page["日程"].merge_cells("A2:A5")))
    assert "A2:A5" in problem.text
    assert "取消合并" in problem.text


def test_empty_rows_and_blank_cells_do_no_harm() -> None:
    def change(page: Any) -> None:
        page["日程"].insert_rows(4)
        page["日程"].cell(4, 3).value = "  \u3000"
        page["说法"].insert_rows(10, amount=3)

    found = brought(change)
    assert found.problems == ()
    assert found.changes == {}


def test_a_row_that_is_left_out_deletes_nothing() -> None:
    def change(page: Any) -> None:
        page["说法"].delete_rows(5, 20)
        page["答案"].delete_rows(2, 5)
        page["日程"].delete_rows(row_of(page["日程"], *FEE))

    assert brought(change).changes == {}


def test_what_is_marked_deleted_goes() -> None:
    found = brought(lambda page: put(page, "说法", ("退费", "退费条件"), "删除", "是"))
    assert found.changes == {
        "faq/缴费.yaml": FILES["faq/缴费.yaml"].decode().replace("      - 退费条件\n", "")
    }
    found = brought(lambda page: put(page, "日程", ("2024", "四川", "一试缴费"), "删除", "是"))
    assert found.failed  # 一试缴费 is expected of every notice: the checks say so, at the row
    assert any("stage-missing" in problem.text for problem in found.problems)


def test_a_new_entry_comes_with_its_phrasings_and_answers() -> None:
    def change(page: Any) -> None:
        add(
            page,
            "问答",
            "faq/缴费.yaml",
            "发票",
            "",
            "是否",
            "技能缴费、一试缴费",
            "是",
            "缴费有发票吗？",
            "缴费方式",
        )
        add(page, "说法", "发票", "给不给开发票")
        add(page, "说法", "退费", "把钱退回来行不行哦")
        add(page, "答案", "发票", "全国", "", "全国-通则", "看当地考点。\n多数考点开电子票据。")

    found = brought(change)
    assert found.problems == ()
    kb, problems = build({**ALL, **{path: str(text).encode() for path, text in found.changes.items()}})
    assert kb is not None, problems
    assert kb.entries["发票"].answers["全国"].text == "看当地考点。\n多数考点开电子票据。"
    assert kb.entries["发票"].stages == ("技能缴费", "一试缴费")
    assert "把钱退回来行不行哦" in kb.entries["退费"].alternatives


def test_every_problem_is_said_at_once() -> None:
    def change(page: Any) -> None:
        put(page, "日程", FEE, "截止", "2024-02-30")
        add(page, "说法", "没有这条", "甲乙丙")
        add(page, "答案", "退费", "四川省", "", "", "x")

    found = brought(change)
    assert [problem.sheet for problem in found.problems] == ["日程", "说法", "答案"]
    assert found.changes == {}


def test_a_csv_of_one_sheet_in_either_encoding() -> None:
    text = "名字,说法\r\n退费,把钱退回来行不行哦\r\n\r\n退费,退费条件\r\n"
    for raw in (text.encode("utf-8-sig"), text.encode("gb18030")):
        found = read_sheets("说法.CSV", raw, FILES)
        assert found.problems == ()
        assert list(found.changes) == ["faq/缴费.yaml"]
    wrong = read_sheets("说法.csv", "名字,说法\n退费,=HYPERLINK(1)\n".encode(), FILES)
    assert "是公式" in only(wrong).text


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("x.xls", b"", "另存为 .xlsx"),
        ("x.xlsx", b"not a zip", "打不开"),
        ("x.xlsx", b"PK\x05\x06" + b"\x00" * 18, "打不开"),
        ("x.csv", "甲,乙\n1,2\n".encode(), "第一行要是列名"),
        ("x.csv", b"", "第一行要是列名"),
        ("x.csv", b"\x00\x01\x02", "不是 .csv"),
        ("x.xlsx", b"x" * (10 * 1024 * 1024 + 1), "太大"),
    ],
)
def test_other_files_are_refused_in_words(name: str, raw: bytes, said: str) -> None:
    rows, problems = read_file(name, raw)
    assert rows == []
    assert said in problems[0].show()


def test_unknown_sheets_and_columns_are_named() -> None:
    page = Workbook()
    page.active.title = "随便"
    two = page.create_sheet("说法")
    two.append(["名字", "说法", "备注", "说法"])
    _, problems = read_file("x.xlsx", saved(page))
    assert [(p.sheet, p.column, p.level) for p in problems] == [
        ("随便", "", "提醒"), ("说法", "备注", "提醒"), ("说法", "说法", "错误"),
    ]  # fmt: skip


# --- the commands


@pytest.fixture
def real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BOT_VAR", str(tmp_path / "var"))
    shutil.copytree(KNOWLEDGE, tmp_path / "real")
    return tmp_path / "real"


def test_export_and_import_on_the_command_line(
    real: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "k.xlsx"
    assert main(["export", str(file), "--knowledge", str(real)]) == 0
    assert main(["export", str(file), "--knowledge", str(real)]) == 2
    assert "--force" in capsys.readouterr().err
    assert main(["import", str(file), "--knowledge", str(real)]) == 0
    assert "没有要改的" in capsys.readouterr().out
    page = book()
    put(page, "日程", FEE, "截止", "2024-04-11 24:00")
    page.save(file)
    assert main(["import", str(file), "--dry-run", "--json", "--knowledge", str(real)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"written": False, "changed": [YAML], "problems": []}
    assert contents(real) == ALL
    put(page, "日程", FEE, "截止", "2024-02-30")
    page.save(file)
    assert main(["import", str(file), "--knowledge", str(real)]) == 1
    said = capsys.readouterr().out
    assert "“截止” 错误：“2024-02-30”不对：日历上没有这一天。" in said
    assert "什么也没有写" in said
    assert contents(real) == ALL


def test_import_writes_and_says_whose_answers_change(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BOT_VAR", str(tmp_path / "var"))
    before = contents(home)
    page = book(export(before))
    put(page, "日程", FEE, "截止", "2024-04-11 24:00")
    page.save(tmp_path / "k.xlsx")
    now = ["--now", "2024-04-06T10:00:00+08:00"]
    assert main(["import", str(tmp_path / "k.xlsx"), "--knowledge", str(home), *now]) == 0
    said = capsys.readouterr().out
    assert f"改好了：{YAML}" in said
    assert "四川 1 条回答会变" in said
    assert "考题 golden/四川.yaml" in said
    assert {path for path, raw in contents(home).items() if raw != before[path]} == {YAML}


@pytest.mark.parametrize(
    "wrong", [["import"], ["import", "/nowhere.xlsx"], ["export", "x.csv"], ["export", "/nowhere/x.xlsx"]]
)
def test_wrong_use_is_2(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(wrong) == 2
    assert capsys.readouterr().err.strip()
