"""Whose status a message names, and which years only say who asks."""

from __future__ import annotations

from datetime import date

import pytest

from bot.conversation import Assistant

TODAY = date(2024, 2, 1)
SOLDIER, EXEMPT, PASSED = "军队现役", "实践技能免试", "上年技能合格"


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("我是现役军人 要传材料吗", SOLDIER),
        ("老师您好 我在部队", SOLDIER),
        ("本人系一名现役军医", SOLDIER),
        ("我和老公都是军人", SOLDIER),
        ("我是现役 不是退役", SOLDIER),
        ("我可以免试 几号缴费", EXEMPT),
        ("领导通知我技能免试", EXEMPT),
        ("我不是免试的 我是去年技能过了", PASSED),
        ("师兄师姐们 去年技能过了综合没过今年怎么报", PASSED),
        ("我老公是军人", None),
        ("屋头那位当兵的", None),
        ("我女婿在武警当兵", None),
        ("我单位连长是现役", None),
        ("现役军人的配偶", None),
        ("免试的同学说不用去", None),
        ("隔壁科室的小王去年技能过了", None),
        ("听说军人不用传材料", None),
        ("武警医院合同工", None),
        ("我是军队文职人员", None),
        ("我报的部队医院", None),
        ("退休军医", None),
        ("我以后要当兵", None),
        ("军人家属算军队考生吗", None),
        ("技能过了能管几年", None),
        ("去年技能过了吗怎么查", None),
        ("免试要什么条件", None),
    ],
)
def test_a_status_is_the_candidates_only_where_nothing_says_otherwise(
    assistant: Assistant, text: str, own: str | None
) -> None:
    assert assistant.understanding.read(text, TODAY).audience == own


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("我没免试", (EXEMPT,)),
        ("我媳妇免试 我不免试", (EXEMPT,)),
        ("免试没批下来", (EXEMPT,)),
        ("没得免试资格", (EXEMPT,)),
        ("我爸是军人我不是", (SOLDIER,)),
        ("我不是部队的", (SOLDIER,)),
        ("去年从部队转业的", (SOLDIER,)),
        ("以前当过兵", (SOLDIER,)),
        ("我要考技能", (EXEMPT, PASSED)),
        ("技能我也得考", (EXEMPT, PASSED)),
        ("说错了 技能没过", (PASSED,)),
        ("去年技能缺考", (PASSED,)),
        ("我技能去年没过", (PASSED,)),
        ("2021年技能就过了", (PASSED,)),
        ("我老婆不是军人", ()),
        ("我朋友要考技能", ()),
        ("今年要考技能吗", ()),
    ],
)
def test_what_the_candidate_takes_back(assistant: Assistant, text: str, denied: tuple[str, ...]) -> None:
    assert assistant.understanding.read(text, TODAY).not_audience == denied


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("我朋友要考技能的 他几号缴", True),
        ("帮我老婆问一下 她免试 几号缴费", True),
        ("我那个同事呢", True),
        ("我老公是军人 我要去现场吗", False),
        ("同学说不用传材料 要传吗", False),
        ("其他考生几号缴费", False),
    ],
)
def test_who_is_asked_about(assistant: Assistant, text: str, others: bool) -> None:
    assert assistant.understanding.read(text, TODAY).others is others


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("我2022年毕业的 报名时间", ()),
        ("21年入职的 现在还能报名吗", ()),
        ("2024年毕业 几号报名", ()),
        ("2022届的 报名从哪天起", ()),
        ("去年报过名没考 今年报名几号", (2024,)),
        ("去年审核没过 审核几号", ()),
        ("去年缴了费没去考 今年报名截止哪天", (2024,)),
        ("前年考过一次没考过 今年几号交钱", (2024,)),
        ("去年几号缴费的", (2023,)),
        ("去年报名过了没", (2023,)),
        ("去年审核是几号 今年呢", (2023, 2024)),
        ("2023年报名时间和2024年一样吗", (2023, 2024)),
        ("2022年的审核通过率", (2022,)),
        ("去年合格线多少", (2023,)),
    ],
)
def test_a_year_is_asked_about_only_where_it_is_the_exams(
    assistant: Assistant, text: str, years: tuple[int, ...]
) -> None:
    assert assistant.understanding.read(text, TODAY).years == years


SOMEBODY = [
    "妯娌",
    "大伯",
    "小舅子",
    "干爹",
    "发小",
    "前男友",
    "未来公公",
    "带教老师",
    "科主任",
    "护士长",
    "老板",
    "房东",
    "队友",
    "大哥",
    "二叔",
    "老妹儿",
    "阿爸",
    "阿姨",
    "家公",
    "老豆",
    "细佬",
    "男票",
    "对象",
    "那个同学",
    "表姐夫",
    "寝室长",
    "组长",
    "她老公",
    "他爸",
    "男人",
    "屋里头的",
    "小叔子",
    "娃他爸",
    "合租的",
    "学弟",
    "书记",
    "病友",
    "班长",
    "导师",
]
STATUSES = ["是军人", "在武警服役", "技能免试", "去年技能过了", "只剩综合没过"]


@pytest.mark.parametrize("form", ["我{}{} 我几号缴费", "{}{}，要传材料吗", "我{}今年{} 那我几号缴费"])
def test_nobody_else_makes_the_candidate_what_they_are(assistant: Assistant, form: str) -> None:
    read = assistant.understanding.read
    said = [form.format(who, status) for who in SOMEBODY for status in STATUSES]
    assert [text for text in said if read(text, TODAY).audience] == []


STORIES = [
    "毕业",
    "本科毕业的",
    "参加工作",
    "入职",
    "拿的助理证",
    "规培结业",
    "退伍",
    "考过一次",
    "没考上",
    "报过名",
    "审核没过",
    "没赶上报名",
    "没交费",
    "缺考",
    "综合差3分",
    "开始上班的",
    "调到重庆",
    "进的医院",
    "生孩子没考",
    "考试失利",
    "在外地",
    "刚工作",
]


@pytest.mark.parametrize("form", ["我{}{} 报名几号截止", "{}{}，网上报名时间", "几号缴费 我{}{}"])
def test_no_story_of_the_past_asks_for_its_year(assistant: Assistant, form: str) -> None:
    read = assistant.understanding.read
    said = [form.format(year, story) for year in ("去年", "2022年", "21年", "前年") for story in STORIES]
    assert [text for text in said if any(year < TODAY.year for year in read(text, TODAY).years)] == []


@pytest.mark.parametrize("year", ["去年", "2023年", "前年", "21年"])
@pytest.mark.parametrize(
    "question",
    [
        "几号缴费",
        "的报名时间",
        "四川几号报名",
        "网上报名是哪天截止的",
        "审核到几号",
        "合格线多少",
        "报名截止了没",
        "二试什么时候报",
    ],
)
def test_a_question_about_a_past_year_keeps_it(assistant: Assistant, year: str, question: str) -> None:
    years = assistant.understanding.read(year + question, TODAY).years
    assert years
    assert years[0] < TODAY.year
