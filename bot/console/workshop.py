"""The draft that somebody works on: which one it is, what it shows, what the lint says of it and where."""

from __future__ import annotations

import difflib
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import session

from bot.console.parts import Console, who
from bot.editing.proposals import Edit, Proposal
from bot.knowledge import yaml_source
from bot.knowledge.load import build, parse, version_of
from bot.knowledge.problem import Problem, split_lines

_DRAFT = "draft"
_KEPT = 6


@dataclass(frozen=True)
class Row:
    """One line of two texts side by side; "" and number 0 where one has none. kind: "same" "changed" "gone" "new" "skip"."""

    kind: str
    left: str = ""
    right: str = ""
    left_number: int = 0
    right_number: int = 0


class Workshop:
    """One a process; whose draft it is comes from the session of the request."""

    def __init__(self, console: Console) -> None:
        self._console, self._desk = console, console.desk
        self._problems: OrderedDict[str, tuple[Problem, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def draft(self) -> Proposal | None:
        """The draft in hand; None: there is none, or somebody published it or threw it away."""
        return self._desk.proposals.get(str(session.get(_DRAFT, "")))

    def take(self, draft: Proposal | None) -> None:
        """Work on this one from now on; None: on none."""
        session[_DRAFT] = draft.id if draft else ""

    def files(self) -> dict[str, bytes]:
        """What the draft in hand shows, or what is live."""
        draft = self.draft()
        return self._desk.files_of(draft) if draft else self._desk.files()

    def edit(self, edit: Edit, title: str) -> Proposal:
        """Make one edit in the draft in hand, or in a new one of that title.

        Raises:
            EditError: it can't be made; a draft opened for it is gone again.
        """
        draft = self.draft()
        opened = draft is None
        if draft is None:
            draft = self._desk.open(who(), title)
        try:
            changed = self._desk.edit(draft.id, edit)
        except Exception:
            if opened:
                self._desk.proposals.drop(draft.id)
            raise
        self.take(changed)
        self._console.record("改草稿", title, f"草稿：{changed.title}")
        return changed

    def open(self, title: str) -> Proposal:
        """The draft in hand, or a new one of that title."""
        draft = self.draft()
        if draft is None:
            draft = self._desk.open(who(), title)
            self.take(draft)
        return draft

    def problems(self, files: Mapping[str, bytes]) -> tuple[Problem, ...]:
        """What the checks say of a folder's content; 0.8 s the first time."""
        content = version_of(dict(files))
        with self._lock:
            if content in self._problems:
                return self._problems[content]
            found = tuple(build(dict(files))[1])
            self._problems[content] = found
            while len(self._problems) > _KEPT:
                self._problems.popitem(last=False)
            return found

    def at_fields(self, files: Mapping[str, bytes], path: str, keys: tuple[str, ...]) -> dict[str, list[str]]:
        """Problems of what stands under `keys` in a file: key below it -> messages; "" for those at no key of it."""
        root: yaml_source.Value | None = parse({path: files.get(path, b"")}).files.get(path)
        places: list[tuple[int, str]] = []
        end = 10**9
        for key in keys:
            if not isinstance(root, yaml_source.Mapping):
                return {}
            names = list(root)
            if key not in names:
                return {}
            number = names.index(yaml_source.Text(key))
            if number + 1 < len(names):
                end = names[number + 1].place.line
            begin, root = names[number].place.line, root[yaml_source.Text(key)]
        if isinstance(root, yaml_source.Mapping):
            places = [(key.place.line, str(key)) for key in root]
        found: dict[str, list[str]] = {}
        for problem in self.problems(files):
            if problem.file == path and begin <= problem.line < end:
                field = next((name for line, name in reversed(places) if line <= problem.line), "")
                found.setdefault(field, []).append(say(problem))
        return found


def say(problem: Problem) -> str:
    """What is wrong and what to write, without the place: it stands at the field."""
    return " ".join(filter(None, (problem.text, problem.hint)))


def snippet(text: str, keys: tuple[str, ...], path: str) -> tuple[int, str]:
    """The lines of a file that stand under `keys`, and the number of the first; (0, "") when they are not there."""
    root: yaml_source.Value | None = parse({path: text.encode("utf-8", "surrogateescape")}).files.get(path)
    lines = split_lines(text)
    begin, end = 1, len(lines) + 1
    for key in keys:
        if not isinstance(root, yaml_source.Mapping) or key not in root:
            return 0, ""
        names = list(root)
        number = names.index(yaml_source.Text(key))
        begin = names[number].place.line
        if number + 1 < len(names):
            end = names[number + 1].place.line
        root = root[yaml_source.Text(key)]
    return begin, "\n".join(lines[begin - 1 : end - 1]).rstrip()


def side_by_side(left: str, right: str, around: int = 3) -> list[Row]:
    """Two texts line by line, with `around` equal lines about each change and a "skip" for the rest."""
    a, b = left.splitlines(), right.splitlines()
    rows: list[Row] = []
    for group in difflib.SequenceMatcher(None, a, b, autojunk=False).get_grouped_opcodes(around):
        if rows or group[0][1] or group[0][3]:
            rows.append(Row("skip"))
        for tag, a_from, a_to, b_from, b_to in group:
            rows += _rows(tag, a[a_from:a_to], b[b_from:b_to], a_from, b_from)
    return rows


def _rows(tag: str, a: list[str], b: list[str], a_from: int, b_from: int) -> Iterable[Row]:
    for number in range(max(len(a), len(b))):
        left, right = number < len(a), number < len(b)
        kind = "same" if tag == "equal" else "changed" if left and right else "gone" if left else "new"
        yield Row(
            kind,
            a[number] if left else "",
            b[number] if right else "",
            a_from + number + 1 if left else 0,
            b_from + number + 1 if right else 0,
        )
