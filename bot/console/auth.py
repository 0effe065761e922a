"""Signing in and out; who may see a page at all."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from bot.console.accounts import sign_in
from bot.console.parts import Console, spoken
from bot.observability import get_logger
from bot.storage.staff import Account

log = get_logger(__name__)

IDLE = timedelta(hours=2)
LONGEST = timedelta(hours=12)
PUBLIC = {"auth.login", "static", "bootstrap.static"}


class Person(UserMixin):  # type: ignore[misc]  # flask_login ships no types
    """Who is signed in. The id carries a fingerprint of the password's hash: a new password ends old sessions."""

    def __init__(self, account: Account) -> None:
        self.name, self.role = account.name, account.role
        self._print = hashlib.sha256(account.password.encode()).hexdigest()[:16]

    def get_id(self) -> str:
        """See UserMixin."""
        return f"{self._print}:{self.name}"


class LoginForm(FlaskForm):  # type: ignore[misc]  # flask_wtf ships no types
    """The door."""

    name = StringField("名字", [InputRequired("请写您的名字。"), Length(max=64)])
    password = PasswordField("密码", [InputRequired("请写密码。"), Length(max=200)])
    next = HiddenField()


def protect(app: Flask, console: Console) -> None:
    """Every page of `app` but PUBLIC is for staff who are signed in; the blueprint of the door is added."""
    manager = LoginManager(app)
    manager.session_protection = "basic"

    @manager.user_loader  # type: ignore[untyped-decorator]
    def person(found: str) -> Person | None:
        account = console.staff.account(found.partition(":")[2])
        if account is None or account.disabled or Person(account).get_id() != found:
            return None
        return Person(account)

    @app.before_request
    def only_staff() -> Any:
        if request.endpoint in PUBLIC:
            return None
        now = console.clock.real_now().timestamp()
        if current_user.is_authenticated:
            began = session.get("began", 0.0)
            if (
                now - session.get("seen", 0.0) <= IDLE.total_seconds()
                and now - began <= LONGEST.total_seconds()
            ):
                session["seen"] = now
                return None
            logout_user()
            session.clear()
            flash("太久没有操作，请重新登录。", "warning")
        wanted = request.full_path.rstrip("?") if request.method == "GET" else ""
        return redirect(url_for("auth.login", next=wanted or None))

    app.register_blueprint(_blueprint(console))


def _blueprint(console: Console) -> Blueprint:
    blueprint = Blueprint("auth", __name__)

    @blueprint.route("/login", methods=["GET", "POST"])
    def login() -> Any:
        form = LoginForm()
        if request.method == "GET":
            form.next.data = request.args.get("next", "")
        status = 200
        if form.validate_on_submit():
            tried = sign_in(
                console.staff,
                str(form.name.data).strip(),
                str(form.password.data),
                request.remote_addr or "",
                console.clock.real_now(),
            )
            if tried.account is not None:
                _enter(console, tried.account)
                return redirect(_inside(str(form.next.data or "")))
            status = 401
            if tried.locked_until is not None:
                status = 429
                flash(
                    f"输错太多次，先锁到 {spoken(tried.locked_until, '%H:%M')}。忘了密码请找管理员重设（console-user reset）。",
                    "danger",
                )
                log.warning("console_locked", address=request.remote_addr)
            else:
                flash("名字或密码不对。", "danger")
        return render_template("console/login.html", form=form), status

    @blueprint.post("/logout")
    def logout() -> Any:
        console.record("退出")
        logout_user()
        session.clear()
        flash("已退出。", "success")
        return redirect(url_for("auth.login"))

    return blueprint


def _enter(console: Console, account: Account) -> None:
    session.clear()  # what came before the sign-in, a planted session included, ends here
    now = console.clock.real_now().timestamp()
    session.permanent = True
    session["began"] = session["seen"] = now
    login_user(Person(account))
    console.record("登录")


def _inside(path: str) -> str:
    """`path` when it is one of the console's own, else the first page: no link may lead a colleague elsewhere."""
    if (
        path.startswith("/")
        and not path.startswith(("//", "/\\"))
        and "\\" not in path
        and path.isprintable()
    ):
        return request.script_root + path
    return url_for("today.page")
