"""Latency, load time and memory by size, each in a process of its own so that one does not warm another."""

import json
import resource
import statistics
import subprocess
import sys
from pathlib import Path
from time import perf_counter

SIZES = (200, 2_000, 20_000, 100_000)
_ASKED = 600
# Brute force over 100 000 texts takes a tenth of a second and more a query: told by its growth.
_MOST = {"rapidfuzz WRatio": 2_000, "jieba + tantivy": 20_000}
PEERS = (
    "rapidfuzz ratio",
    "rapidfuzz WRatio",
    "jieba + bm25s",
    "jieba + tantivy",
    "TF-IDF char 1-3",
    "SQLite FTS5 trigram",
)


def measure(name: str, size: int) -> dict[str, float]:
    """Runs in the child: build on `size` texts of one entry each, ask what is not among them."""
    from bench import peers
    from bench.corpus import filler

    texts = filler()
    if texts is None:
        raise FileNotFoundError("speed_fill.txt.gz")
    queries = texts[-_ASKED - 50 :]
    peers.ours(texts[-10:], list(range(10)))  # jieba, the character table and the vectors are there already
    before = _resident()
    started = perf_counter()
    build = peers.ours if name == "ours" else peers.PEERS[name]
    ask = build(texts[:size], list(range(size)))
    load = perf_counter() - started
    times = []
    for number, text in enumerate(queries):
        started = perf_counter()
        ask(text)
        if number >= 50:
            times.append((perf_counter() - started) * 1000)
    times.sort()
    return {
        "load": load,
        "memory": _resident() - before,
        "p50": statistics.median(times),
        "p99": times[int(len(times) * 0.99)],
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _resident() -> float:
    """MiB this process holds now."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def table(sizes: tuple[int, ...]) -> dict[str, dict[int, dict[str, float]]]:
    """Matcher -> size -> load seconds, memory MiB, p50 and p99 milliseconds."""
    results: dict[str, dict[int, dict[str, float]]] = {}
    for name in ("ours", *PEERS):
        results[name] = {}
        for size in sizes:
            if size > _MOST.get(name, size):
                continue
            done = subprocess.run(
                [sys.executable, "-m", "bench.speed", name, str(size)],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                continue
            results[name][size] = json.loads(done.stdout.splitlines()[-1])
            print(
                f"{name:22} {size:7} "
                + "  ".join(f"{key} {value:.2f}" for key, value in results[name][size].items()),
                flush=True,
            )
    return results


def jieba_start() -> float:
    """Seconds from nothing to the first cut, in a fresh process."""
    code = (
        "import time; t = time.perf_counter()\n"
        "from bot.text.segment import Segmenter\nSegmenter().cut('报名')\nprint(time.perf_counter() - t)"
    )
    return float(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    )


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
