"""Which entry a message means, in the light of what was said before: the ways to hear it, one after the other. Pure."""

from __future__ import annotations

import re
from datetime import datetime

from bot.dialogue.ask import Ask
from bot.dialogue.asked import asks_its_end
from bot.dialogue.at_hand import (
    dropped_out,
    fee_missed,
    fee_of_month,
    just_done,
    not_open,
    of_another_stage,
    papers_due,
    settled,
    their_own,
)
from bot.dialogue.chosen import BY_SLOTS, Chosen
from bot.dialogue.facts import CONSEQUENCE, SUPPOSED, Facts
from bot.dialogue.following.after_missed import MISSED_FEE
from bot.dialogue.following.context import complete
from bot.dialogue.following.going_on import once_more, strays, varies
from bot.dialogue.phases import Phases
from bot.dialogue.ranking import OVER_RULES, Ranking
from bot.dialogue.second import CATEGORIES, CONDITIONS
from bot.dialogue.second import FAILED as FAILED_SECOND
from bot.dialogue.second import MISSED as MISSED_SECOND
from bot.dialogue.select import Selector
from bot.dialogue.sent_back import to_review
from bot.dialogue.session import Session, Topic
from bot.dialogue.standing import FAILED, PASSED_BEFORE, SKILLS_FAILED, SPARED
from bot.knowledge.model import NATION, Knowledge
from bot.schedule.deadlines import today
from bot.schedule.stages import FIRST_RESULTS, SECOND, UPLOAD
from bot.text.replacing import replace

_DECIDED = ("over then", "words")  # rules that know what of a step that was missed is asked
_LOST_NOW = re.compile(r"(?:一试|综合|笔试|机考)[^,。?!]{0,4}(?:没过|没考过|挂|不及格|差)")
_BEFORE_SECOND = frozenset({CONDITIONS, CATEGORIES, MISSED_FEE})  # entries that speak of a 二试 to come
_OF_SECOND = re.compile(r"二试|明年|来年|下一?年|从头|重新")
_LAST_RESULTS = 11  # the month from which a 二试 of this year may have been failed
_MAKES_UP = re.compile(r"补|明年|错过|忘.{0,3}二试")
_WHAT_OF_IT = re.compile(
    r"忘了?[交缴报传][^,。?!]{0,4}能补|^[那, ]*(?:晚|迟|超|过|逾期|超时|过期)了?(?:的话|时间)*(?:咋|怎么|啷|会|呢)|(?:如果|要是|假如|万一)[^。?!]*补[报缴交]|(?:后头|后面|以后|之后|过后|审核的时候)[^。?!]{0,4}补[报缴交传]|没[交缴报传提][交上成完]{0,2}(?:的话)?(?:咋办|怎么办|咋个办|咋整|会怎)|没[^,。?!]{1,6}[^。?!]{0,8}(?:不能考|考不成|考不了|没戏|作废|白搭)"
)

HOW_TO_UPLOAD = "材料上传"  # entry


def _surer(other: Chosen, chosen: Chosen, ask: Ask) -> bool:
    """Whether all signs together know better what a first message means than its rules, which know what was missed and what is not on file."""
    known = "错过" in ask.topic.asks or (chosen.entry is not None and chosen.entry.kind != "answer")
    # 现在能交综合考试费不: of the clock
    clock = chosen.rule == "timed" and ask.topic.verdict and ask.topic.stages == ("一试缴费",)
    return other.by == "talk" and other.score >= OVER_RULES and not (known or clock)


class Hearing:
    """Over one knowledge; immutable."""

    def __init__(
        self, kb: Knowledge, selector: Selector, facts: Facts, phases: Phases, ranking: Ranking
    ) -> None:
        self._kb = kb
        self._selector = selector
        self._facts = facts
        self._phases = phases
        self._ranking = ranking
        missed = (entry for entry in kb.entries.values() if entry.asks == "错过")
        self._missed = sorted(missed, key=lambda entry: not facts.judges(entry))

    def hear(self, ask: Ask, session: Session, now: datetime) -> tuple[Ask, Chosen]:
        """The question as it is best heard, and its entry; in a talk, where no rule decides, and where they are sure, all signs together have the last word (see Ranking)."""
        ask, chosen = self._by_rules(to_review(ask, self._phases, now), session)
        if chosen.entry is not None and not chosen.entry.valid_on(today(now)):
            chosen = Chosen(None, chosen.score, matches=chosen.matches)
        undecided = session.topic is not None or chosen.entry is None
        if not (ask.entry_fixed or ask.goes_on):
            meant, other = self._ranking.reconsider(ask, session, chosen, now)
            if undecided or _surer(other, chosen, ask):
                ask, chosen = meant, other
        chosen = self._second_to_come(ask, session, self._of_this_year(ask, chosen, now), now)
        if chosen.entry is None:
            return ask, chosen
        if (
            chosen.entry.id == SKILLS_FAILED
            and FAILED in self._kb.entries
            and "一试" not in ask.query.subjects
            and not (
                session.topic is not None and set(session.topic.stages) <= SECOND and session.topic.stages
            )
        ):
            # 技能没过 今年还要考吗, before there was a test this year: of last year's
            own = ask.regions[0] if ask.regions else None
            if not self._phases.skills_are_over(own, now):
                chosen = replace(chosen, entry=self._kb.entries[FAILED])
        assert chosen.entry is not None  # noqa: S101
        here, before = ask.regions[0] if ask.regions else None, session.topic
        if dropped_out(chosen.entry, before, here, self._phases, now):
            assert before is not None  # noqa: S101
            out = self._selector.book.missed(before.stages)
            ask = replace(ask, topic=replace(before, core=ask.topic.core, entry=""))
            return ask, Chosen(out, BY_SLOTS, by="slots")
        ask = just_done(ask, chosen.entry, self._phases, now)
        if shut := not_open(ask, chosen.entry, self._phases, now):
            days = self._selector.book.timed(shut)
            return replace(ask, topic=replace(ask.topic, stages=shut)), replace(
                chosen, entry=days or chosen.entry
            )
        if of_another_stage(ask, chosen.entry, self._phases, now) and self._selector.book.next is not None:
            due = self._selector.book.next
            return replace(ask, topic=replace(ask.topic, stages=due.stages)), replace(chosen, entry=due)
        papers = papers_due(ask, chosen.entry, self._phases, now)
        if papers and (days := self._selector.book.timed(papers)) is not None:
            return replace(ask, topic=replace(ask.topic, stages=papers)), replace(chosen, entry=days)
        fee = fee_missed(ask, chosen.entry, self._phases, now)
        if fee and (missed := self._selector.book.missed(fee)) is not None:
            return replace(ask, topic=replace(ask.topic, stages=fee)), replace(chosen, entry=missed)
        theirs = their_own(ask, chosen.entry, self._phases, now)
        upload = self._kb.entries.get(HOW_TO_UPLOAD) if ask.topic.stages == (UPLOAD,) else None
        if theirs and upload is not None and ask.entry_fixed:
            return ask, replace(chosen, entry=upload)  # 材料也要今晚传完 … 我是现役: that it is not theirs
        if theirs and (days := self._selector.book.timed(theirs)) is not None:
            return replace(ask, topic=replace(ask.topic, stages=theirs)), replace(chosen, entry=days)
        fee = fee_of_month(ask, chosen.entry, self._phases, now)
        if fee and chosen.entry.asks == "错过" and CONSEQUENCE.search(ask.query.text):
            ask = replace(ask, topic=replace(ask.topic, stages=fee))  # 七月份不交会咋样
        elif fee and (days := self._selector.book.timed(fee)) is not None:
            return replace(ask, topic=replace(ask.topic, stages=fee)), replace(chosen, entry=days)
        ask, entry = settled(ask, chosen.entry, self._missed, self._selector.book.next, self._phases, now)
        return ask, self._not_missed_yet(ask, replace(chosen, entry=entry), now)

    def _by_rules(self, ask: Ask, session: Session) -> tuple[Ask, Chosen]:
        """As completed; without who asks; once more; alone; as half a question; each where the one before found nothing."""
        query, before = ask.query, session.topic
        chosen = self._selector.choose(ask)
        if ask.resumed and chosen.names_no_papers(ask.topic):
            chosen = Chosen(None, 0.0)
        if chosen.entry is None and query.audience in SPARED and query.apart != query.core == ask.topic.core:
            # 国家基地合格的用不用去现场: who asks is known; what is asked may be clearer without it
            found = self._selector.choose(replace(ask, topic=replace(ask.topic, core=query.apart)))
            chosen = found if found.entry is not None else chosen
        narrowed = chosen.entry is None or ("错过" in ask.topic.asks and chosen.rule not in _DECIDED)
        if ask.resumed and before is not None and narrowed:
            chosen = self._same(ask.topic, before) or chosen
        if chosen.entry is None and ask.resumed and before is not None and ask.topic.core != before.core:
            ask, chosen = self._alone(ask, replace(session, topic=None), chosen)
        off = chosen.entry is not None and chosen.entry.kind == "out_of_scope" and chosen.by == "match"
        guessed = chosen.entry is None or strays(chosen.entry, query, before)
        guessed = guessed or (off and varies(query, before))
        if guessed and before is not None and not ask.resumed:
            ask, chosen = self._once_more(ask, before, chosen)
        if chosen.entry is None and before is not None and asks_its_end(ask):
            told = self._kb.entries.get(before.entry)
            if told is not None and self._facts.judges(told):  # 能改 … 到哪天之前能改
                chosen = Chosen(told, BY_SLOTS, by="slots")
        return ask, chosen

    def _of_this_year(self, ask: Ask, chosen: Chosen, now: datetime) -> Chosen:
        """我考口腔的 一试挂了, in September: this year's, and no talk of last year's pass."""
        this = not ask.query.years or (ask.query.years == (today(now).year,) and chosen.rule == "words")
        lost = _LOST_NOW.search(ask.query.text) is not None and this
        lost = lost and today(now).month >= FIRST_RESULTS and (chosen.by == "talk" or chosen.rule == "words")
        second = self._kb.entries.get(CONDITIONS)
        if not lost or second is None or chosen.entry is None or chosen.entry.id != PASSED_BEFORE:
            return chosen
        return replace(chosen, entry=second)

    def _second_to_come(self, ask: Ask, session: Session, chosen: Chosen, now: datetime) -> Chosen:
        """那二试的钱呢, 她也没交, before the first results are out: this year's 二试 is still to come."""
        if (
            chosen.entry is not None
            and chosen.entry.id == FAILED_SECOND
            and not _OF_SECOND.search(ask.query.text)
        ):
            over = self._phases.is_over(NATION, "二试考试", None, now) or today(now).month >= _LAST_RESULTS
            # 一试没过 … 没过咋办, in September: it is the first test that was failed
            return chosen if over else replace(chosen, entry=self._kb.entries.get(CONDITIONS) or chosen.entry)
        missed = chosen.entry is not None and chosen.entry.id == MISSED_SECOND
        spoken = session.topic is not None and session.topic.entry in _BEFORE_SECOND
        if not missed or not spoken or _MAKES_UP.search(ask.query.text) or today(now).month >= FIRST_RESULTS:
            return chosen
        days = self._selector.book.timed(("二试缴费",)) if "二试" in ask.query.subjects else None
        return replace(chosen, entry=days or self._kb.entries.get(CONDITIONS) or chosen.entry)

    def _not_missed_yet(self, ask: Ask, chosen: Chosen, now: datetime) -> Chosen:
        """还能交吗, 我才想起来, while the window is open: its own days, and not what follows a missed one."""
        entry, stages = chosen.entry, ask.topic.stages
        second = bool(stages) and set(stages) <= SECOND
        nation = NATION if second else None  # its days are the nation's
        region = ask.regions[0] if ask.regions else nation
        if entry is None or entry.asks != "错过" or len(stages) != 1 or region is None:
            return chosen
        beforehand = not ask.topic.verdict and SUPPOSED.search(ask.query.text)
        beforehand = beforehand or CONSEQUENCE.search(ask.query.text)  # 今晚不传会怎样
        # 要是今晚12点前没提交 后面还有补报名吗, 没交上是不是今年就不能考了
        beforehand = beforehand or _WHAT_OF_IT.search(ask.query.text)
        picked = ask.entry_fixed and not ask.named  # by its number
        if beforehand or picked or chosen.rule == "over then" or (chosen.by == "exact" and not second):
            return chosen
        timed = self._selector.book.timed(stages)
        if timed is None or not self._phases.is_open(region, stages[0], ask.topic.year, now):
            return chosen
        return replace(chosen, entry=timed, by="slots")

    def _same(self, topic: Topic, before: Topic) -> Chosen | None:
        """The entry before once more, where only its stage was narrowed: 我忘了缴费 … 技能的."""
        entry = self._kb.entries.get(before.entry)
        if entry is None or not topic.stages or topic.asks != before.asks:
            return None
        return Chosen(entry, BY_SLOTS, by="slots") if set(topic.stages) <= set(entry.stages) else None

    def _alone(self, ask: Ask, session: Session, chosen: Chosen) -> tuple[Ask, Chosen]:
        """What makes no sense as part of the question before (要带啥, after a fee), heard as a question of its own."""
        alone = complete(ask.query, session)
        found = self._selector.choose(alone)
        return (alone, found) if found.entry is not None or found.score > chosen.score else (ask, chosen)

    def _once_more(self, ask: Ask, before: Topic, chosen: Chosen) -> tuple[Ask, Chosen]:
        """Half a question heard as part of the one before; as it was, where that makes no sense either."""
        topic = once_more(ask.query, ask.topic, before)
        if topic is None:
            return ask, chosen
        again = replace(ask, topic=topic)
        found = self._selector.choose(again)
        if found.entry is None or found.entry.kind != "answer" or found.names_no_papers(topic):
            return ask, chosen
        return again, found
