"""Versions: every state of the knowledge folder that was ever live, kept for good and never changed.

    VERSIONS/files/ab/abcdef…          the content of one file, named by its SHA-256; equal files are kept once
    VERSIONS/versions/TIME-CONTENT.json    who, when, why, and which file had which content
    VERSIONS/drafts/ID.json            bot/editing/proposals.py

One folder that all hosts share, like the knowledge folder itself. Writers hold `.lock`; readers need none.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.knowledge.load import version_of

PUBLISH, BACK, BY_HAND = "发布", "回退", "手改"  # how a version came to be


@dataclass(frozen=True)
class Version:
    """One snapshot.

    id: its time and content, e.g. "20261122T101500123456-3f2a9c01b7de"; sorts by time.
    content: 12 hex digits, `bot.knowledge.load.version_of` of its files; the same files again have the same content, so a version that
        was gone back to appears twice in the history with one content.
    kind: PUBLISH, BACK (somebody went back to an older one) or BY_HAND (the folder was edited outside the console).
    at: aware, UTC. author: a name, "" for edits by hand. note: why, in staff's words.
    files: relative path -> SHA-256 of the content.
    """

    id: str
    content: str
    kind: str
    at: datetime
    author: str
    note: str
    files: Mapping[str, str]

    def changed(self, before: Version | None) -> tuple[str, ...]:
        """The paths that are new, different or gone compared with `before`, sorted; all of them when that is None."""
        old = before.files if before is not None else {}
        return tuple(sorted(path for path in {*self.files, *old} if self.files.get(path) != old.get(path)))


class VersionStore:
    """The folder of versions. Safe for threads, processes and hosts."""

    def __init__(self, root: Path) -> None:
        """root: made when first written to."""
        self._root = root

    @contextmanager
    def lock(self) -> Iterator[None]:
        """One writer at a time, on every host that mounts the folder. Not re-entrant."""
        self._root.mkdir(parents=True, exist_ok=True)
        with (self._root / ".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def history(self) -> list[Version]:
        """Newest first; [] before the first."""
        names = sorted((path.stem for path in (self._root / "versions").glob("*.json")), reverse=True)
        return [found for name in names if (found := self.get(name)) is not None]

    def newest(self) -> Version | None:
        """The last one recorded; None before the first."""
        name = max((path.stem for path in (self._root / "versions").glob("*.json")), default=None)
        return self.get(name) if name is not None else None

    def get(self, id: str) -> Version | None:
        """The version of that id, or the newest one of that content (`id` may be the 12 digits alone); None when there is none."""
        if "/" in id or id.startswith("."):
            return None
        path = self._root / "versions" / f"{id}.json"
        if not path.exists():
            path = max((self._root / "versions").glob(f"*-{id}.json"), default=path)
        try:
            plain = json.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            return None
        return Version(**{**plain, "at": datetime.fromisoformat(plain["at"])})

    def files(self, version: Version) -> dict[str, bytes]:
        """Its files by relative path.

        Raises:
            FileNotFoundError: somebody removed contents from the folder.
        """
        return {path: self._blob(digest).read_bytes() for path, digest in version.files.items()}

    def record(
        self, files: Mapping[str, bytes], kind: str, at: datetime, author: str = "", note: str = ""
    ) -> Version:
        """Keep a snapshot; the caller holds `lock()`.

        Returns:
            The new version, or the newest one as it is when its content is the same.
        """
        content, newest = version_of(dict(files)), self.newest()
        if newest is not None and newest.content == content:
            return newest
        at = at.astimezone(UTC)
        digests = {path: self._keep(raw) for path, raw in sorted(files.items())}
        version = Version(f"{at:%Y%m%dT%H%M%S%f}-{content}", content, kind, at, author, note, digests)
        if newest is not None and version.id <= newest.id:  # a clock that stands still or went back
            after = f"{newest.id.split('-')[0]}_"
            version = Version(f"{after}-{content}", content, kind, at, author, note, digests)
        text = json.dumps({**asdict(version), "at": at.isoformat()}, ensure_ascii=False, indent=1)
        write_aside(self._root / "versions" / f"{version.id}.json", text.encode())
        return version

    def _keep(self, raw: bytes) -> str:
        digest = hashlib.sha256(raw).hexdigest()
        path = self._blob(digest)
        if not path.exists():
            write_aside(path, raw)
        return digest

    def _blob(self, digest: str) -> Path:
        return self._root / "files" / digest[:2] / digest


def write_aside(path: Path, raw: bytes) -> None:
    """Write under another name, then rename: a reader sees the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with aside.open("wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        with suppress(FileNotFoundError):
            aside.unlink()
