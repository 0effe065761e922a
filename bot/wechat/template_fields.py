"""What stands in the items of a template, and whether the platform would take it (else 47003, after the fact). Pure.

A template's keys carry their type: thing1, time2, character_string3. Source: 订阅通知 参数值内容限制; the templates of
模板消息 by category follow the same table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.settings import TEMPLATE_BLANKS

_KEY = re.compile(r"([a-z_]+?)([0-9]+)")
_CHINESE = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U0003ffff]")
_CLOCK = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"
_YMD = (
    r"\d{4}(?:年(?:0?[1-9]|1[0-2])月(?:0?[1-9]|[12]\d|3[01])日|-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12]\d|3[01]))"
)
_DATE = re.compile(rf"{_YMD}(?: {_CLOCK})?", re.ASCII)
_TIME = re.compile(rf"(?:{_YMD} )?{_CLOCK}", re.ASCII)
_AMOUNT = re.compile(r"[¥￥$€£]?\d{1,10}(?:\.\d+)?元?", re.ASCII)


def parse(written: str) -> dict[str, str]:
    """A field map as the settings hold it, "thing1={考区}{环节};time2={截止}" → {"thing1": "{考区}{环节}", …}."""
    items = (item.partition("=") for item in written.split(";") if item.strip())
    return {key.strip(): text.strip() for key, _, text in items}


def fill(fields: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    """The items of one message: every {名} of `fields` replaced from `values`, one of TEMPLATE_BLANKS each.

    A blank without a value raises KeyError: nothing is sent with a hole in it.
    """
    blank = re.compile(rf"\{{({'|'.join(TEMPLATE_BLANKS)})\}}")
    return {key: blank.sub(lambda found: values[found[1]], text) for key, text in fields.items()}


def problems(data: Mapping[str, str]) -> list[str]:
    """What the platform would refuse in these items, one Chinese sentence each; [] when it takes them."""
    found = []
    for key, value in data.items():
        kind = _KEY.fullmatch(key)
        wrong = _wrong(kind[1], value) if kind else "名字的写法不对，应是类型加编号，例如 thing1、time2"
        if wrong:
            found.append(f"{key}“{value}”：{wrong}。")
    return found or ([] if data else ["一项内容也没有。"])


def _wrong(kind: str, value: str) -> str:
    """Why `value` is no `kind`; "" when it is one."""
    if not value.strip():
        return "是空的"
    if "\n" in value or "\r" in value:
        return "不能换行"
    check = _CHECKS.get(kind)
    if check is None:
        return f"不认识的类型 {kind}，能用的是 {'、'.join(_CHECKS)}"
    return check(value)


def _at_most(most: int, value: str) -> str:
    return f"有 {len(value)} 个字，最多 {most} 个" if len(value) > most else ""


def _thing(value: str) -> str:
    return _at_most(20, value)


def _number(value: str) -> str:
    if not re.fullmatch(r"-?[0-9]+(?:\.[0-9]+)?", value):
        return "只能是数字，可以带小数"
    return _at_most(32, value)


def _letter(value: str) -> str:
    return _at_most(32, value) if re.fullmatch("[A-Za-z]+", value) else "只能是英文字母"


def _symbol(value: str) -> str:
    return "只能是符号" if any(sign.isalnum() for sign in value) else _at_most(5, value)


def _character_string(value: str) -> str:
    return _at_most(32, value) if re.fullmatch("[ -~]+", value) else "只能是英文字母、数字和半角符号"


def _time(value: str) -> str:
    return _span(value, _TIME, "时间要写成 15:01 或 2019年10月1日 15:01（24 小时制），一段时间用 ~ 连接")


def _date(value: str) -> str:
    return _span(value, _DATE, "日期要写成 2019年10月1日 或 2019-12-25 09:42，一段日期用 ~ 连接")


def _span(value: str, one: re.Pattern[str], said: str) -> str:
    parts = value.split("~")
    return "" if len(parts) <= 2 and all(one.fullmatch(part.strip()) for part in parts) else said


def _amount(value: str) -> str:
    return "" if _AMOUNT.fullmatch(value) else "金额要写成 ¥100.00 或 100元，最多 10 位数字"


def _phone_number(value: str) -> str:
    return _at_most(17, value) if re.fullmatch(r"[0-9+()# -]+", value) else "只能是数字和符号"


def _car_number(value: str) -> str:
    return _at_most(8, value)


def _name(value: str) -> str:
    return _at_most(10 if _CHINESE.search(value) else 20, value)


def _phrase(value: str) -> str:
    # The rare characters beyond the basic block are refused: nothing says that the platform takes them.
    return _at_most(5, value) if re.fullmatch(r"[一-鿿]*", value) else "只能是汉字"


def _chosen(_: str) -> str:
    return ""  # one of the values that the template lists; only the platform knows them


_CHECKS = {
    "thing": _thing,
    "number": _number,
    "letter": _letter,
    "symbol": _symbol,
    "character_string": _character_string,
    "time": _time,
    "date": _date,
    "amount": _amount,
    "phone_number": _phone_number,
    "car_number": _car_number,
    "name": _name,
    "phrase": _phrase,
    "enum": _chosen,
    "const": _chosen,
}
