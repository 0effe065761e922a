"""Which stages the words of a message point at: subject × action. Pure."""

from __future__ import annotations

import re

# (subject, action) -> stages. "" = none said. An action without a subject may be several stages.
_STAGES: dict[tuple[str, str], tuple[str, ...]] = {
    ("", "报名"): ("网上报名",),
    ("", "上传"): ("材料上传",),
    ("", "线上审核"): ("线上审核",),
    ("", "现场审核"): ("现场审核",),
    ("", "审核"): ("线上审核", "现场审核"),
    ("", "缴费"): ("技能缴费", "一试缴费"),
    ("", "考试"): ("技能考试", "一试考试"),
    ("技能", "缴费"): ("技能缴费",),
    ("技能", "考试"): ("技能考试",),
    ("技能", ""): ("技能考试",),
    ("一试", "缴费"): ("一试缴费",),
    ("一试", "考试"): ("一试考试",),
    ("一试", ""): ("一试考试",),
    ("二试", "报名"): ("二试报名",),
    ("二试", "缴费"): ("二试缴费",),
    ("二试", "考试"): ("二试考试",),
    ("二试", "审核"): ("二试报名",),
    ("二试", "线上审核"): ("二试报名",),
    ("二试", "现场审核"): ("二试报名",),
    ("二试", "上传"): ("二试报名",),
    ("二试", ""): ("二试报名", "二试缴费", "二试考试"),
}
_TOURED = ("网上报名", "线上审核", "现场审核", "技能缴费", "一试缴费")
_FROM_TO = re.compile(r"从.+到")


def stages_of(subjects: tuple[str, ...], actions: tuple[str, ...]) -> tuple[str, ...]:
    """The stages that these words point at together, in the order said, without repeats; () when they point at none."""
    found: list[str] = []
    for subject in subjects or ("",):
        for action in actions or ("",):
            found += _STAGES.get((subject, action)) or _STAGES.get(("", action), ())
    return tuple(dict.fromkeys(found))


def span(text: str, stages: tuple[str, ...]) -> tuple[str, ...]:
    """从报名到缴费: the stages between are meant too, without the tests themselves and 二试."""
    places = [_TOURED.index(stage) for stage in stages if stage in _TOURED]
    if len(places) < 2 or not _FROM_TO.search(text):
        return stages
    return _TOURED[min(places) : max(places) + 1]
