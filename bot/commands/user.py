"""`user`: what is held about one candidate."""

from __future__ import annotations

import argparse

from bot.commands.arguments import Commands, settings


def register(commands: Commands) -> None:
    """Add it with its deeds."""
    user = commands.add_parser("user", help="考生的数据")
    deeds = user.add_subparsers(dest="deed", required=True, metavar="动作")
    erase = deeds.add_parser("erase", help="删除一位考生的全部数据（和考生自己发“清除我的数据”一样）")
    erase.add_argument("user", metavar="OPENID", help="公众号的 openid；网页访客写 web:编号")
    erase.set_defaults(run=_erase)


def _erase(args: argparse.Namespace) -> int:
    from bot.storage.store import Store

    told = settings()
    store = Store(told.store_url, told.secret(), told.bot_database_wait_seconds)
    try:
        rows = store.erase(args.user)
        print(
            f"已删除 {rows} 行，代号 {store.user_hash(args.user)}。日志里只有代号；旧备份里的，到备份删除时为止。"
        )
    finally:
        store.close()
    return 0
