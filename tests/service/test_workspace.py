"""One way to read a workspace and one way to change it: all of a command is written, or nothing."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from pipecli import clock
from pipecli.config import Settings
from pipecli.domain import decide
from pipecli.errors import InvalidInput, NotFound, PipeError, Required
from pipecli.service import doctor, gates, lists, opportunities, undoing
from pipecli.service.answers import Answers
from pipecli.service.workspace import Workspace

NEXT = Answers(next="call", due="+5d", amount="10k")
At = Callable[[date], None]


def head(workspace: Workspace) -> tuple[int, int, int]:
    """The journal's head, its number of events, and the next opportunity's number."""
    with workspace.read() as reading:
        events = reading.driver.rows("select count(*) from event")[0][0]
        return reading.header.head, events, reading.header.next_number


def commands(workspace: Workspace) -> list[tuple[Any, ...]]:
    with workspace.read() as reading:
        return reading.driver.rows("select id, actor, name, undoes from command order by id")


def test_a_command_is_written_with_its_events_under_the_next_numbers(workspace: Workspace) -> None:
    assert head(workspace) == (2, 2, 1)
    opportunities.add(workspace, "ERP", NEXT)
    assert head(workspace) == (4, 4, 2)
    assert commands(workspace)[-1] == (3, "lea", "add", None)
    opportunities.edit(workspace, "1", Answers(sets=("source=web",)))
    assert commands(workspace)[-1] == (5, "lea", "edit", None)


@pytest.mark.parametrize("error", [InvalidInput("no"), KeyboardInterrupt(), ZeroDivisionError()])
def test_what_fails_midway_writes_nothing(workspace: Workspace, error: BaseException) -> None:
    opportunities.add(workspace, "ERP", NEXT)
    before = head(workspace)
    with pytest.raises(type(error)), workspace.commit("edit") as unit:
        decide.set_values(unit.decision(1), {"source": "web"})
        raise error
    assert head(workspace) == before
    assert doctor.doctor(workspace).faults == []


def test_a_refused_command_uses_no_number(workspace: Workspace) -> None:
    with pytest.raises(Required):
        opportunities.add(workspace, "ERP", Answers())
    assert opportunities.add(workspace, "ERP", NEXT).ref == 1


def test_a_dry_run_answers_as_the_real_one_and_writes_nothing(workspace: Workspace) -> None:
    dry = opportunities.add(workspace, "ERP", NEXT, dry_run=True)
    assert head(workspace) == (2, 2, 1)
    real = opportunities.add(workspace, "ERP", NEXT)
    assert dry.record | {"uid": ""} == real.record | {"uid": ""}


def test_what_changes_nothing_leaves_no_trace(workspace: Workspace) -> None:
    opportunities.add(workspace, "ERP", NEXT._replace(sets=("source=web",)))
    before, known = head(workspace), commands(workspace)
    assert opportunities.edit(workspace, "1", Answers(sets=("source=web",), owner="lea")).events == ()
    assert (head(workspace), commands(workspace)) == (before, known)


def test_instants_never_go_back_with_the_sequence(workspace: Workspace) -> None:
    opportunities.add(workspace, "ERP", NEXT)
    clock.freeze(datetime(2026, 3, 2, 8, 0, tzinfo=UTC))  # an hour before: somebody set the clock right
    opportunities.add(workspace, "CRM", NEXT)
    with workspace.read() as reading:
        instants = [at for (at,) in reading.driver.rows("select recorded_at from event order by seq")]
    assert instants == sorted(instants)
    assert set(instants) == {"2026-03-02T09:00:00.000000Z"}
    assert doctor.doctor(workspace).faults == []


def test_the_day_is_that_of_the_workspaces_time_zone(workspace: Workspace) -> None:
    clock.freeze(datetime(2026, 3, 2, 23, 30, tzinfo=UTC))  # half past midnight in Paris
    assert opportunities.add(workspace, "ERP", NEXT).record["created_on"] == "2026-03-03"


def test_pipe_today_dates_reports_and_no_write(workspace: Workspace, settings: Settings) -> None:
    later = Workspace(Settings(environ={**settings.environ, "PIPE_TODAY": "2026-04-30"}))
    opportunities.add(later, "ERP", NEXT)
    found = lists.listing(later, lists.Wanted(), 0)
    assert found.today == date(2026, 4, 30)
    assert (found.records[0]["created_on"], found.records[0]["overdue_days"]) == ("2026-03-02", 54)


def test_who_types_is_the_actor(workspace: Workspace, settings: Settings) -> None:
    bob = Workspace(Settings(environ={**settings.environ, "PIPE_ME": "Bob"}))
    assert opportunities.add(bob, "ERP", NEXT).record["owner"] == "Bob"
    assert commands(workspace)[-1][1] == "Bob"


def test_life_goes_on_after_an_undo(workspace: Workspace) -> None:
    """The versions of undone events stay taken: the next event comes after them."""
    opportunities.add(workspace, "ERP", NEXT)
    opportunities.edit(workspace, "1", Answers(sets=("source=web",)))
    undoing.undo(workspace)
    assert opportunities.edit(workspace, "1", Answers(sets=("source=mail",))).record["source"] == "mail"
    undoing.undo(workspace)
    gates.lose(workspace, "1", "price", "")
    assert doctor.doctor(workspace).faults == []


def test_the_same_account_is_one_account(workspace: Workspace) -> None:
    given = NEXT._replace(sets=("account=Acme", "contact=Ana <a@acme.com>"))
    first, second = (opportunities.add(workspace, name, given) for name in ("ERP", "CRM"))
    assert first.after.account == second.after.account
    assert first.after.contact == second.after.contact
    near = opportunities.add(workspace, "Web", NEXT._replace(sets=("account=Acmé",)))
    assert near.after.account != first.after.account
    assert near.notes == ('"Acmé" is a new account; there is also "Acme"',)


def test_an_opportunity_that_is_not_there_is_not_found_and_nothing_written(workspace: Workspace) -> None:
    before = head(workspace)
    for call in (
        lambda: opportunities.edit(workspace, "7", Answers(sets=("source=web",))),
        lambda: opportunities.snooze(workspace, ["7"], "+3d"),
        lambda: gates.lose(workspace, "nobody", "price", ""),
    ):
        with pytest.raises(NotFound):
            call()
    assert head(workspace) == before


def test_several_are_put_off_together_or_not_at_all(workspace: Workspace, at: At) -> None:
    for name in ("ERP", "CRM"):
        opportunities.add(workspace, name, NEXT)
    gates.lose(workspace, "2", "price", "")
    with pytest.raises(PipeError):
        opportunities.snooze(workspace, ["1", "2"], "+9d")
    assert lists.listing(workspace, lists.Wanted(), 0).records[0]["next_due"] == "2026-03-07"
