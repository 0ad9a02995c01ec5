"""A company's life on a SQLite file and on PostgreSQL: what every command prints, exits with and writes is the same."""

from __future__ import annotations

import difflib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from pipecli.cli.app import program
from pipecli.cli.commands import declared
from pipecli.store.tables import METADATA

from .agents import agent
from .company.playing import Left, Place, Player, lines_of
from .conftest import Pipe

SCRIPTS = Path(__file__).with_name("company")
LIVES = ("life.txt", "demo.txt")
# A copy of a SQLite workspace is that file, one of a workspace on PostgreSQL its journal; a workbook that a test makes
# says when it was made.
OTHERWISE = {"copy.bak", "book.xlsx"}
NOT_OF_THE_DATABASE = {
    "--demo",
    "--version",
    "-V",
    "--send",
    "--jsonl",
    "--csv",
    "--markdown",
    "--quiet",
    "-q",
}
"""A file of its own, no workspace at all, a model that is asked, and other ways to write what `--json` has."""
SCREENS = {("board",), ("go",), ("mcp",)}
"""What is not a command and its answer: `tests/tui/test_postgres.py` and the agents below are on PostgreSQL too."""
Played = tuple[list[Left], Mapping[str, bytes]]


@pytest.fixture(scope="session")
def sorting(server: str, locales: Path) -> str:
    """How to make databases that sort as a dictionary does and not by bytes; nothing where that cannot be had."""
    where = locales / "fr_FR.UTF-8"
    if shutil.which("localedef"):
        subprocess.run(["localedef", "-i", "fr_FR", "-f", "UTF-8", where], check=False, capture_output=True)
    if not where.exists() and os.environ.get("PIPECLI_REQUIRE_ALL"):
        pytest.fail("there is no French locale to make", pytrace=False)
    return "template template0 encoding 'UTF8' locale 'fr_FR.UTF-8'" if where.exists() else ""


@pytest.fixture
def databases(server: str, sorting: str) -> Iterator[Callable[[], str]]:
    """Makes empty databases in which Lea and Marc work under their own names."""
    made: list[str] = []
    with psycopg.connect(server, autocommit=True) as admin:
        for name in ("lea", "marc"):
            if not admin.execute("select 1 from pg_roles where rolname = %s", [name]).fetchone():
                admin.execute(f"create role {name} login superuser")

        def make() -> str:
            made.append(f"test_{uuid4().hex}")
            admin.execute(f"create database {made[-1]} {sorting}")
            return server.replace("postgres:@", "lea@").replace("/postgres?", f"/{made[-1]}?")

        yield make
        for name in made:
            admin.execute(f"drop database {name} with (force)")


@pytest.fixture
def places(databases: Callable[[], str], environment: Path) -> tuple[Place, Place]:
    """A place on SQLite and one on PostgreSQL, whose addresses are of the same length, so that tables are as wide."""
    here, there, empty = databases(), databases(), databases()
    file, other, third = (f"{environment}/{n}".ljust(len(here) - 3, "-") + ".db" for n in ("a", "b", "c"))
    return (
        Place(lambda who: file, there, other, lambda: None),
        Place(lambda who: here.replace("lea@", f"{who}@"), third, empty, lambda: disorder(here)),
    )


def disorder(address: str) -> None:
    """Bring the rows of every table into an order that no key of theirs gives, and let none be read by its index."""
    with psycopg.connect(address) as connection:
        for way in ("indexscan", "bitmapscan", "nestloop", "mergejoin"):
            connection.execute(f"alter database {connection.info.dbname} set enable_{way} = off")
        for name, table in METADATA.tables.items():
            keys = ", ".join(column.name for column in table.primary_key)
            connection.execute(f"create temp table pile on commit drop as select * from {name}")
            connection.execute(f"delete from {name}")
            connection.execute(f"insert into {name} select * from pile order by md5(concat({keys}))")
            connection.execute("drop table pile")


@pytest.fixture
def play(pipe: Pipe, environment: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Place], Played]:
    """Plays a script at a place, always in the same folder."""

    def run(script: str, place: Place) -> Played:
        with monkeypatch.context() as patch:
            player = Player(pipe, environment / "work", place, patch)
            player.play(SCRIPTS / script)
            files = player.finish()
        if player.wrong:
            pytest.fail("\n".join(player.wrong), pytrace=False)
        return player.left, files

    return run


@pytest.mark.parametrize("script", LIVES)
def test_it_is_the_same_on_both(
    script: str, play: Callable[[str, Place], Played], places: tuple[Place, Place]
) -> None:
    on_file, on_server = (play(script, place) for place in places)
    if found := differences(on_file[0], on_server[0]):
        pytest.fail(found, pytrace=False)
    assert on_file[1].keys() == on_server[1].keys()
    assert [name for name in on_file[1].keys() - OTHERWISE if on_file[1][name] != on_server[1][name]] == []


def differences(on_file: list[Left], on_server: list[Left]) -> str:
    """What commands left otherwise on PostgreSQL, as a diff of each."""
    found = []
    for one, other in zip(on_file, on_server, strict=True):
        if one != other:
            texts = [f"{left.code}\n{left.out}\n{left.err}".splitlines() for left in (one, other)]
            found += [one.line, *difflib.unified_diff(*texts, "sqlite", "postgresql", lineterm="", n=0)]
    return "\n".join(found)


# What an agent asks, tool by tool; then it proposes.
ASKED: list[tuple[str, dict[str, Any]]] = [
    ("list_opportunities", {"status": "all", "sort": "-amount", "where": "amount >= 0 or not has amount"}),
    ("list_opportunities", {"owner": "LEA", "stage": "lead", "limit": 1}),
    ("search", {"text": "a"}),
    ("show_opportunity", {"ref": "erp"}),
    ("explain_gate", {"ref": 1, "to": "negotiation"}),
    ("agenda", {"everybody": True, "days": 30}),
    ("forecast", {"by": "owner"}),
    ("audit", {}),
    ("definition", {}),
]


def test_an_agent_is_answered_the_same_on_both(
    house: Pipe, databases: Callable[[], str], environment: Path
) -> None:
    """Over the protocol; what it proposes is accepted by a person's command."""
    there = databases()
    assert house("db", "copy", str(environment / "pipe.db"), there).code == 0

    def talk(address: str) -> list[object]:
        with agent(PIPE_DB=address) as one:
            found: list[object] = [one.call(tool, **given) for tool, given in ASKED]
            [exchange] = [e["exchange"] for e in one.call("show_opportunity", ref=1)["exchanges"]]
            found.append(one.call("read_exchange", ref=1, exchange=exchange))
            made = [
                one.call(
                    "propose_evidence", ref=1, criterion="problem", exchange=exchange, quote="the scope"
                ),
                one.call("propose_value", ref=1, field="amount", value=52_000, why=f"[{exchange}]"),
                one.call("propose_next_action", ref=1, action="call 🦊 about % and _", due="2026-11-27"),
                one.call("propose_exchange", ref=1, kind="call", text="She will sign", on="2026-11-20"),
                one.call("propose_move", ref=2, to="discovery", why="the need is known"),
            ]
            found += [*made, one.call("list_proposals")]
            for proposal in made[:3]:
                found.append(
                    house("proposals", "accept", str(proposal["proposal"]), env={"PIPE_DB": address})
                )
            found += [one.call("show_opportunity", ref=1), one.call("list_proposals", answered=True)]
            found.append(house("doctor", env={"PIPE_DB": address}).code)
            return found

    for on_file, on_server in zip(talk(str(environment / "pipe.db")), talk(there), strict=True):
        assert on_file == on_server


def test_an_agent_may_what_its_person_may(
    house: Pipe, postgres: str, people: Callable[[str], None], environment: Path
) -> None:
    assert house("db", "copy", str(environment / "pipe.db"), postgres).code == 0
    people(postgres)
    with agent(PIPE_DB=postgres.replace("//postgres", "//rob", 1)) as one:
        refused = one.refused("propose_value", ref=1, field="amount", value=52_000, why="said so")
        assert (
            refused["error"] == "store" and "does not let you write: permission denied" in refused["message"]
        )
        assert (one.call("list_opportunities")["n"], one.call("list_proposals")["n"]) == (4, 0)


def test_every_command_and_option_is_in_the_script() -> None:
    """A new command, or option, has to be tried on PostgreSQL as well."""
    typed: dict[tuple[str, ...], set[str]] = {}
    known = dict(commands(program()))
    for line in (line for script in LIVES for line in lines_of(SCRIPTS / script) if line):
        words = list(line.words)
        while words[0] in ("--db", "--lang"):
            typed.setdefault((), set()).add(words[0])
            del words[:2]
        path = tuple(words[:2]) if tuple(words[:2]) in known else (words[0],)
        typed.setdefault(path, set()).update(word.split("=")[0] for word in words)
    assert {path[:1] for path in known if path} == {(command.name,) for command in declared()}
    assert [path for path in known if path not in typed and path not in SCREENS] == []
    assert [
        (*path, names[0])
        for path, options in known.items()
        if path not in SCREENS
        for names in options
        if not (typed[path] | NOT_OF_THE_DATABASE) & set(names)
    ] == []


def commands(
    command: Any, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], list[tuple[str, ...]]]]:
    """Every command of the program, those of groups too, with the names of each of its options."""
    yield path, [tuple(p.opts) for p in command.params if p.param_type_name == "option"]
    for name in getattr(command, "commands", ()):
        yield from commands(command.commands[name], (*path, name))
