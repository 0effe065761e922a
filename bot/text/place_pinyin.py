"""Region and capital names typed in letters: sichuan, chong qing, xi'an. Nothing shorter: cq and sc may be anything."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

_REGIONS: Final = {
    "北京": "bei jing", "天津": "tian jin", "河北": "he bei", "山西": "shan xi", "内蒙古": "nei meng gu", "辽宁": "liao ning",
    "吉林": "ji lin", "黑龙江": "hei long jiang", "上海": "shang hai", "江苏": "jiang su", "浙江": "zhe jiang", "安徽": "an hui",
    "福建": "fu jian", "江西": "jiang xi", "山东": "shan dong", "河南": "he nan", "湖北": "hu bei", "湖南": "hu nan",
    "广东": "guang dong", "广西": "guang xi", "海南": "hai nan", "重庆": "chong qing", "四川": "si chuan", "贵州": "gui zhou",
    "云南": "yun nan", "西藏": "xi zang", "陕西": "shan xi", "甘肃": "gan su", "青海": "qing hai", "宁夏": "ning xia",
    "新疆": "xin jiang", "兵团": "bing tuan", "香港": "xiang gang", "澳门": "ao men", "台湾": "tai wan",
    "石家庄": "shi jia zhuang", "太原": "tai yuan", "呼和浩特": "hu he hao te", "沈阳": "shen yang", "长春": "chang chun",
    "哈尔滨": "ha er bin", "南京": "nan jing", "杭州": "hang zhou", "合肥": "he fei", "福州": "fu zhou", "南昌": "nan chang",
    "济南": "ji nan", "郑州": "zheng zhou", "武汉": "wu han", "长沙": "chang sha", "广州": "guang zhou", "南宁": "nan ning",
    "海口": "hai kou", "成都": "cheng du", "贵阳": "gui yang", "昆明": "kun ming", "拉萨": "la sa", "西安": "xi an",
    "兰州": "lan zhou", "西宁": "xi ning", "银川": "yin chuan", "乌鲁木齐": "wu lu mu qi",
}  # fmt: skip
# fuzhou is 抚州 (江西) as well, so both are asked about.
_MORE: Final = {
    "shaanxi": ("陕西",), "hongkong": ("香港",), "macau": ("澳门",), "macao": ("澳门",), "harbin": ("哈尔滨",), "lhasa": ("拉萨",),
    "urumqi": ("乌鲁木齐",), "hohhot": ("呼和浩特",), "tibet": ("西藏",), "fuzhou": ("福州", "抚州"),
    "shenzhen": ("深圳",),
}  # fmt: skip
_SPELLED: Final = sorted(
    {
        *_REGIONS.values(),
        "shaan xi",
        "hong kong",
        "macau",
        "macao",
        "harbin",
        "lhasa",
        "urumqi",
        "hohhot",
        "tibet",
        "shen zhen",
    },
    key=len,
    reverse=True,
)
# xian alone is 先 or 县 in a message typed in letters; only xi'an and "xi an" are 西安.
_BODY: Final = "|".join(s.replace(" ", "[ ']" if s == "xi an" else "[ ']?") for s in _SPELLED)
PINYIN_TOKEN: Final = re.compile(
    rf"(?<![a-z0-9])(?:{_BODY})(?![a-z0-9'])|(?<![a-z0-9])(?:{_BODY})(?= ?(?:sheng|shi|kaoqu|kaodian)(?![a-z]))"
)


def spelled_regions(regions: Iterable[str], capitals: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Letters without spaces -> the names so spelled, of the regions given and the capitals in them: shanxi -> 山西, 陕西."""
    known = set(regions)
    names = known | {city for city, region in capitals.items() if region in known}
    table: dict[str, tuple[str, ...]] = {}
    for name, letters in _REGIONS.items():
        if name in names:
            key = letters.replace(" ", "")
            table[key] = (*table.get(key, ()), name)
    return table | _MORE
