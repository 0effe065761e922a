"""The knowledge folder read and written whole: several processes and hosts share it, and none may see half of a publish.

A publish changes some files. They are staged in `.publishing/` inside the folder (hidden, so no loader reads them), then a manifest
says "all there", then each is renamed over its target, then `.published` names the folder's new content and the manifest goes.
A reader that sees a manifest waits. A publisher that died before the manifest changed nothing; one that died after it is finished by
whoever looks next. Renames inside one folder are atomic on local disks and on NFS; so is `mkdir`, which is the lock.

The race we accept: a file that an editor saves in the microseconds between the last look at it and the rename over it is lost.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from bot.knowledge.load import contents, names, version_of

JOURNAL = ".publishing"
PUBLISHED = ".published"  # the version_of the folder as the last publish left it
MANIFEST = "manifest.json"
ABANDONED_SECONDS = 5.0  # a publish takes milliseconds; one this old has died
TRIES = 50
PAUSE_SECONDS = 0.02
Files = Mapping[str, bytes]
Changes = Mapping[str, bytes | None]  # relative path -> new content, None = the file goes
Stamp = tuple[tuple[str, int, int], ...]


class FolderBusyError(Exception):
    """Somebody publishes right now; try again in a second. The message is for staff."""


class FolderChangedError(Exception):
    """Files are no longer as the publisher last saw them; `paths` names them, and nothing was written."""

    def __init__(self, paths: tuple[str, ...]) -> None:
        super().__init__("、".join(paths))
        self.paths = paths


def stamp_of(folder: Path) -> Stamp:
    """Name, size and time of every file; unchanged means nothing to read (1 ms for forty files)."""
    found = []
    for name in sorted(names(folder)):
        if not name.endswith(".yaml"):
            continue
        try:
            stat = (folder / name).stat()
        except FileNotFoundError:  # an editor's rename, between the listing and the look
            continue
        found.append(((folder / name).as_posix(), stat.st_size, stat.st_mtime_ns))
    return tuple(found)


def take(folder: Path) -> tuple[Stamp, dict[str, bytes]] | None:
    """One look: what the folder holds and the stamp that goes with it; None while it is being written.

    Finishes the publish of a process that died. Raises OSError when the folder can't be read.
    """
    settle(folder)
    before = stamp_of(folder)
    if _manifest(folder) is not None:
        return None
    files = contents(folder)
    if _manifest(folder) is not None or stamp_of(folder) != before:
        return None
    return before, files


def read(folder: Path) -> dict[str, bytes]:
    """What the folder holds, whole; waits up to a second for a publish to end.

    Raises:
        FolderBusyError: it did not end, or files keep changing.
    """
    for _ in range(TRIES):
        if (found := take(folder)) is not None:
            return found[1]
        time.sleep(PAUSE_SECONDS)
    raise FolderBusyError("知识目录正在被改动，请过几秒再试。")


def published(folder: Path) -> str:
    """The version_of the folder as the last publish left it; "" when there was none. An edit by hand may have come since."""
    try:
        return (folder / PUBLISHED).read_text("utf-8").strip()
    except OSError:
        return ""


def write(folder: Path, changes: Changes, expected: Mapping[str, bytes | None]) -> None:
    """Change some files, all or none; the others are not touched.

    Args:
        expected: what each path to be changed holds now as far as the caller knows; None = no such file.

    Raises:
        FolderBusyError: another publish is under way.
        FolderChangedError: a path holds something else; nothing was written.
        ValueError: a path that is not one of a knowledge file.
    """
    for path in changes:
        check_path(path)
    journal, token = folder / JOURNAL, secrets.token_hex(8)  # no leftover of another publish bears our token
    _lock(folder)
    try:
        _stage(journal / token, b"", journal / MANIFEST)
        steps = []
        for number, (path, content) in enumerate(sorted(changes.items())):
            staged = None
            if content is not None:
                staged = f"{token}-{number}"
                _stage(journal / staged, content, folder / path)
            steps.append({"path": path, "staged": staged, "old": _digest(expected.get(path))})
        moved = tuple(path for path in sorted(changes) if _content(folder / path) != expected.get(path))
        if moved:
            raise FolderChangedError(moved)
        after = {**contents(folder), **changes}
        version = version_of({path: content for path, content in after.items() if content is not None})
        manifest = {"token": token, "version": version, "steps": steps}
        mine = journal / f"{token}-{MANIFEST}"
        _stage(mine, json.dumps(manifest, ensure_ascii=False).encode(), journal / MANIFEST)
        (journal / token).unlink()  # in a journal of somebody else there is none
        mine.replace(journal / MANIFEST)  # from here on it is whole
    except FileNotFoundError:  # a disk that stood still made us look dead, and our journal was cleared
        (journal / f"{token}-{MANIFEST}").unlink(missing_ok=True)
        raise FolderBusyError("磁盘太慢，这次发布没有写进去，线上没有变；请过几秒再试。") from None
    except BaseException:
        _clear(journal)
        raise
    _finish(folder, manifest)


def settle(folder: Path) -> None:
    """Finish a publish whose process died, or clear away one that died before it changed anything."""
    journal = folder / JOURNAL
    try:
        age = time.time() - journal.stat().st_mtime
    except FileNotFoundError:
        return
    if age < ABANDONED_SECONDS:
        return
    manifest = _manifest(folder)
    if manifest is not None:
        _finish(folder, manifest)
    else:
        _clear(journal)


def check_path(path: str) -> None:
    """Raise ValueError for anything that is not a knowledge file inside the folder: "../x", "/x", ".hidden", "x.txt"."""
    parts = path.split("/")
    if not path.endswith(".yaml") or "\\" in path or any(not part or part.startswith(".") for part in parts):
        raise ValueError(f"“{path}”不是知识文件的名字，例如 faq/缴费.yaml。")


def _lock(folder: Path) -> None:
    settle(folder)
    try:
        (folder / JOURNAL).mkdir()
    except FileExistsError:
        raise FolderBusyError("别人正在发布，请过几秒再试。") from None


def _stage(staged: Path, content: bytes, target: Path) -> None:
    """FileNotFoundError: the journal was cleared, somebody took this publish for a dead one."""
    with staged.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileNotFoundError):
        shutil.copymode(target, staged)


def _finish(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Put every staged file in its place. Several processes may do this at once: what one has done the other finds done.

    A target that somebody saved since the manifest was written is theirs and stays as it is.
    """
    journal = folder / JOURNAL
    for step in manifest["steps"]:
        target = Path(os.path.realpath(folder / step["path"]))
        if _digest(_content(target)) != step["old"]:
            continue
        if step["staged"] is None:
            target.unlink(missing_ok=True)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            (journal / step["staged"]).replace(target)
    found = _manifest(folder)
    if found is None or found["token"] != manifest["token"]:
        return  # another process has finished it and cleared the journal; a later publish may have one there
    _write_once(journal / PUBLISHED, manifest["version"] + "\n", folder / PUBLISHED)
    _clear(journal)


def _clear(journal: Path) -> None:
    """The journal goes in one step: nobody ever finds the half of it, and who still writes into it fails."""
    aside = journal.with_name(f"{JOURNAL}-{secrets.token_hex(8)}")
    with suppress(FileNotFoundError):
        journal.rename(aside)
        shutil.rmtree(aside, ignore_errors=True)


def _manifest(folder: Path) -> Mapping[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads((folder / JOURNAL / MANIFEST).read_text("utf-8"))
    except FileNotFoundError:
        return None
    return found


def _write_once(path: Path, text: str, into: Path) -> None:
    """Write aside and rename, so that nobody reads the half of it."""
    aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with suppress(FileNotFoundError):  # another process has finished and cleared the journal
        with aside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(into)


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _digest(content: bytes | None) -> str | None:
    return None if content is None else hashlib.sha256(content).hexdigest()
