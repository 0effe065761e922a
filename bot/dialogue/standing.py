"""What follows from who the candidate is or is not, from a 技能 test of a year before, and from a region taken back. Pure."""

from __future__ import annotations

from collections.abc import Collection

from bot.dialogue.asked import must_pay
from bot.dialogue.context import Ask
from bot.dialogue.decision import Decision
from bot.text.passes import EXEMPT, PASSED, THIS_YEAR
from bot.text.query import Query

PAST_SKILLS = (EXEMPT, PASSED)  # who pays for and sits no 技能 (四川 2024, ②; nationwide rule)
SPARED = (*PAST_SKILLS, THIS_YEAR)  # whose 技能 is no question any more
WHO_PAYS = "谁缴技能费"  # the entry that tells which fee is theirs

SOLDIERS = (
    "现场审核对象"  # the entry that tells who goes there as a soldier, and where all others are reviewed
)
COUNTS = "算不算现役"  # the entry for who works for the army and may be no soldier of it
ELSEWHERE = "跟别的考区"  # the entry that tells that another region's days are for its own candidates
FAILED, LAPSED = "上年技能没过", "技能成绩有效期"  # entries
OF_SKILLS = frozenset(
    {"网上报名", "技能缴费", "技能考试", "一试考试", "一试缴费"}
)  # what hangs on a 技能 pass


def rule_after(ask: Ask, plain: Collection[str]) -> str:
    """The entry with what holds after a 技能 that was failed, passed or whose pass has lapsed, or for who is in doubt a soldier; "" for none.

    Args:
        plain: the aspects that the question asks for and that have answers of their own: its days, its papers.
    """
    if ask.elsewhere:
        return ELSEWHERE
    if ask.query.doubted and not plain and set(ask.topic.stages) <= {"网上报名"}:
        return SOLDIERS
    told_of_a_pass = ask.audience in PAST_SKILLS or PASSED in ask.query.not_audience
    if told_of_a_pass and must_pay(ask):
        return WHO_PAYS
    entry = FAILED if ask.query.failed else LAPSED if ask.query.lapsed is not None else ""
    return entry if not plain and set(ask.topic.stages) <= OF_SKILLS else ""


def only_said(query: Query) -> Decision | None:
    """What to say to a status that is denied, or somebody else's, where nothing is asked; None where none is named."""
    if query.not_audience:
        return Decision("command", phrase="不记对象", values={"对象": "、".join(query.not_audience)})
    return Decision("command", phrase="别人的情况") if query.names_status else None


def only_leaves(query: Query) -> bool:
    """Whether a message does nothing but take a region back: 不考重庆了."""
    region = query.region
    named = region.asked or region.ambiguous or query.content or query.asks or query.verdict or query.subjects
    return bool(region.negated) and not named and set(query.actions) <= {"考试", "报名"}
