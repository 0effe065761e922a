"""Puts the console under /console of the service, and makes it only when somebody first asks for it.

Its forms, sessions and templates cost 0.1 s to import and join, which the start of the server has not to spare; and as
an app of its own it keeps its cookie, its secret and its limits to itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
PREFIX = "/console"


class Mount:
    """A WSGI app in front of another: what starts with PREFIX goes to the console, everything else on."""

    def __init__(self, service: Wsgi, make: Callable[[], Wsgi]) -> None:
        """make: called once a process, at the first request for the console; when it raises, the next request tries again."""
        self._service, self._make = service, make
        self._console: Wsgi | None = None
        self._lock = threading.Lock()

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path != PREFIX and not path.startswith(PREFIX + "/"):
            return self._service(environ, start_response)
        inner = {
            **environ,
            "SCRIPT_NAME": environ.get("SCRIPT_NAME", "") + PREFIX,
            "PATH_INFO": path[len(PREFIX) :] or "/",
        }
        if path == PREFIX:  # a relative link of the page would otherwise lead out of the console
            start_response("308 Permanent Redirect", [("Location", inner["SCRIPT_NAME"] + "/")])
            return [b""]
        return self._open()(inner, start_response)

    def _open(self) -> Wsgi:
        if self._console is None:
            with self._lock:
                if self._console is None:
                    self._console = self._make()
        return self._console
