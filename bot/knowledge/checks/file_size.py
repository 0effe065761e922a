"""文件太大

一个知识文件一般只有几 KB。超过 500 KB 的多半是放错了文件，不读。
"""

from __future__ import annotations

from bot.knowledge.problem import Problem

ID = "file-size"
MAX_BYTES = 500_000  # YAML is read at some 0.4 MB a second; anything near this was dropped here by mistake


def found(file: str, size: int) -> Problem:
    """`file` holds `size` bytes, more than MAX_BYTES."""
    return Problem(
        file,
        0,
        0,
        "错误",
        ID,
        f"文件有 {size // 1000} KB，太大了，不像知识文件。",
        f"拆成几个小文件，每个不超过 {MAX_BYTES // 1000} KB。",
    )
