"""POST /api/messages: what goes in, what comes out, and what is refused in plain Chinese."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.chat.views import BODY_BYTES
from bot.conversation import Message

if TYPE_CHECKING:
    from tests.chat.conftest import ScriptedExchange


@pytest.fixture
def client(make_app: Callable[..., Flask]) -> FlaskClient:
    """The chat alone; the last test asks the whole service."""
    return make_app().test_client()


def post(client: FlaskClient, body: object) -> Any:
    return client.post("/api/messages", json=body)


def test_it_answers_with_the_line_of_ask_batch_and_an_id(client: FlaskClient) -> None:
    response = post(client, {"user": "abc", "text": "报名", "key": "k-1"})
    assert response.status_code == 200
    assert response.content_type == "application/json; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.json == {
        "id": "k-1",
        "decision": "answer",
        "entry": "pay-time",
        "stage": "技能缴费",
        "region": "四川",
        "audience": "执业",
        "year": 2024,
        "score": 0.93,
        "reply": "您在哪个地区考试？\n1. 四川\n2. 重庆",
        "options": [{"label": "四川", "send": "1"}, {"label": "重庆", "send": "2"}],
    }


def test_the_user_lives_in_the_namespace_web(client: FlaskClient, exchange: ScriptedExchange) -> None:
    post(client, {"user": "oFAKE-openid_of-28-characters", "text": "你好", "key": "k"})
    assert exchange.taken == [("web:oFAKE-openid_of-28-characters", "k", "web", Message("text", "你好"))]


def test_a_retry_gets_the_same_bytes_and_is_heard_once(
    client: FlaskClient, exchange: ScriptedExchange
) -> None:
    first = post(client, {"user": "abc", "text": "报名", "key": "k"})
    second = post(client, {"user": "abc", "text": "报名", "key": "k"})
    assert first.data == second.data
    assert len(exchange.taken) == 1


def test_without_a_key_every_message_is_new(client: FlaskClient, exchange: ScriptedExchange) -> None:
    ids = {post(client, {"user": "abc", "text": "报名"}).json["id"] for _ in range(3)}
    assert len(ids) == len(exchange.taken) == 3


def test_script_comes_back_as_the_text_it_is(client: FlaskClient) -> None:
    text = "<script>alert('1')</script>"
    response = post(client, {"user": "abc", "text": text})
    assert response.json["reply"] == f"收到：{text}"
    assert response.mimetype == "application/json"


@pytest.mark.parametrize(
    ("sent", "heard"),
    [
        ("  报名\n四川  ", "  报名\n四川  "),
        ("报\x00名\x1b[0m\r\n", "报名[0m\r\n"),
        ("报名\ud83d", "报名"),
        ("😀" * 10_000, "😀" * 10_000),
    ],
    ids=["spaces stay", "control characters", "half an emoji", "10 000 escaped emoji"],
)
def test_what_cannot_be_said_is_dropped(
    client: FlaskClient, exchange: ScriptedExchange, sent: str, heard: str
) -> None:
    body = json.dumps({"user": "abc", "text": sent})
    response = client.post("/api/messages", data=body, content_type="application/json")
    assert response.status_code == 200
    assert exchange.texts == [heard]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ([], "JSON 对象"),
        ("你好", "JSON 对象"),
        (None, "JSON 对象"),
        ({}, "缺少 user"),
        ({"text": "报名"}, "缺少 user"),
        ({"user": None, "text": "报名"}, "缺少 user"),
        ({"user": "abc"}, "缺少 text"),
        ({"user": "abc", "text": None}, "缺少 text"),
        ({"user": 7, "text": "报名"}, "user 应是 1–64 个"),
        ({"user": "", "text": "报名"}, "user 应是 1–64 个"),
        ({"user": "a" * 65, "text": "报名"}, "user 应是 1–64 个"),
        ({"user": "web:abc", "text": "报名"}, "user 应是 1–64 个"),
        ({"user": "abc\n", "text": "报名"}, "user 应是 1–64 个"),
        ({"user": "张三", "text": "报名"}, "user 应是 1–64 个"),
        ({"user": "abc", "text": "报名", "key": ["k"]}, "key 应是 1–64 个"),
        ({"user": "abc", "text": "报名", "key": ""}, "key 应是 1–64 个"),
        ({"user": "abc", "text": 12}, "text 应是字符串"),
        ({"user": "abc", "text": {"a": 1}}, "text 应是字符串"),
        ({"user": "abc", "text": ""}, "消息是空的"),
        ({"user": "abc", "text": " \n\t"}, "消息是空的"),
        ({"user": "abc", "text": "\x00"}, "消息是空的"),
        ({"user": "abc", "text": "长" * 10_001}, "最多 10000 个字，收到 10001 个"),
    ],
)
def test_a_bad_message_is_refused_in_chinese(
    client: FlaskClient, exchange: ScriptedExchange, body: object, says: str
) -> None:
    response = client.post("/api/messages", data=json.dumps(body), content_type="application/json")
    assert response.status_code == 400
    assert response.json is not None
    assert says in response.json["error"]
    assert response.json["status"] == 400
    assert exchange.taken == []


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"\xff\xfe\xfa", b"[" * 100_000, b'{"user": ' + b"9" * 5000],
    ids=lambda data: str(data[:9]),
)
def test_broken_json_is_refused(client: FlaskClient, data: bytes) -> None:
    response = client.post("/api/messages", data=data, content_type="application/json")
    assert response.status_code == 400
    assert "JSON" in response.get_json()["error"]


def test_a_body_over_the_limit_is_refused(client: FlaskClient) -> None:
    response = client.post("/api/messages", data=b" " * (BODY_BYTES + 1), content_type="application/json")
    assert response.status_code == 413
    assert "256 KB" in response.get_json()["error"]


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data", None]
)
def test_a_form_of_another_site_cannot_speak_for_a_visitor(client: FlaskClient, kind: str | None) -> None:
    response = client.post("/api/messages", data=b'{"user": "abc", "text": "x"}', content_type=kind)
    assert response.status_code == 415
    assert "application/json" in response.get_json()["error"]


def test_an_exchange_with_nothing_left_to_say_is_a_503(
    client: FlaskClient, exchange: ScriptedExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "take", lambda **_: b"")
    response = post(client, {"user": "abc", "text": "报名"})
    assert response.status_code == 503
    assert "暂时不可用" in response.json["error"]


def test_the_whole_service_answers_a_retry_as_before(app: Flask) -> None:
    client = app.test_client()
    body = {"user": "abc", "text": "报名", "key": "k"}
    first, again = post(client, body), post(client, body)
    other = post(client, {**body, "user": "abd"})
    assert first.json["reply"] == "1 报名"
    assert (first.json["id"], first.json["decision"], first.json["region"]) == ("k", "answer", "四川")
    assert again.data == first.data
    assert other.json["reply"] == "1 报名"
    longest = json.dumps({"user": "abc", "text": "😀" * 10_000})
    assert client.post("/api/messages", data=longest, content_type="application/json").status_code == 200
    assert client.get("/chat").status_code == 200
