"""`examples/roles.sql` on a real server: what a rep, a founder and a reader can do with the tool, and with psql."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from pipecli import clock, entry
from pipecli.config import Settings
from pipecli.domain.proofs import Proof
from pipecli.errors import PipeError, StoreError
from pipecli.service import doctor, forgetting, gates, lists, opportunities, rates, show, stages, undoing
from pipecli.service.answers import Answers
from pipecli.service.importing import import_file
from pipecli.service.workspace import Workspace, actor_of
from pipecli.store.schema import PROJECTION, WRITER
from pipecli.store.tables import METADATA

from .conftest import _new_database, small
from .living import DEFINITION, settings_for

ROLES = Path(__file__).parents[2] / "examples" / "roles.sql"
NEXT = Answers(next="call", due="+5d", amount="10k", sets=("account=Acme", "contact=Jeanne <j@acme.example>"))


@pytest.fixture
def address(server: str, people: Callable[[str], None], tmp_path: Path) -> Iterator[str]:
    """A workspace made by the administrator, with the roles; the SQL may be run twice."""
    with _new_database(server) as uri:
        small(settings_for(uri, tmp_path))
        people(uri)
        people(uri)
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


def test_a_clock_that_is_ahead_is_said(workspace_of: Callable[[str], Workspace]) -> None:
    opportunities.add(workspace_of("ana"), "ERP", NEXT)
    clock.freeze(datetime.now(UTC) + timedelta(hours=1))
    with pytest.raises(
        StoreError, match="does not let you write: the clock of this computer is ahead of the server's"
    ):
        opportunities.edit(workspace_of("ana"), "1", Answers(sets=("source=web",)))


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
    "taking words out of an event": ["update event set payload = replace(payload, 'ERP', '[erased]')"],
    "a table of theirs in the place of the server's": [
        "create temp table pg_class as select 'workspace'::regclass::oid as oid, 'ana'::regrole::oid as relowner",
        "update workspace set head = 0",
    ],
    "switching the rules off": ["alter table event disable row level security"],
    "dropping the trigger": ["drop trigger pipe_head_grows on workspace"],
    "another function for what founders erase": [
        "create or replace function pipe_values(jsonb) returns table (place text[], value jsonb) language sql "
        "as 'select null, null'"
    ],
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


PAYLOAD = {
    "name": "ER%P x",
    "tags": ["a_b", "%"],
    "amount": 5,
    "none": None,
    "in": {"a": {}},
    "external": ["crm", "jo"],
}
LOSSES = [
    PAYLOAD | {"external": ["crm", "erased-0123456789abcdef"]},
    PAYLOAD | {"name": "[erased]R%P x"},
    PAYLOAD | {"name": "ER[erased]x", "tags": ["[erased]", "[erased]"]},
    dict(reversed(PAYLOAD.items())) | {"name": "[erased]"},
]
FORGERIES = [
    *(PAYLOAD | {"name": name} for name in ("CRM", "ER%P xy", "[erased]y", "E%x", "E__P x", "", 7, None)),
    *(PAYLOAD | {"amount": amount} for amount in (6, None, "5", "[erased]")),
    *(PAYLOAD | {"tags": tags} for tags in (["a_b"], ["%", "a_b"], ["a_b", "%", "[erased]"], "[erased]", {})),
    *(PAYLOAD | {"in": within} for within in ({}, {"a": []}, {"a": {}, "b": 1}, {"b": {}})),
    PAYLOAD | {"more": "[erased]"},
    PAYLOAD | {"external": ["crm", "jeanne@other.example"]},
    PAYLOAD | {"external": ["crm", "erased-"]},
    {key: value for key, value in PAYLOAD.items() if key != "none"},
    {},
]


def test_a_founder_with_psql_erases_and_changes_nothing_else(
    workspace_of: Callable[[str], Workspace], psql: Callable[..., object]
) -> None:
    opportunities.add(workspace_of("ana"), "ERP", NEXT)
    psql("ida", "update content set body = null, salt = '', erased_at = '2026-03-02'")
    psql(
        "ida", "update person set name = null, mail = null, phone = null, salt = '', erased_at = '2026-03-02'"
    )
    for lost in LOSSES:
        psql("postgres", f"update event set payload = '{json.dumps(PAYLOAD)}'")
        psql("ida", f"update event set payload = '{json.dumps(lost)}'")
    psql("postgres", f"update event set payload = '{json.dumps(PAYLOAD)}'")
    for refused in (
        "update content set body = 'never said', erased_at = '2026-03-02'",
        "update person set name = 'X', erased_at = '2026-03-02'",
        "update content set sha256 = ''",
        "delete from event",
        "update event set kind = 'x'",
        "update event set occurred_on = '2026-01-01'",
        "update command set actor = 'x'",
        *(f"update event set payload = '{json.dumps(forged)}'" for forged in FORGERIES),
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            psql("ida", refused)


def test_a_founder_erases_who_was_imported_under_an_identifier_that_names_them(
    workspace_of: Callable[[str], Workspace], psql: Callable[..., list[tuple[object, ...]]], tmp_path: Path
) -> None:
    deals = tmp_path / "deals.csv"
    deals.write_text(
        "id,name,account,contact,next action,next due\n"
        "ana@borel.example,Repair,Borel,Ana Ruiz <ana@borel.example>,call,2026-12-01\n"
    )
    import_file(workspace_of("bob"), str(deals))
    events = "select count(*) from event where payload like '%borel.example%'"
    assert psql("rob", events) == [(1,)]
    forgetting.forget(workspace_of("ida"), "ana@borel.example")
    assert psql("rob", events) == [(0,)]
    assert psql("rob", 'select count(*) from event where payload like \'%["%","erased-%"]%\'') == [(1,)]
    assert doctor.doctor(workspace_of("rob")).faults == []


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


UNREADABLE = {
    "no document": ("o1", "2026-03-02", "nonsense"),
    "a document that is none": ("o1", "2026-03-02", "[]"),
    "a stream that is none": ("ozz", "2026-03-02", "{}"),
    "a day that is none": ("o1", "someday", "{}"),
}


@pytest.mark.parametrize("stream, day, payload", UNREADABLE.values(), ids=list(UNREADABLE))
def test_what_could_not_be_read_at_all_is_refused_to_a_rep(
    workspace_of: Callable[[str], Workspace], psql: Callable[..., object], stream: str, day: str, payload: str
) -> None:
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidTextRepresentation)):
        psql("ana", *forged(stream, "OwnerChanged", day, payload))
    assert doctor.doctor(workspace_of("rob")).faults == []


def forged(stream: str, kind: str, day: str, payload: str) -> tuple[str, str, str]:
    """What a rep with psql appends, as the program would."""
    return (
        "insert into command select head + 1, 'u', 'ana', null, recorded_at, 'edit', 'cli', null from workspace",
        f"insert into event select head + 1, head + 1, '{stream}', 99, '{kind}', '{day}', recorded_at, "
        f"'{payload}' from workspace",
        "update workspace set head = head + 1",
    )


SPOILT = {
    "nothing said": ("OwnerChanged", "{}", "edit 1 --owner bob"),
    "a word for a number": ("AmountChanged", '{"amount": "x"}', "edit 1 --owner bob"),
    "a ring": ("OpportunityMerged", '{"into": 1}', "doctor --rebuild"),
}


@pytest.mark.parametrize("kind, payload, besides", SPOILT.values(), ids=list(SPOILT))
def test_what_a_rep_with_psql_spoils_is_told_in_a_line(
    workspace_of: Callable[[str], Workspace],
    psql: Callable[..., object],
    address: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    kind: str,
    payload: str,
    besides: str,
) -> None:
    """Nothing hangs, no command meets an error of its own, and the other opportunities go on."""
    for text in ("ERP", "CRM"):
        opportunities.add(workspace_of("bob"), text, NEXT)
    psql("ana", *forged("o1", kind, "2026-03-02", payload))
    (tmp_path / "1.eml").write_text("From: J <j@acme.example>\nDate: 20 Feb 2026 10:00:00 +0100\n\nhi\n")
    monkeypatch.setenv("PIPE_DB", as_user(address, "ida"))
    monkeypatch.setenv("PIPE_CONFIG", str(tmp_path / "none.toml"))
    codes = {}
    for line in (
        "doctor",
        "list",
        "show 1",
        besides,
        f"import {tmp_path}/1.eml",
        "log 2 note hi",
    ):
        capsys.readouterr()
        codes[line] = entry.run(line.split())
        assert "an error of its own" not in capsys.readouterr().err, line
    assert (codes["doctor"], codes["list"], codes["log 2 note hi"]) == (1, 0, 0)
