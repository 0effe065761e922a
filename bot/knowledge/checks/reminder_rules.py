"""提醒的天数和钟点

phrases.yaml 里的“提醒”定什么时候提醒订阅了的考生：提前天数（截止日前几天，1 到 30）、开始当天（是或否）、钟点（08:00 到 21:59；22:00 到 08:00 是夜里，不发）。可以不写，就是提前 7、3、1 天和开始当天，9:00。

    坏：  钟点: 23:00        好：  钟点: 9:00
"""

from __future__ import annotations

import re

from bot.knowledge.draft import Draft, texts_of
from bot.knowledge.yaml_source import Text

ID = "reminder-rules"
NEEDS = ("phrases.yaml",)
MOST_DAYS = 30
_DAY = range(8 * 60, 22 * 60)  # minutes at which something may be sent


def check(draft: Draft) -> None:
    """Days, yes or no, and an hour of the day."""
    rules = draft.section("phrases.yaml", "提醒")
    for day in texts_of(rules.get(Text("提前天数"))):
        if not re.fullmatch("[0-9]{1,2}", day) or not 1 <= int(day) <= MOST_DAYS:
            draft.problem(
                day.place, ID, f"提前天数“{day}”不对。", f"写 1 到 {MOST_DAYS} 的整数，例如 [7, 3, 1]。"
            )
    opening = rules.get(Text("开始当天"))
    if isinstance(opening, Text) and opening not in ("是", "否"):
        draft.problem(opening.place, ID, f"“开始当天”写了“{opening}”。", "只能写：是、否。")
    hour = rules.get(Text("钟点"))
    if isinstance(hour, Text) and minute_of(hour) not in _DAY:
        draft.problem(
            hour.place, ID, f"钟点“{hour}”不能用。", "写 08:00 到 21:59 之间的时间，例如 9:00；夜里不发提醒。"
        )


def minute_of(written: str) -> int | None:
    """9:00 as minutes since midnight; None when it is no time of the day."""
    found = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})", written.strip())
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        return None
    return int(found[1]) * 60 + int(found[2])
