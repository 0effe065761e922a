"""The locks of one machine: threads, processes, slots."""

from __future__ import annotations

import threading
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from bot.storage.locks import SLOTS, file_locks
from tests.serving import FORKED


def test_one_file_has_one_set_of_locks_in_a_process(tmp_path: Path) -> None:
    assert file_locks(tmp_path / "a") is file_locks(tmp_path / "a")
    assert file_locks(tmp_path / "a") is not file_locks(tmp_path / "b")


def test_a_thread_waits_for_another_with_the_same_number_only(tmp_path: Path) -> None:
    locks, outcomes = file_locks(tmp_path / "locks"), []

    def other() -> None:
        for number in (8, 7):
            try:
                with locks.hold(number, 0.05):
                    outcomes.append(number)
            except TimeoutError:
                outcomes.append(-number)

    with locks.hold(7, 1):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(10)
    assert outcomes == [8, -7]


def test_any_64_bit_number_has_a_slot(tmp_path: Path) -> None:
    locks = file_locks(tmp_path / "locks")
    for number in (-(2**63), -1, 0, SLOTS, 2**63 - 1):
        with locks.hold(number, 1):
            pass


def _hold(path: Path, held: Event, release: Event) -> None:
    with file_locks(path).hold(7, 1):
        held.set()
        release.wait(30)


def test_another_process_waits_too_and_goes_on_when_it_is_free(tmp_path: Path) -> None:
    path, held, release = tmp_path / "locks", FORKED.Event(), FORKED.Event()
    holder = FORKED.Process(target=_hold, args=(path, held, release))
    holder.start()
    assert held.wait(30)
    with pytest.raises(TimeoutError), file_locks(path).hold(7, 0.05):
        pytest.fail("the other process holds it")
    release.set()
    with file_locks(path).hold(7, 30):
        pass
    holder.join(30)
