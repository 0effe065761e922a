"""两条问答同名

问答的名字（最左边的那个）在所有 faq/ 文件里只能用一次；同名时机器人只会留一条。
"""

from __future__ import annotations

from bot.knowledge.draft import Draft, map_of
from bot.knowledge.yaml_source import Text

ID = "entry-duplicate"


def check(draft: Draft) -> None:
    """Entry names across the files; within one file check key-duplicate speaks."""
    seen: dict[str, Text] = {}
    for path, root in draft.files.items():
        if not path.startswith("faq/"):
            continue
        for entry in map_of(root, "问答"):
            first = seen.setdefault(entry, entry)
            if first is not entry:
                draft.problem(
                    entry.place, ID, f"已经有一条问答叫“{entry}”了（{first.place.file} 第 {first.place.line} 行）。",
                    "改个名字；两条说的是一回事，就并成一条。",
                )  # fmt: skip
