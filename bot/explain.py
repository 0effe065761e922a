"""Why the bot answers as it does, for staff: the same thought as `respond`, with every step kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.conversation import Assistant, Message
from bot.dialogue import select
from bot.dialogue.session import Session
from bot.text.privacy import mask

SLOTS = {
    "subjects": "科目", "actions": "动作", "asks": "问法", "stages": "环节", "audience": "对象", "level": "级别",
    "years": "年度", "content": "其他词", "exam": "其他考试",
}  # fmt: skip

FEATURES = {
    "slots": "科目、动作、问法的加减", "char": "单字", "sound": "读音", "char_used": "它的字问了",
    "negation": "一个否定一个没有", "codes_missing": "少了编号", "codes_added": "多了编号",
    "opposite": "反义词", "number_shared": "数字相同", "first_capped": "初选分（封顶）",
    "first_mean": "各问法平均", "phrasings": "问法数目", "vector_best": "最近的意思", "ratio_best": "最像的问法", "classifier": "分类器",
    "classifier_capped": "分类器（封顶）", "near": "意思的远近（第二意见）",
}  # fmt: skip


def explain(
    assistant: Assistant, text: str, session: Mapping[str, Any] | None, now: datetime
) -> dict[str, Any]:
    """Plain values: what was read, the best three entries with each feature, the bands, the decision and the reply."""
    before = Session.from_dict(session, now)
    ask = assistant.ask(mask(text), before, now)
    query = ask.query
    chosen = assistant.selector.choose(ask)
    turn = assistant.respond(Message("text", text), session, now)
    return {
        "text": query.text,
        "fixed": query.fixed,
        "core": ask.topic.core,
        "tokens": assistant.understanding.tokens(query.text),
        "places": [
            {"text": m.text, "regions": list(m.regions), "place": m.place, "role": m.role}
            for m in query.region.mentions
        ],
        "region": list(ask.regions) or None,
        "region_ambiguous": list(ask.ambiguous),
        "slots": {name: getattr(query, name) for name in SLOTS if getattr(query, name)},
        "candidates": [
            {"entry": m.entry_id, "score": round(m.score, 4), "phrasing": m.text, "features": dict(m.why)}
            for m in chosen.matches[:3]
        ],
        "by": chosen.by or None,
        "bands": {"answer": select.ANSWER, "clear": select.CLEAR, "options": select.OPTIONS},
        "decision": turn.trace.decision,
        "entry": turn.trace.entry,
        "score": turn.trace.score,
        "year": turn.trace.year,
        "knowledge": assistant.kb.version,
        "reply": turn.reply.text,
    }


def show(found: Mapping[str, Any]) -> str:
    """The same in Chinese, for people."""
    lines = [f"读成：{found['text']}"]
    if found["fixed"] != found["text"]:
        lines.append(f"改错、去掉地名以后：{found['fixed']}")
    lines += [f"比对用：{found['core']}", f"分词：{' / '.join(found['tokens'])}"]
    for place in found["places"]:
        role = {"asked": "问的", "negated": "说了不是", "background": "只是背景"}[place["role"]]
        lines.append(f"地名：{place['text']} → {'、'.join(place['regions'])}（{role}）")
    region = "、".join(found["region"]) if found["region"] else "不知道"
    if found["region_ambiguous"]:
        region = f"有歧义，要问：{'、'.join(found['region_ambiguous'])}"
    lines.append(f"考区：{region}")
    for name, value in found["slots"].items():
        lines.append(f"{SLOTS[name]}：{value if isinstance(value, str) else '、'.join(map(str, value))}")
    if found["by"] == "slots":
        lines.append("怎么选的：科目、动作和问法已经说清楚，直接按环节定。")
    if found["by"] == "exact":
        lines.append("怎么选的：和它的一个问法一字不差。")
    if found["candidates"]:
        lines.append("最像的问答：")
    for rank, candidate in enumerate(found["candidates"], 1):
        lines.append(
            f"  {rank} {candidate['entry']}  把握 {candidate['score']:.2f}  像“{candidate['phrasing']}”"
        )
        features = "，".join(
            f"{FEATURES.get(name, name)} {value:.2f}" for name, value in candidate["features"].items()
        )
        lines.append(f"    {features}")
    bands = found["bands"]
    lines.append(
        f"分档：{bands['answer']:.2f} 以上并领先 {bands['clear']:.2f} 就答，{bands['options']:.2f} 以上给选项，再低不答"
    )
    lines.append(f"决定：{found['decision']}  问答：{found['entry'] or '无'}  把握：{found['score']:.2f}")
    return "\n".join([*lines, "", found["reply"]])
