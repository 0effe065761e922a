"""What a short message of a talk means: the signs, and when they overrule a rule."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from bot.conversation import Assistant, Message
from bot.dialogue.following.context import complete
from bot.dialogue.readings import readings
from bot.dialogue.session import Session, Topic
from bot.dialogue.weights import NAMES, SIGNS, Weights, packaged, signs_of, weights_from
from bot.schedule.deadlines import today

NOW = datetime.fromisoformat("2024-02-06T10:00:00+08:00")


def asked(assistant: Assistant, text: str, session: Session) -> list[tuple[str, str]]:
    ask = complete(assistant.understanding.read(text, today(NOW)), session)
    return [(reading.name, reading.ask.topic.core) for reading in readings(ask, session)]


def test_a_first_message_has_one_reading(assistant: Assistant) -> None:
    assert [name for name, _ in asked(assistant, "四川报名时间", Session())] == ["said"]


def test_half_a_question_is_read_alone_and_within_the_step_before(assistant: Assistant) -> None:
    session = Session(
        region="四川",
        topic=Topic(entry="现场审核时间", core="现场审核什么时候", stages=("现场审核",), asks=("时间",)),
    )
    read = dict(asked(assistant, "毕业证放屋头了咋办", session))
    assert "within" in read
    assert read["within"].startswith("现场审核")


def test_every_weight_has_a_name_that_is_measured() -> None:
    weights = packaged()
    assert weights.ranking.shape == (len(NAMES),)
    assert weights.confiding.shape == (len(SIGNS),)
    assert np.isfinite(weights.ranking).all()
    assert np.isfinite(weights.confiding).all()


def test_what_is_not_named_weighs_nothing() -> None:
    weights = weights_from({"ranking": {"chosen": 2.0}, "confiding": {}})
    assert weights.ranking.sum() == 2.0
    assert not weights.confiding.any()


def considered(assistant: Assistant, *texts: str) -> tuple[Weights, object]:
    ranking = assistant.steering.policy.ranking
    asked_of: list[tuple[object, ...]] = []
    real = ranking.consider

    def consider(*args: object) -> object:
        asked_of.append(args)
        return real(*args)  # type: ignore[arg-type]

    ranking.consider = consider  # type: ignore[assignment,method-assign]
    try:
        session = None
        for text in texts:
            session = assistant.respond(Message("text", text), session, NOW).session
    finally:
        del ranking.consider
    return packaged(), real(*asked_of[-1])  # type: ignore[arg-type]


def test_the_confidence_is_a_probability_of_the_first(assistant: Assistant) -> None:
    weights, found = considered(assistant, "四川现场审核什么时候", "要本人去吗")
    order, scores = weights.order(found)  # type: ignore[arg-type]
    assert 0.0 < weights.confidence(found, order, scores) < 1.0  # type: ignore[arg-type]
    assert scores[order[0]] == max(scores)
    assert len(signs_of(found, order, scores)) == len(SIGNS)  # type: ignore[arg-type]


@pytest.mark.parametrize("follow", ["推荐个火锅店", "股票能买吗"])
def test_what_is_not_of_the_exam_is_not_answered_in_a_talk_either(assistant: Assistant, follow: str) -> None:
    session = assistant.respond(Message("text", "四川现场审核什么时候"), None, NOW).session
    assert assistant.respond(Message("text", follow), session, NOW).trace.decision not in (
        "answer",
        "not_stated",
    )
