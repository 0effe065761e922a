"""环节只能用固定的名字

日程和问答里的环节：网上报名、材料上传、线上审核、现场审核、技能缴费、技能考试、一试缴费、一试考试、二试报名、二试缴费、二试考试。

    坏：  技能考试缴费: {…}        好：  技能缴费: {…}
"""

from __future__ import annotations

from difflib import get_close_matches

from bot.knowledge.draft import Draft, map_of, texts_of
from bot.knowledge.yaml_source import Mapping, Text
from bot.schedule.stages import ORDER

ID = "stage-unknown"


def check(draft: Draft) -> None:
    """Every stage key of a schedule, every 环节 of an entry."""
    for _path, root in draft.schedules():
        for stage in map_of(root, "日程"):
            _judge(draft, stage, "日程")
    for entry, value in draft.section("faq/", "问答").items():
        if isinstance(value, Mapping):
            for stage in texts_of(value.get(Text("环节"))):
                _judge(draft, stage, f"问答“{entry}”")


def _judge(draft: Draft, stage: Text, where: str) -> None:
    if stage and stage not in ORDER:
        close = get_close_matches(stage, ORDER, 2, 0.6) or get_close_matches(stage, ORDER, 1, 0.3)
        hint = f"是不是{'或'.join(f'“{one}”' for one in close)}？" if close else ""
        draft.problem(
            stage.place,
            ID,
            f"{where}写了环节“{stage}”，没有这个环节。",
            f"{hint}可以写：{'、'.join(ORDER)}。",
        )
