"""Topics among messages: five planted in a thousand, and what a cluster must be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from types import ModuleType

import pytest

from bot.console.cluster import Cluster, Said, cluster
from bot.console.insight import Reader, said_of
from bot.conversation import Assistant, Message
from bot.storage.statistics import UNANSWERED, Asked
from tests.console import fourth_replay, replay, second_replay, third_replay

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)


Found = tuple[list[Cluster], dict[str, str]]


@pytest.fixture(scope="module")
def reader(assistant: Assistant) -> Reader:
    return Reader(assistant)


@pytest.fixture(scope="module")
def found(assistant: Assistant, reader: Reader) -> Found:
    return clustered(assistant, reader, replay.messages())


def clustered(assistant: Assistant, reader: Reader, sent: Iterable[tuple[str, str, str]]) -> Found:
    """The clusters of what the bot did not answer of the messages; text -> its topic."""
    asked: dict[str, list[Asked]] = {}
    topics = {}
    for number, (topic, text, user) in enumerate(sent):
        trace = assistant.respond(Message("text", text), None, NOW).trace
        if trace.decision in UNANSWERED:
            one = Asked(number, NOW, trace.masked_text, trace.region, trace.decision, None, user)
            asked.setdefault(one.text, []).append(one)
            topics[one.text] = topic
    said = [said_of(text, same, reader.words(text, NOW)) for text, same in asked.items()]
    return cluster(said, lambda text: reader.about(text, NOW)), topics


def test_a_thousand_messages_are_replayed() -> None:
    assert Counter(bool(topic) for topic, *_ in replay.messages()) == {True: 200, False: 800}
    for week in (second_replay, third_replay, fourth_replay):
        assert len(list(week.messages())) == 1000


@pytest.mark.parametrize("week", [replay, second_replay, fourth_replay])
def test_five_planted_topics_are_among_the_first_ten(
    assistant: Assistant, reader: Reader, week: ModuleType
) -> None:
    assert named(*clustered(assistant, reader, week.messages())) == set(week.TOPICS)


def test_of_wide_themes_in_twenty_wordings_each_it_finds_few(assistant: Assistant, reader: Reader) -> None:
    """吃喝 is 矿泉水, 食堂 and 低血糖; nobody says it twice alike. Not tuned on; what it does there must not get worse."""
    assert len(named(*clustered(assistant, reader, third_replay.messages()))) >= 1


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


def test_every_message_is_in_one_cluster(found: Found) -> None:
    clusters, topics = found
    texts = [said.text for one in clusters for said in one.texts]
    assert sorted(texts) == sorted(topics)
    assert all(one.count == sum(said.count for said in one.texts) for one in clusters)


def test_the_order_of_the_messages_changes_nothing() -> None:
    said = [
        Said(text, dict.fromkeys(text, 1.0), count, regions=(("四川", count),))
        for text, count in (("考场停车", 3), ("停车考场", 2), ("手表", 4), ("手表表", 1))
    ]
    assert cluster(said) == cluster(said[::-1])
    assert cluster(said)[0].regions == (("四川", 5),)


def test_who_says_it_twenty_times_is_one_person(reader: Reader) -> None:
    said = [Said("电脑死机了怎么办", reader.words("电脑死机了怎么办", NOW), 20, frozenset({"a"}))]
    said += [
        Said(text, reader.words(text, NOW), 1, frozenset({user}))
        for user, text in (("b", "考场能停车吗"), ("c", "停车场在哪"))
    ]
    first, second = cluster(said)
    assert (first.count, first.people) == (2, 2)
    assert (second.count, second.people) == (20, 1)


def test_nothing_to_compare_is_nothing() -> None:
    assert cluster([]) == []
    assert cluster([Said("？", {}, 3)]) == []
