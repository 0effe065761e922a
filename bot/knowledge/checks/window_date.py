"""日期的写法

日程里的“开始”和“截止”写成 2024-02-04，或带钟点 2024-02-04 24:00（24 时就写 24:00）。只写钟点、写中文冒号、写成 2 月 4 日都不行。

    坏：  截止: 18:00        好：  截止: 2024-02-04 18:00
"""

from __future__ import annotations

import re

from bot.knowledge.checks.value_type import slip
from bot.knowledge.draft import Draft, map_of, text_of
from bot.knowledge.yaml_source import Mapping, Sequence, Text, Value
from bot.schedule.deadlines import Moment

ID = "window-date"
SAME = "同 "
SILENCES = ("未提及", "未公布")
KEYS = ("开始", "截止", "对象", "说明", "公告")


def check(draft: Draft) -> None:
    """Every value of every schedule, and the days of the notices and entries."""
    for _path, root in draft.schedules():
        stages = map_of(root, "日程")
        for stage, value in stages.items():
            _cell(draft, stage, value, stages)
    for value in draft.section("notices.yaml", "公告").values():
        if isinstance(value, Mapping):
            for key in ("发布", "转载", "核实"):
                _day(draft, text_of(value, key), f"“{key}”写的")
    for value in draft.section("faq/", "问答").values():
        if isinstance(value, Mapping):
            for key in ("从", "到"):
                _day(draft, text_of(map_of(value, "有效"), key), f"“{key}”写的")


def _cell(draft: Draft, stage: Text, value: Value, stages: Mapping) -> None:
    if isinstance(value, Text):
        _words(draft, stage, value, stages)
        return
    if not value:
        draft.problem(value.place, ID, f"环节“{stage}”的括号里是空的。", "公告没写时间，就写 未提及。")
    for window in value if isinstance(value, Sequence) else [value]:
        if not isinstance(window, Mapping):
            draft.problem(
                window.place,
                ID,
                f"环节“{stage}”这里要写成 {{开始: …, 截止: …}}。",
                "几段时间分几行写，每行一个“- {…}”。",
            )
        elif window:
            _window(draft, stage, window)


def _words(draft: Draft, stage: Text, value: Text, stages: Mapping) -> None:
    """A cell without windows of its own: silence, or the same as another stage."""
    if value in SILENCES:
        return
    other = re.match(r"同(\s*)(\S+)(?: (\S+))?$", value)
    if other and other[1] == " ":
        if other[2] == stage or not isinstance(stages.get(Text(other[2])), Mapping | Sequence):
            draft.problem(
                value.place,
                ID,
                f"“{value}”指的“{other[2]}”在这个文件里没有时间。",
                "换成一个写了时间的环节。",
            )
    elif other:
        draft.problem(
            value.place, ID, f"环节“{stage}”的“{value}”读不懂。", f"“同”后面空一格：同 {other[2]}。"
        )
    else:
        text = f"环节“{stage}”的“{value}”读不懂。" if value else f"环节“{stage}”后面是空的。"
        hint = "写 {开始: 2024-01-22, 截止: 2024-02-04 24:00}，或 未提及、未公布、同 网上报名。"
        draft.problem(value.place, ID, text, hint)


def _window(draft: Draft, stage: Text, window: Mapping) -> None:
    meant: set[str] = set()
    for key, item in window.items():
        if key not in KEYS:
            hint, guess = slip(key, KEYS)
            meant.add(guess)
            draft.problem(key.place, ID, f"环节“{stage}”里不认识“{key}”。", hint)
        elif not isinstance(item, Text) or not item.strip():
            draft.problem(
                item.place,
                ID,
                f"环节“{stage}”的“{key}”要写成一段文字。",
                "写上内容，不要加括号；不用的就删掉。",
            )
    for end in ("开始", "截止"):
        if end not in window and end not in meant:
            draft.problem(
                window.place, ID, f"环节“{stage}”缺少“{end}”。",
                f"补上“{end}: 2024-02-04”；公告没写时间，就整个环节写 未提及。",
            )  # fmt: skip
        elif written := text_of(window, end):
            _moment(draft, written, f"环节“{stage}”的{end}")


def _day(draft: Draft, written: Text | None, name: str) -> None:
    """A day without an hour, where there is one."""
    if written and _moment(draft, written, name) and Moment.parse(written).minute is not None:
        draft.problem(written.place, ID, f"{name}“{written}”不用写钟点。", f"只写 {written.split()[0]}。")


def _moment(draft: Draft, written: Text, name: str) -> bool:
    """Whether `written` is a moment; reported where not."""
    try:
        Moment.parse(written)
    except ValueError as error:
        hint = f"{error}。"
        if re.fullmatch(r"\d{1,2}[:：]\d{2}", written):
            hint = f"只写了钟点，缺日期。写成 2024-02-04 {written.replace('：', ':')}。"
        elif re.search("[：　－—]", written):
            hint = "用了中文的符号，改成英文的：2024-02-04 24:00。"
        draft.problem(written.place, ID, f"{name}“{written}”不是日期。", hint)
        return False
    return True
