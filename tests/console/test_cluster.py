"""Topics among messages: five planted in a thousand, and what a cluster must be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from bot.console.cluster import Cluster, Said, cluster
from bot.console.insight import read
from bot.conversation import Assistant, Message
from tests.console import second_replay
from tests.console.replay import TOPICS, messages

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def found(assistant: Assistant):  # type: ignore[no-untyped-def]
    return clustered(assistant, messages())


def clustered(assistant: Assistant, sent: Iterable[tuple[str, str]]) -> tuple[list[Cluster], dict[str, str]]:
    """The clusters of what the bot did not answer of the messages; text -> its topic."""
    counts: Counter[str] = Counter()
    topics = {}
    for topic, text in sent:
        trace = assistant.respond(Message("text", text), None, NOW).trace
        if trace.decision in ("refuse", "out_of_scope"):
            counts[trace.masked_text] += 1
            topics[trace.masked_text] = topic
    said = [Said(text, *read(assistant, text, NOW), count) for text, count in counts.items()]
    return cluster(said), topics


def test_a_thousand_messages_are_replayed() -> None:
    assert Counter(bool(topic) for topic, _ in messages()) == {True: 200, False: 800}


def test_five_planted_topics_are_among_the_first_ten(found) -> None:  # type: ignore[no-untyped-def]
    assert named(*found) == set(TOPICS)


def test_of_a_week_it_was_never_tuned_on_it_finds_three_of_five(assistant: Assistant) -> None:
    """Other topics, and noise of fourteen ways to say anything: harder, and what it does there must not get worse."""
    assert len(named(*clustered(assistant, second_replay.messages()))) >= 3


def named(clusters: list[Cluster], topics: dict[str, str]) -> set[str]:
    """The planted topics that have one of the first ten clusters: most of its messages, and its centre."""
    found = set()
    for one in clusters[:10]:
        inside: Counter[str] = Counter()
        for said in one.texts:
            inside[topics[said.text]] += said.count
        topic, count = inside.most_common(1)[0]
        if count * 2 > one.count and topics[one.centre.text] == topic:
            found.add(topic)
    return found - {""}


def test_every_message_is_in_one_cluster(found) -> None:  # type: ignore[no-untyped-def]
    clusters, topics = found
    texts = [said.text for one in clusters for said in one.texts]
    assert sorted(texts) == sorted(topics)
    assert all(one.count == sum(said.count for said in one.texts) for one in clusters)


def test_the_order_of_the_messages_changes_nothing() -> None:
    said = [
        Said(text, tuple(text), frozenset(text), count, (("四川", count),))
        for text, count in (("考场停车", 3), ("停车考场", 2), ("手表", 4), ("手表表", 1))
    ]
    assert cluster(said) == cluster(said[::-1])
    assert cluster(said)[0].regions == (("四川", 5),)


def test_nothing_to_compare_is_nothing() -> None:
    assert cluster([]) == []
    assert cluster([Said("？", (), frozenset(), 3)]) == []
