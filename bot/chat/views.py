"""GET /chat, the H5 page in the look of a chat, and POST /api/messages, the JSON it talks to."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, make_response, render_template, request
from werkzeug.exceptions import RequestEntityTooLarge

from bot.clock import Clock
from bot.conversation import Message, Turn
from bot.settings import Settings

CHANNEL = "web"
TITLE = "医师资格考试报名助手"
EXAMPLES = ("四川技能考试几号缴费", "重庆网上报名时间", "二试怎么报名", "报名要准备哪些材料")
TEXT_CHARS = 10_000
# 10 000 characters outside the basic plane, each written as two \uXXXX escapes, are 120 KB of JSON.
BODY_BYTES = 256 * 1024
STATIC = Path(__file__).with_name("static")
# An id or a key becomes part of a database key and of a log field: nothing in it may need escaping.
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
# Control characters say nothing and PostgreSQL stores no NUL; half a surrogate pair cannot be written as UTF-8.
UNSAYABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
BEIJING = ZoneInfo("Asia/Shanghai")


class Exchange(Protocol):
    """What this room needs of bot.exchange: one message in, the same bytes out for every try of it."""

    def take(
        self, *, user: str, key: str, channel: str, message: Message, write: Callable[[Turn], bytes]
    ) -> bytes:
        """Answer `message`, or give again what was answered to `key`. Never raises."""


class Refusal(Exception):
    """No answer to give. `text` is Chinese and may be shown to the person who sent it."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.text = text
        self.status = status


def create_blueprint(exchange: Exchange, settings: Settings, clock: Clock) -> Blueprint:
    """The page, its files and its endpoint.

    Args:
        clock: when answers believe it is; the page shows it while `settings.bot_now` is set.
    """
    # Same path, other content, other address: so the files may be cached for a year.
    version = _fingerprint(STATIC)
    blueprint = Blueprint(
        "chat",
        __name__,
        template_folder="templates",
        static_folder=str(STATIC),
        static_url_path="/chat/static",
    )

    @blueprint.get("/chat")
    def page() -> Response:
        now = clock.now().astimezone(BEIJING) if settings.bot_now is not None else None
        html = render_template("chat/chat.html", title=TITLE, examples=EXAMPLES, version=version, now=now)
        response = make_response(html)
        response.headers["Cache-Control"] = "no-cache"
        return response

    @blueprint.post("/api/messages")
    def messages() -> Response:
        try:
            user, text, key = _read_message()
        except Refusal as error:
            return _refuse(error)
        answer = exchange.take(
            user=f"{CHANNEL}:{user}",
            key=key,
            channel=CHANNEL,
            message=Message("text", text),
            write=lambda turn: json.dumps(turn.to_dict(key), ensure_ascii=False).encode(),
        )
        # Even the apology could not be written: what is left is a status the page knows how to show.
        return _json(answer) if answer else _refuse(Refusal("服务暂时不可用，请稍后再试。", 503))

    @blueprint.after_request
    def cache_files(response: Response) -> Response:
        if (
            request.endpoint == "chat.static"
            and request.args.get("v") == version
            and response.status_code < 400
        ):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    return blueprint


def _read_message() -> tuple[str, str, str]:
    """The user, the text and the key of the current request; a key of our own where none was sent.

    Raises:
        Refusal: with the status and the words to answer.
    """
    # A page of another site can post a form without asking the browser, but not this type.
    if not request.is_json:
        raise Refusal("请用 Content-Type: application/json 发送 JSON。", 415)
    request.max_content_length = BODY_BYTES
    try:
        body = json.loads(request.get_data())
    except RequestEntityTooLarge:
        raise Refusal(f"请求太大，最多 {BODY_BYTES // 1024} KB。", 413) from None
    except (ValueError, RecursionError):
        raise Refusal("请求不是有效的 JSON（UTF-8）。") from None
    if not isinstance(body, dict):
        raise Refusal('请求应是一个 JSON 对象，例如 {"user": "abc", "text": "你好"}。')
    user = _name(body, "user")
    if user is None:
        raise Refusal("缺少 user。")
    key = _name(body, "key") or secrets.token_hex(16)
    text = body.get("text")
    if text is None:
        raise Refusal("缺少 text。")
    if not isinstance(text, str):
        raise Refusal("text 应是字符串。")
    if len(text) > TEXT_CHARS:
        raise Refusal(f"消息太长：最多 {TEXT_CHARS} 个字，收到 {len(text)} 个。")
    text = UNSAYABLE.sub("", text)
    if not text.strip():
        raise Refusal("消息是空的。")
    return user, text, key


def _name(body: dict[str, Any], field: str) -> str | None:
    value = body.get(field)
    if value is None:
        return None
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise Refusal(f"{field} 应是 1–64 个字母、数字、“_”或“-”。")
    return value


def _refuse(error: Refusal) -> Response:
    words = json.dumps({"error": error.text, "status": error.status}, ensure_ascii=False)
    return _json(words.encode(), error.status)


def _json(body: bytes, status: int = 200) -> Response:
    return Response(
        body, status, {"Cache-Control": "no-store"}, content_type="application/json; charset=utf-8"
    )


def _fingerprint(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
