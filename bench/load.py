"""The platform's side as clients: full answers beside a bare Flask + wechatpy echo on the same server, in the same run.

Every message is signed (and sealed, in safe mode) before the clock starts; each connection is a thread that keeps its
socket, as nginx does. Half of the texts were never seen before; users are new ones, or fifty who come again.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlencode

from bot.simulate import wire

ROOT = Path(__file__).parents[1]
OUT = ROOT / "docs" / "benchmarks-load.md"
TOKEN, APP_ID, KEY = "bench", "wxba5fad812f8e6fb9", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
MODES = ("plain", "safe")
_PLACES = ("成都", "绵阳", "渝中区", "万州", "四川", "重庆", "南充", "巴南", "宜宾", "涪陵", "泸州", "永川")
_THINGS = (
    "技能考试", "网上报名", "一试缴费", "现场审核", "二试", "材料上传", "笔试", "医学综合", "准考证", "报名费"
)  # fmt: skip
_ASKS = (
    "几号开始", "什么时候截止", "怎么弄", "要带啥", "还来得及不", "今天能办吗", "多少钱", "在哪儿办",
    "没赶上咋办", "流程是什么",
)  # fmt: skip
_TAILS = ("", "啊", "呢", "谢谢", "急", "老师", "请问", "我是护士转的", "去年没过", "刚毕业")


@dataclass(frozen=True)
class Row:
    """One measurement. rate: answers a second. p50, p99: milliseconds. wrong: answers that were none. cpu: milliseconds of
    processor an answer, of the server alone: what compares when others use the machine too."""

    rate: float
    p50: float
    p99: float
    wrong: int
    cpu: float


def texts(count: int, seed: int, known_too: bool = True) -> list[str]:
    """Half questions that candidates ask again and again, half put together here: never seen, no two alike. Or these alone."""
    known = known_too and [
        json.loads(line)["text"]
        for path in sorted((ROOT / "tests" / "corpus" / "exam").glob("tune*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
        if '"text"' in line
    ]
    chance = random.Random(seed)
    found = []
    for number in range(count):
        if number % 2 and known:
            found.append(chance.choice(known))
        else:
            parts = (
                chance.choice(_PLACES),
                chance.choice(_THINGS),
                chance.choice(_ASKS),
                chance.choice(_TAILS),
            )
            found.append("".join(parts) + f"{chance.randrange(10**6)}号")
    return found


def requests(mode: str, count: int, repeated: bool, seed: int, known_too: bool = True) -> list[bytes]:
    """Whole HTTP requests, ready to send."""
    account = wire.Account(TOKEN, mode, APP_ID, "" if mode == "plain" else KEY)
    now, made = int(time.time()), []
    for number, text in enumerate(texts(count, seed, known_too)):
        user = f"oBench{seed:06d}{number % 50 if repeated else number:016d}"
        xml = wire.Push("text", text, user, now, seed * 10**7 + number + 1).xml.encode()
        query, body = wire.request(xml, account, now, user=user)
        head = (
            f"POST /wechat?{urlencode(query)} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/xml\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        made.append(head.encode() + body)
    return made


def run(port: int, parent: int, made: list[bytes], connections: int, seconds: float) -> Row:
    """All connections at once for `seconds`, or until the requests are used up."""
    todo, times, wrong = iter(made), [], []
    start, end = threading.Barrier(connections + 1), [0.0]

    def connection() -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as link:
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            start.wait()
            for request in todo:  # a list's iterator may be shared by threads
                began = time.perf_counter()
                if began > end[0]:
                    return
                link.sendall(request)
                fine = _answered(link)
                times.append(time.perf_counter() - began)
                if not fine:
                    wrong.append(1)

    threads = [threading.Thread(target=connection) for _ in range(connections)]
    for thread in threads:
        thread.start()
    spent = _processor(parent)
    end[0] = time.perf_counter() + seconds + 0.05
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    spent = _processor(parent) - spent
    times.sort()
    p50, p99 = statistics.median(times) * 1000, times[int(len(times) * 0.99)] * 1000
    return Row(len(times) / took, p50, p99, len(wrong), spent / len(times) * 1000)


def _processor(parent: int) -> float:
    """Seconds of processor that the workers have used."""
    pids = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    return sum(int(found[11]) + int(found[12]) for found in fields) / os.sysconf("SC_CLK_TCK")


def _answered(link: socket.socket) -> bool:
    data = b""
    while b"\r\n\r\n" not in data:
        if not (more := link.recv(65536)):
            return False
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
    )
    while len(body) < length:
        body += link.recv(65536)
    return head.startswith(b"HTTP/1.1 200") and body.startswith(b"<xml>")


@contextmanager
def server(what: str, mode: str, workers: int, folder: Path) -> Iterator[tuple[int, int, float]]:
    """Port, process and seconds until ready of "bot" or "echo", in a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    told = {
        "BOT_PORT": str(port), "BOT_WORKERS": str(workers), "BOT_VAR": str(folder / "var"), "WECHAT_TOKEN": TOKEN,
        "BOT_LIMIT_CANDIDATE": "0", "BOT_NOW": "2024-02-01T10:00:00+08:00", "BOT_KNOWLEDGE": str(folder / "knowledge"),
        "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    if mode == "safe":
        told |= {"WECHAT_APP_ID": APP_ID, "WECHAT_ENCODING_AES_KEY": KEY}
    if not (folder / "knowledge").exists():
        shutil.copytree(ROOT / "knowledge", folder / "knowledge")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("BOT_", "WECHAT_", "DATABASE_"))}
    command = (
        [sys.executable, str(ROOT / "server.py")]
        if what == "bot"
        else [sys.executable, "-m", "bench.load", "echo"]
    )
    began = time.perf_counter()
    with (folder / "log").open("a") as log:
        process = subprocess.Popen(command, cwd=folder, env=kept | told, stdout=log, stderr=log)
    try:
        _until_ready(port)
        yield port, process.pid, time.perf_counter() - began
    finally:
        process.terminate()
        process.wait(20)


def _until_ready(port: int) -> None:
    for _ in range(3000):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except OSError:
            time.sleep(0.02)
    raise TimeoutError("the server did not come up")


def echo() -> int:
    """The comparison: what wechatpy's own example does, on our server with our settings. No store, no log, no thought."""
    from flask import Flask, request
    from wechatpy import create_reply, parse_message
    from wechatpy.crypto import WeChatCrypto
    from wechatpy.utils import check_signature

    import server as door
    from bot.app import Background
    from bot.settings import Settings

    settings = Settings.from_env()
    safe = settings.wechat_encoding_aes_key
    crypto = WeChatCrypto(TOKEN, safe, APP_ID) if safe else None
    app = Flask(__name__)
    app.extensions["bot"] = SimpleNamespace(background=Background())

    @app.get("/readyz")
    def readyz() -> str:
        return "ok"

    @app.post("/wechat")
    def wechat() -> str:
        args = request.args
        if crypto is None:
            check_signature(TOKEN, args["signature"], args["timestamp"], args["nonce"])
            return str(create_reply("好", parse_message(request.data)).render())
        xml = crypto.decrypt_message(request.data, args["msg_signature"], args["timestamp"], args["nonce"])
        reply = create_reply("好", parse_message(xml)).render()
        return str(crypto.encrypt_message(reply, args["nonce"], args["timestamp"]))

    door.Server(app, settings).run()
    return 0


def reloads(port: int, parent: int, folder: Path, count: int = 5) -> tuple[float, float]:
    """MiB of the largest worker after `count` reloads, and the slowest of them in seconds from the write to live."""
    slowest = 0.0
    path = folder / "knowledge" / "phrases.yaml"
    for _ in range(count):
        before = _version(port)
        path.write_text(path.read_text("utf-8") + "# 改\n", "utf-8")
        began = time.perf_counter()
        while _version(port) == before and time.perf_counter() - began < 30:
            time.sleep(0.02)
        slowest = max(slowest, time.perf_counter() - began)
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return max(_resident(int(child)) for child in children), slowest


def _version(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as page:
        return str(json.loads(page.read())["knowledge"]["version"])


def _resident(pid: int) -> float:
    text = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith("VmRSS"))


def table(quick: bool) -> list[str]:
    """The lines of the page; printed as they come."""
    workers = max(1, min(2, os.cpu_count() or 1))
    seconds, counts = (1.5, (1, 16)) if quick else (6.0, (1, 4, 16, 32))
    lines = [
        "| mode | users | connections | echo /s | bot /s | of the echo | echo CPU ms | bot CPU ms | by CPU | bot p50 ms | bot p99 ms | echo p99 ms | failed |"
    ]
    lines += ["|---" * 13 + "|"]
    facts, seed = [], int(time.time()) % 1000
    for mode in MODES:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            with server("echo", mode, workers, folder) as (echoes, echo_parent, _), server("bot", mode, workers, folder) as (
                port, parent, ready,
            ):  # fmt: skip
                for target, pid in ((echoes, echo_parent), (port, parent)):
                    # Fills caches of the interpreter, not of answers.
                    run(target, pid, requests(mode, 300, False, 999), 4, 2.0)
                kinds = [("distinct", False, True, counts)]
                if not quick:
                    kinds += [
                        ("repeated", True, True, counts),
                        ("distinct, every text new", False, False, (16,)),
                    ]
                for who, repeated, known_too, some in kinds:
                    for connections in some:
                        seed += 1
                        made = requests(mode, int(3000 * seconds), repeated, seed, known_too)
                        bare = run(echoes, echo_parent, made, connections, seconds)
                        ours = run(port, parent, made, connections, seconds)
                        lines.append(
                            f"| {mode} | {who} | {connections} | {bare.rate:.0f} | {ours.rate:.0f} | {ours.rate / bare.rate:.0%} "
                            f"| {bare.cpu:.2f} | {ours.cpu:.2f} | {bare.cpu / ours.cpu:.0%} "
                            f"| {ours.p50:.1f} | {ours.p99:.1f} | {bare.p99:.1f} | {ours.wrong + bare.wrong} |"
                        )
                        print(lines[-1], flush=True)
                if mode == "plain":
                    memory, slowest = reloads(port, parent, folder)
                    facts = [
                        f"Ready {ready:.1f} s after the start of the process. After five reloads under no load the largest worker "
                        f"holds {memory:.0f} MiB (of which much is shared); the slowest reload was live {slowest:.1f} s after the write."
                    ]
                    print(facts[0], flush=True)
    return [*lines, "", *facts]


def write(lines: list[str]) -> None:
    """docs/benchmarks-load.md, made anew."""
    from datetime import UTC, datetime

    from bench.report import machine

    head = [
        "# Benchmarks: load",
        "",
        f"Made by `make bench` (`python -m bench --load`) on {datetime.now(UTC):%Y-%m-%d}: {machine()}, "
        f"load average before the run {os.getloadavg()[0]:.1f}.",
        "Clients and both servers share the cores, so rates are lower than on a machine of their own; the share of the echo is what "
        "compares. Our server (2 processes of 8 threads, of which one answers while it is quick) for both; SQLite; one commit before each 200, no reply from a cache, but how the "
        "same words are read is remembered; half of the texts were never seen before, in the last rows all of them. *Echo* is wechatpy's example: signature, parse, one fixed word, no store, no log.",
        "",
    ]
    OUT.write_text("\n".join([*head, *lines]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["echo"])
    parser.parse_args()
    sys.exit(echo())
