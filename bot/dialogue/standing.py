"""What follows from who the candidate is or is not, from a 技能 test of a year before, and from a region taken back. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime

from bot.dialogue.ask import Ask
from bot.dialogue.asked import TESTS, must_pay, which_fee
from bot.dialogue.decision import Decision
from bot.dialogue.lookup import coming_year
from bot.dialogue.session import Session, Topic
from bot.dialogue.validity import YEARS, Pass
from bot.knowledge.model import Entry, Knowledge
from bot.schedule.deadlines import today
from bot.schedule.stages import REVIEWS
from bot.text.pass_years import Passed, at_no_base
from bot.text.query import Query
from bot.text.replacing import replace
from bot.text.statuses import EXEMPT, PASSED, THIS_YEAR
from bot.text.who import people
from bot.text.whose import SOLDIER

PAST_SKILLS = (EXEMPT, PASSED)  # who pays for and sits no 技能 (四川 2024, ②; nationwide rule)
SPARED = (*PAST_SKILLS, THIS_YEAR)  # whose 技能 is no question any more
WHO_PAYS = "谁缴技能费"  # the entry that tells which fee is theirs

SOLDIERS = (
    "现场审核对象"  # the entry that tells who goes there as a soldier, and where all others are reviewed
)
COUNTS = "算不算现役"  # the entry for who works for the army and may be no soldier of it
ELSEWHERE = "跟别的考区"  # the entry that tells that another region's days are for its own candidates
FAILED, VALIDITY, PASSED_BEFORE = "上年技能没过", "技能成绩有效期", "上年技能合格"  # entries
WHOM_TO_ASK = "咨询"  # the entry
SKILLS_FAILED = "技能没过"  # the entry, of this year's
OF_SKILLS = frozenset(
    {"网上报名", "技能缴费", "技能考试", "一试考试", "一试缴费"}
)  # what hangs on a 技能 pass

# What is asked of a pass that was told of before: 要交技能费吗 and 还算数不, not 几号报名.
_COUNTS_YET = re.compile(r"有效|算数|能用|作废|过期|免不免|免考|还免")
_SERVES_YET = re.compile(r"算不?算?数|作不?作?数")
_OF_A_PASS = re.compile(
    r"直接|[重再免]考|重新考|[还要用]考|有效|算(?!了|咯|啦)数?|作废|能用|有用|过期|管[到用]|保留|[要用][^,。?!]{0,3}[交缴报]|(.)不\1"
)


_PASSED_THEN = re.compile(
    r"^(?:不对|不是|错了|说错了?)?[那, ]*(?:要是|如果|假如|我)?(?:是)?(?:(?:20)?(?P<year>\d\d)年|(?P<back>大前年|前年|去年|今年))(?:的|才)?(?:就|也)?(?:考?过|通过|合格|考)的?(?:技能)?(?:的|了)?(?:呢|[,， ]|\W*$|今年(?:还)?(?:能用|有效|算|认|作数|管用))"
)


# 我23年技能过的还能用到25年不 … 24年的嘞
_THAT_YEAR = re.compile(r"^[那, ]*(?:20)?(?P<year>\d\d)年的(?:呢|嘛|啊)?\W*$")
_BACK = {"今年": 0, "去年": 1, "前年": 2, "大前年": 3}
_COUNTS_AS = re.compile(
    r"算(?:不算|是)?[^,。?!]{0,4}(?:现役|军人|(?:军队|部队)(?:的)?(?!医院|考生))"
)  # 军队文职算军队现役不
_FAILED_AGAIN = re.compile(
    r"^(?!.*二试).*去年[^,。?!]{0,3}技能[^,。?!没]{0,3}(?:过|合格)[^?!二]{0,6}今年[^,。?!]{0,4}(?:综合|笔试|机考)?(?:又|还是|也)没(?:考)?过"
)
_REFUNDED = re.compile(r"退不退|退费|退钱|能退|[给会]退|退款")  # 去年技能挂了交的钱退不退


def asks_of_a_pass(query: Query) -> bool:
    """明年技能还有效吧，我今年过的: a question of its own, whatever was spoken of."""
    return query.passed is not None and _COUNTS_YET.search(query.text) is not None


def judged(ask: Ask, session: Session, kb: Knowledge, now: datetime) -> Ask:
    """`ask` with the 技能 pass that it hangs on; the candidate is no 上年技能合格 for an exam that it doesn't count for.

    The year is the one told now, else one told of somebody in this talk, else the candidate's own of before.
    """
    query, told = ask.query, ask.query.passed
    before = session.topic
    if (
        told is None
        and before is not None
        and (told := _passed_then(ask, before, today(now).year)) is not None
    ):
        others = [number for number in query.years if number != told.year]
        ask = replace(ask, topic=replace(ask.topic, year=others[0] if others else before.year))
    mine = told.mine if told is not None else not query.others and _of_self(query, session)
    kept = session.passed if mine else session.topic.passed if session.topic is not None else 0
    year = told.year if told is not None else kept
    if not year or (told is None and PASSED in query.not_audience):
        return ask
    this, coming = today(now).year, coming_year(kb, now)
    ahead = before is not None and before.year is not None and before.year > this
    asked = ask.topic.year or (before.year if before is not None and ahead and not query.years else None)
    # 今年 once this year's exam is over can only mean the next
    exam = coming if asked is None or this <= asked < coming else asked
    if _FAILED_AGAIN.search(query.text) and not query.verdict:
        exam = this + 1  # 去年技能过的 今年综合又没过: it has been used twice
    no_base = told.elsewhere if told is not None else at_no_base(query.text)
    skills = Pass(year, exam, exam > this, no_base, told is not None)
    ask = replace(ask, skills=skills, topic=replace(ask.topic, passed=0 if mine else year))
    if not (skills.lapsed and ask.audience == PASSED):
        return ask
    return replace(ask, audience=None, keeps=ask.keeps if coming < year + YEARS else None)


def _passed_then(ask: Ask, before: Topic, this_year: int) -> Passed | None:
    """Another year of the pass, where how long one counts was spoken of: 26年过的呢."""
    year = None
    if before.entry == VALIDITY and (found := _THAT_YEAR.match(ask.query.text)):
        year = 2000 + int(found["year"])
        year = year if year <= this_year else None
    if before.entry in (VALIDITY, PASSED_BEFORE) and (found := _PASSED_THEN.match(ask.query.text)):
        year = 2000 + int(found["year"]) if found["year"] else this_year - _BACK[found["back"]]
    return Passed(year, 0, 0, mine=True, elsewhere=False) if year is not None else None


def _of_self(query: Query, session: Session) -> bool:
    """Whether a message that names nobody goes on about the candidate, and not about whose pass was spoken of last."""
    others = session.topic is not None and session.topic.passed
    return not others or any(whose in ("own", "both") for _, _, whose in people(query.text))


def _hangs_on_pass(ask: Ask) -> bool:
    """Whether the question is of the 技能 pass alone, and there is more to say of it than of one of last year."""
    skills, asks = ask.skills, set(ask.topic.asks)
    if skills is None or ask.topic.day is not None:
        return False
    nothing_asked = not (asks or ask.content or ask.topic.verdict)
    only_told = skills.said and nothing_asked and bool(ask.topic.stages) and set(ask.topic.stages) <= TESTS
    counts = _SERVES_YET.search(ask.query.text) is not None  # 去年技能过了的算不算数
    if not (skills.lapsed or (skills.serves and (skills.ahead or only_told or counts))):
        return False
    of_a_pass = _OF_A_PASS.search(ask.query.text) is not None
    if ask.topic.verdict and not (of_a_pass and set(ask.topic.stages) <= TESTS):
        return False  # 现在还能报名吗 is asked of the clock, 还能直接考综合吗 of the pass
    if skills.said:
        return asks <= {"是否", "条件", "期限", "流程"}
    return asks <= {"是否", "条件", "期限"} and of_a_pass


def rule_after(ask: Ask, plain: Collection[str]) -> str:
    """The entry with what holds after a 技能 that was failed or passed, how long a pass counts, or what holds for who is in doubt a soldier; "" for none.

    Args:
        plain: the aspects that the question asks for and that have answers of their own: its days, its papers.
    """
    if ask.elsewhere:
        return ELSEWHERE
    if _FAILED_AGAIN.search(ask.query.text) and not ask.query.verdict:
        return VALIDITY  # 我去年技能过的今年综合又没过: whether it serves a third time
    if ask.audience == SOLDIER and set(ask.query.stages) == set(REVIEWS) and ask.topic.asks == ("流程",):
        return "现场审核流程"  # 我弟是现役军人 在重庆 他咋审核
    if ask.query.doubted and not plain and set(ask.topic.stages) <= {"网上报名"}:
        return COUNTS if _COUNTS_AS.search(ask.query.text) else SOLDIERS
    of_skills = set(ask.topic.stages) - (set(REVIEWS) if "报名" in ask.query.text else set()) <= OF_SKILLS
    elsewhere = ask.skills is not None and ask.skills.elsewhere
    pays = must_pay(ask)
    if of_skills and not ask.query.failed and not (elsewhere and pays) and _hangs_on_pass(ask):
        return VALIDITY
    if which_fee(ask) and ask.audience in PAST_SKILLS:
        return WHO_PAYS
    if pays and (ask.audience in PAST_SKILLS or PASSED in ask.query.not_audience):
        return WHO_PAYS
    failed = (
        ask.query.failed and ask.query.passed is None and not _REFUNDED.search(ask.query.text)
    )  # 我去年过的技能 今年没考技能
    return FAILED if of_skills and failed and not plain else ""


def told_first(ask: Ask, entry: Entry) -> Pass | None:
    """The pass whose validity the answer of `entry` begins with: one that is asked about, or told in this message and over."""
    skills = ask.skills
    if skills is None or not (entry.id == VALIDITY or (skills.said and skills.lapsed)):
        return None
    return skills if skills.lapsed or skills.serves else None


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
