"""`db`: the database."""

from __future__ import annotations

import argparse

from bot.commands.arguments import Commands, settings


def register(commands: Commands) -> None:
    """Add it with its steps."""
    db = commands.add_parser("db", help="数据库")
    steps = db.add_subparsers(dest="step", required=True, metavar="动作")
    upgrade = steps.add_parser("upgrade", help="把数据表升级到最新")
    upgrade.set_defaults(run=_upgrade)


def _upgrade(args: argparse.Namespace) -> int:
    from bot.storage.migrate import upgrade

    print(f"数据表已是最新：{upgrade(settings().store_url)}")
    return 0
