"""How a value is written in YAML: what people typed made clean, quoted only where it must be, in a block or on one line. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060\ufeff\ufffe\uffff]")
INDENT = 2


class EditError(Exception):
    """This edit can't be made; the message is for staff."""


@dataclass(frozen=True)
class Inline:
    """A list or mapping to be written on one line: `[甲, 乙]`, `{开始: …, 截止: …}`."""

    value: Sequence[str] | Mapping[str, str]


Written = str | Inline | Sequence[Any] | Mapping[str, Any]  # strings, and lists and mappings of Written


def clean(text: str) -> str:
    """What was typed or pasted, without invisible characters, tabs, no-break spaces and spaces at line ends; "" when nothing is left."""
    text = re.sub(r"\r\n?", "\n", text).replace("\t", " ").replace("\xa0", " ").replace("\u3000", " ")
    return "\n".join(line.rstrip() for line in _INVISIBLE.sub("", text).split("\n")).strip()


def one_line(text: str, what: str) -> str:
    """`text` cleaned, for a value `what` that is one line; EditError where it is none, or several."""
    line = clean(text)
    if not line:
        raise EditError(f"“{what}”是空的。")
    if "\n" in line:
        raise EditError(f"“{what}”只能写一行。")
    return line


def listed(value: Any) -> list[str]:
    """A list, or one value as a list of it; [] for nothing."""
    return value if isinstance(value, list) else [value] if value else []


def scalar(text: str, flow: bool = False) -> str:
    """One text on one line, quoted only where YAML would read it otherwise."""
    probe = f"[甲, {text}, {{乙: {text}, 丙: 丁}}]" if flow else f"- 甲\n- {text}\n- 乙: {text}\n"
    if text and "\n" not in text:
        try:
            node = yaml.compose(probe, Loader=yaml.SafeLoader)
        except yaml.YAMLError:
            node = None
        if isinstance(node, yaml.SequenceNode) and len(node.value) == 3 and not re.match("[!&*]", text):
            plain, pairs = (
                node.value[1],
                node.value[2].value if isinstance(node.value[2], yaml.MappingNode) else [],
            )
            found = [plain, *[value for _, value in pairs[:1]]]
            if all(isinstance(n, yaml.ScalarNode) and n.style is None and n.value == text for n in found):
                return text
    return json.dumps(text, ensure_ascii=False)


def meant(value: Written) -> Any:
    """`value` as `values` reads it back."""
    if isinstance(value, Inline):
        return meant(value.value)
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, Mapping):
        return {key: meant(item) for key, item in value.items()}
    return [meant(item) for item in value]


def scalar_in_block(value: str, style: str | None, column: int) -> str:
    if "\n" in value or style in ("|", ">"):
        return "|\n" + "\n".join(" " * column + line if line else "" for line in value.split("\n"))
    return scalar(value)


def quoted(value: str, style: str | None) -> str:
    if style == "'" and "\n" not in value:
        return "'" + value.replace("'", "''") + "'"
    return json.dumps(value, ensure_ascii=False)


def block(value: Sequence[Any] | Mapping[str, Any], column: int) -> str:
    """Lines of a block list or mapping, indented to `column`."""
    pad = " " * column
    if not isinstance(value, Mapping):
        return "\n".join(f"{pad}- {block_item(item, column + INDENT)}" for item in value)
    lines = []
    for key, item in value.items():
        if isinstance(item, str):
            written = " " + scalar_in_block(item, None, column + INDENT)
        elif isinstance(item, Inline):
            written = " " + inline(item, flow=False)
        else:
            written = "\n" + block(item, column + INDENT)
        lines.append(f"{pad}{scalar(key)}:{written}")
    return "\n".join(lines)


def block_item(item: Written, column: int) -> str:
    if isinstance(item, str):
        return scalar_in_block(item, None, column)
    if isinstance(item, Inline):
        return inline(item, flow=False)
    return block(item, column).lstrip(" ")


def inline(value: Written, flow: bool) -> str:
    if isinstance(value, Inline):
        value = value.value
    if isinstance(value, str):
        return scalar(value, flow)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(k, True)}: {inline(v, True)}" for k, v in value.items()) + "}"
    return "[" + ", ".join(inline(item, True) for item in value) + "]"
