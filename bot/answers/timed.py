"""A 时间 answer in words: the state of the clock first, then the windows, then what is not on file, then the source. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.answers import wording
from bot.answers.gathered import (
    is_over,
    is_past,
    newest_first,
    together,
)
from bot.answers.parts import sources, windows_for
from bot.answers.remarks import all_national, freshness, older_beside, otherwise_here, passed_over, silences
from bot.dialogue.decision import Decision
from bot.dialogue.lookup import Told
from bot.knowledge.model import NEXT, Knowledge, Notice
from bot.schedule.deadlines import Phase, Window, today
from bot.schedule.stages import SECOND, TITLES
from bot.text.statuses import PASSED

_WITH_NOTES = 3  # stages in one reply up to which each may add its note; more would be a wall of text


def timed(decision: Decision, kb: Knowledge, now: datetime) -> list[str]:
    """The schedule's answer: the state first, then the windows, then what is not on file, then the source."""
    stated = [told for told in decision.told if told.stated]
    after = f"{TITLES[decision.after]}之后：" if decision.after else ""
    lines: list[str] = [after] if after else []
    lines += [*_spared(decision), *_theirs_unknown(decision)]
    otherwise = [line for told in decision.told if (line := otherwise_here(told))]
    if len(decision.told) == 1:
        is_next = decision.entry is not None and decision.entry.asks == NEXT and not decision.after
        over = is_next and is_over(decision, now)
        lines += ["收录到的各步都已经结束了，最后一步是："] if over else []
        if is_past(decision, now) and not (decision.verdict or decision.clocked) and not over:
            lines.append(f"{today(now).year} 年度的没有收录，最近收录到的是：")
        said = _one_stage(decision.told[0], decision, now)
        lines += [*said[:2], *otherwise, *said[2:]] if decision.verdict else [*otherwise, *said]
    else:
        is_next = decision.entry is not None and decision.entry.asks == NEXT and not decision.after
        lines += [
            _ended(told) for told in stated if is_next and is_over(replace(decision, told=(told,)), now)
        ]
        # not where a test of unknown date comes first, or a fee of unknown date last
        comes = is_next or (bool(after) and decision.told[0].stated and decision.told[-1].stated)
        if stated and (decision.verdict or decision.clocked or comes):
            headline = _headline(decision, now, comes)
            lines = [after + headline] if lines == [after] else [*lines, headline]
        elif is_past(decision, now):
            lines.append(f"{today(now).year} 年度的没有收录。最近收录到的，都已截止：")
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
                t.cell.note
                for t in stated
                if t.cell and t.cell.note and not any(w.audience for w in t.cell.windows)
            ]
    lines += _hourless(decision, now)
    lines += silences(decision, kb, now)
    if decision.publishing and not stated:
        lines.append("什么时候公布，也没有写。")
    alone = len(decision.told) == 1
    seen = [replace(told, history=None) if decision.beside else told for told in decision.told]
    if alone or not any(told.stated and told.level != told.region for told in seen):
        lines += [
            line for line in (older_beside(told, now, alone, brief=decision.clocked) for told in seen) if line
        ]
    else:
        lines += all_national(seen)
    lines = list(dict.fromkeys(lines))
    lines += [] if decision.beside or decision.compared else freshness(decision, kb, now)
    lines += sources(
        [told.cell.notice for told in decision.told if told.cell is not None] or _history_notices(seen),
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


def _hourless(decision: Decision, now: datetime) -> list[str]:
    """That the notice gives no hour, where one is asked for; on the last day what is left says so already."""
    windows = [window for told in decision.told if told.cell is not None for window in told.cell.windows]
    ahead = [w for w in windows if w.phase_at(now) is not Phase.CLOSED and w.closes.day != today(now)]
    asked = decision.by_hour and any(window.closes.minute is None for window in ahead)
    return ["公告没写几点截止，请提前办。"] if asked else []


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


def still_open(decision: Decision, now: datetime) -> list[str]:
    """That what a worded answer calls missed is not missed yet: 不交会怎样, asked while the window is open."""
    found = _first_due(decision, now)
    missed = decision.entry is not None and decision.entry.asks == "错过"
    if not missed or found is None or found[1].phase_at(now) is not Phase.OPEN:
        return []
    return [f"现在还来得及：{TITLES[found[0].stage]}，{wording.state(found[1], now)}。"]


def as_of_now(told: Told, decision: Decision, now: datetime) -> str:
    """Whether what the window of `told` allows can be done now, whose window it is included: 能，… · 不能了，… · 还没开始，…."""
    if told.cell is None or not told.cell.windows:
        return f"{TITLES[told.stage]}的时间没有收录，不能判断能不能"
    windows = windows_for(told.cell.windows, decision.audience)
    if not windows:
        return f"您不用办：{_label(told)}{wording.only_for(told.cell.windows[0].audience)}"
    if decision.late and windows[0].phase_at(now) is not Phase.CLOSED:
        return f"不能，过了就不行：{wording.moment(windows[0].closes)}截止（{_label(told)}）"
    lead = _lead(told, windows[0], replace(decision, verdict=True), now)
    return f"{lead.removeprefix('还不能，')}（{_label(told)}）"


def how_far(told: Told, decision: Decision, now: datetime) -> str:
    """The state of the window of `told`, whose it is included: 进行中，… · 已截止 …; no 能, where something else is asked."""
    if told.cell is None or not told.cell.windows:
        return f"{TITLES[told.stage]}的时间没有收录"
    windows = windows_for(told.cell.windows, decision.audience) or told.cell.windows
    lead = _lead(told, windows[0], replace(decision, verdict=False, clocked=True), now)
    return f"{lead}（{_label(told)}）"


def state_of(told: Told, now: datetime) -> str:
    """This year's window and how far it is: 2024 年 9 月 18 日至 9 月 24 日，进行中，还剩 4 天; "" where this year's is not on file."""
    if told.year != today(now).year or told.cell is None or not told.cell.windows:
        return ""
    window = told.cell.windows[0]
    return f"{wording.whole(window)}，{wording.short(window, now)}"


def is_closed(told: Told, now: datetime) -> bool:
    """Whether this year's window is on file and over."""
    over = told.cell is not None and all(w.phase_at(now) is Phase.CLOSED for w in told.cell.windows)
    return over and bool(state_of(told, now))


def _one_stage(told: Told, decision: Decision, now: datetime) -> list[str]:
    if told.cell is None or not told.cell.windows:
        return []
    windows = windows_for(told.cell.windows, decision.audience)
    if not windows:
        return [
            f"您不用办：{_label(told)}{wording.only_for(told.cell.windows[0].audience)}。",
            *_stage_line(told, None, now),
        ]
    lead = _lead(told, windows[0], decision, now)
    judged = decision.verdict or "不能判断" in lead
    lines = [f"{lead}。" if judged else f"{_label(told)}：{lead}。"]
    if decision.verdict:
        lines.append(f"{_label(told)}")
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
    stage = _first_due(decision, now)
    if stage is None or stage[1].phase_at(now) is Phase.CLOSED or stage[0].cell is None:
        return []
    told = stage[0]
    lines = [
        *_spared(decision),
        _headline(decision, now, is_next=True),
        *_stage_line(told, decision.audience, now),
    ]
    return [*lines, *sources([stage[0].cell.notice], kb, now)]


def _first_due(decision: Decision, now: datetime) -> tuple[Told, Window] | None:
    """The stage that is open, else the next to open, else the last closed; None where no window is told."""
    pairs = [
        (told, window)
        for told in decision.told
        if told.cell is not None
        for window in windows_for(told.cell.windows, decision.audience)
    ]
    if not pairs:
        return None
    if decision.audience is None:  # a window for a few is nobody's headline as long as there are others
        pairs = [pair for pair in pairs if pair[1].audience[:1] in ("", "非")] or pairs
    order = {"进行中": 0, "未开始": 1, "已截止": 2}
    named = decision.day.on(today(now).year) if decision.day is not None else None
    # 昨天截止了? is about the one that closed then
    meant = [pair for pair in pairs if named in (pair[1].opens.day, pair[1].closes.day)] if named else []
    return min(meant or pairs, key=lambda pair: order[pair[1].phase_at(now).value])


def _headline(decision: Decision, now: datetime, is_next: bool) -> str:
    """The verdict over several stages, which is that of the first due."""
    found = _first_due(decision, now)
    if found is None:
        return ""
    told, window = found
    if not is_next:
        return f"{TITLES[told.stage]}：{_lead(told, window, decision, now)}。"
    phase = window.phase_at(now)
    if phase is Phase.CLOSED:
        return "收录到的各步都已经结束了。"
    nothing = "下一步是" if decision.spared and decision.audience == PASSED else "现在没有要办的，下一步是"
    due = "现在该办" if phase is Phase.OPEN else nothing
    return f"{due}：{TITLES[told.stage]}，{wording.state(window, now)}。"


def _lead(told: Told, window: Window, decision: Decision, now: datetime) -> str:
    if decision.late and decision.verdict and decision.day is None and window.phase_at(now) is Phase.OPEN:
        return f"不能，过了就不行：{wording.left(window, now)}"  # 能打电话补报吗, while it is still open
    past = told.year != today(now).year and window.phase_at(now) is Phase.CLOSED
    if (decision.verdict or decision.clocked) and past and decision.asked_year is None:
        # The window of an earlier year tells nothing of this one (design, promise 3).
        return f"{today(now).year} 年度的没有收录，不能判断；{told.year} 年度的已截止（{wording.moment(window.closes)}）"
    asked = decision.day.on(window.closes.day.year) if decision.day is not None else None
    if asked is not None and asked < today(now) and not decision.presumes:
        asked = None  # of yesterday nothing can be done any more; what holds now can be told
    if asked is not None and decision.presumes:
        return wording.confirm(window, asked, decision.presumes, now)
    if asked is not None and asked != today(now) and decision.verdict:
        return wording.verdict_on(window, asked)
    if decision.verdict and told.stage in SECOND and window.phase_at(now) is Phase.OPEN:
        return f"{wording.verdict(window, now)}（限当年试点考区、符合条件的）"
    return wording.verdict(window, now) if decision.verdict else wording.state(window, now)


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


def _label(told: Told) -> str:
    return f"{told.level} {told.year} 年度{TITLES[told.stage]}"


def _history_notices(every: Sequence[Told]) -> list[Notice]:
    return [
        told.history.cell.notice
        for told in every
        if told.history is not None and told.history.cell is not None
    ]
