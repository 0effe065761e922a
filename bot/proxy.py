"""Who is really asking, when a proxy of ours stands in front: X-Forwarded-For is believed hop by hop, and no further."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Sequence
from typing import Any

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


def networks(text: str) -> tuple[Network, ...]:
    """ "127.0.0.1, 10.0.0.0/8" → networks. ValueError for anything else."""
    return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())


def visitor(peer: str, forwarded: str, trusted: Sequence[Network]) -> str:
    """The address of the visitor: from the right, the first one that is no proxy of ours.

    Each proxy adds the address that it was asked from, so what stands to the left of the first stranger is that
    stranger's own claim. Where a proxy of ours wrote something that is no address, the proxy itself is the visitor.

    Args:
        peer: who holds the connection.
        forwarded: X-Forwarded-For, "" when there is none.
    """
    known = peer
    for hop in [*reversed(forwarded.split(",")), None]:
        if not _is_ours(known, trusted) or hop is None:
            return known
        try:
            known = str(ipaddress.ip_address(hop.strip()))
        except ValueError:
            return known
    return known


class TrustedProxies:
    """WSGI middleware: REMOTE_ADDR and the scheme as the visitor has them. Strangers' X-Forwarded-… is ignored.

    werkzeug's ProxyFix counts hops and believes whoever connects; this one asks who it is first, so a server whose
    port is reachable past the proxy can't be lied to.
    """

    def __init__(self, app: Wsgi, trusted: Sequence[Network]) -> None:
        self._app, self._trusted = app, tuple(trusted)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """See WSGI."""
        peer = environ.get("REMOTE_ADDR", "")
        if _is_ours(peer, self._trusted):
            environ["REMOTE_ADDR"] = visitor(peer, environ.get("HTTP_X_FORWARDED_FOR", ""), self._trusted)
            if environ.get("HTTP_X_FORWARDED_PROTO") in ("http", "https"):
                environ["wsgi.url_scheme"] = environ["HTTP_X_FORWARDED_PROTO"]
        return self._app(environ, start_response)


def _is_ours(address: str, trusted: Sequence[Network]) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return any(found in network for network in trusted)
