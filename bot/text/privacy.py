"""Takes identity-card and telephone numbers out of a text before anything else sees it. Pure."""

from __future__ import annotations

import re
import unicodedata

# Digits as people write them into chats: with blanks, dashes or dots between groups, full width included.
_GAP = r"[\s\-.·]?"
_ID = re.compile(
    rf"(?<![0-9A-Za-z])(?:\d{_GAP}){{17}}[\dXx](?![0-9A-Za-z])|(?<![0-9A-Za-z])(?:\d{_GAP}){{14}}\d(?![0-9A-Za-z])"
)
_MOBILE = re.compile(rf"(?<!\d)(?:\+?86{_GAP})?1[3-9](?:{_GAP}\d){{9}}(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)0\d{2,3}[\s-]?\d{7,8}(?!\d)")


def mask(text: str) -> str:
    """`text` with 身份证号 as 【身份证号】 and telephone numbers as 【电话】; other digits, dates among them, stay."""
    plain = "".join(unicodedata.normalize("NFKC", char) if char.isdigit() else char for char in text)
    return _LANDLINE.sub("【电话】", _MOBILE.sub("【电话】", _ID.sub("【身份证号】", plain)))
