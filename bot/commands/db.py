"""`db`: the database, and its backups."""

from __future__ import annotations

import argparse
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from bot.commands.arguments import Commands, settings


def register(commands: Commands) -> None:
    """Add it with its steps."""
    db = commands.add_parser("db", help="数据库")
    steps = db.add_subparsers(dest="step", required=True, metavar="动作")
    upgrade = steps.add_parser("upgrade", help="把数据表升级到最新")
    upgrade.set_defaults(run=_upgrade)
    backup = steps.add_parser("backup", help="把数据库备份成一个文件，服务不用停")
    backup.add_argument(
        "file",
        type=Path,
        nargs="?",
        metavar="文件",
        help="备份写到这里（默认 BOT_VAR/backups/ 下，按时间起名）",
    )
    backup.set_defaults(run=_backup)
    restore = steps.add_parser("restore", help="用备份换掉现在的数据库；先停服务")
    restore.add_argument("file", type=Path, metavar="文件", help="db backup 写的文件")
    restore.add_argument("--yes", action="store_true", help="现在的数据库里有数据也换掉（换下来的会留着）")
    restore.set_defaults(run=_restore)


def _upgrade(args: argparse.Namespace) -> int:
    from bot.storage.migrate import HEAD, upgrade

    before = upgrade(settings().store_url)
    if before > HEAD:
        print(f"数据表（{before}）比程序（{HEAD}）新，没有动：程序是刚退回来的？旧程序也能用它们。")
        return 0
    print(f"数据表已是最新：{HEAD}" + (f"（原来是 {before or '空'}）" if before != HEAD else ""))
    return 0


def _backup(args: argparse.Namespace) -> int:
    from bot.storage.backup import BackupError, backup

    told, now = settings(), datetime.now(UTC)
    file = args.file or told.bot_var / "backups" / f"{now:%Y%m%d-%H%M%S}.bak"
    try:
        done = backup(told.store_url, file, told.secret(), now)
    except BackupError as error:
        return _failed(error)
    print(f"已备份到 {file.absolute()}：{_readable(done.size)}，数据表版本 {done.revision}。")
    print(
        f"备份里没有密钥。恢复时要用同一个 BOT_SECRET_KEY（指纹 {done.key}），否则认不出老用户：请另外保存它。"
    )
    return 0


def _restore(args: argparse.Namespace) -> int:
    from bot.storage.backup import BackupError, restore

    told = settings()
    for name in (signal.SIGTERM, signal.SIGHUP):  # a lost connection steps back too, as Ctrl+C does
        signal.signal(name, signal.default_int_handler)
    try:
        done = restore(told.store_url, args.file, told.secret(), args.yes)
    except BackupError as error:
        return _failed(error)
    print(f"已从 {args.file} 恢复：备份于 {done.at:%Y-%m-%d %H:%M} UTC，数据表版本 {done.revision}。")
    if done.kept:
        print(f"换下来的数据库在 {done.kept}，确认无误后可以删除。")
    return 0


def _readable(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1_000_000 else f"{size / 1e3:.0f} KB"


def _failed(error: Exception) -> int:
    print(error, file=sys.stderr)
    return 1
