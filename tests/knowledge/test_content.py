"""The real knowledge/: every date of the source document and of the facts collected beside it, copied here as literals."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.knowledge.load import load
from bot.knowledge.model import NATION, Knowledge, Notice, Silence, known_from
from bot.schedule.deadlines import SHANGHAI, Moment, Phase, Window
from bot.schedule.stages import ORDER
from tests.knowledge.conftest import REAL

LATE = datetime(2030, 1, 1, tzinfo=UTC)
PROVINCES = [
    "北京",
    "天津",
    "河北",
    "山西",
    "内蒙古",
    "辽宁",
    "吉林",
    "黑龙江",
    "上海",
    "江苏",
    "浙江",
    "安徽",
    "福建",
    "江西",
    "山东",
    "河南",
    "湖北",
    "湖南",
    "广东",
    "广西",
    "海南",
    "重庆",
    "四川",
    "贵州",
    "云南",
    "西藏",
    "陕西",
    "甘肃",
    "青海",
    "宁夏",
    "新疆",
]
SPECIAL = {"兵团": True, "香港": False, "澳门": False, "台湾": False}  # whether 全国 speaks for it

SIGN_UP_2024 = ("2024-01-22", "2024-02-04 24:00")
REVIEW_2024 = ("2024-02-21", "2024-03-05")
# (region, year, stage, notice) -> (opens, closes), as the notices print them: an hour only where there is one.
WINDOWS: dict[tuple[str, int, str, str], tuple[str, str]] = {
    ("四川", 2024, "网上报名", "四川-2024"): SIGN_UP_2024,
    ("四川", 2024, "材料上传", "四川-2024"): SIGN_UP_2024,
    ("四川", 2024, "线上审核", "四川-2024"): ("2024-02-17", "2024-02-20"),
    ("四川", 2024, "现场审核", "四川-2024"): REVIEW_2024,
    ("四川", 2024, "技能缴费", "四川-2024"): ("2024-04-05 08:00", "2024-04-09 24:00"),
    ("四川", 2024, "一试缴费", "四川-2024"): ("2024-07-05 08:00", "2024-07-09 24:00"),
    ("重庆", 2024, "网上报名", "重庆-2024"): SIGN_UP_2024,
    ("重庆", 2024, "材料上传", "重庆-2024"): SIGN_UP_2024,
    ("重庆", 2024, "线上审核", "重庆-2024"): REVIEW_2024,
    ("重庆", 2024, "现场审核", "重庆-2024"): REVIEW_2024,
    ("重庆", 2025, "网上报名", "重庆-2025"): ("2025-02-08 10:00", "2025-02-21 24:00"),
    ("重庆", 2025, "线上审核", "重庆-2025"): ("2025-02-25", "2025-03-10"),
    (NATION, 2024, "网上报名", "全国-2024"): SIGN_UP_2024,
    (NATION, 2024, "现场审核", "全国-2024"): REVIEW_2024,
    (NATION, 2025, "网上报名", "全国-2025"): ("2025-02-08 10:00", "2025-02-21 24:00"),
    (NATION, 2025, "现场审核", "全国-2025"): ("2025-02-25", "2025-03-10"),
    (NATION, 2026, "网上报名", "全国-2026"): ("2026-01-29 10:00", "2026-02-11 24:00"),
    (NATION, 2026, "现场审核", "全国-2026"): ("2026-02-27", "2026-03-12"),
    (NATION, 2020, "二试报名", "二试-2020"): ("2020-10-11", "2020-10-18"),
    (NATION, 2020, "二试缴费", "二试-2020"): ("2020-10-11", "2020-10-18"),
    (NATION, 2022, "二试报名", "二试-2022"): ("2022-10-08", "2022-10-14"),
    (NATION, 2022, "二试缴费", "二试-2022"): ("2022-10-08", "2022-10-14"),
    (NATION, 2023, "二试报名", "二试-2023"): ("2023-09-22", "2023-09-28"),
    (NATION, 2023, "二试缴费", "二试-2023"): ("2023-09-22", "2023-09-28"),
    (NATION, 2024, "二试报名", "二试-2024"): ("2024-09-18", "2024-09-24"),
    (NATION, 2024, "二试缴费", "二试-2024"): ("2024-09-18", "2024-09-24"),
    (NATION, 2024, "二试考试", "二试-2024"): ("2024-11-09", "2024-11-10"),
}
AUDIENCES = {
    ("重庆", 2024, "材料上传"): "非军队现役",
    ("重庆", 2024, "线上审核"): "非军队现役",
    ("重庆", 2024, "现场审核"): "军队现役",
}
SILENCES = {
    ("重庆", 2024, "技能缴费"): Silence.NOT_STATED,
    ("重庆", 2024, "一试缴费"): Silence.NOT_STATED,
    **{
        ("重庆", 2025, stage): Silence.UNANNOUNCED
        for stage in ("技能缴费", "技能考试", "一试缴费", "一试考试")
    },
}
SITES = {
    "万州考点": "万州 开州 云阳 忠县 奉节 梁平 城口 巫溪 巫山",
    "黔江考点": "黔江 酉阳 秀山 彭水",
    "沙坪坝考点": "沙坪坝 九龙坡 渝中 北碚 大渡口 高新区",
    "南岸考点": "南岸 渝北 江北 巴南 万盛经开区 綦江 两江新区",
}


def shanghai(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=SHANGHAI)


def test_it_loads_without_a_problem() -> None:
    kb, problems = load(REAL)
    assert kb is not None
    assert [problem.show() for problem in problems] == []


@pytest.mark.parametrize("cell", WINDOWS, ids=lambda cell: "-".join(map(str, cell)))
def test_every_date_of_the_sources_stands_in_the_schedules(
    cell: tuple[str, int, str, str], kb: Knowledge
) -> None:
    region, year, stage, notice = cell
    found = kb.cell(region, stage, year, LATE)
    assert found is not None
    opens, closes = WINDOWS[cell]
    audience = AUDIENCES.get((region, year, stage), "")
    assert found.windows == (Window(Moment.parse(opens), Moment.parse(closes), audience),)
    assert found.notice.key == notice
    assert found.silence is None


def test_no_date_stands_there_that_no_source_gives(kb: Knowledge) -> None:
    """A new notice adds its dates to WINDOWS here, copied from the notice and not from the YAML."""
    there = {
        (s.region, s.year, stage, cell.notice.key)
        for s in kb.schedules.values()
        for stage, cell in s.cells.items()
        if cell.windows
    }
    assert there == set(WINDOWS)


def test_silence_is_told_apart(kb: Knowledge) -> None:
    there = {
        (s.region, s.year, stage): cell.silence
        for s in kb.schedules.values()
        for stage, cell in s.cells.items()
        if cell.silence
    }
    assert there == SILENCES


def test_chongqing_never_has_a_fee_window(kb: Knowledge) -> None:
    for (region, _year), schedule in kb.schedules.items():
        if region == "重庆":
            for stage, cell in schedule.cells.items():
                assert "缴费" not in stage or not cell.windows


def test_the_nation_never_speaks_of_the_provinces_fees(kb: Knowledge) -> None:
    for (region, _year), schedule in kb.schedules.items():
        if region == NATION:
            assert not {"技能缴费", "一试缴费"} & set(schedule.cells)


def test_all_regions_are_there(kb: Knowledge) -> None:
    assert len(PROVINCES) == 31
    assert set(kb.regions) == {*PROVINCES, *SPECIAL}
    for name, region in kb.regions.items():
        assert region.inherits is SPECIAL.get(name, True), name
        assert region.full_name.startswith(name) or name == "兵团"
    assert len({region.id for region in kb.regions.values()}) == len(kb.regions)


def test_the_exam_sites_of_chongqing(kb: Knowledge) -> None:
    found = {site.name: " ".join(site.districts) for site in kb.regions["重庆"].sites}
    assert found == SITES
    assert {site.notice for site in kb.regions["重庆"].sites} == {"重庆-2024"}
    for unknown in ("涪陵", "永川", "合川"):
        assert not any(unknown in districts for districts in found.values())


def test_every_notice_says_where_it_is_from(kb: Knowledge) -> None:
    for notice in kb.notices.values():
        assert notice.name
        assert notice.region == NATION or notice.region in kb.regions
        assert notice.verified_on is not None, notice.key
        assert notice.verified_by, notice.key
        assert notice.grade in ("高", "中"), notice.key
        assert notice.url == "" or re.match(r"https?://", notice.url), notice.key


def test_every_fact_names_a_notice_of_its_own_region(kb: Knowledge) -> None:
    for (region, year), schedule in kb.schedules.items():
        for cell in schedule.cells.values():
            assert cell.notice.region in (region, NATION)
            assert cell.notice.year == year
    for entry in kb.entries.values():
        for region, answer in entry.answers.items():
            if entry.kind == "answer":
                assert answer.notice is not None, entry.id
                assert answer.notice.region in (region, NATION), entry.id


def test_the_published_day_is_told_only_where_a_source_gives_it(kb: Knowledge) -> None:
    """No notice of the sources prints its day; re-posts say only from when it was certainly public."""
    assert [notice.key for notice in kb.notices.values() if notice.published] == []
    assert {notice.key: notice.seen for notice in kb.notices.values() if notice.seen} == {
        "全国-2024": date(2023, 12, 13),
        "四川-2024": date(2023, 12, 21),
    }


@pytest.mark.parametrize(
    ("region", "year", "stage", "instant"),
    [
        (NATION, 2024, "网上报名", "2023-12-13T00:00"),  # the re-post's day
        ("四川", 2024, "技能缴费", "2023-12-21T00:00"),
        (
            "重庆",
            2024,
            "技能缴费",
            "2023-12-23T00:00",
        ),  # day unknown: 30 days before 22 Jan; silence counts as well
        (NATION, 2024, "二试报名", "2024-08-19T00:00"),  # its own notice: 30 days before 18 Sep
        (NATION, 2024, "二试考试", "2024-08-19T00:00"),  # the same notice, though its own window is later
        (NATION, 2025, "网上报名", "2025-01-09T10:00"),  # 30 days before 8 Feb 10:00
        ("重庆", 2025, "一试缴费", "2025-01-09T10:00"),
        (NATION, 2026, "现场审核", "2025-12-30T10:00"),
    ],
)
def test_a_notice_counts_from_its_day(
    region: str, year: int, stage: str, instant: str, kb: Knowledge
) -> None:
    known = shanghai(instant)
    assert kb.cell(region, stage, year, known - timedelta(microseconds=1)) is None
    assert kb.cell(region, stage, year, known) is not None


def test_on_a_day_of_february_2024_nothing_later_is_known(kb: Knowledge) -> None:
    now = shanghai("2024-02-01T10:00")
    for region in (NATION, *kb.regions):
        assert all(year <= 2024 for year in kb.years_known(region, now)), region
    for stage in ("二试报名", "二试缴费", "二试考试"):
        assert kb.cell(NATION, stage, 2024, now) is None
        assert all(kb.cell(NATION, stage, year, now) is None for year in (2025, 2026))
    assert kb.newest_year(now) == 2024
    sign_up = kb.cell("四川", "网上报名", 2024, now)
    assert sign_up is not None
    assert sign_up.windows[0].phase_at(now) is Phase.OPEN
    assert sign_up.windows[0].days_left(now) == 3


def test_known_years_come_newest_first(kb: Knowledge) -> None:
    assert kb.years_known(NATION, LATE) == (2026, 2025, 2024, 2023, 2022, 2020)
    assert kb.years_known("重庆", LATE) == (2025, 2024)
    assert kb.years_known("四川", LATE) == (2024,)
    assert kb.years_known("贵州", LATE) == ()
    assert kb.newest_year(datetime(2020, 1, 1, tzinfo=UTC)) is None


def test_the_rule_of_known_from() -> None:
    window = Window(Moment.parse("2024-03-31 08:00"), Moment.parse("2024-04-09"))
    both = Notice("k", "n", NATION, 2024, published=date(2024, 1, 2), seen=date(2024, 1, 5))
    assert known_from(both, window) == shanghai("2024-01-02T00:00")
    assert known_from(Notice("k", "n", NATION, 2024, seen=date(2024, 1, 5)), window) == shanghai(
        "2024-01-05T00:00"
    )
    assert known_from(Notice("k", "n", NATION, 2024), window) == shanghai("2024-03-01T08:00")
    assert known_from(Notice("k", "n", NATION, 2024), None) == shanghai("2024-01-01T00:00")


def test_the_words_are_set_right_and_the_wrong_ones_understood(kb: Knowledge) -> None:
    """The document's mechanical replacements: never said, always understood."""
    said = [answer.text for entry in kb.entries.values() for answer in entry.answers.values()]
    said += [
        text for entry in kb.entries.values() for a in entry.answers.values() for text in a.audiences.values()
    ]
    said += [entry.question for entry in kb.entries.values()] + list(kb.phrases.values())
    for wrong in ("知识点", "全医学考试中心", "官方实践技能", "政府实践技能", "官方医学考试"):
        assert not any(wrong in text for text in said), wrong
        assert any(wrong in way for ways in kb.vocabulary.synonyms.values() for way in ways), wrong


def test_no_telephone_number_is_told(kb: Knowledge) -> None:
    """None was verified; a training company's would be worse than none."""
    for entry in kb.entries.values():
        for answer in entry.answers.values():
            for text in (answer.text, *answer.audiences.values()):
                assert not re.search(r"\d{7,}|\d{3,4}-\d{7,8}|400-?\d{3}", text), entry.id


def test_stages_of_entries_are_in_the_fixed_list(kb: Knowledge) -> None:
    for entry in kb.entries.values():
        assert set(entry.stages) <= set(ORDER)
