"""The commands of design §4, as people and programs call them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import main
from bot.conversation import Assistant
from bot.explain import FEATURES
from bot.matching.features import NAMES
from tests.conftest import KNOWLEDGE

NOW = ["--now", "2024-04-06T10:00:00+08:00"]


@pytest.fixture(autouse=True)
def own_var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, assistant: Assistant) -> None:
    monkeypatch.setattr(
        "bot.build.build", lambda _kb, *_offers, **_parts: assistant
    )  # built once a run, not once a command
    monkeypatch.setenv("BOT_VAR", str(tmp_path / "var"))
    monkeypatch.delenv("DATABASE_URL", raising=False)


def test_ask_says_the_window(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "四川技能考试几号缴费", *NOW]) == 0
    said = capsys.readouterr().out
    assert "2024 年 4 月 5 日 8 时至 4 月 9 日 24 时" in said


def test_ask_json_has_the_fields_of_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "技能考试几号缴费", "--region", "sichuan", "--json", *NOW]) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told) == [
        "id", "decision", "entry", "stage", "region", "audience", "year", "score", "reply", "options",
    ]  # fmt: skip
    assert (told["decision"], told["region"], told["stage"], told["year"]) == (
        "answer",
        "四川",
        "技能缴费",
        2024,
    )


def test_ask_remembers_a_user(capsys: pytest.CaptureFixture[str]) -> None:
    main(["ask", "技能考试几号缴费", "--user", "u", *NOW])
    assert "哪个考区" in capsys.readouterr().out
    main(["ask", "成都", "--user", "u", *NOW])
    assert "4 月 9 日 24 时" in capsys.readouterr().out


def test_a_batch_keeps_order_and_ids(tmp_path: Path) -> None:
    given, told = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    rows = [
        {"id": "a", "text": "四川技能考试几号缴费"},
        {"id": 2, "turns": ["技能考试几号缴费", "重庆"]},
        {"id": "c", "text": "😀"},
    ]
    given.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    assert main(["ask", "--batch", str(given), "--out", str(told), *NOW]) == 0
    lines = [json.loads(line) for line in told.read_text(encoding="utf-8").splitlines()]
    assert [(line["id"], line["decision"]) for line in lines] == [
        ("a", "answer"),
        (2, "not_stated"),
        ("c", "refuse"),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        ["ask"],
        ["ask", "x", "--now", "2024-04-06"],
        ["ask", "x", "--now", "yesterday"],
        ["ask", "x", "--region", "火星"],
        ["ask", "x", "--knowledge", "/nowhere"],
        ["ask", "--batch", "/nowhere.jsonl", "--out", "/nowhere/none"],
        ["check", "/nowhere"],
        ["match", "--kb", "/nowhere", "--queries", "/nowhere", "--out", "/nowhere"],
        ["nonsense"],
        [],
    ],
)
def test_wrong_use_is_2_and_says_why(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(wrong) == 2
    assert capsys.readouterr().err.strip()


@pytest.mark.parametrize(
    "command", [[], ["ask"], ["explain"], ["match"], ["check"], ["simulate", "push"], ["db", "upgrade"]]
)
def test_help_is_everywhere(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "-h"]) == 0
    assert "usage" in capsys.readouterr().out


def test_help_waits_for_no_heavy_package() -> None:
    told = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "bot", "-h"], capture_output=True, text=True, check=True
    )
    loaded = {line.rpartition("|")[2].strip() for line in told.stderr.splitlines()}
    assert "bot.commands.check" in loaded
    assert not loaded & {"flask", "sqlalchemy", "pydantic", "jieba", "numpy", "yaml", "requests", "structlog"}


def test_check_is_silent_on_good_knowledge_and_points_at_bad(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(KNOWLEDGE)]) == 0
    capsys.readouterr()
    broken = tmp_path / "knowledge"
    shutil.copytree(KNOWLEDGE, broken)
    schedule = broken / "schedules" / "2024" / "四川.yaml"
    schedule.write_text(
        schedule.read_text(encoding="utf-8").replace("2024-04-09 24:00", "2024-04-01 24:00"), encoding="utf-8"
    )
    assert main(["check", str(broken)]) == 1
    said = capsys.readouterr().out
    assert "schedules/2024/四川.yaml" in said
    assert "window-order" in said
    assert "2024-04-01 24:00" in said
    assert main(["check", str(broken), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)[0]["check"] == "window-order"


def test_explain_speaks_chinese_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "四川报明材料", *NOW]) == 0
    said = capsys.readouterr().out
    assert "报名材料" in said
    assert "考区：四川" in said
    assert main(["explain", "四川报名材料", "--json", *NOW]) == 0
    assert json.loads(capsys.readouterr().out)["decision"] == "answer"


def test_every_feature_has_a_chinese_name() -> None:
    assert {"slots", *NAMES} <= set(FEATURES)


def test_match_runs_on_any_corpus(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kb, queries, out = tmp_path / "kb.jsonl", tmp_path / "q.jsonl", tmp_path / "p.jsonl"
    kb.write_text(
        '{"id":"card","question":"怎么挂失银行卡","alternatives":["卡丢了怎么办"]}\n'
        '{"id":"pin","question":"忘记密码怎么办","alternatives":[]}\n',
        encoding="utf-8",
    )
    queries.write_text('{"text":"银行卡怎么挂失"}\n{"text":"今天天气真好"}\n', encoding="utf-8")
    assert main(["match", "--kb", str(kb), "--queries", str(queries), "--out", str(out)]) == 0
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert lines[0]["top"][0]["id"] == "card"
    assert lines[1]["id"] is None
    assert capsys.readouterr().err.strip()


def test_db_upgrade_makes_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["db", "upgrade"]) == 0
    assert (tmp_path / "var").is_dir()
    assert capsys.readouterr().out
