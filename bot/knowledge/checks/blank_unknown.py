"""空格（花括号）的名字

答案里可以写 {网上报名}（整段时间）、{网上报名.开始}、{网上报名.截止}、{考点}、{收录}，其他名字程序不认识。{环节} 要写在该公告那一年的日程里。
{网上报名.现在} 按此刻说能不能（能，2 月 4 日 24 时截止，还剩 3 天），取考生自己考区最新的日程，没有年度的公告里也可以写。
{线上审核.状态} 同样取，但只说到了哪一步（进行中，3 月 5 日截止，还剩 9 天），不说能不能。
{收录} 是收录了哪些考区、哪些年度的日程；{收录.本年} 是问的那一年（没说的话，下一次考试）的公告出了没有。
{二试报名.近况} 按此刻说到了哪一步（2024 年 9 月 18 日至 9 月 24 日，进行中，还剩 4 天），也取最新的日程；今年的没有收录时，整行不说。
{网上报名.开着} 同样说，但只在那一步进行中的时候；还没开始、已截止、没有收录时，整行不说。

    坏：  {报名时间}        好：  {网上报名}
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.knowledge.draft import Draft, map_of, text_of
from bot.knowledge.yaml_source import Mapping, Text
from bot.schedule.stages import ORDER

ID = "blank-unknown"
NEEDS = ("notices.yaml", "schedules/")
BLANK = re.compile(r"\{([^{}]*)\}")
CLOCKED = ("现在", "状态", "近况", "开着")
ENDS = ("开始", "截止", *CLOCKED)


def bodies(draft: Draft) -> Iterator[tuple[Text, str, Mapping, Text]]:
    """(entry, region, answer, text) of every text an answer may show."""
    for entry, value in draft.section("faq/", "问答").items():
        if not isinstance(value, Mapping):
            continue
        for region, answer in map_of(value, "答案").items():
            if isinstance(answer, Mapping):
                texts = [
                    text_of(answer, "正文"),
                    *map_of(answer, "对象").values(),
                    *map_of(answer, "先答").values(),
                ]
                yield from ((entry, region, answer, text) for text in texts if isinstance(text, Text))


def check(draft: Draft) -> None:
    """Every {…} of every answer, and lone braces."""
    notices = draft.section("notices.yaml", "公告")
    for entry, _region, answer, text in bodies(draft):
        key = text_of(answer, "公告")
        about = notices.get(key) if key is not None else None
        stages = _stages(draft, key, about) if isinstance(about, Mapping) else None
        for found in BLANK.finditer(text):
            place, where = text.place_of(found.start()), f"问答“{entry}”里的“{found[0]}”"
            stage, dot, end = found[1].partition(".")
            if found[1] in ("考点", "收录", "收录.本年"):
                continue
            if stage not in ORDER or (dot and end not in ENDS):
                draft.problem(
                    place, ID, f"{where}不认识。",
                    "可以写：{环节名}、{环节名.开始}、{环节名.截止}、{环节名.现在}、{环节名.状态}、{环节名.近况}、{环节名.开着}、{考点}、{收录}、{收录.本年}，例如 {网上报名.截止}。",
                )  # fmt: skip
            elif stages is not None and isinstance(about, Mapping) and end not in CLOCKED:
                written = stages.get(Text(stage))
                year = text_of(about, "年度")
                file = f"schedules/{year}/{text_of(about, '地区')}.yaml" if year else "公告没有年度，日程"
                if written is None:
                    draft.problem(
                        place,
                        ID,
                        f"{where}没有时间可填：{file} 里没有写“{stage}”。",
                        "先在那里写上，或在正文里去掉它。",
                    )
                elif written in ("未提及", "未公布"):
                    draft.problem(
                        place, ID, f"{where}会显示成“公告没有写时间”，因为日程里写的是“{written}”。",
                        "读一读整句通不通，不通就改写。", level="提醒",
                    )  # fmt: skip
        rest = BLANK.sub(lambda found: " " * len(found[0]), text)
        if lone := re.search(r"[{}｛｝]", rest):
            hint = "换成英文的 { 和 }。" if lone[0] in "｛｝" else "一个 { 配一个 }。"
            draft.problem(text.place_of(lone.start()), ID, f"问答“{entry}”的花括号“{lone[0]}”不成对。", hint)


def _stages(draft: Draft, notice: Text | None, about: Mapping) -> Mapping | None:
    """The stages from which this notice's blanks are filled; None where they are in doubt, and another check says so."""
    found = Mapping()
    for _path, root in draft.schedules():
        own = (text_of(root, "地区"), text_of(root, "年度")) == (
            text_of(about, "地区"),
            text_of(about, "年度"),
        )
        if own or text_of(root, "公告") == notice:
            stages = root.get(Text("日程"))
            if not isinstance(stages, Mapping) or any(stage not in ORDER for stage in stages):
                return None
            found.update(stages)
    return found
