"""The golden dialogues of tests/dialogues, turn by turn."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.conversation import Assistant, Message

FOLDER = Path(__file__).resolve().parent.parent / "dialogues"
NOW = "2024-04-06T10:00:00+08:00"


def dialogues() -> list[Any]:
    return [
        pytest.param(item, id=f"{path.stem}: {item['name']}")
        for path in sorted(FOLDER.glob("*.yaml"))
        for item in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506  # plain text only
    ]


@pytest.mark.parametrize("dialogue", dialogues())
def test_it_goes_as_written(assistant: Assistant, dialogue: dict[str, Any]) -> None:
    now = datetime.fromisoformat(dialogue.get("now", NOW))
    session = None
    for turn in dialogue["turns"]:
        came = assistant.respond(Message("text", turn["user"]), session, now)
        session = came.session
        wanted = turn["bot"]
        seen = f"{turn['user']} -> {came.trace.decision} {came.trace.entry} {came.trace.region}\n{came.reply.text}"
        for key in ("decision", "entry", "region", "audience", "year"):
            if key in wanted:
                assert str(getattr(came.trace, key)) == wanted[key], seen
        reply = _tight(came.reply.text)
        for words in wanted.get("says", ()):
            assert _tight(words) in reply, f"{words!r} not in: {seen}"
        for words in wanted.get("never", ()):
            assert _tight(words) not in reply, f"{words!r} in: {seen}"


def _tight(text: str) -> str:
    return re.sub(r"\s+", "", text)
