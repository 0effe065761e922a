"""A change goes live by itself; a broken one never does, and the last good version answers on."""

from __future__ import annotations

import shutil
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.knowledge import folder
from bot.knowledge.load import contents, version_of
from bot.knowledge.model import Knowledge
from bot.knowledge.problem import Problem
from bot.knowledge.reload import KnowledgeError, KnowledgeSource

SMALL = Path(__file__).parent / "small"
NOW = datetime(2024, 2, 1, tzinfo=UTC)
Report = tuple[list[str], str | None]


class Live:
    """A folder of its own, a source that reads it, and what the source reported."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(SMALL, folder)
        self.reports: list[Report] = []
        self.source = KnowledgeSource(folder, lambda kb: kb, lambda: NOW, self._report)

    def _report(self, problems: list[Problem], version: str | None) -> None:
        self.reports.append(([problem.check for problem in problems], version))

    def edit(self, old: str, new: str, path: str = "schedules/2024/四川.yaml") -> None:
        file = self.folder / path
        text = file.read_text(encoding="utf-8")
        assert old in text
        fresh = file.with_suffix(".part")
        fresh.write_text(text.replace(old, new), encoding="utf-8")
        fresh.replace(file)  # at once, so that no look falls between

    def closes(self) -> str:
        kb: Knowledge = self.source.current()
        return kb.schedules["四川", 2024].cells["技能缴费"].windows[0].closes.day.isoformat()

    def look(self) -> bool:
        """Twice: a change is read once it stands still."""
        return self.source.refresh() or self.source.refresh()


@pytest.fixture
def live(tmp_path: Path) -> Live:
    return Live(tmp_path / "knowledge")


def test_renewing_makes_the_same_version_again(tmp_path: Path) -> None:
    shutil.copytree(SMALL, tmp_path / "knowledge")
    made: list[Knowledge] = []

    def make(kb: Knowledge) -> int:
        made.append(kb)
        return len(made)

    source = KnowledgeSource(tmp_path / "knowledge", make, lambda: NOW)
    source.renew()
    assert source.current() == 2
    assert made[0] is made[1]
    assert source.version == made[0].version


def test_a_good_edit_goes_live(live: Live) -> None:
    before = live.source.version
    live.edit("2024-04-09 24:00", "2024-04-11 24:00")
    assert live.look()
    assert live.closes() == "2024-04-11"
    assert live.source.version != before
    assert live.reports == [([], before), ([], live.source.version)]


def test_a_broken_edit_never_goes_live(live: Live) -> None:
    before = live.source.version
    live.edit("2024-04-09 24:00", "4月11日")
    assert not live.look()
    assert live.closes() == "2024-04-09"
    assert live.source.version == before
    assert [problem.check for problem in live.source.problems] == ["window-date"]
    assert live.reports[-1] == (["window-date"], None)


def test_mended_it_goes_live_and_put_back_it_is_as_before(live: Live) -> None:
    before = live.source.version
    live.edit("2024-04-09 24:00", "4月11日")
    live.look()
    live.edit("4月11日", "2024-04-11 24:00")
    assert live.look()
    assert live.closes() == "2024-04-11"
    live.edit("2024-04-11 24:00", "2024-04-09 24:00")
    assert live.look()
    assert live.source.version == before
    assert live.source.problems == []


def test_a_broken_edit_taken_back_leaves_no_problem_behind(live: Live) -> None:
    before = live.source.version
    live.edit("2024-04-09 24:00", "4月11日")
    live.look()
    live.edit("4月11日", "2024-04-09 24:00")
    assert not live.look()  # the same version answers on
    assert live.source.problems == []
    assert live.reports[-1] == ([], before)


def test_a_folder_still_moving_is_not_read(live: Live) -> None:
    live.edit("2024-04-09 24:00", "2024-04-10 24:00")
    assert not live.source.refresh()
    live.edit("2024-04-10 24:00", "2024-04-11 24:00，")
    assert not live.source.refresh()
    assert len(live.reports) == 1
    live.edit("2024-04-11 24:00，", "2024-04-11 24:00")
    assert not live.source.refresh()
    assert live.source.refresh()
    assert live.closes() == "2024-04-11"
    assert len(live.reports) == 2


def test_a_change_starts_the_standing_still_anew(live: Live) -> None:
    live.edit("2024-04-09 24:00", "2024-04-10 24:00")
    assert [live.source.refresh(2) for _ in range(2)] == [False, False]
    live.edit("2024-04-10 24:00", "2024-04-11 24:00")
    assert [live.source.refresh(2) for _ in range(3)] == [False, False, True]
    assert live.closes() == "2024-04-11"
    assert len(live.reports) == 2


def test_a_file_taken_away_or_a_whole_folder_changes_nothing(live: Live) -> None:
    for gone in ("words.yaml", "faq/报名.yaml"):
        (live.folder / gone).unlink()
        assert not live.look()
        assert live.closes() == "2024-04-09"
    shutil.rmtree(live.folder)
    assert not live.look()
    assert live.closes() == "2024-04-09"
    assert set(live.reports[-1][0]) == {"file-missing"}


def test_a_touched_file_is_no_new_version(live: Live) -> None:
    (live.folder / "menu.yaml").touch()
    assert not live.look()
    assert len(live.reports) == 1


def test_what_a_request_took_does_not_change_under_it(live: Live) -> None:
    taken: Knowledge = live.source.current()
    live.edit("2024-04-09 24:00", "2024-04-11 24:00")
    assert live.look()
    assert taken.schedules["四川", 2024].cells["技能缴费"].windows[0].closes.day.day == 9
    assert taken.version == version_of({
        path.relative_to(SMALL).as_posix(): path.read_bytes() for path in sorted(SMALL.rglob("*.yaml"))
    })  # fmt: skip


def test_a_folder_that_was_never_good_is_an_error_with_its_problems(tmp_path: Path) -> None:
    folder = tmp_path / "knowledge"
    shutil.copytree(SMALL, folder)
    (folder / "regions.yaml").write_text("地区：\n", encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"regions\.yaml"):
        KnowledgeSource(folder, lambda kb: kb, lambda: NOW)


def test_a_start_in_the_middle_of_an_edit_answers_from_the_version_before_and_takes_the_mended_one(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "knowledge"
    shutil.copytree(SMALL, folder)
    good, whole = contents(folder), (folder / "regions.yaml").read_text(encoding="utf-8")
    (folder / "regions.yaml").write_text("地区：\n", encoding="utf-8")
    reports: list[str | None] = []
    source = KnowledgeSource(
        folder, lambda kb: kb, lambda: NOW, lambda _, version: reports.append(version), lambda: good
    )
    assert source.version == version_of(good)
    assert [problem.file for problem in source.problems] == ["regions.yaml"]
    assert reports == [None, source.version]
    assert not source.refresh()
    (folder / "regions.yaml").write_text(whole + "# 改好了\n", encoding="utf-8")
    assert not source.refresh()
    assert source.refresh()
    assert source.version == version_of(contents(folder))
    assert source.problems == []


def test_many_threads_load_a_change_once(live: Live) -> None:
    live.edit("2024-04-09 24:00", "2024-04-11 24:00")
    live.source.refresh()
    live_again: list[bool] = []
    threads = [threading.Thread(target=lambda: live_again.append(live.source.refresh())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(live_again) == [False] * 7 + [True]


def test_a_version_that_our_code_stumbles_over_ends_neither_the_answers_nor_the_watching(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.knowledge.reload.EVERY_SECONDS", 0.001)
    seen = threading.Event()

    def stumble(kb: Knowledge) -> Knowledge:
        raise KeyError("broken index")

    def report(problems: list[Problem], version: str | None) -> None:
        live.reports.append(([problem.text for problem in problems], version))
        seen.set()

    monkeypatch.setattr(live.source, "_make", stumble)
    monkeypatch.setattr(live.source, "_report", report)
    stop = threading.Event()
    watcher = threading.Thread(target=live.source.watch, args=(stop,), daemon=True)
    watcher.start()
    try:
        live.edit("2024-04-09 24:00", "2024-04-10 24:00")
        assert seen.wait(10)
        assert "KeyError" in live.reports[-1][0][0]
        assert live.closes() == "2024-04-09"
        seen.clear()
        monkeypatch.setattr(live.source, "_make", lambda kb: kb)
        live.edit("2024-04-10 24:00", "2024-04-11 24:00")
        assert seen.wait(10)
        assert live.closes() == "2024-04-11"
    finally:
        stop.set()
        watcher.join(10)


class Worker:
    """A process forked from the one that loaded: the event that it would wait on counts how often."""

    def __init__(self, live: Live) -> None:
        self.waits: list[float] = []
        self._live = live

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        return False

    def catches_up(self, last_good: dict[str, bytes] | None = None) -> str:
        self._live.source.catch_up(lambda: last_good, self)  # type: ignore[arg-type]
        return self._live.closes()


def test_a_worker_forked_late_knows_what_was_published_before_its_first_answer(live: Live) -> None:
    path = "schedules/2024/四川.yaml"
    old = (live.folder / path).read_bytes()
    folder.write(live.folder, {path: old.replace(b"04-09 24:00", b"04-11 24:00")}, {path: old})
    worker = Worker(live)
    assert worker.catches_up() == "2024-04-11"
    assert worker.waits == []


def test_and_what_was_edited_by_hand_once_it_stands_still(live: Live) -> None:
    live.edit("2024-04-09 24:00", "2024-04-11 24:00")
    worker = Worker(live)
    assert worker.catches_up() == "2024-04-11"
    assert len(worker.waits) == 1


def test_and_where_nothing_changed_it_waits_for_nothing(live: Live) -> None:
    worker = Worker(live)
    assert worker.catches_up() == "2024-04-09"
    assert (worker.waits, len(live.reports)) == ([], 1)


def test_and_over_a_broken_folder_what_was_live_last(live: Live) -> None:
    path = "schedules/2024/四川.yaml"
    good = contents(live.folder)
    good[path] = good[path].replace(b"04-09 24:00", b"04-11 24:00")
    live.edit("2024-04-09 24:00", "2024-04-01 24:00")
    worker = Worker(live)
    assert worker.catches_up(good) == "2024-04-11"
    assert live.source.problems, "the folder's, for staff"
    assert not live.look(), "and the broken one is not tried again and again"
    live.edit("2024-04-01 24:00", "2024-04-12 24:00")
    assert live.look()
    assert live.closes() == "2024-04-12"


def test_and_a_folder_that_is_away_stops_no_worker(live: Live) -> None:
    shutil.rmtree(live.folder)
    assert Worker(live).catches_up() == "2024-04-09"
