"""Proposals (草稿): changed files that are not live yet, each on the state of the folder in which its author found them."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.editing.versions import VersionStore, write_aside
from bot.knowledge.folder import check_path

# The folder's files -> relative path: new text, None = gone; may raise splice.EditError. What entries.py and schedules.py make.
Edit = Callable[[Mapping[str, bytes]], Mapping[str, str | None]]
_ID = re.compile("[0-9a-f]{12}")


@dataclass(frozen=True)
class Proposal:
    """One draft.

    id: 12 hex digits. title: what it is about, in its author's words. author: who opened it.
    changes: relative path -> the whole new text of the file, None = the file goes. base: the same paths -> their text in the folder when they
        were first changed here, None = there was none. A publish refuses a path whose text is neither `base` nor `changes` by then.
    opened_at, changed_at: aware.
    """

    id: str
    title: str
    author: str
    opened_at: datetime
    changed_at: datetime
    changes: Mapping[str, str | None] = field(default_factory=dict)
    base: Mapping[str, str | None] = field(default_factory=dict)

    def over(self, files: Mapping[str, bytes]) -> dict[str, bytes]:
        """`files` with this draft's changes laid over them."""
        merged: dict[str, bytes | None] = {**files, **self.raw()}
        return {path: merged[path] or b"" for path in sorted(merged) if merged[path] is not None}

    def raw(self) -> dict[str, bytes | None]:
        """The changes as bytes."""
        return {path: None if text is None else raw_of(text) for path, text in self.changes.items()}

    def with_change(self, path: str, text: str | None, live: str | None, at: datetime) -> Proposal:
        """This draft with `path` saying `text`.

        Args:
            live: what the folder's file says now; kept as `base` when the path was not changed here before.

        A text equal to its base is no change and leaves the draft.
        Raises ValueError for a path that is not one of a knowledge file.
        """
        check_path(path)
        changes, base = dict(self.changes), dict(self.base)
        base.setdefault(path, live)
        changes[path] = text
        if text == base[path]:
            del changes[path], base[path]
        return replace(self, changes=changes, base=base, changed_at=at)


class ProposalStore:
    """Drafts in the folder of versions. Every change is made under its lock, so two editors of one draft lose nothing."""

    def __init__(self, root: Path, versions: VersionStore) -> None:
        self._root, self._versions = root / "drafts", versions

    def all(self) -> list[Proposal]:
        """The one changed last comes first."""
        found = [self.get(path.stem) for path in self._root.glob("*.json")]
        return sorted(
            (draft for draft in found if draft is not None), key=lambda draft: draft.changed_at, reverse=True
        )

    def get(self, id: str) -> Proposal | None:
        """None: no such draft, or it was published or thrown away."""
        if not _ID.fullmatch(id):
            return None
        try:
            plain: dict[str, Any] = json.loads((self._root / f"{id}.json").read_text("utf-8"))
        except FileNotFoundError:
            return None
        times = {name: datetime.fromisoformat(plain[name]) for name in ("opened_at", "changed_at")}
        return Proposal(**{**plain, **times})

    def open(self, author: str, title: str, at: datetime) -> Proposal:
        """A new, empty one."""
        draft = Proposal(secrets.token_hex(6), title, author, at, at)
        self._write(draft)
        return draft

    def change(self, id: str, how: Callable[[Proposal], Proposal]) -> Proposal:
        """Replace a draft by `how(draft)`, with nobody in between.

        Raises:
            KeyError: no such draft.
        """
        with self._versions.lock():
            draft = self.get(id)
            if draft is None:
                raise KeyError(id)
            changed = how(draft)
            if changed != draft:
                self._write(changed)
            return changed

    def drop(self, id: str) -> None:
        """Throw it away; harmless when it is gone."""
        if _ID.fullmatch(id):
            (self._root / f"{id}.json").unlink(missing_ok=True)

    def _write(self, draft: Proposal) -> None:
        plain = {**vars(draft), "changes": dict(draft.changes), "base": dict(draft.base)}
        plain |= {"opened_at": draft.opened_at.isoformat(), "changed_at": draft.changed_at.isoformat()}
        write_aside(self._root / f"{draft.id}.json", json.dumps(plain, indent=1).encode())


def text_of(raw: bytes) -> str:
    """A file's text; bytes that are no UTF-8 survive the way there and back."""
    return raw.decode("utf-8", "surrogateescape")


def raw_of(text: str) -> bytes:
    """The bytes of `text_of`."""
    return text.encode("utf-8", "surrogateescape")
