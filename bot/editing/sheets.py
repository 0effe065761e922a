"""The spreadsheet staff fill in: its sheets and columns, and the knowledge written into it.

Four sheets of data and one that explains them. A row is one window, one entry, one phrasing or one answer. What the sheets don't have (comments,
有效, golden questions, words …) an import never touches.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.editing.proposals import text_of
from bot.editing.schedules import read_cells
from bot.editing.splice import values
from bot.schedule.stages import ORDER

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

DELETE = "删除"
YES = "是"


@dataclass(frozen=True)
class Sheet:
    """columns: as in the first row · required: without these the sheet can't be read · widths: in characters."""

    name: str
    columns: tuple[str, ...]
    required: tuple[str, ...]
    widths: tuple[int, ...]


SCHEDULES = Sheet(
    "日程",
    ("年度", "地区", "环节", "时间", "开始", "截止", "对象", "说明", "公告", DELETE),
    ("年度", "地区", "环节"),
    (8, 10, 12, 16, 18, 18, 14, 40, 16, 6),
)
ENTRIES = Sheet(
    "问答",
    ("文件", "名字", "种类", "问", "环节", "不问地区", "问题", "接着问"),
    ("名字", "问题"),
    (16, 18, 8, 8, 24, 9, 36, 36),
)
PHRASINGS = Sheet("说法", ("名字", "说法", DELETE), ("名字", "说法"), (18, 50, 6))
ANSWERS = Sheet(
    "答案",
    ("名字", "地区", "对象", "公告", "正文", DELETE),
    ("名字", "地区", "正文"),
    (18, 10, 14, 16, 80, 6),
)
SHEETS = (SCHEDULES, ENTRIES, PHRASINGS, ANSWERS)
HELP = "填写说明"
_HELP = (
    ("工作表", "怎么填"),
    ("全部", "第一行的列名不要改，列的先后随便。一行写全，不要合并单元格。空行没关系。没有的行不会删掉什么：要删，在“删除”写 是。"),
    ("全部", "不要写公式。导入前会检查，有错的一行也不会写进去，会告诉您哪张表、第几行、怎么改。"),
    ("日程", "一行一段时间；同一环节几段，就连着写几行。没有时间的，开始、截止空着，“时间”写 未提及、未公布，或 同 网上报名。"),
    ("日程", f"环节只有：{'、'.join(ORDER)}。"),
    ("日程", "日期写成文本：2024-02-04；有钟点的 2024-02-04 08:00；24 时写 2024-02-04 24:00，不要写成第二天 0 点。"),
    ("日程", "“公告”只在和这一年的公告不同的时候写，名字在 notices.yaml 里。对象前面加“非”表示除了这类人。"),
    ("问答", "一行一条问答。新的问答写新的名字，“文件”写放在哪里，例如 faq/缴费.yaml。环节、接着问有几个时用顿号隔开。"),
    ("说法", "一行一种说法，名字是问答的名字。"),
    ("答案", "一行一个考区的答案；没有自己答案的考区用“全国”那行。对象空着是所有考生。日期写成空格 {技能缴费}，不要写数字。"),
    ("例（日程）", "2024 | 四川 | 技能缴费 |  | 2024-04-05 08:00 | 2024-04-09 24:00 |  | 网上缴费。 |  |"),
    ("例（日程）", "2024 | 重庆 | 技能缴费 | 未提及 |  |  |  |  |  |"),
)  # fmt: skip


def rows_of(files: Mapping[str, bytes]) -> dict[str, list[tuple[str, ...]]]:
    """Sheet name -> its rows, as texts in the order of its columns. Raises EditError where a file can't be read."""
    found: dict[str, list[tuple[str, ...]]] = {sheet.name: [] for sheet in SHEETS}
    for path, raw in files.items():
        if path.startswith("schedules/"):
            found[SCHEDULES.name] += _schedule_rows(text_of(raw))
        elif path.startswith("faq/"):
            entries = values(text_of(raw)).get("问答", {})
            for id, entry in entries.items() if isinstance(entries, dict) else ():
                found[ENTRIES.name].append(_entry_row(path, id, entry))
                found[PHRASINGS.name] += [(id, text, "") for text in listed(entry.get("说法"))]
                found[ANSWERS.name] += _answer_rows(id, entry)
    return found


def export(files: Mapping[str, bytes]) -> bytes:
    """An .xlsx of the knowledge. Every cell is text: Excel changes no date and runs no formula."""
    from openpyxl import Workbook  # 200 ms, for this alone
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    book.remove(book.worksheets[0])
    rows = rows_of(files)
    for sheet in SHEETS:
        page = book.create_sheet(sheet.name)
        _fill(page, [sheet.columns, *rows[sheet.name]])
        for number, width in enumerate(sheet.widths):
            page.column_dimensions[chr(ord("A") + number)].width = width
        for cell in page[1]:
            cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E8EEF7")
        page.freeze_panes = "A2"
        for column, choices in (("环节", ORDER if sheet is SCHEDULES else ()), (DELETE, (YES,))):
            if column in sheet.columns and choices:
                rule = DataValidation(type="list", formula1=f'"{",".join(choices)}"', allow_blank=True)
                letter = chr(ord("A") + sheet.columns.index(column))
                rule.add(f"{letter}2:{letter}{page.max_row + 500}")
                page.add_data_validation(rule)
    page = book.create_sheet(HELP)
    _fill(page, _HELP)
    page.column_dimensions["A"].width, page.column_dimensions["B"].width = 14, 110
    for cells in page.iter_rows():
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def listed(value: Any) -> list[str]:
    """A list of texts, a lone text or nothing, as a list."""
    return value if isinstance(value, list) else [value] if value else []


def _fill(page: Worksheet, rows: Sequence[Sequence[str]]) -> None:
    for number, row in enumerate(rows, 1):
        for column, text in enumerate(row, 1):
            cell = page.cell(number, column)
            cell.number_format = "@"
            if text:
                cell.value = text
                if text[0] in "=+-@":  # a text, not a formula, also after somebody has clicked into it
                    cell.data_type, cell.quotePrefix = "s", True
    for number in range(len(rows) + 1, len(rows) + 51):  # room for new rows, as text
        for column in range(1, len(rows[0]) + 1):
            page.cell(number, column).number_format = "@"


def _schedule_rows(text: str) -> Iterator[tuple[str, ...]]:
    head = values(text)
    for stage, cell in read_cells(text).items():
        where = (str(head.get("年度", "")), str(head.get("地区", "")), stage)
        if not cell.windows:
            yield (*where, cell.word, "", "", "", "", "", "")
        for window in cell.windows:
            yield (*where, "", window.opens, window.closes, window.audience, window.note, window.notice, "")


def _entry_row(path: str, id: str, entry: Mapping[str, Any]) -> tuple[str, ...]:
    one = [str(entry.get(key, "")) for key in ("种类", "问")]
    stages, follow_ups = ("、".join(listed(entry.get(key))) for key in ("环节", "接着问"))
    return (path, id, *one, stages, str(entry.get("不问地区", "")), str(entry.get("问题", "")), follow_ups)


def _answer_rows(id: str, entry: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    answers = entry.get("答案") or {}
    for region, answer in answers.items():
        yield id, region, "", answer.get("公告", ""), answer.get("正文", ""), ""
        for audience, words in (answer.get("对象") or {}).items():
            yield id, region, audience, "", words, ""
