"""日期的写法

日程里的“开始”和“截止”写成 2024-02-04，或带钟点 2024-02-04 24:00（24 时就写 24:00）。只写钟点、写中文冒号、写成 2 月 4 日都不行。

    坏：  截止: 18:00        好：  截止: 2024-02-04 18:00
"""

from __future__ import annotations

import re

from bot.knowledge.draft import Draft, map_of, text_of
from bot.knowledge.yaml_source import Mapping, Sequence, Text, Value
from bot.schedule.deadlines import Moment

ID = "window-date"
SAME = "同 "
SILENCES = ("未提及", "未公布")
KEYS = ("开始", "截止", "对象", "说明", "公告")


def check(draft: Draft) -> None:
    """Every value of every schedule, and the days of the notices."""
    for _path, root in draft.schedules():
        stages = map_of(root, "日程")
        for stage, value in stages.items():
            _cell(draft, stage, value, stages)
        year = text_of(root, "年度")
        if year is not None and not re.fullmatch(r"20\d\d", year):
            draft.problem(year.place, ID, f"年度“{year}”读不懂。", "写四位数字，例如 2024。")
    for value in draft.section("notices.yaml", "公告").values():
        if isinstance(value, Mapping):
            for key in ("发布", "转载", "核实"):
                if (day := text_of(value, key)) is not None:
                    _moment(draft, day, key)


def _cell(draft: Draft, stage: Text, value: Value, stages: Mapping) -> None:
    if isinstance(value, Text):
        if value in SILENCES:
            return
        if value.startswith(SAME):
            other = value[len(SAME) :].strip()
            if other == stage or not isinstance(stages.get(Text(other)), Mapping | Sequence):
                draft.problem(
                    value.place, ID, f"“{value}”指的“{other}”在这个文件里没有时间。", "写一个有时间的环节名。"
                )
            return
        draft.problem(
            value.place, ID, f"环节“{stage}”的“{value}”读不懂。",
            "写 {开始: 2024-01-22, 截止: 2024-02-04 24:00}，或“未提及”“未公布”“同 网上报名”。",
        )  # fmt: skip
        return
    for window in value if isinstance(value, Sequence) else [value]:
        if not isinstance(window, Mapping):
            draft.problem(window.place, ID, f"环节“{stage}”这里要写 {{开始: …, 截止: …}}。")
            continue
        for key in window:
            if key not in KEYS:
                draft.problem(
                    key.place, ID, f"环节“{stage}”里不认识“{key}”。", f"可用的键：{'、'.join(KEYS)}。"
                )
        for end in ("开始", "截止"):
            written = text_of(window, end)
            if written is None:
                draft.problem(
                    window.place, ID, f"环节“{stage}”缺少“{end}”。", "公告没写就整个环节写“未提及”。"
                )
            else:
                _moment(draft, written, f"环节“{stage}”的{end}")


def _moment(draft: Draft, written: Text, name: str) -> None:
    try:
        Moment.parse(written)
    except ValueError as error:
        hint = f"{error}。"
        if re.fullmatch(r"\d{1,2}[:：]\d{2}", written):
            hint = f"只写了钟点，缺日期。写成 2024-02-04 {written.replace('：', ':')}。"
        elif "：" in written or "　" in written:
            hint = "用了中文的冒号或空格，改成英文的：2024-02-04 24:00。"
        draft.problem(written.place, ID, f"{name}“{written}”不是日期。", hint)
