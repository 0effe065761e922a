"""The door. `python server.py` serves on BOT_HOST:BOT_PORT; another WSGI server finds `server:app`."""

from __future__ import annotations

import gc
import os
import socket
import sys
from typing import Any

# One thread of numpy's BLAS a process, unless the operator says otherwise, and before anybody imports numpy: with two, a question's
# product with 3 600 phrasings' vectors (split from some 460 000 numbers on) leaves the other thread spinning for the next, and a
# message costs 11 ms of processor instead of 4. A first fit takes 0.3 s more for it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

from bot.app import create_app
from bot.clock import Clock
from bot.memory import few_arenas
from bot.observability import set_up_logging
from bot.pool import STUCK_SECONDS, Pool
from bot.settings import Settings, SettingsError, names_given, unknown_names
from bot.storage.engine import StoreError


def __getattr__(name: str) -> Flask:
    """`app`, made when somebody asks: importing this file reads no environment and opens nothing."""
    if name != "app":
        raise AttributeError(name)
    set_up_logging()
    app = create_app(Settings.from_env())
    app.extensions["bot"].background.start()
    globals()["app"] = app
    return app


class _Log(Logger):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn's lines go the way of all others."""

    def setup(self, cfg: Any) -> None:
        self.error_log.propagate = True
        self.access_log.propagate = False


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn's threads, which take turns (see bot.pool)."""

    def get_thread_pool(self) -> Pool:
        """See ThreadWorker."""
        return Pool(self.cfg.threads)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """See ThreadWorker."""
        super().wait_for_and_dispatch_events(min(timeout, STUCK_SECONDS) if self.tpool.busy() else timeout)
        self.tpool.look()


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn, told everything by Settings; no config file and no GUNICORN_… variable counts.

    The app is made once and forked into the workers: they share the knowledge's memory and one clock, start in
    milliseconds, and while one is replaced the socket stays open in the others and in the parent.
    """

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._app, self._settings = app, settings
        super().__init__()

    def load_config(self) -> None:
        """See BaseApplication."""
        settings, background = self._settings, self._app.extensions["bot"].background
        options = {
            "bind": _address(settings.bot_host, settings.bot_port),
            "workers": settings.bot_workers,
            "worker_class": Worker,
            "threads": settings.bot_threads,
            "preload_app": True,
            "keepalive": 75,  # longer than nginx keeps an idle upstream connection (60 s), so nginx closes first
            "graceful_timeout": 10,
            "worker_tmp_dir": "/dev/shm" if os.access("/dev/shm", os.W_OK) else None,  # noqa: S108  # heartbeats off the disk
            "control_socket_disable": True,
            "logger_class": _Log,
            "when_ready": lambda _server: print(_welcome(settings), flush=True),
            "post_worker_init": lambda _worker: background.start(),
            "worker_exit": lambda _server, _worker: background.stop(),
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """See BaseApplication."""
        return self._app


def main() -> int:
    """0 after a clean stop, 1 when the parts can't be opened, 2 for a wrong setting."""
    try:
        settings = Settings.from_env()
        _check_free(settings)
        for line in unknown_names(names_given()):
            print(line, file=sys.stderr)
        set_up_logging()
        few_arenas()
        gc.disable()  # nearly all that is made here stays: looking for garbage meanwhile costs 0.4 s of the start
        app = create_app(settings, clock=Clock(settings.bot_now))
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    except StoreError as error:
        print(f"数据库打不开：{error}", file=sys.stderr)
        return 1
    gc.enable()
    gc.collect()
    gc.freeze()  # what is made by now is shared by all workers; their collectors need not touch, and so copy, it
    Server(app, settings).run()
    return 0


def _check_free(settings: Settings) -> None:
    """gunicorn would try a taken port for five seconds and then leave with a stack of lines."""
    family = socket.AF_INET6 if ":" in settings.bot_host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((settings.bot_host, settings.bot_port))
    except OSError as error:
        where = _address(settings.bot_host, settings.bot_port)
        raise SettingsError(
            f"不能在 {where} 上监听（{error.strerror}），请改 BOT_HOST 或 BOT_PORT。"
        ) from None


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _welcome(settings: Settings) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.bot_host, settings.bot_host)  # noqa: S104  # compared, not bound
    return f"机器人已启动：http://{_address(host, settings.bot_port)}/chat 可以直接试聊（Ctrl+C 停止）"


if __name__ == "__main__":
    sys.exit(main())
