"""`remind plan`: the dry run, as a program reads it and as staff do."""

from __future__ import annotations

import argparse
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.commands.arguments import UsageError

if TYPE_CHECKING:
    from bot.commands.remind_parts import Parts
    from bot.reminders.forecast import Forecast

AHEAD = timedelta(days=7)  # how far it looks when it isn't told


def plan(args: argparse.Namespace, parts: Parts) -> int:
    """Print what would go out; 1 when something would not."""
    from bot.reminders import forecast
    from bot.storage import planning

    since = args.since or parts.clock.now()
    until = args.until or since + AHEAD
    if until <= since:
        raise UsageError("--until 要比 --from 晚。")
    unknown = [name for name in args.region if name not in parts.kb.regions]
    if unknown:
        raise UsageError(f"不认识的考区“{unknown[0]}”。可用：{'、'.join(parts.kb.regions)}")
    real, account = parts.clock.real_now(), parts.reminders.account
    with parts.store.reading() as connection:
        due_at = (
            None if args.since else since
        )  # without --from, what `remind run` would send now belongs to it
        found = forecast.forecast(connection, parts.kb, account, args.region, since, until, real, due_at)
        waiting = planning.states(connection).get("pending", 0)
        if args.who:
            for line in forecast.people(connection, account, found.occasions, real):
                print(json.dumps(line, ensure_ascii=False))
            return 0
    shown = forecast.preview(found.occasions, parts.kb, account) if args.preview else []
    if args.json:
        print(json.dumps(_plain(found, shown) | {"waiting": waiting}, ensure_ascii=False, default=str))
    else:
        _show(found, shown)
        if waiting:
            print(f"另有排好了还没发出的 {waiting} 条（remind status 看停在哪里）。")
    return 1 if found.problems else 0


def _plain(found: Forecast, shown: list[dict[str, Any]]) -> dict[str, Any]:
    from bot.reminders.plan import written
    from bot.reminders.reach import DAILY

    return {
        "from": found.since.isoformat(),
        "until": found.until.isoformat(),
        "occasions": [
            {
                "key": one.key, "due_at": one.due_at.isoformat(), "region": one.region, "level": one.level,
                "year": one.year, "stage": one.stage, "audience": one.window.audience, "kind": one.kind,
                "days": one.days, "opens": written(one.window.opens),
                "closes": written(one.window.closes), "notice": one.notice,
            }
            for one in found.occasions
        ],
        "messages": [
            {
                "due_at": group.due_at.isoformat(), "occasions": [one.key for one in group.occasions],
                "channel": group.channel, "reason": group.reason, "count": group.count,
            }
            for group in found.groups
        ],
        "total": sum(group.count for group in found.groups),
        "by_channel": found.by_channel(),
        "unreachable": found.unreachable(),
        "quota": {name: {"cost": cost, "daily": DAILY[name]} for name, cost in found.by_channel().items()},
        "problems": list(found.problems),
        **({"preview": shown} if shown else {}),
    }  # fmt: skip


def _show(found: Forecast, shown: list[dict[str, Any]]) -> None:
    from bot.answers import wording
    from bot.reminders.account import TITLES
    from bot.reminders.reach import DAILY
    from bot.schedule.deadlines import SHANGHAI

    if not found.occasions:
        print("这段时间没有提醒。")
    for one in found.occasions:
        why = "开始当天" if one.days is None else f"截止前 {one.days} 天"
        level = f"（{one.level}）" if one.level != one.region else ""
        only = f"，对象 {one.window.audience}" if one.window.audience else ""
        when = f"{one.due_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        print(
            f"{when}  {one.region}{level} {one.year} {one.stage}  {why}（{wording.window(one.window)}）{only}"
        )
    for item in shown:
        print(f"\n—— {item['region']} {item['due_at'].astimezone(SHANGHAI):%Y-%m-%d %H:%M}")
        for channel, text in item["texts"].items():
            words = (
                text if isinstance(text, str) else "\n".join(f"{key}：{value}" for key, value in text.items())
            )
            print(f"【{TITLES[channel]}】\n{words}")
    total = sum(group.count for group in found.groups)
    print(f"\n共 {len(found.occasions)} 项，要发 {total} 条（同一位考生同一时刻的合成一条）：")
    for channel, count in found.by_channel().items():
        print(f"  {TITLES[channel]} {count} 条（新帐号每天 {DAILY[channel]} 条，以平台后台为准）")
    for reason, count in found.unreachable().items():
        print(f"  送不到 {count} 条：{reason}；改在下次发消息时告诉")
    for problem in found.problems:
        print(f"发不出去：{problem}")
