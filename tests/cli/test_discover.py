"""`pipe stages discover` and `pipe init --from`: what they print, what they write, what they refuse."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from .conftest import Pipe

LABELS = ("Discovered", "Quoted", "In progress", "Agreed")


@pytest.fixture
def files(environment: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with thirty-six opportunities in `deals.csv` and the past of all but one in `past.csv`."""
    monkeypatch.chdir(environment)
    monkeypatch.setenv("COLUMNS", "80")
    deals, past = ["id,name,stage,amount,created"], ["id,stage,at"]
    for n in range(36):
        far = 2 + n % 3
        end = ("Closed Won", "Closed Lost", "")[0 if far == 4 else 1 if n % 4 else 2]
        deals.append(f"{n},Deal {n},{end or LABELS[0 if n == 4 else far - 1]},{n * 100},2026-01-02")
        if n == 5:
            continue
        past += [f"{n},{label},2026-01-{2 + 5 * k + n % 2:02d}" for k, label in enumerate(LABELS[:far])]
        past += [f"{n},Discovered,2026-01-28"] if n == 4 else []
        past += [f"{n},{end},2026-02-{10 + n % 2}"] if end else []
    (environment / "deals.csv").write_text("\n".join(deals) + "\n")
    (environment / "past.csv").write_text("\n".join(past) + "\n")
    return environment


REPORT = """\
36 opportunities: 12 won, 18 lost, 6 open

Stage        in  open  skip it  go back  days  is won               stale
Discovered   35     1        –        –     5  38 % (23–56) n 29      6 d
Quoted       35     3        –        –     5  38 % (23–56) n 29      5 d
In progress  23     2        –      4 %     5  55 % (34–74) n 20      5 d
Agreed       11     –        –        –    24  100 % (74–100) n 11   28 d

Of the 35 with a history each came to its stages in this order the first time; some went back.
Days are those that won ones stayed, in the median; stale is when nine in ten of them had left.
Rates weigh in what is still open (Aalen–Johansen): of the closed ones alone, 12 of 30 were won. In brackets the 95 % interval.
From opening to win: 39 days in the median (n 11).
To be named after what has happened: In progress.
"""  # noqa: E501
START = "pipe init --from deals.csv --history past.csv"
DISCOVER = ("stages", "discover", "deals.csv", "--history", "past.csv")


def test_the_cycle_is_printed_with_what_to_know_of_it(pipe: Pipe, files: Path) -> None:
    assert pipe(*DISCOVER) == (
        0,
        REPORT,
        f"\nStart with it: {START}\n"
        "Or write it down first: pipe stages discover deals.csv --history past.csv -o pipeline.toml\n",
    )


def test_the_draft_is_written_once_and_passes_the_check(pipe: Pipe, files: Path) -> None:
    code, out, err = pipe(*DISCOVER, "-o", "mine.toml")
    last = "\nThe draft is in mine.toml. Answer its questions, then: pipe stages check mine.toml\n"
    assert (code, out, err) == (0, REPORT, last)
    assert (files / "mine.toml").read_text() == pipe(*DISCOVER, "--toml").out
    code, out, err = pipe("stages", "check", "mine.toml")
    assert (code, err) == (0, "0 errors, 1 to consider.\n")
    assert out.endswith(
        ': consider: "In progress" says nothing: name the stage after what has happened, such as "Proposal sent"\n'
    )
    again = pipe(*DISCOVER, "-o", "mine.toml")
    assert again == (2, "", "mine.toml exists already: name another file for the draft\n")


def test_the_draft_says_what_is_known_and_leaves_the_criteria_as_questions(pipe: Pipe, files: Path) -> None:
    toml = pipe(*DISCOVER, "--toml").out
    start = toml.index("#| 23 came")
    assert (
        toml[start : toml.index("#| 11 came")]
        == """\
#| 23 came here, 0 passed it by, 1 went back from it.
#| 55 % of those that come are won, open ones weighed in (n 20).
#| The 11 won ones stayed 5 days in the median, nine in ten 5 days at most.
# Two people read that name differently: name it after what has happened.
[[stage]]
key = "in-progress"
name = "In progress, to be named"
labels = ["In progress"]
probability = 55
stale_after = "5d" # nine in ten won ones had left it by then
proves = "What is true of everything that stands in In progress, to be named?"

  [[stage.exit]]
  key = "in-progress-proven"
  ask = "What shows that In progress, to be named is done?"
  evidence = "note"
  # Who decides, and how do we know? field = "decision_maker", evidence = "note"
  # Was it discussed with them? exchange = "meeting", within = "30d"

"""
    )


def test_machines_get_every_figure(pipe: Pipe, files: Path) -> None:
    found = json.loads(pipe(*DISCOVER, "--json").out)
    assert found["opportunities"] == {
        "n": 36, "won": 12, "lost": 18, "open": 6, "with_history": 35, "rejected": 0,
    }  # fmt: skip
    assert (found["order"], found["cycle"]) == (
        {"pairs": 114, "against": 0},
        {"won_n": 11, "won_median_days": 39},
    )
    assert found["merges"] == [] and found["pipelines"] == {} and found["stage_column"] == "stage"
    assert {k: v for k, v in found["stages"][2].items() if k != "is_won"} == {
        "stage": "in-progress", "stage_name": "In progress", "came": 23, "skipped": 0, "skipped_share": 0.0,
        "went_back": 1, "went_back_share": 1 / 23, "here": 2, "won_n": 11, "won_median_days": 5,
        "won_p90_days": 5, "stale_after_days": 5, "hardly_used": False, "file_probability": None,
        "draft": "in-progress", "draft_name": "In progress, to be named", "draft_probability": 55,
    }  # fmt: skip
    assert (found["stages"][2]["is_won"]["n"], found["stages"][2]["is_won"]["k"]) == (20, 11)
    assert pipe(*DISCOVER, "-q").out.split() == ["discovered", "quoted", "in-progress", "agreed"]
    assert pipe(*DISCOVER, "--csv").out.startswith("stage,stage_name,came,skipped,skipped_share,went_back,")
    assert pipe(*DISCOVER, "--markdown").out.splitlines()[3] == (
        "| Quoted | 35 | 3 | – | – | 5 | 38 % (23–56) n 29 | 5 d |"
    )


def test_without_a_history_the_labels_are_all_there_is(pipe: Pipe, files: Path) -> None:
    code, out, _err = pipe("stages", "discover", "deals.csv", "--csv")
    assert code == 0 and out.count("\n") == 4
    (files / "many.csv").write_text(
        "id,name,stage,probability\n" + "".join(f"{n},N,Step {n},{10 + 10 * n}\n" for n in range(8))
    )
    assert (
        pipe("stages", "discover", "many.csv").out
        == """\
8 opportunities: 0 won, 0 lost, 8 open

Stage   open  probability
Step 0     1         10 %
Step 1     1         20 %
Step 2     1         30 %
Step 3     1         40 %
Step 4     1         50 %
Step 5     1         60 %
Step 6     1         70 %
Step 7     1         80 %

Nothing here tells how opportunities moved, so that the order is that of their labels: check it. A history says more: --history FILE
9 stages with won and lost as one; 5 to 7 are usual, 8 the most. The draft makes one of:
  Step 0 + Step 1
  Step 2 + Step 3
To be named after what has happened: Step 0, Step 1, Step 2, Step 3, Step 4.
"""  # noqa: E501
    )


def test_what_a_sheet_of_its_own_kind_was_read_from_is_said(pipe: Pipe, files: Path) -> None:
    text = "Affaire;Étape;Pipeline\nERP;Devis;Ventes\nCRM;Contact;Ventes\nWeb;Devis;Service\n"
    (files / "suivi.csv").write_text(text)
    out = pipe("stages", "discover", "suivi.csv").out
    assert (
        out[: out.index("Nothing")]
        == """\
3 opportunities: 0 won, 0 lost, 3 open

Stage    open  probability
Contact     1            –
Devis       2            –

2 pipelines are mixed here: Ventes (2), Service (1). A file of one of them makes a clearer draft.
The stages stand in the column Étape.
"""
    )


def test_a_workspace_starts_from_a_file_and_takes_it_whole(pipe: Pipe, files: Path) -> None:
    assert pipe("init", "--from", "deals.csv", "--history", "past.csv", "--dry-run") == (
        0,
        "",
        "4 stages drafted from deals.csv: Discovered → Quoted → In progress, to be named → Agreed\n"
        "Say nothing yet, to be named after what has happened: In progress. Rename them: pipe stages edit\n"
        f"Made {files / 'pipe.db'}\nDry run: nothing was changed.\n",
    )
    assert not (files / "pipe.db").exists()
    code, out, err = pipe(*shlex.split(START)[1:])
    *_first, made, bring, prove = err.splitlines()
    assert (code, out, made) == (0, "", f"Made {files / 'pipe.db'}")
    assert bring == "Bring it in: pipe import deals.csv --history past.csv"
    assert prove == "What proves each stage is still a question: pipe stages edit"
    done = pipe(*shlex.split(bring.removeprefix("Bring it in: pipe ")))
    assert done == (0, "36 landed, 0 updated, 0 unchanged, 0 rejected.\n", "")
    assert pipe("doctor").code == 0
    own = pipe("stages", "discover", "--workspace")
    assert [line.split() for line in own.out.splitlines()[3:5]] == [
        line.split() for line in REPORT.splitlines()[3:5]
    ]
    assert (
        own.err == "\nYour definition with these figures: pipe stages discover --workspace -o pipeline.toml\n"
    )
    assert pipe("stages", "show").out.count("read as it too: In progress") == 1


def test_a_file_without_names_is_brought_in_by_its_identifiers(pipe: Pipe, files: Path) -> None:
    (files / "bare.csv").write_text("id,stage,amount\nA1,Talks,5\nA2,Offer,7\n")
    err = pipe("init", "--from", "bare.csv").err
    assert "Bring it in: pipe import bare.csv --map name=id\n" in err
    assert (
        pipe("import", "bare.csv", "--map", "name=id").out
        == "2 landed, 0 updated, 0 unchanged, 0 rejected.\n"
    )
    (files / "pipe.db").unlink()
    assert "Bring it in" not in pipe("init", "--from", "past.csv").err


@pytest.mark.parametrize(
    ("words", "code", "line"),
    [
        ("stages discover", 2, "name a file, or read this workspace's own history: --workspace"),
        ("stages discover deals.csv --workspace", 2,
         "--workspace reads the journal: no FILE and no option of one goes with it"),
        ("stages discover --workspace --history past.csv", 2,
         "--workspace reads the journal: no FILE and no option of one goes with it"),
        ("stages discover nowhere.csv", 2, "there is no file nowhere.csv"),
        ("stages discover deals.csv --toml --csv", 2, "choose one format: --toml --csv"),
        ("stages discover deals.csv --currency XX", 2,
         '"XX" is not a currency; write its ISO 4217 code, such as EUR, USD or CHF'),
        ("stages discover deals.csv --dates ymd", 2, "--dates is one of: dmy, mdy"),
        ("stages discover deals.csv -o nowhere/x.toml", 2,
         "nowhere/x.toml cannot be written: No such file or directory"),
        ("init --from nowhere.csv", 2, "there is no file nowhere.csv"),
        ("init --from empty.csv", 2, "empty.csv has a header and no rows"),
        ("init --from deals.csv --template b2b", 2, "choose one: --template NAME or --from FILE"),
        ("init --history past.csv", 2, "options of a file go with --from FILE"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_a_line_and_leaves_nothing(
    pipe: Pipe, files: Path, words: str, code: int, line: str
) -> None:
    (files / "empty.csv").write_text("id,name,stage\n")
    before = sorted(files.iterdir())
    assert pipe(*words.split()) == (code, "", line + "\n")
    assert sorted(files.iterdir()) == before
