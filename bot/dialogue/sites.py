"""Which 考点 a question takes for that of a workplace (北碚选沙坪坝对不对), and which entry tells of them. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.knowledge.model import Entry, Knowledge
from bot.text.place_own import former_places
from bot.text.query import Query

BLANK = "{考点}"
_ASKED = re.compile(
    r"(?:说|写|讲)的?(?:是)?[^,。?!]{1,6}?(?:归|属于?|选|报)|撒\W*$|噻\W*$|对不对|对吗|对吧|对不$|是不是|是否|吗|可以|行不|行么|能不能|会怎么?样|会咋样|包不包括|管不管|收不收|错没错|错了没|\?$|不\W*$|考点吧\W*$|也[选报归][^,。?!]{1,6}[嘛哇嗦]\W*$"
)
_PUT = re.compile(
    r"(?:选|报|填|归|属于?|成|报在|选在|跟着?|和|是不是|是否|也是|是)了?的?$|(?:选|报|填)成?(?:了)?(?:户口|户籍|老家)(?:那边|所在地)?的?$"
)  # what stands before the 考点 that is meant
_PUT_ALONE = re.compile(
    r"考点(?:应该|该|不|就|是不是|要)*(?:是|选|报)$|考点(?:是不是|是否)$|^[那, ]*(?:我|就|是不是|应该|该|也|不)*(?:选|报|归|属于)(?:的是)?$|^[那, ]*(?:难道)?不是$"
)
_INCLUDES = re.compile(r"[都也]?(?:管不管|管|包不包括|包括|包含|收不收|收|含|有没有|有)")
_SAME = re.compile(
    r"(?:是|在|归)(?:不是)?(?:同一?个|一个|一起)(?:考点|地方|点)?(?:考)?的?(?:吗|不|么|嘛|吧|[?]|$)"
)
_EXTENT = re.compile(
    r"考点(?:都|主要|一共|是)?(?:包括|包含|管|有|是|收|覆盖|含)(?:了|到)?(?:些)?(?:哪|几个|啥|什么)"
)
_WHICH = re.compile(
    r"(?:的|这边|那边|区)*(?:选|报|填|归|属于?|是|去)(?:的)?(?:到|在)?哪(?:个|里|儿|一个)?(?:考点|报名点|报名|报)?(?:嘛|呢|啊|哦)?\W*$"
)
_WHICH_SITE = re.compile(
    r"考点(?:各|分别|都|应该|该)*(?:是|选|填|报|归|在)?(?:哪|啥|什么)|(?:哪|啥|什么)个?考点"
)
_WORKS_AT = re.compile(r"(?:工作|上班|单位|执业|干活)(?:是|的)?在$")  # 户口在永川工作在渝北
_WORKS = re.compile(r"(?:区|县)?[^,。?!\s]{0,12}?(?:上班|工作|执业|坐诊|规培)")
# 那就是在成都报撒
# 在成都上班 … 想回重庆考,可不可以
_WANTS_TO = re.compile(
    r"想(?:要)?(?:回|去|到)[^,。?!]{2,4}?(?:那边)?(?:考|报)[^?]{0,4}[, ]*(?:可不可以|可以|行不行|行不|得行|能不能|能行)"
)
_LIVES = re.compile(r"(?:住|家)(?:是|就)?(?:在|的是)?$")  # 我住九龙坡的嘛
_AT = re.compile(r"(?:在|到|去)$")
_REGISTERS = re.compile(r"(?:这边|那边)?报名?(?:撒|吧|噻|对吧|是吧|对不对|嘛|咯)+\W*$")
_HOME = re.compile(
    r"住|家在|户口|户籍|老家|离[^,。?!]{0,6}近"
)  # of two places one is no workplace then: nothing can be confirmed


def entry_of(kb: Knowledge) -> Entry | None:
    """The entry whose words hold the blank for the 考点; None where no region has any on file."""
    return next(
        (e for e in kb.entries.values() if any(BLANK in a.text for a in e.answers.values())),
        None,
    )


def claimed(query: Query, kb: Knowledge) -> str:
    """The name of the 考点 that the question puts beside a workplace and asks whether it is right; "" where it asks no such thing."""
    places, asked = beside(query), query.region.asked
    if len(places) < 2 or len(asked) != 1 or not _ASKED.search(query.text) or _HOME.search(query.text):
        return ""
    region = kb.regions.get(asked[0])
    sites = region.sites if region is not None else ()
    named = [m for m in query.region.mentions if m.place in places]
    first, last = named[0], named[-1]
    if first.text.endswith("考点") and _INCLUDES.match(query.text, first.end):  # 黔江考点管彭水不
        meant = first.place
    elif last.text.endswith("考点") or _PUT.search(query.text[: last.start]):
        meant = last.place
    else:
        return ""
    return next((site.name for site in sites if _names(meant or "", site.name)), "")


def beside(query: Query) -> tuple[str, ...]:
    """The named places that are not ruled out, one's own or a colleague's: 我同事在开州,也是选万州?."""
    return tuple(dict.fromkeys(m.place for m in query.region.mentions if m.place and m.role != "negated"))


def puts_forward(query: Query) -> bool:
    """Whether only a 考点 is put forward, for a workplace that was told before: 那考点是黔江?."""
    named = [m for m in query.region.mentions if m.place]
    alone = len(named) == 1 and len(query.region.asked) == 1 and not query.others
    put = alone and _PUT_ALONE.search(query.text[: named[0].start]) is not None
    return put and _ASKED.search(query.text) is not None


def put_alone(query: Query, kb: Knowledge) -> str:
    """The name of the 考点 that is put forward; "" where none is."""
    region = kb.regions.get(query.region.asked[0]) if puts_forward(query) else None
    place = next((m.place for m in query.region.mentions if m.place), "")
    sites = region.sites if region is not None else ()
    return next((site.name for site in sites if _names(place, site.name)), "")


def places_of(query: Query, own: str | None, place: str | None, kb: Knowledge) -> tuple[tuple[str, ...], str]:
    """The workplaces that a question about the 考点 is of, and the 考点 that it takes for theirs, "" for none.

    Args:
        own: the candidate's, told before · place: that of this question, or else the same.
    """
    if asks_extent(query) and (sites := _sites_at(query, kb)):
        return sites, ""  # 万州的考点管哪些区县
    claim = claimed(query, kb)
    if not claim and own and own != place and puts_forward(query):
        return (own,), put_alone(query, kb)  # 户口在涪陵 … 是不是报涪陵嘛: of where one works
    # 重庆考点有哪些, after 合川
    asked_whole = bool(query.region.asked) and not any(m.place for m in query.region.mentions)
    former = former_places(query.text, query.region)
    works = tuple(each for each in workplaces(query) if each not in former)
    named: tuple[str | None, ...] = works or (beside(query) if claim else query.region.places)
    if not works:
        lived = {m.place for m in query.region.mentions if _LIVES.search(query.text[: m.start])}
        named = tuple(each for each in named if each not in lived) or ((own,) if lived else ())
        asked_whole = asked_whole or bool(lived)
    named = named or (() if asked_whole else (place,))
    if former and not works:
        named = tuple(each for each in beside(query) if each not in former) or (own,)
    if (asks_of_home(query) and not works) or (asks_either(query) and own and not (works or query.others)):
        named = (own,)  # what counts is where one works
    places = tuple(each for each in named if each)
    return apart(places, claim) if claim else places, claim


def asks_of_home(query: Query) -> bool:
    """我其实住渝北 填南岸行不: whether the 考点 of where one lives is put forward."""
    put = any(_PUT.search(query.text[: m.start]) for m in query.region.mentions)
    return (
        put
        and set(query.stages) <= {"网上报名"}
        and bool(_HOME.search(query.text) and _ASKED.search(query.text))
    )


def asks_same(query: Query) -> bool:
    """Whether it is asked if two places have the same 考点: 开州和奉节是同一个不."""
    return len(query.region.places) > 1 and not query.stages and _SAME.search(query.text) is not None


def asks_which_site(query: Query) -> bool:
    """Whether it is asked which 考点 a named place has, or one is put forward: 高新区选哪个, 就是说我选沙坪坝考点对吧."""
    named = [m for m in query.region.mentions if m.place or len(m.regions) > 1]
    if not named or query.subjects or set(query.actions) - {"报名"}:
        return False
    which = _WHICH_SITE.search(query.text) is not None
    which = which or any(_WHICH.match(query.text, m.end) for m in named)
    put = any(m.text.endswith("考点") and _PUT.search(query.text[: m.start]) for m in named)
    there = any(_AT.search(query.text[: m.start]) and _REGISTERS.match(query.text, m.end) for m in named)
    wants = len(query.region.mentions) > 1 and _WANTS_TO.search(query.text) is not None
    return which or there or wants or (put and _ASKED.search(query.text) is not None)


def workplaces(query: Query) -> tuple[str, ...]:
    """Those of the named places where it is said that one works, where others are named too: 江北的,在渝中医院上班,住沙坪坝."""
    named = [m for m in query.region.mentions if m.place]
    works = [
        m.place
        for m in named
        if m.place and (_WORKS.match(query.text, m.end) or _WORKS_AT.search(query.text[: m.start]))
    ]
    return tuple(works) if 0 < len(works) < len(named) else ()


def works_in(query: Query) -> str:
    """The region where it is said that one works, where others are named beside it: 户口在达州 单位在重庆开州 报四川还是重庆; "" else."""
    works = {
        m.regions[0]
        for m in query.region.mentions
        if len(m.regions) == 1
        and (_WORKS.match(query.text, m.end) or _WORKS_AT.search(query.text[: m.start]))
    }
    return works.pop() if len(works) == 1 else ""


def lives_there(query: Query) -> bool:
    """Whether the only place named is where one lives: 我住九龙坡的嘛."""
    named = [m for m in query.region.mentions if m.place]
    return bool(named) and not workplaces(query) and all(_LIVES.search(query.text[: m.start]) for m in named)


def asks_either(query: Query) -> bool:
    """Whether only two 考点 are put to choose from: 沙坪坝还是南岸."""
    named = [m for m in query.region.mentions if m.place]
    return len(named) > 1 and "还是" in query.text[named[0].end : named[-1].start] and not query.stages


def apart(places: Sequence[str], site: str) -> tuple[str, ...]:
    """`places` without the one that names the 考点; all of them where there is no other."""
    return tuple(place for place in places if not _names(place, site)) or tuple(places)


def asks_extent(query: Query) -> bool:
    """Whether it is asked which places a named 考点 is for: 万州考点管哪些地方."""
    named = any(m.text.endswith("考点") for m in query.region.mentions) or (
        bool(query.region.places) and "的考点" in query.text
    )
    return named and not (query.stages or query.subjects) and _EXTENT.search(query.text) is not None


def _sites_at(query: Query, kb: Knowledge) -> tuple[str, ...]:
    """The names of the 考点 that bear the names of the places."""
    region = kb.regions.get(query.region.asked[0]) if len(query.region.asked) == 1 else None
    every = region.sites if region is not None else ()
    return tuple(
        site.name for site in every if any(_names(place, site.name) for place in query.region.places)
    )


def _names(place: str, site: str) -> bool:
    return place == site or place.rstrip("区县") == site.removesuffix("考点")
