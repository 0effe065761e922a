"""Reply: what goes back to the candidate, before any platform wraps it."""

from dataclasses import dataclass

LIMIT_BYTES = 2048  # of a text reply, UTF-8: what the platform delivers (docs of 被动回复用户消息)


@dataclass(frozen=True)
class Option:
    """One tappable choice.

    label: what is shown, e.g. "网上报名时间".
    send: the text a tap sends; the same as the number printed before the label in Reply.text.
    """

    label: str
    send: str


@dataclass(frozen=True)
class Reply:
    """text: plain text as a 公众号 shows it, at most LIMIT_BYTES UTF-8 bytes; "" means no reply at all.

    options: the numbered choices that stand at the end of `text` already; an H5 page may draw them as buttons.
    transfer: hand the conversation to a human agent, where the account has them.
    """

    text: str
    options: tuple[Option, ...] = ()
    transfer: bool = False
