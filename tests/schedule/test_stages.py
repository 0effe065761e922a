"""The fixed list of stages."""

from __future__ import annotations

from bot.schedule.stages import EXPECTED, ORDER, STAGES, TITLES


def test_the_stages_and_their_order() -> None:
    assert list(ORDER) == [
        "网上报名", "材料上传", "线上审核", "现场审核", "技能缴费", "技能考试",
        "一试缴费", "一试考试", "二试报名", "二试缴费", "二试考试",
    ]  # fmt: skip
    assert list(ORDER.values()) == list(range(len(STAGES)))


def test_every_stage_has_a_title_of_its_own() -> None:
    assert len(set(TITLES.values())) == len(STAGES)
    for fee in ("技能缴费", "一试缴费", "二试缴费"):
        assert "缴费" in TITLES[fee]


def test_what_a_notice_is_expected_to_say_are_stages() -> None:
    assert set(EXPECTED) <= set(ORDER)
