"""What overlap of words can't tell."""

import numpy as np
import pytest

from bot.matching.wording import CONTRASTS, Wordings, wording_of


def differs(query: str, text: str) -> dict[str, float]:
    table = Wordings([wording_of(text)]).contrasts(wording_of(query), np.array([0]))
    return dict(zip(CONTRASTS, table[:, 0].tolist(), strict=True))


@pytest.mark.parametrize(
    ("query", "text", "sign"),
    [
        ("怎么报名", "报名要多少钱", "other_kind"),
        ("审核不通过", "审核通过", "negation"),
        ("开通短信", "关闭短信", "opposite"),
        ("2024年报名", "2023年报名", "number_clash"),
        ("报错1000051", "报错", "codes_missing"),
        ("报错", "报错1000051", "codes_added"),
        ("报错1000051", "提示1000051", "number_shared"),
    ],
)
def test_it_sees_the_difference(query: str, text: str, sign: str) -> None:
    assert differs(query, text)[sign] > 0
    assert differs(query, query)[sign] == 0 or sign == "number_shared"


@pytest.mark.parametrize("text", ["能不能报名", "有没有名额", "是不是本人", "可不可以代报"])
def test_an_open_question_is_no_negation(text: str) -> None:
    assert not wording_of(text).negated
