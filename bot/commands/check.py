"""`check` and `eval`: whether the knowledge is well written, and whether it still answers what it should."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from bot.commands.arguments import (
    Commands,
    UsageError,
    add_json,
    add_knowledge,
    assistant_of,
    folder_of,
    settings,
)


def register(commands: Commands) -> None:
    """Add both."""
    check = commands.add_parser("check", help="检查知识目录")
    check.add_argument("folder", nargs="?", type=Path, metavar="目录")
    add_json(check)
    check.set_defaults(run=_check)

    evaluate = commands.add_parser("eval", help="问一遍检验题（knowledge/golden），看哪些对、错、没答")
    add_knowledge(evaluate)
    add_json(evaluate)
    evaluate.set_defaults(run=_eval)


def _check(args: argparse.Namespace) -> int:
    from bot.knowledge.load import build, contents
    from bot.knowledge.problem import source_line

    files = contents(folder_of(args.folder))
    kb, problems = build(files)
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
    from bot.knowledge.load import contents, parse

    folder = folder_of(args.knowledge)
    assistant = assistant_of(folder)
    draft = parse(contents(folder))
    goldens = golden.read(draft)
    if draft.problems:
        raise UsageError("\n".join(problem.show() for problem in draft.problems))
    found = evaluate.report(golden.run(assistant, goldens))
    var = settings().bot_var
    changed = evaluate.changes(evaluate.last(var), found.answers)
    evaluate.remember(var, found.answers)
    if args.json:
        print(json.dumps(evaluate.plain(found, changed), ensure_ascii=False))
    else:
        print(evaluate.show(found, changed))
    return 1 if found.faults else 0
