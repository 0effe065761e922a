"""Two people's changes of one text, joined where they have nothing to do with one another. Pure."""

from __future__ import annotations

import difflib
from dataclasses import dataclass


@dataclass(frozen=True)
class _Change:
    """Lines start..end of the base became `lines`; start == end: something new before `start`."""

    start: int
    end: int
    lines: tuple[str, ...]

    def touches(self, other: _Change) -> bool:
        """Whether both are about the same lines; new lines beside a changed one are, since their order is anybody's guess."""
        if self.start == self.end or other.start == other.end:
            return self.start <= other.end and other.start <= self.end
        return self.start < other.end and other.start < self.end


def merged(base: str | None, mine: str | None, theirs: str | None) -> str | None:
    """`base` with both changes; None where both changed the same line, or one of them took the file away or made it."""
    if base is None or mine is None or theirs is None:
        return None
    lines = base.splitlines(keepends=True)
    ours, others = _changes(lines, mine), _changes(lines, theirs)
    if any(one.touches(other) and one != other for one in ours for other in others):
        return None
    for change in sorted({*ours, *others}, key=lambda one: (one.start, one.end), reverse=True):
        lines[change.start : change.end] = change.lines
    return "".join(lines)


def _changes(base: list[str], text: str) -> list[_Change]:
    other = text.splitlines(keepends=True)
    found = difflib.SequenceMatcher(None, base, other, autojunk=False).get_opcodes()
    return [_Change(i1, i2, tuple(other[j1:j2])) for tag, i1, i2, j1, j2 in found if tag != "equal"]
