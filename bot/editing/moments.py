"""Dates as staff type and paste them -> as schedules hold them; what could mean two things is refused with what to write."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime

from bot.editing.written import EditError, clean
from bot.schedule.deadlines import Moment

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－﹣", "-"))
_DAY = (
    r"(?P<year>\d{4})(?:[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})|年(?P<m>\d{1,2})月(?P<d>\d{1,2})[日号]?)"
)
_HOUR = r"(?:T|上午)?(?P<hour>\d{1,2})(?:[:时点](?P<minute>\d{1,2})?(?::\d{2}|分)?)"
_MOMENT = re.compile(rf"{_DAY}(?:{_HOUR})?")
_EXAMPLE = "写成 2024-02-04 或 2024-02-04 24:00"


def read_moment(written: str | date | datetime | int | float) -> str:
    """`2024-02-04` or `2024-02-04 24:00`, zero-padded.

    Args:
        written: text (2024-02-04 · 2024/2/4 · 2024年2月4日24时 · full-width digits as Word pastes them), or the value of a spreadsheet's
            cell: a date, a datetime (midnight without an hour counts as a day), a number (refused: the cell is not a date).

    Raises:
        EditError: not a day with its year, or no such day; the message is for staff.
    """
    if isinstance(written, datetime):
        hour = "" if written.time() == datetime.min.time() else f" {written:%H:%M}"
        return f"{written:%Y-%m-%d}{hour}"
    if isinstance(written, date):
        return written.isoformat()
    if not isinstance(written, str):
        raise EditError(f"“{written}”是一个数字，不是日期。把单元格的格式设成“文本”再{_EXAMPLE}。")
    shown = clean(written)
    text = unicodedata.normalize("NFKC", shown).translate(_DASHES)
    tight = re.sub(r"\s+", "", re.sub(r"(?<=\d)\s+(?=\d{1,2}[:时点])", "T", text))
    if re.search("下午|晚|中午|凌晨", tight):
        raise EditError(f"“{shown}”请用 24 小时制，例如 2024-02-04 17:00。")
    found = _MOMENT.fullmatch(tight)
    if found is None:
        if re.fullmatch(r"\d{1,2}[-/.月]\d{1,2}[日号]?.*", tight):
            raise EditError(f"“{shown}”没有年份，{_EXAMPLE}。")
        if re.fullmatch(r"\d{1,2}[:时点].*", tight):
            raise EditError(f"“{shown}”只有钟点，缺日期，{_EXAMPLE}。")
        raise EditError(f"“{shown}”不是日期，{_EXAMPLE}。")
    year, month, day = found["year"], int(found["month"] or found["m"]), int(found["day"] or found["d"])
    moment = f"{year}-{month:02}-{day:02}"
    if found["hour"]:
        moment += f" {int(found['hour']):02}:{int(found['minute'] or 0):02}"
    try:
        Moment.parse(moment)
    except ValueError as error:
        raise EditError(f"“{shown}”不对：{error}。") from None
    return moment
