"""The stages of a registration year, a fixed ordered list: knowledge/ may use these names and no others."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Stage:
    """name: the key in YAML, in JSON and in the turns table · title: how a reply calls it."""

    name: str
    title: str


STAGES: tuple[Stage, ...] = (
    Stage("网上报名", "网上报名"),
    Stage("材料上传", "报名材料上传"),
    Stage("线上审核", "线上审核"),
    Stage("现场审核", "现场审核确认"),
    Stage("技能缴费", "实践技能考试缴费"),
    Stage("技能考试", "实践技能考试"),
    Stage("一试缴费", "医学综合考试（一试）缴费"),
    Stage("一试考试", "医学综合考试（一试）"),
    Stage("二试报名", "医学综合考试（二试）报名"),
    Stage("二试缴费", "医学综合考试（二试）缴费"),
    Stage("二试考试", "医学综合考试（二试）"),
)
ORDER: dict[str, int] = {stage.name: number for number, stage in enumerate(STAGES)}
TITLES: dict[str, str] = {stage.name: stage.title for stage in STAGES}

# Where a region's own notice was expected to speak of a stage: leaving one of these out of a schedule
# file is a hole in the file, not silence of the notice (check `stage-missing`).
EXPECTED: tuple[str, ...] = ("网上报名", "技能缴费", "一试缴费")

# The second test of a year: announced apart, in autumn, and never to be mixed with the first.
SECOND = frozenset({"二试报名", "二试缴费", "二试考试"})
FIRST_RESULTS = 8  # the month before which there has been no first result of a year, and so no 二试

REGISTRATION, UPLOAD = "网上报名", "材料上传"

# What is paid for the first test and its two halves, and where papers are looked at before it.
FEES = frozenset({"技能缴费", "一试缴费"})
REVIEWS = ("线上审核", "现场审核")
REVIEWED = frozenset({UPLOAD, *REVIEWS})

# The tests themselves, which nobody does by a deadline.
EXAMS = frozenset({"技能考试", "一试考试", "二试考试"})
