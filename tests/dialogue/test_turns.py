"""What was learnt from talks: the features of a message, and what the shipped weights make of them."""

from __future__ import annotations

import numpy as np
import pytest

from bot.conversation import Assistant
from bot.dialogue.turns import NOTHING, WEIGHTS, Codes, LearntTurns, codes_of, features, packaged, vector_of


def test_the_same_words_are_others_after_another_answer() -> None:
    first, later = features("要本人去吗", "现场审核时间", ("现场审核",)), features("要本人去吗", "", ())
    assert first[0] == later[0]
    assert not set(first[1]) & set(later[1])
    assert not set(first[2]) & set(later[2])


def test_each_kind_of_features_weighs_what_it_should() -> None:
    kinds: tuple[list[str], ...] = (["a", "a", "b"], ["c"], [], ["d"], ["e"])
    codes = Codes(codes_of(["a", "b", "c", "d", "e"]))
    places, values = vector_of(kinds, codes, np.array([1.0, 2.0, 1.0, 1.0, 1.0], dtype=np.float32), 3.0)
    assert np.hypot(*values[:2]) == pytest.approx(WEIGHTS[0])
    assert dict(zip(places.tolist(), values.tolist(), strict=True))[2] == pytest.approx(WEIGHTS[1])


def test_what_nobody_said_before_takes_weight_from_the_rest() -> None:
    codes, rarity = Codes(codes_of(["a"])), np.ones(1, dtype=np.float32)
    alone = vector_of((["a"], [], [], [], []), codes, rarity, 1.0)[1]
    beside = vector_of((["a", "x"], [], [], [], []), codes, rarity, 1.0)[1]
    assert alone[0] == pytest.approx(1.0)
    assert beside[0] == pytest.approx(np.sqrt(0.5))


def test_scores_are_those_of_the_columns() -> None:
    codes = Codes(codes_of(["^"]))
    table = np.array([[127, -127]], dtype=np.int8)
    turns = LearntTurns(
        codes, np.ones(1, np.float32), 1.0, table, np.array([1 / 127], np.float32), ("报名时间", NOTHING)
    )
    scores = turns.scores("好", "", ())
    assert scores["报名时间"] == -scores[NOTHING] > 0


def test_nearly_every_entry_was_heard_of(assistant: Assistant) -> None:
    """Else `python tools/train_talk.py` is to be run: of an entry that is not there nothing is learnt."""
    asked = {id for id, entry in assistant.kb.entries.items() if entry.kind != "smalltalk"}
    assert len(asked - set(packaged().columns)) <= len(asked) / 10


@pytest.mark.parametrize(
    ("told", "stages", "text", "entry"),
    [
        ("现场审核时间", ("现场审核",), "都要去吗", "现场审核对象"),
        ("审核不通过", ("线上审核", "现场审核"), "改完点哪里", "重新提交"),
        ("技能缴费时间", ("技能缴费",), "没交会怎样", "错过缴费"),
        ("", (), "今天天气好不好", NOTHING),
    ],
)
def test_half_a_question_means_what_others_meant(
    told: str, stages: tuple[str, ...], text: str, entry: str
) -> None:
    scores = packaged().scores(text, told, stages)
    assert max(scores, key=scores.__getitem__) == entry
