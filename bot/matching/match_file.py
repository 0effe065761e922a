"""The matcher alone on any corpus: knowledge and queries as JSON lines in, predictions out."""

import json
import statistics
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from bot.matching import thresholds
from bot.matching.rank import Match, Matcher
from bot.matching.semantic import Encoder, SecondOpinion
from bot.text.segment import Segmenter


@dataclass(frozen=True)
class Stats:
    """What one run took: `load_seconds` without jieba's own start; percentiles in microseconds a query."""

    entries: int
    queries: int
    load_seconds: float
    p50_us: float
    p99_us: float

    def line(self) -> str:
        """One JSON line, the last on stderr of `match`."""
        return json.dumps(asdict(self))


def match_file(kb_path: Path, queries_path: Path, out_path: Path, encoder: Encoder | None = None) -> Stats:
    """Answers every query with the entries of `kb_path`.

    Args:
        kb_path: lines `{"id", "question", "alternatives": [...]}`.
        queries_path: lines `{"text", ...}`.
        out_path: gets `{"id", "score", "top": [{"id", "score"}, ... 5]}` a query, in order; `id` is null when
            the best is below the shipped answer threshold or too close to the second.
        encoder: asked where the matcher is unsure; None: nobody is. `load_seconds` holds its encoding of the phrasings.

    Raises:
        OSError: a file cannot be read or written. ValueError, KeyError: a line is not of that form.
    """
    items = [(row["id"], [row["question"], *row.get("alternatives", [])]) for row in _rows(kb_path)]
    segmenter = Segmenter()
    started = perf_counter()
    alone = Matcher.build(items, segmenter)
    matcher = SecondOpinion(alone, encoder) if encoder is not None else alone
    load = perf_counter() - started
    times = []
    with out_path.open("w", encoding="utf-8") as out:
        for row in _rows(queries_path):
            started = perf_counter()
            matches = matcher.rank(row["text"])
            times.append((perf_counter() - started) * 1e6)
            out.write(json.dumps(prediction(matches), ensure_ascii=False) + "\n")
    times.sort()
    p99 = times[min(len(times) - 1, int(len(times) * 0.99))] if times else 0.0
    return Stats(
        len(items), len(times), round(load, 4), round(statistics.median(times or [0.0]), 1), round(p99, 1)
    )


def prediction(matches: list[Match]) -> dict[str, Any]:
    """One line of the output: the best entry, or null when it is not sure enough."""
    best = matches[0] if matches else None
    second = matches[1].score if len(matches) > 1 else 0.0
    sure = best is not None and best.score >= thresholds.ANSWER and best.score - second >= thresholds.MARGIN
    return {
        "id": best.entry_id if best is not None and sure else None,
        "score": round(best.score, 6) if best is not None else 0.0,
        "top": [{"id": match.entry_id, "score": round(match.score, 6)} for match in matches[:5]],
    }


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)
