"""Commands: whole messages that steer the bot itself (帮助, 继续, 清除我的数据, a number). Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.text.normalize import compact, normalize

_NUMBERS = {
    name: number
    for number, names in enumerate(
        ("一1①", "二2②", "三3③", "四4④", "五5⑤", "六6⑥", "七7⑦", "八8⑧", "九9⑨"), 1
    )
    for name in names
}
_NUMBER = re.compile(
    r"^(?:第|选|选择|我选)?\s*([一二三四五六七八九1-9①-⑨]|\d{1,3})\s*(?:个|号|条|项)?\s*[.。!吧呢]?$"
)
_REGION = re.compile(r"^(?:换|改|切换|设置|修改)?(?:地区|考区)(?:换成|改成|改为|设为|是|到)?[\s:,]*(\S.*)$")

_PERSON = re.compile(r"(?:转|找|要|接|叫|换)(?:个|一下|一个)?(?:人工|真人|客服)")
_SHORT = 16  # characters up to which a wish for a person is the whole message: 算了 转人工吧
_SUBSCRIBE = re.compile(r"^(?:我要|我想|帮我)?订阅(?:一下)?(?:提醒)?[\s:,]*(\S.*)$")
_UNSUBSCRIBE = re.compile(r"^(?:我要|我想)?(?:退订|取消订阅|取消提醒)(?:提醒)?[\s:,]*(\S.*)$")
# A wish for a person, or to be left alone, is heard inside a short sentence too: who types it has had enough.
_PERSON = re.compile(
    r"(?:要|找|跟|和|转|换|叫|喊|接|给我)\S{0,4}(?:人工|真人|活人|客服)(?!.*(?:电话|上班|几点|时间))"
)
_SENTENCE = 18
_CLAUSE = re.compile(r"[,.!?;~\s。]+")
_IN_A_SENTENCE = ("退订", "人工")


@dataclass(frozen=True)
class Command:
    """name: a key of 口令, "编号" with `number`, or "地区", "订阅", "退订" with what they name in `rest`."""

    name: str
    number: int = 0
    rest: str = ""


class Commands:
    """The words of the commands; built once per knowledge load."""

    def __init__(self, words: Mapping[str, tuple[str, ...]]) -> None:
        self._names = {_key(word): name for name, ways in words.items() for word in ways}

    def read(self, raw: str) -> Command | None:
        """The command that the whole message is, or None."""
        text = normalize(raw)
        if name := self._names.get(_key(text)):
            return Command(name)
        if len(text) <= _SHORT and _PERSON.search(text):
            return Command("人工")
        if found := _NUMBER.match(text):
            written = found[1]
            number = _NUMBERS.get(written) or (int(written) if written.isdigit() else 0)
            return Command("编号", number=number)
        if found := _UNSUBSCRIBE.match(text):
            return Command("退订", rest=found[1])
        if found := _SUBSCRIBE.match(text):
            return Command("订阅", rest=found[1])
        if found := _REGION.match(text):
            return Command("地区", rest=found[1])
        if len(text) <= _SENTENCE:
            clauses = (self._names.get(_key(clause)) for clause in _CLAUSE.split(text) if clause)
            if said := next((name for name in clauses if name in _IN_A_SENTENCE), None):
                return Command(said)
            if _PERSON.search(text):
                return Command("人工")
        return None


def _key(text: str) -> str:
    return compact(text) or text.strip()
