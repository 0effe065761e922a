"""出处和地区对得上

一个省的公告只能给这个省的日程、答案和考点作出处：把重庆的公告写在“全国”下面，别的省的考生就会看到重庆的话。

    坏：  全国: {公告: 重庆-2024, …}        好：  重庆: {公告: 重庆-2024, …}
"""

from __future__ import annotations

from bot.knowledge.checks.source_year import notices_of
from bot.knowledge.draft import Draft, map_of, text_of
from bot.knowledge.model import NATION
from bot.knowledge.yaml_source import Mapping, Text, Value

ID = "source-region"
NEEDS = ("notices.yaml", "regions.yaml")


def check(draft: Draft) -> None:
    """Answers, schedules with their windows, and exam sites against the region of their notice."""
    notices = draft.section("notices.yaml", "公告")
    known = {NATION, *draft.section("regions.yaml", "地区")}
    used: list[tuple[str, str, Text]] = []
    for _path, root in draft.schedules():
        region = text_of(root, "地区") or NATION
        used += [("这份日程", region, notice) for notice in notices_of(root)]
    for entry, value in draft.section("faq/", "问答").items():
        for region, answer in (map_of(value, "答案") if isinstance(value, Mapping) else {}).items():
            if notice := _notice(answer):
                used.append((f"问答“{entry}”的“{region}”答案", region, notice))
    for region, sites in draft.section("regions.yaml", "考点").items():
        if notice := _notice(sites):
            used.append((f"“{region}”的考点", region, notice))
    for where, region, notice in used:
        about = notices.get(notice)
        own = text_of(about, "地区") if isinstance(about, Mapping) else None
        if region in known and own is not None and own not in (region, NATION):
            draft.problem(
                notice.place, ID, f"{where}用了“{own}”的公告“{notice}”。",
                f"换成{region}的公告，或把这一段移到“{own}”下面。",
            )  # fmt: skip


def _notice(value: Value) -> Text | None:
    return text_of(value, "公告") if isinstance(value, Mapping) else None
