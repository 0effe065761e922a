"""地区要在 regions.yaml 里

日程、公告、答案、考点、地名里写的地区，必须和 regions.yaml 里的短名一字不差（或“全国”）。

    坏：  地区: 四川省        好：  地区: 四川
"""

from __future__ import annotations

from difflib import get_close_matches

from bot.knowledge.draft import Draft, map_of, text_of
from bot.knowledge.model import NATION
from bot.knowledge.yaml_source import Mapping, Text

ID = "region-unknown"
NEEDS = ("regions.yaml",)


def check(draft: Draft) -> None:
    """Every place where a region is named."""
    known = [*draft.section("regions.yaml", "地区"), NATION]
    named: list[tuple[str, Text]] = []
    for notice, value in draft.section("notices.yaml", "公告").items():
        if isinstance(value, Mapping) and (region := text_of(value, "地区")) is not None:
            named.append((f"公告“{notice}”", region))
    for _path, root in draft.schedules():
        if (region := text_of(root, "地区")) is not None:
            named.append(("日程", region))
    for entry, value in draft.section("faq/", "问答").items():
        if isinstance(value, Mapping):
            named += [(f"问答“{entry}”的答案", region) for region in map_of(value, "答案")]
    named += [("考点", region) for region in draft.section("regions.yaml", "考点")]
    for name, value in draft.section("regions.yaml", "地名").items():
        if isinstance(value, Text):
            named += [(f"地名“{name}”", Text.at(part, value.place)) for part in _regions_of(value)]
    for where, region in named:
        if region not in known:
            close = get_close_matches(region, known, 1, 0.4)
            hint = f"是不是“{close[0]}”？改成它，或" if close else ""
            draft.problem(
                region.place, ID, f"{where}写了“{region}”，regions.yaml 里没有这个地区。",
                f"{hint}先在 regions.yaml 里加上“{region}”。",
            )  # fmt: skip


def _regions_of(meaning: str) -> list[str]:
    """The regions of a nickname's meaning: "湖北 武汉、上海" -> 湖北, 上海."""
    return [part.strip().partition(" ")[0] for part in meaning.split("、")]
