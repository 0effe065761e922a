"""The blanks of a worded answer ({网上报名.截止}, {线上审核.现在}, {考点}), filled from the schedule of its own notice and from the clock. Pure."""

from __future__ import annotations

import re
from datetime import datetime

from bot.answers import wording
from bot.answers.another_year import BLANK, CLOCKED, LATELY, NOW, OPEN, STATE, other_year
from bot.answers.clock import UNSTATED, as_of_now, how_far, of_another, open_state, state_of
from bot.answers.on_file import of_exam, on_file
from bot.answers.parts import windows_for
from bot.answers.remarks import as_before, ends_with
from bot.answers.sites import sites
from bot.dialogue.decision import Decision
from bot.dialogue.lookup import Told, coming_year, tell_review
from bot.knowledge.model import Answer, Knowledge
from bot.schedule.stages import REVIEWS
from bot.text.replacing import replace

# Words that own that nothing is written of the time after: then a blank says how far it is, and no 不能 for later
_LATER_UNKNOWN = re.compile(r"能(?:不能|否)[^。]{0,6}[，,]?公告没有写|公告没有写[^。]{0,8}能(?:否|不能)")
_NOTHING = "\0"  # what a blank with nothing to tell leaves, so that its line is left out


def fill(text: str, answer: Answer, decision: Decision, kb: Knowledge, now: datetime) -> str:
    """`text` with its blanks filled; a line of which a blank has nothing to tell is left out."""
    years: set[int] = set()  # that were said; said once, a year need not stand in every step
    # … unless days of another year may stand between the lines; under the head of a list none do
    listed = text.partition("\n")[0].endswith("：")
    notice = answer.notice
    every = not listed and notice is not None and other_year(notice, decision, kb, now) is not None

    def blank(found: re.Match[str]) -> str:
        name, end = found[1], found[2]
        if name == "考点":
            return sites(decision, kb)
        if name == "收录" and end == "本年":
            return of_exam(kb, decision.region, decision.asked_year or coming_year(kb, now), now)
        if name == "收录":
            return on_file(kb, decision.region, now)
        if end in CLOCKED:
            said = _as_of_now(text, name, end, decision, kb, now)
            named = text[: found.start()][-1:].isalnum()  # 网上报名{网上报名.状态}
            return UNSTATED if named and said.endswith(UNSTATED) else said
        return _window(name, end, answer, decision, kb, now, years, every)

    filled = BLANK.sub(blank, text)
    return "\n".join(line for line in filled.split("\n") if _NOTHING not in line)


def clocked_windows(text: str, decision: Decision, kb: Knowledge, now: datetime) -> list[Told]:
    """The windows on which `text` speaks as of now, by the candidate's own newest notice: {网上报名.现在}, {二试报名.近况}."""
    blanks = [(found[1], found[2]) for found in BLANK.finditer(text) if found[2] in CLOCKED]
    told = [(end, tell_review(kb, decision.region, name, decision.asked_year, now)) for name, end in blanks]
    if decision.asked_year is None:
        told = [(end, ends_with(item, kb, now) or item) for end, item in told]
    silent = {LATELY: state_of, OPEN: open_state}
    return [item for end, item in told if end not in silent or silent[end](item, now)]


def _as_of_now(text: str, name: str, end: str, decision: Decision, kb: Knowledge, now: datetime) -> str:
    """What the clock says of the stage `name`, by the candidate's own newest notice."""
    told = tell_review(kb, decision.region, name, decision.asked_year, now)
    if end == STATE and not told.stated:
        told = tell_review(kb, decision.region, name, None, now)  # the newest on file, its year with it
    if end == OPEN:
        return open_state(told, now) or _NOTHING
    due = ends_with(told, kb, now) if decision.asked_year is None else None
    if due is not None:
        return as_before(told, due, now).rstrip("。")
    if end == LATELY:
        return state_of(told, now) or _NOTHING
    judge = of_another if told.stage != name else as_of_now if end == NOW else how_far
    # 审核的时候还能换不: late for the papers, and not for the review
    unknown = _LATER_UNKNOWN.search(text) or (decision.at_review and name in REVIEWS)
    asked = replace(decision, late=False) if unknown else decision
    own = decision.entry.stages if decision.entry is not None else ()
    if decision.presumes and own and name not in own:  # 3月5号前要去现场审核, of the upload beside it
        asked = replace(asked, presumes="", day=None)
    return judge(told, asked, now)


def _window(
    name: str,
    end: str | None,
    answer: Answer,
    decision: Decision,
    kb: Knowledge,
    now: datetime,
    years: set[int],
    every: bool,
) -> str:
    """The window of the stage `name` in the answer's own notice, or one end of it; its year joins `years`.

    Args:
        every: say the year although it was said before.
    """
    notice = answer.notice
    if notice is None or notice.year is None:
        return "（时间见公告）"
    cell = kb.cell(notice.region, name, notice.year, now)
    if cell is None or not cell.windows:
        return "（公告没有写时间）"
    windows = windows_for(cell.windows, decision.audience) or cell.windows
    ends = {"开始": (windows[0].opens,), "截止": (windows[0].closes,)}.get(
        end or "", tuple(moment for window in windows for moment in (window.opens, window.closes))
    )
    new = every or not {moment.day.year for moment in ends} <= years
    years.update(moment.day.year for moment in ends)
    if end:
        return wording.moment(ends[0], year=new)
    return "；".join(wording.window(window, year=new) for window in windows)
