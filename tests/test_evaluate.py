"""`bot eval`: counted per entry, compared with the last run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot import evaluate
from bot.cli import main
from bot.conversation import Assistant


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, assistant: Assistant) -> Path:
    monkeypatch.setattr("bot.build.build", lambda *_, **_parts: assistant)
    monkeypatch.setenv("BOT_VAR", str(tmp_path))
    return tmp_path


def test_it_counts_every_golden_question(asked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["total"] == sum(told["counts"].values()) >= 400
    assert told["counts"] == {"对": told["total"]}
    assert told["entries"]["技能缴费时间"]["对"] >= 3


def test_it_says_what_changed_since_the_last_run(asked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval"]) == 0
    kept = json.loads((asked / evaluate.LAST).read_text(encoding="utf-8"))
    first = next(iter(kept))
    (asked / evaluate.LAST).write_text(
        json.dumps({**kept, first: "错", "gone": "对"}, ensure_ascii=False), encoding="utf-8"
    )
    capsys.readouterr()
    assert main(["eval"]) == 0
    assert f"{first}：错 → 对" in capsys.readouterr().out


def test_a_torn_file_of_the_last_run_is_forgotten(asked: Path) -> None:
    (asked / evaluate.LAST).write_text('{"half', encoding="utf-8")
    assert evaluate.last(asked) == {}
    (asked / evaluate.LAST).write_text("[1]", encoding="utf-8")
    assert evaluate.last(asked) == {}
