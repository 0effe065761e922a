"""The views of a text that the index keeps: characters, pairs, words, sounds and pairs of sounds."""

import functools
import itertools
import re
from dataclasses import dataclass

from bot.matching.colloquial import plainly
from bot.matching.wording import Wording, without_courtesy, wording_of
from bot.text.normalize import compact, normalize
from bot.text.phonetics import spell, syllables
from bot.text.segment import Segmenter

FAMILIES = ("char", "pair", "word", "sound", "sound_pair")

_LETTERS = re.compile(r"[a-z]{2,}")


@dataclass(frozen=True, slots=True)
class Tokens:
    """One text, taken apart once.

    `key` is the compact text less courtesies, `sounds` its syllables as one character each (so that string similarity can
    compare them), `families` the distinct tokens of each view in the order of FAMILIES.
    """

    key: str
    sounds: str
    families: tuple[list[str], ...]
    wording: Wording
    spelled: bool
    """Typed as pinyin letters for the greater part: only the sounds say anything."""


@functools.lru_cache(maxsize=4096)
def _mark(syllable: str) -> str:
    """One character for a syllable: equal syllables alike, others apart but for rare collisions."""
    if len(syllable) == 1:
        return syllable
    mark = 0
    for char in syllable:
        mark = (mark * 31 + ord(char)) % 6389
    return chr(0xE000 + mark)


def _spelled(key: str, sounds: list[str]) -> bool:
    spelled = sum(len(spell(run)) for run in _LETTERS.findall(key))
    return 2 * spelled >= len(sounds)


def tokens_of(text: str, segmenter: Segmenter) -> Tokens:
    """All views of `text`; every view empty when it holds no letter or digit."""
    plain = normalize(text)
    whole = compact(plain)
    key = plainly(without_courtesy(whole))
    sounds = list(map(_mark, syllables(key)))
    return Tokens(
        key=key,
        sounds="".join(sounds),
        families=(
            list(dict.fromkeys(key)),
            list(dict.fromkeys(a + b for a, b in itertools.pairwise(key))),
            list(
                dict.fromkeys(
                    word for word in segmenter.cut(plain if key == whole else key) if word.isalnum()
                )
            ),
            list(dict.fromkeys(sounds)),
            list(dict.fromkeys(a + b for a, b in itertools.pairwise(sounds))),
        ),
        wording=wording_of(key),
        spelled=_LETTERS.search(key) is not None and _spelled(key, sounds),
    )
