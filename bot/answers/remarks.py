"""What a timed answer says beside its windows: what is not on file and where to look, whose year and level it is, what is newer. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.answers import wording
from bot.answers.gathered import is_past
from bot.answers.parts import phrase
from bot.dialogue.decision import Decision
from bot.dialogue.lookup import Told, inherits, tell
from bot.knowledge.model import NATION, Knowledge, Silence
from bot.schedule.deadlines import Phase, today
from bot.schedule.stages import REGISTRATION, SECOND, TITLES, UPLOAD
from bot.text.replacing import replace


def silences(decision: Decision, kb: Knowledge, now: datetime) -> list[str]:
    """Why there is no window, and where to look; never another region's or another stage's. One line a reason."""
    every = decision.told
    names: dict[tuple[str, str, int | None, Silence | None], list[str]] = {}
    for told in every:
        if not told.stated:
            silence = told.cell.silence if told.cell is not None else None
            names.setdefault((told.level, told.region, told.year, silence), []).append(TITLES[told.stage])
    lines = []
    newest = max((told.year or 0 for told in every), default=0)
    says = any(silence is not None for *_, silence in names)  # an older notice that is silent, and is quoted
    if says and decision.asked_year is None and 0 < newest < today(now).year:
        lines.append(f"{today(now).year} 年度的没有收录。最近收录到的：")
    for (level, region, year, silence), stages in names.items():
        what = "、".join(stages)
        if silence is Silence.NOT_STATED:
            lines.append(
                f"{level} {year} 年度公告没有写{what}的时间。请看{level}考区后续通知，或问报名点、考点办公室。"
            )
        elif silence is Silence.UNANNOUNCED:
            lines.append(
                f"{level} {year} 年度公告说{what}的时间另行通知，收录时还没有公布。请看{level}考区后续通知。"
            )
        elif not inherits(kb, region):
            lines.append(phrase(kb, "港澳台"))
        else:
            when = f" {year} 年度" if year else ""
            why = "没有收录" if year is not None and year < today(now).year else "公告还没有公布或没有收录"
            lines.append(f"{region}{when}{what}的时间：{why}，不能告诉您日期。")
            lines.append("请看 www.nmec.org.cn 和当地考区的公告。")
    return list(dict.fromkeys(lines))


def ends_with(told: Told, kb: Knowledge, now: datetime) -> Told | None:
    """The registration that this year's upload, not on file, may end with, as it did before (`told`), while it is open; None else.

    Else who asks on the last evening would hear only that last year's is over.
    """
    if told.stage != UPLOAD or told.cell is None or told.year is None or told.year >= today(now).year:
        return None
    then = kb.cell(told.level, REGISTRATION, told.year, now)
    due = tell(kb, told.region, REGISTRATION, None, now)
    same = then is not None and [w.closes for w in then.windows] == [w.closes for w in told.cell.windows]
    if not same or due.year != today(now).year or due.cell is None or len(due.cell.windows) != 1:
        return None
    return due if due.cell.windows[0].phase_at(now) is Phase.OPEN else None


def as_before(told: Told, due: Told, now: datetime) -> str:
    """That the upload ended with the registration before, and when that one ends now."""
    assert due.cell is not None  # noqa: S101  see ends_with
    return (
        f"{due.year} 年度的上传时间没有收录；{told.year} 年度和网上报名同时截止。"
        f"{due.level} {due.year} 年度网上报名{wording.state(due.cell.windows[0], now)}：请在那以前传好。"
    )


def otherwise_here(told: Told) -> str:
    """That the region itself did it otherwise, before the nation's days: 重庆 has only soldiers reviewed on site."""
    past = told.history.cell if told.history is not None else None
    inherited = told.stated and told.level != told.region
    if not inherited or past is None or not any(window.audience for window in past.windows) or not past.note:
        return ""
    assert told.history is not None  # noqa: S101
    return f"{told.region} {told.year} 年度自己的公告没有收录；{told.history.year} 年度在{told.region}：{past.note}"


def all_national(every: Sequence[Told]) -> list[str]:
    """One line for several stages that the nation's notice tells, the region's own being older or none."""
    told = next(told for told in every if told.stated and told.level != told.region)
    own = [item for item in every if item.cell is not None and item.level == item.region]
    older = [item.history for item in every if item.history is not None and item.level != item.region]
    years = [item.year or 0 for item in (*own, *older)]
    which = "标着全国的" if own else "以上"
    known = f"公告收录到 {max(years)} 年度" if years else "公告没有收录"
    return [f"{which}是全国的时间，{told.region}自己的{known}。"]


def passed_over(every: Sequence[Told], asked_year: int | None) -> list[str]:
    """That the region's newest notice has nothing of a stage that is told of an older year."""
    if asked_year is not None:
        return []
    lines = []
    for told in every:
        years = [item.year or 0 for item in every if item.level == told.level]
        if told.stated and told.year is not None and told.year < max(years):
            name = TITLES[told.stage]
            lines.append(f"{told.level} {max(years)} 年度公告没有写{name}的时间，请问报名点或考点办公室。")
    return lines


def older_beside(told: Told, now: datetime, alone: bool, brief: bool) -> str:
    """What else to know of one stage: that the region's own notice is not on file, and its older windows.

    alone: no other stage is told, so its name needs no repeating. brief: it is asked what holds now, which no older day tells.
    """
    inherited = told.stated and told.level != told.region
    past = told.history
    over = told.cell is None or all(window.phase_at(now) is Phase.CLOSED for window in told.cell.windows)
    if brief and inherited and past is not None and not over:
        return f"以上是全国的时间。{told.region}自己的公告只收录到 {past.year} 年度。"
    if past is not None and past.cell is not None:
        spans = "；".join(wording.whole(window) for window in past.cell.windows)
        lead = f"以上是全国的时间。{told.region}" if inherited else past.level
        own = "" if past.level == NATION else "自己的"
        name = "" if alone else f"{TITLES[told.stage]} "
        line = f"{lead}{own}公告收录到 {past.year} 年度：{name}{spans}，{_state_all(past, now)}。"
        older = older_beside(replace(told, history=past.history), now, alone, brief) if past.history else ""
        return f"{line}\n{older}" if older else line
    return f"以上是全国的时间，{told.region} {told.year} 年度自己的公告没有收录。" if inherited else ""


def past_years(every: Sequence[Told], now: datetime) -> list[str]:
    """The newest past windows of several stages that a year has none of yet: one line for each level and year they are of."""
    found: dict[tuple[str, int | None], list[Told]] = {}
    for told in every:
        if told.history is not None:
            found.setdefault((told.history.level, told.history.year), []).append(told.history)
    lines = []
    for (level, year), group in found.items():
        own = "" if level == NATION else "自己的"
        spans = "；".join(
            f"{TITLES[past.stage]} {wording.whole(window, year=False)}，{wording.short(window, now)}"
            for past in group
            if past.cell is not None
            for window in past.cell.windows
        )
        lines.append(f"{level}{own}公告收录到 {year} 年度：{spans}。")
    return lines


def freshness(decision: Decision, kb: Knowledge, now: datetime) -> list[str]:
    """Once every window told is over: what is the newest on file, and that the next year is not announced."""
    windows = [window for told in decision.told if told.cell is not None for window in told.cell.windows]
    if any(now < window.closes.ends() for window in windows):
        return []
    newest = kb.newest_year(now)
    if newest is None or {told.stage for told in decision.told} <= SECOND:
        return []  # the yearly notices say nothing of 二试
    year = max((told.year or 0 for told in decision.told), default=0)
    if not windows:
        return []  # why there is none was said; that is all there is to say
    lines = []
    if year < newest and windows:
        who = decision.region or NATION
        latest = max(
            (tell(kb, told.region, told.stage, None, now) for told in decision.told),
            key=lambda told: told.year or 0,
        )
        if (latest.year or 0) > year:  # an older year was asked for
            own = latest.level == latest.region
            lines.append(
                f"更新的收录到 {latest.year} 年度。"
                if own
                else f"{latest.year} 年度只收录到全国公告，{latest.region}自己的没有收录。"
            )
        elif is_past(decision, now):
            lines.append(f"全国最新收录的是 {newest} 年度公告。")
        else:
            newer = "" if who == NATION else f"；全国最新收录的是 {newest} 年度公告"
            lines.append(f"{who} {year} 年以后的这项时间没有收录{newer}。")
    since = "及以后的公告" if today(now).year > newest else "公告"
    lines.append(f"{newest + 1} 年度{since}尚未收录（未公布）。")
    return lines


def _state_all(told: Told, now: datetime) -> str:
    assert told.cell is not None  # noqa: S101
    return "；".join(dict.fromkeys(wording.short(window, now) for window in told.cell.windows))
