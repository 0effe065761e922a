"""What a process of its own does in test_client."""

from __future__ import annotations

from multiprocessing.synchronize import Barrier

from bot.simulate.platform.server import APP_ID, SECRET
from bot.storage.store import Store
from bot.storage.tokens import Tokens
from bot.wechat.client import Client


def send_one(url: str, database: str, key: bytes, openid: str, start: Barrier) -> None:
    """One template message, once everybody is ready."""
    store = Store(database, key)
    client = Client(APP_ID, SECRET, url, Tokens(store))
    start.wait(60)
    client.send_template(openid, "tmpl", {"thing1": "四川技能缴费"})
    client.close()
    store.close()
