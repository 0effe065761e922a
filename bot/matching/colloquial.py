"""Spoken and dialect forms as their standard ones, so that 好久交 and 什么时候交 look alike to the matcher. Pure.

Only words that carry no matter of their own; both questions and phrasings go through it. South-western Mandarin (川渝) above all,
which is what candidates of the first two regions on file type.
"""

from __future__ import annotations

import re

_FORMS = (
    (r"好久|几时|[啥哪]子?时候|多久(?=开|报|交|缴|考|审)", "什么时候"),
    (r"啥子?|么子", "什么"),
    (r"咋个|咋整|咋弄|咋搞|咋办|咋|怎样|怎么样", "怎么"),
    (r"没得|莫得|莫有", "没有"),
    (r"(?:要得|得行|行得通)(?=[不没吗么]|$)", "可以"),
    (r"不得行", "不行"),
    (r"晓得", "知道"),
    (r"搞忘了?|忘了|忘记了", "忘记"),
    (r"[搞弄]|整(?=[不了完好起]|$)", "办"),
    (r"[喊叫](?=我|去|交|补|重)", "让"),
    (r"遭(?=驳|退|打|拒|毙)", "被"),
    (r"哪[点儿块](?=$|交|报|审|考|办|看|查|打|传|领)", "哪里"),
    (r"好多(?=钱|分|费|次|个|张|岁|天)", "多少"),
    (r"噻|撒|嗦|喃|哇|啵|呗|嘞|噢|哦|哈|嘛|呀|啊|呢", ""),
    (r"到底|究竟|那(?!里|边|天|个)|就是|就|都|也|还是|已经", ""),
)
_ANY = re.compile("|".join(f"({form})" for form, _ in _FORMS))
_STANDARD = tuple(standard for _, standard in _FORMS)


def plainly(key: str) -> str:
    """Compact text in standard words; as it was when nothing would be left."""
    return _ANY.sub(lambda found: _STANDARD[(found.lastindex or 1) - 1], key) or key
