"""Several worker processes of the real server, with real knowledge: one changes for all, and no request notices."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.storage.tables import turns
from tests.serving import ROOT, environment, free_port

SMALL = Path(__file__).parent / "knowledge" / "small"
PHRASE = "不懂"  # the phrase that answers what nobody understands


@pytest.fixture
def knowledge(tmp_path: Path) -> Path:
    folder = tmp_path / "knowledge"
    shutil.copytree(SMALL, folder)
    return folder


def publish(knowledge: Path, version: int) -> None:
    """The phrase names its version twice, so a reply of two versions would show."""
    path = knowledge / "phrases.yaml"
    lines = path.read_text("utf-8").splitlines()
    changed = [
        f"  {PHRASE}: 第{version}版，还是第{version}版" if line.startswith(f"  {PHRASE}:") else line
        for line in lines
    ]
    assert changed != lines
    path.write_text("\n".join(changed) + "\n", "utf-8")


@pytest.fixture(
    params=["make_sqlite", pytest.param("make_postgres", marks=pytest.mark.postgres)],
    ids=["sqlite", "postgres"],
)
def address(request: pytest.FixtureRequest, tmp_path: Path, knowledge: Path) -> Iterator[tuple[str, str]]:
    url, port = request.getfixturevalue(request.param)(), free_port()
    publish(knowledge, 1)
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
    yield f"http://127.0.0.1:{port}", url
    process.terminate()
    process.wait(30)
    process.stdout.close()


def ask(address: str, number: int) -> str:
    body = json.dumps({"user": f"u{number}", "text": "咕咕咕"}).encode()
    request = urllib.request.Request(f"{address}/api/messages", body, {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        return str(json.loads(answer.read())["reply"])


def test_a_change_reaches_every_process_and_no_reply_mixes_two_versions(
    address: tuple[str, str], knowledge: Path
) -> None:
    where, url = address
    heard: list[str] = []
    for version in (2, 3):
        publish(knowledge, version)
        # Thirty in a row from one version: with three workers taking turns, none is left behind.
        while len(set(heard[-30:])) != 1 or f"第{version}版" not in heard[-1]:
            heard.append(ask(where, len(heard)))
    for reply in heard:
        versions = {number for number in "123" if f"第{number}版" in reply}
        assert len(versions) == 1, reply
    first = [min(number for number in "123" if f"第{number}版" in reply) for reply in heard]
    assert set(first) >= {"2", "3"}
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        details = connection.scalars(sa.select(turns.c.detail).order_by(turns.c.id)).all()
    engine.dispose()
    assert len(details) == len(heard)
    told = dict(zip([detail["knowledge"] for detail in details], first, strict=True))
    assert len(told) == len(set(told.values())), "the version that a row names is the one that answered"
