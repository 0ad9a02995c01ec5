"""What keeps the command fast: the modules that each kind of command may load, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import Pipe

# Runs the program, then tells on the last line of stderr which modules it has loaded.
PROBE = """
import sys
from pipecli import entry
code = entry.run(sys.argv[1:])
sys.stdout.flush()
print("\\n" + " ".join(sorted(sys.modules)), file=sys.stderr)
sys.exit(code)
"""
NEVER = {"sqlmodel", "sqlalchemy", "textual", "litellm", "psycopg", "babel", "scipy"}
LEARNING = {"numpy", "plotext", "pipecli.forecasting", "pipecli.service.outlook"}
"""What only commands that learn from the past may load."""
PARSER = {"typer", "rich", "pydantic", "click"}
RULES = {"pipecli.domain.decide", "pipecli.domain.moves", "pipecli.domain.proofs"}


def loaded(*words: str, code: int = 0, **environment: str) -> set[str]:
    """The modules a command has loaded at its end."""
    found = subprocess.run(
        [sys.executable, "-c", PROBE, *words],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert found.returncode == code, found.stderr
    return set(found.stderr.splitlines()[-1].split())


@pytest.mark.parametrize("word", ["--help", "-h", "--version", "-V"])
def test_help_and_version_load_no_parser_and_no_database(pipe: Pipe, word: str) -> None:
    assert not loaded(word) & (NEVER | LEARNING | PARSER | RULES | {"sqlite3", "tomllib"})


@pytest.mark.parametrize("words", ["pipe show ", "pipe show Ac", "pipe prove 1 ", "pipe lose 1 ", "pipe li"])
def test_completion_loads_no_parser_and_no_rules(house: Pipe, words: str) -> None:
    found = loaded(_PIPE_COMPLETE="complete_zsh", _TYPER_COMPLETE_ARGS=words)
    assert not found & (NEVER | LEARNING | PARSER | RULES)


@pytest.mark.parametrize(
    "words, code",
    [
        (["list"], 0),
        (["list", "--json"], 0),
        (["list", "--csv", "--where", "amount > 5k"], 0),
        (["overdue"], 0),
        (["stale"], 0),
        (["today"], 0),
        (["forecast", "changes"], 0),
        (["journal"], 0),
        (["stats"], 0),
        (["stats", "owners"], 0),
        (["audit"], 0),
        (["clean"], 0),
        (["next"], 0),
    ],
)
def test_a_list_loads_no_rules_of_writing(house: Pipe, words: list[str], code: int) -> None:
    assert not loaded(*words, code=code) & (NEVER | LEARNING | RULES | {"tomllib"})


@pytest.mark.parametrize(
    "words",
    [
        ["forecast"],
        ["forecast", "--by", "account", "--json"],
        ["forecast", "--as-of", "2026-11-20"],
        ["forecast", "--explain"],
        ["forecast", "--cash"],
        ["forecast", "backtest", "--horizon", "2d", "--every", "2d"],
        ["focus"],
    ],
)
def test_what_learns_from_the_past_loads_numbers_and_no_chart(house: Pipe, words: list[str]) -> None:
    found = loaded(*words)
    assert not found & (NEVER | RULES | {"tomllib", "plotext"})
    assert {"numpy", "pipecli.forecasting"} <= found


def test_only_what_compares_names_loads_what_compares_letters(house: Pipe) -> None:
    assert "rapidfuzz" in loaded("clean")
    assert "rapidfuzz" not in loaded("list")


def test_only_a_chart_loads_what_draws(house: Pipe) -> None:
    assert "plotext" in loaded("forecast", "--chart")


@pytest.mark.parametrize(
    "words",
    [
        ["list", "--json"],
        ["list", "-q"],
        ["overdue", "--csv"],
        ["forecast", "--json"],
        ["forecast", "--explain", "--json"],
        ["forecast", "backtest", "--horizon", "2d", "--every", "2d", "--json"],
        ["forecast", "changes", "--json"],
        ["stats", "--json"],
        ["stats", "owners", "--csv"],
        ["audit", "--json"],
        ["clean", "--json"],
        ["audit", "-q"],
    ],
)
def test_a_format_for_machines_loads_no_rich(house: Pipe, words: list[str]) -> None:
    assert not loaded(*words) & {"rich.console"}


@pytest.mark.parametrize(
    "words, code",
    [
        (["show", "1"], 0),
        (["why", "1"], 4),
        (["add", "X", "-n", "x", "-d", "+3d"], 0),
        (["done", "1", "We spoke", "-n", "x", "-d", "+3d"], 0),
        (["advance", "1"], 4),
        (["prove", "1", "problem", "They said so"], 0),
        (["undo"], 0),
        (["stages"], 0),
        (["rates"], 0),
        (["forecast", "calibrate"], 0),
        (["doctor"], 0),
    ],
)
def test_nothing_loads_an_orm_or_a_board(house: Pipe, words: list[str], code: int) -> None:
    if words == ["undo"]:
        house("log", "1", "note", "x")
    assert not loaded(*words, code=code) & (NEVER | LEARNING)


def test_the_help_of_the_board_loads_no_board(pipe: Pipe) -> None:
    assert not loaded("board", "--help") & (NEVER | LEARNING | RULES | {"aiohttp", "pipecli.tui"})


def test_a_command_loads_only_its_own_module(house: Pipe) -> None:
    commands = {
        f"pipecli.cli.{p.stem}"
        for p in Path(sys.modules["pipecli.cli.app"].__file__ or "").parent.glob("*.py")
    }
    others = {
        "auditing",
        "backtesting",
        "calibrating",
        "changes",
        "closing",
        "completion",
        "data",
        "everyday",
    }
    others |= {"focusing", "forecasting", "gate", "interview", "progress", "questions", "rates", "setup"}
    others |= {"showing", "stages", "statistics"}
    assert {f"pipecli.cli.{name}" for name in others} <= commands
    assert not loaded("list") & {f"pipecli.cli.{name}" for name in others}


def test_a_csv_loads_no_reader_of_spreadsheets(house: Pipe, environment: Path) -> None:
    (environment / "deals.csv").write_text("name,amount\nERP,5\n")
    assert not loaded("import", str(environment / "deals.csv")) & {
        "python_calamine",
        "pipecli.importers.unpacking",
    }
