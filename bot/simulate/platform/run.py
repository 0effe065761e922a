"""`simulate platform`: the twin until Ctrl+C. Exit code 0, or 2 when called wrongly."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.settings import Settings

KINDS = ("subscription", "subscription-certified", "service", "service-certified")
PORT = 8800


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `simulate platform` takes; values that are not given come from the settings."""
    parser.add_argument("--port", type=int, default=PORT, help=f"监听的端口（{PORT}），0 是任选一个")
    parser.add_argument(
        "--account", choices=KINDS, help="公众号的种类（默认认证的服务号）", default=KINDS[-1]
    )
    parser.add_argument(
        "--users", type=int, default=0, metavar="N", help="先有 N 个粉丝，openid 是 oTwin000…1 到 N"
    )
    parser.add_argument("--seed", type=int, default=0, help="故障的随机种子")
    parser.add_argument(
        "--faults", default="", metavar="写法",
        help="故障，例如 busy=5%%,drop=1%%,cut=1%%,43101=1%%,45015/custom=1%%,42001@3000,45009@5000："
        "busy 是 -1，busydone 是办了还回 -1，drop 断在办之前，cut 办了再断，half 只回半截，html 回 502 网页，hang 不回；数字=比例是这些人总得到这个错误码，"
        "数字@N 是第 N 次发送",
    )  # fmt: skip
    parser.add_argument(
        "--quota", action="append", default=[], metavar="接口=次数",
        help="每天的次数，例如 template=1000；接口：template subscribe custom mass stable_token user users tags menu ticket",
    )  # fmt: skip
    parser.add_argument("--log", type=Path, metavar="FILE", help="每送达一条，往这个文件加一行 JSON")
    parser.add_argument(
        "--bot", metavar="URL", help="把回执推到这个 /wechat 地址，例如 http://127.0.0.1:8000/wechat"
    )
    parser.add_argument("--app-id", help="认这个 AppID（默认 WECHAT_APP_ID，没设就是 wxtwin0000000000）")
    parser.add_argument("--secret", help="认这个 AppSecret（默认 WECHAT_APP_SECRET，没设就是 twin-secret）")


def run(args: argparse.Namespace, settings: Settings, stop: threading.Event | None = None) -> int:
    """Serves until Ctrl+C or SIGTERM, or until `stop` is set."""
    from bot.simulate.platform.control import openid_of
    from bot.simulate.platform.faults import FaultError, parse
    from bot.simulate.platform.server import APP_ID, SECRET, Twin
    from bot.simulate.platform.telling import Teller
    from bot.simulate.platform.world import QUOTAS
    from bot.simulate.wire import Account

    try:
        faults = parse(args.faults, args.seed)
        quotas = {name: int(count) for name, _, count in (item.partition("=") for item in args.quota)}
        if unknown := set(quotas) - set(QUOTAS):
            raise ValueError(f"没有接口 {'、'.join(sorted(unknown))}，能写 {'、'.join(QUOTAS)}")
    except FaultError as error:
        print(f"--faults {error}", file=sys.stderr)
        return 2
    except ValueError as error:
        print(f"--quota 要写成 接口=次数：{error}", file=sys.stderr)
        return 2
    if args.bot and not settings.wechat_token:
        print("要推回执，先设 WECHAT_TOKEN，和机器人的一样。", file=sys.stderr)
        return 2
    key = settings.wechat_encoding_aes_key or ""
    account = Account(
        settings.wechat_token or "", "safe" if key else "plain", settings.wechat_app_id or "", key
    )
    try:
        twin = Twin(
            port=args.port,
            app_id=args.app_id or settings.wechat_app_id or APP_ID,
            secret=args.secret or settings.wechat_app_secret or SECRET,
            kind=args.account,
            faults=faults,
            quotas=quotas,
            log=args.log,
            teller=Teller(args.bot, account) if args.bot else None,
        )
    except OSError as error:
        print(f"不能在 127.0.0.1:{args.port} 上监听：{error.strerror}", file=sys.stderr)
        return 2
    twin.world.follow(openid_of(number) for number in range(1, args.users + 1))
    stop = stop or _until_signalled()  # before the address is told: whoever reads it may end us at once
    with twin:
        print(
            f"平台的替身在 {twin.url}，机器人那边设 WECHAT_API_BASE_URL={twin.url}（Ctrl+C 停止）", flush=True
        )
        stop.wait()
        times = sorted(twin.world.delivered.values())
    print(
        f"送达 {len(twin.world.deliveries)} 条，{len(times)} 人，一个人最多 {times[-1] if times else 0} 条。"
    )
    return 0


def _until_signalled() -> threading.Event:
    """Set by Ctrl+C and SIGTERM. Both are asked for by name: a script's background job starts with Ctrl+C ignored."""
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    return stop
