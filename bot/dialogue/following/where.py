"""Which regions a message asks about, in the light of the talk: one's own, the one named, both beside each other. Pure."""

from __future__ import annotations

import re

from bot.dialogue.session import Session
from bot.knowledge.model import NATION
from bot.text.place_own import i_too, is_like
from bot.text.query import Query
from bot.text.who import KIN

WHICH_OF = re.compile(r"哪(?:边|个(?![号月时人考网公]))|两边|谁[先早晚]")
_BOTH = re.compile(r"两[个地边者省]|这两|它们|分别")
_OURS = re.compile(r"(?:我们?|咱们?|俺们?)(?!看)[^,。?!\s]{1,5}呢[?!。~ ]*$")
# 四川都出来了重庆咋还没有
_STILL_NOT = re.compile(
    r"了[,， ]?(?:我们?|咱们?|俺们?)?[^,。?!\s]{1,5}?(?:这边|那边|这里)?(?:咋个?|怎么|为啥子?|为什么|啷个)?(?:还没|还不|没有|没得|没出|没动静|没消息)"
)
# 四川那个时间是不是一样的
_SAME_TIMES = re.compile(
    r"(?:两边|两地|两个)[^,。?!]{0,6}(?:同一?天|一天|一样|相同|同时)|(?<!同学)(?<!朋友)(?<!同事)(?:那个|那边的?|的)(?:时间|日期|日子)(?:是不是|也|是)*(?:一样|相同|同样)"
)
_WITH = re.compile(r"跟|和|与|比")
_WHY = re.compile(r"为啥|为什么|咋|怎么|啷个|凭啥")  # 为啥两边不一样啊
_DIFFERS = re.compile(r"(?:咋个?|怎么|为啥子?|为什么|啷个)[^,。?!]{0,4}(?:不一样|不同)")
_US_TOO = re.compile(rf"{KIN}.*(?:是不是|那|难道)我们?(?:这边|这里)?也")
_THE_NATIONS = re.compile(r"全国|^[那, ]*国家的?(?:时间|日子|日期|公告|通知|安排|呢)")  # 国家的时间呢
_OR_THE_NATION = re.compile(
    r"(?:这|那)(?:个|些|条)?[^,。?!]{0,3}是[^,。?!]{1,6}的?还是(?:全国|国家)的|是(?:全国|国家)的?还是[^,。?!]{1,6}的\W*$"
)
_EACH = re.compile(r"分别|各自|两个人都|各要")
# 四川都开始了 是不是一样的: of one's own place and that one
THEY_DID = re.compile(r"(?:都|已经|早就)[^,。?!]{1,5}了")


# the next step in as few words
_ITS_NEXT = re.compile(
    r"^[那, ]*(?:现场|线上|技能|综合|一试|网上)?的?(?:审核|确认|缴费|交费|报名|交钱|考试|时间|材料)(?:时间|的)?(?:呢|嘛|啊)?\W*$"
)
_THEIRS = re.compile(rf"(?:他|她|{KIN})们?(?:那边|单位|上班|现在|人)?(?:是|在|的)+$")


def _of_another(query: Query) -> str | None:
    """The region of somebody else who is spoken of beside the candidate: 他在万州; None where none is certain."""
    for mention in query.region.mentions:
        if len(mention.regions) == 1 and _THEIRS.search(query.text[: mention.start]):
            return mention.regions[0]
    return None


def same_times(text: str) -> bool:
    """Whether it is asked if the days of there are those of here."""
    return _SAME_TIMES.search(text) is not None and _WHY.search(text) is None


def regions_of(query: Query, own: tuple[str, ...], session: Session) -> tuple[str, ...]:
    """The certain regions of the question, in order; () where none is known.

    Args:
        own: the candidate's, where the message leaves it standing.
    """
    asked, before = query.region.asked, session.topic
    if _OR_THE_NATION.search(query.text) and before is not None and before.entry:
        return own or ((NATION,) if before.regions == (NATION,) else ())  # 这个是福建的还是全国的
    alike = query.comparison or "一样" in query.text or same_times(query.text)
    if alike and _BOTH.search(query.text) and own and session.other and not asked:
        return (session.other, *own)  # 四川审核到几号 … 重庆呢 … 两个有什么不一样
    if not asked and before is not None and len(before.regions) > 1 and WHICH_OF.search(query.text):
        return before.regions  # 四川跟重庆有啥不一样 … 哪个要跑现场
    again = before is not None and len(before.regions) > 1 and own and own[0] in before.regions
    if again and before is not None and not (asked or query.region.ambiguous) and _ITS_NEXT.match(query.text):
        return before.regions  # 我在绵阳他在万州,报名时间一样不 … 审核呢
    if (
        not asked
        and not query.region.ambiguous
        and not own
        and before
        and before.regions not in ((), (NATION,))
    ):
        return tuple(region for region in before.regions if region not in query.region.negated)
    each = _EACH.search(query.text) is not None
    every = tuple(
        dict.fromkeys(
            m.regions[0] for m in query.region.mentions if len(m.regions) == 1 and m.role != "negated"
        )
    )
    if each and len(every) > 1 and not query.region.ambiguous:
        return every  # 我万州 我姐成都 我们分别要准备啥
    if query.comparison and len(asked) == 1 and (theirs := _of_another(query)) not in (None, *asked):
        return (*asked, theirs)  # 我在绵阳他在万州,报名时间一样不
    if asked and own and own[0] not in asked and i_too(query.text, query.region):
        return own
    alike = is_like(query.text, query.region) or same_times(query.text)
    if asked and own and own[0] not in asked and alike:
        return (*own, *asked)
    compares = _WITH.match(query.text) or THEY_DID.search(query.text)
    if asked and own and own[0] not in asked and _DIFFERS.search(query.text):
        return (*own, *asked)  # 我看四川是17到20 咋个不一样
    if asked and own and query.comparison and compares and own[0] not in asked:
        return (*own, *asked)  # 跟四川一样吗
    if asked and own and own[0] not in asked and _US_TOO.search(query.text):
        return own  # 我同学四川的说17号就开始了 是不是我们也是
    if len(asked) > 1 and (_OURS.search(query.text) or _STILL_NOT.search(query.text)):
        return asked[-1:]  # 四川那边在交钱了，我们重庆呢
    if not asked and own and query.comparison and _WITH.search(query.text):
        return own  # 现审呢 跟全国一样吗
    if not asked and not query.region.ambiguous and _THE_NATIONS.search(query.text):
        return (NATION,)
    return asked or own
