"""What a message says, slot by slot."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation import Assistant
from bot.text import dates
from bot.text.dates import Day
from bot.text.privacy import mask

TODAY = date(2024, 4, 6)


@pytest.mark.parametrize(
    ("text", "stages"),
    [
        ("四川技能考试几号缴费", ("技能缴费",)),
        ("笔试啥时候交钱", ("一试缴费",)),
        ("二试怎么交费", ("二试缴费",)),
        ("什么时候缴费", ("技能缴费", "一试缴费")),
        ("网报时间", ("网上报名",)),
        ("几号审核", ("线上审核", "现场审核")),
        ("现场确认带什么", ("现场审核",)),
        ("准考证什么时候打印", ()),
        ("今天天气怎么样", ()),
    ],
)
def test_stages(assistant: Assistant, text: str, stages: tuple[str, ...]) -> None:
    assert assistant.understanding.read(text, TODAY).stages == stages


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("报明时间", "报名时间"),
        ("baoming shijian", "报名 时间"),
        ("技能缴废", "技能缴费"),
        ("什么时侯审合", "什么时候审核"),
        ("往上报名", "网上报名"),
        ("先场审核", "现场审核"),
    ],
)
def test_words_typed_by_sound_are_restored(assistant: Assistant, typed: str, meant: str) -> None:
    assert assistant.understanding.read(typed, TODAY).fixed == meant


@pytest.mark.parametrize("text", ["考试间隔多久", "实践技能", "考是非题吗", "世界杯", "保密协议", "事件经过"])
def test_real_words_are_left_alone(assistant: Assistant, text: str) -> None:
    assert assistant.understanding.read(text, TODAY).fixed == text


@pytest.mark.parametrize(
    ("text", "years", "day"),
    [
        ("7月10号还能交吗", (), Day(7, 10)),
        ("2024年2月4日", (2024,), Day(2, 4, 2024)),
        ("24年度报名", (2024,), None),
        ("去年的", (2023,), None),
        ("明天还能交吗", (), Day(4, 7, 2024)),
        ("二月四号", (), Day(2, 4)),
        ("十二月三十一日", (), Day(12, 31)),
        ("2.4截止吗", (), Day(2, 4)),
        ("一试二试", (), None),
        ("3个月", (), None),
        ("13800001111", (), None),
    ],
)
def test_dates(text: str, years: tuple[int, ...], day: Day | None) -> None:
    found = dates.read(text, TODAY)
    assert (found.years, found.day) == (years, day)


def test_a_day_that_the_year_does_not_have() -> None:
    assert Day(2, 29).on(2025) is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("身份证51010119900307123X能报吗", "身份证【身份证号】能报吗"),
        ("510101 1990 0307 1234", "【身份证号】"),
        ("我电话13812345678", "我电话【电话】"),
        ("+86 138-1234-5678", "【电话】"),
        ("１３８１２３４５６７８", "【电话】"),
        ("028-86123456转1", "【电话】转1"),
        ("2024年2月4日24时", "2024年2月4日24时"),
    ],
)
def test_numbers_of_people_are_masked(typed: str, kept: str) -> None:
    assert mask(typed) == kept


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_text_can_be_read(assistant: Assistant, text: str) -> None:
    query = assistant.understanding.read(text, TODAY)
    assert len(query.text) <= 400
