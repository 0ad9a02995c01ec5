"""Completion in bash, zsh and fish, from the workspace."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipecli.cli import completion
from pipecli.cli.app import program
from pipecli.service.forecast import GROUPINGS
from pipecli.service.measures import AMOUNT, COUNT

from .conftest import Pipe


def completed(pipe: Pipe, line: str, shell: str = "bash") -> list[str]:
    """What the shell is offered with the cursor at the end of the line."""
    words = line.split(" ")
    env = {"_PIPE_COMPLETE": f"complete_{shell}"}
    if shell == "bash":
        env |= {"COMP_WORDS": "\n".join(words), "COMP_CWORD": str(len(words) - 1)}
    else:
        env |= {"_TYPER_COMPLETE_ARGS": line}
    code, out, err = pipe(env=env)
    assert (code, err) == (0, "")
    return out.splitlines()


@pytest.mark.parametrize(
    "line, expected",
    [
        ("pipe sta", ["stale", "stats", "stages"]),
        ("pipe show ", ["4", "3", "2", "1"]),
        ("pipe show 1", ["1"]),
        ("pipe show acm", ["1"]),
        ("pipe show MAIN", ["2"]),
        ("pipe reopen ", ["6", "5"]),
        ("pipe snooze 1 2", ["2"]),
        ("pipe prove 1 pro", ["problem"]),
        ("pipe done 1 --prove off", ["offer"]),
        ("pipe log 1 m", ["mail", "meeting"]),
        ("pipe lose 1 no", ["no\\ budget", "no\\ decision", "not\\ a\\ fit"]),
        ("pipe advance 1 --to ", ["lead", "discovery", "proposal", "negotiation"]),
        ("pipe list --stage d", ["discovery"]),
        ("pipe list --owner ", ["lea", "marc"]),
        ("pipe handover ", ["lea", "marc"]),
        ("pipe handover lea m", ["marc"]),
        ("pipe stages a", ["adopt"]),
        ("pipe rates ", ["list", "set"]),
        ("pipe stats v", ["velocity"]),
        ("pipe list --so", ["--sort"]),
        ("pipe list --status w", ["won"]),
        ("pipe forecast ", ["backtest", "changes", "calibrate"]),
        ("pipe forecast c", ["changes", "calibrate"]),
        (
            "pipe forecast --by ",
            ["month", "quarter", "owner", "stage", "account", "source", "quote_valid_until"],
        ),
        ("pipe forecast --by a", ["account"]),
        ("pipe stale --by ", ["owner"]),
        ("pipe overdue -m --by o", ["owner"]),
        ("pipe forecast --measure ", ["amount", "count"]),
        ("pipe forecast --load ", []),
        ("pipe forecast --as-known ", []),
        ("pipe forecast backtest --measure c", ["count"]),
        ("pipe forecast backtest --horizon 30d --me", ["--measure"]),
        ("pipe init --template ", ["b2b", "pme", "services"]),
        ("pipe config d", ["db", "decimal", "date_order"]),
        ("pipe completion z", ["zsh"]),
        ("pipe report ", ["weekly", "monthly"]),
        ("pipe report m", ["monthly"]),
        ("pipe report -o ", []),
        ("pipe --demo show ", []),
        ("pipe show 1 ", []),
        ("pipe add ", []),
        ("pipe nosuch ", []),
        ("pipe --", ["--db", "--demo", "--lang", "--version"]),
    ],
)
def test_bash_is_offered(house: Pipe, line: str, expected: list[str]) -> None:
    assert completed(house, line) == expected


NUMBERS = """
[[field]]
key = "effort_days"
type = "number"
label = "Days of work"

[[field]]
key = "margin"
type = "money"

[[field]]
key = "region"
type = "text"
"""


def test_fields_of_the_definition_are_offered_where_they_can_be_used(house: Pipe, environment: Path) -> None:
    file = environment / "new.toml"
    file.write_text(house("stages", "show", "--toml").out + NUMBERS)
    assert house("stages", "adopt", str(file), "--yes").code == 0
    assert completed(house, "pipe forecast --by ")[-4:] == [
        "quote_valid_until", "effort_days", "margin", "region",
    ]  # fmt: skip
    assert completed(house, "pipe forecast --measure ") == ["amount", "count", "effort_days", "margin"]
    assert completed(house, "pipe forecast --load ") == ["effort_days", "margin"]
    assert completed(house, "pipe forecast --load e", "fish") == ["effort_days\tDays of work"]


def test_every_option_with_a_value_is_known_as_one() -> None:
    assert valued(program()) <= completion.VALUED


def valued(parser: Any) -> set[str]:
    """The options of a command and of those below it that take a value."""
    found = {name for p in parser.params if not getattr(p, "is_flag", False) for name in p.opts}
    below = getattr(parser, "commands", {}).values()
    return {name for name in found if name.startswith("-")}.union(*map(valued, below))


def test_what_is_offered_is_what_there_is() -> None:
    assert completion.FIELDS["grouping"][0] == GROUPINGS
    assert completion.FIELDS["measure"][0] == (AMOUNT, COUNT)
    for group, names in completion.GROUPS.items():
        assert set(program().commands[group].commands) == set(names)


def test_zsh_and_fish_show_what_each_is(house: Pipe) -> None:
    assert completed(house, "pipe show ac", "zsh") == ["1:Acme · ERP rollout"]
    assert completed(house, "pipe show ac", "fish") == ["1\tAcme · ERP rollout"]
    assert completed(house, "pipe lose 1 no ", "zsh") == []
    assert completed(house, "pipe sta", "fish") == [
        "stale\tWhat went quiet for longer than its stage allows.",
        "stats\tRates, time in stage, losses, owners, sources.",
        "stages\tThe pipeline definition: stages, criteria, rules.",
    ]


def test_completion_never_fails(pipe: Pipe, environment: Path) -> None:
    assert completed(pipe, "pipe show ") == []
    (environment / "pipe.db").write_bytes(b"not a database")
    assert completed(pipe, "pipe show ") == []
    assert completed(pipe, "pipe show 'unclosed") == []


def test_hostile_names_stay_words(house: Pipe) -> None:
    house("add", "$(touch x) `y` \"z\" 'w' : \x1b[31m", "-n", "x", "-d", "2027-01-04")
    assert completed(house, "pipe show touch", "zsh") == ["7:$(touch x) `y` \"z\" 'w' :  [31m"]
    assert completed(house, "pipe show touch") == ["7"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_each_shell_asks_the_program(pipe: Pipe, shell: str) -> None:
    code, out, _err = pipe("completion", shell)
    assert code == 0 and f"_PIPE_COMPLETE=complete_{shell}" in out
    assert pipe("completion", "tcsh") == (
        2,
        "",
        'no completion for "tcsh"; there is one for: bash, zsh, fish\n',
    )


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
@pytest.mark.parametrize(
    "line, expected",
    [
        ("pipe show ac", ["1"]),
        ("pipe lose 1 not", ["not\\ a\\ fit"]),
        ("pipe stal", ["stale"]),
    ],
)
def test_a_real_bash_completes(house: Pipe, environment: Path, line: str, expected: list[str]) -> None:
    folder = environment / "bin"
    folder.mkdir()
    program = folder / "pipe"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m pipecli "$@"\n')
    program.chmod(0o755)
    words = " ".join(map(shlex.quote, line.split(" ")))
    script = f"""
{house("completion", "bash").out}
COMP_WORDS=({words}); COMP_CWORD={len(line.split(" ")) - 1}
_pipe_completion
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    found = subprocess.run(
        ["bash", "--norc", "-c", script],
        env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert found.stdout.splitlines() == expected
