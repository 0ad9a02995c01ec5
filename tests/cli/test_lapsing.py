"""An approval that counts no more: who gave it, what overtook it, and the command that overtakes it says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from pipecli.config import Settings
from pipecli.render.opportunity import print_standing
from pipecli.service.show import show
from pipecli.service.workspace import Workspace

from .conftest import Pipe

LAPSED = "lea approved at €48,000, the amount is now €60,000"


@pytest.fixture
def approved(house: Pipe) -> Pipe:
    """Lea approved that 1 can be done, at €48,000."""
    assert house("approve", "1", "feasible").code == 0
    return house


def test_the_edit_that_makes_an_approval_lapse_says_so(approved: Pipe) -> None:
    assert approved("edit", "1", "--amount", "60k").out == (
        "1 Acme · ERP rollout   Discovery   €60,000 (was €48,000)   25 %\n"
        f"Approval lapsed: Has engineering confirmed that we can do it? {LAPSED}\n"
        "Next: call Jeanne, Fri 20 Nov\n"
    )
    assert "lapsed" not in approved("edit", "1", "--amount", "61k").out


def test_one_that_needs_none_any_more_does_not_lapse(approved: Pipe) -> None:
    assert "lapsed" not in approved("edit", "1", "--amount", "9k").out
    assert "lapsed" not in approved("edit", "1", "--set", "source=web").out


@pytest.mark.parametrize("command", ["why", "show"])
def test_what_lapsed_and_by_what_stands_where_it_is_missing(approved: Pipe, command: str) -> None:
    approved("edit", "1", "--amount", "60k")
    assert (
        "  ✗ Has engineering confirmed that we can do it?  feasible\n"
        f"      {LAPSED}\n"
        "      pipe advance 1 --ask asks lea\n"
        "      they type: pipe approve 1 feasible\n"
    ) in approved(command, "1").out


def test_an_undo_brings_an_approval_back(approved: Pipe) -> None:
    approved("edit", "1", "--amount", "60k")
    approved("undo")
    assert "feasible" not in approved("why", "1", "-q").out


def test_a_request_waits_on_whatever_changes_and_every_list_says_the_same(house: Pipe) -> None:
    house(
        *("advance", "1", "--ask", "--prove", "problem=Stock", "--set", "decision_maker=Jeanne Martin"),
        *("--prove", "decision-maker=It is her budget", "--prove", "offer=https://offers.example/1"),
        *("--set", "quote_valid_until=2026-12-31", "--amount", "48k"),
    )
    house("edit", "1", "--amount", "60k")
    assert "asked of lea, who type: pipe approve 1 feasible" in house("why", "1").out
    assert "pipe approve 1 feasible" in house("today").out


def test_the_board_tells_it_without_what_to_type(
    approved: Pipe, environment: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    approved("edit", "1", "--amount", "60k")
    shown = show(Workspace(Settings()), "1")
    print_standing(Console(width=100), shown, ways=False)
    told = capsys.readouterr().out
    assert f"confirmed that we can do it?  feasible\n      {LAPSED}\n" in told
    assert "pipe advance" not in told
