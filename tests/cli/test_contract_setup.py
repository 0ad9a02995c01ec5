"""The contract of set-up: init, stages, config, doctor, help and version."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from pipecli import __version__
from pipecli.cli.commands import declared

from .conftest import Pipe

Unchanged = Callable[[], AbstractContextManager[None]]


def test_init_makes_a_workspace_once(pipe: Pipe, environment: Path) -> None:
    file = environment / "pipe.db"
    assert pipe("init", "--dry-run") == (0, "", f"Made {file}\nDry run: nothing was changed.\n")
    assert not file.exists()
    assert pipe("init") == (
        0,
        "",
        f"Made {file}\n"
        "The stages are a start: make them your own with pipe stages edit.\n"
        'Then: pipe add "ERP rollout" 48k -a Acme -n "call Jeanne" -d fri\n',
    )
    assert file.stat().st_mode & 0o777 == 0o600
    assert pipe("init") == (6, "", f"{file} exists already; nothing was changed\n")


@pytest.mark.parametrize(
    "template, stages",
    [
        ("b2b", ["lead", "discovery", "proposal", "negotiation", "won"]),
        ("pme", ["lead", "decouverte", "proposition", "negociation", "won"]),
    ],
)
def test_init_starts_from_a_template_and_a_currency(pipe: Pipe, template: str, stages: list[str]) -> None:
    assert pipe("init", "--template", template, "--currency", "CHF")[0] == 0
    assert pipe("stages", "-q").out.split() == stages
    assert json.loads(pipe("stages", "show", "--json").out)["currency"] == "CHF"


def test_init_refuses_what_it_does_not_know_and_leaves_nothing(pipe: Pipe, environment: Path) -> None:
    assert pipe("init", "--template", "other") == (
        3,
        "",
        'no template "other"; the templates are: b2b, pme, services\n',
    )
    assert pipe("init", "--currency", "XXX")[0] == 2
    assert list(environment.glob("pipe.db*")) == []


def test_stages_are_shown_checked_and_adopted(house: Pipe, environment: Path) -> None:
    toml = house("stages", "show", "--toml").out
    file = environment / "mine.toml"
    file.write_text(toml.replace('name = "Discovery"', 'name = "Need understood"'))
    assert house("stages", "check", str(file)).code == 0
    adopted = house("stages", "adopt", str(file))
    assert adopted == (
        0,
        "Definition 2 is in force.\n",
        "stage renamed: Discovery → Need understood\nNo open opportunity becomes unproven.\n",
    )
    assert house("stages", "adopt", str(file)) == (
        5,
        "",
        "No rule changes.\nNo open opportunity becomes unproven.\n"
        "this definition is in force already (version 2)\n",
    )
    assert json.loads(house("show", "1", "--json").out)["stage_name"] == "Need understood"


def test_a_stage_that_holds_opportunities_is_not_orphaned(
    house: Pipe, environment: Path, unchanged: Unchanged
) -> None:
    toml = house("stages", "show", "--toml").out
    start, end = toml.index('[[stage]]\nkey = "discovery"'), toml.index('[[stage]]\nkey = "proposal"')
    file = environment / "mine.toml"
    file.write_text(toml[:start] + toml[end:])
    with unchanged():
        refused = house("stages", "adopt", str(file))
        assert refused.code == 5
        assert refused.err.endswith(
            "discovery holds 1 open opportunity; say where they go: --move discovery=STAGE\n"
        )
        assert house("stages", "adopt", str(file), "--move", "discovery=lead", "--dry-run").code == 0
    assert house("stages", "adopt", str(file), "--move", "discovery=lead").code == 0
    assert json.loads(house("show", "1", "--json").out)["stage"] == "lead"


def test_faults_are_reported_all_at_once_with_their_lines(
    house: Pipe, environment: Path, unchanged: Unchanged
) -> None:
    file = environment / "mine.toml"
    toml = house("stages", "show", "--toml").out
    file.write_text(toml.replace('name = "Discovery"', 'name = "In progress"').replace("= 75", "= 20"))
    with unchanged():
        assert house("stages", "check", str(file)) == (
            1,
            f'{file}:20: consider: only lea holds the role "engineering", '
            "and everybody waits when they are away\n"
            f'{file}:62: error: "In progress" is vague: name what has happened, such as "Proposal sent"\n'
            f'{file}:119: error: the probability falls to 20 %, from 50 % at "Proposal sent"\n',
            "2 errors, 1 to consider.\n",
        )
        assert house("stages", "adopt", str(file))[0] == 1


def test_a_template_is_printed_with_its_reader_in_the_roles(pipe: Pipe) -> None:
    assert 'founder = ["lea"]' in pipe("stages", "templates", "b2b").out
    assert pipe("stages", "templates", "x")[0] == 3


def test_doctor_says_what_it_looked_at(house: Pipe, environment: Path) -> None:
    sound = f"Sound: 37 events, 6 opportunities, 40 rows in {environment}/pipe.db.\n"
    assert house("doctor") == (0, sound, "")
    assert house("doctor", "--rebuild") == (0, sound, "The lists were written anew from the journal.\n")
    assert json.loads(house("doctor", "--json").out)["faults"] == []


def test_version_and_help(pipe: Pipe) -> None:
    assert pipe("--version") == pipe("-V") == (0, f"pipe {__version__}\n", "")
    code, out, err = pipe("--help")
    assert (code, err) == (0, "")
    for panel in ("Every day:", "Every week:", "Data:", "Set-up:"):
        assert f"\n{panel}\n" in out
    assert pipe("-h") == pipe("--help")
    assert pipe("--lang", "en", "--help") == pipe("--help")


@pytest.mark.parametrize("name", [c.name for c in declared()])
def test_every_command_has_help(pipe: Pipe, name: str) -> None:
    code, out, err = pipe(name, "-h")
    assert (code, err) == (0, "")
    assert out.startswith(f"Usage: pipe {name} [OPTIONS]")
    assert next(c.help for c in declared() if c.name == name) in out


def test_help_of_a_command_whole(pipe: Pipe) -> None:
    assert (
        pipe("snooze", "--help").out
        == """\
Usage: pipe snooze [OPTIONS] [REF... DATE]

  Put next actions off to a later day.

Arguments:
  REF... DATE  which ones, and until when

Options:
  --dry-run    say what would happen, change nothing
  --json       as JSON
  -q, --quiet  ids only
  -h, --help   show this help
"""
    )
