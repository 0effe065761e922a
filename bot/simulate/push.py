"""`simulate push`: plays the platform against a running server, with its 5 seconds and its repeated tries.

Exit code 0: every reply is one the platform would deliver. 1: it would not. 2: called wrongly.
"""

from __future__ import annotations

import argparse
import json
import re
import secrets
import sys
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, TextIO

from bot.simulate.wire import KINDS, MODES, Account, Push, ReplyError, read_reply, request, sign

if TYPE_CHECKING:
    from bot.settings import Settings

TIMEOUT_SECONDS = 5.0  # after it the platform cuts the connection and pushes again
USER = "oSimulatedCandidate-00000001"  # 28 characters, as long as a real openid


@dataclass(frozen=True)
class Try:
    """status: HTTP, 0 when no answer came, and then `error` says why."""

    status: int
    seconds: float
    body: bytes
    error: str = ""


@dataclass(frozen=True)
class Result:
    """One push, all its tries.

    status: HTTP status of the last try. seconds: the slowest try. kind: MsgType of the reply, "" for "success".
    text: what the candidate reads. identical: all tries that got an answer got the same bytes.
    problem: "" when the platform would deliver this, else the first reason against it.
    """

    status: int
    seconds: float
    kind: str
    text: str
    identical: bool
    tries: tuple[Try, ...]
    problem: str

    def to_dict(self) -> dict[str, object]:
        """For --json."""
        tries = [{name: value for name, value in asdict(one).items() if name != "body"} for one in self.tries]
        return asdict(self) | {"tries": tries}


def push(
    url: str,
    token: str,
    *,
    text: str = "",
    kind: str = "text",
    mode: str = "plain",
    app_id: str = "",
    aes_key: str = "",
    user: str = USER,
    tries: int = 1,
    concurrent: bool = False,
    timeout: float = TIMEOUT_SECONDS,
    number: int | None = None,
) -> Result:
    """Send one message `tries` times, as the platform does when it hears nothing.

    Args:
        concurrent: all tries at once, as when the first is still being worked on.
        number: MsgId; None draws one. The same number is the same message.
    """
    account = Account(token, mode, app_id, aes_key)
    message = Push(kind, text, user, int(time.time()), number or secrets.randbelow(2**62) + 1)
    start = threading.Barrier(tries) if concurrent else None

    def attempt(_: int) -> Try:
        query, body = request(message.xml.encode(), account, int(time.time()), user=user)
        if start:
            start.wait()
        return _send("POST", url, query, body, timeout)

    with ThreadPoolExecutor(tries if concurrent else 1) as pool:
        done = tuple(pool.map(attempt, range(tries)))
    return _judged(done, message, account, timeout)


def verify(url: str, token: str, *, timeout: float = TIMEOUT_SECONDS) -> Result:
    """The GET with which the platform checks an address when it is entered in the console."""
    echo, nonce, now = (str(secrets.randbelow(10**18)), str(secrets.randbelow(10**10)), str(int(time.time())))
    query = {"signature": sign(token, now, nonce), "timestamp": now, "nonce": nonce, "echostr": echo}
    one = _send("GET", url, query, b"", timeout)
    problem = _transport_problem(one, timeout)
    if not problem and one.body != echo.encode():
        problem = "没有原样回 echostr"
    return Result(one.status, one.seconds, "", one.body.decode("utf-8", "replace"), True, (one,), problem)


def _send(method: str, url: str, query: dict[str, str], body: bytes, timeout: float) -> Try:
    import requests  # 60 ms, which every other command would pay at the top of this module

    started = time.monotonic()
    with requests.Session() as session:
        session.trust_env = False  # the platform does not come through our proxy
        try:
            headers = {"Content-Type": "text/xml", "User-Agent": "Mozilla/4.0"}
            answer = session.request(
                method, url, params=query, data=body, headers=headers, timeout=timeout, allow_redirects=False
            )
        except requests.RequestException as error:
            return Try(0, time.monotonic() - started, b"", type(error).__name__)
    return Try(answer.status_code, time.monotonic() - started, answer.content)


def _judged(tries: tuple[Try, ...], message: Push, account: Account, timeout: float) -> Result:
    answers = {one.body for one in tries if one.status}
    kind = text = ""
    problems = [_transport_problem(one, timeout, number) for number, one in enumerate(tries, 1)]
    if len(answers) > 1:
        problems.append("几次推送得到的回复不一样")
    if not any(problems):
        try:
            kind, text = read_reply(tries[-1].body, message.user, account)
        except ReplyError as error:
            problems.append(str(error))
    problem = next(filter(None, problems), "")
    slowest = max(one.seconds for one in tries)
    return Result(tries[-1].status, slowest, kind, text, len(answers) <= 1, tries, problem)


def _transport_problem(one: Try, timeout: float, number: int = 1) -> str:
    if not one.status:
        return f"第 {number} 次：没有回应（{one.error}）"
    if one.status != 200:
        first_line = one.body.decode("utf-8", "replace").partition("\n")[0][:200]
        return f"第 {number} 次：HTTP {one.status} {first_line}".rstrip()
    if one.seconds > timeout:
        return f"第 {number} 次：{one.seconds:.1f} 秒才回，超过 {timeout:g} 秒"
    return ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `simulate push`. What isn't given comes from the settings, so secrets need not be typed."""
    parser.description = "扮演微信平台，向运行中的服务推送一条消息：签名、加密、重复推送、5 秒时限。"
    parser.add_argument(
        "text", nargs="*", metavar="TEXT", help="要发的话，带空格也不用引号；菜单的 key；二维码的 scene"
    )
    parser.add_argument("--url", help="服务的地址（默认按 BOT_HOST、BOT_PORT：http://127.0.0.1:8000/wechat）")
    parser.add_argument("--token", help="令牌（默认 WECHAT_TOKEN）")
    parser.add_argument("--mode", choices=MODES, help="明文、兼容、安全（默认：有密钥为 safe，没有为 plain）")
    parser.add_argument("--app-id", help="AppID（默认 WECHAT_APP_ID）")
    parser.add_argument("--aes-key", help="EncodingAESKey（默认 WECHAT_ENCODING_AES_KEY）")
    parser.add_argument("--kind", choices=sorted(KINDS), default="text", help="消息或事件的种类（默认 text）")
    parser.add_argument("--user", default=USER, help="openid（默认 %(default)s）")
    parser.add_argument("--tries", type=_positive, default=1, metavar="N", help="同一条推送 N 次（默认 1）")
    parser.add_argument("--concurrent", action="store_true", help="N 次同时推送，不等前一次")
    parser.add_argument(
        "--timeout", type=float, default=TIMEOUT_SECONDS, metavar="S", help="时限秒数（默认 5）"
    )
    parser.add_argument(
        "-i", "--interactive", action="store_true", help="从标准输入逐行读，一行一条；/click KEY 发事件"
    )
    parser.add_argument("--verify", action="store_true", help="只做一次网址验证（GET）")
    parser.add_argument("--json", action="store_true", help="每条输出一行 JSON")


def run(args: argparse.Namespace, settings: Settings | None = None) -> int:
    """0, 1 or 2, as the head of this module says. settings: where to look for what isn't in `args`."""
    url = args.url or _default_url(settings)
    token = args.token or (settings and settings.wechat_token) or ""
    app_id = args.app_id or (settings and settings.wechat_app_id) or ""
    aes_key = args.aes_key or (settings and settings.wechat_encoding_aes_key) or ""
    mode = args.mode or ("safe" if aes_key else "plain")
    if not token:
        return _wrong("没有令牌：请设 WECHAT_TOKEN，或用 --token。")
    if mode != "plain" and not (app_id and re.fullmatch(r"[A-Za-z0-9+/]{43}", aes_key)):
        return _wrong(
            f"{mode} 模式要有 AppID 和 43 个字母或数字的 EncodingAESKey：请用 --app-id、--aes-key。"
        )
    if args.verify:
        return _report(verify(url, token, timeout=args.timeout), args.json, sys.stdout, "网址验证通过")
    if not args.text and not args.interactive and args.kind == "text":
        return _wrong("要发什么？请写在后面，或用 --interactive。")
    code = 0
    for kind, text in _typed(sys.stdin) if args.interactive else [(args.kind, " ".join(args.text))]:
        result = push(
            url,
            token,
            text=text,
            kind=kind,
            mode=mode,
            app_id=app_id,
            aes_key=aes_key,
            user=args.user,
            tries=args.tries,
            concurrent=args.concurrent,
            timeout=args.timeout,
        )
        code = max(code, _report(result, args.json, sys.stdout, "（不回复）"))
    return code


def _typed(lines: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Lines → (kind, text): "/click KEY" and the like are events, empty lines nothing, the rest is text."""
    for line in lines:
        kind, _, text = line.strip().removeprefix("/").partition(" ")
        if line.startswith("/") and kind in KINDS:
            yield kind, text
        elif line.strip():
            yield "text", line.strip()


def _report(result: Result, as_json: bool, out: TextIO, silent: str) -> int:
    if as_json:
        out.write(json.dumps(result.to_dict(), ensure_ascii=False) + "\n")
    elif result.problem:
        out.write(f"✗ {result.problem}\n")
    else:
        tries = f"，{len(result.tries)} 次回复相同" if len(result.tries) > 1 else ""
        said = {"": silent, "transfer_customer_service": "（转人工客服）"}.get(
            result.kind, _as_shown(result.text)
        )
        out.write(f"✓ {result.seconds:.2f} 秒{tries}\n{said}\n")
    out.flush()
    return 1 if result.problem else 0


def _as_shown(text: str) -> str:
    """As a phone shows it: of a link only its label."""
    return re.sub(r"<a\s[^>]*>(.*?)</a>", r"\1", text, flags=re.DOTALL)


def _default_url(settings: Settings | None) -> str:
    host = settings.bot_host if settings else "127.0.0.1"
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104  compared, not bound
    return f"http://{host}:{settings.bot_port if settings else 8000}/wechat"


def _positive(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 100:
        raise argparse.ArgumentTypeError("要 1 到 100 之间的整数")
    return number


def _wrong(line: str) -> int:
    sys.stderr.write(line + "\n")
    return 2
