"""知识: an answer changed from the form to the folder, and everything that must stop it on the way."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.build import build
from bot.knowledge.load import contents as read_folder
from bot.knowledge.load import load, version_of
from tests.console.conftest import EDITOR, PASSWORD, PUBLISHER, Site
from tests.fakes import FixedSource

SMALL = Path(__file__).resolve().parent.parent / "knowledge" / "small"
GOLDEN = """检验:
  - 出处: 四川公告 ②
    问: 四川报名流程
    时间: 2024-04-06 10:00
    决定: answer
    含: 4 月 9 日 24 时
"""
ENTRY = "/console/knowledge/entries/报名流程"
TABLE = "/console/knowledge/schedules/2024/四川"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "knowledge"
    shutil.copytree(SMALL, home)
    (home / "golden").mkdir()
    (home / "golden" / "四川.yaml").write_text(GOLDEN, encoding="utf-8")
    return home


@pytest.fixture
def source(home: Path) -> FixedSource:
    kb, _ = load(home)
    assert kb is not None
    source = FixedSource(build(kb))
    source.version = kb.version
    return source


@pytest.fixture
def site(make_site: Callable[..., Site], home: Path) -> Site:
    """An 编辑, signed in, over a small folder of its own."""
    return make_site(EDITOR, bot_knowledge=home)


def form_of(page: str) -> dict[str, Any]:
    """What a browser would send with the page's form, unchanged."""
    import html

    form: dict[str, Any] = {}
    for name, value in re.findall(r'<input[^>]*? name="([^"]+)"[^>]*? value="([^"]*)"', page):
        if name not in form:
            form[html.unescape(name)] = html.unescape(value)
    for name, body in re.findall(r'<textarea[^>]*? name="([^"]+)"[^>]*>(.*?)</textarea>', page, re.DOTALL):
        form[html.unescape(name)] = html.unescape(body)
    for name, body in re.findall(r'<select[^>]*? name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        picked = re.search(r'<option(?: value="([^"]*)")? selected>([^<]*)', body)
        form[html.unescape(name)] = html.unescape((picked[1] or picked[2]) if picked else "")
    form["stages"] = [
        value for value, checked in re.findall(r'name="stages" value="([^"]+)"( checked)?', page) if checked
    ]
    return form


def save(site: Site, path: str, **changes: Any) -> Any:
    return site.client.post(path, data={**form_of(site.get(path)), **changes})


def draft_of(site: Site) -> str:
    found = re.search(r'id="to-draft" href="/console/drafts/([0-9a-f]+)"', site.get("/console/knowledge"))
    assert found, "no draft in hand"
    return found[1]


def colleague(site: Site, name: str) -> Site:
    """Somebody else at another computer."""
    other = Site(site.app, site.app.test_client(), site.staff)
    assert other.sign_in(name, PASSWORD).status_code == 302
    return other


def publish(site: Site, draft: str) -> Any:
    page = site.get(f"/console/drafts/{draft}")
    seen = re.search(r'name="seen" value="(\w+)"', page)
    form = {"seen": seen[1] if seen else "", "note": "测试"}
    return site.post(f"/console/drafts/{draft}/publish", form)


def test_a_form_saved_as_it_is_changes_nothing(site: Site) -> None:
    for path in (ENTRY, TABLE):
        assert save(site, path).status_code == 302
    assert "没有改动" in site.get(f"/console/drafts/{draft_of(site)}")


def test_a_changed_answer_goes_live_by_a_publisher_and_back_again(site: Site, home: Path) -> None:
    before = read_folder(home)
    answer = save(site, ENTRY, **{"text.四川": "先看公告，再网上报名：{网上报名}。缴费 {技能缴费.截止} 前。"})
    assert answer.status_code == 302
    assert read_folder(home) == before, "a draft is not live"
    draft = draft_of(site)
    page = site.get(f"/console/drafts/{draft}")
    assert "四川 1 条回答会变" in page
    assert "先看公告" in page
    assert ">1 / 1<" in page
    assert 'id="publish"' not in page, "the role 编辑 can't publish"
    assert publish(site, draft).status_code == 403
    assert read_folder(home) == before

    boss = colleague(site, PUBLISHER)
    assert publish(boss, draft).location == "/console/versions"
    assert "先看公告" in (home / "faq" / "报名.yaml").read_text(encoding="utf-8")
    assert [act.act for act in site.staff.acts()][:2] == ["发布", "登录"]
    old = next(
        link
        for link in re.findall(r'href="/console/versions/([^"]+)"', boss.get("/console/versions"))
        if link.endswith(version_of(before))
    )
    back = {"seen": version_of(read_folder(home))}
    assert site.post(f"/console/versions/{old}/back", back).status_code == 403, "the role 编辑 can't go back"
    assert 'id="back"' in boss.get(f"/console/versions/{old}")
    assert boss.post(f"/console/versions/{old}/back", back).status_code == 302
    assert read_folder(home) == before
    assert boss.post(f"/console/versions/{old}/back", back).status_code == 302
    assert "没有退回" in boss.get("/console/versions")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("2024-13-01", "“2024-13-01”不对：日历上没有这一天"),
        ("4月9日", "“4月9日”没有年份"),
        ("下周三", "“下周三”不是日期"),
        ("", "缺少截止的日期"),
    ],
)
def test_a_wrong_date_is_refused_at_its_field(site: Site, home: Path, typed: str, words: str) -> None:
    before = read_folder(home)
    answer = save(site, TABLE, **{"技能缴费.0.closes": typed})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    at = page.index('name="技能缴费.0.closes"')
    assert words in page[at : at + 400]
    assert f'value="{typed}"' in page[at : at + 80], "what was typed is still there"
    assert "没有存" in page
    assert "to-draft" not in site.get("/console/knowledge")
    assert read_folder(home) == before


def test_a_window_that_ends_before_it_starts_is_said_at_its_stage(site: Site) -> None:
    assert save(site, TABLE, **{"技能缴费.0.closes": "2024-04-01"}).status_code == 302
    page = site.get(TABLE)
    at = page.index("<legend>技能缴费</legend>")
    assert "field-error" in page[at : page.index("<legend>技能考试</legend>")]
    assert "处错误" in site.get(f"/console/drafts/{draft_of(site)}")
    assert publish(colleague(site, PUBLISHER), draft_of(site)).status_code == 302
    assert site.app.extensions["bot"].desk.history() == []


def test_a_date_in_the_text_is_said_at_the_answer(site: Site) -> None:
    save(site, ENTRY, **{"text.四川": "2 月 4 日前报名，缴费 {技能缴费.截止} 前。"})
    page = site.get(ENTRY)
    at = page.index('name="text.四川"')
    assert "field-error" in page[at : page.index('name="text.重庆"')]


def test_a_flipped_golden_question_blocks_the_publish(site: Site, home: Path) -> None:
    before = read_folder(home)
    save(site, TABLE, **{"技能缴费.0.closes": "2024-04-10 24:00"})
    draft = draft_of(site)
    boss = colleague(site, PUBLISHER)
    page = boss.get(f"/console/drafts/{draft}")
    assert "1 道考题答错了" in page
    assert "没有说“4 月 9 日 24 时”" in page
    content = version_of(
        site.app.extensions["bot"].desk.files_of(site.app.extensions["bot"].desk.proposals.get(draft))
    )
    boss.post(f"/console/drafts/{draft}/publish", {"seen": content})
    assert "不能发布" in boss.get(f"/console/drafts/{draft}")
    assert read_folder(home) == before


def test_a_file_edited_by_hand_meanwhile_is_not_overwritten(site: Site, home: Path) -> None:
    save(site, ENTRY, question="报名要怎么办？")
    draft, boss = draft_of(site), colleague(site, PUBLISHER)
    path = home / "faq" / "报名.yaml"
    by_hand = path.read_text(encoding="utf-8").replace("网上报名是什么时候？", "哪天网上报名？")
    path.write_text(by_hand, encoding="utf-8")
    page = boss.get(f"/console/drafts/{draft}", 409)
    assert "谁的都没有丢" in page
    assert "哪天网上报名？" in page
    publish(boss, draft)
    assert path.read_text(encoding="utf-8") == by_hand
    joined = by_hand.replace("怎么报名？", "报名要怎么办？")
    boss.post(f"/console/drafts/{draft}/settle", {"path": "faq/报名.yaml", "keep": "text", "text": joined})
    assert publish(boss, draft).location == "/console/versions"
    assert path.read_text(encoding="utf-8") == joined


def test_changes_of_different_places_are_both_kept_with_one_click(site: Site, home: Path) -> None:
    save(site, ENTRY, question="怎么样报名？")
    draft = draft_of(site)
    path = home / "faq" / "报名.yaml"
    path.write_text("# 手改\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert "两边的都留下" in site.get(f"/console/drafts/{draft}")
    site.post(f"/console/drafts/{draft}/settle", {"path": "faq/报名.yaml", "keep": "both"})
    page = site.get(f"/console/drafts/{draft}", 200)
    assert "怎么样报名？" in page
    path.write_text(path.read_text(encoding="utf-8").replace("怎么报名？", "报名？"), encoding="utf-8")
    assert "两边的都留下" not in site.get(f"/console/drafts/{draft}"), "the same question, changed by two"
    site.post(f"/console/drafts/{draft}/settle", {"path": "faq/报名.yaml", "keep": "both"})
    assert "两边现在改到同一处了" in site.get(f"/console/drafts/{draft}")


def test_what_changed_since_it_was_looked_at_is_not_published(site: Site, home: Path) -> None:
    save(site, ENTRY, question="报名要怎么办？")
    draft, boss = draft_of(site), colleague(site, PUBLISHER)
    page = boss.get(f"/console/drafts/{draft}")
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen
    save(site, ENTRY, question="报名咋办？")
    boss.post(f"/console/drafts/{draft}/publish", {"seen": seen[1]})
    assert "请再看一遍" in boss.get(f"/console/drafts/{draft}")
    assert "报名咋办" not in (home / "faq" / "报名.yaml").read_text(encoding="utf-8")


def test_the_yaml_box_saves_a_draft_and_shows_what_the_checks_say(site: Site, home: Path) -> None:
    path = "/console/knowledge/files/schedules/2024/四川.yaml"
    seen = (home / "schedules" / "2024" / "四川.yaml").read_text(encoding="utf-8")
    wrong = seen.replace("2024-04-09 24:00", "4月9日").replace("\n", "\r\n")
    assert site.post(path, {"seen": seen, "text": wrong}).status_code == 302
    assert "不是日期" in site.get(path)
    clash = site.post(path, {"seen": seen, "text": seen + "# 晚了"})
    assert clash.status_code == 409
    assert "您写的" in clash.get_data(as_text=True)
    commented = wrong.replace("\r\n", "\n") + "# 同事加的\n"
    assert site.post(path, {"seen": wrong, "text": commented}).status_code == 302
    joined = site.post(path, {"seen": wrong, "text": "# 我加的\n" + wrong})
    assert "# 我加的" in joined.get_data(as_text=True).split('aria-label="要存的"')[1], (
        "both are in what will be saved"
    )
    assert "# 同事加的" in joined.get_data(as_text=True).split('aria-label="要存的"')[1]
    assert site.client.get("/console/knowledge/files/../../bot.db").status_code == 404


def test_an_unanswered_phrasing_goes_into_an_entry_with_one_click(
    site: Site, asked: Callable[..., None]
) -> None:
    for where in ("四川", "重庆"):
        asked(site, f"{where}咋个上网填那个名", region=where)
    asked(site, "电话【电话】咋个上网填那个名")
    (link,) = re.findall(r'href="(/console/unanswered/[0-9a-f]+)', site.get("/console/unanswered"))
    texts = ["四川咋个上网填那个名", "重庆咋个上网填那个名", "电话【电话】咋个上网填那个名"]
    answer = site.post(f"{link}/add", {"text": texts, "entry": "报名流程"})
    assert answer.status_code == 302
    page = site.get(answer.location)
    assert "四川咋个上网填那个名" in page
    assert "重庆咋个上网填那个名" not in page, "they differ by their place alone"
    assert "【电话】" not in page
    assert "咋个上网填那个名" not in site.get("/console/unanswered")


def test_an_unanswered_topic_becomes_a_new_entry(site: Site, asked: Callable[..., None]) -> None:
    asked(site, "考场能停车吗")
    page = site.post(
        "/console/knowledge/new", {"prefill": "1", "text": ["考场能停车吗", "停车方便吗"]}
    ).get_data(as_text=True)
    assert 'value="考场能停车吗"' in page
    form = {
        "id": "考场停车", "path": "faq/报名.yaml", "question": "考场能停车吗？", "phrasings": "考场能停车吗\n停车方便吗", "asks": "",
        "notice": "四川-2024", "text": "",
    }  # fmt: skip
    assert site.post("/console/knowledge/new", form).status_code == 302
    assert "停车方便吗" in site.get("/console/knowledge/entries/考场停车")
    again = site.post("/console/knowledge/new", form)
    assert again.status_code == 400
    assert "已经有名叫“考场停车”" in again.get_data(as_text=True)


def test_a_refused_file_leaves_no_empty_draft(site: Site, home: Path) -> None:
    path = "/console/knowledge/files/schedules/2024/四川.yaml"
    answer = site.post(path, {"seen": "别的", "text": "我的"})
    assert answer.status_code == 409
    assert "没有草稿" in site.get("/console/drafts")


def test_words_are_added_and_taken_away(site: Site) -> None:
    site.post("/console/knowledge/words", {"section": "动作", "name": "报名", "word": "填那个名"})
    assert "填那个名" in site.get("/console/knowledge/words")
    site.post(
        "/console/knowledge/words", {"section": "动作", "name": "报名", "word": "填那个名", "act": "drop"}
    )
    assert 'value="填那个名"' not in site.get("/console/knowledge/words")
    site.post("/console/knowledge/words", {"section": "没有的", "name": "", "word": "甲"})
    assert "没有“没有的”" in site.get("/console/knowledge/words")


def test_the_try_out_answers_from_the_draft_too(site: Site) -> None:
    save(site, ENTRY, **{"text.四川": "先看公告，再网上报名：{网上报名}。缴费 {技能缴费.截止} 前。"})
    token = site.token("/console/try")

    def say(version: str) -> str:
        form = {
            "text": "报名流程",
            "region": "四川",
            "version": version,
            "now": "2024-02-01T10:00",
            "csrf_token": token,
        }
        return str(site.client.post("/console/try", data=form).get_json()["said"])

    assert "先看公告" in say("draft")
    assert "先看公告" not in say("live")


def test_drafts_can_be_put_down_taken_up_and_thrown_away(site: Site) -> None:
    save(site, ENTRY, question="报名要怎么办？")
    draft = draft_of(site)
    site.post("/console/drafts/none/take")
    assert "to-draft" not in site.get("/console/knowledge")
    other = colleague(site, PUBLISHER)
    other.post(f"/console/drafts/{draft}/take")
    assert draft_of(other) == draft
    other.post(f"/console/drafts/{draft}/drop")
    assert other.client.get(f"/console/drafts/{draft}").status_code == 404
    assert "没有草稿" in site.get("/console/drafts")


@pytest.mark.parametrize(
    "path",
    ["/console/knowledge/entries/没有", "/console/drafts/nothing", "/console/versions/nothing", "/console/knowledge/files/x", "/console/knowledge/schedules/2031/四川"],
)  # fmt: skip
def test_what_is_not_there_is_said_in_words(site: Site, path: str) -> None:
    assert re.search("没有", site.get(path, 404))


def test_a_spreadsheet_goes_out_is_changed_and_comes_into_a_draft(site: Site, home: Path) -> None:
    from openpyxl import load_workbook

    before = read_folder(home)
    out = site.client.get("/console/knowledge/excel/file")
    assert out.headers["Content-Disposition"].startswith("attachment")

    def upload(book: Any) -> Any:
        raw = io.BytesIO()
        book.save(raw)
        form = {
            "csrf_token": site.token("/console/today"),
            "file": (io.BytesIO(raw.getvalue()), "改好的.xlsx"),
        }
        return site.client.post("/console/knowledge/excel", data=form, content_type="multipart/form-data")

    book = load_workbook(io.BytesIO(out.data))
    assert upload(book).location == "/console/knowledge/excel"
    assert "没有要改的" in site.get("/console/knowledge/excel")
    assert "没有草稿" in site.get("/console/drafts")

    rows = book["日程"]
    (cell,) = [row[5] for row in rows.iter_rows() if row[5].value == "2024-04-09 24:00"]
    cell.value = "2024-13-01"
    wrong = upload(book)
    assert wrong.status_code == 400
    assert f"第 {cell.row} 行" in wrong.get_data(as_text=True)
    assert "日历上没有这一天" in wrong.get_data(as_text=True)
    assert "没有草稿" in site.get("/console/drafts")

    cell.value = "2024-04-11 24:00"
    draft = upload(book).location
    assert "4 月 11 日 24 时" in site.get(draft)
    assert read_folder(home) == before


def test_a_file_that_is_no_spreadsheet_is_refused_in_words(site: Site) -> None:
    for name, raw in (("x.xlsx", b"no zip"), ("x.exe", b"MZ"), ("", b"")):
        form = {"csrf_token": site.token("/console/today"), "file": (io.BytesIO(raw), name)}
        answer = site.client.post("/console/knowledge/excel", data=form, content_type="multipart/form-data")
        assert answer.status_code in (302, 400)
    assert "没有草稿" in site.get("/console/drafts")
