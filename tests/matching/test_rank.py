"""The right entry first: by order, never by the value of a score."""

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.matching.rank import Matcher
from bot.text.segment import Segmenter

FAQ = [
    ("signup-time", ["报名什么时候开始", "网上报名时间是几号", "哪天可以报名"]),
    ("signup-how", ["怎么报名", "网上报名的流程", "在哪里报名"]),
    ("fee", ["考试费多少钱", "缴费标准是多少", "报名要交多少钱"]),
    ("pay-how", ["怎么缴费", "网上怎么交钱", "可以用微信缴费吗"]),
    ("review", ["现场审核要带什么材料", "审核需要哪些证件"]),
    ("ticket", ["准考证什么时候打印", "在哪里打印准考证"]),
    ("score", ["成绩什么时候公布", "怎么查成绩"]),
]
MATCHER = Matcher.build(FAQ, Segmenter())


def first(text: str) -> str | None:
    matches = MATCHER.rank(text)
    return matches[0].entry_id if matches else None


@pytest.mark.parametrize(("text", "entry"), [(text, entry) for entry, texts in FAQ for text in texts])
def test_an_exact_question_ranks_first(text: str, entry: str) -> None:
    assert first(text) == entry
    assert first(f"{text}？") == entry


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("报明什么时候开始", "signup-time"),
        ("報名什麼時候開始", "signup-time"),
        ("baoming shenme shihou kaishi", "signup-time"),
        ("现场审合要带啥材料", "review"),
        ("老师您好请问一下准考证啥时候能打印呢", "ticket"),
    ],
)
def test_noise_does_not_change_the_first(text: str, entry: str) -> None:
    assert first(text) == entry


def test_allowed_is_respected_before_ranking() -> None:
    assert [match.entry_id for match in MATCHER.rank("怎么报名", allowed={"fee"})] in ([], ["fee"])
    assert MATCHER.rank("怎么报名", allowed=set()) == []
    assert MATCHER.rank("怎么报名", allowed={"nobody"}) == []


def test_limit_and_order() -> None:
    matches = MATCHER.rank("报名", limit=3)
    assert len(matches) == 3
    assert [match.score for match in matches] == sorted((match.score for match in matches), reverse=True)
    assert len({match.entry_id for match in matches}) == 3


@pytest.mark.parametrize("text", ["", "   ", "？！", "😀", "[微笑]", "\u200b"])
def test_nothing_gives_nothing(text: str) -> None:
    assert MATCHER.rank(text) == []


def test_an_empty_knowledge_answers_nothing() -> None:
    assert Matcher.build([], Segmenter()).rank("怎么报名") == []
    assert Matcher.build([("empty", ["？"]), ("none", [])], Segmenter()).rank("怎么报名") == []


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_it_never_raises(text: str) -> None:
    for match in MATCHER.rank(text):
        assert 0.0 <= match.score <= 1.0


def steps(text: str) -> int:
    """How many functions are called to rank it, C's included; the same on any machine, however busy."""
    called = 0

    def count(_frame: object, event: str, _function: object) -> None:
        nonlocal called
        called += event in ("call", "c_call")

    MATCHER.rank(text)  # what is kept for the next time is not counted
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        MATCHER.rank(text)
    finally:
        sys.setprofile(before)
    return called


@pytest.mark.parametrize(
    "unit", ["急", "谢谢", "嗯", "啊", "a", "an", "1", "一", "报名", "你好", "[", "不", "谁知道"]
)
def test_a_long_message_takes_no_longer_than_its_length_asks(unit: str) -> None:
    """Inside a regular expression nothing can be counted; one gone wild would never come to the end here."""
    assert steps(unit * 2000 + "x") <= 2.2 * steps(unit * 1000 + "x")
