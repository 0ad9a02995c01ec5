"""Drafting a pipeline: from exports, histories and a workspace's journal, and what is refused."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as trying
from hypothesis import strategies as st
from rich.console import Console

from forecasting.cases import Case, write_csv
from pipecli.config import Settings
from pipecli.domain.fold import on_one_line
from pipecli.errors import InvalidInput, NotFound
from pipecli.render.discovery import print_discovery
from pipecli.service import creating, discovering, doctor
from pipecli.service import stages as definitions
from pipecli.service.discovery import Draft, draft
from pipecli.service.discovery_source import open_discovery
from pipecli.service.import_request import Request
from pipecli.service.importing import import_file
from pipecli.service.workspace import Workspace

REAL = Path(os.environ.get("PIPECLI_REAL_DATA", "no-such-folder"))
real_data = pytest.mark.skipif(not REAL.is_dir(), reason="PIPECLI_REAL_DATA names no folder")
Drafting = Callable[..., Draft]


@pytest.fixture
def drafted(frozen_clock: object, settings: Settings, tmp_path: Path) -> Drafting:
    """The draft of a text as a file; `history` is the text of a history."""

    def run(text: str, history: str = "", currency: str | None = None, **asked: Any) -> Draft:
        (tmp_path / "f.csv").write_text(text)
        if history:
            (tmp_path / "h.csv").write_text(history)
            asked["history"] = str(tmp_path / "h.csv")
        request = Request(**asked)
        found = draft(open_discovery(tmp_path / "f.csv", request), settings, request, currency)
        assert [f for f in definitions.check(found.toml) if f.level == "error"] == []
        return found

    return run


def names(found: Draft) -> list[str]:
    return [stage.name for stage in found.stages]


PLAIN = """\
Deal;Stage;Amount;Probability;Owner;Lost reason
A;Offer;1 200,50 €;50 %;Lea;
B;offer ;5 €;50 %;Lea;
C;New;7 €;10 %;Lea;
D;Closed Won;7 €;100 %;Lea;
E;Closed Lost;7 €;0 %;Lea;Price
F;Abandoned;7 €;0 %;Lea;price
G;Lost to them;7 €;0 %;Lea;Too late
"""


def test_labels_alone_make_a_pipeline(drafted: Drafting) -> None:
    found = drafted(PLAIN)
    assert names(found) == ["New, to be named", "Offer"]
    assert [(s.key, s.labels, s.probability, s.stale_after) for s in found.stages] == [
        ("new", ("New",), 10, None),
        ("offer", (), 50, None),
    ]
    assert (found.pipeline.currency, found.pipeline.won.name, found.pipeline.lost_name) == (
        "EUR", "Closed Won", "Closed Lost",
    )  # fmt: skip
    assert found.pipeline.lost_labels == ("Abandoned", "Lost to them")
    assert list(found.pipeline.loss_reasons) == ["Price", "Too late", "other"]
    practice = found.practice
    assert (practice.total, practice.won, practice.lost, practice.open, practice.told) == (7, 1, 3, 3, 0)
    assert practice.standing == {"offer": 2, "new": 1}
    assert [row.values["stage"] for row in found.rows] == ["offer", "offer", "new", None, None, None, None]


HISTORY = "id,stage,at\n" + "".join(
    f"{n},{stage},2025-{month:02d}-{day:02d}T10:00\n"
    for n in range(12)
    for stage, month, day in (("Offer", 2, 20), ("Lead", 2, 1), ("Talks", 2, 10), ("Signed", 3, 1 + n))
)


def test_a_history_tells_the_order_and_the_days(drafted: Drafting) -> None:
    found = drafted("id,name,stage\n" + "".join(f"{n},N{n},Signed\n" for n in range(12)), HISTORY)
    assert names(found) == ["Lead", "Talks", "Offer"]
    assert [s.stale_after for s in found.stages] == [9, 10, 21]
    assert [s.probability for s in found.stages] == [97, 98, 99]
    assert (found.practice.against, found.practice.told, found.practice.cycle.median.days) == (0, 12, 33)
    assert found.practice.pairs == 36
    assert [len(row.steps) for row in found.rows] == [4] * 12


def test_a_history_alone_is_enough(drafted: Drafting) -> None:
    found = drafted(HISTORY)
    assert names(found) == ["Lead", "Talks", "Offer"]
    assert (found.practice.total, found.practice.won, found.practice.open) == (12, 12, 0)


def test_steps_of_one_instant_say_nothing_of_the_order(drafted: Drafting) -> None:
    one = "1,Offer,2025-01-01\n1,Lead,2025-01-01\n1,Talks,2025-01-01\n"
    two = "2,Lead,2025-01-01\n2,Talks,2025-01-02\n2,Offer,2025-01-03\n"
    found = drafted("id,stage,at\n" + one * 1 + two)
    assert names(found) == ["Lead", "Talks", "Offer"]
    assert [s.use.entered for s in found.stages] == [2, 2, 2]


def test_hubspot_columns_are_a_history_and_pipelines_are_no_part_of_labels(drafted: Drafting) -> None:
    entered = [f'"Date entered ""{label} (Sales)"""' for label in ("Proposal", "Intro", "Closed Won")]
    rows = "".join(
        f"{n},D{n},Closed Won (Sales),2025-02-01,2025-01-{n + 1:02d},2025-03-01\n" for n in range(9)
    )
    found = drafted(f"Record ID,Deal Name,Deal Stage,{','.join(entered)}\n{rows}10,X,Intro,,,\n")
    assert names(found) == ["Intro", "Proposal"]
    assert (found.pipeline.won.name, found.pipeline.won.labels) == ("Closed Won", ())
    assert (found.practice.told, found.practice.standing) == (9, {"intro": 1})


def test_flags_of_an_export_tell_what_a_label_ends(drafted: Drafting) -> None:
    found = drafted(
        "Id,Name,StageName,IsClosed,IsWon,Probability,CloseDate\n"
        "1,A,Parked,1,0,0,2025-01-01\n2,B,Ordered,1,1,100,2025-01-01\n3,C,Talks,0,0,30,2025-01-01\n"
    )
    assert (names(found), found.labels) == (["Talks"], {"Parked": "lost", "Ordered": "won", "Talks": "talks"})
    assert (found.pipeline.won.name, found.pipeline.lost_name) == ("Ordered", "Parked")


def test_what_a_label_means_can_be_said(drafted: Drafting) -> None:
    text = "id,name,stage\n1,A,Done\n2,B,Lost track\n3,C,Talks\n"
    found = drafted(text, stages=("Done=won", "Lost track=open"))
    assert sorted(names(found)) == ["Lost track", "Talks"]
    assert found.labels["Done"] == "won"


def test_too_many_stages_are_made_fewer_and_their_labels_stay_known(
    drafted: Drafting, settings: Settings, tmp_path: Path
) -> None:
    text = "id,name,stage\n" + "".join(f"{n},N{n},Step of {chr(65 + n % 12)}\n" for n in range(60))
    found = drafted(text)
    assert (len(found.stages), len(found.practice.order), len(found.practice.merged)) == (6, 12, 6)
    creating.init(settings, found.toml)
    done = import_file(Workspace(settings), str(tmp_path / "f.csv"))
    assert (done.landed, done.rejected) == (60, [])


WORDS = st.text(
    st.characters(exclude_categories=("C",)) | st.sampled_from("\t\n\u200b\u00ad\ufeff"),
    min_size=1,
    max_size=20,
).filter(on_one_line)


@example(labels=["On  hold", "On\thold ", "On\u200b hold", "On\nhold"])
@example(labels=["0\u1680A", "Ta\u200blk", "On-hold", "on_hold", "-", "_"])
@given(labels=st.lists(WORDS, min_size=1, max_size=15))
@trying(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
def test_what_a_draft_was_made_from_lands_in_it_whole(
    drafted: Drafting, settings: Settings, tmp_path: Path, labels: list[str]
) -> None:
    import csv

    with (tmp_path / "f.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(
            [["id", "name", "stage"], *([n, "N", x] for n, x in enumerate([*labels, "Talks"]))]
        )
    request = Request(encoding="utf-8")
    found = draft(open_discovery(tmp_path / "f.csv", request), settings, request)
    assert [f for f in definitions.check(found.toml) if f.level == "error"] == []
    (tmp_path / "pipe.db").unlink(missing_ok=True)
    creating.init(settings, found.toml)
    done = import_file(Workspace(settings), str(tmp_path / "f.csv"), request)
    assert done.rejected == []


def test_a_draft_is_of_the_day_that_reports_are_made_for(frozen_clock: object, tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("id,name,stage,created\n1,A,Talks,2025-05-01\n2,B,Talks,2025-12-01\n")
    for day, lines in (("2025-06-01", [3]), ("2026-01-01", [])):
        settings = Settings({"PIPE_TODAY": day})
        found = draft(open_discovery(tmp_path / "f.csv", Request()), settings)
        assert [one.line.number for one in found.rejected] == lines


def test_a_label_in_a_hint_can_be_typed(frozen_clock: object, workspace: Workspace, tmp_path: Path) -> None:
    import subprocess

    (tmp_path / "f.csv").write_text('id,name,stage\n1,A,"to\u200bo  ""dear"" $x"\n2,B,Lead\n')
    reason = import_file(workspace, str(tmp_path / "f.csv"), Request()).rejected[0].reason
    shell = ["sh", "-c", "printf %s " + reason.partition("map it: --stage ")[2]]
    assert subprocess.run(shell, capture_output=True, text=True).stdout == 'too "dear" $x=KEY'
    asked = Request(stages=('too "dear" $x=proposal',))
    assert import_file(workspace, str(tmp_path / "f.csv"), asked).rejected == []


@pytest.mark.parametrize(
    ("text", "asked", "line"),
    [
        ("id,name,stage\n", {}, "f.csv has a header and no rows"),
        ("id,name,amount\n1,A,5\n", {}, "no column says the stage; the columns are: id, name, amount"),
        ("id,name,stage\n1,A,\n", {}, '"stage" is blank in every row'),
        ("id,name,stage\n1,A,Won\n2,B,Lost\n", {}, "means won or lost: Won, Lost"),
        ("id,name,stage\n" + "".join(f"{n},A,L{n}\n" for n in range(61)), {}, "has 61 different labels"),
        ("id,name,stage\n1,A,Talks\n", {"stages": ("Talks=lead",)}, "can only be won, lost or open"),
        ("id,name,stage\n1,A,Talks\n2,B,Won\n", {"stages": ("Won=open",)}, "is how an opportunity ends"),
        ("id,name,stage,created\n1,A,Talks,03/04/2025\n", {}, "is the day first"),
        ("id,name,stage,created\n1,A,Talks,2099-01-01\n", {}, "no row could be read; line 2: created"),
        ("id,stage,at\n", {}, "has a header and no rows"),
        ("FirstName,LastName,stage\nA,B,C\n", {}, "is a list of accounts or contacts"),
    ],
)
def test_a_file_that_shows_no_stages_is_refused(
    drafted: Drafting, text: str, asked: dict[str, Any], line: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        drafted(text, **asked)
    assert line in refused.value.message and "\n" not in refused.value.message


@pytest.mark.parametrize(
    ("history", "line"),
    [
        ("id,stage,at\n", "h.csv has a header and no rows"),
        ("id,stage,at\n9,Talks,2025-01-01\n", "none of the identifiers of"),
    ],
)
def test_a_history_of_something_else_is_refused(
    settings: Settings, frozen_clock: object, tmp_path: Path, history: str, line: str
) -> None:
    (tmp_path / "f.csv").write_text("id,name,stage\n1,A,Talks\n")
    (tmp_path / "h.csv").write_text(history)
    request = Request(history=str(tmp_path / "h.csv"))
    with pytest.raises(InvalidInput, match=line):
        discovering.of_file(settings, str(tmp_path / "f.csv"), request)


def test_a_workspace_tells_its_own_cycle(story: Workspace) -> None:
    found = discovering.of_workspace(story)
    assert found.practice.total == found.practice.told == 60
    assert [s.key for s in found.stages] == ["lead", "discovery", "proposal", "negotiation"]
    before = definitions.current_toml(story)[1]
    assert found.toml.count("ask = ") == before.count("ask = ")
    impact = definitions.adopt(story, found.toml, {})
    assert impact.unproven == [] and doctor.doctor(story).faults == []


def test_few_that_stepped_back_leave_the_order_of_the_definition(
    workspace: Workspace, tmp_path: Path
) -> None:
    with workspace.read() as reading:
        keys = [stage.key for stage in reading.pipeline.stages]
    for n, practised in ((9, keys), (10, [keys[0], keys[2], keys[1], *keys[3:]])):
        ids = range(n)
        (tmp_path / "f.csv").write_text("id,name,stage\n" + "".join(f"{i},A{i},{keys[1]}\n" for i in ids))
        (tmp_path / "h.csv").write_text(
            "id,stage,at\n" + "".join(f"{i},{keys[2]},2026-01-05\n{i},{keys[1]},2026-01-06\n" for i in ids)
        )
        import_file(workspace, str(tmp_path / "f.csv"), Request(history=str(tmp_path / "h.csv")))
        found = discovering.of_workspace(workspace).practice
        assert (list(found.order), found.pairs, found.is_of_definition) == (practised, n, n == 9)
        assert found.against == (n if n == 9 else 0)
        words = (
            "Fewer than 10 came to the same two" if n == 9 else "Of the 10 with a history none contradicts"
        )
        assert words in order_words(workspace)


def order_words(workspace: Workspace) -> str:
    console = Console(file=io.StringIO(), width=200)
    print_discovery(console, discovering.of_workspace(workspace))
    stream = console.file
    assert isinstance(stream, io.StringIO)
    return stream.getvalue()


def test_a_workspace_that_is_empty_has_none(workspace: Workspace) -> None:
    with pytest.raises(NotFound, match="no opportunity yet"):
        discovering.of_workspace(workspace)


def test_closed_ones_of_a_plain_import_tell_no_way(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text(
        "id,name,stage,created,closed\n1,A,won,2026-01-01,2026-02-01\n2,B,lead,2026-01-01,\n"
    )
    import_file(workspace, str(tmp_path / "f.csv"))
    practice = discovering.of_workspace(workspace).practice
    assert (practice.total, practice.won, practice.told) == (2, 1, 1)
    assert practice.uses["lead"].entered == 1


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_simulated_lives_is_found(
    frozen_clock: object, settings: Settings, tmp_path: Path, seed: int
) -> None:
    from past_lives import steady

    cases: list[Case] = steady()
    opportunities, history = write_csv(cases, tmp_path)
    lines = history.read_text().splitlines()
    history.write_text("\n".join([lines[0], *sorted(lines[1:], key=lambda line: hash((seed, line)))]) + "\n")
    request = Request(history=str(history))
    found = draft(open_discovery(opportunities, request), settings, request)
    assert [s.key for s in found.stages] == ["lead", "discovery", "proposal", "negotiation"]


def test_pipelines_that_a_file_mixes_are_named(
    settings: Settings, frozen_clock: object, tmp_path: Path
) -> None:
    file = tmp_path / "f.csv"
    file.write_text(
        "Record ID,Deal Name,Deal Stage,Pipeline\n1,A,Talks,Sales\n2,B,Offer,Partners\n3,C,Talks,Sales\n4,D,Talks,\n"
    )
    found = discovering.of_file(settings, str(file), Request())
    assert (found.pipelines, found.system) == ([("Sales", 2), ("Partners", 1)], "HubSpot")
    file.write_text("Record ID,Deal Name,Deal Stage,Pipeline\n1,A,Talks,Sales\n")
    assert discovering.of_file(settings, str(file), Request()).pipelines == []


@real_data
@pytest.mark.parametrize(
    ("file", "history", "order", "counts"),
    [
        ("loans2017/opportunities_h1.csv", "loans2017/history_h1.csv",
         "Application Accepted Offer sent Validating Incomplete", (1878, 576, 1302, 0)),
        ("loans2017/opportunities_q4.csv", "loans2017/history_q4.csv",
         "Application Accepted Offer sent Validating Incomplete", (811, 140, 671, 811)),
        ("maven/sales_pipeline.csv", None, "Prospecting Engaging", (8800, 4238, 2473, 0)),
        ("salesforce_devorg/Opportunity.csv", "salesforce_devorg/OpportunityHistory.csv",
         "Prospecting Needs Analysis Value Proposition Id. Decision Makers Proposal/Price Quote Negotiation/Review",
         (36, 12, 8, 18)),
    ],
)  # fmt: skip
def test_real_files_show_their_cycle(
    settings: Settings, file: str, history: str | None, order: str, counts: tuple[int, int, int, int]
) -> None:
    request = Request(history=str(REAL / history) if history else None)
    found = discovering.of_file(settings, str(REAL / file), request)
    practice = found.practice
    assert " ".join(stage.name for stage in found.stages) == order
    assert (practice.total, practice.won, practice.lost) == counts[:3]
    assert not [fault for fault in definitions.check(found.toml) if fault.level == "error"]
    assert not found.rejected
