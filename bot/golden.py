"""Golden questions: what a candidate asks, when, and what the reply must and must not hold. Pure but for the parsed draft.

A file under knowledge/golden/ lists clauses of a source; each has three or more ways to ask for it:

    检验:
      - 出处: 四川公告 ② 技能考试费的缴纳时间
        问: [川内操作考试的费用哪天开始收, …]     一个或几个
        时间: 2024-04-06 10:00                   北京时间
        决定: answer                             可以写几个，任一个都算对
        问答: 技能缴费时间                        同上；不写就不看
        地区: 四川                               回答必须是这个考区的；不写就不看
        对象: 军队现役                            同上
        先说: [我在四川]                          之前的几句话
        含: [4 月 5 日]                          回答里必须有；空格不算
        不含: [7 月 5 日]                        回答里不能有
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from bot.conversation import Assistant, Message, Turn
from bot.dialogue.decision import KINDS
from bot.knowledge import yaml_source
from bot.knowledge.draft import Draft, text_of, texts_of
from bot.knowledge.problem import Problem
from bot.knowledge.yaml_source import Place, Text
from bot.schedule.deadlines import SHANGHAI

FOLDER = "golden/"
ID = "value-type"
CHECK = "golden"  # the name under which `check` lists a question that is not answered right
KEYS = ("出处", "问", "时间", "决定", "问答", "地区", "对象", "先说", "含", "不含")
REQUIRED = ("出处", "问", "时间", "决定")
_LISTS = ("问", "决定", "问答", "先说", "含", "不含")
_TOLD = ("answer", "not_stated")  # the decisions that state something, so that they can be wrong


class Verdict(Enum):
    """WRONG: it told something it should not have, or the wrong thing. HELD_BACK: it asked, offered or refused instead."""

    RIGHT = "对"
    WRONG = "错"
    HELD_BACK = "没答"


@dataclass(frozen=True)
class Golden:
    """One question; `source` is the clause it checks, `place` where it stands."""

    ask: str
    now: datetime
    decisions: tuple[str, ...]
    entries: tuple[str, ...]
    region: str | None
    audience: str | None
    before: tuple[str, ...]
    says: tuple[str, ...]
    never: tuple[str, ...]
    source: str
    place: Place


@dataclass(frozen=True)
class Outcome:
    """What came of one golden question; `faults` say in Chinese what was missing or too much, () when right."""

    golden: Golden
    verdict: Verdict
    faults: tuple[str, ...]
    turn: Turn

    def show(self) -> str:
        """One line for staff: where, what was asked, what was wrong."""
        place, trace = self.golden.place, self.turn.trace
        got = " ".join(filter(None, (trace.decision, trace.entry, trace.region)))
        return (
            f"{place.file}:{place.line}:{place.column} {self.verdict.value} “{self.golden.ask}”"
            f"（{self.golden.source}）：{'；'.join(self.faults) or got}"
        )


def read(draft: Draft) -> list[Golden]:
    """Every golden question in file order; what has the wrong shape is added to draft.problems and left out."""
    regions = draft.section("regions.yaml", "地区")
    entries = draft.section("faq/", "问答")
    found: list[Golden] = []
    for path, root in draft.files.items():
        if not path.startswith(FOLDER):
            continue
        items = root.get(Text("检验"))
        if not isinstance(items, yaml_source.Sequence):
            draft.problem(root.place, ID, "“检验”下面要是一个列表。", "每一条以“- 出处: …”开头。")
            continue
        for item in items:
            if isinstance(item, yaml_source.Mapping):
                found += _goldens(item, draft, regions, entries)
            else:
                draft.problem(item.place, ID, "每一条检验要是“键: 值”。", "以“- 出处: …”开头。")
    return found


def run(assistant: Assistant, goldens: Iterable[Golden]) -> list[Outcome]:
    """Ask each of a fresh candidate, and compare."""
    return [_judged(golden, _play(assistant, golden)) for golden in goldens]


def problems(outcomes: Iterable[Outcome]) -> list[Problem]:
    """Each question that is not answered right, as `check` lists it. A warning: it stops a publish, not a file saved by hand."""
    return [
        Problem(
            outcome.golden.place.file,
            outcome.golden.place.line,
            outcome.golden.place.column,
            "提醒",
            CHECK,
            f"考题“{outcome.golden.ask}”（{outcome.golden.source}）答得不对：{'；'.join(outcome.faults)}。",
            "回答错了就改回来；回答是对的（日期确实改了），就改这道考题。",
        )
        for outcome in outcomes
        if outcome.verdict is not Verdict.RIGHT
    ]


def _goldens(
    item: yaml_source.Mapping, draft: Draft, regions: Mapping[Text, Any], entries: Mapping[Text, Any]
) -> list[Golden]:
    """One a phrasing; [] when the item has a problem."""
    before = len(draft.problems)
    for key, value in item.items():
        if key not in KEYS:
            draft.problem(key.place, ID, f"检验里没有“{key}”这个键。", f"可以写：{'、'.join(KEYS)}。")
        elif key in _LISTS and isinstance(value, yaml_source.Mapping):
            draft.problem(value.place, ID, f"“{key}”要是一句话或一个列表。")
        elif key not in _LISTS and not isinstance(value, Text):
            draft.problem(value.place, ID, f"“{key}”要是一句话。")
    for name in REQUIRED:
        if Text(name) not in item:
            draft.problem(item.place, ID, f"这一条检验没有写“{name}”。", f"加上“{name}: …”。")
    now = _instant(text_of(item, "时间"), draft)
    region = text_of(item, "地区")
    _known(draft, [region] if region else [], regions, "地区", "regions.yaml")
    _known(draft, texts_of(item.get(Text("问答"))), entries, "问答", "faq/")
    _known(draft, texts_of(item.get(Text("决定"))), KINDS, "决定", "、".join(KINDS))
    if now is None or len(draft.problems) > before:
        return []
    return [
        Golden(
            ask=str(ask),
            now=now,
            decisions=_texts(item, "决定"),
            entries=_texts(item, "问答"),
            region=str(region) if region else None,
            audience=str(text_of(item, "对象") or "") or None,
            before=_texts(item, "先说"),
            says=_texts(item, "含"),
            never=_texts(item, "不含"),
            source=str(text_of(item, "出处")),
            place=ask.place,
        )
        for ask in texts_of(item.get(Text("问")))
    ]


def _texts(item: yaml_source.Mapping, key: str) -> tuple[str, ...]:
    return tuple(map(str, texts_of(item.get(Text(key)))))


def _instant(written: Text | None, draft: Draft) -> datetime | None:
    if written is None:
        return None
    try:
        return datetime.strptime(written, "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)
    except ValueError:
        draft.problem(written.place, ID, f"“{written}”不是时间。", "写成 2024-04-06 10:00（北京时间）。")
        return None


def _known(draft: Draft, names: Iterable[Text], known: Iterable[str], what: str, where: str) -> None:
    names_known = set(map(str, known))
    for name in names:
        if str(name) not in names_known:
            draft.problem(name.place, ID, f"{what}“{name}”不存在。", f"看看 {where} 里的写法。")


def _play(assistant: Assistant, golden: Golden) -> Turn:
    session: dict[str, Any] | None = None
    for text in golden.before:
        session = assistant.respond(Message("text", text), session, golden.now).session
    return assistant.respond(Message("text", golden.ask), session, golden.now)


def _judged(golden: Golden, turn: Turn) -> Outcome:
    trace, reply = turn.trace, _tight(turn.reply.text)
    told = [f"不该说“{text}”" for text in golden.never if _tight(text) in reply]
    if trace.decision not in golden.decisions:
        fault = f"是 {trace.decision}（{trace.entry or '—'}），应为 {'、'.join(golden.decisions)}"
        wrong = bool(told) or trace.decision in _TOLD
        return Outcome(golden, Verdict.WRONG if wrong else Verdict.HELD_BACK, (fault, *told), turn)
    faults = []
    if golden.entries and trace.entry not in golden.entries:
        faults.append(f"问答是 {trace.entry or '—'}，应为 {'、'.join(golden.entries)}")
    if golden.region and trace.region != golden.region:
        faults.append(f"考区是 {trace.region or '—'}，应为 {golden.region}")
    if golden.audience and trace.audience != golden.audience:
        faults.append(f"对象是 {trace.audience or '—'}，应为 {golden.audience}")
    faults += [f"没有说“{text}”" for text in golden.says if _tight(text) not in reply]
    faults += told
    return Outcome(golden, Verdict.WRONG if faults else Verdict.RIGHT, tuple(faults), turn)


def _tight(text: str) -> str:
    return re.sub(r"\s+", "", text)
