"""同一个问法写在两处

两条问答有一字不差的问法，机器人分不出来。留一处，或把它们改得不一样。
"""

from __future__ import annotations

from bot.knowledge.draft import Draft, text_of, texts_of
from bot.knowledge.yaml_source import Mapping, Text
from bot.text.normalize import compact

ID = "question-duplicate"


def check(draft: Draft) -> None:
    """Compare phrasings as the matcher sees them: normalised, without punctuation."""
    seen: dict[str, tuple[str, Text]] = {}
    for entry, value in draft.section("faq/", "问答").items():
        if not isinstance(value, Mapping):
            continue
        question = text_of(value, "问题")
        for phrasing in [*([question] if question else []), *texts_of(value.get(Text("说法")))]:
            key = compact(phrasing)
            if not key:
                draft.problem(phrasing.place, ID, f"问答“{entry}”有一个空的问法。", "删掉它。")
            elif key in seen and seen[key][0] != entry:
                other, first = seen[key]
                where = f"{first.place.file} 第 {first.place.line} 行"
                draft.problem(
                    phrasing.place, ID, f"问法“{phrasing}”已经在问答“{other}”里了（{where}）。", "只留一处。"
                )
            else:
                seen.setdefault(key, (str(entry), phrasing))
