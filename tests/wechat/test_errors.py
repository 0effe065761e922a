"""Every code the protocol notes name has a step; words hold no rid and no openid."""

from __future__ import annotations

import pytest

from bot.wechat.errors import RULES, Step, http_failed, refused

ROWS = {
    Step.RETRY: (-1, 45169, 45171, 268487001, 268487002),
    Step.RETRY_LATER: (45011, 45066),
    Step.PAUSE: (45009, 45028),
    Step.NEXT_CHANNEL: (43101, 45015, 45047, 70000),
    Step.STOP_USER: (40003, 43004, 48002, 50005, 45059, 49003),
    Step.DONE: (45065, 46003),
    Step.STOP_RUN: (
        40001, 40014, 42001, 40013, 40125, 40164, 40243, 61004, 40032, 40130, 40031, 40037, 40036, 41030, 43002, 44002,
        47001, 40033, 40035, 43104, 43116, 40249, 48004, 50002, 45002, 44004, 45008, 47003, 45067, 45056, 45058, 45157,
        45158, 45159, 48001, 48006, 40002, 41002, 41004, 50004, 50007, 89503, 89506, 89507, 45113, 89504, 89505, 45057,
        40016, 40017, 40018, 40019, 40020, 40022, 40023, 40024, 40025, 40026, 40027, 40054, 40055, 65303,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("step", "code"), [(step, code) for step, codes in ROWS.items() for code in codes])
def test_a_code_says_what_to_do(step: Step, code: int) -> None:
    error = refused(code, "words rid: 61f2b9a4-0aa1f3b2-1a2b3c4d", "message/template/send")
    assert error.step is step
    assert error.rid == "61f2b9a4-0aa1f3b2-1a2b3c4d"
    assert error.message == f"{RULES[code].meaning}（{code} words）"


def test_only_busy_may_have_happened() -> None:
    assert [code for code in RULES if refused(code, "", "x").uncertain] == [-1]


def test_who_left_and_who_only_switched_off() -> None:
    assert {code for code in RULES if refused(code, "", "x").unsubscribed} == {43004, 50005}


@pytest.mark.parametrize(
    ("errmsg", "rid", "said"),
    [
        ("invalid openid rid:5f-6a-7b", "5f-6a-7b", "invalid openid"),
        ("invalid openid hint: [abc_1 req] ", "abc_1 req", "invalid openid"),
        ("invalid openid hints: [ req_id: x ]", " req_id: x ", "invalid openid"),
        ("no o6_bmjrPTlm6_2sgVt7hMZOPfL2M here", "", "no <openid> here"),
        ("", "", ""),
    ],
)
def test_the_rid_is_taken_out_of_errmsg_and_so_is_an_openid(errmsg: str, rid: str, said: str) -> None:
    error = refused(40003, errmsg, "x")
    assert error.rid == rid
    assert error.message.endswith(f"（40003 {said}）" if said else "（40003）")


def test_an_undescribed_code_is_not_repeated_and_stops_nobody_else() -> None:
    error = refused(99999, "new", "x")
    assert (error.step, error.uncertain) == (Step.NEXT_CHANNEL, False)


@pytest.mark.parametrize(
    ("status", "step", "uncertain"),
    [
        (500, Step.RETRY, True),
        (502, Step.RETRY, True),
        (408, Step.RETRY, True),
        (429, Step.RETRY_LATER, False),
        (404, Step.STOP_RUN, False),
        (302, Step.STOP_RUN, False),
    ],
)
def test_an_http_status_says_what_to_do(status: int, step: Step, uncertain: bool) -> None:
    error = http_failed(status, "x")
    assert (error.step, error.uncertain, error.code) == (step, uncertain, None)
