"""What does not work, or was not done in time: a page that is shut, a payment that fails, a fee not paid, papers not sent again. Pure."""

from __future__ import annotations

import re

from bot.dialogue.ask import Ask
from bot.dialogue.following.going_on import CATEGORY
from bot.schedule.stages import FEES, REGISTRATION

_FAILS = re.compile(
    r"(?:网页|页面|网站|系统|平台)[^,。?!]{0,3}打不开|(?:为啥|为什么|咋个?|怎么|老是|一直|[网卡]了?)[^,。?!]{0,6}[, ]?(?:[交缴付]不(?:起|到|了|上|成|出去)|进不(?:去|到|来)|打不开|登不上|点不(?:动|了))"
)
_OVER = re.compile(r"过了|截止|关了|结束|错过|没赶上|晚了")
_NOT_SENT_AGAIN = re.compile(r"(?:忘了?|忘记|没来得及|搞忘)[点了]?重新提交")
_UNPAID = re.compile(r"(?:没|忘了?|忘记)[交缴]")  # 没交综合的费
SITE_TROUBLE = "登录密码"  # the entry for whoever can't get into the system
_CANT_GET_IN = "登录不上"  # the word of 同义

_SHUT = re.compile(
    r"(?:系统|网页|网站|入口|通道|页面)(?:怎么|咋个?|为啥子?|为什么|是不是|都|就|刚|已经)*(?:关|关闭|结束)了"
    r"|(?:系统|网页|网站|官网|入口|页面)(?:上|里|又|还|都|显示|提示|说|写)*(?:没|未)(?:有)?(?:到)?(?:开|开放|开始|到时间)"
)
_NO_ENTRANCE = re.compile(
    r"(?:咋个?|怎么|为啥子?|为什么)?(?:还|都|现在)?(?:没有?|没得|看不到|找不到|不见)(?:缴费|交费|付款)?(?:的)?(?:入口|按钮|通道|口子)|还没到(?:点|时间|时候)"
)
_UNDONE = re.compile(r"忘(?:了|记)?点?提交|[没未](?:有)?(?:来得及)?(?:点)?(?:提交|报|弄完|填完|搞完|交上)")
# content words that say no more than that it does not work
_NOT_WORKING = frozenset({_CANT_GET_IN, "打不开", "怎么办", "网页", "通道", "入口", "页面"})


def is_shut(ask: Ask) -> bool:
    """报名系统咋关了: the page of the registration, or of what is due."""
    only = set(ask.topic.stages) <= {REGISTRATION} and not ask.query.subjects
    return _SHUT.search(ask.query.text) is not None and only and not ask.resumed


def left_undone(ask: Ask) -> bool:
    """系统关了 我还没提交: whoever was shut out had not handed in."""
    return _UNDONE.search(ask.query.text) is not None


def has_no_entrance(ask: Ask) -> bool:
    """技能缴费咋还没得入口."""
    return _of_fees(ask) and _NO_ENTRANCE.search(ask.query.text) is not None


def payment_fails(ask: Ask) -> bool:
    """现在咋个交不起费喃."""
    fails = _FAILS.search(ask.query.text) and not _OVER.search(ask.query.text)
    return _of_fees(ask) and bool(fails) and set(ask.content) <= _NOT_WORKING


def is_unpaid(ask: Ask) -> bool:
    """综合缴费错过了 四川的 临床: a fee that was not paid, and nothing else but whose."""
    kinds = bool(ask.content) and all(CATEGORY.fullmatch(word) for word in ask.content)
    missed = "错过" in ask.topic.asks or _UNPAID.search(ask.query.text) is not None
    return _of_fees(ask) and kinds and missed


def not_sent_again(ask: Ask) -> bool:
    """改了忘点重新提交."""
    return _NOT_SENT_AGAIN.search(ask.query.text) is not None


def _of_fees(ask: Ask) -> bool:
    return bool(ask.topic.stages) and set(ask.topic.stages) <= FEES
