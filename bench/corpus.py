"""The question sets: read where they lie, never copied."""

import gzip
import json
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FOLDER = Path(os.environ.get("BOT_BENCH_DATA") or Path(__file__).parents[2] / "shared" / "data" / "matching")


@dataclass(frozen=True)
class Corpus:
    """One FAQ and its questions. `owners`: entry of each text, ascending; `gold`: entry of each query, -1 to refuse."""

    name: str
    items: list[tuple[str, list[str]]]
    texts: list[str]
    owners: NDArray[np.int64]
    queries: list[str]
    gold: NDArray[np.int64]


def rows(path: Path) -> list[dict[str, str]]:
    """The JSON lines of a file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def corpus(name: str) -> Corpus | None:
    """The set, or None when the folder lacks it."""
    if not (FOLDER / f"{name}.kb.jsonl").exists():
        return None
    items = [
        (row["id"], [row["question"], *row["alternatives"]]) for row in rows(FOLDER / f"{name}.kb.jsonl")
    ]
    numbers = {entry: number for number, (entry, _) in enumerate(items)}
    queries = rows(FOLDER / f"{name}.queries.jsonl")
    return Corpus(
        name=name,
        items=items,
        texts=[text for _, texts in items for text in texts],
        owners=np.array([number for number, (_, texts) in enumerate(items) for _ in texts]),
        queries=[row["text"] for row in queries],
        gold=np.array([numbers.get(row["id"], -1) for row in queries]),
    )


def filler() -> list[str] | None:
    """Distinct questions for the speed tables, or None."""
    path = FOLDER / "speed_fill.txt.gz"
    if not path.exists():
        return None
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return lines.read().split("\n")
