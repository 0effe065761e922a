"""Edits as the console makes them: on the real knowledge, one line changes, and the result loads."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from datetime import date, datetime

import pytest

from bot.editing import entries, words
from bot.editing.entries import NewEntry
from bot.editing.moments import read_moment
from bot.editing.schedules import CellText, WindowText, read_cells, set_cell
from bot.editing.written import EditError
from bot.knowledge.load import build, contents
from tests.conftest import KNOWLEDGE

FILES = contents(KNOWLEDGE)
Edit = Callable[[Mapping[str, bytes]], Mapping[str, str | None]]


def after(edit: Edit, files: Mapping[str, bytes] = FILES) -> dict[str, bytes]:
    return {**files, **{path: (text or "").encode() for path, text in edit(files).items()}}


def lines(edit: Edit) -> list[str]:
    """The changed lines of all changed files, stripped."""
    found = []
    for path, text in edit(FILES).items():
        old = FILES.get(path, b"").decode().splitlines()
        found += [
            f"{row[0]} {row[2:].strip()}"
            for row in difflib.ndiff(old, (text or "").splitlines())
            if row[0] in "+-"
        ]
    return found


def test_a_phrasing_is_one_more_line() -> None:
    assert lines(entries.add_phrasing("退费", " 退不退我钱呀\u200b ")) == ["+ - 退不退我钱呀"]
    assert lines(entries.add_phrasing("退费", "退不退：我的钱, 全部")) == ["+ - 退不退：我的钱, 全部"]
    assert entries.add_phrasing("退费", "退费条件")(FILES) == {}
    assert entries.add_phrasing("退费", "考试费可以退吗？")(FILES) == {}
    for wrong in ("  ", "两\n行"):
        with pytest.raises(EditError, match="说法"):
            entries.add_phrasing("退费", wrong)(FILES)
    with pytest.raises(EditError, match="没有名叫"):
        entries.add_phrasing("没有这条", "x")(FILES)


def test_a_phrasing_can_be_taken_away() -> None:
    assert lines(entries.drop_phrasing("退费", "退费条件")) == ["- - 退费条件"]


def test_an_answer_changes_where_it_stands() -> None:
    words = "重庆：请看重庆考区后续通知。"
    edit = entries.set_answer("缴费方式", "重庆", words)
    assert lines(edit) == [
        "- 正文: 重庆：这份报名公告没有写缴费的时间和办法，请看重庆考区后续通知，或问报名点。",
        f"+ 正文: {words}",
    ]
    kb, _ = build(after(edit))
    assert kb is not None
    assert kb.entries["缴费方式"].answers["重庆"].text == words
    assert entries.set_answer("缴费方式", "重庆", words)(after(edit)) == {}


def test_a_region_gets_an_answer_of_its_own_and_loses_it_again() -> None:
    edit = entries.set_answer("退费", "四川", "四川：个人原因不退。\n重复缴费的可以退。", notice="四川-2024")
    assert lines(edit) == [
        "+ 四川:",
        "+ 公告: 四川-2024",
        "+ 正文: |",
        "+ 四川：个人原因不退。",
        "+ 重复缴费的可以退。",
    ]
    files = after(edit)
    assert build(files)[0] is not None
    back = entries.drop_answer("退费", "四川")(files)
    assert back == {"faq/缴费.yaml": FILES["faq/缴费.yaml"].decode()}


def test_an_audience_has_words_of_its_own() -> None:
    edit = entries.set_answer("审核结果", "四川", "四川军队现役考生：同上。", audience="军队现役")
    kb, _ = build(after(edit))
    assert kb is not None
    assert kb.entries["审核结果"].answers["四川"].audiences == {"军队现役": "四川军队现役考生：同上。"}
    assert entries.drop_answer("审核结果", "四川", audience="军队现役")(after(edit)) == {
        "faq/审核.yaml": FILES["faq/审核.yaml"].decode()
    }


def test_a_new_entry_loads() -> None:
    new = NewEntry(
        "发票",
        "缴费有发票吗？",
        asks="是否",
        stages=["技能缴费", "一试缴费"],
        phrasings=["给不给开发票", "怎么开票据", "给不给开发票"],
        answers={"全国": ("全国-通则", "看当地考点。\n多数考点开电子票据。")},
        follow_ups=["缴费方式"],
        nationwide=True,
    )
    files = after(entries.new_entry("faq/缴费.yaml", new))
    kb, problems = build(files)
    assert kb is not None, problems
    assert kb.entries["发票"].alternatives == ("给不给开发票", "怎么开票据")
    assert kb.entries["发票"].answers["全国"].text == "看当地考点。\n多数考点开电子票据。"
    with pytest.raises(EditError, match="已经有"):
        entries.new_entry("faq/其他.yaml", new)(files)
    kb, problems = build(after(entries.new_entry("faq/其他.yaml", new)))
    assert kb is not None, problems
    assert after(entries.drop_entry("发票"), files) == FILES


def test_keys_of_an_entry() -> None:
    before, now = lines(entries.set_key("退费", "接着问", ["缴费方式"]))
    assert before.startswith("- 接着问: [")
    assert now == "+ 接着问: [缴费方式]"
    assert lines(entries.set_key("退费", "不问地区", "")) == ["- 不问地区: 是"]
    assert entries.set_key("退费", "问", "流程")(FILES) == {}


def test_words_phrases_and_notices() -> None:
    kb, problems = build(after(words.add_word("动作", "缴费", "转账")))
    assert kb is not None, problems
    assert "转账" in kb.vocabulary.actions["缴费"]
    added = after(words.add_word("动作", "缴费", "转账"))
    assert after(words.drop_word("动作", "缴费", "转账"), added) == FILES
    assert len(lines(words.set_phrase("道歉", "抱歉，请再发一次。"))) == 2
    assert lines(words.set_notice("四川-2024", {"核实人": "小李"})) == [
        "- 核实人: 编辑组",
        "+ 核实人: 小李",
    ]
    notice = {"名称": "甲", "地区": "贵州", "年度": "2027", "网址": ""}
    assert lines(words.set_notice("贵州-2027", notice)) == [
        "+ 贵州-2027:",
        "+ 名称: 甲",
        "+ 地区: 贵州",
        "+ 年度: 2027",
    ]


# --- schedules


def test_a_date_changes_alone_on_its_line() -> None:
    path = "schedules/2024/四川.yaml"
    cell = read_cells(FILES[path].decode())["技能缴费"]
    (window,) = cell.windows
    assert (window.opens, window.closes) == ("2024-04-05 08:00", "2024-04-09 24:00")
    later = CellText((WindowText(window.opens, "２０２４年４月１１日２４时", note=window.note),))
    assert lines(set_cell("四川", 2024, "技能缴费", later)) == [
        "- 技能缴费: {开始: 2024-04-05 08:00, 截止: 2024-04-09 24:00, 说明: 资格审核通过的考生，网上缴费。}",
        "+ 技能缴费: {开始: 2024-04-05 08:00, 截止: 2024-04-11 24:00, 说明: 资格审核通过的考生，网上缴费。}",
    ]
    assert set_cell("四川", 2024, "技能缴费", cell)(FILES) == {}


@pytest.mark.parametrize(
    ("stage", "cell", "written"),
    [
        ("技能缴费", CellText(word="未公布"), "+ 技能缴费: 未公布"),
        ("材料上传", CellText(word="同网上报名"), "+ 材料上传: 同 网上报名"),
        ("技能考试", CellText(word="未公布"), "+ 技能考试: 未公布"),
        (
            "技能缴费",
            CellText((WindowText("2024/4/5 8:00", "2024.4.9 24:00"),)),
            "+ 技能缴费: {开始: 2024-04-05 08:00, 截止: 2024-04-09 24:00}",
        ),
    ],
)
def test_a_cell_becomes_what_was_chosen(stage: str, cell: CellText, written: str) -> None:
    assert lines(set_cell("重庆", 2024, stage, cell))[-1] == written
    assert build(after(set_cell("重庆", 2024, stage, cell)))[0] is not None


def test_a_cell_of_two_windows() -> None:
    two = CellText((
        WindowText("2024-02-21", "2024-03-05", "非军队现役"),
        WindowText("2024-03-06", "2024-03-08", "军队现役"),
    ))  # fmt: skip
    files = after(set_cell("重庆", 2024, "线上审核", two))
    kb, problems = build(files)
    assert kb is not None, problems
    assert len(kb.schedules["重庆", 2024].cells["线上审核"].windows) == 2
    assert read_cells(files["schedules/2024/重庆.yaml"].decode())["线上审核"] == two
    again = CellText((two.windows[0], WindowText("2024-03-06", "2024-03-09", "军队现役")))
    changed = after(set_cell("重庆", 2024, "线上审核", again), files)["schedules/2024/重庆.yaml"].decode()
    assert "截止: 2024-03-09" in changed


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (CellText((WindowText("2024-04-05", "4月11日"),)), "没有年份"),
        (CellText((WindowText("2024-04-05", ""),)), "缺少截止"),
        (CellText(), "是空的"),
        (CellText(word="待定"), "读不懂"),
        (CellText((WindowText("2024-04-05", "2024-04-06"),), "未公布"), "不要再写时间"),
    ],
)
def test_a_wrong_cell_is_refused_in_words(cell: CellText, said: str) -> None:
    with pytest.raises(EditError, match=said):
        set_cell("四川", 2024, "技能缴费", cell)(FILES)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2024-02-04", "2024-02-04"),
        ("2024-2-4 8:00", "2024-02-04 08:00"),
        ("2024/2/4", "2024-02-04"),
        ("2024.02.04 24:00", "2024-02-04 24:00"),
        ("2024年2月4日", "2024-02-04"),
        ("2024 年 2 月 4 日 24 时", "2024-02-04 24:00"),
        ("２０２４－０２－０４　２４：００", "2024-02-04 24:00"),
        ("2024—02—04", "2024-02-04"),
        ("2024年2月4日8点30分", "2024-02-04 08:30"),
        ("2024-02-04T08:00", "2024-02-04 08:00"),
        ("2024-02-04 08:00:00", "2024-02-04 08:00"),
        ("\u200b2024-02-04\xa0", "2024-02-04"),
        (date(2024, 2, 4), "2024-02-04"),
        (datetime.fromisoformat("2024-02-04T00:00"), "2024-02-04"),
        (datetime.fromisoformat("2024-02-04T08:30"), "2024-02-04 08:30"),
    ],
)
def test_dates_as_staff_write_them(written: str | date, read: str) -> None:
    assert read_moment(written) == read


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2024-02-30", "日历上没有这一天"),
        ("2023年2月29日", "日历上没有这一天"),
        ("2月4日", "没有年份"),
        ("24:00", "缺日期"),
        ("2024-02-04 25:00", "钟点"),
        ("2024年2月4日下午5点", "24 小时制"),
        ("2024-02", "不是日期"),
        ("另行通知", "不是日期"),
        ("2024-02-04 至 2024-02-06", "不是日期"),
        ("45326", "不是日期"),
        (45326, "是一个数字"),
        ("204-02-04", "不是日期"),
    ],
)
def test_what_is_no_date_is_refused_with_what_to_write(written: str | int, said: str) -> None:
    with pytest.raises(EditError, match=said):
        read_moment(written)
