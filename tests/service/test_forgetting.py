"""Erasing a person: nothing of them is left in any file, the journal still replays and says that it happened."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from pipecli.address import is_postgres
from pipecli.domain.importing_digests import _digest
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
    stages,
    undoing,
)
from pipecli.service.answers import Answers
from pipecli.service.importing import import_file
from pipecli.service.workspace import Workspace
from pipecli.store import erasing
from pipecli.store.layout import PERSONAL
from pipecli.store.opening import open_database

Exported = Callable[[Workspace], str]
ON_A_SERVER = pytest.mark.parametrize("place", ["postgresql"], indirect=True)
"""A file has no owner of tables, no statistics of what stands in them, and is swept at once."""
SECRETS = ("jeanne", "martin", "acme.example", "12 34 56 78", "12345678", "sa fille")
"""Folded to lower case; nothing else in these workspaces has them."""


def rows(place: Workspace, sql: str) -> list[Any]:
    driver = open_database(place.address, write=False)
    try:
        return driver.rows(sql)
    finally:
        driver.close()


def left(place: Workspace, tmp_path: Path, secrets: Sequence[str] = SECRETS) -> list[str]:
    """What of the secrets stands in any file of the database."""
    if is_postgres(place.address):
        contents = list(_tables(place))
    else:
        name = Path(place.address).name
        contents = [p.read_bytes() for p in tmp_path.iterdir() if p.is_file() and p.name.startswith(name)]
        assert contents
    return [secret for secret in secrets if any(secret.encode() in content.lower() for content in contents)]


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


@pytest.mark.parametrize(
    "contact, account, name, said, secrets",
    [
        ("Zendaya", "Zendaya", "Zendaya's tour", "ask Zendaya", ("zendaya",)),
        ("王伟", "新公司", "王伟的项目", "今天给王伟打电话", ("王伟",)),
        ("田中 太郎", "会社", "田中さんの件", "田中太郎さんに電話", ("田中", "太郎")),
        ("Bo Li", "Acme", "Rollout", "Bo said yes; Mr Li agreed", ("bo said", "mr li", "bo li")),
        ("Prof. Dr. Ana-Maria Popescu", "Acme", "Popescu II", "Mrs Popescu", ("popescu", "ana-maria")),
        ("Иван Петров", "Завод", "Петрову: договор", "позвонить Ивану", ("Иван", "Петров")),
    ],
)
def test_names_of_one_word_or_of_another_script_leave_nothing(
    workspace: Workspace,
    tmp_path: Path,
    contact: str,
    account: str,
    name: str,
    said: str,
    secrets: Sequence[str],
) -> None:
    sets = (f"account={account}", f"contact={contact}", f"source={contact}", f"tags=key,{contact}")
    opportunities.add(workspace, name, Answers(sets=sets, next=said, due="+1d"))
    other = Answers(sets=(f"source={contact.split('. ')[-1]}",), next="x", due="+1d")
    opportunities.add(workspace, "Other", other if " " in contact else Answers(next="x", due="+1d"))
    assert left(workspace, tmp_path, secrets) == list(secrets)
    forgetting.forget(workspace, contact)
    assert left(workspace, tmp_path, secrets) == []
    assert doctor.doctor(workspace).faults == []


def test_what_names_somebody_in_their_own_opportunity_is_shown_and_goes(
    workspace: Workspace, tmp_path: Path
) -> None:
    sets = ("account=Acme", "contact=Ana Silva", "source=Ana, by phone", "tags=ana,key")
    opportunities.add(workspace, "Coaching for Ana", Answers(sets=sets, next="x", due="+1d"))
    gates.prove(workspace, "1", "need", Proof(path="mails/contract_ana_silva.eml", sha256="00"), Answers())
    opportunities.add(workspace, "Coaching for Ana too", Answers(sets=("account=Ana",), next="x", due="+1d"))
    found = forgetting.traces(workspace, "Ana Silva")
    assert [(t.stream, t.words) for t in found.names] == [("o1", "Coaching for Ana; Ana, by phone; ana")]
    assert [(t.stream, t.words) for t in found.texts] == [("o1", "mails/contract_ana_silva.eml")]
    assert forgetting.forget(workspace, "Ana Silva", seen=found).found == found
    assert left(workspace, tmp_path, ("silva", "ana, by")) == []
    assert rows(workspace, "select name, source, tags from opportunity order by number") == [
        ("Coaching for [erased]", "[erased], by phone", '["[erased]", "key"]'),
        ("Coaching for Ana too", None, "[]"),
    ]
    assert doctor.doctor(workspace).faults == []


def test_an_opportunity_that_was_theirs_once_is_searched_from_its_beginning(workspace: Workspace) -> None:
    opportunities.add(
        workspace, "Zendaya's tour", Answers(sets=("account=Z",), next="ask Zendaya", due="+1d")
    )
    opportunities.edit(workspace, "1", Answers(sets=("contact=Zendaya",)))
    opportunities.edit(workspace, "1", Answers(sets=("contact=Tom Holland",)))
    found = forgetting.traces(workspace, "Zendaya")
    assert [t.words for t in (*found.names, *found.texts)] == ["Zendaya's tour", "ask Zendaya"]


def test_numbers_in_their_own_opportunity_are_theirs_unless_another_is_named(workspace: Workspace) -> None:
    _version, toml = stages.current_toml(workspace)
    stages.adopt(workspace, toml + '\n[[field]]\nkey = "reach"\ntype = "text"\nlabel = "Reach"\n', {})
    sets = ("account=Acme", "contact=Ana Silva", "decision_maker=Bob Roy", "reach=mornings: 0612345678")
    opportunities.add(workspace, "Rollout", Answers(sets=sets, next="x", due="+1d"))
    opportunities.add(workspace, "Other", Answers(sets=("account=Nord",), next="x", due="+1d"))
    for ref, text in (
        ("1", "her mobile: 06 12 34 56 78"),
        ("1", "+44 20 7946 0958, extension 4"),
        ("1", "tel. 555 12 34"),
        ("1", "call Bob: 06 98 76 54 32"),
        ("1", "offer 2026-0012 of 48 000 EUR on 02.03.2026 at 10:30"),
        ("2", "call 06 12 34 56 78"),
    ):
        opportunities.log(workspace, ref, "note", text, Answers())
    found = forgetting.forget(workspace, "Ana Silva").found
    assert [t.words for t in found.texts] == [
        "her mobile: 06 12 34 56 78",
        "+44 20 7946 0958, extension 4",
        "tel. 555 12 34",
    ]
    opportunities.edit(workspace, "1", Answers(sets=("source=Bob 0698765432",)))
    assert [t.words for t in found.names] == ["mornings: 0612345678"]
    assert forgetting.traces(workspace, "Bob Roy").names[0].words == "Bob 0698765432"
    assert rows(workspace, "select fields from opportunity where number = 1") == [
        ('{"reach": "mornings: [erased]"}',)
    ]
    assert doctor.doctor(workspace).faults == []


def test_particles_and_everyday_words_are_no_names(workspace: Workspace) -> None:
    for contact, said in (
        ("Ursula von der Tann", "Der Preis ist gut, Angebot der Firma senden"),
        ("Will May", "we will see them in may"),
    ):
        answers = Answers(sets=("account=Acme", f"contact={contact}"), next=said, due="+1d")
        opportunities.add(workspace, "Rollout", answers)
        assert forgetting.traces(workspace, contact).texts == ()


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
    assert [p.name for p in found.people] == ["Jeanne Martin", "J. Martin"]
    assert rows(place, "select name, mail from person where erased_at is null order by id") == [
        ("Jeanne Martin", None),
        ("Jeanne Martin", "jm@delta.example"),
    ]


def test_a_colleague_of_the_same_name_keeps_what_is_theirs(place: Workspace, journal_of: Exported) -> None:
    ana = Workspace(replace(place.settings, environ={**place.settings.environ, "PIPE_ME": "Ana Silva"}))
    opportunities.add(ana, "Theirs", Answers(sets=("account=Zeta", "owner=Ana Silva"), next="x", due="+1d"))
    opportunities.edit(place, "3", Answers(sets=("owner=lea",)))
    opportunities.edit(place, "3", Answers(sets=("owner=Ana Silva",)))
    answers = Answers(sets=("account=Acme", "contact=Ana Silva <ana@acme.example>"), next="x", due="+1d")
    opportunities.add(place, "Ana Silva's order", answers)
    opportunities.edit(place, "4", Answers(sets=("owner=Ana Silva",)))
    before = [line for line in journal_of(place).splitlines() if '"owner":"Ana Silva"' in line]
    forgetting.forget(place, "ana@acme.example")
    assert rows(place, "select name, owner from opportunity where number > 2 order by number") == [
        ("Theirs", "Ana Silva"),
        ("[erased]'s order", "Ana Silva"),
    ]
    assert [line for line in journal_of(place).splitlines() if '"owner":"Ana Silva"' in line] == before
    assert doctor.doctor(place).faults == []


def test_a_number_is_that_contact_and_those_of_its_address(place: Workspace) -> None:
    numbers = {}
    for account, contact in (
        ("Acme", "Ana Silva"),
        ("Globex", "Ana Silva <ana@globex.example>"),
        ("Initech", "Ana Silva <ana@initech.example>"),
        ("Umbrella", "A. Silva <ANA@initech.example>"),
        ("Globex", "Silva, Ana"),
    ):
        sets = (f"account={account}", f"contact={contact}")
        opportunities.add(place, account, Answers(sets=sets, next="x", due="+1d"))
        numbers[contact] = rows(place, "select max(id) from person")[0][0]
    first, *others = numbers.values()
    found = forgetting.traces(place, str(first))
    assert [p.id for p in found.people] == [first]
    assert [p.id for p in found.namesakes] == [others[0], others[1], others[3]]
    found = forgetting.traces(place, str(others[1]))
    assert [p.id for p in found.people] == [others[1], others[2]]
    with pytest.raises(Ambiguous, match="fits several people"):
        forgetting.traces(place, "Ana Silva")
    found = forgetting.forget(place, str(first)).found
    assert len(found.people) == 1
    assert rows(place, "select count(*) from person where name like '%Silva%'") == [(4,)]


def test_what_an_undone_command_left_of_them_goes_too(place: Workspace, tmp_path: Path) -> None:
    for mail in ("", " <ana@borel.example>"):
        answers = Answers(sets=("account=Borel", f"contact=Ana Silva{mail}"), next="x", due="+1d")
        opportunities.add(place, "Undone", answers)
        undoing.undo(place)
    opportunities.add(place, "Kept", answers._replace(sets=("account=Borel", "contact=Ana Silva")))
    opportunities.add(place, "Other", answers._replace(sets=("account=Nord", "contact=Ana Silva")))
    *people, namesake = (
        i for (i,) in rows(place, "select id from person where name = 'Ana Silva' order by id")
    )
    found = forgetting.forget(place, str(people[-1])).found
    assert ([p.id for p in found.people], [p.id for p in found.namesakes]) == (people, [namesake])
    assert rows(place, "select id from person where name like '%Ana%'") == [(namesake,)]
    assert left(place, tmp_path, ("ana@borel.example",)) == []


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


HEADER = "id,name,account,contact,decision maker,source,next action,next due,amount\n"


def deals(tmp_path: Path, *lines: str) -> str:
    path = tmp_path / "deals.csv"
    path.write_text(HEADER + "".join(line + "\n" for line in lines))
    return str(path)


def test_an_identifier_that_names_them_is_no_way_to_know_them_again(place: Workspace, tmp_path: Path) -> None:
    lines = [
        f"{key},Deal {n},Borel,Ana Silva <ana.silva@borel.example>,,,call,2026-04-01,5"
        for n, key in enumerate(("ana.silva@borel.example", "Ana Silva", "9001-X"))
    ]
    file = deals(tmp_path, *lines)
    import_file(place, file)
    seen = forgetting.traces(place, "Ana Silva")
    assert (seen.imported, seen.anew) == ((5,), (3, 4))
    assert [t.words for t in seen.names] == ["ana.silva@borel.example", "Ana Silva"]
    assert forgetting.forget(place, "Ana Silva", seen=seen).found == seen
    assert doctor.doctor(place, rebuild_projection=True).faults == []
    keys = [
        key for (key,) in rows(place, "select external_id from opportunity where number > 2 order by number")
    ]
    assert (len(set(keys)), keys[2]) == (3, "9001-X")
    Path(file).unlink()
    assert left(place, tmp_path, ("silva", "borel.example")) == []
    found = import_file(place, deals(tmp_path, *lines))
    assert (found.landed, found.updated, found.unchanged) == (2, 0, 1)
    assert doctor.doctor(place).faults == []


def test_an_import_leaves_out_whom_was_erased_and_says_so(place: Workspace, tmp_path: Path) -> None:
    row = '{id},{name},Ana Silva,{contact},Bob Roy,"{source}",call,2026-04-01,{amount}'
    said = {"id": "A1", "name": "Ana Silva's order", "contact": "Ana Silva <ana@borel.example>"}
    said |= {"source": "Ana, by mail", "amount": "5"}
    import_file(place, deals(tmp_path, row.format(**said)))
    forgetting.forget(place, "Ana Silva")
    found = import_file(place, deals(tmp_path, row.format(**said)))
    assert (found.landed, found.updated, found.unchanged) == (0, 0, 1)
    assert [(d.ref, d.field, d.here, d.file) for d in found.differences] == [
        (3, "account", "[erased]", "Ana Silva"),
        (3, "contact", "(erased)", "Ana Silva <ana@borel.example>"),
        (3, "name", "[erased]'s order", "Ana Silva's order"),
        (3, "source", "[erased], by mail", "Ana, by mail"),
    ]
    changed = row.format(**said | {"amount": "6", "source": "Fair"}).replace("Bob Roy", "Eva Roy")
    found = import_file(place, deals(tmp_path, changed))
    assert (found.updated, len(found.differences)) == (1, 4)
    decided = "select o.amount, p.name from opportunity o join person p on p.id = o.decision_maker_id"
    assert rows(place, decided + " where number = 3") == [(600, "Eva Roy")]
    assert rows(place, "select name from person where name like '%Silva%'") == []
    opportunities.edit(
        place, "3", Answers(sets=("contact=Zoe Klein", "name=Order", "source=Fair", "account=Borel"))
    )
    found = import_file(place, deals(tmp_path, changed))
    assert [(d.field, d.here) for d in found.differences] == [
        ("account", "Borel"),
        ("contact", "Zoe Klein"),
        ("name", "Order"),
    ]
    assert rows(place, "select name from person where name like '%Silva%'") == []
    Path(tmp_path / "deals.csv").unlink()
    assert left(place, tmp_path, ("silva", "ana,", "ana@")) == []
    assert doctor.doctor(place).faults == []


def test_no_name_can_be_tried_on_what_an_import_left(place: Workspace, tmp_path: Path) -> None:
    row = "{},Ana Silva's order,Ana Silva,Ana Silva <ana@borel.example>,,Ana Silva,call,2026-04-01,5"
    import_file(place, deals(tmp_path, row.format("A1"), row.format("A2"), row.format("A3")))
    opportunities.edit(place, "5", Answers(sets=("account=Borel", "contact=Bob Roy")))
    for kept, gone in (("2", "3"), ("1", "2")):
        merging.merge(place, kept, gone, reason="one order")
    secrets = {("name", "Ana Silva's order"), ("account", "Ana Silva"), ("source", "Ana Silva")}
    secrets |= {("contact", "Ana Silva <ana@borel.example>")}

    def told() -> list[tuple[str, str]]:
        kept = [json.loads(p) for (p,) in rows(place, "select payload from event order by seq")]
        return [
            (key, value)
            for payload in kept
            for key, value in secrets
            for identifier in ("A1", "A2", "A3")
            if "row" in payload and payload["row"].get(key) == _digest(("csv", identifier), key, value)
        ]

    assert {key for key, _value in told()} == {"name", "account", "source", "contact"}
    forgetting.forget(place, "Ana Silva")
    assert told() == []
    assert doctor.doctor(place, rebuild_projection=True).faults == []


def test_an_export_of_before_brings_nobody_back(place: Workspace, tmp_path: Path) -> None:
    opportunities.add(place, "Coaching Jeanne Martin", Answers(sets=("account=Nord",), next="x", due="+1d"))
    with (tmp_path / "out.csv").open("w", newline="") as out:
        exporting.export_csv(place, out)
    forgetting.forget(place, "Jeanne Martin")
    found = import_file(place, str(tmp_path / "out.csv"))
    assert [(d.ref, d.field, d.file) for d in found.differences] == [
        (1, "contact", "Jeanne Martin"),
        (1, "next_action", "call Jeanne"),
        (3, "name", "Coaching Jeanne Martin"),
    ]
    (tmp_path / "out.csv").unlink()
    assert left(place, tmp_path) == []


@ON_A_SERVER
@pytest.mark.parametrize("by_an_older_program", [False, True])
def test_what_the_planner_sampled_goes_too(
    place: Workspace, tmp_path: Path, by_an_older_program: bool
) -> None:
    import psycopg

    name = "Zebulon Quixote " + sha256(b"long").hexdigest()
    noise = [sha256(bytes([n])).hexdigest() for n in range(60)]
    lines = [f"{n},{one},{one[:30]},{one},,,,," for n, one in enumerate(noise)]
    import_file(place, deals(tmp_path, *lines, f"x,{name},{name},{name},,,,,"))
    (tmp_path / "deals.csv").unlink()

    def analyze() -> None:
        with psycopg.connect(place.address, autocommit=True) as admin:
            for table in PERSONAL if by_an_older_program else ():
                for column in PERSONAL[table]:
                    admin.execute(f"alter table {table} alter column {column} set statistics 100")
            admin.execute("analyze")

    analyze()
    assert left(place, tmp_path, ("zebulon",)) == ["zebulon"]
    assert forgetting.forget(place, name).swept
    assert left(place, tmp_path, ("zebulon",)) == []
    by_an_older_program = False
    analyze()
    with psycopg.connect(place.address) as admin:
        sampled = set(
            admin.execute("select tablename, attname from pg_stats where schemaname = 'public'").fetchall()
        )
    assert not sampled & {(table, column) for table in PERSONAL for column in PERSONAL[table]}
    assert doctor.doctor(place).faults == []


@ON_A_SERVER
def test_whoever_does_not_own_the_tables_is_told(place: Workspace, tmp_path: Path) -> None:
    import psycopg

    with psycopg.connect(place.address, autocommit=True) as admin:
        admin.execute("create role sweeper login")
        admin.execute("grant all on all tables in schema public to sweeper")
    address = place.address.replace("postgresql://postgres", "postgresql://sweeper", 1)
    try:
        guest = Workspace(replace(place.settings, environ={**place.settings.environ, "PIPE_DB": address}))
        assert not forgetting.forget(guest, "Jeanne Martin").swept
        assert not forgetting.sweep(guest)
    finally:
        with psycopg.connect(place.address, autocommit=True) as admin:
            admin.execute("drop owned by sweeper")
            admin.execute("drop role sweeper")
    assert "jeanne" in left(place, tmp_path)
    assert forgetting.sweep(place)
    assert left(place, tmp_path) == []


@ON_A_SERVER
def test_a_fault_on_the_way_is_told(place: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    for tables, names in (("TABLES", ()), ("COLUMNS", ()), ("SHARED", ("no_such_table",))):
        monkeypatch.setattr(erasing, tables, names)
    assert not forgetting.forget(place, "Jeanne Martin").swept


def test_a_workspace_that_is_missing_is_said_to_be(place: Workspace, tmp_path: Path) -> None:
    nowhere = Workspace(replace(place.settings, flags={"db": str(tmp_path / "no.db")}))
    for call in (lambda: forgetting.traces(nowhere, "x"), lambda: forgetting.sweep(nowhere)):
        with pytest.raises(StoreError, match="there is no workspace"):
            call()
