"""正文里不能写日期

日期只在日程里写一次，正文里写 {环节名}。写在正文、话术、日程“说明”里的日期会过期，改日程时也改不到它。

    坏：  2 月 4 日前完成        好：  {网上报名.截止} 前完成
"""

from __future__ import annotations

import re

from bot.knowledge.checks.blank_unknown import bodies
from bot.knowledge.draft import Draft, map_of, text_of
from bot.knowledge.yaml_source import Mapping, Sequence, Text

ID = "date-in-text"
_NUMBER = r"(?:[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})"
_DATE = re.compile(
    rf"{_NUMBER}\s*月(?:份|底|初|上旬|中旬|下旬|\s*{_NUMBER}\s*[日号]?(?:\s*[0-9]{{1,2}}\s*[时点])?)"
    r"|[0-9]{4}\s*[-/.年]\s*[0-9]{1,2}(?:[-/.月]\s*[0-9]{1,2}\s*日?)?"
    r"|(?<![0-9.])[0-9]{1,2}[:：][0-9]{2}(?![0-9])|[0-9]{1,2}\s*(?:时(?!间)|点(?:钟|半|前|整))"
)


def check(draft: Draft) -> None:
    """Answers, questions as options show them, notes of schedules, and phrases."""
    for entry, _region, _answer, text in bodies(draft):
        _look(
            draft,
            text,
            f"问答“{entry}”的正文",
            "日期写进 schedules/，正文里写 {环节名}，例如 {网上报名.截止}。",
        )
    for entry, value in draft.section("faq/", "问答").items():
        if isinstance(value, Mapping) and (question := text_of(value, "问题")) is not None:
            _look(draft, question, f"问答“{entry}”的问题", "问题会显示成选项，不要写日期。")
    for _path, root in draft.schedules():
        for stage, value in map_of(root, "日程").items():
            for window in value if isinstance(value, Sequence) else [value]:
                if isinstance(window, Mapping) and (note := text_of(window, "说明")) is not None:
                    _look(draft, note, f"环节“{stage}”的说明", "日期写在“开始”“截止”里。")
    for name, value in draft.section("phrases.yaml", "话术").items():
        if isinstance(value, Text):
            _look(draft, value, f"话术“{name}”", "话术里不能有日期。")


def _look(draft: Draft, text: Text, where: str, hint: str) -> None:
    for found in _DATE.finditer(text):
        draft.problem(text.place_of(found.start()), ID, f"{where}里写了日期“{found[0].strip()}”。", hint)
