"""The places of China as plain values, read once from the packaged gazetteer.tsv (made by tools/make_gazetteer.py)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Literal

Level = Literal["region", "city", "county", "nickname", "exam_site"]

# Each with its region. A homophone or pinyin spelling is understood for these and for the region names, no further:
# among 3 000 counties every third pinyin has a double.
CAPITALS: Mapping[str, str] = {
    "石家庄": "河北", "太原": "山西", "呼和浩特": "内蒙古", "沈阳": "辽宁", "长春": "吉林", "哈尔滨": "黑龙江",
    "南京": "江苏", "杭州": "浙江", "合肥": "安徽", "福州": "福建", "南昌": "江西", "济南": "山东", "郑州": "河南",
    "武汉": "湖北", "长沙": "湖南", "广州": "广东", "南宁": "广西", "海口": "海南", "成都": "四川", "贵阳": "贵州",
    "昆明": "云南", "拉萨": "西藏", "西安": "陕西", "兰州": "甘肃", "西宁": "青海", "银川": "宁夏", "乌鲁木齐": "新疆",
}  # fmt: skip

_PEOPLES = (
    "柯尔克孜|哈萨克|塔吉克|蒙古|锡伯|维吾尔|达斡尔|鄂温克|仡佬|布依|土家|朝鲜|哈尼|景颇|傈僳|纳西|拉祜|布朗|独龙|普米|"
    "裕固|保安|东乡|撒拉|仫佬|毛南|满|回|藏|苗|彝|壮|侗|瑶|畲|黎|羌|傣|白|怒|佤|水|土"
)
# 族 may be missing after some (蒙古自治县) but never after the one-character ones: 彭水苗族… is 彭水, not 彭.
_AUTONOMOUS = re.compile(rf"(?:各族|(?:(?:{_PEOPLES})族|蒙古|哈萨克|柯尔克孜|塔吉克|锡伯)+)自治[州县]$")
_SUFFIXES = ("自治县", "自治旗", "自治州", "林区", "特区", "新区", "矿区", "地区", *"市区县旗盟州")


@dataclass(frozen=True, slots=True)
class RegionName:
    """A region (考区) as knowledge/regions.yaml has it: 四川, 四川省, (川, 蜀, …)."""

    name: str
    full_name: str
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A place below or beside the region names.

    Attributes:
        name: the full name, "武侯区", "恩施土家族苗族自治州".
        region: short name of the region it lies in, "四川".
        parents: full names of what it lies in below the region, ("成都市",); empty for a city.
        common: the name without its suffix is an everyday word too (资源, 合作), so it counts only with 县/区/市 or a parent.
    """

    name: str
    region: str
    level: Level
    parents: tuple[str, ...] = ()
    common: bool = False


@dataclass(frozen=True, slots=True)
class Guards:
    """What keeps a short name from being read out of other words.

    Attributes:
        before: char -> the chars that make a word together with it, standing before: 广 -> "推…" (推广|安排 is not 广安).
        after: char -> the chars that make a word together with it, standing after: 安 -> "排…".
        typos: homophone typing error -> the name meant, 四穿 -> 四川.
    """

    before: Mapping[str, str] = field(default_factory=dict)
    after: Mapping[str, str] = field(default_factory=dict)
    typos: Mapping[str, str] = field(default_factory=dict)

    def crosses(self, text: str, start: int, end: int) -> bool:
        """True when text[start:end] is most likely the end of one word and the beginning of the next: 推广|安排 around 广安."""
        return self.runs_in(text, start) and self.runs_out(text, end)

    def runs_in(self, text: str, start: int) -> bool:
        """True when the character before makes a word with the one at `start`."""
        return start > 0 and text[start - 1] in self.before.get(text[start], "")

    def runs_out(self, text: str, end: int) -> bool:
        """True when the character at `end` makes a word with the one before it."""
        return end < len(text) and text[end] in self.after.get(text[end - 1], "")


def short_name(name: str) -> str:
    """The name as people say it: 成都市 -> 成都, 恩施土家族苗族自治州 -> 恩施. At least two characters stay (和县 -> 和县)."""
    if name.endswith(("左旗", "右旗", "前旗", "后旗", "中旗")):
        return name
    short = _AUTONOMOUS.sub("", name)
    if short != name and len(short) >= 2:
        return short
    # 峰峰矿区 -> 峰峰, but 清新区 -> 清新: the longest suffix that leaves a name.
    return next((name[: -len(s)] for s in _SUFFIXES if name.endswith(s) and len(name) - len(s) >= 2), name)


@lru_cache(maxsize=1)
def _rows() -> tuple[tuple[str, ...], ...]:
    text = resources.files("bot.text").joinpath("data/gazetteer.tsv").read_text(encoding="utf-8")
    return tuple(tuple(line.split("\t")) for line in text.splitlines() if not line.startswith("#"))


@lru_cache(maxsize=1)
def load_places() -> tuple[Place, ...]:
    """Every city, district and county; 兵团's cities twice (新疆 and 兵团). Raises OSError when the package is incomplete."""
    places = []
    for row in _rows():
        if row[0] == "place":
            level, name, region, parents, common = (*row[1:], "", "")[:5]
            kind: Level = "city" if level == "city" else "county"
            places.append(Place(name, region, kind, tuple(parents.split()), common == "1"))
    return tuple(places)


@lru_cache(maxsize=1)
def load_guards() -> Guards:
    """The word guards that lie in the same file as the places."""
    tables: dict[str, dict[str, str]] = {"before": {}, "after": {}, "typo": {}}
    for row in _rows():
        if row[0] in tables:
            tables[row[0]][row[1]] = row[2]
    return Guards(tables["before"], tables["after"], tables["typo"])
