"""The twin on a socket of 127.0.0.1: `with Twin() as twin: … twin.url`, or `python -m bot simulate platform`."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from bot.simulate.platform import control
from bot.simulate.platform.calls import Outcome, Platform
from bot.simulate.platform.clock import TwinClock
from bot.simulate.platform.faults import Faults
from bot.simulate.platform.telling import Teller
from bot.simulate.platform.world import World

APP_ID, SECRET = "wxtwin0000000000", "twin-secret"  # what the twin takes unless told another
_HANG_SECONDS = 120.0  # a client without a time limit is let go then


class Twin:
    """A platform of its own, in this process. Safe for threads; everything ends with the block."""

    def __init__(
        self,
        *,
        port: int = 0,
        app_id: str = APP_ID,
        secret: str = SECRET,
        kind: str = "service-certified",
        faults: Faults | None = None,
        quotas: dict[str, int] | None = None,
        clock: TwinClock | None = None,
        log: Path | None = None,
        teller: Teller | None = None,
    ) -> None:
        """
        Args:
            port: 0 for any free one; `url` tells it.
            kind: of the account, as in WECHAT_ACCOUNT.
            log: deliveries are appended, a JSON line each.
            teller: where events go (receipts of messages); None: nowhere.
        """
        self.clock = clock or TwinClock()
        self.world = World(self.clock, app_id, secret, quotas)
        self.platform = Platform(self.world, faults or Faults(), kind)
        self._log, self._teller = log, teller
        self.ending = threading.Event()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.twin = self
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        if self._log:
            self.world.log = self._log.open("a", encoding="utf-8", buffering=1)
        if self._teller:
            self._teller.start(self.world)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.ending.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        if self._teller:
            self._teller.stop()
        if self.world.log:
            self.world.log.close()

    def delivered(self, openid: str) -> int:
        """How many messages this one got."""
        with self.world.lock:
            return self.world.delivered[openid]


class _Server(ThreadingHTTPServer):
    """A thread a connection; connections still open at the end are closed, so that no thread outlives the twin."""

    daemon_threads = True
    request_queue_size = 256
    twin: Twin

    def __init__(self, *given: Any) -> None:
        self._open: set[socket.socket] = set()
        self._opening = threading.Lock()
        super().__init__(*given)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._opening:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._opening:
            self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        with self._opening:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        super().server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and body leave in one piece
    server: _Server

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def _answer(self, method: str) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        if parts.path.startswith("/twin/"):
            status, body = control.answer(self.server.twin.world, method, parts.path[6:], query, raw)
            self._write(status, json.dumps(body, ensure_ascii=False).encode(), "application/json")
        elif parts.path.startswith("/cgi-bin/"):
            self._play(self.server.twin.platform.answer(method, parts.path[9:], query, raw))
        else:
            self._write(404, b"not found", "text/plain")

    def _play(self, outcome: Outcome) -> None:
        if outcome.fault == "hang":
            self.server.twin.ending.wait(_HANG_SECONDS)
        if outcome.fault in ("drop", "cut", "hang"):
            self.close_connection = True
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
        elif outcome.fault == "html":
            self._write(502, b"<html><body><h1>502 Bad Gateway</h1></body></html>", "text/html")
        elif outcome.fault == "half":
            self._write(200, outcome.body[: len(outcome.body) // 2], "application/json; encoding=utf-8")
        else:
            self._write(200, outcome.body, "application/json; encoding=utf-8")

    def _write(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """No line a request: addresses hold the token."""
