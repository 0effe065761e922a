"""What a message says of the candidate's own region beside the one it asks about. Pure."""

from __future__ import annotations

import re

from bot.text.place_roles import is_followed
from bot.text.regions import RegionReading
from bot.text.who import KIN

_OWN_BEFORE = re.compile(
    r"(?:我|本人|咱|俺)们?(?:现在|目前|人|单位|医院|公司|科室|都|就|也|是|在|的|属于|归|报|填)*$"
)
_REGISTERED_BEFORE = re.compile(
    r"(?:报名|报考)(?:的?时候?|那[会时]儿?)?(?:就|都)?(?:是|在|用)+(?:的|我们?)?$"
)
_OF_THERE = re.compile(r"(?:省|市|区|县|考区|这边|那边)*的(?:考生|人|医生)?(?=$|[\s,.;!])")
_SELF = re.compile(
    r"(?:^|[那,。 ]|回到|说回|为啥子?|为什么|凭啥|凭什么|所以|可是|但是?|意思是)(?:我|本人|咱|俺)(?!(?:晓得|知道|明白|懂|听说|看到|想问))"
)
_WORKED = re.compile(r"(?:之前|以前|原来|原先|本来|老单位|原单位)(?:的)?(?:单位|工作|上班)?(?:是)?在$")
# 四川没过，重庆那边能重新审吗
_FAILED = re.compile(r"没过|不过|没通过|不通过|驳回|打回|过期|过了|截止|错过|关了|结束|没赶上")
_AGAIN = re.compile(
    r"(?:省|市|那边|那里|那儿|这边|考区)*(?:还|是不是|就)?(?:能|可以|能不能|可不可以)[^,.;!?]{0,4}?(?:重新?|再|另外|又)[^,.;!?]{0,3}?(?:审|交|缴|报|办|确认|来)"
)
_ANY_OTHER = re.compile(
    r"(?:能|可以|能不能|可不可以)[^,.;!?]{0,4}?(?:跟着?|按照?|照着?)(?:外省|外地|别处|(?:别的|其他|其它|另一个)(?:省|考区|地方))的?(?:时间|日期|安排|通知|公告)"
)
# 我看四川是4月初,重庆也差不多吧: what holds there is taken to hold here
_PUT_BESIDE = re.compile(r"(?:这边|那边)?(?:跟|和|与|同)")  # 重庆和四川一样吗: of both
_ALIKE = re.compile(
    r"(?:这边|那边|考区|的)*(?:也|应该|肯定|不就|不|大概)*(?:是)?(?:差不多|一样|同样|相同|一个样)(?:的|吧|嘛|吗|哇|噻)*\W*$"
)
# 能去四川审吗
_GOES_BEFORE = re.compile(r"(?:能|可以|能不能|可不可以)[^,.;!?]{0,4}?(?:去|到|跑|上|回)$")
_GOES_AFTER = re.compile(r"(?:省|市|那边|那里|考区)*[^,.;!?]{0,4}?(?:审|交费|交钱|缴|确认|报(?!名点))")
# 所以应该回四川报？, of one who works elsewhere
_SHOULD_GO = re.compile(
    r"(?:应该|是不是(?:要|得|该)?|要不要|还是(?:要|得)|那要|那得|只能|必须)[^,.;!?]{0,3}(?:去|到|跑|回)$"
)
_TO_SIT = re.compile(r"(?:省|市|那边|那里|老家|考区)*(?:去)?(?:报名?|考试?)(?:吗|嘛|么|不|吧|啊|呀|哇)*\W*$")
# 那四川这边不用管了嘛, of a region that is not one's own
_NO_MATTER = re.compile(
    r"(?:省|市|那边|这边|那里|这里|考区)*(?:的(?:时间|日期|日子|公告|通知|安排)?)?(?:就|是不是|还)*(?:不用|不需要|用不着|不必|不消|要不要|用不用|还要)再?(?:管|理|操心)"
)
# 如果我调到成都工作还能转到四川考吗: not there yet
_IF_MOVED = re.compile(r"(?:如果|要是|假如|万一|假设)[^,。?!]{0,6}(?:调|换|转|搬|跳槽|去|到)[^,。?!]{0,2}$")
# 今年还能转到四川考吗
_MAY_CHANGE = re.compile(r"(?:能|可以|能不能|可不可以)[^,。?!]{0,3}(?:改|换|转)(?:去|到|成|为)$")
# 改去重庆报行吗: one thinks of it, and is still a candidate of where one was
_CHANGES_TO = re.compile(r"(?:改|换|转)(?:去|到|成|为)?$")
_MAY_I = re.compile(r"(?:那边|这边|考区)*(?:报名?|考|审)?(?:的话)?(?:行|可以|能|得行|要得)(?:吗|不|么|嘛)")


_I_TOO = re.compile(
    r"(?:[,， ]|所以|那)(?:那|所以)?(?:我|我们|咱|咱们|俺)(?:这边|这里|这儿)?(?:应该|肯定|岂不|不)*"
    r"(?:(?:是不是)?(?:也|一样)[^,。?!]{0,8}(?:吗|吧|不|么|嘛|哇|\?)\W*$|是不是也?[^,。?!]{1,8}\W*$)"
)
# 我重庆的同学说审核期间可以补,那我现在能不能传
_KIN = re.compile(KIN)
_MAY_I_TOO = re.compile(r"[,， ](?:那|所以)我(?:现在|这边)?(?:能不能|可不可以|还能)[^,。?!]{1,8}$")
# 单位换到重庆了，那我是不是要去现场审核: it is one's own now
_MOVED = re.compile(r"(?:换|调|转|搬|跳槽)(?:去|到|成|为)$")
# 跟四川一样4月5号到9号吗
_LIKE = re.compile(r"(?:跟|和|与|同|像)$")
_IS_LIKE = re.compile(r"(?:省|市|那边|这边|的)*(?:是不是|是|也)*(?:一样|同样|相同|差不多)")


def considers(text: str, reading: RegionReading) -> bool:
    """Whether the region named is only one that the candidate thinks of changing to."""
    asked = [m for m in reading.mentions if m.role == "asked"]
    if any(_IF_MOVED.search(text[: m.start]) or _MAY_CHANGE.search(text[: m.start]) for m in asked):
        return True
    return any(_CHANGES_TO.search(text[: m.start]) and _MAY_I.match(text, m.end) for m in asked)


def declared(text: str, reading: RegionReading) -> bool:
    """Whether the one region that is asked about is said to be the candidate's own: 我在重庆, 我是四川绵阳的, 报名是重庆报的."""
    first = next((m for m in reading.mentions if m.role == "asked"), None)
    if first is None:
        return False
    before = text[: first.start]
    return (_OWN_BEFORE.search(before) or _REGISTERED_BEFORE.search(before)) is not None


def begins_with_own(text: str, reading: RegionReading) -> bool:
    """重庆的 材料被打回来了: what a stranger says first."""
    first = next((m for m in reading.mentions if m.role == "asked"), None)
    return first is not None and not text[: first.start].strip() and bool(_OF_THERE.match(text, first.end))


def is_like(text: str, reading: RegionReading) -> bool:
    """Whether one's own region is put beside the one named: 跟四川一样4月5号到9号吗."""
    asked = [m for m in reading.mentions if m.role == "asked"]
    return len(asked) == 1 and bool(
        _LIKE.search(text[: asked[0].start]) and _IS_LIKE.match(text, asked[0].end)
    )


def i_too(text: str, reading: RegionReading) -> bool:
    """Whether somebody else's region is only what the candidate heard of, and the question is of their own: 朋友四川的说9号截止 我也是9号吗."""
    asked = [m for m in reading.mentions if m.role == "asked"]
    if len(asked) != 1 or declared(text, reading) or _MOVED.search(text[: asked[0].start]):
        return False
    found = _I_TOO.search(text, asked[0].end)
    if found is None and _KIN.search(text):
        found = _MAY_I_TOO.search(text, asked[0].end)
    return found is not None and bool(text[asked[0].end : found.start()].strip(" ,，的"))


def former_places(text: str, reading: RegionReading) -> frozenset[str]:
    """Where the candidate worked before: 我换了单位 之前在大渡口, 之前单位在涪陵 现在调到江北了."""
    named = [m for m in reading.mentions if m.place]
    return frozenset(m.place for m in named if m.place and _WORKED.search(text[: m.start]))


def speaks_of_self(text: str) -> bool:
    """Whether it is the candidate that is asked about: 那我几号交."""
    return _SELF.search(text) is not None


def elsewhere(text: str, reading: RegionReading, own: str | None) -> tuple[str, ...] | None:
    """Where the candidate is bound, if it is asked whether they may follow, or go to, another region; None where it is not.

    Returns:
        (own region,), or () where it is not known.
    """
    if _ANY_OTHER.search(text):
        return (own,) if own else ()
    asked = [m for m in reading.mentions if m.role == "asked" and len(m.regions) == 1]
    last = asked[-1] if len(asked) > 1 else None
    if (
        own
        and last is not None
        and last.regions == (own,) != asked[0].regions
        and not _PUT_BESIDE.fullmatch(text[asked[0].end : last.start])
        and _ALIKE.match(text, last.end)
    ):
        return (own,)
    for mention in reading.mentions:
        if len(mention.regions) != 1 or mention.regions[0] == own:
            continue
        followed = is_followed(text, mention.start, mention.end)
        goes = own is not None and bool(
            _GOES_BEFORE.search(text[: mention.start]) and _GOES_AFTER.match(text, mention.end)
        )
        goes = goes or (
            own is not None
            and bool(_SHOULD_GO.search(text[: mention.start]) and _TO_SIT.match(text, mention.end))
        )
        matters = own is not None and _NO_MATTER.match(text, mention.end)
        if followed or goes or matters:
            named = [m.regions[0] for m in reading.mentions if m is not mention and m.role == "asked"]
            return tuple(named[:1]) or ((own,) if own else ())
    return _again(text, reading)


def _again(text: str, reading: RegionReading) -> tuple[str, ...] | None:
    asked = [m for m in reading.mentions if m.role == "asked" and len(m.regions) == 1]
    if len(asked) < 2 or asked[0].regions == asked[-1].regions:
        return None
    between = text[asked[0].end : asked[-1].start]
    again = _AGAIN.match(text, asked[-1].end)
    return asked[0].regions if again and _FAILED.search(between) else None
