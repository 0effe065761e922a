"""日程里漏了环节

一个省的日程文件要写明网上报名和两次缴费：有时间写时间，公告没提到写“未提及”，另行通知写“未公布”。漏掉的环节会被当成没收录，改用全国的时间。只提醒。
"""

from __future__ import annotations

from bot.knowledge.draft import Draft, map_of, text_of
from bot.knowledge.model import NATION
from bot.schedule.stages import EXPECTED, ORDER

ID = "stage-missing"


def check(draft: Draft) -> None:
    """Own schedules only: the 全国 level never speaks of the provinces' fees."""
    for _path, root in draft.schedules():
        region = text_of(root, "地区")
        if region is None or region == NATION:
            continue
        stages = map_of(root, "日程")
        if not stages or any(stage not in ORDER for stage in stages):
            continue  # a slip in a stage's name, of which another check speaks, would be told twice
        for stage in EXPECTED:
            if stage not in stages:
                draft.problem(
                    root.place, ID, f"{region}的日程里没有写“{stage}”。",
                    f"加一行“{stage}: 未提及”（公告没写）或它的时间。", level="提醒",
                )  # fmt: skip
