"""Years and days in a message, relative to a given "now". Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from bot.text import either

_YEAR = re.compile(
    r"(?<!\d)(20\d\d)(?:年度?|届)?(?![\d号])|(?<!\d)(\d\d)(?:(?:年度?|届)(?!\d(?!\d年))|(?=[和跟与、](?:20)?\d\d年)|(?<=那\d\d)(?=的?呢))"
    r"|二[零〇](二[零〇一二三四五六七八九])(?:年度?|届)?|(?<![一二三四五六七八九十])(二[四五六七八九])(?:年度?|届)"  # 二三年 is two or three years
)
# 那26的截止是, 25的呢: in a talk of years
_SHORT_YEAR = re.compile(
    r"^[那, ]*(2\d)(?=年?(?:呢|全国|大概|左右|几月)|的(?:[呢也啊呀嘛吗哇]|什么|啥|截止|全国|报|考|审|缴|交|时间|几|是|$|\?))"
)
_RELATIVE_YEAR = {
    "今年": 0,
    "本年": 0,
    "本年度": 0,
    "当年": 0,
    "去年": -1,
    "上年": -1,
    "明年": 1,
    "下一年": 1,
    "前年": -2,
    "后年": 2,
}
_NEXT_TIME = r"下一?[次回](?=机会|报|考|网报|医考|执医|医师|的?报名|的?考试|[什啥]么?时候|几月|几号|好久)"  # one exam a year
_RELATIVE_YEARS = re.compile("|".join([*sorted(_RELATIVE_YEAR, key=len, reverse=True), _NEXT_TIME]))
_NUMERAL = "一二三四五六七八九十"
_DAY = re.compile(
    r"(?<!\d)(20\d\d)([-./])(1[0-2]|0?[1-9])\2(3[01]|[12]\d|0?[1-9])(?!\d)"
    rf"|(?:(20\d\d)年)?(?<!\d)(1[0-2]|0?[1-9]|十[一二]|[{_NUMERAL}])月\s*(3[01]|[12]\d|0?[1-9]|[二三]?十[{_NUMERAL[:9]}]?|[{_NUMERAL}])[日号]?"
    r"|(?<![\d.])(1[0-2]|0?[1-9])[./](3[01]|[12]\d|0?[1-9])(?![\d.分元块万个年折米倍%])"
)
# A day without its month: the next one to come. 15号楼 and 10号考点 are numbers, so only before words of doing.
_BARE_DAY = re.compile(
    r"(本月|这个?月|下个?月)\s*([12]\d|3[01]|[1-9])[日号]"
    r"|(?<![\d.年月第])([12]\d|3[01]|[1-9])号(?=吗|嘛|吧|对吧|对不|就?开始|就能|就可以|(?:早上|上午|中午|下午|晚上|一早|早|晚)[^,。?!]{0,6}(?:行|可以|能|来得及|交|缴|传|报|去|补|办)|还|能|可以|[哈撒噻嗦啊呀]\W*$|行不|行吗|晚不|之?前|以前|[之以过]?后|截止|再|才|交|缴|(?:弄|搞|办|整|填|去|来|传|报|审|补)(?:可以|行|能|来得及|要得|呢|晚不)|呢\W*$|(?:到|至|-|~)(?:\d{1,2}月)?\d{1,2}[号日])"
)
# 下周三, 这周五, 周一: of this week, where none is said and it is not over yet
_WEEKDAY = re.compile(
    r"(?P<which>下下个?|下个?|这个?|本)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])(?!到|至|-|~)"
)
_VAGUE = re.compile(
    r"[上下这本]{0,2}(?:周|星期|礼拜)末|上个?(?:周|星期|礼拜)[一二三四五六日天]|[下这本]个?(?:周|星期|礼拜)(?![一二三四五六日天])|(?:周|星期|礼拜)[一二三四五六日天](?:到|至|-|~)|[月年][底初]|月[中末]|[上下]个?月|年[前后]|过完?年|春节|元旦|国庆|五一"
    rf"|(?<!\d)(?:1[0-2]|[1-9]|[{_NUMERAL}]|十[一二])月(?:份|(?!\s*[\d{_NUMERAL}]))|\d\s*[日号]?\s*(?:之?前|以前|到|至|-|~)"
    r"|(?:明|后|今)[天日晚](?:之|以)后"
    rf"|(?:超过|过了)\s*(?:\d+月)?\d+[日号]|(?:\d|[{_NUMERAL}])点|\d:\d\d"
)
# 明早8点: the hour makes no other day of it; of today an hour may be over
_HOUR_OF_A_DAY = re.compile(
    r"((?:明天|明日|明早|明晚|明儿|后天|(?<!\d)\d{1,2}[日号](?=[^,。?!]{0,8}前|[^,。?!]{1,5}点[^,。?!]{0,6}(?:来得及|得行|能[报交缴传去]|可以[报交缴传去])))(?:早上|上午|中午|下午|晚上|早|晚)?)\s*(?:\d{1,2}|[零一二三四五六七八九十两]{1,2})点(?:钟|半|多|整)?(?:[之以]?前)?"
)
# 不是17号吗, on the 18th: of what was, and so the nearest of that number
_SUPPOSED_BEFORE = re.compile(r"(?:不是|是不是|难道是|说是|[说是从])\s*$")
_NEAR = 15  # days
_UNTIL = re.compile(r"(?:到|至|-|~)(?P<day>[12]\d|3[01]|[1-9])[日号]")
# 可以21号之前去不: of the day before
_GOES_BEFORE = re.compile(
    r"(?:之前|以前|前)(?:就|先)?(?:能|可以)?(?:去|到现场)(?:审核|审)?(?:可以|能|得行|行)?[不吗么嘛]"
)
# 明天就可以交了嘛 零点交得行不
_AT_MIDNIGHT = re.compile(r"明[天日早][^,。?!]{2,10}(?<!\d)[零0]点(?:钟|整)?(?:就|能|可以)?[交缴报传开]")
_RELATIVE_DAY = {
    "大后天": 3,
    "后天": 2,
    "明天": 1,
    "明日": 1,
    "明儿": 1,
    "明晚": 1,
    "明早": 1,
    "今天": 0,
    "今日": 0,
    "今晚": 0,
    "今儿": 0,
    "昨天": -1,
    "昨日": -1,
    "昨儿": -1,
    "昨晚": -1,
    "大前天": -3,
    "前天": -2,
}
_RELATIVE_DAYS = re.compile(  # 以后天天 is every day from now on
    "(?!(?<=以)后天天)(?:" + "|".join(sorted(_RELATIVE_DAY, key=len, reverse=True)) + ")"
)

# 今天没去成，明天去还可以不: what came of a day, where another one is asked about.
_STORY = re.compile(r"(?:我|都|也|就|又)*(?:没|忘|错过|有事|值班|上班|加班)")


@dataclass(frozen=True)
class Day:
    """A day the candidate names: `year` is None where they said only month and day."""

    month: int
    day: int
    year: int | None = None

    def on(self, year: int) -> date | None:
        """The calendar day, in `year` unless one was said; None when that year has no such day (29 Feb)."""
        try:
            return date(self.year or year, self.month, self.day)
        except ValueError:
            return None


@dataclass(frozen=True)
class DateReading:
    """years: asked for, in order, without repeats · day: the first day named · rest: the text with a blank for each of them.

    vague: a time is named that is no one day (下周, 下周三, 月底, 5 月, 4 月 5 号前, 7 点, two days): no verdict may rest on it.
    at_hour: an hour of a day to come is named (明早8点). put: as either.days_put, of which neither is `day`.
    until: (month, day) that a range of days ends with, month 0 for none said; () for no range.
    """

    years: tuple[int, ...]
    day: Day | None
    rest: str
    days: tuple[Day, ...] = ()
    vague: bool = False
    at_hour: bool = False
    put: tuple[tuple[int, int], ...] = ()
    until: tuple[int, ...] = ()


# 是7月5号到10号吧: the last day of a range, of the month of the first where none is said
_RANGE = re.compile(
    r"(?:(?P<month>1[0-2]|[1-9])(?:月|[./]))?(?P<first>3[01]|[12]\d|[1-9])[日号]?\s*(?:到|至|-|~|—)\s*(?:(?P<last_month>1[0-2]|[1-9])(?:月|[./]))?(?P<last>3[01]|[12]\d|[1-9])(?:[日号]|(?=\s*(?:吧|吗|对|哇|嘛|$)))"
)


# 2月4号之后还能改吗: of the day after, but not 2月21号以后才能去
_LEAP = 2024  # a year that has every day
_THEREAFTER = re.compile(
    r"(?:晚上|夜里)?(?:(?:12|24|十二|二十四)[点时])?(?:一过|之后|以后|过后|过了|后(?![天面来期台续]))(?![^,。?!]{0,8}(?:才|开始|就能|就可以))"
)


def _meant(named: Day, text: str, end: int) -> Day:
    """The day that is meant by what follows its name at `end`: the next (2月4号之后还能改吗), the one before, or itself."""
    days = 1 if _THEREAFTER.match(text, end) else -1 if _GOES_BEFORE.match(text, end) else 0
    first = named.on(named.year or _LEAP)
    if first is None or not days:
        return named
    first += timedelta(days=days)
    return Day(first.month, first.day, first.year if named.year else None)


def read(text: str, today: date) -> DateReading:
    """Find years ("2024年", "24年度", "去年") and days ("7月10号", "2.4", "明天") in normalised text.

    Args:
        today: the day in Shanghai that 今年 and 明天 count from.
    """
    years: list[int] = []
    days: list[Day] = []
    of_story: list[Day] = []

    def take_day(found: re.Match[str]) -> str:
        full_year, _, full_month, full_day, year, month, day, short_month, short_day = found.groups()
        year = year or full_year
        number = _number(month or short_month or full_month), _number(day or short_day or full_day)
        if not (1 <= number[0] <= 12 and 1 <= number[1] <= 31):
            return found[0]
        if short_month and not found[0].replace("/", ".").count("."):
            return found[0]
        if year:
            years.append(int(year))
        named = Day(number[0], number[1], int(year) if year else None)
        days.append(_meant(named, found.string, found.end()))
        return " "

    def take_year(found: re.Match[str]) -> str:
        if found[1]:
            years.append(int(found[1]))
        elif found[2]:
            years.append(2000 + int(found[2]))
        else:
            years.append(2020 + "零一二三四五六七八九".index((found[3] or found[4])[1].replace("〇", "零")))
        return " "

    def take_bare_day(found: re.Match[str]) -> str:
        which, number, alone = found.groups()
        day = int(number or alone)
        if days and not which:  # 7月5号还是6号
            named = Day(days[-1].month, day, days[-1].year)
        else:
            until = _UNTIL.match(found.string, found.end())
            over = int(until["day"]) if until and until["day"] else day  # 18号到24号, on the 22nd
            supposed = _SUPPOSED_BEFORE.search(found.string, 0, found.start()) is not None
            later = which.startswith("下") if which else over < today.day - _NEAR * supposed
            month = today.month % 12 + 1 if later else today.month
            named = Day(month, day, today.year + (later and today.month == 12))
        if named.on(today.year) is None:
            return found[0]
        days.append(_meant(named, found.string, found.end()))
        return " "

    def take_relative_day(found: re.Match[str]) -> str:
        when = today + timedelta(days=_RELATIVE_DAY[found[0]])
        day = Day(when.month, when.day, when.year)
        (of_story if _STORY.match(found.string, found.end()) else days).append(day)
        return " "

    def take_weekday(found: re.Match[str]) -> str:
        if found.string[: found.start()].endswith("上"):
            return found[0]
        number = "一二三四五六日".index(found["day"].replace("天", "日"))
        which = found["which"] or ""
        weeks = which.count("下") if which else int(number < today.weekday())
        when = today + timedelta(days=number - today.weekday() + 7 * weeks)
        days.append(Day(when.month, when.day, when.year))
        return " "

    def take_relative_year(found: re.Match[str]) -> str:
        years.append(today.year + _RELATIVE_YEAR.get(found[0], 1))
        return " "

    def take_short_year(found: re.Match[str]) -> str:
        if (year := 2000 + int(found[1])) > today.year + 1:
            return found[0]
        years.append(year)
        return " "

    until = _until(text)
    put = either.days_put(text, today)
    text = either.without(text) if put else text
    timeless = _HOUR_OF_A_DAY.sub(r"\1", text)
    at_hour = timeless != text or _AT_MIDNIGHT.search(text) is not None
    vague = bool(_VAGUE.search(_GOES_BEFORE.sub(" ", timeless)))
    text = _SHORT_YEAR.sub(take_short_year, text)
    rest = _DAY.sub(take_day, text)
    rest = _BARE_DAY.sub(take_bare_day, rest)
    rest = _YEAR.sub(take_year, rest)
    rest = _RELATIVE_DAYS.sub(take_relative_day, rest)
    rest = _WEEKDAY.sub(take_weekday, rest)
    rest = _RELATIVE_YEARS.sub(take_relative_year, rest)
    days = days or of_story
    vague = vague or len(set(days)) > 1 or any(day.on(2024) is None for day in days)
    return DateReading(
        tuple(dict.fromkeys(years)), days[0] if days else None, rest, tuple(days), vague, at_hour, put, until
    )


def _until(text: str) -> tuple[int, ...]:
    found = _RANGE.search(text)
    return () if found is None else (int(found["last_month"] or found["month"] or 0), int(found["last"]))


def _number(written: str) -> int:
    if written.isdigit():
        return int(written)
    tens, _, ones = written.rpartition("十") if "十" in written else ("", "", written)
    value = (_NUMERAL.index(tens) + 1 if tens else 1) * 10 if "十" in written else 0
    return value + (_NUMERAL.index(ones) + 1 if ones else 0)
