"""The contract of the gate: why, advance, prove, waive, approve, back, win, lose, reopen, undo."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from .conftest import Pipe

Unchanged = Callable[[], AbstractContextManager[None]]

GATE_KEYS = ["ref", "from", "to", "ready", "unmet", "met"]
UNMET_KEYS = ["criterion", "kind", "ask", "how", "waivable", "side"]
THROUGH_DISCOVERY = (
    *("--prove", "problem=Stock errors", "--set", "decision_maker=Jeanne Martin"),
    *("--prove", "decision-maker=She said so", "--prove", "offer=https://offers.example/1"),
    *("--set", "quote_valid_until=2026-12-31", "--amount", "48k"),
)


def test_why_has_the_keys_of_the_contract_and_exits_4(house: Pipe) -> None:
    code, out, err = house("why", "1", "--json")
    report = json.loads(out)
    assert (code, err, list(report)) == (4, "", GATE_KEYS)
    assert (report["ref"], report["from"], report["to"], report["ready"]) == (
        1,
        "discovery",
        "proposal",
        False,
    )
    assert [list(item) for item in report["unmet"]] == [UNMET_KEYS] * 6
    assert [list(item) for item in report["met"]] == [[*UNMET_KEYS, "evidence"]]
    assert {item["side"] for item in report["unmet"]} == {"entry", "exit"}


def test_why_exits_0_where_it_could_advance(house: Pipe) -> None:
    house("prove", "2", "need", "They need spare parts")
    house("edit", "2", "--set", "contact=Ana Borel")
    code, out, _err = house("why", "2")
    assert code == 0
    assert out.endswith("\nReady: pipe advance 2\n")


def test_the_gate_error_has_the_same_keys(house: Pipe, unchanged: Unchanged) -> None:
    with unchanged():
        code, out, err = house("advance", "1", "--prove", "problem=Stock errors", "--json")
    report = json.loads(err)
    assert (code, out) == (4, "")
    assert list(report) == ["error", "message", *GATE_KEYS]
    assert report["error"] == "gate_not_met"
    assert [item["criterion"] for item in report["unmet"]] == [
        *("decision-maker", "feasible", "offer", "quote-date", "amount-proposal"),
    ]
    assert [item["evidence"] for item in report["met"]] == [
        '"Stock errors", note 2026-11-23, lea',
        "meeting 2026-11-17",
    ]


def test_a_refused_advance_says_what_to_type(house: Pipe) -> None:
    assert house("advance", "2") == (
        4,
        "",
        """\
2 cannot move to discovery: need, contact are not met; see pipe why 2
  ✗ What do they need?  need
      pipe prove 2 need "how we know"
  ✗ Who do we talk to?  contact
      pipe edit 2 --set contact=VALUE
""",
    )


def test_answers_and_move_are_one_transaction(house: Pipe) -> None:
    assert house("advance", "2", "--prove", "need=Parts", "--set", "contact=Ana Borel") == (
        0,
        "2 Borel · Maintenance   Qualified lead → Discovery   €9,000   25 %\n"
        "Next: send references, Mon 23 Nov\n",
        "",
    )
    assert house("undo").out.startswith("Took back advance of 2026-11-23 09:00 on 2: ")
    assert house("why", "2", "-q").out == "need\ncontact\n"


def test_advance_skips_stages_and_judges_all_between(house: Pipe) -> None:
    assert house("why", "2", "--to", "negotiation", "-q").out.split() == [
        *("need", "contact", "problem", "decision-maker", "meeting", "offer", "quote-date"),
        *("amount-proposal", "answer"),
    ]
    assert house("advance", "2", "--to", "negotiation")[0] == 4
    assert house("advance", "2", "--to", "lead") == (
        2,
        "",
        "Qualified lead is not further on than Qualified lead; "
        "to go back: pipe back 2 --to lead --reason TEXT\n",
    )


def test_where_only_an_approval_is_missing_the_answers_are_kept_and_it_is_asked_for(house: Pipe) -> None:
    assert house("advance", "1", *THROUGH_DISCOVERY)[0] == 4
    asked = house("advance", "1", *THROUGH_DISCOVERY, "--ask")
    assert asked == (
        0,
        "1 Acme · ERP rollout   Discovery   €48,000   25 %\nNext: call Jeanne, Fri 20 Nov\n"
        "Asked for approval: lea. Nothing moved yet.\n",
        "",
    )
    assert house("why", "1", "-q").out == "feasible\n"
    assert "pipe approve 1 feasible" in house("today").out
    assert house("approve", "1", "feasible", me="bob") == (
        5,
        "",
        "feasible is approved by engineering (lea), not by bob\n",
    )
    assert house("approve", "1", "feasible", "--refuse") == (
        4,
        "",
        "a refusal needs a reason: add --reason TEXT\n",
    )
    assert house("approve", "1", "feasible", "--refuse", "--reason", "Nobody is free")[0] == 0
    assert house("approve", "1", "feasible")[0] == 0
    assert house("advance", "1").out.startswith("1 Acme · ERP rollout   Discovery → Proposal sent")


def test_waive_is_for_the_roles_the_definition_names(house: Pipe) -> None:
    assert house("waive", "1", "feasible", "--reason", "Same as last year", me="bob")[0] == 5
    assert house("waive", "1", "problem", "--reason", "x") == (
        5,
        "",
        "problem cannot be waived: the definition names no role for it\n",
    )
    assert house("waive", "1", "feasible") == (4, "", "a waiver needs a reason: add --reason TEXT\n")
    assert house("waive", "1", "feasible", "--reason", "Same as last year")[0] == 0
    assert "waived by lea: Same as last year" in house("why", "1").out


@pytest.mark.parametrize(
    "words, shown",
    [
        (["We saw it"], '"We saw it", note 2026-11-23, lea'),
        (["-"], '"from a pipe", note 2026-11-23, lea'),
        (["--link", "https://wiki.example/1"], "https://wiki.example/1, link 2026-11-23, lea"),
        (["--file", "offer.pdf"], "{folder}/offer.pdf, file 2026-11-23, lea"),
        (["--exchange", "24"], '"Went through the scope", meeting 2026-11-17, lea'),
        (["--quote", "It costs us two"], '"It costs us two", note 2026-11-23, lea'),
    ],
)
def test_prove_takes_a_text_a_link_a_file_an_exchange_and_a_quote(
    house: Pipe, environment: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], shown: str
) -> None:
    monkeypatch.chdir(environment)
    Path("offer.pdf").write_bytes(b"the offer")
    assert house("prove", "1", "problem", *words, "-q", stdin="from a pipe\n") == (0, "1\n", "")
    met = json.loads(house("why", "1", "--json").out)["met"]
    assert met[0]["evidence"] == shown.format(folder=environment)
    assert house("unprove", "1", "problem", "-q") == (0, "1\n", "")
    assert house("unprove", "1", "problem") == (5, "", "problem has no evidence to withdraw\n")


@pytest.mark.parametrize("command", [["why"], ["advance"]])
def test_in_the_last_open_stage_the_gate_is_win(house: Pipe, command: list[str]) -> None:
    house("reopen", "5", "--reason", "They added a day", "-n", "call", "-d", "2026-12-01")
    house("edit", "5", "--close", "2026-12-01")
    assert house("why", "5", "-q").out == "reason\n"
    code, out, err = house(*command, "5")
    assert code == 4
    assert 'pipe win 5 "why they said yes"' in out + err
    assert house("win", "5", "--json")[0] == 4
    assert house("win", "5", "Still the fastest", "-q") == (0, "5\n", "")


def test_win_closes_with_a_reason_and_drops_the_next_action(house: Pipe) -> None:
    record = json.loads(house("show", "5", "--json").out)
    assert [
        record[k]
        for k in ("status", "stage", "outcome_reason", "closed_on", "probability", "next_action", "next_due")
    ] == ["won", "negotiation", "We answered within a day", "2026-11-20", 100, None, None]
    assert house("win", "5", "again") == (
        5,
        "",
        "5 Training is won since 2026-11-20; to go on: pipe reopen 5 --reason TEXT -n NEXT -d DUE\n",
    )


def test_lose_needs_a_reason_of_the_list_and_other_a_note(house: Pipe, unchanged: Unchanged) -> None:
    with unchanged():
        assert house("lose", "2") == (
            4,
            "",
            "a loss needs a reason: pipe lose 2 REASON, one of: "
            "price, timing, competitor, no budget, no decision, not a fit, other\n",
        )
        assert house("lose", "2", "weather")[0] == 2
        assert house("lose", "2", "other") == (
            4,
            "",
            'the reason "other" needs a note: pipe lose 2 other "what happened"\n',
        )
    assert house("lose", "2", "other", "-", stdin="They closed\n").out == (
        "2 Borel · Maintenance   lost   €9,000\n"
    )
    assert json.loads(house("show", "2", "--json").out)["outcome_reason"] == "They closed"


def test_back_and_reopen_need_reasons(house: Pipe, unchanged: Unchanged) -> None:
    with unchanged():
        assert house("back", "1") == (4, "", "a move back needs a reason: add --reason TEXT\n")
        assert house("back", "2", "--reason", "x")[0] == 5
        assert house("reopen", "6")[0] == 4
        assert house("reopen", "6", "--reason", "They called") == (
            4,
            "",
            '6 Kiosk needs a dated next action: add -n "what" -d DATE\n',
        )
        assert house("reopen", "1", "--reason", "x", "-n", "y", "-d", "fri")[0] == 5
    assert house("back", "1", "--reason", "The need changed").out.startswith(
        "1 Acme · ERP rollout   Discovery → Qualified lead   €48,000   10 %\n"
    )
    assert house("reopen", "6", "--reason", "They called", "-n", "send offer", "-d", "fri") == (
        0,
        "6 Acme · Kiosk   Qualified lead   €30,000   10 %\nNext: send offer, Fri 27 Nov\n",
        "",
    )


def test_undo_goes_further_back_each_time_and_redo_forward(house: Pipe) -> None:
    house("snooze", "1", "2026-12-01")
    house("log", "1", "note", "x")
    assert house("undo", "--dry-run") == (
        0,
        "Took back log of 2026-11-23 09:00 on 1: note: x\n",
        "Dry run: nothing was changed.\n",
    )
    assert house("undo").out == "Took back log of 2026-11-23 09:00 on 1: note: x\n"
    assert house("undo", "-q").out == "1\n"
    assert (
        house("undo", "--redo").out
        == "Done again: what pipe undo took back at 2026-11-23 09:00 on 1: next action put off to 2026-12-01\n"
    )
    document = json.loads(house("undo", "--json").out)
    assert document == {
        "command": "snooze",
        "at": "2026-11-23T09:00:00.000000Z",
        "redo": False,
        "refs": [1],
        "kept": [],
    }
    assert house("undo", me="zoe") == (5, "", "zoe has nothing to undo\n")


def test_undo_is_refused_where_later_changes_rest_on_it(house: Pipe) -> None:
    house("edit", "1", "--amount", "50k", me="zoe")
    house("back", "1", "--reason", "The need changed")
    assert house("undo", me="zoe") == (
        5,
        "",
        "edit cannot be taken back: the move back by lea on 1 stands in its way (2026-11-23)\n",
    )
