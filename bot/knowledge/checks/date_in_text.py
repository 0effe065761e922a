"""正文里不能写日期

日期只在日程里写一次，正文里写 {环节名}。写在正文里的日期会过期，改日程时也改不到它。

    坏：  2 月 4 日前完成        好：  {网上报名.截止} 前完成
"""

from __future__ import annotations

import re

from bot.knowledge.checks.blank_unknown import bodies
from bot.knowledge.draft import Draft
from bot.knowledge.yaml_source import Text

ID = "date-in-text"
_DATE = re.compile(
    r"\d{1,2}\s*月\s*\d{1,2}\s*[日号]|\d{4}-\d{1,2}-\d{1,2}|(?<![\d.])\d{1,2}[:：]\d{2}(?!\d)|\d{1,2}\s*时(?!间)"
)


def check(draft: Draft) -> None:
    """Answers and phrases."""
    for entry, _region, _answer, text in bodies(draft):
        if found := _DATE.search(text):
            draft.problem(
                text.place,
                ID,
                f"问答“{entry}”的正文里写了日期“{found[0]}”。",
                "日期写进 schedules/，正文里用 {环节名}。",
            )
    for name, value in draft.section("phrases.yaml", "话术").items():
        if isinstance(value, Text) and (found := _DATE.search(value)):
            draft.problem(value.place, ID, f"话术“{name}”里写了日期“{found[0]}”。", "话术里不能有日期。")
