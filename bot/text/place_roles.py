"""What a named place is in the message: what is asked about, what is ruled out, or only the candidate's past."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum


class Weight(IntEnum):
    """How strongly a mention is what the candidate asks about. Weak ones count only where nothing stronger is named."""

    NEGATED = -1
    BACKGROUND = 0
    WEAK = 1
    PLAIN = 2


_VERBS = "(?:问|说|在|去|到|考|报|选|指|查|看|来|回)?(?:的|我|你)?"
_NEGATED_BEFORE = re.compile(
    rf"(?:以为(?:自己|我|我们)?(?:是|在|属于|归)?|(?<!是)(?<!可)不是|(?<!在)不在|(?<!去)不去|(?<!考)不考|(?<!报)不报|不选|不问|(?<!想)不想|(?<!在)没在|没有在|并非|而非|没说|没问|(?<!要)不要|不用|不属于|不打算|不准备|"
    rf"(?<![特分区级类性个鉴])别(?:发|给|说|看|推|回|提))(?:再|我)?{_VERBS}{_VERBS}$"
)
_NEGATED_AFTER = re.compile(
    r"(?:的|省|市|那边|这边|考区|那个)*(?:(?:不要|不考)(?=了|[,. ]|$|要|改)|不去了|不行|不报了|不问了?|不算|不对|考不了|报不了|不能考|没法考|就算了|错了|说错|打错|写错|选错|不是[,. ,]|[,. ]+(?:哦|啊|呃)?不是[,. ]|除外|以外)"
)
_QUESTION = re.compile(r"[^,.;!]{0,8}?(?:吗|么\b|\?|嘛)")
_CORRECTION = re.compile(
    r"不对|说错|打错|写错|选错|搞错|发错|弄错|口误|更正|纠正|哦不|噢不|啊不|额不|呃不|不不|^[,. ]*不[,. ]|应该是|改成|改到|改为|改考|改报|改去|换成|换到|换去|换考|^改$|^换$|^(?:的)?改"
)
_PAST_BEFORE = re.compile(
    r"(?:老家|籍贯|户籍|户口|祖籍|出生|本科|专科|大专|硕士|研究生|博士|(?<![报考])学校|母校|毕业于|毕业院校|毕业自|毕业学校|生源地|毕业证|学位证|学历|读书|念书|上学|上大学|身份证|学籍|文凭|大学(?=[是在读念]))(?:地|所在地|本|证|地址|上)?"
    r"(?:也|都|是|在|于|的|为|来自|读|念|上|考|就|有)*$"
)
_PAST_AFTER = re.compile(
    r"(?:省|市|那边|这边)?(?:户口(?!在|不在|还在)|户籍(?!在|不在|还在)|籍(?!贯)|(?:才|只)?是?老家|出生|生源|身份证|(?:那边|这边|的)?(?:医学院|卫校|大学|学院|学校|医专)?毕业(?!证(?:的|图|照|传|拍|原件|上传|没|丢))|的?本科|的?大专(?![, ]*(?:生|学历)?(?:[报考]?(?:助理|执助|执业)))|读的?(?:书|大学|本科|研|专科|完)|读书|读研|读大学|读(?:了|过)|"
    r"上的?(?:大学|学)|念的?书|念大学|念的|的?文凭|的?学历|学的医)"
)
_OF_THERE = re.compile(r"(?:户口|户籍)在$")  # 我四川户口在重庆规培, not 人在成都户口在重庆
_WEAK_BEFORE = re.compile(
    r"(?:从|由|自从|原来|之前|以前|去年|前年|往年|曾经|曾|本来|早先|上次|上回|当年|原先|当初|朋友|同学|室友|同事|亲戚|对象|老公|老婆|男友|女友|男朋友|女朋友|哥哥?|姐姐?|弟弟?|妹妹?|爸|妈|父母|"
    r"爸妈|孩子|儿子|女儿|师兄|师姐|闺蜜|注册地|注册|执业证|资格证|助理证|医师证|媳妇|家属|家人|居住|住|社保|医保|居住证|公积金|她|他|(?<!专)(?<!大)(?<!国)家)(?:们|里|人)?(?:是|在|于|的|报|考|去|来自|工作在)*$"
)
_WEAK_AFTER = re.compile(
    r"人(?!民|事|员|才|工|社|力|数|多)|(?:的|省|市|那边|医院|考区)?(?:转|调|迁|搬|跳槽|换|来)(?:走|动|职|出|考区|了)*(?:到|去|至|来|往|入|进|成|为|回|$|,)|(?:的)?(?:朋友|同学|亲戚|同事)(?![^,。?!]{0,5}考点)|(?:省|市)?来的|"
    r"(?:报|考)过(?!了)|考(?:的)?没过|(?:实习|见习)|(?:的)?没(?:考|通)?过|(?:的)?(?:助理|执业|医师|资格)+证(?!明|件)"
)
# 我是湖北恩施的,在重庆万州打工当医生
_COMES_FROM = re.compile(r"(?:^|[,。;!?\s])(?:我|本人)?(?:老家)?是?$")
_FROM_IT = re.compile(r"(?:的|人)\s*[,。\s]")
_AT = re.compile(r"在$")
_THERE_WORKS = re.compile(r"[^,。;!?]{0,12}(?:打工|上班|工作|当医生|执业|坐诊|行医)")
_TOLD_TO_GO = re.compile(r"(?:让|叫|喊|劝)我们?(?:回|去|到)$")  # 我爸妈说让我回湖北报名
_INSTITUTION = re.compile(
    r"(?:省|市|自治区|区|县)?(?:医科|医药|药科|中医药|中医|理工|科技|交通|师范|民族|第?[一二三四五六七八九十]{1,2}|[0-9]{1,3}|医学|高等|专科|职业|技术|卫生|健康|护理|人民|中心|口腔|肿瘤|眼科|儿童|妇女|妇幼|保健|妇产|"
    r"中西医结合|附属|骨科|协和|精神|传染病|胸科|总|武警|陆军|海军|空军|军医|军区|军|城市|电子|财经|农业|工业|友好|友谊|仁济|华西|省立|市立|省|市|立|大学|学院|东方|新){0,8}"
)
_SCHOOL_END = re.compile(r"(?:大学|学院|学校|卫校|医专|医大|高专|职院|医科大|中医药大|科大|理工|交大|师大)")
_HOSPITAL_END = re.compile(r"(?:医院|卫生院|保健院|诊所|[一二三四五六七八九十]院|附院|卫生服务中心|门诊)")
_GRADUATED = re.compile(r"[^,.;]{0,6}?(?:毕业|学历|文凭|本科|硕士|念的|读的|上的学|出来的)")
_MOVED_BEFORE = re.compile(
    r"(?:改|换|调|转|搬|迁|跳槽)(?:去|到|至|往|成|为|考|报|在|来|回|入|动|职|问|选)*$|(?:现在|目前|如今|现|今年)(?:人?在|到|去|来|是|就)*$"
)
_WORKS_AFTER = re.compile(
    r"(?:省|市|这边|这里|那边)?(?:的?医院)?(?:(?:上班|工作|执业)(?!在|于|地|单位)|就业|报考|报名|考试|参加考试|考(?!过|了|完|的)|规培|试用|任职|报(?!过|了)|缴费|打工|坐诊|行医)"
)
# 我过年回重庆了: where one is for a few days
_ON_HOLIDAY = re.compile(
    r"(?:过年|春节|放假|寒假|国庆|五一|清明|端午|中秋|休假|探亲|旅游|出差|耍)[^,。?!]{0,4}(?:回|在|去|到)(?:了)?$"
)
# 报成重庆了咋办: where they do not sit it
_BY_MISTAKE = re.compile(r"(?:报|填|选|写|点|弄|搞)(?:错)?成了?$")
# 能不能跟着四川的时间交: whose days one would like to follow, and not where one is
_FOLLOWS = re.compile(r"(?:跟着?|按照?|照着?|依照?|随着?)$")
_MAY = re.compile(r"(?:能|可以|可不可以|能否)[^,.;!?]{0,4}?$")
_ITS_DAYS = re.compile(
    r"(?:省|市|那边|这边|那里|考区)*的?(?:时间|日期|日子|安排|通知|公告|规矩|规定|办法|要求|流程|\d{1,2}月\d{1,2}[日号]?)"
)
_IS_IT_ALL_RIGHT = re.compile(
    r"[^,.;!?]{0,8}?[, ]?(?:行不行|可以|得行|行不|行吗|能行|就行了?(?:是吧|吧|嘛|哇|对吧|对不对))"
)
# 我在成都,报名是重庆单位报的: where one registered decides, wherever one works by now
_REGISTERED_AFTER = re.compile(
    r"(?:省|市|那边|这边|考区)*的?(?:单位|医院)?(?:给我?)?报的名?(?![^,.;!?]{0,2}(?:吗|么|不))"
)
# 四川在交钱了, 我们重庆呢
_OURS_BEFORE = re.compile(r"(?:我们?|咱们?|俺们?|本人)(?:这边|这里|是|在)*$")
_AND_WHAT_OF_IT = re.compile(r"(?:省|市|这边|这里|这儿|的)*呢\W*$")


def is_followed(text: str, start: int, end: int) -> bool:
    """Whether it is asked if the days of the place at `start` may be followed: 我能按四川的时间交吗."""
    before = re.split(r"[,.;!?\n]", text[:start])[-1]
    follows, days = _FOLLOWS.search(before), _ITS_DAYS.match(text, end)
    if follows is None or days is None:
        return False
    return bool(_MAY.search(before[: follows.start()]) or _IS_IT_ALL_RIGHT.match(text, days.end()))


def weigh(text: str, spans: Sequence[tuple[int, int]]) -> list[Weight]:
    """One weight for each span, in the order given; spans are sorted and do not overlap."""
    weights = [_weigh_one(text, spans, i) for i in range(len(spans))]
    for i in range(len(spans) - 1):
        between = text[spans[i][1] : spans[i + 1][0]]
        if weights[i] > Weight.NEGATED and len(between) <= 16 and _CORRECTION.search(between):
            weights[i] = Weight.NEGATED
    for i in range(1, len(spans)):
        gap = text[spans[i - 1][1] : spans[i][0]]
        if weights[i] == Weight.PLAIN and _MOVED_BEFORE.search(gap):
            for j in range(i):
                weights[j] = min(weights[j], Weight.WEAK)
    registered = [i for i, (_, end) in enumerate(spans) if _REGISTERED_AFTER.match(text, end)]
    if len(registered) == 1 and weights[registered[0]] == Weight.PLAIN:
        weights = [w if i == registered[0] else min(w, Weight.WEAK) for i, w in enumerate(weights)]
    for i in range(len(spans) - 1):
        from_there = _COMES_FROM.search(text[: spans[i][0]]) and _FROM_IT.match(text, spans[i][1])
        works = any(
            _AT.search(text[:start]) and _THERE_WORKS.match(text, end) for start, end in spans[i + 1 :]
        )
        if from_there and works and weights[i] == Weight.PLAIN:
            weights[i] = Weight.WEAK
    if spans and _AND_WHAT_OF_IT.match(text, spans[-1][1]) and _OURS_BEFORE.search(text[: spans[-1][0]]):
        weights[:-1] = [min(weight, Weight.WEAK) for weight in weights[:-1]]
    return weights


def _weigh_one(text: str, spans: Sequence[tuple[int, int]], i: int) -> Weight:
    start, end = spans[i]
    floor = spans[i - 1][1] if i else 0
    before = re.split(r"[,.;!?\n]", text[max(floor, start - 14) : start])[-1]
    ceiling = spans[i + 1][0] if i + 1 < len(spans) else len(text)
    after = text[end : min(ceiling, end + 16)]
    if is_followed(text, start, end):
        return Weight.BACKGROUND
    asks = _QUESTION.match(after) is not None
    if _BY_MISTAKE.search(before) and not asks:
        return Weight.BACKGROUND
    if _ON_HOLIDAY.search(before):
        return Weight.BACKGROUND
    if _NEGATED_BEFORE.search(before) and not (
        asks and len(spans) == 1 and before.endswith(("不是", "不是说"))
    ):
        return Weight.NEGATED
    if _NEGATED_AFTER.match(after) and not asks:
        return Weight.NEGATED
    if after.startswith(("军区", "战区")):  # each covers several regions
        return Weight.BACKGROUND
    if text.startswith("医院", end - 2):
        return Weight.WEAK
    works = _WORKS_AFTER.match(after) is not None
    if (_PAST_BEFORE.search(before) and not works) or _PAST_AFTER.match(after):
        return Weight.BACKGROUND
    if _OF_THERE.match(after) and not before.endswith("在"):
        return Weight.BACKGROUND
    kind = institution(text, end)
    if kind:
        tail = text[kind[1] :]
        if kind[0] == "school" and (
            _GRADUATED.match(tail) or (i + 1 < len(spans) and spans[i + 1][0] - kind[1] <= 2)
        ):
            return Weight.BACKGROUND
        return Weight.WEAK
    if (_WEAK_BEFORE.search(before) and not works) or _WEAK_AFTER.match(text[end : end + 16]):
        return Weight.WEAK
    if before.endswith(("从", "由")) or _TOLD_TO_GO.search(before):
        return Weight.WEAK
    return Weight.PLAIN


def institution(text: str, end: int) -> tuple[str, int] | None:
    """("school" | "hospital", where its name ends) when the place at `end` is the first word of one: 重庆|医科大学."""
    middle = _INSTITUTION.match(text, end)
    stop = middle.end() if middle else end
    for kind, pattern in (("hospital", _HOSPITAL_END), ("school", _SCHOOL_END)):
        for at in range(stop, end - 1, -1):
            found = pattern.match(text, at)
            if found:
                return kind, found.end()
    return None
