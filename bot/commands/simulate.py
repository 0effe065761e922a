"""`simulate`: plays the platform."""

from __future__ import annotations

import argparse

from bot.commands.arguments import Commands, settings
from bot.simulate import push as simulate_push


def register(commands: Commands) -> None:
    """Add it with its kinds."""
    simulate = commands.add_parser("simulate", help="扮演微信平台，向运行中的服务器推送消息")
    kinds = simulate.add_subparsers(dest="simulation", required=True, metavar="种类")
    push = kinds.add_parser("push", help="签名、加密、重试，推送一条消息")
    simulate_push.add_arguments(push)
    push.set_defaults(run=_push)


def _push(args: argparse.Namespace) -> int:
    return simulate_push.run(args, settings())
