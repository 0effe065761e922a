"""Drafts, reviews, publishing and going back."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.editing.desk import ConflictError, Desk, RefusedError
from bot.editing.retell import retell, retold
from bot.editing.review import Flip
from bot.editing.versions import BACK, BY_HAND, PUBLISH
from bot.knowledge.load import version_of
from tests.editing.conftest import GOLDEN, NOW

PATH = "schedules/2024/四川.yaml"
OLD, NEW = "2024-04-09 24:00", "2024-04-11 24:00"


def draft_with(desk: Desk, old: str = OLD, new: str = NEW, path: str = PATH) -> str:
    draft = desk.open("小李", "技能缴费延长")
    text = desk.files()[path].decode()
    assert old in text
    desk.put(draft.id, path, text.replace(old, new), text)
    return draft.id


def golden(desk: Desk, id: str) -> None:
    """The draft's golden question wants the new day."""
    path = "golden/四川.yaml"
    desk.put(id, path, GOLDEN.replace("4 月 9 日", "4 月 11 日"), GOLDEN)


def test_a_draft_is_published_and_remembered(desk: Desk, home: Path) -> None:
    id = draft_with(desk)
    golden(desk, id)
    before = version_of(desk.files())
    version = desk.publish(id, "王编辑", "按新公告", NOW)
    assert NEW in (home / PATH).read_text("utf-8")
    assert (version.kind, version.author, version.note) == (PUBLISH, "王编辑", "按新公告")
    assert version.content == version_of(desk.files())
    assert [(v.kind, v.content) for v in desk.history()] == [(PUBLISH, version.content), (BY_HAND, before)]
    assert version.changed(desk.history()[1]) == ("golden/四川.yaml", PATH)
    assert desk.proposals.all() == []


def test_a_flipped_golden_question_blocks(desk: Desk, home: Path) -> None:
    id = draft_with(desk)
    with pytest.raises(RefusedError, match="1 道考题") as caught:
        desk.publish(id, "王编辑", "", NOW)
    (flip,) = caught.value.review.flips
    assert flip.question == "四川报名流程"
    assert flip.place == "golden/四川.yaml:3:8"
    assert "4 月 9 日 24 时" in flip.old
    assert "4 月 11 日 24 时" in flip.new
    assert OLD in (home / PATH).read_text("utf-8")
    assert desk.proposals.get(id) is not None


def test_an_error_blocks_and_says_where_and_what_to_write(desk: Desk, home: Path) -> None:
    id = draft_with(desk, new="4月11日")
    with pytest.raises(RefusedError, match="1 处错误") as caught:
        desk.publish(id, "王编辑", "", NOW)
    (problem,) = caught.value.review.errors
    assert (problem.file, problem.check) == (PATH, "window-date")
    assert "日期要写成" in problem.hint
    assert OLD in (home / PATH).read_text("utf-8")


def test_a_review_says_which_answers_change_for_whom(desk: Desk) -> None:
    draft = desk.proposals.get(draft_with(desk))
    assert draft is not None
    found = desk.review(draft, NOW, ["四川报名流程"]).comparison
    assert found is not None
    assert set(found.counts) == {"四川"}
    assert found.headline.startswith("四川 ")
    assert all("4 月 9 日" in change.old and "4 月 11 日" in change.new for change in found.changes)
    assert found.otherwise == ()


def test_a_file_edited_by_hand_meanwhile_is_never_overwritten(desk: Desk, home: Path) -> None:
    id = draft_with(desk)
    golden(desk, id)
    by_hand = (home / PATH).read_text("utf-8").replace(OLD, "2024-04-10 24:00")
    (home / PATH).write_text(by_hand, "utf-8")
    with pytest.raises(ConflictError) as caught:
        desk.publish(id, "王编辑", "", NOW)
    (clash,) = caught.value.clashes
    assert clash.path == PATH
    assert clash.theirs == by_hand
    assert clash.mine is not None
    assert NEW in clash.mine
    assert clash.base is not None
    assert OLD in clash.base
    assert (home / PATH).read_text("utf-8") == by_hand
    desk.settle(id, PATH, clash.mine)
    desk.publish(id, "王编辑", "", NOW)
    assert NEW in (home / PATH).read_text("utf-8")
    assert [version.kind for version in desk.history()] == [PUBLISH, BY_HAND]


def test_a_hand_edit_of_another_file_survives_a_publish(desk: Desk, home: Path) -> None:
    id = draft_with(desk)
    golden(desk, id)
    other = home / "phrases.yaml"
    other.write_text(other.read_text("utf-8") + "# 顺手写一句\n", "utf-8")
    desk.publish(id, "王编辑", "", NOW)
    assert other.read_text("utf-8").endswith("# 顺手写一句\n")


def test_going_back_is_a_version_of_its_own(desk: Desk, home: Path) -> None:
    id = draft_with(desk)
    golden(desk, id)
    first = desk.remember()
    published = desk.publish(id, "王编辑", "", NOW)
    assert first is not None
    back = desk.go_back(first.id, "王编辑", "登错了", published.content)
    assert OLD in (home / PATH).read_text("utf-8")
    assert (back.kind, back.content) == (BACK, first.content)
    assert len(desk.history()) == 3
    forth = desk.go_back(published.content, "王编辑", "", back.content)
    assert forth.content == published.content


def test_going_back_stops_where_the_folder_is_not_as_it_was_seen(desk: Desk, home: Path) -> None:
    id = draft_with(desk)
    golden(desk, id)
    first = desk.remember()
    published = desk.publish(id, "王编辑", "", NOW)
    assert first is not None
    (home / PATH).write_text((home / PATH).read_text("utf-8") + "# 手改\n", "utf-8")
    with pytest.raises(ConflictError):
        desk.go_back(first.id, "王编辑", "", published.content)
    assert (home / PATH).read_text("utf-8").endswith("# 手改\n")
    seen = version_of(desk.files())
    desk.go_back(first.id, "王编辑", "", seen)
    assert [version.kind for version in desk.history()] == [BACK, BY_HAND, PUBLISH, BY_HAND]


def test_a_hand_edit_becomes_a_version_once_it_is_clean(desk: Desk, home: Path) -> None:
    first = desk.remember()
    text = (home / PATH).read_text("utf-8")
    (home / PATH).write_text(text.replace(OLD, "4月11日"), "utf-8")
    assert desk.remember() == first
    (home / PATH).write_text(text.replace(OLD, NEW), "utf-8")
    second = desk.remember()
    assert second is not None
    assert second != first
    assert second.kind == BY_HAND
    assert desk.remember() == second
    assert desk.versions.files(second)[PATH] == (home / PATH).read_bytes()


def test_two_editors_of_one_draft_lose_nothing(desk: Desk) -> None:
    draft = desk.open("小李", "两处")
    text = desk.files()[PATH].decode()
    desk.put(draft.id, PATH, text + "# 甲\n", text)
    with pytest.raises(ConflictError) as caught:
        desk.put(draft.id, PATH, text + "# 乙\n", text)
    assert caught.value.clashes[0].theirs == text + "# 甲\n"


def test_what_is_put_back_leaves_the_draft(desk: Desk) -> None:
    draft = desk.open("小李", "白改")
    text = desk.files()[PATH].decode()
    changed = desk.put(draft.id, PATH, (text + "# x\n").replace("\n", "\r\n"), text)
    assert changed.changes == {PATH: text + "# x\n"}  # as a browser sends it
    assert desk.put(draft.id, PATH, text, text + "# x\n").changes == {}


@pytest.mark.parametrize("id", ["../../etc/passwd", "", "nothing", ".lock"])
def test_ids_from_the_web_name_nothing_else(desk: Desk, id: str) -> None:
    assert desk.proposals.get(id) is None
    assert desk.versions.get(id) is None


def test_golden_questions_follow_a_date_that_really_changed(desk: Desk, home: Path) -> None:
    id = draft_with(desk)
    draft = desk.proposals.get(id)
    assert draft is not None
    flips = desk.review(draft, NOW).flips
    assert [retold(flip) for flip in flips] == [{"4 月 9 日 24 时": "4 月 11 日 24 时"}]
    desk.edit(id, retell(flips))
    desk.publish(id, "王编辑", "", NOW)
    assert (home / "golden" / "四川.yaml").read_text("utf-8") == GOLDEN.replace("4 月 9 日", "4 月 11 日")


@pytest.mark.parametrize(
    ("fault", "new"),
    [
        ("没有说“4 月 9 日 24 时”", "另行通知"),  # no date any more
        ("没有说“4 月 9 日 24 时”", "4 月 10 日 24 时，或 4 月 12 日 24 时"),  # which of the two?
        ("没有说“网上缴费”", "现场缴费"),  # no number
        ("是 refuse（—），应为 answer", "听不懂"),
    ],
)
def test_what_people_must_judge_is_not_retold(fault: str, new: str) -> None:
    flip = Flip("问", "出处", "golden/四川.yaml:3:8", (fault,), "4 月 9 日 24 时截止，网上缴费", new)
    assert retold(flip) == {}


def test_what_was_reviewed_is_built_anew_after_forgetting(desk: Desk) -> None:
    reviewer, files = desk.reviewer, desk.files()
    first = reviewer.load(files)
    assert reviewer.load(files) is first
    reviewer.forget()
    assert reviewer.load(files).assistant is not first.assistant
