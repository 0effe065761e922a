"""What a mark is worth by the lines on file."""

from __future__ import annotations

import pytest

from bot.dialogue.marks import judged

LINES = {"技能": 60, "执业": 360, "助理": 180}


@pytest.mark.parametrize(
    ("said", "before", "level", "told"),
    [
        ("我综合考了342", "", "执业医师", "执业医师没到 360 分，差 18 分，没过"),
        ("助理考了182 过没", "", "执业助理医师", "执业助理医师 180 分合格，182 分过了"),
        (
            "成绩出来了 358",
            "",
            None,
            "执业医师没到 360 分，差 2 分，没过；执业助理医师 180 分合格，358 分过了",
        ),
        ("360过了没 综合", "", "执业医师", "执业医师 360 分合格，360 分过了"),
        ("我62", "技能好多分过", None, "技能 60 分合格，62 分过了"),
        ("技能59分能交综合不", "技能好多分过", None, ""),
        ("我是临床执业", "成绩出来综合342", "执业医师", "执业医师没到 360 分，差 18 分，没过"),
    ],
)
def test_a_mark_is_put_beside_its_line(said: str, before: str, level: str | None, told: str) -> None:
    assert judged(said, before, level, LINES) == (f"按收录到的线，{told}。" if told else "")


@pytest.mark.parametrize(
    "said",
    [
        "合格线是不是360",
        "执业要多少分",
        "差12分没过",
        "才差了15分",
        "听说70分才过",
        "2024年多少分",
        "9月24日",
        "民族医考了170",
    ],
)
def test_no_mark_is_judged_where_none_is_told(said: str) -> None:
    assert judged(said, "", "执业医师", LINES) == ""


def test_no_lines_judge_nothing() -> None:
    assert judged("我综合考了342", "", "执业医师", {}) == ""
