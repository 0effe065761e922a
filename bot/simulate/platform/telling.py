"""Pushes the twin's events (receipts of messages) to a bot's /wechat, signed as the platform signs."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from bot.simulate.wire import ACCOUNT, Account, request

if TYPE_CHECKING:
    import requests

    from bot.simulate.platform.world import World

_TRIES = 3
_TIMEOUT_SECONDS = 5.0
_IDLE_SECONDS = 0.02


class Teller:
    """One thread; events go out in the order in which they came up."""

    def __init__(self, url: str, account: Account) -> None:
        """url: the bot's /wechat. account: token and mode as in its settings."""
        self._url, self._account = url, account
        self._stop = threading.Event()
        self.told = self.lost = 0

    def start(self, world: World) -> None:
        """Begin to listen to this world."""
        self._world = world
        world.telling = True
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End once everything is told, or has been tried."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        import requests  # 60 ms, for whoever wants receipts

        with requests.Session() as session:
            session.trust_env = False
            while self._world.events or not self._stop.wait(_IDLE_SECONDS):
                while self._world.events:
                    openid, event = self._world.events.popleft()
                    self._push(session, openid, event)

    def _push(self, session: requests.Session, openid: str, event: str) -> None:
        """Up to three tries of the same event, as the platform does."""
        created = int(self._world.clock.seconds())
        xml = (
            f"<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName><FromUserName><![CDATA[{openid}]]></FromUserName>"
            f"<CreateTime>{created}</CreateTime><MsgType><![CDATA[event]]></MsgType>{event}</xml>"
        )
        for _ in range(_TRIES):
            query, body = request(xml.encode(), self._account, int(time.time()), user=openid)
            try:
                answered = session.post(self._url, params=query, data=body, timeout=_TIMEOUT_SECONDS)
            except OSError:  # requests' own exceptions are OSErrors
                continue
            if answered.ok:
                self.told += 1
                return
        self.lost += 1
