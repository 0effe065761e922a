"""/subscribe: there for accounts that have the button, signed for the address on the phone, and alone in what it may load."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from structlog.testing import capture_logs
from werkzeug.serving import make_server

from bot.app import create_app
from bot.reminders.account import Account
from bot.settings import Settings
from bot.simulate.platform.server import APP_ID, SECRET, Twin
from bot.wechat.jssdk import signature
from bot.wechat.subscribe import offered
from tests.fakes import EchoAssistant, FakeClock, FixedSource

PUBLIC = "https://bot.example.org"
WHOLE: dict[str, Any] = {
    "wechat_account": "service-certified",
    "wechat_app_id": APP_ID,
    "wechat_app_secret": SECRET,
    "wechat_subscribe_template_id": "tmpl_1",
    "wechat_subscribe_template_fields": "thing1={考区}{环节}",
    "bot_public_url": f"{PUBLIC}/",
}


@pytest.fixture
def twin() -> Iterator[Twin]:
    with Twin() as twin:
        yield twin


@pytest.fixture
def make(settings: Settings, clock: FakeClock, twin: Twin) -> Iterator[Callable[..., Flask]]:
    """make(**settings) -> an app whose platform is the twin."""
    apps: list[Flask] = []

    def start(**told: Any) -> Flask:
        changed = {**settings.model_dump(), "wechat_api_base_url": twin.url, **WHOLE, **told}
        apps.append(create_app(Settings(**changed), FixedSource(EchoAssistant()), clock))
        return apps[-1]

    with capture_logs():
        yield start
    for app in apps:
        app.extensions["bot"].store.close()


@pytest.fixture
def page(make: Callable[..., Flask]) -> FlaskClient:
    return make().test_client()


def data(html: str) -> dict[str, str]:
    return dict(re.findall(r' data-([a-z-]+)="([^"]*)"', html))


def test_the_signature_is_the_official_one() -> None:
    ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
    for url in ("http://mp.weixin.qq.com?params=value", "http://mp.weixin.qq.com?params=value#part"):
        signed = signature(ticket, "Wm3WZYTPz0wzccnW", 1414587457, url)
        assert signed == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"


@pytest.mark.parametrize("query", ["", "?from=singlemessage&isappinstalled=0", "?a=%E5%9B%9B"])
def test_the_page_is_signed_for_the_address_on_the_phone(page: FlaskClient, twin: Twin, query: str) -> None:
    response = page.get(f"/subscribe{query}", headers={"Host": "elsewhere.example"})
    told = data(response.text)
    ticket = twin.world.ticket()[0]
    assert told["app-id"] == APP_ID
    assert told["signature"] == signature(
        ticket, told["nonce"], int(told["timestamp"]), f"{PUBLIC}/subscribe{query}"
    )
    assert ticket not in response.text
    assert SECRET not in response.text
    assert 'template="tmpl_1"' in response.text


def test_each_visit_has_a_nonce_of_its_own_and_the_ticket_is_fetched_once(
    page: FlaskClient, twin: Twin
) -> None:
    nonces = {data(page.get("/subscribe").text)["nonce"] for _ in range(3)}
    assert len(nonces) == 3
    assert twin.world.calls["ticket/getticket"] == 1


def test_only_this_page_may_load_the_platform_s_script(page: FlaskClient) -> None:
    assert "https://res.wx.qq.com" in page.get("/subscribe").headers["Content-Security-Policy"]
    for other in ("/chat", "/healthz", "/nothing", "/subscribe/static/subscribe.js"):
        response = page.get(other)
        assert "qq.com" not in response.headers["Content-Security-Policy"]
        response.close()


def test_the_page_is_kept_by_nobody_and_runs_no_script_of_its_own(page: FlaskClient) -> None:
    response = page.get("/subscribe")
    assert response.headers["Cache-Control"] == "no-store"
    inline = re.findall(r"<script(?![^>]*src=)([^>]*)>", response.text)
    assert inline
    assert all('type="text/wxtag-template"' in written for written in inline)


@pytest.mark.parametrize(
    "missing",
    [
        {"wechat_account": "subscription"},
        {"wechat_account": "subscription-certified"},
        {"wechat_account": "service"},
        {"wechat_app_id": None},
        {"wechat_app_secret": None},
        {"wechat_subscribe_template_id": None, "wechat_subscribe_template_fields": None},
        {"bot_public_url": None},
    ],
)
def test_where_the_button_can_t_be_there_is_no_page(
    make: Callable[..., Flask], missing: dict[str, Any]
) -> None:
    app = make(**missing)
    assert app.test_client().get("/subscribe").status_code == 404
    assert Account.of(app.extensions["bot"].settings).grant_url == "", "and no reply points to it"


def test_replies_point_to_the_page_where_it_is(make: Callable[..., Flask]) -> None:
    settings = make().extensions["bot"].settings
    assert offered(settings)
    assert Account.of(settings).grant_url == f"{PUBLIC}/subscribe"


def test_a_platform_that_refuses_is_asked_once_a_minute(
    make: Callable[..., Flask], twin: Twin, clock: FakeClock
) -> None:
    page = make(wechat_app_secret="wrong").test_client()
    for _ in range(5):
        response = page.get("/subscribe")
        assert response.status_code == 503
        assert "过一会儿再试" in response.text
        assert data(response.text) == {}
    assert twin.world.calls["stable_token"] == 1
    clock.move(61)
    page.get("/subscribe")
    assert twin.world.calls["stable_token"] == 2


# --- in a browser

STUB = """
window.wx = {config: (told) => { window.told = told; }, error: (heard) => { window.failed = heard; }};
"""
PHONE = (
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36 MicroMessenger/8.0.50"
)


@contextmanager
def serve(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def browser(chromium: Any) -> Iterator[Callable[..., None]]:
    """browser(url, agent, stub) opens the page; the platform's own address is not asked."""
    added: list[str] = []

    def visit(url: str, agent: str = PHONE, stub: str = STUB) -> None:
        chromium.execute_cdp_cmd("Network.enable", {})
        chromium.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*res.wx.qq.com*"]})
        chromium.execute_cdp_cmd("Network.setUserAgentOverride", {"userAgent": agent})
        script = chromium.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": stub})
        added.append(script["identifier"])
        chromium.get(url)

    yield visit
    for identifier in added:
        chromium.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", {"identifier": identifier})
    chromium.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})
    chromium.execute_cdp_cmd("Network.setUserAgentOverride", {"userAgent": ""})


def seen(chromium: Any) -> list[str]:
    shown: list[str] = chromium.execute_script(
        "return [...document.querySelectorAll('main [id]')].filter(e => e.checkVisibility()).map(e => e.id)"
    )
    return shown


@pytest.mark.chromium
def test_the_button_of_wechat_s_browser(
    make: Callable[..., Flask], chromium: Any, browser: Callable[..., None]
) -> None:
    with serve(make()) as url:
        browser(f"{url}/subscribe")
        told = chromium.execute_script("return window.told")
        assert told["openTagList"] == ["wx-open-subscribe"]
        assert told["appId"] == APP_ID
        assert len(told["signature"]) == 40
        assert "allow" in seen(chromium)
        for details, then in (
            ('{"tmpl_1":"{\\"status\\":\\"accept\\"}"}', {"done", "count"}),
            ({"tmpl_1": {"status": "accept"}}, {"done", "count"}),
            ('{"tmpl_1":"{\\"status\\":\\"reject\\"}"}', {"refused"}),
        ):
            chromium.execute_script(
                "document.getElementById('button').dispatchEvent("
                "new CustomEvent('success', {detail: {subscribeDetails: arguments[0]}}))",
                details,
            )
            assert then <= set(seen(chromium))
        assert chromium.execute_script("return document.getElementById('count').textContent") == "2"
        chromium.execute_script("document.dispatchEvent(new CustomEvent('WeixinOpenTagsError'))")
        assert "old" in seen(chromium)
        chromium.execute_script("window.failed()")
        assert "failed" in seen(chromium)


@pytest.mark.chromium
@pytest.mark.parametrize(("agent", "stub", "said"), [("Safari", STUB, "outside"), (PHONE, "", "failed")])
def test_without_the_button_the_page_says_why(
    make: Callable[..., Flask],
    chromium: Any,
    browser: Callable[..., None],
    agent: str,
    stub: str,
    said: str,
) -> None:
    with serve(make()) as url:
        browser(f"{url}/subscribe", agent, stub)
        assert seen(chromium) == [said]
