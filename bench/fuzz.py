"""Rubbish at every door, for minutes: whatever the platform signed gets 200, the rest a clean 4xx, nothing raises.

Bodies of every kind and event, envelopes, queries, headers, paths, forms and JSON go to the app itself, where an exception comes
out as one; bytes that are hardly HTTP go to a server of two workers.

`python -m bench.fuzz [--minutes M] [--seed S]`: exit 0 when nothing else was found; what was is printed, smallest form first.
"""

from __future__ import annotations

import argparse
import http.client
import logging
import re
import socket
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog
from hypothesis import HealthCheck, Phase, given, seed, settings

from bench import doors, rubbish, soak
from bot.conversation import Assistant

COUNT = 12  # doors, the raw bytes included


def raw(port: int, examples: int, number: int) -> None:
    """Bytes that are hardly HTTP, to a server that runs there: a clean answer or a closed connection, never a 5xx, and it lives."""

    @seed(number)
    @_settings(examples)  # type: ignore[untyped-decorator]  # as above
    @given(rubbish.raw_request)
    def test(sent: bytes) -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=30) as link:
            with suppress(OSError):
                link.sendall(sent)
                link.shutdown(socket.SHUT_WR)
            data = b""
            with suppress(ConnectionError):
                while part := link.recv(65536):
                    data += part
        if data:
            found = re.match(rb"HTTP/1\.[01] (\d{3}) ", data)
            assert found, data[:80]
            assert found[1] in (b"501", b"505") or int(found[1]) < 500, data[:80]
        alive = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        alive.request("GET", "/healthz")
        assert alive.getresponse().status == 200
        alive.close()

    test()


def fuzz(assistant: Assistant, examples: int, number: int, only: str = "") -> None:
    """Try so many examples of each check, from this seed. Raises the first fault, in its smallest form."""
    with tempfile.TemporaryDirectory() as name:
        for check, make in doors.checks(assistant, Path(name)).items():
            if only in check:
                seed(number)(make()(_settings(examples)))()


def _settings(examples: int) -> Any:
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    return settings(
        max_examples=examples, deadline=None, database=None, derandomize=False, suppress_health_check=quiet,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
    )  # fmt: skip


def main() -> int:
    """0: nothing found."""
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    asked = parser.parse_args()
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    from bot.build import build
    from bot.knowledge.load import load

    kb, _ = load(Path(__file__).parents[1] / "knowledge")
    assert kb is not None
    assistant, end, rounds = build(kb), time.monotonic() + asked.minutes * 60, 0
    with tempfile.TemporaryDirectory(prefix="fuzz") as name:
        folder = Path(name)
        with soak.server(folder, f"sqlite:///{folder / 'bot.db'}", 2) as (port, _, _):
            while time.monotonic() < end:
                fuzz(assistant, 200, asked.seed + rounds)
                raw(port, 200, asked.seed + rounds)
                rounds += 1
    print(f"{rounds} rounds of {COUNT} × 200 examples from seed {asked.seed}: nothing found")
    return 0


if __name__ == "__main__":
    sys.exit(main())
