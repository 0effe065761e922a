"""Messages of a few words that name no step and yet can only be of this exam, where only candidates write: 24年的公告出了没得, 还有12分钟. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection

from bot.dialogue.ask import Ask
from bot.text.hours import hour_supposed
from bot.text.tense import which_end

NOTICE, DAYS, NEXT_STEP, REGISTRATION, TO_BRING = "notice", "days", "next", "registration", "to bring"
"""What such a message asks for: the notice, the days of all steps, the step that is due, when the registration opens, what one brings to the site."""
_NUMBER = r"(?:\d{1,2}|[一二两三四五六七八九十]{1,3}|几|半|好几|十几|没几|最后几|最后一|不到一)"
_OF_NOTICE = re.compile(
    r"(?:公告|通知(?!单))(?:都|也|已经|到底|还|是不是|有没有|好久|什么时候|啥时候|几时|哪天)*(?:没|没有)?(?:出|发|公布|下|来|有)"
    r"|(?:出|发|公布|下|看到)(?:来|了|没)*(?:公告|通知(?!单))|(?:20)?2\d年?(?:度|的)?(?:报名|考试)?(?:公告|通知(?!单))(?:呢|嘛|吗|有没得|有没有)?\W*$"
)
_LEFT = re.compile(
    rf"^[啊那哎呀完了,! ]*(?:就|只)?(?:还有|还剩|只有|只剩|剩|最后|还差)?{_NUMBER}个?(?:多)?(?:分钟|小时|钟头|分)(?:了|啊|哦|嘛|呀|呢|吗|不|没|够不够)*\W*$"
)
_WHAT_NOW = re.compile(
    r"(?:现在|接下来|下一步|目前)(?:我)?(?:该|要|应该|需要|还要)(?:做|干|弄|办|搞)(?:点|些)?(?:啥子?|什么|哪样)(?:啊|嘛|呢|哦)?\W*$"
)  # 你帮我看哈我现在该做啥子
_BRINGS = re.compile(
    r"^[那请问, ]*(?:要|需要|得|都)*带(?:些|点)?(?:啥子?|什么|哪些)(?:东西|材料|资料)?(?:去|来)?(?:嘛|呢|啊)?\W*$"
)
_OPENS = re.compile(
    r"^[那请问, ]*(?:报名|网报|报考)?的?(?:网站|系统|入口|通道|官网|网页|页面)(?:现在|今天|都|已经|到底|是不是|还)*(?:没|没有)?(?:开|开放|开通|上线)(?:了|没|吗|不|得|有|么|放|啊|哦)*\W*$"
)


def means(ask: Ask, everyday: Collection[str]) -> str:
    """What the message asks for, one of the above; "" where it names a step, or has words that are of something else.

    Args:
        everyday: words that are of nothing.
    """
    query = ask.query
    if _BRINGS.match(query.text) and not (ask.told or ask.resumed):
        return TO_BRING
    if query.stages or query.subjects or query.exam or query.off_topic or query.audience or ask.resumed:
        return "" if not (_OPENS.match(query.text) and set(query.stages) == {"网上报名"}) else REGISTRATION
    if (
        set(ask.content)
        - set(everyday)
        - {
            "公告",
            "通知",
            "网站",
            "系统",
            "入口",
            "通道",
            "官网",
            "网页",
            "页面",
            "开放",
            "开通",
            "两种",
            "说法",
        }
    ):
        return ""
    if _OF_NOTICE.search(query.text):
        return NOTICE
    if _OPENS.match(query.text):
        return REGISTRATION
    if _LEFT.match(query.text) or _WHAT_NOW.search(query.text):
        return NEXT_STEP
    return DAYS if (query.put and which_end(query.text)) or hour_supposed(query.text) is not None else ""
