"""不能用 & * ! 记号

YAML 里 &名字 和 *名字 表示“和别处一样”，! 表示类型。这里都不用：每个值写全，看到哪里就改哪里。文字要以这些符号开头，就整句加英文引号。

    坏：  一试缴费: *缴费        好：  一试缴费: 同 技能缴费
"""

from __future__ import annotations

from bot.knowledge.problem import Problem

ID = "yaml-anchor"


def found(file: str, line: int, column: int, sign: str) -> Problem:
    """An anchor (&), an alias (*) or a tag (!) at this place; aliases of aliases would also grow without end."""
    return Problem(
        file, line, column, "错误", ID, f"这里用了 {sign} 记号，知识文件里不用它。",
        "把内容写全；文字本来就以这个符号开头的，整句加上英文引号。",
    )  # fmt: skip
