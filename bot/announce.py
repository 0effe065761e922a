"""群发: one text to all who bear a tag of the account. One of staff writes it, another approves it, and it goes out once.

Apart from the reminders in everything: its own table, its own page, its own counts; the platform counts it apart too (a fan
of a 服务号 gets four a month at most).
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Protocol

from bot.clock import Clock
from bot.observability import get_logger
from bot.reminders.plan import is_night
from bot.settings import Settings
from bot.storage import announcements as table
from bot.storage.announcements import Announcement
from bot.storage.store import Store
from bot.wechat.errors import SendError

log = get_logger(__name__)

MAX_BYTES = 2048  # of the text, as everything we send
REMEMBERED = timedelta(hours=24)  # so long the platform knows a clientmsgid
CALL_LASTS = timedelta(minutes=2)  # at most; one that is out for longer has died
NIGHT = "夜里（22:00–08:00）不群发，请早上再来"
UNKNOWN = "平台没有回完，不知发出没有"


class RefusedError(Exception):
    """It was not done; the message is for staff."""


class Masses(Protocol):
    """What this needs of wechat.client.Client; everything it raises is a SendError."""

    def tags(self) -> dict[str, int]:
        """Name → id."""

    def mass_by_tag(self, tag_id: int, text: str, clientmsgid: str) -> str:
        """The msg_id."""


class Announcements:
    """What staff can do; safe for threads and for many processes at once. Every method raises RefusedError or StoreError."""

    def __init__(self, store: Store, client: Masses | None, clock: Clock) -> None:
        """client: None where the account may not send to a tag."""
        self._store, self._client, self._clock = store, client, clock

    @property
    def allowed(self) -> bool:
        """Whether this account may send to a tag at all."""
        return self._client is not None

    def tags(self) -> dict[str, int]:
        """The account's tags, name → id, asked of the platform."""
        try:
            return self._may().tags()
        except SendError as error:
            raise RefusedError(f"没有拿到公众号的标签：{error.message}") from None

    def write(self, text: str, tag_name: str, by: str, number: int | None = None) -> int:
        """A new draft, or new words for one (`number`); its id."""
        text = text.replace("\r\n", "\n").strip()
        if not text:
            raise RefusedError("请写群发的文字。")
        if (size := len(text.encode())) > MAX_BYTES:
            raise RefusedError(f"太长了：{size} 字节，最多 {MAX_BYTES} 字节（一个汉字 3 字节）。")
        tag = self.tags().get(tag_name)
        if tag is None:
            raise RefusedError("请选一个标签；标签在公众平台的“用户管理”里建。")
        now, insert, key = self._clock.real_now(), self._store.database.insert, secrets.token_hex(16)
        with self._store.writing() as connection:
            if number is None:
                return table.add(connection, insert, key, text, tag, tag_name, by, now)
            if not table.change(connection, number, key, text, tag, tag_name, by, now):
                raise RefusedError("这条已经不能改了。")
        return number

    def cancel(self, number: int, by: str) -> None:
        """Drop what has not gone out."""
        with self._store.writing() as connection:
            if not table.cancel(connection, number, by, self._clock.real_now()):
                raise RefusedError("这条已经不能取消了。")

    def why_not(self, one: Announcement, by: str) -> str:
        """Why `by` can't approve it now; "" when nothing is in the way. Whoever wrote any of it never approves it."""
        if not self.allowed:
            return "这个公众号不能按标签群发"
        if by in (one.drafted_by, one.changed_by):
            return "自己写的要另一位“发布”角色的同事来批"
        if is_night(self._clock.real_now()):
            return NIGHT
        return ""

    def approve(self, number: int, by: str, seen: str) -> Announcement:
        """Send it, once, whoever else approves it at the same time; what became of it.

        Args:
            seen: the text and tag as `by` saw them, see `print_of`.
        """
        client, one = self._may(), self.find(number)
        if one.state != "draft":
            raise RefusedError("这条已经有人处理了；没有发成的，改一改存好再批。")
        if why_not := self.why_not(one, by):
            raise RefusedError(f"{why_not}。")
        if seen != print_of(one):
            raise RefusedError("您看过以后文字或标签又变了，请再看一遍，再批准。")
        with self._store.writing() as connection:
            if not table.claim(connection, one, by, self._clock.real_now()):
                raise RefusedError("这条已经有人处理了，或刚刚又改过。")
        return self._send(client, one)

    def again(self, number: int) -> Announcement:
        """Try once more what nobody knows of, by the same key: the platform sends it at most once in REMEMBERED."""
        client, one, now = self._may(), self.find(number), self._clock.real_now()
        if is_night(now):
            raise RefusedError(f"{NIGHT}。")
        with self._store.writing() as connection:
            if not table.claim_again(connection, number, now, now - REMEMBERED + CALL_LASTS):
                raise RefusedError(
                    "不能再试：不是“不知发出没有”，或过了 24 小时，再发可能重复。请在公众平台看发送记录。"
                )
        return self._send(client, one)

    def _send(self, client: Masses, one: Announcement) -> Announcement:
        state, msgid, reason = "submitted", "", ""
        try:
            msgid = client.mass_by_tag(one.tag, one.text, one.key)
        except SendError as error:
            state, reason = ("unknown", UNKNOWN) if error.uncertain else ("failed", error.message)
        now = self._clock.real_now()
        with self._store.writing() as connection:
            table.ended(connection, one.id, state, now, msgid, reason)
            table.settle(connection, now)  # the receipt may be here already
        log.info("announced", state=state, tag=one.tag)
        return self.find(one.id)

    def find(self, number: int) -> Announcement:
        """Raises RefusedError when there is none."""
        with self._store.reading() as connection:
            one = table.find(connection, number)
        if one is None:
            raise RefusedError("没有这条群发。")
        return one

    def newest(self, most: int) -> list[Announcement]:
        """Newest first, after what died in its call and what a receipt has ended is marked so."""
        now = self._clock.real_now()
        with self._store.writing() as connection:
            table.hung(connection, now - CALL_LASTS, now, UNKNOWN)
            table.settle(connection, now)
            return table.newest(connection, most)

    def _may(self) -> Masses:
        if self._client is None:
            raise RefusedError(
                "这个公众号不能按标签群发：要认证过的号（WECHAT_ACCOUNT），并设 WECHAT_APP_ID、WECHAT_APP_SECRET。"
            )
        return self._client


def print_of(one: Announcement) -> str:
    """Changes whenever the text or the tag does."""
    return hashlib.sha256(f"{one.tag}\0{one.text}".encode()).hexdigest()[:16]


def of_settings(settings: Settings, store: Store, clock: Clock) -> Announcements:
    """As the settings say; no client where the account may not."""
    if not (
        settings.wechat_app_id
        and settings.wechat_app_secret
        and settings.wechat_account.endswith("-certified")
    ):
        return Announcements(store, None, clock)
    from bot.wechat.client import client_of  # 60 ms, which only those need who send

    return Announcements(store, client_of(settings, store), clock)
