"""Certificates and fees that are not of this exam, known by the word before 证 and 费."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.conversation import Assistant
from bot.text.others import other_certificate, other_fee
from tests.corpus.judge import play

NOW = datetime.fromisoformat("2024-01-25T10:00:00+08:00")
CERTIFICATES = [
    "护士证",
    "药师证",
    "教师资格证",
    "母婴证",
    "按摩师证",
    "急救证",
    "监理证",
    "基金证",
    "潜水证",
    "裁判证",
    "测绘证",
    "工会证",
    "老年证",
    "验光师证",
]
FEES = ["资料费", "会费", "年费", "答辩费", "注册费", "餐费", "赞助费", "补课费", "工本费"]
THINGS = ["烟草", "cpa", "演讲比赛", "马拉松", "国企"]


@pytest.mark.parametrize("name", CERTIFICATES)
def test_another_certificates_registration_is_not_ours(assistant: Assistant, name: str) -> None:
    for asked in (f"四川{name}啥时候报名", f"{name}考试什么时候报名 重庆", f"四川{name}报名截止了没"):
        assert play(assistant, [asked], NOW).trace.decision == "refuse", asked


@pytest.mark.parametrize("name", FEES)
def test_another_fee_is_not_ours(assistant: Assistant, name: str) -> None:
    for asked in (f"四川{name}什么时候交", f"{name}多少钱 重庆", f"四川{name}缴费截止到几号"):
        assert play(assistant, [asked], NOW).trace.decision == "refuse", asked


@pytest.mark.parametrize("name", THINGS)
def test_what_a_message_begins_with_and_nobody_knows_is_not_ours(assistant: Assistant, name: str) -> None:
    assert play(assistant, [f"四川{name}啥时候报名"], NOW).trace.decision == "refuse"


@pytest.mark.parametrize(
    "text",
    [
        "助理证什么时候报名", "资格证考试几时报名", "执业证考试什么时候报名", "医师证啥时候报名", "报名带身份证还是毕业证", "考证什么时候报名",
        "哪些证报名要用", "拿证要多久", "这个证怎么报名", "进考场那张证几号打印",
    ],
)  # fmt: skip
def test_our_certificates_and_verbs_with_证_are_ours(text: str) -> None:
    assert other_certificate(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "考试费多少钱", "技能考试费几号交", "笔试费好久交", "缴费", "没缴费怎么办", "交了费不考", "免费吗", "考务费", "没交上费", "交错费了能退不",
        "退费找谁", "费用多少", "两次费", "什么费", "综合的费几号交",
    ],
)  # fmt: skip
def test_our_fees_and_verbs_with_费_are_ours(text: str) -> None:
    assert other_fee(text) is None
