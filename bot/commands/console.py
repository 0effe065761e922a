"""`console-user`: who may sign in to /console/."""

from __future__ import annotations

import argparse
import getpass
import sys
from typing import TYPE_CHECKING

from bot.commands.arguments import Commands, UsageError, settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.storage.staff import Staff

ROLES = ("编辑", "发布")  # bot.console.accounts.ROLES, which takes the web to import; a test compares


def register(commands: Commands) -> None:
    """Add it with its steps."""
    user = commands.add_parser("console-user", help="控制台的账号")
    steps = user.add_subparsers(dest="step", required=True, metavar="动作")
    add = steps.add_parser("add", help="新账号；密码会问，或从标准输入读")
    add.add_argument("name", metavar="名字")
    add.add_argument("--role", choices=ROLES, required=True, help="编辑：改草稿；发布：还能发布和退回")
    add.set_defaults(run=_add)
    role = steps.add_parser("role", help="换角色")
    role.add_argument("name", metavar="名字")
    role.add_argument("role", choices=ROLES, metavar="角色")
    role.set_defaults(run=lambda args: _change(args, "换了角色", role=args.role))
    disable = steps.add_parser("disable", help="停用：马上不能再登录")
    disable.add_argument("name", metavar="名字")
    disable.set_defaults(run=lambda args: _change(args, "停用了", disabled=True))
    reset = steps.add_parser("reset", help="重设密码、解锁、重新启用")
    reset.add_argument("name", metavar="名字")
    reset.set_defaults(run=_reset)
    listed = steps.add_parser("list", help="全部账号")
    listed.set_defaults(run=_list)


def _add(args: argparse.Namespace) -> int:
    def add(staff: Staff) -> str:
        from bot.console.accounts import add

        add(staff, args.name, args.role, _password())
        return f"加好了：{args.name}（{args.role}）。"

    return _on_file(args.name, "加账号", add)


def _reset(args: argparse.Namespace) -> int:
    def reset(staff: Staff) -> str:
        from bot.console.accounts import reset

        if staff.account(args.name) is None:
            raise UsageError(f"没有“{args.name}”这个人。")
        reset(staff, args.name, _password())
        return f"{args.name} 的密码换好了，原来的登录都已失效。"

    return _on_file(args.name, "重设密码", reset)


def _change(args: argparse.Namespace, said: str, **values: object) -> int:
    def change(staff: Staff) -> str:
        if not staff.change(args.name, **values):
            raise UsageError(f"没有“{args.name}”这个人。")
        return f"{said}：{args.name}。"

    return _on_file(args.name, said, change)


def _list(args: argparse.Namespace) -> int:
    def listed(staff: Staff) -> str:
        rows = [
            f"{one.name}　{one.role}　{'已停用' if one.disabled else '可用'}　上次登录 {one.seen_at or '从未'}"
            for one in staff.accounts()
        ]
        return "\n".join(rows) or "还没有账号。先加一个：python -m bot console-user add 名字 --role 发布"

    return _on_file("", "", listed)


def _on_file(name: str, act: str, do: Callable[[Staff], str]) -> int:
    """Do it on the tables, brought to their newest form, and keep it in the audit log."""
    from bot.console.accounts import AccountError
    from bot.storage.migrate import upgrade
    from bot.storage.staff import Staff
    from bot.storage.store import Store

    told = settings()
    upgrade(told.store_url)
    store = Store(told.store_url, told.secret(), told.bot_database_wait_seconds)
    try:
        staff = Staff(store, told.secret())
        said = do(staff)
        if act:
            staff.record("命令行", act, name)
    except AccountError as error:
        raise UsageError(str(error)) from None
    finally:
        store.close()
    print(said)
    return 0


def _password() -> str:
    """Asked for twice at a terminal; else one line of the standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("密码（至少 10 个字符）：")
    if getpass.getpass("再写一次：") != first:
        raise UsageError("两次写的不一样。")
    return first
