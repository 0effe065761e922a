"""The solver in blocks, against numpy's own; and that it is used only where it may be."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.matching import positive
from bot.matching.rank import Matcher
from bot.text.segment import Segmenter

ITEMS = [
    ("报名", ["网上报名什么时候", "报名几号开始", "啥时候能报名", "报名时间是哪天"]),
    ("缴费", ["什么时候缴费", "几号交钱", "缴费时间", "啥时候交报名费"]),
    ("审核", ["现场审核带什么", "审核要啥材料", "去审核拿哪些东西", "审核材料有哪些"]),
]


@pytest.mark.parametrize("size", [1, 2, 127, 128, 129, 300])
def test_it_solves_as_numpy_does(size: int) -> None:
    chance = np.random.default_rng(size)
    points = chance.standard_normal((size, size + 5)).astype(np.float32)
    matrix = points @ points.T / size + np.eye(size, dtype=np.float32)
    wanted = chance.standard_normal((size, 7)).astype(np.float32)
    before = matrix.copy()
    solved = positive.solve(matrix, wanted)
    assert np.abs(matrix @ solved - wanted).max() < 1e-4
    assert np.abs(solved - np.linalg.solve(matrix, wanted)).max() < 1e-4
    assert (matrix == before).all()


@pytest.mark.parametrize("place", [0, 130, 199])
def test_what_is_not_positive_definite_is_said_to_be_none(place: int) -> None:
    matrix = np.eye(200, dtype=np.float32)
    matrix[place, place] = -1.0
    with pytest.raises(np.linalg.LinAlgError):
        positive.solve(matrix, np.eye(200, dtype=np.float32))


def test_a_phrasing_in_pinyin_makes_a_kernel_that_only_the_general_solver_may_have(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []
    quick = positive.solve

    def counting(matrix: NDArray[np.float32], wanted: NDArray[np.float32]) -> NDArray[np.float32]:
        asked.append(len(matrix))
        return quick(matrix, wanted)

    monkeypatch.setattr(positive, "solve", counting)
    assert Matcher.build(ITEMS, Segmenter()).classified
    assert asked
    asked.clear()
    spelled = [(ITEMS[0][0], [*ITEMS[0][1], "wangshang baoming shijian"]), *ITEMS[1:]]
    assert Matcher.build(spelled, Segmenter()).classified
    assert not asked
