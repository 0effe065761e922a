"""Draft: a knowledge folder as parsed, with positions; what the checks read and the model is built from."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.knowledge.problem import Problem
from bot.knowledge.yaml_source import Mapping, Place, Sequence, Text, Value


@dataclass
class Draft:
    """Every file's root by its relative path, and the problems found so far.

    names: all files of the folder; what is in `names` but not in `files` could not be read.
    """

    files: dict[str, Mapping] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    names: frozenset[str] = frozenset()

    def unread(self, needs: tuple[str, ...]) -> bool:
        """Whether one of these files, or a file of these folders ("faq/"), could not be read: names in it look unknown."""
        missing = [name for name in needs if not name.endswith("/") and name not in self.files]
        broken = [
            n for n in self.names if n.startswith(needs) and n.endswith(".yaml") and n not in self.files
        ]
        return bool(missing or broken) if needs else False

    def section(self, prefix: str, key: str) -> dict[Text, Value]:
        """All items under top-level `key` of the files whose path starts with `prefix`, in file order.

        Where two files use the same name the first one stays; check entry-duplicate speaks of it.
        """
        found: dict[Text, Value] = {}
        for path, root in self.files.items():
            if path.startswith(prefix):
                value = root.get(Text(key))
                if isinstance(value, Mapping):
                    for name, item in value.items():
                        found.setdefault(name, item)
        return found

    def schedules(self) -> list[tuple[str, Mapping]]:
        """(path, root) of every file under schedules/."""
        return [(path, root) for path, root in self.files.items() if path.startswith("schedules/")]

    def problem(self, place: Place, check: str, text: str, hint: str = "", level: str = "错误") -> None:
        """Add one problem at `place`."""
        self.problems.append(Problem(place.file, place.line, place.column, level, check, text, hint))


def text_of(mapping: Mapping, key: str) -> Text | None:
    """The scalar under `key`; None when absent or not a scalar."""
    value = mapping.get(Text(key))
    return value if isinstance(value, Text) else None


def texts_of(value: Value | None) -> list[Text]:
    """The scalars of a list; a lone scalar counts as a list of one."""
    if isinstance(value, Text):
        return [value]
    return [item for item in value if isinstance(item, Text)] if isinstance(value, Sequence) else []


def map_of(mapping: Mapping, key: str) -> Mapping:
    """The mapping under `key`; an empty one when absent or of another type."""
    value = mapping.get(Text(key))
    return value if isinstance(value, Mapping) else Mapping()
