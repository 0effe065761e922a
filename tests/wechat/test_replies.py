"""Reply → XML the platform takes, whatever the text holds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import xmltodict
from hypothesis import given
from hypothesis import strategies as st

from bot.answers.reply import LIMIT_BYTES, Option, Reply
from bot.conversation import Message
from bot.wechat.envelope import Envelope
from bot.wechat.replies import SUCCESS, fit, write

NOW = datetime(2024, 4, 5, 7, 0, tzinfo=UTC)
ENVELOPE = Envelope("oUser", "gh_1", "message:1", Message("text", "x"), NOW, 0)


def fields(reply: Reply, envelope: Envelope = ENVELOPE, *, menu_links: bool = False) -> dict[str, str]:
    parsed: dict[str, str] = xmltodict.parse(write(reply, envelope, NOW, menu_links=menu_links))["xml"]
    return parsed


def test_sender_and_receiver_change_places() -> None:
    assert fields(Reply("四川：4 月 5 日 8 时起")) == {
        "MsgType": "text",
        "Content": "四川：4 月 5 日 8 时起",
        "FromUserName": "gh_1",
        "ToUserName": "oUser",
        "CreateTime": "1712300400",
    }


@pytest.mark.parametrize("text", ["", " \n ", "\x1d\x00"])
def test_nothing_to_say_is_success_and_not_an_empty_text(text: str) -> None:
    assert write(Reply(text), ENVELOPE, NOW) == SUCCESS


def test_a_hand_over_is_a_type_of_its_own() -> None:
    assert fields(Reply("正在转人工", transfer=True)) == {
        "MsgType": "transfer_customer_service",
        "FromUserName": "gh_1",
        "ToUserName": "oUser",
        "CreateTime": "1712300400",
    }


def test_no_text_adds_elements() -> None:
    attack = "x]]></Content><MsgType>image</MsgType><Content><![CDATA[y]]]]>"
    assert fields(Reply(attack))["Content"] == attack
    assert (
        fields(Reply("a"), Envelope("o]]>U", "g]]>", "k", Message("text"), NOW, 0))["ToUserName"] == "o]]>U"
    )


@given(st.text(), st.booleans())
def test_any_text_becomes_well_formed_and_short_enough(text: str, transfer: bool) -> None:
    body = write(Reply(text, transfer=transfer), ENVELOPE, NOW)
    if body != SUCCESS:
        parsed = xmltodict.parse(body)["xml"]
        assert set(parsed) - {"Content"} == {"MsgType", "FromUserName", "ToUserName", "CreateTime"}
        assert len((parsed.get("Content") or "").encode()) <= LIMIT_BYTES


LINKED = st.lists(st.sampled_from(["a", "四", "😀", "\n", "< ", '<a href="x">四</a>']), min_size=100)


@given(LINKED.map("".join), st.integers(30, 200))
def test_a_cut_leaves_whole_characters_and_whole_links(text: str, limit: int) -> None:
    kept = fit(text, limit)
    assert len(kept.encode()) <= limit
    assert kept == text or (kept.endswith("…") and text.startswith(kept[:-1]))
    assert kept.count("<a ") == kept.count("</a>")


def test_exactly_the_limit_is_not_cut() -> None:
    text = "四" * 682 + "ab"
    assert len(text.encode()) == LIMIT_BYTES
    assert fields(Reply(text))["Content"] == text
    assert fields(Reply(text + "c"))["Content"] == "四" * 681 + "…"


def test_a_link_is_dropped_whole() -> None:
    link = '<a href="weixin://bizmsgmenu?msgmenucontent=1&msgmenuid=1">网上报名</a>'
    for room in range(20, 20 + len(link.encode())):
        assert fit("a" * 17 + link + "tail", room) == "a" * 17 + "…"
    assert fit("a" * 17 + link + "b" * 100, 200).startswith("a" * 17 + link + "b")


def test_a_link_longer_than_a_reply_leaves_its_words() -> None:
    assert fit('<a href="http://' + "x" * 3000 + '">网上报名</a>') == "网上报名"
    assert len(fit('<a href="' + "x" * 3000).encode()) <= LIMIT_BYTES


OPTIONS = (Option("网上报名时间", "1"), Option("现场审核 (重庆)", "2"))
TEXT = "1 先登录\n您想问哪一个？\n\n1 网上报名时间\n2 现场审核 (重庆)"


def test_options_become_links_that_send_their_number() -> None:
    content = fields(Reply(TEXT, OPTIONS), menu_links=True)["Content"]
    assert content == (
        "1 先登录\n您想问哪一个？\n\n"
        '1 <a href="weixin://bizmsgmenu?msgmenucontent=1&msgmenuid=1">网上报名时间</a>\n'
        '2 <a href="weixin://bizmsgmenu?msgmenucontent=2&msgmenuid=2">现场审核 (重庆)</a>'
    )


def test_of_two_lines_alike_the_last_is_the_option() -> None:
    text = "1. 网上报名时间\n是哪一个？\n1. 网上报名时间"
    assert fields(Reply(text, OPTIONS), menu_links=True)["Content"].startswith(
        "1. 网上报名时间\n是哪一个？\n1. <a "
    )


def test_links_are_off_unless_wanted() -> None:
    assert fields(Reply(TEXT, OPTIONS))["Content"] == TEXT


def test_links_never_make_a_reply_too_long_or_change_other_lines() -> None:
    long = "四" * 665 + "\n1. 网上报名时间"
    assert fields(Reply(long, OPTIONS), menu_links=True)["Content"] == long
    other = "网上报名时间：2 月 1 日\n2024 年"
    assert fields(Reply(other, OPTIONS), menu_links=True)["Content"] == other
