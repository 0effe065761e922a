"""GET and POST /wechat of the whole app: three modes, every refusal, and 200 for whatever is signed."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import xmltodict
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.answers.reply import Reply
from bot.guard import Guard
from bot.limits import Limits
from bot.metrics import Metrics
from bot.settings import Settings
from bot.simulate import wire
from bot.wechat.protocol import MAX_BODY_BYTES
from bot.wechat.webhook import create_blueprint
from tests.fakes import EchoAssistant, FakeClock
from tests.wechat.platform import AES_KEY, APP_ID, OTHER, TOKEN, USER, Platform

NEW_KEY = "B" * 43
VECTOR = {
    "signature": "f464b24fc39322e44b38aa78f5edd27bd1441696",
    "timestamp": "1714036504",
    "nonce": "1514711492",
    "echostr": "4375120948345356249",
}
MODES = ("plain", "safe")
every_mode = pytest.mark.parametrize("mode", MODES)
Make = Callable[..., Platform]
Xml = Callable[[str], str]


def text_xml(content: str) -> str:
    return (
        f"<xml><ToUserName>{wire.ACCOUNT}</ToUserName><FromUserName>{USER}</FromUserName>"
        f"<CreateTime>1712300000</CreateTime><MsgType>text</MsgType><Content>{content}</Content><MsgId>5</MsgId></xml>"
    )


# --- verification


@every_mode
def test_the_official_verification_is_answered_as_often_as_it_comes(make_platform: Make, mode: str) -> None:
    """The page's example: signed in 2024, echoed today; the platform may repeat it, in safe mode too in the clear."""
    platform = make_platform(mode)
    for _ in range(2):
        response = platform.client.get("/wechat", query_string=VECTOR)
        assert (response.status_code, response.data) == (200, b"4375120948345356249")
        assert response.mimetype == "text/plain"


@pytest.mark.parametrize("changed", ["signature", "timestamp", "nonce"])
def test_a_verification_with_another_value_is_refused(platform: Platform, changed: str) -> None:
    for value in ("", "1", "签名"):
        response = platform.client.get("/wechat", query_string=VECTOR | {changed: value})
        assert response.status_code == 403
        assert VECTOR["echostr"] not in response.text
    assert platform.client.get("/wechat").status_code == 403


def test_an_echo_is_never_a_page(platform: Platform) -> None:
    response = platform.client.get("/wechat", query_string=VECTOR | {"echostr": "<script>alert(1)</script>"})
    assert response.data == b"<script>alert(1)</script>"
    assert (response.mimetype, response.headers["X-Content-Type-Options"]) == ("text/plain", "nosniff")


def test_a_verification_without_echostr_has_nothing_to_echo(platform: Platform) -> None:
    response = platform.client.get("/wechat", query_string=VECTOR | {"echostr": ""})
    assert response.status_code == 400


def test_without_a_token_it_says_what_to_set(make_platform: Make) -> None:
    with capture_logs() as logs:
        platform = make_platform(wechat_token=None)
        answers = [platform.client.get("/wechat", query_string=VECTOR), platform.say("你好")]
    assert [response.status_code for response in answers] == [503, 503]
    assert all("WECHAT_TOKEN" in response.text for response in answers)
    assert all("WECHAT_TOKEN" in line["reason"] for line in logs if line["event"] == "wechat_off")
    assert [line["event"] for line in logs].count("wechat_off") == 3


# --- the three modes


@every_mode
def test_a_message_is_answered_in_its_mode(make_platform: Make, mode: str) -> None:
    platform = make_platform(mode)
    assert platform.heard(platform.say("四川技能考试几号缴费😀", 1)) == "1 四川技能考试几号缴费😀"
    assert platform.heard(platform.say("重庆呢", 2)) == "2 重庆呢"


def test_compatible_mode_without_a_key_is_read_as_plain(make_platform: Make) -> None:
    platform = make_platform()
    platform.account = wire.Account(TOKEN, "compatible", APP_ID, AES_KEY)
    response = platform.say("你好")
    assert b"<Encrypt>" not in response.data
    assert platform.heard(response) == "1 你好"


def test_compatible_mode_with_a_key_believes_the_encrypted_part_alone(
    make_platform: Make, assistant: EchoAssistant
) -> None:
    platform = make_platform("safe")
    platform.account = wire.Account(TOKEN, "compatible", APP_ID, AES_KEY)
    query, body = wire.request(
        wire.Push("text", "真的", USER, 1, 1).xml.encode(),
        platform.account,
        platform.now,
    )
    forged = body.replace("真的".encode(), "假的".encode()).replace(USER.encode(), OTHER.encode())
    response = platform.client.post("/wechat", query_string=query, data=forged)
    assert b"<Encrypt>" in response.data
    assert platform.heard(response) == "1 真的"
    assert assistant.asked == ["真的"]


def test_safe_mode_needs_no_plain_signature(safe_platform: Platform) -> None:
    assert (
        safe_platform.heard(safe_platform.post(wire.Push("text", "好", USER, 1, 1).xml, signature="0"))
        == "1 好"
    )
    assert safe_platform.post(wire.Push("text", "好", USER, 1, 2).xml, msg_signature="0").status_code == 403
    assert safe_platform.post(wire.Push("text", "好", USER, 1, 3).xml, msg_signature=None).status_code == 403


def test_a_plain_body_does_not_talk_safe_mode_down(make_platform: Make, assistant: EchoAssistant) -> None:
    platform = make_platform("safe")
    platform.account = wire.Account(TOKEN)
    with capture_logs() as logs:
        assert platform.say("你好").status_code == 403
        assert platform.post("<xml><Encrypt></Encrypt></xml>").status_code == 403
        assert platform.post("<xml><Encrypt>a</Encrypt><Encrypt>b</Encrypt></xml>").status_code == 403
    assert assistant.asked == []
    assert all(line["status"] == 403 for line in logs if line["event"] == "wechat_refused")


def test_both_keys_open_while_the_key_is_changed(make_platform: Make) -> None:
    """The reply is sealed with the key that opened the push: the platform may not know the other one yet."""
    platform = make_platform(
        "safe", wechat_encoding_aes_key=NEW_KEY, wechat_encoding_aes_key_previous=AES_KEY
    )
    before, after = platform, platform.with_account(aes_key=NEW_KEY)
    assert before.heard(before.say("旧", 1)) == "1 旧"
    assert after.heard(after.say("新", 2)) == "2 新"


def test_a_third_key_opens_nothing(make_platform: Make, assistant: EchoAssistant) -> None:
    platform = make_platform("safe", wechat_encoding_aes_key_previous=NEW_KEY).with_account(aes_key="C" * 43)
    with capture_logs() as logs:
        assert platform.say("你好").status_code == 400
    assert "WECHAT_ENCODING_AES_KEY" in logs[-1]["reason"]
    assert assistant.asked == []


def test_a_previous_key_alone_is_no_safe_mode(make_platform: Make) -> None:
    platform = make_platform(wechat_encoding_aes_key_previous=AES_KEY, wechat_app_id=APP_ID)
    assert platform.heard(platform.say("你好")) == "1 你好"


def test_a_push_for_another_account_is_refused(make_platform: Make, assistant: EchoAssistant) -> None:
    platform = make_platform("safe", wechat_app_id="wx0000000000000000")
    assert platform.say("你好").status_code == 403
    assert assistant.asked == []


def test_an_encrypted_push_without_a_key_says_what_to_set(make_platform: Make) -> None:
    platform = make_platform()
    platform.account = wire.Account(TOKEN, "safe", APP_ID, AES_KEY)
    with capture_logs() as logs:
        assert platform.say("你好").data == b"success"
    assert "WECHAT_ENCODING_AES_KEY" in logs[-1]["reason"]


def test_success_stays_in_the_clear(safe_platform: Platform) -> None:
    assert safe_platform.say("", kind="view").data == b"success"


# --- who is refused


@every_mode
@pytest.mark.parametrize("name", ["signature", "timestamp", "nonce"])
def test_what_is_not_signed_writes_nothing(
    make_platform: Make, assistant: EchoAssistant, mode: str, name: str
) -> None:
    platform = make_platform(mode)
    name = "msg_signature" if (mode, name) == ("safe", "signature") else name
    for value in (None, "", "0", "签名\x00"):
        changed: dict[str, Any] = {name: value}
        assert platform.post(text_xml("你好"), **changed).status_code == 403
    assert assistant.asked == []


@every_mode
def test_an_old_or_early_timestamp_is_refused_and_logged(
    make_platform: Make, assistant: EchoAssistant, mode: str
) -> None:
    platform = make_platform(mode)
    push = wire.Push("text", "你好", USER, 1, 1).xml
    with capture_logs() as logs:
        for late in (601, -601, 10**9):
            assert platform.post(push, late=late).status_code == 403
    assert len(logs) == 3
    assert "601" in logs[0]["reason"]
    assert assistant.asked == []
    for late in (600, -600, 0):
        assert platform.post(push, late=late).status_code == 200


def test_the_window_is_a_setting_and_keeps_the_real_clock(make_platform: Make, clock: FakeClock) -> None:
    clock._rehearsal = clock.real_now() - timedelta(days=400)
    platform = make_platform(bot_signature_window_seconds=5)
    assert platform.post(wire.Push("text", "你好", USER, 1, 1).xml, late=6).status_code == 403
    assert platform.post(wire.Push("text", "你好", USER, 1, 1).xml, late=5).status_code == 200


@every_mode
@pytest.mark.parametrize("signed", [True, False])
def test_a_body_too_large_is_refused_before_it_is_read(make_platform: Make, mode: str, signed: bool) -> None:
    platform = make_platform(mode)
    changed: dict[str, Any] = {} if signed else {"signature": "0", "msg_signature": "0"}
    assert platform.post(b" " * (MAX_BODY_BYTES + 1), **changed).status_code == 413
    assert platform.post(text_xml("a" * MAX_BODY_BYTES), **changed).status_code == 413
    unread = io.BytesIO(b"a" * 10**6)
    assert platform.client.post("/wechat", input_stream=unread, content_length=10**6).status_code == 413
    assert unread.tell() == 0


@pytest.mark.parametrize(("characters", "status"), [(60_000, 200), (66_000, 413)])
def test_a_body_in_chunks_is_counted_while_it_is_read(
    platform: Platform, characters: int, status: int
) -> None:
    now = platform.now
    query, body = wire.request(text_xml("a" * characters).encode(), platform.account, now)
    response = platform.client.post(
        "/wechat",
        query_string=query,
        input_stream=io.BytesIO(body),
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert response.status_code == status


def test_the_openid_of_the_query_counts_for_nothing(platform: Platform) -> None:
    platform.heard(platform.say("一", 1))
    response = platform.post(wire.Push("text", "二", USER, 1, 2).xml, openid=OTHER)
    assert platform.heard(response) == "2 二"


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_not_there(platform: Platform, method: str) -> None:
    assert getattr(platform.client, method)("/wechat").status_code == 405


def test_refusals_and_failures_log_neither_words_nor_openids(platform: Platform) -> None:
    with capture_logs() as logs:
        platform.post(text_xml("秘密"), signature="0")
        platform.post(text_xml("秘密</Content><Content>"))
        platform.say("秘密")
    assert logs
    assert not [line for line in logs if "秘密" in str(line) or USER in str(line)]


# --- what is signed gets 200


UNUSABLE = {
    "empty": b"",
    "blank": b" \n",
    "garbage": b"\x00\x01\x02garbage",
    "no root": b"hello",
    "only text": b"<xml>text</xml>",
    "no end": text_xml("x").encode()[:-3],
    "json": b'{"MsgType":"text"}',
    "html": b"<html><body>502 Bad Gateway</body></html>",
    "no MsgType": text_xml("x").replace("<MsgType>text</MsgType>", "").encode(),
    "MsgType twice": text_xml("x").replace("<CreateTime>", "<MsgType>image</MsgType><CreateTime>").encode(),
    "no sender": text_xml("x").replace(USER, "").encode(),
    "a web visitor": text_xml("x").replace(USER, "web:1234").encode(),
    "entity bomb": (
        '<!DOCTYPE xml [<!ENTITY a "lol">'
        + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
        + "]>"
        + text_xml("&i;")
    ).encode(),
    "outside entity": (
        '<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + text_xml("&x;")
    ).encode(),
    "deep": b"<xml>" + b"<a>" * 9000,
    "deep and whole": b"<xml>" + b"<a>" * 4000 + b"</a>" * 4000 + b"</xml>",
    "utf-16": text_xml("你好").encode("utf-16"),
}


@every_mode
@pytest.mark.parametrize("body", UNUSABLE.values(), ids=UNUSABLE)
def test_signed_rubbish_is_taken_and_not_answered(
    make_platform: Make, assistant: EchoAssistant, mode: str, body: bytes
) -> None:
    platform = make_platform(mode)
    assert (platform.post(body).status_code, platform.post(body).data) == (200, b"success")
    assert assistant.asked == []


@pytest.mark.parametrize("name", [name for name in UNUSABLE if name != "a web visitor"])
def test_in_safe_mode_rubbish_outside_the_encryption_is_not_signed(
    safe_platform: Platform, name: str
) -> None:
    safe_platform.account = wire.Account(TOKEN)
    readable = ("only text", "no MsgType", "MsgType twice", "no sender", "deep and whole")
    assert safe_platform.post(UNUSABLE[name]).status_code == (403 if name in readable else 400)


@every_mode
@pytest.mark.parametrize(
    ("content", "read"),
    [
        (b"\x1d\xe5\x9b\x9b\xe5\xb7\x9d\x00\x08", "四川"),
        (b"<![CDATA[\xe5\x9b\x9b\x1d\xe5\xb7\x9d]]>", "四川"),
        (b"\xe5\x9b\x9b\xe5\xb7\x9d\xff\xf0\x9f", "四川\ufffd\ufffd"),
        (b"<![CDATA[a < b & c]]>", "a < b & c"),
        ("[微笑]/::)😀👨‍👩‍👧".encode(), "[微笑]/::)😀👨‍👩‍👧"),
        (b"\\u56db\\u5ddd", "\\u56db\\u5ddd"),
        (b"a" * 10_000, "a" * 10_000),
        (b"", ""),
    ],
    ids=["control", "control in CDATA", "bad UTF-8", "CDATA", "emoji", "JSON-escaped", "10 kB", "empty"],
)
def test_odd_text_is_read(
    make_platform: Make, assistant: EchoAssistant, mode: str, content: bytes, read: str
) -> None:
    platform = make_platform(mode)
    response = platform.post(text_xml("@").encode().replace(b"@", content))
    assert platform.heard(response)
    assert assistant.asked == [read]


@pytest.mark.parametrize("number", ["abc", "0", "", "9" * 400, "1.5"])
def test_a_message_number_that_is_none_is_answered_once(
    platform: Platform, assistant: EchoAssistant, number: str
) -> None:
    push = text_xml("x").replace("<MsgId>5<", f"<MsgId>{number}<")
    first, second = platform.post(push), platform.post(push)
    assert platform.heard(first) == "1 x"
    assert first.data == second.data
    assert assistant.asked == ["x"]


def test_every_fixture_gets_200_in_both_modes(
    make_platform: Make, fixture_xml: Xml, pytestconfig: Any
) -> None:
    names = [path.stem for path in (pytestconfig.rootpath / "tests/wechat/fixtures").glob("*.xml")]
    assert len(names) > 40
    for mode in MODES:
        platform = make_platform(mode)
        for name in names:
            assert platform.post(fixture_xml(name)).status_code == 200, name


def test_events_nobody_waits_for_touch_nothing(
    platform: Platform, assistant: EchoAssistant, fixture_xml: Xml
) -> None:
    """LOCATION may come every 5 s from every open chat."""
    for name in (
        "location_event",
        "view",
        "unknown_event",
        "templatesendjobfinish",
        "subscribe_msg_popup_event",
    ):
        assert platform.post(fixture_xml(name)).data == b"success"
    assert assistant.asked == []


@every_mode
def test_any_bytes_never_give_a_5xx(make_platform: Make, mode: str) -> None:
    platform = make_platform(mode)

    @hypothesis_settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=150)
    @given(st.one_of(st.binary(max_size=300), _almost()), st.booleans(), st.booleans())
    def any_body(body: bytes, signed: bool, sealed: bool) -> None:
        changed: dict[str, Any] = {} if signed else {"signature": "0", "msg_signature": "0"}
        account, platform.account = platform.account, platform.account if sealed else wire.Account(TOKEN)
        status = platform.post(body, **changed).status_code
        platform.account = account
        if signed and (mode == "plain" or sealed):
            assert status == 200
        else:
            assert 400 <= status < 500

    any_body()


def _almost() -> st.SearchStrategy[bytes]:
    """Near misses of a push: a real one with a piece replaced."""
    whole = text_xml("四川").encode()
    piece = st.one_of(
        st.binary(max_size=20), st.sampled_from([b"<Event>", b"]]>", b"<![CDATA[", b"&a;", b"<!ENTITY"])
    )
    place = st.integers(0, len(whole))
    return st.builds(lambda a, b, new: whole[: min(a, b)] + new + whole[max(a, b) :], place, place, piece)


@hypothesis_settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100
)
@given(
    query=st.dictionaries(
        st.sampled_from(
            ["signature", "msg_signature", "timestamp", "nonce", "echostr", "openid", "encrypt_type"]
        ),
        st.text(st.characters(codec="utf-8"), max_size=50),
    )
)
def test_any_query_is_refused(platform: Platform, safe_platform: Platform, query: dict[str, str]) -> None:
    for one in (platform, safe_platform):
        assert one.client.get("/wechat", query_string=query).status_code == 403
        assert 400 <= one.client.post("/wechat", query_string=query, data=text_xml("x")).status_code < 500


# --- one message, one answer


@every_mode
def test_a_retry_gets_the_same_bytes(
    make_platform: Make, assistant: EchoAssistant, clock: FakeClock, mode: str
) -> None:
    """Another nonce, a later timestamp, in safe mode other ciphertext: the same MsgId is the same message."""
    platform = make_platform(mode)
    push = wire.Push("text", "你好", USER, 1, 77).xml
    first = platform.post(push)
    clock.move(5)
    second = platform.post(push)
    assert platform.heard(first) == "1 你好"
    assert first.data == second.data
    assert assistant.asked == ["你好"]


def test_tries_at_the_same_time_get_the_same_bytes(platform: Platform, assistant: EchoAssistant) -> None:
    start, said = threading.Barrier(4), []
    push = wire.Push("text", "你好", USER, 1, 77).xml

    def attempt() -> None:
        start.wait()
        said.append(platform.post(push).data)

    threads = [threading.Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(said)) == 1
    assert assistant.asked == ["你好"]


def test_the_same_number_of_two_candidates_is_two_messages(platform: Platform) -> None:
    assert platform.heard(platform.say("我", 7, USER), USER) == "1 我"
    assert platform.heard(platform.say("他", 7, OTHER), OTHER) == "1 他"


def test_two_events_of_one_second_are_both_answered(platform: Platform, assistant: EchoAssistant) -> None:
    platform.say("", kind="subscribe", created=5)
    platform.say("menu", kind="click", created=5)
    platform.say("menu", kind="click", created=5)
    assert assistant.asked == ["", "menu"]


@pytest.mark.parametrize("kind", ["unsubscribe", "user_authorization_revoke"])
def test_who_leaves_is_forgotten(
    platform: Platform, assistant: EchoAssistant, fixture_xml: Xml, kind: str
) -> None:
    gone = {"unsubscribe": USER, "user_authorization_revoke": "oTest5Gone00000000000000abcd"}[kind]
    assert platform.heard(platform.say("一", 1, gone), gone) == "1 一"
    assert platform.heard(platform.say("一", 1, OTHER), OTHER) == "1 一"
    assert platform.post(fixture_xml(kind)).data == b"success"
    assert platform.heard(platform.say("二", 2, gone), gone) == "1 二"
    assert platform.heard(platform.say("二", 2, OTHER), OTHER) == "2 二"


# --- what goes out


@every_mode
def test_a_failure_becomes_an_apology(make_platform: Make, mode: str) -> None:
    platform = make_platform(mode)
    assert "抱歉" in platform.heard(platform.say("炸"))


class Broken:
    def take(self, **_: Any) -> bytes:
        raise RuntimeError

    def forget(self, user: str) -> None:
        raise RuntimeError

    def note(self, **_: Any) -> None:
        raise RuntimeError


@pytest.mark.parametrize("kind", ["text", "unsubscribe", "receipt"])
def test_even_a_broken_exchange_gives_200(settings: Settings, clock: FakeClock, kind: str) -> None:
    app = Flask(__name__)
    settings = settings.model_copy(update={"wechat_token": TOKEN})
    guard = Guard(Limits(b"secret"), settings, clock, Metrics())
    app.register_blueprint(create_blueprint(Broken(), settings, clock, guard, lambda: "慢点"))
    now = int(clock.real_now().timestamp())
    receipt = (Path(__file__).parent / "fixtures" / "templatesendjobfinish.xml").read_bytes()
    xml = receipt if kind == "receipt" else wire.Push(kind, "x", USER, now, 1).xml.encode()
    query, body = wire.request(xml, wire.Account(TOKEN), now)
    with capture_logs() as logs:
        response = app.test_client().post("/wechat", query_string=query, data=body)
    assert (response.status_code, response.data) == (200, b"success")
    assert logs[-1]["event"] == "wechat_failed"


@every_mode
def test_no_reply_is_success(make_platform: Make, mode: str) -> None:
    assert make_platform(mode, says=Reply("")).say("谢谢").data == b"success"


@every_mode
def test_a_hand_over_goes_to_human_agents(make_platform: Make, mode: str) -> None:
    platform = make_platform(mode, says=Reply("", transfer=True))
    response = platform.say("人工")
    assert wire.read_reply(response.data, USER, platform.account)[0] == "transfer_customer_service"


@every_mode
def test_a_reply_is_one_text_of_legal_length(make_platform: Make, mode: str) -> None:
    platform = make_platform(mode, says=Reply("a]]></Content><MsgType>image</MsgType>😀" + "四" * 3000))
    heard = platform.heard(platform.say("x"))
    assert heard.startswith("a]]></Content><MsgType>image</MsgType>😀四")
    assert 2040 < len(heard.encode()) <= 2048


def test_a_reply_is_served_as_xml(platform: Platform) -> None:
    response = platform.say("你好")
    assert response.content_type == "text/xml; charset=utf-8"
    assert xmltodict.parse(response.data)["xml"]["CreateTime"] == str(platform.now)
