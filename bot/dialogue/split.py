"""Two questions in one message, taken apart where each half asks something of its own. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from bot.text.query import Query

_BORDER = re.compile(r"[?？。;；!！\n]+|[,，、+＋\s]+|还有|另外|和|跟|与|顺便|以及|然后")
# 他要去哪里审核带什么: two questions with nothing between them
_RUN_ON = re.compile(
    r"(?<=[核认名费试交传报里儿哪钱])(?=(?:要|该|需要|得)?(?:带(?:什么|啥|哪些|些)|多少钱|(?:几号|什么时候|啥时候|哪天)(?:截止|交|缴)|怎么[交缴]))"
)
# 我签字了现场审核 发现学历填错了 能改不: what was done, and what is asked of it
_SIGNED = re.compile(r"(?<!没)(?<!未)签(?:了|完|过)?[字名][^?？]{2,30}改")
_HOW_IT_WENT = re.compile(
    r"^\W*(?:到底|究竟|我)?(?:过|通过)了?(?:没|吗|不|么)"
)  # 审核结果咋查 过了没: one question
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
        asks = part in asking and not (questions and "结果" in questions[-1][0] and _HOW_IT_WENT.match(part))
        if questions and (not asks or not questions[-1][1]):
            joined, before = questions[-1]
            questions[-1] = (f"{joined} {part}", before or asks)
        else:
            questions.append((part, asks))
    whole = [question for question, asks in questions if asks]
    return whole if len(questions) == len(whole) and 1 < len(whole) <= MOST else [text]


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
