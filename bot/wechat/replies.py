"""Reply → the bytes the platform takes as a passive reply: well-formed XML of legal length, whatever text comes in.

wechatpy's TextReply writes text into CDATA as it is and counts nothing, so the text is made safe before that.
"""

from __future__ import annotations

import html
import re
from datetime import datetime

from wechatpy.replies import TextReply, TransferCustomerServiceReply

from bot.answers.reply import LIMIT_BYTES, Option, Reply
from bot.wechat.envelope import NOT_XML, Envelope

# "Nothing to say, do not send it again." An XML with empty Content would be something else.
SUCCESS = b"success"

_MARK = "…"

_LINK = re.compile(r"<a\s.*?(?:</a>|\Z)", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"</?a\b[^>]*>?", re.IGNORECASE)


def write(reply: Reply, envelope: Envelope, now: datetime, *, menu_links: bool = False) -> bytes:
    """The passive reply in the clear, or SUCCESS when there is nothing to say.

    A hand-over to a human agent is a message type of its own and has no room for text; it goes before the text.

    Args:
        menu_links: draw the options as links that send their number when tapped; they stay numbered.
    """
    ends = {
        "source": _in_cdata(envelope.account),
        "target": _in_cdata(envelope.user),
        "time": int(now.timestamp()),
    }
    if reply.transfer:
        return _rendered(TransferCustomerServiceReply(**ends))
    content = fit(NOT_XML.sub("", reply.text).strip())
    if menu_links:
        content = _with_links(content, reply.options)
    if not content:
        return SUCCESS
    return _rendered(TextReply(content=_in_cdata(content), **ends))


def fit(text: str, limit: int = LIMIT_BYTES) -> str:
    """`text` in at most `limit` bytes of UTF-8, cut at a character and never inside a link, "…" where it was cut.

    The last guard only: answers/ pages long replies at step borders long before this.
    """
    if len(text.encode()) <= limit:
        return text
    room = limit - len(_MARK.encode())
    kept = len(text.encode()[:room].decode("utf-8", "ignore"))
    for link in _LINK.finditer(text):
        if link.start() < kept < link.end():
            kept = link.start()
            break
    if not kept:  # one link longer than a whole reply: its words are worth more than nothing
        return fit(_TAG.sub("", text), limit)
    return text[:kept].rstrip() + _MARK


def _with_links(text: str, options: tuple[Option, ...]) -> str:
    """The option lines' labels as links; a line that isn't found, or has no room for its link, stays as it is.

    bizmsgmenu stands in no official page, but works on every account without a permission. About 75 bytes each.
    """
    for option in options:
        send = html.escape(option.send)
        link = f'<a href="weixin://bizmsgmenu?msgmenucontent={send}&msgmenuid={send}">{option.label}</a>'
        line = re.compile(
            rf"^(\s*{re.escape(option.send)}\W.*?){re.escape(option.label)}(?=\s*$)", re.MULTILINE
        )
        # The options stand at the end: of two lines that look alike, the last one is meant.
        for found in list(line.finditer(text))[-1:]:
            linked = text[: found.end(1)] + link + text[found.end() :]
            text = linked if len(linked.encode()) <= LIMIT_BYTES else text
    return text


def _in_cdata(text: str) -> str:
    """A CDATA section ends at the first "]]>": split it over two, so that no text can add elements to the reply."""
    return text.replace("]]>", "]]]]><![CDATA[>")


def _rendered(reply: TextReply | TransferCustomerServiceReply) -> bytes:
    xml: str = reply.render()
    return xml.encode()
