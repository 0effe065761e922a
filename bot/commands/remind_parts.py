"""What every `remind` command and the worker need: settings, clock, store, knowledge, reminders."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bot.commands.arguments import UsageError, folder_of, settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.clock import Clock
    from bot.knowledge.model import Knowledge
    from bot.reminders.run import Reminders
    from bot.storage.store import Store


class Parts:
    """What every one of these commands needs, opened once."""

    def __init__(self, args: argparse.Namespace, follow: bool = False) -> None:
        """follow: go with the folder as staff change it, for as long as the process runs."""
        from bot.clock import Clock
        from bot.reminders.run import of_settings
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
