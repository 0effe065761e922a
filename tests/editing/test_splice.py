"""An edit changes its own place and no other byte, in every file we have."""

from __future__ import annotations

import difflib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.editing.splice import append, drop, put, values
from bot.editing.written import EditError, Inline, clean, scalar
from bot.knowledge.load import contents
from bot.knowledge.problem import Problem
from bot.knowledge.yaml_source import read
from tests.conftest import KNOWLEDGE

FILES = {path: raw.decode() for path, raw in contents(KNOWLEDGE).items()}
SMALL = """# 头上的注释
问答:
  # 退费的注释
  退费:
    问: 流程   # 行尾的注释
    问题: '能退吗？'
    说法: [甲, 乙,
      丙]
    答案:
      全国:
        正文: |
          第一行
          第二行

      四川: {公告: 四川-2024, 正文: 短}
  # 下一条的注释
  缴费:
    说法:
      - 一
      - 二   # 二的注释

    接着问: []
# 尾巴
"""


def changed_lines(old: str, new: str) -> list[str]:
    return [line for line in difflib.ndiff(old.splitlines(), new.splitlines()) if line[0] in "+-"]


@pytest.mark.parametrize("path", FILES)
def test_setting_every_value_to_itself_changes_no_byte(path: str) -> None:
    """Some of each file of knowledge/, evenly spread."""
    text = FILES[path]
    every = list(scalars(values(text)))
    for keys, value in every[:: max(1, len(every) // 6)]:
        assert put(text, keys, value) == text, keys


def scalars(plain: Any, keys: tuple[str | int, ...] = ()) -> Any:
    if isinstance(plain, str):
        yield keys, plain
    else:
        for key, value in plain.items() if isinstance(plain, dict) else enumerate(plain):
            yield from scalars(value, (*keys, key))


@pytest.mark.parametrize(
    ("keys", "value", "lines"),
    [
        (("问答", "退费", "问"), "费用", ["-     问: 流程   # 行尾的注释", "+     问: 费用   # 行尾的注释"]),
        (("问答", "退费", "问题"), "退不退？", ["-     问题: '能退吗？'", "+     问题: '退不退？'"]),
        (("问答", "退费", "说法", 2), "丁", ["-       丙]", "+       丁]"]),
        (
            ("问答", "退费", "答案", "全国", "正文"),
            "第一行\n改了",
            ["-           第二行", "+           改了"],
        ),
        (
            ("问答", "退费", "答案", "四川", "正文"),
            "含, 逗号",
            [
                "-       四川: {公告: 四川-2024, 正文: 短}",
                '+       四川: {公告: 四川-2024, 正文: "含, 逗号"}',
            ],
        ),
        (("问答", "退费", "种类"), "未收录", ["+     种类: 未收录"]),
        (("问答", "缴费", "接着问"), Inline(["退费"]), ["-     接着问: []", "+     接着问: [退费]"]),
        (
            ("问答", "退费", "答案", "重庆"),
            {"公告": "重庆-2024", "正文": "两行\n的"},
            [
                "+       重庆:",
                "+         公告: 重庆-2024",
                "+         正文: |",
                "+           两行",
                "+           的",
            ],
        ),
    ],
)
def test_only_the_line_meant_changes(keys: tuple[str | int, ...], value: Any, lines: list[str]) -> None:
    assert changed_lines(SMALL, put(SMALL, keys, value)) == lines


def test_a_list_grows_in_its_own_style() -> None:
    assert changed_lines(SMALL, append(SMALL, ("问答", "退费", "说法"), "丁")) == [
        "-       丙]",
        "+       丙, 丁]",
    ]
    assert changed_lines(SMALL, append(SMALL, ("问答", "缴费", "说法"), "三")) == ["+       - 三"]
    assert "接着问: [退费]" in append(SMALL, ("问答", "缴费", "接着问"), "退费")
    assert values(append("说法: 甲\n", ("说法",), "乙")) == {"说法": ["甲", "乙"]}


def test_a_new_key_goes_where_it_is_wanted() -> None:
    changed = put(SMALL, ("问答", "退费", "环节"), Inline(["技能缴费"]), after="问")
    assert "    问: 流程   # 行尾的注释\n    环节: [技能缴费]\n    问题" in changed


def test_items_and_keys_go_with_their_line() -> None:
    assert changed_lines(SMALL, drop(SMALL, ("问答", "缴费", "说法", 0))) == ["-       - 一"]
    assert "[乙,\n      丙]" in drop(SMALL, ("问答", "退费", "说法", 0))
    assert "[甲, 乙]" in drop(SMALL, ("问答", "退费", "说法", 2))
    assert changed_lines(SMALL, drop(SMALL, ("问答", "退费", "问"))) == ["-     问: 流程   # 行尾的注释"]
    with pytest.raises(EditError, match="最后一项"):
        drop("说法: [甲]\n", ("说法", 0))


def test_windows_line_ends_stay() -> None:
    changed = append(SMALL.replace("\n", "\r\n"), ("问答", "缴费", "说法"), "三")
    assert changed == append(SMALL, ("问答", "缴费", "说法"), "三").replace("\n", "\r\n")


def test_a_broken_file_is_refused() -> None:
    with pytest.raises(EditError, match="本身有错"):
        put("问答: [甲\n", ("问答",), "x")
    with pytest.raises(EditError, match="没有"):
        put(SMALL, ("问答", "没有这条", "问"), "x")


typed = st.text(
    alphabet=st.one_of(st.sampled_from("甲乙丙？，：# :,[]{}\"'|>-!&*%@`~是0123\n "), st.characters(codec="utf-8")),
    min_size=1,
    max_size=20,
).map(clean).filter(bool)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(typed)
def test_whatever_is_typed_is_read_back_by_the_loader(text: str) -> None:
    """In each kind of place; by the bot's own reader, which is stricter than YAML."""
    for keys in (
        ("问答", "退费", "问题"),
        ("问答", "退费", "问"),
        ("问答", "退费", "说法", 1),
        ("问答", "退费", "答案", "全国", "正文"),
        ("问答", "退费", "答案", "四川", "正文"),
        ("问答", "缴费", "说法", 0),
        ("问答", "缴费", "新键"),
    ):
        problems: list[Problem] = []
        found: Any = read("x.yaml", put(SMALL, keys, text), problems)
        for key in keys:
            found = found[key]
        assert found.strip() == text
        assert problems == []


@settings(max_examples=100, deadline=None)
@given(typed.filter(lambda text: "\n" not in text))
def test_a_text_on_one_line_is_itself(text: str) -> None:
    assert values(f"- {scalar(text)}") == [text]
    assert values(f"[{scalar(text, flow=True)}]") == [text]


def test_what_word_and_browsers_paste_is_cleaned() -> None:
    assert clean("\ufeff  第一行\t\r\n\r\n第二\u200b行\xa0 \n") == "第一行\n\n第二行"
