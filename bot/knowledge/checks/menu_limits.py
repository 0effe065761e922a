"""公众号菜单的限制

一级菜单最多 3 个，每个最多 5 个子菜单；一级名称最多 16 字节（5 个汉字），子菜单最多 60 字节；键最多 128 字节且不能重复；每个菜单要么有子菜单，要么有“键”和“发送”，要么有“网址”（最多 1024 字节）。
"""

from __future__ import annotations

from bot.knowledge.draft import Draft, text_of
from bot.knowledge.yaml_source import Mapping, Sequence, Text, Value

ID = "menu-limits"
_KEYS = ("名称", "键", "发送", "网址", "子菜单")


def check(draft: Draft) -> None:
    """Limits of the platform's menu (menu/create), checked before anybody pushes one."""
    root = draft.files.get("menu.yaml")
    if root is None or (menu := root.get(Text("菜单"))) is None:
        return
    seen: set[str] = set()
    for button in _buttons(draft, menu, 3, "一级菜单"):
        _name(draft, button, 16)
        below = button.get(Text("子菜单"))
        if below is None:
            _action(draft, button, seen)
        else:
            for child in _buttons(draft, below, 5, "子菜单"):
                _name(draft, child, 60)
                _action(draft, child, seen)


def _buttons(draft: Draft, value: Value, most: int, what: str) -> list[Mapping]:
    if not isinstance(value, Sequence) or not all(isinstance(item, Mapping) for item in value):
        draft.problem(
            value.place, ID, f"{what}要写成一串“- 名称: …”。", "每个菜单一行，以“- ”开头，照着别的菜单写。"
        )
    elif not value:
        draft.problem(value.place, ID, f"{what}是空的。", "至少写一个，或删掉这个键。")
    elif len(value) > most:
        draft.problem(value.place, ID, f"{what}有 {len(value)} 个，平台最多 {most} 个。", "删掉几个。")
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, Sequence) else []


def _name(draft: Draft, button: Mapping, most: int) -> None:
    for key in button:
        if key not in _KEYS:
            draft.problem(key.place, ID, f"菜单里不认识“{key}”。", f"可以写：{'、'.join(_KEYS)}。")
    name = text_of(button, "名称")
    if not name:
        draft.problem(button.place, ID, "菜单缺少“名称”。", "加上“名称: …”。")
    elif len(name.encode()) > most:
        draft.problem(
            name.place,
            ID,
            f"菜单名称“{name}”有 {len(name.encode())} 字节，最多 {most} 字节（{most // 3} 个汉字）。",
            "改短。",
        )


def _action(draft: Draft, button: Mapping, seen: set[str]) -> None:
    key, send, url = text_of(button, "键"), text_of(button, "发送"), text_of(button, "网址")
    if url is not None:
        if len(url.encode()) > 1024:
            draft.problem(
                url.place, ID, f"菜单网址有 {len(url.encode())} 字节，最多 1024 字节。", "换一个短的网址。"
            )
        return
    if any(name not in _KEYS for name in button):
        return  # a slip in a key, of which _name speaks
    if not key or not send:
        draft.problem(
            button.place, ID, "菜单缺少“键”或“发送”。", "写上“键: m-…”和“发送: 考生要说的话”，或写“网址”。"
        )
        return
    if len(key.encode()) > 128:
        draft.problem(
            key.place, ID, f"菜单的键“{key[:20]}…”有 {len(key.encode())} 字节，最多 128 字节。", "改短。"
        )
    if key in seen:
        draft.problem(key.place, ID, f"菜单的键“{key}”用了两次。", "换一个。")
    seen.add(key)
