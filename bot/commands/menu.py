"""`menu`: the account's menu, from knowledge/menu.yaml to the platform."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from bot.commands.arguments import (
    Commands,
    add_json,
    add_knowledge,
    assistant_of,
    folder_of,
    now_of,
    settings,
)

if TYPE_CHECKING:
    from bot.conversation import Assistant


def register(commands: Commands) -> None:
    """Add it with its deeds."""
    menu = commands.add_parser("menu", help="公众号菜单（knowledge/menu.yaml）")
    deeds = menu.add_subparsers(dest="deed", required=True, metavar="动作")
    push = deeds.add_parser("push", help="把菜单推到公众号，先检查每个键点了都有回答")
    push.add_argument("--dry-run", action="store_true", help="只检查，列出要推的菜单，不推")
    add_knowledge(push)
    add_json(push)
    push.set_defaults(run=_push, now=None)


def _push(args: argparse.Namespace) -> int:
    from bot.knowledge.load import contents, parse
    from bot.knowledge.menu import keys, platform_menu

    folder = folder_of(args.knowledge)
    assistant = assistant_of(
        folder
    )  # a menu over the platform's limits ends here, as every problem of the folder does
    menu = platform_menu(parse(contents(folder)).files.get("menu.yaml"))
    dead = _dead(assistant, keys(menu), args)
    told: dict[str, Any] = {"pushed": False, "menu": menu, "keys": len(keys(menu)), "dead": dead}
    if not menu["button"]:
        told["error"] = f"{folder}/menu.yaml 里没有菜单。"
    elif dead:
        told["error"] = "有的键点了没有回答，没有推。改好它们的“发送”。"
    elif not args.dry_run:
        told |= _sent(menu)
    print(json.dumps(told, ensure_ascii=False) if args.json else _shown(told))
    if told.get("error") and not args.json:
        print(told["error"], file=sys.stderr)
    return 1 if told.get("error") else 0


def _dead(assistant: Assistant, keys: list[str], args: argparse.Namespace) -> list[dict[str, str]]:
    """The keys whose tap a stranger would get no answer to."""
    from bot.conversation import Message

    dead, now = [], now_of(args)
    for key in keys:
        turn = assistant.respond(Message("click", key), None, now)
        if turn.trace.decision == "refuse" or not turn.reply.text.strip():
            dead.append({"key": key, "send": assistant.kb.menu.get(key, ""), "decision": turn.trace.decision})
    return dead


def _sent(menu: dict[str, Any]) -> dict[str, Any]:
    from bot.storage.migrate import upgrade
    from bot.storage.store import Store
    from bot.wechat.client import client_of
    from bot.wechat.errors import SendError

    told = settings()
    if told.store_url.startswith("sqlite"):
        upgrade(told.store_url)
    store = Store(told.store_url, told.secret(), told.bot_database_wait_seconds)
    try:
        client = client_of(told, store)
        try:
            client.create_menu(menu)
        finally:
            client.close()
    except SendError as error:
        return {"error": f"平台没有收：{error}", "code": error.code, "rid": error.rid}
    finally:
        store.close()
    return {"pushed": True}


def _shown(told: dict[str, Any]) -> str:
    lines = []
    for button in told["menu"]["button"]:
        lines.append(button["name"])
        lines += [f"  {leaf['name']}" for leaf in button.get("sub_button", [])]
    for one in told["dead"]:
        lines.append(f"键 {one['key']}（发送：{one['send']}）点了没有回答。")
    if told["pushed"]:
        lines.append(f"已推到公众号，{told['keys']} 个键都有回答。手机上最多 5 分钟后看到。")
    elif not told.get("error"):
        lines.append(f"{told['keys']} 个键都有回答。没有推（--dry-run）。")
    return "\n".join(lines)
