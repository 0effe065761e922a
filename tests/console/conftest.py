"""The console of a real service over a copy of the real knowledge, two colleagues on file, and a client that is signed in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from bot.app import create_app
from bot.console import accounts
from bot.conversation import Assistant
from bot.settings import Settings
from bot.storage.staff import Staff
from bot.storage.store import TurnRow
from tests.conftest import SECRET
from tests.fakes import FakeClock, FixedSource

PASSWORD = "a long password"
EDITOR, PUBLISHER = "王编辑", "李发布"


@dataclass
class Site:
    """A client in the console, spoken of as staff would."""

    app: Flask
    client: FlaskClient
    staff: Staff

    def token(self, path: str = "/console/login") -> str:
        found = re.search(r'name="csrf[-_]token"[^>]*?(?:value|content)="([^"]+)"', self.get(path))
        assert found, "no form on the page"
        return found[1]

    def get(self, path: str, status: int | None = None) -> str:
        response = self.client.get(path, follow_redirects=status is None)
        if status is not None:
            assert response.status_code == status
        return response.get_data(as_text=True)

    def post(self, path: str, form: dict[str, Any] | None = None, page: str = "/console/today") -> Any:
        return self.client.post(path, data={"csrf_token": self.token(page), **(form or {})})

    def sign_in(self, name: str, password: str = PASSWORD, **form: str) -> Any:
        form = {"name": name, "password": password, "csrf_token": self.token(), **form}
        return self.client.post("/console/login", data=form)


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signing in costs 30 ms on purpose; test_sign_in.py looks at what a real password costs."""
    monkeypatch.setattr(accounts, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def source(assistant: Assistant) -> FixedSource:
    source = FixedSource(assistant)
    source.version = assistant.kb.version
    return source


@pytest.fixture
def make_site(settings: Settings, clock: FakeClock, source: FixedSource) -> Iterator[Callable[..., Site]]:
    """make_site(name=None) -> the console, with `name` signed in."""
    apps = []

    def make(name: str | None = None, **changes: Any) -> Site:
        app = create_app(settings.model_copy(update=changes), source, clock)
        app.testing = True
        apps.append(app)
        staff = Staff(app.extensions["bot"].store, SECRET)
        for who, role in ((EDITOR, accounts.EDITOR), (PUBLISHER, accounts.PUBLISHER)):
            if staff.account(who) is None:
                accounts.add(staff, who, role, PASSWORD)
        site = Site(app, app.test_client(), staff)
        if name is not None:
            assert site.sign_in(name).status_code == 302
        return site

    yield make
    for app in apps:
        app.extensions["bot"].store.close()


@pytest.fixture
def asked() -> Callable[..., None]:
    """asked(site, text, user="u1", **row) writes one turn at the clock's time."""

    def write(site: Site, text: str, user: str = "u1", **row: Any) -> None:
        store = site.app.extensions["bot"].store
        write.count += 1  # type: ignore[attr-defined]
        values = {"channel": "web", "decision": "refuse", "masked_text": text, **row}
        with store.turn(user, str(write.count)) as record:  # type: ignore[attr-defined]
            record.finish(reply=b"", session={}, row=TurnRow(**values))

    write.count = 0  # type: ignore[attr-defined]
    return write
