"""Sees a change of the folder, builds aside, swaps one reference; on problems the last good version answers on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

from bot.knowledge import folder as shared
from bot.knowledge.load import build, version_of
from bot.knowledge.model import Knowledge
from bot.knowledge.problem import Problem

EVERY_SECONDS = 0.25  # between two looks at the folder; one costs a millisecond
STILL_LOOKS = (
    2  # so many must find an edit by hand as the one before did; a publish is whole, and taken at once
)
T = TypeVar("T")


class KnowledgeError(Exception):
    """No version of the folder has ever been good; `problems` says why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(problem.show() for problem in problems if problem.is_error))
        self.problems = problems


class KnowledgeSource(Generic[T]):
    """The knowledge that answers now, as `make` builds it (an Assistant).

    A request takes `current()` once, so one reply never mixes two versions. Safe for threads.
    """

    def __init__(
        self,
        folder: Path,
        make: Callable[[Knowledge], T],
        now: Callable[[], datetime],
        report: Callable[[list[Problem], str | None], None] = lambda problems, version: None,
        last_good: Callable[[], dict[str, bytes] | None] = lambda: None,
    ) -> None:
        """
        Args:
            now: the real clock, for `loaded_at`.
            report: told of every load that changed something: its problems, and the version that went live or None.
            last_good: the files of the version that was live last; what is answered from where the folder holds errors, for a
                machine may restart in the middle of an edit.

        Raises:
            KnowledgeError: the folder can't be loaded at all, nor was there ever a version that can.
        """
        self._folder, self._make, self._now, self._report = folder, make, now, report
        self._lock = threading.Lock()
        self._published = shared.published(folder)
        files = shared.read(folder)
        self._stamp = self._seen = shared.stamp_of(folder)
        self._stood = 0  # looks that found what the one before did
        kb, self.problems = build(files)
        self._tried = version_of(files)
        if kb is None and (kb := build(last_good() or {})[0]) is not None:
            report(self.problems, None)
        if kb is None:
            raise KnowledgeError(self.problems)
        self._kb, self._live = kb, make(kb)
        self.version = kb.version
        self.loaded_at: datetime | None = now()
        report(self.problems, kb.version)

    def current(self) -> T:
        """What answers now."""
        return self._live

    def live_version(self) -> str:
        """The version that answers now."""
        return self.version

    def refresh(self, still_looks: int = 1) -> bool:
        """Look once; load when the folder has changed and stood still for `still_looks`. True when a version went live.

        A half-saved file is seen as a change, and as another when the rest arrives; only a folder that did not move
        between looks is read. One that is read half all the same is stopped by its checks. What a publish wrote
        (bot/knowledge/folder.py) is whole and read at once.
        """
        with self._lock:
            stamp = shared.stamp_of(self._folder)
            self._stood = self._stood + 1 if stamp == self._seen else 0
            self._seen = stamp
            still = self._stood >= still_looks
            published = shared.published(self._folder)
            if (stamp == self._stamp or not still) and published == self._published:
                return False
            return self._take(still)

    def _take(self, still: bool) -> bool:
        published = shared.published(self._folder)
        found = shared.take(self._folder)
        if found is None:
            return False
        stamp, files = found
        self._published = published
        if not still and version_of(files) != published:
            return False  # somebody edits by hand since: that must stand still first
        self._stamp = self._seen = stamp
        return self._load(files)

    def renew(self) -> None:
        """Make what answers anew from the same version: something that `make` uses beside the knowledge has changed."""
        with self._lock:
            self._live = self._make(self._kb)

    def watch(self, stop: threading.Event) -> None:
        """Refresh until told to stop; what a background thread of each process runs."""
        while not stop.wait(EVERY_SECONDS):
            self._try(lambda: self.refresh(STILL_LOOKS))

    def catch_up(self, last_good: Callable[[], dict[str, bytes] | None], stop: threading.Event) -> None:
        """What a process does before its first answer: a worker that takes the place of another is forked from the server's parent,
        which knows what was live when the server started, and must not tell of that day's dates until its first look.

        Never raises. Takes no time where nothing has changed; half a second more than the load after an edit by hand, which
        must stand still.

        Args:
            last_good: the files of the version that was live last; taken where the folder holds errors by now.
        """
        self._try(self.refresh)
        if self._seen != self._stamp and not stop.wait(EVERY_SECONDS * STILL_LOOKS):
            self._try(self.refresh)
        if self._tried != self.version:
            self._try(lambda: self._fall_back(last_good()))

    def _fall_back(self, files: dict[str, bytes] | None) -> bool:
        """The problems shown stay those of the folder, and so does the version that is not tried again."""
        with self._lock:
            problems, tried = self.problems, self._tried
            done = files is not None and self._load(files)
            self.problems, self._tried = problems, tried
            return done

    def _try(self, look: Callable[[], bool]) -> None:
        try:
            look()
        except OSError as error:  # a folder that is away for a moment must not end the watching
            self._fail(f"知识目录读不了：{error}")
        except Exception as error:  # noqa: BLE001  nor must a version that our own code stumbles over
            self._fail(f"这一版没能启用，程序出错了，请告诉开发人员：{type(error).__name__} {error}")

    def _fail(self, text: str) -> None:
        self.problems = [Problem(str(self._folder), 0, 0, "错误", "folder", text)]
        self._report(self.problems, None)

    def _load(self, files: dict[str, bytes]) -> bool:
        version = version_of(files)
        if version == self._tried:
            return False
        self._tried = version
        kb, problems = build(files)
        self.problems = problems
        if kb is None:
            self._report(problems, None)
            return False
        if kb.version == self.version:  # put back as it was
            self._report(problems, kb.version)
            return False
        self._kb, self._live = kb, self._make(kb)
        self.version, self.loaded_at = kb.version, self._now()
        self._report(problems, kb.version)
        return True
