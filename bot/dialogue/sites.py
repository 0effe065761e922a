"""Which 考点 a question takes for that of a workplace (北碚选沙坪坝对不对), and which entry tells of them. Pure."""

from __future__ import annotations

import re

from bot.knowledge.model import Entry, Knowledge
from bot.text.query import Query

BLANK = "{考点}"
_ASKED = re.compile(r"对不对|对吗|对吧|对不$|是不是|是否|吗|可以|行不|行么|能不能|错没错|错了没|\?$")
_PUT = re.compile(
    r"(?:选|报|填|归|属于?|成|报在|选在|跟着?|和)了?的?$"
)  # what stands before the 考点 that is meant
_EXTENT = re.compile(
    r"考点(?:都|主要|一共)?(?:包括|包含|管|有|是|收|覆盖|含)(?:了|到)?(?:些)?(?:哪|几个|啥|什么)"
)
_HOME = re.compile(r"住|家在")  # of two places one is no workplace then: nothing can be confirmed


def entry_of(kb: Knowledge) -> Entry | None:
    """The entry whose words hold the blank for the 考点; None where no region has any on file."""
    return next(
        (e for e in kb.entries.values() if any(BLANK in a.text for a in e.answers.values())),
        None,
    )


def claimed(query: Query, kb: Knowledge) -> str:
    """The name of the 考点 that the question puts beside a workplace and asks whether it is right; "" where it asks no such thing."""
    places, asked = query.region.places, query.region.asked
    if len(places) < 2 or len(asked) != 1 or not _ASKED.search(query.text) or _HOME.search(query.text):
        return ""
    last = next((m for m in reversed(query.region.mentions) if m.place == places[-1]), None)
    if last is None or not (last.text.endswith("考点") or _PUT.search(query.text[: last.start])):
        return ""
    region = kb.regions.get(asked[0])
    sites = region.sites if region is not None else ()
    return next((site.name for site in sites if _names(places[-1], site.name)), "")


def asks_extent(query: Query) -> bool:
    """Whether it is asked which places a named 考点 is for: 万州考点管哪些地方."""
    named = any(m.text.endswith("考点") for m in query.region.mentions)
    return named and not (query.stages or query.subjects) and _EXTENT.search(query.text) is not None


def _names(place: str, site: str) -> bool:
    return place == site or place.rstrip("区县") == site.removesuffix("考点")
