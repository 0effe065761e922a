"""docs/benchmarks.md and its picture."""

import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.accuracy import Result

DOCS = Path(__file__).parents[1] / "docs"


def machine() -> str:
    """Processor, cores, Python: what the figures depend on."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        model = next(
            (line.split(":")[1].strip() for line in info.read_text().splitlines() if "model name" in line),
            model,
        )
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}"


def picture(results: Mapping[str, Mapping[str, Result]], sets: Sequence[str]) -> str:
    """Bars of top-1 a matcher, one group a set, as SVG."""
    names = [
        name
        for name in results
        if name not in ("this matcher, as shipped", "this matcher + encoder, out of fold")
    ]
    shades = [
        "#c6cdd5",
        "#b3bcc6",
        "#9fabb8",
        "#8c9aa9",
        "#78899b",
        "#65788c",
        "#d9a441",
        "#5b8fd1",
        "#07a35a",
    ]
    colours = dict(zip(names, [*shades[: len(names) - 1], shades[-1]], strict=False))
    wide, high, left = 14, 220, 40
    group = wide * len(names) + 24
    width = left + group * len(sets) + 190
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{high + 70}" font-family="sans-serif" font-size="11">',
        f'<rect width="{width}" height="{high + 70}" fill="white"/>',
    ]
    for tick in (0.4, 0.6, 0.8, 1.0):
        y = 20 + high * (1 - (tick - 0.3) / 0.7)
        parts.append(f'<line x1="{left}" x2="{width - 185}" y1="{y:.1f}" y2="{y:.1f}" stroke="#e4e8ec"/>')
        parts.append(f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end" fill="#555">{tick:.1f}</text>')
    for place, name in enumerate(sets):
        start = left + place * group + 12
        for number, peer in enumerate(names):
            result = results[peer].get(name)
            if result is not None:
                tall = max(0.0, high * (result[0] - 0.3) / 0.7)
                parts.append(
                    f'<rect x="{start + number * wide}" y="{20 + high - tall:.1f}" width="{wide - 2}" height="{tall:.1f}" '
                    f'fill="{colours[peer]}"><title>{peer}: {result[0]:.3f}</title></rect>'
                )
        parts.append(
            f'<text x="{start + wide * len(names) / 2}" y="{high + 38}" text-anchor="middle">{name}</text>'
        )
    for number, peer in enumerate(names):
        y = 30 + number * 18
        parts.append(f'<rect x="{width - 178}" y="{y - 9}" width="10" height="10" fill="{colours[peer]}"/>')
        parts.append(f'<text x="{width - 162}" y="{y}">{peer}</text>')
    parts.append(
        f'<text x="{left}" y="{high + 58}" fill="#555">Top-1: share of answerable questions whose first entry is right</text>'
    )
    return "\n".join([*parts, "</svg>"]) + "\n"


def write(
    results: Mapping[str, Mapping[str, Result]],
    bands: Sequence[str],
    noise: Sequence[str],
    speed: Mapping[str, Mapping[int, Mapping[str, float]]],
    start: float,
    skipped: Sequence[str],
) -> None:
    """Both files, made anew."""
    sets = list(dict.fromkeys(name for row in results.values() for name in row))
    lines = [
        "# Benchmarks",
        "",
        f"Made by `make bench` (`python -m bench`) on {datetime.now(UTC):%Y-%m-%d}: {machine()}.",
        "The question sets are not part of this repository (research data); `BOT_BENCH_DATA` names their folder.",
        "",
        "![Top-1 by matcher and set](benchmarks.svg)",
        "",
        "## Top-1 / best F1",
        "",
        "**Out of fold**: a set is judged by weights fitted without it (m_bank: without the set each question came from). "
        "The kernel's shape, the number of features and the thresholds were chosen looking at these same sets, so expect a "
        "point less elsewhere. *As shipped* has seen all sets but l_lcqmc: in-sample. Best F1 uses the best threshold on the "
        "same questions, for every matcher alike. Standard error 1 to 2 points.",
        "",
        "| | " + " | ".join(sets) + " | mean of four |",
        "|---" * (len(sets) + 2) + "|",
    ]
    four = ("s_ths", "s_yl", "s_jn", "m_bank")
    for name, row in results.items():
        cells = [f"{row[one][0]:.3f} / {row[one][1]:.3f}" if one in row else "–" for one in sets]
        mean = (
            f"{sum(row[one][0] for one in four) / 4:.3f} / {sum(row[one][1] for one in four) / 4:.3f}"
            if all(one in row for one in four)
            else "–"
        )
        label = f"**{name}**" if name.startswith("this") else name
        lines.append(f"| {label} | " + " | ".join(cells) + f" | {mean} |")
    lines += ["", "Milliseconds a question in the same run (mean, one core, everything included):", ""]
    lines += ["| | " + " | ".join(sets) + " |", "|---" * (len(sets) + 1) + "|"]
    for name, row in results.items():
        if name not in ("this matcher, as shipped", "this matcher + encoder, out of fold"):
            lines.append(
                f"| {name} | "
                + " | ".join(
                    f"{row[one][2]:.2f}" if one in row and row[one][2] == row[one][2] else "–" for one in sets
                )
                + " |"
            )
    lines += ["", "## The shipped thresholds, out of fold", ""]
    lines += [
        "| set | precision of answers | recall of answers | right and offered | unanswerable not answered |",
        "|---|---|---|---|---|",
    ]
    lines += [
        *bands,
        "",
        "## Noise (top-1, out of fold)",
        "",
        "| set | noise | clean | noisy | points |",
        "|---|---|---|---|---|",
        *noise,
    ]
    lines += ["", "## Speed by number of entries (one phrasing each)", ""]
    lines += [f"jieba from nothing to its first cut: {start:.2f} s, once a process.", ""]
    lines += ["| | entries | load s | added MiB | p50 ms | p99 ms |", "|---|---|---|---|---|---|"]
    for name, by_size in speed.items():
        for size, row in by_size.items():
            cells = f"{row['load']:.2f} | {row['memory']:.0f} | {row['p50']:.2f} | {row['p99']:.2f}"
            lines.append(f"| {'**this matcher**' if name == 'ours' else name} | {size} | {cells} |")
    if skipped:
        lines += ["", "Skipped: " + "; ".join(skipped) + "."]
    DOCS.mkdir(exist_ok=True)
    (DOCS / "benchmarks.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (DOCS / "benchmarks.svg").write_text(picture(results, sets), encoding="utf-8")
