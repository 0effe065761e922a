"""`export` and `import`: the knowledge as a spreadsheet, and back."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from bot.commands.arguments import (
    Commands,
    UsageError,
    add_json,
    add_knowledge,
    add_now,
    builder,
    folder_of,
    now_of,
)


def register(commands: Commands) -> None:
    """Add both."""
    export = commands.add_parser("export", help="把问答和日程导出成 Excel 表格")
    export.add_argument("file", nargs="?", type=Path, metavar="文件.xlsx", help="默认 知识-版本.xlsx")
    export.add_argument("--force", action="store_true", help="已经有这个文件时也写")
    add_knowledge(export)
    add_json(export)
    export.set_defaults(run=_export)

    bring = commands.add_parser("import", help="把改好的表格（.xlsx、.csv）导入知识目录")
    bring.add_argument("file", type=Path, metavar="文件")
    bring.add_argument("--dry-run", action="store_true", help="只检查、只说会改什么，不写")
    add_now(bring)
    add_knowledge(bring)
    add_json(bring)
    bring.set_defaults(run=_import)


def _export(args: argparse.Namespace) -> int:
    from bot.editing.sheets import export, rows_of
    from bot.editing.written import EditError
    from bot.knowledge.folder import read
    from bot.knowledge.load import version_of

    files = read(folder_of(args.knowledge))
    path = args.file or Path(f"知识-{version_of(files)}.xlsx")
    if path.suffix.lower() != ".xlsx":
        raise UsageError(f"文件名要以 .xlsx 结尾：{path}")
    if path.exists() and not args.force:
        raise UsageError(f"已经有 {path} 了，里面可能有没导入的改动。换个名字，或加 --force。")
    try:
        path.write_bytes(export(files))
    except EditError as error:
        raise UsageError(str(error)) from None
    except OSError as error:
        raise UsageError(f"{path}：{error.strerror}") from None
    counts = {name: len(rows) for name, rows in rows_of(files).items()}
    if args.json:
        print(json.dumps({"file": str(path), "rows": counts}, ensure_ascii=False))
    else:
        print(f"写好了 {path}：" + "，".join(f"{name} {count} 行" for name, count in counts.items()))
    return 0


def _import(args: argparse.Namespace) -> int:
    from bot.editing.sheet_rows import read_sheets
    from bot.editing.written import EditError
    from bot.knowledge import folder as shared

    folder = folder_of(args.knowledge)
    files = shared.read(folder)
    try:
        found = read_sheets(args.file.name, args.file.read_bytes(), files)
    except OSError as error:
        raise UsageError(f"{args.file}：{error.strerror}") from None
    except EditError as error:
        raise UsageError(f"{error}（先运行 python -m bot check {folder}）") from None
    raw = {path: None if text is None else text.encode() for path, text in found.changes.items()}
    if raw and not args.dry_run:
        try:
            shared.write(folder, raw, {path: files.get(path) for path in raw})
        except shared.FolderChangedError as error:
            raise UsageError(f"导入的时候别人改了 {error}，什么也没有写。请再导入一次。") from None
        except shared.FolderBusyError as error:
            raise UsageError(str(error)) from None
    if args.json:
        plain = {
            "written": bool(raw) and not args.dry_run,
            "changed": list(found.changes),
            "problems": [vars(problem) for problem in found.problems],
        }
        print(json.dumps(plain, ensure_ascii=False))
        return 1 if found.failed else 0
    for problem in found.problems:
        print(problem.show())
    if found.failed:
        print(f"{sum(p.level == '错误' for p in found.problems)} 处错误，什么也没有写。改好再导入。")
        return 1
    if not raw:
        print("和现在的一样，没有要改的。")
        return 0
    print(f"{'会改' if args.dry_run else '改好了'}：{'、'.join(found.changes)}")
    _say_answers(args, files, raw)
    return 0


def _say_answers(args: argparse.Namespace, files: dict[str, bytes], raw: dict[str, bytes | None]) -> None:
    """Whose answers change, and which golden questions are answered wrong from now on."""
    from bot.editing.compare import show
    from bot.editing.review import Reviewer

    after = {path: content for path, content in {**files, **raw}.items() if content is not None}
    review = Reviewer(builder()).review(files, after, now_of(args))
    if review.comparison is not None:
        print(show(review.comparison, limit=10))
    for flip in review.flips:
        print(f"考题 {flip.place} “{flip.question}”：{'；'.join(flip.faults)}。回答是对的就改考题。")
