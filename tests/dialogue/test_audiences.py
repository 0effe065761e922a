"""Why nobody is asked who they are before an answer: what holds for all names those for whom it differs."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.conversation import Assistant, Message
from bot.knowledge.model import Knowledge
from tests.dialogue.test_matrix import DAYS


def test_words_that_differ_for_some_name_them_to_everybody(kb: Knowledge) -> None:
    silent = [
        (entry.id, level, audience)
        for entry in kb.entries.values()
        for level, answer in entry.answers.items()
        for audience in answer.audiences
        if audience not in answer.text
    ]
    assert silent == []


@pytest.mark.parametrize("day", DAYS)
def test_a_window_for_some_is_told_as_theirs(assistant: Assistant, day: str) -> None:
    now = datetime.fromisoformat(f"{day}T10:00:00+08:00")
    text = assistant.respond(Message("text", "重庆2024年现场审核时间"), None, now).reply.text
    assert ("只限军队现役考生" in text) == ("2 月 21 日" in text)
