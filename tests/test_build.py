"""What reads questions is shared by two knowledges that read alike, and by no others."""

from __future__ import annotations

from dataclasses import replace

from bot.build import build
from bot.conversation import Assistant, Message
from bot.knowledge.load import build as build_knowledge
from bot.knowledge.load import contents
from tests.conftest import KNOWLEDGE
from tests.editing.conftest import NOW


def test_a_new_date_is_answered_without_learning_the_questions_anew() -> None:
    files = contents(KNOWLEDGE)
    old, _ = build_knowledge(files)
    path = "schedules/2024/四川.yaml"
    new, _ = build_knowledge({**files, path: files[path].replace(b"2024-04-09 24:00", b"2024-04-11 24:00")})
    assert old is not None
    assert new is not None
    before, after = build(old), build(new)
    assert after.understanding is before.understanding
    assert "4 月 9 日 24 时" in said(before, "四川技能考试几号缴费")
    assert "4 月 11 日 24 时" in said(after, "四川技能考试几号缴费")


def test_a_new_phrasing_is_learned() -> None:
    files = contents(KNOWLEDGE.parent / "tests" / "knowledge" / "small")
    old, _ = build_knowledge(files)
    assert old is not None
    entry = old.entries["报名流程"]
    entry = replace(entry, alternatives=(*entry.alternatives, "报考要走哪几步路"))
    new = replace(old, entries={**old.entries, "报名流程": entry})
    assert build(new).understanding is not build(old).understanding


def said(assistant: Assistant, text: str) -> str:
    return assistant.respond(Message("text", text), None, NOW).reply.text
