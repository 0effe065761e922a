"""Desk: everything the console and the command line do with the knowledge, over one folder and its versions."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bot.conversation import Assistant
from bot.editing.proposals import Edit, Proposal, ProposalStore, text_of
from bot.editing.review import Review, Reviewer
from bot.editing.versions import BACK, BY_HAND, PUBLISH, Version, VersionStore
from bot.knowledge import folder
from bot.knowledge.load import build as build_knowledge
from bot.knowledge.load import version_of
from bot.knowledge.model import Knowledge
from bot.observability import get_logger

log = get_logger(__name__)
KEEP_SECONDS = 1.0


@dataclass(frozen=True)
class Clash:
    """One file that was changed behind a draft's back.

    base: its text when the draft first changed it · mine: the draft's · theirs: what the folder holds now. None = no such file.
    """

    path: str
    base: str | None
    mine: str | None
    theirs: str | None


class ConflictError(Exception):
    """Files were changed by somebody else meanwhile; nothing was written. `clashes` has each with both texts."""

    def __init__(self, clashes: tuple[Clash, ...]) -> None:
        super().__init__(f"这些文件刚被别人改过：{'、'.join(clash.path for clash in clashes)}")
        self.clashes = clashes


class RefusedError(Exception):
    """Errors or flipped golden questions; nothing was written. `review` says which."""

    def __init__(self, review: Review) -> None:
        super().__init__(f"不能发布：{review.blocked}")
        self.review = review


class Desk:
    """Drafts, reviews, publishing and going back.

    One a process; safe for threads. The folder is the truth: whatever is in it and loads without errors is live within two seconds in
    every process and on every host that mounts it (bot/knowledge/reload.py); the versions only remember.
    """

    def __init__(
        self,
        knowledge: Path,
        versions: Path,
        build: Callable[[Knowledge], Assistant],
        now: Callable[[], datetime],
    ) -> None:
        """
        Args:
            knowledge: the folder that answers (BOT_KNOWLEDGE).
            versions: where versions and drafts are kept (BOT_VERSIONS); made when first needed.
            build: bot.build.build.
            now: the real clock, aware; for the times of versions and drafts.
        """
        self._folder, self._now = knowledge, now
        self.versions = VersionStore(versions)
        self.proposals = ProposalStore(versions, self.versions)
        self.reviewer = Reviewer(build)

    def files(self) -> dict[str, bytes]:
        """What the folder holds now, never half a publish. Raises FolderBusyError."""
        return folder.read(self._folder)

    # --- drafts

    def open(self, author: str, title: str) -> Proposal:
        """A new, empty draft. `self.proposals` lists, finds and drops them."""
        return self.proposals.open(author, title, self._now())

    def files_of(self, draft: Proposal) -> dict[str, bytes]:
        """What the folder would hold if `draft` were published now: a draft is always seen over what is live, so that somebody else's
        publish of other files shows in it at once."""
        return draft.over(self.files())

    def edit(self, id: str, edit: Edit) -> Proposal:
        """Make one edit (bot/editing/entries.py, schedules.py, words.py …) on what the draft shows.

        Raises:
            KeyError: no such draft.
            EditError: the edit can't be made; the message is for staff.
        """
        live = self.files()

        def change(draft: Proposal) -> Proposal:
            for path, text in edit(draft.over(live)).items():
                theirs = text_of(live[path]) if path in live else None
                draft = draft.with_change(path, text, theirs, self._now())
            return draft

        return self.proposals.change(id, change)

    def put(self, id: str, path: str, text: str | None, seen: str | None) -> Proposal:
        """Replace a whole file, as the YAML box of the console does. CRLF, as browsers send it, becomes LF unless `seen` has it.

        Args:
            text: None = the file goes.
            seen: the text the author started from; None = there was no such file.

        Raises:
            KeyError: no such draft.
            ConflictError: the draft's file is no longer `seen`.
            ValueError: `path` is not one of a knowledge file.
        """
        if text is not None and "\r\n" not in (seen or ""):
            text = text.replace("\r\n", "\n")
        live = self.files()
        theirs = text_of(live[path]) if path in live else None

        def change(draft: Proposal) -> Proposal:
            stands = draft.changes.get(path, theirs)
            if stands != seen and stands != text:
                raise ConflictError((Clash(path, seen, text, stands),))
            return draft.with_change(path, text, theirs, self._now())

        return self.proposals.change(id, change)

    def clashes(self, draft: Proposal) -> tuple[Clash, ...]:
        """The files of `draft` that the folder holds otherwise than when they were first changed in it; () = it can be published."""
        live = self.files()
        found = []
        for path, mine in draft.changes.items():
            theirs = text_of(live[path]) if path in live else None
            if theirs not in (draft.base[path], mine):
                found.append(Clash(path, draft.base[path], mine, theirs))
        return tuple(found)

    def settle(self, id: str, path: str, text: str | None) -> Proposal:
        """Settle one clash: the draft's file becomes `text` (mine, theirs, or what somebody joined from both), on top of what is live.

        Raises:
            KeyError: no such draft.
        """
        live = self.files()
        theirs = text_of(live[path]) if path in live else None

        def change(draft: Proposal) -> Proposal:
            rest = (
                {p: t for p, t in draft.changes.items() if p != path},
                {p: t for p, t in draft.base.items() if p != path},
            )
            return replace(draft, changes=rest[0], base=rest[1]).with_change(path, text, theirs, self._now())

        return self.proposals.change(id, change)

    # --- reviewing

    def review(self, draft: Proposal, now: datetime, questions: Iterable[str] = ()) -> Review:
        """Problems, flips and changed answers of `draft` against what is live; some 4 s the first time, then from memory.

        Args:
            now: as of when the answers are compared.
            questions: texts to be asked of both, e.g. what candidates asked lately.
        """
        live = self.files()
        return self.reviewer.review(live, draft.over(live), now, questions)

    def assistant(self, draft: Proposal | None = None) -> Assistant | None:
        """What answers from the draft (None: from the folder), for trying out; None while it has errors."""
        live = self.files()
        return self.reviewer.load(live if draft is None else draft.over(live)).assistant

    # --- versions

    def remember(self) -> Version | None:
        """Keep what the folder holds as a version, if it is new and has no errors: how an edit by hand enters the history.

        Called by every process when new knowledge has gone live, and before every publish; the second to come finds it done.

        Returns:
            The newest version; None when there is none yet, because the folder has errors.
        """
        with self.versions.lock():
            return self._remember(self.files())

    def history(self) -> list[Version]:
        """Every version, newest first; what is live is the first one whose `content` is `version_of(self.files())`."""
        return self.versions.history()

    def last_good(self) -> dict[str, bytes] | None:
        """The files of the newest version; None when there is none."""
        newest = self.versions.newest()
        return None if newest is None else self.versions.files(newest)

    def publish(self, id: str, author: str, note: str, now: datetime) -> Version:
        """Review a draft once more, write its files, keep the version, and drop the draft.

        Args:
            author: who publishes. now: as of when answers are compared in the review that a RefusedError carries.

        Raises:
            KeyError: no such draft.
            ConflictError: files of the draft were changed in the folder meanwhile; see `settle`.
            RefusedError: errors, or golden questions that flip.
            FolderBusyError: somebody else publishes right now.
        """
        draft = self.proposals.get(id)
        if draft is None:
            raise KeyError(id)
        review = self.review(draft, now)
        if review.blocked:
            raise RefusedError(review)
        with self.versions.lock():
            if clashes := self.clashes(draft):
                raise ConflictError(clashes)
            live = self.files()
            after = draft.over(live)
            if (
                version_of(after) != review.content
            ):  # other files moved since: what was reviewed is not what would go live
                review = self.reviewer.review(live, after, now)
                if review.blocked:
                    raise RefusedError(review)
            self._remember(live)
            self._write(live, draft.raw())
            version = self.versions.record(after, PUBLISH, self._now(), author, note or draft.title)
        self.proposals.drop(id)
        return version

    def go_back(self, version: str, author: str, note: str, seen: str) -> Version:
        """Make the folder what it was at an earlier version, whole; a new version in the history.

        Golden questions don't stop it: it is the way out when something is wrong.

        Args:
            version: a Version.id or a content.
            seen: the content that was live on the page where this was asked for.

        Raises:
            KeyError: no such version.
            ConflictError: the folder is no longer `seen`, or holds an edit by hand that has errors (it would be lost).
            RefusedError: the old files have errors by today's checks.
            FolderBusyError: somebody else publishes right now.
        """
        goal = self.versions.get(version)
        if goal is None:
            raise KeyError(version)
        files = self.versions.files(goal)
        loaded = self.reviewer.load(files)
        if any(problem.is_error for problem in loaded.problems):
            raise RefusedError(
                Review(loaded.content, loaded.problems, tuple(p.show() for p in loaded.problems))
            )
        with self.versions.lock():
            live = self.files()
            changes = {
                path: files.get(path) for path in sorted({*files, *live}) if files.get(path) != live.get(path)
            }
            newest = self._remember(live)
            if version_of(live) != seen or newest is None or newest.content != seen:
                raise ConflictError(
                    tuple(
                        Clash(path, None, _text(raw), _text(live.get(path))) for path, raw in changes.items()
                    )
                )
            self._write(live, changes)
            return self.versions.record(files, BACK, self._now(), author, note)

    def _remember(self, live: Mapping[str, bytes]) -> Version | None:
        newest = self.versions.newest()
        if newest is not None and newest.content == version_of(dict(live)):
            return newest
        if build_knowledge(dict(live))[0] is None:
            return newest
        return self.versions.record(live, BY_HAND, self._now())

    def _write(self, live: Mapping[str, bytes], changes: Mapping[str, bytes | None]) -> None:
        """Write changed files only: the folder is many people's working tree."""
        wanted = {path: raw for path, raw in changes.items() if raw != live.get(path)}
        try:
            folder.write(self._folder, wanted, {path: live.get(path) for path in wanted})
        except folder.FolderChangedError as error:
            now = self.files()
            raise ConflictError(
                tuple(
                    Clash(path, _text(live.get(path)), _text(wanted[path]), _text(now.get(path)))
                    for path in error.paths
                )
            ) from None


def keep(desk: Desk, live: Callable[[], str], stop: threading.Event) -> None:
    """Remember what goes live, until told to stop; what a background thread of each process runs.

    Args:
        live: the version that answers now; it changes only once a load had no errors.
    """
    remembered = ""
    while not stop.wait(KEEP_SECONDS):
        version = live()
        if version != remembered:
            try:
                desk.remember()
            except (OSError, folder.FolderBusyError) as error:  # tried again at the next look
                log.warning("version_not_kept", version=version, reason=str(error))
            else:
                remembered = version


def _text(raw: bytes | None) -> str | None:
    return None if raw is None else text_of(raw)
