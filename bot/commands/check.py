"""`check` and `eval`: whether the knowledge is well written, and whether it still answers what it should."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands.arguments import (
    Commands,
    UsageError,
    add_json,
    add_knowledge,
    assistant_of,
    builder,
    folder_of,
    settings,
)

if TYPE_CHECKING:
    from bot.knowledge.model import Knowledge
    from bot.knowledge.problem import Problem


def register(commands: Commands) -> None:
    """Add both."""
    check = commands.add_parser("check", help="检查知识目录")
    check.add_argument("folder", nargs="?", type=Path, metavar="目录")
    check.add_argument("--quick", action="store_true", help="不做检验题，只查写法（一秒以内）")
    add_json(check)
    check.set_defaults(run=_check)

    evaluate = commands.add_parser("eval", help="问一遍检验题（knowledge/golden），看哪些对、错、没答")
    add_knowledge(evaluate)
    add_json(evaluate)
    evaluate.set_defaults(run=_eval)


def _check(args: argparse.Namespace) -> int:
    from bot.knowledge.load import build, contents
    from bot.knowledge.problem import sort_key, source_line

    folder = folder_of(args.folder)
    files = contents(folder)
    kb, problems = build(files)
    asked = 0
    if kb is not None and not args.quick:
        wrong, asked = _golden(kb, files)
        problems = sorted([*problems, *wrong], key=sort_key)
    errors = sum(problem.is_error for problem in problems)
    if args.json:
        print(json.dumps([vars(problem) for problem in problems], ensure_ascii=False))
        return 1 if errors else 0
    for problem in problems:
        print(problem.show(source_line(files, problem)))
    if kb is None or errors:
        print(f"{errors} 处错误，{len(problems) - errors} 条提醒。改好之前，机器人用上一个好的版本。")
    else:
        print(
            f"没有错误，{len(problems)} 条提醒。{len(kb.entries)} 条问答，{len(kb.schedules)} 份日程，"
            f"做了 {asked} 道检验题，版本 {kb.version}。"
        )
    return 1 if errors else 0


def _golden(kb: Knowledge, files: dict[str, bytes]) -> tuple[list[Problem], int]:
    """The golden questions that are answered wrong or can't be read, and how many were asked."""
    from bot import golden
    from bot.answers.offers import NOTHING_OFFERED
    from bot.knowledge.load import parse

    draft = parse(files)
    goldens = golden.read(draft)
    if not goldens:
        return draft.problems, 0
    return [*draft.problems, *golden.problems(golden.run(builder()(kb, NOTHING_OFFERED), goldens))], len(
        goldens
    )


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
