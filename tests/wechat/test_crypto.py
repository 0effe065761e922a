"""Signatures and AES against the vectors of the platform's own pages, and against the simulator's separate code."""

from __future__ import annotations

import base64
import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.simulate import wire
from bot.wechat.crypto import Cipher, UndecryptableError, WrongAppIdError, signature, signed

TOKEN, APP_ID, KEY = "AAAAA", "wxba5fad812f8e6fb9", "A" * 43
NOW = datetime(2024, 4, 26, 6, 20, 45, tzinfo=UTC)
# 消息推送, example of safe mode: the pushed body and its msg_signature.
ENCRYPTED = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR"
    "8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km3"
    "2IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
)
messages = st.binary(max_size=400)


def test_the_official_signatures() -> None:
    assert signature(TOKEN, "1714036504", "1514711492") == "f464b24fc39322e44b38aa78f5edd27bd1441696"
    assert signature(TOKEN, "1714112445", "415670741") == "6c5c811b55cc85e0e1b54100749188c20beb3f5d"
    assert (
        signature(TOKEN, "1714112445", "415670741", ENCRYPTED) == "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"
    )


def test_the_official_encrypted_push() -> None:
    inside = json.loads(Cipher(TOKEN, KEY, APP_ID).decrypt(ENCRYPTED))
    assert inside["debug_str"] == "hello world"
    assert json.loads(wire.unseal(ENCRYPTED, KEY, APP_ID)) == inside


@pytest.mark.parametrize(
    "claimed", ["", "签名", "F464B24FC39322E44B38AA78F5EDD27BD1441696", "\ud800", "0" * 40]
)
def test_nothing_but_the_signature_is_one(claimed: str) -> None:
    assert not signed(claimed, TOKEN, "1714036504", "1514711492")


@given(messages)
def test_it_opens_what_the_platform_seals(message: bytes) -> None:
    assert Cipher(TOKEN, KEY, APP_ID).decrypt(wire.seal(message, KEY, APP_ID)) == message


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=400))
def test_the_platform_opens_what_it_seals(text: str) -> None:
    sealed = wire._fields(Cipher(TOKEN, KEY, APP_ID).seal(text.encode(), NOW))
    assert sealed["MsgSignature"] == wire.sign(TOKEN, sealed["TimeStamp"], sealed["Nonce"], sealed["Encrypt"])
    assert sealed["TimeStamp"] == "1714112445"
    assert wire.unseal(sealed["Encrypt"], KEY, APP_ID).decode() == text


def test_another_key_is_told_from_another_account() -> None:
    sealed = wire.seal(b"<xml/>", KEY, APP_ID)
    with pytest.raises(UndecryptableError):
        Cipher(TOKEN, "B" * 43, APP_ID).decrypt(sealed)
    with pytest.raises(WrongAppIdError):
        Cipher(TOKEN, KEY, "wx0000000000000000").decrypt(sealed)


@given(st.one_of(st.text(), st.binary().map(lambda raw: base64.b64encode(raw).decode())))
def test_rubbish_is_undecryptable_and_nothing_else(rubbish: str) -> None:
    with pytest.raises((UndecryptableError, WrongAppIdError)):
        Cipher(TOKEN, KEY, APP_ID).decrypt(rubbish)


@given(st.integers(0, len(ENCRYPTED)), st.characters(codec="ascii"))
def test_one_changed_character_never_raises_anything_else(place: int, character: str) -> None:
    with suppress(UndecryptableError, WrongAppIdError):
        Cipher(TOKEN, KEY, APP_ID).decrypt(ENCRYPTED[:place] + character + ENCRYPTED[place + 1 :])


@pytest.mark.parametrize("key", ["", "A" * 42, "A" * 44, "密" * 43, "A" * 42 + "!"])
def test_a_key_that_is_none_is_refused_at_the_start(key: str) -> None:
    with pytest.raises(ValueError, match="43"):
        Cipher(TOKEN, key, APP_ID)


def test_a_key_without_its_app_id_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="WECHAT_APP_ID"):
        Cipher(TOKEN, KEY, "")
