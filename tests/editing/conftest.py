"""A small knowledge folder with golden questions of its own, and a desk over it."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from bot.build import build
from bot.editing.desk import Desk
from tests.fakes import FakeClock

SMALL = Path(__file__).resolve().parent.parent / "knowledge" / "small"
NOW = datetime.fromisoformat("2024-04-06T10:00:00+08:00")
GOLDEN = """检验:
  - 出处: 四川公告 ②
    问: 四川报名流程
    时间: 2024-04-06 10:00
    决定: answer
    含: 4 月 9 日 24 时
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The folder."""
    shutil.copytree(SMALL, tmp_path / "knowledge")
    (tmp_path / "knowledge" / "golden").mkdir(exist_ok=True)
    (tmp_path / "knowledge" / "golden" / "四川.yaml").write_text(GOLDEN, encoding="utf-8")
    return tmp_path / "knowledge"


@pytest.fixture
def desk(home: Path, tmp_path: Path, clock: FakeClock) -> Desk:
    return Desk(home, tmp_path / "versions", build, clock.real_now)
