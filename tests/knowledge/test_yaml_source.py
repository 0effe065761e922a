"""YAML text -> values with places: nothing guessed, nothing lost, nothing that blows up."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.knowledge import yaml_source
from bot.knowledge.checks import file_size, yaml_syntax
from bot.knowledge.draft import Draft
from bot.knowledge.load import CHECKS, build, contents, parse
from bot.knowledge.problem import Problem, split_lines
from bot.knowledge.yaml_source import Mapping, Sequence, Text, Value, read

SMALL = Path(__file__).parent / "small"


def values(content: str) -> Mapping:
    problems: list[Problem] = []
    root = read("a.yaml", content, problems)
    assert problems == []
    assert isinstance(root, Mapping)
    return root


@pytest.mark.parametrize(
    "written", ["18:00", "0512", "no", "yes", "null", "~", "1.0e+3", "0x1F", "2024-02-04", "1_000", ".5"]
)
def test_a_scalar_stays_as_written(written: str) -> None:
    assert values(f"键: {written}")[Text("键")] == written
    assert yaml.safe_load(f"键: {written}")["键"] != written  # what we are spared


def test_values_and_keys_remember_their_place() -> None:
    root = values("甲: 1\n乙:\n  - 丙\n  - {丁: 戊}\n")
    assert [(str(key), key.place.line, key.place.column) for key in root] == [("甲", 1, 1), ("乙", 2, 1)]
    listed = root[Text("乙")]
    assert isinstance(listed, Sequence)
    assert (listed.place.line, listed.place.column) == (3, 3)
    assert isinstance(listed[0], Text)
    assert (listed[0].place.line, listed[0].place.column) == (3, 5)
    inner = listed[1]
    assert isinstance(inner, Mapping)
    assert isinstance(inner[Text("丁")], Text)
    assert inner[Text("丁")].place.column == 9


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("键: 一二此", "此"), ('键: "一二此"', "此"), ("键: '一二此'", "此"), ("键: |\n  一\n  二此\n", "此"),
        ("上:\n  键: |\n\n    一\n\n      二此\n", "此"), ("键: |-\n    此\n", "此"), ("- |\n 一\n 此", "此"),
        ("# 一行\r\n键: |\r\n  一\r\n  此\r\n", "此"),
    ],
)  # fmt: skip
def test_a_character_is_found_where_it_stands(content: str, word: str) -> None:
    text = next(_texts(read("a.yaml", content, []), word))
    place = text.place_of(text.index(word))
    assert split_lines(content)[place.line - 1][place.column - 1] == word


@pytest.mark.parametrize(
    "content", ["键: >\n  一\n  此\n", '键: "一\\n此"', "键: 一\n  此\n", "键: '一''此'"]
)
def test_where_the_character_can_t_be_told_the_value_s_place_stands(content: str) -> None:
    text = next(_texts(read("a.yaml", content, []), "此"))
    assert text.place_of(text.index("此")) == text.place


def _texts(value: Value | None, word: str) -> Iterator[Text]:
    """The scalars that hold `word`."""
    if isinstance(value, Text):
        if word in value:
            yield value
    elif value is not None:
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(item, word)


def test_a_place_survives_being_a_key_of_a_dict() -> None:
    assert values("甲: 1")[Text("甲")] == "1"


@pytest.mark.parametrize(
    ("content", "sign"),
    [
        ("甲: &x 1\n乙: *x\n", "&"), ("甲: *x\n", "*"), ("甲: !!python/object/apply:os.system [ls]\n", "!"),
        ("甲: !x 1\n", "!"), ("&x 甲: 1\n", "&"), ("甲: [&x 1]\n", "&"), ("乙: {<<: *x}\n", "*"),
    ],
)  # fmt: skip
def test_anchors_aliases_and_tags_are_refused(content: str, sign: str) -> None:
    problems: list[Problem] = []
    assert read("a.yaml", content, problems) is None
    assert [problem.check for problem in problems] == ["yaml-anchor"]
    assert f" {sign} " in problems[0].text


def test_a_billion_laughs_cost_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = ["a0: &a0 [哈, 哈, 哈, 哈, 哈, 哈, 哈, 哈, 哈]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    files = {**contents(SMALL), "faq/哈.yaml": "\n".join(rows).encode()}
    kb, problems = build(files)
    assert kb is None
    assert [problem.check for problem in problems] == ["yaml-anchor"]
    composed: list[int] = []
    compose = yaml_source._Composer.compose_node

    def counted(self: yaml_source._Composer, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        composed.append(index)
        return compose(self, parent, index)

    monkeypatch.setattr(yaml_source._Composer, "compose_node", counted)
    assert read("faq/哈.yaml", "\n".join(rows), []) is None
    assert len(composed) == 3  # the mapping, its first key, and the first anchor


@pytest.mark.parametrize(
    "content", ["[" * 5000, "键: " + "{a: " * 5000, "- " * 5000, "? " * 3000, "[" * 200_000]
)
def test_deep_nesting_is_one_message(content: str) -> None:
    problems: list[Problem] = []
    assert read("a.yaml", content, problems) is None
    assert [problem.check for problem in problems] == ["yaml-syntax"]
    assert str(yaml_syntax.MAX_DEPTH) in problems[0].text


def test_a_huge_file_is_not_read() -> None:
    files = {**contents(SMALL), "faq/大.yaml": b"# " + b"x" * file_size.MAX_BYTES}
    kb, problems = build(files)
    assert kb is None
    assert [problem.show() for problem in problems] == [
        "faq/大.yaml 错误 [file-size]\n  文件有 500 KB，太大了，不像知识文件。\n  拆成几个小文件，每个不超过 500 KB。"
    ]


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_any_text_gives_values_or_problems(content: str) -> None:
    problems: list[Problem] = []
    root = read("a.yaml", content, problems)
    for problem in problems:
        lines = split_lines(content)
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
    assert root is None or not any(problem.check == "yaml-syntax" for problem in problems)


_SCALARS = st.sampled_from(
    ["", "四川", "重庆-2024", "2024", "2024-02-04 24:00", "同 网上报名", "未提及", "{网上报名}", "x: y"]
)
_ANY = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "公告",
                    "地区",
                    "日程",
                    "问答",
                    "答案",
                    "正文",
                    "开始",
                    "截止",
                    "对象",
                    "网上报名",
                    "话术",
                    "菜单",
                    "四川",
                ]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
_FILES = st.sampled_from(sorted(contents(SMALL)))


@settings(max_examples=60, deadline=None)
@given(_FILES, _ANY, st.data())
def test_no_shape_makes_a_check_raise(name: str, shape: object, data: st.DataObject) -> None:
    """Any file with anything in the place of one of its values: problems or knowledge, never an exception."""
    files = contents(SMALL)
    root = yaml.load(files[name], Loader=yaml.BaseLoader)  # noqa: S506  scalars as text, our own file
    at = root
    while isinstance(at, dict | list) and at:
        key = data.draw(st.sampled_from(sorted(at) if isinstance(at, dict) else range(len(at))))
        if not isinstance(at[key], dict | list) or not at[key] or data.draw(st.booleans()):
            at[key] = shape
            break
        at = at[key]
    files[name] = yaml.safe_dump(root, allow_unicode=True, default_style='"').encode()
    kb, problems = build(files)
    assert (kb is None) == any(problem.is_error for problem in problems)


def _nodes(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in pairs:
        yield from _nodes(item, (*path, key))


@pytest.mark.parametrize("name", sorted(set(contents(SMALL)) - {"phrases.yaml"}))
@pytest.mark.parametrize(
    "shape", ["四川", ["四川"], {"四川": "四川"}, {"四川": {"四川": ["x"]}}, [["x"], {"四川": "x"}]], ids=str
)
def test_no_value_of_another_type_makes_a_check_raise(name: str, shape: object) -> None:
    """Every value of every small file in turn, in every type."""
    files = contents(SMALL)
    others = parse(files).files
    root = yaml.load(files[name], Loader=yaml.BaseLoader)  # noqa: S506  scalars as text, our own file
    for path in list(_nodes(root))[1:]:
        changed = copy.deepcopy(root)
        at = changed
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = shape
        content = yaml.dump(changed, Dumper=yaml.SafeDumper, allow_unicode=True, default_style='"')
        draft = Draft({**others, name: values(content)}, names=frozenset(files))
        for check in CHECKS:
            check.check(draft)
        for problem in draft.problems:
            assert problem.line, (path, problem)


def test_of_two_entries_with_one_name_the_first_is_read() -> None:
    """So that a message about the name points at one place, and the other file is the one to change."""
    draft = Draft({"faq/a.yaml": values("问答: {甲: 一}"), "faq/b.yaml": values("问答: {甲: 二, 乙: 三}")})
    assert draft.section("faq/", "问答") == {"甲": "一", "乙": "三"}


@settings(max_examples=60, deadline=None)
@given(_FILES, st.data())
def test_a_half_saved_file_never_raises(name: str, data: st.DataObject) -> None:
    files = contents(SMALL)
    files[name] = files[name][: data.draw(st.integers(0, len(files[name])))]
    kb, problems = build(files)
    assert (kb is None) == any(problem.is_error for problem in problems)
