"""What the console's pages share: the parts of the service they work on, and who is at work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Protocol, TypeVar, cast

from flask import abort
from flask_login import current_user

from bot.clock import Clock
from bot.console.accounts import PUBLISHER
from bot.conversation import Assistant
from bot.editing.desk import Desk
from bot.schedule.deadlines import SHANGHAI
from bot.settings import Settings
from bot.storage.staff import Staff
from bot.storage.store import Store

View = TypeVar("View", bound=Callable[..., Any])


class Source(Protocol):
    """What the console needs of bot.app.Source."""

    @property
    def version(self) -> str:
        """Names the knowledge that answers now."""

    @property
    def loaded_at(self) -> datetime | None:
        """Aware."""

    def current(self) -> Assistant:
        """What answers now."""


@dataclass(frozen=True)
class Console:
    """clock: answers and plans believe its now(); sign-ins, marks and statistics its real_now(). desk: drafts and versions."""

    settings: Settings
    clock: Clock
    store: Store
    source: Source
    staff: Staff
    desk: Desk

    def record(self, act: str, target: str = "", detail: str = "") -> None:
        """A line of the audit log, by whoever is signed in."""
        self.staff.record(who(), act, target, detail)


def who() -> str:
    """The name of whoever is signed in."""
    return str(current_user.name)


def may_publish() -> bool:
    """Whether who is signed in has the role 发布."""
    return bool(current_user.is_authenticated and current_user.role == PUBLISHER)


def publishers_only(view: View) -> View:
    """Answers 403 to everybody else."""

    @wraps(view)
    def guarded(*args: Any, **values: Any) -> Any:
        if not may_publish():
            abort(403, "这一步要“发布”角色的同事来做。")
        return view(*args, **values)

    return cast(View, guarded)


def spoken(moment: datetime | None, form: str = "%m-%d %H:%M") -> str:
    """An instant in Shanghai's time; "" for none."""
    return moment.astimezone(SHANGHAI).strftime(form) if moment is not None else ""
