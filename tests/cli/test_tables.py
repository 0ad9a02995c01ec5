"""Tables: what a wide terminal and a pipe change, how many rows are shown, and text that is too long."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console
from rich.text import Text

from pipecli.render.table import wrapped

from .conftest import Pipe


def test_list_has_room_at_160(house: Pipe, screen: Callable[[int], None]) -> None:
    screen(160)
    assert house("list") == (
        0,
        """\
   Opportunity           Amount  Stage            %  Next action      Due                Owner
4  Sirius · Portal      $15,000  Qualified lead  10  mail Ana         18 d late   stale  lea
1  Acme · ERP rollout   €48,000  Discovery       25  call Jeanne      3 d late           lea
2  Borel · Maintenance   €9,000  Qualified lead  10  send references  Mon 23 Nov         lea
3  Nord · Audit               –  Qualified lead  10  book workshop    Tue 1 Dec          marc
""",
        "4 opportunities, €57,000, $15,000 without a rate\n",
    )


def test_list_is_never_cut_when_piped(house: Pipe) -> None:
    assert house("list") == (
        0,
        """\
   Opportunity           Amount  Stage            %  Next action      Due                Owner
4  Sirius · Portal      $15,000  Qualified lead  10  mail Ana         18 d late   stale  lea
1  Acme · ERP rollout   €48,000  Discovery       25  call Jeanne      3 d late           lea
2  Borel · Maintenance   €9,000  Qualified lead  10  send references  Mon 23 Nov         lea
3  Nord · Audit               –  Qualified lead  10  book workshop    Tue 1 Dec          marc
""",
        "",
    )


def test_nothing_to_list_is_silent_when_piped(house: Pipe) -> None:
    assert house("list", "nosuch") == (
        0,
        "",
        "",
    )


def test_a_table_shows_50_rows_and_says_how_many_more(house: Pipe) -> None:
    for n in range(60):
        house("add", f"Number {n}", "-n", "x", "-d", "2027-01-04", "-q")
    shown = house("list")
    assert (len(shown.out.splitlines()), shown.err) == (51, "50 of 64 shown: --limit 0 shows all\n")
    assert len(house("list", "--limit", "0").out.splitlines()) == 65
    assert len(house("list", "--limit", "7").out.splitlines()) == 8
    assert len(house("list", "--csv").out.splitlines()) == 65
    assert len(house("list", "--csv", "--limit", "50").out.splitlines()) == 51
    assert len(house("list", "-q").out.splitlines()) == 64
    assert house("journal").err == "the last 50 of 157 shown: --limit 0 shows all\n"


def test_long_names_stay_on_their_line(house: Pipe, screen: Callable[[int], None]) -> None:
    house(
        "add", "A name " * 25, "5k", "-n", "a next action " * 20, "-d", "2027-01-04", "-a", "An account " * 15
    )
    screen(80)
    lines = house("list", "--sort", "-number").out.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[1].startswith("7  An account")
    screen(30)
    assert len(house("list").out.splitlines()) == 6


def test_a_space_that_does_not_break_keeps_words_on_one_line() -> None:
    words = Text("won so far 257\u202f700\u00a0€ and more", style="dim")
    lines = wrapped(Console(width=80), words, 16)
    assert [line.plain for line in lines] == ["won so far", "257\u202f700\u00a0€ and", "more"]
    assert [line.style for line in lines] == ["dim"] * 3
