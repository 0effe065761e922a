"""Bad days on order: which call goes wrong, and how. Drawn from the seed, so that threads don't change the outcome.

A specification is a comma-separated list:

    busy=5%        this share of the send calls is answered -1, and nothing was done
    busydone=1%    answered -1, though it was done
    drop=1%        the connection is cut before anything was done
    cut=1%         done, then the connection is cut without an answer
    half=1%        done, then half of the JSON
    html=1%        a 502 with HTML; nothing was done
    hang=0.1%      no answer at all; nothing was done
    43101=1%       this share of the candidates always gets this errcode
    45015/custom=1%  … from this call only: template, subscribe, custom
    42001@3000     at the 3000th send call every access_token expires
    45009@5000     at the 5000th send call that call's quota of the day is used up
    45011@7        the 7th send call gets this errcode, once; busy@7 gets -1
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

TRANSPORT = ("drop", "cut", "half", "html", "hang")
AFTER = frozenset({"cut", "half", "busydone"})  # these happen to a call that was carried out
_RATE = re.compile(
    r"(busy|busydone|drop|cut|half|html|hang|[0-9]{5})(?:/(template|subscribe|custom))?=([0-9.]+)(%?)"
)
_ONCE = re.compile(r"(busy|[0-9]{5})@([0-9]+)")


class FaultError(ValueError):
    """A specification nobody understands; Chinese."""


@dataclass(frozen=True)
class Rate:
    """kind: one of TRANSPORT, "busy", "busydone" or an errcode. api: "" for every send call. share: 0 to 1."""

    kind: str
    api: str
    share: float


@dataclass(frozen=True)
class Faults:
    """What goes wrong; without rates and onces, nothing does."""

    seed: int = 0
    calls: tuple[Rate, ...] = ()
    people: tuple[Rate, ...] = ()
    once: tuple[tuple[int, int], ...] = ()

    def of_call(self, api: str, openid: str, attempt: int) -> str:
        """What happens to this attempt, "" for nothing; attempt: counts this person's calls of this API."""
        return self._pick(self.calls, api, f"call:{api}:{openid}:{attempt}")

    def of_person(self, api: str, openid: str) -> int:
        """The errcode this person always gets from this API; 0 for none."""
        return int(self._pick(self.people, api, f"person:{openid}") or 0)

    def at(self, number: int) -> int:
        """The errcode of the send call of this number (from 1); 0 for none."""
        return next((code for code, when in self.once if when == number), 0)

    def _pick(self, rates: Sequence[Rate], api: str, name: str) -> str:
        """The rates lie one after another on 0…1, the draw falls on one of them, or beyond."""
        if not rates:
            return ""
        digest = hashlib.blake2b(f"{self.seed}:{name}".encode(), digest_size=8).digest()
        drawn = int.from_bytes(digest) / 2**64
        for rate in rates:
            if drawn < rate.share:
                return rate.kind if rate.api in ("", api) else ""
            drawn -= rate.share
        return ""


def parse(written: str, seed: int = 0) -> Faults:
    """A specification as above; "" is no faults. Raises FaultError."""
    calls: list[Rate] = []
    people: list[Rate] = []
    once: list[tuple[int, int]] = []
    for item in filter(None, (part.strip() for part in written.split(","))):
        if found := _RATE.fullmatch(item):
            share = float(found[3]) / (100 if found[4] else 1)
            rate = Rate(found[1], found[2] or "", share)
            (people if found[1].isdecimal() else calls).append(rate)
        elif found := _ONCE.fullmatch(item):
            once.append((-1 if found[1] == "busy" else int(found[1]), int(found[2])))
        else:
            raise FaultError(f"看不懂“{item}”，例如 busy=5%,drop=1%,cut=1%,43101=1%,42001@3000")
    for rates in (calls, people):
        if sum(rate.share for rate in rates) > 1:
            raise FaultError("比例加起来超过 100%")
    return Faults(seed, tuple(calls), tuple(people), tuple(once))
