"""The soak and the fuzzing in short: seeded, with the faults at given messages instead of given times."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bench import fuzz, soak
from bot.conversation import Assistant
from tests.serving import Serve


@pytest.mark.parametrize(
    "make",
    ["make_sqlite", pytest.param("make_postgres", marks=pytest.mark.postgres)],
    ids=["sqlite", "postgres"],
)
def test_killed_workers_and_a_full_disk_lose_and_double_nothing(
    serve: Serve, request: pytest.FixtureRequest, make: str
) -> None:
    url = request.getfixturevalue(make)()
    process, address = serve(
        BOT_WORKERS="2",
        WECHAT_TOKEN=soak.TOKEN,
        BOT_SECRET_KEY=soak.SECRET,
        DATABASE_URL=url,
        BOT_LIMIT_CANDIDATE="0",
    )
    talk = soak.Talk(int(address.rpartition(":")[2]), seed=1)

    def burst(first: int, count: int = 8) -> None:
        """Four candidates at once, each one message after the other."""

        def one(candidate: int) -> None:
            for number in range(first, first + count):
                talk.say(
                    f"oSoak{candidate}",
                    f"第{number}条 #{number}",
                    candidate * 1000 + number,
                    again=number % 4 == 0,
                )

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(one, range(4)))

    burst(1)
    for first in (11, 21):
        os.kill(soak.workers(process.pid)[0], signal.SIGKILL)
        burst(first)
    if make == "make_sqlite":
        talk.trouble(600)
        soak.full_disk(process.pid, True)
        burst(31)
        soak.full_disk(process.pid, False)
        assert soak.verify(talk, url) == []
        talk.trouble_until, number, wrong = 0.0, 40, ["not looked yet"]
        while wrong:  # the workers look for the database once a second
            number += 1
            talk.said = [talk.say("oSoak9", f"好了吗 #{number}", 9000 + number)]
            wrong = soak.verify(talk, url)
    assert soak.verify(talk, url) == []


def test_a_talk_with_a_lost_message_is_found_out(serve: Serve, tmp_path: Path) -> None:
    """The judge itself: what it was told and what is stored must be able to differ."""
    _process, address = serve(WECHAT_TOKEN=soak.TOKEN, BOT_SECRET_KEY=soak.SECRET)
    talk = soak.Talk(int(address.rpartition(":")[2]), seed=1)
    talk.say("oSoak1", "好 #1", 1)
    talk.said.append(soak.Said("oSoak1", 2, [b"<xml>"], slowest=6.0))
    talk.said.append(soak.Said("oSoak1", 3))
    url = f"sqlite:///{tmp_path / 'var' / 'bot.db'}"
    assert soak.verify(talk, url) == [
        "oSoak1 2: 6.0 s",
        "oSoak1 2: answered and not stored",
        "oSoak1 3: never answered",
    ]


@pytest.mark.parametrize(
    "check",
    [
        "plain, signed", "plain, unsigned", "safe, signed", "safe, unsigned", "envelopes", "queries", "headers", "pages", "forms",
        "/api/messages", "conversations",
    ],
)  # fmt: skip
def test_rubbish_is_answered_or_refused(assistant: Assistant, check: str) -> None:
    fuzz.fuzz(assistant, examples=30, number=7, only=check)


def test_bytes_that_are_hardly_http_are_refused_and_the_server_lives(serve: Serve) -> None:
    _process, address = serve(BOT_LIMIT_ADDRESS="0", BOT_LIMIT_UNSIGNED="0", WECHAT_TOKEN=soak.TOKEN)
    fuzz.raw(int(address.rpartition(":")[2]), examples=60, number=7)
