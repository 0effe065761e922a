"""Joins the chat to the tables of consent: what the core may know of a candidate, and what it asks to be written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.clock import Clock
from bot.reminders.account import SUBSCRIBE, Account
from bot.storage import announcements, outbox, subscriptions, untold
from bot.storage.store import Store
from bot.wechat.receipts import Grant, Report

MAX_MISSED = 5  # reminders told at once; the rest waits for the next message


class Consent:
    """recall and apply for bot.exchange; safe for threads."""

    def __init__(self, store: Store, account: Account, clock: Clock) -> None:
        self._store, self._account, self._clock = store, account, clock

    def recall(self, user: str, connection: Connection) -> Mapping[str, Any]:
        """{"consent": …} as dialogue.consent.Consent.from_dict reads it."""
        hashed, pushable = self._store.user_hash(user), is_openid(user)
        contact = subscriptions.find(connection, hashed)
        credits = contact.credits if contact is not None else 0
        consent: dict[str, Any] = {
            "way": self._account.way(pushable, credits),
            "grant_url": self._account.grant_url,
        }
        if contact is not None:
            missed = untold.missed(connection, hashed, self._clock.now(), MAX_MISSED)
            consent |= {"known": True, "subscribed": contact.subscribed, "missed": missed}
        return {"consent": consent}

    def apply(self, user: str, effects: tuple[Mapping[str, Any], ...], connection: Connection) -> None:
        """Write what a turn wished and noted, in its transaction."""
        hashed, now = self._store.user_hash(user), self._store.now()
        taken = False
        for effect in effects:
            if effect.get("wish") == "subscribe":
                self._subscribe(connection, user, effect, now)
            elif effect.get("wish") == "unsubscribe":
                subscriptions.unsubscribe(connection, hashed, effect["region"], effect["stage"])
                taken = True
            elif effect.get("wish") == "report":
                self._report(connection, user, effect["report"], now)
            elif effect.get("note") == "seen":
                subscriptions.seen(connection, hashed, effect["audience"], now)
            elif effect.get("note") == "told":
                untold.told(connection, hashed, tuple(effect["rows"]), now)
        if taken:
            subscriptions.settle(connection, hashed, now)

    def _report(self, connection: Connection, user: str, report: Report, now: datetime) -> None:
        """What the platform says of our sending, and what a candidate allows; bot.exchange sees that it counts once."""
        insert, hashed = self._store.database.insert, self._store.user_hash(user)
        key = f"event {now.isoformat()}"
        if isinstance(report, Grant):
            if report.accepted and report.popup:
                address = seal_of(self._store).close(user.encode())
                subscriptions.met(connection, insert, hashed, address, is_openid(user), now)
                subscriptions.change_grant(
                    connection, insert, hashed, report.template_id, 1, "同意", key, now
                )
            elif not report.accepted:
                subscriptions.no_grants(connection, insert, hashed, report.template_id, "拒绝", key, now)
            return
        if report.kind == "mass":
            announcements.receipt(connection, insert, report.msgid, report.verdict, report.counts, now)
            return
        failure = "" if report.delivered else (report.status or f"错误 {report.error_code}")[:128]
        undone = outbox.receipt(connection, report.msgid, failure, now)
        if undone is not None:
            row, owner, channel = undone
            if channel == SUBSCRIBE:
                template = self._account.templates.get(SUBSCRIBE, report.template_id)
                subscriptions.change_grant(
                    connection, insert, owner, template, 1, "没送到", f"row {row}", now
                )
            if report.blocked:
                subscriptions.block(connection, owner, "对方关闭了通知")

    def _subscribe(self, connection: Connection, user: str, effect: Mapping[str, Any], now: datetime) -> None:
        hashed, insert = self._store.user_hash(user), self._store.database.insert
        address = seal_of(self._store).close(user.encode())
        subscriptions.met(connection, insert, hashed, address, is_openid(user), now)
        subscriptions.subscribe(connection, insert, hashed, effect["region"], effect["stage"], now)


def is_openid(user: str) -> bool:
    """Whether the platform could send to this user; "web:…" and "cli:…" are names of ours."""
    return ":" not in user


def seal_of(store: Store) -> Any:
    """The seal of addresses; an openid is kept under it and nowhere in the clear."""
    return store.seal("address")
