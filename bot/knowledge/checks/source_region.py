"""出处和地区对得上

一个省的公告只能给这个省的日程和答案作出处：把重庆的公告写在“全国”下面，别的省的考生就会看到重庆的话。

    坏：  全国: {公告: 重庆-2024, …}        好：  重庆: {公告: 重庆-2024, …}
"""

from __future__ import annotations

from bot.knowledge.draft import Draft, map_of, text_of
from bot.knowledge.model import NATION
from bot.knowledge.yaml_source import Mapping, Text

ID = "source-region"


def check(draft: Draft) -> None:
    """Answers, schedules and exam sites against the region of their notice."""
    regions = {
        str(key): str(text_of(value, "地区"))
        for key, value in draft.section("notices.yaml", "公告").items()
        if isinstance(value, Mapping)
    }
    used: list[tuple[str, str, Text | None]] = []
    for entry, value in draft.section("faq/", "问答").items():
        if isinstance(value, Mapping):
            for region, answer in map_of(value, "答案").items():
                if isinstance(answer, Mapping):
                    used.append((f"问答“{entry}”的“{region}”答案", str(region), text_of(answer, "公告")))
    for _path, root in draft.schedules():
        used.append(("这份日程", str(text_of(root, "地区")), text_of(root, "公告")))
    for where, region, notice in used:
        if notice is None or notice not in regions or regions[notice] in (region, NATION):
            continue
        draft.problem(
            notice.place,
            ID,
            f"{where}用了“{regions[notice]}”的公告“{notice}”。",
            f"换成{region}的公告，或把这一段移到“{regions[notice]}”下面。",
        )
