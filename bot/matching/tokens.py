"""The five views of a text that the index keeps: characters, pairs, threes, words, sounds."""

from dataclasses import dataclass

from bot.text.normalize import compact, normalize
from bot.text.phonetics import syllables
from bot.text.segment import Segmenter

FAMILIES = ("char", "pair", "word", "sound", "three")


@dataclass(frozen=True)
class Tokens:
    """One text, taken apart once. `families` runs as FAMILIES; a token may occur more than once."""

    key: str
    sounds: tuple[str, ...]
    families: tuple[tuple[str, ...], ...]


def tokens_of(text: str, segmenter: Segmenter) -> Tokens:
    """All views of `text`; every view empty when it holds no letter or digit."""
    plain = normalize(text)
    key = compact(plain)
    sounds = syllables(key)
    words = [word for word in segmenter.cut(plain) if word.isalnum()]
    return Tokens(
        key=key,
        sounds=tuple(sounds),
        families=(
            tuple(key),
            tuple(map("".join, zip(key, key[1:], strict=False))) or (key,) * bool(key),
            tuple(words),
            tuple(map(" ".join, zip(sounds, sounds[1:], strict=False))) or tuple(sounds),
            tuple(map("".join, zip(key, key[1:], key[2:], strict=False))),
        ),
    )
