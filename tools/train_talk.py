"""Fits bot/dialogue/data/turns.npz and ranking.json: what a message of a talk means, by all signs together, and tells what it reaches.

    python tools/train_talk.py [DATA]          # half an hour, 10 GB; DATA as BOT_BENCH_DATA
    python tools/train_talk.py [DATA] --dry    # the figures alone, nothing written

For: the talks of tests/corpus/talks (each turn with the entries that answer it), the dialogues of tests/dialogues, and the undecided
questions of tests/corpus/exam. Against: questions about anything from the open set l_lcqmc, one half to learn from, one to judge by;
what is kept has no feature that our own texts have not. A file of talks is read with the phrasings that were taken from it left out of the knowledge, and with
turns learnt from all others: else likeness would be trusted too much. Ranking: conditional logit over the entries that come into
question. Confidence: logistic regression on its first. Every figure printed is of a file that had no part in the weights.
What is learnt decides what is asked of it next, so a second run may still gain a little.
"""

import json
import os
import random
import re
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

sys.path.insert(0, str(Path(__file__).parents[1]))

from learn_turns import Learner, save
from learn_turns import Sample as Heard

from bot.build import build
from bot.conversation import Message
from bot.dialogue.ranking import Ranking
from bot.dialogue.turns import NOTHING as NO_ENTRY
from bot.dialogue.turns import LearntTurns
from bot.dialogue.weights import NAMES, SIGNS, Considered, signs_of
from bot.knowledge.load import load
from bot.knowledge.model import Knowledge
from bot.schedule.deadlines import today
from tests.corpus.judge import judged, rows

ROOT = Path(__file__).parents[1]
OUT = ROOT / "bot" / "dialogue" / "data" / "ranking.json"
TURNS = OUT.with_name("turns.npz")
DIALOGUE_FILES = sorted((ROOT / "tests" / "dialogues").glob("*.yaml"))
EXAM = tuple(ROOT / "tests" / "corpus" / "exam" / f"{name}.jsonl" for name in ("tune", "tune2", "tune3"))
STRANGE = "anything"  # the group of these


def _words(text: str) -> list[str]:
    return text.split()


# what may be asked of anything, and things to ask it of
THINGS = _words(
    "手表 台灯 围巾 月饼 拖鞋 火锅 保险 机票 电影 头发 孩子 猫粮 自行车 洗衣机 空调 房租 物业 发票 快递 签证 医保 社保 疫苗 体检 挂号 牙齿 眼镜 奶粉 口罩 蛋糕 鲜花 婚纱 酒店 "
    "高铁 地铁 停车 驾照 游泳 钢琴 舞蹈 手机 流量 宽带 电费 水费 燃气 冰箱 沙子 轮椅 鱼缸 羽毛球 演唱会 年夜饭 公积金 离婚 户口本 身份证"
)
ASKED = _words(
    "多少钱 怎么办 什么时候开始 在哪里办 要带什么 几点关门 贵不贵 需要什么材料 怎么交 还能退吗 到几号截止 怎么报 哪里买 怎么弄 可以改吗 要不要钱 有什么要求 怎么查 丢了怎么办 行不行 好不好 "
    "坏了咋整 什么时候到 能不能代办 算不算数 怎么申请 要几天 哪天出来 忘了交会怎样 好多钱一个"
)
NOW = datetime.fromisoformat("2024-02-26T10:00:00+08:00")
ANYTHING = 1000  # questions about anything to learn from, and as many to judge by
FOLDS = 5  # of the dialogues; each file of talks is one of its own
TALKS = sorted((ROOT / "tests" / "corpus" / "talks").glob("talks*.jsonl"))
NOTHING = ("none", "chat", "unclear")  # labels of turns that no entry answers
RANKING_L2, CONFIDING_C = 0.003, 0.5
DIALOGUES = 6.0  # how heavy a turn of tests/dialogues is: what went wrong once must not again
RULED_OUT = {
    "other_stage": 0.0,
    "missing_words": 0.0,
    "other_aspect": 0.0,
}  # signs that must not speak for an entry


@dataclass
class Sample:
    """One turn: what came into question, which of it is right, and how heavy it is."""

    considered: Considered
    right: np.ndarray
    answerable: bool
    weight: float
    group: str


def talks(path: Path) -> Iterator[tuple[datetime, list[tuple[str, list[str] | None]]]]:
    """Clock and turns of each talk: the text, and the entries that answer it; None where that is not told."""
    if path.suffix == ".yaml":
        for talk in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader):  # noqa: S506  plain text only
            turns = [
                (turn["user"], [turn["bot"]["entry"]] if "entry" in turn["bot"] else None)
                for turn in talk["turns"]
            ]
            yield datetime.fromisoformat(talk.get("now", "2024-04-06T10:00:00+08:00")), turns
        return
    for row in rows(path):
        yield datetime.fromisoformat(row["now"]), [(turn["text"], turn["want"]) for turn in row["turns"]]


def without(kb: Knowledge, path: Path) -> Knowledge:
    """The knowledge less the phrasings that were taken from these talks."""
    texts = {_letters(text) for _, turns in talks(path) for text, _ in turns}
    own = {
        text
        for entry in kb.entries.values()
        for text in entry.alternatives
        if any(said.endswith(_letters(text)) for said in texts)
    }
    entries = {
        id: replace(entry, alternatives=tuple(text for text in entry.alternatives if text not in own))
        for id, entry in kb.entries.items()
    }
    return replace(kb, entries=entries)


def _letters(text: str) -> str:
    return re.sub(r"\W", "", text)


class Recorder:
    """Plays turns and keeps what Ranking was asked to reconsider."""

    def __init__(self, kb: Knowledge, turns: LearntTurns | None = None) -> None:
        self.assistant = build(kb)
        self._ranking: Ranking = self.assistant.steering.policy.ranking
        if turns is not None:
            self._ranking.turns = lambda: turns
        self._asked: list[tuple[Any, ...]] = []
        real = self._ranking.reconsider

        def reconsider(*asked: Any) -> Any:
            self._asked.append(asked)
            return real(*asked)

        self._ranking.reconsider = reconsider  # type: ignore[method-assign]

    def turn(self, text: str, session: Any, now: datetime) -> tuple[Any, Considered | None]:
        """The turn, and what came into question in its only question; None where the rules alone decided."""
        self._asked.clear()
        turn = self.assistant.respond(Message("text", text), session, now)
        considered = self._ranking.consider(*self._asked[0]) if len(self._asked) == 1 else None
        return turn, considered


def about_anything(data: Path) -> tuple[list[str], list[str]]:
    """Questions that are about nothing of ours: to learn from, to judge by. A quarter asks of things what is asked of the exam."""
    every = [row["question"] for row in rows(data / "l_lcqmc.kb.jsonl")]
    draw = random.Random(2)  # noqa: S311  a sample, no secret
    drawn = draw.sample(every, 2 * ANYTHING)
    things = draw.sample(THINGS, len(THINGS))
    of_things = [f"{thing}{ask}" for thing in things for ask in draw.sample(ASKED, ANYTHING // len(THINGS))]
    half = len(of_things) // 2
    return drawn[:ANYTHING] + of_things[:half], drawn[ANYTHING:] + of_things[half:]


def heard(kb: Knowledge, strange: Sequence[str]) -> list[Heard]:
    """All that is learnt from: turns with what was told before them, and as first questions the phrasings of the knowledge, and what is `strange`."""
    assistant = build(kb)
    found = []
    for path in (*TALKS, *DIALOGUE_FILES):
        for now, turns in talks(path):
            session: Any = None
            for text, want in turns:
                if not isinstance(text, str):
                    break
                core = assistant.understanding.read(text, today(now)).core
                topic = (session or {}).get("topic") or {}
                if want and want != ["unclear"]:
                    means = NO_ENTRY if want[0] in NOTHING else want[0]
                    told, stages = topic.get("entry", ""), tuple(topic.get("stages", ()))
                    found.append(Heard(core, told, stages, means, path.stem))
                session = assistant.respond(Message("text", text), session, now).session
    found += [
        Heard(assistant.understanding.read(text, today(NOW)).core, "", (), NO_ENTRY, STRANGE)
        for text in strange
    ]
    for path in EXAM:
        found += [
            Heard(
                assistant.understanding.read(row["text"], today(moment(row))).core,
                "",
                (),
                NO_ENTRY,
                path.stem,
            )
            for row in rows(path)
            if "text" in row and is_not_ours(row)
        ]
    for entry in kb.entries.values():
        if entry.kind != "smalltalk":
            ways = (entry.question, *entry.alternatives)
            found += [
                Heard(assistant.understanding.phrasing(text)[0], "", (), entry.id, "kb") for text in ways
            ]
    return found


def is_not_ours(row: dict[str, Any]) -> bool:
    """Whether nothing at all is to be said to a question."""
    return "refuse" in row["decision"] and not {
        "answer",
        "ask_region",
        "not_stated",
        "options",
        "out_of_scope",
    } & set(row["decision"])


def judged_strange(kb: Knowledge, texts: Sequence[str], turns: LearntTurns) -> Iterator[Sample]:
    """First questions about anything, as far as the rules left them undecided."""
    recorder = Recorder(kb, turns)
    for text in texts:
        _, considered = recorder.turn(text, None, NOW)
        if considered is not None:
            yield _sample(considered, ["none"], 1.0, STRANGE)


def moment(row: dict[str, Any]) -> datetime:
    """The clock of a question."""
    return datetime.fromisoformat(row["now"])


def cores(kb: Knowledge, path: Path) -> set[str]:
    """Of a file's messages."""
    understanding = build(kb).understanding
    return {
        understanding.read(text, today(now)).core
        for now, turns in talks(path)
        for text, _ in turns
        if isinstance(text, str)
    }


def sampled(kb: Knowledge, path: Path, turns: LearntTurns) -> Iterator[Sample]:
    """The turns of a file of talks."""
    recorder = Recorder(without(kb, path) if path.suffix == ".jsonl" else kb, turns)
    weight = DIALOGUES if path.suffix == ".yaml" else 1.0
    for now, said in talks(path):
        session = None
        for text, want in said:
            if not isinstance(text, str):
                break
            turn, considered = recorder.turn(text, session, now)
            session = turn.session
            if considered is not None and want is not None and want != ["unclear"]:
                yield _sample(considered, want, weight, path.stem)


_SHARED: list[Any] = []  # the knowledge and the learner, for the processes


def left_out(path: Path) -> list[Sample]:
    """The turns of a file of talks, by what is learnt from all others."""
    kb, learner = _SHARED
    return list(sampled(kb, path, learner.without([path.stem], cores(kb, path))))


def exam(kb: Knowledge, path: Path, turns: LearntTurns) -> Iterator[Sample]:
    """The first questions of an exam file that the rules left undecided and nothing on file answers."""
    recorder = Recorder(kb, turns)
    for row in rows(path):
        if row.get("turns"):
            continue
        turn, considered = recorder.turn(row["text"], None, moment(row))
        if considered is None:
            continue
        if not {"answer", "ask_region", "not_stated", "options"} & set(row["decision"]):
            yield _sample(considered, ["none"], 1.0, path.stem)
        elif turn.trace.entry is not None and not judged(row, turn).fault:
            yield _sample(considered, [turn.trace.entry], 1.0, path.stem)


def _sample(considered: Considered, want: list[str], weight: float, group: str) -> Sample:
    right = np.array([entry.id in want for entry in considered.entries])
    return Sample(considered, right, want[0] not in NOTHING, weight, group)


def fit_ranking(samples: list[Sample]) -> np.ndarray:
    """Weights of NAMES."""
    used = [(each.considered.table, each.right, each.weight) for each in samples if each.right.any()]
    spread = np.concatenate([table for table, _, _ in used]).std(0) + 1e-6
    total = sum(weight for _, _, weight in used)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = RANKING_L2 * weights @ weights, 2 * RANKING_L2 * weights
        for table, right, weight in used:
            scaled = table / spread
            scores = scaled @ weights
            odds = np.exp(scores - scores.max())
            mine = odds[right].sum()
            value -= weight * np.log(mine / odds.sum()) / total
            slope = slope - weight * ((odds * right / mine - odds / odds.sum()) @ scaled) / total
        return value, slope

    bounds = [(None, 0) if name in RULED_OUT else (None, None) for name in NAMES]
    fitted = minimize(
        loss, np.zeros(len(NAMES)), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 400}
    )
    return fitted.x / spread


def first_of(sample: Sample, ranking: np.ndarray) -> tuple[np.ndarray, list[int]]:
    """The signs of the first by these weights, and the order."""
    scores = sample.considered.table @ ranking
    order = np.argsort(-scores, kind="stable").tolist()
    return signs_of(sample.considered, order, scores), order


def fit_confidence(samples: list[Sample], ranking: np.ndarray) -> np.ndarray:
    """Weights of SIGNS."""
    firsts = [first_of(sample, ranking) for sample in samples]
    table = np.array([signs for signs, _ in firsts])
    right = [bool(sample.right[order[0]]) for sample, (_, order) in zip(samples, firsts, strict=True)]
    spread = table.std(0) + 1e-6
    spread[0] = 1.0
    model = LogisticRegression(C=CONFIDING_C, fit_intercept=False, max_iter=2000)
    model.fit(table / spread, right, sample_weight=[sample.weight for sample in samples])
    return model.coef_[0] / spread


def report(name: str, judged_samples: list[Sample], ranking: np.ndarray, confiding: np.ndarray) -> None:
    """Shares of the answerable turns by threshold."""
    sure, right, near, answerable = [], [], [], []
    for sample in judged_samples:
        signs, order = first_of(sample, ranking)
        sure.append(1 / (1 + np.exp(-signs @ confiding)))
        right.append(bool(sample.right[order[0]]))
        near.append(bool(sample.right[order[:3]].any()))
        answerable.append(sample.answerable)
    p, ok, three, able = map(np.array, (sure, right, near, answerable))
    count = max(1, able.sum())
    chosen = [s.considered.chosen.entry for s in judged_samples]
    ruled = [
        c is not None and c.id in [e.id for e, r in zip(s.considered.entries, s.right, strict=True) if r]
        for c, s in zip(chosen, judged_samples, strict=True)
    ]
    ruled_wrong = [c is not None and not r for c, r in zip(chosen, ruled, strict=True)]
    print(
        f"  {name:10} {count} answerable: rules right {np.mean(np.array(ruled)[able]):.3f} wrong {np.mean(np.array(ruled_wrong)[able]):.3f};"
        f" first right {ok[able].mean():.3f}, among three {three[able].mean():.3f};  right/wrong/offered at "
        + "  ".join(
            f"{t:.2f}: {(ok & able & (p >= t)).sum() / count:.3f}/{(~ok & able & (p >= t)).sum() / count:.3f}/"
            f"{(three & able & (p < t)).sum() / count:.3f}, {((p >= t) & ~able).sum()} of {(~able).sum()} others answered"
            for t in (0.4, 0.5, 0.6, 0.7)
        )
    )


def main() -> None:
    """Trains and writes."""
    loaded = load(ROOT / "knowledge")
    kb = loaded[0] if isinstance(loaded, tuple) else loaded
    given = [each for each in sys.argv[1:] if not each.startswith("--")]
    data = Path(given[0] if given else os.environ.get("BOT_BENCH_DATA", "../shared/data/matching"))
    to_learn, to_judge = about_anything(data)
    learner = Learner(heard(kb, to_learn), {STRANGE})
    everything_learnt = learner.without()  # solved here once, for the processes too
    _SHARED[:] = kb, learner
    with ProcessPoolExecutor(
        os.cpu_count(), mp_context=get_context("fork")
    ) as pool:  # which share the kernel
        groups = dict(zip((path.stem for path in TALKS), pool.map(left_out, TALKS), strict=True))
    steady = []
    for fold in range(FOLDS):
        files = DIALOGUE_FILES[fold::FOLDS]
        turns = learner.without([path.stem for path in files])
        steady += [s for path in files for s in sampled(kb, path, turns)]
    steady += [s for path in EXAM for s in exam(kb, path, learner.without([path.stem]))]
    steady += judged_strange(kb, to_judge, everything_learnt)
    for left in groups:
        others = [s for name, samples in groups.items() if name != left for s in samples] + steady
        ranking = fit_ranking(others)
        report(left, groups[left], ranking, fit_confidence(others, ranking))
    everything = [s for samples in groups.values() for s in samples] + steady
    ranking = fit_ranking(everything)
    confiding = fit_confidence(everything, ranking)
    report("dialogues", steady, ranking, confiding)
    if "--dry" not in sys.argv:
        OUT.parent.mkdir(exist_ok=True)
        named = {
            "ranking": {name: round(float(w), 4) for name, w in zip(NAMES, ranking, strict=True)},
            "confiding": {name: round(float(w), 4) for name, w in zip(SIGNS, confiding, strict=True)},
        }
        save(everything_learnt, TURNS)
        OUT.write_text(json.dumps(named, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
