"""A question that stands open while a colleague writes: what was seen before it is what the answer is judged on."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import pytest

from pipecli import clock
from pipecli.cli.again import before

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
    again: str


PLAN = 'next 1 "send them the NDA first" -d +9d'
REPLANNED = (
    "the next action of 1 ERP rollout was changed meanwhile by marc, it is now: send them the NDA first"
)
MOVED = "1 ERP rollout was moved to Qualified lead meanwhile by marc; nothing was changed"
RACES = {
    "done": Race(
        "done 1 -p problem",
        "What happened? ",
        PLAN,
        ["We spoke", "call back", "tue"],
        REPLANNED,
        'done 1 "We spoke" --prove problem --next "call back" --due tue',
    ),
    "done, said already": Race(
        "done 1 Spoke",
        "What is the next action? ",
        PLAN,
        ["call back", "tue"],
        REPLANNED,
        'done 1 Spoke --next "call back" --due tue',
    ),
    "next": Race(
        "next 1",
        "What is the next action? ",
        PLAN,
        ["call $5k", "tue"],
        REPLANNED,
        "next 1 'call $5k' --due tue",
    ),
    "next, its day": Race(
        'next 1 "call back"', "Due when? ", PLAN, ["tue"], REPLANNED, 'next 1 "call back" --due tue'
    ),
    "log": Race(
        "log 1 call -n x -d +1d", "What was said? ", PLAN, ["Hello"], REPLANNED,
        "log 1 call Hello --next x --due +1d",
    ),
    "prove": Race(
        "prove 1 problem -n x -d +1d", "solved? ", PLAN, ["Stock"], REPLANNED,
        "prove 1 problem Stock --next x --due +1d",
    ),
    "lose": Race("lose 1", "Why was it lost?", "back 1 -r x", ["1"], MOVED, "lose 1 price"),
    "back": Race(
        "back 1", "Why does it go back? ", "back 1 -r x", ["Too early"], MOVED, 'back 1 --reason "Too early"'
    ),
    "reopen": Race(
        "reopen 2",
        "Why is it open again? ",
        "reopen 2 -r x -n y -d +1d",
        ["They called", "call", "tue"],
        "2 Kiosk is open already",
        'reopen 2 --reason "They called" --next call --due tue',
    ),
    "edit": Race(
        "edit 1 --set source=web --probability 35",
        "Why does the probability change? ",
        "edit 1 --set source=mail",
        ["They said so"],
        "source of 1 ERP rollout was changed meanwhile by marc, it is now: mail; nothing was changed",
        'edit 1 --set source=web --probability 35 --reason "They said so"',
    ),
    "advance": Race(
        "advance 1 --set source=web",
        "What problem do they want solved?",
        "edit 1 --set source=mail",
        ["Stock errors"],
        "source of 1 ERP rollout was changed meanwhile by marc, it is now: mail; nothing was changed",
        'advance 1 --set source=web --prove "problem=Stock errors"',
    ),
}  # fmt: skip


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
        assert race.refusal in lea.narrated
        assert lea.narrated.endswith(f"Your answers: pipe {race.again}")
        assert f"pipe {race.again}\n" in lea.seen
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


def test_what_was_answered_is_given_back_where_the_workspace_is_gone(desk: Pipe, environment: Path) -> None:
    file = environment / "pipe.db"
    with Terminal("--db", str(file), "done", "1") as lea:
        lea.expect("What happened? ")
        file.rename(environment / "away.db")
        lea.answer("", "We spoke")
        assert lea.end() == 6
        again = f'Your answers: pipe --db {file} done 1 "We spoke"'
        assert again in lea.narrated


def test_so_is_it_in_the_walk_of_clean(desk: Pipe) -> None:
    desk("edit", "1", "--set", "close_date=2020-01-01")
    with Terminal("clean") as lea:
        lea.press("quit", b"d")
        lea.expect("When will it close? ")
        desk("edit", "1", "--set", "close_date=2031-01-01", me="marc")
        lea.answer("", "2030-01-01")
        lea.expect("close date of 1 ERP rollout was changed meanwhile by marc, it is now: 2031-01-01")
        lea.expect("Your answers: pipe edit 1 --set close_date=2030-01-01")


def test_what_is_given_back_names_the_place_but_no_password() -> None:
    root = SimpleNamespace(params={"db": "postgresql://ana:s3cret@/sales?host=/run/pg", "demo": False})
    context = SimpleNamespace(find_root=lambda: root, command_path="pipe reopen")
    assert before(context) == ["--db", "postgresql://ana@/sales?host=/run/pg", "reopen"]
