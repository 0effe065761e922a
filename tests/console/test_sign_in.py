"""The door of the console: who comes in, who does not, and for how long."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.commands import console as command
from bot.console import accounts
from tests.console.conftest import EDITOR, PASSWORD, PUBLISHER, Site
from tests.fakes import FakeClock

Make = Callable[..., Site]
REAL = accounts._HASHER  # before the tests take a cheap one
PAGES = ("/console/today", "/console/unanswered", "/console/try", "/console/history")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_for_staff_who_are_signed_in(make_site: Make, path: str) -> None:
    site = make_site()
    response = site.client.get(path)
    assert (response.status_code, response.location.split("?")[0]) == (302, "/console/login")
    assert site.sign_in(EDITOR).status_code == 302
    assert "<h1>" in site.get(path, 200)


def test_after_the_sign_in_comes_the_page_that_was_asked_for(make_site: Make) -> None:
    assert make_site().sign_in(EDITOR, next="/unanswered?days=30").location == "/console/unanswered?days=30"


@pytest.mark.parametrize(
    "planted", ["//evil.example/", "/\\evil.example", "https://evil.example", "/a\nb", ""]
)
def test_no_link_leads_a_colleague_elsewhere(make_site: Make, planted: str) -> None:
    assert make_site().sign_in(EDITOR, next=planted).location == "/console/today"


def test_a_form_without_its_token_does_nothing(make_site: Make) -> None:
    site = make_site(EDITOR)
    for path in ("/console/logout", "/console/login", "/console/try", "/console/unanswered/x/done"):
        response = site.client.post(path, data={"name": EDITOR, "password": PASSWORD, "text": "四川缴费"})
        assert response.status_code == 400
        assert "刷新" in response.get_data(as_text=True)
    assert "今日" in site.get("/console/today", 200)


def test_five_wrong_passwords_lock_the_name_even_for_the_right_one(make_site: Make, clock: FakeClock) -> None:
    site = make_site()
    answers = [site.sign_in(EDITOR, "wrong password") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [401] * 4 + [429]
    locked = site.sign_in(EDITOR)
    assert locked.status_code == 429
    assert "先锁到 10:15" in locked.get_data(as_text=True)
    assert site.sign_in(PUBLISHER).status_code == 302, "somebody else's name is not locked"
    clock.move(16 * 60)
    assert site.sign_in(EDITOR).status_code == 302


def test_many_names_tried_from_one_address_lock_the_address(make_site: Make) -> None:
    site = make_site()
    for number in range(accounts.ADDRESS_TRIES):
        assert site.sign_in(f"nobody{number}", "wrong password").status_code == 401
    assert site.sign_in(EDITOR).status_code == 429


def test_an_unknown_name_is_answered_as_a_wrong_password(make_site: Make) -> None:
    site = make_site()
    known, unknown = (site.sign_in(name, "wrong password") for name in (EDITOR, "王小明"))
    assert known.status_code == unknown.status_code == 401
    for answer in (known, unknown):
        assert "名字或密码不对" in answer.get_data(as_text=True)


def test_a_real_password_costs_what_owasp_says() -> None:
    assert REAL.hash("a password").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_password_is_stored_as_argon2_and_a_failed_name_as_a_hash(make_site: Make) -> None:
    site = make_site()
    account = site.staff.account(EDITOR)
    assert account is not None
    assert account.password.startswith("$argon2id$")
    site.sign_in("my-password-by-mistake", "x" * 12)
    with site.app.extensions["bot"].store.database.engine.connect() as connection:
        stored = str(connection.exec_driver_sql("SELECT * FROM console_attempts").all())
    assert "mistake" not in stored


def test_the_cookie_is_kept_from_scripts_and_other_sites(make_site: Make) -> None:
    cookie = make_site().sign_in(EDITOR).headers["Set-Cookie"]
    for flag in ("HttpOnly", "SameSite=Lax", "Path=/console"):
        assert flag in cookie
    assert "Secure" not in cookie, "http://127.0.0.1 has no TLS"
    cookie = make_site(bot_public_url="https://bot.example").sign_in(EDITOR).headers["Set-Cookie"]
    assert "Secure" in cookie


def test_a_session_ends_when_idle_and_at_last_in_any_case(make_site: Make, clock: FakeClock) -> None:
    site = make_site(EDITOR)
    for _ in range(7):
        clock.move(100 * 60)
        status = site.client.get("/console/today").status_code
    assert status == 200
    clock.move(100 * 60)
    assert site.client.get("/console/today").status_code == 302, "12 hours are over"
    site.sign_in(EDITOR)
    clock.move(121 * 60)
    assert site.client.get("/console/today").status_code == 302, "2 hours without a page"
    assert "太久没有操作" in site.get("/console/login")


def test_a_new_password_or_a_disabled_account_ends_the_sessions_there_are(make_site: Make) -> None:
    site = make_site(EDITOR)
    accounts.reset(site.staff, EDITOR, "another password")
    assert site.client.get("/console/today").status_code == 302
    assert site.sign_in(EDITOR, "another password").status_code == 302
    site.staff.change(EDITOR, disabled=True)
    assert site.client.get("/console/today").status_code == 302
    assert site.sign_in(EDITOR, "another password").status_code == 401


def test_signing_out_signs_out(make_site: Make) -> None:
    site = make_site(EDITOR)
    assert site.post("/console/logout").status_code == 302
    assert site.client.get("/console/today").status_code == 302
    assert [act.act for act in site.staff.acts()] == ["退出", "登录"]


def test_short_passwords_strange_names_and_taken_ones_are_refused(make_site: Make) -> None:
    staff = make_site().staff
    for name, role, password, words in (
        ("新人", "编辑", "short", "密码要 10 到 200"),
        ("a b", "编辑", PASSWORD, "名字要 1 到 32"),
        ("新人", "老板", PASSWORD, "角色只有"),
        (EDITOR, "编辑", PASSWORD, "已经有"),
    ):
        with pytest.raises(accounts.AccountError, match=words):
            accounts.add(staff, name, role, password)
    assert staff.account("新人") is None


def test_every_page_has_the_policy_and_is_kept_out_of_caches(make_site: Make) -> None:
    site = make_site(EDITOR)
    for path in (*PAGES, "/console/nothing"):
        response = site.client.get(path)
        assert response.headers["Content-Security-Policy"].startswith("default-src 'self';")
        assert response.headers["Cache-Control"] == "no-store"
        text = response.get_data(as_text=True)
        assert " style=" not in text
        assert " onclick=" not in text
        assert "<style" not in text
        assert "//cdn" not in text
    with site.client.get("/console/bootstrap/static/css/bootstrap.min.css") as sheet:
        assert sheet.status_code == 200


def test_the_command_line_knows_the_roles() -> None:
    assert command.ROLES == accounts.ROLES


def test_an_address_that_asks_too_often_waits(make_site: Make) -> None:
    site = make_site(bot_limit_address=5)
    answers = [site.client.get("/console/login").status_code for _ in range(7)]
    assert answers[0] == 200
    assert answers[-1] == 429
    assert "太频繁了" in site.get("/console/login", 429)
