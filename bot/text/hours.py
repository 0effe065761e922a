"""An hour that a question takes for the beginning or the end of a window: 截止是2月4号下午5点吧, 8点准时吗. Pure."""

from __future__ import annotations

import re

_NUMERALS = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10, "十一": 11, "十二": 12}  # fmt: skip
_LATE = frozenset({"下午", "傍晚", "晚上", "今晚", "明晚", "夜里", "半夜", "晚"})
_HOUR = (
    r"(?P<part>凌晨|早上|早晨|上午|中午|下午|傍晚|晚上|今晚|明晚|夜里|半夜|明早|早|晚)?"
    rf"(?<![\d:])(?P<hour>2[0-4]|1\d|\d|{'|'.join(sorted(_NUMERALS, key=len, reverse=True))})[点时](?![\d击过几半])(?:钟|整)?"
)
_SUPPOSED = re.compile(
    rf"{_HOUR}(?:就|才|准时|开始|开放|开门|开|截止|结束|关闭|关|系统|[交缴](?:费|钱)?|报名|报|审核|上传|了|的|为止|,|\s)*(?:嘛|吧|吗|么|哇|哈|对不对|对吧|对吗|对不|是不|是吧|是不是|没错吧)\W*$"
    rf"|是不是[^,。?!]{{0,10}}?{_HOUR.replace('<part>', '<part2>').replace('<hour>', '<hour2>')}(?:就|才|准时)?(?:开始|开放|开门|开|截止|结束|关闭|关|停)"
)
# 是不是7月5号零点
_IS_IT = re.compile(rf"是不是(?!就是|等于|算)[^,。?!]{{0,10}}?{_HOUR}\W*$")
# 群里说明早0点开始缴费
_TOLD = re.compile(
    rf"{_HOUR}(?:就|才|准时)?(?:开始|开放|截止|结束|关闭|关)(?:了|的|[交缴]费|报名|报|交|缴)*\W*$"
)
_AT_NOON = re.compile(
    r"[号日天]?(?:的)?中午(?:就|才)?(?:截止|结束|关|开始|开)?(?:嘛|吧|吗|么|哇|哈|对吧|对不对|是不是|是吧)\W*$"
)
# 是不是2月4号早上就关了: a part of the day, and no hour
_PART_OF_DAY = {"凌晨": 1, "一早": 8, "早上": 8, "早晨": 8, "上午": 11, "下午": 17, "傍晚": 18}
_BY_PART = re.compile(
    rf"(?P<part>{'|'.join(_PART_OF_DAY)})(?:的)?(?:就|才)?(?:截止|结束|关闭|关)了?(?:的)?(?:嘛|吧|吗|么|哇|哈|对不对|对吧|对吗|对不|是不|是吧|是不是)?\W*$"
)
# 7月5号0点就能交是不: from that hour on
_FROM_HOUR = re.compile(
    rf"{_HOUR}(?:就|才)+(?:能|可以|得行)?(?:开始)?(?:[交缴报传付](?:费|名|钱)?|登录?|进)了?(?:是不是?|对不对?|对吧|对吗|是吧|哇|吧|嘛|吗|么|不)\W*$"
)
_OPENS = re.compile(r"开始|开放|开门|开|准时|起")
_CLOSES = re.compile(r"截止|截至|结束|到期|关|停|最后|为止|到(?!时)")
_ASKS_IF = re.compile(r"(?<!技)能|可以|行|来得及|得及|[之以]?前|[之以]?后|再|去")  # 明早8点去行吗
_NOON = 12


def hour_supposed(text: str) -> tuple[str, int] | None:
    """The end of a window and its hour, 1 to 24, that the question supposes; end "" where it says none; None where no hour is supposed."""
    if (opens := _FROM_HOUR.search(text)) is not None:
        return "开始", _hour(opens["part"] or "", opens["hour"])
    if (part_of_day := _BY_PART.search(text)) is not None and not (_ASKS_IF.search(text) or "还是" in text):
        return "截止", _PART_OF_DAY[part_of_day["part"]]
    found = _SUPPOSED.search(text)
    found = found or _TOLD.search(text) or _IS_IT.search(text)
    if found is None and _AT_NOON.search(text) and not _ASKS_IF.search(text):
        return "开始" if _OPENS.search(text) else "截止", _NOON
    if found is None or _ASKS_IF.search(text):
        return None
    groups = found.groupdict()
    part, written = (
        next(filter(None, (groups.get(name + n) for n in ("", "2"))), "") for name in ("part", "hour")
    )
    hour = _hour("", written)
    end = "开始" if _OPENS.search(text) else "截止" if _CLOSES.search(text) else ""
    if not hour and end != "开始" and found.re is not _IS_IT:
        return None  # 0点截止: of which of two days is not said
    midnight = hour == _NOON and not part and end != "开始"  # 12点截止吧: nothing closes at noon
    return end, hour + _NOON if midnight else _hour(part, written)


def _hour(part: str, written: str) -> int:
    """0 to 24; 晚上8点 is 20."""
    hour = int(written) if written.isdigit() else _NUMERALS[written]
    return hour + _NOON if part in _LATE and hour <= _NOON else hour
