"""The command line: python -m bot ask · explain · match · check · eval · simulate · db. Exit 0 fine, 1 found problems, 2 wrong use."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.build import build
from bot.conversation import Assistant, Message, Turn
from bot.dialogue.session import Session
from bot.knowledge.load import build as build_knowledge
from bot.knowledge.load import contents, parse
from bot.knowledge.problem import source_line
from bot.settings import Settings, SettingsError
from bot.storage.engine import StoreError


class UsageError(Exception):
    """Wrong use; the message is for people."""


def main(argv: Sequence[str]) -> int:
    """Run one command."""
    argv = list(argv)
    parser = _parser()
    if argv[:1] == ["simulate"] and argv[1:2] not in (["push"], ["-h"], ["--help"]):
        argv = ["simulate", "push", *argv[1:]]  # bare `simulate` means this
    try:
        args = parser.parse_args(argv)
    except SystemExit as end:  # argparse has printed its line: 0 after -h, 2 after wrong use
        return int(end.code or 0)
    try:
        return int(args.run(args))
    except (UsageError, SettingsError) as error:
        print(error, file=sys.stderr)
        return 2
    except StoreError as error:
        print(f"数据库打不开：{error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # `… | head` has seen enough
        sys.stderr.close()
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description="医师资格考试报名助手的命令行")
    commands = parser.add_subparsers(dest="command", required=True, metavar="命令")

    ask = commands.add_parser("ask", help="问一句，看机器人怎么答")
    ask.add_argument("text", nargs="?", help="要问的话")
    ask.add_argument("--user", help="记住这个人：下次用同一个名字接着聊")
    ask.add_argument("--region", help="假定考生在这个考区，例如 四川")
    ask.add_argument(
        "--batch", type=Path, metavar="IN.jsonl", help='批量：每行 {"id","text"} 或 {"id","turns":[…]}'
    )
    ask.add_argument("--out", type=Path, metavar="OUT.jsonl", help="批量的结果写到这里")
    _common(ask)
    ask.set_defaults(run=_ask)

    explain = commands.add_parser("explain", help="说明为什么这样答")
    explain.add_argument("text")
    explain.add_argument("--region", help="假定考生在这个考区")
    _common(explain)
    explain.set_defaults(run=_explain)

    match = commands.add_parser("match", help="只用匹配器，任意题库")
    match.add_argument("--kb", type=Path, required=True, metavar="KB.jsonl")
    match.add_argument("--queries", type=Path, required=True, metavar="Q.jsonl")
    match.add_argument("--out", type=Path, required=True, metavar="P.jsonl")
    match.set_defaults(run=_match)

    check = commands.add_parser("check", help="检查知识目录")
    check.add_argument("folder", nargs="?", type=Path, metavar="目录")
    check.add_argument("--json", action="store_true", help="给程序看的输出")
    check.set_defaults(run=_check)

    evaluate = commands.add_parser("eval", help="问一遍检验题（knowledge/golden），看哪些对、错、没答")
    evaluate.add_argument("--knowledge", type=Path, metavar="目录", help="用这个知识目录")
    evaluate.add_argument("--json", action="store_true", help="给程序看的输出")
    evaluate.set_defaults(run=_eval)

    simulate = commands.add_parser("simulate", help="扮演微信平台，向运行中的服务器推送消息")
    kinds = simulate.add_subparsers(dest="simulation", required=True, metavar="种类")
    push = kinds.add_parser("push", help="签名、加密、重试，推送一条消息")
    from bot.simulate import (
        push as simulate_push,  # requests takes 60 ms to import; only this command needs it
    )

    simulate_push.add_arguments(push)
    push.set_defaults(run=lambda args: simulate_push.run(args, _settings()))

    db = commands.add_parser("db", help="数据库")
    steps = db.add_subparsers(dest="step", required=True, metavar="动作")
    upgrade = steps.add_parser("upgrade", help="把数据表升级到最新")
    upgrade.set_defaults(run=_upgrade)
    return parser


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--now", type=_instant, help="假定现在是这个时刻（带时区的 ISO 时间）")
    parser.add_argument("--knowledge", type=Path, metavar="目录", help="用这个知识目录")
    parser.add_argument("--json", action="store_true", help="给程序看的输出")


def _instant(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}”不是时间，例如 2024-04-06T10:00:00+08:00") from None
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"“{text}”没有时区，例如 2024-04-06T10:00:00+08:00")
    return moment


def _settings() -> Settings:
    return Settings.from_env()


def _assistant(folder: Path | None) -> Assistant:
    folder = folder or _settings().bot_knowledge
    if not folder.is_dir():
        raise UsageError(f"没有这个目录：{folder}")
    kb, problems = build_knowledge(contents(folder))
    if kb is None:
        shown = "\n".join(problem.show() for problem in problems if problem.is_error)
        raise UsageError(f"{shown}\n知识目录有错误，先改好（python -m bot check {folder}）。")
    return build(kb)


def _now(args: argparse.Namespace) -> datetime:
    return args.now or _settings().bot_now or datetime.now(UTC)


def _start(assistant: Assistant, region: str | None) -> dict[str, Any] | None:
    if region is None:
        return None
    found = next(
        (r.name for r in assistant.kb.regions.values() if region in (r.name, r.id, r.full_name)), None
    )
    if found is None:
        raise UsageError(f"不认识的考区“{region}”。可用：{'、'.join(assistant.kb.regions)}")
    return Session(region=found).to_dict()


def _ask(args: argparse.Namespace) -> int:
    if args.batch:
        return _ask_batch(args)
    if args.text is None:
        raise UsageError("要问什么？例如：python -m bot ask 四川技能考试几号缴费")
    assistant = _assistant(args.knowledge)
    turn = (
        _ask_as(args, assistant) if args.user else _respond(args, assistant, _start(assistant, args.region))
    )
    if args.json:
        print(json.dumps(turn.to_dict(args.user or "ask"), ensure_ascii=False))
    else:
        print(turn.reply.text)
    return 0


def _respond(args: argparse.Namespace, assistant: Assistant, session: dict[str, Any] | None) -> Turn:
    return assistant.respond(Message("text", args.text), session, _now(args))


def _ask_as(args: argparse.Namespace, assistant: Assistant) -> Turn:
    """One turn of a candidate who is remembered, in a namespace of the command line's own."""
    import uuid

    from bot.storage.migrate import upgrade
    from bot.storage.store import Store

    settings = _settings()
    upgrade(settings.store_url)
    store = Store(
        settings.store_url, settings.secret(), settings.bot_database_wait_seconds, lambda: datetime.now(UTC)
    )
    try:
        with store.turn(f"cli:{args.user}", uuid.uuid4().hex) as record:
            session = _start(assistant, args.region) if args.region else record.session
            turn = _respond(args, assistant, session)
            record.finish(reply=b"", session=turn.session, row=None)
    finally:
        store.close()
    return turn


def _ask_batch(args: argparse.Namespace) -> int:
    if args.out is None:
        raise UsageError("批量要写明结果放哪里：--out OUT.jsonl")
    assistant = _assistant(args.knowledge)
    now = _now(args)
    try:
        lines = args.batch.read_text(encoding="utf-8").splitlines()
        with args.out.open("w", encoding="utf-8") as out:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    name, texts = _batch_line(line, number)
                    session, turn = _start(assistant, args.region), None
                    for text in texts:
                        turn = assistant.respond(Message("text", text), session, now)
                        session = turn.session
                    if turn is not None:
                        out.write(json.dumps(turn.to_dict(name), ensure_ascii=False) + "\n")
    except OSError as error:
        raise UsageError(f"{error.filename}：{error.strerror}") from None
    return 0


def _batch_line(line: str, number: int) -> tuple[Any, list[str]]:
    try:
        row = json.loads(line)
        texts = row["turns"] if "turns" in row else [row["text"]]
        if not texts or not all(isinstance(text, str) for text in texts):
            raise TypeError
        return row.get("id"), texts
    except (ValueError, TypeError, KeyError):
        raise UsageError(
            f'第 {number} 行读不懂，要写成 {{"id": …, "text": "…"}} 或 {{"id": …, "turns": ["…"]}}'
        ) from None


def _explain(args: argparse.Namespace) -> int:
    from bot.explain import explain, show

    assistant = _assistant(args.knowledge)
    found = explain(assistant, args.text, _start(assistant, args.region), _now(args))
    print(json.dumps(found, ensure_ascii=False) if args.json else show(found))
    return 0


def _match(args: argparse.Namespace) -> int:
    from bot.matching.match_file import match_file

    try:
        stats = match_file(args.kb, args.queries, args.out)
    except OSError as error:
        raise UsageError(f"{error.filename}：{error.strerror}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"题库或问题读不懂：{error}") from None
    print(stats.line(), file=sys.stderr)
    return 0


def _check(args: argparse.Namespace) -> int:
    folder = args.folder or _settings().bot_knowledge
    if not folder.is_dir():
        raise UsageError(f"没有这个目录：{folder}")
    files = contents(folder)
    kb, problems = build_knowledge(files)
    errors = sum(problem.is_error for problem in problems)
    if args.json:
        print(json.dumps([vars(problem) for problem in problems], ensure_ascii=False))
    else:
        for problem in problems:
            print(problem.show(source_line(files, problem)))
        if kb is not None:
            print(
                f"没有错误，{len(problems)} 条提醒。{len(kb.entries)} 条问答，{len(kb.schedules)} 份日程，版本 {kb.version}。"
            )
        else:
            print(f"{errors} 处错误，{len(problems) - errors} 条提醒。改好之前，机器人用上一个好的版本。")
    return 1 if errors else 0


def _eval(args: argparse.Namespace) -> int:
    from bot import evaluate, golden

    settings = _settings()
    folder = args.knowledge or settings.bot_knowledge
    assistant = _assistant(folder)
    draft = parse(contents(folder))
    goldens = golden.read(draft)
    if draft.problems:
        raise UsageError("\n".join(problem.show() for problem in draft.problems))
    found = evaluate.report(golden.run(assistant, goldens))
    changed = evaluate.changes(evaluate.last(settings.bot_var), found.answers)
    evaluate.remember(settings.bot_var, found.answers)
    if args.json:
        print(json.dumps(evaluate.plain(found, changed), ensure_ascii=False))
    else:
        print(evaluate.show(found, changed))
    return 1 if found.faults else 0


def _upgrade(args: argparse.Namespace) -> int:
    from bot.storage.migrate import upgrade

    print(f"数据表已是最新：{upgrade(_settings().store_url)}")
    return 0
