"""A long conversation under faults: workers killed, the knowledge reloaded, the disk full, PostgreSQL restarted.

`python -m bench.soak [--minutes M] [--database sqlite|postgres|both] [--connections N]`: exit 0 when no accepted message was
lost or doubled, each candidate's messages stand in order, and every request was answered inside 5 s.

PostgreSQL is a throw-away cluster of this run's own, in a temporary folder. The full disk is played by RLIMIT_FSIZE: from one
moment on no write of the server may reach past the first 4 KiB of a file. The knowledge is changed by turns as the console
publishes and as staff save a file by hand; how long each way took to reach every worker is printed, and judges nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import random
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import urlencode

import sqlalchemy as sa

from bot.knowledge import folder as shared
from bot.knowledge.load import contents, version_of
from bot.simulate import wire
from bot.storage.store import Store
from bot.storage.tables import inbox, turns

WORKERS = 2
ROOT = Path(__file__).parents[1]
TOKEN, SECRET = "soak", "the secret of a soak, 32 bytes.."  # of a server that lives minutes
ACCOUNT = wire.Account(TOKEN)
LIMIT_SECONDS = 5.0
TRIES = 3  # as the platform
SETTLED = (
    6.0  # seconds after a fault of the database, within which a message may still be answered from memory
)


@dataclass
class Said:
    """One message. answers: what its tries that got a 200 were answered, and when. disturbed: the database was away."""

    user: str
    number: int
    answers: list[bytes] = field(default_factory=list)
    disturbed: bool = False
    slowest: float = 0.0
    faults: list[str] = field(default_factory=list)


class Talk:
    """Candidates who talk to one server; what was said and heard is kept for `verify`."""

    def __init__(self, port: int, seed: int) -> None:
        self._port, self._seed = port, seed
        self._chance = random.Random(seed)
        self.said: list[Said] = []
        self.trouble_until = 0.0  # monotonic: until then answers may come from memory

    def trouble(self, seconds: float = 0.0) -> None:
        """From now, and for so long, the database is or may be away."""
        self.trouble_until = time.monotonic() + seconds + SETTLED

    def say(self, user: str, text: str, number: int, again: bool = False) -> Said:
        """One message, tried as the platform tries; again: once more after it was answered, as when the answer got lost."""
        said = Said(user, number)
        xml = wire.Push("text", text, user, int(time.time()), number).xml.encode()
        for attempt in range(TRIES):
            said.disturbed |= time.monotonic() < self.trouble_until
            if self._try(said, xml) and not (again and attempt == 0):
                break
        said.disturbed |= time.monotonic() < self.trouble_until
        self.said.append(said)
        return said

    def _try(self, said: Said, xml: bytes) -> bool:
        query, body = wire.request(xml, ACCOUNT, int(time.time()), user=said.user)
        began = time.monotonic()
        link = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            link.request("POST", f"/wechat?{urlencode(query)}", body, {"Content-Type": "text/xml"})
            answer = link.getresponse()
            data = answer.read()
        except (OSError, http.client.HTTPException):
            return False  # a worker died with the connection in its hands: the platform tries again, so do we
        finally:
            link.close()
            said.slowest = max(said.slowest, time.monotonic() - began)
        if answer.status != 200 or not data.startswith(b"<xml>"):
            said.faults.append(f"{answer.status} {data[:80]!r}")
            return False
        said.answers.append(data)
        return True


def verify(talk: Talk, url: str, secret: str = SECRET) -> list[str]:
    """What is wrong, a line each; [] when every promise held."""
    store = Store(url, secret.encode(), wait_seconds=4)
    try:
        with store.database.engine.connect() as connection:
            kept = set(connection.scalars(sa.select(inbox.c.key)))
            rows = list(
                connection.execute(sa.select(turns.c.user_hash, turns.c.masked_text).order_by(turns.c.id))
            )
    finally:
        store.close()
    wrong = []
    stored = []
    for said in talk.said:
        name = f"{said.user} {said.number}"
        wrong += [f"{name}: {fault}" for fault in said.faults]
        if not said.answers:
            wrong.append(f"{name}: never answered")
        if said.slowest > LIMIT_SECONDS:
            wrong.append(f"{name}: {said.slowest:.1f} s")
        there = store.message_keys(said.user, f"message:{said.number}")[0] in kept
        if there:
            stored.append(said)
        elif said.answers and not said.disturbed:
            wrong.append(f"{name}: answered and not stored")
        if len(set(said.answers)) > 1 and not said.disturbed:
            wrong.append(f"{name}: two answers")
    if len(rows) != len(kept):
        wrong.append(f"{len(kept)} messages, {len(rows)} rows of statistics")
    for user in {said.user for said in stored}:
        hashed = store.user_hash(user)
        numbers = [int(row.masked_text.rpartition("#")[2]) for row in rows if row.user_hash == hashed]
        if numbers != sorted(set(numbers)):
            wrong.append(f"{user}: out of order or twice: {numbers}")
    return wrong


def workers(parent: int) -> list[int]:
    """The processes that answer."""
    try:
        return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
    except OSError:
        return []


def full_disk(parent: int, full: bool) -> None:
    """No file may grow past 4 KiB, or as ever; for the parent too, whose next workers inherit it."""
    for pid in (parent, *workers(parent)):
        with contextlib.suppress(ProcessLookupError):
            size = 4096 if full else resource.RLIM_INFINITY
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


class Cluster:
    """A PostgreSQL of our own; as root it runs as the user "postgres", since it refuses root."""

    def __init__(self, folder: Path) -> None:
        binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        self._bin = binaries[-1] if binaries else Path(shutil.which("initdb") or "/none").parent
        self._as = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        self._data = folder / "cluster"
        if self._as:
            self._data.mkdir()
            shutil.chown(self._data, "postgres")
            os.chmod(folder, 0o755)  # noqa: S103  # its owner must reach it
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._run("initdb", "--auth=trust", "--username=postgres", "--no-sync")
        self.start()
        self.url = f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Returns once it answers."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        self._run("pg_ctl", "-w", "-l", str(self._data / "log"), "-o", options, "start")

    def stop(self) -> None:
        """As a power cut: what is not committed is gone, connections break."""
        self._run("pg_ctl", "-w", "-m", "immediate", "stop")

    def _run(self, tool: str, *options: str) -> None:
        subprocess.run(
            [*self._as, str(self._bin / tool), "-D", str(self._data), *options],
            check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip


class Log:
    """What the server says on stderr, read as it comes: which knowledge went live when, and every action counted."""

    def __init__(self, stream: IO[str]) -> None:
        self.live: list[tuple[str, float]] = []  # version, monotonic; a line a process
        self.actions: Counter[str] = Counter()
        self.odd: list[str] = []  # what is no line of ours
        self._thread = threading.Thread(target=self._read, args=(stream,), daemon=True)
        self._thread.start()

    def _read(self, stream: IO[str]) -> None:
        for line in stream:
            try:
                told = json.loads(line)
            except ValueError:
                self.odd.append(line.rstrip())
                continue
            self.actions[told["action"] if " " not in told["action"] else "gunicorn's"] += 1
            if told["action"] == "knowledge_live":
                self.live.append((told["version"], time.monotonic()))


@dataclass
class Change:
    """One change of the knowledge: how, what it made of it, and when it was written (monotonic)."""

    way: str
    version: str
    at: float

    def reached(self, log: Log) -> float | None:
        """Seconds until as many processes as there are workers had it; None when they never did."""
        times = sorted(at for version, at in log.live if version == self.version)
        return times[WORKERS - 1] - self.at if len(times) >= WORKERS else None


def fan_out(changes: Sequence[Change], log: Log) -> str:
    """How long the changes took to reach every worker, as text."""
    told = []
    for way in ("published", "by hand"):
        taken = [change.reached(log) for change in changes if change.way == way]
        found = sorted(seconds for seconds in taken if seconds is not None)
        if found:
            told.append(
                f"{way}: median {statistics.median(found):.2f} s, longest {found[-1]:.2f} s of {len(found)}"
                + (
                    f" ({len(taken) - len(found)} met a killed worker or the next change)"
                    if len(found) < len(taken)
                    else ""
                )
            )
    return "; ".join(told)


@contextmanager
def server(folder: Path, url: str, count: int) -> Iterator[tuple[int, int, Log]]:
    """Port, process and log of the real server, with a copy of the knowledge."""
    shutil.copytree(ROOT / "knowledge", folder / "knowledge")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("BOT_", "WECHAT_", "DATABASE_"))}
    told = {
        "BOT_PORT": str(port), "BOT_WORKERS": str(count), "BOT_VAR": str(folder / "var"), "DATABASE_URL": url,
        "BOT_KNOWLEDGE": str(folder / "knowledge"), "BOT_SECRET_KEY": SECRET, "WECHAT_TOKEN": TOKEN, "BOT_LIMIT_CANDIDATE": "0",
        "BOT_LIMIT_ADDRESS": "0", "BOT_LIMIT_UNSIGNED": "0",
    }  # fmt: skip
    subprocess.run([sys.executable, "-m", "bot", "db", "upgrade"], cwd=ROOT, env=kept | told, check=True)
    # The log goes through a pipe, which the full disk doesn't reach.
    process = subprocess.Popen(
        [sys.executable, "server.py"], cwd=ROOT, env=kept | told, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )  # fmt: skip
    try:
        assert process.stdout
        assert process.stderr
        log = Log(process.stderr)
        process.stdout.readline()
        yield port, process.pid, log
    finally:
        process.terminate()
        process.wait(30)


def soak(database: str, seconds: float, connections: int, seed: int) -> list[str]:
    """One run; the faults found, [] for none."""
    with tempfile.TemporaryDirectory(prefix="soak") as name:
        folder = Path(name)
        cluster = Cluster(folder) if database == "postgres" else None
        url = cluster.url if cluster else f"sqlite:///{folder / 'bot.db'}"
        try:
            with server(folder, url, WORKERS) as (port, parent, log):
                talk = Talk(port, seed)
                changes = _run(talk, parent, folder / "knowledge", cluster, seconds, connections)
                memory = [_megabytes(pid) for pid in workers(parent)]
            wrong = verify(talk, url)
        finally:
            if cluster:
                cluster.stop()
        slow = sorted(said.slowest for said in talk.said)
        disturbed = sum(said.disturbed for said in talk.said)
        print(
            f"{database}: {len(talk.said)} messages, {disturbed} of them while the database was away or just back; "
            f"p99 {slow[int(len(slow) * 0.99)] * 1000:.0f} ms, slowest {slow[-1] * 1000:.0f} ms; {len(wrong)} faults"
        )
        print(f"  knowledge to every worker, {fan_out(changes, log)}")
        print(f"  workers at the end: {', '.join(f'{size:.0f} MB' for size in memory)}")
        print(f"  log: {', '.join(f'{action} {count}' for action, count in log.actions.most_common())}")
        print(*(f"  not a line of ours: {line}" for line in log.odd[:20]), sep="\n")
        return wrong


def _megabytes(pid: int) -> float:
    """Its resident memory, what it shares with its parent included."""
    with contextlib.suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024
    return 0.0


def _run(
    talk: Talk, parent: int, knowledge: Path, cluster: Cluster | None, seconds: float, connections: int
) -> list[Change]:
    end = time.monotonic() + seconds
    stop = threading.Event()

    def candidate(number: int) -> None:
        chance = random.Random(number)
        sent = 0
        while time.monotonic() < end:
            sent += 1
            user = f"oSoak{number:03d}{sent // 20:020d}"  # twenty messages each
            text = chance.choice(
                ("四川技能考试几号缴费", "重庆呢", "报名要什么材料", "二试怎么报", "人工", "帮助")
            )
            talk.say(user, f"{text} #{sent}", number * 10**6 + sent, again=chance.random() < 0.1)
            stop.wait(0.02)

    def every(pause: float, fault: Callable[[], None]) -> None:
        while not stop.wait(pause) and time.monotonic() < end - SETTLED:
            fault()

    def kill() -> None:
        if alive := workers(parent):
            with contextlib.suppress(ProcessLookupError):
                os.kill(random.choice(alive), signal.SIGKILL)

    changes: list[Change] = []

    def reload() -> None:
        path, way = "phrases.yaml", ("published", "by hand")[len(changes) % 2]
        before = (knowledge / path).read_bytes()
        after = before + "# 改\n".encode()
        at = time.monotonic()
        if way == "published":
            shared.write(knowledge, {path: after}, {path: before})
        else:
            (knowledge / path).write_bytes(after)
        changes.append(Change(way, version_of(contents(knowledge)), at))

    def disk() -> None:
        if not cluster:  # else it holds nothing that an answer needs
            talk.trouble(4)
        full_disk(parent, True)
        stop.wait(3)
        full_disk(parent, False)
        if not cluster:
            talk.trouble()

    def restart() -> None:
        assert cluster
        talk.trouble(10)
        cluster.stop()
        stop.wait(2)
        cluster.start()
        talk.trouble()

    faults: list[tuple[float, Callable[[], None]]] = [
        (7, kill),
        (5, reload),
        (30, disk),
        *([(40, restart)] if cluster else []),
    ]
    threads = [threading.Thread(target=candidate, args=(number,)) for number in range(1, connections + 1)]
    troubles = [threading.Thread(target=every, args=fault) for fault in faults]
    for thread in (*threads, *troubles):
        thread.start()
    for thread in threads:
        thread.join()
    stop.set()
    for thread in troubles:
        thread.join()
    return changes


def main() -> int:
    """0: every promise held."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="of all runs together")
    parser.add_argument("--database", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    kinds = ["sqlite", "postgres"] if asked.database == "both" else [asked.database]
    wrong = [
        fault
        for kind in kinds
        for fault in soak(kind, asked.minutes * 60 / len(kinds), asked.connections, asked.seed)
    ]
    print(*wrong[:50], sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
