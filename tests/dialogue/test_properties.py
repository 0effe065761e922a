"""What holds for any message, any session and any moment."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answers.reply import LIMIT_BYTES
from bot.conversation import Assistant, Message, Turn
from bot.dialogue.decision import KINDS
from bot.dialogue.session import Session
from bot.knowledge.model import NATION
from bot.schedule.deadlines import SHANGHAI
from tests.dialogue.test_matrix import _holds, facts

SLOW = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
KINDS_OF_MESSAGE = (
    "text",
    "click",
    "subscribe",
    "image",
    "voice",
    "video",
    "location",
    "link",
    "other",
    "silent",
)

moments = st.integers(0, 4 * 365 * 24 * 60).map(
    lambda minute: datetime(2023, 6, 1, tzinfo=SHANGHAI) + timedelta(minutes=minute)
)
# The words candidates put together, in any order; the second list is what goes between and around them.
SAID = (
    "报名 网上报名 网报 现场审核 线上审核 审核 缴费 交钱 技能 实践技能 笔试 一试 二试 综合 材料 考点 知识点 通知单 上传 退费 流程 什么时候 几号截止 "
    "怎么弄 要带什么 多少钱 在哪里 还来得及吗 还能报吗 过期了没 免试 军队现役 助理 去年 今年 明年 2024 2025年 7月10号 今天 明天 那重庆呢 四川 成都 渝北 "
    "北京 永川 不是四川是重庆 说错了 我现在该做什么 一样吗 和 还有 1 2 3 9 继续 人工 帮助 我的信息 有用 没用 地区 订阅 你好 谢谢 天气 执业药师"
)
WORDS = SAID.split()
talk = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map("".join) | st.lists(
    st.sampled_from(WORDS), min_size=1, max_size=5
).map(" ".join)
anything = st.text(max_size=80) | talk
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
KEYS = ("region", "place", "audience", "level", "topic", "pending", "shown", "rest", "misses", "asked", "at")
TOPIC = ("entry", "core", "stages", "asks", "verdict", "year", "day", "more_years")
garbage = st.dictionaries(st.sampled_from(KEYS), json_values, max_size=6) | st.fixed_dictionaries(
    {"region": st.sampled_from(["四川", "火星", "", "重庆"])},
    optional={
        "topic": st.dictionaries(st.sampled_from(TOPIC), json_values, max_size=5),
        "shown": st.lists(
            st.dictionaries(st.sampled_from(["label", "entry", "region", "say", "x"]), json_values)
        ),
        "misses": st.integers(-3, 9) | st.text(max_size=2),
    },
)


def told(turn: Turn) -> None:
    assert turn.trace.decision in KINDS
    assert len(turn.reply.text.encode()) <= LIMIT_BYTES
    assert all(option.label in turn.reply.text for option in turn.reply.options)
    json.dumps(turn.session)
    json.dumps(turn.to_dict("x"))


@SLOW
@given(text=anything, stored=st.none() | garbage, now=moments, kind=st.sampled_from(KINDS_OF_MESSAGE))
def test_any_message_on_any_session_is_answered(
    assistant: Assistant, text: str, stored: dict[str, Any] | None, now: datetime, kind: str
) -> None:
    turn = assistant.respond(Message(kind, text), stored, now)
    told(turn)
    if kind != "silent":
        assert turn.reply.text


@SLOW
@given(texts=st.lists(talk, min_size=1, max_size=4), now=moments)
def test_a_talk_is_answered_turn_by_turn_and_again_in_the_same_words(
    assistant: Assistant, texts: list[str], now: datetime
) -> None:
    session: dict[str, Any] | None = None
    for number, text in enumerate(texts):
        at = now + timedelta(minutes=number)
        first = assistant.respond(Message("text", text), session, at)
        again = assistant.respond(Message("text", text), json.loads(json.dumps(session)), at)
        told(first)
        assert (first.reply, first.session, first.trace) == (again.reply, again.session, again.trace)
        session = first.session


@SLOW
@given(text=talk, stored=garbage, now=moments)
def test_what_a_turn_leaves_is_read_back_whole(
    assistant: Assistant, text: str, stored: dict[str, Any], now: datetime
) -> None:
    after = assistant.respond(Message("text", text), stored, now).session
    assert Session.from_dict(after, now).to_dict() == (after or {})


@pytest.mark.parametrize("region", ["四川", "重庆", "北京", "香港"])
@SLOW
@given(
    words=st.lists(
        st.sampled_from(
            [
                w
                for w in WORDS
                if w not in ("四川", "成都", "渝北", "北京", "永川", "那重庆呢", "不是四川是重庆", "1", "2")
            ]
        ),
        min_size=1,
        max_size=4,
    ),
    now=moments,
)
def test_a_reply_holds_no_fact_of_another_region(
    assistant: Assistant, region: str, words: list[str], now: datetime
) -> None:
    kb = assistant.kb
    own = facts(kb, region) | (facts(kb, NATION) if kb.regions[region].inherits else set())
    foreign = {fact for other in (*kb.regions, NATION) if other != region for fact in facts(kb, other)} - own
    turn = assistant.respond(Message("text", region + "".join(words)), None, now)
    assert not [fact for fact in foreign if _holds(turn.reply.text, fact)], turn.reply.text
    if turn.trace.decision in ("answer", "not_stated"):
        assert not [name for name in ("四川", "重庆") if name != region and name in turn.reply.text], (
            turn.reply.text
        )
