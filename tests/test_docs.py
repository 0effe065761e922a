"""The pages agree with the program: each command, setting and check is in them, and nothing they name is gone."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli import _parser
from bot.knowledge.load import CHECKS, READING, build, contents
from bot.knowledge.problem import source_line
from bot.schedule.stages import ORDER
from bot.settings import Settings
from tools.make_checks_doc import OUT, make

PROJECT = Path(__file__).resolve().parents[1]
PAGES = [PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md"))]
TEXTS = {page.relative_to(PROJECT).as_posix(): page.read_text(encoding="utf-8") for page in PAGES}
GUIDE = TEXTS["docs/staff-guide.md"]
ALL = "\n".join(TEXTS.values())


def commands(parser: argparse.ArgumentParser, path: str = "") -> Iterator[str]:
    """Every command that can be run: "check", "db upgrade" …"""
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not below:
        yield path.strip()
    for action in below:
        for name, child in action.choices.items():
            yield from commands(child, f"{path} {name}")


COMMANDS = sorted(commands(_parser()))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_in_the_docs(command: str) -> None:
    assert re.search(rf"python -m bot {command}\b", ALL), (
        f"write `python -m bot {command}` into README.md or a page of docs/"
    )


@pytest.mark.parametrize("setting", sorted(name.upper() for name in Settings.model_fields))
def test_a_setting_is_in_the_docs(setting: str) -> None:
    where = TEXTS["README.md"] + TEXTS.get("docs/operators.md", "")
    assert f"`{setting}`" in where, (
        f"write `{setting}` into the settings table of README.md (or docs/operators.md)"
    )


@pytest.mark.parametrize("check", sorted(check.ID for check in (*READING, *CHECKS)))
def test_a_check_is_in_the_docs(check: str) -> None:
    assert f"### `{check}` " in TEXTS["docs/checks.md"]


def test_the_page_of_checks_is_fresh() -> None:
    assert OUT.read_text(encoding="utf-8") == make(), "stale: run `python -m tools.make_checks_doc`"


def test_every_check_module_is_run_and_has_a_manual_page() -> None:
    folder = PROJECT / "bot" / "knowledge" / "checks"
    modules = {path.stem.replace("_", "-") for path in folder.glob("*.py")} - {"--init--"}
    assert modules == {check.ID for check in (*READING, *CHECKS)}
    for check in (*READING, *CHECKS):
        title, _, body = (check.__doc__ or "").partition("\n")
        assert title, check.ID
        assert re.search("[一-鿿]", body), f"{check.ID}: its docstring is its manual page, in Chinese"


@pytest.mark.parametrize("page", TEXTS)
def test_what_a_page_names_is_there(page: str) -> None:
    """Commands, make targets, files and links."""
    text, folder = TEXTS[page], (PROJECT / page).parent
    for found in re.findall(r"python -m bot ([a-z][a-z-]*)", text):
        assert any(command.split()[0] == found for command in COMMANDS), f"no command {found}"
    targets = set(
        re.findall(r"^([a-z][\w-]*):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    for found in re.findall(r"`make ([a-z]+)`", text):
        assert found in targets, f"no make target {found}"
    for found in re.findall(r"\]\((?!https?:|#)([^)#]+)\)|src=\"([^\"]+)\"", text):
        link = found[0] or found[1]
        target = folder / link
        assert target.exists(), f"broken link {link}"


@pytest.mark.parametrize("page", ["docs/staff-guide.md", "docs/glossary.md"])
def test_every_file_that_a_page_names_is_there(page: str) -> None:
    made_up = ("2027", "年份", "贵州")  # what staff will make
    for found in re.findall(r"`((?:knowledge|bot|docs|tests)/[^`\s]*)`", TEXTS[page]):
        if not any(word in found for word in made_up):
            assert (PROJECT / found).exists(), found


# --- the staff guide


def test_the_guide_lists_the_stages() -> None:
    assert "、".join(ORDER) in GUIDE
    assert f"只有这 {len(ORDER)} 个" in GUIDE


def test_the_guide_s_example_of_a_change_is_true() -> None:
    """Before, after, and the message of the slip, as the real file would give them."""
    before, after = (
        line
        for line in re.findall(r"```yaml\n +(技能缴费: \{.*)\n", GUIDE.replace("\r", ""))
        if "2024-04-05" in line
    )
    files = contents(PROJECT / "knowledge")
    path = "schedules/2024/四川.yaml"
    original = files[path].decode()
    assert before in original, "the guide's line stands in the real file no more"
    assert build({**files, path: original.replace(before, after).encode()})[0] is not None

    files[path] = original.replace(before, before.replace("2024-04-09 24:00", "4月11日")).encode()
    kb, problems = build(files)
    assert kb is None
    assert [problem.show(source_line(files, problem)) in GUIDE for problem in problems] == [True]


def test_the_guide_s_table_of_slips_is_true() -> None:
    """Each left side of "常见的小毛病" that fits into a value is caught; each right side passes."""
    files = contents(PROJECT / "tests" / "knowledge" / "small")
    edits = {
        "地区：四川": ("schedules/2024/四川.yaml", "地区: 四川"),
        "地区: 四川省": ("schedules/2024/四川.yaml", "地区: 四川"),
        "截止: 18:00": ("schedules/2024/四川.yaml", "截止: 2024-02-04 24:00"),
        "说法: [甲，乙]": ("faq/报名.yaml", "说法: [报名流程, 如何报考]"),
        "正文: {网上报名} 内完成": ("faq/报名.yaml", '正文: "网上报名：{网上报名}。"'),
        "正文: 请到 #3 号窗口": ("faq/报名.yaml", '正文: "网上报名：{网上报名}。"'),
    }
    rows = dict(re.findall(r"^\| `([^`]+)`[^|]*\| `([^`]+)` \|$", GUIDE, re.MULTILINE))
    assert set(edits) <= set(rows)
    for wrong, (path, old) in edits.items():
        for written, good in ((wrong, False), (rows[wrong], True)):
            changed = files[path].decode().replace(old, written, 1).encode()
            problems = build({**files, path: changed})[1]
            assert (problems == []) is good, (written, [problem.show() for problem in problems])


def test_the_guide_s_new_entry_loads() -> None:
    block = next(
        block for block in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL) if "缴费方式:" in block
    )
    files = contents(PROJECT / "knowledge")
    path = "faq/缴费.yaml"
    renamed = (
        block.replace("缴费方式:", "新的问答:")
        .replace("怎么缴费？", "钱从哪儿打？")
        .replace("在哪里缴费, 考试费怎么交", "甲乙丙丁")
    )
    files[path] += renamed.encode()
    kb, problems = build(files)
    assert kb is not None, [problem.show() for problem in problems]
    assert kb.entries["新的问答"].answers["四川"].text.startswith("四川：网上缴费")


def test_the_guide_s_notice_and_split_stage_load() -> None:
    blocks = [block for block in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)]
    notice = next(block for block in blocks if "四川-2027:" in block)
    stage = next(block for block in blocks if "  线上审核:\n" in block)
    files = contents(PROJECT / "knowledge")
    files["notices.yaml"] += notice.encode()
    path = "schedules/2024/重庆.yaml"
    files[path] = re.sub(r"  线上审核: \{.*\n", lambda _: stage, files[path].decode()).encode()
    kb, problems = build(files)
    assert kb is not None, [problem.show() for problem in problems]
    assert len(kb.schedules["重庆", 2024].cells["线上审核"].windows) == 2
    assert "四川-2027" in kb.notices


def test_the_template_of_a_province_loads_once_it_is_filled_in() -> None:
    files = contents(PROJECT / "knowledge")
    template = (PROJECT / "knowledge" / "schedules" / "样板.yaml.txt").read_text(encoding="utf-8")
    filled = re.sub("<省名[^>]*-2027>", "贵州-2027", template)
    filled = re.sub("<省名[^>]*>", "贵州", filled)
    files["schedules/2027/贵州.yaml"] = re.sub("<([^>]*)>", r"\1", filled).encode()
    files["notices.yaml"] += "  贵州-2027: {名称: 甲, 地区: 贵州, 年度: 2027}\n".encode()
    kb, problems = build(files)
    assert kb is not None, [problem.show() for problem in problems]
    assert ("贵州", 2027) in kb.schedules


def test_every_picture_of_the_console_is_listed_for_a_phone_and_a_desk_and_none_is_heavy() -> None:
    taken = list((PROJECT / "docs" / "images" / "console").iterdir())
    pages = {picture.stem.rpartition("-")[0] for picture in taken}
    assert {picture.name for picture in taken} == {f"{p}-{w}.webp" for p in pages for w in (390, 1280)}
    listed = set(re.findall(r"\(images/console/([\w-]+\.webp)\)", GUIDE))
    assert listed == {picture.name for picture in taken}
    assert max(picture.stat().st_size for picture in taken) < 120_000
