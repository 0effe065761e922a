"""Decision: what the policy chose to do, as plain values for the renderer, the log and outside checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.dialogue.consent import Consent
from bot.dialogue.lookup import Told
from bot.dialogue.session import Shown
from bot.dialogue.validity import Pass
from bot.knowledge.model import Answer, Entry
from bot.matching.rank import Match
from bot.text.dates import Day

KINDS = (
    "answer", "options", "ask_region", "ask_audience", "not_stated", "out_of_scope", "refuse", "smalltalk",
    "command", "handoff",
)  # fmt: skip


@dataclass(frozen=True)
class Decision:
    """One question's outcome.

    Attributes:
        kind: one of KINDS.
        phrase: the key of phrases.yaml that says it, with `values` for its blanks; "" where entry and told say it.
        told: the schedule's findings, stage by stage, for a 时间 answer.
        answer, level: an entry's words and whose they are (a region or 全国) · lead: what is said before them ·
            general: asked of anybody (哪些人能考), to which a window that is over says nothing.
        verdict: lead with 能 / 不能; day: judged on this day instead of now · at_hour: an hour of it is named ·
            asked_year: the year the question names · beside: other years are told beside it ·
            presumes: "开始", "截止" or another value of text/tense.py: the question takes `day` for that end of the window · of_year: the year whose window it
            ends or begins, where that is another than the one told; 0 else.
        put: two days of which the question takes one for such an end, as Query.put. until: the last day of the range that is supposed, as Query.until.
        both_levels: asks whether the days are those of the other level too (助理也一样吗).
        places: where in the region, one as a rule · claim: the 考点 that the question takes for that of the first ·
            same_site: asks whether two places have the same.
        step: the one of the answer's steps to say, 0 for all · after: the stage after which those told come.
        no_second: a day of the first test was taken for one of 二试.
        publishing: asks when it will be made known · clocked: asks what holds now (还剩几天), if no verdict ·
            spared: the stage asked about that this candidate need not do ·
            late: asks of the time after the window · month: the one in which all windows told are supposed to begin (都是9月啊), 0 for none · cites: asks for the notice alone (哪个单位规定的) · at_review: of the review by name (审核的时候还能换不) · compared: other regions are told beside it ·
            skills: the 技能 pass whose validity is to be told first · by_hour: the hour asked for, see hour_asked ·
            by_when: asks until when · hour: the end of the window and the hour that the question takes for it, see hour_supposed.
        choices: what the numbers under the reply pick · instead: what they pick where the very same was told just before.
        matches: the best matches, for the trace · why: "slots" or "match".
        parts: the decisions of the regions that were asked about side by side.
        subscribed: the (region, stage) pairs that a reply about 订阅 speaks of · consent: what holds after it.
        text, rest: a stored page to say as it is, and the pages after it. effects: wishes for the edge.
    """

    kind: str
    entry: Entry | None = None
    stage: str | None = None
    region: str | None = None
    places: tuple[str, ...] = ()
    claim: str = ""
    same_site: bool = False
    step: int = 0
    after: str = ""
    publishing: bool = False
    spared: str = ""
    compared: bool = False
    no_second: bool = False
    late: bool = False
    at_review: bool = False
    cites: bool = False
    month: int = 0
    skills: Pass | None = None
    by_hour: str = ""
    by_when: bool = False
    hour: tuple[str, int] | None = None
    clocked: bool = False
    audience: str | None = None
    year: int | None = None
    score: float = 0.0
    phrase: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    told: tuple[Told, ...] = ()
    answer: Answer | None = None
    level: str = ""
    lead: str = ""
    general: bool = False
    verdict: bool = False
    day: Day | None = None
    at_hour: bool = False
    presumes: str = ""
    of_year: int = 0
    put: tuple[tuple[int, int], ...] = ()
    until: tuple[int, ...] = ()
    both_levels: bool = False
    asked_year: int | None = None
    beside: bool = False
    choices: tuple[Shown, ...] = ()
    instead: tuple[Shown, ...] = ()
    matches: tuple[Match, ...] = ()
    why: str = ""
    text: str = ""
    rest: tuple[str, ...] = ()
    parts: tuple[Decision, ...] = ()
    effects: tuple[Mapping[str, Any], ...] = ()
    subscribed: tuple[tuple[str, str], ...] = ()
    consent: Consent | None = None
