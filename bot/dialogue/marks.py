"""A mark that a candidate tells, put beside the lines on file: 我综合考了342 过没, 技能58. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.knowledge.model import ASSISTANT, DOCTOR, SKILLS

_MARK = re.compile(
    r"(?<![\d差少扣缺多约前])(?<!差了)(?<!才差)(?P<mark>[1-6]?\d\d)(?:分|(?![\d:点年月号日天人次个块元%]))(?!钟|之|差)"
)
_OF_SKILLS = re.compile(r"技能|操作|实操|实践")
_OF_WRITTEN = re.compile(r"综合|笔试|一试|二试|机考|理论")
_MOST_SKILLS = 100  # full marks of 技能
# 合格线是不是360, 执业要多少分: the line is asked for
_ASKS_THE_LINE = re.compile(
    r"(?:降|调|提|涨|改|变)(?:低|高)?(?:到|成|为|至)了?\d{2,3}|合格线|分数线|及格线|[线要是](?:不是)?(?:多少|好多|几)|(?:要|需要|得(?!行)|考到|达到)[^,。?!]{0,4}\d|听[^,。?!]{0,4}说|是不是(?:要|得)?\d|还是(?:助理|执业)|\d分?是(?:助理|执业)|民族医|[藏蒙维傣朝壮]医"
)


def judged(said: str, before: str, level: str | None, lines: Mapping[str, int]) -> str:
    """What the mark that is told is worth by `lines` (of PASS_MARKS); "" where none is, or the line itself is asked for.

    Args:
        said: the message. before: the question that it goes on with, "" for none. level: 执业医师 or 执业助理医师, None where it is not known.
    """
    whole = f"{before} {said}"
    found = _MARK.search(said) or _MARK.search(before)
    if found is None or _ASKS_THE_LINE.search(whole):
        return ""
    mark, written = int(found["mark"]), _OF_WRITTEN.search(whole) is not None
    if mark <= _MOST_SKILLS:  # else of which test it is may not be known
        skills = _OF_SKILLS.search(whole) is not None and not written
        every = [_put(mark, SKILLS, "技能", lines)] if skills else []
    elif level is not None:
        every = [_put(mark, ASSISTANT if "助理" in level else DOCTOR, level, lines)]
    else:
        every = [_put(mark, DOCTOR, "执业医师", lines), _put(mark, ASSISTANT, "执业助理医师", lines)]
    return f"按收录到的线，{'；'.join(every)}。" if every and all(every) else ""


def fails_skills(said: str, lines: Mapping[str, int]) -> bool:
    """Whether a 技能 mark of one's own is told that is below the line: 技能考了58."""
    found, line = _MARK.search(said), lines.get(SKILLS)
    if found is None or line is None or _ASKS_THE_LINE.search(said) or _OF_WRITTEN.search(said):
        return False
    return _OF_SKILLS.search(said) is not None and int(found["mark"]) < line


def _put(mark: int, test: str, name: str, lines: Mapping[str, int]) -> str:
    line = lines.get(test)
    if line is None:
        return ""
    short = line - mark
    return (
        f"{name}没到 {line} 分，差 {short} 分，没过" if short > 0 else f"{name} {line} 分合格，{mark} 分过了"
    )
