"""Bad input: one clear line on stderr, the right exit code, and nothing changed."""

from __future__ import annotations

import json
import os
import pwd
import shlex
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from .conftest import Pipe

Unchanged = Callable[[], AbstractContextManager[None]]

REFUSED = [
    ("show 99", 3, "there is no opportunity 99; pipe list shows the open ones"),
    ("show nosuch", 3, 'no opportunity fits "nosuch"; pipe list shows the open ones'),
    ("show .", 3, "zoe has touched no opportunity yet; name one by its number"),
    ("edit 1 --close soon", 2, '"soon" is not a date; write 2026-12-31, 31/12/2026, +3d, fri or eom'),
    ("edit 1 --close 31/02/2026", 2, None),
    ("edit 1 --close 03/04/2026", 2, '"03/04/2026" is ambiguous: write 2026-04-03 or 2026-03-04'),
    ("edit 1 --amount -500", 2, '"-500" is negative; write an amount of zero or more, such as 18000'),
    ("add X -500 -n x -d fri", 2, '"-500" is negative; write an amount of zero or more, such as 18000'),
    ("add X lots -n x -d fri", 2, '"lots" is not an amount; write 18000, 18k, 1.2m, 18,000.50 or USD 500'),
    ("edit 1 --amount 1000000000001", 2, None),
    ("edit 1 --amount 1,234", 2, None),
    ('edit 1 --amount "500 XXX"', 2, None),
    ("prove 1 colour x", 3, None),
    ("prove 1", 2, "which criterion? pipe why 1 lists them"),
    ("prove 1 problem", 4, None),
    ("prove 1 problem --file /nowhere/x", 2, "/nowhere/x cannot be read as evidence: No such file or directory"),
    ("prove 1 problem --exchange 999", 2, "1 has no exchange 999; pipe show 1 lists them"),
    ("done 1 --prove problem -n x -d fri", 2, None),
    ("list --stage nowhere", 3, 'no stage "nowhere"; the stages are: lead, discovery, proposal, negotiation'),
    ("list --status maybe", 2, '"maybe" is not a status; write open, won, lost or all'),
    ('list --where "amount >"', 2, 'in "amount >", at character 9: expected a value, found the end'),
    ("list --limit many", 2, "pipe list: --limit takes a whole number from 0 on; see pipe list -h"),
    ("list --limit -4", 2, "pipe list: --limit takes a whole number from 0 on; see pipe list -h"),
    ("edit 1 --probability 101 --reason x", 2, None),
    ("list --jsno", 2, "pipe list has no option --jsno (did you mean --json?); see pipe list -h"),
    ("list a b c", 2, 'pipe list: "b c" is more than it takes; put quotes around a text; see pipe list -h'),
    ("list --stage", 2, "pipe list: --stage needs a value; see pipe list -h"),
    ("handover lea", 2, "pipe handover: TO is missing; see pipe handover -h"),
    ("tody", 2, 'there is no command "tody"; did you mean today?'),
    ("frobnicate", 2, 'there is no command "frobnicate"; pipe -h lists them'),
    ("stages frobnicate", 2, 'there is no command "frobnicate"; pipe stages -h lists them'),
    ("today --lang", 2, "pipe: --lang needs a value; see pipe -h"),
    ("today --lang de", 2, "lang = de (from --lang): it is one of en fr"),
    ("list --db mysql://x", 2, None),
    ("stages check /nowhere/x", 2, "/nowhere/x cannot be read: No such file or directory"),
    ("snooze 1", 2, None),
    ("add", 2, 'what is it about? pipe add NAME [AMOUNT] -n "what" -d DATE'),
    ('add "" -n x -d fri', 2, "a name cannot be empty"),
    ("why", 2, "which opportunity? give its number, such as 12, or a part of its name"),
    ('edit 1 --set "contact=Jo <jo>"', 2, '"jo" is not an address; write "Jeanne <j@acme.com>"'),
]  # fmt: skip


@pytest.mark.parametrize("line, code, message", REFUSED, ids=[line for line, *_rest in REFUSED])
def test_a_refusal_is_one_line_that_says_what_to_type(
    house: Pipe, unchanged: Unchanged, line: str, code: int, message: str | None
) -> None:
    with unchanged():
        found = house(*shlex.split(line), me="zoe")
        as_json = house(*shlex.split(line), "--json", me="zoe")
    assert (found.code, found.out) == (code, "")
    assert found.err.count("\n") == 1 and "Traceback" not in found.err
    assert message is None or found.err == message + "\n"
    if line not in ("list --stage", "today --lang"):  # which take the --json as their value
        error = json.loads(as_json.err)
        assert (as_json.code, as_json.out, error["message"]) == (code, "", found.err.strip())


HOSTILE = [
    "[bold red]x[/] [link=x]y[/link]",
    "\x1b[31mred\x1b[0m \x9b2J\x07",
    "\u202eright\u202c to left \u200b\ufeff",
    "🙂 emoji 👩‍👩‍👧 ü",
    "tab\tnew\nline",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_kept_and_shown_literally(
    house: Pipe, screen: Callable[[int], None], text: str
) -> None:
    house("add", text, "-a", text, "-n", text, "-d", "2026-11-23", "--source", text, "--tag", "x")
    house("log", "7", "note", text)
    house("prove", "7", "need", text)
    record = json.loads(house("show", "7", "--json").out)
    assert (record["name"], record["account"], record["source"]) == (text, text, text)
    screen(80)
    for words in (
        ["list"],
        ["today"],
        ["show", "7", "--all"],
        ["why", "7"],
        ["journal", "7"],
        ["next", "7", "x", "-d", "fri"],
    ):
        found = house(*words)
        shown = found.out + found.err
        assert not any(c in shown for c in "\x1b\x9b\x07\u202e\u200b\ufeff\t")
        assert "[bold red]" in shown or "[" not in text or "\x1b" in text or words == ["next"]


def test_names_and_texts_have_a_most(house: Pipe, unchanged: Unchanged) -> None:
    with unchanged():
        assert house("add", "x" * 10_000, "-n", "x", "-d", "fri") == (
            2,
            "",
            "a name has 10000 characters; 200 are the most\n",
        )
        assert house("edit", "1", "--set", "account=" + "x" * 10_000)[0] == 2
        assert house("show", "x" * 10_000)[0] == 3
        assert len(house("show", "x" * 10_000).err) < 120
        assert len(house("x" * 10_000).err) < 120
    assert house("log", "1", "note", "x" * 10_000, "-q") == (0, "1\n", "")


@pytest.mark.parametrize(
    "line",
    [
        *(
            "add \udcff -n x -d fri",
            "add X -n \udcff -d fri",
            "show \udcff",
            "list \udcff",
            "list --owner \udcff",
        ),
        *("journal --actor \udcff", "log 1 note \udcff", "edit 1 --set source=\udcff", "handover \udcff lea"),
        *("lose 1 other \udcff", "back 1 --reason \udcff", "config me \udcff"),
    ],
)
def test_bytes_that_are_not_text_are_refused(house: Pipe, unchanged: Unchanged, line: str) -> None:
    with unchanged():
        code, out, err = house(*line.split())
    assert (code, out) == (2, "")
    assert err.endswith("is not text in the encoding of this terminal\n")


def test_nul_and_what_is_not_text_on_stdin_are_refused(house: Pipe, unchanged: Unchanged) -> None:
    with unchanged():
        for text in ("a\x00b", "a\udcffb"):
            assert house("log", "1", "note", "-", stdin=text) == (
                2,
                "",
                "what was said has characters that are not text\n",
            )


@pytest.mark.parametrize("me, code", [("\udcff", 1), ("x" * 300, 1), ("  ", 0)])
def test_a_name_that_is_none_is_refused(house: Pipe, me: str, code: int) -> None:
    assert house("log", "1", "note", "x", "-q", me=me)[0] == code


def test_no_home_folder_is_one_line(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_uid: int) -> None:
        raise KeyError("uid not found")

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    for name in ("HOME", "PIPE_DB", "PIPE_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    line = "there is no home folder; say where the workspace is: PIPE_DB=FILE\n"
    for words in (["list"], ["init"], ["add", "X", "-n", "x", "-d", "fri"], ["config"]):
        code, out, err = pipe(*words)
        assert (code, out, err) == (1, "", line)


def run(*words: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    """The program in a process of its own."""
    return subprocess.run([sys.executable, "-m", "pipecli", *words], check=False, timeout=60, **options)  # type: ignore[call-overload, no-any-return]


def test_stdout_closed_early_is_no_error(house: Pipe) -> None:
    for words in (["list"], ["list", "--json"], ["--help"], ["list", "-h"], ["journal", "--csv"]):
        reading, writing = os.pipe()
        os.close(reading)
        with os.fdopen(writing, "wb") as gone:
            found = run(*words, stdout=gone, stderr=subprocess.PIPE)
        assert (found.returncode, found.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_is_one_line(house: Pipe) -> None:
    for words in (["list"], ["--version"]):
        with Path("/dev/full").open("wb") as full:
            found = run(*words, stdout=full, stderr=subprocess.PIPE)
        assert (found.returncode, found.stderr) == (1, b"pipe: No space left on device\n")


def test_a_stream_that_cannot_encode_gets_the_nearest_characters(house: Pipe) -> None:
    ascii_only = {**os.environ, "PYTHONIOENCODING": "ascii"}
    house("edit", "1", "--set", "name=Café Zürich")
    found = run("why", "1", stdout=subprocess.PIPE, env=ascii_only)
    assert (found.returncode, found.stdout.splitlines()[0]) == (
        4,
        b"1 Acme - Cafe Zurich   Discovery > Proposal sent",
    )
    assert b"  + Was the scope" in found.stdout and b"  x What problem" in found.stdout
    listed = run("list", "zürich", "--json", stdout=subprocess.PIPE, env=ascii_only)
    assert json.loads(listed.stdout)[0]["name"] == "Café Zürich"


@pytest.mark.parametrize(
    "words, line",
    [
        (
            ["waive", "1", "feasible", "I am in a hurry"],
            "pipe waive: a reason goes behind --reason; type: "
            'pipe waive 1 feasible --reason "I am in a hurry"',
        ),
        (
            ["back", "1", "too", "early", "--to", "lead"],
            'pipe back: a reason goes behind --reason; type: pipe back 1 --to lead --reason "too early"',
        ),
        (["lose", "1", "--reason", "price"], "pipe lose: the reason is no option; type: pipe lose 1 price"),
        (["lose", "1", "-r", "price"], "pipe lose: the reason is no option; type: pipe lose 1 price"),
        (["win", "1", "--reason=It fits"], 'pipe win: the reason is no option; type: pipe win 1 "It fits"'),
        (
            ["back", "1", "--reason", "x", "y"],
            'pipe back: "y" is more than it takes; put quotes around a text; see pipe back -h',
        ),
    ],
)
def test_a_reason_in_the_wrong_place_is_told_the_right_one(house: Pipe, words: list[str], line: str) -> None:
    assert house(*words) == (2, "", f"{line}\n")
