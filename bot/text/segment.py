"""Words of a sentence, by a jieba Tokenizer of our own."""

import functools
import sys
import threading
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

with warnings.catch_warnings():
    # jieba 0.42.1 has three invalid escapes; harmless, and our tests turn warnings into errors. It prefers pkg_resources for
    # opening its dictionary, which takes 0.07 s to import: without it jieba opens the file.
    warnings.simplefilter("ignore")
    _there = "pkg_resources" in sys.modules
    sys.modules.setdefault("pkg_resources", None)  # type: ignore[arg-type]
    import jieba
    import jieba.finalseg

    if not _there:
        del sys.modules["pkg_resources"]

from bot.text.normalize import normalize

_LOCK = threading.Lock()


@functools.cache
def _base() -> tuple[dict[str, int], int]:
    """jieba's own frequencies and their sum, read once per process (0.3 s, 70 MB).

    Read from the dictionary and not through jieba's cache file: that one lies in a folder that every user of
    the machine can write, and is unmarshalled unseen. The same as its gen_pfdict gives, in three fifths of the time: what a
    word starts with is looked for from its end, and no further than to what is there, whose own starts are there too.
    """
    with jieba.Tokenizer().get_dict_file() as file:
        fields = file.read().decode("utf-8").split()
    words, counts = fields[::3], [int(count) for count in fields[1::3]]
    frequencies = dict(zip(words, counts, strict=True))
    for word in words:
        start = word[:-1]
        while start and start not in frequencies:
            frequencies[start] = 0
            start = start[:-1]
    return frequencies, sum(counts)


def share_of(word: str) -> float:
    """The share of all words that this one has in everyday texts, 0..1; a word jieba lacks is as rare as its rarest."""
    frequencies, total = _base()
    return max(1, frequencies.get(word, 1)) / total


_NOT_HERE = ("交行",)  # a bank to jieba; here 明天交行不
_REMEMBERED = 1024  # pieces of text, some 200 bytes each


@functools.cache
def plain_words() -> frozenset[str]:
    """Everyday words that are no nouns (tools/make_plain_words.py); read once, 6 ms."""
    return frozenset((Path(__file__).parent / "data" / "plain_words.txt").read_text(encoding="utf-8").split())


class Segmenter:
    """Cuts text into words; knows the knowledge's own words beside jieba's.

    Making one costs 12 ms (a copy of the frequencies) after the first of the process, so a reload can have its own.
    """

    def __init__(self, words: Iterable[str] = ()) -> None:
        """`words`: stages, synonyms and terms that must stay whole; normalised here, one-character ones are left out."""
        with _LOCK:
            frequencies, total = _base()
        self._tokenizer: Any = jieba.Tokenizer()
        self._tokenizer.FREQ = dict(frequencies)
        self._tokenizer.total = total
        self._tokenizer.initialized = True
        for word in words:
            word = normalize(word)
            if len(word) > 1 and " " not in word:
                self._tokenizer.add_word(word)
        for word in _NOT_HERE:
            self._tokenizer.del_word(word)
        self._words = _remembering(self._tokenizer)

    def cut(self, text: str) -> list[str]:
        """The words of normalised text, in order, blanks left out; [] for "". Joined they give the text without blanks."""
        return list(self._words(text))


def _remembering(tokenizer: Any) -> Callable[[str], tuple[str, ...]]:
    """Cuts, and remembers the last: one message asks for the same pieces four times over, here and there."""

    @functools.lru_cache(_REMEMBERED)
    def words(text: str) -> tuple[str, ...]:
        return tuple(word for word in tokenizer.cut(text, HMM=False) if not word.isspace())

    return words
