"""Edits of schedules: what one notice says of one stage, as a form or a spreadsheet row holds it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.editing.moments import read_moment
from bot.editing.proposals import Edit, text_of
from bot.editing.splice import drop, put, values
from bot.editing.written import EditError, Inline, Written, clean
from bot.schedule.stages import ORDER

SILENCES = ("未提及", "未公布")


@dataclass(frozen=True)
class WindowText:
    """One window as written: opens, closes as `read_moment` gives them; audience, note and notice "" where not written."""

    opens: str
    closes: str
    audience: str = ""
    note: str = ""
    notice: str = ""

    def plain(self) -> dict[str, str]:
        """As in the YAML."""
        named = {
            "开始": self.opens,
            "截止": self.closes,
            "对象": self.audience,
            "公告": self.notice,
            "说明": self.note,
        }
        return {key: value for key, value in named.items() if value}


@dataclass(frozen=True)
class CellText:
    """One stage of one schedule as written: either windows, or `word`: 未提及, 未公布, 同 网上报名, 同 网上报名 非军队现役."""

    windows: tuple[WindowText, ...] = ()
    word: str = ""


def path_of(region: str, year: int) -> str:
    """Where a region's year is written."""
    return f"schedules/{year}/{region}.yaml"


def read_cells(text: str) -> dict[str, CellText]:
    """Stage -> cell of one schedule file, in file order. Raises EditError where the file can't be read."""
    found = values(text)
    stages = found.get("日程", {}) if isinstance(found, dict) else {}
    return {stage: _cell(value) for stage, value in stages.items()} if isinstance(stages, dict) else {}


def set_cell(region: str, year: int, stage: str, cell: CellText | None) -> Edit:
    """Write what the region's notice of `year` says of `stage`; None takes the stage out, so that the 全国 level is looked at.

    Dates are read by `read_moment`. The edit raises EditError: no such file (see `skeleton`), no such stage, a date that is none.
    Whether the windows make sense together is for the checks.
    """

    def edit(files: Mapping[str, bytes]) -> Mapping[str, str | None]:
        path = path_of(region, year)
        if path not in files:
            raise EditError(f"还没有 {path}，先建这一年的日程。")
        if stage not in ORDER:
            raise EditError(f"没有“{stage}”这个环节。可以写：{'、'.join(ORDER)}。")
        text = text_of(files[path])
        old = read_cells(text).get(stage)
        if cell is None:
            return {} if old is None else {path: drop(text, ("日程", stage))}
        new = tidy(cell)
        if new == old:
            return {}
        return {path: _written(text, stage, old, new)}

    return edit


def tidy(cell: CellText) -> CellText:
    """With its dates and words as the file writes them; raises EditError."""
    word = re.sub(r"\s+", " ", clean(cell.word))
    word = re.sub(r"^同(?=\S)", "同 ", word)
    if word and cell.windows:
        raise EditError(f"写了“{word}”就不要再写时间。")
    if not word and not cell.windows:
        raise EditError("这个环节是空的：写上时间，或写 未提及、未公布。")
    if word and word not in SILENCES and not re.fullmatch(r"同 \S+( \S+)?", word):
        raise EditError(f"“{word}”读不懂，可以写 未提及、未公布，或 同 网上报名。")
    windows = tuple(
        WindowText(
            read_moment(_both(window.opens, "开始")),
            read_moment(_both(window.closes, "截止")),
            clean(window.audience),
            clean(window.note).replace("\n", " "),
            clean(window.notice),
        )
        for window in cell.windows
    )
    return CellText(windows, word)


def _both(written: str, end: str) -> str:
    if not clean(written):
        raise EditError(f"缺少{end}的日期。")
    return written


def _written(text: str, stage: str, old: CellText | None, new: CellText) -> str:
    keys = ("日程", stage)
    if old is not None and len(old.windows) == len(new.windows) > 0:
        several = isinstance(values(text)["日程"][stage], list)
        for number, (before, after) in enumerate(zip(old.windows, new.windows, strict=True)):
            place: tuple[str | int, ...] = (*keys, number) if several else keys
            for key, value in after.plain().items():
                if before.plain().get(key) != value:
                    text = put(text, (*place, key), value)
            for key in before.plain().keys() - after.plain().keys():
                text = drop(text, (*place, key))
        return text
    windows = [Inline(window.plain()) for window in new.windows]
    whole: Written = new.word or (windows[0] if len(windows) == 1 else windows)
    stages = values(text).get("日程", {})
    earlier = [name for name in stages if ORDER.get(name, 99) < ORDER[stage]]
    return put(text, keys, whole, after=earlier[-1] if earlier else None)


def _cell(value: Any) -> CellText:
    if isinstance(value, str):
        return CellText(word=value)
    parts = value if isinstance(value, list) else [value]
    return CellText(
        tuple(
            WindowText(*(str(part.get(key, "")) for key in ("开始", "截止", "对象", "说明", "公告")))
            for part in parts
            if isinstance(part, dict)
        )
    )
