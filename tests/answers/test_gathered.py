"""Two years put beside each other, and whether a year's notice is on file."""

from __future__ import annotations

from datetime import datetime

from bot.answers.gathered import alike
from bot.answers.on_file import of_exam
from bot.dialogue.decision import Decision
from bot.dialogue.lookup import tell
from bot.knowledge.model import NATION, Knowledge
from bot.schedule.deadlines import SHANGHAI

NOW = datetime(2026, 11, 28, 10, tzinfo=SHANGHAI)


def _of(kb: Knowledge, region: str, stage: str, year: int) -> Decision:
    return Decision("answer", region=region, told=(tell(kb, region, stage, year, NOW),), asked_year=year)


def test_the_later_year_is_told_by_how_many_days(kb: Knowledge) -> None:
    parts = [_of(kb, NATION, "网上报名", year) for year in (2026, 2025)]
    assert alike(parts) == "不一样，2026 年度比 2025 年度早 10 天开始，早 10 天截止。"
    assert alike(parts[::-1]) == alike(parts)


def test_the_same_year_twice_has_the_same_days(kb: Knowledge) -> None:
    assert alike([_of(kb, NATION, "网上报名", 2025)] * 2) == "两年是同样的日子。"


def test_nothing_is_said_of_a_year_without_days(kb: Knowledge) -> None:
    assert alike([_of(kb, "四川", "技能缴费", year) for year in (2024, 2027)]) == ""


def test_of_an_exam_both_levels_are_told(kb: Knowledge) -> None:
    assert of_exam(kb, "重庆", 2025, NOW) == "2025 年度：全国的公告已经出了，重庆的公告已经出了"
    assert of_exam(kb, "四川", 2026, NOW) == "2026 年度：全国的公告已经出了，四川的公告没有收录"
    assert of_exam(kb, None, 2027, NOW) == "2027 年度：全国的公告还没有公布或没有收录"
    assert of_exam(kb, "四川", 2023, NOW).endswith("四川的也没有")  # of 2023 only 二试 is on file
