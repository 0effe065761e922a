"""The word lists that a message is read with, as plain values (words.yaml, by way of the knowledge). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Vocabulary:
    """The word lists, as plain values (words.yaml by way of the knowledge)."""

    subjects: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    actions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    asks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    audiences: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    levels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    verdicts: tuple[str, ...] = ()
    comparisons: tuple[str, ...] = ()
    fillers: tuple[str, ...] = ()
    own_exam: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()
    other_exams: tuple[str, ...] = ()
    off_topic: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    smalltalk: tuple[str, ...] = ()
