"""The folder is read and written whole, whoever else reads, writes or dies."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge import folder
from bot.knowledge.folder import FolderBusyError, FolderChangedError
from bot.knowledge.load import contents, version_of

OLD = {"a.yaml": b"a: 1\n", "faq/b.yaml": b"b: 1\n"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for path, raw in OLD.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(raw)
    return tmp_path


def _written(path: Path) -> tuple[int, int]:
    """Which file it is and when it was written; reading it changes neither (it may change when it was last read)."""
    found = path.stat()
    return found.st_ino, found.st_mtime_ns


def test_a_publish_changes_adds_and_removes_and_leaves_the_rest_alone(home: Path) -> None:
    (home / "c.yaml").write_bytes(b"c: 1\n")
    untouched = _written(home / "c.yaml")
    changes = {"a.yaml": b"a: 2\n", "faq/b.yaml": None, "new/d.yaml": b"d: 1\n"}
    folder.write(home, changes, {**OLD, "new/d.yaml": None})
    files = folder.read(home)
    assert files == {"a.yaml": b"a: 2\n", "c.yaml": b"c: 1\n", "new/d.yaml": b"d: 1\n"}
    assert folder.published(home) == version_of(files)
    assert _written(home / "c.yaml") == untouched
    assert not (home / folder.JOURNAL).exists()


def test_a_file_that_was_edited_meanwhile_stops_the_whole_publish(home: Path) -> None:
    (home / "faq/b.yaml").write_bytes(b"b: by hand\n")
    with pytest.raises(FolderChangedError) as caught:
        folder.write(home, {"a.yaml": b"a: 2\n", "faq/b.yaml": b"b: 2\n"}, OLD)
    assert caught.value.paths == ("faq/b.yaml",)
    assert folder.read(home) == {"a.yaml": b"a: 1\n", "faq/b.yaml": b"b: by hand\n"}
    assert not (home / folder.JOURNAL).exists()


def test_two_publishes_at_once_are_one_after_the_other(home: Path) -> None:
    (home / folder.JOURNAL).mkdir()
    with pytest.raises(FolderBusyError):
        folder.write(home, {"a.yaml": b"a: 2\n"}, OLD)
    assert (home / "a.yaml").read_bytes() == b"a: 1\n"


def test_half_a_publish_is_never_read_and_is_finished_by_the_next_to_look(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The publisher is killed between two renames."""
    replace = Path.replace
    done: list[Path] = []

    def killed(self: Path, target: Path) -> Path:
        if self.parent.name == folder.JOURNAL and target.suffix == ".yaml":
            if done:
                raise KeyboardInterrupt
            done.append(target)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        folder.write(home, {"a.yaml": b"a: 2\n", "faq/b.yaml": b"b: 2\n"}, OLD)
    monkeypatch.undo()
    assert len(done) == 1
    assert folder.take(home) is None
    _age(home / folder.JOURNAL)
    found = folder.take(home)
    assert found is not None
    assert found[1] == {"a.yaml": b"a: 2\n", "faq/b.yaml": b"b: 2\n"}
    assert not (home / folder.JOURNAL).exists()


def test_what_was_saved_by_hand_after_a_crash_is_not_finished_over(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(folder, "_finish", lambda *_: None)  # killed as soon as the manifest stands
        folder.write(home, {"a.yaml": b"a: 2\n", "faq/b.yaml": b"b: 2\n"}, OLD)
    (home / "faq/b.yaml").write_bytes(b"b: by hand\n")
    _age(home / folder.JOURNAL)
    assert folder.read(home) == {"a.yaml": b"a: 2\n", "faq/b.yaml": b"b: by hand\n"}


def test_one_that_died_before_its_manifest_changed_nothing_and_is_cleared(home: Path) -> None:
    (home / folder.JOURNAL).mkdir()
    (home / folder.JOURNAL / "x-0").write_bytes(b"half")
    _age(home / folder.JOURNAL)
    assert folder.read(home) == OLD
    assert not (home / folder.JOURNAL).exists()


def test_readers_never_see_a_mixture(home: Path) -> None:
    """A thread publishes a and b together, over and over; every read holds one publish."""
    stop = threading.Event()

    def publish() -> None:
        number, held = 1, dict(OLD)
        while not stop.is_set():
            number += 1
            new = {"a.yaml": f"a: {number}\n".encode(), "faq/b.yaml": f"b: {number}\n".encode()}
            folder.write(home, new, held)
            held = new

    writer = threading.Thread(target=publish)
    writer.start()
    try:
        for _ in range(60):
            if (found := folder.take(home)) is not None:
                numbers = {raw.decode().strip()[3:] for raw in found[1].values()}
                assert len(numbers) == 1, found[1]
    finally:
        stop.set()
        writer.join()


def test_a_journal_that_vanishes_while_the_folder_is_listed_is_no_error(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The publisher ends between the reader's listing of the folder and its look into what was listed."""
    journal = home / folder.JOURNAL
    journal.mkdir()
    scandir, listed = os.scandir, list(os.scandir(home))
    journal.rmdir()
    monkeypatch.setattr(os, "scandir", lambda path: _Listed(listed) if Path(path) == home else scandir(path))
    assert contents(home) == OLD
    assert len(folder.stamp_of(home)) == len(OLD)


def test_a_publisher_taken_for_dead_writes_nothing_and_says_so(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its disk stood still for longer than a publish may take; meanwhile its journal was cleared and another has begun."""
    stage, other = folder._stage, home / folder.JOURNAL / "other-0"

    def slow(staged: Path, content: bytes, target: Path) -> None:
        stage(staged, content, target)
        if target.name == "b.yaml":
            _age(home / folder.JOURNAL)
            folder.settle(home)
            (home / folder.JOURNAL).mkdir()
            other.write_bytes(b"another's")

    monkeypatch.setattr(folder, "_stage", slow)
    with pytest.raises(FolderBusyError, match="没有写进去"):
        folder.write(home, {"a.yaml": b"a: 2\n", "faq/b.yaml": b"b: 2\n"}, OLD)
    assert contents(home) == OLD
    assert [path.name for path in (home / folder.JOURNAL).iterdir()] == ["other-0"], "theirs is left alone"
    assert folder.published(home) == ""


def test_a_late_finisher_leaves_the_journal_of_the_next_publish_alone(home: Path) -> None:
    (home / folder.JOURNAL).mkdir()
    folder._finish(home, {"token": "gone", "version": "old", "steps": []})
    assert (home / folder.JOURNAL).exists()
    assert folder.published(home) == ""


@pytest.mark.parametrize(
    "path",
    ["../x.yaml", "/etc/x.yaml", "a.txt", ".hidden.yaml", "faq/../../x.yaml", "faq//x.yaml", "", "a\\b.yaml"],
)
def test_only_knowledge_files_are_written(home: Path, path: str) -> None:
    with pytest.raises(ValueError, match="不是知识文件"):
        folder.write(home, {path: b"x"}, {})


@given(st.text(alphabet="a./\\é", max_size=12))
def test_no_path_leaves_the_folder(path: str) -> None:
    try:
        folder.check_path(path + ".yaml")
    except ValueError:
        return
    assert os.path.normpath(f"/k/{path}.yaml").startswith("/k/")


class _Listed(list):  # type: ignore[type-arg]
    """What os.scandir gave, read already."""

    def __enter__(self) -> _Listed:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __next__(self) -> object:
        if not self:
            raise StopIteration
        return self.pop(0)

    def close(self) -> None:
        pass


def _age(journal: Path) -> None:
    old = journal.stat().st_mtime - folder.ABANDONED_SECONDS - 1
    os.utime(journal, (old, old))
