"""How text sounds: toneless syllables, with the sounds that pinyin typists mix up folded into one."""

import functools
import re

from bot.text.normalize import CHARACTERS

_RUNS = re.compile(r"[a-z]+|[0-9]+|[^a-z0-9]")
# zh/z ch/c sh/s, n/l, and the nasal ends: what southern speakers and fuzzy-pinyin keyboards confuse.
_HEADS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))
_TAILS = (("ang", "an"), ("eng", "en"), ("ing", "in"))

# Letters in one run; nobody types more pinyin without a blank, and the split takes the square of it.
_LONGEST = 60


@functools.cache
def _readings() -> dict[str, str]:
    """Character -> toneless syllable ("" unknown)."""
    table = {}
    for line in CHARACTERS.read_text(encoding="utf-8").splitlines():
        char, _, reading = line.split("\t")
        if reading:
            table[char] = reading
    return table


@functools.cache
def _spellings() -> frozenset[str]:
    """Every syllable that some character has, without the one-letter ones, which are rather initials."""
    return frozenset(syllable for syllable in _readings().values() if len(syllable) > 1 or syllable in "ae")


@functools.lru_cache(maxsize=4096)
def spell(letters: str) -> tuple[str, ...]:
    """ "baoming" -> ("bao", "ming"); () when the letters are not pinyin throughout (APP, ATM, iphone)."""
    if len(letters) > _LONGEST:
        return ()
    spellings = _spellings()
    best: list[tuple[str, ...] | None] = [()] + [None] * len(letters)
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - 6), end):
            before = best[start]
            if before is not None and letters[start:end] in spellings:
                candidate = (*before, letters[start:end])
                current = best[end]
                if current is None or len(candidate) < len(current):
                    best[end] = candidate
    found = best[len(letters)]
    return found if found is not None and len(letters) > 1 else ()


@functools.lru_cache(maxsize=4096)
def fold(syllable: str) -> str:
    """ "zhang" -> "zan": one spelling for the sounds that are mixed up."""
    for head, short in _HEADS:
        if syllable.startswith(head):
            syllable = short + syllable[len(head) :]
            break
    for tail, short in _TAILS:
        if syllable.endswith(tail):
            return syllable[: -len(tail)] + short
    return syllable


@functools.cache
def _folded() -> dict[str, str]:
    return {char: fold(reading) for char, reading in _readings().items()}


def sound(char: str) -> str:
    """The folded syllable of one character that is no ASCII letter; itself when it has no reading."""
    return _folded().get(char, char)


def syllables(text: str) -> list[str]:
    """The folded syllables of compact text, one a character; letters that are pinyin throughout count as syllables.

    Other letters and numbers stay whole ("atm", "2024"); characters without a reading stand for themselves.
    """
    folded = _folded()
    if not any(char.isascii() for char in text):
        return [folded.get(char, char) for char in text]
    sounds: list[str] = []
    for run in _RUNS.findall(text):
        if len(run) == 1 and not run.isascii():
            sounds.append(folded.get(run, run))
        elif run.isalpha() and (parts := spell(run)):
            sounds.extend(fold(part) for part in parts)
        else:
            sounds.append(run)
    return sounds
