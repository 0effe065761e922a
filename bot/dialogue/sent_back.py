"""What follows once the review has sent papers back: 重传, 再提交 and 到哪天截止 are of the review, and no more of 上传. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from bot.dialogue.ask import Ask
from bot.dialogue.phases import Phases
from bot.knowledge.model import Entry
from bot.schedule.stages import REVIEWS, UPLOAD
from bot.text.replacing import replace

# 还能再换一次吗, 改完了要点啥: of the papers, where no stage is named
_MENDS = re.compile(r"[换改补]|重新?[传交弄]|提交")

_IN_TIME = re.compile(r"来得|来不|赶得|赶不")


def to_review(ask: Ask, phases: Phases, now: datetime) -> Ask:
    """Of one whose papers came back: the question as one of the review, which unlocks them; else, and while 上传 is open, as it is."""
    topic, stages = ask.topic, ask.topic.stages
    if "通知单" in ask.query.text:
        return ask  # a matter of the registration, whatever came back
    region = ask.regions[0] if ask.regions else None
    if not topic.sent_back or (region is not None and phases.is_open(region, UPLOAD, topic.year, now)):
        return ask
    # 重庆's soldiers upload nothing: who had papers to be sent back is none of them
    uploader = phases.whom(region, UPLOAD, topic.year, now) if region is not None else ""
    if UPLOAD in stages:
        stages = tuple(dict.fromkeys(stage for stage in (*stages, *REVIEWS) if stage != UPLOAD))
    elif stages == REVIEWS[:1] and not ask.query.stages:
        stages = REVIEWS  # 四川 goes on to mend on site
    elif not stages and _MENDS.search(ask.query.text):
        stages = REVIEWS
    return replace(
        ask, topic=replace(topic, stages=stages), audience=ask.audience or uploader or None, past_upload=True
    )


def in_time(ask: Ask) -> bool:
    """Whether it is asked if papers that came back can be mended in time, which the window of the review tells: 今晚改来得及吗."""
    return ask.past_upload and _IN_TIME.search(ask.query.text) is not None


def is_over(entry: Entry) -> bool:
    """Whether `entry` tells of 上传 as what one still does, or failed to do: over for whose papers were reviewed."""
    return UPLOAD in entry.stages and entry.asks in ("时间", "流程", "错过")


def is_of_papers(entry: Entry) -> bool:
    """Whether `entry` holds of uploaded papers whenever they are uploaded: their form, where to."""
    return UPLOAD in entry.stages and entry.asks in ("材料", "地点", "是否")


def mends(entry: Entry) -> bool:
    """Whether `entry` tells how papers that came back are put right, and until when."""
    return (
        bool(set(REVIEWS) & set(entry.stages)) and entry.asks in ("流程", "错过") and entry.kind == "answer"
    )


def near_in_kind(best_first: Sequence[Entry]) -> bool:
    """Whether the two nearest both tell so: then the nearer will do, as their windows are the same."""
    return all(mends(entry) for entry in best_first[:2])
