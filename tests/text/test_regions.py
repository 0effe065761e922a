"""What the region finder must read, and above all what it must not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.text.places import load_places, short_name
from bot.text.regions import Gazetteer, Place, RegionName, RegionReading

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "tests" / "corpus"


def make_gazetteer() -> Gazetteer:
    known = yaml.safe_load((ROOT / "knowledge" / "regions.yaml").read_text(encoding="utf-8"))
    regions = [RegionName(n, r["全称"], tuple(r.get("别名", ()))) for n, r in known["地区"].items()]
    return Gazetteer(regions, known["地名"], load_places())


GAZETTEER = make_gazetteer()
PIECES = [p.name for p in load_places()[::40]] + [
    "四川", "不是", "重庆", "毕业", "川", "渝", "老家", "的", ",", "改", "sichuan", "xi'an", "和县", "人", "从", "到", "医院", "大学", "两广",
]  # fmt: skip


def cases(name: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = yaml.safe_load((CORPUS / name).read_text(encoding="utf-8"))
    return found


def told_right(reading: RegionReading, case: dict[str, object]) -> bool:
    return list(reading.asked) == case["asked"] and set(reading.ambiguous) == set(case["ambiguous"])  # type: ignore[call-overload]


@pytest.mark.parametrize("name", ["regions.yaml", "regions_held.yaml"])
def test_every_labelled_message_is_read_right(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    wrong, silent = [], []
    everything = cases(name)
    for case in everything:
        reading = GAZETTEER.read(str(case["text"]))
        if told_right(reading, case):
            continue
        wrong.append(f"{case['text']}: {reading.asked} {reading.ambiguous}")
        if set(reading.asked) - set(case["asked"]):  # type: ignore[call-overload]
            silent.append(case["text"])
    record_property("hit_rate", f"{len(everything) - len(wrong)}/{len(everything)}")
    assert silent == []
    assert wrong == []


def test_the_corpus_has_about_as_many_traps_as_places() -> None:
    everything = cases("regions.yaml")
    places = [c for c in everything if c["asked"]]
    assert len(everything) >= 320
    assert 0.4 <= len(places) / len(everything) <= 0.65


@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES)).map("".join)))
def test_a_mention_is_a_slice_and_finding_is_deterministic(text: str) -> None:
    mentions = GAZETTEER.find(text)
    assert mentions == GAZETTEER.find(text)
    assert all(m.text == text[m.start : m.end] and m.regions and m.text for m in mentions)
    assert list(mentions) == sorted(mentions, key=lambda m: m.start)


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_a_reading_is_certain_or_asks_but_never_both(text: str) -> None:
    reading = GAZETTEER.read(text)
    assert not (reading.asked and reading.ambiguous)
    assert not set(reading.asked) & set(reading.negated)
    assert len(set(reading.asked)) == len(reading.asked)


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_removing_leaves_only_what_no_mention_covers(text: str) -> None:
    covered = {i for m in GAZETTEER.find(text) for i in range(m.start, m.end)}
    left = "".join(c for i, c in enumerate(text) if i not in covered)
    assert GAZETTEER.remove(text).replace(" ", "") == left.replace(" ", "")


def test_every_place_on_file_leads_to_its_region() -> None:
    lost = []
    for place in load_places():
        for text in (place.name, f"我在{place.name}上班", f"{place.region}{place.name}什么时候缴费"):
            reading = GAZETTEER.read(text)
            if place.region in (*reading.asked, *reading.ambiguous):
                continue
            lost.append((text, place.region, reading.asked))
    # 城区, 郊区 and the like name nothing without the city they lie in.
    bare = {"城区", "郊区", "矿区", "东区", "西区", "南区", "北区", "中区", "老城区", "新市区", "解放区", "城东区", "城西区", "城北区", "中西区",
            "离岛区", "桥西区", "桥东区"}  # fmt: skip
    assert [x for x in lost if not any(x[0] in (b, f"我在{b}上班") for b in bare)] == []


def test_a_place_beside_its_city_is_certain() -> None:
    for place in load_places():
        if place.parents and place.region != "兵团" and place.name not in ("石河子市",):
            reading = GAZETTEER.read(place.parents[0] + place.name)
            assert place.region in (reading.asked or reading.ambiguous), place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("我在成都上班", "成都市"),
        ("重庆万州的考点", "万州区"),
        ("四川省成都市武侯区", "武侯区"),
        ("恩施报名", "恩施土家族苗族自治州"),
        ("浦东的考点", "浦东新区"),
        ("重庆高新区", "高新区"),
        ("四川", None),
        ("成都和绵阳", None),
        ("鼓楼区的", "鼓楼区"),
    ],
)
def test_the_finest_place_is_told(text: str, place: str | None) -> None:
    assert GAZETTEER.read(text).place == place


def test_a_district_that_every_city_has_asks_with_all_regions() -> None:
    reading = GAZETTEER.read("高新区的考点在哪")
    assert len(reading.ambiguous) == 31
    assert "兵团" not in reading.ambiguous


def test_mentions_say_their_role() -> None:
    roles = [(m.text, m.role) for m in GAZETTEER.find("老家四川,不是贵州的,在重庆工作")]
    assert roles == [("四川", "background"), ("贵州", "negated"), ("重庆", "asked")]
    assert GAZETTEER.read("不是四川是重庆").negated == ("四川",)


def test_removing_keeps_the_question() -> None:
    assert GAZETTEER.remove("成都市武侯区技能考试几号缴费") == " 技能考试几号缴费"
    assert GAZETTEER.remove("两广报名") == " 报名"
    assert GAZETTEER.remove("报名时间") == "报名时间"


def test_staff_nicknames_win_over_the_gazetteer_and_several_meanings_ask() -> None:
    regions = [RegionName("重庆", "重庆市", ()), RegionName("河南", "河南省", ())]
    places = [Place("山城区", "河南", "county", ("鹤壁市",))]
    assert Gazetteer(regions, {"山城": "重庆"}, places).read("山城报名").asked == ("重庆",)
    assert Gazetteer(regions, {}, places).read("山城报名").asked == ("河南",)
    assert Gazetteer(regions, {"山城": "重庆、河南 山城"}, places).read("山城报名").ambiguous == (
        "重庆",
        "河南",
    )
    assert Gazetteer(regions, {"某地": "没有的地区"}, places).read("某地报名").asked == ()


def test_an_exam_site_leads_to_its_region() -> None:
    gazetteer = Gazetteer([RegionName("重庆", "重庆市", ())], {}, [Place("万州考点", "重庆", "exam_site")])
    assert gazetteer.read("万州考点在哪").place == "万州考点"


@pytest.mark.parametrize(
    ("name", "short"),
    [("成都市", "成都"), ("恩施土家族苗族自治州", "恩施"), ("彭水苗族土家族自治县", "彭水"), ("和县", "和县"), ("清新区", "清新"), ("浦东新区", "浦东"),
     ("阿拉善左旗", "阿拉善左旗"), ("前郭尔罗斯蒙古族自治县", "前郭尔罗斯"), ("三都水族自治县", "三都")],
)  # fmt: skip
def test_short_names(name: str, short: str) -> None:
    assert short_name(name) == short


@pytest.mark.parametrize("text", ["川渝" * 5000, "江西安康定西安" * 1500, "不是从" * 4000, "sichuan " * 1500])
def test_a_flood_of_places_is_read_to_its_end(text: str) -> None:
    reading = GAZETTEER.read(text)
    assert all(mention.text in text for mention in reading.mentions)
