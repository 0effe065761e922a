"""空格（花括号）的名字

答案里可以写 {网上报名}（整段时间）、{网上报名.开始}、{网上报名.截止}、{考点}，其他名字程序不认识。{环节} 要在该公告的日程里有时间。

    坏：  {报名时间}        好：  {网上报名}
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.knowledge.draft import Draft, map_of, text_of
from bot.knowledge.yaml_source import Mapping, Text
from bot.schedule.stages import ORDER

ID = "blank-unknown"
BLANK = re.compile(r"\{([^{}]*)\}")
ENDS = ("开始", "截止")


def bodies(draft: Draft) -> Iterator[tuple[Text, str, Mapping, Text]]:
    """(entry, region, answer, text) of every text an answer may show."""
    for entry, value in draft.section("faq/", "问答").items():
        if not isinstance(value, Mapping):
            continue
        for region, answer in map_of(value, "答案").items():
            if isinstance(answer, Mapping):
                texts = [text_of(answer, "正文"), *map_of(answer, "对象").values()]
                yield from ((entry, region, answer, text) for text in texts if isinstance(text, Text))


def check(draft: Draft) -> None:
    """Every {…} of every answer, and lone braces."""
    dated = {str(text_of(root, "公告")): set(map_of(root, "日程")) for _path, root in draft.schedules()}
    for entry, _region, answer, text in bodies(draft):
        for found in BLANK.finditer(text):
            stage, _, end = found[1].partition(".")
            where = f"问答“{entry}”里的“{{{found[1]}}}”"
            if found[1] == "考点":
                continue
            if stage not in ORDER or (end and end not in ENDS):
                draft.problem(
                    text.place,
                    ID,
                    f"{where}不认识。",
                    "可用：{考点}，{环节名}，{环节名.开始}，{环节名.截止}，例如 {网上报名.截止}。",
                )
            elif stage not in dated.get(str(text_of(answer, "公告")), ()):
                draft.problem(
                    text.place,
                    ID,
                    f"{where}在它的公告的日程里没有时间。",
                    "先在 schedules/ 里写上，或去掉它。",
                )
        if BLANK.sub("", text).count("{") or BLANK.sub("", text).count("}"):
            draft.problem(text.place, ID, f"问答“{entry}”的花括号不成对。", "一个 { 配一个 }。")
