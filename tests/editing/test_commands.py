"""coverage, new-year, diff, and the golden questions in check: what they print and the exit codes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from bot.cli import main
from bot.editing.coverage import INHERITED, MISSING, OWN, STALE, board
from bot.knowledge.load import build, contents
from bot.knowledge.model import Knowledge
from tests.conftest import KNOWLEDGE
from tests.editing.conftest import NOW

AT = ["--now", NOW.isoformat()]


@pytest.fixture(autouse=True)
def own_var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_VAR", str(tmp_path / "var"))


@pytest.fixture
def real(tmp_path: Path) -> Path:
    shutil.copytree(KNOWLEDGE, tmp_path / "real")
    return tmp_path / "real"


def test_coverage_tells_own_inherited_and_missing(kb: Knowledge, capsys: pytest.CaptureFixture[str]) -> None:
    squares = {(s.region, s.year, s.stage): s for s in board(kb, NOW, [2024])}
    assert squares["四川", 2024, "技能缴费"].state == OWN
    assert squares["重庆", 2024, "技能缴费"].silence == "未提及"
    assert (squares["贵州", 2024, "网上报名"].state, squares["贵州", 2024, "网上报名"].level) == (
        INHERITED,
        "全国",
    )
    assert squares["贵州", 2024, "技能缴费"].state == MISSING
    assert ("香港", 2024, "网上报名") not in squares
    assert main(["coverage", "--year", "2024", *AT]) == 0
    said = capsys.readouterr().out
    assert "2024 年度" in said
    assert "未提及" in said
    assert main(["coverage", "--json", *AT]) == 0
    assert set(json.loads(capsys.readouterr().out)[0]) == {
        "region", "year", "stage", "state", "level", "silence", "notice",
    }  # fmt: skip


def test_coverage_calls_old_checks_stale(kb: Knowledge) -> None:
    later = NOW.replace(year=2029)
    assert {s.state for s in board(kb, later, [2024]) if s.level} == {STALE}


def test_a_new_year_makes_what_is_missing_and_nothing_else(
    real: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(real)
    assert main(["new-year", "2027", "--knowledge", str(real), "--region", "贵州"]) == 0
    made = contents(real)
    assert set(made) - set(before) == {f"schedules/2027/{r}.yaml" for r in ("全国", "四川", "重庆", "贵州")}
    assert {path for path in before if made[path] != before[path]} == {"notices.yaml"}
    assert made["notices.yaml"].startswith(before["notices.yaml"].rstrip())
    assert (
        "# 2024 年：2024-04-05 08:00 至 2024-04-09 24:00\n  技能缴费: 未公布"
        in made["schedules/2027/四川.yaml"].decode()
    )
    kb, problems = build(made)
    assert kb is not None, [problem.show() for problem in problems]
    capsys.readouterr()
    assert main(["new-year", "2027", "--knowledge", str(real), "--region", "贵州"]) == 0
    assert "没有改动" in capsys.readouterr().out
    assert contents(real) == made


def test_a_skeleton_keeps_nobody_from_the_national_dates(real: Path) -> None:
    main(["new-year", "2027", "--knowledge", str(real)])
    path = real / "schedules" / "2027" / "全国.yaml"
    text = path.read_text("utf-8")
    kb, _ = build(contents(real))
    assert kb is not None
    soon = NOW.replace(year=2027)
    assert 2027 not in kb.years_known("全国", soon)
    path.write_text(
        text.replace("网上报名: 未公布", "网上报名: {开始: 2027-01-20, 截止: 2027-02-02 24:00}"), "utf-8"
    )
    kb, problems = build(contents(real))
    assert kb is not None, problems
    assert 2027 in kb.years_known("全国", soon)
    assert 2027 not in kb.years_known("四川", soon)


def test_a_dry_run_of_a_new_year_writes_nothing(real: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents(real)
    assert main(["new-year", "2027", "--knowledge", str(real), "--dry-run", "--json"]) == 0
    assert "schedules/2027/四川.yaml" in json.loads(capsys.readouterr().out)["made"]
    assert contents(real) == before


def test_diff_says_whose_answers_change(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    shutil.copytree(home, other)
    file = other / "schedules" / "2024" / "四川.yaml"
    file.write_text(file.read_text("utf-8").replace("2024-04-09 24:00", "2024-04-11 24:00"), "utf-8")
    assert main(["diff", str(home), str(other), *AT]) == 0
    said = capsys.readouterr().out
    assert said.startswith("四川 1 条回答会变")
    assert "+ 2. 缴费：4 月 11 日 24 时 前。" in said
    assert "重庆" not in said
    assert "四川报名流程" in said.partition("这些考题答错了")[2]
    assert main(["diff", str(home), str(other), "--json", *AT]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["regions"] == {"四川": 1}
    assert told["changes"][0]["regions"] == ["四川"]
    assert len(told["flips"]) == 1
    assert main(["diff", str(home), str(home), *AT]) == 0
    assert capsys.readouterr().out.startswith("没有回答会变")


def test_check_lists_golden_questions_that_are_answered_wrong(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(home)]) == 0
    assert "做了 1 道检验题" in capsys.readouterr().out
    file = home / "schedules" / "2024" / "四川.yaml"
    file.write_text(file.read_text("utf-8").replace("2024-04-09 24:00", "2024-04-11 24:00"), "utf-8")
    assert main(["check", str(home)]) == 0
    said = capsys.readouterr().out
    assert "golden/四川.yaml:3:8 提醒 [golden]" in said
    assert "没有说“4 月 9 日 24 时”" in said
    assert main(["check", str(home), "--quick", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.parametrize(
    "wrong",
    [
        ["new-year", "27"],
        ["new-year", "明年"],
        ["new-year", "2027", "--region", "火星"],
        ["diff", "/nowhere", "/nowhere"],
        ["diff", str(KNOWLEDGE)],
        ["coverage", "--knowledge", "/nowhere"],
    ],
)
def test_wrong_use_is_2_and_says_why(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(wrong) == 2
    assert capsys.readouterr().err.strip()
