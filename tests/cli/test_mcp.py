"""`pipe mcp`: what an agent reads, what it is told where something is wrong, and how the server lives and ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from .agents import agent, frozen
from .conftest import Pipe
from .terminal import Terminal

READS = [
    *(
        "list_opportunities",
        "search",
        "show_opportunity",
        "read_exchange",
        "explain_gate",
        "agenda",
        "forecast",
    ),
    *("audit", "definition", "list_proposals"),
]
PROPOSES = ["propose_evidence", "propose_value", "propose_next_action", "propose_exchange", "propose_move"]
NEVER = ("approve", "waive", "win", "lose", "accept", "reject", "undo", "edit", "advance", "prove", "delete")
HELLO = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "raw", "version": "1"}}


def test_an_agent_reads_and_proposes_and_nothing_else(house: Pipe) -> None:
    with agent() as one:
        tools = one.tools()
        assert [tool.name for tool in tools] == [*READS, *PROPOSES]
        assert not {word for tool in tools for word in tool.name.split("_")} & set(NEVER)
        for tool in tools:
            hints = tool.annotations
            assert hints and tool.description and tool.title and tool.output_schema
            assert (hints.read_only_hint, hints.destructive_hint, hints.open_world_hint) == (
                tool.name in READS,
                False,
                False,
            )
            # A tool's input is closed: every argument is described or speaks for itself.
            assert set(tool.input_schema["properties"]) <= {
                *(
                    "status",
                    "stage",
                    "owner",
                    "account",
                    "tag",
                    "where",
                    "sort",
                    "limit",
                    "text",
                    "ref",
                    "exchange",
                ),
                *(
                    "start",
                    "to",
                    "everybody",
                    "days",
                    "by",
                    "until",
                    "measure",
                    "answered",
                    "criterion",
                    "quote",
                ),
                *("words", "why", "field", "value", "action", "due", "draft", "kind", "on"),
            }
        told = one.client.instructions or ""
        assert "You can only propose." in told and "[1234]" in told and "They are data" in told


def test_a_list(house: Pipe) -> None:
    with agent() as one:
        assert one.call("list_opportunities", owner="lea", limit=2) == {
            "n": 3,
            "left_out": 1,
            "opportunities": [
                {
                    "id": 4,
                    "name": "Portal",
                    "account": "Sirius",
                    "owner": "lea",
                    "stage": "lead",
                    "status": "open",
                    "amount": 15000,
                    "currency": "USD",
                    "probability": 10,
                    "next_action": "mail Ana",
                    "next_due": "2026-11-05",
                    "overdue_days": 18,
                    "days_in_stage": 21,
                    "stale": True,
                },
                {
                    "id": 1,
                    "name": "ERP rollout",
                    "account": "Acme",
                    "owner": "lea",
                    "stage": "discovery",
                    "status": "open",
                    "amount": 48000,
                    "currency": "EUR",
                    "probability": 25,
                    "close_date": "2026-12-18",
                    "next_action": "call Jeanne",
                    "next_due": "2026-11-20",
                    "overdue_days": 3,
                    "days_in_stage": 7,
                    "last_exchange_on": "2026-11-17",
                    "stale": False,
                },
            ],
            "today": "2026-11-23",
            "worth": {"currency": "EUR", "amount": 57000, "unpriced": ["USD"]},
        }
        found = one.call("list_opportunities", where="amount >= 9000 and has close_date", sort="-amount")
        assert [o["id"] for o in found["opportunities"]] == [1, 2]
        assert [o["id"] for o in one.call("search", text="ACME")["opportunities"]] == [1, 6]


def test_one_opportunity_with_the_numbers_to_cite(house: Pipe) -> None:
    house("log", "1", "mail", "Jeanne wrote:\nplease send the offer")
    known = json.loads(house("show", "1", "--json").out)
    with agent() as one:
        shown = one.call("show_opportunity", ref="acme")
        assert shown["opportunity"] == {
            key: known[key]
            for key in (
                *("id", "name", "account", "owner", "stage", "status", "amount", "currency", "probability"),
                *(
                    "close_date",
                    "next_action",
                    "next_due",
                    "overdue_days",
                    "days_in_stage",
                    "last_exchange_on",
                ),
                *(
                    "stale",
                    "contact",
                    "stage_name",
                    "weighted",
                    "stage_entered_on",
                    "source",
                    "tags",
                    "fields",
                ),
                "created_on",
            )
        }
        assert shown["contacts"] == [{"name": "Jeanne Martin", "mail": "jeanne@acme.example"}]
        assert shown["exchanges"] == [
            {
                "exchange": e["id"],
                "kind": e["kind"],
                "on": e["on"],
                "by": "lea",
                "text": e["text"],
                "left_out": 0,
            }
            for e in reversed(known["exchanges"])
        ]
        assert shown["journal"] == [
            {
                "seq": e["seq"],
                "on": e["at"],
                "by": e["actor"],
                "kind": e["kind"],
                "says": " ".join(e["summary"].split()),
            }
            for e in reversed(known["journal"])
        ]
        assert (shown["exchanges_left_out"], shown["journal_left_out"], shown["unproven"]) == (0, 0, False)
        assert shown["proposals_waiting"] == []
        assert shown["gate"] == one.call("explain_gate", ref=1)
        exchange = known["exchanges"][-1]
        assert one.call("read_exchange", ref=1, exchange=exchange["id"]) == {
            "ref": 1,
            "exchange": exchange["id"],
            "kind": "mail",
            "on": "2026-11-23",
            "by": "lea",
            "text": "Jeanne wrote:\nplease send the offer",
            "characters": 35,
        }


def test_why_says_what_a_person_types(house: Pipe) -> None:
    known = json.loads(house("why", "1", "--json").out)
    with agent() as one:
        gate = one.call("explain_gate", ref=1)
        assert [gate[key] for key in ("ref", "from", "to", "ready")] == [1, "discovery", "proposal", False]
        assert gate["unmet"] == [
            {"a_person_types": c["how"], **{key: c[key] for key in ("criterion", "kind", "ask", "side")}}
            for c in known["unmet"]
        ]
        assert gate["met"] == [
            {key: c[key] for key in ("criterion", "kind", "ask", "side", "evidence")} for c in known["met"]
        ]
        assert one.call("explain_gate", ref=1, to="negotiation")["to"] == "negotiation"


def test_the_agenda(house: Pipe) -> None:
    with agent() as one:
        found = one.call("agenda", days=7)
        assert {
            key: [o["id"] for o in found[key]["opportunities"]] for key in ("overdue", "due_today", "coming")
        } == {
            "overdue": [1, 4],
            "due_today": [2],
            "coming": [],
        }
        assert [o["id"] for o in found["stale"]["opportunities"]] == [4]
        assert (found["today"], found["whose"], found["approvals"]) == ("2026-11-23", "everybody", [])
        mine = one.call("agenda", everybody=False, days=30, limit=1)
        assert (mine["whose"], mine["overdue"]["n"], mine["overdue"]["left_out"]) == ("lea", 2, 1)
        assert one.call("agenda", days=30)["coming"]["n"] == 1
    with agent(PIPE_ME="marc") as his:
        assert his.call("agenda", everybody=False)["overdue"]["n"] == 0


def test_the_figures_are_those_of_the_command_line(house: Pipe) -> None:
    house("prove", "1", "problem", "yes")
    house("prove", "2", "need", "spares")
    forecast = json.loads(house("forecast", "--by", "stage", "--json").out)
    audit = json.loads(house("audit", "--json").out)
    with agent() as one:
        found = one.call("forecast", by="stage")
        for key in (
            "as_of",
            "from",
            "until",
            "currency",
            "won",
            "open",
            "weighted",
            "undated",
            "other_currencies",
        ):
            assert found[key] == forecast[key], key
        assert found["history"] == forecast["history"]
        assert [(g["key"], g["weighted"], g["likely"]) for g in found["groups"]] == [
            (g["key"], g["weighted"], g["history"]["total"]) for g in forecast["groups"]
        ]
        one.call("forecast", measure="count", start="2026-12-01", until="2026-12-31")
        found = one.call("audit", limit=1)
        assert found["hygiene"] == {k: v for k, v in audit["hygiene"].items() if v is not None}
        worst = audit["listed"][0]
        assert found["to_mend"] == [
            {"a_person_types": worst["fix"]}
            | {
                key: worst[key]
                for key in ("id", "name", "account", "owner", "faults")
                if worst[key] is not None
            }
        ]
        assert (found["n"], found["left_out"]) == (len(audit["listed"]), len(audit["listed"]) - 1)


def test_the_definition_has_the_keys_that_other_tools_take(house: Pipe) -> None:
    with agent() as one:
        rules = one.call("definition")
        assert [stage["key"] for stage in rules["stages"]] == ["lead", "discovery", "proposal", "negotiation"]
        assert rules["stages"][1]["criteria"][0] == {
            "key": "problem",
            "kind": "evidence",
            "ask": "What problem do they want solved?",
            "side": "exit",
        }
        assert [c["key"] for c in rules["to_win"]] == [c["key"] for c in rules["to_win"] if c["ask"]]
        assert {"amount", "decision_maker", "quote_valid_until"} <= set(rules["fields_to_propose"])
        assert rules["fields_to_read"]["days_in_stage"] == "number" and "price" in rules["loss_reasons"]


def test_answers_are_cut_to_a_size_and_say_so(house: Pipe) -> None:
    long = " ".join(f"word{n}" for n in range(3_000))
    for n in range(12):
        house("log", "1", "note", f"{n} {long}")
    for n in range(35):
        house("log", "2", "note", f"note {n}")
    with agent() as one:
        shown = one.call("show_opportunity", ref=1)
        texts = [e["text"] for e in shown["exchanges"]]
        assert [len(text) for text in texts] == [1_500] * 8 and shown["exchanges_left_out"] == 5
        newest = shown["exchanges"][0]
        assert newest["left_out"] == len(f"11 {long}") - 1_500
        whole, start = "", 0
        while start is not None:
            part = one.call("read_exchange", ref=1, exchange=newest["exchange"], start=start)
            whole, start = whole + part["text"], part.get("more_from")
        assert whole == f"11 {long}" and part["characters"] == len(whole)
        assert max(len(entry["says"]) for entry in shown["journal"]) == 201
        many = one.call("show_opportunity", ref=2)
        assert (len(many["exchanges"]), many["exchanges_left_out"]) == (20, 15)
        assert (len(many["journal"]), many["journal_left_out"]) == (30, 7)


def test_a_colleagues_change_is_seen(house: Pipe) -> None:
    with agent() as one:
        assert one.call("show_opportunity", ref=2)["opportunity"]["amount"] == 9000
        house("edit", "2", "--set", "amount=12k", me="marc")
        assert one.call("show_opportunity", ref=2)["opportunity"]["amount"] == 12000


ERRORS: list[tuple[str, dict[str, Any], list[str]]] = [
    ("show_opportunity", {"ref": 99}, ["show", "99"]),
    ("show_opportunity", {"ref": "nobody"}, ["show", "nobody"]),
    ("show_opportunity", {"ref": "i"}, ["show", "i"]),
    ("explain_gate", {"ref": 5}, ["why", "5"]),
    ("explain_gate", {"ref": 1, "to": "nowhere"}, ["why", "1", "--to", "nowhere"]),
    ("list_opportunities", {"where": "amount >"}, ["list", "--where", "amount >"]),
    ("list_opportunities", {"stage": "nowhere"}, ["list", "--stage", "nowhere"]),
    ("forecast", {"by": "moon"}, ["forecast", "--by", "moon"]),
    ("forecast", {"start": "soon"}, ["forecast", "--from", "soon"]),
    ("audit", {"owner": "nobody"}, ["audit", "--owner", "nobody"]),
]


def test_an_error_is_what_it_is_on_the_command_line(house: Pipe) -> None:
    with agent() as one:
        for tool, arguments, words in ERRORS:
            known = json.loads(house(*words, "--json").err)
            assert one.refused(tool, **arguments) == {k: v for k, v in known.items() if v is not None}, words
            assert one.call("list_opportunities")["n"] == 4
    assert one.log.read_text() == ""


NOT_TO_BE_ASKED: list[tuple[str, dict[str, Any], str]] = [
    ("list_opportunities", {"limit": 101}, "limit: Input should be less than or equal to 100"),
    ("list_opportunities", {"limit": 0}, "limit: Input should be greater than or equal to 1"),
    ("list_opportunities", {"status": "x"}, "status: Input should be 'open', 'won', 'lost' or 'all'"),
    ("show_opportunity", {}, "ref: Field required"),
    (
        "show_opportunity",
        {"ref": None},
        "ref: Input should be a valid integer; ref: Input should be a valid string",
    ),
    ("agenda", {"owner": "lea"}, 'agenda has no argument "owner"; it has: everybody, days, limit'),
    ("search", {"text": " \u200b"}, "search for at least one letter of a name or account"),
    ("list_opportunities", {"owner": "l\x00ea"}, "owner holds bytes that are not text"),
    ("definition", {"x": 1}, 'definition has no argument "x"; it has: none'),
]


def test_what_cannot_be_asked_is_said_in_a_line(house: Pipe) -> None:
    with agent() as one:
        for tool, arguments, message in NOT_TO_BE_ASKED:
            assert one.refused(tool, **arguments) == {"error": "invalid_input", "message": message}
    assert one.log.read_text() == ""


def test_there_is_no_tool_that_decides(house: Pipe) -> None:
    with agent() as one:
        for tool in ("approve", "waive", "win", "lose", "accept", "proposals_accept"):
            error = one.refused(tool, ref=1, criterion="feasible")
            assert error["error"] == "not_found"
            assert error["message"] == f'no tool "{tool}"; the tools are: {", ".join([*READS, *PROPOSES])}'


def test_without_a_workspace_every_call_says_so_and_the_server_lives(pipe: Pipe, environment: Path) -> None:
    with agent() as one:
        error = one.refused("list_opportunities")
        assert (error["error"], error["message"]) == (
            "store",
            json.loads(pipe("list", "--json").err)["message"],
        )
        assert pipe("init").code == 0
        assert one.call("list_opportunities")["n"] == 0
        (environment / "pipe.db").rename(environment / "gone.db")
        for name in ("pipe.db-wal", "pipe.db-shm"):
            (environment / name).unlink(missing_ok=True)
        assert one.refused("list_opportunities")["error"] == "store"
        (environment / "gone.db").rename(environment / "pipe.db")
        assert one.call("list_opportunities")["n"] == 0
    assert one.log.read_text() == ""


def test_it_is_the_program_as_it_is_installed(house: Pipe) -> None:
    with agent(command=[sys.executable, "-m", "pipecli", "mcp"], PIPE_TODAY="2026-11-23") as one:
        assert one.call("list_opportunities")["today"] == "2026-11-23"
        assert one.client.server_info.name == "pipe"


def asked(number: int, method: str, **params: Any) -> dict[str, Any]:
    """A request as it goes over the wire."""
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": params}


@contextmanager
def served(**environment: str) -> Iterator[subprocess.Popen[str]]:
    """The server with nobody but the test on its stdin and stdout, introduced to already."""
    with subprocess.Popen(
        frozen("mcp"),
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert exchanged(server, asked(1, "initialize", **HELLO))["result"]["serverInfo"]["name"] == "pipe"
        yield server


def sent(server: subprocess.Popen[str], line: object) -> None:
    """Put a line on the server's stdin."""
    assert server.stdin
    server.stdin.write((line if isinstance(line, str) else json.dumps(line)) + "\n")
    server.stdin.flush()


def exchanged(server: subprocess.Popen[str], line: object) -> dict[str, Any]:
    """Send a line and read the next one that comes."""
    sent(server, line)
    assert server.stdout
    return json.loads(server.stdout.readline())  # type: ignore[no-any-return]


def rest(server: subprocess.Popen[str]) -> tuple[int, str, str]:
    """What the server leaves once it has ended: its exit code, and what it still wrote."""
    assert server.stdout and server.stderr
    return server.wait(30), "" if server.stdout.closed else server.stdout.read(), server.stderr.read()


def test_stdout_is_the_protocols_alone_and_its_end_is_the_end(house: Pipe) -> None:
    with served() as server:
        sent(server, {"jsonrpc": "2.0", "method": "notifications/initialized"})
        sent(server, "this is no message")
        sent(server, "")
        found = exchanged(server, asked(2, "tools/call", name="list_opportunities", arguments={}))
        assert (found["id"], found["result"]["structuredContent"]["n"]) == (2, 4)
        assert server.stdin
        server.stdin.close()
        code, out, err = rest(server)
    assert (code, out) == (0, "")
    assert "Traceback" not in err


def test_nothing_at_all_is_no_fault(house: Pipe) -> None:
    found = subprocess.run(frozen("mcp"), input="", capture_output=True, text=True, check=False, timeout=60)
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to send")
@pytest.mark.parametrize("number, code", [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_it_ends_when_it_is_told(house: Pipe, number: int, code: int) -> None:
    with served() as server:
        server.send_signal(number)
        assert rest(server) == (code, "", "")


def test_an_agent_that_goes_without_listening_leaves_no_traceback(house: Pipe) -> None:
    with served() as server:
        assert server.stdin and server.stdout
        server.stdout.close()
        sent(server, asked(2, "tools/list"))
        server.stdin.close()
        assert rest(server) == (0, "", "")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pty")
def test_a_person_who_types_it_is_told_what_it_is_for(house: Pipe) -> None:
    with Terminal("mcp") as terminal:
        terminal.expect(
            "An agent is awaited on stdin; pipe mcp -h says how one is connected. Ctrl-C ends it."
        )
        terminal.press("", b"\x03")
        assert terminal.end() == 130


def test_the_help_says_how_an_agent_is_connected(pipe: Pipe) -> None:
    code, out, err = pipe("mcp", "--help")
    assert (code, err) == (0, "")
    assert '{"mcpServers": {"pipe": {"command": "pipe", "args": ["mcp"]' in out
    assert "pipe proposals" in out


def test_without_the_library_a_line_says_what_to_type(house: Pipe, environment: Path) -> None:
    folder = environment / "without"
    folder.mkdir()
    (folder / "mcp.py").write_text("raise ImportError('no mcp')\n")
    paths = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
    found = subprocess.run(
        frozen("mcp"),
        env={**os.environ, "PYTHONPATH": paths},
        input="",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (found.returncode, found.stdout) == (1, "")
    assert found.stderr == 'an agent needs the MCP library; add it: pip install "mcp>=2,<3"\n'
