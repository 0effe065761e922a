"""Which tests, which deeds and which aspects a message names, by the words of the lists; understand.py puts them together. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.text import past, sentence, tense
from bot.text.scan import Found

Names = Mapping[str, Sequence[str]]
"""Kind of word -> what is named of it, in order of the text."""

_YES_OR_NO = re.compile(r"(?:能|可以|要|用|需要|算|行).{0,12}(?:吗|(?<!什)么|不|没|嘛)\W*$")
_PAYS = re.compile(r"[缴交付]费|考试费|报名费")
_NOT = re.compile(r"(?<!是)不是$|不问$|不要$")
# 在重庆规培, 规培生: where somebody works, not which exam is asked about.
_TRAINING = re.compile(
    r"(?:在|正|这边|那边|医院)[^,. ]{0,6}(?:规培|住培)(?!报|考|招|结业)|(?:规培|住培)(?:是|都|也)?在|(?:规培|住培)(?:生|学员|期间|单位|医院|基地|第[一二三]年|[一二三]年|在读|中|完|结束|过|满|半年|(?:还|才|刚|已经|也)*(?:没|不|未)?(?:满|到|够|结束|完)|的(?=[\s,又也咋怎要能可需呢]|\W*$))|(?:规培|住培)(?=[,. ;!]|$)(?=[^?]*(?:执业|医师|助理|户口|单位|考点|够|报考|能报|能考|我))"
)
_WHEN_IT_IS = re.compile(
    r"[交缴报审](?:费|名|核)?(?:完|过|好|成功)?了[^?!]{0,6}(?:什么时候|啥时候|几号|好久|哪天|几时)(?:能|才|去|开始)?考(?:试|技能|综合|$|\W)"
)
TRAINING = ("规培", "住培")
# 现在专升本临床毕业了: their own schooling
_SCHOOLED = re.compile(
    r"(?:专升本|自考)[^,。?!]{0,6}(?:毕业|学历|文凭|读完|出来)|(?:读|念|上)(?:的|了|过)(?:专升本|自考)"
)
_PAIR = 2  # deeds; three and more are a list


def unique(names: Sequence[str] | None) -> tuple[str, ...]:
    """In order, without repeats."""
    return tuple(dict.fromkeys(names or ()))


def names_of(rest: str, found: Sequence[Found]) -> dict[str, list[str]]:
    """What the words found name, less those that ask nothing where they stand."""
    names: dict[str, list[str]] = {}
    for item in found:
        for tag in item.tags:
            if tag.kind == "问法" and tense.only_tells(rest, item):
                continue
            if tag.kind == "判断" and tense.on_condition(rest, item):
                continue
            names.setdefault(tag.kind, []).append(tag.name)
    return names


def subjects(rest: str, found: Sequence[Found], names: Names) -> tuple[str, ...]:
    """The tests that are asked about: not those ruled out, only told of, or behind the candidate."""
    ruled_out = {
        tag.name
        for item in found
        for tag in item.tags
        if tag.kind == "科目" and _NOT.search(rest[: item.start])
    }
    ruled_out |= sentence.told_of(rest, found, unique(names.get("科目")))
    ruled_out |= {"二试"} if sentence.is_behind(rest) else set()
    return tuple(name for name in unique(names.get("科目")) if name not in ruled_out)


def actions(rest: str, found: list[Found], names: Names) -> tuple[tuple[str, ...], bool]:
    """The deeds that are asked about, and whether others are told of as done."""
    named = unique(names.get("动作"))
    if len(named) > 1 and _WHEN_IT_IS.search(rest):
        return ("考试",), True  # 一试费交了 什么时候考试
    if len(named) > 1:
        named = _without(named, "考试")
    if _PAYS.search(rest) and not any(item.word.endswith(("审", "审核", "确认")) for item in found):
        named = _without(named, "现场审核")  # 到现场去交: a place, not the stage
    if {"现场审核", "上传"} <= set(named) and sentence.hands_in_on_site(rest):
        named = _without(named, "上传")
    if len(named) > 1 and tense.has_registered(rest):
        named = _without(named, "报名")
    behind = tense.done(rest, found) if len(named) > 1 else ()
    if behind:
        named = tuple(action for action in named if action not in behind) or named
    if len(named) == _PAIR:
        named = sentence.without_modifying(named, rest, found)
    if len(named) > 1 and {"线上审核", "现场审核"} & set(named):
        named = _without(named, "审核")
    return named, bool(behind)


def aspects(
    text: str, rest: str, names: Names, named: tuple[str, ...], put: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is asked of them, and the deeds once more: 是线上还是现场 means both reviews.

    Args:
        text, rest: with and without its days. named: the deeds. put: two days are put to choose from.
    """
    asks = unique([*names.get("问法", ()), *(["是否"] if _YES_OR_NO.search(rest) else ())])
    if named and sentence.asks_which_is_earlier(rest):
        asks = unique([*_without(asks, "地点"), "时间"])  # 哪边先审 asks for no place
    if tense.was_missed(rest, names.get("同义", ())):
        asks = unique([*asks, "错过"])
    if "错过" in asks and "时间" in asks and past.was_missed(text):
        asks = _without(asks, "错过")
    if sentence.tells_score(rest):
        asks = unique([*asks, "分数"])
    if sentence.asks_order(rest):
        asks = unique([*asks, "流程"])
    if sentence.asks_which_review(rest):
        asks, named = unique([*asks, "条件"]), ("线上审核", "现场审核")
    if not asks and sentence.asks_where(rest):
        asks = ("地点",)
    if "公布" in asks:
        asks = unique([*asks, "时间"])
    aside = tense.aside(text) or next((name for name in asks if name in ("结果", "钟点")), "")
    if aside:  # 好久出结果: of no window
        asks = unique([aside, *_without(asks, "时间", "是否")])
    if put and named and not asks:
        asks = ("时间",)  # 技能缴费是9号还是10号
    if tense.out_yet(rest):
        asks = unique(["时间", *_without(asks, "是否")])
    return asks, named


def other_exams(text: str, names: Names) -> list[str]:
    """The exams of others that are named as such, and not as where one works or since when."""
    left_out: set[str] = set()
    if _TRAINING.search(text):
        left_out |= set(TRAINING)
    if _SCHOOLED.search(text):
        left_out |= {"专升本", "自考"}
    if sentence.counts_years(text):
        left_out.add("年审")
    if sentence.is_a_job(text):
        left_out.add("军队文职")
    return [name for name in names.get("其他考试", ()) if name not in left_out]


def says_who_trains(text: str) -> bool:
    """Whether 规培 in it says who asks."""
    return _TRAINING.search(text) is not None


def _without(names: Sequence[str], *gone: str) -> tuple[str, ...]:
    return tuple(name for name in names if name not in gone)
