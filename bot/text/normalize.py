"""Brings what people type to one form: width, script, case, emoji, platform codes, spaces."""

import functools
import re
import unicodedata
from pathlib import Path

CHARACTERS = Path(__file__).parent / "data" / "characters.tsv"

# Names of the platform's built-in faces, which arrive as [微笑]. Only these are taken out: other words in
# square brackets ([机构], [2024]) are the candidate's own.
_FACES = (
    "微笑 撇嘴 色 发呆 得意 流泪 害羞 闭嘴 睡 大哭 尴尬 发怒 调皮 呲牙 惊讶 难过 酷 囧 抓狂 吐 偷笑 愉快 白眼 傲慢 饥饿 困 惊恐 "
    "流汗 冷汗 憨笑 大兵 悠闲 奋斗 咒骂 疑问 嘘 晕 疯了 折磨 衰 骷髅 敲打 再见 擦汗 抠鼻 鼓掌 糗大了 坏笑 左哼哼 右哼哼 哈欠 鄙视 "
    "委屈 快哭了 阴险 亲亲 吓 可怜 菜刀 西瓜 啤酒 篮球 乒乓 咖啡 饭 猪头 玫瑰 凋谢 嘴唇 示爱 爱心 心碎 蛋糕 闪电 炸弹 刀 足球 瓢虫 便便 "
    "月亮 太阳 礼物 拥抱 强 弱 握手 胜利 抱拳 勾引 拳头 差劲 爱你 no ok 爱情 飞吻 跳跳 发抖 怄火 转圈 磕头 回头 跳绳 投降 挥手 激动 街舞 "
    "献吻 左太极 右太极 嘿哈 捂脸 奸笑 机智 皱眉 耶 红包 发 福 旺柴 好的 打脸 哇 加油 汗 天啊 emm 社会社会 吃瓜 翻白眼 666 让我看看 叹气 "
    "苦涩 裂开 合十 鸡 笑脸 生病 破涕为笑 吐舌 脸红 恐惧 失望 无语 鬼魂 庆祝 强壮 鞭炮 爆竹 烟花 表情 图片 动画表情"
)
# The older clients' codes, as the platform's forwarded messages still show them; lower case.
_CODES = (
    "::) ::~ ::b ::| :8-) ::< ::$ ::x ::z ::'( ::-| ::@ ::p ::d ::o ::( ::+ :--b ::q ::t :,@p :,@-d :,@o ::g :|-) ::! ::l ::> ::,@ :,@f "
    "::-s :? :,@x :,@@ ::8 :,@! :!!! :xx :bye :wipe :dig :handclap :&-( :b-) :<@ :@> ::-o :>-| :p-( ::'| :x-) ::* :@x :8* :pd :<w> :beer "
    ":basketb :oo :coffee :eat :pig :rose :fade :showlove :heart :break :cake :li :bome :kn :footb :ladybug :shit :moon :sun :gift :hug "
    ":strong :weak :share :v :@) :jj :@@ :bad :lvu :no :ok :love :<l> :jump :shake :<o> :circle :kotow :turn :skip :oy"
)
_CODE = re.compile(
    "|".join(
        [rf"\[(?:{'|'.join(sorted(map(re.escape, _FACES.split()), key=len, reverse=True))})\]"]
        + [re.escape("/" + code) for code in sorted(_CODES.split(), key=len, reverse=True)]
    )
)
_SPACES = re.compile(r"\s+")
_PUNCTUATION = {
    "。": ".", "、": ",", "・": "·", "•": "·", "‧": "·", "《": "<", "》": ">", "〈": "<", "〉": ">", "「": '"', "」": '"', "『": '"',
    "』": '"', "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "′": "'", "【": "[", "】": "]", "〔": "[", "〕": "]", "〖": "[", "〗": "]",
    "—": "-", "–": "-", "―": "-", "‐": "-", "‑": "-", "−": "-", "─": "-", "〜": "~", "～": "~", "…": "...", "¿": "?", "×": "x",
}  # fmt: skip


class _Table(dict[int, str]):
    """Code point -> replacement, filled as characters are met; at most one entry a code point ever seen."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        category = unicodedata.category(char)
        if char.isspace():
            value = " "
        elif category in ("Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me"):
            value = ""  # control, zero width, joiners, variation selectors, lone accents
        elif category in ("So", "Sk"):
            value = " "  # emoji and skin tones stand between words
        else:
            value = char
        self[code] = value
        return value


class _Compact(dict[int, str]):
    """Code point -> itself for letters and digits, else nothing."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        value = char if char.isalnum() else ""
        self[code] = value
        return value


@functools.cache
def _tables() -> tuple[_Table, _Compact]:
    """Simplifying table and the one that also drops punctuation and spaces."""
    plain = _Table()
    for line in CHARACTERS.read_text(encoding="utf-8").splitlines():
        char, simplified, _ = line.split("\t")
        if simplified != char:
            plain[ord(char)] = simplified
    for code, simplified in list(plain.items()):
        plain[code] = plain.get(ord(simplified), simplified)  # closed, so that a second pass changes nothing
    for char, replacement in _PUNCTUATION.items():
        plain[ord(char)] = replacement
    return plain, _Compact()


def _once(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).lower().translate(_tables()[0])
    if "[" in text or "/" in text:
        text = _CODE.sub("", text)
    return _SPACES.sub(" ", text).strip()


def normalize(text: str) -> str:
    """One form for what looks or reads the same.

    NFKC, lower case, traditional to simplified, Chinese punctuation as its ASCII twin; control and zero-width
    characters, emoji, [微笑] and /::) gone; runs of white space one blank, none at the ends. Applying it twice
    changes nothing. Never raises; "" when nothing is left.
    """
    for _ in range(8):
        # Taking a code out can join another ("[微[微笑]笑]"), lower case can open a new decomposition ("İ"): again,
        # until nothing changes. One more pass costs 3 µs; eight is deeper than anyone types.
        again = _once(text)
        if again == text:
            return again
        text = again
    return _SPACES.sub(" ", text.replace("[", "").replace("/", "")).strip()


_HUNDREDS = re.compile(
    r"([一二两三四五六])百(?:([零一二三四五六七八九])?(十)?([一二三四五六七八九])?)(?=[^一二三四五六七八九十百千万]|$)"
)
_DIGITS = "零一二三四五六七八九"


def marks(text: str) -> str:
    """`text` with marks that are written in words (三百六十二) in digits, as every pattern reads them."""

    def digits(found: re.Match[str]) -> str:
        hundred, first, ten, last = found.groups()
        hundreds = _DIGITS.index(hundred.replace("两", "二"))
        if ten:
            return f"{hundreds}{_DIGITS.index(first or '一')}{_DIGITS.index(last) if last else 0}"
        if last and first == "零":
            return f"{hundreds}0{_DIGITS.index(last)}"
        return f"{hundreds}{_DIGITS.index(first)}0" if first and first != "零" and not last else found[0]

    return _HUNDREDS.sub(digits, text)


def compact(text: str) -> str:
    """The matching key: `normalize`, then only letters and digits. "" when there are none."""
    return normalize(text).translate(_tables()[1])
