"""Small SVG pictures, drawn as text: no script, no inline style, so that the page's policy lets them be. Pure.

Colours come from classes of console.css; every text goes through `escape`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

_HEIGHT, _FOOT, _HEAD = 170, 22, 14


def bars(
    slots: Sequence[tuple[str, Mapping[str, int]]], kinds: Sequence[tuple[str, str]], width: int = 720
) -> Markup:
    """A stacked bar for each slot, with the total above it.

    Args:
        slots: (label under the bar, kind -> count), left to right.
        kinds: (kind, its class), bottom to top.
    """
    totals = [sum(counts.values()) for _, counts in slots]
    most = max([*totals, 1])
    step = width / max(len(slots), 1)
    thick = min(step * 0.68, 44)
    room = _HEIGHT - _FOOT - _HEAD
    parts = [
        Markup('<line class="axis" x1="0" x2="{}" y1="{}" y2="{}"/>').format(
            width, _HEIGHT - _FOOT, _HEIGHT - _FOOT
        )
    ]
    every = max(1, round(len(slots) / 12))
    for number, ((label, counts), total) in enumerate(zip(slots, totals, strict=True)):
        left, top = number * step + (step - thick) / 2, float(_HEIGHT - _FOOT)
        for kind, shade in kinds:
            high = room * counts.get(kind, 0) / most
            if high:
                top -= high
                parts.append(
                    Markup('<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="1.5"><title>{}</title></rect>').format(
                        shade, left, top, thick, high, f"{label} {kind} {counts[kind]}"
                    )
                )  # fmt: skip
        middle = left + thick / 2
        if total and (every == 1 or total == most):
            parts.append(
                Markup('<text class="count" x="{:.1f}" y="{:.1f}">{}</text>').format(middle, top - 4, total)
            )
        if number % every == 0:
            parts.append(
                Markup('<text class="tick" x="{:.1f}" y="{}">{}</text>').format(middle, _HEIGHT - 6, label)
            )
    return _svg(width, _HEIGHT, Markup("").join(parts), "每段时间的消息数")


def share(counts: Sequence[tuple[str, str, int]], width: int = 720, height: int = 18) -> Markup:
    """One bar that shows the shares of a whole: (name, class, count)."""
    total = sum(count for _, _, count in counts) or 1
    left, parts = 0.0, []
    for name, shade, count in counts:
        wide = width * count / total
        if wide:
            parts.append(
                Markup('<rect class="{}" x="{:.1f}" y="0" width="{:.1f}" height="{}"><title>{}</title></rect>').format(
                    shade, left, max(wide - 1.5, 0.5), height, f"{name} {count}"
                )
            )  # fmt: skip
            left += wide
    return _svg(
        width, height, Markup("").join(parts), "、".join(f"{name} {count}" for name, _, count in counts)
    )


def level(value: float, most: float, shade: str = "answered") -> Markup:
    """A bar on its track: `value` of `most`."""
    wide = 100 * max(0.0, min(1.0, value / most if most else 0.0))
    body = Markup(
        '<rect class="track" width="100" height="10"/><rect class="{}" width="{:.1f}" height="10"/>'
    ).format(shade, wide)
    return Markup(
        '<svg class="level" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">{}</svg>'
    ).format(body)


def _svg(width: int, height: int, body: Markup, label: str) -> Markup:
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}" preserveAspectRatio="none">{}</svg>'
    ).format(width, height, escape(label), body)
