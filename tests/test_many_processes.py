"""Several worker processes of the real server, with real knowledge: one changes for all, and no request notices."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa

from bench import soak
from bot.knowledge import folder
from bot.storage.tables import turns
from tests.serving import ROOT, environment, free_port

SMALL = Path(__file__).parent / "knowledge" / "small"
PAUSE = threading.Event()
PHRASE = "不懂"  # the phrase that answers what nobody understands


@pytest.fixture
def knowledge(tmp_path: Path) -> Path:
    folder = tmp_path / "knowledge"
    shutil.copytree(SMALL, folder)
    return folder


def changed(knowledge: Path, version: int) -> tuple[str, bytes, bytes]:
    """The file that names the version twice, so that a reply of two versions would show: path, before, after."""
    path = "phrases.yaml"
    before = (knowledge / path).read_bytes()
    lines = [
        f"  {PHRASE}: 第{version}版，还是第{version}版" if line.startswith(f"  {PHRASE}:") else line
        for line in before.decode().splitlines()
    ]
    after = "\n".join(lines).encode() + b"\n"
    assert after != before
    return path, before, after


def edit(knowledge: Path, version: int) -> None:
    """By hand: the file is simply written."""
    path, _, after = changed(knowledge, version)
    (knowledge / path).write_bytes(after)


def publish(knowledge: Path, version: int) -> None:
    """As the console does."""
    path, before, after = changed(knowledge, version)
    folder.write(knowledge, {path: after}, {path: before})


@dataclass
class Running:
    """The server: its address, its database, its parent process."""

    address: str
    url: str
    parent: int


@pytest.fixture(
    params=["make_sqlite", pytest.param("make_postgres", marks=pytest.mark.postgres)],
    ids=["sqlite", "postgres"],
)
def running(request: pytest.FixtureRequest, tmp_path: Path, knowledge: Path) -> Iterator[Running]:
    url, port = request.getfixturevalue(request.param)(), free_port()
    edit(knowledge, 1)
    told = environment(
        tmp_path,
        BOT_PORT=str(port),
        BOT_WORKERS="3",
        BOT_KNOWLEDGE=str(knowledge),
        DATABASE_URL=url,
        BOT_LIMIT_ADDRESS="0",
    )
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "server.py")],
            cwd=tmp_path,
            env=told,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    assert process.stdout
    assert str(port) in process.stdout.readline(), (tmp_path / "log").read_text()
    yield Running(f"http://127.0.0.1:{port}", url, process.pid)
    process.terminate()
    process.wait(30)
    process.stdout.close()


def ask(address: str, user: str) -> str:
    """The reply; raises whatever a candidate would see fail."""
    body = json.dumps({"user": user, "text": "咕咕咕"}).encode()
    request = urllib.request.Request(f"{address}/api/messages", body, {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        return str(json.loads(answer.read())["reply"])


@dataclass
class Crowd:
    """Candidates who never stop asking, three at a time, until the block ends."""

    address: str
    heard: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def __enter__(self) -> Crowd:
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(name,)) for name in "abc"]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, name: str) -> None:
        number = 0
        while not self._stop.is_set():
            number += 1
            try:
                self.heard.append(ask(self.address, f"{name}{number}"))
            except (OSError, ValueError) as error:
                self.failed.append(repr(error))

    def until_all_say(self, version: int) -> None:
        """Sixty in a row of that version: with three workers taking turns, none is left behind."""
        start = len(self.heard)
        while not self.failed and not PAUSE.wait(0.01):
            tail = self.heard[max(start, len(self.heard) - 60) :]
            if len(tail) == 60 and all(f"第{version}版" in reply for reply in tail):
                return


def test_a_change_reaches_every_process_and_no_reply_mixes_two_versions(
    running: Running, knowledge: Path
) -> None:
    with Crowd(running.address) as crowd:
        crowd.until_all_say(1)
        for version, change in ((2, publish), (3, edit), (4, publish)):
            change(knowledge, version)
            crowd.until_all_say(version)
    assert crowd.failed == []
    for reply in crowd.heard:
        assert len(versions_in(reply)) == 1, reply
    engine = sa.create_engine(running.url)
    with engine.connect() as connection:
        details = connection.scalars(sa.select(turns.c.detail)).all()
    engine.dispose()
    assert len(details) == len(crowd.heard)
    rows = Counter(detail["knowledge"] for detail in details)
    said = Counter(versions_in(reply).pop() for reply in crowd.heard)
    assert sorted(rows.values()) == sorted(said.values()), (
        "the version that a row names is the one that answered"
    )


def test_a_worker_that_takes_a_killed_one_s_place_knows_the_newest(running: Running, knowledge: Path) -> None:
    with Crowd(running.address) as crowd:
        edit(knowledge, 2)
        crowd.until_all_say(2)
    before = soak.workers(running.parent)
    os.kill(before[0], signal.SIGKILL)
    while len(set(soak.workers(running.parent)) - {before[0]}) < 3:
        threading.Event().wait(0.01)
    with Crowd(running.address) as crowd:
        while len(crowd.heard) < 200 and not crowd.failed:
            PAUSE.wait(0.01)
    assert crowd.failed == []
    assert {number for reply in crowd.heard for number in versions_in(reply)} == {"2"}


def versions_in(reply: str) -> set[str]:
    return {number for number in "1234" if f"第{number}版" in reply}
