"""Ask: a whole question, nothing of it left to look up in the session. A plain value."""

from __future__ import annotations

from dataclasses import dataclass

from bot.dialogue.session import Topic
from bot.dialogue.validity import Pass
from bot.text.dates import Day
from bot.text.query import Query
from bot.text.whose import SOLDIER

# Who says so: the windows for all others are theirs (see answers.parts.windows_for).
NOT_MILITARY = "非" + SOLDIER


@dataclass(frozen=True)
class Ask:
    """A question with nothing left to look up in the session.

    Attributes:
        regions: the certain ones: named now, else the candidate's own; () when unknown · named: they were named now.
        ambiguous: places to ask about. topic: the question itself. content: words no slot explains.
        bare: nothing is asked (a lone place, a lone audience, a greeting). resumed: an earlier question goes on.
        audience: whose facts are told, None for everybody's · keeps: what is remembered of the candidate, who may ask for another.
        talking: the candidate has just asked about this exam, or said where they sit it; what follows needs not name it again.
        past_upload: their papers came back from the review, and the 上传 before it is over.
        elsewhere: it is asked whether another region's days may be followed; `regions` then is the candidate's own.
        skills: the 技能 pass that the question hangs on, None where no year of one is known.
        goes_on: a rule knows the turn and which whole question it stands for (follow_up, what comes next); signs do not weigh it again.
        told: the entry told last, "" for none.
        no_second: a day of the first test was taken for one of 二试.
        step: which one of the steps just told is meant (第二步呢), 0 for none · after: the stage whose next one is asked for (完了呢).
    """

    query: Query
    topic: Topic
    regions: tuple[str, ...]
    named: bool
    ambiguous: tuple[str, ...]
    place: str | None
    audience: str | None
    keeps: str | None = None
    content: tuple[str, ...] = ()
    bare: bool = False
    resumed: bool = False
    entry_fixed: bool = False
    talking: bool = False
    past_upload: bool = False
    elsewhere: bool = False
    skills: Pass | None = None
    goes_on: bool = False
    no_second: bool = False
    told: str = ""
    step: int = 0
    after: str = ""


def day_of(topic: Topic) -> Day | None:
    """The day the question names, as the date reader gave it."""
    return Day(*topic.day) if topic.day else None
