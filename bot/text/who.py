"""Who is spoken of in a message: the candidate, somebody of theirs, or what somebody says. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

# (start, end, whose): "own", "both" (the candidate and somebody), "other", or "heard" for what somebody says
Person = tuple[int, int, str]

KIN = (
    r"(?:老公|老婆|媳妇儿?|爱人|丈夫|妻子|太太|堂客|婆娘|老汉儿?|未婚[夫妻]|男朋友|女朋友|男友|女友|前[夫妻任]|公公|婆婆|岳父|岳母|丈母娘|老丈人"
    r"|爸妈|父母|爸爸?|妈妈?|父亲|母亲|爷爷|奶奶|外公|外婆|儿子|女儿|闺女|孩子|娃儿|娃娃|侄子|侄女|外甥女?"
    r"|[表堂]?(?:姐夫|妹夫|嫂子|弟媳|弟妹)|[表堂](?:哥|姐|弟|妹)|哥哥|姐姐|弟弟|妹妹|叔叔|舅舅|姑姑|姑父|小姨|姨妈|幺妹"
    r"|朋友(?![圈们])|(?<!大)同学(?![历们])|同事(?!们)|战友(?!们)|室友|舍友|闺蜜|姐妹|兄弟|哥们|女婿|儿媳|师[兄姐弟妹](?!们)|学[长姐弟妹](?!们)|搭档|老乡|邻居|亲戚|熟人"
    r"|领导(?!小组)|主任|院长|带教(?:老师)?|那口子|那位|[小老][王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗](?![^,。\s]{0,2}(?:医院|镇|乡))|家里人|家人(?!们)|家属|别人|人家|有人)(?![^\s,。?!]{0,2}们)"
)
_MINE = r"(?:们|的|家|里|那|这|个|位|一|有|些|几|科|室|班|单位|医院|隔壁|屋头|旁边|寝室|听|帮|替|给|为|陪|和|跟|与|亲|大|二|小|老|问)"
_SHORT_KIN = r"(?:我|俺|咱)们?家?(?:[大二小亲老])?(?:哥|姐|弟|妹|叔|舅|姑|姨|对象|先生)(?![夫们])"
OWN = r"(?:我|本人|俺|咱|自己)们?"
# 我院有一位现役军人: not the one who asks
_ONE_OF_US = r"(?:我(?:们)?(?:院|科室?|单位|医院|这边|这里|这儿|那边))?有(?:一|两|几)?[位名个](?=[^,。?!我]{0,6}(?:医[生师]|同事|军人|现役|军医|考生|老师|大夫|护士|学生|同志|助理))"
_SUBJECT = re.compile(
    rf"(?P<both>{OWN}[和跟与同][^,。?!我]{{1,6}}?(?:都|一样|俩|两个))"
    rf"|(?P<other>{_ONE_OF_US}|{_SHORT_KIN}|(?:{OWN}{_MINE}*|{_MINE}*){KIN}|屋头|(?<!其)他(?![省人地项乡市])们?|她们?)"
    rf"|(?P<heard>听说|据说|听讲|群里|网上(?=说|有|看)|看到)"
    rf"|(?P<own>{OWN})"
)
TELLS = re.compile(
    r"(?:[也都还就]|们|们?跟我|们?给我|们?对我)?(?:说|讲|告诉|介绍|推荐|提醒|通知|喊|叫我|让我|问我)(?:的?是|我来的|来的|了|我)?"
)
_GREETED = re.compile(r"^[,\s]*(?:各位|这位|那位)?[^\s,]{1,3}?(?:您好|你好|好[,!。 ]|请问)")
SITS = re.compile(r"(?:今年|也|都|要|在|一起|准备|跟我)*(?:考|报|报名)(?:这个|执医|试|的)?(?=[\s,。;!])")
_ON_BEHALF = re.compile(rf"(?:帮|替|给|代)(?:我|俺)?{_MINE}*(?:{KIN}|[他她]们?)[^,。\s]{{0,3}}?问")

_AND_THEY = re.compile(r"[\s的]*呢|\s*的[\s?。]*$")  # 我朋友呢, 重庆呢 我朋友的


def people(text: str) -> list[Person]:
    """(start, end, whose) of every person spoken of: own, both, other or heard (what somebody says); in order."""
    greeting = _GREETED.match(text)
    begins = greeting.end() if greeting else 0
    return [
        (found.start(), found.end(), found.lastgroup or "")
        for found in _SUBJECT.finditer(text)
        if found.start() >= begins or found.lastgroup in ("own", "both")
    ]


def last(subjects: Sequence[Person], at: int) -> Person | None:
    """The person spoken of last before `at`; None where nobody is."""
    return next((item for item in reversed(subjects) if item[1] <= at), None)


def is_mine(subjects: Sequence[Person], at: int) -> bool:
    """Whether what is said at `at` is said of the candidate: of 我, or of nobody named."""
    subject = last(subjects, at)
    return subject is None or subject[2] in ("own", "both")


def about_others(text: str, subjects: Sequence[Person], status: bool) -> bool:
    """Whether the person last spoken of, and not only quoted, is another than the candidate.

    Args:
        status: a kind of candidate is named; without one, 老公 in 留老公的手机号 is nobody that is asked about.
    """
    if _ON_BEHALF.search(text):
        return True
    spoken = [item for item in subjects if item[2] in ("own", "both") or not TELLS.match(text, item[1])]
    spoken = [item for item in spoken if item[2] != "heard"]
    if not spoken or spoken[-1][2] != "other":
        return False
    return status or text[spoken[-1][0]] in "他她" or _AND_THEY.match(text, spoken[-1][1]) is not None
