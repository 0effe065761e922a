"""Whether the platform takes the items of a template: else 47003, naming the item.

Written apart from bot/wechat/template_fields on purpose, and short: it is there to catch it when that one is wrong.
Source: 订阅通知 参数值内容限制.
"""

from __future__ import annotations

import re
from typing import Any

from bot.simulate.platform.world import Refusal

_DAY = r"\d{4}(年\d{1,2}月\d{1,2}日|-\d{1,2}-\d{1,2})"
_HOUR = r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?"
_RULES = {
    "thing": r".{1,20}",
    "number": r"-?[\d.]{1,32}",
    "letter": r"[A-Za-z]{1,32}",
    "symbol": r"[^A-Za-z0-9一-鿿]{1,5}",
    "character_string": r"[!-~ ]{1,32}",
    "time": rf"({_DAY} )?{_HOUR}(~({_DAY} )?{_HOUR})?",
    "date": rf"{_DAY}( {_HOUR})?(~{_DAY}( {_HOUR})?)?",
    "amount": r"[¥￥$€£]?\d{1,10}(\.\d+)?元?",
    "phone_number": r"[\d+()# -]{1,17}",
    "car_number": r".{1,8}",
    "name": r"(?=.*[一-鿿]).{1,10}|[^一-鿿]{1,20}",
    "phrase": r"[一-鿿]{1,5}",
    "enum": r".+",
    "const": r".+",
}


def content(data: Any) -> dict[str, str]:
    """{"thing1": {"value": …}} → {"thing1": …}; raises 47003."""
    if not isinstance(data, dict) or not data:
        raise Refusal(47003, "argument invalid! data is empty")
    found = {}
    for key, item in data.items():
        value = item.get("value") if isinstance(item, dict) else None
        if not isinstance(value, str) or not value:
            raise Refusal(47003, f"argument invalid! data.{key}.value is empty")
        rule = _RULES.get(key.rstrip("0123456789"))
        if rule is None or not re.fullmatch(rule, value):
            raise Refusal(47003, f"argument invalid! data.{key}.value invalid")
        found[key] = value
    return found
