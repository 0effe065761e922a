"""Message in, Turn out: the whole thought on one screen. Pure: no clock, no file, no network, no database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.answers import subscribed
from bot.answers.offers import NOTHING_OFFERED, Offers
from bot.answers.parts import phrase
from bot.answers.render import appended, led_by, render
from bot.answers.reply import Reply
from bot.dialogue.ask import Ask
from bot.dialogue.consent import Consent
from bot.dialogue.decision import Decision
from bot.dialogue.questions import Questions
from bot.dialogue.session import ASKED_CHARS, Session, digest
from bot.dialogue.steering import FEEDBACK, Steering
from bot.knowledge.model import Knowledge
from bot.text.normalize import compact
from bot.text.privacy import mask
from bot.text.replacing import replace
from bot.text.understand import Read, Understanding

_NO_WORDS = ("subscribe", "unsubscribe", "click", "silent")  # none of these opens the platform's 48 hours


@dataclass(frozen=True)
class Message:
    """What one candidate sent.

    kind: "text" (voice with a transcript arrives as text too) · "image" "voice" "video" "location" "link" "other" ·
        "subscribe" (followed) · "unsubscribe" · "click" (a menu key, in `text`) · "silent" (an event nobody waits for).
    text: the words, the transcript or the menu key; "" for kinds without words.
    """

    kind: str
    text: str = ""


@dataclass(frozen=True)
class Trace:
    """Why the turn came out as it did: plain values for the turns table, the log line and `explain`.

    feedback: "有用" or "没用" where the message said that of `entry`.
    """

    decision: str
    entry: str | None = None
    stage: str | None = None
    region: str | None = None
    audience: str | None = None
    year: int | None = None
    score: float = 0.0
    masked_text: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    feedback: str | None = None


@dataclass(frozen=True)
class Turn:
    """reply: what to say · session: plain dict to store, None = forget this candidate · effects: for the edge to write.

    An effect is a "wish", which the reply confirms, or a "note", which it doesn't mention.
    """

    reply: Reply
    session: dict[str, Any] | None
    effects: tuple[Mapping[str, Any], ...]
    trace: Trace

    def to_dict(self, name: str) -> dict[str, Any]:
        """The turn as outside programs read it (docs/design.md): /api/messages and `ask --batch` alike."""
        trace = self.trace
        return {
            "id": name,
            "decision": trace.decision,
            "entry": trace.entry,
            "stage": trace.stage,
            "region": trace.region,
            "audience": trace.audience,
            "year": trace.year,
            "score": trace.score,
            "reply": self.reply.text,
            "options": [{"label": option.label, "send": option.send} for option in self.reply.options],
        }


class Assistant:
    """Everything one loaded knowledge needs to answer; immutable, shared by threads."""

    def __init__(
        self,
        kb: Knowledge,
        understanding: Understanding,
        steering: Steering,
        read: Read,
        offers: Offers = NOTHING_OFFERED,
        render: Callable[..., tuple[Reply, tuple[str, ...]]] = render,
    ) -> None:
        """read, render: understanding.read and answers.render, or either one timed (see bot.build)."""
        self.kb = kb
        self._offers = offers
        self.understanding = understanding
        self.selector = steering.policy.selector
        self.steering = steering
        self._questions = Questions(read, steering.policy)
        self._render = render

    def respond(self, message: Message, session: Mapping[str, Any] | None, now: datetime) -> Turn:
        """One message, one turn.

        Args:
            session: what the last Turn of this candidate returned, or None for a stranger; under "consent" what the
                edge knows of their reminders (bot/reminders/consent.py).
            now: aware; decides every "已截止" and "还剩 N 天".
        """
        before = Session.from_dict(session, now).known_to(self.kb.regions)
        text = mask(self.kb.menu.get(message.text, message.text) if message.kind == "click" else message.text)
        text, before = self._questions.with_both(text, before, now)
        decided = self.steering.steer(message.kind, text, before, now)
        if decided is None:
            again = bool(before.asked) and compact(before.asked[-1]) == compact(text[:ASKED_CHARS])
            before = before.with_question(text)
            turn = self._turn(
                self._questions.decide(text, before, now),
                text,
                now,
                said="" if again else before.said,
                at=before.place,
            )
        else:
            turn = self._turn([decided], text, now, asked=before.asked)
        return self._with_consent(turn, message.kind, before.consent, now)

    def ask(self, text: str, session: Session, now: datetime) -> Ask:
        """The text as one whole question, for `explain`."""
        return self._questions.read(text, session, now)

    def _with_consent(self, turn: Turn, kind: str, consent: Consent, now: datetime) -> Turn:
        """What could not be pushed is said with this reply, where it has room; that they spoke is noted."""
        if turn.session is None or not consent.known or kind in _NO_WORDS:
            return turn
        note = {"note": "seen", "audience": str(turn.session.get("audience", ""))}
        if any(effect.get("wish") == "unsubscribe" for effect in turn.effects):
            # Who takes it back wants no reminder; that a date they were told is wrong they must know.
            consent = replace(consent, missed=tuple(item for item in consent.missed if item.changed))
        said, rows = subscribed.missed(consent, self.kb, now)
        reply = appended(turn.reply, said)
        if reply is None:
            return replace(turn, effects=(*turn.effects, note))
        told = ({"note": "told", "rows": rows},) if rows else ()
        return replace(turn, reply=reply, effects=(*turn.effects, note, *told))

    def _turn(
        self,
        decided: Sequence[tuple[Decision, Session | None]],
        text: str,
        now: datetime,
        asked: tuple[str, ...] = (),
        said: str = "",
        at: str | None = None,
    ) -> Turn:
        """said: the digest of the last answer, where the same words are to be owned up to as the same; "" else. at: the place it was for."""
        decision, after = decided[-1]
        reply, rest = self._render([decision for decision, _ in decided], self.kb, now, self._offers)
        if after is not None:
            told = decision.kind == "answer"
            words = reply.text.rpartition("\n\n")[0] if reply.options else reply.text
            after = replace(after, said=digest(f"{decision.region} {words}") if told else "")
            if told and after.said == said:
                if decision.instead:
                    decided = [*decided[:-1], (replace(decision, choices=decision.instead), after)]
                    reply, rest = self._render(
                        [decision for decision, _ in decided], self.kb, now, self._offers
                    )
                    after = replace(after, shown=decision.instead)
                # Who asks on and hears the very same would take it for an answer to what it does not answer.
                clocked = decision.entry is not None and decision.entry.is_timed and decision.why == "slots"
                elsewhere = any(place != at for place in decision.places)  # 綦江的去哪里审 … 九龙坡的呢
                reply = led_by(reply, phrase(self.kb, "还是这样" if clocked or elsewhere else "还是上一条"))
        return Turn(
            reply=reply,
            session=after.to_dict_at(now, rest) if after is not None else None,
            effects=decision.effects,
            trace=trace_of(decided[0][0], text, self.kb.version, asked),
        )


def trace_of(decision: Decision, text: str, version: str, asked: tuple[str, ...] = ()) -> Trace:
    """The record of a decision; `text` and `asked` are masked already. A hand-over keeps what was asked before it, for staff."""
    before = {"asked": list(asked)} if decision.kind == "handoff" else {}
    return Trace(
        decision=decision.kind,
        entry=decision.entry.id if decision.entry else None,
        stage=decision.stage,
        region=decision.region,
        audience=decision.audience,
        year=decision.year,
        score=round(decision.score, 4),
        masked_text=text,
        detail={"by": decision.why, "knowledge": version, "phrase": decision.phrase, **before},
        feedback=decision.values.get(FEEDBACK),
    )
