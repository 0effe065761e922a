"""The second opinion: asked only where the matcher is unsure, and heard there."""

from collections.abc import Sequence

import numpy as np

from bot.matching import thresholds
from bot.matching.rank import Matcher
from bot.matching.semantic import SecondOpinion
from bot.text.segment import Segmenter

FAQ = [
    ("loss", ["银行卡紧急挂失", "卡片挂失怎么办理", "挂失银行卡"]),
    ("open", ["银行卡怎么开户", "开户要带什么", "办理开户"]),
    ("fee", ["银行卡年费多少", "年费怎么收", "年费标准"]),
]
MATCHER = Matcher.build(FAQ, Segmenter())


class Fake:
    """Knows that what is lost or reported lost is one thing; counts what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.asked += texts
        return np.array(
            [[1.0, 0.0] if "失" in text or "丢" in text else [0.0, 1.0] for text in texts], dtype=np.float32
        )


def test_it_is_not_asked_where_the_matcher_is_sure() -> None:
    encoder = Fake()
    second = SecondOpinion(MATCHER, encoder)
    encoder.asked.clear()
    assert second.rank("年费标准？")[0].entry_id == "fee"
    assert encoder.asked == []


def test_it_is_heard_where_the_matcher_is_not() -> None:
    encoder = Fake()
    second = SecondOpinion(MATCHER, encoder)
    text = "银行卡丢了怎么办理"
    assert MATCHER.rank(text)[0].score < thresholds.ANSWER
    encoder.asked.clear()
    matches = second.rank(text)
    assert encoder.asked == [text]
    assert matches[0].entry_id == "loss"
    assert "near" in matches[0].why


def test_allowed_is_respected() -> None:
    second = SecondOpinion(MATCHER, Fake())
    assert {match.entry_id for match in second.rank("银行卡丢了怎么办理", allowed={"open", "fee"})} <= {
        "open",
        "fee",
    }


def test_nothing_gives_nothing() -> None:
    assert SecondOpinion(Matcher.build([], Segmenter()), Fake()).rank("丢了") == []
    assert SecondOpinion(MATCHER, Fake()).rank("？") == []
