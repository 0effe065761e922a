"""One row in the hands of one thread: choose a channel, say that a call goes out, call, and act on the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag

from bot.observability import get_logger
from bot.reminders import message, plan
from bot.reminders.account import CUSTOM, SUBSCRIBE, TEMPLATE, TITLES
from bot.reminders.context import Context
from bot.reminders.reach import WINDOW, WINDOW_MESSAGES, Facts, reach
from bot.storage import outbox, planning, subscriptions
from bot.storage.engine import StoreError
from bot.storage.outbox import CORRECTION, Row
from bot.wechat.errors import SendError, Step

log = get_logger(__name__)

ALL = "*"  # the channel that stands for every channel, in a pause
REMEMBERED = timedelta(minutes=9)  # the platform's 10 for a client_msg_id, less what clocks may differ
MOST_TRIES = 6
AT_ONCE = (0.3, 0.9)  # seconds before a call is repeated in the same hands; most bad moments are over by then
MINUTE = timedelta(seconds=60)
BROKEN = "程序出错，见日志里的 reminder_failed"
UNREADABLE = "存着的 openid 解不开（BOT_SECRET_KEY 换过？）"
WITHDRAWN, NOT_WANTED = "公告改了日期", "已退订或不再适用"


class Attempt:
    """One row in the hands of one thread."""

    def __init__(self, own: Context, row: Row) -> None:
        self._own, self._row, self._tried = own, row, list(row.tried)
        self._store, self._account = own.store, own.account
        # A template call may have gone out already; then nothing but the same call may follow it.
        self._called = False
        self._unsure = row.channel == TEMPLATE and row.first_call_at is not None
        self._facts = Facts(
            pushable=row.pushable or row.address is None,
            blocked=row.blocked if row.address is not None else subscriptions.CANCELLED,
            credit=row.credits > 0,
            recent=row.last_at is not None and row.last_at > own.clock.real_now() - WINDOW,
            spent=row.sent >= WINDOW_MESSAGES,
        )

    def run(self) -> str:
        """To its end; the state it ended in, "" when it goes on later or is another's."""
        row, now = self._row, self._own.clock.now()
        if self._own.stop.is_set():
            return self._later(now, "", self._unsure)
        items, withdrawn = self._items(now)
        if not items:
            why = WITHDRAWN if withdrawn else NOT_WANTED
            return self._end("unknown", outbox.LOST) if self._unsure else self._end("cancelled", why)
        if row.kind == CORRECTION and not message.corrected(items, self._own.knowledge(), now):
            self._tried += [SUBSCRIBE, TEMPLATE]  # no new date to put into a template; words can say so
        if self._unsure:
            return self._again(items, now)
        while True:
            resting = dict(self._own.resting)
            if ALL in resting:
                return self._later(now, resting[ALL][1])
            channel, why_not = reach(self._facts, self._account, {*self._tried, *resting})
            if not channel:
                return self._nowhere(why_not, resting, now)
            state = self._by(channel, items, now)
            if state is not None:
                return state

    def broken(self) -> str:
        """After a mistake of the program: the row ends, as unknown if a call may have gone out."""
        try:
            return self._end("unknown" if self._called else "failed", BROKEN)
        except StoreError:
            return ""

    def _again(self, items: Sequence[plan.Occasion], now: datetime) -> str:
        """A template call whose outcome nobody knows: repeated by client_msg_id, or listed."""
        assert self._row.first_call_at is not None  # noqa: S101  the caller has looked
        if self._own.clock.real_now() - self._row.first_call_at >= REMEMBERED:
            return self._end("unknown", outbox.LOST)
        return self._by(TEMPLATE, items, now) or self._end("unknown", outbox.LOST)

    def _items(self, now: datetime) -> tuple[list[plan.Occasion], bool]:
        """What to tell, and whether something is left out because its date was changed."""
        row = self._row
        known = [self._own.occasions[one] for one in row.occasions if one in self._own.occasions]
        if row.kind == CORRECTION:
            return [one.occasion for one in known], False
        items = [one.occasion for one in known if not one.withdrawn]
        return message.still_wanted(items, row.subscribed, row.audience, now), len(items) < len(row.occasions)

    def _by(self, channel: str, items: Sequence[plan.Occasion], now: datetime) -> str | None:
        """Call once; the state, or None when another channel should be tried."""
        said = self._words(channel, items, now)
        if isinstance(said, str):
            return self._stop_run(said)
        self._own.pace.wait(channel)
        if not self._start(channel, items):
            if self._own.clock.real_now() >= self._row.leased_until:
                return ""  # held too long: it is anybody's by now, and nothing went out
            if channel == SUBSCRIBE and self._facts.credit:
                self._tried.append(channel)
                return None
            return self._end("cancelled", NOT_WANTED)
        self._called = True
        for wait in (*AT_ONCE, 0.0):
            try:
                return self._end("sent", "", said())
            except SendError as error:
                repeatable = channel == TEMPLATE or not error.uncertain
                if error.step is not Step.RETRY or not repeatable or not wait:
                    return self._refused(channel, error, now)
                self._unsure = self._unsure or error.uncertain
                self._own.sleep(wait)
        raise AssertionError("unreachable")

    def _words(self, channel: str, items: Sequence[plan.Occasion], now: datetime) -> Callable[[], str] | str:
        """The call, ready to be made; or why it would be refused."""
        row, sender, kb = self._row, self._own.sender, self._own.knowledge()
        if sender is None or row.address is None:
            return "没有设 WECHAT_APP_ID 和 WECHAT_APP_SECRET"
        try:
            openid = self._own.seal.open(row.address).decode()
        except InvalidTag:
            return UNREADABLE
        changed = row.kind == CORRECTION
        if channel == CUSTOM:
            content = (message.correction if changed else message.text)(items, kb, now)

            def custom() -> str:
                sender.send_custom_text(openid, content)
                return ""

            return custom
        told = message.corrected(items, kb, now) if changed else items
        data, wrong = message.items_of(channel, told, self._account, now, changed)
        if wrong:
            return f"{TITLES[channel]}的内容平台不会收：{' '.join(wrong)}"
        template, url = self._account.templates[channel], self._account.public_url
        if channel == SUBSCRIBE:
            return lambda: sender.send_subscribe(openid, template, data, page=url)
        key = key_of(row)
        return lambda: sender.send_template(openid, template, data, url=url, client_msg_id=key)

    def _start(self, channel: str, items: Sequence[plan.Occasion]) -> bool:
        own, row, real = self._own, self._row, self._own.clock.real_now()
        pairs = {(one.region, one.stage) for one in items}
        with self._store.writing() as connection:
            if not outbox.start(connection, row, own.worker, channel, sorted(pairs), real):
                return False
            if channel == SUBSCRIBE:
                return self._grant(connection, -1, "发送")
            if channel == CUSTOM:
                subscriptions.talked(connection, row.user_hash, 1)
        return True

    def _grant(self, connection: Any, change: int, reason: str) -> bool:
        template, real = self._account.templates[SUBSCRIBE], self._own.clock.real_now()
        return subscriptions.change_grant(
            connection, self._store.database.insert, self._row.user_hash, template, change, reason,
            grant_key(self._row.id, self._row.attempts), real,
        )  # fmt: skip

    def _refused(self, channel: str, error: SendError, now: datetime) -> str | None:
        row = self._row
        uncertain = error.uncertain or self._unsure
        if error.step is Step.DONE:
            return self._end("sent", error.message)
        if error.uncertain and channel != TEMPLATE:
            return self._end("unknown", error.message)
        if not uncertain:
            self._undo(channel)
        if error.step is Step.RETRY:
            if row.attempts + 1 >= MOST_TRIES and not uncertain:
                return self._end("failed", error.message)
            wait = timedelta(seconds=min(120, 2 ** (row.attempts + 1)))
            return self._later(now + wait, error.message, uncertain)
        if error.step is Step.RETRY_LATER:
            self._pause(channel, now + MINUTE, error.message)
            return self._later(now + MINUTE, error.message, uncertain)
        if error.step is Step.PAUSE:
            self._pause(channel, plan.midnight(now), error.message)
            return self._end("unknown", error.message) if uncertain else None
        if error.step is Step.STOP_RUN:
            return self._stop_run(error.message)
        return self._personal(channel, error)

    def _personal(self, channel: str, error: SendError) -> str | None:
        """About this candidate alone: another channel, or nothing more to them."""
        row, real = self._row, self._own.clock.real_now()
        with self._store.writing() as connection:
            if error.step is Step.STOP_USER:
                subscriptions.block(connection, row.user_hash, error.message[:64])
            elif error.code == 43101 and channel == SUBSCRIBE:
                template = self._account.templates[SUBSCRIBE]
                subscriptions.no_grants(
                    connection, self._store.database.insert, row.user_hash, template, "平台说没有授权",
                    grant_key(row.id, row.attempts), real,
                )  # fmt: skip
            elif error.code == 45047:
                subscriptions.talked(connection, row.user_hash, WINDOW_MESSAGES)
        if error.step is Step.STOP_USER:
            return self._end("failed", error.message)
        if self._unsure:  # an earlier try may have gone out: by another channel it would be the second
            return self._end("unknown", error.message)
        self._tried.append(channel)
        if not reach(self._facts, self._account, self._tried)[0]:
            return self._end("failed", error.message)
        return None

    def _undo(self, channel: str) -> None:
        """Nothing went out: what `_start` took is given back."""
        with self._store.writing() as connection:
            if channel == SUBSCRIBE:
                self._grant(connection, 1, "退回")
            elif channel == CUSTOM:
                subscriptions.talked(connection, self._row.user_hash, -1)

    def _nowhere(
        self, why_not: str, resting: Mapping[str, tuple[datetime | None, str]], now: datetime
    ) -> str:
        times = [until for name, (until, _) in resting.items() if until and name not in self._tried]
        again = plan.morning(min(times)) if times else None
        if again is not None and again < self._row.expires_at:
            return self._later(again, "；".join(reason for _, reason in resting.values()))
        reasons = [reason for _, reason in resting.values()] + ([why_not] if why_not else [])
        return self._end("unreachable", "；".join(reasons))

    def _stop_run(self, reason: str) -> str:
        log.error("reminders_stopped", reason=reason)
        self._pause(ALL, None, reason)
        uncertain = self._unsure
        return self._later(self._own.clock.now(), reason, uncertain)

    def _pause(self, channel: str, until: datetime | None, reason: str) -> None:
        self._own.resting[channel] = (until, reason)
        with self._store.writing() as connection:
            planning.pause(
                connection,
                self._store.database.insert,
                channel,
                until,
                reason,
                self._own.clock.real_now(),
            )

    def _later(self, when: datetime, reason: str, uncertain: bool = False) -> str:
        real = self._own.clock.real_now()
        with self._store.writing() as connection:
            outbox.put_back(
                connection, self._row, self._own.worker, when, real,
                tried=self._tried, reason=reason, uncertain=uncertain,
            )  # fmt: skip
        return ""

    def _end(self, state: str, reason: str, msgid: str = "") -> str:
        real = self._own.clock.real_now()
        with self._store.writing() as connection:
            # Lost in a power cut, the row is still "sending": settled as a killed worker's, never sent twice.
            self._store.database.hurry(connection)
            ended = outbox.finish(connection, self._row, self._own.worker, state, reason, real, msgid)
        return state if ended else ""


def key_of(row: Row) -> str:
    """client_msg_id: the same for the same candidate and slot, at most 32 characters."""
    return f"{row.slot:%Y%m%d%H%M%S}{row.kind[0]}{row.user_hash[:16]}"


def grant_key(row: int, attempt: int) -> str:
    """What the history of grants calls one call of one row."""
    return f"row {row} {attempt}"
