"""What the platform knows: fans, tokens, grants, windows, quotas, tags, the menu, and what it delivered to whom."""

from __future__ import annotations

import json
import secrets
import threading
from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, TextIO

from bot.simulate.platform.clock import TwinClock

# What a contact allows by customer-service message: (how many, for how many seconds). Source: 客服消息, 下发条数.
WINDOWS = {"message": (5, 48 * 3600), "click": (3, 60), "follow": (3, 60), "scan": (3, 60)}
# Calls a day. Source: 接口调用频次限制.
QUOTAS = {
    "token": 2000,
    "stable_token": 500_000,
    "template": 100_000,
    "subscribe": 100_000,
    "custom": 500_000,
    "mass": 100,
    "menu": 1000,
    "user": 500_000,
    "users": 500,
    "tags": 100_000,
    "ticket": 1_000_000,
}
MASS_A_MONTH = 4  # to one fan of a 服务号; the fifth is filtered without a word
ID_SECONDS = 600  # how long openid + client_msg_id are one message
MASS_ID_SECONDS = 86400


class Refusal(Exception):
    """An errcode, its errmsg, and what else the answer holds."""

    def __init__(self, code: int, errmsg: str, **more: Any) -> None:
        super().__init__(code)
        self.code, self.errmsg, self.more = code, errmsg, more


@dataclass
class Fan:
    """One openid. windows: (until, left) of each contact. blocks: switched template messages off; found out afterwards."""

    follows: bool = True
    blocks: bool = False
    windows: list[tuple[float, int]] = field(default_factory=list)
    grants: Counter[str] = field(default_factory=Counter)
    tags: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class Delivery:
    """What reached one phone. number: from 1. at: ISO. content: the items of a template, or {"text"}."""

    number: int
    at: str
    api: str
    openid: str
    msgid: str
    template_id: str
    client_msg_id: str
    content: dict[str, str]


class World:
    """Everything under one lock; `lock` is held by the caller of every method."""

    def __init__(
        self, clock: TwinClock, app_id: str, secret: str, quotas: dict[str, int] | None = None
    ) -> None:
        self.clock, self.app_id, self.secret = clock, app_id, secret
        self.lock = threading.RLock()
        self.quotas = QUOTAS | (quotas or {})
        self.fans: dict[str, Fan] = {}
        self.tags: dict[int, str] = {2: "星标组"}
        self.menu: dict[str, Any] | None = None
        self.templates: set[str] = set()  # known template ids; empty: any will do
        self.deliveries: list[Delivery] = []
        self.delivered: Counter[str] = Counter()  # openid -> how often
        self.log: TextIO | None = None
        self.events: deque[tuple[str, str]] = (
            deque()
        )  # (openid, what the account is told of it, as XML elements)
        self.telling = False  # whether anybody wants `events`
        self.calls: Counter[str] = Counter()  # by path
        self.codes: Counter[int] = Counter()  # by errcode answered
        self._next_id = 200_000_000
        self._used: Counter[tuple[str, str]] = Counter()  # (quota, day) -> calls
        self._spent: set[tuple[str, str]] = set()
        self._tokens: dict[str, float] = {}  # token -> good until
        self._stable: str = ""
        self._ids: dict[tuple[str, str], tuple[float, str]] = {}  # (openid, client_msg_id) -> (when, msgid)
        self._mass_ids: dict[str, tuple[float, str]] = {}
        self._mass_got: defaultdict[str, Counter[str]] = defaultdict(Counter)  # month -> openid -> how often
        self._ticket: tuple[str, float] = ("", 0.0)
        self._cleared: Counter[str] = Counter()

    # --- fans

    def follow(
        self, openids: Iterable[str], *, window: str = "", grants: dict[str, int] | None = None
    ) -> None:
        """New fans, or old ones back. window: a key of WINDOWS, as if they had just done that. grants: template → number."""
        for openid in openids:
            fan = self.fans.setdefault(openid, Fan())
            fan.follows = True
            fan.grants.update(grants or {})
            if window:
                self.touch(openid, window)

    def touch(self, openid: str, contact: str) -> None:
        """The fan wrote, tapped, followed or scanned."""
        count, seconds = WINDOWS[contact]
        self.fan(openid).windows.append((self.clock.seconds() + seconds, count))

    def fan(self, openid: str) -> Fan:
        """Raises 40003 for somebody who was never here."""
        if openid not in self.fans:
            raise Refusal(40003, "invalid openid")
        return self.fans[openid]

    def spend_window(self, openid: str) -> None:
        """One customer-service message; raises 45015 and 45047."""
        fan, now = self.fan(openid), self.clock.seconds()
        fan.windows = [window for window in fan.windows if window[0] > now]
        if not fan.windows or not fan.follows:
            raise Refusal(45015, "response out of time limit or subscription is canceled")
        # The longest counts: whoever wrote and then tapped has both.
        best = max(
            range(len(fan.windows)), key=lambda index: (fan.windows[index][1] > 0, fan.windows[index][0])
        )
        until, left = fan.windows[best]
        if not left:
            raise Refusal(45047, "out of response count limit")
        fan.windows[best] = (until, left - 1)

    # --- tokens

    def stable_token(self) -> tuple[str, int]:
        """The same one while it is good for more than 5 minutes."""
        now = self.clock.seconds()
        if self._tokens.get(self._stable, 0) - now <= 300:
            self._stable = self._new_token(now)
        return self._stable, int(self._tokens[self._stable] - now)

    def plain_token(self) -> str:
        """/cgi-bin/token: another family; every call ends the one before, after 5 minutes."""
        now = self.clock.seconds()
        for token in [token for token in self._tokens if token.startswith("plain")]:
            self._tokens[token] = min(self._tokens[token], now + 300)
        return self._new_token(now, "plain")

    def check_token(self, token: str) -> None:
        """Raises 41001, 40001 and 42001."""
        if not token:
            raise Refusal(41001, "access_token missing")
        until = self._tokens.get(token)
        if until is None:
            raise Refusal(40001, "invalid credential, access_token is invalid or not latest")
        if until <= self.clock.seconds():
            raise Refusal(42001, "access_token expired")

    def expire_tokens(self) -> None:
        """All of them, now."""
        self._tokens = dict.fromkeys(self._tokens, 0.0)

    def ticket(self) -> tuple[str, int]:
        """The jsapi_ticket and its seconds."""
        now = self.clock.seconds()
        if self._ticket[1] <= now:
            self._ticket = (f"ticket_{secrets.token_urlsafe(32)}", now + 7200)
        return self._ticket[0], int(self._ticket[1] - now)

    def _new_token(self, now: float, family: str = "stable") -> str:
        token = f"{family}_{secrets.token_urlsafe(48)}"
        self._tokens[token] = now + 7200
        return token

    # --- quotas

    def count(self, quota: str) -> None:
        """One call; raises 45009 when the day's are used up."""
        key = (quota, self.clock.day())
        if key in self._spent or self._used[key] >= self.quotas.get(quota, 10**9):
            raise Refusal(45009, "reach max api daily quota limit")
        self._used[key] += 1

    def spend(self, quota: str) -> None:
        """The rest of the day's calls are gone."""
        self._spent.add((quota, self.clock.day()))

    def clear_quota(self) -> None:
        """All counters back to nothing; ten times a month, then 48006."""
        month = self.clock.month()
        if self._cleared[month] >= 10:
            raise Refusal(48006, "forbid to clear quota because of reaching the limit")
        self._cleared[month] += 1
        self._used.clear()
        self._spent.clear()

    # --- messages

    def new_id(self) -> str:
        """A msgid."""
        self._next_id += 1
        return str(self._next_id)

    def tell(self, openid: str, event: str) -> None:
        """An event for the account's server. event: the XML elements after CreateTime and MsgType."""
        if self.telling:
            self.events.append((openid, event))

    def seen(self, openid: str, client_msg_id: str) -> str:
        """The msgid of the same openid and client_msg_id within 10 minutes, or ""."""
        when, msgid = self._ids.get((openid, client_msg_id), (0.0, ""))
        return msgid if client_msg_id and self.clock.seconds() - when < ID_SECONDS else ""

    def seen_mass(self, client_msg_id: str) -> None:
        """Raises 45065 and 45066 for one that was there within 24 hours."""
        when, msgid = self._mass_ids.get(client_msg_id, (0.0, ""))
        past = self.clock.seconds() - when
        if client_msg_id and past < 60:
            raise Refusal(45066, "clientmsgid submitted too fast", msg_id=int(msgid))
        if client_msg_id and past < MASS_ID_SECONDS:
            raise Refusal(45065, "clientmsgid exist", msg_id=int(msgid))

    def keep_mass(self, client_msg_id: str, msgid: str) -> None:
        """Remember it for `seen_mass`."""
        self._mass_ids[client_msg_id] = (self.clock.seconds(), msgid)

    def mass_left(self, openid: str) -> bool:
        """Whether this fan may get another mass message this month; counts it."""
        got = self._mass_got[self.clock.month()]
        got[openid] += 1
        return got[openid] <= MASS_A_MONTH

    def deliver(
        self,
        api: str,
        openid: str,
        msgid: str,
        content: dict[str, str],
        template_id: str = "",
        client_msg_id: str = "",
    ) -> Delivery:
        """It reached the phone."""
        if client_msg_id:
            self._ids[openid, client_msg_id] = (self.clock.seconds(), msgid)
        number, at = len(self.deliveries) + 1, self.clock.now().isoformat()
        delivery = Delivery(number, at, api, openid, msgid, template_id, client_msg_id, content)
        self.deliveries.append(delivery)
        self.delivered[openid] += 1
        if self.log:
            self.log.write(json.dumps(asdict(delivery), ensure_ascii=False) + "\n")
        return delivery
