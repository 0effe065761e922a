"""Spoken and dialect forms read as their standard ones."""

from __future__ import annotations

import pytest

from bot.matching.colloquial import plainly


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("好久交钱", "什么时候交钱"),
        ("咋个交", "怎么交"),
        ("材料搞忘传了咋整", "材料忘记传了怎么"),
        ("现场去不得行", "现场去不行"),
        ("在哪点交", "在哪里交"),
        ("那交好多钱嘛", "交多少钱"),
    ],
)
def test_dialect_is_read_as_the_standard_language(typed: str, plain: str) -> None:
    assert plainly(typed) == plain


def test_what_is_but_particles_stays() -> None:
    assert plainly("哦哦") == "哦哦"
    assert plainly("") == ""


@pytest.mark.parametrize(
    "text", ["实践技能考试", "报名成功通知单", "整形外科医师", "整个流程", "多少钱", "哪里人"]
)
def test_words_of_matter_stay(text: str) -> None:
    assert plainly(text) == text
