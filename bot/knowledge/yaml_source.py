"""YAML text -> values that remember file, line and column.

Scalars stay text: plain `safe_load` would turn 18:00 into 1080, 0512 into 330 and 否 aside `no` into False, and would
silently keep the last of two equal keys. What a value means is decided in `load`, where the position is still known.
"""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from bot.knowledge.problem import Problem

MAX_FILE_BYTES = 2_000_000  # a knowledge file is a few kB; anything near this was dropped here by mistake


@dataclass(frozen=True)
class Place:
    """Where a value stands: 1-based line and column."""

    file: str
    line: int
    column: int


class Text(str):
    """A scalar, as written."""

    place: Place
    __slots__ = ("place",)

    @classmethod
    def at(cls, value: str, place: Place) -> Text:
        """A Text with its place."""
        text = cls(value)
        text.place = place
        return text


class Mapping(dict["Text", "Value"]):
    """A mapping in file order; keys are Text."""

    place: Place


class Sequence(list["Value"]):
    """A list."""

    place: Place


Value = Text | Mapping | Sequence


def read(file: str, content: str, problems: list[Problem]) -> Value | None:
    """Parse one file.

    Args:
        file: the name used in messages.
        problems: syntax errors, duplicate keys, anchors and tags are added here.

    Returns:
        The root value; None when the file is empty or can't be parsed.
    """
    try:
        node = yaml.compose(content, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problems.append(
            Problem(
                file, mark.line + 1 if mark else 0, mark.column + 1 if mark else 0, "错误", "yaml-syntax",
                f"这一行的 YAML 写法读不懂（{_in_chinese(error.problem or '')}）。",
                "看看冒号后面有没有空格、引号和括号是不是成对、缩进是不是用空格对齐。",
            )
        )  # fmt: skip
        return None
    except (yaml.YAMLError, RecursionError) as error:
        problems.append(
            Problem(
                file,
                0,
                0,
                "错误",
                "yaml-syntax",
                f"文件读不懂：{error}",
                "文件要存成 UTF-8，不能有控制字符。",
            )
        )
        return None
    return None if node is None else _value(node, file, problems, 0)


def _in_chinese(problem: str) -> str:
    known = {
        "mapping values are not allowed here": "这里不该有冒号，可能上一行没写完，或句子里的冒号要整句加引号",
        "could not find expected ':'": "少了冒号，或上一行的引号没有收尾",
        "found character '\\t' that cannot start any token": "用了 Tab 键，请改成空格",
        "expected <block end>, but found": "缩进没有对齐",
        "found unexpected end of stream": "文件没写完，引号或括号没有收尾",
    }
    return next((chinese for english, chinese in known.items() if english in problem), problem)


def _value(node: yaml.Node, file: str, problems: list[Problem], depth: int) -> Value:
    place = Place(file, node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.ScalarNode):
        return Text.at(node.value, place)
    if isinstance(node, yaml.SequenceNode):
        sequence = Sequence(_value(child, file, problems, depth + 1) for child in node.value)
        sequence.place = place
        return sequence
    mapping = Mapping()
    mapping.place = place
    for key_node, value_node in node.value:
        key_place = Place(file, key_node.start_mark.line + 1, key_node.start_mark.column + 1)
        key = Text.at(key_node.value if isinstance(key_node, yaml.ScalarNode) else "", key_place)
        if key in mapping:
            problems.append(
                Problem(
                    file, key_place.line, key_place.column, "错误", "key-duplicate",
                    f"“{key}”在这里写了两次。", "删掉一个，或者改成不同的名字。",
                )
            )  # fmt: skip
            continue
        mapping[key] = _value(value_node, file, problems, depth + 1)
    return mapping
