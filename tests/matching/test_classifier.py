"""The ridge of the entry classifier: chosen by what is left out, and never one that twins make unstable."""

from __future__ import annotations

import numpy as np

from bot.matching.classifier import _RIDGES, Classifier, Lesson, _best_ridge, _solved, learnt_from
from bot.matching.index import Index
from bot.matching.rank import Matcher
from bot.matching.tokens import FAMILIES, tokens_of
from bot.matching.vectors import vectors
from bot.text.segment import Segmenter

WORD = FAMILIES.index("word")
TOPICS = {
    "缴费": ["什么时候缴费", "缴费几号开始", "哪天可以缴费", "缴费时间", "几号缴费截止"],
    "材料": ["要带什么材料", "材料有哪些", "准备哪些材料", "材料清单", "要交什么材料"],
    "地点": ["在哪里审核", "审核去哪里", "审核地点", "去哪审核", "审核在什么地方"],
}


def test_twins_that_disagree_do_not_break_it() -> None:
    # A hundred near twins under two entries: a small ridge gave values in the thousands here.
    twins = [f"材料传错了怎么办{'呀啊呢吧嘛'[n % 5]}{n % 7}" for n in range(100)]
    entries = [*TOPICS, "一", "二"]
    texts = [text for own in TOPICS.values() for text in own] + twins
    owners = [n for n, own in enumerate(TOPICS.values()) for _ in own] + [3 + n % 2 for n in range(100)]
    matcher = Matcher(entries, texts, owners, Segmenter(), classify=True)
    assert matcher.rank("缴费是什么时候")[0].entry_id == "缴费"
    assert matcher.rank("审核的地点在哪里")[0].entry_id == "地点"


def test_the_ridge_that_tells_best_what_was_left_out_is_taken() -> None:
    rng = np.random.default_rng(1)
    centres = rng.normal(size=(4, 12))
    clean = np.repeat(centres, 20, axis=0) + rng.normal(scale=0.05, size=(80, 12))
    noisy = np.repeat(centres, 20, axis=0) + rng.normal(scale=1.2, size=(80, 12))
    wanted = np.zeros((80, 4), dtype=np.float32)
    wanted[np.arange(80), np.repeat(np.arange(4), 20)] = 1.0
    for points, larger in ((clean, False), (noisy, True)):
        kernel = (points @ points.T / 12).astype(np.float32)
        best, error = _best_ridge(kernel, wanted)
        assert (_RIDGES[best] == _RIDGES[-1]) or not larger
        assert error < 2.0


def test_nothing_left_out_is_solved_too() -> None:
    kernel = np.eye(3, dtype=np.float32)
    wanted = np.eye(3, dtype=np.float32)
    solved = _solved(kernel, wanted, 3, np.array([], dtype=np.int64), symmetric=True)
    assert np.all(np.diag(solved) > 0.5)


def test_scores_are_near_one_for_the_right_entry() -> None:
    texts = [text for own in TOPICS.values() for text in own]
    owners = [n for n, own in enumerate(TOPICS.values()) for _ in own]
    matcher = Matcher(list(TOPICS), texts, owners, Segmenter(), classify=True)
    first = matcher.rank("几号可以缴费")[0]
    assert first.entry_id == "缴费"
    assert first.why["classifier"] > 0.4
    assert isinstance(matcher._classifier, Classifier)


def test_what_is_too_much_is_learnt_from_evenly() -> None:
    few = learnt_from(np.repeat(np.arange(10), 5), 10)
    assert few.tolist() == list(range(50))
    many = learnt_from(np.repeat(np.arange(100), 60), 100)
    counts = np.bincount(many // 60, minlength=100)
    assert 3000 < len(many) < 6000
    assert counts.max() - counts.min() <= 1
    assert len(learnt_from(np.arange(30), 30)) == 0  # questions alone
    assert len(learnt_from(np.repeat(np.arange(100), 200), 100)) == 0  # far more than could be learnt from


def test_what_was_left_out_of_the_fit_changes_no_score_and_is_still_found() -> None:
    texts = [text for own in TOPICS.values() for text in own]
    owners = np.array([n for n, own in enumerate(TOPICS.values()) for _ in own])
    segmenter = Segmenter()
    tokens = [tokens_of(text, segmenter) for text in texts]
    index = Index(tokens)
    meaning = np.array([vectors().of(each.families[WORD]) for each in tokens], dtype=np.float32)
    part = np.flatnonzero(np.arange(len(texts)) % 5 < 3)
    learnt = Classifier(Lesson(index, tokens, meaning, owners, len(TOPICS), part))
    cosines, _, _ = index.cosines(tokens_of("几号可以缴费", segmenter))
    near = meaning @ vectors().of(tokens_of("几号可以缴费", segmenter).families[WORD])
    scores = learnt.scores(cosines, near, np.arange(len(TOPICS)))
    assert scores.argmax() == 0
    others = np.setdiff1d(np.arange(len(texts)), part)
    cosines[:, others] = 0.0
    assert np.array_equal(learnt.scores(cosines, near, np.arange(len(TOPICS))), scores)


def test_a_phrasing_more_than_is_learnt_from_still_finds_its_entry() -> None:
    texts = [text for own in TOPICS.values() for text in own]
    owners = [n for n, own in enumerate(TOPICS.values()) for _ in own]
    matcher = Matcher(list(TOPICS), texts, owners, Segmenter())
    assert matcher.classified
    assert matcher.rank("审核地点")[0].entry_id == "地点"
