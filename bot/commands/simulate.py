"""`simulate`: plays the platform."""

from __future__ import annotations

import argparse

from bot.commands.arguments import Commands, settings
from bot.simulate import push as simulate_push
from bot.simulate.platform import run as simulate_platform


def register(commands: Commands) -> None:
    """Add it with its kinds."""
    simulate = commands.add_parser(
        "simulate", help="扮演微信平台：向运行中的服务器推送消息，或提供平台的接口"
    )
    kinds = simulate.add_subparsers(dest="simulation", required=True, metavar="种类")
    push = kinds.add_parser("push", help="签名、加密、重试，推送一条消息")
    simulate_push.add_arguments(push)
    push.set_defaults(run=_push)
    platform = kinds.add_parser("platform", help="在本机提供平台的接口，发送可以演练，不碰真的公众号")
    simulate_platform.add_arguments(platform)
    platform.set_defaults(run=_platform)


def _push(args: argparse.Namespace) -> int:
    return simulate_push.run(args, settings())


def _platform(args: argparse.Namespace) -> int:
    return simulate_platform.run(args, settings())
