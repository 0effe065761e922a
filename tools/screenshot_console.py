"""Pictures of /console/ for the docs, taken from the real service: python -m tools.screenshot_console

Starts the service with a rehearsal clock, a copy of knowledge/ and a database with a planted week, signs in with a headless
Chromium, makes a draft, and writes docs/images/console/PAGE-390.webp (phone) and PAGE-1280.webp (desktop). Needs
requirements-dev.txt, chromium and chromedriver.
"""

from __future__ import annotations

import base64
import os
import random
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from werkzeug.serving import make_server

from bot.app import create_app
from bot.console import accounts
from bot.conversation import Message
from bot.editing.entries import add_phrasing, set_answer
from bot.reminders.consent import seal_of
from bot.reminders.run import of_settings
from bot.settings import PROJECT, Settings
from bot.simulate.platform.control import openid_of
from bot.simulate.platform.server import APP_ID, SECRET, Twin
from bot.storage import announcements, subscriptions
from bot.storage.staff import Staff
from bot.storage.tables import turns
from tests.console.replay import messages
from tools.screenshot_chat import IMAGES, _Quiet, browser

GRANT = "grant-of-the-pictures"
OUT = IMAGES / "console"
NOW = "2024-04-06T10:00:00+08:00"
NAME, EDITOR, PASSWORD = "李老师", "王老师", "only for pictures"
ASKED = (
    "四川技能考试几号缴费", "四川技能考试几号缴费", "重庆网上报名时间", "二试怎么报名", "报名要准备哪些材料", "成都现场审核带什么",
    "重庆技能缴费时间", "重庆一试缴费时间", "报名流程", "什么是二试", "四川一试缴费截止", "技能考试时间", "有用", "有用", "没用", "帮助", "人工",
)  # fmt: skip
# name, path, script to run before the picture
# name, path; {退费}, {准考证} and {表} stand for the drafts, {version} for an older version, {topic} for the first topic
PAGES = (
    ("today", "/today?days=7"),
    ("unanswered", "/unanswered"),
    ("topic", "{topic}"),
    ("entries", "/knowledge"),
    ("entry", "/knowledge/entries/退费"),
    ("new-entry", "/knowledge/new"),
    ("schedules", "/knowledge/schedules"),
    ("schedule", "/knowledge/schedules/2024/四川"),
    ("wrong-date", "/knowledge/schedules/2024/四川"),
    ("words", "/knowledge/words"),
    ("files", "/knowledge/files"),
    ("file", "/knowledge/files/schedules/2024/四川.yaml"),
    ("file-clash", "/knowledge/files/words.yaml"),
    ("excel", "/knowledge/excel"),
    ("drafts", "/drafts"),
    ("draft", "/drafts/{退费}"),
    ("clash", "/drafts/{准考证}"),
    ("versions", "/versions"),
    ("version", "/versions/{version}"),
    ("try", "/try?text=四川技能考试几号缴费"),
    ("agenda", "/agenda"),
    ("reminders", "/reminders"),
    ("unreachable", "/reminders/unreachable"),
    ("announcements", "/announcements"),
    ("announcement", "/announcements/new"),
    ("history", "/history"),
    ("draft-editor", "/drafts/{退费}"),
    ("reminders-editor", "/reminders"),
    ("refused", "/reminders/unreachable"),
)
SIZES = ((390, 844), (1280, 800))
HIGHEST = 1500  # a page longer than this is cut


def plant(parts: Any) -> None:
    """A week of messages, two hundred subscribers, a colleague, and a draft of theirs."""
    chance, now, store = random.Random(7), datetime.now(UTC), parts.store  # noqa: S311  # the same picture every time
    assistant, rows = parts.exchange._assistant(), []
    for number, (topic, text, _) in enumerate(messages()):
        for said in [
            *([text] if topic or number % 8 == 0 else []),
            *(chance.choice(ASKED) for _ in range(2)),
        ]:
            session = {"topic": {"entry": "技能缴费时间"}} if said in ("有用", "没用") else None
            trace = assistant.respond(Message("text", said), session, parts.clock.now()).trace
            age = timedelta(days=int(min(6.9, chance.expovariate(0.35))), hours=chance.uniform(0, 12))
            rows.append({
                "at": now - age, "user_hash": f"{chance.randrange(300):032x}", "channel": "web", "masked_text": trace.masked_text,
                "decision": trace.decision, "entry": trace.entry, "stage": trace.stage, "region": trace.region,
                "audience": trace.audience, "year": trace.year, "score": trace.score, "ms": chance.lognormvariate(1.2, 0.5), "detail": {},
                "feedback": trace.feedback,
            })  # fmt: skip
    with store.writing() as connection:
        connection.execute(sa.insert(turns), sorted(rows, key=lambda row: row["at"]))
        insert, long_ago = store.database.insert, datetime(2024, 4, 1, tzinfo=UTC)
        for number in range(200):
            hashed = store.user_hash(openid_of(number))
            address = seal_of(store).close(openid_of(number).encode())
            subscriptions.met(connection, insert, hashed, address, number % 6 != 0, long_ago)
            region = ("四川", "四川", "重庆", "云南")[number % 4]
            subscriptions.subscribe(connection, insert, hashed, region, "", long_ago)
            if number % 3:
                subscriptions.change_grant(connection, insert, hashed, GRANT, 1, "同意", "e", long_ago)
    of_settings(parts.settings, store, lambda: assistant.kb, parts.clock).run()
    for who, role in ((NAME, accounts.PUBLISHER), (EDITOR, accounts.EDITOR)):
        accounts.add(Staff(store, parts.settings.secret()), who, role, PASSWORD)
    desk = parts.desk
    desk.remember()
    draft = desk.open("王老师", "退费说得更清楚")
    desk.edit(draft.id, add_phrasing("退费", "交错了钱咋个要回来"))
    text = "个人原因不退。\n可以退的：考区、考点改动了报名信息的；重复缴费的；复核后转为审核不通过的。\n找报名时的考点办，具体以当地规定为准。\n"
    desk.edit(draft.id, set_answer("退费", "全国", text))
    # A second one, whose file somebody has saved by hand since.
    draft = desk.open("王老师", "准考证的新说法")
    edited = desk.edit(draft.id, add_phrasing("准考证", "准考证咋个打不出来"))
    (path,) = edited.changes
    file = parts.settings.bot_knowledge / path
    file.write_text(f"# 李老师 4 月 6 日看过\n{file.read_text('utf-8')}", "utf-8")
    staff = Staff(store, parts.settings.secret())
    for who, act, target in (
        ("王老师", "登录", ""),
        ("王老师", "改草稿", "退费"),
        ("李老师", "标为不用处理", "考场有停车场吗"),
    ):
        staff.record(who, act, target)
    with store.writing() as connection:
        insert = store.database.insert
        told = (
            (
                "四川 2024 年度现场审核点有调整：成都考点改在一环路南一段 20 号，详见四川省卫健委 4 月 3 日公告。",
                "四川",
            ),
            ("考试中心周末系统维护，周六 8 时到 12 时不能登录。", "星标组"),
        )
        for number, (words, tag) in enumerate(told):
            announcements.add(connection, insert, f"k{number}", words, number + 100, tag, "王老师", now)
        for seen in announcements.newest(connection, 1):
            announcements.claim(connection, seen, "李老师", now)
        announcements.ended(connection, 2, "submitted", now, "m1")
        announcements.receipt(connection, insert, "m1", "", (1203, 1188, 1187, 1), now)


@contextmanager
def service(home: Path) -> Iterator[tuple[str, Any]]:
    """The address of the service on a free port, and its parts; everything it writes is under `home`."""
    shutil.copytree(PROJECT / "knowledge", home / "knowledge")
    twin = Twin().__enter__()  # the platform, for the account's tags and for what was sent
    twin.world.follow([openid_of(number) for number in range(200)], grants={GRANT: 1})
    values = {
        "wechat_app_id": APP_ID,
        "wechat_app_secret": SECRET,
        "wechat_account": "service-certified",
        "wechat_api_base_url": twin.url,
        "wechat_subscribe_template_id": GRANT,
        "wechat_subscribe_template_fields": "thing1={考区}{环节};thing2={截止}截止",
        "bot_now": NOW,
        "bot_var": home / "var",
        "bot_knowledge": home / "knowledge",
        "bot_limit_address": 100000,
    }
    app = create_app(Settings.model_validate(values))
    parts = app.extensions["bot"]
    plant(parts)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/console", parts
    finally:
        server.shutdown()
        thread.join()
        twin.__exit__(None, None, None)


def picture(driver: Any) -> bytes:
    """The whole page, but no more than HIGHEST of it, as WebP."""
    size = driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
    top = driver.execute_script(
        "const e = document.querySelector('.field-error'); return e ? Math.max(0, e.getBoundingClientRect().y + scrollY - 400) : 0"
    )
    clip = {
        "x": 0,
        "y": top,
        "width": size["width"],
        "height": min(size["height"] - top, HIGHEST),
        "scale": 1,
    }
    wanted = {"format": "webp", "quality": 50, "captureBeyondViewport": True, "clip": clip}
    return base64.b64decode(driver.execute_cdp_cmd("Page.captureScreenshot", wanted)["data"])


def resize(driver: Any, width: int, height: int) -> None:
    """A phone or a desk."""
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 640}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def sign_in(driver: Any, address: str, name: str) -> None:
    """As `name`, whoever was there before."""
    driver.delete_all_cookies()
    driver.get(f"{address}/login")
    driver.find_element("id", "name").send_keys(name)
    driver.find_element("id", "password").send_keys(PASSWORD)
    driver.find_element("id", "enter").click()


def act(driver: Any, name: str) -> None:
    """What somebody does on the page before its picture is taken."""
    script = driver.execute_script
    if name == "wrong-date":
        script("document.querySelector(\"input[name='技能缴费.0.closes']\").value = '2024-13-01'")
        script("document.querySelector('#save').click()")
    elif name == "file-clash":  # opened before somebody else saved it
        script("document.querySelector('[name=seen]').value += '# 打开以后别人加的'")
        script("document.querySelector('textarea[name=text]').value += '# 您加的'")
        script("document.querySelector('textarea[name=text]').form.submit()")


def take(driver: Any, address: str, parts: Any, show: Callable[[str, int], None]) -> None:
    """Every page at every width, each handed to `show` when it stands."""
    drafts = {one.title[:3].rstrip("说的"): one.id for one in parts.desk.proposals.all()}
    for width, height in SIZES:
        resize(driver, width, height)
        driver.delete_all_cookies()
        driver.get(f"{address}/login")
        show("login", width)
        sign_in(driver, address, NAME)
        driver.get(f"{address}/unanswered")
        topic = driver.find_element("css selector", ".topics a").get_attribute("href")
        older = {**drafts, "topic": topic.removeprefix(address), "version": parts.desk.history()[-1].id}
        for name, path in PAGES:
            if name == "draft-editor":
                sign_in(driver, address, EDITOR)
            driver.get(address + path.format(**older))
            act(driver, name)
            show(name, width)


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    os.environ["LANGUAGE"] = "zh_CN"  # as staff see the browser's own words
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        with service(home) as (address, parts), browser(home / "profile") as driver:
            take(
                driver,
                address,
                parts,
                lambda name, width: (OUT / f"{name}-{width}.webp").write_bytes(picture(driver)) and None,
            )


if __name__ == "__main__":
    main()
