"""YAML text -> values that remember file, line and column.

Scalars stay text: plain `safe_load` would turn 18:00 into 1080, 0512 into 330 and 否 aside `no` into False, and would
silently keep the last of two equal keys. What a value means is decided in `load`, where the position is still known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

import yaml
from yaml.composer import Composer
from yaml.cyaml import CParser  # type: ignore[attr-defined]  # its types do not say that it is there
from yaml.resolver import Resolver

from bot.knowledge.checks import comment_cut, key_duplicate, yaml_anchor, yaml_syntax
from bot.knowledge.problem import Problem, split_lines


@dataclass(frozen=True)
class Place:
    """Where a value stands: 1-based line and column."""

    file: str
    line: int
    column: int


class _Inside(NamedTuple):
    """How a scalar's characters map to the file: rows below `place` (a block), and characters before each row."""

    rows: int = 0
    indent: int = 0
    exact: bool = False


class Text(str):
    """A scalar, as written."""

    place: Place
    inside: _Inside
    __slots__ = ("inside", "place")

    @classmethod
    def at(cls, value: str, place: Place, inside: _Inside = _Inside()) -> Text:  # noqa: B008  a frozen value
        """A Text with its place."""
        text = cls(value)
        text.place, text.inside = place, inside
        return text

    def place_of(self, offset: int) -> Place:
        """Where the character at `offset` stands; the scalar's own place where that can't be told (folded text)."""
        if not self.inside.exact:
            return self.place
        before = self[:offset].split("\n")
        if not self.inside.rows:
            return Place(self.place.file, self.place.line, self.place.column + self.inside.indent + offset)
        line = self.place.line + self.inside.rows + len(before) - 1
        return Place(self.place.file, line, self.inside.indent + len(before[-1]) + 1)


class Mapping(dict["Text", "Value"]):
    """A mapping in file order; keys are Text."""

    place: Place


class Sequence(list["Value"]):
    """A list."""

    place: Place


Value = Text | Mapping | Sequence


class _Refused(Exception):
    """Something YAML allows and we don't: reported at once, for it can't be read on safely."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem


class _Composer(Composer):
    """Composes nodes; stops at anchors, aliases, tags and at too deep a nesting, before they cost anything."""

    file: str
    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[attr-defined]  # the parser beside it has it
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        sign = ""
        if isinstance(event, yaml.AliasEvent):
            sign = "*"
        elif getattr(event, "anchor", None) is not None:
            sign = "&"
        elif getattr(event, "tag", None) is not None:
            sign = "!"
        if sign:
            raise _Refused(yaml_anchor.found(self.file, line, column, sign))
        self.depth += 1
        if self.depth > yaml_syntax.MAX_DEPTH:
            raise _Refused(yaml_syntax.too_deep(self.file, line, column))
        node: yaml.Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node


class _Loader(_Composer, CParser, Resolver):
    """With libyaml's scanner: 0.05 s for all of the knowledge, where Python's takes 0.3 s of every start."""

    def __init__(self, content: str, file: str) -> None:
        CParser.__init__(self, content)
        Composer.__init__(self)
        Resolver.__init__(self)
        self.file = file


class _SlowLoader(_Composer, yaml.SafeLoader):
    """With Python's scanner, whose errors the messages for staff are made of."""

    def __init__(self, content: str, file: str) -> None:
        yaml.SafeLoader.__init__(self, content)
        self.file = file


def read(file: str, content: str, problems: list[Problem]) -> Value | None:
    """Parse one file.

    Args:
        file: the name used in messages.
        problems: syntax errors, duplicate keys, anchors, tags and cut-off text are added here.

    Returns:
        The root value; None when the file is empty or can't be parsed.
    """
    try:
        try:
            node = _compose(_Loader(content, file))
        except yaml.YAMLError:
            node = _compose(_SlowLoader(content, file))
    except _Refused as refused:
        problems.append(refused.problem)
        return None
    except yaml.YAMLError as error:
        problems.append(yaml_syntax.syntax(file, content, error))
        return None
    return None if node is None else _Reader(file, content, problems).value(node)


def _compose(loader: _Loader | _SlowLoader) -> yaml.Node | None:
    try:
        node: yaml.Node | None = loader.get_single_node()
        return node
    finally:
        loader.dispose()


class _Reader:
    """Nodes -> values of one file."""

    def __init__(self, file: str, content: str, problems: list[Problem]) -> None:
        self._file, self._content, self._problems = file, content, problems
        self._lines = split_lines(content)

    def value(self, node: yaml.Node) -> Value:
        if isinstance(node, yaml.ScalarNode):
            return self._text(node)
        if isinstance(node, yaml.SequenceNode):
            sequence = Sequence(self.value(child) for child in node.value)
            sequence.place = self._place(node)
            return sequence
        mapping = Mapping()
        mapping.place = self._place(node)
        for key_node, value_node in node.value:
            key = self._key(key_node)
            if key in mapping:
                first = next(known for known in mapping if known == key).place.line
                place = key.place
                self._problems.append(key_duplicate.found(self._file, place.line, place.column, key, first))
            else:
                mapping[key] = self.value(value_node)
        return mapping

    def _key(self, node: yaml.Node) -> Text:
        if isinstance(node, yaml.ScalarNode):
            return self._text(node)
        return Text.at("{…}" if isinstance(node, yaml.MappingNode) else "[…]", self._place(node))

    def _text(self, node: yaml.ScalarNode) -> Text:
        if not node.style:  # None or "": a plain one
            self._cut(node)
        return Text.at(node.value, self._place(node), self._inside(node))

    def _cut(self, node: yaml.ScalarNode) -> None:
        """Report text that a # behind a plain value would drop; `# ` with a space is meant as a comment."""
        end = node.end_mark
        rest = self._lines[end.line][end.column :] if end.line < len(self._lines) else ""
        if found := re.match(r"\s+(#[^\s#].*)", rest):
            column = end.column + found.start(1) + 1
            self._problems.append(comment_cut.found(self._file, end.line + 1, column, found[1].rstrip()))

    def _inside(self, node: yaml.ScalarNode) -> _Inside:
        first = node.start_mark.line
        if node.style == "|":
            below = (row for row in self._lines[first + 1 :] if row.strip())
            row = next(below, "")
            indent = len(row) - len(row.lstrip(" "))
            return _Inside(
                1, indent, node.value == "" or self._lines[first].rstrip().endswith(("|", "|-", "|+"))
            )
        quoted = node.style in ("'", '"')
        written = node.end_mark.column - node.start_mark.column - (2 if quoted else 0)
        return _Inside(0, int(quoted), node.end_mark.line == first and written == len(node.value))

    def _place(self, node: yaml.Node) -> Place:
        return Place(self._file, node.start_mark.line + 1, node.start_mark.column + 1)
