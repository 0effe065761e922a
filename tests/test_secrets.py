"""What a whole run leaves behind: no secret and no openid in the log, and nothing of an erased candidate anywhere."""

from __future__ import annotations

import json
import socket
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.simulate import wire
from tests.conftest import SECRET
from tests.serving import Serve, command, environment

APP_ID, AES_KEY, OLD_KEY = "wxba5fad812f8e6fb9", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "Z" * 43
USER = "oTest5Fans00000000000000abcd"
SECRETS = {
    "WECHAT_TOKEN": "sEcReTtOkEn",
    "WECHAT_APP_SECRET": "sEcReTaPpSeCrEt0123456789",
    "WECHAT_ENCODING_AES_KEY": AES_KEY,
    "WECHAT_ENCODING_AES_KEY_PREVIOUS": OLD_KEY,
    "BOT_SECRET_KEY": SECRET.decode(),
}
ACCOUNT = wire.Account(SECRETS["WECHAT_TOKEN"], "safe", APP_ID, AES_KEY)


def send(address: str, query: dict[str, str] | None = None, body: bytes | None = None) -> int:
    url = f"{address}?{urllib.parse.urlencode(query or {})}"
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body), timeout=10) as response:  # noqa: S310
            return int(response.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def push(address: str, text: str, number: int, kind: str = "text", account: wire.Account = ACCOUNT) -> int:
    now = int(time.time())
    xml = wire.Push(kind, text, USER, now, number).xml.encode()
    return send(f"{address}/wechat", *wire.request(xml, account, now, user=USER))


def whole_run(address: str) -> None:
    """All that may go well or wrong, with everything that must stay secret in play."""
    other_key = wire.Account(ACCOUNT.token, "safe", APP_ID, "Q" * 43)
    other_app = wire.Account(ACCOUNT.token, "safe", "wx0000000000000000", AES_KEY)
    assert [push(address, text, n) for n, text in enumerate(("你好", "炸", "订阅", "我13800138000"), 1)] == [
        200
    ] * 4
    assert push(address, "好", 5, account=other_key) == 400
    assert push(address, "好", 6, account=other_app) == 403
    assert push(address, "好", 7, account=wire.Account("wrong", "safe", APP_ID, AES_KEY)) == 403
    assert push(address, "好", 8, account=wire.Account(ACCOUNT.token)) == 403
    assert push(address, "", 9, kind="position") == push(address, "", 10, kind="view") == 200
    assert send(f"{address}/wechat", {"signature": ACCOUNT.token, "echostr": "1"}) == 403
    for path in ("/chat", "/readyz", "/nowhere", f"/calendar/{USER}.ics", "/api/messages"):
        send(f"{address}{path}", {"openid": USER})


def test_a_whole_run_logs_no_secret_and_no_openid(serve: Serve, tmp_path: Path) -> None:
    _process, address = serve(**SECRETS, WECHAT_APP_ID=APP_ID)
    whole_run(address)
    log = (tmp_path / "log").read_text()
    assert '"action": "respond_failed"' in log
    assert '"action": "wechat_refused"' in log
    for secret in (*SECRETS.values(), USER, "13800138000", "你好"):
        assert secret not in log


def test_a_database_password_is_not_logged(serve: Serve, tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    with socket.socket() as closed:  # bound and not listening: every connection is refused
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        url = f"postgresql+psycopg://bot:sEcReTpAsSwOrD@127.0.0.1:{port}/bot"
        _process, address = serve(**SECRETS, WECHAT_APP_ID=APP_ID, DATABASE_URL=url)
        whole_run(address)
        assert send(f"{address}/readyz") == 503
    log = (tmp_path / "log").read_text()
    assert '"action": "store_unusable"' in log
    for secret in (*SECRETS.values(), USER, "sEcReTpAsSwOrD"):
        assert secret not in log


def test_a_wrong_secret_is_not_shown(tmp_path: Path) -> None:
    for name in (*SECRETS, "DATABASE_URL"):
        told = environment(tmp_path, **{name: "秘密 密码"})
        code, out, err = command("db", "upgrade", env=told, cwd=tmp_path)
        if name != "BOT_SECRET_KEY":
            assert code == 2, name
        assert "秘密" not in out + err


def test_an_erased_candidate_is_nowhere(serve: Serve, tmp_path: Path) -> None:
    """The command of the operator, while the service runs; the bytes of every file under BOT_VAR, and the log."""
    _process, address = serve(**SECRETS, WECHAT_APP_ID=APP_ID)
    assert push(address, "四川的事", 1) == push(address, "炸", 2) == 200

    def erase() -> str:
        told = environment(tmp_path, **SECRETS, WECHAT_APP_ID=APP_ID)
        code, out, _err = command("user", "erase", USER, env=told, cwd=tmp_path)
        assert code == 0
        return out

    said = erase()
    hashed = said.split("代号 ")[1][:32]
    assert said.startswith("已删除 5 行")
    files = [path for path in (tmp_path / "var").rglob("*") if path.is_file()]
    assert any(path.name == "bot.db" for path in files)
    for needle in (USER, hashed, "四川的事"):
        assert [path.name for path in files if needle.encode() in path.read_bytes()] == []
    assert erase().startswith("已删除 0 行")
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert [line["user"] for line in lines if line["action"] == "message"] == [hashed, hashed]
    assert USER not in str(lines)


@pytest.mark.postgres
def test_an_erased_candidate_is_nowhere_in_postgresql(
    serve: Serve, tmp_path: Path, postgres_url: str
) -> None:
    _process, address = serve(**SECRETS, WECHAT_APP_ID=APP_ID, DATABASE_URL=postgres_url)
    assert push(address, "四川的事", 1) == 200
    told = environment(tmp_path, **SECRETS, WECHAT_APP_ID=APP_ID, DATABASE_URL=postgres_url)
    code, out, _err = command("user", "erase", USER, env=told, cwd=tmp_path)
    assert code == 0
    hashed = out.split("代号 ")[1][:32]
    engine = sa.create_engine(postgres_url)
    with engine.connect() as connection:
        tables = sa.inspect(connection).get_table_names()
        rows = [str(connection.exec_driver_sql(f'SELECT t::text FROM "{name}" t').all()) for name in tables]  # noqa: S608
    engine.dispose()
    assert len(tables) >= 4
    for needle in (USER, hashed, "四川的事"):
        assert needle not in "".join(rows)
