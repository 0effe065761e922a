"""Session: what we remember of one candidate. Pure values, to and from a plain dict."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from bot.dialogue.consent import NO_CONSENT, Consent
from bot.knowledge.model import NATION
from bot.schedule.deadlines import today
from bot.schedule.stages import ORDER
from bot.text.replacing import replace
from bot.text.statuses import STATUSES

ASKED, ASKED_CHARS = 5, 100  # the questions kept for a hand-over to staff, and how much of each
TOPIC_LIFE = timedelta(minutes=30)  # after this a bare "那重庆呢" is a new talk; the region stays


@dataclass(frozen=True)
class Topic:
    """The question in hand, so that it can be resumed or varied.

    entry: id, "" when the question has not been matched to one · core: the matcher's text · year, day: as asked ·
    more_years: asked in the same breath (2024 和 2025 报名时间) · regions: those compared, () where it was one ·
    sent_back: the candidate's papers came back from the review, unskilled: this year's 技能 was not passed, said in this talk ·
    theirs: the kind of candidate that somebody else is who was spoken of, "" for none; of_them: it is they whom the question is about ·
    passed: the year of a 技能 pass of somebody else that is spoken of, 0 for none · presumes, put, until: as in Query ·
    step: the one of its steps that was told last, 0 for all · state: as Query.state ·
    spoken: the stages of the answer before, where the last one is of none (重庆几号报名 … 我报哪个考点 … 截止呢).
    """

    entry: str = ""
    core: str = ""
    stages: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    verdict: bool = False
    year: int | None = None
    day: tuple[int, int, int | None] | None = None
    more_years: tuple[int, ...] = ()
    regions: tuple[str, ...] = ()
    sent_back: bool = False
    unskilled: bool = False
    theirs: str = ""
    of_them: bool = False
    passed: int = 0
    presumes: str = ""
    put: tuple[tuple[int, int], ...] = ()
    until: tuple[int, ...] = ()
    step: int = 0
    state: bool = False
    spoken: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shown:
    """One numbered choice of the last list: what a number picks. `entry` or `region` or `say`, the first that is set."""

    label: str
    entry: str = ""
    region: str = ""
    audience: str = ""
    say: str = ""


@dataclass(frozen=True)
class Session:
    """region, place, audience, passed (the year of their own 技能 pass, 0: unknown), level: kept until erased · topic, pending, shown, rest: until TOPIC_LIFE has passed.

    region: the one spoken of last · home: the one that the candidate said is their own (我在重庆), None until they did ·
    other: the one spoken of before `region`, for 两个有什么不一样.
    pending: what the bot has asked for ("region", "audience", "" nothing); the topic is then what it asked it for.
    both: the message, masked, whose two questions both wait for that region; "" for none.
    rest: pages that 继续 sends. misses: messages in a row that were not understood.
    asked: the last questions, masked, oldest first; what staff read when the conversation is handed to them.
    said: a short digest of the last answer's region and words, so that the very same is not told again as if it were new; "" for none.
    consent: what the edge knows of reminders; comes with every message, is never stored here.
    """

    region: str | None = None
    place: str | None = None
    home: str | None = None
    other: str | None = None
    audience: str | None = None
    passed: int = 0
    level: str | None = None
    topic: Topic | None = None
    pending: str = ""
    both: str = ""
    shown: tuple[Shown, ...] = ()
    rest: tuple[str, ...] = ()
    misses: int = 0
    asked: tuple[str, ...] = ()
    said: str = ""
    at: str = ""
    consent: Consent = NO_CONSENT

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; defaults are left out, so a stranger is {}."""
        out: dict[str, Any] = {}
        for spec in fields(self):
            value = getattr(self, spec.name)
            if spec.name == "consent" or value in _DEFAULTS:
                continue
            if spec.name == "topic":
                value = _plain(value)
            elif spec.name == "shown":
                value = [_plain(item) for item in value]
            elif isinstance(value, tuple):
                value = list(value)
            out[spec.name] = value
        return out

    def to_dict_at(self, now: datetime, rest: tuple[str, ...]) -> dict[str, Any]:
        """As `to_dict`, stamped with the time of the turn and with the pages still to send."""
        return replace(self, at=now.isoformat(), rest=rest).to_dict()

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any] | None, now: datetime) -> Session:
        """Read what `to_dict` wrote; what is malformed or from another version is forgotten, never raised."""
        if not stored:
            return cls()
        try:
            topic = stored.get("topic")
            session = cls(
                region=_text(stored.get("region")) or None,
                place=_text(stored.get("place")) or None,
                home=_text(stored.get("home")) or None,
                other=_text(stored.get("other")) or None,
                audience=_text(stored.get("audience")) or None,
                passed=int(stored.get("passed", 0)),
                level=_text(stored.get("level")) or None,
                topic=_topic(topic) if topic else None,
                pending=_text(stored.get("pending")),
                both=_text(stored.get("both")),
                shown=tuple(_shown(item) for item in stored.get("shown", ())),
                rest=_texts(stored.get("rest")),
                misses=int(stored.get("misses", 0)),
                asked=_texts(stored.get("asked")),
                said=_text(stored.get("said")),
                at=_text(stored.get("at")),
                consent=Consent.from_dict(stored.get("consent", {})),
            )
            session = session if session.topic != Topic() else replace(session, topic=None)
            last = datetime.fromisoformat(session.at) if session.at else now
            expired = not timedelta(0) <= now - last <= TOPIC_LIFE
            if session.audience in STATUSES and today(last).year != today(now).year:
                session = replace(session, audience=None)  # 今年 and 上年 were said of another year
        except (TypeError, ValueError, AttributeError, KeyError, IndexError, OverflowError):
            return cls()
        return session.without_topic() if expired else session

    def without_topic(self) -> Session:
        """Only what is kept for good."""
        region = self.home or self.region  # who asked for another in passing is back home
        return Session(
            region=region,
            place=self.place if region == self.region else None,
            home=self.home,
            audience=self.audience,
            passed=self.passed,
            level=self.level,
            consent=self.consent,
        )

    def known_to(self, regions: Collection[str]) -> Session:
        """Without a region that the knowledge has no more."""
        if self.topic is not None and not set(self.topic.regions) <= {NATION, *regions}:
            return replace(self, topic=replace(self.topic, regions=())).known_to(regions)
        if not {self.home, self.other} <= {None, *regions}:
            return replace(self, home=None, other=None).known_to(regions)
        return (
            self if self.region is None or self.region in regions else replace(self, region=None, place=None)
        )

    def with_question(self, text: str) -> Session:
        """One more question asked; `text` is masked already."""
        return replace(self, asked=(*self.asked, text[:ASKED_CHARS])[-ASKED:])

    def with_region(self, region: str, place: str | None) -> Session:
        """The candidate's region set anew; a place of another region goes."""
        kept = self.place if region == self.region else None
        other = self.other if region == self.region else self.region
        return replace(self, region=region, place=place or kept, other=other)


_DEFAULTS = (None, "", (), 0, Topic())


def digest(text: str) -> str:
    """Eight hex digits of `text`: enough to tell one answer of a talk from the next."""
    return f"{zlib.crc32(text.encode()):08x}"


def _plain(value: Topic | Shown) -> dict[str, Any]:
    items = {spec.name: getattr(value, spec.name) for spec in fields(value)}
    return {
        k: list(v) if isinstance(v, tuple) else v for k, v in items.items() if v not in (None, "", (), False)
    }


def _topic(stored: Mapping[str, Any]) -> Topic:
    day, year = stored.get("day"), stored.get("year")
    return Topic(
        entry=_text(stored.get("entry")),
        core=_text(stored.get("core")),
        stages=tuple(stage for stage in _texts(stored.get("stages")) if stage in ORDER),
        asks=_texts(stored.get("asks")),
        verdict=bool(stored.get("verdict", False)),
        year=int(year) if year else None,
        day=(int(day[0]), int(day[1]), day[2] and int(day[2])) if day else None,
        more_years=tuple(int(more) for more in stored.get("more_years", ())),
        regions=_texts(stored.get("regions")),
        sent_back=bool(stored.get("sent_back", False)),
        unskilled=bool(stored.get("unskilled", False)),
        theirs=_text(stored.get("theirs")),
        of_them=bool(stored.get("of_them", False)),
        passed=int(stored.get("passed", 0)),
        presumes=_text(stored.get("presumes")),
        put=tuple((int(month), int(number)) for month, number in stored.get("put", ())),
        until=tuple(map(int, stored.get("until", ()))),
        step=int(stored.get("step", 0)),
        state=bool(stored.get("state", False)),
        spoken=tuple(stage for stage in _texts(stored.get("spoken")) if stage in ORDER),
    )


def _shown(stored: Mapping[str, Any]) -> Shown:
    return Shown(**{name: _text(value) for name, value in stored.items()})


def _text(value: Any) -> str:
    if value is not None and not isinstance(value, str):
        raise TypeError("no text")
    return value or ""


def _texts(values: Any) -> tuple[str, ...]:
    if isinstance(values, str):
        raise TypeError("no list")
    return tuple(_text(value) for value in values or ())
