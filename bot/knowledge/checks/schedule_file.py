"""日程文件的位置

一个地区一年一个文件：schedules/年份/地区.yaml，文件里的“年度”“地区”要和位置一致。复制别的文件来改时最容易漏改。

    坏：  schedules/2025/贵州.yaml 里写着 地区: 四川        好：  地区: 贵州
"""

from __future__ import annotations

from bot.knowledge.draft import Draft, text_of
from bot.knowledge.model import NATION

ID = "schedule-file"


def check(draft: Draft) -> None:
    """Path against 年度 and 地区; so no two files can speak of the same region and year."""
    regions = [*draft.section("regions.yaml", "地区"), NATION]
    for path, root in draft.schedules():
        region, year = text_of(root, "地区"), text_of(root, "年度")
        if region is None or year is None:
            continue  # check value-type speaks of it
        parts = path.removesuffix(".yaml").split("/")
        if len(parts) != 3:
            draft.problem(
                root.place, ID, f"文件“{path}”放的位置不对。", f"把它放到 schedules/{year}/{region}.yaml。"
            )
            continue
        for key, written, expected in (("年度", year, parts[1]), ("地区", region, parts[2])):
            known = (
                key == "年度" or len(regions) == 1 or written in regions
            )  # else check region-unknown speaks of it
            if written != expected and known:
                draft.problem(
                    written.place, ID, f"文件放在“{path}”，里面的{key}却写着“{written}”。",
                    f"复制来的就改成“{key}: {expected}”；放错了就移到 schedules/{year}/{region}.yaml。",
                )  # fmt: skip
