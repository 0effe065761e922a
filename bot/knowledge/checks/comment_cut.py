"""井号后面的字被丢掉

空格加井号（ #）后面的字是注释，机器人看不到。真是注释，就在 # 后面空一格；是正文的一部分，就整句加英文引号。

    坏：  正文: 请到 #3 号窗口        好：  正文: "请到 #3 号窗口"
"""

from __future__ import annotations

from bot.knowledge.problem import Problem

ID = "comment-cut"


def found(file: str, line: int, column: int, lost: str) -> Problem:
    """`lost` stands behind a value and would be dropped."""
    return Problem(
        file, line, column, "错误", ID, f"“{lost}”会被当成注释丢掉。",
        "是正文，就整句加上英文引号；是注释，就在 # 后面空一格。",
    )  # fmt: skip
