"""The signature by which a page may use the platform's JS-SDK. Pure."""

from __future__ import annotations

import hashlib


def signature(ticket: str, nonce: str, timestamp: int, url: str) -> str:
    """Lower-case hex sha1 over the four in the platform's order.

    url: as the phone has it, with its query, without "#…".

    Source: JS-SDK 使用权限签名算法.
    """
    text = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url.partition('#')[0]}"
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
