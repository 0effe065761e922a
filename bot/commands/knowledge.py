"""`coverage`, `new-year`, `diff`: what is on file, the files of a new year, and what a change means for candidates."""

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
    add_now,
    builder,
    folder_of,
    now_of,
    settings,
)

if TYPE_CHECKING:
    from bot.editing.review import Loaded


def register(commands: Commands) -> None:
    """Add them."""
    coverage = commands.add_parser(
        "coverage", help="哪个考区、哪个环节、哪一年收录了，哪些沿用全国，哪些没有"
    )
    coverage.add_argument(
        "--year", type=int, action="append", help="只看这一年（可以写几次；默认最新的两年）"
    )
    add_now(coverage)
    add_knowledge(coverage)
    add_json(coverage)
    coverage.set_defaults(run=_coverage)

    new_year = commands.add_parser("new-year", help="为新的一年建好日程文件的骨架，已有的文件不动")
    new_year.add_argument("year", type=int, metavar="年度")
    new_year.add_argument("--region", action="append", default=[], help="再加上这个考区（可以写几次）")
    new_year.add_argument("--dry-run", action="store_true", help="只说会建哪些文件，不写")
    add_knowledge(new_year)
    add_json(new_year)
    new_year.set_defaults(run=_new_year)

    diff = commands.add_parser("diff", help="两份知识相比，哪些考区的哪些回答会变")
    diff.add_argument("old", metavar="旧", help="知识目录，或版本号")
    diff.add_argument("new", metavar="新", help="知识目录，或版本号")
    diff.add_argument("--limit", type=int, default=40, metavar="N", help="最多列出 N 处（默认 40）")
    add_now(diff)
    add_json(diff)
    diff.set_defaults(run=_diff)


def _coverage(args: argparse.Namespace) -> int:
    from bot.editing.coverage import board, show
    from bot.knowledge.load import load

    folder = folder_of(args.knowledge)
    kb, problems = load(folder)
    if kb is None:
        shown = "\n".join(problem.show() for problem in problems if problem.is_error)
        raise UsageError(f"{shown}\n知识目录有错误，先改好（python -m bot check {folder}）。")
    squares = board(kb, now_of(args), args.year or ())
    if args.json:
        print(json.dumps([vars(square) for square in squares], ensure_ascii=False))
    else:
        print(show(squares))
    return 0


def _new_year(args: argparse.Namespace) -> int:
    from bot.editing.new_year import skeleton
    from bot.editing.written import EditError
    from bot.knowledge import folder as shared

    folder = folder_of(args.knowledge)
    files = shared.read(folder)
    try:
        changes = skeleton(files, args.year, args.region)
        if changes and not args.dry_run:
            raw = {path: (text or "").encode() for path, text in changes.items()}
            shared.write(folder, raw, {path: files.get(path) for path in raw})
    except (EditError, shared.FolderBusyError) as error:
        raise UsageError(str(error)) from None
    made, grown = [path for path in changes if path not in files], [path for path in changes if path in files]
    if args.json:
        print(json.dumps({"made": made, "changed": grown}, ensure_ascii=False))
    elif not changes:
        print(f"{args.year} 年度的日程文件都已经有了，没有改动。")
    else:
        done = "会建" if args.dry_run else "建好了"
        print("\n".join([f"{done}：", *(f"  {path}" for path in made)]))
        if grown:
            print("\n".join([f"公告加在：{'、'.join(grown)}（名称、网址等公告出来以后再补）"]))
        print("公告出来以前这些文件不起作用；写上日期以后，机器人就会用。改完运行 python -m bot check。")
    return 0


def _diff(args: argparse.Namespace) -> int:
    from bot.editing.compare import compare, plain, show
    from bot.editing.review import Reviewer, flips

    reviewer = Reviewer(builder())
    old, new = (
        _loaded(reviewer.load(_files(args.old)), args.old),
        _loaded(reviewer.load(_files(args.new)), args.new),
    )
    assert old.assistant is not None  # noqa: S101  _loaded has seen to both
    assert new.assistant is not None  # noqa: S101
    known = {
        text for entry in old.assistant.kb.entries.values() for text in (entry.question, *entry.alternatives)
    }
    asked = [outcome.golden.ask for outcome in (*old.outcomes, *new.outcomes) if not outcome.golden.before]
    asked += [
        text
        for entry in new.assistant.kb.entries.values()
        for text in (entry.question, *entry.alternatives)
        if text not in known
    ]
    found = compare(old.assistant, new.assistant, now_of(args), asked)
    flipped = flips(old.outcomes, new.outcomes)
    if args.json:
        print(json.dumps({**plain(found), "flips": [vars(flip) for flip in flipped]}, ensure_ascii=False))
        return 0
    print(show(found, args.limit))
    if flipped:
        print("\n这些考题答错了：")
        print("\n".join(f"  {flip.place} “{flip.question}”：{'；'.join(flip.faults)}" for flip in flipped))
    return 0


def _files(name: str) -> dict[str, bytes]:
    """A folder's files, or a version's."""
    from bot.editing.versions import VersionStore
    from bot.knowledge import folder as shared

    if Path(name).is_dir():
        return shared.read(Path(name))
    store = VersionStore(settings().versions)
    version = store.get(name)
    if version is None:
        raise UsageError(f"“{name}”既不是目录，也不是已有的版本。")
    return store.files(version)


def _loaded(loaded: Loaded, name: str) -> Loaded:
    if loaded.assistant is None:
        shown = "\n".join(problem.show() for problem in loaded.problems if problem.is_error)
        raise UsageError(f"{shown}\n{name} 有错误，不能比较。")
    return loaded
