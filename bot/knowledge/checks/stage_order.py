"""环节的先后

同一份日程里，后面的环节不该比前面的先开始（例如现场审核早于网上报名）。多半是月份写错。只提醒，不拦。
"""

from __future__ import annotations

from itertools import pairwise

from bot.knowledge.draft import Draft, map_of, text_of
from bot.knowledge.yaml_source import Mapping, Text
from bot.schedule.deadlines import Moment
from bot.schedule.stages import ORDER

ID = "stage-order"


def check(draft: Draft) -> None:
    """Openings of one file, in the fixed order of the stages."""
    for _path, root in draft.schedules():
        opened: list[tuple[int, Moment, str, Text]] = []
        for stage, value in map_of(root, "日程").items():
            written = text_of(value, "开始") if isinstance(value, Mapping) else None
            if stage in ORDER and written is not None:
                try:
                    opened.append((ORDER[stage], Moment.parse(written), stage, written))
                except ValueError:
                    continue  # check window-date speaks of it
        opened.sort(key=lambda item: item[0])
        for before, after in pairwise(opened):
            if after[1].starts() < before[1].starts():
                draft.problem(
                    after[3].place, ID, f"“{after[2]}”开始于 {after[3]}，比前面的“{before[2]}”（{before[3]}）还早。",
                    "看看月份、年份有没有写错；公告真是这样写的可以不管。", level="提醒",
                )  # fmt: skip
