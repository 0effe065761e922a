"""What overlap of words can't tell."""

import numpy as np
import pytest

from bot.matching.wording import CONTRASTS, Wordings, without_courtesy, wording_of


def differs(query: str, text: str) -> dict[str, float]:
    table = Wordings([wording_of(text)]).contrasts(wording_of(query), np.array([0]))
    return dict(zip(CONTRASTS, table[:, 0].tolist(), strict=True))


@pytest.mark.parametrize(
    ("query", "text", "sign"),
    [
        ("审核不通过", "审核通过", "negation"),
        ("开通短信", "关闭短信", "opposite"),
        ("2024年报名", "2023年报名", "codes_missing"),
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


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("老师您好请问一下报名照片有什么要求呢", "报名照片有什么要求"),
        ("那个我想问一下怎么缴费啊", "怎么缴费"),
        ("喂你好怎么登录谢谢", "怎么登录"),
        ("问题反馈怎么弄", "问题反馈怎么弄"),
        ("额度是多少", "额度是多少"),
        ("亲属能代报吗", "亲属能代报吗"),
        ("怎么应急", "怎么应急"),
        ("在干嘛", "在干嘛"),
        ("谢谢", "谢谢"),
        ("", ""),
    ],
)
def test_courtesies_go_and_words_stay(typed: str, left: str) -> None:
    assert without_courtesy(typed) == left
