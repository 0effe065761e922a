"""`bot eval`: the golden questions asked of one knowledge, counted per entry, compared with the last time. Pure but for its file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.golden import Outcome, Verdict

LAST = "eval.json"  # under BOT_VAR


@dataclass(frozen=True)
class Report:
    """entries: entry (or decision where none is named) -> verdict -> count · confused: (wanted, got) -> count.

    answers: question -> verdict, what the next run compares with · faults: one line for each that is not right.
    """

    entries: Mapping[str, Mapping[str, int]]
    confused: Mapping[tuple[str, str], int]
    answers: Mapping[str, str]
    faults: tuple[str, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        """Verdict -> how many questions."""
        return Counter(self.answers.values())


def report(outcomes: Iterable[Outcome]) -> Report:
    """Count what `golden.run` found."""
    entries: dict[str, Counter[str]] = {}
    confused: Counter[tuple[str, str]] = Counter()
    answers, faults = {}, []
    for outcome in outcomes:
        golden = outcome.golden
        name = golden.entries[0] if golden.entries else golden.decisions[0]
        entries.setdefault(name, Counter())[outcome.verdict.value] += 1
        place = f"{golden.place.file} {golden.ask}" + (
            f"（先说 {'、'.join(golden.before)}）" if golden.before else ""
        )
        answers[f"{place} @{golden.now:%Y-%m-%d %H:%M}"] = outcome.verdict.value
        if outcome.verdict is not Verdict.RIGHT:
            faults.append(outcome.show())
            confused[name, outcome.turn.trace.entry or outcome.turn.trace.decision] += 1
    return Report(entries, confused, answers, tuple(faults))


def changes(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """One line for each question whose verdict is another than last time; new and gone ones are not changes."""
    return [f"{ask}：{before[ask]} → {now[ask]}" for ask in now if ask in before and before[ask] != now[ask]]


def last(folder: Path) -> dict[str, str]:
    """What `remember` wrote; {} the first time or when the file can't be read."""
    try:
        found = json.loads((folder / LAST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(ask): str(verdict) for ask, verdict in found.items()} if isinstance(found, dict) else {}


def remember(folder: Path, answers: Mapping[str, str]) -> None:
    """Keep the verdicts for the next run."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / LAST).write_text(json.dumps(dict(answers), ensure_ascii=False, indent=0), encoding="utf-8")


def show(found: Report, changed: Iterable[str]) -> str:
    """The report for people."""
    lines = [f"{'问答':　<14}对  错  没答"]
    for name, counts in sorted(found.entries.items()):
        row = "  ".join(f"{counts.get(verdict.value, 0):>2}" for verdict in Verdict)
        lines.append(f"{name:　<14}{row}")
    total = "，".join(f"{verdict.value} {found.counts.get(verdict.value, 0)}" for verdict in Verdict)
    lines.append(f"一共 {len(found.answers)} 问：{total}")
    if found.confused:
        lines += ["", "容易混的："]
        lines += [
            f"  {wanted} 被当成 {got}：{count} 次" for (wanted, got), count in sorted(found.confused.items())
        ]
    if found.faults:
        lines += ["", "没答对的：", *(f"  {fault}" for fault in found.faults)]
    changed = list(changed)
    if changed:
        lines += ["", "和上次不同：", *(f"  {line}" for line in changed)]
    return "\n".join(lines)


def plain(found: Report, changed: Iterable[str]) -> dict[str, Any]:
    """The report for programs."""
    return {
        "total": len(found.answers),
        "counts": dict(found.counts),
        "entries": {name: dict(counts) for name, counts in found.entries.items()},
        "confused": [{"wanted": w, "got": g, "count": n} for (w, g), n in sorted(found.confused.items())],
        "faults": list(found.faults),
        "changed": list(changed),
    }
