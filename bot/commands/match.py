"""`match`: the matcher alone, on any corpus."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bot.commands.arguments import Commands, UsageError


def register(commands: Commands) -> None:
    """Add it."""
    match = commands.add_parser("match", help="只用匹配器，任意题库")
    match.add_argument("--kb", type=Path, required=True, metavar="KB.jsonl")
    match.add_argument("--queries", type=Path, required=True, metavar="Q.jsonl")
    match.add_argument("--out", type=Path, required=True, metavar="P.jsonl")
    match.add_argument(
        "--semantic", action="store_true", help="没把握时再问句子编码器（要装 requirements-semantic.txt）"
    )
    match.set_defaults(run=_match)


def _match(args: argparse.Namespace) -> int:
    from bot.matching.match_file import match_file

    encoder = None
    if args.semantic:
        from bot import meanings

        encoder = meanings.encoder()
    try:
        stats = match_file(args.kb, args.queries, args.out, encoder)
    except OSError as error:
        raise UsageError(f"{error.filename}：{error.strerror}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"题库或问题读不懂：{error}") from None
    print(stats.line(), file=sys.stderr)
    return 0
