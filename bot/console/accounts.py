"""Passwords and sign-ins: argon2, and how many wrong tries a name and an address have."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.storage.staff import Account, Staff

EDITOR, PUBLISHER = "编辑", "发布"
ROLES = (EDITOR, PUBLISHER)
NAME = re.compile(r"[\w.\-]{1,32}")
PASSWORD_CHARS = range(10, 201)
# Wrong passwords within WINDOW: of one name, and from one address (an office shares one).
NAME_TRIES, ADDRESS_TRIES = 5, 30
WINDOW = timedelta(minutes=15)
# OWASP's second choice for argon2id: 19 MiB, some 30 ms; argon2-cffi's own 64 MiB times eight threads is too much here.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Verified when a name is unknown, so that the answer takes as long as for one that is known.
_NOBODY = _HASHER.hash("nobody's password")


class AccountError(Exception):
    """What is wrong with a name or a password, in Chinese, for whoever typed it."""


@dataclass(frozen=True)
class SignIn:
    """account: who may come in, or None · locked_until: set when there were too many wrong tries."""

    account: Account | None = None
    locked_until: datetime | None = None


def hashed(password: str) -> str:
    """The argon2 hash to store.

    Raises:
        AccountError: too short or too long.
    """
    if len(password) not in PASSWORD_CHARS:
        raise AccountError(f"密码要 {PASSWORD_CHARS[0]} 到 {PASSWORD_CHARS[-1]} 个字符。")
    return _HASHER.hash(password)


def add(staff: Staff, name: str, role: str, password: str) -> None:
    """Put one of staff on file.

    Raises:
        AccountError: a bad name, role or password, or a name that is taken.
    """
    if not NAME.fullmatch(name):
        raise AccountError("名字要 1 到 32 个汉字、字母、数字或 . _ -，不带空格。")
    if role not in ROLES:
        raise AccountError(f"角色只有：{'、'.join(ROLES)}。")
    if not staff.add(name, role, hashed(password)):
        raise AccountError(f"已经有“{name}”了。要换密码：python -m bot console-user reset {name}")


def reset(staff: Staff, name: str, password: str) -> None:
    """A new password: opens the account again, forgets wrong tries, and ends every session it has.

    Raises:
        AccountError: a bad password, or no such name.
    """
    if not staff.change(name, password=hashed(password), disabled=False):
        raise AccountError(f"没有“{name}”这个人。")
    staff.forgive(_of_name(name))


def sign_in(staff: Staff, name: str, password: str, address: str, now: datetime) -> SignIn:
    """One try. While a name or an address is locked, not even the right password opens, and no try is counted.

    Two tries at once may both pass the limit before either is counted: one try more in a quarter of an hour is no risk.
    """
    subjects = ((_of_name(name), NAME_TRIES), (f"address:{address}", ADDRESS_TRIES))
    for subject, allowed in subjects:
        failures = staff.failures(subject, now - WINDOW)
        if len(failures) >= allowed:
            return SignIn(locked_until=failures[-allowed] + WINDOW)
    account = staff.account(name)
    right = _verified(account.password if account else _NOBODY, password)
    if account is None or account.disabled or not right:
        staff.failed(*(subject for subject, _ in subjects))
        failures = staff.failures(_of_name(name), now - WINDOW)
        locked = len(failures) >= NAME_TRIES
        return SignIn(locked_until=failures[-NAME_TRIES] + WINDOW if locked else None)
    staff.forgive(_of_name(name))
    values: dict[str, object] = {"seen_at": now}
    if _HASHER.check_needs_rehash(account.password):
        values["password"] = _HASHER.hash(password)
    staff.change(name, **values)
    return SignIn(account=staff.account(name))


def _verified(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def _of_name(name: str) -> str:
    return f"name:{name}"
