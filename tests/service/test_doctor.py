"""The doctor's findings in words; what it finds in a database is tested on both of them in `tests/store`."""

from pipecli.service import doctor, opportunities
from pipecli.service.answers import Answers
from pipecli.service.doctor import differences
from pipecli.service.workspace import Workspace
from pipecli.store.projection import COLUMNS

EXCHANGE = (7, 1, "call", "2026-03-02", "lea")


def test_every_difference_is_one_line_in_order() -> None:
    wanted = {(7,): EXCHANGE, (8,): (8, *EXCHANGE[1:]), (9,): (9, *EXCHANGE[1:])}
    found = {(7,): (7, 1, "mail", "2026-03-02", "bob"), (8,): (8, *EXCHANGE[1:]), (5,): (5, *EXCHANGE[1:])}
    assert differences("exchange", wanted, found) == [
        "exchange 5 is not in the journal",
        "exchange 7 differs from the journal in kind, actor",
        "exchange 9 is missing",
    ]


def test_rows_alike_are_no_difference() -> None:
    for table in COLUMNS:
        assert differences(table, {(1,): (1,)}, {(1,): (1,)}) == []


def test_a_new_workspace_is_sound(workspace: Workspace) -> None:
    found = doctor.doctor(workspace)
    assert found == doctor.Diagnosis(workspace.address, 2, 0, 0, [])


def test_looking_changes_nothing(workspace: Workspace) -> None:
    opportunities.add(workspace, "ERP", Answers(next="call", due="+5d"))
    with workspace.read() as reading:
        before = reading.header
    first, second = doctor.doctor(workspace), doctor.doctor(workspace)
    with workspace.read() as reading:
        assert reading.header == before
    assert first == second
    assert (first.events, first.opportunities, first.rows) == (4, 1, 4)
