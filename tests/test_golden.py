"""The golden questions of knowledge/: every clause of the sources reachable in three ways and more, none copied from an entry."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from rapidfuzz import fuzz, process

from bot import golden
from bot.build import build
from bot.conversation import Assistant
from bot.golden import Golden, Verdict
from bot.knowledge import load
from bot.knowledge.draft import Draft
from bot.text.normalize import compact

KNOWLEDGE = Path(__file__).parent.parent / "knowledge"
TOO_LIKE = 95  # rapidfuzz ratio, 0-100, from which a phrasing counts as copied


@cache
def _draft() -> Draft:
    return load.parse(load.contents(KNOWLEDGE))


@cache
def _clauses() -> dict[tuple[str, str], list[Golden]]:
    """(file, clause) -> its questions, in file order."""
    found: dict[tuple[str, str], list[Golden]] = defaultdict(list)
    for item in golden.read(_draft()):
        found[item.place.file.removeprefix(golden.FOLDER), item.source].append(item)
    return dict(found)


@pytest.fixture(scope="module")
def assistant() -> Assistant:
    kb, problems = load.load(KNOWLEDGE)
    assert kb is not None, [problem.show() for problem in problems]
    return build(kb)


@pytest.mark.parametrize(("file", "clause"), _clauses())
def test_every_phrasing_of_a_clause_gets_its_answer(assistant: Assistant, file: str, clause: str) -> None:
    outcomes = golden.run(assistant, _clauses()[file, clause])
    missed = [outcome.show() for outcome in outcomes if outcome.verdict is not Verdict.RIGHT]
    assert not missed, "\n".join(missed)


def test_every_section_of_the_sources_has_its_file() -> None:
    sections = {file for file, _clause in _clauses()}
    assert sections == {"四川.yaml", "重庆.yaml", "常见问题.yaml", "二试.yaml", "全国规则.yaml"}


def test_each_clause_is_asked_in_three_ways_or_more() -> None:
    assert not [clause for clause, asked in _clauses().items() if len({item.ask for item in asked}) < 3]


def test_no_golden_question_is_copied_from_an_entry() -> None:
    kb, _problems = load.load(KNOWLEDGE)
    assert kb is not None
    phrasings = [
        compact(text) for entry in kb.entries.values() for text in (entry.question, *entry.alternatives)
    ]
    asked = [item for items in _clauses().values() for item in items]
    likeness = process.cdist(
        [compact(item.ask) for item in asked], phrasings, scorer=fuzz.ratio, score_cutoff=TOO_LIKE
    )
    copied = [
        f"{asked[row].place.file}:{asked[row].place.line} {asked[row].ask} ~ {phrasings[column]}"
        for row, column in np.argwhere(likeness)
    ]
    assert not copied


def test_the_files_of_knowledge_have_no_problem() -> None:
    draft = load.parse(load.contents(KNOWLEDGE))
    before = len(draft.problems)
    golden.read(draft)
    assert [problem.show() for problem in draft.problems[before:]] == []


# What the runner says, on questions of the test's own.

ITEM = "检验:\n  - {{出处: 甲, 问: [{ask}], 时间: 2024-04-06 10:00, 决定: answer{more}}}\n"


def _read(content: str) -> tuple[list[Golden], list[str]]:
    files = load.contents(KNOWLEDGE)
    files = {path: raw for path, raw in files.items() if not path.startswith(golden.FOLDER)}
    draft = load.parse({**files, "golden/甲.yaml": content.encode()})
    before = len(draft.problems)
    found = golden.read(draft)
    return found, [f"{p.line}:{p.column} {p.text}" for p in draft.problems[before:]]


def test_positions_are_those_of_the_phrasing() -> None:
    found, problems = _read(
        "检验:\n  - 出处: 甲\n    问:\n      - 一\n      - 二\n    时间: 2024-04-06 10:00\n    决定: answer\n"
    )
    assert problems == []
    assert [(item.ask, item.place.line, item.place.column) for item in found] == [("一", 4, 9), ("二", 5, 9)]


def test_the_time_is_that_of_beijing() -> None:
    (item,), _problems = _read(ITEM.format(ask="一", more=""))
    assert item.now.isoformat() == "2024-04-06T10:00:00+08:00"


@pytest.mark.parametrize(
    ("ask", "more", "verdict", "fault"),
    [
        ("四川技能考试几号缴费", ", 含: [4 月 9 日 24 时], 不含: [7 月 5 日]", Verdict.RIGHT, ""),
        ("四川技能考试几号缴费", ", 含: [4 月 8 日]", Verdict.WRONG, "没有说“4 月 8 日”"),
        ("四川技能考试几号缴费", ", 不含: [4月9日]", Verdict.WRONG, "不该说“4月9日”"),
        ("四川技能考试几号缴费", ", 问答: 退费", Verdict.WRONG, "问答是 技能缴费时间，应为 退费"),
        ("四川技能考试几号缴费", ", 地区: 重庆", Verdict.WRONG, "考区是 四川，应为 重庆"),
        ("四川技能考试几号缴费", ", 对象: 军队现役", Verdict.WRONG, "对象是 —，应为 军队现役"),
        ("重庆技能考试几号缴费", "", Verdict.WRONG, "是 not_stated（技能缴费时间），应为 answer"),
        ("技能考试几号缴费", "", Verdict.HELD_BACK, "是 ask_region（技能缴费时间），应为 answer"),
        ("四川", ", 先说: [技能考试几号缴费], 含: [4 月 9 日]", Verdict.RIGHT, ""),
    ],
)
def test_an_outcome_says_what_was_missing(
    assistant: Assistant, ask: str, more: str, verdict: Verdict, fault: str
) -> None:
    goldens, problems = _read(ITEM.format(ask=ask, more=more))
    (outcome,) = golden.run(assistant, goldens)
    assert problems == []
    assert (outcome.verdict, "；".join(outcome.faults)) == (verdict, fault)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (ITEM.format(ask="一", more=", 地区: 川渝"), "2:59 地区“川渝”不存在。"),
        (ITEM.format(ask="一", more=", 问答: 天气"), "2:59 问答“天气”不存在。"),
        (ITEM.format(ask="一", more=", 必含: 甲"), "2:55 检验里没有“必含”这个键。"),
        (ITEM.format(ask="一", more=", 含: {甲: 乙}"), "2:58 “含”要是一句话或一个列表。"),
        (ITEM.format(ask="一", more=", 地区: [四川]"), "2:59 “地区”要是一句话。"),
        (ITEM.format(ask="一", more="").replace("10:00", "10时"), "2:25 “2024-04-06 10时”不是时间。"),
        (ITEM.format(ask="一", more="").replace("answer", "回答"), "2:47 决定“回答”不存在。"),
        ("检验:\n  - {出处: 甲, 时间: 2024-04-06 10:00, 决定: answer}\n", "2:5 这一条检验没有写“问”。"),
        ("检验:\n  - 四川几号缴费\n", "2:5 每一条检验要是“键: 值”。"),
        ("检验: 四川\n", "1:1 “检验”下面要是一个列表。"),
    ],
)
def test_a_wrong_shape_is_told_with_its_place(content: str, problem: str) -> None:
    found, problems = _read(content)
    assert found == []
    assert problems == [problem]
