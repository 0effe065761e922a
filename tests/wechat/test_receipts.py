"""Receipts and grants: one <List> or many, either case, and each counted once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import xmltodict

from bot.exchange import Exchange
from bot.storage.store import Store
from bot.wechat.envelope import read
from bot.wechat.receipts import Grant, Receipt, reports
from tests.fakes import EchoAssistant, FakeClock, FixedSource

NOW = datetime(2024, 4, 5, tzinfo=UTC)
EXPECTED = {
    "templatesendjobfinish": (Receipt("template", "200163840", False, "failed:user block"),),
    "masssendjobfinish": (Receipt("mass", "1000001625", True, "send success", counts=(100, 80, 75, 5)),),
    "subscribe_msg_sent_event": (Receipt("subscribe", "1700827132819554304", True, "success", 0, "tmpl_1"),),
    "subscribe_msg_popup_event": (Grant("tmpl_1", True), Grant("tmpl_2", False)),
    "subscribe_msg_change_event": (Grant("tmpl_1", False, popup=False),),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_an_event_as_captured_becomes_reports(name: str, fixture_xml: Callable[[str], str]) -> None:
    envelope = read(fixture_xml(name), NOW)
    assert envelope.message.kind == "silent"
    assert envelope.reports == EXPECTED[name]


@pytest.mark.parametrize("change", [str.lower, str.upper])
@pytest.mark.parametrize("name", EXPECTED)
def test_the_event_s_case_does_not_matter(
    name: str, change: Callable[[str], str], fixture_xml: Callable[[str], str]
) -> None:
    fields = xmltodict.parse(fixture_xml(name))["xml"]
    written = fixture_xml(name).replace(fields["Event"], change(fields["Event"]), 1)
    assert read(written, NOW).reports == EXPECTED[name]


def test_a_user_who_blocks_is_known_from_the_receipt() -> None:
    assert Receipt("template", "1", False, "failed:user block").blocked
    assert not Receipt("template", "1", False, "failed: system failed").blocked


def test_other_messages_report_nothing(fixture_xml: Callable[[str], str]) -> None:
    for name in ("text", "click", "unsubscribe", "user_info_modified"):
        assert read(fixture_xml(name), NOW).reports == ()


@pytest.mark.parametrize(
    ("event", "fields"),
    [
        ("templatesendjobfinish", {"Status": "success"}),
        ("subscribe_msg_popup_event", {}),
        ("subscribe_msg_popup_event", {"SubscribeMsgPopupEvent": "text"}),
        ("subscribe_msg_popup_event", {"SubscribeMsgPopupEvent": {"List": [None, "x", {}]}}),
        ("subscribe_msg_sent_event", {"SubscribeMsgSentEvent": {"List": {"ErrorCode": "x"}}}),
    ],
)
def test_what_lacks_its_id_reports_nothing(event: str, fields: dict[str, Any]) -> None:
    assert reports(event, fields) == ()


def test_two_ends_of_one_second_are_two_pushes(fixture_xml: Callable[[str], str]) -> None:
    one = fixture_xml("templatesendjobfinish")
    other = one.replace("200163840", "200163841")
    assert read(one, NOW).dedupe_key == read(one, NOW).dedupe_key != read(other, NOW).dedupe_key


def test_a_report_is_applied_once_for_all_its_tries(store: Store, clock: FakeClock) -> None:
    applied: list[Any] = []
    exchange = Exchange(
        FixedSource(EchoAssistant()).current,
        store,
        clock,
        apology=lambda: "",
        apply=lambda user, effects, connection: applied.append((user, effects)),
    )
    effects = ({"wish": "report", "report": Grant("tmpl_1", True)},)
    for _ in range(3):
        exchange.note(user="o1", key="event:1", effects=effects)
    assert applied == [("o1", effects)]
