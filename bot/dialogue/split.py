"""Two questions in one message, taken apart where each half asks something of its own. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from bot.text.query import Query

_BORDER = re.compile(r"[?？。;；!！\n]+|[,，、+＋\s]+|还有(?!几|多|好久|好多)|另外|和|跟|与|顺便|以及|然后")
# 他要去哪里审核带什么: two questions with nothing between them
_RUN_ON = re.compile(
    r"(?<=[核认名费试交传报里儿哪钱])(?=(?:要|该|需要|得)?(?:带(?:什么|啥|哪些|些)|多少钱|(?:几号|什么时候|啥时候|哪天)(?:截止|交|缴)|怎么[交缴]))"
)
# 我签字了现场审核 发现学历填错了 能改不: what was done, and what is asked of it
_SIGNED = re.compile(r"(?<!没)(?<!未)签(?:了|完|过)?[字名][^?？]{2,30}改")
_EITHER = re.compile(
    r"^\W*(?:是|去|在)?(?:现场|线上|网上|线下|手机)[^,。?!]{0,4}还是"
)  # 怎么交 现场还是网上: one question
_HOW_IT_WENT = re.compile(
    r"^\W*(?:到底|究竟|我)?(?:过|通过)了?(?:没|吗|不|么)"
)  # 审核结果咋查 过了没: one question
_ASKING = re.compile(
    r"[?吗么几哪咋啥撒怎]|什么|(?:多|好)(?:少|多|久|大|长|远)|(?P<verb>[\u4e00-\u9fff])不(?P=verb)|不(?:嘛|哦|呢|啊)?\W*$|没(?:得|有)?\W*$"
)
# no question that stands alone: a condition, a complaint (咋单位还要收)
_LEANS = re.compile(r"^[那, ]*(?:要是|如果|万一|假如)|^[那, ]*(?:咋个?|怎么)[^,。?!]{0,4}(?:还|又)")
_CLAUSE = 4  # characters from which a clause may be a question that stands alone
MOST = 2  # more than two answers is a wall of text on a phone


def split(text: str, read: Callable[[str], Query]) -> list[str]:
    """The questions in `text`, at most MOST; [text] when it is one.

    A part counts as a question when it has an aspect of its own (时间, 材料, 流程 …) or asks against the clock, and says
    something to hang it on: a stage, a subject, or a word of its own. Parts that don't are joined to the one before.
    """
    if _SIGNED.search(text):
        return [text]
    parts = [part for part in _BORDER.split(_RUN_ON.sub(" ", text)) if part and part.strip()]
    if len(parts) < 2:
        return [text]
    asking = _asking(parts, read)
    questions: list[tuple[str, bool]] = []
    for part in parts if asking else ():
        goes_on = "结果" in questions[-1][0] and _HOW_IT_WENT.match(part) if questions else None
        asks = part in asking and not (goes_on or (questions and _EITHER.match(part)))
        if questions and (not asks or not questions[-1][1]):
            joined, before = questions[-1]
            questions[-1] = (f"{joined} {part}", before or asks)
        else:
            questions.append((part, asks))
    whole = [question for question, asks in questions if asks]
    return whole if len(questions) == len(whole) and 1 < len(whole) <= MOST else [text]


def halves(text: str) -> list[tuple[str, str]]:
    """Each way to take `text` apart at a border into two that both have the form of a question, the last border first."""
    cuts = [(text[: found.start()], text[found.end() :]) for found in _BORDER.finditer(text)]
    return [cut for cut in reversed(cuts) if all(_ends_in_question(part) for part in cut)]


def clauses(text: str) -> list[str]:
    """Its parts between borders; [] where there is only one."""
    parts = [part for part in _BORDER.split(text) if part and part.strip()]
    return parts if len(parts) > 1 else []


def _ends_in_question(part: str) -> bool:
    """Whether its last clause is put as a question: 老师问啥都答不出来 丢死人 is a story."""
    last = _BORDER.split(part.rstrip(" ?？。,，!！呢"))[-1]
    if _EITHER.match(last):
        return False
    return len(last) >= _CLAUSE and has_form_of_question(last) and not _LEANS.match(last)


def has_form_of_question(text: str) -> bool:
    """Whether it is put as a question, whatever it asks: 密码忘了咋整, 可以退不."""
    return _ASKING.search(text) is not None


def _asking(parts: Sequence[str], read: Callable[[str], Query]) -> frozenset[str]:
    """The parts that ask; none where only one does. The short ones, which seldom do, are read first: often the long need not be."""
    found: set[str] = set()
    ordered = sorted(parts, key=len)
    for place, part in enumerate(ordered):
        if len(found) + len(parts) - place < MOST:
            return frozenset()
        query = read(part)
        goes_on = part.strip().endswith("呢") and bool(query.subjects or query.stages)  # 怎么报名，二试呢
        if set(query.asks) - {"错过"} or query.verdict or goes_on:
            found.add(part)
    return frozenset(found)
