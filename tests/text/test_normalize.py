"""One form for what looks or reads the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.normalize import compact, normalize


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("請問，報名時間？", "请问,报名时间?"),
        ("ＡＰＰ　１２３", "app 123"),
        ("报名[微笑]时间/::)", "报名时间"),
        ("[机构]开户", "[机构]开户"),
        ("报名😀👍🏽时间", "报名 时间"),
        ("报\u200b名\ufeff\u0000", "报名"),
        ("  多行\n\n\t文字 ", "多行 文字"),
        ("“引号”《书》【括号】", '"引号"<书>[括号]'),
        ("[微[微笑]笑]", ""),
        ("麼後瞭", "么后了"),
        ("https://a.cn/path", "https://a.cn/path"),
        ("", ""),
    ],
)
def test_it_brings_text_to_one_form(typed: str, plain: str) -> None:
    assert normalize(typed) == plain


@given(st.text())
def test_normalizing_twice_changes_nothing(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)


@given(st.text(alphabet="[]微笑/:)'(<>-强ok：／［］ "))
def test_normalizing_twice_changes_nothing_where_codes_nest(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)


@given(st.text())
def test_compact_keeps_letters_and_digits_only(text: str) -> None:
    assert all(char.isalnum() for char in compact(text))
    assert compact(compact(text)) == compact(text)
