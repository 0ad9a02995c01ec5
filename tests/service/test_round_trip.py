"""What is exported comes back: nothing changes where it came from, and elsewhere the same opportunities stand."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipecli import clock
from pipecli.config import Settings
from pipecli.domain import decide
from pipecli.domain import events as ev
from pipecli.errors import InvalidInput
from pipecli.exporters.wording import clean
from pipecli.service import creating, doctor, exporting, gates, opportunities, undoing, workbook
from pipecli.service.answers import Answers
from pipecli.service.importing import Imported, Request, import_file
from pipecli.service.workspace import Workspace
from pipecli.store.sqlite import SqliteDriver

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DEFINITION = """
name = "Every field"
currency = "EUR"
timezone = "Europe/Paris"
loss_reasons = ["price", { key = "later", label = "Not now" }, "other"]

[[field]]
key = "effort"
type = "number"

[[field]]
key = "licences"
type = "money"

[[field]]
key = "urgent"
type = "yes/no"

[[field]]
key = "quoted_on"
type = "date"

[[field]]
key = "size"
type = "choice"
choices = ["Small", "large, or so", "=9"]

[[field]]
key = "Notes"
type = "text"

[[stage]]
key = "lead"
name = "offer"
probability = { default = 10, min = 5, max = 30 }
exit = [{ key = "need", ask = "What proves it?", evidence = "note" }]

[[stage]]
key = "offer"
name = "lead"
probability = { default = 40, min = 0, max = 100 }
exit = [{ key = "offered", ask = "What proves it?", evidence = "note" }]

[[stage]]
key = "signing"
name = "Signing"
probability = 90
exit = [{ key = "ready", ask = "What proves it?", evidence = "note" }]
"""
# What no file of opportunities has: what was said and proven, and the number here.
NOT_CARRIED = ("id", "last_exchange_on", "stale")

Write = Callable[[Workspace, Path], str]


def as_csv(workspace: Workspace, folder: Path) -> str:
    path = folder / "out.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        exporting.export_csv(workspace, stream)
    return str(path)


def as_json(workspace: Workspace, folder: Path) -> str:
    path = folder / "out.json"
    with path.open("w", encoding="utf-8", newline="") as stream:
        exporting.export_json(workspace, stream)
    return str(path)


def as_xlsx(workspace: Workspace, folder: Path) -> str:
    path = folder / "out.xlsx"
    with path.open("wb") as stream:
        workbook.export_xlsx(workspace, stream)
    return str(path)


FORMS: list[Write] = [as_csv, as_json, as_xlsx]


def records(workspace: Workspace) -> list[dict[str, Any]]:
    out = io.StringIO()
    exporting.export_json(workspace, out)
    return [{k: v for k, v in r.items() if k not in NOT_CARRIED} for r in json.loads(out.getvalue())]


def counts(found: Imported) -> tuple[int, int, int, int, int]:
    return found.landed, found.updated, found.unchanged, len(found.rejected), len(found.differences)


def head(workspace: Workspace) -> int:
    with workspace.read() as reading:
        return reading.header.head


@contextmanager
def houses() -> Iterator[tuple[Workspace, Workspace, Path]]:
    """Two workspaces of one definition, the second empty, and a folder."""
    clock.freeze(NOW)
    with tempfile.TemporaryDirectory() as folder:
        places = []
        for name in ("one", "two"):
            environ = {
                "PIPE_DB": f"{folder}/{name}.db",
                "PIPE_ME": "lea",
                "PIPE_CONFIG": f"{folder}/config.toml",
            }
            creating.init(Settings(environ=environ), DEFINITION)
            places.append(Workspace(Settings(environ=environ)))
        yield places[0], places[1], Path(folder)
    clock.freeze(None)


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """What survives a power cut is not asked here."""
    run = SqliteDriver.run
    monkeypatch.setattr(
        SqliteDriver, "run", lambda self, sql, p=None: run(self, sql.replace("=full", "=off"), p)
    )


TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), min_size=1, max_size=12)
NASTY = st.sampled_from(
    ["=1+1", "'=1", "''-2", "-5", "-5,5", "+33", "@x", "'", '"', "a\nb", "a\r\nb", "Total", "1,234", "03/04/2026",
     "Größe; Ü,", "x;y\tz", "TRUE", "0012", "1e5", "#REF!", "é", "\u202eabc", "_x000D_", "id", "won"]
)  # fmt: skip
WORDS = st.one_of(NASTY, TEXT).map(str.strip).filter(bool)
PLAIN = st.sampled_from(["Acme", "acme", "Total", "Jeanne O'Neil", "=Acme", "Müller & Co", "x<y"])
DAYS = st.integers(0, 400).map(lambda n: date(2025, 1, 1) + timedelta(n))
OWN = st.fixed_dictionaries(
    {},
    optional={
        "effort": st.one_of(
            st.integers(-(10**6), 10**6), st.floats(-1e6, 1e6, allow_nan=False), st.just(1e-7)
        ),
        "licences": st.integers(0, 10**11),
        "urgent": st.booleans(),
        "quoted_on": DAYS.map(date.isoformat),
        "size": st.sampled_from(["Small", "large, or so", "=9"]),
        "Notes": WORDS,
    },
)
ONE = st.fixed_dictionaries(
    {
        "name": WORDS,
        "owner": WORDS,
        "amount": st.none()
        | st.tuples(st.integers(0, 10**11), st.sampled_from(["EUR", "JPY", "KWD", "USD"])),
        "close_date": st.none() | DAYS,
        "next_action": st.none() | st.tuples(WORDS, st.integers(-40, 40)),
        "account": st.none() | PLAIN,
        "contact": st.none() | PLAIN,
        "decision_maker": st.none() | PLAIN,
        "source": st.none() | WORDS,
        "tags": st.lists(st.sampled_from(["big", "=x", "é", "won"]), unique=True, max_size=2),
        "own": OWN,
        "days": st.lists(DAYS, min_size=3, max_size=3).map(sorted),
        "stage": st.sampled_from(["lead", "offer", "signing"]),
        "percent": st.none() | st.integers(5, 30),
        "end": st.sampled_from(["", "", "won", "price", "later", "gone"]),
        "why": st.none() | WORDS,
    }
)


def kept_by_a_sheet(value: Any) -> Any:
    """A sheet keeps no control characters and fifteen digits of a number."""
    if isinstance(value, str):
        return value and (clean(value).strip() or "x")
    if isinstance(value, float):
        return float(format(value, ".9g"))
    if isinstance(value, dict):
        return {key: kept_by_a_sheet(one) for key, one in value.items()}
    return type(value)(map(kept_by_a_sheet, value)) if isinstance(value, tuple | list) else value


def fill(workspace: Workspace, lives: list[dict[str, Any]]) -> None:
    """Opportunities as commands would have made them, their moves not judged."""
    with workspace.commit("test") as unit:
        for life in lives:
            number, decision = unit.opening()
            account = unit.account(life["account"]) if life["account"] else None
            people = {
                key: unit.contact(life[key], None, account) if life[key] else None
                for key in ("contact", "decision_maker")
            }
            values = {**people, "account": account, "source": life["source"], "tags": tuple(life["tags"])}
            opened, moved, ended = life["days"]
            decide.open_opportunity(
                decision,
                number=number,
                name=life["name"],
                owner=life["owner"],
                on=opened,
                amount=life["amount"],
                values={**values, **life["own"]},
                close_date=life["close_date"],
                next_action=("x", unit.today),
            )
            if life["stage"] != "lead" and moved > opened:
                move = {"from": "lead", "to": life["stage"], "definition": unit.pipeline.version}
                decision.record(ev.STAGE_IMPORTED, move, moved)
            if life["percent"] is not None and decision.state.stage == "lead":
                decide.adjust_probability(decision, life["percent"], "so it is", moved)
            if life["next_action"]:
                text, days = life["next_action"]
                due = (unit.today + timedelta(days)).isoformat()
                decision.record(ev.NEXT_ACTION_SET, {"due": due}, text=text)
            if life["end"]:
                payload = {"from": decision.state.stage, "definition": unit.pipeline.version}
                if life["end"] != "won":
                    payload["reason"] = life["end"] if life["end"] != "gone" else None
                decision.record(ev.WON if life["end"] == "won" else ev.LOST, payload, ended, life["why"])


@pytest.mark.parametrize("form", FORMS)
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(lives=st.lists(ONE, min_size=1, max_size=5))
def test_whatever_is_exported_comes_back(form: Write, lives: list[dict[str, Any]]) -> None:
    with houses() as (one, two, folder):
        fill(one, kept_by_a_sheet(lives) if form is as_xlsx else lives)
        before, at = records(one), head(one)
        file = form(one, folder)
        assert counts(import_file(one, file)) == (0, 0, len(lives), 0, 0)
        assert (head(one), records(one)) == (at, before)
        landed = import_file(two, file)
        assert counts(landed) == (len(lives), 0, 0, 0, 0), [r.reason for r in landed.rejected]
        assert records(two) == before
        assert counts(import_file(two, file)) == (0, 0, len(lives), 0, 0)
        assert counts(import_file(one, form(two, folder))) == (0, 0, len(lives), 0, 0)
        assert doctor.doctor(two).faults == []


@pytest.fixture
def filled(workspace: Workspace) -> Workspace:
    """Two open, one of them past its gate; one lost."""
    fields = ("account=Acme", "contact=Jeanne", "tags=a,b", "close_date=2026-06-01")
    opportunities.add(workspace, "ERP", Answers(sets=fields, amount="48000.50", next="=call", due="+3d"))
    opportunities.add(workspace, "Kiosk", Answers(amount="USD 900", next="mail", due="today"))
    opportunities.add(workspace, "Audit", Answers(next="mail", due="today"))
    gates.lose(workspace, "3", "price", "too dear")
    return workspace


def edited(file: str, edits: dict[str, dict[str, str]], only: list[str] | None = None) -> str:
    """The exported file with cells changed by the name of the row, and only some of its columns kept."""
    path = Path(file)
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [row | edits.get(row["name"], {}) for row in csv.DictReader(stream)]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, only or list(rows[0]), extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return file


def test_edited_rows_update_what_was_edited_and_say_what(filled: Workspace, tmp_path: Path) -> None:
    edits = {
        "ERP": {"amount": "52000", "tags": "a, c", "next_due": "2026-03-09", "contact": ""},
        "Kiosk": {"name": "Kiosks", "owner": "marc", "close_date": "2026-09-30"},
    }
    found = import_file(filled, edited(as_csv(filled, tmp_path), edits))
    assert counts(found) == (0, 2, 1, 0, 0)
    assert [(u.ref, sorted(u.fields)) for u in found.updates] == [
        (1, ["amount", "contact", "next_action", "tags"]),
        (2, ["close_date", "name", "owner"]),
    ]
    erp, kiosk, _audit = records(filled)
    assert (erp["amount"], erp["tags"], erp["contact"]) == (52000, ["a", "c"], None)
    assert (erp["next_action"], erp["next_due"], erp["close_date"]) == ("=call", "2026-03-09", "2026-06-01")
    assert (kiosk["name"], kiosk["owner"], kiosk["close_date"]) == ("Kiosks", "marc", "2026-09-30")
    assert doctor.doctor(filled).faults == []
    undoing.undo(filled)
    assert [r["name"] for r in records(filled)] == ["ERP", "Kiosk", "Audit"]
    assert counts(import_file(filled, as_csv(filled, tmp_path))) == (0, 0, 3, 0, 0)


def test_what_a_file_cannot_change_is_said_and_left(filled: Workspace, tmp_path: Path) -> None:
    """A stage is gone to through its gate, a probability needs a reason, and what is past stays."""
    edits = {
        "ERP": {"stage": "proposal", "probability": "20"},
        "Kiosk": {"status": "won", "closed_on": "2026-03-02"},
        "Audit": {"loss_reason": "timing", "outcome_reason": "too late"},
    }
    found = import_file(filled, edited(as_csv(filled, tmp_path), edits))
    told = {(d.ref, d.field, d.here, d.file) for d in found.differences}
    assert told == {
        (1, "stage", "lead", "proposal"),
        (1, "probability", "10", "20"),
        (2, "stage", "lead", "won"),
        (3, "loss_reason", "price", "timing"),
    }
    assert counts(found) == (0, 0, 3, 0, 4)
    assert [r["status"] for r in records(filled)] == ["open", "open", "lost"]


def test_a_file_with_few_columns_left_still_knows_its_rows(filled: Workspace, tmp_path: Path) -> None:
    before = records(filled)
    file = edited(as_csv(filled, tmp_path), {"ERP": {"amount": "1"}}, ["id", "uid", "name", "amount"])
    assert counts(import_file(filled, file)) == (0, 1, 2, 0, 0)
    assert records(filled)[0] == before[0] | {"amount": 1, "weighted": 0.1}
    assert records(filled)[1:] == before[1:]


def test_a_spreadsheet_may_write_days_and_amounts_its_own_way(filled: Workspace, tmp_path: Path) -> None:
    """As one in French does with semicolons; what says the same changes nothing."""
    with Path(as_csv(filled, tmp_path)).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        for key in ("close_date", "next_due", "created_on", "closed_on", "stage_entered_on"):
            year, month, day = row[key].split("-") if row[key] else ("", "", "")
            row[key] = f"{day}/{month}/{year}" if year else ""
        row["amount"] = row["amount"].replace(".", ",")
        row["stale"] = row["stale"].upper()
    path = tmp_path / "edited.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), delimiter=";", lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
    found = import_file(filled, str(path), Request(dates="dmy"))
    assert (counts(found), found.system) == ((0, 0, 3, 0, 0), "pipecli")
    assert found.unread == []


def test_a_row_without_an_identifier_is_a_new_opportunity_once(filled: Workspace, tmp_path: Path) -> None:
    file = as_csv(filled, tmp_path)
    with Path(file).open(encoding="utf-8", newline="") as stream:
        header = next(csv.reader(stream))
    new = dict.fromkeys(header, "") | {"name": "Fair", "amount": "700", "stage": "lead"}
    for text in ("", "12"):
        Path(file).write_text(",".join(header) + "\n" + ",".join((new | {"uid": text}).values()) + "\n")
        found = import_file(filled, file)
        assert counts(found) == ((1, 0, 0, 0, 0) if not text else (0, 0, 0, 1, 0))
    reason = '"12" is none that pipe gave; leave it blank for a new opportunity'
    assert [row.reason for row in found.rejected] == [f"uid: {reason}"]


def test_what_was_taken_back_can_be_imported_again() -> None:
    with houses() as (one, two, folder):
        with one.commit("test") as unit:
            number, decision = unit.opening()
            decide.open_opportunity(
                decision, number=number, name="A", owner="o", on=unit.today, next_action=("x", unit.today)
            )
        file = as_csv(one, folder)
        for _time in range(2):
            assert counts(import_file(two, file)) == (1, 0, 0, 0, 0)
            assert records(two) == records(one)
            undoing.undo(two)
            assert records(two) == []
        assert doctor.doctor(two).faults == []


def test_a_cut_or_damaged_json_is_refused_whole(filled: Workspace, tmp_path: Path) -> None:
    text = Path(as_json(filled, tmp_path)).read_text()
    for broken in (text[:-3], text[: len(text) // 2], text.replace("null", "NaN", 1), text + "x"):
        path = tmp_path / "broken.json"
        path.write_text(broken)
        with pytest.raises(InvalidInput, match=r"cannot be read as JSON from line \d+; export it again"):
            import_file(filled, str(path))
    assert len(records(filled)) == 3
