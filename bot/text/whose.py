"""Whose a status is that a message names: the candidate's own, somebody else's, nobody's, or one taken back. Pure.

A soldier needs not upload, the exempt pay no skills fee: who is taken for one and is none loses the year. So a status counts as
the candidate's only where nothing says otherwise (我老公是军人, 军人家属, 武警医院合同工, 没免试, 退役了, 技能过了能管几年).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.text.scan import Found
from bot.text.statuses import EXEMPT, PASSED, STATUSES
from bot.text.who import KIN, OWN, SITS, TELLS, about_others, is_mine, last, people

SOLDIER = "军队现役"

_KIN_AFTER = re.compile(
    rf"(?:身份|考生|家庭)?[的嘅滴]?(?:家属|家人|亲属|子女|后代|配偶|遗属|家庭|嫂|{KIN}|妻|娃|儿子|孩子)(?:的|身份)?"
)
_EMPLOYED = re.compile(
    r"[^,。?!我\s]{0,4}?(?:医院|卫生队|卫生所|门诊部|诊所|疗养院|大院|驻地|单位|总队|幼儿园|公司|院校|附近|对面|旁边|合同|聘|编外|文职|外包|派遣|劳务|非现役)"
)
_OUR_HOUSE = re.compile(r"(?:医院|单位|卫生院|诊所|科室)(?:是|属于|归|就是)$")
_IN_UNIFORM = frozenset(
    {
        "现役",
        "现役军人",
        "军人",
        "当兵",
        "当兵的",
        "服役",
        "军人身份",
        "现役军医",
        "军医",
        "军队现役",
        "现役的",
    }
)
_CIVILIAN = re.compile(
    r"合同[工制医护]|编外|外聘|临聘|聘[用任]|派遣|劳务|文职|非现役|没有?军籍|不是现役|非军籍"
)
_THEY_TOO = re.compile(r"(?:的|人|考生|现役)*也")  # 军队的也是那天吗: whoever asks is none of them
_ARMY_KIN = re.compile(r"军属|军嫂|军婚|军娃|军二代|随军(?:家属|人员)?")
_NEGATED = re.compile(
    r"(?:不是|并非|不属于|不算|不再|没有?|没得|莫得|木有|未|非|无|不|不能|没能|没法|不符合|不够|没在|没当|也不|又不|都不)[是在当过能有拿办申请到资格上的 ]{0,4}$"
)
_OTHER_FAILED = re.compile(r"(?:综合|笔试|一试|理论|机考|二试)(?:考试)?没(?:考|通)?过$")  # 综合没过技能过了
_FAILED_TO = re.compile(
    r"的?(?:技能)?(?:资格|申请|手续|名额|条件|这块|这个)?[都也又还就]{0,2}(?:没(?:有|得|能)?|未|不|被|莫)(?:批|通过|过|办|成|成功|下来|拿|符合|够|了|行|能|让|拒|刷|给|到|有|符)"
)
_NOT_YET = re.compile(r"(?:以后|将来|打算|准备|想)[要去]{0,2}$")
_ONCE = re.compile(
    r"(?:以前|之前|从前|曾经?|原来|原先|过去|早年|当年|前几年)(?:是|在|当|做|就|都|过)*[^,。?!我\s]{0,3}$"
)
_OVER = re.compile(
    r"退役|退伍|转业|复员|脱(?:了)?军装|退下来|退了下来|自主择业|当过兵|服过役|参过军|预备役|民兵"
)
_FROM = re.compile(
    rf"(?:{OWN})?(?:去年|今年|前年|\d{{2,4}}年(?:\d+月)?|刚刚?|才|早就|已经|是){{0,6}}(?:从?(?:部队|军队|军区|武警)(?:上|里)?)?(?:刚刚?|才|已经)?$"
)
_DONE = re.compile(r"(?:的|了|回来|下来|军人|人员|军医|老兵|兵|到地方|几年)+")
_OVER_AFTER = re.compile(
    r"[^,。?!我不没未\s]{0,4}(?:退役|退伍|转业|复员|退下来|退了|出来|回来)|过(?:兵)?|(?<=当)过"
)
_I_AM_NOT = re.compile(
    rf"{OWN}(?:可|又|也|倒|就|却|自己|本人)?(?:不是|没有?(?:过|考|办|申请)?|不(?=$|[\s,。]))(?=$|[\s,。?!;]|的|,|[a-z]|我|要|在)"
)
_NO_SOLDIER = re.compile(
    rf"(?P<who>{OWN})?(?:又|也|可|早就?|已经|现在)?(?:不是|非|不属于|不算|不再是)(?:军队现役|现役军人|军队|现役|部队上?|军人|军籍)(?:的|了|考生|人员)*"
)
_CLAIM = re.compile(r"(?:所以|就|也|他|她|跟我|给我)*(?:说|讲)[^,。?!;\s]*")
_ANY = re.compile(r"普通(?:人|考生|的)|一般(?:人|考生)|其他(?:人|考生)|别的考生")
_RULE = re.compile(
    r"(?:算不算|算|按|当成?|视为|属于|是不是|是否|能报|(?<!可)以|怎么|如何|咋个?|哪些人|什么人|谁|哪种人|什么样的?)[能可以才是的]{0,2}$"
)
_COUNTS = re.compile(r"(?:算不算|算|按|当成?|视为|属于)[是的]?$")
_ASKED = re.compile(
    r"(?:技能)?(?:考生|身份|人员|资格)*(?:报|考)?(?:吗|么|吧|呗|不(?=$|[\s,?!])|没有?(?=$|[\s,?!])|(?:需要|要)?(?:什么|啥子?|哪些)?条件|是什么|是啥|啥意思|政策|怎么申请|怎么办理)"
)
_HOW_LONG = re.compile(
    r"[^,。?!\s]{0,6}?(?:几年|多久|好久|哪年|有效|保留|能?管|作废|过期|算数|没(?=$|[\s,?!])|没有(?=$|[\s,?!])|没过|才|之?以?后|的话|能用|多少分|几次)"
)
_STILL_COUNTS = re.compile(
    r"[^。?!]{0,6}?(?:明年|后年|来年|下[一]?年|\d\d年)[^。?!]{0,5}(?:用|算|有效|作数|管|保留)"
)
_OF_ITS_KIND = re.compile(r"的?(?:分|线|率|标准|条件)")  # 技能合格标准 is nobody's pass
_AND_OTHERS = re.compile(
    r"的?(?:考生|人)?(?:和|跟|与|同|还是|或者?)[^,。?!]{0,8}(?:的|考生|人)"
)  # 去年过的和今年新考的
_NO_BASE = re.compile(
    r"(?:不是|不在|没在|并非|非)[^,。?!]{0,4}基地|普通基地"
)  # their pass counts for no second year
_IF = re.compile(
    r"(?:要是|如果|假如|万一|假设|只要|等(?![下哈会一]))[^,。?!]{0,6}$"
)  # 要是今年技能过了: not yet
_WHETHER = re.compile(r"了?(?:吗|么|没有?(?=$|[\s,?!]))")
_DATED = re.compile(r"[去今]年|刚|上[一]?[年次回届]|往年|前年|\d年?")
_SKILL = r"(?:实践技能|技能|操作|实操|实践|三站)"
_FAILED = re.compile(
    rf"{_SKILL}(?:考试|成绩|那[天次关场]|这[关门]|[去今前上][年次回]|[我就也都又还那天一直]){{0,8}}(?:没(?:有|能|得)?(?:去|来|赶)?(?:过|考|通过|合格|及格|参加|成|上|去)|未(?:过|考|通过|合格|参加)|不(?:及格|合格|过关?|行)|缺考|弃考|挂|差[^,。\s]{{0,3}}分|落榜|栽)"
    rf"|(?<!综合)(?<!笔试)(?<!一试)(?<!理论)(?<!机考)(?<!二试)(?:没(?:有|能)?(?:去)?(?:过|考过?|参加)|缺考了?|弃考了?|挂了)(?:实践)?{_SKILL}(?!证|[^,。?!没]{{0,3}}(?:过了|合格了|通过了|还管用|还算|还有效|还在|还能用|还作数|还保留))"
)
_AGAIN = re.compile(rf"(?:说错|讲错|打错|搞错|记错)了?[ ,]*{_SKILL}(?:没|不|未|要|得|还要)")
_TAKES = re.compile(
    rf"(?P<who>{OWN})?(?:今年|也|还|是|就|都|自己|本人|才)*(?<!不)(?:要|得|需要|必须|须|该|打算|准备)(?:重新|再|去|参加|报)*(?:考|参加)(?:实践)?{_SKILL}(?:考试)?的?"
    rf"|{_SKILL}(?:考试)?(?P<me>{OWN})?(?:今年|也|还|是|就|都)*(?<!不)(?:要|得|需要|必须)(?:重新|再)?考的?"
)
_QUESTION_AFTER = re.compile(r"\s*(?:吗|么|嘛|不(?!是)|没|呢|费|几|什么|啥|多少)")
_CLAUSE = re.compile(r"[,。?!;\s]")
_WORKS = re.compile(r"医院|卫生院|中心|诊所|考区|专业|工作|上班")
_ONE_OF = re.compile(r"[一两]?[名位]|现任|目前|身份|作为|属于|系")
_UNKNOWN = re.compile(r"[\u4e00-\u9fff]{2}")  # 系 and 名 in 本人系一名军人 are single
_BORDER = re.compile(r"[,。?!;]")
_FAR = 10  # characters between a subject and what is said of it


@dataclass(frozen=True)
class Standing:
    """own: the status the candidate claims, None for none · denied: those they say they have not (any more).

    others: it is somebody else that the question is about. theirs: the status of that person, None for none told. told: a status was said of somebody else, or of nobody.
    doubted: it is asked whether somebody counts as a soldier. failed: the candidate's own 技能 was not passed or not sat. rest: the text without the statuses that are not the candidate's.
    """

    own: str | None
    denied: tuple[str, ...]
    others: bool
    theirs: str | None
    told: bool
    doubted: bool
    failed: bool
    rest: str


def read(text: str, found: Sequence[Found]) -> Standing:
    """Who has which status in `text` (normalised, without places); `found`: the words of ours in it."""
    reading = _Reading(text, found)
    named = [(item, tag.name) for item in found for tag in item.tags[:1] if tag.kind == "对象"]
    for item, name in named:
        reading.status(item, name)
    if named and _I_AM_NOT.search(text):
        reading.deny(*(name for _, name in named if name not in reading.own))
    for none in _NO_SOLDIER.finditer(text):
        if reading.said_of(none.start(), none.end()):
            reading.deny(SOLDIER)
    for kin in _ARMY_KIN.finditer(text):
        reading.told = True
        reading.gone.append(kin.span())
    reading.left_the_army([item for item, _ in named])
    if _ANY.search(text):
        reading.deny(SOLDIER, EXEMPT, PASSED)
    failed = reading.failed_skills()
    for takes in _TAKES.finditer(text):
        someone = last(reading.subjects, takes.end()) or re.search(r"[说讲打搞记]错", text)
        asked = _QUESTION_AFTER.match(text, takes.end())
        if someone and not asked and reading.said_of(takes.start(), takes.end()):
            reading.deny(EXEMPT, PASSED)
    for start, end, kind in reading.subjects:
        if kind in ("other", "heard") and (says := TELLS.match(text, end) or SITS.match(text, end)):
            reading.gone.append((start, says.end()))
        elif kind == "other" and text[start] in "他她":
            reading.gone.append((start, end))  # 他要带什么
    no_pass = PASSED in reading.denied  # whoever has none has none of this year either
    own = [n for n in reading.own if n not in reading.denied and not (no_pass and n in STATUSES)]
    return Standing(
        own=own[0] if own else None,
        denied=tuple(reading.denied),
        others=about_others(text, reading.subjects, reading.told or bool(named)),
        theirs=next(iter(reading.theirs), None),
        told=reading.told,
        doubted=any(name == SOLDIER and _COUNTS.search(text[: item.start]) for item, name in named),
        failed=failed,
        rest=_without(text, reading.gone),
    )


class _Reading:
    """What was found so far; `gone`: the spans that say nothing of the question."""

    def __init__(self, text: str, found: Sequence[Found]) -> None:
        self.text = text
        self.found = found
        self.subjects = people(text)
        self.own: list[str] = []
        self.theirs: list[str] = []
        self.denied: dict[str, None] = {}
        self.gone: list[tuple[int, int]] = []
        self.told = False

    def deny(self, *names: str) -> None:
        self.denied |= dict.fromkeys(names)

    def said_of(self, start: int, end: int) -> bool:
        """Whether the candidate is who it is said of; what is said leaves the question either way, with who else it is of."""
        person = last(self.subjects, end)
        if person is None or person[2] in ("own", "both"):
            self.gone.append((start, end))
            return True
        self.told = True
        near = start - person[1] <= _FAR and not _BORDER.search(self.text, person[1], max(start, person[1]))
        self.gone.append((person[0] if near else start, end))
        return False

    def status(self, item: Found, name: str) -> None:
        """One word for a kind of candidate: whose it is."""
        before, after = self.text[: item.start], self.text[item.end :]
        person = last(self.subjects, item.start)
        if kin := _KIN_AFTER.match(after):
            self.told = True
            self.gone.append((item.start, item.end + kin.end()))
            self.theirs.append(name)
        elif name == SOLDIER and _is_employer(item, self.text):
            self.gone.append((item.start, item.end))
        elif person is not None and person[2] in ("other", "heard"):
            end = item.end + (after[:1] == "的")
            claim = _CLAIM.match(self.text, end)
            self.said_of(item.start, claim.end() if claim else end)
            if (
                person[2] == "other"
                and not _denial(before, after, name)
                and not _is_asked(before, after, item, name)
            ):
                self.theirs.append(name)
            if re.search(rf"{OWN}也(?:是|{item.word})", after):
                self.own.append(name)
        elif name == PASSED and _NO_BASE.search(self.text):
            self.deny(name)
        elif spans := _denial(before, after, name):
            self.deny(name)
            self.gone.append((item.start - spans[0], item.end + spans[1]))
        elif self._strangers(item) or (_THEY_TOO.match(after) and person is None):
            self.told = True
        elif not _is_asked(before, after, item, name):
            self.own.append(name)

    def _strangers(self, item: Found) -> bool:
        """Whether words that no list knows stand before the status in its clause: 我女婿的连长现役. They may be who it is said of."""
        clause = _CLAUSE.split(self.text[: item.start])[-1]
        begin = at = item.start - len(clause)
        if place := list(_WORKS.finditer(clause)):
            begin = at = begin + place[-1].end()
        gaps = []
        for known in (*(other for other in self.found if begin <= other.start < item.start), item):
            gaps.append(_ONE_OF.sub("", self.text[at : known.start]))
            at = max(at, known.end)
        return any(_UNKNOWN.search(gap) for gap in gaps)

    def left_the_army(self, named: Sequence[Found]) -> None:
        """退役了, 从部队转业: no soldier any more; 退役了还算军队考生吗 asks just that, and keeps its words."""
        over = _OVER.search(self.text)
        if not over or not is_mine(self.subjects, over.start()) or _NEGATED.search(self.text[: over.start()]):
            return
        self.deny(SOLDIER)
        if named and _RULE.search(self.text[: named[-1].start]):
            return
        once, done = _FROM.search(self.text[: over.start()]), _DONE.match(self.text, over.end())
        self.gone.append((once.start() if once else over.start(), done.end() if done else over.end()))

    def failed_skills(self) -> bool:
        """Whether the candidate did not pass, or not sit, 技能; 说错了，技能没过 only takes back."""
        failure, again = _FAILED.search(self.text), _AGAIN.search(self.text)
        failed = failure is not None and is_mine(self.subjects, failure.start())
        if failed or again:
            self.deny(PASSED)
        if failure is not None and again:
            self.gone.append(failure.span())
        return failed


def _is_employer(item: Found, text: str) -> bool:
    """武警医院合同工, 在部队医院上班, 我们医院是部队的: who employs says nothing of a rank."""
    if _OUR_HOUSE.search(text[: item.start]):
        return True
    if item.word in _IN_UNIFORM:
        return _CIVILIAN.match(text[item.end :].lstrip("的 ")) is not None
    return _EMPLOYED.match(text, item.end) is not None or _CIVILIAN.search(text) is not None


def _denial(before: str, after: str, name: str) -> tuple[int, int] | None:
    """How many characters before and after the word deny it, or say that it is over; None where none do."""
    if (shut := _NEGATED.search(before)) and not _OTHER_FAILED.search(before):
        return len(shut[0]), 0
    if name == SOLDIER:
        once, over = _ONCE.search(before), _OVER_AFTER.match(after)
        if once or over or _OVER.search(before[-_FAR:]):
            return len(once[0]) if once else 0, 0
        return None
    lapse = _FAILED_TO.match(after) if name == EXEMPT else None
    return (0, lapse.end()) if lapse else None


def _is_asked(before: str, after: str, item: Found, name: str) -> bool:
    """Whether the status itself is what the question is about: 退役了还算军队考生吗, 免试要什么条件, 技能过了能管几年."""
    if name in STATUSES:
        if _IF.search(before):
            return True
        if (
            _WHETHER.match(after)
            or _AND_OTHERS.match(after)
            or _STILL_COUNTS.match(after)
            or _OF_ITS_KIND.match(after)
        ):
            return True
        dated = _DATED.search(before[-6:] + item.word)
        return not dated and _HOW_LONG.match(after) is not None
    return bool(_RULE.search(before) or _NOT_YET.search(before)) or _ASKED.match(after) is not None


def _without(text: str, gone: Sequence[tuple[int, int]]) -> str:
    out = list(text)
    for start, end in gone:
        out[start:end] = [" "] * (end - start)
    return re.sub(r" {2,}", " ", "".join(out))
