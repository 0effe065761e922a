"""出处和年度对得上

2025 年度的日程要引用 2025 年度的公告。复制去年的文件来改时最容易漏改。

    坏：  schedules/2025/四川.yaml 里写着 公告: 四川-2024        好：  公告: 四川-2025
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.knowledge.draft import Draft, map_of, text_of
from bot.knowledge.yaml_source import Mapping, Sequence, Text

ID = "source-year"
NEEDS = ("notices.yaml",)


def notices_of(root: Mapping) -> Iterator[Text]:
    """The notices that a schedule names: its own, and those of single windows."""
    if notice := text_of(root, "公告"):
        yield notice
    for value in map_of(root, "日程").values():
        for window in value if isinstance(value, Sequence) else [value]:
            if isinstance(window, Mapping) and (notice := text_of(window, "公告")):
                yield notice


def check(draft: Draft) -> None:
    """Every notice of every schedule."""
    notices = draft.section("notices.yaml", "公告")
    for _path, root in draft.schedules():
        year = text_of(root, "年度")
        for notice in notices_of(root):
            about = notices.get(notice)
            own = text_of(about, "年度") if isinstance(about, Mapping) else None
            if not isinstance(about, Mapping) or year is None or (own and not own.isdecimal()):
                continue  # checks source-missing, value-type and value-choice speak of these
            if own != year:
                says = f"是 {own} 年度的" if own else "没有写年度"
                draft.problem(
                    notice.place, ID, f"这是 {year} 年度的日程，公告“{notice}”{says}。",
                    f"换成 {year} 年度的公告；还没有的话，先在 notices.yaml 里加上。",
                )  # fmt: skip
