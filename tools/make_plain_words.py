"""Makes bot/text/data/plain_words.txt: everyday words that never say what kind of thing a question is about.

Run by hand when jieba changes: `python tools/make_plain_words.py`. Source: jieba's own dictionary (MIT), its tags and counts.
Verbs, adverbs, pronouns, numbers, times and the like, seen at least 100 times; nouns are left out, since a noun that the
knowledge has never seen (健身卡, 公租房) may make a question another's.
"""

from __future__ import annotations

from pathlib import Path

import jieba

OUT = Path(__file__).resolve().parent.parent / "bot" / "text" / "data" / "plain_words.txt"
TAGS = ("d", "c", "p", "r", "m", "q", "u", "y", "e", "o", "t", "f", "v", "a", "z", "b", "k", "h", "l", "i")
NOT = ("vn", "an")  # verbs and adjectives that are nouns as well
SEEN = 100


def main() -> None:
    """Write the file."""
    words = set()
    with jieba.Tokenizer().get_dict_file() as lines:
        for line in lines:
            word, count, tag = line.decode("utf-8").split()
            if 2 <= len(word) <= 4 and int(count) >= SEEN and tag.startswith(TAGS) and tag not in NOT:
                words.add(word)
    OUT.write_text("\n".join(sorted(words)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
