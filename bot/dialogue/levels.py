"""Questions of the two levels, 执业 and 助理: their days, both at once, the papers of who has one and wants the other. Pure."""

from __future__ import annotations

import re

from bot.dialogue.ask import Ask

BOTH_LEVELS = "助理同时报名"  # the entry that tells whether both levels register in the same days
_LEVELS = re.compile(
    r"(?:助理[^,。?!]{0,10}?(?:跟|和|与|同)[^,。?!]{0,4}?执业|执业[^,。?!]{0,10}?(?:跟|和|与|同)[^,。?!]{0,4}?助理)[^,。?!]{0,8}?(?:一样|同一|相同|同时|一起)"
)

# 执业和助理一起报得不得行: whether one may register for both, and not when
_AT_ONCE = re.compile(
    r"(?:同时|一起|都|两个)[^,。?!]{0,2}(?:报|考)(?:名|上|考)?(?:得不得行|行不行|可不可以|能不能|可以|得行|要得|行)"
    r"|(?:能|可以|可不可以|能不能)(?:同时|一起|都|两个都|一年)+(?:报|考)"
)
WHO_MAY = "报考条件"  # entry
_DEGREES = frozenset({"大专", "专科", "本科", "中专", "助理", "学历", "毕业证"})
_PROMOTED = re.compile(r"助理[^,。?!]{0,3}(?:考|升|转|报)执业")
_BRINGS = re.compile(r"[带拿揣]")


def level_rule(ask: Ask) -> str:
    """The entry on the days of both levels, or on whether one may register for both; "" where neither is asked."""
    text = ask.query.text
    if "助理" in text and "执业" in text.replace("执业助理", "") and _AT_ONCE.search(text):
        return WHO_MAY
    return BOTH_LEVELS if _LEVELS.search(text) and ask.topic.stages == ("网上报名",) else ""


def asks_papers(ask: Ask) -> bool:
    """Whether nothing but papers is asked, by one who tells their degree or level."""
    topic = ask.topic
    only = topic.asks == ("材料",) and topic.stages in ((), ("网上报名",)) and not topic.verdict
    return only and bool(ask.query.level) and set(ask.content) <= _DEGREES


def brings_papers(ask: Ask) -> bool:
    """Whether those papers are shown on site, and not uploaded."""
    return bool(_BRINGS.search(ask.query.text) or _PROMOTED.search(ask.query.text))
