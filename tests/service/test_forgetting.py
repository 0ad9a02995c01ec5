"""Erasing a person: nothing of them is left in any file, the journal still replays and says that it happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipecli.domain.proofs import Proof
from pipecli.domain.proposing import VALUE, Suggestion
from pipecli.errors import Ambiguous, Conflict, NotFound, StoreError
from pipecli.service import (
    backups,
    bringing_back,
    doctor,
    exporting,
    forgetting,
    gates,
    lists,
    merging,
    opportunities,
    proposing,
    restoring,
    undoing,
)
from pipecli.service.answers import Answers
from pipecli.service.importing import import_file
from pipecli.service.workspace import Workspace
from pipecli.store import erasing
from pipecli.store.opening import is_postgres, open_database

Exported = Callable[[Workspace], str]
SECRETS = ("jeanne", "martin", "acme.example", "12 34 56 78", "12345678", "sa fille")
"""Folded to lower case; nothing else in these workspaces has them."""


def rows(place: Workspace, sql: str) -> list[Any]:
    driver = open_database(place.address, write=False)
    try:
        return driver.rows(sql)
    finally:
        driver.close()


def left(place: Workspace, tmp_path: Path) -> list[str]:
    """What of the secrets stands in any file of the database."""
    if is_postgres(place.address):
        contents = list(_tables(place))
    else:
        name = Path(place.address).name
        contents = [p.read_bytes() for p in tmp_path.iterdir() if p.is_file() and p.name.startswith(name)]
        assert contents
    return [secret for secret in SECRETS if any(secret.encode() in content.lower() for content in contents)]


def _tables(place: Workspace) -> Iterator[bytes]:
    """The files in which the server keeps the tables and indices of the workspace."""
    import psycopg

    with psycopg.connect(place.address, autocommit=True) as admin:
        admin.execute("checkpoint")
        folder = Path(admin.execute("show data_directory").fetchone()[0])  # type: ignore[index]
        found = admin.execute(
            "select pg_relation_filepath(oid) from pg_class where relkind in ('r', 'i', 't') "
            "and pg_relation_filepath(oid) is not null"
        ).fetchall()
    for (path,) in found:
        yield (folder / path).read_bytes()


@pytest.fixture
def lived(place: Workspace, tmp_path: Path) -> Workspace:
    """A workspace in which Jeanne Martin stands wherever a person can."""
    told = "call 06 12 34 56 78, sa fille Jeanne answers"
    opportunities.log(place, "1", "call", told, Answers())
    gates.prove(place, "1", "need", Proof(text="Mme Martin: two people a day are lost"), Answers())
    opportunities.edit(
        place, "1", Answers(sets=("decision_maker=Jeanne Martin", "tags=key,jeanne@acme.example"))
    )
    opportunities.set_next(place, "1", "lunch with Jeanne", "+4d")
    opportunities.add(
        place, "Coaching JEANNE Martin", Answers(sets=("account=Jeanne Martin",), next="x", due="+1d")
    )
    opportunities.add(
        place, "ERP again", Answers(sets=("account=Acme",), next="ask Jeanne Martin", due="+1d")
    )
    opportunities.add(place, "Taken back", Answers(next="ask jeanne@acme.example", due="+1d"))
    undoing.undo(place)
    said = Suggestion(VALUE, "source", "Jeanne Martin", why="sa fille said so")
    assert proposing.make(place, "2", [said], "claude").ids
    merging.merge(place, "1", "4")
    return place


def test_nothing_of_a_person_is_left_in_any_file(lived: Workspace, tmp_path: Path) -> None:
    assert left(lived, tmp_path)
    found = forgetting.forget(lived, "jeanne@acme.example")
    assert found.swept
    assert left(lived, tmp_path) == []
    assert doctor.doctor(lived).faults == []
    assert found.found.opportunities == (1,)


def test_the_journal_says_what_was_erased_and_still_moves(
    lived: Workspace, journal_of: Exported, tmp_path: Path
) -> None:
    contact = forgetting.forget(lived, "Jeanne Martin").found.people[0].id
    events = rows(lived, "select stream, payload from event where kind = 'ContentErased' order by seq")
    assert {stream for stream, _payload in events} >= {"o1", "o2", "o3", "o4", "o5", f"c{contact}"}
    assert all(f'"contacts":[{contact}]' in payload for _stream, payload in events)
    text = journal_of(lived)
    assert not [secret for secret in SECRETS if secret in text.lower()]
    target = Workspace(replace(lived.settings, flags={"db": str(tmp_path / "b.db")}))
    (tmp_path / "journal.jsonl").write_text(text, newline="")
    restoring.restore(target.settings, tmp_path / "journal.jsonl")
    assert journal_of(target) == text
    assert doctor.doctor(target, rebuild_projection=True).faults == []


def test_what_is_not_theirs_stays(lived: Workspace) -> None:
    opportunities.add(lived, "Other", Answers(next="call Jeanne of Borel", due="+1d"))
    forgetting.forget(lived, "Jeanne Martin")
    bodies = [body for (body,) in rows(lived, "select body from content where body is not null order by id")]
    assert "call Jeanne of Borel" in bodies
    assert "book a room" in bodies
    named = [name for (name,) in rows(lived, "select name from opportunity order by number")]
    assert named == ["ERP rollout", "Audit", "Coaching [erased]", "Other"]
    assert rows(lived, "select name, search, reversed from account order by id")[-1] == (
        "[erased]",
        "[erased]",
        "]desare[",
    )


def test_hashes_cannot_be_tried_any_more(lived: Workspace) -> None:
    forgetting.forget(lived, "Jeanne Martin")
    for table in ("content", "person"):
        found = rows(lived, f"select salt, erased_at from {table} where erased_at is not null")
        assert found
        assert all(salt == "" and at for salt, at in found)


def test_what_is_found_is_what_is_erased(lived: Workspace) -> None:
    seen = forgetting.traces(lived, "Jeanne Martin")
    assert len(seen.texts) == 7
    assert [t.words for t in seen.texts][:2] == [
        "call Jeanne",
        "call 06 12 34 56 78, sa fille Jeanne answers",
    ]
    done = forgetting.forget(lived, "Jeanne Martin", seen=seen)
    assert done.found == seen


def test_what_was_written_meanwhile_is_looked_at_again(lived: Workspace, journal_of: Exported) -> None:
    seen = forgetting.traces(lived, "Jeanne Martin")
    opportunities.log(lived, "2", "note", "of no matter", Answers())
    assert forgetting.forget(lived, "Jeanne Martin", seen=seen, dry_run=True).found.texts == seen.texts
    opportunities.log(lived, "1", "note", "Jeanne called", Answers())
    before = journal_of(lived)
    with pytest.raises(Conflict, match="somebody wrote about this person meanwhile"):
        forgetting.forget(lived, "Jeanne Martin", seen=seen)
    assert journal_of(lived) == before


def test_a_dry_run_erases_nothing(lived: Workspace, journal_of: Exported) -> None:
    before = journal_of(lived)
    found = forgetting.forget(lived, "Jeanne Martin", dry_run=True)
    assert (len(found.found.texts), found.swept, found.dry_run) == (7, False, True)
    assert journal_of(lived) == before


def test_an_erasure_is_not_taken_back_nor_what_it_rests_on(lived: Workspace, journal_of: Exported) -> None:
    forgetting.forget(lived, "Jeanne Martin")
    before = journal_of(lived)
    with pytest.raises(Conflict, match="cannot be taken back"):
        for _n in range(20):
            undoing.undo(lived)
    assert "Jeanne" not in journal_of(lived)
    assert rows(lived, "select count(*) from command where name = 'forget'") == [(1,)]
    assert doctor.doctor(lived).faults == []
    assert len(before) > 0


def test_what_was_taken_back_comes_again_without_them(place: Workspace) -> None:
    opportunities.log(place, "1", "note", "Jeanne called", Answers())
    undoing.undo(place)
    forgetting.forget(place, "Jeanne Martin")
    assert rows(place, "select count(*) from exchange") == [(0,)]
    assert rows(place, "select count(*) from content where body is null") == [(2,)]
    assert doctor.doctor(place).faults == []


def test_a_person_is_found_by_number_address_or_part_of_a_name(place: Workspace) -> None:
    (number,) = (i for (i,) in rows(place, "select id from person"))
    for text in (str(number), "JEANNE@acme.example", "jeanne martin", "Martin", " jeanne "):
        assert [p.id for p in forgetting.traces(place, text).people] == [number]
    with pytest.raises(NotFound, match='no contact fits "Bob"'):
        forgetting.traces(place, "Bob")
    with pytest.raises(NotFound, match='no contact fits ""'):
        forgetting.traces(place, " ")
    with pytest.raises(NotFound, match='no contact fits "9999"'):
        forgetting.traces(place, "9999")
    forgetting.forget(place, str(number))
    with pytest.raises(NotFound, match=f"contact {number} was erased on 2026-03-02"):
        forgetting.traces(place, str(number))


def test_the_same_person_at_two_accounts_is_one_and_two_people_are_two(place: Workspace) -> None:
    for account, contact in (
        ("Borel", "J. Martin <jeanne@acme.example>"),
        ("Cosmo", "Jeanne Martin"),
        ("Delta", "Jeanne Martin <jm@delta.example>"),
    ):
        sets = (f"account={account}", f"contact={contact}")
        opportunities.add(place, account, Answers(sets=sets, next="x", due="+1d"))
    with pytest.raises(
        Ambiguous, match=r"fits several people: .* Jeanne Martin <jm@delta\.example>; give the number"
    ):
        forgetting.traces(place, "Jeanne Martin")
    found = forgetting.forget(place, "jeanne@acme.example").found
    assert [p.account for p in found.people] == [3, *(p.account for p in found.people[1:])]
    assert len(found.people) == 3
    assert rows(place, "select name, mail from person where erased_at is null") == [
        ("Jeanne Martin", "jm@delta.example")
    ]


def test_a_namesake_keeps_what_is_said_of_them(place: Workspace) -> None:
    sets = ("account=Delta", "contact=Jeanne Martin <jm@delta.example>", "source=Jeanne Martin")
    opportunities.add(place, "Delta", Answers(sets=sets, next="call Jeanne Martin", due="+1d"))
    opportunities.log(place, "3", "mail", "from jeanne@acme.example, by mistake", Answers())
    opportunities.log(place, "2", "note", "Jeanne Martin knows", Answers())
    found = forgetting.forget(place, "jeanne@acme.example").found
    assert [t.words for t in found.texts] == [
        "call Jeanne",
        "from jeanne@acme.example, by mistake",
        "Jeanne Martin knows",
    ]
    assert rows(place, "select source, next_action from opportunity where number = 3") == [
        ("Jeanne Martin", "call Jeanne Martin")
    ]
    assert doctor.doctor(place).faults == []


def test_backups_that_hold_them_are_named_until_they_are_gone(place: Workspace, tmp_path: Path) -> None:
    asked = Path(backups.backup(place, tmp_path / "copy.bak").file)
    kept = backups.keep(place, backups.RESTORE)
    first = forgetting.forget(place, "Jeanne Martin")
    assert {b.file for b in first.backups} == {str(asked), kept}
    backups.backup(place, tmp_path / "after.bak")
    assert {b.file for b in backups.holding(place, first.found.contacts)} == {str(asked), kept}
    asked.unlink()
    assert [b.file for b in backups.holding(place, first.found.contacts)] == [kept]


def test_a_restore_says_who_is_back(place: Workspace, tmp_path: Path) -> None:
    backups.backup(place, tmp_path / "copy.bak")
    contact = forgetting.forget(place, "Jeanne Martin").found.people[0].id
    backups.backup(place, tmp_path / "after.bak")
    assert bringing_back.bring_back(place, tmp_path / "copy.bak").erased == (contact,)
    assert bringing_back.bring_back(place, tmp_path / "after.bak").erased == ()


def test_lists_and_exports_go_on(lived: Workspace, tmp_path: Path) -> None:
    forgetting.forget(lived, "Jeanne Martin")
    found = lists.listing(lived, lists.Wanted(), 0)
    assert [r["next_action"] for r in found.records if r["id"] == 1] == [None]
    with (tmp_path / "out.csv").open("w", newline="") as out:
        exporting.export_csv(lived, out)
    text = (tmp_path / "out.csv").read_text()
    assert "Jeanne" not in text
    opportunities.set_next(lived, "1", "find another contact", "+2d")
    assert doctor.doctor(lived).faults == []


def test_one_who_has_the_file_open_keeps_old_pages_there(workspace: Workspace, tmp_path: Path) -> None:
    sets = ("contact=Jeanne Martin <jeanne@acme.example>",)
    opportunities.add(workspace, "ERP", Answers(sets=sets, next="x", due="+1d"))
    reader = open_database(workspace.address, write=False)
    reader.begin_reading()
    reader.rows("select 1 from event")
    assert not forgetting.forget(workspace, "Jeanne Martin").swept
    reader.rollback()
    reader.close()
    assert forgetting.sweep(workspace)
    assert left(workspace, tmp_path) == []


def test_a_row_that_was_imported_with_a_person_leaves_nothing_either(
    workspace: Workspace, tmp_path: Path
) -> None:
    deals = tmp_path / "deals.csv"
    deals.write_text(
        "id,name,account,contact,email,next action,due\n"
        "A1,Jeanne Martin's order,Acme,Jeanne Martin,jeanne@acme.example,call Jeanne,2026-04-01\n"
    )
    import_file(workspace, str(deals))
    deals.unlink()
    forgetting.forget(workspace, "jeanne martin")
    assert left(workspace, tmp_path) == []
    assert doctor.doctor(workspace).faults == []


def test_whoever_does_not_own_the_tables_is_told(place: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    if not is_postgres(place.address):
        pytest.skip("a file has no owner of tables")
    monkeypatch.setattr(erasing, "TABLES", ())
    monkeypatch.setattr(erasing, "COLUMNS", ())
    monkeypatch.setattr(erasing, "SHARED", ("no_such_table",))
    assert not forgetting.forget(place, "Jeanne Martin").swept


def test_a_workspace_that_is_missing_is_said_to_be(place: Workspace, tmp_path: Path) -> None:
    nowhere = Workspace(replace(place.settings, flags={"db": str(tmp_path / "no.db")}))
    for call in (lambda: forgetting.traces(nowhere, "x"), lambda: forgetting.sweep(nowhere)):
        with pytest.raises(StoreError, match="there is no workspace"):
            call()
