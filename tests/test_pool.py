"""bot.pool: one answers at a time, and nobody waits for who is stuck."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from bot.pool import Pool

Make = Callable[..., Pool]
SECONDS = 20  # no test waits so long; one that hangs ends


@pytest.fixture
def make() -> Iterator[Make]:
    made: list[Pool] = []

    def pool(threads: int, stuck_seconds: float = 0.0, at_once: int = 1) -> Pool:
        made.append(Pool(threads, at_once, stuck_seconds))
        return made[-1]

    yield pool
    for one in made:
        one.shutdown()


class Stuck:
    """A task that goes on until it is let go."""

    def __init__(self, pool: Pool) -> None:
        self.began, self._go = threading.Event(), threading.Event()
        self.future = pool.submit(self._wait)

    def _wait(self) -> int:
        self.began.set()
        assert self._go.wait(SECONDS)
        return threading.get_ident()

    def let_go(self) -> int:
        """The thread it ran on."""
        self._go.set()
        return int(self.future.result(SECONDS))


def test_quick_tasks_run_in_order_on_one_thread(make: Make) -> None:
    pool, order = make(8, stuck_seconds=SECONDS), []

    def task(number: int) -> int:
        order.append(number)
        return threading.get_ident()

    threads = {future.result(SECONDS) for future in [pool.submit(task, number) for number in range(50)]}
    assert order == list(range(50))
    assert len(threads) == 1


def test_who_waits_behind_a_stuck_task_is_let_in_by_a_look(make: Make) -> None:
    pool = make(8)
    stuck = Stuck(pool)
    assert stuck.began.wait(SECONDS)
    waiting = pool.submit(threading.get_ident)
    assert pool.busy()
    pool.look()
    other = waiting.result(SECONDS)
    assert other != stuck.let_go()


def test_a_task_that_is_not_stuck_yet_lets_nobody_in(make: Make) -> None:
    pool = make(8, stuck_seconds=SECONDS)
    working = Stuck(pool)
    assert working.began.wait(SECONDS)
    waiting = pool.submit(threading.get_ident)
    pool.look()
    assert pool.busy()
    assert working.let_go() == waiting.result(SECONDS)


def test_with_nothing_waiting_a_look_lets_nobody_in(make: Make) -> None:
    pool = make(2)
    stuck = Stuck(pool)
    assert stuck.began.wait(SECONDS)
    pool.look()
    waiting = pool.submit(threading.get_ident)
    assert pool.busy()
    assert stuck.let_go() == waiting.result(SECONDS)


def test_no_more_run_at_once_than_there_are_threads(make: Make) -> None:
    pool = make(3)
    stuck = []
    for _ in range(3):
        stuck.append(Stuck(pool))
        pool.look()
        assert stuck[-1].began.wait(SECONDS)
    last = Stuck(pool)
    pool.look()
    assert pool.busy()
    assert not last.began.is_set()
    stuck[0].let_go()
    assert last.began.wait(SECONDS)
    assert len({one.let_go() for one in [*stuck, last]}) <= 3


def test_after_the_stuck_one_ended_tasks_run_one_at_a_time_again(make: Make) -> None:
    pool = make(2)
    stuck = Stuck(pool)
    assert stuck.began.wait(SECONDS)
    pool.submit(threading.get_ident)
    pool.look()
    stuck.let_go()
    for _ in range(20):  # whichever of the two is first to end leaves; then one is left
        pool.submit(int).result(SECONDS)
    alone = Stuck(pool)
    assert alone.began.wait(SECONDS)
    waiting = pool.submit(threading.get_ident)
    assert pool.busy()
    assert alone.let_go() == waiting.result(SECONDS)


def test_an_error_is_its_callers(make: Make) -> None:
    pool = make(1)
    with pytest.raises(ZeroDivisionError):
        pool.submit(divmod, 1, 0).result(SECONDS)
    assert pool.submit(divmod, 7, 2).result(SECONDS) == (3, 1)


def test_what_was_submitted_before_the_end_is_done(make: Make) -> None:
    pool = make(2, stuck_seconds=SECONDS)
    futures = [pool.submit(int) for _ in range(20)]
    pool.shutdown()
    assert [future.result(0) for future in futures] == [0] * 20


def test_what_is_cancelled_is_not_done(make: Make) -> None:
    pool = make(1)
    stuck = Stuck(pool)
    assert stuck.began.wait(SECONDS)
    waiting = pool.submit(int)
    pool.shutdown(wait=False, cancel_futures=True)
    stuck.let_go()
    assert waiting.cancelled()
