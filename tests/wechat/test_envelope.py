"""XML → Envelope: every kind as the platform sends it, and everything it should never have sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation import Message
from bot.wechat.envelope import UnusableError, clean, read

NOW = datetime(2024, 4, 5, 7, 0, tzinfo=UTC)
SILENT = Message("silent")

KINDS = {
    "text": Message("text", "四川技能考试几号缴费"),
    "text_menu_tap": Message("text", "1"),
    "text_from_article": Message("text", "重庆呢"),
    "text_one_space": Message("text", ""),
    "text_emoji": Message("text", "报名😀截止了吗[微笑]/::)"),
    "image": Message("image"),
    "voice": Message("voice"),
    "voice_recognized": Message("text", "四川什么时候缴费"),
    "voice_recognized_empty": Message("voice"),
    "video": Message("video"),
    "shortvideo": Message("video"),
    "location": Message("location"),
    "link": Message("link"),
    "unknown_message": Message("other"),
    "subscribe": Message("subscribe"),
    "subscribe_scanned": Message("subscribe", "sichuan"),
    "subscribe_after_payment": Message("subscribe"),
    "scan": Message("subscribe", "sichuan"),
    "unsubscribe": Message("unsubscribe"),
    "user_authorization_revoke": Message("unsubscribe"),
    "user_authorization_cancellation": Message("unsubscribe"),
    "click": Message("click", "deadline"),
    "scancode_waitmsg": Message("text", "四川报名"),
    "scancode_waitmsg_empty": SILENT,
    "scancode_push": SILENT,
    "location_event": SILENT,
    "view": SILENT,
    "view_miniprogram": SILENT,
    "pic_sysphoto": SILENT,
    "pic_photo_or_album": SILENT,
    "pic_weixin": SILENT,
    "location_select": SILENT,
    "templatesendjobfinish": SILENT,
    "masssendjobfinish": SILENT,
    "subscribe_msg_popup_event": SILENT,
    "subscribe_msg_change_event": SILENT,
    "subscribe_msg_sent_event": SILENT,
    "user_info_modified": SILENT,
    "annual_renew": SILENT,
    "verify_expired": SILENT,
    "qualification_verify_success": SILENT,
    "naming_verify_fail": SILENT,
    "unknown_event": SILENT,
}


def xml(inner: str) -> str:
    return (
        "<xml><ToUserName>gh_1</ToUserName><FromUserName>oU</FromUserName><CreateTime>1712300000</CreateTime>"
        f"{inner}</xml>"
    )


def key(inner: str) -> str:
    return read(xml(inner), NOW).dedupe_key


@pytest.mark.parametrize(("name", "message"), KINDS.items(), ids=KINDS)
def test_it_reads_every_kind(name: str, message: Message, fixture_xml: Callable[[str], str]) -> None:
    envelope = read(fixture_xml(name), NOW)
    assert envelope.message == message
    assert envelope.account == "gh_51ea7ed00000"
    assert envelope.created == 1712300000
    assert envelope.sent_at == datetime(2024, 4, 5, 6, 53, 20, tzinfo=UTC)


def test_every_fixture_is_in_the_table() -> None:
    assert {path.stem for path in (Path(__file__).parent / "fixtures").glob("*.xml")} == set(KINDS)


def test_a_withdrawn_consent_erases_the_person_and_not_the_push_service(
    fixture_xml: Callable[[str], str],
) -> None:
    """In these events FromUserName is the platform's push service; the person stands in OpenID."""
    for name in ("user_authorization_revoke", "user_authorization_cancellation"):
        assert read(fixture_xml(name), NOW).user == "oTest5Gone00000000000000abcd"
    assert read(fixture_xml("unsubscribe"), NOW).user == "oTest5Fans00000000000000abcd"


def test_an_openid_of_another_message_counts_for_nothing() -> None:
    envelope = read(xml("<MsgType>text</MsgType><Content>x</Content><OpenID>oOther</OpenID>"), NOW)
    assert envelope.user == "oU"


@pytest.mark.parametrize("event", ["click", "CLICK", "Click"])
def test_events_are_compared_without_case(event: str) -> None:
    envelope = read(xml(f"<MsgType>event</MsgType><Event>{event}</Event><EventKey>Key</EventKey>"), NOW)
    assert (envelope.message, envelope.event) == (Message("click", "Key"), "click")


def test_the_location_event_is_not_the_location_message(fixture_xml: Callable[[str], str]) -> None:
    assert read(fixture_xml("location"), NOW).message.kind == "location"
    assert read(fixture_xml("location_event"), NOW).message.kind == "silent"


def test_the_key_of_a_message_is_its_number_and_nothing_else() -> None:
    first = key("<MsgType>text</MsgType><Content>a</Content><MsgId>71</MsgId>")
    assert key("<MsgType>text</MsgType><Content>a</Content><MsgId>71</MsgId><Idx>1</Idx>") == first
    assert key("<MsgType>text</MsgType><Content>a</Content><MsgId>72</MsgId>") != first


@pytest.mark.parametrize("number", ["", "<MsgId></MsgId>", "<MsgId>0</MsgId>"])
def test_without_a_number_the_text_tells_messages_apart(number: str) -> None:
    first = key(f"<MsgType>text</MsgType><Content>a</Content>{number}")
    assert key(f"<MsgType>text</MsgType><Content>a</Content>{number}") == first
    assert key(f"<MsgType>text</MsgType><Content>b</Content>{number}") != first


def test_a_number_that_is_no_number_is_a_key_too() -> None:
    assert key("<MsgType>text</MsgType><MsgId>abc</MsgId>") != key(
        "<MsgType>text</MsgType><MsgId>abd</MsgId>"
    )


def test_two_events_of_one_second_are_two() -> None:
    """A follow and a scan may arrive with the same CreateTime; MsgId is missing, and MsgID is a job's."""
    events = [
        "<Event>subscribe</Event><EventKey></EventKey>",
        "<Event>SCAN</Event><EventKey>a</EventKey>",
        "<Event>SCAN</Event><EventKey>b</EventKey>",
        "<Event>unsubscribe</Event>",
    ]
    keys = [key(f"<MsgType>event</MsgType>{event}<MsgID>5</MsgID>") for event in events]
    assert len(set(keys)) == len(keys)
    assert keys == [key(f"<MsgType>event</MsgType>{event}<MsgID>6</MsgID>") for event in events]


def test_the_key_holds_no_openid(fixture_xml: Callable[[str], str]) -> None:
    for name in KINDS:
        envelope = read(fixture_xml(name), NOW)
        assert envelope.user not in envelope.dedupe_key


@pytest.mark.parametrize("created", ["", "soon", "-1", "99999999999999999999", "1e9", "１７１２３０００００"])
def test_a_time_that_is_none_becomes_the_time_of_receipt(created: str) -> None:
    text = xml("<MsgType>text</MsgType>").replace("1712300000", created)
    assert (read(text, NOW).created, read(text, NOW).sent_at) == (0, NOW)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "<xml>text</xml>",
        "<xml></xml>",
        "<html><body>x</body></html>",
        '{"MsgType": "text", "Content": "x"}',
        xml("<Content>x</Content>"),
        xml("<MsgType></MsgType>"),
        xml("<MsgType>text</MsgType><MsgType>event</MsgType>"),
        xml("<MsgType><a>text</a></MsgType>"),
        xml("<MsgType>text</MsgType><Content><b>x</b></Content>"),
        xml("<MsgType>text</MsgType><Content>a</Content><Content>b</Content>"),
        xml("<MsgType>text</MsgType><MsgId>1</MsgId><MsgId>2</MsgId>"),
        xml("<MsgType>text</MsgType><FromUserName>oV</FromUserName>"),
        xml("<MsgType>text</MsgType><Content>x</Content>").replace("oU", ""),
        xml("<MsgType>text</MsgType><Content>x</Content>").replace("oU", "web:somebody"),
        xml("<MsgType>text</MsgType><Content>x</Content>").replace("oU", "o" * 65),
        xml("<MsgType>text</MsgType><Content>x</Content>").replace("gh_1", ""),
        xml("<MsgType>text</MsgType><Content>x</Content>")[:-6],
        xml("<MsgType>text</MsgType><Content>&#29;</Content>"),
    ],
)
def test_what_cannot_be_used_is_said_and_not_quoted(text: str) -> None:
    with pytest.raises(UnusableError) as raised:
        read(text, NOW)
    assert str(raised.value)
    assert "somebody" not in str(raised.value)


def test_entities_are_refused_and_never_expanded() -> None:
    bomb = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10 if i else "lol"}">' for i in range(10))
    file = '<!ENTITY x SYSTEM "file:///etc/hostname">'
    for declared in (bomb, file):
        with pytest.raises(UnusableError):
            read(
                f"<!DOCTYPE xml [{declared}]>" + xml("<MsgType>text</MsgType><Content>&a9;&x;</Content>"), NOW
            )


def test_a_document_type_typed_by_a_person_is_text() -> None:
    typed = '<!DOCTYPE html><!ENTITY a "b">'
    text = xml(f"<MsgType>text</MsgType><Content><![CDATA[{typed}]]></Content>")
    assert read(text, NOW).message == Message("text", typed)


def test_cleaning_keeps_the_words() -> None:
    assert clean(b"\xef\xbb\xbf\x00a\x1d\tb\n\xff\xef\xbf\xbe" + "四😀".encode()) == "a\tb\n\ufffd四😀"


def test_escapes_of_other_languages_stay_as_they_were_typed() -> None:
    text = xml("<MsgType>text</MsgType><Content><![CDATA[\\u56db\\u5ddd &lt; %E5]]></Content>")
    assert read(text, NOW).message.text == "\\u56db\\u5ddd &lt; %E5"


@given(st.text())
def test_whatever_is_typed_arrives_or_is_unusable(typed: str) -> None:
    body = xml(f"<MsgType>text</MsgType><Content><![CDATA[{typed}]]></Content>").encode("utf-8", "replace")
    try:
        assert read(clean(body), NOW).message.kind == "text"
    except UnusableError:
        assert "]]>" in typed


@given(st.binary())
def test_any_bytes_are_read_or_unusable(body: bytes) -> None:
    with pytest.raises(UnusableError):
        read(clean(body), NOW)
