"""问答里提到的名字

“接着问”只能写别的问答的名字；“对象”只能写 words.yaml 里的对象；“种类”只能是 未收录 或 闲聊；不是时间类的问答要有答案。
"""

from __future__ import annotations

from difflib import get_close_matches

from bot.knowledge.checks.value_choice import aspects
from bot.knowledge.draft import Draft, map_of, text_of, texts_of
from bot.knowledge.model import TIMED
from bot.knowledge.yaml_source import Mapping, Sequence, Text

ID = "entry-links"
NEEDS = ("words.yaml", "faq/")
KINDS = {"未收录": "out_of_scope", "闲聊": "smalltalk"}

SAME_FOR = 3  # words in 同 网上报名 非军队现役


def check(draft: Draft) -> None:
    """Names inside entries and windows that must exist elsewhere."""
    entries = draft.section("faq/", "问答")
    audiences = [str(key) for key in draft.section("words.yaml", "对象")]
    asks = {None, *aspects(draft)} - set(TIMED)
    for entry, value in entries.items():
        if not isinstance(value, Mapping):
            continue
        for other in texts_of(value.get(Text("接着问"))):
            if other and other not in entries:
                close = get_close_matches(other, list(entries), 1, 0.3)
                hint = f"是不是“{close[0]}”？" if close else "写一条问答的名字（最左边的那个），或删掉它。"
                draft.problem(other.place, ID, f"“接着问”里的“{other}”不是一个问答的名字。", hint)
        kind = text_of(value, "种类")
        if kind is not None and kind not in KINDS:
            draft.problem(kind.place, ID, f"种类“{kind}”不认识。", "只能写“未收录”或“闲聊”，普通问答不写。")
        if kind is None and text_of(value, "问") in asks and not map_of(value, "答案"):
            draft.problem(
                entry.place, ID, f"问答“{entry}”没有答案。", "加上“答案”，或写“问: 时间”由日程来答。"
            )
        for answer in map_of(value, "答案").values():
            if isinstance(answer, Mapping):
                for audience in map_of(answer, "对象"):
                    _audience(draft, audience, audiences)
    for _path, root in draft.schedules():
        for value in map_of(root, "日程").values():
            if isinstance(value, Text) and len(words := value.split()) == SAME_FOR:
                _audience(draft, Text.at(words[-1], value.place), audiences)
            for window in value if isinstance(value, Sequence) else [value]:
                if isinstance(window, Mapping) and (named := text_of(window, "对象")) is not None:
                    _audience(draft, named, audiences)


def _audience(draft: Draft, audience: Text, known: list[str]) -> None:
    if audience and audience.removeprefix("非") not in known:
        draft.problem(
            audience.place,
            ID,
            f"对象“{audience}”在 words.yaml 里没有。",
            f"可以写：{'、'.join(known)}；日程里前面可以加“非”。",
        )
