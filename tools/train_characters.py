"""Makes bot/text/data/characters.tsv: one CJK character a line with its simplified form and its toneless syllable.

Run by hand when opencc or pypinyin change: `python tools/train_characters.py`. Sources: the character table of OpenCC
(Apache-2.0) through `opencc`, and the first reading in pypinyin (MIT). Neither package is needed at run time.
"""

import unicodedata
from pathlib import Path

from opencc import OpenCC
from pypinyin import Style, lazy_pinyin

OUT = Path(__file__).parents[1] / "bot" / "text" / "data" / "characters.tsv"

# The first reading in the dictionary is not always the one people type.
READINGS = {
    "吗": "ma",
    "啥": "sha",
    "咋": "za",
    "嘛": "ma",
    "呢": "ne",
    "哪": "na",
    "那": "na",
    "的": "de",
    "了": "le",
    "地": "di",
}


def main() -> None:
    """Writes the table, characters in code point order; no line where both columns would be empty."""
    converter = OpenCC("t2s")
    lines = []
    for code in [*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000)]:
        char = chr(code)
        simplified = converter.convert(char)
        if len(simplified) != 1:
            simplified = char
        if char == "瞭":
            simplified = "了"  # 瞭解 is typed daily, 瞭望 never
        syllable = READINGS.get(char) or lazy_pinyin(char, style=Style.NORMAL, errors="ignore", v_to_u=False)
        reading = syllable if isinstance(syllable, str) else "".join(syllable)
        reading = "".join(
            c for c in unicodedata.normalize("NFD", reading.replace("ü", "v")) if c.isascii() and c.isalpha()
        )
        if code < 0x4E00 and simplified == char:
            continue  # rare characters of extension A with no simplified form: nobody types them
        if reading or simplified != char:
            lines.append(f"{char}\t{simplified}\t{reading}\n")
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
