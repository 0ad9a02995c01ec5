"""`pipe xray`: the truth about a file on one screen, in an empty folder, and the commands it ends with."""

from __future__ import annotations

import io
import json
import os
import shlex
from datetime import date, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from pipecli.render.xray import print_xray
from pipecli.service.import_request import Request
from pipecli.service.xray import see
from pipecli.service.xray_document import document

from .conftest import Pipe

REAL = Path(os.environ.get("PIPECLI_REAL_DATA", "no-such-folder"))
real_data = pytest.mark.skipif(not REAL.is_dir(), reason="PIPECLI_REAL_DATA names no folder")

STAGES = ("Besoin qualifié", "Devis envoyé", "Négociation")
OWNERS = ("Léa", "Marc", "Inès")


def sheet() -> str:
    """A company's own sheet: one opened each other day for a year, half of what ends is won, much is left lying."""
    lines = ["Affaire;Client;Commercial;Montant;Étape;Date de création;Clôture prévue;Motif de perte"]
    for n in range(180):
        opened = date(2025, 11, 25) + timedelta(2 * n)
        planned = opened + timedelta(20 + 7 * n % 60)
        stage, reason = STAGES[n % 3], ""
        if n % 4 and planned < date(2026, 11, 20):
            stage = "Gagnée" if n % 2 else "Perdue"
            reason = ("Prix", "", "Concurrent")[n % 3] if stage == "Perdue" else ""
        amount = "" if n % 10 == 0 else f"{3 + 11 * n % 40} 500,00 €"
        days = f"{opened:%d/%m/%Y};{planned:%d/%m/%Y}"
        lines.append(f"Affaire {n};Client {n % 31};{OWNERS[n * n % 3]};{amount};{stage};{days};{reason}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def folder(environment: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in, with the sheet and nothing else."""
    made = environment / "here"
    made.mkdir()
    (made / "affaires.csv").write_text(sheet(), encoding="cp1252")
    monkeypatch.chdir(made)
    return made


SCREEN = """\
affaires.csv   180 opportunities   64 open €1,235,000   78 wins €1,839,000   38 losses €713,000
From 25 Nov 2025 to 19 Nov 2026, read as of 23 Nov 2026. Nothing is written.

36 of 64 open opportunities, 50 % of the open amount (€618,000), are older than any you ever won (79 days).
  Among them: Client 5 · Affaire 36, €39,500, 291 days; Client 14 · Affaire 76, €39,500, 211 days; Client 23 · Affaire 116, €39,500, 131 days

What is wrong, the worst first
  41  of 64  64 %  open, their close date is past           €745,500
  36  of 64  56 %  open longer than any win took (79 days)  €618,000
  12  of 38  32 %  lost, without a reason                   €193,500
  10  of 64  16 %  open without an amount
  Nowhere in it: next action

The cycle           n      amount    median
  Besoin qualifié  22    €437,500  111 days  12 older than any win
  Devis envoyé     21    €420,000  115 days  12 older than any win
  Négociation      21    €377,500  107 days  12 older than any win
  Won              78  €1,839,000   48 days  9 in 10 within 73, longest 79
  Lost             38    €713,000   50 days  9 in 10 within 74, longest 78
  67 % of the 116 that ended were won
  Lost to: Concurrent 13 · Prix 13

Who holds what    open    amount  older than any win  past close date         won
  Marc              42  €797,500           24   57 %               27  68 % of 78
  Léa               22  €437,500           12   55 %               14  66 % of 38

What history says comes next
                           middle        8 in 10 times
  Nov 2026, from the 24   €27,872        €0 to €77,552
  Dec 2026               €149,148  €67,479 to €265,263
  Jan 2027               €142,055  €65,590 to €263,922
  Won by month     ▁▃▆▇▅▆▅▆▅▅▇▅  €161,000 in Nov 2026, usually €164,000
  Opened by month  ▇▆▅▇▆▆▆▇▆▆▇▁  9 in Nov 2026, usually 15
  Held against 26 past Mondays it missed what came in the 30 days after by 14 %.

Columns taken: account = Client, name = Affaire, owner = Commercial, amount = Montant, stage = Étape, day of opening = Date de création, close date = Clôture prévue, loss reason = Motif de perte
The close date of those won and lost is taken for the day they ended: no column says another.

Bring it in
  pipe init --from affaires.csv   your stages, drafted from the file
  pipe import affaires.csv   all 180 rows land
"""  # noqa: E501


def test_the_screen_says_it_all_and_nothing_is_written(pipe: Pipe, folder: Path, environment: Path) -> None:
    before = sorted(environment.rglob("*"))
    code, out, err = pipe("xray", "affaires.csv")
    assert (code, err) == (0, "")
    assert out == SCREEN
    assert sorted(environment.rglob("*")) == before


@pytest.mark.parametrize("width, most", [(80, 48), (160, 34)])
def test_it_fits_the_terminal_and_uses_a_wide_one(pipe: Pipe, folder: Path, width: int, most: int) -> None:
    from pipecli.config import Settings

    stream = io.StringIO()
    console = Console(file=stream, width=width, height=50, highlight=False, legacy_windows=False)
    print_xray(console, document(see(Settings({}), "affaires.csv", Request())))
    lines = stream.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    assert len(lines) <= most
    beside = any("Who holds what" in line and "What is wrong" in line for line in lines)
    assert beside == (width == 160)


def test_what_an_import_takes_nothing_of_has_no_commands(pipe: Pipe, folder: Path) -> None:
    head = "Id,Name,StageName,Amount,CloseDate,IsClosed,IsWon,IsDeleted,CreatedDate\n"
    Path("gone.csv").write_text(head + "1,A,Discovery,5,2026-05-05,false,false,true,2026-01-01\n")
    out = pipe("xray", "gone.csv").out
    assert "All of it is deleted there: it is counted all the same, but an import takes none of it." in out
    assert out.endswith("\n\nThere is nothing to bring in: each of its rows is deleted there.\n")
    Path("none.csv").write_text("id,name,stage,created\n1,A,Lead,2026-13-45\n")
    last = "\n\nThere is nothing to bring in: an import takes none of its rows as they stand.\n"
    assert pipe("xray", "none.csv").out.endswith(last)


def test_a_file_read_as_of_its_last_day_says_how_to_look_from_today(pipe: Pipe, folder: Path) -> None:
    Path("old.csv").write_text("name,stage,created\nA,Lead,2020-01-05\n")
    words = "read as of that last day; --as-of today looks from today."
    assert words in pipe("xray", "old.csv").out
    assert words not in pipe("xray", "old.csv", "--as-of", "today").out


def test_as_json_it_has_the_same_figures(pipe: Pipe, folder: Path) -> None:
    code, out, _err = pipe("xray", "affaires.csv", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["counts"] == {"n": 180, "open": 64, "won": 78, "lost": 38}
    assert found["currency"] == "EUR"
    assert {fault["fault"] for fault in found["faults"]} == {"older", "late", "unpriced", "unexplained"}
    assert set(found["forecast"]) == {
        "measure", "n_closed", "past_days", "days_ahead", "missed", "months", "total",
    }  # fmt: skip


def test_as_csv_it_has_what_is_wrong_and_quietly_the_lines_of_what_is_too_old(
    pipe: Pipe, folder: Path
) -> None:
    lines = pipe("xray", "affaires.csv", "--csv").out.splitlines()
    assert lines[0] == "fault,k,n,rate,amount,of_amount"
    assert lines[1] == "late,41,64,0.6406,745500,1235000"
    numbers = pipe("xray", "affaires.csv", "-q").out.split()
    assert numbers[:3] == ["38", "78", "118"]


def followed(pipe: Pipe, *words: str) -> list[str]:
    """Runs the commands that a report ends with, as they stand on the screen, and gives what the last one says."""
    out = pipe("xray", *words).out
    commands = [line.split("   ")[0].strip() for line in out.splitlines() if line.startswith("  pipe ")]
    assert [shlex.split(command)[1] for command in commands] == ["init", "import"]
    for command in commands:
        code, said, err = pipe(*shlex.split(command)[1:])
        assert code == 0, err
    return said.splitlines()


def test_the_commands_on_the_screen_bring_the_file_in(pipe: Pipe, folder: Path) -> None:
    assert followed(pipe, "affaires.csv") == ["180 landed, 0 updated, 0 unchanged, 0 rejected."]
    assert pipe("doctor").code == 0
    stages = {record["stage_name"] for record in json.loads(pipe("list", "--json", "--limit", "0").out)}
    assert stages == set(STAGES)
    assert pipe("today").code == pipe("forecast").code == 0


def test_they_do_where_no_header_names_anything(pipe: Pipe, folder: Path) -> None:
    rows = "".join(
        f"Acme {n},{1000 * n},{'Won' if n % 3 else 'Offer made'},2026-0{n}-01\n" for n in range(1, 9)
    )
    (folder / "odd.csv").write_text("who is it,b,c,d\n" + rows)
    assert followed(pipe, "odd.csv") == ["8 landed, 0 updated, 0 unchanged, 0 rejected."]


def test_an_answer_to_a_question_is_one_of_the_commands(pipe: Pipe, folder: Path) -> None:
    (folder / "us.csv").write_text("Name,Stage,Amount,Created\nA,Lead,10,03/04/2026\nB,Won,20,05/06/2026\n")
    out = pipe("xray", "us.csv").out
    assert '  day of opening: the dates of "Created" have two readings, as in "03/04/2026"' in out
    assert "  pipe xray us.csv --dates mdy   if the month comes first" in out
    assert "From 4 Mar 2026 to 6 May 2026" not in out
    assert "From 4 Mar 2026 to 6 May 2026" in pipe("xray", "us.csv", "--dates", "mdy").out.replace("\n", " ")


@pytest.mark.parametrize(
    "words, message",
    [
        (["nowhere.csv"], "there is no file nowhere.csv"),
        (["affaires.csv", "--map", "x=Client"], 'no field "x" can be imported'),
        (["affaires.csv", "--dates", "ymd"], "--dates is one of: dmy, mdy"),
        (["affaires.csv", "--as-of", "2026-01-01"], "the file goes on until"),
        (["affaires.csv", "--stage", "Gagnée"], '"Gagnée" is not LABEL=KEY'),
    ],
)
def test_what_cannot_be_is_one_line(pipe: Pipe, folder: Path, words: list[str], message: str) -> None:
    code, out, err = pipe("xray", *words)
    assert (code, out) == (2, "")
    assert err.startswith(message) and err.count("\n") == 1


def test_what_an_import_takes_otherwise_is_named(pipe: Pipe, folder: Path) -> None:
    (folder / "day.ics").write_text("BEGIN:VCALENDAR\nVERSION:2.0\nEND:VCALENDAR\n")
    code, _out, err = pipe("xray", "day.ics")
    assert (code, err) == (
        2,
        "day.ics holds messages or meetings, not opportunities: pipe import takes them\n",
    )


@real_data
def test_the_commands_for_the_sellers_file_bring_it_in(pipe: Pipe, folder: Path) -> None:
    path = str(REAL / "maven/sales_pipeline.csv")
    assert followed(pipe, path) == ["8800 landed, 0 updated, 0 unchanged, 0 rejected."]


@real_data
def test_the_commands_for_a_history_bring_it_in(pipe: Pipe, folder: Path) -> None:
    words = (str(REAL / f"salesforce_devorg/{name}.csv") for name in ("Opportunity", "OpportunityHistory"))
    opportunities, history = words
    assert followed(pipe, opportunities, "--history", history) == [
        "36 landed, 0 updated, 0 unchanged, 0 rejected."
    ]
