"""From a request to an answer: which call it is, its token, its quota, its fault, what it does. No socket here."""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.simulate.platform import account, messages
from bot.simulate.platform.faults import AFTER, Faults
from bot.simulate.platform.world import Refusal, World

Body = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """quota: whose calls it counts as; "" where the call counts itself. who: the kinds of account that have it."""

    method: str
    run: Callable[[World, Body], Body]
    quota: str
    sends: bool = False
    who: frozenset[str] = frozenset({"subscription-certified", "service-certified"})
    open: bool = False


_ALL = frozenset({"subscription", "subscription-certified", "service", "service-certified"})
_BEST = frozenset({"service-certified"})
_MENU = _ALL - {"subscription"}
CALLS = {
    "stable_token": Call("POST", account.stable_token, "stable_token", who=_ALL, open=True),
    "token": Call("GET", account.token, "token", who=_ALL, open=True),
    "ticket/getticket": Call("GET", account.ticket, "ticket", who=_ALL),
    "clear_quota": Call("POST", account.clear_quota, "", who=_ALL),
    "message/template/send": Call("POST", messages.template, "template", sends=True, who=_BEST),
    "message/subscribe/bizsend": Call("POST", messages.subscribe, "subscribe", sends=True, who=_BEST),
    "message/custom/send": Call("POST", messages.custom, "custom", sends=True),
    "message/mass/sendall": Call("POST", messages.mass, "", sends=True),
    "tags/create": Call("POST", account.create_tag, "tags"),
    "tags/get": Call("GET", account.get_tags, "tags"),
    "tags/members/batchtagging": Call("POST", account.tag_members, "tags"),
    "tags/members/batchuntagging": Call("POST", account.untag_members, "tags"),
    "user/get": Call("GET", account.users, "users"),
    "user/info": Call("GET", account.user, "user"),
    "menu/create": Call("POST", account.create_menu, "menu", who=_MENU),
    "menu/get": Call("GET", account.get_menu, "menu", who=_MENU),
    "menu/delete": Call("GET", account.delete_menu, "menu", who=_MENU),
}


@dataclass(frozen=True)
class Outcome:
    """body: the JSON to answer. fault: one of faults.TRANSPORT that spoils the answer on its way, or ""."""

    body: bytes
    fault: str = ""


class Platform:
    """One account as the platform serves it. Safe for threads: every call runs under the world's lock."""

    def __init__(self, world: World, faults: Faults, kind: str = "service-certified") -> None:
        """kind: of the account, as in WECHAT_ACCOUNT."""
        self.world, self.faults, self.kind = world, faults, kind
        self.sends = 0  # send calls so far, with their failures
        self._attempts: Counter[tuple[str, str]] = Counter()

    def answer(self, method: str, path: str, query: dict[str, str], raw: bytes) -> Outcome:
        """path: without /cgi-bin/."""
        with self.world.lock:
            self.world.calls[path] += 1
            try:
                body, fault = self._run(method, path, query, raw)
            except Refusal as refusal:
                return Outcome(self._refused(refusal))
            if CALLS[path].sends or not body:
                body = {"errcode": 0, "errmsg": "ok"} | body
            self.world.codes[0] += 1
            return Outcome(json.dumps(body, ensure_ascii=False).encode(), fault)

    def _run(self, method: str, path: str, query: dict[str, str], raw: bytes) -> tuple[Body, str]:
        call = CALLS.get(path)
        if call is None:
            raise Refusal(40066, "invalid url")
        if call.method != method:
            raise Refusal(43002 if call.method == "POST" else 43001, f"require {call.method} method")
        body = _read(raw) if method == "POST" else dict(query)
        openid = str(body.get("touser", ""))
        code = self._due(call) if call.sends else 0
        if not call.open:
            self.world.check_token(query.get("access_token", ""))
        if self.kind not in call.who:
            raise Refusal(48001, "api unauthorized")
        if call.quota:
            self.world.count(call.quota)
        if not call.sends:
            return call.run(self.world, body), ""
        if code:
            raise Refusal(code, "system error" if code == -1 else "as ordered")
        return self._send(call, body, openid)

    def _due(self, call: Call) -> int:
        """What is ordered for the send call of this number; 0 when nothing is, or when its effect says enough."""
        self.sends += 1
        code = self.faults.at(self.sends)
        if code == 42001:
            self.world.expire_tokens()
        elif code == 45009:
            self.world.spend(call.quota or "mass")
        return 0 if code in (42001, 45009) else code

    def _send(self, call: Call, body: Body, openid: str) -> tuple[Body, str]:
        api = call.quota or "mass"
        self._attempts[api, openid] += 1
        if code := self.faults.of_person(api, openid):
            raise Refusal(code, "as ordered for this one")
        fault = self.faults.of_call(api, openid, self._attempts[api, openid])
        if fault == "busy":
            raise Refusal(-1, "system error")
        if fault in ("drop", "html", "hang"):
            return {}, fault
        done = call.run(self.world, body)
        if fault == "busydone":
            raise Refusal(-1, "system error")
        return done, fault if fault in AFTER else ""

    def _refused(self, refusal: Refusal) -> bytes:
        self.world.codes[refusal.code] += 1
        rid = "-".join(secrets.token_hex(4) for _ in range(3))
        answer = {"errcode": refusal.code, "errmsg": f"{refusal.errmsg} rid: {rid}", **refusal.more}
        return json.dumps(answer, ensure_ascii=False).encode()


def _read(raw: bytes) -> Body:
    if not raw:
        raise Refusal(44002, "empty post data")
    if b"\\u" in raw:
        raise Refusal(
            40033, "invalid charset. please check your request, if include \\uxxxx will create fail!"
        )
    try:
        body = json.loads(raw)
    except ValueError:
        raise Refusal(47001, "data format error") from None
    if not isinstance(body, dict):
        raise Refusal(47001, "data format error")
    return body
