"""By which channel one candidate can be reached now, or why by none. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from bot.reminders.account import CUSTOM, SUBSCRIBE, TEMPLATE, Account

WINDOW = timedelta(hours=48)  # 客服消息 after a message of the candidate
WINDOW_MESSAGES = 5  # of them
NO_CHANNEL = "公众号没有可以主动推送的渠道"
NOT_ON_WECHAT = "不在公众号里（网页或命令行）"
NO_GRANT = "没有订阅通知的授权"
TOO_LONG_AGO = "超过 48 小时没有说话"
USED_UP = "48 小时内的客服消息条数用完了"


@dataclass(frozen=True)
class Facts:
    """What decides it. credit: a 订阅通知 is allowed · recent: they wrote within WINDOW · spent: WINDOW_MESSAGES are used."""

    pushable: bool
    blocked: str
    credit: bool
    recent: bool
    spent: bool


def reach(facts: Facts, account: Account, without: Collection[str] = ()) -> tuple[str, str]:
    """(channel, "") or ("", why not).

    Args:
        without: channels that were refused for this message, or rest.
    """
    if not facts.pushable:
        return "", NOT_ON_WECHAT
    if facts.blocked:
        return "", facts.blocked
    if not account.channels:
        return "", NO_CHANNEL
    reasons = []
    for channel in account.channels:
        if channel in without:
            continue
        why_not = _closed(channel, facts)
        if not why_not:
            return channel, ""
        reasons.append(why_not)
    return "", "；".join(reasons)


def _closed(channel: str, facts: Facts) -> str:
    if channel == SUBSCRIBE and not facts.credit:
        return NO_GRANT
    if channel == CUSTOM and not facts.recent:
        return TOO_LONG_AGO
    if channel == CUSTOM and facts.spent:
        return USED_UP
    return ""


# What the platform lets an account send in a day by each call, as it is for a new account; its console shows the real count.
DAILY = {TEMPLATE: 100_000, CUSTOM: 500_000, SUBSCRIBE: 100_000}
