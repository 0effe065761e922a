"""What the matcher has learnt, kept between starts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bot.fits import MOST, KeptFits
from bot.matching.classifier import Fit
from bot.matching.rank import Matcher
from bot.text.segment import Segmenter

ITEMS = [
    ("报名", ["网上报名什么时候", "报名几号开始", "啥时候能报名", "报名时间是哪天"]),
    ("缴费", ["什么时候缴费", "几号交钱", "缴费时间", "啥时候交报名费"]),
    ("审核", ["现场审核带什么", "审核要啥材料", "去审核拿哪些东西", "审核材料有哪些"]),
]
MADE = Fit(np.arange(6, dtype=np.float32).reshape(2, 3), 1.5)


def never() -> Fit:
    raise AssertionError("made anew")


def test_what_was_made_once_is_read_the_next_time(tmp_path: Path) -> None:
    assert KeptFits(tmp_path / "fits")("a", lambda: MADE) is MADE
    read = KeptFits(tmp_path / "fits")("a", never)
    assert read.dual.tolist() == MADE.dual.tolist()
    assert read.dual.dtype == np.float32
    assert read.trust == 1.5


def test_another_name_is_another_fit(tmp_path: Path) -> None:
    keep = KeptFits(tmp_path)
    keep("a", lambda: MADE)
    with pytest.raises(AssertionError, match="made anew"):
        keep("b", never)


@pytest.mark.parametrize("broken", [b"", b"PK", b"rubbish", b"\x93NUMPY"])
def test_a_broken_file_is_made_anew(tmp_path: Path, broken: bytes) -> None:
    keep = KeptFits(tmp_path)
    (tmp_path / "a.npz").write_bytes(broken)
    assert keep("a", lambda: MADE) is MADE
    assert keep("a", never).trust == 1.5


def test_half_a_file_is_made_anew(tmp_path: Path) -> None:
    keep = KeptFits(tmp_path)
    keep("a", lambda: MADE)
    whole = (tmp_path / "a.npz").read_bytes()
    (tmp_path / "a.npz").write_bytes(whole[: len(whole) // 2])
    assert keep("a", lambda: MADE) is MADE


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "fits").write_text("a file in its place")
    assert KeptFits(tmp_path / "fits")("a", lambda: MADE) is MADE


def test_only_the_last_few_are_kept(tmp_path: Path) -> None:
    keep = KeptFits(tmp_path)
    for number in range(MOST + 3):
        keep(str(number), lambda: MADE)
    assert len(list(tmp_path.iterdir())) == MOST
    keep(str(MOST + 2), never)


def test_a_matcher_with_a_kept_fit_ranks_as_one_that_made_it(tmp_path: Path) -> None:
    made: list[str] = []

    def counting(name: str, make: Callable[[], Fit]) -> Fit:
        def counted() -> Fit:
            made.append(name)
            return make()

        return KeptFits(tmp_path)(name, counted)

    first, second = (Matcher.build(ITEMS, Segmenter(), counting) for _ in range(2))
    assert first.classified
    assert len(made) == 1
    for text in ("交钱是哪天", "审核拿啥", "报名啥时候", "天气"):
        assert first.rank(text) == second.rank(text)
    more = [*ITEMS[:2], (ITEMS[2][0], [*ITEMS[2][1], "现场审核材料"])]
    Matcher.build(more, Segmenter(), counting)
    assert len(made) == 2  # another knowledge


def test_a_fit_of_another_shape_is_not_used() -> None:
    right = Matcher.build(ITEMS, Segmenter())
    wrong = Matcher.build(ITEMS, Segmenter(), lambda name, make: MADE)
    assert right.rank("交钱是哪天") == wrong.rank("交钱是哪天")
