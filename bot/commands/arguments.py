"""What commands share: their arguments, and the parts that an argument names."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from bot.conversation import Assistant
    from bot.settings import Settings

# The type argparse gives its list of commands; it has no public name.
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


class UsageError(Exception):
    """Wrong use, exit 2; the message is for people."""


def add_json(parser: argparse.ArgumentParser) -> None:
    """--json."""
    parser.add_argument("--json", action="store_true", help="给程序看的输出")


def add_now(parser: argparse.ArgumentParser) -> None:
    """--now, an aware instant or None; `now_of` reads it."""
    parser.add_argument("--now", type=instant, help="假定现在是这个时刻（带时区的 ISO 时间）")


def add_knowledge(parser: argparse.ArgumentParser) -> None:
    """--knowledge, a folder or None; `folder_of` reads it."""
    parser.add_argument("--knowledge", type=Path, metavar="目录", help="用这个知识目录")


def instant(text: str) -> datetime:
    """An argparse type: ISO text with a zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}”不是时间，例如 2024-04-06T10:00:00+08:00") from None
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"“{text}”没有时区，例如 2024-04-06T10:00:00+08:00")
    return moment


def settings() -> Settings:
    """The environment's; raises SettingsError."""
    from bot.settings import Settings

    return Settings.from_env()


def now_of(args: argparse.Namespace) -> datetime:
    """--now, or BOT_NOW, or the real one; aware."""
    given: datetime | None = args.now
    return given or settings().bot_now or datetime.now(UTC)


def folder_of(given: Path | None) -> Path:
    """The folder given, or BOT_KNOWLEDGE.

    Raises:
        UsageError: there is no such folder.
    """
    folder = given or settings().bot_knowledge
    if not folder.is_dir():
        raise UsageError(f"没有这个目录：{folder}")
    return folder


def assistant_of(given: Path | None) -> Assistant:
    """What answers from this folder (None: BOT_KNOWLEDGE); some 2 s.

    Raises:
        UsageError: no such folder, or it has errors; the message lists them.
    """
    from bot.answers.offers import Offers
    from bot.knowledge.load import load

    folder = folder_of(given)
    kb, problems = load(folder)
    if kb is None:
        shown = "\n".join(problem.show() for problem in problems if problem.is_error)
        raise UsageError(f"{shown}\n知识目录有错误，先改好（python -m bot check {folder}）。")
    told = settings()
    return builder()(kb, Offers(told.public_url, told.bot_customer_service))


def builder() -> Callable[..., Assistant]:
    """bot.build.build as the server has it, with the second opinion if BOT_SEMANTIC asks for it. Its phrasings are all learnt before the answer.

    Raises:
        SettingsError: the encoder does not work.
    """
    from functools import partial

    from bot.build import build
    from bot.fits import KeptFits
    from bot.meanings import meanings_of

    meanings = meanings_of(settings(), at_once=None, tell=_say_learning)
    return partial(build, meanings=meanings, keep=KeptFits(settings().bot_var / "fits"))


def _say_learning(known: int, wanted: int) -> None:
    if known < wanted:
        print(f"第二意见：还有 {wanted - known} 条问法要算，以后不用再算…", file=sys.stderr, flush=True)


def start(assistant: Assistant, region: str | None) -> dict[str, Any] | None:
    """The session of a candidate who is known to be in `region` (name, id or full name); None for None.

    Raises:
        UsageError: no such region.
    """
    from bot.dialogue.session import Session

    if region is None:
        return None
    found = next(
        (r.name for r in assistant.kb.regions.values() if region in (r.name, r.id, r.full_name)), None
    )
    if found is None:
        raise UsageError(f"不认识的考区“{region}”。可用：{'、'.join(assistant.kb.regions)}")
    return Session(region=found).to_dict()
