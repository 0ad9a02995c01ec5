"""A question that stands open while a colleague writes: what was seen before it is what the answer is judged on."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from pipecli import clock

from .conftest import Pipe
from .terminal import Terminal


@pytest.fixture
def desk(pipe: Pipe) -> Iterator[Pipe]:
    """A workspace of today, by the real clock: 1 in its second stage, 2 lost."""
    clock.freeze(None)
    for line in (
        "init --template b2b",
        'add "ERP rollout" 48k -a Acme -n "call Jeanne" -d +5d --source fair --contact Ana',
        "advance 1 --prove need=x",
        "add Kiosk 30k -n call -d +1d",
        "lose 2 price",
    ):
        assert pipe(*shlex.split(line))[0] == 0
    yield pipe


class Race(NamedTuple):
    """What is typed, the question at which Marc types his own, what is answered to it and after it, and the refusal."""

    words: str
    question: str
    meanwhile: str
    answers: list[str]
    refusal: str


PLAN = 'next 1 "send them the NDA first" -d +9d'
REPLANNED = (
    "the next action of 1 ERP rollout was changed meanwhile by marc, it is now: send them the NDA first"
)
MOVED = "1 ERP rollout was moved to Qualified lead meanwhile by marc; nothing was changed"
RACES = {
    "done": Race("done 1", "What happened? ", PLAN, ["We spoke", "call back", "tue"], REPLANNED),
    "done, said already": Race(
        "done 1 Spoke", "What is the next action? ", PLAN, ["call back", "tue"], REPLANNED
    ),
    "next": Race("next 1", "What is the next action? ", PLAN, ["call back", "tue"], REPLANNED),
    "next, its day": Race('next 1 "call back"', "Due when? ", PLAN, ["tue"], REPLANNED),
    "log": Race("log 1 call -n x -d +1d", "What was said? ", PLAN, ["Hello"], REPLANNED),
    "prove": Race("prove 1 problem -n x -d +1d", "solved? ", PLAN, ["Stock"], REPLANNED),
    "lose": Race("lose 1", "Why was it lost?", "back 1 -r x", ["1"], MOVED),
    "back": Race("back 1", "Why does it go back? ", "back 1 -r x", ["Too early"], MOVED),
    "reopen": Race(
        "reopen 2",
        "Why is it open again? ",
        "reopen 2 -r x -n y -d +1d",
        ["They called", "call", "tue"],
        "2 Kiosk is open already",
    ),
    "edit": Race(
        "edit 1 --set source=web --probability 35",
        "Why does the probability change? ",
        "edit 1 --set source=mail",
        ["They said so"],
        "source of 1 ERP rollout was changed meanwhile by marc",
    ),
}


@pytest.mark.parametrize("name", RACES)
def test_what_a_colleague_writes_while_a_question_is_open_is_not_written_over(desk: Pipe, name: str) -> None:
    race = RACES[name]
    with Terminal(*shlex.split(race.words)) as lea:
        lea.expect(race.question)
        assert desk(*shlex.split(race.meanwhile), me="marc").code == 0
        after = desk("show", "1", "--json").out
        for answer in race.answers:
            lea.answer("", answer)
        assert lea.end() == 5
        assert race.refusal in lea.seen
    assert desk("show", "1", "--json").out == after


def test_what_is_asked_about_is_shown_first(desk: Pipe) -> None:
    with Terminal("done", "1") as terminal:
        terminal.expect("1 Acme · ERP rollout   next action: call Jeanne, ")
        terminal.answer("What happened? ", "We spoke")
        terminal.answer("What is the next action? ", "call back")
        terminal.answer("Due when? ", "+2d")
        assert terminal.end() == 0
    with Terminal("next", "1") as terminal:
        terminal.expect("1 Acme · ERP rollout   next action: call back, ")
    with Terminal("done", "2") as terminal:
        assert terminal.end() == 5
        assert "2 Kiosk is lost since" in terminal.seen and "What happened?" not in terminal.seen
