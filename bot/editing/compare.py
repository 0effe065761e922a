"""Two knowledges, told apart in people's words: which answers change, for whom, and which questions are now answered otherwise."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.answers.render import render
from bot.conversation import Assistant, Message
from bot.dialogue.ask import Ask
from bot.dialogue.chosen import Chosen
from bot.dialogue.session import Session, Topic
from bot.knowledge.model import NATION

EVERYBODY = "所有考生"
_NAMED = 4  # more regions than this are counted, not listed
_TOLD = (
    "answer",
    "out_of_scope",
)  # the kinds of entries that are asked about; small talk is compared as questions


@dataclass(frozen=True)
class Change:
    """One answer that becomes another.

    entry: its id · question: as shown to candidates · regions: for whom, in the order of regions.yaml; the same change word for word ·
    audience: EVERYBODY or a name such as 军队现役, then only where it differs from everybody's change.
    old, new: the whole reply as the first of `regions` would read it; "" where there is no such entry.
    """

    entry: str
    question: str
    regions: tuple[str, ...]
    audience: str
    old: str
    new: str


@dataclass(frozen=True)
class Otherwise:
    """One question that is answered by another entry or with another decision; old and new are "answer 技能缴费时间" and the like."""

    question: str
    old: str
    new: str


@dataclass(frozen=True)
class Comparison:
    """What a publish would change for candidates at one instant.

    added, gone: entry ids · changes: of entries that both have, and of the added and gone ones.
    """

    now: datetime
    changes: tuple[Change, ...]
    otherwise: tuple[Otherwise, ...]
    added: tuple[str, ...]
    gone: tuple[str, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        """Region -> how many of its entries are answered otherwise; regions without any are left out."""
        entries: dict[str, set[str]] = {}
        for change in self.changes:
            for region in change.regions:
                entries.setdefault(region, set()).add(change.entry)
        return {region: len(found) for region, found in entries.items()}

    @property
    def headline(self) -> str:
        """For people: "四川 3 条回答会变；另外 32 个考区各 1 条"; "没有回答会变" when nothing does."""
        by_count: dict[int, list[str]] = {}
        for region, count in self.counts.items():
            by_count.setdefault(count, []).append(region)
        said = []
        for count, regions in sorted(by_count.items(), key=lambda item: (len(item[1]), -item[0])):
            if len(regions) <= _NAMED:
                said.append(f"{'、'.join(regions)}{'各' if len(regions) > 1 else ''} {count} 条回答会变")
            else:
                said.append(f"{'另外 ' if said else ''}{len(regions)} 个考区各 {count} 条回答会变")
        if self.otherwise:
            said.append(f"{len(self.otherwise)} 个问法改由别的问答来答")
        return "；".join(said) or "没有回答会变"


def compare(old: Assistant, new: Assistant, now: datetime, questions: Iterable[str] = ()) -> Comparison:
    """Every region × entry × audience asked of both, and `questions` as a stranger would ask them.

    Args:
        now: aware; both answer as of this instant.
        questions: e.g. what candidates asked lately (masked). Those that only read other words are in `changes`, not in `otherwise`.

    Some 0.2 ms a reply: milliseconds where entries or one region's schedule differ, 3 s where the 全国 level or a phrase does.
    """
    before, after = old.kb.entries, new.kb.entries
    everywhere = list(dict.fromkeys([*new.kb.regions, *old.kb.regions]))
    touched = _regions_touched(old, new, everywhere)
    differing = {id for id in {*before, *after} if before.get(id) != after.get(id)}
    changes: list[Change] = []
    for id, entry in {**before, **after}.items():
        # What an entry says depends on its own text, on its follow-ups' questions, and on what its region has on file.
        drawn_on = {id, *entry.follow_ups, *(before[id].follow_ups if id in before else ())}
        regions = everywhere if drawn_on & differing else touched
        if entry.kind in _TOLD:
            changes += _entry_changes(id, regions, old, new, now)
    return Comparison(
        now,
        tuple(changes),
        tuple(_otherwise(old, new, now, questions)),
        tuple(id for id in after if id not in before),
        tuple(id for id in before if id not in after),
    )


def show(found: Comparison, limit: int = 40) -> str:
    """The comparison for people; `limit` changes are printed in full."""
    lines = [f"{found.headline}（按 {found.now:%Y-%m-%d %H:%M} 来答）"]
    lines += [f"新增问答：{'、'.join(found.added)}"] if found.added else []
    lines += [f"没有了的问答：{'、'.join(found.gone)}"] if found.gone else []
    for change in found.changes[:limit]:
        who = "、".join(change.regions[:_NAMED]) + (
            f" 等 {len(change.regions)} 个考区" if len(change.regions) > _NAMED else ""
        )
        lines += ["", f"【{change.entry}】{who}，{change.audience}"]
        lines += [f"  {line}" for line in line_diff(change.old, change.new) if not line.startswith("  ")]
    if len(found.changes) > limit:
        lines += ["", f"……还有 {len(found.changes) - limit} 处，--json 能看到全部。"]
    if found.otherwise:
        lines += ["", "这些问法的回答变了："]
        lines += [f"  “{other.question}”：{other.old} → {other.new}" for other in found.otherwise]
    return "\n".join(lines)


def line_diff(old: str, new: str) -> list[str]:
    """Line by line: "- " gone, "+ " new, "  " as before."""
    return [line for line in difflib.ndiff(old.splitlines(), new.splitlines()) if not line.startswith("? ")]


def plain(found: Comparison) -> dict[str, object]:
    """The comparison for programs."""
    return {
        "now": found.now.isoformat(),
        "headline": found.headline,
        "regions": dict(found.counts),
        "added": list(found.added),
        "gone": list(found.gone),
        "changes": [{**vars(change), "regions": list(change.regions)} for change in found.changes],
        "otherwise": [vars(other) for other in found.otherwise],
    }


def _regions_touched(old: Assistant, new: Assistant, everywhere: Sequence[str]) -> Sequence[str]:
    """The regions for which any entry may read otherwise, because something its reply draws on differs."""
    a, b = old.kb, new.kb
    if (a.phrases, a.stale_days, a.vocabulary.audiences) != (b.phrases, b.stale_days, b.vocabulary.audiences):
        return everywhere
    touched = {key[0] for key in {*a.schedules, *b.schedules} if a.schedules.get(key) != b.schedules.get(key)}
    touched |= {
        region for region in {*a.regions, *b.regions} if a.regions.get(region) != b.regions.get(region)
    }
    for key in {*a.notices, *b.notices}:
        if a.notices.get(key) != b.notices.get(key):
            touched |= {kb.notices[key].region for kb in (a, b) if key in kb.notices}
    return everywhere if NATION in touched else [region for region in everywhere if region in touched]


def _entry_changes(
    id: str, regions: Sequence[str], old: Assistant, new: Assistant, now: datetime
) -> list[Change]:
    """The changes of one entry, equal ones of several regions joined."""
    found: dict[tuple[str, str, str], list[tuple[str, str, str]]] = {}
    entry = new.kb.entries.get(id) or old.kb.entries[id]
    audiences = list(dict.fromkeys([*new.kb.vocabulary.audiences, *old.kb.vocabulary.audiences]))
    for region in regions:
        everybody = _said(old, id, region, None, now), _said(new, id, region, None, now)
        told = {everybody}
        if everybody[0] != everybody[1]:
            _join(found, region, EVERYBODY, everybody)
        for audience in audiences:
            pair = _said(old, id, region, audience, now), _said(new, id, region, audience, now)
            if pair[0] != pair[1] and pair not in told:
                told.add(pair)
                _join(found, region, audience, pair)
    return [
        Change(id, entry.question, tuple(region for region, _, _ in same), audience, same[0][1], same[0][2])
        for (audience, _, _), same in found.items()
    ]


def _join(
    found: dict[tuple[str, str, str], list[tuple[str, str, str]]],
    region: str,
    audience: str,
    pair: tuple[str, str],
) -> None:
    """Under one key what reads the same but for the region's name."""
    key = (audience, pair[0].replace(region, "…"), pair[1].replace(region, "…"))
    found.setdefault(key, []).append((region, *pair))


def _said(assistant: Assistant, id: str, region: str, audience: str | None, now: datetime) -> str:
    """The reply of one entry to a candidate whose region and audience are known; "" where there is no such entry or region."""
    kb = assistant.kb
    entry = kb.entries.get(id)
    if entry is None or (region != NATION and region not in kb.regions):
        return ""
    query = assistant.understanding.read("", now.date())
    ask = Ask(query, Topic(entry=id), (region,), True, (), None, audience, resumed=True, entry_fixed=True)
    chosen = Chosen(entry, 1.0, by="slots")
    decision, _ = assistant.steering.policy.answer(ask, chosen, Session(region=region), now)
    reply, rest = render([decision], kb, now)
    return "\n".join([reply.text, *rest])


def _otherwise(old: Assistant, new: Assistant, now: datetime, questions: Iterable[str]) -> list[Otherwise]:
    found = []
    for question in dict.fromkeys(questions):
        before, after = _outcome(old, question, now), _outcome(new, question, now)
        if before != after:
            found.append(Otherwise(question, before, after))
    return found


def _outcome(assistant: Assistant, question: str, now: datetime) -> str:
    trace = assistant.respond(Message("text", question), None, now).trace
    parts: Sequence[str | None] = (trace.decision, trace.entry, trace.region)
    return " ".join(part for part in parts if part)
