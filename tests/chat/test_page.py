"""GET /chat and its files, without a browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask

from bot.chat.views import EXAMPLES, STATIC, TITLE

MakeApp = Callable[..., Flask]


def test_the_page_greets_by_name_and_offers_examples(make_app: MakeApp) -> None:
    response = make_app().test_client().get("/chat")
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-cache"
    assert f"<title>{TITLE}</title>" in response.text
    for example in EXAMPLES:
        assert f'value="{example}"' in response.text


def test_the_rehearsal_is_shown_in_beijing_time(make_app: MakeApp) -> None:
    html = (
        make_app(bot_now=datetime.fromisoformat("2024-04-06T02:00:00+00:00")).test_client().get("/chat").text
    )
    assert "演练时间：2024 年 4 月 6 日 10:00（BOT_NOW）" in html


def test_in_earnest_there_is_no_banner(make_app: MakeApp) -> None:
    html = make_app().test_client().get("/chat").text
    assert "BOT_NOW" not in html
    assert "data-now" not in html


def test_nothing_comes_from_elsewhere_and_nothing_is_inline(make_app: MakeApp) -> None:
    html = make_app().test_client().get("/chat").text
    addresses = re.findall(r'(?:src|href|data-api)="([^"]*)"', html)
    assert addresses
    assert all(address.startswith("/") and not address.startswith("//") for address in addresses)
    assert "<style" not in html
    assert not re.search(r"<script(?![^>]* src=)", html)
    assert not re.search(r"\s(?:style|on\w+)=", html)
    css = (STATIC / "chat.css").read_text("utf-8")
    assert "url(" not in css
    assert "@import" not in css


def test_files_are_kept_for_a_year_only_under_their_fingerprint(make_app: MakeApp) -> None:
    client = make_app().test_client()
    for address in re.findall(r'(?:src|href)="(/chat/static/[^"]*)"', client.get("/chat").text):
        with client.get(address) as kept:
            assert kept.status_code == 200, address
            assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        for other in (address.split("?")[0], address.split("?")[0] + "?v=old"):
            with client.get(other) as checked:
                assert "max-age" not in checked.headers["Cache-Control"]


def test_no_file_outside_the_folder_is_served(make_app: MakeApp) -> None:
    client = make_app().test_client()
    for path in ("/chat/static/../views.py", "/chat/static/%2e%2e/views.py", "/chat/static/nothing.js"):
        assert client.get(path).status_code == 404


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[index : index + 2], 16) / 255 for index in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        ("ink", "ground"),
        ("ink", "bot"),
        ("ink", "field"),
        ("me-ink", "me"),
        ("soft", "ground"),
        ("soft", "bot"),
        ("soft", "field"),
        ("link", "bot"),
        ("deed", "chip"),
        ("deed-ink", "deed"),
        ("warn-ink", "warn"),
    ],
)
def test_every_text_stands_out_from_its_ground(scheme: str, ink: str, ground: str) -> None:
    """WCAG 2 AA: 4.5 : 1."""
    css = (STATIC / "chat.css").read_text("utf-8")
    light, dark = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#\w+);", light if scheme == "light" else dark))
    lighter, darker = sorted((_luminance(colours[ink]), _luminance(colours[ground])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5
