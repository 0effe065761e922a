"""`ask` and `explain`: one question, or a file of them, and why it was answered so."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands.arguments import (
    Commands,
    UsageError,
    add_json,
    add_knowledge,
    add_now,
    assistant_of,
    now_of,
    settings,
    start,
)

if TYPE_CHECKING:
    from bot.conversation import Assistant, Turn


def register(commands: Commands) -> None:
    """Add both."""
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


def _common(parser: argparse.ArgumentParser) -> None:
    add_now(parser)
    add_knowledge(parser)
    add_json(parser)


def _ask(args: argparse.Namespace) -> int:
    if args.batch:
        return _ask_batch(args)
    if args.text is None:
        raise UsageError("要问什么？例如：python -m bot ask 四川技能考试几号缴费")
    assistant = assistant_of(args.knowledge)
    turn = _ask_as(args, assistant) if args.user else _respond(args, assistant, start(assistant, args.region))
    if args.json:
        print(json.dumps(turn.to_dict(args.user or "ask"), ensure_ascii=False))
    else:
        print(turn.reply.text)
    return 0


def _respond(args: argparse.Namespace, assistant: Assistant, session: dict[str, Any] | None) -> Turn:
    from bot.conversation import Message

    return assistant.respond(Message("text", args.text), session, now_of(args))


def _ask_as(args: argparse.Namespace, assistant: Assistant) -> Turn:
    """One turn of a candidate who is remembered, in a namespace of the command line's own."""
    import uuid

    from bot.storage.migrate import upgrade
    from bot.storage.store import Store

    given = settings()
    upgrade(given.store_url)
    store = Store(given.store_url, given.secret(), given.bot_database_wait_seconds, lambda: datetime.now(UTC))
    try:
        with store.turn(f"cli:{args.user}", uuid.uuid4().hex) as record:
            session = start(assistant, args.region) if args.region else record.session
            turn = _respond(args, assistant, session)
            record.finish(reply=b"", session=turn.session, row=None)
    finally:
        store.close()
    return turn


def _ask_batch(args: argparse.Namespace) -> int:
    from bot.conversation import Message

    if args.out is None:
        raise UsageError("批量要写明结果放哪里：--out OUT.jsonl")
    assistant = assistant_of(args.knowledge)
    now = now_of(args)
    try:
        lines = args.batch.read_text(encoding="utf-8").splitlines()
        with args.out.open("w", encoding="utf-8") as out:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    name, texts = _batch_line(line, number)
                    session, turn = start(assistant, args.region), None
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

    assistant = assistant_of(args.knowledge)
    found = explain(assistant, args.text, start(assistant, args.region), now_of(args))
    print(json.dumps(found, ensure_ascii=False) if args.json else show(found))
    return 0
