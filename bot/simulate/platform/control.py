"""/twin/…: what the real platform has no calls for. Seed fans, move the clock, read what was delivered.

GET  /twin/deliveries   {"count", "deliveries": [the newest, ?limit=100 of them, ?openid= of one]}
GET  /twin/summary      {"delivered", "people", "most", "times": {n: people}, "by_api", "calls", "codes", "now"}
POST /twin/users        {"count": 10000, "prefix": "oTwin"} or {"openids": […]}, and if wanted "window": "message",
                        "grants": {template: n}, "follows": false, "blocks": true
POST /twin/clock        {"now": ISO} or {"advance": seconds}
POST /twin/expire       every access_token is over
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from datetime import datetime
from typing import Any

from bot.simulate.platform.world import WINDOWS, World

Answer = tuple[int, dict[str, Any]]


def answer(world: World, method: str, path: str, query: dict[str, str], raw: bytes) -> Answer:
    """HTTP status and JSON; path: without /twin/."""
    try:
        body = json.loads(raw) if raw else {}
        with world.lock:
            if (method, path) == ("GET", "deliveries"):
                return 200, _deliveries(world, query)
            if (method, path) == ("GET", "summary"):
                return 200, _summary(world)
            if (method, path) == ("POST", "users"):
                return 200, _users(world, body)
            if (method, path) == ("POST", "clock"):
                return 200, _clock(world, body)
            if (method, path) == ("POST", "expire"):
                world.expire_tokens()
                return 200, {}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        return 400, {"error": f"{type(error).__name__}: {error}"}
    return 404, {"error": "GET deliveries, summary; POST users, clock, expire"}


def openid_of(number: int, prefix: str = "oTwin") -> str:
    """The openid of the fan of this number (from 1), 28 characters."""
    return f"{prefix}{number:0{28 - len(prefix)}d}"


def _deliveries(world: World, query: dict[str, str]) -> dict[str, Any]:
    openid, limit = query.get("openid"), int(query.get("limit", "100"))
    found = [one for one in world.deliveries if openid in (None, one.openid)]
    return {"count": len(found), "deliveries": [asdict(one) for one in found[-limit:]]}


def _summary(world: World) -> dict[str, Any]:
    times = Counter(world.delivered.values())
    return {
        "delivered": len(world.deliveries),
        "people": len(world.delivered),
        "most": max(times, default=0),
        "times": {str(count): times[count] for count in sorted(times)},
        "by_api": dict(Counter(one.api for one in world.deliveries)),
        "calls": dict(world.calls),
        "codes": {str(code): count for code, count in sorted(world.codes.items())},
        "now": world.clock.now().isoformat(),
    }


def _users(world: World, body: dict[str, Any]) -> dict[str, Any]:
    openids = body.get("openids") or [
        openid_of(number, body.get("prefix", "oTwin")) for number in range(1, int(body.get("count", 0)) + 1)
    ]
    window = body.get("window", "")
    if window and window not in WINDOWS:
        raise ValueError(f"window is one of {', '.join(WINDOWS)}")
    world.follow(openids, window=window, grants=body.get("grants"))
    for openid in openids:
        fan = world.fans[openid]
        fan.follows, fan.blocks = bool(body.get("follows", True)), bool(body.get("blocks", False))
    return {"count": len(openids), "followers": sum(fan.follows for fan in world.fans.values())}


def _clock(world: World, body: dict[str, Any]) -> dict[str, Any]:
    if "now" in body:
        moment = datetime.fromisoformat(body["now"])
        if moment.tzinfo is None:
            raise ValueError("now needs its zone, as 2024-04-09T10:00:00+08:00")
        world.clock.set(moment)
    else:
        world.clock.advance(float(body["advance"]))
    return {"now": world.clock.now().isoformat()}
