"""出处

每份日程、每段答案都要写公告，而且这个公告要在 notices.yaml 里。没有出处的话机器人不能说。

    坏：  四川: {正文: …}        好：  四川: {公告: 四川-2024, 正文: …}
"""

from __future__ import annotations

from difflib import get_close_matches

from bot.knowledge.draft import Draft, map_of, text_of
from bot.knowledge.yaml_source import Mapping, Sequence, Text

ID = "source-missing"
NEEDS = ("notices.yaml",)


def check(draft: Draft) -> None:
    """Schedules, windows with a notice of their own, answers, exam sites."""
    notices = draft.section("notices.yaml", "公告")
    named: list[tuple[Text, str]] = []
    for _path, root in draft.schedules():
        if (own := text_of(root, "公告")) is not None:
            named.append((own, "这份日程"))
        for stage, value in map_of(root, "日程").items():
            for window in value if isinstance(value, Sequence) else [value]:
                if isinstance(window, Mapping) and (own := text_of(window, "公告")) is not None:
                    named.append((own, f"环节“{stage}”"))
    for entry, value in draft.section("faq/", "问答").items():
        if isinstance(value, Mapping):
            for region, answer in map_of(value, "答案").items():
                if not isinstance(answer, Mapping):
                    continue
                where = f"问答“{entry}”的“{region}”答案"
                if (own := text_of(answer, "公告")) is not None:
                    named.append((own, where))
                elif "公告" not in answer and text_of(value, "种类") != "闲聊":
                    draft.problem(
                        region.place, ID, f"{where}没有写出处。", "加上“公告: …”，名字从 notices.yaml 里选。"
                    )
    for region, sites in draft.section("regions.yaml", "考点").items():
        if isinstance(sites, Mapping) and (own := text_of(sites, "公告")) is not None:
            named.append((own, f"“{region}”的考点"))
    for notice, where in named:
        if notice and notice not in notices:
            close = get_close_matches(notice, list(notices), 1, 0.4)
            hint = f"是不是“{close[0]}”？不是的话，" if close else ""
            draft.problem(
                notice.place,
                ID,
                f"{where}写的公告“{notice}”在 notices.yaml 里没有。",
                f"{hint}先在 notices.yaml 里加上它。",
            )
