"""The server of server.py and the command line as processes of their own.

They are forked from one process that has imported everything (multiprocessing's "forkserver"), for a second's import would
be most of what such a test costs. What a fresh `python server.py` does is tried in test_many_processes.py, test_app.py and
console/test_browser.py.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(
    ["server", "bot.cli", "bot.commands.remind", "bench.reminders", "tests.conftest"]
)
# Starts the server with such settings, waits for its line, and gives the process and its address; stderr is tmp_path / "log".
Serve = Callable[..., tuple["Child", str]]


class Child:
    """A process that runs `target(*args)` in an environment of its own; what it returns is the exit code."""

    def __init__(
        self,
        target: Callable[..., int],
        *args: Any,
        env: Mapping[str, str],
        cwd: Path,
        log: Path | None = None,
    ) -> None:
        """log: where stderr goes; None: nowhere."""
        out, write = FORKED.Pipe(duplex=False)
        told = (target, args, dict(env), str(cwd), str(log or os.devnull), write)
        self._process = FORKED.Process(target=_run, args=told)
        self._process.start()
        write.close()
        self.stdout = os.fdopen(os.dup(out.fileno()), encoding="utf-8")
        out.close()
        self.pid = self._process.pid or 0

    def poll(self) -> int | None:
        """The exit code, negative for a signal's number; None while it runs."""
        return self._process.exitcode

    def wait(self, seconds: float) -> int:
        """The exit code; fails when it takes longer."""
        self._process.join(seconds)
        assert self._process.exitcode is not None, "still running"
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Harmless when it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def close(self) -> None:
        """Kill it where it still runs."""
        self.send_signal(signal.SIGKILL)
        self.wait(30)
        self.stdout.close()


def _run(
    target: Callable[..., int], args: tuple[Any, ...], env: dict[str, str], cwd: str, log: str, out: Any
) -> None:
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    os.dup2(out.fileno(), 1)
    os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600), 2)
    sys.exit(target(*args))


def echoing() -> int:
    """server.py with the stand-in for the knowledge."""
    import bot.app
    import server
    from tests.fakes import EchoAssistant, FixedSource

    def create(settings: Any, clock: Any) -> Any:
        return bot.app.create_app(settings, FixedSource(EchoAssistant()), clock)

    vars(server)["create_app"] = create
    return server.main()


def command(*words: str, env: Mapping[str, str], cwd: Path) -> tuple[int, str, str]:
    """`python -m bot WORDS`: exit code, stdout, stderr."""
    from bot.cli import main

    log = cwd / "stderr"
    child = Child(main, words, env=env, cwd=cwd, log=log)
    said = child.stdout.read()
    code = child.wait(60)
    child.close()
    return code, said, log.read_text("utf-8")


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
