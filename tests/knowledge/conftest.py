"""The real knowledge, loaded once."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.knowledge.load import load
from bot.knowledge.model import Knowledge

REAL = Path(__file__).resolve().parents[2] / "knowledge"


@pytest.fixture(scope="session")
def kb() -> Knowledge:
    knowledge, problems = load(REAL)
    assert knowledge is not None, "\n".join(problem.show() for problem in problems)
    return knowledge
