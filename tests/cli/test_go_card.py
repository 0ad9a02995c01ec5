"""What `pipe go` and the agenda of the board print: the card of one opportunity, and the lines of every section."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pipecli.config import Settings
from pipecli.render.console import console
from pipecli.render.go import print_card
from pipecli.render.table import table_lines
from pipecli.render.today import agenda_heading, agenda_view
from pipecli.service import board
from pipecli.service.board import Wanted
from pipecli.service.lists import Worth
from pipecli.service.show import show
from pipecli.service.workspace import Workspace

from .conftest import Pipe

Screen = Callable[[int], None]


def place(me: str = "lea") -> Workspace:
    """The workspace of the test, as somebody opens it."""
    return Workspace(Settings(environ={**os.environ, "PIPE_ME": me}))


def card(ref: int, me: str = "lea") -> str:
    """The card of an opportunity, as somebody sees it."""
    out = io.StringIO()
    asked = [approval for approval in board.read(place(me)).approvals if approval.ref == ref]
    print_card(console(out), show(place(me), str(ref)), asked)
    return out.getvalue()


def agenda(width: int, wanted: Wanted = Wanted(), *, owner: bool = False) -> str:
    """Each section with its heading and its lines, all of one width."""
    found = board.read(place())
    sections = {name: cards for name, cards in found.sections(wanted).items() if cards and name != "later"}
    records = [found.record(card) for cards in sections.values() for card in cards]
    lines = iter(table_lines(agenda_view(owner=owner), records, width, indent=2, titles=False))
    shown = []
    for name, cards in sections.items():
        shown.append(agenda_heading(name, len(cards), found.worth(cards)).plain)
        shown += [next(lines).plain for _card in cards]
    return "".join(f"{line}\n" for line in shown)


def test_a_card_says_what_is_next_what_happened_last_and_what_the_gate_needs(
    house: Pipe, screen: Screen
) -> None:
    screen(80)
    assert (
        card(1)
        == """\
1 Acme · ERP rollout
Discovery  for 7 days   €48,000   25 %

  Next  call Jeanne   3 d late

What happened last
Tue 17 Nov  meeting  lea  24
  Went through the scope

Discovery → Proposal sent
  ✓ Was the scope discussed with them in a meeting?
      meeting 2026-11-17
  ✗ What problem do they want solved?  problem
  ✗ Who signs, and how do we know?  decision-maker
  ✗ Has engineering confirmed that we can do it?  feasible
  ✗ What did we offer, and where is it?  offer
  ✗ Until when is the quote valid?  quote-date
  ✗ Is the amount still right?  amount-proposal

1 of 7 proven. Waivable: feasible
"""
    )


def test_a_card_of_one_of_whom_nothing_is_known(house: Pipe, screen: Screen) -> None:
    screen(80)
    assert (
        card(4)
        == """\
4 Sirius · Portal
Qualified lead  for 3 weeks   $15,000   10 %   stale

  Next  mail Ana   18 d late

What happened last
  nothing is on record yet: c logs a call

Qualified lead → Discovery
  ✗ What do they need?  need
  ✗ Who do we talk to?  contact

0 of 2 proven.
"""
    )


def test_a_card_shows_the_last_three_exchanges_the_newest_first(
    house: Pipe, screen: Screen, at: Callable[[str], None]
) -> None:
    for day, kind, text in (
        ("2026-11-18", "mail", "Sent the references"),
        ("2026-11-19", "call", "They liked them.\nThe budget is there."),
        ("2026-11-20", "note", "Nobody knows when"),
        ("2026-11-23", "call", "Wrong number"),
    ):
        at(day)
        assert house("log", "1", kind, text).code == 0
    assert house("undo").code == 0
    screen(80)
    assert (
        card(1).split("\n\n")[2]
        == """\
What happened last
Fri 20 Nov  note  lea  40
  Nobody knows when
Thu 19 Nov  call  lea  39
  They liked them.
  The budget is there.
Wed 18 Nov  mail  lea  38
  Sent the references"""
    )


def test_an_approval_that_is_asked_of_a_person_is_on_their_card(house: Pipe, screen: Screen) -> None:
    words = ("--set", "decision_maker=Ida", "--set", "quote_valid_until=2026-12-31", "--amount", "48k")
    proofs = ("problem=Stock errors", "decision-maker=She said so", "offer=https://offers.example/1")
    proven = [word for proof in proofs for word in ("--prove", proof)]
    assert house("advance", "1", "--ask", *words, *proven, me="marc").code == 0
    screen(80)
    assert (
        card(1)
        == """\
1 Acme · ERP rollout
Discovery  for 7 days   €48,000   25 %

  Next  call Jeanne   3 d late
  marc asks you: Has engineering confirmed that we can do it? v answers

What happened last
Tue 17 Nov  meeting  lea  24
  Went through the scope

Discovery → Proposal sent
  ✓ What problem do they want solved?
      "Stock errors", note 2026-11-23, marc
  ✓ Who signs, and how do we know?
      Ida, "She said so", note 2026-11-23, marc
  ✓ Was the scope discussed with them in a meeting?
      meeting 2026-11-17
  ✓ What did we offer, and where is it?
      https://offers.example/1, link 2026-11-23, marc
  ✓ Until when is the quote valid?
      2026-12-31
  ✓ Is the amount still right?
      amount confirmed
  ✗ Has engineering confirmed that we can do it?  feasible

6 of 7 proven. Waivable: feasible
"""
    )
    assert card(1, me="marc") == "".join(
        line for line in card(1).splitlines(keepends=True) if "asks you" not in line
    )


def test_a_card_of_a_closed_one_has_no_next_action_and_no_gate(house: Pipe, screen: Screen) -> None:
    screen(80)
    assert (
        card(5)
        == """\
5 Training
won  Fri 20 Nov   €6,500


What happened last
Tue 17 Nov  meeting  lea  25
  Two days on site, ten people
"""
    )


def test_a_card_of_an_imported_one_says_how_it_gets_a_next_action(
    house: Pipe, screen: Screen, environment: Path
) -> None:
    (environment / "old.csv").write_text("id,name,stage,created\nA1,Old one,lead,2026-11-01\n")
    assert house("import", str(environment / "old.csv")).code == 0
    screen(80)
    assert card(7).splitlines()[:5] == [
        "7 Old one",
        "Qualified lead  for 3 weeks   –   10 %   unproven   stale",
        "",
        "  Next  no next action: n sets one",
        "",
    ]


def test_a_card_goes_on_below_where_it_is_narrow(house: Pipe, screen: Screen) -> None:
    house("next", "2", "send the references that they asked for, then call Kari about the date", "-d", "fri")
    screen(40)
    assert (
        "\n".join(line.rstrip() for line in card(2).splitlines())
        == """\
2 Borel · Maintenance
Qualified lead  for 3 weeks   €9,000
10 %

  Next  send the references that they
        asked for, then call Kari about
        the date   Fri 27 Nov

What happened last
  nothing is on record yet: c logs a
call

Qualified lead → Discovery
  ✗ What do they need?  need
  ✗ Who do we talk to?  contact

0 of 2 proven."""
    )


@pytest.mark.parametrize("hostile", ["\x1b[31mred", "a\u202eb", "[bold]x[/bold]", ":smile:"])
def test_text_from_outside_is_shown_as_it_is_and_turns_nothing(
    house: Pipe, screen: Screen, hostile: str
) -> None:
    house("add", hostile, "-n", hostile, "-d", "fri")
    house("log", "7", "call", hostile)
    screen(80)
    lines = card(7).splitlines()
    shown = hostile.replace("\x1b", " ").replace("\u202e", " ")
    assert [lines[0], lines[3], lines[7]] == [f"7 {shown}", f"  Next  {shown}   Fri 27 Nov", f"  {shown}"]


# The agenda


def test_the_agenda_has_its_sections_worst_first_with_their_lines_in_one_table(house: Pipe) -> None:
    house("add", "Hall", "5k", "-n", "visit", "-d", "2026-11-24")
    house("add", "Roof", "CHF 700", "-n", "visit", "-d", "2026-11-30", "-a", "Nord", "--owner", "marc")
    house("add", "Later", "7k", "-n", "visit", "-d", "2026-12-24")
    house("next", "4", "mail Ana again", "-d", "2026-11-27")
    assert (
        agenda(100, owner=True)
        == """\
Overdue         1   €48,000 at stake
  1  Acme · ERP rollout   €48,000  Discovery       call Jeanne      3 d late    lea
Today           1   €9,000 at stake
  2  Borel · Maintenance   €9,000  Qualified lead  send references  Mon 23 Nov  lea
Stale           1   $15,000 without a rate
  4  Sirius · Portal      $15,000  Qualified lead  mail Ana again   Fri 27 Nov  lea
Coming days     2   €5,000 at stake, CHF 700 without a rate
  7  Hall                  €5,000  Qualified lead  visit            Tue 24 Nov  lea
  8  Nord · Roof          CHF 700  Qualified lead  visit            Mon 30 Nov  marc
"""
    )


def test_the_agenda_of_one_person_needs_no_owner_and_fits_80_columns(house: Pipe) -> None:
    assert (
        agenda(80, Wanted(owner="lea"))
        == """\
Overdue         2   €48,000 at stake, $15,000 without a rate
  1  Acme · ERP rollout   €48,000  Discovery       call Jeanne      3 d late
  4  Sirius · Portal      $15,000  Qualified lead  mail Ana         18 d late
Today           1   €9,000 at stake
  2  Borel · Maintenance   €9,000  Qualified lead  send references  Mon 23 Nov
"""
    )


@pytest.mark.parametrize("width", [40, 64, 80, 100, 160])
def test_every_line_of_a_table_fits_the_width_where_its_least_widths_do(house: Pipe, width: int) -> None:
    house("add", "A name " * 25, "5k", "-n", "a next action " * 20, "-d", "today", "-a", "An account " * 15)
    lines = agenda(width, owner=True).splitlines()
    table = [line for line in lines if line.startswith("  ")]

    assert [line.split()[0] for line in table] == ["1", "4", "2", "7"]
    assert max(map(len, table)) <= max(width, 65)
    assert all(line == line.rstrip() for line in table)


@pytest.mark.parametrize(
    ("section", "heading", "style"),
    [
        ("overdue", "Overdue         3   €1,200 at stake", "bold red"),
        ("today", "Today           3   €1,200 at stake", "bold"),
        ("unplanned", "No next action  3   €1,200 at stake", "bold red"),
        ("approvals", "Asked of you    3   €1,200 at stake", "bold"),
        ("stale", "Stale           3   €1,200 at stake", "bold yellow"),
        ("soon", "Coming days     3   €1,200 at stake", "bold"),
    ],
)
def test_headings_of_the_agenda_stand_below_each_other(section: str, heading: str, style: str) -> None:
    found = agenda_heading(section, 3, Worth("EUR", 1200_00, {}, {}))

    assert (found.plain, found.spans[0].style) == (heading, style)


def test_nothing_makes_no_lines() -> None:
    assert table_lines(agenda_view(owner=False), [], 80) == []
