"""Query: what one message says, slot by slot. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bot.text import dates
from bot.text.pass_years import Passed
from bot.text.regions import RegionReading


@dataclass(frozen=True)
class Query:
    """What one message says.

    Attributes:
        raw: as sent. text: normalised, at most MAX_CHARS. fixed: with words typed by sound restored.
        core: `fixed` without places, years and days, own words in canonical form: what the matcher sees. apart: the
            same without the words that only say which kind of candidate asks.
        stages: schedule stages the words point at; () = none. subjects, actions, asks: names of words.yaml.
        verdict: a yes/no question against the clock (还能报吗). day: a day named (7月10号). presumes: the end of the window
            that the question takes that day for, or each of `put`: the two days put to choose from (9号还是10号), as in DateReading, as is until. vague: a time is named that is no one day. at_hour: an hour of that day is named. state: asks whether it has
            begun or ended (结束了吗), not whether one may. not_audience: the kinds of candidate they say they are
            not. others: somebody else is asked about. theirs: the kind of candidate that one is. names_status: a kind of candidate is named, whoever's. doubted: it
            is asked whether somebody counts as a soldier. sent_back: papers were sent back by the review. passed: a 技能 pass
            whose year is told. failed: 技能 of a year before was not passed or not sat. years: asked about.
        content: words that no slot explains, e.g. ("护照",). modifiers: those that stand right before an own word and so
            say of what kind it is (健身卡 in 健身卡缴费). uncovered: characters that no list knows. exam: another exam's name, None when it is about ours.
    """

    raw: str
    text: str
    fixed: str
    core: str
    apart: str
    region: RegionReading
    subjects: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    audience: str | None = None
    level: str | None = None
    verdict: bool = False
    comparison: bool = False
    years: tuple[int, ...] = ()
    day: dates.Day | None = None
    presumes: str = ""
    put: tuple[tuple[int, int], ...] = ()
    until: tuple[int, ...] = ()
    vague: bool = False
    at_hour: bool = False
    state: bool = False
    not_audience: tuple[str, ...] = ()
    others: bool = False
    theirs: str | None = None
    names_status: bool = False
    doubted: bool = False
    sent_back: bool = False
    passed: Passed | None = None
    failed: bool = False
    exam: str | None = None
    off_topic: bool = False
    own_exam: bool = False
    anchored: bool = False
    content: tuple[str, ...] = ()
    modifiers: tuple[str, ...] = ()
    uncovered: int = 0
    words: tuple[str, ...] = ()
    smalltalk: tuple[str, ...] = ()

    @property
    def is_bare(self) -> bool:
        """Nothing is asked: no stage, aspect, verdict or content (it may name a place, year or audience)."""
        return not (self.stages or self.subjects or self.actions or self.asks or self.verdict or self.content)
