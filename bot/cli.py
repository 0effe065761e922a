"""The command line's entry: python -m bot COMMAND. Exit 0 fine, 1 found problems, 2 wrong use.

The commands are in bot/commands/, one module an area. A module there imports at its top only what it needs to say what
its command takes; the rest (Flask, SQLAlchemy, the matcher) is imported when the command runs, so that `-h` is there at once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from bot.commands import ask, check, console, db, knowledge, match, menu, remind, sheets, simulate, user
from bot.commands.arguments import UsageError

# in the order in which -h lists them
AREAS = (ask, match, check, knowledge, sheets, menu, remind, simulate, db, user, console)


def main(argv: Sequence[str]) -> int:
    """Run one command."""
    argv = list(argv)
    parser = _parser()
    if argv[:1] == ["simulate"] and argv[1:2] not in (["push"], ["platform"], ["-h"], ["--help"]):
        argv = ["simulate", "push", *argv[1:]]  # bare `simulate` means this
    try:
        args = parser.parse_args(argv)
    except SystemExit as end:  # argparse has printed its line: 0 after -h, 2 after wrong use
        return int(end.code or 0)
    try:
        return int(args.run(args))
    except BrokenPipeError:  # `… | head` has seen enough
        sys.stderr.close()
        return 0
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    except _settings_error() as error:
        print(error, file=sys.stderr)
        return 2
    except _store_error() as error:
        print(f"数据库打不开：{error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description="医师资格考试报名助手的命令行")
    commands = parser.add_subparsers(dest="command", required=True, metavar="命令")
    for area in AREAS:
        area.register(commands)
    return parser


def _settings_error() -> type[Exception]:
    """Asked for only when something was raised, as the one below: their rooms take 250 ms to import."""
    from bot.settings import SettingsError

    return SettingsError


def _store_error() -> type[Exception]:
    from bot.storage.engine import StoreError

    return StoreError
