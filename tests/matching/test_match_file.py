"""The matcher on files: what goes in, what comes out."""

import json
from pathlib import Path

import pytest

from bot.matching import thresholds
from bot.matching.match_file import match_file, prediction
from bot.matching.rank import Match


def write(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def test_it_answers_every_query_in_order(tmp_path: Path) -> None:
    kb = write(
        tmp_path / "kb.jsonl",
        [
            {"id": "time", "question": "报名什么时候开始", "alternatives": ["哪天可以报名"]},
            {"id": "fee", "question": "考试费多少钱", "alternatives": []},
        ],
    )
    queries = write(
        tmp_path / "q.jsonl",
        [{"text": "考试费多少钱？"}, {"text": "今天天气"}, {"text": ""}, {"text": "哪天可以报名"}],
    )
    out = tmp_path / "p.jsonl"
    stats = match_file(kb, queries, out)
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [line["id"] for line in lines] == ["fee", None, None, "time"]
    assert all(set(line) == {"id", "score", "top"} for line in lines)
    assert all(len(line["top"]) <= 5 for line in lines)
    assert lines[2] == {"id": None, "score": 0.0, "top": []}
    assert stats.entries == 2
    assert set(json.loads(stats.line())) == {"entries", "queries", "load_seconds", "p50_us", "p99_us"}


@pytest.mark.parametrize(
    ("best", "second", "told"),
    [
        (thresholds.ANSWER, 0.0, True),
        (thresholds.ANSWER - 0.001, 0.0, False),
        (thresholds.ANSWER, thresholds.ANSWER - thresholds.MARGIN / 2, False),
    ],
)
def test_the_id_is_null_unless_sure_and_apart(best: float, second: float, told: bool) -> None:
    matches = [Match("a", best, "甲", {}), Match("b", second, "乙", {})]
    assert (prediction(matches)["id"] == "a") is told


def test_a_line_without_a_text_is_an_error(tmp_path: Path) -> None:
    kb = write(tmp_path / "kb.jsonl", [{"id": "a", "question": "甲", "alternatives": []}])
    with pytest.raises(KeyError):
        match_file(kb, write(tmp_path / "q.jsonl", [{"question": "甲"}]), tmp_path / "p.jsonl")
