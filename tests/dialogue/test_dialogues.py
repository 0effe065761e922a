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


_DAY_OF = re.compile(r"(20\d\d) 年度[^。；\n]{0,30}?\d+ 月 \d+ 日")


def _unnoticed(reply: str) -> set[str]:
    """The years whose days a reply tells without a notice of that year among its sources (promises 1 and 3)."""
    lines = reply.split("\n")
    cited = {year for line in lines if line.startswith("来源：") for year in re.findall(r"20\d\d", line)}
    return {year for line in lines for year in _DAY_OF.findall(line)} - cited


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
        assert not _unnoticed(came.reply.text), seen
        reply = _tight(came.reply.text)
        for words in wanted.get("says", ()):
            assert _tight(words) in reply, f"{words!r} not in: {seen}"
        for words in wanted.get("never", ()):
            assert _tight(words) not in reply, f"{words!r} in: {seen}"


def _tight(text: str) -> str:
    return re.sub(r"\s+", "", text)
