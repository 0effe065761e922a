"""The index ranks as brute force does."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.matching.index import Index
from bot.matching.tokens import FAMILIES, Tokens, tokens_of
from bot.text.segment import Segmenter

SEGMENTER = Segmenter()
TEXT = st.text(alphabet="报名缴费时间怎么什么审核证书考试A1 ？", max_size=12)


def brute(texts: list[Tokens], query: Tokens, family: int) -> list[float]:
    """TF-IDF cosine by its definition, one pair at a time."""
    total = len(texts) + 1

    def weight(token: str) -> float:
        count = sum(token in text.families[family] for text in texts)
        return (math.log(total / (1 + count)) if count else math.log(total)) + 1

    def norm(tokens: list[str]) -> float:
        return math.sqrt(sum(weight(token) ** 2 for token in tokens))

    found = []
    for text in texts:
        own, asked = text.families[family], query.families[family]
        shared = sum(weight(token) ** 2 for token in set(own) & set(asked))
        found.append(shared / (norm(own) * norm(asked)) if shared else 0.0)
    return found


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=6), TEXT)
def test_the_index_gives_what_brute_force_gives(texts: list[str], query: str) -> None:
    tokens = [tokens_of(text, SEGMENTER) for text in texts]
    asked = tokens_of(query, SEGMENTER)
    cosines, _, _ = Index(tokens).cosines(asked)
    if not asked.spelled:
        for family in range(len(FAMILIES)):
            assert cosines[family] == pytest.approx(brute(tokens, asked, family), abs=1e-9)


def test_what_no_text_knows_lowers_every_cosine_and_is_told() -> None:
    index = Index([tokens_of(text, SEGMENTER) for text in ("怎么报名", "怎么缴费")])
    known, _, nothing = index.cosines(tokens_of("怎么报名", SEGMENTER))
    lower, _, something = index.cosines(tokens_of("怎么报名鬱", SEGMENTER))
    assert known[0, 0] > lower[0, 0]
    assert nothing[0] == 0.0 < something[0]


def test_pinyin_letters_are_heard() -> None:
    index = Index([tokens_of(text, SEGMENTER) for text in ("报名时间", "缴费标准")])
    cosines, _, _ = index.cosines(tokens_of("baoming shijian", SEGMENTER))
    assert np.all(cosines[:, 0] > cosines[:, 1])
