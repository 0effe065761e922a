"""YAML changed in one place: only the characters of that value are replaced, every other byte of the file stays as it was.

Comments, order, quotes, line breaks inside `[…]` and blank lines are kept because they are never written anew. (A round trip through
ruamel.yaml keeps most of that, but re-wraps the long lists of words.yaml.) Every edit is read back: the file must then hold what it held
before, but for the value that was meant, or EditError is raised.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml

from bot.editing.written import (
    INDENT,
    EditError,
    Inline,
    Written,
    block,
    block_item,
    inline,
    meant,
    quoted,
    scalar,
    scalar_in_block,
)

# libyaml, where the wheel has it, is ten times as fast; its marks and styles differ, so it only says what a file holds.
_FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


Keys = tuple[str | int, ...]


def values(text: str) -> Any:
    """The file as plain dicts, lists and strings; "" for what is empty. Raises EditError where it can't be read."""
    return _plain(_compose(text, _FAST))


def put(text: str, keys: Keys, value: Written, after: str | None = None) -> str:
    """`text` with `value` under `keys`, replaced or added.

    Args:
        keys: from the root, e.g. ("问答", "退费", "答案", "四川", "正文"); numbers are places in lists. All but the last must be there.
        after: where a new key goes: behind this one; None or absent: at the end of its mapping.
    """
    crlf = "\r\n" in text
    text = text.replace("\r\n", "\n")
    parent, last = _at(_compose(text), keys[:-1]), keys[-1]
    if parent is None:
        raise EditError(f"文件里没有“{'、'.join(map(str, keys[:-1]))}”。")
    old = _child(parent, last)
    if old is not None:
        changed = _replace(text, parent, old, value)
    elif isinstance(parent, yaml.MappingNode) and isinstance(last, str):
        changed = _add_key(text, parent, last, value, after)
    else:
        raise EditError(f"文件里没有“{'、'.join(map(str, keys))}”。")
    wanted = values(text)
    _reach(wanted, keys[:-1])[last] = meant(value)
    return _checked(changed, wanted, crlf)


def append(text: str, keys: Keys, item: Written) -> str:
    """`text` with one more item at the end of the list at `keys`; a lone text there becomes a list of two."""
    crlf = "\r\n" in text
    text = text.replace("\r\n", "\n")
    node = _at(_compose(text), keys)
    wanted = values(text)
    if isinstance(node, yaml.ScalarNode):
        both = [part for part in (node.value, item) if part]
        return put(text.replace("\n", "\r\n") if crlf else text, keys, both)
    if not isinstance(node, yaml.SequenceNode):
        raise EditError(f"“{keys[-1]}”不是一个列表。")
    if node.flow_style:
        written = inline(item, flow=True)
        at = _end(text, node.value[-1]) if node.value else node.start_mark.index + 1
        changed = text[:at] + (", " if node.value else "") + written + text[at:]
    else:
        at = _line_end(text, _end(text, node.value[-1]))
        column = node.start_mark.column
        changed = text[:at] + "\n" + " " * column + "- " + block_item(item, column + INDENT) + text[at:]
    _reach(wanted, keys).append(meant(item))
    return _checked(changed, wanted, crlf)


def drop(text: str, keys: Keys) -> str:
    """`text` without the key or list item at `keys`; comments above it stay."""
    crlf = "\r\n" in text
    text = text.replace("\r\n", "\n")
    parent, last = _at(_compose(text), keys[:-1]), keys[-1]
    if parent is None or _child(parent, last) is None:
        raise EditError(f"文件里没有“{'、'.join(map(str, keys))}”。")
    children = _spans(text, parent)
    names = (
        [pair[0].value for pair in parent.value]
        if isinstance(parent, yaml.MappingNode)
        else range(len(children))
    )
    number = list(names).index(last)
    if len(children) == 1:
        raise EditError(f"“{last}”是“{keys[-2] if len(keys) > 1 else '文件'}”里的最后一项，不能删。")
    start, end = children[number]
    if _is_flow(parent):
        start, end = (start, children[1][0]) if number == 0 else (children[number - 1][1], end)
    else:
        start, end = text.rfind("\n", 0, start) + 1, _line_end(text, end) + 1
    wanted = values(text)
    del _reach(wanted, keys[:-1])[last]
    return _checked(text[:start] + text[end:], wanted, crlf)


def key_at(text: str, root: str, line: int) -> str:
    """The key of the mapping under `root` to which a line (1-based) belongs; "" where there is none."""
    found = ""
    node = _child(_compose(text), root)
    for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
        if key.start_mark.line < line:
            found = str(key.value)
    return found


def _compose(text: str, loader: Any = yaml.SafeLoader) -> yaml.Node | None:
    try:
        node: yaml.Node | None = yaml.compose(text, Loader=loader)
    except yaml.YAMLError as error:
        raise EditError(f"这个文件本身有错，先改好再编辑：{error}") from None
    return node


def _plain(node: yaml.Node | None) -> Any:
    if node is None:
        return ""
    if isinstance(node, yaml.MappingNode):
        return {key.value: _plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    return str(node.value).strip()


def _at(node: yaml.Node | None, keys: Keys) -> yaml.Node | None:
    for key in keys:
        node = _child(node, key)
    return node


def _child(node: yaml.Node | None, key: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode) and isinstance(key, str):
        return next((value for name, value in node.value if name.value == key), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and 0 <= key < len(node.value):
        found: yaml.Node = node.value[key]
        return found
    return None


def reach(plain: Any, keys: Sequence[str]) -> Any:
    """What of a file's `values` stands under `keys`; None where nothing does."""
    for key in keys:
        plain = plain.get(key) if isinstance(plain, dict) else None
    return plain


def _reach(plain: Any, keys: Keys) -> Any:
    for key in keys:
        plain = plain[key]
    return plain


def _spans(text: str, node: yaml.Node) -> list[tuple[int, int]]:
    """Where each item or pair of a collection starts and ends."""
    if isinstance(node, yaml.MappingNode):
        return [(key.start_mark.index, _end(text, value)) for key, value in node.value]
    return [(item.start_mark.index, _end(text, item)) for item in node.value]


def _end(text: str, node: yaml.Node) -> int:
    """Where a value's own characters end; PyYAML's mark for blocks lies behind the comments that follow."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(text, last[1] if isinstance(last, tuple) else last)
    start, end = int(node.start_mark.index), int(node.end_mark.index)
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        return start + len(text[start:end].rstrip())
    return end


def _line_end(text: str, index: int) -> int:
    """The line break at or after `index`, or the end of the file."""
    found = text.find("\n", index)
    return len(text.rstrip("\n")) if found < 0 else found


def _replace(text: str, parent: yaml.Node, old: yaml.Node, value: Written) -> str:
    start, end = int(old.start_mark.index), _end(text, old)
    in_flow = _is_flow(parent)
    style = old.style if isinstance(old, yaml.ScalarNode) else None
    rest = text[end : _line_end(text, end)].strip()  # a comment, the end of a list
    if isinstance(value, str) and (style in ("'", '"') or (rest and "\n" in value)):
        written = quoted(value, style)
    elif in_flow or isinstance(value, Inline):
        written = inline(value, in_flow)
    elif isinstance(value, str):
        written = scalar_in_block(value, style, _column(parent) + INDENT)
    else:
        column = _column(parent) + INDENT
        written = "\n" + block(value, column)
        head = text[:start].rstrip(" \n")
        return head + written + text[end:]
    if text[:start].endswith(":"):  # an empty value stands right behind its colon
        written = " " + written
    if isinstance(old, yaml.CollectionNode) and not _is_flow(
        old
    ):  # a block that becomes one line moves up behind its colon
        return text[:start].rstrip(" \n") + " " + written + text[end:]
    return text[:start] + written + text[end:]


def _is_flow(node: yaml.Node | None) -> bool:
    return isinstance(node, yaml.CollectionNode) and bool(node.flow_style)


def _column(node: yaml.Node) -> int:
    return int(node.start_mark.column)


def _add_key(text: str, parent: yaml.MappingNode, key: str, value: Written, after: str | None) -> str:
    if not parent.value:
        raise EditError("这里是空的，请直接在 YAML 里写。")
    neighbour = next((pair for pair in parent.value if pair[0].value == after), parent.value[-1])
    end = _end(text, neighbour[1])
    if _is_flow(parent):
        return f"{text[:end]}, {scalar(key, flow=True)}: {inline(value, flow=True)}{text[end:]}"
    at = _line_end(text, end)
    return text[:at] + "\n" + block({key: value}, _column(parent)) + text[at:]


def _checked(changed: str, wanted: Any, crlf: bool) -> str:
    """`changed`, once it reads as what was wanted."""
    try:
        fine = _plain(_compose(changed)) == wanted
    except EditError:
        fine = False
    if not fine:
        raise EditError("这里的写法比较特别，不能自动改，请直接在 YAML 里改。")
    return changed.replace("\n", "\r\n") if crlf else changed
