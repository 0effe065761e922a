"""Whether a question is about this exam at all."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.conversation import Assistant
from bot.dialogue.domain import WEIGHTS, about_the_exam, signs
from bot.dialogue.select import NOT_OURS, OURS
from bot.dialogue.session import Session
from tests.corpus.judge import play

NOW = datetime.fromisoformat("2024-02-26T10:00:00+08:00")


def about(assistant: Assistant, text: str) -> float:
    ask = assistant.ask(text, Session.from_dict(None, NOW), NOW)
    found = assistant.selector.evidence(ask)
    return about_the_exam(signs(ask, found.matches, len(found.unknown), found.foreign))


@pytest.mark.parametrize(
    "text", ["成都线上审核没动静咋整", "助理笔试考一百七能过吗", "重庆的材料被打回来了还能再交一遍不"]
)
def test_what_is_ours_is_offered_entries_at_least(assistant: Assistant, text: str) -> None:
    assert about(assistant, text) >= OURS
    assert play(assistant, [text], NOW).trace.decision in ("answer", "options")


@pytest.mark.parametrize(
    "text", ["苹果手机怎么截屏", "怎样才能让耳朵变大", "谁有好听的歌推荐几首", "电脑开不了机咋弄"]
)
def test_what_is_about_anything_else_is_never_answered(assistant: Assistant, text: str) -> None:
    assert about(assistant, text) < NOT_OURS
    assert play(assistant, [text], NOW).trace.decision == "refuse"


def test_every_sign_has_a_weight(assistant: Assistant) -> None:
    ask = assistant.ask("怎么报名", Session.from_dict(None, NOW), NOW)
    assert list(signs(ask, (), 0, False)) == list(WEIGHTS)
