"""Adopting a pipeline definition: what it would do is shown first, nobody is orphaned, the past keeps its own."""

from collections.abc import Callable
from datetime import date

import pytest

from pipecli.errors import ConfigError, Conflict, InvalidInput, NotFound
from pipecli.service import doctor, gates, lists, opportunities, show, stages, undoing
from pipecli.service.answers import Answers
from pipecli.service.lists import Wanted
from pipecli.service.workspace import Workspace

At = Callable[[date], None]
NEXT = Answers(next="call", due="+5d", amount="10k", sets=("contact=Ana",))


def without(toml: str, stage: str) -> str:
    """The definition less one stage and its criteria."""
    parts = toml.split("[[stage]]\n")
    return "[[stage]]\n".join(part for part in parts if f'key = "{stage}"' not in part.split("[[")[0])


@pytest.fixture
def toml(workspace: Workspace) -> str:
    return stages.current_toml(workspace)[1]


@pytest.fixture
def populated(workspace: Workspace) -> Workspace:
    """1 in lead, 2 and 3 in discovery by their proofs, 2 with a change undone; 3 is lost."""
    for name in ("ERP", "CRM", "Web"):
        opportunities.add(workspace, name, NEXT)
    for ref in ("2", "3"):
        gates.advance(workspace, ref, Answers(proofs=("need=They told us",)))
    opportunities.edit(workspace, "2", Answers(amount="90k"))
    undoing.undo(workspace)
    gates.lose(workspace, "3", "price", "")
    return workspace


def stage_of(workspace: Workspace, ref: int) -> str:
    records = lists.listing(workspace, Wanted(status="all"), 0).records
    return str(next(r["stage"] for r in records if r["id"] == ref))


def versions(workspace: Workspace) -> int:
    return stages.current_toml(workspace)[0]


def test_adopting_makes_a_version_and_says_what_changed(populated: Workspace, toml: str) -> None:
    new = toml.replace('name = "Discovery"', 'name = "Need understood"').replace(
        "probability = 25", "probability = 30"
    )
    before = stages.impact(populated, new, {})
    assert (before.version, before.open_count, before.orphaned, before.unproven) == (2, 2, {}, [])
    assert before.differences == [
        "stage renamed: Discovery → Need understood",
        "Need understood: probability: 25 % → 30 %",
    ]
    assert versions(populated) == 1  # looking changes nothing
    assert stages.adopt(populated, new, {}) == before
    assert stages.current_toml(populated) == (2, new)
    record = lists.listing(populated, Wanted(stage="Need understood"), 0).records[0]
    assert (record["id"], record["stage_name"], record["probability"]) == (2, "Need understood", 30)
    last = show.read_journal(populated, None, since=None, actor=None, limit=1).entries[0]
    assert (last.kind, last.detail) == ("DefinitionAdopted", {"version": 2, "moves": {}})
    assert doctor.doctor(populated).faults == []


def test_a_stage_that_holds_open_opportunities_is_not_taken_away(populated: Workspace, toml: str) -> None:
    new = without(toml, "discovery")
    assert stages.impact(populated, new, {}).orphaned == {"discovery": [2]}
    with pytest.raises(Conflict) as caught:
        stages.adopt(populated, new, {})
    assert caught.value.message == (
        "discovery holds 1 open opportunity; say where they go: --move discovery=STAGE"
    )
    assert caught.value.detail["orphaned"] == {"discovery": [2]}
    assert (versions(populated), stage_of(populated, 2)) == (1, "discovery")


def test_an_empty_stage_may_go(populated: Workspace, toml: str) -> None:
    assert stages.adopt(populated, without(toml, "negotiation"), {}).orphaned == {}
    assert [s.key for s in stages.pipeline(populated).stages] == ["lead", "discovery", "proposal"]


@pytest.mark.parametrize(
    "move", [{"discovery": "proposal"}, {"Discovery": "Proposal sent"}, {"disc": "prop"}]
)
def test_those_in_it_go_where_they_are_told(populated: Workspace, toml: str, move: dict[str, str]) -> None:
    found = stages.adopt(populated, without(toml, "discovery"), move)
    assert (found.orphaned, found.moved) == ({}, {"discovery": "proposal"})
    assert [stage_of(populated, n) for n in (1, 2)] == ["lead", "proposal"]
    assert stage_of(populated, 3) == "discovery"  # a closed one keeps its last stage
    shown = show.show(populated, "2")
    assert shown.is_unproven  # it met no gate to be there
    assert [e.kind for e in shown.entries][-1] == "StageMoved"
    assert doctor.doctor(populated).faults == []
    opportunities.log(populated, "2", "call", "They called", Answers())
    assert doctor.doctor(populated).faults == []


def test_a_closed_one_whose_stage_is_gone_reopens_in_the_first(populated: Workspace, toml: str) -> None:
    stages.adopt(populated, without(toml, "discovery"), {"discovery": "lead"})
    again = gates.reopen(populated, "3", "they called", NEXT._replace(sets=()))
    assert again.record["stage"] == "lead"
    assert doctor.doctor(populated).faults == []


def test_moves_are_checked(populated: Workspace, toml: str) -> None:
    new = without(toml, "discovery")
    with pytest.raises(InvalidInput, match='stage "lead" stays, so that nothing in it needs moving'):
        stages.adopt(populated, new, {"lead": "proposal"})
    with pytest.raises(NotFound, match='no stage "nowhere"; the stages are: lead, proposal, negotiation'):
        stages.adopt(populated, new, {"discovery": "nowhere"})
    with pytest.raises(NotFound, match='no stage "nowhere"; the stages are: lead, discovery, proposal'):
        stages.adopt(populated, new, {"discovery": "lead", "nowhere": "lead"})
    with pytest.raises(NotFound, match='no stage "discovery"'):
        stages.adopt(populated, new, {"discovery": "discovery"})
    assert versions(populated) == 1


def test_those_that_new_criteria_leave_without_proof_are_counted(populated: Workspace, toml: str) -> None:
    new = toml.replace(
        'ask = "What do they need?"\n  evidence = "note"', 'ask = "What do they need?"\n  evidence = "link"'
    )
    assert new != toml
    assert not show.show(populated, "2").is_unproven
    assert stages.adopt(populated, new, {}).unproven == [2]
    assert show.show(populated, "2").unproven == ("need",)
    assert [r["id"] for r in lists.listing(populated, Wanted(where="unproven"), 0).records] == [2]
    assert doctor.doctor(populated).faults == []
    assert stages.impact(populated, new + "\n# again\n", {}).unproven == []  # it was without before


def test_the_same_definition_is_refused(populated: Workspace, toml: str) -> None:
    with pytest.raises(Conflict, match=r"this definition is in force already \(version 1\)"):
        stages.adopt(populated, toml, {})
    assert versions(populated) == 1


def test_a_definition_with_faults_is_refused(populated: Workspace, toml: str) -> None:
    for faulty in ("", "not toml [", toml.replace("probability = 50", "probability = 500")):
        with pytest.raises(ConfigError):
            stages.adopt(populated, faulty, {})
    assert versions(populated) == 1


def test_a_dry_run_adopts_nothing(populated: Workspace, toml: str) -> None:
    new = without(toml, "discovery")
    assert stages.adopt(populated, new, {"discovery": "lead"}, dry_run=True).version == 2
    assert (versions(populated), stage_of(populated, 2)) == (1, "discovery")


def test_adopting_is_not_undone(populated: Workspace, toml: str) -> None:
    stages.adopt(populated, toml + "\n# more\n", {})
    with pytest.raises(Conflict, match="definition 2 in force, and that is not undone"):
        undoing.undo(populated)
    assert versions(populated) == 2


def test_the_past_is_read_by_the_definition_of_its_day(populated: Workspace, toml: str, at: At) -> None:
    at(date(2026, 3, 9))
    new = without(toml, "discovery").replace("probability = 10", "probability = 5")
    stages.adopt(populated, new, {"discovery": "lead"})

    def seen(day: int) -> list[tuple[object, ...]]:
        found = lists.listing(populated, Wanted(sort="number"), 0, as_of=date(2026, 3, day))
        return [(r["id"], r["stage_name"], r["probability"]) for r in found.records]

    assert seen(8) == [(1, "Qualified lead", 10), (2, "Discovery", 25)]
    assert seen(9) == [(1, "Qualified lead", 5), (2, "Qualified lead", 5)]


def test_faults_of_a_file_come_with_their_lines(workspace: Workspace, toml: str) -> None:
    faults = stages.check(toml.replace("probability = 75", "probability = 7"))
    line = toml.splitlines().index("probability = 75") + 1
    assert line in [fault.line for fault in faults]
