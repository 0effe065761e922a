"""The doors that the fuzzing tries, each a function that throws examples at one app and asserts what came back."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from bench import rubbish
from bot.answers.reply import LIMIT_BYTES
from bot.clock import Clock
from bot.conversation import Assistant, Message
from bot.settings import Settings
from bot.simulate import wire
from bot.wechat.protocol import MAX_BODY_BYTES

TOKEN, APP_ID, KEY = "fuzz", "wxba5fad812f8e6fb9", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
MODES = ("plain", "safe")


def app_of(assistant: Assistant, mode: str, folder: Path) -> Flask:
    """The whole app over a database of its own, without limits."""
    from bot.app import create_app

    told: dict[str, Any] = {
        "wechat_token": TOKEN,
        "bot_limit_candidate": 0,
        "bot_limit_unsigned": 0,
        "bot_limit_address": 0,
    }
    if mode == "safe":
        told |= {"wechat_app_id": APP_ID, "wechat_encoding_aes_key": KEY}

    class Source:
        version, loaded_at = "fuzz", None

        def current(self) -> Assistant:
            return assistant

    app = create_app(Settings(bot_var=folder / mode, **told), Source(), Clock())
    app.testing = True  # what raises inside comes out here
    return app


Test = Callable[[Any], Any]
"""Takes hypothesis's settings, gives the function that tries examples until it finds a fault."""
CLEAN = range(400, 500)


def _tried_with(*examples: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Test]:
    """The Test that throws `examples` at a check, an argument each."""

    def made(check: Callable[..., None]) -> Test:
        return lambda settings: settings(given(*examples)(check))

    return made


def checks(assistant: Assistant, folder: Path) -> dict[str, Callable[[], Test]]:
    """Name -> makes what is tried, with an app of its own."""

    def client(mode: str, name: str) -> FlaskClient:
        return app_of(assistant, mode, folder / name).test_client()

    pushes = {
        f"{mode}, {'signed' if signed else 'unsigned'}": partial(_push_to, client, mode, signed)
        for mode in MODES
        for signed in (True, False)
    }
    return pushes | {
        "envelopes": lambda: _enveloped(client("safe", "envelopes")),
        "queries": lambda: _queried(client("plain", "queries"), client("safe", "queries")),
        "headers": lambda: _headed(client("plain", "headers")),
        "pages": lambda: _visited(client("plain", "pages")),
        "forms": lambda: _filled(client("plain", "forms")),
        "/api/messages": lambda: _asked(client("plain", "api")),
        "conversations": lambda: _talked(assistant),
    }


def _push_to(client: Callable[[str, str], FlaskClient], mode: str, signed: bool) -> Test:
    return _pushed(client(mode, f"pushes {signed}"), mode, signed)


def _pushed(client: FlaskClient, mode: str, signed: bool) -> Test:
    """Any body, rightly signed and sealed: 200; with a wrong signature: never."""
    account = wire.Account(TOKEN, mode, APP_ID, "" if mode == "plain" else KEY)

    @_tried_with(rubbish.body)
    def test(sent: bytes) -> None:
        query, data = wire.request(sent + (b"" if mode == "plain" else b"</xml>"), account, int(time.time()))
        if not signed:
            query["signature"] = query["msg_signature"] = "0" * 40
        answer = client.post("/wechat", query_string=query, data=data)
        if len(data) > MAX_BODY_BYTES:
            assert answer.status_code == 413, (mode, signed, answer.status_code)
            return
        expected = (200,) if signed else (400, 403, 413)
        assert answer.status_code in expected, (mode, signed, answer.status_code)
        if signed:
            assert answer.data == b"success" or answer.data.startswith(b"<xml>"), answer.data

    return test


def _enveloped(client: FlaskClient) -> Test:
    """What stands in <Encrypt>, signed with the token: what can't be opened, or is meant for another AppID, is refused."""

    @_tried_with(rubbish.envelopes(KEY))
    def test(envelope: str) -> None:
        now = int(time.time())
        xml = f"<xml><Encrypt><![CDATA[{envelope}]]></Encrypt></xml>".encode("utf-8", "surrogatepass")
        read = xmltodict_value(xml)
        query = {
            "timestamp": str(now),
            "nonce": "n",
            "msg_signature": wire.sign(TOKEN, str(now), "n", read),
        }
        answer = client.post("/wechat", query_string=query, data=xml)
        assert answer.status_code in (400, 403), answer.status_code

    return test


def xmltodict_value(xml: bytes) -> str:
    """What a parser takes for the content of <Encrypt>; "" where it takes none."""
    import xmltodict

    with suppress(Exception):
        return str(xmltodict.parse(xml)["xml"]["Encrypt"] or "")
    return ""


def _queried(plain: FlaskClient, safe: FlaskClient) -> Test:
    """Any query, to GET and POST: nobody guesses a signature."""

    @_tried_with(rubbish.query, rubbish.push, st.booleans())
    def test(query: dict[str, str], sent: bytes, many: bool) -> None:
        told = [(name, value) for name, value in query.items() for _ in range(2 if many else 1)]
        for client in (plain, safe):
            for answer in (
                client.get("/wechat", query_string=told),
                client.post("/wechat", query_string=told, data=sent),
            ):
                assert answer.status_code in CLEAN, answer.status_code
        nonce = query.get("nonce", "")
        right = {
            **query,
            "timestamp": "1700000000",
            "signature": wire.sign(TOKEN, "1700000000", nonce),
            "nonce": nonce,
        }
        answer = plain.get("/wechat", query_string=right)
        assert answer.status_code == (200 if query.get("echostr") else 400), answer.status_code
        assert answer.status_code != 200 or answer.text == query["echostr"]
        assert answer.mimetype == "text/plain", "an echo is no page"
        # Signed, and of no time: 403, never an exception.
        assert plain.post("/wechat", query_string=right, data=sent).status_code in (403, 413)

    return test


def _headed(client: FlaskClient) -> Test:
    """Any headers, at every page."""

    @_tried_with(rubbish.headers, st.sampled_from(rubbish.PATHS), rubbish.body)
    def test(headers: dict[str, str], path: str, sent: bytes) -> None:
        for method in ("GET", "POST"):
            with client.open(
                path, method=method, headers=headers, data=sent if method == "POST" else None
            ) as answer:
                assert _clean(answer.status_code), (method, path, answer.status_code)

    return test


def _visited(client: FlaskClient) -> Test:
    """Any path, with any method; whatever is there or not bears the headers that guard a page."""

    @_tried_with(
        rubbish.path, rubbish.query, st.sampled_from(("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"))
    )
    def test(path: str, query: dict[str, str], method: str) -> None:
        # As a server hands it over: the test client would read a host or a query into it.
        given = {"PATH_INFO": path.encode("utf-8", "replace").decode("latin-1")}
        with client.open("/", method=method, query_string=query, environ_overrides=given) as answer:
            assert _clean(answer.status_code), (method, path, answer.status_code)
            assert answer.headers["X-Content-Type-Options"] == "nosniff"

    return test


def _filled(client: FlaskClient) -> Test:
    """The door of the console, with a form of its own making and with a right token: nobody gets in."""

    @_tried_with(
        rubbish.form,
        st.booleans(),
        st.sampled_from(("/console/login", "/console/today", "/console/logout", "/console/knowledge")),
    )
    def test(form: dict[str, str], right: bool, path: str) -> None:
        if right:
            page = client.get("/console/login").get_data(as_text=True)
            found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
            form = form | {"csrf_token": found[1] if found else ""}
        answer = client.post(path, data=form)
        assert answer.status_code in (200, 302, 303, *CLEAN), (path, answer.status_code)
        assert client.get("/console/today").status_code in (302, 303), "in without a password"

    return test


def _asked(client: FlaskClient) -> Test:
    """Any JSON and what is none: an object comes back."""

    @_tried_with(
        rubbish.message,
        st.sampled_from(("application/json", "text/plain", "application/json; charset=utf-16", "")),
    )
    def test(sent: bytes, kind: str) -> None:
        answer = client.post("/api/messages", data=sent, content_type=kind)
        assert answer.status_code in (200, 400, 413, 415), answer.status_code
        assert isinstance(answer.get_json(), dict)

    return test


def _talked(assistant: Assistant) -> Test:
    """Several messages of one candidate."""

    @_tried_with(
        st.lists(
            st.tuples(
                st.sampled_from(("text", "text", "click", "subscribe", "image", "other")), rubbish.text
            ),
            max_size=6,
        )
    )
    def test(messages: list[tuple[str, str]]) -> None:
        session, now = None, Clock().now()
        for kind, said in messages:
            turn = assistant.respond(Message(kind, said), session, now)
            assert len(turn.reply.text.encode("utf-8", "surrogatepass")) <= LIMIT_BYTES
            assert "{" not in turn.reply.text or "{" in said
            session = turn.session

    return test


def _clean(status: int) -> bool:
    # 503: /readyz of a database that is busy, /wechat that is off
    return status < 400 or status in CLEAN or status == 503
