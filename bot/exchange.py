"""The path both channels share: one message in, the bytes of its reply out, the same bytes for every try."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.answers.reply import Reply
from bot.clock import Clock
from bot.conversation import Assistant, Message, Trace, Turn
from bot.metrics import Metrics
from bot.observability import get_logger
from bot.storage.engine import StoreError
from bot.storage.store import KEEP, Store, TurnRecord, TurnRow

log = get_logger(__name__)

Write = Callable[[Turn], bytes]
# (user, the turn's effects, the open transaction): writes them together with the reply, or raises and nothing is.
Apply = Callable[[str, tuple[Mapping[str, Any], ...], Any], None]
# (user, a connection to read from): what else the core may know of this candidate, added to the session; {} for nothing.
Recall = Callable[[str, Any], Mapping[str, Any]]

_REMEMBERED = 2000  # replies kept while the database is away: some 15 s of tries at 100 messages a second
_FAILED = Trace("failed")
_COMPLAIN_EVERY = timedelta(minutes=1)
# After the database failed everyone, messages skip it this long: 8 threads that each wait 2 s answer 4 a second.
_REST = timedelta(seconds=1)
# What takes longer than this becomes the apology; the platform shows its failure notice after 5 s.
BUDGET_SECONDS = 2.8


class Exchange:
    """Answers messages, once each. Safe for threads; one in every worker process."""

    def __init__(
        self,
        assistant: Callable[[], Assistant],
        store: Store,
        clock: Clock,
        apology: Callable[[], str],
        apply: Apply | None = None,
        recall: Recall | None = None,
        metrics: Metrics | None = None,
        budget: float = BUDGET_SECONDS,
    ) -> None:
        """assistant, apology: asked for every message, since a reload of the knowledge changes both.

        metrics: those of the process, where the assistant's own steps are timed; None: some that nobody reads.
        budget: seconds; an answer not ready and stored by then becomes the apology.
        """
        self._budget = budget
        self._assistant, self._store, self._clock, self._apology = assistant, store, clock, apology
        self._apply, self._recall = apply, recall
        self._metrics = metrics or Metrics()
        self._memory = _Memory()
        self._complained: datetime | None = None
        self._away_until: datetime | None = None

    def take(self, *, user: str, key: str, channel: str, message: Message, write: Write) -> bytes:
        """The reply to one message. Never raises, and never answers one message in two ways.

        Args:
            user: an openid, or "web:…".
            key: the same for every try of one message, different for different messages of this user.
            channel: "wechat" or "web"; for log and statistics.
            write: what the channel sends for a Turn; called once a message, before the commit, so what it returns
                is what every later try gets.
        """
        started = time.perf_counter()
        self._metrics.start()
        if (said := self._memory.get(user, key)) is not None:
            self._metrics.count("retries")
            return said
        until = time.monotonic() + self._budget
        answer: _Answer | None = None
        stored = False
        resting = self._away()
        try:
            if resting:
                raise StoreError("the database was away a moment ago")
            with self._store.turn(user, key, until) as record:
                if record.answered is not None:
                    self._metrics.count("retries")
                    log.info("retry", channel=channel, user=self._store.user_hash(user), ms=_ms(started))
                    self._away_until = None
                    return record.answered
                answer = self._respond(message, self._known(record, user), write)
                if time.monotonic() > until:
                    raise StoreError("the answer took too long", one_candidate=True)
                row = None if message.kind == "silent" else _row(channel, answer)
                session = KEEP if answer.failed else answer.turn.session
                effects, apply = answer.turn.effects, self._apply
                also = partial(apply, user, effects) if apply and effects else None
                record.finish(reply=answer.data, session=session, row=row, also=also)
            stored, self._away_until = True, None
        except StoreError as error:
            if not resting:
                self._complain(error)
        except Exception:  # whatever a channel or an effect does, the candidate gets an answer
            log.exception("message_failed", channel=channel)
            answer = self._apologise(write)
        if answer is None or not stored:
            if (
                time.monotonic() > until
            ):  # the work is dropped: nothing of it is stored, and the candidate asks again
                answer = self._apologise(write, "late")
            else:
                answer = self._without_store(user, answer or self._respond(message, None, write), write)
            answer = replace(answer, data=self._memory.keep(user, key, answer.data))
        self._tell(channel, user, answer, time.perf_counter() - started, stored)
        return answer.data

    def _tell(self, channel: str, user: str, answer: _Answer, seconds: float, stored: bool) -> None:
        """The one line a message, and its numbers."""
        trace, spent = answer.turn.trace, self._metrics.spent()
        thought = spent.pop("thought", 0.0)
        written = spent.get("write", 0.0)
        if thought:
            named = sum(spent.get(step, 0.0) for step in ("understand", "match", "render"))
            spent["decide"] = max(0.0, thought - named)
        spent["store"] = max(0.0, seconds - thought - written)
        self._metrics.message(channel, trace.decision, seconds, spent)
        if not stored:
            self._metrics.count("unstored")
        log.info(
            "message",
            channel=channel,
            user=self._store.user_hash(user),
            decision=trace.decision,
            entry=trace.entry,
            stage=trace.stage,
            region=trace.region,
            score=round(trace.score, 3),
            ms=round(seconds * 1000, 2),
            steps={step: round(took * 1000, 2) for step, took in spent.items()},
            stored=stored,
        )

    def note(self, *, user: str, key: str, effects: tuple[Mapping[str, Any], ...]) -> None:
        """Apply what a push reports that nobody waits for: once for all its tries, session and statistics untouched.

        Never raises: a report is no reason to hold the platform up. What could not be written is in the log.
        """
        if self._apply is None:
            return
        try:
            with self._store.turn(user, key) as record:
                if record.answered is None:
                    also = partial(self._apply, user, effects)
                    record.finish(reply=b"", session=KEEP, row=None, also=also)
        except StoreError as error:
            log.error("not_noted", user=self._store.user_hash(user), reason=str(error))
        except Exception:  # an effect's own mistake
            log.exception("note_failed", user=self._store.user_hash(user))

    def forget(self, user: str) -> None:
        """Erase a candidate who left. Never raises; when the database can't be used the log says whom to erase later."""
        try:
            count = self._store.erase(user)
            log.info("erased", user=self._store.user_hash(user), rows=count)
        except StoreError as error:
            log.error("not_erased", user=self._store.user_hash(user), reason=str(error))

    def _respond(self, message: Message, session: Mapping[str, Any] | None, write: Write) -> _Answer:
        started = time.perf_counter()
        timed = self._metrics.timed
        try:
            turn = timed("thought", self._assistant().respond)(message, session, self._clock.now())
            return _Answer(turn, timed("write", write)(turn), _ms(started))
        except Exception:  # an apology is an answer; a failure would be the platform's notice
            log.exception("respond_failed", kind=message.kind)
            return self._apologise(write)

    def _known(self, record: TurnRecord, user: str) -> Mapping[str, Any] | None:
        """The session, and what further tables know."""
        more = record.recall(partial(self._recall, user)) if self._recall else None
        return {**(record.session or {}), **more} if more else record.session

    def _apologise(self, write: Write, cause: str = "failed") -> _Answer:
        self._metrics.count("apologies", cause)
        turn, data = Turn(Reply(""), None, (), _FAILED), b""
        try:
            turn = replace(turn, reply=Reply(self._apology()))
            data = write(turn)
        except Exception:  # nothing left to say it with: an empty body is "no reply" to the platform
            log.exception("apology_failed")
        return _Answer(turn, data, 0.0, failed=True)

    def _without_store(self, user: str, answer: _Answer, write: Write) -> _Answer:
        """No reply may claim what was not written: a wish or a farewell becomes the apology, and the log keeps it."""
        wishes = [effect for effect in answer.turn.effects if "wish" in effect]
        if answer.failed or (answer.turn.session is not None and not wishes):
            return answer
        hashed = self._store.user_hash(user)
        log.error("not_written", user=hashed, forget=answer.turn.session is None, effects=len(wishes))
        return self._apologise(write) if answer.turn.reply.text else answer

    def _away(self) -> bool:
        """Whether to answer without the database. After each rest one message looks whether it is back; the others go on."""
        now = self._clock.real_now()
        if self._away_until is None or now < self._away_until:
            return self._away_until is not None
        self._away_until = now + timedelta(seconds=self._budget)
        return False

    def _complain(self, error: StoreError) -> None:
        self._metrics.count("store_failures", "candidate" if error.one_candidate else "database")
        now = self._clock.real_now()
        if not error.one_candidate:
            self._away_until = now + _REST
        if self._complained is None or now - self._complained >= _COMPLAIN_EVERY:
            self._complained = now
            log.error("store_unusable", reason=str(error), answering="from memory, without sessions")


@dataclass(frozen=True)
class _Answer:
    """data: what the channel sends. ms: what respond and write took. failed: an apology; the session stays as it was."""

    turn: Turn
    data: bytes
    ms: float
    failed: bool = False


class _Memory:
    """The last replies that could not be stored, so that the tries that reach this process agree."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._replies: OrderedDict[tuple[str, str], bytes] = OrderedDict()

    def get(self, user: str, key: str) -> bytes | None:
        """None for a message not kept."""
        return self._replies.get((user, key))

    def keep(self, user: str, key: str, reply: bytes) -> bytes:
        """The reply that counts: when two tries were answered at once, the first one kept."""
        with self._lock:
            kept = self._replies.setdefault((user, key), reply)
            if len(self._replies) > _REMEMBERED:
                self._replies.popitem(last=False)
            return kept


def _ms(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 2)


def _row(channel: str, answer: _Answer) -> TurnRow:
    trace = answer.turn.trace
    return TurnRow(
        channel=channel,
        masked_text=trace.masked_text,
        decision=trace.decision,
        entry=trace.entry,
        stage=trace.stage,
        region=trace.region,
        audience=trace.audience,
        year=trace.year,
        score=trace.score,
        ms=answer.ms,
        detail=trace.detail,
        feedback=trace.feedback,
    )
