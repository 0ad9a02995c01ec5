"""Files of every kind that can come in, bytes changed, cut and put in: read or refused, never anything else."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipecli.errors import PipeError
from pipecli.service import exporting, opportunities, restoring, workbook
from pipecli.service.answers import Answers
from pipecli.service.importing import Request, import_file
from pipecli.service.mail import import_messages, is_mail
from pipecli.service.workspace import Workspace

REAL = Path(os.environ.get("PIPECLI_REAL_DATA", "no-such-folder"))
LONGEST = 20_000
SECONDS = 20

HUBSPOT = """\
Record ID,Deal Name,Deal Stage,Deal owner,Amount,Create Date,Close Date,Associated Company (Primary)
1,ERP,Discovery,marc,"48,000.50",2026-01-05 10:00,2026-06-01,Acme
2,"Audit, new",Closed Won,ines,1500,2026-01-06,2026-02-03,Borel
"""
MESSAGE = b"""From x@y.example Mon Jan  5 10:00:00 2026
From: Jeanne <jeanne@acme.example>
Subject: =?utf-8?q?d=C3=A9j=C3=A0?=
Date: Mon, 5 Jan 2026 10:00:00 +0100
Content-Type: multipart/alternative; boundary="b"

--b
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

<p>Hello =C3=A9</p>
--b--

"""
CALENDAR = b"""BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:1
DTSTART;TZID=Europe/Paris:20260102T100000
RRULE:FREQ=WEEKLY;COUNT=3
SUMMARY:Call
ATTENDEE:mailto:jeanne@acme.example
END:VEVENT
END:VCALENDAR
"""


class Files(dict[str, bytes]):
    """Files by their names, that are too long to be shown."""

    def __repr__(self) -> str:
        return "files"


def written(workspace: Workspace, folder: Path) -> dict[str, bytes]:
    """The files."""
    for form, write in (("csv", exporting.export_csv), ("json", exporting.export_json)):
        with (folder / f"own.{form}").open("w", encoding="utf-8", newline="") as stream:
            write(workspace, stream)
    with (folder / "own.jsonl").open("w", encoding="utf-8", newline="") as stream:
        exporting.export_journal(workspace, stream)
    with (folder / "own.xlsx").open("wb") as binary:
        workbook.export_xlsx(workspace, binary)
    own = {path.name: path.read_bytes() for path in folder.glob("own.*")}
    return {**own, "deals.csv": HUBSPOT.encode(), "mail.mbox": MESSAGE * 2, "c.ics": CALENDAR}


def real() -> dict[str, bytes]:
    """The beginnings of the real files, by their names."""
    found = (path for path in sorted(REAL.rglob("*")) if path.is_file() and path.suffix != ".md")
    return {path.name: path.read_bytes()[:LONGEST] for path in found}


def bring_in(workspace: Workspace, path: Path) -> None:
    """Import a file as the command does, without writing."""
    if is_mail(str(path)):
        import_messages(workspace, str(path), dry_run=True)
    elif restoring.is_journal(path):
        restoring.restore(workspace.settings, path, dry_run=True)
    else:
        import_file(workspace, str(path), Request(dates="dmy", decimal="."), dry_run=True)


PIECES = st.sampled_from(
    [b"", b"\x00", b"\xff\xfe", b'"', b"'", b"\n", b"\r", b",", b";", b"\xe9", b"{", b"]", b"-", b"9" * 400, b"=",
     b"\xf0\x9f\x99\x82", b"<", b"&#x0;", b"\xed\xa0\x80", b"\\ud800", b"1e999999", b"PK\x03\x04"]
)  # fmt: skip
CHANGES = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 20), st.one_of(PIECES, st.binary(max_size=4))),
    min_size=1,
    max_size=6,
)


def damaged(raw: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
    for where, gone, piece in changes:
        place = int(where * len(raw))
        raw = raw[:place] + piece + raw[place + gone :]
    return raw


def read_or_refused(workspace: Workspace, path: Path) -> None:
    begun = time.monotonic()
    try:
        bring_in(workspace, path)
    except PipeError as error:
        assert error.message and "\n" not in error.message
    assert time.monotonic() - begun < SECONDS


@pytest.fixture
def filled(workspace: Workspace) -> Workspace:
    sets = (
        "account=Acme",
        "contact=Jeanne <jeanne@acme.example>",
        "tags=a,b",
        "quote_valid_until=2026-05-31",
    )
    opportunities.add(workspace, "ERP", Answers(sets=sets, amount="48000.50", next="=call", due="+3d"))
    opportunities.add(workspace, "Kiosk", Answers(amount="USD 900", next="mail", due="today"))
    return workspace


@pytest.fixture
def files(filled: Workspace, tmp_path: Path) -> Files:
    """One file of each kind, by its name."""
    folder = tmp_path / "own"
    folder.mkdir()
    return Files(written(filled, folder))


FUZZED = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@FUZZED
@given(
    st.sampled_from(["own.csv", "own.json", "own.jsonl", "own.xlsx", "deals.csv", "mail.mbox", "c.ics"]),
    CHANGES,
)
def test_what_is_damaged_is_read_or_refused(
    filled: Workspace,
    files: Files,
    tmp_path: Path,
    name: str,
    changes: list[tuple[float, int, bytes]],
) -> None:
    path = tmp_path / name
    path.write_bytes(damaged(files[name], changes))
    read_or_refused(filled, path)


@pytest.mark.skipif(not REAL.is_dir(), reason="PIPECLI_REAL_DATA names no folder")
@FUZZED
@given(st.data(), CHANGES)
def test_real_files_that_are_damaged_are_read_or_refused(
    filled: Workspace, tmp_path: Path, data: st.DataObject, changes: list[tuple[float, int, bytes]]
) -> None:
    files = real()
    name = data.draw(st.sampled_from(sorted(files)))
    path = tmp_path / name
    path.write_bytes(damaged(files[name], changes))
    read_or_refused(filled, path)


def test_an_undamaged_one_of_each_kind_comes_in(filled: Workspace, files: Files, tmp_path: Path) -> None:
    """So that the damaged ones are not refused for another reason."""
    for name, raw in files.items():
        path = tmp_path / name
        path.write_bytes(raw)
        if name == "own.jsonl":
            with pytest.raises(PipeError, match="holds something already"):
                bring_in(filled, path)
        else:
            bring_in(filled, path)
