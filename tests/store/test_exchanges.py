"""Which messages were taken, and what there is to match new ones with, on both databases."""

from collections.abc import Callable
from datetime import date

from pipecli.domain import decide
from pipecli.domain.matching import Known, Standing
from pipecli.service import opportunities, undoing
from pipecli.service.answers import Answers
from pipecli.service.workspace import Workspace
from pipecli.store import exchanges

NEXT = Answers(next="call", due="+5d", sets=("account=Acmé", "contact=Ana <ana@acme.example>"))


def test_a_message_counts_as_taken_until_its_command_is_undone(workspace: Workspace) -> None:
    opportunities.add(workspace, "ERP", NEXT)
    opportunities.log(workspace, "1", "mail", 'a mail without one: "message":', Answers())
    with workspace.commit("log") as unit:
        for n in range(3):
            kind = "meeting" if n else "mail"
            decide.log_exchange(unit.decision(1), kind, f"text {n}", None, f"key {n}")
    with workspace.read() as reading:
        assert exchanges.taken(reading.driver) == {"key 0": 1, "key 1": 1, "key 2": 1}
        assert exchanges.taken_at(reading.driver, "key 2") == 1
        assert exchanges.taken_at(reading.driver, "key' or 1=1") is None
    undoing.undo(workspace)
    with workspace.read() as reading:
        assert exchanges.taken(reading.driver) == {}
        assert exchanges.taken_at(reading.driver, "key 2") is None


def test_open_opportunities_and_known_addresses(workspace: Workspace, at: Callable[[date], None]) -> None:
    opportunities.add(workspace, "ERP", NEXT)
    opportunities.add(workspace, "Kiosk", Answers(next="call", due="+5d", sets=("contact=Bo",)))
    with workspace.read() as reading:
        first, second = exchanges.standing(reading.driver)
        (person,) = exchanges.known_people(reading.driver)
    assert first == Standing(1, "ERP", "Acmé", first.account, (person.id,))
    assert person == Known(person.id, "ana@acme.example", first.account)
    assert (second.name, second.account, len(second.people)) == ("Kiosk", None, 1)
