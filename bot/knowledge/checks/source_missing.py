"""出处

每份日程、每段答案都要写公告，而且这个公告要在 notices.yaml 里。没有出处的话机器人不能说。

    坏：  四川: {正文: …}        好：  四川: {公告: 四川-2024, 正文: …}
"""

from __future__ import annotations

from difflib import get_close_matches

from bot.knowledge.draft import Draft, map_of, text_of
from bot.knowledge.yaml_source import Mapping, Place, Sequence, Text

ID = "source-missing"


def check(draft: Draft) -> None:
    """Schedules, windows with a notice of their own, answers, exam sites."""
    notices = draft.section("notices.yaml", "公告")
    named: list[tuple[Place, Text | None, str]] = []
    for _path, root in draft.schedules():
        named.append((root.place, text_of(root, "公告"), "这份日程"))
        for stage, value in map_of(root, "日程").items():
            for window in value if isinstance(value, Sequence) else [value]:
                if isinstance(window, Mapping) and (own := text_of(window, "公告")) is not None:
                    named.append((own.place, own, f"环节“{stage}”"))
    for entry, value in draft.section("faq/", "问答").items():
        if isinstance(value, Mapping) and text_of(value, "种类") != "闲聊":
            for region, answer in map_of(value, "答案").items():
                if isinstance(answer, Mapping):
                    named.append((region.place, text_of(answer, "公告"), f"问答“{entry}”的“{region}”答案"))
    for region, sites in draft.section("regions.yaml", "考点").items():
        if isinstance(sites, Mapping):
            named.append((region.place, text_of(sites, "公告"), f"“{region}”的考点"))
    for place, notice, where in named:
        if notice is None:
            draft.problem(place, ID, f"{where}没有写出处。", "加上“公告: …”，名字从 notices.yaml 里选。")
        elif notice not in notices:
            close = get_close_matches(notice, list(notices), 1, 0.4)
            hint = f"是不是“{close[0]}”？" if close else ""
            draft.problem(
                notice.place, ID, f"{where}写的公告“{notice}”在 notices.yaml 里没有。", f"{hint}或先加上它。"
            )
