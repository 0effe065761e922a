"""What a message leaves behind of who asks: the region spoken of, the candidate's own, their status, the year of their 技能 pass. Pure."""

from __future__ import annotations

import re

from bot.dialogue.ask import NOT_MILITARY, Ask
from bot.dialogue.session import Session
from bot.dialogue.sites import asks_of_home, lives_there, puts_forward
from bot.text.place_own import begins_with_own, considers, declared
from bot.text.replacing import replace
from bot.text.statuses import PASSED
from bot.text.who import KIN

# 我去年在四川报的名, of who is elsewhere now
_SAT_THERE = re.compile(r"我(?:是)?(?:去年|前年|以前|之前|原来|上次|往年)(?:是)?在?[^,。?!]{2,6}(?:考|报)")
_OF_LEVEL = re.compile(r"^[那, ]*(?:执业)?(?:助理|医师)(?:医师)?的?呢\W*$")
_SOMEBODYS = re.compile(KIN)
# 四川那边也是一样？: put beside one's own, which stays
_BESIDE = re.compile(
    r"那边|也(?:是)?(?:一样|这样|这个|这几|同样)|跟[^,。?!]{1,6}一样|都(?:是|已经|在|开始|出来|能)[^?吗不么]*$"
)


def remembered(ask: Ask, session: Session) -> Session:
    """The session with what `ask` says of the candidate."""
    session, query = _region(ask, session), ask.query
    beside = [m.regions[0] for m in query.region.mentions if m.role == "background" and len(m.regions) == 1]
    if session.region and session.other is None and beside and beside[-1] != session.region:
        session = replace(session, other=beside[-1])  # 我在成都上班户口重庆 … 两边报名时间一样的哇
    passed = session.passed
    if query.passed is not None:
        own = 0 if query.passed.elsewhere else query.passed.year  # one at no 国家基地 counts once
        passed = own if query.passed.mine else passed
    elif ask.skills is not None and ask.skills.said and not ask.topic.passed:
        passed = ask.skills.year  # 那26年过的呢
    elif PASSED in query.not_audience:
        passed = 0
    who = None if ask.keeps == NOT_MILITARY else ask.keeps
    # 多少分过 … 助理呢: asked, and not told of oneself
    only_asks = session.topic is not None and "分数" in session.topic.asks and _OF_LEVEL.match(query.text)
    level = session.level if only_asks else query.level or session.level
    return replace(session, audience=who, passed=passed, level=level)


def _region(ask: Ask, session: Session) -> Session:
    reading, text = ask.query.region, ask.query.text
    if session.home in reading.negated:
        session = replace(session, home=None)
    past = session.home is not None and _SAT_THERE.search(text) is not None
    if ask.elsewhere or considers(text, reading) or past:
        return session  # 我能去四川审吗: who asks is no candidate of 四川
    if session.region in ask.regions[:1] and len(ask.regions) > len(reading.asked) == 1:
        return replace(
            session, other=reading.asked[0]
        )  # 四川都开始了 是不是一样的, of one's own place and that one
    if ask.regions and session.region in ask.regions and not set(reading.asked) & set(ask.regions):
        return replace(session, other=reading.asked[0]) if len(reading.asked) == 1 else session
    if len(reading.asked) == 1:
        told = session.pending == "region" or (session.home is None and begins_with_own(text, reading))
        if not ask.query.others and (told or declared(text, reading)):
            session = replace(session, home=reading.asked[0])
        of_others = ask.query.others or _SOMEBODYS.search(text) is not None
        of_others = of_others or _BESIDE.search(text) is not None
        if of_others and not told and session.home is None and session.region not in (None, *reading.asked):
            session = replace(session, home=session.region)  # 重庆的同事也是看这个公众号吗 … 回到我这
        stays = (
            asks_of_home(ask.query) or lives_there(ask.query) or (session.place and puts_forward(ask.query))
        )
        place = session.place if stays else ask.place
        return session.with_region(reading.asked[0], place)
    if ask.regions == (session.home,) and session.home != session.region:
        return session.with_region(ask.regions[0], None)
    return replace(session, region=None, place=None) if session.region in reading.negated else session
