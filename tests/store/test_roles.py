"""`examples/roles.sql` on a real server: what a rep, a founder and a reader can do with the tool, and with psql."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from pipecli.config import Settings
from pipecli.domain.proofs import Proof
from pipecli.errors import PipeError, StoreError
from pipecli.service import doctor, gates, lists, opportunities, rates, show, stages, undoing
from pipecli.service.answers import Answers
from pipecli.service.workspace import Workspace, actor_of
from pipecli.store.schema import PROJECTION, WRITER
from pipecli.store.tables import METADATA

from .conftest import _new_database, small
from .living import DEFINITION, settings_for

ROLES = Path(__file__).parents[2] / "examples" / "roles.sql"
PEOPLE = {"ana": "pipe_rep", "bob": "pipe_rep", "ida": "pipe_founder", "rob": "pipe_reader"}
NEXT = Answers(next="call", due="+5d", amount="10k", sets=("account=Acme", "contact=Jeanne <j@acme.example>"))


@pytest.fixture(scope="session")
def people(server: str) -> Iterator[None]:
    """Ana and Bob are reps, Ida is a founder, Rob reads."""
    with psycopg.connect(server, autocommit=True) as admin:
        for group in ("pipe_reader", "pipe_rep", "pipe_founder"):
            admin.execute(f"create role {group} nologin")
        for name, group in PEOPLE.items():
            admin.execute(f"create role {name} login in role {group}")
    yield


@pytest.fixture
def address(server: str, people: None, tmp_path: Path) -> Iterator[str]:
    """A workspace made by the administrator, with the roles; the SQL may be run twice."""
    with _new_database(server) as uri:
        small(settings_for(uri, tmp_path))
        with psycopg.connect(uri, autocommit=True) as admin:
            for _time in range(2):
                admin.execute(ROLES.read_text(encoding="utf-8"))
        yield uri


@pytest.fixture
def workspace_of(address: str, tmp_path: Path, at: object) -> Callable[[str], Workspace]:
    """The workspace as somebody logs in to it; whom the settings name is somebody else."""
    return lambda name: Workspace(settings_for(as_user(address, name), tmp_path, me="somebody"))


@pytest.fixture
def psql(address: str) -> Callable[..., list[tuple[object, ...]]]:
    """Runs statements as somebody, in one transaction."""

    def run(name: str, *statements: str) -> list[tuple[object, ...]]:
        with closing(psycopg.connect(as_user(address, name))) as connection:
            for statement in statements:
                found = connection.execute(statement)
            rows = found.fetchall() if found.description else []
            connection.commit()
            return rows

    return run


def as_user(address: str, name: str) -> str:
    return address.replace("postgresql://postgres", f"postgresql://{name}", 1)


def test_every_table_is_in_the_roles() -> None:
    text = ROLES.read_text(encoding="utf-8")
    assert [name for name in METADATA.tables if f" {name}," not in text and f" {name}\n" not in text] == []


def test_the_roles_know_this_version_of_the_program() -> None:
    text = ROLES.read_text(encoding="utf-8")
    assert f"writer constant integer := {WRITER};" in text
    assert f"lists constant integer := {PROJECTION};" in text


def test_a_rep_works_under_the_name_they_log_in_with(workspace_of: Callable[[str], Workspace]) -> None:
    ana, bob = workspace_of("ana"), workspace_of("bob")
    ref = str(opportunities.add(ana, "ERP", NEXT).ref)
    gates.prove(bob, ref, "need", Proof(text="They told us"), Answers())
    gates.advance(ana, ref, Answers())
    opportunities.done(ana, ref, opportunities.Happened("They like it"), Answers(next="mail", due="+3d"))
    opportunities.edit(bob, ref, Answers(amount="12k", sets=("region=north", "decision_maker=Ida Berg")))
    undoing.undo(bob)
    opportunities.handover(ana, "ana", "bob")
    rates.set_rate(ana, "USD", "0.92")
    gates.lose(bob, ref, "price", "too dear")
    assert actor_of(ana.settings) == "ana"
    assert {e.actor for e in show.show(ana, ref).entries} == {"ana", "bob"}
    assert doctor.doctor(workspace_of("rob")).faults == []


def test_a_founder_adopts_a_definition_and_a_rep_does_not(workspace_of: Callable[[str], Workspace]) -> None:
    other = DEFINITION.replace('name = "Small"', 'name = "Other"').replace("20d", "30d")
    with pytest.raises(StoreError, match="does not let you write"):
        stages.adopt(workspace_of("ana"), other, {})
    stages.adopt(workspace_of("ida"), other, {})
    with workspace_of("rob").read() as reading:
        assert reading.pipeline.version == 2
    assert doctor.doctor(workspace_of("ida")).faults == []


def test_a_reader_reads_and_writes_nothing(workspace_of: Callable[[str], Workspace]) -> None:
    opportunities.add(workspace_of("ana"), "ERP", NEXT)
    rob = workspace_of("rob")
    assert [r["name"] for r in lists.listing(rob, lists.Wanted(), 0).records] == ["ERP"]
    assert lists.today(rob, 50).actor == "rob"
    for dry_run in (False, True):
        with pytest.raises(StoreError, match="does not let you write"):
            opportunities.add(rob, "CRM", NEXT, dry_run=dry_run)
    with pytest.raises(StoreError, match="does not let you write"):
        doctor.doctor(rob, rebuild_projection=True)


# With psql, where the program does not stand between

REFUSED_TO_A_REP = {
    "changing an event": ["update event set payload = '{}'"],
    "deleting an event": ["delete from event"],
    "emptying the journal": ["truncate event"],
    "changing a command": ["update command set actor = 'bob'"],
    "deleting a command": ["delete from command"],
    "changing a text": ["update content set body = 'never said'"],
    "deleting a text": ["delete from content"],
    "changing a person": ["update person set mail = 'x@y.example'"],
    "deleting a person": ["delete from person"],
    "changing a definition": ["update definition set compiled_json = '{}'"],
    "adopting a definition": ["insert into definition values (2, '', '{}', 9, '2026-03-02')"],
    "another definition in force": ["update workspace set definition = 0"],
    "turning the head back": ["update workspace set head = 0"],
    "turning the numbers back": ["update workspace set next_number = 1"],
    "the head beyond the journal": ["update workspace set head = head + 1000000"],
    "numbers of opportunities for ever used": ["update workspace set next_number = 4000000000000000000"],
    "tomorrow": ["update workspace set recorded_at = '9999-12-31T00:00:00.000000Z'"],
    "locking every program out": ["update workspace set min_writer = 99"],
    "lists of a version to come": ["update workspace set projection = 99"],
    "lists of an older version": ["update workspace set projection = 1"],
    "a command in everybody's way": [
        "insert into command select head + 1, 'u', 'ana', null, recorded_at, 'edit', 'cli', null from workspace"
    ],
    "a text in everybody's way": ["insert into content values (1000, '', '', 'text/plain', 'x', null)"],
    "a person in everybody's way": ["insert into person values (1000, 'x', null, null, '', null)"],
    "an event in everybody's way": [
        "insert into command select head + 1, 'u', 'ana', null, recorded_at, 'edit', 'cli', null from workspace",
        "insert into event select head + 9, head + 1, 'o1', 99, 'OwnerChanged', '2026-03-02', recorded_at, "
        """'{"owner": "ana"}' from workspace""",
        "update workspace set head = head + 1",
    ],
    "letting old programs write": ["update workspace set min_writer = 0"],
    "removing the workspace": ["delete from workspace"],
    "a command of somebody else": [
        "insert into command values (1000, 'u', 'bob', null, '2026', 'edit', 'cli', null)"
    ],
    "a command in the past": [
        "insert into command values (0, 'u', 'ana', null, '2026', 'edit', 'cli', null)"
    ],
    "an event under a command of somebody else": [
        "insert into event select 1000, id, 'o1', 99, 'StageAdvanced', '2026-03-02', '2026', '{}' from command "
        "where actor = 'bob'"
    ],
    "an event more in a finished command": [
        "insert into event select 1000, id, 'o1', 99, 'StageAdvanced', '2026-03-02', '2026', '{}' from command "
        "where actor = 'ana'"
    ],
    "adopting by an event": [
        "insert into command values (1000, 'u', 'ana', null, '2026', 'adopt', 'cli', null)",
        "insert into event values (1000, 1000, 'workspace', 99, 'DefinitionAdopted', '2026-03-02', '2026', '{}')",
    ],
    "erasing by an event": [
        "insert into command values (1000, 'u', 'ana', null, '2026', 'forget', 'cli', null)",
        "insert into event values (1000, 1000, 'c1', 99, 'ContentErased', '2026-03-02', '2026', '{}')",
    ],
    "a text behind an old event": ["insert into content values (1, '', '', 'text/plain', 'x', null)"],
    "a person behind an old event": ["insert into person values (1, 'x', null, null, '', null)"],
    "a founder's role": ["set role pipe_founder"],
    "a colleague's role": ["set role bob"],
    "a colleague's session": ["set session authorization bob"],
    "switching the rules off": ["alter table event disable row level security"],
    "dropping the trigger": ["drop trigger pipe_head_grows on workspace"],
    "another function for it": [
        "create or replace function pipe_head_grows() returns trigger language plpgsql as 'begin return new; end'"
    ],
}


@pytest.mark.parametrize("what", REFUSED_TO_A_REP)
def test_a_rep_with_psql_is_refused(
    workspace_of: Callable[[str], Workspace], psql: Callable[..., object], what: str
) -> None:
    opportunities.add(workspace_of("ana"), "ERP", NEXT)
    opportunities.edit(workspace_of("bob"), "1", Answers(sets=("source=web",)))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        psql("ana", *REFUSED_TO_A_REP[what])
    assert doctor.doctor(workspace_of("rob")).faults == []


def test_a_role_that_a_rep_takes_on_does_not_change_who_they_are(
    workspace_of: Callable[[str], Workspace], psql: Callable[..., list[tuple[object, ...]]], address: str
) -> None:
    """Neither in psql nor by options in the address."""
    assert psql("ana", "set role pipe_rep", "select current_user, session_user") == [("pipe_rep", "ana")]
    options = as_user(address, "ana") + "&options=-c%20role%3Dpipe_rep"
    environ = {"PIPE_DB": options, "PIPE_ME": "bob", "PIPE_CONFIG": "/nowhere/x"}
    opportunities.add(Workspace(Settings(environ=environ)), "ERP", NEXT)
    assert {e.actor for e in show.show(workspace_of("rob"), "1").entries} == {"ana"}


def test_what_a_rep_can_still_forge_is_under_their_own_name_and_found(
    workspace_of: Callable[[str], Workspace], psql: Callable[..., object]
) -> None:
    """The SQL says so: rules are judged by the program."""
    opportunities.add(workspace_of("bob"), "ERP", NEXT)
    psql("ana", "update opportunity set amount = 1")
    assert doctor.doctor(workspace_of("rob")).faults != []
    doctor.doctor(workspace_of("ana"), rebuild_projection=True)
    psql(
        "ana",
        "insert into command select head + 1, 'u', 'ana', null, recorded_at, 'edit', 'cli', null from workspace",
        "insert into event select head + 1, head + 1, 'o1', 99, 'OwnerChanged', '2026-03-02', recorded_at, "
        """'{"owner": "ana"}' from workspace""",
        "update workspace set head = head + 1",
    )
    assert doctor.doctor(workspace_of("rob")).faults != []
    (entry,) = [e for e in show.show(workspace_of("rob"), "1").entries if e.kind == "OwnerChanged"]
    assert entry.actor == "ana"


def test_a_founder_with_psql_erases_and_changes_nothing_else(
    workspace_of: Callable[[str], Workspace], psql: Callable[..., object]
) -> None:
    opportunities.add(workspace_of("ana"), "ERP", NEXT)
    psql("ida", "update content set body = null, erased_at = '2026-03-02'")
    psql("ida", "update person set name = null, mail = null, phone = null, erased_at = '2026-03-02'")
    for refused in (
        "update content set body = 'never said', erased_at = '2026-03-02'",
        "update person set name = 'X', erased_at = '2026-03-02'",
        "update content set sha256 = ''",
        "delete from event",
        "update event set kind = 'x'",
        "update command set actor = 'x'",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            psql("ida", refused)


def test_what_the_tool_refuses_is_refused_to_a_rep_too(workspace_of: Callable[[str], Workspace]) -> None:
    ana = workspace_of("ana")
    ref = str(opportunities.add(ana, "ERP", NEXT).ref)
    for call in (
        lambda: gates.advance(ana, ref, Answers()),
        lambda: gates.waive(ana, ref, "feasible", "because"),
        lambda: gates.approve(ana, ref, "feasible"),
    ):
        with pytest.raises(PipeError):
            call()
