"""A spreadsheet file -> rows of text with their place, or what is wrong with it. Files come from the web: sizes are bounded."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.editing.moments import read_moment
from bot.editing.sheets import HELP, SHEETS, Sheet
from bot.editing.written import EditError, clean

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED = 100 * 1024 * 1024  # a zip of zeros unpacks to a thousand times its size
MAX_ROWS = 50_000


@dataclass(frozen=True)
class Row:
    """values: column -> cleaned text, every column of the sheet present · number: as the spreadsheet counts, 1 = the heading."""

    sheet: str
    number: int
    values: dict[str, str]


@dataclass(frozen=True)
class RowProblem:
    """Something staff must mend in the file. row 0: the sheet as a whole; sheet "": the file. level: 错误 or 提醒."""

    sheet: str
    row: int
    column: str
    text: str
    level: str = "错误"

    def show(self) -> str:
        """One line: which sheet, which row, which column, what."""
        where = (
            self.sheet
            + (f" 第 {self.row} 行" if self.row else "")
            + (f"“{self.column}”" if self.column else "")
        )
        return f"{where} {self.level}：{self.text}" if where else f"{self.level}：{self.text}"


def read_file(name: str, raw: bytes) -> tuple[list[Row], list[RowProblem]]:
    """Every row that holds something, and every problem of form; rows with a problem are left out.

    Args:
        name: its ending tells .xlsx from .csv.
    """
    if len(raw) > MAX_BYTES:
        return [], [RowProblem("", 0, "", f"文件太大了，最多 {MAX_BYTES // 1024 // 1024} MB。")]
    try:
        if name.lower().endswith(".xlsx"):
            return _read_xlsx(raw)
        if name.lower().endswith(".csv"):
            return _read_csv(raw)
    except EditError as error:
        return [], [RowProblem("", 0, "", str(error))]
    return [], [RowProblem("", 0, "", "要 .xlsx 或 .csv 文件；旧的 .xls 请在 Excel 里另存为 .xlsx。")]


def _read_xlsx(raw: bytes) -> tuple[list[Row], list[RowProblem]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as parts:
            if sum(part.file_size for part in parts.infolist()) > MAX_UNPACKED:
                raise EditError("文件展开后太大了。")
        book = load_workbook(io.BytesIO(raw), data_only=False)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, SyntaxError, OSError):
        raise EditError("打不开这个文件：不是完好的 .xlsx。请在 Excel 里重新保存。") from None
    known = {sheet.name: sheet for sheet in SHEETS}
    rows: list[Row] = []
    problems: list[RowProblem] = []
    for page in book.worksheets:
        if page.title == HELP:
            continue
        if page.title not in known:
            problems.append(
                RowProblem(page.title, 0, "", f"不认识的工作表，没有读。可以有：{'、'.join(known)}。", "提醒")
            )
            continue
        merged = [str(area) for area in page.merged_cells.ranges]
        if merged:
            text = f"有合并的单元格（{'、'.join(merged[:5])}）：请取消合并，每一行都写全。"
            problems.append(RowProblem(page.title, 0, "", text))
            continue
        if page.max_row > MAX_ROWS:
            raise EditError(f"“{page.title}”有 {page.max_row} 行，太多了。")
        table = [
            [_Cell(c.value, c.data_type, str(c.number_format)) for c in cells] for cells in page.iter_rows()
        ]
        found, wrong = _rows(known[page.title], table)
        rows += found
        problems += wrong
    if not rows and not problems:
        problems.append(RowProblem("", 0, "", f"没有可以读的工作表。要有：{'、'.join(known)}。"))
    return rows, problems


def _read_csv(raw: bytes) -> tuple[list[Row], list[RowProblem]]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030", "replace")  # what Excel writes in China
    if "\x00" in text:
        raise EditError("这不是 .csv 文件。")
    try:
        lines = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error:
        raise EditError("这个 .csv 读不懂，请在 Excel 里重新另存为 CSV UTF-8。") from None
    heading = {clean(cell) for cell in (lines[0] if lines else [])}
    fits = [sheet for sheet in SHEETS if set(sheet.required) <= heading]
    if not fits:
        raise EditError(
            "第一行要是列名："
            + "；".join(f"{sheet.name}要有 {'、'.join(sheet.required)}" for sheet in SHEETS)
            + "。"
        )
    sheet = max(fits, key=lambda one: len(heading & set(one.columns)))
    return _rows(
        sheet, [[_Cell(cell, "f" if cell.startswith("=") else "s", "@") for cell in line] for line in lines]
    )


@dataclass(frozen=True)
class _Cell:
    """kind: openpyxl's data_type: s text, n number, d date, f formula, b yes or no, e error. shown: the number format."""

    value: Any
    kind: str
    shown: str


def _rows(sheet: Sheet, table: list[list[_Cell]]) -> tuple[list[Row], list[RowProblem]]:
    heading = [
        clean(str(cell.value)) if cell.value is not None else "" for cell in (table[0] if table else [])
    ]
    problems = [
        RowProblem(sheet.name, 1, name, "缺这一列。") for name in sheet.required if name not in heading
    ]
    problems += [
        RowProblem(sheet.name, 1, name, f"不认识这一列，没有读。可以有：{'、'.join(sheet.columns)}。", "提醒")
        for name in heading
        if name and name not in sheet.columns
    ]
    problems += [
        RowProblem(sheet.name, 1, name, "这一列有两个。") for name in sheet.columns if heading.count(name) > 1
    ]
    if any(problem.level == "错误" for problem in problems):
        return [], problems
    rows = []
    for number, cells in enumerate(table[1:], 2):
        if all(cell.value is None or not str(cell.value).strip() for cell in cells):
            continue
        found = dict.fromkeys(sheet.columns, "")
        wrong = []
        for name, cell in zip(heading, cells, strict=False):
            if name in found and cell.value is not None:
                try:
                    found[name] = _text(cell, name)
                except EditError as error:
                    wrong.append(RowProblem(sheet.name, number, name, str(error)))
        problems += wrong or list(_lacking(sheet, number, found))
        if not wrong and all(found[name] for name in sheet.required):
            rows.append(Row(sheet.name, number, found))
    return rows, problems


def _lacking(sheet: Sheet, number: int, found: dict[str, str]) -> Iterator[RowProblem]:
    for name in sheet.required:
        if not found[name]:
            yield RowProblem(sheet.name, number, name, "这一格是空的。")


def _text(cell: _Cell, column: str) -> str:
    """A cell as text; dates only where dates belong."""
    value = cell.value
    if cell.kind == "f":
        raise EditError("是公式。请复制这一格，再“选择性粘贴 → 数值”。")
    if cell.kind == "e":
        raise EditError(f"是一个错误值（{value}）。")
    if column in ("开始", "截止"):
        hours = "h" in cell.shown.lower()
        if isinstance(value, datetime) and hours and value.time() == datetime.min.time():
            raise EditError(
                f"是 {value:%Y-%m-%d} 0 点：Excel 会把前一天的 24:00 改成这样。请把单元格设成“文本”，写明 24:00 还是 00:00。"
            )
        return read_moment(value)
    if isinstance(value, date):
        raise EditError("Excel 把它当成了日期。请把单元格设成“文本”再写。")
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return clean(str(value))
