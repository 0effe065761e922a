"""A 时间 answer in words: the state of the clock first, then the windows, then what is not on file, then the source. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from bot.answers import wording
from bot.answers.clock import label, lead, open_state
from bot.answers.gathered import (
    is_over,
    is_past,
    newest_first,
    together,
)
from bot.answers.headline import all_over, first_due, headline
from bot.answers.parts import sources, windows_for
from bot.answers.remarks import (
    all_national,
    as_before,
    ends_with,
    freshness,
    older_beside,
    otherwise_here,
    passed_over,
    past_years,
    silences,
)
from bot.dialogue.decision import Decision
from bot.dialogue.lookup import Told, tell
from bot.knowledge.model import NATION, NEXT, Knowledge, Notice
from bot.schedule.deadlines import Phase, today
from bot.schedule.stages import EXAMS, REGISTRATION, SECOND, TITLES
from bot.text.replacing import replace
from bot.text.statuses import PASSED

_SPARED_OF = frozenset({"技能缴费", "技能考试"})  # of which some kinds are spared, whatever its days
_MAX_SILENT = 2  # stages whose past windows have a line each; more are told a year a line
_DAYS = re.compile(r"\d 日")
_WITH_NOTES = 3  # stages in one reply up to which each may add its note; more would be a wall of text


def timed(decision: Decision, kb: Knowledge, now: datetime) -> list[str]:
    """The schedule's answer: the state first, then the windows, then what is not on file, then the source."""
    stated = [told for told in decision.told if told.stated]
    after = f"{TITLES[decision.after]}之后：" if decision.after else ""
    lines: list[str] = [after] if after else []
    aside: list[Notice] = []  # whose days are told beside those asked for
    lines += ["不是二试：二试要另外报名、另外缴费。"] if decision.no_second else []
    lines += _same_for_both(decision) if stated else []
    lines += [*_spared(decision), *_not_theirs(decision), *_theirs_unknown(decision)]
    lines += _done(decision, kb, now)
    otherwise = [line for told in decision.told if (line := otherwise_here(told))]
    if len(decision.told) == 1:
        is_next = decision.entry is not None and decision.entry.asks == NEXT and not decision.after
        over = is_next and is_over(decision, now)
        lines += [all_over(decision, kb, now), "收录到的最后一步："] if over else []
        due = ends_with(decision.told[0], kb, now) if decision.asked_year is None else None
        if due is not None and due.cell is not None:
            lines.append(as_before(decision.told[0], due, now))
            aside.append(due.cell.notice)
        judged = decision.verdict or decision.clocked or decision.put or decision.hour
        if is_past(decision, now) and not (due or judged or over):
            lines.append(f"{today(now).year} 年度的还没有公布或没有收录，最近收录到的是：")
        said = _one_stage(decision.told[0], decision, now)
        lines += [*said[:2], *otherwise, *said[2:]] if decision.verdict else [*otherwise, *said]
    else:
        is_next = decision.entry is not None and decision.entry.asks == NEXT and not decision.after
        lines += [
            _ended(told)
            for told in stated
            if is_next and stated == list(decision.told) and is_over(replace(decision, told=(told,)), now)
        ]
        # not where a test of unknown date comes first, or a fee of unknown date last
        comes = is_next or (bool(after) and decision.told[0].stated and decision.told[-1].stated)
        put_forward = decision.put or decision.hour or (decision.presumes and decision.day is not None)
        if stated and (decision.verdict or decision.clocked or put_forward or comes):
            first = headline(decision, kb, now, comes)
            lines = [after + first] if lines == [after] else [*lines, first]
        elif is_past(decision, now):
            lines.append(f"{today(now).year} 年度的还没有公布或没有收录。最近收录到的，都已截止：")
        lines += otherwise
        shared = _shared(stated)
        if shared:
            lines.append(f"{stated[0].level} {stated[0].year} 年度：")
        for name, told in together(newest_first(decision.told, decision.asked_year), decision.audience):
            lines += _stage_line(told, decision.audience, now, shared, name)
        lines += passed_over(decision.told, decision.asked_year)
        if len(decision.told) <= _WITH_NOTES and not is_next and not is_over(decision, now):
            # A window that says for whom it is needs no note that says so again.
            lines += [
                f"{TITLES[t.stage]}：{t.cell.note}" if len(stated) > 1 else t.cell.note
                for t in stated
                if t.cell and t.cell.note and not any(w.audience for w in t.cell.windows)
            ]
    before = _registers_first(decision, kb, now)
    if before is not None and before.cell is not None:
        lines.append(f"今年要考的先报今年的名：网上报名 {open_state(before, now)}。")
        aside.append(before.cell.notice)
    lines += _pilots(decision)
    lines += _hourless(decision, now)
    lines += silences(decision, kb, now)
    if decision.publishing and not stated:
        lines.append("什么时候公布，也没有写。")
    alone = len(decision.told) == 1
    seen = [replace(told, history=None) if decision.beside else told for told in decision.told]
    if len(seen) > _MAX_SILENT and not stated:
        lines += past_years(seen, now)
    elif alone or not any(told.stated and told.level != told.region for told in seen):
        for told in seen:
            line = older_beside(told, now, alone, brief=decision.clocked)
            lines += [line] if line else []
            aside += _history_notices([told]) if _DAYS.search(line) else []
    else:
        lines += all_national(seen)
    lines = list(dict.fromkeys(lines))
    lines += [] if decision.beside or decision.compared else freshness(decision, kb, now)
    lines += sources(
        [told.cell.notice for told in decision.told if told.cell is not None] + aside
        or _history_notices(seen),
        kb,
        now,
    )
    return lines


def _spared(decision: Decision) -> list[str]:
    """That a fee is not this candidate's; of those who passed last year, only who did so at a 国家基地 are spared it."""
    if not decision.spared:
        return []
    fee = f"{TITLES[decision.spared].removesuffix('缴费')}费"
    if decision.audience == PASSED:
        return [
            f"在国家实践技能考试基地合格的，不用缴{fee}。",
            f"不是在国家基地考的，照样考技能、缴{fee}。",
        ]
    return [f"不用缴{fee}。"]


def _done(decision: Decision, kb: Knowledge, now: datetime) -> list[str]:
    """What its note says of the stage that those told come after, where not all candidates do it alike (重庆: 初审，then 复审); after the registration, what is printed."""
    if not decision.after or decision.region is None:
        return []
    if decision.after == REGISTRATION:
        registers = tell(kb, decision.region, REGISTRATION, decision.asked_year, now)
        return ["报名提交成功后还要打印“报名成功通知单”。"] if open_state(registers, now) else []
    before = tell(kb, decision.region, decision.after, decision.asked_year, now)
    if before.cell is None or before.year not in {told.year for told in decision.told}:
        return []  # another year's steps are not these
    own = windows_for(before.cell.windows, decision.audience)
    return [before.cell.note] if before.cell.note and any(window.audience for window in own) else []


def _registers_first(decision: Decision, kb: Knowledge, now: datetime) -> Told | None:
    """The registration of the year, where 二试 is asked for while it is open: who lets it pass can't sit 二试 either (nationwide rule)."""
    if decision.asked_year is not None or not {told.stage for told in decision.told} <= SECOND - EXAMS:
        return None
    registration = tell(kb, decision.region or NATION, REGISTRATION, None, now)
    return registration if open_state(registration, now) else None


def _pilots(decision: Decision) -> list[str]:
    """That 二试 is only in that year's pilots, where the nation's days of it are told to a region."""
    here = decision.region not in (None, NATION) and any(
        told.stated and told.stage in SECOND and told.level == NATION for told in decision.told
    )
    if not here:
        return []
    return [f"{decision.region}是不是当年的试点，看当年的通知；不是试点就没有二试。"]


def _hourless(decision: Decision, now: datetime) -> list[str]:
    """That the notice gives no hour, where one is asked for; on the last day what is left says so already."""
    by_hour = (decision.hour[0] or "开始") if decision.hour is not None else decision.by_hour
    found = first_due(decision, now) if by_hour else None
    if found is None:
        return []
    window = found[1]
    to_open = by_hour == "开始" and window.opens.minute is None and window.opens.day >= today(now)
    ahead = window.phase_at(now) is not Phase.CLOSED and window.closes.day != today(now)
    if window.closes.minute is None and ahead:
        return [f"公告没写几点{'开始、几点' if to_open else ''}截止，请提前办。"]
    return ["公告没写几点开始。"] if to_open else []


def _not_theirs(decision: Decision) -> list[str]:
    """That the stage asked about is only for some (重庆 现场审核: 军队现役), where it is asked whether it is so."""
    asked = decision.told[0]
    if len(decision.told) < 2 or asked.stage != decision.stage or not asked.cell:
        return []
    if not (decision.verdict or decision.presumes):
        return []
    names = {window.audience for window in asked.cell.windows}
    if len(names) != 1 or not (name := names.pop()) or name == decision.audience or name.startswith("非"):
        return []
    other = TITLES[decision.told[1].stage]
    return [f"{TITLES[asked.stage]}{wording.only_for(name)}；其他考生是{other}，不用去。"]


def _same_for_both(decision: Decision) -> list[str]:
    """That the days are those of the other level too, or of this kind of candidate, where it is asked whether they are."""
    if not decision.both_levels or decision.spared or decision.stage in _SPARED_OF:
        return []
    if any(window.audience for told in decision.told if told.cell for window in told.cell.windows):
        return []
    return ["一样：公告没有给他们另定时间。"]


def _theirs_unknown(decision: Decision) -> list[str]:
    """That the newest notice on file has no window for this candidate's own kind, where an older one had."""
    years = [told.year for told in decision.told if told.cell and told.cell.windows and told.year]
    for told in decision.told:
        windows = told.cell.windows if told.cell else ()
        own = decision.audience and any(window.audience == decision.audience for window in windows)
        if own and told.year and told.year < max(years):
            return [
                f"{told.level} {max(years)} 年度{decision.audience}考生的{TITLES[told.stage]}时间没有收录，请问报名点。",
                f"{told.year} 年度{decision.audience}考生是{TITLES[told.stage]}；下面别的时间不一定是您的。",
            ]
    return []


def beside(decision: Decision, kb: Knowledge, now: datetime) -> list[str]:
    """The windows that a worded answer speaks of, each with its source; [] where it speaks of none."""
    lines = [line for told in decision.told for line in _stage_line(told, decision.audience, now)]
    lines += silences(decision, kb, now)
    return [*lines, *sources([told.cell.notice for told in decision.told if told.cell is not None], kb, now)]


def meanwhile(told: Told, kb: Knowledge, now: datetime) -> list[str]:
    """The nation's window, told while the region is asked for."""
    if told.cell is None or not told.cell.windows:
        return []
    window = told.cell.windows[0]
    said = f"{label(told)}：{wording.whole(window)}，{wording.short(window, now)}"
    return [f"先说全国的（各考区可能另有安排）：{said}。", *sources([told.cell.notice], kb, now)]


def still_open(decision: Decision, now: datetime) -> list[str]:
    """That what a worded answer calls missed is not missed yet: 不交会怎样, asked while the window is open."""
    found = first_due(decision, now)
    missed = decision.entry is not None and decision.entry.asks == "错过"
    if not missed or found is None or found[1].phase_at(now) is not Phase.OPEN:
        return []
    after = "过了就不行；" if decision.late else ""  # 过了12点还能传不
    return [f"{after}现在还来得及：{TITLES[found[0].stage]}，{wording.state(found[1], now)}。"]


def _one_stage(told: Told, decision: Decision, now: datetime) -> list[str]:
    if told.cell is None or not told.cell.windows:
        return []
    windows = windows_for(told.cell.windows, decision.audience)
    if not windows:
        return [
            f"您不用办：{label(told)}{wording.only_for(told.cell.windows[0].audience)}。",
            *_stage_line(told, None, now),
        ]
    state = lead(told, windows[0], decision, now)
    # what was asked of a day or an hour comes first, and whose it is after it
    supposed = decision.presumes and decision.day is not None
    answered = bool(decision.verdict or decision.hour or decision.put or supposed)
    judged = answered or "不能判断" in state
    lines = [f"{state}。" if judged else f"{label(told)}：{state}。"]
    if answered:
        lines.append(f"{label(told)}")
    lines += [f"时间：{wording.whole(window)}" for window in windows]
    return [*lines, told.cell.note] if told.cell.note else lines


def _ended(told: Told) -> str:
    """That a window is over; of "24 时" also which midnight that was, since candidates take it for the next one."""
    assert told.cell is not None  # noqa: S101
    closes = told.cell.windows[-1].closes
    end = closes.ends()
    midnight = closes.minute is not None and end.date() > closes.day
    which = f"，就是 {wording.day(end.date(), year=False)} 0 时" if midnight else ""
    return f"{TITLES[told.stage]}：已截止（{wording.moment(closes)}{which}）。"


def coming(decision: Decision, kb: Knowledge, now: datetime) -> list[str]:
    """What this candidate has to do next, in one line and its source; [] where all is over."""
    stage = first_due(decision, now)
    if stage is None or stage[1].phase_at(now) is Phase.CLOSED or stage[0].cell is None:
        return []
    told = stage[0]
    lines = [
        *_spared(decision),
        headline(decision, kb, now, is_next=True),
        *_stage_line(told, decision.audience, now),
    ]
    return [*lines, *sources([stage[0].cell.notice], kb, now)]


def _shared(stated: Sequence[Told]) -> bool:
    """Whether one heading names level and year of all: then no line repeats them."""
    return len({(told.level, told.year) for told in stated}) == 1 and len(stated) > _WITH_NOTES


def _stage_line(
    told: Told, audience: str | None, now: datetime, shared: bool = False, name: str = ""
) -> list[str]:
    if told.cell is None or not told.cell.windows:
        return []
    windows = windows_for(told.cell.windows, audience)
    name = name or TITLES[told.stage]
    name = name if shared else f"{told.level} {told.year} 年度{name}"
    if not windows:
        return [f"· {name}：{wording.only_for(told.cell.windows[0].audience)}，您不用办。"]
    return [
        f"· {name}：{wording.whole(window, year=not shared)}，{wording.short(window, now)}"
        for window in windows
    ]


def _history_notices(every: Sequence[Told]) -> list[Notice]:
    found = []
    for told in every:
        past = told.history
        while past is not None:
            found += [past.cell.notice] if past.cell is not None else []
            past = past.history
    return found
