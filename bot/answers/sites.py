"""The 考点 of the workplaces a question names, in words. Pure."""

from __future__ import annotations

from bot.dialogue.decision import Decision
from bot.knowledge.model import ExamSite, Knowledge, Region

_PAIR = 2


def sites(decision: Decision, kb: Knowledge) -> str:
    """One line a place; without a place, all that is on file."""
    region = kb.regions.get(decision.region or "")
    if region is None or not region.sites:
        return "具体归哪个考点，问单位所在地的考点办公室。"
    if decision.places:
        lines = [_line(place, region) for place in decision.places]
        found = [_found(place, region) for place in decision.places]
        if decision.same_site and len(found) == _PAIR and None not in found:
            names = {site.name for site, _district in filter(None, found)}
            lines.append("两处是同一个考点。" if len(names) == 1 else "两处不是同一个考点。")
        return "\n".join(lines)
    known = "\n".join(f"· {site.name}：{'、'.join(site.districts)}" for site in region.sites)
    return f"{decision.region}已收录的考点：\n{known}\n其余区县没有查到，请问当地报名点。"


def verdict(decision: Decision, kb: Knowledge) -> str:
    """对 or 不对 for the 考点 that the question takes for a workplace's; "" where it takes none, or nothing is on file."""
    region = kb.regions.get(decision.region or "")
    found = _found(decision.places[0], region) if decision.claim and decision.places and region else None
    if found is None:
        return ""
    right = found[0].name == decision.claim
    return (
        f"对，{found[1]}归{found[0].name}。"
        if right
        else f"不对，{found[1]}归{found[0].name}，不归{decision.claim}。"
    )


def _found(place: str, region: Region) -> tuple[ExamSite, str] | None:
    for site in region.sites:
        for district in site.districts:
            if place == district or place.startswith(district) or district.startswith(place):
                return site, district
    return None


def _line(place: str, region: Region) -> str:
    named = next((site for site in region.sites if site.name == place), None)
    if named is not None:  # 万州考点包括哪些区县
        return f"{named.name}：{'、'.join(named.districts)}。"
    found = _found(place, region)
    # What the others belong to is no help to them.
    return (
        f"单位在{found[1]}的，报{found[0].name}。"
        if found
        else f"{place}归哪个考点没有查到，请问当地报名点。"
    )
