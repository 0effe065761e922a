"""How often one candidate or one address may come: a table in memory that all worker processes of one host share."""

from __future__ import annotations

import hashlib
import ipaddress
import mmap
import struct

WINDOW_SECONDS = 60.0
_SETS, _WAYS = 1 << 14, 4
# fingerprint of who · when their allowance is whole again (seconds since 1970) · fingerprint of the last thing they sent
_SLOT = struct.Struct("<QdQ")


class Limits:
    """Allowances that refill evenly (the algorithm is GCRA: one instant says all about one visitor).

    Made before the workers are forked, so that they count together; another host counts for itself. No lock: two
    processes that count one visitor in the same microsecond may count one visit, which a limit can bear and a lock
    held by a killed process can't. Of 65 536 visitors at most are remembered; when they are more, those whose
    allowance is whole soonest are forgotten first. Which ones share a slot depends on the secret.

    https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm
    """

    def __init__(self, secret: bytes) -> None:
        self._table = mmap.mmap(
            -1, _SETS * _WAYS * _SLOT.size
        )  # anonymous and shared: survives a fork as one
        self._key = hashlib.blake2b(secret, digest_size=32).digest()

    def allow(self, kind: str, who: str, per_minute: int, now: float, what: str = "") -> bool:
        """Count one visit, unless it is one too many.

        Args:
            kind: the limit; each counts for itself.
            per_minute: so many at once, and as many again a minute later. 0: no limit.
            now: seconds since 1970, the real clock.
            what: a second visit with the same `what` as the one before is free ("" never is).

        Returns:
            False when this visit is one too many; it was not counted.
        """
        if not per_minute:
            return True
        name = self._mark(f"{kind}\0{who}")
        last = self._mark(what) if what else 0
        place, whole, before = self._slot(name)
        if last and before == last:
            return True
        after = max(whole, now) + WINDOW_SECONDS / per_minute
        if after <= now + WINDOW_SECONDS + 1e-6:
            _SLOT.pack_into(self._table, place, name, after, last)
            return True
        if (
            whole > now + WINDOW_SECONDS
        ):  # the clock was set back: nobody waits longer than the window for that
            _SLOT.pack_into(self._table, place, name, now + WINDOW_SECONDS, before)
        return False

    def _slot(self, name: int) -> tuple[int, float, int]:
        """Where this visitor is counted: their slot, or the one of their set that is whole soonest, emptied."""
        start = (name % _SETS) * _WAYS * _SLOT.size
        soonest, least = start, float("inf")
        for place in range(start, start + _WAYS * _SLOT.size, _SLOT.size):
            found, whole, last = _SLOT.unpack_from(self._table, place)
            if found == name:
                return place, whole, last
            if whole < least:
                soonest, least = place, whole
        return soonest, 0.0, 0

    def _mark(self, text: str) -> int:
        data = text.encode("utf-8", "surrogatepass")
        return int.from_bytes(hashlib.blake2b(data, digest_size=8, key=self._key).digest(), "little") or 1


def place_of(address: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 that one IPv6 line is given. Text that is neither stays."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return address
