"""What would come of a draft: its problems, the golden questions that flip, the answers that change. Decides whether it may be published."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot import golden
from bot.conversation import Assistant
from bot.editing.compare import Comparison, compare
from bot.golden import Golden, Outcome, Verdict
from bot.knowledge.load import build as build_knowledge
from bot.knowledge.load import parse, version_of
from bot.knowledge.model import Knowledge
from bot.knowledge.problem import Problem, source_line

KEPT = 3  # assistants in memory: live, the draft, the one before; some 40 MB each


@dataclass(frozen=True)
class Flip:
    """A golden question that is answered right by the live knowledge (or is new in the draft) and not by the draft.

    source: the clause it checks · place: "golden/四川.yaml:12:9" · faults: what is wrong, in Chinese · old, new: the replies, old "" where
    the question is new.
    """

    question: str
    source: str
    place: str
    faults: tuple[str, ...]
    old: str
    new: str


@dataclass(frozen=True)
class Review:
    """The outcome for one content of the folder.

    content: `version_of` the files that were reviewed. problems: errors and warnings, sorted; `shown` has each as staff read it, with
    their own line. flips: see Flip; () while there are errors. asked, right: how many golden questions, and how many are right.
    comparison: None while there are errors.
    """

    content: str
    problems: tuple[Problem, ...]
    shown: tuple[str, ...]
    flips: tuple[Flip, ...] = ()
    asked: int = 0
    right: int = 0
    comparison: Comparison | None = None

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep it from going live."""
        return tuple(problem for problem in self.problems if problem.is_error)

    @property
    def blocked(self) -> str:
        """Why it can't be published, for people: "2 处错误", "3 道考题答得和以前不一样了"; "" when it can."""
        if self.errors:
            return f"{len(self.errors)} 处错误"
        return f"{len(self.flips)} 道考题答错了" if self.flips else ""


@dataclass(frozen=True)
class Loaded:
    """One content of the folder, loaded. assistant, outcomes: None and () while there are errors."""

    content: str
    problems: tuple[Problem, ...]
    assistant: Assistant | None
    outcomes: tuple[Outcome, ...] = ()


class Reviewer:
    """Loads contents of the folder and keeps the last few; safe for threads. A fresh one costs 2 s to build and 1 s of questions."""

    def __init__(self, build: Callable[[Knowledge], Assistant]) -> None:
        self._build = build
        self._kept: OrderedDict[str, Loaded] = OrderedDict()
        self._lock = threading.Lock()

    def make(self, kb: Knowledge) -> Assistant:
        """The Assistant of this knowledge, from memory where a review has built it. What KnowledgeSource may be handed as `make`."""
        with self._lock:
            kept = self._kept.get(kb.version)
        return kept.assistant if kept is not None and kept.assistant is not None else self._build(kb)

    def forget(self) -> None:
        """Build and ask anew from now on: something that `build` uses beside the knowledge has changed."""
        with self._lock:
            self._kept.clear()

    def load(self, files: Mapping[str, bytes], live: Assistant | None = None) -> Loaded:
        """Check, build and ask the golden questions.

        Args:
            live: an Assistant at hand; used instead of building one when it is of the same content.
        """
        content = version_of(dict(files))
        with self._lock:
            if content in self._kept:
                self._kept.move_to_end(content)
                return self._kept[content]
        kb, problems = build_knowledge(dict(files))
        assistant = None
        outcomes: Sequence[Outcome] = ()
        if kb is not None:
            assistant = live if live is not None and live.kb.version == content else self._build(kb)
            draft = parse(dict(files))
            goldens = golden.read(draft)
            problems = [*problems, *draft.problems]  # golden questions that can't be read
            outcomes = golden.run(assistant, goldens)
        loaded = Loaded(content, tuple(problems), assistant, tuple(outcomes))
        with self._lock:
            self._kept[content] = loaded
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return loaded

    def review(
        self, old: Mapping[str, bytes], new: Mapping[str, bytes], now: datetime, questions: Iterable[str] = ()
    ) -> Review:
        """Compare two contents of the folder.

        Args:
            old: what is live; where it has errors itself, nothing is compared and every wrong golden question counts as a flip.
            now: as of when answers are compared; golden questions bring their own time.
            questions: see compare.
        """
        after, before = self.load(new), self.load(old)
        files = dict(new)
        shown = tuple(problem.show(source_line(files, problem)) for problem in after.problems)
        if after.assistant is None or any(problem.is_error for problem in after.problems):
            return Review(after.content, after.problems, shown)
        return Review(
            after.content,
            after.problems,
            shown,
            flips(before.outcomes, after.outcomes),
            len(after.outcomes),
            sum(outcome.verdict is Verdict.RIGHT for outcome in after.outcomes),
            compare(before.assistant, after.assistant, now, questions)
            if before.assistant is not None
            else None,
        )


def flips(before: Iterable[Outcome], after: Iterable[Outcome]) -> tuple[Flip, ...]:
    """The questions that `after` gets wrong and `before` got right or did not have."""
    known = {_name(outcome.golden): outcome for outcome in before}
    found = []
    for outcome in after:
        old = known.get(_name(outcome.golden))
        if outcome.verdict is Verdict.RIGHT or (old is not None and old.verdict is not Verdict.RIGHT):
            continue
        place, trace = outcome.golden.place, outcome.turn.trace
        got = " ".join(filter(None, (trace.decision, trace.entry, trace.region)))
        found.append(
            Flip(
                outcome.golden.ask,
                outcome.golden.source,
                f"{place.file}:{place.line}:{place.column}",
                outcome.faults or (got,),
                old.turn.reply.text if old is not None else "",
                outcome.turn.reply.text,
            )
        )
    return tuple(found)


def _name(question: Golden) -> tuple[object, ...]:
    """What makes two golden questions the same one, wherever it stands in its file and whatever it demands."""
    return question.place.file, question.ask, question.now, question.before
