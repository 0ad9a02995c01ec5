"""A journal exported, restored and exported again is the same bytes; what is no whole journal is refused."""

import hashlib
import io
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pipecli import clock, templates
from pipecli.config import Settings
from pipecli.domain.proofs import Proof
from pipecli.errors import Conflict, InvalidInput, PipeError, StoreError
from pipecli.service import (
    creating,
    doctor,
    exporting,
    gates,
    opportunities,
    rates,
    restoring,
    stages,
    undoing,
)
from pipecli.service.answers import Answers
from pipecli.service.importing import import_file
from pipecli.service.restoring import Restored
from pipecli.service.workspace import Workspace
from pipecli.store.opening import open_database

START = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def frozen() -> Iterator[None]:
    clock.freeze(START)
    yield
    clock.freeze(None)


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a workspace can be made: no file yet, or an empty PostgreSQL database."""
    if request.param == "sqlite":
        yield str(tmp_path / "target.db")
        return
    yield request.getfixturevalue("postgres")


def settings_of(address: str, folder: Path) -> Settings:
    return Settings(environ={"PIPE_DB": address, "PIPE_ME": "lea", "PIPE_CONFIG": str(folder / "none.toml")})


def exported(settings: Settings) -> str:
    out = io.StringIO()
    exporting.export_journal(Workspace(settings), out)
    return out.getvalue()


@pytest.fixture
def source(tmp_path: Path) -> Settings:
    """A workspace with an account, people, proofs, an import, an undo and hostile texts."""
    settings = settings_of(str(tmp_path / "source.db"), tmp_path)
    creating.init(settings)
    place = Workspace(settings)
    fields = ("account=Acmé [b]", "contact=Jeanne <j@acme.com>", "tags=a,b")
    opportunities.add(
        place, "ERP \x1b[31m \u202e 🚀", Answers(sets=fields, amount="48k", next="call", due="+3d")
    )
    gates.prove(place, "1", "need", Proof(text='they "need"\nit\u2028now'), Answers())
    (tmp_path / "deals.csv").write_text("id,name,stage\nA1,Audit,won\nA2,Stock,discovery\n")
    import_file(place, str(tmp_path / "deals.csv"))
    undoing.undo(place)
    undoing.undo(place, redo=True)
    return settings


@pytest.fixture
def journal(source: Settings, tmp_path: Path) -> Path:
    path = tmp_path / "journal.jsonl"
    path.write_text(exported(source), encoding="utf-8", newline="")
    return path


def test_a_missing_workspace_is_made_and_exports_the_same_bytes(
    source: Settings, journal: Path, address: str, tmp_path: Path
) -> None:
    target = settings_of(address, tmp_path)
    assert restoring.is_journal(journal)
    found = restoring.restore(target, journal)
    assert found._replace(where="") == Restored("", 1, 6, 14, 3)
    assert exported(target) == journal.read_text(encoding="utf-8")
    assert doctor.doctor(Workspace(target)).faults == []


def test_an_empty_workspace_is_replaced(
    source: Settings, journal: Path, address: str, tmp_path: Path
) -> None:
    target = settings_of(address, tmp_path)
    creating.init(target, template="pme")
    restoring.restore(target, journal)
    assert exported(target) == journal.read_text(encoding="utf-8")
    assert doctor.doctor(Workspace(target)).faults == []
    opportunities.add(Workspace(target), "After", Answers(next="call", due="+1d"))
    assert doctor.doctor(Workspace(target)).faults == []


@pytest.mark.parametrize("what", ["a definition", "a rate"])
def test_what_was_set_up_is_left_alone(journal: Path, address: str, tmp_path: Path, what: str) -> None:
    target = settings_of(address, tmp_path)
    creating.init(target)
    if what == "a rate":
        rates.set_rate(Workspace(target), "USD", "0.9")
    else:
        stages.adopt(Workspace(target), templates.read("pme").replace('"@me"', '"lea"'), {})
    before = exported(target)
    with pytest.raises(
        Conflict, match=r"holds something already; .* of which a copy is kept: pipe db restore FILE"
    ):
        restoring.restore(target, journal)
    assert exported(target) == before


def test_a_workspace_with_an_opportunity_is_left_alone(
    source: Settings, journal: Path, address: str, tmp_path: Path
) -> None:
    target = settings_of(address, tmp_path)
    creating.init(target)
    opportunities.add(Workspace(target), "Mine", Answers(next="call", due="+1d"))
    before = exported(target)
    with pytest.raises(
        Conflict, match="holds something already; a journal goes into a workspace as pipe init left it"
    ):
        restoring.restore(target, journal)
    assert exported(target) == before
    undoing.undo(Workspace(target))
    with pytest.raises(Conflict):
        restoring.restore(target, journal)


def test_several_who_restore_into_one_new_place_do_not_get_in_each_others_way(
    journal: Path, address: str, tmp_path: Path
) -> None:
    target = settings_of(address, tmp_path)
    ready = Barrier(3)

    def restore(_n: int) -> str:
        ready.wait()
        try:
            return str(restoring.restore(target, journal).events)
        except (StoreError, Conflict) as error:
            return error.message.partition("/")[2].partition(" ")[2]

    with ThreadPoolExecutor(3) as pool:
        done = sorted(pool.map(restore, range(3)))
    too_late = ("holds something already", "is a workspace already; nothing", "exists already; nothing")
    assert done[0] == "14"
    assert [one for one in done[1:] if not one.startswith(too_late)] == []
    assert doctor.doctor(Workspace(target)).faults == []


def test_a_dry_run_checks_and_writes_nothing(journal: Path, address: str, tmp_path: Path) -> None:
    target = settings_of(address, tmp_path)
    assert restoring.restore(target, journal, dry_run=True)._replace(where="") == Restored(
        "", 1, 6, 14, 3, dry_run=True
    )
    with pytest.raises(StoreError, match="there is no workspace"):
        exported(target)
    creating.init(target)
    before = exported(target)
    restoring.restore(target, journal, dry_run=True)
    assert exported(target) == before


def test_a_workspace_moves_from_either_database_to_a_file(address: str, tmp_path: Path) -> None:
    place = Workspace(settings_of(address, tmp_path))
    creating.init(place.settings)
    deals = tmp_path / "deals.csv"
    deals.write_text("id,name,account,contact,amount\nA1,ERP,Acme,Jo,1\n,Audit,Acme,Jo,2\nA3,Stock,,,much\n")
    first = import_file(place, str(deals))
    again = import_file(place, str(deals))
    deals.write_text(deals.read_text().replace("Jo,1", "Jo,5"))
    third = import_file(place, str(deals))
    assert [(f.landed, f.updated, f.unchanged, len(f.rejected)) for f in (first, again, third)] == [
        (2, 0, 0, 1),
        (0, 0, 2, 1),
        (0, 1, 1, 1),
    ]
    undoing.undo(place)
    undoing.undo(place)
    undoing.undo(place, redo=True)
    assert doctor.doctor(place).faults == []
    journal = tmp_path / "moved.jsonl"
    journal.write_text(exported(place.settings), encoding="utf-8", newline="")
    target = settings_of(str(tmp_path / "moved.db"), tmp_path)
    restoring.restore(target, journal)
    assert exported(target) == journal.read_text(encoding="utf-8")
    rows = [io.StringIO(), io.StringIO()]
    exporting.export_json(place, rows[0])
    exporting.export_json(Workspace(target), rows[1])
    assert rows[0].getvalue() == rows[1].getvalue()


def test_progress_counts_bytes(journal: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    target = settings_of(str(tmp_path / "target.db"), tmp_path)
    restoring.restore(target, journal, progress=lambda done, total: told.append((done, total)))
    first = len(journal.read_bytes().splitlines(keepends=True)[0])
    assert told == [(first, journal.stat().st_size)]


def test_line_ends_of_windows_are_forgiven(source: Settings, journal: Path, tmp_path: Path) -> None:
    text = journal.read_bytes()
    journal.write_bytes(text.replace(b"\n", b"\r\n"))
    target = settings_of(str(tmp_path / "target.db"), tmp_path)
    restoring.restore(target, journal)
    assert exported(target).encode() == text


Edit = Callable[[list[dict[str, Any]]], None]


def signed(records: list[dict[str, Any]]) -> str:
    """The lines of these records with the last line that fits them."""
    lines = [
        json.dumps(r, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n" for r in records[:-1]
    ]
    end = {
        "lines": len(lines),
        "record": "end",
        "sha256": hashlib.sha256("".join(lines).encode()).hexdigest(),
    }
    return "".join(lines) + json.dumps(end, separators=(",", ":")) + "\n"


def at(kind: str, n: int = 0) -> Callable[[list[dict[str, Any]]], int]:
    return lambda records: [i for i, r in enumerate(records) if r["record"] == kind][n]


def without(place: Callable[[list[dict[str, Any]]], int]) -> Edit:
    return lambda records: records.__delitem__(place(records))


def having(place: Callable[[list[dict[str, Any]]], int], **values: Any) -> Edit:
    return lambda records: records[place(records)].update(values)


@pytest.mark.parametrize(
    ("edit", "fault"),
    [
        (without(at("event", 3)), "line 12: event 5 does not follow 3"),
        (without(at("definition")), "line 25: records are missing before it"),
        (without(at("event", -1)), "line 25: records are missing before it"),
        (without(at("command", 1)), "line 10: there is no command 3"),
        (without(at("content")), "the text of event 6 is missing"),
        (having(at("event", 3), seq=40), "line 12: event 40 does not follow 3"),
        (having(at("event", 3), version=3), "line 12: version 3 of stream c4 does not follow"),
        (having(at("event", 3), stream="x4"), "line 12: version 1 of stream x4 does not follow"),
        (having(at("event", 3), stream=4), "line 12: stream is not what it should be"),
        (
            having(at("event", 3), recorded_at="2020-01-01T00:00:00.000000Z"),
            "line 12: it was recorded before the one it follows",
        ),
        (having(at("event", 3), occurred_on="someday"), "line 12: it has no date"),
        (having(at("event", 3), payload=[]), "line 12: payload is not what it should be"),
        (having(at("event", 3), command=2**70), "line 12: command is not what it should be"),
        (having(at("event", 3), extra=1), "line 12: it is not a record as an export writes it"),
        (having(at("event", 3), record="other"), "line 12: it is not a record as an export writes it"),
        (having(at("event", 4), payload={}), "it cannot be replayed (KeyError)"),
        (having(at("definition"), compiled={}), "it cannot be replayed (KeyError)"),
        (having(at("definition"), version=2), "line 2: definition 2 does not follow 0"),
        (having(at("workspace"), head=17), "line 26: records are missing before it"),
        (having(at("workspace"), next_number=2), "an opportunity has a number that was not given yet"),
        (having(at("content"), body="something else"), "line 23: the text is not what was recorded"),
        (having(at("person"), name="a\x00b"), "line 25: name is not what it should be"),
        (having(at("command", 1), name=None), "line 4: name is not what it should be"),
        (lambda records: records.insert(5, records[1]), "line 6: it is out of order"),
        (lambda records: records.insert(1, records[0]), "line 2: the workspace is the first line, once"),
        (lambda records: records.insert(-1, records[-1]), "line 27: it is out of order"),
    ],
)
def test_an_edited_journal_is_refused_with_its_line(
    journal: Path, tmp_path: Path, edit: Edit, fault: str
) -> None:
    records = [json.loads(line) for line in journal.read_text(encoding="utf-8").split("\n")[:-1]]
    edit(records)
    journal.write_text(signed(records), encoding="utf-8", newline="")
    target = settings_of(str(tmp_path / "target.db"), tmp_path)
    with pytest.raises(InvalidInput) as refused:
        restoring.restore(target, journal)
    assert refused.value.message.startswith(f"{journal} is not a whole journal: ")
    assert refused.value.message.endswith(f"{fault}; nothing was restored")
    assert not (tmp_path / "target.db").exists()


def test_a_changed_byte_is_noticed_wherever_it_is(journal: Path, tmp_path: Path) -> None:
    text = journal.read_bytes()
    target = settings_of(str(tmp_path / "target.db"), tmp_path)
    for place in range(40, len(text), 97):
        changed = text[:place] + (b"7" if text[place : place + 1] != b"7" else b"8") + text[place + 1 :]
        journal.write_bytes(changed)
        with pytest.raises(PipeError):
            restoring.restore(target, journal)
    assert not (tmp_path / "target.db").exists()


def test_a_cut_journal_is_refused_wherever_it_was_cut(journal: Path, tmp_path: Path) -> None:
    text = journal.read_bytes()
    target = settings_of(str(tmp_path / "target.db"), tmp_path)
    lines = text.splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:-1]))
    with pytest.raises(InvalidInput) as refused:
        restoring.restore(target, journal)
    cut = f"line {len(lines)}: the end is missing, the file was cut off"
    assert refused.value.message == f"{journal} is not a whole journal: {cut}; nothing was restored"
    assert refused.value.detail == {"path": str(journal), "line": len(lines)}
    for size in range(0, len(text) - 1, 211):
        journal.write_bytes(text[:size])
        with pytest.raises(InvalidInput):
            restoring.restore(target, journal)
    assert not (tmp_path / "target.db").exists()


@pytest.mark.parametrize(("key", "value"), [("format", 2), ("min_writer", 99)])
def test_a_newer_journal_needs_a_newer_program(journal: Path, tmp_path: Path, key: str, value: int) -> None:
    records = [json.loads(line) for line in journal.read_text(encoding="utf-8").split("\n")[:-1]]
    records[0] |= {key: value, "more": "than we know"}
    journal.write_text(signed(records), encoding="utf-8", newline="")
    with pytest.raises(StoreError) as refused:
        restoring.restore(settings_of(str(tmp_path / "target.db"), tmp_path), journal)
    assert refused.value.message == f"{journal} was written by a newer pipecli; upgrade the program"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"name,amount\nA,1\n",
        b"{}\n",
        b"[]",
        b'{"record": "event"}',
        b"\xff\xfe{",
        b"[" * 100_000,
        b"1" * 9000,
    ],
)
def test_another_file_is_no_journal(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    assert not restoring.is_journal(path)
    with pytest.raises(InvalidInput) as refused:
        restoring.restore(settings_of(str(tmp_path / "target.db"), tmp_path), path)
    assert refused.value.message == f"{path} is not an exported journal"


def test_a_journal_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="there is no file"):
        restoring.is_journal(tmp_path / "none.jsonl")


def test_a_file_that_is_no_workspace_is_left_alone(journal: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    other.write_text("my notes")
    with pytest.raises(StoreError):
        restoring.restore(settings_of(str(other), tmp_path), journal)
    assert other.read_text() == "my notes"


def test_erased_texts_stay_erased(source: Settings, journal: Path, tmp_path: Path) -> None:
    driver = open_database(source.database(), write=True)
    driver.run("update content set body = null, erased_at = '2026-03-02T12:00:00.000000Z'")
    driver.run("update person set name = null, mail = null, erased_at = '2026-03-02T12:00:00.000000Z'")
    driver.close()
    journal.write_text(exported(source), encoding="utf-8", newline="")
    target = settings_of(str(tmp_path / "target.db"), tmp_path)
    restoring.restore(target, journal)
    assert exported(target) == journal.read_text(encoding="utf-8")


STEPS = ("add", "edit", "prove", "log", "next", "advance", "lose", "reopen", "undo", "redo", "import")


def play(place: Workspace, name: str, pick: int, folder: Path) -> None:
    ref, after = str(pick % 3 + 1), Answers(next=f"call {pick}", due="+3d")
    if name == "add":
        sets = (f"account=Acmé {pick % 2}", "contact=Zoé <z@x.fr>", f"tags=t{pick % 3}")
        opportunities.add(place, f"Deal {pick}\u202e", after._replace(sets=sets, amount=str(pick * 7)))
    elif name == "edit":
        opportunities.edit(place, ref, Answers(amount=str(pick), owner=("lea", "bob")[pick % 2]))
    elif name == "prove":
        gates.prove(place, ref, "need", Proof(text=f"they said {pick}"), Answers())
    elif name == "log":
        opportunities.log(place, ref, "meeting", "é\n\u2028[b]", Answers())
    elif name == "next":
        opportunities.set_next(place, ref, "write", f"+{pick}d")
    elif name == "advance":
        gates.advance(place, ref, Answers(proofs=("need=told",)))
    elif name == "lose":
        gates.lose(place, ref, "price", "too dear")
    elif name == "reopen":
        gates.reopen(place, ref, "they called", after)
    elif name in ("undo", "redo"):
        undoing.undo(place, redo=name == "redo")
    elif name == "import":
        (folder / "deals.csv").write_text(
            f"id,name,amount,stage\nA1,Audit,{pick},{('lead', 'won')[pick % 2]}\n"
        )
        import_file(place, str(folder / "deals.csv"))


@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 20)), max_size=15))
def test_any_history_comes_out_again_byte_for_byte(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    folder = tmp_path_factory.mktemp("life")
    source, target = (settings_of(str(folder / name), folder) for name in ("source.db", "target.db"))
    clock.freeze(START)
    creating.init(source)
    for n, (name, pick) in enumerate([("add", 1), *steps]):
        clock.freeze(START + timedelta(days=n))
        try:
            play(Workspace(source), name, pick, folder)
        except PipeError:
            continue
    path = folder / "journal.jsonl"
    path.write_text(exported(source), encoding="utf-8", newline="")
    restoring.restore(target, path)
    assert exported(target) == path.read_text(encoding="utf-8")
    assert doctor.doctor(Workspace(target)).faults == []
