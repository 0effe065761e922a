"""`console-user` on the command line."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from bot.cli import main


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    monkeypatch.setenv("BOT_VAR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'bot.db'}")

    def run(*argv: str, typed: str = "") -> tuple[int, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        code = main(["console-user", *argv])
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def test_staff_are_added_listed_changed_and_disabled(run) -> None:  # type: ignore[no-untyped-def]
    assert "还没有账号" in run("list")[1]
    assert run("add", "王编辑", "--role", "编辑", typed="a long password\n") == (
        0,
        "加好了：王编辑（编辑）。\n",
    )
    assert run("add", "王编辑", "--role", "编辑", typed="a long password\n")[0] == 2
    assert run("role", "王编辑", "发布")[0] == 0
    assert run("disable", "王编辑")[0] == 0
    assert "王编辑　发布　已停用" in run("list")[1]
    assert run("reset", "王编辑", typed="another password\n")[0] == 0
    assert "王编辑　发布　可用" in run("list")[1]


def test_wrong_use_is_exit_2_with_one_line(run) -> None:  # type: ignore[no-untyped-def]
    assert run("add", "王编辑", "--role", "编辑", typed="short\n") == (2, "密码要 10 到 200 个字符。\n")
    assert run("disable", "没有") == (2, "没有“没有”这个人。\n")
    assert run("reset", "没有", typed="another password\n")[0] == 2
    assert run("add", "王编辑", "--role", "老板")[0] == 2
