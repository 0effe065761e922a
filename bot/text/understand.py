"""A message as the policy reads it: Text -> Query(raw, text, core, region, stages, asks, …). Pure.

What is said is split into slots (place, year, day, subject, action, aspect, audience) and the rest: `content`, the words no
slot explains. A question without content is answered by its slots; one with content is for the matcher.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from bot.text import dates, pass_years, past, sentence, slots, statuses, tense, whose
from bot.text.normalize import marks, normalize
from bot.text.others import other_certificate, other_fee
from bot.text.query import Query
from bot.text.regions import Gazetteer, RegionReading
from bot.text.scan import Found, Scanner, Tag
from bot.text.segment import Segmenter
from bot.text.stages import span, stages_of
from bot.text.typos import Corrector
from bot.text.vocabulary import Vocabulary

MAX_CHARS = 400  # more is a pasted article: the first 400 characters are read, at some 1 ms
_A_NAME = 3  # single characters in a row that no list knows are a name we don't know (幼升小)
A_FEW_LETTERS = 2  # sc, cq, ok: an abbreviation is no word that could make the question another's
_MARK = re.compile(r"【(?:身份证号|电话)】")  # what text.privacy puts in the place of a number
# 表上写现场审核: who says it makes no other thing of it.
_SAYS = re.compile(r"(?:写|说|讲|显示)(?:的|着|了|是|过)?$")
_STATE = re.compile(
    r"是不是[^,。?!]{0,4}(?:开始|结束|截止|关)了|(?:开始|结束|截止|到期|过期|关|开)了?(?:没|吗|么|不)|(?:开始|结束|截止|过期)了没|几天|还有多久|还剩多久|几点|(?:明天|今天)截止|审核?过了(?:没|吗)"
)
_NOT_YET = re.compile(r"还没|还未")  # 现场审核还没去 是不是截止了
_PUNCTUATION = re.compile(r"[^\w]+")


# How a canonical name stands in `core`, so that phrasings and questions meet there.
_CANONICAL = {
    ("科目", "技能"): "实践技能", ("科目", "一试"): "医学综合", ("科目", "二试"): "二试",
    ("动作", "报名"): "报名", ("动作", "上传"): "上传", ("动作", "线上审核"): "线上审核",
    ("动作", "现场审核"): "现场审核", ("动作", "缴费"): "缴费",
}  # fmt: skip

Read = Callable[[str, date], Query]  # Understanding.read


class Understanding:
    """Built once per knowledge load; immutable, shared by threads."""

    def __init__(self, vocabulary: Vocabulary, gazetteer: Gazetteer, segmenter: Segmenter) -> None:
        self._gazetteer = gazetteer
        self._segmenter = segmenter
        named = {
            "科目": vocabulary.subjects, "动作": vocabulary.actions, "问法": vocabulary.asks,
            "对象": vocabulary.audiences, "级别": vocabulary.levels, "同义": vocabulary.synonyms,
        }  # fmt: skip
        listed = {
            "判断": vocabulary.verdicts, "比较": vocabulary.comparisons, "虚词": vocabulary.fillers,
            "本考试": vocabulary.own_exam, "其他考试": vocabulary.other_exams, "无关": vocabulary.off_topic,
            "词": vocabulary.words, "闲聊": vocabulary.smalltalk, "锚点": vocabulary.anchors,
        }  # fmt: skip
        pairs = [
            (word, Tag(kind, name))
            for kind, lists in named.items()
            for name, ws in lists.items()
            for word in ws
        ]
        pairs += [(word, Tag(kind, word)) for kind, words in listed.items() for word in words]
        pairs += [(name, Tag("同义", name)) for name in vocabulary.synonyms]
        self._scanner = Scanner(pairs)
        restored = [
            word
            for word, tag in pairs
            if tag.kind in ("科目", "动作", "问法", "对象", "同义", "本考试", "词")
        ]
        self._corrector = Corrector(restored, segmenter.cut, vocabulary.fillers)

    def read(self, raw: str, today: date) -> Query:
        """Understand one message.

        Args:
            raw: as sent, any Unicode.
            today: the day in Shanghai, for 今年 and 明天.
        """
        text = sentence.standard(marks(normalize(_MARK.sub(" ", raw))[:MAX_CHARS]))
        region = self._gazetteer.read(text)
        if not region.asked and not region.ambiguous:
            # A place name must not be "corrected" away, but a typo may hide one (四川技能缴废 has none to hide).
            fixed = self._corrector.correct(text)
            without_places = self._gazetteer.remove(fixed)
        else:
            without_places = self._corrector.correct(self._gazetteer.remove(text))
            fixed = without_places
        return self._slots(raw, text, fixed, without_places, region, today)

    def tokens(self, text: str) -> list[str]:
        """The segmenter's words of normalised text, for `explain`."""
        return self._segmenter.cut(text)

    def phrasing(self, text: str) -> tuple[str, tuple[str, ...]]:
        """A phrasing of the knowledge: its core, as the matcher compares it, and its content words (see Query)."""
        normal = normalize(text)
        found = self._scan(normal)
        return self._canonical(normal, found), self._content(normal, found)

    def _scan(self, text: str) -> list[Found]:
        edges, at = {0}, 0
        for word in self._segmenter.cut(text):
            start = text.index(word, at)
            at = start + len(word)
            edges |= {start, at}
        return self._scanner.scan(text, frozenset(edges))

    def _slots(
        self, raw: str, text: str, fixed: str, without_places: str, region: RegionReading, today: date
    ) -> Query:
        listed = self._scan(without_places)
        scanned = statuses.joined(without_places, listed, today.year)
        standing = whose.read(without_places, scanned)
        if standing.own not in (*statuses.STATUSES, statuses.EXEMPT):
            scanned = listed  # not the candidate's, or itself in question
        told = tense.put_off(standing.rest)
        audience = next(
            (item for item in scanned if any(tag.name == standing.own for tag in item.tags)), None
        )
        # 去年 in 去年技能过了 says who asks, not which year
        skills = pass_years.read(without_places, today.year)
        for_dates = past.tell_apart(told, today.year)
        over = skills is not None and skills.counts_no_more(today.year)
        if audience and not over and standing.own != statuses.THIS_YEAR:
            undated = f" {statuses.undated(audience.word)} "
            for_dates = past.tell_apart(told.replace(audience.word, undated), today.year)
        if skills is not None:
            for_dates = pass_years.undated(for_dates, without_places[skills.start : skills.end], told, today)
        reading = dates.read(for_dates, today)
        rest = reading.rest
        found = scanned if rest == without_places else statuses.kept(self._scan(rest), rest, audience)
        names = slots.names_of(rest, found)
        subjects = slots.subjects(rest, found, names)
        actions, behind = slots.actions(rest, found, names)
        asks, actions = slots.aspects(text, rest, names, actions, bool(reading.put))
        verdict = "判断" in names or tense.may_begin(rest) or self._verdict_with_day(rest, reading.day)
        actions = sentence.meant(rest, actions, subjects, bool(asks or verdict or "级别" not in names))
        if sentence.of_the_second(rest, subjects, asks):
            subjects, actions, asks, verdict = ("二试",), ("报名",), ("条件",), False
        day = None if (of_no_day := tense.of_no_day(rest)) else reading.day
        heard = tense.heard(without_places) if day is not None and day.year is None else ""
        presumes = (heard or tense.presumes(rest)) if day is not None else ""
        presumes = tense.which_end(rest) if reading.put else presumes
        whole = bool(of_no_day or heard) or (
            presumes in ("截止", tense.BY_THEN) and tense.by_a_day(without_places)
        )
        verdict = verdict and not of_no_day
        stages = span(rest, stages_of(subjects, actions))
        if set(actions) & {"缴费", "上传"} and (verdict or "时间" in asks) and sentence.hands_in(rest):
            # 今天可以交材料吗: handed in where it is uploaded, and where it is shown
            actions, stages = ("上传",), ("材料上传", "现场审核") if verdict else ("材料上传",)
        elif "缴费" in actions and sentence.hands_in_papers(rest, found):
            actions = tuple(action for action in actions if action != "缴费")
            stages = span(rest, stages_of(subjects, actions))
        others = slots.other_exams(text, names)
        own = "本考试" in names
        content = self._content(rest, found)
        if slots.says_who_trains(text):
            content = tuple(word for word in content if word not in slots.TRAINING)
        if behind:
            content = tuple(word for word in content if word not in tense.HOW_IT_WENT)
        return Query(
            raw=raw,
            text=text,
            fixed=fixed,
            core=self._canonical(rest, found),
            apart=self._canonical(*statuses.apart(rest, found)),
            region=region,
            subjects=subjects,
            actions=actions,
            asks=asks,
            stages=stages,
            audience=None if over else standing.own,
            level=names["级别"][-1] if "级别" in names else None,
            verdict=verdict,
            comparison="比较" in names or len(region.asked) > 1,
            years=tense.years_meant(reading.years, standing.own, today.year),
            day=day,
            presumes=presumes,
            put=reading.put,
            until=reading.until if presumes == "期间" else (),
            vague=reading.vague and not whole,
            at_hour=reading.at_hour,
            state=bool(_STATE.search(text)) and not tense.STILL.search(_NOT_YET.sub(" ", text)),
            not_audience=(*standing.denied, statuses.PASSED) if over else standing.denied,
            others=standing.others,
            theirs=standing.theirs if standing.others else None,
            doubted=standing.doubted,
            sent_back=sentence.sent_back(rest, found),
            names_status=standing.told or any(tag.kind == "对象" for item in scanned for tag in item.tags),
            passed=skills,
            failed=standing.failed and past.is_past(without_places),
            exam=(others[0] if others else other_certificate(rest)) if not own else None,
            off_topic=("无关" in names and not sentence.by_the_way(names["无关"], actions, subjects, asks))
            or (not own and other_fee(rest) is not None),
            own_exam=own,
            anchored="锚点" in names,
            content=content,
            modifiers=_modifiers(rest, found, content),
            uncovered=sum(map(str.isalpha, rest)) - sum(item.end - item.start for item in found),
            words=tuple(item.word for item in found),
            smalltalk=slots.unique(names.get("闲聊")),
        )

    @staticmethod
    def _verdict_with_day(rest: str, day: dates.Day | None) -> bool:
        return day is not None and bool(re.search(r"能|可以|行不|晚不晚|还|吗$|么$|不$|没$", rest))

    def _canonical(self, text: str, found: list[Found]) -> str:
        out, at = [], 0
        for item in found:
            tag = next((tag for tag in item.tags if tag.kind == "同义"), item.tags[0])
            if tag.kind == "同义":
                word = tag.name
            elif len(item.word) == 1 or len({tag.kind for tag in item.tags}) > 1:
                word = (
                    item.word
                )  # a verb as often as it is a stage: 要交什么; or it says more than the stage: 忘了交费
            else:
                word = _CANONICAL.get((tag.kind, tag.name), item.word)
            out += [text[at : item.start], word]
            at = item.end
        return "".join([*out, text[at:]]).strip()

    def _content(self, text: str, found: list[Found]) -> tuple[str, ...]:
        """The words outside every found one; single characters, digits and punctuation say too little to count."""
        gaps, at = [], 0
        for item in found:
            gaps.append(text[at : item.start])
            at = item.end
            gaps += [tag.name for tag in item.tags if tag.kind in ("同义", "词", "其他考试", "无关", "锚点")]
        gaps.append(text[at:])
        content: list[str] = []
        for gap in gaps:
            for piece in _PUNCTUATION.split(gap):
                run = ""
                for word in [*self._segmenter.cut(piece), ""]:
                    if len(word) == 1 and not word.isascii():
                        run += word
                        continue
                    if len(run) >= _A_NAME:
                        content.append(run)
                    run = ""
                    if len(word) > (A_FEW_LETTERS if word.isascii() else 1) and not word.isdigit():
                        content.append(word)
        return tuple(dict.fromkeys(content))


def _modifiers(text: str, found: list[Found], content: tuple[str, ...]) -> tuple[str, ...]:
    """The content words right before an own word (健身卡缴费), and one the message begins with and asks about (烟草啥时候报名)."""
    heads = [text[: item.start] for item in found if any(tag.kind in ("科目", "动作") for tag in item.tags)]
    asked = [text[: item.start].strip() for item in found if any(tag.kind == "问法" for tag in item.tags)]
    return tuple(
        word
        for word in content
        if (any(head.endswith(word) for head in heads) or word in asked) and not _SAYS.search(word)
    )
