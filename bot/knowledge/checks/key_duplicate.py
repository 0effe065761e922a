"""同一个键写了两次

一个文件的同一层里，每个键只能写一次；写两次时不知道该听哪个。

    坏：  技能缴费: 未提及        好：  只留一行
          技能缴费: {…}
"""

from __future__ import annotations

from bot.knowledge.problem import Problem

ID = "key-duplicate"


def found(file: str, line: int, column: int, key: str, first_line: int) -> Problem:
    """`key` stands here and already at `first_line`."""
    return Problem(
        file,
        line,
        column,
        "错误",
        ID,
        f"“{key}”写了两次，第 {first_line} 行已经有了。",
        "删掉一个，或者改成不同的名字。",
    )
