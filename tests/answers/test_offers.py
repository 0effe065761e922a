"""What an account can offer beside an answer: the calendar's link, a person."""

from __future__ import annotations

from datetime import datetime

import pytest
import sqlalchemy as sa

from bot.answers.offers import Offers
from bot.answers.reply import LIMIT_BYTES
from bot.app import create_app
from bot.build import build
from bot.conversation import Assistant, Message, Turn
from bot.settings import Settings
from bot.storage.tables import turns
from bot.wechat.envelope import Envelope
from bot.wechat.replies import write
from tests.fakes import NOW, FakeClock, FixedSource

APRIL = datetime.fromisoformat("2024-04-06T10:00:00+08:00")
LINK = "https://bot.example.org/calendar/sichuan.ics"
OFFICE = "考点办公室"


@pytest.fixture(scope="module")
def offering(assistant: Assistant) -> Assistant:
    return build(assistant.kb, Offers("https://bot.example.org", staff=True))


def say(assistant: Assistant, *texts: str) -> Turn:
    session, turn = None, None
    for text in texts:
        turn = assistant.respond(Message("text", text), session, APRIL)
        session = turn.session
    assert turn is not None
    return turn


@pytest.mark.parametrize(
    "ask", ["四川技能考试几号缴费", "四川的时间安排", "四川二试什么时候报名", "四川还能报名吗"]
)
def test_a_deadline_comes_with_the_calendar_of_its_region(offering: Assistant, ask: str) -> None:
    turn = say(offering, ask)
    assert LINK in turn.reply.text
    assert len(turn.reply.text.encode()) <= LIMIT_BYTES


@pytest.mark.parametrize(
    "ask", ["四川报名要准备哪些材料", "重庆技能考试几号缴费", "二试什么时候报名", "技能考试几号缴费", "你好"]
)
def test_without_a_deadline_or_a_region_there_is_no_calendar(offering: Assistant, ask: str) -> None:
    assert "calendar" not in say(offering, ask).reply.text


def test_each_region_of_a_comparison_has_its_own_calendar(offering: Assistant) -> None:
    text = say(offering, "四川和重庆网上报名时间一样吗").reply.text
    assert (LINK in text, "https://bot.example.org/calendar/chongqing.ics" in text) == (True, True)


def test_several_years_of_a_region_share_one_calendar(offering: Assistant) -> None:
    late = datetime.fromisoformat("2026-11-22T10:00:00+08:00")
    turn = offering.respond(Message("text", "重庆2024和2025报名时间"), None, late)
    assert turn.reply.text.count("/calendar/") == 1


def test_without_an_address_no_link_is_shown(assistant: Assistant) -> None:
    assert "calendar" not in say(assistant, "四川技能考试几号缴费").reply.text


def test_an_address_may_end_in_a_slash(settings: Settings) -> None:
    told = Settings(**{**settings.model_dump(), "bot_public_url": "https://bot.example.org/"})
    assert (told.public_url, settings.public_url) == ("https://bot.example.org", "")


@pytest.mark.parametrize("asked", [("人工",), ("阿巴阿巴", "哇啦哇啦", "3")])
def test_a_person_is_asked_for_by_word_and_by_number(offering: Assistant, asked: tuple[str, ...]) -> None:
    turn = say(offering, *asked)
    assert (turn.trace.decision, turn.reply.transfer) == ("handoff", True)


def test_where_the_account_has_no_staff_the_office_is_named(assistant: Assistant) -> None:
    turn = say(assistant, "人工")
    assert (turn.trace.decision, turn.reply.transfer) == ("handoff", False)
    assert OFFICE in turn.reply.text
    assert "工作时间" in turn.reply.text


def test_on_the_platform_the_conversation_is_transferred(offering: Assistant) -> None:
    envelope = Envelope("oUSER", "gh_bot", "message:1", Message("text", "人工"), NOW, 0)
    assert b"<![CDATA[transfer_customer_service]]>" in write(say(offering, "人工").reply, envelope, NOW)


def test_a_hand_over_keeps_the_last_questions_masked(assistant: Assistant) -> None:
    said = [f"第{word}次问：手机号13812345678怎么改" for word in "一二三四五六"]
    turn = say(assistant, *said, "人工")
    assert turn.trace.detail["asked"] == [line.replace("13812345678", "【电话】") for line in said[1:]]


def test_a_tapped_choice_counts_as_a_question(assistant: Assistant) -> None:
    assert say(assistant, "四川技能缴费时间", "1", "人工").trace.detail["asked"] == [
        "四川技能缴费时间",
        "怎么缴费？",
    ]


def test_staff_find_the_questions_in_the_turns(
    settings: Settings, offering: Assistant, clock: FakeClock
) -> None:
    app = create_app(settings, FixedSource(offering), clock)
    client = app.test_client()
    for text in ("四川技能缴费时间", "人工"):
        answer = client.post("/api/messages", json={"user": "me", "text": text})
    assert answer.get_json()["decision"] == "handoff"
    assert OFFICE in answer.get_json()["reply"]
    store = app.extensions["bot"].store
    with store.database.engine.connect() as connection:
        row = connection.execute(sa.select(turns).where(turns.c.decision == "handoff")).one()
    assert row.detail["asked"] == ["四川技能缴费时间"]
    store.close()


@pytest.mark.parametrize("scene", ["sichuan", "四川", "四川省", "poster_SICHUAN_2024", "海报-四川"])
def test_a_scanned_code_of_a_region_sets_it(assistant: Assistant, scene: str) -> None:
    turn = assistant.respond(Message("subscribe", scene), None, APRIL)
    assert turn.trace.region == "四川"
    assert "考区先按四川记" in turn.reply.text
    after = assistant.respond(Message("text", "技能考试几号缴费"), turn.session, APRIL)
    assert "4 月 9 日 24 时" in after.reply.text


@pytest.mark.parametrize("scene", ["", "123", "四川重庆", "sichuan_chongqing", "sichuanbaodian"])
def test_another_scene_sets_no_region(assistant: Assistant, scene: str) -> None:
    turn = assistant.respond(Message("subscribe", scene), None, APRIL)
    assert (turn.trace.region, "公告" in turn.reply.text) == (None, True)
