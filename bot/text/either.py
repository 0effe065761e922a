"""Two days of which one is to be picked: 截止是9号还是10号, 今天还是明天开始. Pure."""

from __future__ import annotations

import re
from datetime import date, timedelta

_RELATIVE = {"昨天": -1, "今天": 0, "今晚": 0, "明天": 1, "明晚": 1, "后天": 2}
_DAY = (
    rf"(?:(?P<relative{{0}}>{'|'.join(_RELATIVE)})"
    r"|(?<![\d.:])(?:20\d\d年)?(?:(?P<month{0}>1[0-2]|0?[1-9])(?:月|[./](?=\d)))?(?P<day{0}>3[01]|[12]\d|0?[1-9])(?![\d.:点时年元块分])[日号]?)"
)
# 是9号还是10号, 4月9号截止还是4月10号: nothing but the day's own words between
_BETWEEN = r"(?:的|晚上|晚|早上|早|凌晨|24[点时]|截止|结束|开始|开|关|到|交|考|,|\s){0,3}"
_EITHER = re.compile(rf"{_DAY.format(1)}{_BETWEEN}(?:还是|或者是?)(?:说|到|在|等|\s){{0,2}}{_DAY.format(2)}")
_A_DAY = re.compile(r"[月日号./天晚]")


def days_put(text: str, today: date) -> tuple[tuple[int, int], ...]:
    """The two days put to choose from, each (month, day); month 0 where neither is told one; () where no two are put."""
    found = _EITHER.search(text)
    if found is None or not _A_DAY.search(found[0]):
        return ()
    days = [_read(found, which, today) for which in "12"]
    month = next((month for month, _ in days if month), 0)
    return tuple((own or month, day) for own, day in days)


def without(text: str) -> str:
    """The text with no day of the two, which is no day that anything is judged on."""
    return _EITHER.sub(
        lambda found: found[0] if not _A_DAY.search(found[0]) else " ",
        text,
    )


def _read(found: re.Match[str], which: str, today: date) -> tuple[int, int]:
    if relative := found[f"relative{which}"]:
        day = today + timedelta(days=_RELATIVE[relative])
        return day.month, day.day
    return int(found[f"month{which}"] or 0), int(found[f"day{which}"])
