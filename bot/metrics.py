"""What happened how often and how long it took: counted in memory that all worker processes share, told by /metrics.

prometheus_client's own multi-process mode keeps a file a metric and a process, and takes 60 ms to import; here the
numbers lie in one shared table, a row a process, and the library is imported when somebody asks for the page.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import tempfile
import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

PROCESSES = 96  # rows: 64 workers, and those that take over while others stop
BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)  # seconds
STEPS = ("understand", "match", "decide", "render", "write", "store")
CHANNELS = ("wechat", "web")
DECISIONS = (
    "answer", "options", "ask_region", "ask_audience", "not_stated", "out_of_scope", "refuse", "smalltalk", "command",
    "handoff", "failed", "other",
)  # fmt: skip
# Counter -> its label and that label's values ("" for none), and what it counts.
COUNTERS: Mapping[str, tuple[str, tuple[str, ...], str]] = {
    **{
        f"messages_{channel}": ("decision", DECISIONS, f"Messages of {channel} answered, by decision.")
        for channel in CHANNELS
    },
    "retries": ("", ("",), "Tries of a message that was answered before."),
    "apologies": ("cause", ("failed", "late"), "Answers that became the apology: an error, or past the budget."),
    "unstored": ("", ("",), "Answers given from memory, without session and row."),
    "store_failures": ("kind", ("database", "candidate"), "Database not usable, or one candidate's turn not free in time."),
    "limited": ("limit", ("candidate", "address", "unsigned", "other"), "Visits over a limit."),
    "knowledge_loads": ("result", ("live", "refused"), "Changes of the knowledge seen, a count a process."),
}  # fmt: skip
HISTOGRAMS: Mapping[str, tuple[str, tuple[str, ...], str]] = {
    "message_seconds": ("channel", CHANNELS, "A message from the open envelope to its bytes."),
    "step_seconds": ("step", STEPS, "The steps of a message."),
}
_SERIES = {
    (name, value): number
    for number, (name, value) in enumerate(
        (name, value) for name, (_, values, _text) in COUNTERS.items() for value in values
    )
}
_SPREAD = len(BUCKETS) + 2  # the buckets, what is above them, the sum
_FIRST = len(_SERIES)
_HISTOGRAM = {
    (name, value): _FIRST + number * _SPREAD
    for number, (name, value) in enumerate(
        (name, value) for name, (_, values, _text) in HISTOGRAMS.items() for value in values
    )
}
_WIDTH = _FIRST + len(_HISTOGRAM) * _SPREAD


class Metrics:
    """Counters and histograms of one host's server. Made before the workers are forked; safe for threads.

    A process writes its own row only, so nobody waits for anybody; a row whose process died goes on in the next one that
    takes it, so no count ever falls. The kernel frees a row with its process, however that ends.
    """

    def __init__(self) -> None:
        self._file = _memory(PROCESSES * _WIDTH * 8)
        self._table = memoryview(mmap.mmap(self._file, 0)).cast("d")
        self._lock = threading.Lock()
        self._process, self._row = 0, 0
        self._laps = _Laps()

    def count(self, name: str, value: str = "") -> None:
        """One more of COUNTERS[name]; a label value that is none of its own counts as "other"."""
        place = _SERIES.get((name, value))
        place = _SERIES[name, "other"] if place is None else place
        with self._lock:
            self._table[self._own() + place] += 1

    def observe(self, name: str, value: str, seconds: float) -> None:
        """One duration of HISTOGRAMS[name]."""
        with self._lock:
            self._add(self._own() + _HISTOGRAM[name, value], seconds)

    def message(self, channel: str, decision: str, seconds: float, steps: Mapping[str, float]) -> None:
        """One message answered. steps: seconds of STEPS."""
        counter = f"messages_{channel}"
        with self._lock:
            row = self._own()
            place = _SERIES.get((counter, decision))
            self._table[row + (_SERIES[counter, "other"] if place is None else place)] += 1
            self._add(row + _HISTOGRAM["message_seconds", channel], seconds)
            for step, took in steps.items():
                self._add(row + _HISTOGRAM["step_seconds", step], took)

    def timed(self, step: str, function: Callable[P, R]) -> Callable[P, R]:
        """`function`, whose time counts for `step` of the message that this thread works on."""
        laps = self._laps

        def measured(*args: P.args, **kwargs: P.kwargs) -> R:
            started = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                laps.spent[step] = laps.spent.get(step, 0.0) + time.perf_counter() - started

        return measured

    def start(self) -> None:
        """A new message begins in this thread."""
        self._laps.spent = {}

    def spent(self) -> dict[str, float]:
        """Seconds by step, of this thread's message, since `start`."""
        return self._laps.spent

    def totals(self) -> dict[str, Any]:
        """Counter -> label value -> count; histogram -> label value -> (counts by bucket, sum). Of all processes."""
        sums = [sum(self._table[place::_WIDTH]) for place in range(_WIDTH)]
        found: dict[str, Any] = {}
        for (name, value), place in _SERIES.items():
            found.setdefault(name, {})[value] = sums[place]
        for (name, value), place in _HISTOGRAM.items():
            end = place + _SPREAD - 1
            found.setdefault(name, {})[value] = (sums[place:end], sums[end])
        return found

    def page(self, gauges: Iterable[tuple[str, str, Mapping[str, str], float]]) -> tuple[bytes, str]:
        """The text of /metrics and its content type. gauges: name, help, labels, value, as of now."""
        from prometheus_client import CollectorRegistry
        from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

        registry = CollectorRegistry()
        registry.register(_Families(self.totals(), list(gauges)))
        return generate_latest(registry), CONTENT_TYPE_LATEST

    def _add(self, place: int, seconds: float) -> None:
        self._table[place + bisect_left(BUCKETS, seconds)] += 1
        self._table[place + _SPREAD - 1] += seconds

    def _own(self) -> int:
        """Where this process's row begins."""
        if self._process != os.getpid():
            self._row, self._process = self._claim(), os.getpid()
        return self._row * _WIDTH

    def _claim(self) -> int:
        for row in range(PROCESSES):
            try:
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, row)
                return row
            except OSError:
                continue
        return PROCESSES - 1  # more processes than rows share the last one: a count may be lost there


def _memory(size: int) -> int:
    """A file of zeros that can be locked by bytes, open as long as the process lives; in memory where there is such a thing."""
    if hasattr(os, "memfd_create"):
        file = os.memfd_create("metrics")
        os.ftruncate(file, size)
        return file
    with tempfile.TemporaryFile() as temporary:
        file = os.dup(temporary.fileno())
    os.write(file, bytes(size))  # no holes: a full disk would else kill whoever counts
    return file


class _Laps(threading.local):
    spent: dict[str, float]

    def __init__(self) -> None:
        self.spent = {}


class _Families:
    """What prometheus_client calls a collector."""

    def __init__(
        self, totals: Mapping[str, Any], gauges: list[tuple[str, str, Mapping[str, str], float]]
    ) -> None:
        self._totals, self._gauges = totals, gauges

    def collect(self) -> Iterable[Any]:
        """Every family once."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

        messages = CounterMetricFamily("bot_messages", "Messages answered.", labels=["channel", "decision"])
        for channel in CHANNELS:
            for decision, count in self._totals[f"messages_{channel}"].items():
                messages.add_metric([channel, decision], count)
        yield messages
        for name, (label, _values, text) in COUNTERS.items():
            if not name.startswith("messages_"):
                counter = CounterMetricFamily(f"bot_{name}", text, labels=[label] if label else [])
                for value, count in self._totals[name].items():
                    counter.add_metric([value] if label else [], count)
                yield counter
        for name, (label, _values, text) in HISTOGRAMS.items():
            histogram = HistogramMetricFamily(f"bot_{name}", text, labels=[label])
            for value, (counts, total) in self._totals[name].items():
                running, buckets = 0.0, []
                for limit, count in zip((*map(str, BUCKETS), "+Inf"), counts, strict=True):
                    running += count
                    buckets.append((limit, running))
                histogram.add_metric([value], buckets, total)
            yield histogram
        families: dict[str, Any] = {}
        for name, text, labels, number in self._gauges:
            family = families.setdefault(name, GaugeMetricFamily(name, text, labels=list(labels)))
            family.add_metric(list(labels.values()), number)
        yield from families.values()
