"""The server of server.py as a process of its own, with the stand-in for the knowledge."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Starts the server with such settings, waits for its line, and gives the process and its address; stderr is tmp_path / "log".
Serve = Callable[..., tuple[subprocess.Popen[str], str]]

SERVE = """
import sys
import bot.app, server
from tests.fakes import EchoAssistant, FixedSource
create = bot.app.create_app
server.create_app = lambda settings, clock: create(settings, FixedSource(EchoAssistant()), clock)
sys.exit(server.main())
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(tmp_path: Path, **more: str) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("BOT_", "WECHAT_", "DATABASE_"))
    }
    return kept | {"BOT_VAR": str(tmp_path / "var"), "PYTHONPATH": str(ROOT)} | more
