"""Mailboxes and calendars into exchanges: all that fits one, once, in one command that can be taken back."""

from __future__ import annotations

import os
import time
import tracemalloc
from datetime import date
from pathlib import Path

import pytest

from pipecli.errors import InvalidInput
from pipecli.render.mail import mail_notes
from pipecli.service import doctor, exporting, opportunities, restoring, undoing
from pipecli.service.answers import Answers
from pipecli.service.mail import Source, import_messages, log_incoming
from pipecli.service.show import show
from pipecli.service.workspace import Workspace
from pipecli.store import exchanges, journal

REAL = os.environ.get("PIPECLI_REAL_DATA")
ENVELOPE = "From x@y.example Mon Jan  5 10:00:00 2026\n"


@pytest.fixture
def house(workspace: Workspace) -> Workspace:
    """1 and 2 of Acme, where Jeanne is the contact of 1; 3 of Borel, whose contact has a free address."""
    for name, account, contact in (
        ("ERP rollout", "Acme", "Jeanne <jeanne@acme.example>"),
        ("Kiosk", "Acme", ""),
        ("Maintenance", "Borel", "Luc <luc@gmail.com>"),
    ):
        sets = (f"account={account}", *((f"contact={contact}",) if contact else ()))
        opportunities.add(workspace, name, Answers(next="call", due="+5d", sets=sets))
    return workspace


def mail(n: int, sender: str, subject: str = "x", on: str = "Fri, 27 Feb 2026 10:00:00 +0100") -> str:
    return f"From: {sender}\nTo: lea@us.example\nSubject: {subject}\nDate: {on}\nMessage-ID: <m{n}@x>\n\ntext {n}\n"


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """Two that fit, one twice, one that fits two, one that fits none, one without a date."""
    file = tmp_path / "all mail.mbox"
    letters = [
        mail(1, "jeanne@acme.example", on="Sat, 28 Feb 2026 10:00:00 +0100"),
        mail(2, "Luc <LUC@GMAIL.COM>"),
        mail(1, "jeanne@acme.example"),
        mail(3, "paul@acme.example"),
        mail(4, "who@gmail.com"),
        mail(5, "jeanne@acme.example", on="soon"),
    ]
    file.write_text("\n".join(ENVELOPE + letter for letter in letters))
    return file


def logged(workspace: Workspace, number: int) -> list[tuple[str, str]]:
    """The days and texts of an opportunity's exchanges that count."""
    with workspace.read() as reading:
        events = journal.load_whole_stream(reading.driver, f"o{number}")
        alive = {seq for (seq,) in reading.driver.rows("select id from exchange")}
    return [(e.occurred_on.isoformat(), e.text or "") for e in events if e.seq in alive]


def test_what_fits_one_is_taken_and_the_rest_is_listed(house: Workspace, box: Path) -> None:
    found = import_messages(house, str(box))
    assert [(candidate.id, n) for candidate, n in found.taken] == [(1, 1), (3, 1)]
    assert (found.total, found.known, found.repeated, found.left_out, found.cut) == (2, 0, 1, 0, 0)
    assert [(u.incoming.number, u.reason, [c.id for c in u.candidates]) for u in found.undecided] == [
        (4, "it fits 2 open opportunities", [1, 2]),
        (6, 'its date cannot be read: "soon"', [1]),
        (5, "it fits no open opportunity", []),
    ]
    assert logged(house, 1) == [("2026-02-28", "x\nFrom: jeanne@acme.example\nTo: lea@us.example\n\ntext 1")]
    assert doctor.doctor(house).faults == []


def test_a_second_run_changes_nothing(house: Workspace, box: Path) -> None:
    import_messages(house, str(box))
    with house.read() as reading:
        head = reading.header.head
    found = import_messages(house, str(box))
    assert (found.total, found.known, len(found.undecided)) == (0, 2, 3)
    with house.read() as reading:
        assert reading.header.head == head


def test_a_dry_run_says_the_same_and_writes_nothing(house: Workspace, box: Path) -> None:
    tried = import_messages(house, str(box), dry_run=True)
    assert tried.total == 2 and logged(house, 1) == []
    assert import_messages(house, str(box)) == tried._replace(dry_run=False)


def test_one_undo_takes_it_all_back_and_it_can_be_taken_again(house: Workspace, box: Path) -> None:
    import_messages(house, str(box))
    undone = undoing.undo(house)
    assert (undone.command.name, sorted(undone.refs)) == ("import", [1, 3])
    assert logged(house, 1) == logged(house, 3) == []
    undoing.undo(house, redo=True)
    assert import_messages(house, str(box)).known == 2
    undoing.undo(house)
    assert import_messages(house, str(box)).total == 2


def test_what_is_undecided_is_settled_by_hand_once(house: Workspace, box: Path) -> None:
    import_messages(house, str(box))
    source = Source("mail", f"{box}#4")
    done = log_incoming(house, "2", source, Answers())
    assert [e.occurred_on for e in done.events] == [date(2026, 2, 27)]
    again = log_incoming(house, "1", source, Answers())
    assert (again.events, again.notes) == ((), ("It was taken before, at 2: nothing was changed.",))
    with pytest.raises(InvalidInput, match=r"its date cannot be read.*--on DATE"):
        log_incoming(house, "1", Source("mail", f"{box}#6"), Answers())
    log_incoming(house, "1", Source("mail", f"{box}#6"), Answers(on="2026-02-20"))
    log_incoming(house, "1", Source("mail", f"{box}#5"), Answers(proofs=("need",)))
    found = import_messages(house, str(box))
    assert (found.total, found.known, found.undecided) == (0, 5, [])


def test_a_restored_journal_knows_what_was_taken(house: Workspace, box: Path, tmp_path: Path) -> None:
    import_messages(house, str(box))
    file = tmp_path / "journal.jsonl"
    with file.open("w", encoding="utf-8", newline="") as stream:
        exporting.export_journal(house, stream)
    other = house.settings.__class__(
        environ={"PIPE_DB": str(tmp_path / "other.db"), "PIPE_ME": "lea", "PIPE_CONFIG": str(tmp_path / "c")}
    )
    restoring.restore(other, file)
    assert import_messages(Workspace(other), str(box)).known == 2


def test_a_calendar_comes_in_the_same_way(house: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "a.ics"
    file.write_text(
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n"
        "BEGIN:VEVENT\nUID:u\nSUMMARY:Scope\nDTSTART:20260202T100000Z\nRRULE:FREQ=WEEKLY\n"
        "ATTENDEE:mailto:jeanne@acme.example\nEND:VEVENT\n"
        "BEGIN:VEVENT\nUID:v\nSUMMARY:Later\nDTSTART:20270202T100000Z\nEND:VEVENT\n"
        "BEGIN:VEVENT\nUID:w\nSUMMARY:Lunch\nDTSTART:20260202T100000Z\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    found = import_messages(house, str(file))
    assert (found.total, found.left_out) == (4, 1)
    assert [(u.incoming.place, u.reason) for u in found.undecided] == [
        (f"{file}#1", "it fits no open opportunity")
    ]
    assert [day for day, _text in logged(house, 1)] == [
        "2026-02-02",
        "2026-02-09",
        "2026-02-16",
        "2026-02-23",
    ]
    log_incoming(house, "3", Source("ics", f"{file}#1"), Answers())
    assert logged(house, 3) == [("2026-02-02", "Lunch")]
    with pytest.raises(InvalidInput, match="is a calendar"):
        log_incoming(house, "3", Source("mail", str(file)), Answers())


def test_a_folder_says_what_it_passed_over_and_is_refused_where_it_holds_nothing_else(
    house: Workspace, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    assert import_messages(house, str(folder)).total == 0
    for name in ("notes.txt", "photo.png", ".hidden"):
        (folder / name).write_text("x")
    with pytest.raises(
        InvalidInput, match=r"holds no messages: none of its 2 files is \.eml, \.mbox or \.ics"
    ):
        import_messages(house, str(folder))
    (folder / "deals of May.csv").write_text("name\nA\n")
    with pytest.raises(InvalidInput) as refused:
        import_messages(house, str(folder))
    assert refused.value.message == (
        f"{folder} holds no messages, but 1 spreadsheet; import it by itself: "
        f"pipe import '{folder}/deals of May.csv'"
    )
    (folder / "a.eml").write_text(mail(1, "jeanne@acme.example"))
    found = import_messages(house, str(folder))
    assert (found.total, found.passed_over) == (1, 3)
    assert mail_notes(found) == ["3 files were passed over: they are not .eml, .mbox or .ics"]


def test_a_folder_with_a_broken_calendar_is_imported_but_for_it(house: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.eml").write_text(mail(1, "jeanne@acme.example"))
    (folder / "b.ics").write_text("BEGIN:VCALENDAR\nnonsense\n" + "BEGIN:X\n" * 50)
    found = import_messages(house, str(folder))
    assert found.total == 1 and "cannot be read" in found.undecided[0].reason
    with pytest.raises(InvalidInput, match="cannot be read"):
        import_messages(house, str(folder / "b.ics"))


def test_a_large_mailbox_is_never_held(house: Workspace, tmp_path: Path) -> None:
    def peak(messages: int) -> int:
        file = tmp_path / f"{messages}.mbox"
        with file.open("w") as stream:
            for n in range(messages):
                stream.write(ENVELOPE + mail(n + messages, "jeanne@acme.example") + "word " * 8_000 + "\n\n")
        tracemalloc.start()
        assert import_messages(house, str(file)).total == messages
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    small, large = peak(150), peak(900)  # 6 MB and 36 MB
    assert large < small + 8_000_000


def test_thousands_of_messages_for_one_opportunity_take_seconds(house: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "many.mbox"
    file.write_text("\n".join(ENVELOPE + mail(n, "jeanne@acme.example") for n in range(5_000)))
    begun = time.monotonic()
    assert import_messages(house, str(file)).total == 5_000
    assert time.monotonic() - begun < 60
    with house.read() as reading:
        assert len(exchanges.taken(reading.driver)) == 5_000
        assert exchanges.taken_at(reading.driver, "none") is None
    assert show(house, "1") is not None


@pytest.mark.skipif(REAL is None, reason="PIPECLI_REAL_DATA names no folder")
@pytest.mark.parametrize("folder", ["mail", "ics"])
def test_real_files_are_all_accounted_for(house: Workspace, folder: str) -> None:
    found = import_messages(house, str(Path(REAL or "") / folder))
    assert found.total == 0 and found.undecided
    for one in found.undecided:
        assert one.reason and (one.incoming.day is None or one.incoming.day <= date(2026, 3, 2))
