"""`remind` and `worker`: the dry run, the run, its report, and the process that does both on many machines."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from bot.commands.arguments import (
    Commands,
    add_json,
    add_knowledge,
    add_now,
    instant,
)
from bot.commands.remind_parts import Parts
from bot.commands.remind_plan import plan

if TYPE_CHECKING:
    from bot.reminders.deliver import Progress
    from bot.reminders.run import Change

_STATES = {
    "sent": "已发", "failed": "失败", "unknown": "未知", "unreachable": "送不到", "pending": "待发", "claimed": "待发",
    "sending": "发送中", "cancelled": "已取消",
}  # fmt: skip


def register(commands: Commands) -> None:
    """Add both."""
    remind = commands.add_parser("remind", help="提醒：预演、发送、看结果、取消")
    steps = remind.add_subparsers(dest="step", required=True, metavar="动作")

    dry = steps.add_parser("plan", help="预演：谁、什么、什么时候、走哪个渠道、为什么送不到，什么都不写")
    dry.add_argument(
        "--from", dest="since", type=day_or_instant, metavar="时刻", help="从这一天或时刻起（默认 --now）"
    )
    dry.add_argument(
        "--until", type=day_or_instant, metavar="时刻", help="到这一天（不含）或时刻为止（默认 7 天以后）"
    )
    dry.add_argument("--region", action="append", default=[], metavar="考区", help="只看这个考区，可以写几次")
    dry.add_argument("--preview", action="store_true", help="把每个考区每一次的文字也列出来")
    dry.add_argument("--who", action="store_true", help="一行一位考生（用日志里的代号），JSON")
    _common(dry)
    dry.set_defaults(run=_plan)

    run = steps.add_parser("run", help="把现在到期的发出去；停下来的也从这里接着发")
    run.add_argument("--corrections", action="store_true", help="批准并发送更正：只发给被告知过旧日期的考生")
    _common(run)
    run.set_defaults(run=_run)

    status = steps.add_parser("status", help="每一次提醒的结果、停下的原因、要更正的日期")
    _common(status)
    status.set_defaults(run=_status)

    cancel = steps.add_parser("cancel", help="取消还没发出的提醒")
    add_json(cancel)
    cancel.set_defaults(run=_cancel)

    worker = commands.add_parser("worker", help="一直运行：到时排程、发送提醒")
    add_knowledge(worker)
    add_json(worker)
    worker.add_argument("--once", action="store_true", help="只做一遍")
    worker.set_defaults(run=_worker)


def day_or_instant(text: str) -> datetime:
    """An argparse type: 2024-01-01 is its first moment in Shanghai; else an instant with its zone."""
    from bot.schedule.deadlines import SHANGHAI

    try:
        return datetime.combine(date.fromisoformat(text), time.min, SHANGHAI)
    except ValueError:
        return instant(text)


def _common(parser: argparse.ArgumentParser) -> None:
    add_now(parser)
    add_knowledge(parser)
    add_json(parser)


def _plan(args: argparse.Namespace) -> int:
    return plan(args, Parts(args))


def _run(args: argparse.Namespace) -> int:
    parts = Parts(args)
    reminders = parts.reminders
    reminders.resume()
    if args.corrections:
        count = reminders.correct()
        print(f"批准更正 {count} 条。", file=sys.stderr)
    done = reminders.run(_bar(), _filled)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    return _report(args, parts, done)


def _report(args: argparse.Namespace, parts: Parts, done: Progress) -> int:
    from bot.storage import planning

    with parts.store.reading() as connection:
        states = planning.states(connection)
    if args.json:
        out = {
            "ended": done.ended,
            "stopped": done.stopped,
            "recovered": list(done.recovered),
            "states": states,
        }
        print(json.dumps(out, ensure_ascii=False))
    else:
        ended = (
            "、".join(f"{_STATES[state]} {count}" for state, count in sorted(done.ended.items()))
            or "没有到期的"
        )
        print(f"这一次：{ended}。")
        if done.stopped:
            print(f"停下了：{done.stopped}")
        if left := states.get("pending", 0):
            print(f"还有 {left} 条待发（夜里、额度或重试），服务器或下一次 remind run 接着发。")
    return 1 if done.stopped else 0


def _bar() -> Any:
    """A line on the terminal that counts; nothing where there is no terminal."""
    if not sys.stderr.isatty():
        return None

    def show(progress: Progress) -> None:
        counts = "  ".join(f"{_STATES[state]} {count}" for state, count in sorted(progress.ended.items()))
        print(f"\r发送：{counts}", end="", file=sys.stderr, flush=True)

    return show


def _filled(done: int, total: int, rows: int) -> None:
    if sys.stderr.isatty():
        print(f"\r排程：{done * 100 // total}%  {rows} 条", end="", file=sys.stderr, flush=True)


def _status(args: argparse.Namespace) -> int:
    from bot.schedule.deadlines import SHANGHAI
    from bot.storage import planning

    parts = Parts(args)
    now = parts.clock.now()
    changes = parts.reminders.changes()
    with parts.store.reading() as connection:
        states = planning.states(connection)
        rows = planning.report(connection, now - timedelta(days=30))
        resting = planning.resting(connection, now)
    if args.json:
        out = {
            "states": states,
            "slots": [{**row._mapping, "slot": row.slot.isoformat()} for row in rows],
            "resting": {name: {"until": until and until.isoformat(), "reason": why} for name, (until, why) in resting.items()},
            "corrections": [_change(one) for one in changes],
        }  # fmt: skip
        print(json.dumps(out, ensure_ascii=False, default=str))
        return 0
    print(
        "全部："
        + ("、".join(f"{_STATES[state]} {count}" for state, count in sorted(states.items())) or "还没有提醒")
        + "。"
    )
    for row in rows:
        what = "更正 " if row.kind == "correction" else ""
        told = f"，其中 {row.told} 条已在对话里告诉" if row.told else ""
        why = f"：{row.reason}" if row.reason else ""
        print(
            f"{row.slot.astimezone(SHANGHAI):%Y-%m-%d %H:%M}  {what}{_STATES[row.state]} {row.count} {row.channel}{why}{told}"
        )
    for name, (until, why) in resting.items():
        end = f"到 {until.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if until else "要人处理后运行 remind run"
        print(f"停着：{'全部' if name == '*' else name}（{end}）：{why}")
    for one in changes:
        print(
            f"日期改了，告诉过 {one.told} 人旧日期（另有 {one.unsure} 条不知发出没有）。运行 remind run --corrections 就发给他们："
        )
        print(one.text)
    return 0


def _change(one: Change) -> dict[str, Any]:
    from bot.reminders.plan import written

    return {
        "region": one.region, "year": one.year, "stage": one.stage,
        "before": [written(one.before.opens), written(one.before.closes)],
        "now": [[written(window.opens), written(window.closes)] for window in one.now],
        "told": one.told, "unsure": one.unsure, "text": one.text,
    }  # fmt: skip


def _cancel(args: argparse.Namespace) -> int:
    count = Parts(args).reminders.cancel()
    print(json.dumps({"cancelled": count}) if args.json else f"已取消 {count} 条还没发出的提醒。")
    return 0


def _worker(args: argparse.Namespace) -> int:
    from bot.observability import set_up_logging

    parts = Parts(args, follow=not args.once)
    if args.once:
        return _report(args, parts, parts.reminders.run(_bar(), _filled))
    set_up_logging()
    if parts.settings.store_url.startswith("postgresql"):
        from bot.reminders.jobs import work

        return work(parts.settings, parts.reminders)
    import signal
    import threading

    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    parts.reminders.keep(stop, first=0.0)
    return 0
