"""`remind` and `worker`: the dry run, the run, its report, and the process that does both on many machines."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from bot.commands.arguments import (
    Commands,
    UsageError,
    add_json,
    add_knowledge,
    add_now,
    folder_of,
    instant,
    settings,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.knowledge.model import Knowledge
    from bot.reminders.deliver import Progress
    from bot.reminders.forecast import Forecast
    from bot.reminders.run import Change, Reminders
    from bot.settings import Clock
    from bot.storage.store import Store

AHEAD = timedelta(days=7)  # how far `remind plan` looks when it isn't told
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


class _Parts:
    """What every one of these commands needs, opened once."""

    def __init__(self, args: argparse.Namespace, follow: bool = False) -> None:
        """follow: go with the folder as staff change it, for as long as the process runs."""
        from bot.reminders.run import of_settings
        from bot.settings import Clock
        from bot.storage.migrate import upgrade
        from bot.storage.store import Store

        self.settings = settings()
        if self.settings.store_url.startswith("sqlite"):
            upgrade(self.settings.store_url)
        self.clock: Clock = Clock(getattr(args, "now", None) or self.settings.bot_now)
        # Patient: nobody waits for a command, and the server must never wait for it.
        self.store: Store = Store(self.settings.store_url, self.settings.secret(), 20.0, self.clock.real_now)
        self.store.ping()  # tables of another version: one line now, not a traceback a minute
        self.knowledge = self._following(args) if follow else self._as_it_is(args)
        self.reminders: Reminders = of_settings(self.settings, self.store, self.knowledge, self.clock)

    @property
    def kb(self) -> Knowledge:
        """The one that counts now."""
        return self.knowledge()

    def _as_it_is(self, args: argparse.Namespace) -> Callable[[], Knowledge]:
        kb = _knowledge(args)
        return lambda: kb

    def _following(self, args: argparse.Namespace) -> Callable[[], Knowledge]:
        import threading

        from bot.knowledge.reload import KnowledgeSource

        _knowledge(args)  # says what is wrong, as the other commands do
        source = KnowledgeSource(folder_of(args.knowledge), lambda kb: kb, self.clock.real_now)
        threading.Thread(target=source.watch, args=(threading.Event(),), daemon=True).start()
        return source.current


def _knowledge(args: argparse.Namespace) -> Knowledge:
    from bot.knowledge.load import load

    folder = folder_of(getattr(args, "knowledge", None))
    kb, problems = load(folder)
    if kb is None:
        shown = "\n".join(problem.show() for problem in problems if problem.is_error)
        raise UsageError(f"{shown}\n知识目录有错误，先改好（python -m bot check {folder}）。")
    return kb


def _plan(args: argparse.Namespace) -> int:
    from bot.reminders import forecast
    from bot.storage import planning

    parts = _Parts(args)
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
    from bot.reminders import plan
    from bot.reminders.reach import DAILY

    return {
        "from": found.since.isoformat(),
        "until": found.until.isoformat(),
        "occasions": [
            {
                "key": one.key, "due_at": one.due_at.isoformat(), "region": one.region, "level": one.level,
                "year": one.year, "stage": one.stage, "audience": one.window.audience, "kind": one.kind,
                "days": one.days, "opens": plan.written(one.window.opens),
                "closes": plan.written(one.window.closes), "notice": one.notice,
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


def _run(args: argparse.Namespace) -> int:
    parts = _Parts(args)
    reminders = parts.reminders
    reminders.resume()
    if args.corrections:
        count = reminders.correct()
        print(f"批准更正 {count} 条。", file=sys.stderr)
    done = reminders.run(_bar(), _filled)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    return _report(args, parts, done)


def _report(args: argparse.Namespace, parts: _Parts, done: Progress) -> int:
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

    parts = _Parts(args)
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
    count = _Parts(args).reminders.cancel()
    print(json.dumps({"cancelled": count}) if args.json else f"已取消 {count} 条还没发出的提醒。")
    return 0


def _worker(args: argparse.Namespace) -> int:
    from bot.observability import set_up_logging

    parts = _Parts(args, follow=not args.once)
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
