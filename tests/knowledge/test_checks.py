"""Every way we know to break a knowledge folder, and the exact words that staff read then.

broken/NAME/ is laid over small/, a tiny folder without problems: its files replace or join those of the same path,
_removed.txt names files to take away, _expected.txt is the whole report. After a message has been changed on purpose,
`python -m tests.knowledge.test_checks` writes the reports anew; read the difference as staff would.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from bot.knowledge.load import CHECKS, READING, build, contents, load
from bot.knowledge.problem import Problem, source_line

HERE = Path(__file__).parent
SMALL = HERE / "small"
CASES = sorted(path.name for path in (HERE / "broken").iterdir())
# Their files are too big, or too odd, to lie in the repository; tests below make them.
MADE_HERE = {"file-size"}


def laid_over(name: str) -> dict[str, bytes]:
    """The files of small/ with those of one case."""
    files, folder = contents(SMALL), HERE / "broken" / name
    for path in folder.rglob("*"):
        if path.is_file() and not path.name.startswith("_"):
            files[path.relative_to(folder).as_posix()] = path.read_bytes()
    removed = folder / "_removed.txt"
    for gone in removed.read_text(encoding="utf-8").split() if removed.exists() else ():
        del files[gone]
    return dict(sorted(files.items()))


@cache
def problems_of(name: str) -> tuple[bool, list[Problem]]:
    """(whether it loads, its problems) of one case."""
    kb, problems = build(laid_over(name))
    return kb is not None, problems


def report(files: dict[str, bytes], problems: list[Problem]) -> str:
    """As `python -m bot check` prints it."""
    return "".join(f"{problem.show(source_line(files, problem))}\n" for problem in problems)


def test_the_small_folder_has_no_problem() -> None:
    kb, problems = load(SMALL)
    assert kb is not None
    assert problems == []
    assert sorted(kb.regions) == ["四川", "重庆"]


@pytest.mark.parametrize("name", CASES)
def test_staff_read_exactly_this(name: str) -> None:
    files = laid_over(name)
    loads, problems = problems_of(name)
    expected = (HERE / "broken" / name / "_expected.txt").read_text(encoding="utf-8")
    assert report(files, problems) == expected
    assert loads != any(problem.is_error for problem in problems)


@pytest.mark.parametrize("name", CASES)
def test_a_message_is_whole(name: str) -> None:
    files = laid_over(name)
    for problem in problems_of(name)[1]:
        assert problem.level in ("错误", "提醒")
        assert problem.text.endswith(("。", "？")), problem.text
        assert problem.hint, "what to write instead"
        lines = source_line(files, problem)
        assert not problem.line or problem.file in files
        assert problem.column <= len(lines) + 1


def test_every_check_has_a_case_and_every_case_a_check() -> None:
    told = set(MADE_HERE)
    for name in CASES:
        told |= {problem.check for problem in problems_of(name)[1]}
    assert told == {check.ID for check in (*READING, *CHECKS)}


def test_a_check_has_one_name() -> None:
    for check in (*READING, *CHECKS):
        assert check.__name__.rsplit(".", 1)[1].replace("_", "-") == check.ID


def test_all_problems_come_in_one_run() -> None:
    """Errors of five files, one of which can't be parsed at all."""
    _kb, problems = build(laid_over("two-files"))
    assert len({problem.file for problem in problems}) >= 4
    assert {"yaml-syntax", "value-type", "window-order", "stage-unknown", "date-in-text"} <= {
        p.check for p in problems
    }
    assert problems == sorted(problems, key=lambda p: (p.file, p.line, p.column, p.check))


def test_an_unreadable_file_makes_no_noise_elsewhere() -> None:
    """Without notices.yaml every notice would look unknown; without a faq file, its entries."""
    for name in ("notices.yaml", "regions.yaml", "words.yaml", "faq/报名.yaml", "schedules/2024/四川.yaml"):
        files = contents(SMALL)
        files[name] = b"\xff\xff"
        _kb, problems = build(files)
        assert [problem.file for problem in problems] == [name], report(files, problems)


def test_a_date_is_shown_in_its_own_line_of_a_block() -> None:
    _kb, problems = build(laid_over("date-in-text"))
    assert source_line(laid_over("date-in-text"), problems[0]).strip().startswith("2. 缴费")
    assert source_line(laid_over("date-in-text"), problems[0])[problems[0].column - 1 :].startswith("4 月")


def test_a_long_line_is_cut_around_its_place() -> None:
    shown = Problem("a.yaml", 1, 500, "错误", "x", "甲。").show("字" * 499 + "此" + "字" * 499)
    row = shown.splitlines()[2]
    assert "此" in row
    assert len(row) < 120
    assert row.count("…") == 2


if __name__ == "__main__":
    for case in CASES:
        overlaid = laid_over(case)
        (HERE / "broken" / case / "_expected.txt").write_text(
            report(overlaid, build(overlaid)[1]), encoding="utf-8"
        )
