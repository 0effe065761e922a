"""The log: one JSON object a line, ours and the libraries' alike, and no line ever costs an answer."""

from __future__ import annotations

import json
import subprocess
import sys

_SAY = """
import logging, sys
from bot.observability import get_logger, set_up_logging
log = get_logger("bot.here")
set_up_logging()
log.info("message", decision="answer", ms=1.5, region="四川")
log.debug("unheard")
logging.getLogger("library").warning("hm %s", 1)
try:
    1 / 0
except ZeroDivisionError:
    log.exception("broken")
{}
"""


def _said(more: str = "") -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", _SAY.format(more)], capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
    return done.stderr.splitlines()


def test_every_line_is_one_json_object() -> None:
    first, foreign, broken = (json.loads(line) for line in _said())
    assert first.pop("time")
    assert first == {
        "action": "message", "decision": "answer", "ms": 1.5, "region": "四川", "level": "info", "logger": "bot.here",
    }  # fmt: skip
    assert (foreign["action"], foreign["logger"], foreign["level"]) == ("hm 1", "library", "warning")
    assert (broken["action"], broken["level"]) == ("broken", "error")
    assert "ZeroDivisionError" in broken["exception"]


def test_a_log_that_cannot_be_written_is_no_error() -> None:
    full = """
class Full:
    def write(self, text): raise OSError("no space left")
sys.stderr = Full()
log.info("message")
sys.stderr = sys.__stderr__
print("went on", file=sys.stderr)
"""
    assert _said(full)[-1] == "went on"
