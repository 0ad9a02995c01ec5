"""Completion in bash, zsh and fish, from the workspace."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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
        ("pipe sta", ["stale", "stages"]),
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
        ("pipe list --so", ["--sort"]),
        ("pipe list --status w", ["won"]),
        ("pipe forecast --by ", ["month", "quarter", "owner", "stage"]),
        ("pipe init --template ", ["b2b", "pme", "services"]),
        ("pipe config d", ["db", "decimal", "date_order"]),
        ("pipe completion z", ["zsh"]),
        ("pipe --demo show ", []),
        ("pipe show 1 ", []),
        ("pipe add ", []),
        ("pipe nosuch ", []),
        ("pipe --", ["--db", "--demo", "--lang", "--version"]),
    ],
)
def test_bash_is_offered(house: Pipe, line: str, expected: list[str]) -> None:
    assert completed(house, line) == expected


def test_zsh_and_fish_show_what_each_is(house: Pipe) -> None:
    assert completed(house, "pipe show ac", "zsh") == ["1:Acme · ERP rollout"]
    assert completed(house, "pipe show ac", "fish") == ["1\tAcme · ERP rollout"]
    assert completed(house, "pipe lose 1 no ", "zsh") == []
    assert completed(house, "pipe sta", "fish") == [
        "stale\tWhat went quiet for longer than its stage allows.",
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
