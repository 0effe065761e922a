"""日程: the picture of the windows and the board of what is on file."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from xml.etree import ElementTree

from bot.console.agenda import rows
from bot.console.timeline import lanes, picture
from bot.editing.coverage import board
from bot.knowledge.model import NATION, Knowledge
from bot.schedule.stages import ORDER
from tests.console.conftest import EDITOR, Site

NOW = datetime.fromisoformat("2024-04-06T10:00:00+08:00")


def test_every_window_has_a_bar_in_its_colour_and_today_a_line(kb: Knowledge) -> None:
    groups = [(region, lanes(kb, region, 2024, NOW)) for region in ("四川", "重庆")]
    drawn = ElementTree.fromstring(str(picture(groups, NOW)))  # noqa: S314  # our own
    titles = [title.text or "" for title in drawn.iter("title")]
    assert any(
        title.startswith("技能缴费：2024 年 4 月 5 日 8 时至 4 月 9 日 24 时，进行中") for title in titles
    )
    assert len(titles) == sum(len(lane.windows) for _, each in groups for lane in each)
    assert {bar.get("class") for bar in drawn.iter("rect")} == {"sign", "review", "pay"}
    left, wide = (float(drawn.get("viewBox", "").split()[index]) for index in (0, 2))
    for bar in drawn.iter("rect"):
        assert left <= float(bar.get("x", "")) <= wide
    assert "今天" in [text.text for text in drawn.iter("text")]
    later = picture(groups, datetime.fromisoformat("2026-01-01T00:00:00+08:00"))
    assert "今天" not in later


def test_regions_that_read_alike_share_a_row_and_the_asked_one_stands_alone(kb: Knowledge) -> None:
    found = rows(board(kb, NOW, (2024,)), {("云南", "技能缴费"): 3})
    assert found[0].regions == (NATION,)
    (alone,) = [row for row in found if row.regions == ("云南",)]
    assert alone.asked[list(ORDER).index("技能缴费")] == 3
    assert sum(len(row.regions) for row in found) == len(
        {square.region for square in board(kb, NOW, (2024,))}
    )
    assert max(len(row.regions) for row in found) > 20


def test_the_page_shows_what_was_asked_and_is_missing(
    make_site: Callable[..., Site], asked: Callable[..., None]
) -> None:
    site = make_site(EDITOR, bot_now=None)
    for user in ("u1", "u2"):
        asked(site, "重庆缴费", user=user, decision="not_stated", region="重庆", stage="技能缴费")
    page = site.get("/console/agenda?year=2024", 200)
    assert re.search(r"未提及<b>2</b>", page)
    assert '<svg class="timeline"' in page
    assert site.get("/console/agenda?year=1999", 200)
