"""An export brought back after others went on: what they changed stays, what was edited is taken."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from test_round_trip import FORMS, Write, counts, edited, head, records

from pipecli.service import doctor, opportunities, undoing
from pipecli.service.answers import Answers
from pipecli.service.importing import import_file
from pipecli.service.workspace import Workspace

SINCE = Answers(sets=("amount=25k", "close_date=2027-03-01", "owner=marc"))
STALE = (
    "5 cells say what was true before and were left: "
    "owner (1), next_action (1), close_date (1), next_due (1), amount (1)"
)


@pytest.fixture
def deal(workspace: Workspace) -> Workspace:
    sets = ("account=Acme", "close_date=2027-01-10")
    opportunities.add(workspace, "Roll", Answers(sets=sets, amount="10k", next="call Jeanne", due="+1d"))
    return workspace


def go_on(workspace: Workspace) -> None:
    """What colleagues do after the export."""
    opportunities.edit(workspace, "1", SINCE)
    opportunities.set_next(workspace, "1", "send offer", "+20d")


@pytest.mark.parametrize("form", FORMS)
def test_an_old_export_takes_nothing_back(form: Write, deal: Workspace, tmp_path: Path) -> None:
    file = form(deal, tmp_path)
    go_on(deal)
    before, at = records(deal), head(deal)
    found = import_file(deal, file)
    assert counts(found) == (0, 0, 1, 0, 0)
    assert found.notes == ["recognised as an export of pipecli", STALE]
    assert (records(deal), head(deal)) == (before, at)


@pytest.mark.parametrize("form", FORMS)
def test_nor_does_one_whose_changes_were_undone_meanwhile(
    form: Write, deal: Workspace, tmp_path: Path
) -> None:
    opportunities.edit(deal, "1", SINCE)
    file = form(deal, tmp_path)
    undoing.undo(deal)
    before, at = records(deal), head(deal)
    assert counts(import_file(deal, file)) == (0, 0, 1, 0, 0)
    assert (records(deal), head(deal)) == (before, at)


def test_what_was_edited_in_it_is_taken_and_what_both_changed_is_said(
    deal: Workspace, tmp_path: Path
) -> None:
    file = edited(
        str(FORMS[0](deal, tmp_path)), {"Roll": {"amount": "30000", "tags": "hot", "account": "Beta"}}
    )
    go_on(deal)
    before = records(deal)
    found = import_file(deal, file)
    assert counts(found) == (0, 1, 0, 0, 1)
    assert [(u.ref, sorted(u.fields)) for u in found.updates] == [(1, ["account", "tags"])]
    assert [d[1:] for d in found.differences] == [(1, "amount", "25000 EUR", "30000 EUR")]
    assert records(deal) == [before[0] | {"account": "Beta", "tags": ["hot"]}]
    assert doctor.doctor(deal).faults == []


def test_a_contact_that_was_edited_is_one_of_the_account_that_it_has_now(
    deal: Workspace, tmp_path: Path
) -> None:
    file = edited(str(FORMS[0](deal, tmp_path)), {"Roll": {"contact": "Omar"}})
    opportunities.edit(deal, "1", Answers(sets=("account=Beta", "owner=marc")))
    assert counts(import_file(deal, file)) == (0, 1, 0, 0, 0)
    found = import_file(deal, FORMS[0](deal, tmp_path))
    assert counts(found) == (0, 0, 1, 0, 0)
    opportunities.edit(deal, "1", Answers(sets=("contact=Omar",)))
    assert [(r["account"], r["contact"]) for r in records(deal)] == [("Beta", "Omar")]
    assert doctor.doctor(deal).faults == []


def test_an_export_of_another_day_is_of_that_day(
    deal: Workspace, tmp_path: Path, at: Callable[[date], None]
) -> None:
    """Where only one cell tells, the day the file is of does."""
    file = edited(str(FORMS[0](deal, tmp_path)), {"Roll": {"amount": "30000"}})
    with deal.read() as reading:
        today = reading.today
    at(today.replace(day=today.day + 1))
    opportunities.edit(deal, "1", Answers(sets=("amount=25k",)))
    found = import_file(deal, file)
    assert counts(found) == (0, 0, 1, 0, 1)
    assert [d[1:] for d in found.differences] == [(1, "amount", "25000 EUR", "30000 EUR")]
