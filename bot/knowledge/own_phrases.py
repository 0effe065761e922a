"""The phrases that come with the program, for those that a knowledge of an older program does not have yet.

Without them an upgrade would find the live knowledge wanting and not start. They are read from the program's own
`knowledge/` folder. Where that is the folder staff edit, a phrase they took out is in neither, and missing is an error.
A phrase whose blanks change gets another name, so that the old one is not taken for it.
"""

from __future__ import annotations

from collections.abc import Mapping as Names
from pathlib import Path

from bot.knowledge.problem import Problem
from bot.knowledge.yaml_source import Mapping, Text, read

_FILE = Path(__file__).parents[2] / "knowledge" / "phrases.yaml"


def own_phrases() -> Names[str, Text]:
    """Name -> words; {} where the file is away or can't be read."""
    problems: list[Problem] = []
    try:
        root = read(_FILE.name, _FILE.read_text(encoding="utf-8-sig"), problems)
    except (OSError, UnicodeDecodeError):
        return {}
    phrases = root.get(Text("话术")) if isinstance(root, Mapping) and not problems else None
    if not isinstance(phrases, Mapping):
        return {}
    return {str(name): value for name, value in phrases.items() if isinstance(value, Text)}
