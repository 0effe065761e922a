"""The questions that their slots explain: one rule each, the first that applies decides. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from bot.dialogue.allowed import Allowed
from bot.dialogue.alone import DAYS, NEXT_STEP, NOTICE, REGISTRATION, TO_BRING, means
from bot.dialogue.ask import Ask
from bot.dialogue.asked import (
    HAS_ENDED,
    TESTS,
    asks_time,
    must_register,
    of_a_day,
    only_ends,
    says_time,
    tells_mark,
    wants_more,
)
from bot.dialogue.at_hand import UNSUBMITTED, is_late, names_month_of_fee, only_missed
from bot.dialogue.book import Book
from bot.dialogue.chosen import BY_SLOTS, Chosen
from bot.dialogue.following.after_missed import MISSED_FEE, asks_what_then
from bot.dialogue.following.for_second import hopes
from bot.dialogue.following.going_on import CATEGORY, ELIGIBLE
from bot.dialogue.levels import asks_papers, brings_papers, level_rule
from bot.dialogue.rows.by_words import by_words
from bot.dialogue.rows.fees import PAYMENT_FAILS
from bot.dialogue.rows.papers import PAPERS
from bot.dialogue.second import CONDITIONS, pays_second, second_rule
from bot.dialogue.sent_back import in_time
from bot.dialogue.sites import asks_either, asks_extent, asks_of_home, asks_same, asks_which_site, claimed
from bot.dialogue.standing import SOLDIERS, WHOM_TO_ASK, rule_after
from bot.dialogue.trouble import (
    has_no_entrance,
    is_shut,
    is_unpaid,
    left_undone,
    not_sent_again,
    payment_fails,
)
from bot.dialogue.weigh import PLAIN_ASPECTS
from bot.knowledge.model import NATION, Entry, Knowledge
from bot.schedule.stages import FEES, SECOND
from bot.text.normalize import compact
from bot.text.segment import plain_words
from bot.text.sentence import asks_which_review
from bot.text.whose import SOLDIER

MISSED = frozenset(
    {"忘记", "还能考试", "补报", "补救", "还能补", "可以补", "补缴", "补交", "废了", "想起"}
)  # words that say nothing else than that a stage was missed

PAPERS_ON_SITE = "现场审核材料"  # the entry
REVIEW_OVER = "审核期满"  # the entry
# 听说公告出来了,报名时间一样吗: that it is out is told
_NOTICE_OUT = re.compile(
    r"(?:公告|通知)(?:都|也|已经|刚|终于)*(?:出来|发布|公布|出|下来|发)了(?!吗|没|么|不|嘛)"
)
_OF_STEPS = frozenset({"时间", "地点", "流程", "材料", "费用", "是否"})
WHO_REGISTERS = "报名对象"  # entry
# entries of rules that hold whoever asks
_WHOEVER_ASKS = frozenset({"审核与缴费", "材料上传", WHOM_TO_ASK})
NOTICES = "报名公告"  # entry
_SEVERAL = 3


class Rules:
    """The rules over one knowledge, in order; immutable."""

    def __init__(
        self,
        kb: Knowledge,
        book: Book,
        allowed: Allowed,
        words: Mapping[str, frozenset[str]],
        exact: Mapping[str, str],
    ) -> None:
        """words: entry id -> the content words of its phrasings. exact: a phrasing, compact -> its entry."""
        self._kb = kb
        self._book = book
        self._allowed = allowed
        self._words = words
        self._vocabulary = frozenset().union(*words.values())
        self._exact = exact
        self._rules: tuple[tuple[str, Callable[[Ask], Entry | None]], ...] = (
            ("fixed", self._fixed),
            ("status", self._status),
            ("over then", self._over_then),
            ("following", self._following),
            ("compared", self._compared),
            ("site", self._site),
            ("own", self._own),
            ("second fee", self._second_fee),
            ("steps", self._steps),
            ("both levels", self._levels),
            ("papers", self._papers),
            ("words", self._by_words),
            ("which review", self._which_review),
            ("of a day", self._of_a_day),
            ("fee of a month", self._fee_of_month),
            ("no entrance", self._no_entrance),
            ("shut", self._shut),
            ("exact", self._phrasing),
            ("fails", self._fails),
            ("second", self._second),
            ("chance", self._chance),
            ("mark", self._mark),
            ("left out", self._left_out),
            ("not sent again", self._not_sent_again),
            ("unpaid", self._unpaid),
            ("forgot", self._forgot),
            ("timed", self._timed),
            ("ends", self._ends),
            ("missed", self._missed),
            ("late", self._late),
            ("alone", self._alone),
        )

    def choose(self, ask: Ask) -> Chosen | None:
        """The entry of the first rule that applies; None where none does, and likeness has to say."""
        for name, rule in self._rules:
            if (entry := rule(ask)) is not None:
                return Chosen(entry, BY_SLOTS, by="exact" if name == "exact" else "slots", rule=name)
        return None

    def days(self, ask: Ask) -> Entry | None:
        """The 时间 entry of what is asked, where a time is asked for; None else."""
        return self._book.timed(ask.topic.stages) if asks_time(ask) or in_time(ask) else None

    def days_missed(self, ask: Ask) -> Entry | None:
        """The 时间 entry of what was missed; None where nothing was."""
        return self._book.timed(ask.topic.stages) if "错过" in ask.topic.asks else None

    def _fixed(self, ask: Ask) -> Entry | None:
        """The entry picked by its number, or once more; its steps where one of them is asked for."""
        entry = self._kb.entries.get(ask.topic.entry) if ask.entry_fixed else None
        return (self._book.steps(entry) if entry and ask.step else None) or entry

    def _status(self, ask: Ask) -> Entry | None:
        """What holds after a 技能 that was passed or failed, or for who is in doubt a soldier."""
        plain = {"时间"} if says_time(ask) else set(ask.topic.asks) & PLAIN_ASPECTS
        if by_words(ask) in _WHOEVER_ASKS:
            return None  # 机构说要先交钱才能报上名, of one who passed 技能 before
        return self._kb.entries.get(rule_after(ask, plain))

    def _over_then(self, ask: Ask) -> Entry | None:
        """What becomes of it, after a step was spoken of: 过了12点呢."""
        then = ask.resumed and ask.topic.asks == ("错过",) and asks_what_then(ask.query.text)
        return self._book.missed(ask.topic.stages) if then else None

    def _following(self, ask: Ask) -> Entry | None:
        """What comes after the stage that is done."""
        return self._book.following(ask.topic.stages) if ask.after else None

    def _compared(self, ask: Ask) -> Entry | None:
        """四川跟重庆有啥不一样: all days of both, where nothing is said of which."""
        nothing = ask.query.is_bare and not ask.resumed
        return self._book.overview if ask.query.comparison and nothing and len(ask.regions) > 1 else None

    def _site(self, ask: Ask) -> Entry | None:
        """A 考点 put beside a workplace (北碚选沙坪坝对不对), or which places it is for (万州考点管哪些地方)."""
        put = claimed(ask.query, self._kb) or asks_extent(ask.query) or asks_of_home(ask.query)
        put = put or asks_same(ask.query) or asks_which_site(ask.query) or asks_either(ask.query)
        return self._book.sites if put else None

    def _own(self, ask: Ask) -> Entry | None:
        """Whether this kind of candidate sits a test or registers: the entry of its name."""
        topic = ask.topic
        if by_words(ask) == WHO_REGISTERS:
            return None  # 技能过了 后头的综合要不要重新报名
        sits = bool(topic.stages) and set(topic.stages) <= TESTS and not wants_more(ask)
        return self._kb.entries.get(ask.audience or "") if sits or must_register(ask) else None

    def _second_fee(self, ask: Ask) -> Entry | None:
        """Whether one pays for 二试; 二试交的钱能退不 is the matcher's."""
        return self._book.second_fee if pays_second(ask) else None

    def _steps(self, ask: Ask) -> Entry | None:
        """Three things of the registration at once (要不要现场确认 几号 在哪报), or 流程 of two regions: its steps tell all others."""
        topic = ask.topic
        several = ask.query.stages[:1] == ("网上报名",) and len(set(topic.asks) & _OF_STEPS) >= _SEVERAL
        nothing_else = not (topic.stages or ask.query.subjects or ask.content)
        compared = topic.asks == ("流程",) and nothing_else and len(ask.regions) > 1
        days = self._book.timed(("网上报名",)) if several or compared else None
        return self._book.steps(days) if days is not None else None

    def _levels(self, ask: Ask) -> Entry | None:
        """助理的报名时间跟执业的一样不."""
        return self._kb.entries.get(level_rule(ask))

    def _papers(self, ask: Ask) -> Entry | None:
        """大专有助理证满2年了 报执业要带什么: of the papers, whatever else is told of who asks."""
        if not asks_papers(ask):
            return None
        return self._kb.entries.get(PAPERS_ON_SITE if brings_papers(ask) else PAPERS)

    def _by_words(self, ask: Ask) -> Entry | None:
        """What a few words decide: 技能费不是交过了吗怎么还要交."""
        return self._kb.entries.get(by_words(ask))

    def _which_review(self, ask: Ask) -> Entry | None:
        """我是现役军人 也是线上审?: who goes where."""
        who = ask.query.audience or SOLDIER in ask.query.not_audience
        asked = ask.topic.asks == ("条件",) and who and asks_which_review(ask.query.text)
        return self._kb.entries.get(SOLDIERS) if asked else None

    def _fee_of_month(self, ask: Ask) -> Entry | None:
        """那7月那个还能交吗: its days, whichever fee that is."""
        named = set(ask.query.stages) == FEES and ask.topic.verdict and names_month_of_fee(ask.query.text)
        return self._book.timed(ask.query.stages) if named and not ask.content else None

    def _no_entrance(self, ask: Ask) -> Entry | None:
        """技能缴费咋还没得入口: its window has not begun, or is over."""
        return self._book.timed(ask.topic.stages) if has_no_entrance(ask) else None

    def _shut(self, ask: Ask) -> Entry | None:
        """报名系统咋关了: its window is over, or has not begun; 过了三分钟 页面关了: of what is due, whatever that is."""
        if not is_shut(ask):
            return None
        if left_undone(ask) and UNSUBMITTED in self._kb.entries:
            return self._kb.entries[UNSUBMITTED]
        return self._book.timed(ask.topic.stages) if ask.topic.stages else self._book.next

    def _alone(self, ask: Ask) -> Entry | None:
        """24年的公告出了没得, 还有12分钟: of this exam, where nothing else is said."""
        meant = means(ask, plain_words())
        return {
            "": None,
            TO_BRING: self._kb.entries.get(PAPERS_ON_SITE),
            NOTICE: self._kb.entries.get(NOTICES),
            DAYS: self._book.overview,
            NEXT_STEP: self._book.next,
            REGISTRATION: self._book.timed(("网上报名",)),
        }[meant]

    def _of_a_day(self, ask: Ask) -> Entry | None:
        """图片还没拍完,明天传行不行: it is the clock that decides."""
        return self._book.timed(ask.topic.stages) if of_a_day(ask) else None

    def _phrasing(self, ask: Ask) -> Entry | None:
        """A phrasing of the knowledge word for word."""
        said = self._exact.get(compact(ask.topic.core))
        if said is None or ask.resumed or said not in self._allowed.of(ask):
            return None
        entry = self._kb.entries[said]
        return None if entry.kind == "out_of_scope" and self.days_missed(ask) else entry

    def _fails(self, ask: Ask) -> Entry | None:
        """现在咋个交不起费喃: whether it is time to pay is the first thing to say."""
        return self._kb.entries.get(PAYMENT_FAILS) if payment_fails(ask) else None

    def _second(self, ask: Ask) -> Entry | None:
        """A rule of 二试 itself."""
        return self._kb.entries.get(second_rule(ask))

    def _chance(self, ask: Ask) -> Entry | None:
        """我338没过,还有机会不: a mark that was too low, and whether there is a second test."""
        return self._kb.entries.get(CONDITIONS) if hopes(ask.query) else None

    def _mark(self, ask: Ask) -> Entry | None:
        """A mark is told to hear what it is worth."""
        others = {word for word in ask.content if not CATEGORY.match(word)}  # 中西医结合考了352
        return self._book.marks if tells_mark(ask) and not self._vocabulary & others else None

    def _left_out(self, ask: Ask) -> Entry | None:
        """Papers that were never uploaded."""
        entry = self._book.left_out(ask.topic.stages) if "错过" in ask.topic.asks else None
        return entry if entry is not None and set(ask.content) <= self._words[entry.id] else None

    def _not_sent_again(self, ask: Ask) -> Entry | None:
        """忘了重新提交: what holds once the review is over."""
        return self._kb.entries.get(REVIEW_OVER) if not_sent_again(ask) else None

    def _unpaid(self, ask: Ask) -> Entry | None:
        """综合缴费错过了 四川的 临床."""
        return self._kb.entries.get(MISSED_FEE) if is_unpaid(ask) else None

    def _forgot(self, ask: Ask) -> Entry | None:
        """忘了报名，现在还能报不: what becomes of it is told by its window."""
        topic = ask.topic
        whether = topic.verdict or "是否" in topic.asks or "还能考试" in ask.content or "想起" in ask.content
        only = topic.stages == ("网上报名",) and set(ask.content) - plain_words() <= MISSED
        return self.days_missed(ask) if only and whether else None

    def _timed(self, ask: Ask) -> Entry | None:
        """A time of named stages and nothing else; of papers that came back, until when (重新传截止到哪天)."""
        until = in_time(ask) or "时间" in ask.topic.asks
        again = ask.past_upload and until and "怎么办" not in ask.content
        # 二试啥时候 我是中医规定学历: who asks, and still when
        aside = (
            {"规定", "学历", "不通过", *ELIGIBLE}
            if set(ask.topic.stages) <= SECOND
            else {"系统"}
            if ask.topic.verdict
            else set()
        )
        aside |= {"全国", "统一"} if ask.regions == (NATION,) else set()
        aside |= {"公告", "通知", "听说", "出来"} if _NOTICE_OUT.search(ask.query.text) else set()
        supposed = bool(ask.query.presumes and ask.topic.stages)  # 百度说二试是1月22到2月4号,对不对
        return self.days(ask) if again or supposed or not set(ask.content) - aside else None

    def _ends(self, ask: Ask) -> Entry | None:
        """昨天截止了? may mean any of the days; 今晚几点截止 one that is still to come."""
        if not only_ends(ask) or not set(ask.content) - {"提交", "小时", "分钟", "钟头"} <= plain_words():
            return None
        return self._book.overview if HAS_ENDED.search(ask.topic.core) else self._book.next

    def _missed(self, ask: Ask) -> Entry | None:
        """Nothing is told but that a named step was missed: 钱没交成."""
        return self._book.missed(ask.topic.stages) if only_missed(ask) else None

    def _late(self, ask: Ask) -> Entry | None:
        """One comes too late, and for what is not said."""
        return self._book.next if is_late(ask, plain_words()) else None
