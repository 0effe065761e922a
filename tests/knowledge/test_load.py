"""Folder -> bytes -> Knowledge: what is read, what a version is, what Windows editors do to a file."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.knowledge.checks.phrase_blanks import PHRASES
from bot.knowledge.load import build, contents, load, version_of
from bot.knowledge.model import Knowledge, Silence
from bot.knowledge.own_phrases import own_phrases

SMALL = Path(__file__).parent / "small"


def small() -> Knowledge:
    kb, problems = load(SMALL)
    assert kb is not None, problems
    return kb


def test_only_yaml_files_outside_hidden_places_are_read(tmp_path: Path) -> None:
    folder = tmp_path / ".cache" / "knowledge"  # a hidden folder above says nothing about the files
    shutil.copytree(SMALL, folder)
    for name in (
        ".hidden.yaml",
        ".git/a.yaml",
        "faq/.#报名.yaml",
        "faq/报名.yaml~",
        "faq/~$报名.docx",
        "faq/说明.md",
    ):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("x", encoding="utf-8")
    (folder / "faq" / "文件夹.yaml").mkdir()
    assert contents(folder) == contents(SMALL)


def test_the_template_is_no_file_of_knowledge(tmp_path: Path) -> None:
    shutil.copytree(SMALL, tmp_path / "k")
    (tmp_path / "k" / "schedules" / "样板.yaml.txt").write_text("地区: <省名>\n", encoding="utf-8")
    assert load(tmp_path / "k")[1] == []


def test_no_folder_is_every_file_missing(tmp_path: Path) -> None:
    assert contents(tmp_path / "nowhere") == {}
    kb, problems = load(tmp_path / "nowhere")
    assert kb is None
    assert {problem.check for problem in problems} == {"file-missing"}


def test_a_version_is_exactly_these_bytes() -> None:
    files = contents(SMALL)
    assert version_of(files) == version_of(dict(reversed(files.items()))) == small().version
    assert version_of({**files, "menu.yaml": files["menu.yaml"] + b"\n"}) != version_of(files)
    assert version_of({"a": b"bc"}) != version_of({"ab": b"c"})
    assert len(version_of({})) == 12


@pytest.mark.parametrize(
    ("start", "newline"), [(b"\xef\xbb\xbf", b"\n"), (b"", b"\r\n"), (b"\xef\xbb\xbf", b"\r\n")]
)
def test_what_a_windows_editor_saves_is_the_same_knowledge(start: bytes, newline: bytes) -> None:
    files = {name: start + raw.replace(b"\n", newline) for name, raw in contents(SMALL).items()}
    kb, problems = build(files)
    assert kb is not None, problems
    assert replace(kb, version="") == replace(small(), version="")


def test_a_schedule_is_read() -> None:
    kb = small()
    sichuan, chongqing = kb.schedules["四川", 2024].cells, kb.schedules["重庆", 2024].cells
    assert list(sichuan) == ["网上报名", "材料上传", "技能缴费", "一试缴费"]
    assert sichuan["材料上传"].windows == sichuan["网上报名"].windows  # 同 网上报名
    assert sichuan["技能缴费"].note == "网上缴费。"
    assert chongqing["技能缴费"].silence is Silence.NOT_STATED
    assert chongqing["技能缴费"].windows == ()
    assert chongqing["现场审核"].windows[0].audience == "军队现役"


def test_an_entry_is_read() -> None:
    entry = small().entries["报名流程"]
    assert entry.question == "怎么报名？"
    assert entry.alternatives == ("报名流程", "如何报考")
    assert entry.follow_ups == ("报名时间",)
    assert entry.answers["四川"].text == "1. 网上报名：{网上报名}。\n2. 缴费：{技能缴费.截止} 前。"
    assert entry.answers["重庆"].audiences == {"军队现役": "到报名点，{现场审核}。"}
    assert entry.answers["重庆"].notice is not None
    assert entry.answers["重庆"].notice.key == "重庆-2024"
    assert not entry.nationwide


def test_optional_values_are_read() -> None:
    files = contents(SMALL)
    files["faq/报名.yaml"] += (
        "  旧规定:\n    种类: 未收录\n    不问地区: 是\n    有效: {从: 2024-01-01, 到: 2024-12-31}\n    问题: 以前呢\n"
    ).encode()
    files["notices.yaml"] += b"    \xe5\x8f\x91\xe5\xb8\x83: 2023-12-01\n"  # 发布
    kb, problems = build(files)
    assert kb is not None, problems
    entry = kb.entries["旧规定"]
    assert (entry.kind, entry.nationwide) == ("out_of_scope", True)
    assert (entry.valid_from, entry.valid_until) == (date(2024, 1, 1), date(2024, 12, 31))
    assert kb.notices["重庆-2024"].published == date(2023, 12, 1)
    assert kb.notices["重庆-2024"].verified_on is None


def test_a_stage_with_several_windows_is_read() -> None:
    files = contents(SMALL)
    path = "schedules/2024/四川.yaml"
    two = "一试考试:\n    - {开始: 2024-08-17, 截止: 2024-08-18}\n    - {开始: 2024-08-24, 截止: 2024-08-25, 对象: 非军队现役}\n"
    files[path] += f"  {two}".encode()
    kb, problems = build(files)
    assert kb is not None, problems
    assert [window.audience for window in kb.schedules["四川", 2024].cells["一试考试"].windows] == [
        "",
        "非军队现役",
    ]


def test_the_menu_maps_each_key_to_what_it_says() -> None:
    assert small().menu == {"m-baoming": "网上报名时间", "m-help": "帮助"}


def test_an_exam_site_is_read() -> None:
    (site,) = small().regions["重庆"].sites
    assert (site.name, site.districts, site.notice) == ("万州考点", ("万州", "开州"), "重庆-2024")


def test_a_broken_folder_is_no_knowledge_at_all() -> None:
    files = contents(SMALL)
    files["menu.yaml"] = b"\xe8\x8f\x9c\xe5\x8d\x95: [\n"
    kb, problems = build(files)
    assert kb is None
    assert len(problems) == 1


def test_a_warning_does_not_stop_a_version() -> None:
    files = contents(SMALL)
    files["faq/缴费.yml"] = b"x"
    kb, problems = build(files)
    assert kb is not None
    assert [problem.is_error for problem in problems] == [False]


def test_a_phrase_of_a_newer_program_is_its_own_until_staff_write_theirs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files = contents(SMALL)
    lines = files["phrases.yaml"].decode().splitlines(keepends=True)
    files["phrases.yaml"] = "".join(line for line in lines if not line.startswith("  道歉:")).encode()
    kb, problems = build(files)
    assert kb is not None
    assert kb.phrases["道歉"] == own_phrases()["道歉"].strip()
    assert [problem.level for problem in problems] == ["提醒"]
    monkeypatch.setattr("bot.knowledge.checks.phrase_blanks.own_phrases", dict)
    kb, problems = build(files)  # nor does the program have it: the folder is the program's own
    assert kb is None
    assert "少了话术“道歉”。" in problems[0].text


def test_the_program_has_every_phrase_it_says() -> None:
    assert set(PHRASES) <= set(own_phrases())
