"""What the tables of half questions are made of (see half_said.py): their rows, and what several of them say. Pure."""

from __future__ import annotations

Still = tuple[tuple[str, ...], str]
"""(entries one of which was told last, pattern of what is said then): the same entry is meant, whatever the words alone are like."""

Other = tuple[tuple[str, ...], str, str]
"""(entries one of which was told last, pattern of what is said then, the entry that is meant)."""

MAY = r"(?:能|可以|行|得行|要得|来得及)"
ASKS = r"(?:吗|不|没|么|嘛|吧|哇|行)*\W*$"
DATE = r"(?:\d{1,2}月)?\d{1,2}[号日]"
PAGE = r"(?:页面|系统|网页|网站)[^,。?!]{0,4}(?:进不去|打不开|点不动|登不上|关了|转圈|卡|崩|没反应|刷不出)"
