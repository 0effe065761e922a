"""Draft -> Knowledge: what the checks have passed, as the frozen model."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from bot.knowledge.checks import entry_links, reminder_rules, window_date
from bot.knowledge.checks.phrase_blanks import PHRASES
from bot.knowledge.draft import Draft, map_of, text_of, texts_of
from bot.knowledge.model import (
    Answer,
    Cell,
    Entry,
    ExamSite,
    Knowledge,
    Notice,
    Region,
    ReminderRules,
    Schedule,
    Silence,
    known_from,
)
from bot.knowledge.own_phrases import own_phrases
from bot.knowledge.yaml_source import Mapping, Sequence, Text, Value
from bot.schedule.deadlines import SHANGHAI, Moment, Window
from bot.text.normalize import normalize
from bot.text.vocabulary import Vocabulary

NOT_YET = datetime(9999, 1, 1, tzinfo=SHANGHAI)


def assemble(draft: Draft, version: str) -> Knowledge:
    """The frozen model of a draft without errors."""
    notices = {str(key): _notice(key, value) for key, value in draft.section("notices.yaml", "公告").items()}
    sites = draft.section("regions.yaml", "考点")
    regions = {
        str(key): _region(key, value, sites.get(key))
        for key, value in draft.section("regions.yaml", "地区").items()
        if isinstance(value, Mapping)
    }
    schedules = [_schedule(root, notices) for _path, root in draft.schedules()]
    return Knowledge(
        regions=regions,
        notices=notices,
        schedules={(schedule.region, schedule.year): schedule for schedule in schedules},
        entries={
            str(key): _entry(key, value, notices)
            for key, value in draft.section("faq/", "问答").items()
            if isinstance(value, Mapping)
        },
        vocabulary=_vocabulary(draft.files["words.yaml"]),
        commands=_named(draft.files["words.yaml"], "口令"),
        phrases=_phrases(draft),
        menu=dict(_menu(draft.files.get("menu.yaml"))),
        nicknames={str(key): str(value) for key, value in draft.section("regions.yaml", "地名").items()},
        version=version,
        stale_days=_stale_days(draft),
        reminders=_reminders(draft),
    )


def _phrases(draft: Draft) -> dict[str, str]:
    written = {str(key): str(value).strip() for key, value in draft.section("phrases.yaml", "话术").items()}
    lacking = PHRASES.keys() - written.keys()
    own = own_phrases() if lacking else {}
    return written | {name: own[name].strip() for name in lacking if name in own}


def _reminders(draft: Draft) -> ReminderRules:
    written = draft.section("phrases.yaml", "提醒")
    usual = ReminderRules()
    days = sorted({int(day) for day in texts_of(written.get(Text("提前天数")))}, reverse=True)
    hour = str(written.get(Text("钟点"), ""))
    return ReminderRules(
        days=tuple(days) if Text("提前天数") in written else usual.days,
        opening=str(written.get(Text("开始当天"), "是")) == "是",
        minute=reminder_rules.minute_of(hour) or usual.minute,
    )


def _stale_days(draft: Draft) -> int:
    """How many days a check against the original counts (notices.yaml, 核实有效天数)."""
    written = text_of(draft.files["notices.yaml"], "核实有效天数") or ""
    return int(written) if re.fullmatch("[0-9]{1,4}", written) else Knowledge.stale_days


def _day(written: Text | None) -> date | None:
    return Moment.parse(written).day if written else None


def _notice(key: Text, value: Value) -> Notice:
    assert isinstance(value, Mapping)  # noqa: S101  check value-type has seen to it
    year = text_of(value, "年度")
    return Notice(
        key=str(key),
        name=str(text_of(value, "名称")),
        region=str(text_of(value, "地区")),
        year=int(year) if year else None,
        published=_day(text_of(value, "发布")),
        seen=_day(text_of(value, "转载")),
        url=str(text_of(value, "网址") or ""),
        verified_on=_day(text_of(value, "核实")),
        verified_by=str(text_of(value, "核实人") or ""),
        grade=str(text_of(value, "可信") or ""),
    )


def _region(key: Text, value: Mapping, sites: Value | None) -> Region:
    own = sites if isinstance(sites, Mapping) else Mapping()
    notice = str(text_of(own, "公告") or "")
    return Region(
        name=str(key),
        id=str(text_of(value, "id")),
        full_name=str(text_of(value, "全称")),
        aliases=tuple(map(str, texts_of(value.get(Text("别名"))))),
        inherits=text_of(value, "继承") != "无",
        sites=tuple(
            ExamSite(str(name), tuple(map(str, texts_of(districts))), notice)
            for name, districts in map_of(own, "各考点").items()
        ),
    )


def _schedule(root: Mapping, notices: dict[str, Notice]) -> Schedule:
    notice = notices[str(text_of(root, "公告"))]
    stages = map_of(root, "日程")
    cells: dict[str, Cell] = {}
    for stage, value in stages.items():
        if isinstance(value, Text) and value.startswith(window_date.SAME):
            other, _, audience = value[len(window_date.SAME) :].strip().partition(" ")
            cell = replace(
                _cell(stages[Text(other)], notice, notices), note=""
            )  # the note is the other stage's
            if audience:
                cell = replace(cell, windows=tuple(replace(w, audience=audience) for w in cell.windows))
            cells[str(stage)] = cell
            continue
        cells[str(stage)] = _cell(value, notice, notices)
    known = {
        cell.notice.key: known_from(cell.notice, _first(cells.values(), cell.notice))
        for cell in cells.values()
    }
    dated = {stage: replace(cell, known_from=known[cell.notice.key]) for stage, cell in cells.items()}
    since = known.get(notice.key) or known_from(notice, None)
    if not any(cell.windows for cell in cells.values()) and (notice.published or notice.seen) is None:
        # No date in it and none on it: the skeleton of a notice that has not come out, which must not keep 全国 from being told.
        since = NOT_YET
        dated = {stage: replace(cell, known_from=since) for stage, cell in dated.items()}
    return Schedule(str(text_of(root, "地区")), int(text_of(root, "年度") or 0), dated, since)


def _first(cells: Iterable[Cell], notice: Notice) -> Window | None:
    """The earliest window that `notice` speaks of."""
    windows = [window for cell in cells if cell.notice is notice for window in cell.windows]
    return min(windows, key=lambda window: window.opens.starts(), default=None)


def _cell(value: Value, notice: Notice, notices: dict[str, Notice]) -> Cell:
    if isinstance(value, Text):
        return Cell(notice, silence=Silence(str(value)))
    parts = [
        part for part in (value if isinstance(value, Sequence) else [value]) if isinstance(part, Mapping)
    ]
    windows = tuple(
        Window(
            Moment.parse(text_of(part, "开始") or ""),
            Moment.parse(text_of(part, "截止") or ""),
            str(text_of(part, "对象") or ""),
        )
        for part in parts
    )
    notes = [str(note) for part in parts if (note := text_of(part, "说明"))]
    own = next((text_of(part, "公告") for part in parts if text_of(part, "公告")), None)
    return Cell(notices[str(own)] if own else notice, windows, note=" ".join(notes))


def _entry(key: Text, value: Mapping, notices: dict[str, Notice]) -> Entry:
    valid = map_of(value, "有效")
    kind = text_of(value, "种类")
    return Entry(
        id=str(key),
        question=str(text_of(value, "问题")),
        alternatives=tuple(map(str, texts_of(value.get(Text("说法"))))),
        stages=tuple(map(str, texts_of(value.get(Text("环节"))))),
        asks=str(text_of(value, "问") or ""),
        answers={
            str(region): Answer(
                notices.get(str(text_of(answer, "公告"))),
                str(text_of(answer, "正文")).strip(),
                {str(audience): str(text).strip() for audience, text in map_of(answer, "对象").items()},
                text_of(answer, "未提及") == "是",
                tuple(
                    (tuple(str(words).split("、")), str(said).strip())
                    for words, said in map_of(answer, "先答").items()
                ),
                {str(test): int(str(line)) for test, line in map_of(answer, "分数线").items()},
            )
            for region, answer in map_of(value, "答案").items()
            if isinstance(answer, Mapping)
        },
        follow_ups=tuple(map(str, texts_of(value.get(Text("接着问"))))),
        kind=entry_links.KINDS[str(kind)] if kind else "answer",
        nationwide=text_of(value, "不问地区") == "是",
        valid_from=_day(text_of(valid, "从")),
        valid_until=_day(text_of(valid, "到")),
    )


def _vocabulary(root: Mapping) -> Vocabulary:
    def listed(key: str) -> tuple[str, ...]:
        return _normal(texts_of(root.get(Text(key))))

    return Vocabulary(
        subjects=_named(root, "科目"),
        actions=_named(root, "动作"),
        asks=_named(root, "问法"),
        audiences=_named(root, "对象"),
        levels=_named(root, "级别"),
        verdicts=listed("判断"),
        comparisons=listed("比较"),
        fillers=listed("虚词"),
        own_exam=listed("本考试"),
        anchors=listed("锚点"),
        other_exams=listed("其他考试"),
        off_topic=listed("无关"),
        synonyms=_named(root, "同义"),
        words=listed("自定义词"),
    )


def _named(root: Mapping, key: str) -> dict[str, tuple[str, ...]]:
    return {str(name): _normal(texts_of(value)) for name, value in map_of(root, key).items()}


def _normal(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(form for word in words if (form := normalize(word))))


def _menu(root: Mapping | None) -> Iterable[tuple[str, str]]:
    """(key, what a tap says) of every click button."""
    buttons = root.get(Text("菜单")) if root is not None else None
    pending = list(buttons) if isinstance(buttons, Sequence) else []
    while pending:
        button = pending.pop(0)
        if isinstance(button, Mapping):
            key, send = text_of(button, "键"), text_of(button, "发送")
            if key and send:
                yield str(key), str(send)
            below = button.get(Text("子菜单"))
            pending += list(below) if isinstance(below, Sequence) else []
