"""`pipe undo`: what it says it took back, and where it stops."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .conftest import Pipe


@pytest.fixture
def in_berlin() -> Iterator[None]:
    """The machine's clock is that of Berlin, an hour ahead in winter."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


def test_it_says_what_it_took_back_and_when_that_was_on_the_clock_on_the_wall(
    house: Pipe, in_berlin: None
) -> None:
    house("edit", "1", "--amount", "60k", "--set", "source=web")
    undone = house("undo").out
    assert undone == "Took back edit of 2026-11-23 10:00 on 1: amount €60,000 (was €48,000); source = web\n"
    assert house("undo", "--redo").out == (
        "Done again: what pipe undo took back at 2026-11-23 10:00 on 1: "
        "amount €60,000 (was €48,000); source = web\n"
    )
    house("done", "1", "Went through it all", "-n", "mail", "-d", "+3d")
    assert house("undo").out == (
        "Took back done of 2026-11-23 10:00 on 1: next action done; call: Went through it all; "
        "next 2026-11-26: mail\n"
    )


def test_so_does_the_journal(house: Pipe) -> None:
    house("edit", "1", "--amount", "60k")
    house("undo")
    house("undo", "--redo")
    did = [line[line.index("lea") :] for line in house("journal", "1", "--limit", "3").out.splitlines()[-3:]]
    assert did == [
        "lea  amount €60,000 (was €48,000)",
        "lea  took back: amount €60,000 (was €48,000)",
        "lea  did again: amount €60,000 (was €48,000)",
    ]
    assert house("journal", "1", "--limit", "1").out.endswith("lea  took back: undo\n")


def test_an_adopted_definition_stops_it_with_the_way_back(house: Pipe, environment: Path) -> None:
    text = house("stages", "show", "--toml").out
    (environment / "my.toml").write_text(text.replace("Qualified lead", "Good lead"))
    house("log", "1", "note", "x")
    assert house("stages", "adopt", str(environment / "my.toml")).code == 0
    refused = house("undo")
    assert refused == (
        5,
        "",
        "your last command put definition 2 in force, and that is not undone; to go back to the former "
        "one: pipe stages show 1 --toml > former.toml && pipe stages adopt former.toml\n",
    )
    former = house("stages", "show", "1", "--toml").out
    assert former == text
    (environment / "former.toml").write_text(former)
    assert house("stages", "adopt", str(environment / "former.toml")).out == "Definition 3 is in force.\n"
    assert house("stages", "show", "4", "--toml") == (
        3,
        "",
        "there is no version 4 of the definition; the last one is 3\n",
    )


def test_an_erasure_stops_it(house: Pipe) -> None:
    house("log", "1", "note", "x")
    assert house("forget", "Ida Berg", "--yes").code == 0
    before = house("journal", "-q", "--limit", "0").out
    assert house("undo") == (
        5,
        "",
        "your last command erased a person and cannot be taken back; what came before: pipe journal --actor lea\n",
    )
    assert house("journal", "-q", "--limit", "0").out == before


def test_after_a_restore_it_takes_back_what_the_workspace_ends_with_and_says_what(
    house: Pipe, environment: Path, at: Callable[[str], None]
) -> None:
    copy = str(environment / "copy.db")
    house("log", "1", "note", "x")
    assert house("db", "backup", copy).code == 0
    house("log", "1", "note", "y")
    at("2026-11-24")
    assert house("db", "restore", copy).code == 0
    assert house("undo").out == "Took back log of 2026-11-23 09:00 on 1: note: x\n"


def test_where_nothing_came_before_there_is_nothing_to_undo(pipe: Pipe) -> None:
    pipe("init")
    assert pipe("undo") == (5, "", "lea has nothing to undo\n")


def test_a_stage_that_is_no_more_is_told_by_its_name(house: Pipe, environment: Path) -> None:
    text = house("stages", "show", "--toml").out
    (environment / "my.toml").write_text(text.replace('key = "discovery"', 'key = "visit"'))
    adopted = house("stages", "adopt", str(environment / "my.toml"), "--move", "discovery=visit")
    assert adopted.code == 0, adopted.err
    assert "Qualified lead → Discovery\n" in house("journal", "1").out
    assert "discovery" not in house("journal", "1").out


def test_french_has_its_space_before_a_colon(house: Pipe) -> None:
    house("log", "1", "note", "salut")
    assert (
        house("--lang", "fr", "journal", "1", "--limit", "1")
        .out.replace("\xa0", " ")
        .endswith("note : salut\n")
    )


def test_what_is_done_again_is_told_with_the_names_it_brings_back(house: Pipe) -> None:
    house("edit", "1", "--set", "account=New Co", "--set", "contact=Max M <m@n.example>")
    house("undo")
    assert house("undo", "--redo").out.endswith("; account = New Co, contact = Max M\n")
