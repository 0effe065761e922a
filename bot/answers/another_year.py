"""What must be said of a worded answer whose notice is of another year than the one in question, or has aged. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from bot.answers import wording
from bot.answers.parts import sources
from bot.dialogue.decision import Decision
from bot.dialogue.lookup import coming_year, reviews_some, tell
from bot.knowledge.model import NATION, Knowledge, Notice
from bot.schedule.deadlines import Phase, today
from bot.schedule.stages import REGISTRATION, REVIEWS, TITLES, UPLOAD
from bot.text.whose import SOLDIER

_STEPS = re.compile(r"^\d\. ", re.M)
BLANK = re.compile(r"\{([^{}.]+)(?:\.([^{}]+))?\}")
# The ends of blanks that say what the clock allows, how far a window is, how far this year's is, and the same while it is open.
CLOCKED = NOW, STATE, LATELY, OPEN = "现在", "状态", "近况", "开着"


def other_year(notice: Notice, decision: Decision, kb: Knowledge, now: datetime) -> int | None:
    """The year in question, where the words of `notice` are of another one; None where they are of this, or of no year."""
    own = kb.years_known(notice.region, now)
    latest = max(coming_year(kb, now), *own[:1], kb.newest_year(now) or 0)
    stale = notice.year is not None and (kb.newest_year(now) or 0) > notice.year
    newest = latest if stale or (own and own[0] != notice.year) else notice.year
    asked = decision.asked_year or newest
    return None if notice.year is None or asked == notice.year else asked


def of_year(
    lines: Sequence[str],
    days: Sequence[str],
    notice: Notice,
    decision: Decision,
    kb: Knowledge,
    now: datetime,
) -> list[str]:
    """`lines` with what must be said where they are of another year than the one in question; [] where they are not.

    The answer stays the first line, its year with it; only what heads a list is no answer yet, and comes after.
    """
    asked = other_year(notice, decision, kb, now)
    if asked is None:
        return []
    head, _, rest = lines[0].partition("\n")
    bare = head.removeprefix(f"{notice.region}：")
    # said in the title where regions stand side by side
    region = "" if decision.compared or bare.startswith(notice.region) else notice.region
    if head.endswith("："):
        first = (
            f"{asked} 年度的步骤没有收录。以下是{region} {notice.year} 年度的，时间以 {asked} 年度公告为准："
        )
        return [*days, first, *lines]
    unknown = f"{asked} 年度的步骤没有收录，以 {asked} 年度公告为准。"
    if f"{asked} 年" in head:  # what the clock says of this year's
        unknown = f"以下是{region} {notice.year} 年度的；{unknown}"
    else:
        head = f"{region} {notice.year} 年度：{bare}".lstrip()
    return [line for line in (head, unknown, *days, rest, *lines[1:]) if line]


def days_of(
    notice: Notice, text: str, decision: Decision, kb: Knowledge, now: datetime
) -> tuple[list[str], list[Notice]]:
    """The days of the year in question, where `text` tells those of another and this region has them, and the notices they are from."""
    asked = other_year(notice, decision, kb, now)
    if asked is None:
        return [], []
    names = dict.fromkeys(found[1] for found in BLANK.finditer(text) if found[2] not in CLOCKED)
    if "现场审核" in names and decision.audience != SOLDIER:
        names["线上审核"] = None  # which of the two a review is differs from year to year
    papers = decision.entry is not None and decision.entry.stages == (UPLOAD,)
    if papers and decision.region and not tell(kb, decision.region, UPLOAD, asked, now).stated:
        names[REGISTRATION] = None  # which is when they are uploaded
    if decision.compared and _STEPS.search(text):
        return [], []  # of several regions' steps each is long enough
    told = [tell(kb, decision.region, name, asked, now) for name in names]
    if decision.audience == SOLDIER:  # theirs is on site, which the region's own notice may leave out
        told += [
            tell(kb, NATION, item.stage, asked, now)
            for item in told
            if item.stage == "现场审核" and not item.stated
        ]
    known = [
        (item, item.cell)
        for item in told
        if item.cell is not None
        and item.stated
        # the nation's review on site is not that of a region which calls only some there
        and (
            item.level == item.region
            or item.stage not in REVIEWS
            or decision.audience == SOLDIER
            or not reviews_some(kb, item.region, asked, now)
        )
    ]
    days: dict[str, list[str]] = {}  # by whose they are
    for item, cell in known:
        days.setdefault(item.level, []).extend(
            f"{TITLES[item.stage]} {wording.window(window)}，{wording.short(window, now)}"
            for window in cell.windows
        )
    said = [f"{level} {asked} 年度收录了时间的：{'；'.join(told)}。" for level, told in days.items() if told]
    return said, [cell.notice for _, cell in known]


def nations(decision: Decision, kb: Knowledge, now: datetime) -> list[str]:
    """What the nation's notice tells of the one step of the entry, and where it stands, while the region's own is not out; [] for none."""
    stages = decision.entry.stages if decision.entry is not None else ()
    if len(stages) != 1 or decision.region is None:
        return []
    item = tell(kb, decision.region, stages[0], decision.asked_year or coming_year(kb, now), now)
    if item.cell is None or not item.stated:
        return []
    days = "；".join(f"{wording.window(each)}，{wording.short(each, now)}" for each in item.cell.windows)
    known = f"已经公布的：{item.level} {item.year} 年度{TITLES[item.stage]} {days}。"
    return [known, *sources([item.cell.notice], kb, now)]


def aging(notice: Notice, text: str, kb: Knowledge, now: datetime) -> list[str]:
    """What has become of a worded answer since: newer notices may say otherwise, or all of its days are over."""
    if notice.year is None:
        return []
    lines = []
    if (kb.newest_year(now) or 0) > notice.year:
        lines.append(f"以上按 {notice.year} 年度公告，这一条以后年度的没有收录，以新公告为准。")
    windows = {
        window: found[1]
        for found in BLANK.finditer(text)
        if found[2] not in (NOW, STATE)
        if (cell := kb.cell(notice.region, found[1], notice.year, now)) is not None
        for window in cell.windows
    }
    judged = any(found[2] in (NOW, STATE) for found in BLANK.finditer(text))  # 不能了 says it already
    if windows and not judged and all(window.phase_at(now) is Phase.CLOSED for window in windows):
        stages = dict.fromkeys(TITLES[stage] for stage in windows.values())
        # where newer notices are on file, or this year's is still to come, there may be days to come
        of = f"{notice.year} 年度" if lines or notice.year < today(now).year else ""
        lines.append(
            f"{of}{'、'.join(stages)}的时间已经过了。"
        )  # by name: a step beside them may still be open
    return lines
