"""Whether a message is still about somebody else, of whom the talk is: 老公是部队的 … 他什么时候去 … 带什么 … 那我呢. Pure."""

from __future__ import annotations

import re

from bot.dialogue.session import Topic
from bot.dialogue.split import has_form_of_question
from bot.dialogue.standing import PASSED_BEFORE
from bot.text.query import Query
from bot.text.statuses import PASSED
from bot.text.who import KIN, people
from bot.text.whose import SOLDIER

# 军队现役的也是今天?: whoever asks is none of them, and would hear of theirs
_SOLDIERS_TOO = re.compile(
    r"(?:(?:军队现役|现役军人|现役|军人|部队|当兵)的?(?:考生|人|那些)?|(?:军队|部队)的?战友)也(?:是|在)?(?:今天|明天|后天|\d{1,2}[月号日]|[这那](?:天|几天|个时间|个时候|时候))"
)


# 是去现场还是网上 … 我老婆军医
_THEY_ARE = re.compile(rf"^[那, ]*我?的?{KIN}(?:是|在)?(?:军医|现役军人|军人|现役|部队)(?:的|医生)?\W*$")


def soldiers_too(query: Query) -> bool:
    """Whether the days of soldiers are asked for by somebody who is none."""
    return query.audience is None and _SOLDIERS_TOO.search(query.text) is not None


def of_whom(query: Query, before: Topic) -> tuple[str, bool]:
    """(the kind of candidate that the other person is, whether the question is of them); "" where nobody else is spoken of.

    Where the kind is told in the same message, the question may be either's; only a soldier who 他 goes on with is meant.
    """
    spoken = people(query.text)
    own = any(whose in ("own", "both") for _, _, whose in spoken)
    theirs = query.theirs or ("" if own or query.not_audience else before.theirs)
    he_or_she = any(whose == "other" and query.text[start] in "他她" for start, _, whose in spoken)
    if not theirs and he_or_she and not own and before.entry == PASSED_BEFORE:
        return PASSED, True  # 我们医院有位医生去年技能过了 … 请问他要交几次费
    # 我娃儿是现役军医 重庆报名 … 需要上传材料吗, and not 我公公在部队 重庆材料要传吗
    only_they = query.theirs == SOLDIER and not own and not has_form_of_question(query.text)
    told_now = query.theirs and not (query.theirs == SOLDIER and query.stages)  # 他没传材料, of a soldier
    if before.entry and query.theirs == SOLDIER and _THEY_ARE.match(query.text):
        return theirs, True
    return theirs, bool(theirs and not told_now) and (he_or_she or before.of_them or only_they)
