"""Folder -> Knowledge, or the list of every Problem: all of them in one run."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from bot.knowledge.assemble import assemble
from bot.knowledge.checks import (
    blank_unknown,
    comment_cut,
    date_in_text,
    entry_duplicate,
    entry_links,
    file_missing,
    file_name,
    file_size,
    key_duplicate,
    menu_limits,
    phrase_blanks,
    question_duplicate,
    region_unknown,
    reminder_rules,
    reply_length,
    schedule_file,
    source_missing,
    source_region,
    source_year,
    stage_missing,
    stage_order,
    stage_unknown,
    value_choice,
    value_type,
    window_date,
    window_order,
    yaml_anchor,
    yaml_syntax,
)
from bot.knowledge.draft import Draft
from bot.knowledge.model import Knowledge
from bot.knowledge.problem import Problem, sort_key
from bot.knowledge.yaml_source import Mapping, read

# In the order in which the docs list them. The first ones speak while a file is read.
READING = (
    file_missing, file_name, file_size, yaml_syntax, yaml_anchor, key_duplicate, comment_cut,
)  # fmt: skip
CHECKS = (
    value_type, value_choice, region_unknown, stage_unknown, stage_missing, stage_order, window_date, window_order,
    schedule_file, source_missing, source_region, source_year, blank_unknown, date_in_text, entry_links,
    entry_duplicate, question_duplicate, reply_length, phrase_blanks, reminder_rules, menu_limits,
)  # fmt: skip


def load(folder: Path) -> tuple[Knowledge | None, list[Problem]]:
    """Read, check and build.

    Returns:
        The knowledge, None when any problem is an error; and every problem, sorted by file and place.
    """
    files = contents(folder)
    return build(files)


def contents(folder: Path) -> dict[str, bytes]:
    """Every *.yaml below `folder` by its relative path, sorted, and what looks like one; {} when there is no folder."""
    found = {}
    for name in sorted(names(folder)):
        if not (name.endswith(".yaml") or file_name.wrong(name)):
            continue
        try:
            found[name] = (folder / name).read_bytes()
        except (FileNotFoundError, IsADirectoryError):  # an editor's rename, between the listing and the read
            continue
    return found


def names(folder: Path) -> Iterator[str]:
    """The relative path of every file that is not hidden nor in a hidden folder, in no order; nothing when there is no folder.

    Not Path.rglob: it goes into hidden folders too, and raises FileNotFoundError when one vanishes while it looks, as the
    journal of every publish does. A folder that vanishes, or may not be read, counts as empty here.
    """
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        within = Path(parent).relative_to(folder)
        yield from ((within / name).as_posix() for name in files if not name.startswith("."))


def version_of(files: dict[str, bytes]) -> str:
    """A name for exactly these bytes: 12 hex digits."""
    digest = hashlib.sha256()
    for path, content in sorted(files.items()):
        digest.update(path.encode() + b"\0" + content + b"\0")
    return digest.hexdigest()[:12]


def build(files: dict[str, bytes]) -> tuple[Knowledge | None, list[Problem]]:
    """As `load`, from bytes in memory."""
    draft = parse(files)
    for check in CHECKS:
        if not draft.unread(getattr(check, "NEEDS", ())):
            check.check(draft)
    draft.problems.sort(key=sort_key)
    if any(problem.is_error for problem in draft.problems):
        return None, draft.problems
    return assemble(draft, version_of(files)), draft.problems


def parse(files: dict[str, bytes]) -> Draft:
    """Every file's YAML; what can't be read is reported for all files, not for the first."""
    draft = Draft(names=frozenset(files))
    draft.problems += file_missing.missing(files)
    for path, raw in files.items():
        if file_name.wrong(path):
            draft.problems.append(file_name.found(path))
        elif len(raw) > file_size.MAX_BYTES:
            draft.problems.append(file_size.found(path, len(raw)))
        else:
            _parse(draft, path, raw)
    return draft


def _parse(draft: Draft, path: str, raw: bytes) -> None:
    root, problems = _parsed(path, raw)
    draft.problems += problems
    if root is not None:
        draft.files[path] = root


@lru_cache(maxsize=128)
def _parsed(path: str, raw: bytes) -> tuple[Mapping | None, tuple[Problem, ...]]:
    """One file; remembered, since a change leaves the other files as they were. Nobody changes a parsed value."""
    try:
        content = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None, (yaml_syntax.encoding(path, raw),)
    problems: list[Problem] = []
    root = read(path, content, problems)
    if isinstance(root, Mapping):
        return root, tuple(problems)
    if not problems:
        text = "文件是空的。" if root is None else "文件里应该是“键: 值”，现在不是。"
        hint = "看看是不是没存完，或放错了文件；不用的就删掉。"
        problems.append(Problem(path, 1, 1, "错误", value_type.ID, text, hint))
    return None, tuple(problems)
