"""Which entries the rules leave to the matcher: stage, 二试 and aspect are not scores. Pure."""

from __future__ import annotations

import re

from bot.dialogue.ask import Ask
from bot.dialogue.asked import FAILED_AGAIN, RESULT, TESTS, says_time
from bot.dialogue.sent_back import is_of_papers, is_over
from bot.dialogue.standing import COUNTS, ELSEWHERE, FAILED, SKILLS_FAILED
from bot.knowledge.model import Entry, Knowledge
from bot.schedule.stages import SECOND
from bot.text.statuses import PASSED

# Who works for the army and may be no soldier of it.
_ACTIVE = re.compile(r"(?<!不是)(?<!不算)(?<!算)现役军人(?!吗|么|不|[^,。?!]{0,4}算)|我是现役(?!吗|么|不)")
CIVIL = re.compile(
    r"文职|(?:部队|军队|武警)(?:的)?(?:医院|单位)|(?:部队|军队)[^,.;!?]{0,4}(?:聘|合同|编外)|退[役伍]|转业|复员"
)


# Who speaks of no registration; the rest have one.
_UNREGISTERED = re.compile(
    r"[没未不忘错漏][^,.;!?]{0,4}(?:报|登记|提交|赶上)|补报|报名|网报|报[上到成个名]|现场报|窗口报|登记"
)
# Whoever speaks of no money asks for none back: 考点说我审核不通过怎么办
_MONEY = re.compile(r"[费钱款付]|[缴交]|扣|退(?!了?回|件|转|役|伍|休)|发票")
_REFUNDS = frozenset({"退费", "退费情形"})  # entries
STRAIGHT = "直接去现场"  # the entry for who did not register


class Allowed:
    """The entries of one knowledge by what is asked; remembers the few sets it has made."""

    def __init__(self, kb: Knowledge) -> None:
        self._kb = kb
        self._left: dict[tuple[frozenset[str], *tuple[bool, ...]], frozenset[str]] = {}

    def of(self, ask: Ask) -> frozenset[str]:
        """The entries that stage, 二试 and aspect leave to the matcher; the same few sets again and again."""
        told_how = set(ask.topic.stages) <= TESTS and RESULT.search(ask.topic.core) is not None
        untimed = (bool(ask.topic.asks) or (bool(ask.topic.stages) and told_how)) and not says_time(ask)
        again = not ask.query.subjects and FAILED_AGAIN.search(ask.query.text) is not None
        second_chance = (
            (again or ask.query.subjects == ("一试",))
            and not ask.query.actions
            and "不通过" in ask.content
            and (set(ask.topic.asks) <= {"是否", "流程"} or "机会" in ask.query.text)
        )
        # 一试没过: there is a second
        stages = frozenset(ask.topic.stages) | (SECOND if second_chance else frozenset())
        key = (
            stages,
            untimed,
            "二试" in ask.query.subjects,
            "定义" in ask.topic.asks,
            ask.query.failed,
            ask.past_upload,
            CIVIL.search(ask.query.text) is not None and _ACTIVE.search(ask.query.text) is None,
            ask.elsewhere,
            _UNREGISTERED.search(ask.query.text) is not None,
            PASSED in ask.query.not_audience and "二试" not in ask.query.subjects,
            ask.told in _REFUNDS or _MONEY.search(f"{ask.query.text} {ask.topic.core}") is not None,
        )
        if key not in self._left:
            self._left[key] = frozenset(
                entry.id for entry in self._kb.entries.values() if _is_left(entry, *key)
            )
        return self._left[key]


def _is_left(
    entry: Entry,
    stages: frozenset[str],
    untimed: bool,
    second: bool,
    defines: bool,
    failed: bool,
    past_upload: bool,
    civil: bool,
    elsewhere: bool,
    unregistered: bool,
    unskilled: bool,
    of_money: bool,
) -> bool:
    """Whether a question of these stages may be answered by `entry`; untimed: it asks, and not for a time; defines: what a word means."""
    own = frozenset(entry.stages)
    if past_upload and is_over(entry):
        return False
    if past_upload and is_of_papers(entry):
        stages |= own
    if (entry.id == COUNTS and not civil) or (entry.id == ELSEWHERE and not elsewhere):
        return False
    if entry.id in _REFUNDS and not of_money:
        return False
    if entry.id == STRAIGHT and not unregistered:
        return False  # 明天可以直接去现场不, of one who registered: when it opens
    if entry.id == FAILED and not failed:
        return False  # only of a 技能 that was failed: its words are those of one that was passed
    if entry.id == SKILLS_FAILED and not unskilled:
        return False  # 操作过了理论没过: the other way round
    if entry.asks == "定义" and not defines and (not own or not own & SECOND):
        return False  # 综合缴费是不是刚过 asks for no meaning; what 二试 is answers much
    if entry.kind == "smalltalk" or (entry.asks == "时间" and untimed):
        return False
    if entry.kind == "answer" and own and stages and not own & (SECOND if stages & SECOND else stages):
        return False
    if own and own <= SECOND and not stages & SECOND and not second:
        return False
    return not (stages & SECOND and entry.kind == "answer" and not own & SECOND)
