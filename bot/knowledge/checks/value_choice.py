"""只能从几个里选的值

有些键只认几个写法：公告的“可信”写 高 或 中；地区的“继承”写 全国 或 无；问答的“不问地区”和答案的“未提及”写 是 或 否，答案的“分数线”写 技能、执业、助理 各多少分，“问”写 words.yaml 里“问法”的名字；地区的 id 用小写字母，不能重复。写成别的，机器人会当没写。

    坏：  不问地区: yes        好：  不问地区: 是
"""

from __future__ import annotations

import re

from bot.knowledge.draft import Draft, map_of, text_of
from bot.knowledge.model import PASS_MARKS
from bot.knowledge.yaml_source import Mapping, Text, Value

ID = "value-choice"
NEEDS = ("words.yaml",)
MORE_ASKS = ("期限", "下一步")  # aspects of an entry that candidates have no word of their own for


def check(draft: Draft) -> None:
    """Values that the loader compares with fixed words."""
    for value in draft.section("notices.yaml", "公告").values():
        _one_of(draft, value, "可信", ("高", "中"))
        if isinstance(value, Mapping) and (year := text_of(value, "年度")) is not None:
            _year(draft, year)
    for _path, root in draft.schedules():
        if (year := text_of(root, "年度")) is not None:
            _year(draft, year)
    for value in draft.section("faq/", "问答").values():
        _one_of(draft, value, "不问地区", ("是", "否"))
        _one_of(draft, value, "问", aspects(draft))
        for answer in map_of(value, "答案").values() if isinstance(value, Mapping) else ():
            _one_of(draft, answer, "未提及", ("是", "否"))
            _marks(draft, answer)
    seen: dict[str, str] = {}
    for region, value in draft.section("regions.yaml", "地区").items():
        _one_of(draft, value, "继承", ("全国", "无"))
        name = text_of(value, "id") if isinstance(value, Mapping) else None
        if name is None:
            continue
        if not re.fullmatch("[a-z]+", name):
            draft.problem(
                name.place, ID, f"地区“{region}”的 id“{name}”不对。", "只用小写英文字母，例如 sichuan。"
            )
        elif name in seen:
            draft.problem(name.place, ID, f"id“{name}”已经给“{seen[name]}”用了。", f"给“{region}”换一个。")
        else:
            seen[name] = region


def aspects(draft: Draft) -> tuple[str, ...]:
    """What an entry's 问 may say."""
    return (*map(str, draft.section("words.yaml", "问法")), *MORE_ASKS)


def _one_of(draft: Draft, value: Value, key: str, allowed: tuple[str, ...]) -> None:
    written: Text | None = text_of(value, key) if isinstance(value, Mapping) else None
    if written is not None and written not in allowed:
        draft.problem(
            written.place, ID, f"“{key}”写了“{written}”，没有这个选项。", f"只能写：{'、'.join(allowed)}。"
        )


def _marks(draft: Draft, answer: Value) -> None:
    lines = map_of(answer, "分数线") if isinstance(answer, Mapping) else {}
    for test, line in lines.items():
        if test not in PASS_MARKS:
            draft.problem(
                test.place,
                ID,
                f"“分数线”里写了“{test}”，没有这个选项。",
                f"只能写：{'、'.join(PASS_MARKS)}。",
            )
        if isinstance(line, Text) and not re.fullmatch(r"[1-9]\d{1,2}", line):
            draft.problem(line.place, ID, f"分数线“{line}”读不懂。", "写两三位数字，例如 360。")


def _year(draft: Draft, year: Text) -> None:
    if not re.fullmatch(r"20[0-9][0-9]", year):
        draft.problem(year.place, ID, f"年度“{year}”读不懂。", "写四位数字，例如 2024。")
