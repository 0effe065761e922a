"""What overlap of words can't tell: negation, opposites, numbers and codes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_NEGATION = re.compile(r"(?<![能是可会要行有])(?:不(?!是吗|同|过|久|仅)|没有?|无法|未|别(?!人|的)|无)")
_OPEN = re.compile(r"能不能|是不是|可不可以|会不会|要不要|行不行|有没有|是否|对不对|好不好")
_CODES = re.compile(r"[a-z]+[0-9]+[a-z0-9]*|[0-9]+[a-z]*|[a-z]{2,}")
_NUMBERS = re.compile(r"[0-9]{3,}[a-z]?[0-9]*")
_CHINESE_NUMBER = re.compile(r"第?[一二三四五六七八九十百两]+(?=[年月日号天次张个元万级类试种档期批])")
# Pairs that swap the meaning though all else is alike.
_OPPOSITES = [
    (re.compile(a), re.compile(b))
    for a, b in (
        (r"开通|开启|打开|启用|激活", r"关闭|取消|注销|停用|关掉|解除|撤销"),
        (r"绑定", r"解绑|解除"),
        (r"登[录陆]|登入", r"退出|登出"),
        (r"转入|存入|买入|申购|充值|存钱|买", r"转出|取出|卖出|赎回|提现|取钱|卖"),
        (r"增加|添加|新增|提高|调高", r"减少|删除|降低|调低|去掉"),
        (r"收款|收到|收入", r"付款|支付|支出|汇款"),
        (r"个人", r"企业|公司|单位|对公"),
        (r"借记卡|储蓄卡", r"信用卡|贷记卡"),
        (r"国内|境内", r"国外|境外|海外"),
        (r"之前|以前|提前", r"之后|以后|逾期|过期"),
        (r"成功", r"失败|不成功"),
        (r"修改|更改|变更|更换", r"忘记|找回|丢失|遗忘"),
    )
]

# One search tells that no side is named, as in most texts; the 24 would cost 12 µs.
_ANY_SIDE = re.compile("|".join(side.pattern for pair in _OPPOSITES for side in pair))

# Said out of courtesy or habit, at the ends of compact text; without it a long greeting would count as unknown words.
_HEAD = re.compile(
    r"^(?:喂|急{2,}|在线等|嗯+|呃+|哎|唉|诶|哦|那个|那么|就是说|就是(?=我|那)|你好啊?|您好|老师们?[你您]?好|亲(?=[你您请我想])|"
    r"(?:我?想|我要|我就想)(?:请?问|咨询|了解|请教|知道)(?:一下|一问|下)?(?:子|哈|啊|[你您])?|"
    r"(?:请问|问|咨询|了解|请教)(?:一下|下)(?:子|哈|啊|[你您])?|请问|请教|不好意思|打扰(?:一下|了)?|麻烦(?:问|看|告诉我)?一下|帮我看看|有?谁知道)+"
)
_TAIL = re.compile(
    r"(?:谢谢[你您啦了]?(?:老师)?|多谢|感谢|麻烦[你您]?了|呢|啊|呀|哈|哦|噢|哟|(?<!干)嘛|啦|急{2,}+|在线等|求解答?){1,8}$"
)

_TAIL_LENGTH = 30


def without_courtesy(key: str) -> str:
    """Compact text less greetings and fillers at its ends; as it was when hardly anything would be left."""
    rest = _HEAD.sub("", key)
    # The end alone is searched: over a whole long message of 急急急… the search would take the square of its length.
    rest = rest[:-_TAIL_LENGTH] + _TAIL.sub("", rest[-_TAIL_LENGTH:])
    return rest if len(rest) >= 3 else key


@dataclass(frozen=True, slots=True)
class Wording:
    """`left`, `right`: bit sets of the sides of opposites that are named;
    `codes`: brands, codes and numbers; `numbers`: those of three digits and more (years, error codes, hotlines)."""

    negated: bool
    codes: frozenset[str]
    numbers: frozenset[str]
    left: int
    right: int


def wording_of(key: str) -> Wording:
    """Reads compact text. All empty for ""."""
    sided = _ANY_SIDE.search(key) is not None
    codes = _CODES.findall(key) + _CHINESE_NUMBER.findall(key)
    return Wording(
        negated=_NEGATION.search(_OPEN.sub("", key)) is not None,
        codes=frozenset(codes),
        numbers=frozenset(_NUMBERS.findall(key)),
        left=sum(1 << bit for bit, (left, _) in enumerate(_OPPOSITES) if left.search(key)) if sided else 0,
        right=sum(1 << bit for bit, (_, right) in enumerate(_OPPOSITES) if right.search(key)) if sided else 0,
    )


class Wordings:
    """The wordings of all texts as arrays, to compare a question with many at once."""

    def __init__(self, wordings: Sequence[Wording]) -> None:
        self._negated = np.array([wording.negated for wording in wordings], dtype=bool)
        self._left = np.array([wording.left for wording in wordings], dtype=np.uint32)
        self._right = np.array([wording.right for wording in wordings], dtype=np.uint32)
        self._codes = [wording.codes for wording in wordings]
        self._coded = np.array([len(wording.codes) for wording in wordings])
        self._numbers = [wording.numbers for wording in wordings]

    def contrasts(self, query: Wording, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Array (CONTRASTS, rows): how `query` differs from each of `rows`; all of it >= 0."""
        table = np.zeros((len(CONTRASTS), len(rows)))
        table[0] = self._negated[rows] != query.negated
        table[2] = self._coded[rows]
        if query.left or query.right:
            # A side named alone on one hand, its opposite alone on the other.
            left, right = self._left[rows], self._right[rows]
            query_left, query_right = query.left & ~query.right, query.right & ~query.left
            table[3] = np.bitwise_count((left & ~right & query_right) | (right & ~left & query_left))
        if query.codes:
            places = rows.tolist()
            codes = [self._codes[place] for place in places]
            numbers = [self._numbers[place] for place in places]
            table[1] = [len(query.codes - own) for own in codes]
            table[2] = [len(own - query.codes) for own in codes]
            table[4] = [len(own & query.numbers) for own in numbers]
        return table


CONTRASTS = (
    "negation",
    "codes_missing",
    "codes_added",
    "opposite",
    "number_shared",
)
