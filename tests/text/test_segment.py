"""Words of a sentence, and our own words beside jieba's."""

import jieba
from hypothesis import given
from hypothesis import strategies as st

from bot.text.normalize import normalize
from bot.text.segment import Segmenter, _base

PLAIN = Segmenter()


def test_it_keeps_our_own_words_whole() -> None:
    assert "现场审核" not in PLAIN.cut("现场审核怎么弄")
    assert "现场审核" in Segmenter(["现场审核"]).cut("现场审核怎么弄")


def test_one_segmenter_does_not_teach_another() -> None:
    Segmenter(["一试缴费"])
    assert "一试缴费" not in Segmenter().cut("一试缴费")


def test_it_never_starts_the_tokenizer_of_the_module() -> None:
    PLAIN.cut("报名")
    assert not jieba.dt.initialized


def test_the_frequencies_are_those_that_jieba_reads_itself() -> None:
    own = jieba.Tokenizer()
    assert own.gen_pfdict(own.get_dict_file()) == _base()


def test_nothing_gives_nothing() -> None:
    assert PLAIN.cut("") == []


@given(st.text())
def test_the_words_joined_are_the_text_without_blanks(text: str) -> None:
    plain = normalize(text)
    assert "".join(PLAIN.cut(plain)) == "".join(plain.split())
