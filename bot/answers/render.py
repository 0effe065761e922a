"""Decision -> Reply: blanks filled, deadlines told as of now, choices numbered. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from bot.answers import subscribed
from bot.answers.another_year import (
    LATELY,
    aging,
    days_of,
    nations,
    of_year,
)
from bot.answers.blanks import clocked_windows, fill
from bot.answers.clock import is_closed
from bot.answers.gathered import alike
from bot.answers.offers import NOTHING_OFFERED, Offers, calendar
from bot.answers.parts import phrase, sources
from bot.answers.reply import LIMIT_BYTES, Option, Reply
from bot.answers.sites import verdict
from bot.answers.timed import beside, coming, meanwhile, still_open, timed
from bot.dialogue.decision import Decision
from bot.dialogue.session import Shown
from bot.knowledge.model import NATION, Knowledge
from bot.text.replacing import replace

_MORE = "（发“继续”看后面）"
_UNJUDGED = "没有收录，不能判断"
_FEE_STATE = re.compile(r"\S{2}费(?:已截止|进行中)")
_OF_PILOTS = frozenset({"二试条件", "二试类别", "二试流程"})  # entries that hold only in a pilot


def render(
    decisions: Sequence[Decision], kb: Knowledge, now: datetime, offers: Offers = NOTHING_OFFERED
) -> tuple[Reply, tuple[str, ...]]:
    """The reply to one message, which may have asked two things, and the pages that 继续 sends after it."""
    decision = decisions[-1]
    if decision.text:
        return Reply(decision.text + (f"\n{_MORE}" if decision.rest else "")), decision.rest
    if decision.kind == "handoff":
        # Where the account has no 客服, and on the H5 page always, the words name the office instead.
        return Reply(phrase(kb, decision.phrase, **decision.values), transfer=offers.staff), ()
    bodies = [_whole(item, kb, now, offers) for item in decisions]
    if len(bodies) > 1:
        bodies = [f"{mark}{body}" for mark, body in zip("①②", bodies, strict=False)]
    if decision.kind == "out_of_scope" and decision.entry is not None and decision.choices:
        bodies[-1] += f"\n{phrase(kb, '能答的')}"
    return paged("\n\n".join(bodies), decision.choices)


def _whole(decision: Decision, kb: Knowledge, now: datetime, offers: Offers) -> str:
    """One question's answer; of regions side by side first whether they are alike."""
    if not decision.parts:
        return "\n".join(_body(decision, kb, now, offers))
    first = alike(decision.parts)
    if all(part.level == NATION and not part.told for part in decision.parts):
        bodies = [_body(part, kb, now, offers) for part in decision.parts]
        if len(bodies) > 1 and all(body == bodies[0] for body in bodies):
            return "\n".join(["几地都是这个规定：" if len(bodies) > 2 else "两地都是这个规定：", *bodies[0]])
    return "\n\n".join([*([first] if first else []), *_blocks(decision.parts, kb, now, offers)])


def _blocks(parts: Sequence[Decision], kb: Knowledge, now: datetime, offers: Offers) -> list[str]:
    """One labelled block for each region, or each year, that was asked about side by side."""
    years = [part.asked_year or max((told.year or 0 for told in part.told), default=0) for part in parts]
    by_year = len(set(years)) > 1 and len({part.region for part in parts}) == 1
    blocks = []
    for part, year in zip(parts, years, strict=True):
        name = f"{year} 年度" if by_year and year else part.region
        offered = NOTHING_OFFERED if by_year and part is not parts[-1] else offers  # one calendar a region
        blocks.append("\n".join([f"【{name}】", *_body(part, kb, now, offered)]))
    return blocks


def _body(decision: Decision, kb: Knowledge, now: datetime, offers: Offers) -> list[str]:
    """The lines of one decision, without its choices."""
    if decision.subscribed:
        lines = subscribed.lines(decision, kb, now, offers)
    elif decision.answer is not None:
        worded = _worded(decision, kb, now)
        asked = 1 if decision.lead.startswith("不能") else 0  # 3月5号之后还能改吗: the verdict is of later
        lines = [*worded[:asked], *still_open(decision, now), *worded[asked:], *beside(decision, kb, now)]
    elif decision.kind == "command" and decision.told:
        lines = [phrase(kb, decision.phrase, **decision.values), *coming(decision, kb, now)]
    elif decision.kind == "ask_region" and decision.told:
        lines = [phrase(kb, decision.phrase, **decision.values), *meanwhile(decision.told[0], kb, now)]
    elif decision.told:
        lines = [*timed(decision, kb, now), calendar(decision, kb, offers)]
    elif decision.kind == "not_stated":
        lines = _nothing(decision, kb, now)
    elif decision.kind == "out_of_scope" and decision.entry is not None:
        lines = [phrase(kb, "未收录", 问题=decision.entry.question.rstrip("？?"))]
    else:
        lines = [phrase(kb, decision.phrase, **decision.values)]
    if decision.phrase and decision.kind in ("answer", "not_stated") and not decision.beside:
        lines.append(phrase(kb, decision.phrase, **decision.values))
    told = dict.fromkeys(line for line in (_skills(decision, kb), *lines) if line)
    cited = [line for line in told if line.startswith("来源：")]
    if decision.cites and cited:
        return [phrase(kb, "出处"), *cited]
    return sorted(told, key=lambda line: line.startswith("来源：") and not decision.subscribed)


def _skills(decision: Decision, kb: Knowledge) -> str:
    """Whether a 技能 pass counts for the exam that is asked about; "" where that is not the question."""
    skills = decision.skills
    if skills is None:
        return ""
    key = "技能失效" if skills.lapsed else "技能有效"
    values = {"年": skills.year, "次年": skills.year + 1, "考年": skills.exam}
    if skills.lapsed and skills.elsewhere:
        key, values = "技能非基地", {"考年": skills.exam}
    return phrase(kb, key, **{name: str(value) for name, value in values.items()})


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


def appended(reply: Reply, block: str) -> Reply | None:
    """`reply` with one more block before its numbered choices; None where there is no reply or no room for it."""
    if not block:
        return reply
    numbered = "\n".join(f"{option.send} {option.label}" for option in reply.options)
    body, end = (
        (reply.text.removesuffix(numbered).rstrip(), f"\n\n{numbered}") if numbered else (reply.text, "")
    )
    text = f"{body}\n\n{block}{end}"
    fits = reply.text and not reply.transfer and len(text.encode()) <= LIMIT_BYTES
    return replace(reply, text=text) if fits else None


def led_by(reply: Reply, line: str) -> Reply:
    """The reply with one more line before it; as it is where that has no room."""
    text = f"{line}\n{reply.text}"
    return replace(reply, text=text) if len(text.encode()) <= LIMIT_BYTES else reply


def _pages(text: str, limit: int) -> list[str]:
    pages, page = [], ""
    for line in text.split("\n"):
        while len(line.encode()) > limit:
            cut = len(line.encode()[:limit].decode("utf-8", "ignore"))
            pages += [page, line[:cut]] if page else [line[:cut]]
            page, line = "", line[cut:]
        joined = f"{page}\n{line}" if page else line
        if len(joined.encode()) > limit:
            # A block that does not fit goes over whole, unless that would leave the page half empty.
            whole, _, begun = page.rpartition("\n\n")
            carried = f"{begun}\n{line}"
            if len(whole.encode()) * 2 < limit or len(carried.encode()) > limit:
                whole, carried = page, line
            pages.append(whole)
            page = carried
        else:
            page = joined
    return [part for part in [*pages, page] if part]


def _worded(decision: Decision, kb: Knowledge, now: datetime) -> list[str]:
    answer = decision.answer
    assert answer is not None  # noqa: S101
    text = answer.audiences.get(decision.audience or "", answer.text)
    text = _step(text, decision.step)
    over = [told for told in clocked_windows(text, decision, kb, now) if is_closed(told, now)]
    # how far a window is does not matter to who may not, nor that it is over to who asks in general
    if decision.lead.startswith("不能") or (decision.general and over):
        text = "\n".join(line for line in text.split("\n") if f".{LATELY}}}" not in line)
        over = []
    lines = [_open_first(fill(text, answer, decision, kb, now))]
    if (
        decision.level == NATION
        and decision.region not in (None, NATION)
        and decision.kind == "answer"
        and decision.entry
        and len(decision.entry.answers) > 1
    ):
        lines.append(f"{decision.region}没有单独收录，以上是全国的一般规定。")
    own = decision.region not in (None, NATION) and decision.level == NATION and decision.kind == "answer"
    if (
        own
        and decision.entry is not None
        and decision.entry.id in _OF_PILOTS
        and "试点" in text
        and not decision.lead.startswith("不能")
    ):
        lines.append(f"{decision.region}是不是当年的试点，看当年的通知；不是试点就没有二试。")
    if (said := verdict(decision, kb)) and "{考点}" in text:
        lines.insert(0, said)
    rows = lines[0].split("\n")
    if len(rows) > 1 and _UNJUDGED in rows[0]:
        lines[0] = "\n".join([*rows[1:], rows[0]])  # the rule itself says more
    if lead := fill(decision.lead, answer, decision, kb, now):
        state, _, rest = lines[0].partition("\n")
        # 能 is no first word once it is over
        first = over and rest and lead.startswith("能")
        lines[:1] = [state, lead, rest] if first else [lead, *lines[:1]]
    if decision.level == decision.region and not (decision.compared or "{考点}" in text):
        lines = _named(decision.region, lines)
    if answer.notice is not None:
        days, newer = days_of(answer.notice, text, decision, kb, now)
        whole = f"{decision.lead}\n{text}"
        lines = of_year(lines, days, answer.notice, decision, kb, now) or [
            *lines,
            *aging(answer.notice, whole, kb, now),
        ]
        clocked = [
            told.cell.notice for told in clocked_windows(whole, decision, kb, now) if told.cell is not None
        ]
        clocked += newer
        lines += sources([answer.notice, *clocked], kb, now)
    return lines


def _open_first(text: str) -> str:
    """`text` with a fee that can be paid now before one that is over: 技能费已截止…, 一试费进行中…."""
    first, _, rest = text.partition("\n")
    second, _, others = rest.partition("\n")
    later = _FEE_STATE.match(first) and _FEE_STATE.match(second) and "已截止" in first and "进行中" in second
    return "\n".join(row for row in (second, first, others) if row) if later else text


def _named(region: str | None, lines: list[str]) -> list[str]:
    """`lines` with their region said first, where none of them names it; that a rule is the nation's is said at the end."""
    said = region is None or region in "".join(lines)
    return lines if said or region == NATION else [f"{region}：{lines[0]}", *lines[1:]]


def _step(body: str, number: int) -> str:
    """The one line of `body` that is its step `number`; all of it where it has no such step."""
    steps = [line for line in body.split("\n") if re.match(r"\d\. ", line)]
    if not number or not steps:
        return body
    if number > len(steps):
        return f"一共 {len(steps)} 步：\n{body}"
    return f"第 {number} 步：{steps[number - 1][3:]}"


def _nothing(decision: Decision, kb: Knowledge, now: datetime) -> list[str]:
    region = kb.regions.get(decision.region or "")
    if region is not None and not region.inherits:
        return [phrase(kb, "港澳台")]
    what = decision.entry.question.rstrip("？?") if decision.entry else "这个问题"
    if (
        decision.entry is not None and decision.region in decision.entry.answers
    ):  # it is, and was not out by then
        return [
            f"{decision.region}的公告还没有公布，或没有收录公布的日子，“{what}”现在答不了。请看 www.nmec.org.cn 和当地考区的公告，或问考点办公室。",
            *nations(decision, kb, now),
        ]
    return [
        f"{decision.region or NATION}的公告里没有收录“{what}”。请看 www.nmec.org.cn 和当地考区的公告，或问考点办公室。"
    ]
