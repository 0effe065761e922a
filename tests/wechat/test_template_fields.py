"""Items of templates: what the platform takes and what it refuses with 47003."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.settings import TEMPLATE_BLANKS, Settings
from bot.simulate.platform.values import content
from bot.wechat.template_fields import fill, parse, problems

GOOD = {
    "thing1": ["四川技能缴费", "二" * 20, "a b，c"],
    "number2": ["3", "3.5", "1" * 32],
    "letter1": ["abc"],
    "symbol1": ["!!!", "，"],
    "character_string3": ["A-2024/04", "x" * 32],
    "time4": ["15:01", "2019年10月1日 15:01", "15:01~16:01", "2024-04-09 23:59"],
    "date5": ["2019年10月1日", "2019-12-25 09:42", "2019年10月1日~2019年10月7日"],
    "amount6": ["¥100.00", "100元", "￥1234567890"],
    "phone_number7": ["+86-0766-66888866"],
    "car_number8": ["粤A8Z888挂"],
    "name9": ["张三", "San Zhang"],
    "phrase10": ["即将截止"],
    "enum1": ["任何"],
    "const1": ["任何"],
}
BAD = {
    "thing1": ["二" * 21, "", " ", "一\n二"],
    "number2": ["三", "1.2.3", "1" * 33],
    "letter1": ["a1", "a" * 33],
    "symbol1": ["a", "!!!!!!"],
    "character_string3": ["中文", "x" * 33],
    "time4": ["24:01", "4月9日 24 时", "2019年10月1日", "1:00~2:00~3:00"],
    "date5": ["15:01", "2019年13月1日", "明天"],
    "amount6": ["12345678901", "很多钱"],
    "phone_number7": ["1" * 18, "电话"],
    "car_number8": ["粤A8Z8888挂号"],
    "name9": ["张" * 11, "x" * 21],
    "phrase10": ["马上就要截止", "ok"],
    "color1": ["x"],
    "thing": ["x"],
    "first": ["x"],
}


@pytest.mark.parametrize(("key", "value"), [(key, value) for key in GOOD for value in GOOD[key]])
def test_the_platform_takes_it(key: str, value: str) -> None:
    assert problems({key: value}) == []


@pytest.mark.parametrize(("key", "value"), [(key, value) for key in BAD for value in BAD[key]])
def test_the_platform_would_refuse_it_and_the_line_names_the_item(key: str, value: str) -> None:
    (line,) = problems({key: value})
    assert line.startswith(f"{key}“")
    assert line.endswith("。")


@settings(max_examples=400)
@given(
    kind=st.sampled_from(sorted({key.rstrip("0123456789") for key in GOOD})),
    value=st.one_of(
        st.text(max_size=40),
        st.text("0123456789年月日-:~. 元￥四川AZ", max_size=24),
        st.datetimes().map(lambda at: f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"),
        st.sampled_from([value for values in GOOD.values() for value in values]),
    ),
)
@example(kind="phrase", value="𠀀")
@example(kind="name", value="𠀀")
def test_what_passes_here_the_platform_s_twin_takes_too(kind: str, value: str) -> None:
    """The two were written apart; a value that only we like would be a 47003 in the middle of a run."""
    if problems({f"{kind}1": value}) == []:
        assert content({f"{kind}1": {"value": value}}) == {f"{kind}1": value}


def test_no_item_at_all_is_a_problem() -> None:
    assert problems({}) != []


def test_a_field_map_of_the_settings_is_filled() -> None:
    told = Settings(
        wechat_template_id="t", wechat_template_fields="thing1={考区}{环节};time2={截止};thing3=请留意"
    )
    fields = parse(told.wechat_template_fields or "")
    values = dict.fromkeys(TEMPLATE_BLANKS, "?") | {
        "考区": "四川",
        "环节": "技能缴费",
        "截止": "2024-04-09 23:59",
    }
    filled = fill(fields, values)
    assert filled == {"thing1": "四川技能缴费", "time2": "2024-04-09 23:59", "thing3": "请留意"}
    assert problems(filled) == []


def test_a_blank_without_a_value_sends_nothing() -> None:
    with pytest.raises(KeyError):
        fill({"thing1": "{考区}"}, {})


@pytest.mark.parametrize("written", ["thing1={省份}", "thing1", "=x", "thing1={考区", "Thing1=x"])
def test_a_wrong_field_map_does_not_start(written: str) -> None:
    with pytest.raises(ValueError, match="wechat_template_fields"):
        Settings(wechat_template_id="t", wechat_template_fields=written)


def test_a_template_without_its_fields_does_not_start() -> None:
    with pytest.raises(ValueError, match="WECHAT_TEMPLATE_FIELDS"):
        Settings(wechat_template_id="t")
