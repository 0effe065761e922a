"""缺少文件

regions.yaml、notices.yaml、words.yaml、phrases.yaml 必须有；schedules/ 和 faq/ 里至少各有一个文件。
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.knowledge.problem import Problem

ID = "file-missing"
REQUIRED = ("regions.yaml", "notices.yaml", "words.yaml", "phrases.yaml")
FOLDERS = {"schedules/": "日程", "faq/": "问答"}
_HINT = "多半是误删或改了名。把它放回来；找不到就请管服务器的同事取回上一版。"


def missing(names: Iterable[str]) -> list[Problem]:
    """One problem for each file and folder that is not there."""
    there = list(names)
    problems = [
        Problem(name, 0, 0, "错误", ID, f"缺少文件“{name}”。", _HINT)
        for name in REQUIRED
        if name not in there
    ]
    for folder, what in FOLDERS.items():
        if not any(name.startswith(folder) for name in there):
            problems.append(Problem(folder, 0, 0, "错误", ID, f"“{folder}”里一份{what}都没有。", _HINT))
    return problems
