"""Problem: one thing staff must mend, and how it is printed for them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # where YAML counts a new line; str.splitlines knows more
SHOWN = 100  # characters of the staff's own line
LEVELS = ("错误", "提醒")  # an error keeps a version from going live; a warning does not


@dataclass(frozen=True)
class Problem:
    """file: relative to the knowledge folder · line, column: 1-based, 0 = the file as a whole.

    level: one of LEVELS · check: the name of the check · text: what is wrong, in staff's words · hint: what to write.
    """

    file: str
    line: int
    column: int
    level: str
    check: str
    text: str
    hint: str = ""

    @property
    def is_error(self) -> bool:
        """Whether this keeps the folder from being loaded."""
        return self.level == "错误"

    def show(self, source_line: str = "") -> str:
        """The message as staff see it: where, what, their own line, what to write instead."""
        where = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        rows = [f"{where} {self.level} [{self.check}]", f"  {self.text}"]
        if source_line.strip():
            rows.append(f"  {self.line:>4} | {self._around(source_line.rstrip())}")
        if self.hint:
            rows.append(f"  {self.hint}")
        return "\n".join(rows)

    def _around(self, row: str) -> str:
        """At most SHOWN characters of a long line, with the place in sight."""
        start = max(0, min(self.column - 1 - SHOWN // 2, len(row) - SHOWN))
        end = start + SHOWN
        return ("…" if start else "") + row[start:end] + ("…" if end < len(row) else "")


def sort_key(problem: Problem) -> tuple[str, int, int, str]:
    """Order of a report: by file, then by place."""
    return problem.file, problem.line, problem.column, problem.check


def split_lines(content: str) -> list[str]:
    """The lines of `content` as YAML counts them; at least one."""
    return _BREAK.split(content)


def source_line(files: dict[str, bytes], problem: Problem) -> str:
    """The line that `problem` speaks of, for `Problem.show`; "" where it speaks of a file as a whole."""
    if not problem.line:
        return ""
    lines = split_lines(files.get(problem.file, b"").decode("utf-8-sig", "replace"))
    return lines[problem.line - 1] if problem.line <= len(lines) else ""
