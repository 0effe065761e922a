"""Decision -> Reply: blanks filled, deadlines told as of now, choices numbered. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from bot.answers import wording
from bot.answers.reply import LIMIT_BYTES, Option, Reply
from bot.dialogue.decision import Decision
from bot.dialogue.lookup import Told, tell
from bot.dialogue.session import Shown
from bot.knowledge.model import NATION, Answer, Knowledge, Notice, Silence
from bot.schedule.deadlines import Window, today
from bot.schedule.stages import TITLES

_MORE = "（发“继续”看后面）"
_BLANK = re.compile(r"\{([^{}.]+)(?:\.([^{}]+))?\}")


def render(decisions: Sequence[Decision], kb: Knowledge, now: datetime) -> tuple[Reply, tuple[str, ...]]:
    """The reply to one message, which may have asked two things, and the pages that 继续 sends after it."""
    decision = decisions[-1]
    if decision.text:
        return Reply(decision.text + (f"\n{_MORE}" if decision.rest else "")), decision.rest
    if decision.parts:
        blocks = ["\n".join([f"【{part.region}】", *_body(part, kb, now)]) for part in decision.parts]
        return paged("\n\n".join(blocks), decision.choices)
    bodies = ["\n".join(_body(item, kb, now)) for item in decisions]
    if len(bodies) > 1:
        bodies = [f"{mark}{body}" for mark, body in zip("①②", bodies, strict=False)]
    return paged("\n\n".join(bodies), decision.choices)


def _body(decision: Decision, kb: Knowledge, now: datetime) -> list[str]:
    """The lines of one decision, without its choices."""
    if decision.told:
        lines = _timed(decision, kb, now)
    elif decision.answer is not None:
        lines = _worded(decision, kb, now)
    elif decision.kind == "not_stated":
        lines = _nothing(decision, kb, now)
    elif decision.kind == "out_of_scope" and decision.entry is not None:
        lines = [_phrase(kb, "未收录", 问题=decision.entry.question.rstrip("？?"))]
    else:
        lines = [_phrase(kb, decision.phrase, **decision.values)]
    return [line for line in lines if line]


def paged(text: str, choices: Sequence[Shown]) -> tuple[Reply, tuple[str, ...]]:
    """`text` with its numbered choices, cut into pages at line borders so that each fits LIMIT_BYTES."""
    numbered = "\n".join(f"{number} {choice.label}" for number, choice in enumerate(choices, 1))
    options = tuple(Option(choice.label, str(number)) for number, choice in enumerate(choices, 1))
    whole = f"{text}\n\n{numbered}" if numbered else text
    if len(whole.encode()) <= LIMIT_BYTES:
        return Reply(whole, options), ()
    pages = _pages(text, LIMIT_BYTES - len(numbered.encode()) - len(_MORE.encode()) - 4)
    first = f"{pages[0]}\n{_MORE}" if len(pages) > 1 else pages[0]
    return Reply(f"{first}\n\n{numbered}" if numbered else first, options), tuple(pages[1:])


def _pages(text: str, limit: int) -> list[str]:
    pages, page = [], ""
    for line in text.split("\n"):
        while len(line.encode()) > limit:
            cut = len(line.encode()[:limit].decode("utf-8", "ignore"))
            pages += [page, line[:cut]] if page else [line[:cut]]
            page, line = "", line[cut:]
        joined = f"{page}\n{line}" if page else line
        if len(joined.encode()) > limit:
            pages.append(page)
            page = line
        else:
            page = joined
    return [part for part in [*pages, page] if part]


def _phrase(kb: Knowledge, key: str, **values: str) -> str:
    text = kb.phrases.get(key, "")
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text


def _timed(decision: Decision, kb: Knowledge, now: datetime) -> list[str]:
    """The schedule's answer: the state first, then the windows, then what is not on file, then the source."""
    stated = [told for told in decision.told if told.stated]
    lines: list[str] = []
    if len(decision.told) == 1:
        lines += _one_stage(decision.told[0], decision, now)
    else:
        lines += [_headline(decision, now)] if decision.verdict and stated else []
        for told in decision.told:
            lines += _stage_line(told, decision.audience, now)
    for told in decision.told:
        lines += _silence(told, kb)
    for told in decision.told:
        if told.history is not None and told.history.cell is not None:
            past = told.history
            assert past.cell is not None  # noqa: S101
            spans = "；".join(_window(window) for window in past.cell.windows)
            lines.append(
                f"{past.level}自己的公告收录到 {past.year} 年度：{TITLES[told.stage]} {spans}，{_state_all(past, now)}。"
            )
    lines += _freshness(decision, kb, now)
    lines += _sources(
        [told.cell.notice for told in decision.told if told.cell is not None] or _history_notices(decision)
    )
    return lines


def _one_stage(told: Told, decision: Decision, now: datetime) -> list[str]:
    if told.cell is None or not told.cell.windows:
        return []
    windows = _for_audience(told.cell.windows, decision.audience)
    if not windows:
        return [f"{_label(told)}只限{told.cell.windows[0].audience}考生。", *_stage_line(told, None, now)]
    lead = _lead(windows[0], decision, now)
    lines = [f"{lead}。" if decision.verdict else f"{_label(told)}：{lead}。"]
    if decision.verdict:
        lines.append(f"{_label(told)}")
    lines += [f"时间：{_window(window)}" for window in windows]
    return [*lines, told.cell.note] if told.cell.note else lines


def _headline(decision: Decision, now: datetime) -> str:
    """The verdict over several stages: the one that is open, else the next to open, else the last closed."""
    pairs = [
        (told, window)
        for told in decision.told
        if told.cell is not None
        for window in _for_audience(told.cell.windows, decision.audience)
    ]
    if not pairs:
        return ""
    order = {"进行中": 0, "未开始": 1, "已截止": 2}
    told, window = min(pairs, key=lambda pair: order[pair[1].phase_at(now).value])
    return f"{TITLES[told.stage]}：{_lead(window, decision, now)}。"


def _lead(window: Window, decision: Decision, now: datetime) -> str:
    asked = decision.day.on(window.closes.day.year) if decision.day is not None else None
    if asked is not None and asked != today(now):
        return wording.verdict_on(window, asked)
    return wording.verdict(window, now) if decision.verdict else wording.state(window, now)


def _stage_line(told: Told, audience: str | None, now: datetime) -> list[str]:
    if told.cell is None or not told.cell.windows:
        return []
    windows = _for_audience(told.cell.windows, audience)
    if not windows:
        return [f"· {_label(told)}：只限{told.cell.windows[0].audience}考生，您不用办。"]
    return [f"· {_label(told)}：{_window(window)}，{_short(window, now)}" for window in windows]


def _short(window: Window, now: datetime) -> str:
    text = wording.state(window, now)
    return "已截止" if text.startswith("已截止") else text


def _state_all(told: Told, now: datetime) -> str:
    assert told.cell is not None  # noqa: S101
    return "；".join(dict.fromkeys(_short(window, now) for window in told.cell.windows))


def _label(told: Told) -> str:
    who = (
        told.level
        if told.level == told.region or told.region == NATION
        else f"{NATION}（{told.region}没有单独收录）"
    )
    return f"{who} {told.year} 年度{TITLES[told.stage]}"


def _window(window: Window) -> str:
    text = wording.window(window)
    if not window.audience:
        return text
    return f"{text}（{_audience(window.audience)}）"


def _audience(name: str) -> str:
    return f"{name[1:]}以外的考生" if name.startswith("非") else f"只限{name}考生"


def _for_audience(windows: tuple[Window, ...], audience: str | None) -> tuple[Window, ...]:
    """The windows that are for this candidate; all where we don't know who they are."""
    if audience is None:
        return windows
    return tuple(
        window for window in windows
        if not window.audience
        or (window.audience[1:] != audience if window.audience.startswith("非") else window.audience == audience)
    )  # fmt: skip


def _silence(told: Told, kb: Knowledge) -> list[str]:
    """Why there is no window, and where to look; never another region's or another stage's."""
    name = TITLES[told.stage]
    if told.cell is not None and told.cell.silence is Silence.NOT_STATED:
        return [
            f"{told.level} {told.year} 年度公告没有写{name}的时间。请看{told.level}考区后续通知，或问报名点、考点办公室。"
        ]
    if told.cell is not None and told.cell.silence is Silence.UNANNOUNCED:
        return [
            f"{told.level} {told.year} 年度公告说{name}的时间另行通知，收录时还没有公布。请看{told.level}考区后续通知。"
        ]
    if told.cell is None:
        region = kb.regions.get(told.region)
        if region is not None and not region.inherits:
            return [_phrase(kb, "港澳台")]
        who = told.region if told.region != NATION else "全国"
        year = f" {told.year} 年度" if told.year else ""
        return [
            f"{who}{year}{name}的时间：公告还没有公布或没有收录，不能告诉您日期。请看 www.nmec.org.cn 和当地考区的公告。"
        ]
    return []


def _freshness(decision: Decision, kb: Knowledge, now: datetime) -> list[str]:
    """Once every window told is over: what is the newest on file, and that the next year is not announced."""
    windows = [window for told in decision.told if told.cell is not None for window in told.cell.windows]
    if any(now < window.closes.ends() for window in windows):
        return []
    newest = kb.newest_year(now)
    if newest is None:
        return []
    coming = max(newest, today(now).year if today(now).month < 12 else newest) + 1
    if newest >= today(now).year + 1:
        coming = newest + 1
    year = max((told.year or 0 for told in decision.told), default=0)
    if not windows and year >= newest:
        return []  # the newest notice is silent; that is all there is to say
    lines = []
    if year < newest and windows:
        notice = kb.schedules[(NATION, newest)].cells
        span = tell(kb, None, "网上报名", newest, now)
        text = (
            f"，网上报名 {_window(span.cell.windows[0])}"
            if span.cell is not None and span.cell.windows and notice
            else ""
        )
        who = decision.region or NATION
        lines.append(f"{who} {year} 年以后的这项时间没有收录；全国最新收录的是 {newest} 年度公告{text}。")
    lines.append(f"{coming} 年度公告尚未收录（未公布）。")
    return lines


def _history_notices(decision: Decision) -> list[Notice]:
    return [
        told.history.cell.notice
        for told in decision.told
        if told.history is not None and told.history.cell is not None
    ]


def _sources(notices: Sequence[Notice]) -> list[str]:
    """One line a notice: name, year, when we checked it, link."""
    lines = []
    for notice in {notice.key: notice for notice in notices}.values():
        year = f"，{notice.year} 年度" if notice.year and str(notice.year) not in notice.name else ""
        checked = f"，核实于 {notice.verified_on.isoformat()}" if notice.verified_on else ""
        lines.append(f"来源：{notice.name}{year}{checked}" + (f"\n{notice.url}" if notice.url else ""))
    return lines


def _worded(decision: Decision, kb: Knowledge, now: datetime) -> list[str]:
    answer = decision.answer
    assert answer is not None  # noqa: S101
    text = answer.audiences.get(decision.audience or "", answer.text)
    body = fill(text, answer, decision, kb, now)
    lines = [body]
    if (
        decision.level == NATION
        and decision.region
        and decision.kind == "answer"
        and decision.entry
        and len(decision.entry.answers) > 1
    ):
        lines.insert(0, f"{decision.region}没有单独收录，以下是全国的一般规定：")
    if answer.notice is not None:
        newest = kb.newest_year(now)
        if answer.notice.year is not None and newest is not None and answer.notice.year < newest:
            lines.append(
                f"以上按 {answer.notice.year} 年度公告，{answer.notice.year} 年以后的没有收录，以新公告为准。"
            )
        lines += _sources([answer.notice])
    return lines


def fill(text: str, answer: Answer, decision: Decision, kb: Knowledge, now: datetime) -> str:
    """`text` with its blanks filled from the schedule of the answer's own notice."""
    notice = answer.notice

    def blank(found: re.Match[str]) -> str:
        name, end = found[1], found[2]
        if name == "考点":
            return _sites(decision, kb)
        if notice is None or notice.year is None:
            return "（时间见公告）"
        cell = kb.cell(notice.region, name, notice.year, now)
        if cell is None or not cell.windows:
            return "（公告没有写时间）"
        windows = _for_audience(cell.windows, decision.audience) or cell.windows
        if end == "开始":
            return wording.moment(windows[0].opens)
        if end == "截止":
            return wording.moment(windows[0].closes)
        return "；".join(wording.window(window) for window in windows)

    return _BLANK.sub(blank, text)


def _sites(decision: Decision, kb: Knowledge) -> str:
    region = kb.regions.get(decision.region or "")
    if region is None or not region.sites:
        return "具体归哪个考点，问单位所在地的考点办公室。"
    place = decision.place or ""
    for site in region.sites:
        for district in site.districts:
            if place and (place == district or place.startswith(district) or district.startswith(place)):
                return f"单位在{district}的，报{site.name}。"
    known = "\n".join(f"· {site.name}：{'、'.join(site.districts)}" for site in region.sites)
    lead = f"{place}归哪个考点没有查到，请问当地报名点。已收录的：" if place else "已收录的考点："
    return f"{lead}\n{known}\n其余区县没有查到，请问当地报名点。"


def _nothing(decision: Decision, kb: Knowledge, now: datetime) -> list[str]:
    region = kb.regions.get(decision.region or "")
    if region is not None and not region.inherits:
        return [_phrase(kb, "港澳台")]
    what = decision.entry.question.rstrip("？?") if decision.entry else "这个问题"
    return [
        f"{decision.region or NATION}的公告里没有收录“{what}”。请看 www.nmec.org.cn 和当地考区的公告，或问考点办公室。"
    ]
