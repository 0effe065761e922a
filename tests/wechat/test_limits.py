"""Limits of /wechat: one candidate, or an address that can't sign; never the platform's own few addresses."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from structlog.testing import capture_logs

from tests.fakes import EchoAssistant, FakeClock
from tests.wechat.platform import OTHER, Platform

Make = Callable[..., Platform]
TOO_FAST = "您发得太快了，请过一分钟再发。"


@pytest.mark.parametrize("mode", ["plain", "safe"])
def test_a_candidate_who_floods_is_told_so_and_alone(
    make_platform: Make, assistant: EchoAssistant, mode: str, clock: FakeClock
) -> None:
    platform = make_platform(mode, bot_limit_candidate=3)
    said = [platform.heard(platform.say("好", number)) for number in range(1, 6)]
    assert said == ["1 好", "2 好", "3 好", TOO_FAST, TOO_FAST]
    assert platform.heard(platform.say("好", 9, user=OTHER), user=OTHER) == "1 好"
    clock.move(60)
    assert platform.heard(platform.say("好", 7)) == "4 好"
    assert len(assistant.asked) == 5


def test_the_tries_of_the_last_message_are_answered_as_the_first(make_platform: Make) -> None:
    platform = make_platform(bot_limit_candidate=1)
    created = platform.now
    first = platform.say("好", 1, created=created)
    assert [platform.say("好", 1, created=created).data for _ in range(3)] == [first.data] * 3


def test_who_leaves_is_let_go_at_any_speed(make_platform: Make) -> None:
    platform = make_platform(bot_limit_candidate=1)
    platform.say("好", 1)
    with capture_logs() as logs:
        assert platform.say("", kind="unsubscribe").data == b"success"
    assert [line["event"] for line in logs] == ["erased"]


def test_who_cannot_sign_is_stopped_and_who_can_is_not(make_platform: Make) -> None:
    platform = make_platform(bot_limit_unsigned=2)
    with capture_logs() as logs:
        codes = [platform.post("<xml></xml>", signature="0").status_code for _ in range(4)]
        codes += [platform.client.get("/wechat").status_code]
    assert codes == [403, 403, 429, 429, 429]
    # A flood must not fill the log.
    assert [line["event"] for line in logs] == ["wechat_refused", "wechat_refused", "limited"]
    assert platform.heard(platform.say("好", 1)) == "1 好"
