"""menu.yaml as the platform wants it for menu/create. Pure."""

from __future__ import annotations

from typing import Any

from bot.knowledge.draft import text_of
from bot.knowledge.yaml_source import Mapping, Sequence, Text, Value


def platform_menu(root: Mapping | None) -> dict[str, Any]:
    """{"button": […]} of a menu.yaml without problems; no buttons when there is no file.

    A button with 键 is a click, one with 网址 a view; one with 子菜单 has neither.
    """
    menu = root.get(Text("菜单")) if root is not None else None
    return {"button": [_button(button) for button in _listed(menu)]}


def keys(menu: dict[str, Any]) -> list[str]:
    """The keys of all click buttons, in the order of the menu."""
    leaves = (leaf for button in menu["button"] for leaf in button.get("sub_button") or [button])
    return [leaf["key"] for leaf in leaves if leaf.get("type") == "click"]


def _button(button: Mapping) -> dict[str, Any]:
    name, url = str(text_of(button, "名称") or ""), text_of(button, "网址")
    below = button.get(Text("子菜单"))
    if below is not None:
        return {"name": name, "sub_button": [_button(child) for child in _listed(below)]}
    if url is not None:
        return {"type": "view", "name": name, "url": str(url)}
    return {"type": "click", "name": name, "key": str(text_of(button, "键") or "")}


def _listed(value: Value | None) -> list[Mapping]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, Sequence) else []
