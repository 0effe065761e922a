"""Two changes of one text are joined only where they have nothing to do with one another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.editing.merge import merged

BASE = "网上报名: 甲\n材料上传: 乙\n技能缴费: 丙\n"


def test_neighbouring_lines_changed_by_two_are_joined() -> None:
    mine, theirs = BASE.replace("甲", "1 月"), BASE.replace("乙", "2 月")
    assert merged(BASE, mine, theirs) == "网上报名: 1 月\n材料上传: 2 月\n技能缴费: 丙\n"


def test_a_comment_above_and_an_entry_below_are_joined() -> None:
    assert merged(BASE, BASE + "一试缴费: 丁\n", "# 看过\n" + BASE) == "# 看过\n" + BASE + "一试缴费: 丁\n"


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (BASE.replace("乙", "1 月"), BASE.replace("乙", "2 月")),  # the same date
        (BASE + "一试缴费: 丁\n", BASE + "二试报名: 戊\n"),  # whose comes first?
        (BASE.replace("丙", "3 月"), BASE + "一试缴费: 丁\n"),  # beside a changed line
        (
            BASE.replace("材料上传: 乙\n", ""),
            BASE.replace("乙", "2 月"),
        ),  # one takes away what the other changed
        (None, BASE.replace("乙", "2 月")),  # the file goes
    ],
)
def test_what_touches_is_left_to_people(mine: str | None, theirs: str | None) -> None:
    assert merged(BASE, mine, theirs) is None
    assert merged(BASE, theirs, mine) is None


def test_a_file_that_both_made_is_left_to_people() -> None:
    assert merged(None, "甲\n", "乙\n") is None


texts = st.lists(st.sampled_from("甲乙丙丁戊"), max_size=8).map("\n".join)


@given(texts, texts, texts)
def test_the_order_changes_nothing_and_one_change_alone_is_that_change(
    base: str, mine: str, theirs: str
) -> None:
    assert merged(base, mine, theirs) == merged(base, theirs, mine)
    assert merged(base, mine, base) == mine
    assert merged(base, mine, mine) == mine
