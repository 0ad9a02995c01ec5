"""The contract of every day: add, done, next, snooze, log, edit, handover, and what every write has in common."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from .conftest import Pipe

Unchanged = Callable[[], AbstractContextManager[None]]

OPPORTUNITY_KEYS = [
    *("id", "uid", "name", "account", "contact", "owner", "stage", "stage_name", "status", "amount"),
    *("currency", "probability", "weighted", "close_date", "next_action", "next_due", "overdue_days"),
    *("stage_entered_on", "days_in_stage", "last_exchange_on", "stale", "decision_maker", "source", "tags"),
    *("fields", "loss_reason", "outcome_reason", "created_on", "closed_on", "external_id"),
]
WRITES = [
    'add Audit2 -n "x" -d fri',
    'done 1 "We spoke" -n "x" -d fri',
    'next 1 "x" -d fri',
    "snooze 1 +2w",
    'log 1 call "We spoke"',
    'prove 1 problem "They said so"',
    "edit 1 --amount 50k",
    "waive 1 feasible --reason x",
    "approve 1 feasible",
    "back 1 --reason x",
    "lose 1 price",
    "reopen 6 --reason x -n y -d fri",
]


def test_add_takes_everything_at_once(house: Pipe) -> None:
    code, out, err = house(
        *(
            "add",
            "Intranet",
            "1.2m",
            "-a",
            "Oslo",
            "-n",
            "call Kari",
            "-d",
            "fri",
            "--contact",
            "Kari <k@o.no>",
        ),
        *("--owner", "paul", "--close", "eoy", "--source", "fair", "--tag", "big", "--tag", "north"),
        *("--set", "quote_valid_until=31/12/2026", "--on", "2026-11-20", "--json"),
    )
    record = json.loads(out)
    assert (code, err) == (0, "")
    assert list(record) == OPPORTUNITY_KEYS
    del record["uid"]
    assert record == {
        **{"id": 7, "name": "Intranet", "account": "Oslo", "contact": "Kari", "owner": "paul"},
        **{"stage": "lead", "stage_name": "Qualified lead", "status": "open", "amount": 1200000},
        **{"currency": "EUR", "probability": 10, "weighted": 120000, "close_date": "2026-12-31"},
        **{"next_action": "call Kari", "next_due": "2026-11-27", "overdue_days": 0},
        **{"stage_entered_on": "2026-11-20", "days_in_stage": 3, "last_exchange_on": None, "stale": False},
        **{"decision_maker": None, "source": "fair", "tags": ["big", "north"]},
        **{"fields": {"quote_valid_until": "2026-12-31"}, "loss_reason": None, "outcome_reason": None},
        **{"created_on": "2026-11-20", "closed_on": None, "external_id": None},
    }


def test_add_without_a_dated_next_action_exits_4_in_a_script(house: Pipe, unchanged: Unchanged) -> None:
    line = 'Intranet needs a dated next action: add -n "what" -d DATE\n'
    with unchanged():
        assert house("add", "Intranet") == (4, "", line)
        assert house("add", "Intranet", "-n", "call") == (
            4,
            "",
            "a next action needs a day: -d DATE, such as fri or +3d\n",
        )
        assert house("add", "Intranet", "-d", "fri")[0] == 4
    assert json.loads(house("add", "Intranet", "--json").err) == {
        "error": "required",
        "message": line.strip(),
        "missing": ["next_action", "next_due"],
    }


def test_names_nearly_known_are_kept_with_a_note(house: Pipe) -> None:
    assert house("add", "X", "-a", "acmé", "--owner", "Lea", "-n", "x", "-d", "fri") == (
        0,
        "7 acmé · X   Qualified lead   10 %\nNext: x, Fri 27 Nov\n",
        '"Lea" is a new owner; there is also "lea"\n"acmé" is a new account; there is also "Acme"\n',
    )


def test_one_finished_call_logged_proven_and_advanced_is_one_command(house: Pipe) -> None:
    assert house(
        *("done", "2", "They need spare parts by March", "--prove", "need", "--set", "contact=Ana Borel"),
        *("-n", "find out who decides", "-d", "+3d", "--advance"),
    ) == (
        0,
        "2 Borel · Maintenance   Qualified lead → Discovery   €9,000   25 %\n"
        "Next: find out who decides, Thu 26 Nov\n",
        "",
    )
    summaries = [e["summary"] for e in json.loads(house("journal", "2", "--json").out)]
    assert summaries[2:] == [
        "next action done",
        "mail: They need spare parts by March",
        "contact = Ana Borel",
        "proved need",
        "next 2026-11-26: find out who decides",
        "Qualified lead → Discovery",
    ]
    assert house("undo", "-q").out == "2\n"
    assert json.loads(house("show", "2", "--json").out)["next_action"] == "send references"


def test_done_without_a_next_action_exits_4_in_a_script(house: Pipe, unchanged: Unchanged) -> None:
    with unchanged():
        assert house("done", "1", "We spoke") == (
            4,
            "",
            '1 ERP rollout needs its next action: -n "what" -d DATE\n',
        )
        assert house("done", "1", "We spoke", "-n", "x", "-d", "fri", "--advance")[0] == 4


def test_next_sets_the_next_action_and_bare_shows_the_first_thing(house: Pipe, unchanged: Unchanged) -> None:
    assert house("next").out == house("today").out[: len(house("next").out)]
    assert house("next", "-q") == (0, "1\n", "")
    assert house("next", "1", "-", "-d", "demain", stdin="write the offer\n") == (
        0,
        "1 Acme · ERP rollout   Discovery   €48,000   25 %\nNext: write the offer, Tue 24 Nov\n",
        "",
    )
    with unchanged():
        assert house("next", "1", "call") == (
            4,
            "",
            "a next action needs a day: -d DATE, such as fri or +3d\n",
        )
        assert house("next", "1", "-d", "fri") == (4, "", 'a next action needs words: -n "what"\n')


def test_snooze_takes_several_all_or_none(house: Pipe, unchanged: Unchanged) -> None:
    assert house("snooze", "1", "2", "mon", "-q") == (0, "1\n2\n", "")
    with unchanged():
        assert house("snooze", "1", "99", "mon")[0] == 3
        assert house("snooze", "1", "-2w") == (
            2,
            "",
            "2026-11-09 is in the past: a next action can be put off to a later day, such as +3d or mon\n",
        )
        assert house("snooze", "1")[0] == 2
    assert isinstance(json.loads(house("snooze", "1", "2", "mon", "--json").out), list)
    assert isinstance(json.loads(house("snooze", "1", "mon", "--json").out), dict)


def test_log_records_an_exchange_and_reads_it_from_stdin(house: Pipe) -> None:
    assert house("log", "3", "call", "-", "--on", "last fri", me="marc", stdin="Two\nlines\n")[0] == 0
    shown = json.loads(house("show", "3", "--json").out)
    assert shown["exchanges"] == [
        {"id": 38, "kind": "call", "on": "2026-11-20", "actor": "marc", "text": "Two\nlines"}
    ]
    assert shown["last_exchange_on"] == "2026-11-20"
    assert house("log", "3", "call") == (
        4,
        "",
        "What was said? Give it as TEXT, or - to read it from standard input\n",
    )
    assert house("log", "3", "fax", "x")[0] == 2
    assert house("log", "3", "spoke to Jeanne") == (
        2,
        "",
        "what was it? pipe log 3 call|mail|meeting|note TEXT\n",
    )


def test_a_text_may_begin_with_a_minus_sign_and_is_kept_as_typed(house: Pipe) -> None:
    house("log", "3", "note", "-5 % asked", "-n", "-2 chairs", "-d", "+3d")
    shown = json.loads(house("show", "3", "--json").out)
    assert (shown["exchanges"][0]["text"], shown["next_action"]) == ("-5 % asked", "-2 chairs")


def test_edit_sets_fields_amount_owner_and_probability(house: Pipe, unchanged: Unchanged) -> None:
    assert house(
        "edit", "1", "--set", "tags=a,b", "--amount", "50k", "--owner", "marc", "--close", "eom"
    ) == (
        0,
        "1 Acme · ERP rollout   Discovery   €50,000 (was €48,000)   25 %\nNext: call Jeanne, Fri 20 Nov\n",
        "",
    )
    with unchanged():
        assert house("edit", "1") == (2, "", "nothing to change: pipe edit 1 --set K=V\n")
        assert house("edit", "1", "--probability", "40", "--reason", "x") == (
            2,
            "",
            "the probability of Discovery is fixed at 25 %\n",
        )
        assert house("edit", "1", "--set", "colour=red")[0] == 2


def test_handover_gives_all_open_ones_with_their_evidence(house: Pipe) -> None:
    assert house("handover", "lea", "marc", "--on", "2026-11-20", "-q") == (0, "4\n1\n2\n", "")
    assert house("handover", "lea", "marc") == (3, "", '"lea" owns no open opportunity\n')
    assert json.loads(house("journal", "1", "--json").out)[-1]["at"] == "2026-11-20"


@pytest.mark.parametrize("line", WRITES)
def test_a_dry_run_says_what_would_happen_and_changes_nothing(
    house: Pipe, unchanged: Unchanged, line: str
) -> None:
    import shlex

    with unchanged():
        code, out, err = house(*shlex.split(line), "--dry-run")
        assert (code, err) == (0, "Dry run: nothing was changed.\n")
        assert out
    assert house(*shlex.split(line), "-q").out == house("show", ".", "-q").out


@pytest.mark.parametrize("line", WRITES)
def test_every_write_prints_the_opportunity_as_json(house: Pipe, line: str) -> None:
    import shlex

    code, out, err = house(*shlex.split(line), "--json")
    assert (code, err, list(json.loads(out))) == (0, "", OPPORTUNITY_KEYS)


@pytest.mark.parametrize(
    "line, earliest",
    [
        ('done 1 "We spoke" -n x -d fri', "2026-11-17"),
        ('log 1 call "We spoke"', "2020-01-01"),
        ('prove 1 problem "They said so"', "2020-01-01"),
        ("edit 1 --amount 50k", "2026-11-16"),
        ("back 1 --reason x", "2026-11-16"),
        ("lose 1 price", "2026-11-16"),
        ("reopen 6 --reason x -n y -d fri", "2026-11-10"),
        ("handover lea zoe", "2026-11-16"),
    ],
)
def test_on_dates_what_happened_and_not_the_future(
    house: Pipe, unchanged: Unchanged, line: str, earliest: str
) -> None:
    import shlex

    words = shlex.split(line)
    with unchanged():
        assert house(*words, "--on", "tomorrow") == (
            2,
            "",
            "2026-11-24 is in the future; what happened can be dated 2026-11-23 at the latest\n",
        )
    assert house(*words, "--on", earliest, "-q")[0] == 0
    ref = words[1] if words[0] != "handover" else "1"
    assert earliest in {e["at"] for e in json.loads(house("journal", ref, "--json").out)[1:]}


def test_a_state_is_never_dated_before_the_one_it_follows(house: Pipe, unchanged: Unchanged) -> None:
    with unchanged():
        assert house("back", "1", "--reason", "x", "--on", "2026-11-15") == (
            2,
            "",
            "2026-11-15 is before the move of 2026-11-16; use --on 2026-11-16 or later\n",
        )


def test_pipe_today_never_touches_a_write(house: Pipe) -> None:
    future = {"PIPE_TODAY": "2027-03-01"}
    assert "101 d late" in house("list", env=future).out
    assert house("add", "X", "-n", "x", "-d", "+3d", env=future).out.endswith("Next: x, Thu 26 Nov\n")
    assert json.loads(house("show", "7", "--json").out)["created_on"] == "2026-11-23"
    assert house("list", env={"PIPE_TODAY": "soon"}) == (
        2,
        "",
        "PIPE_TODAY = soon is not a date; write it as 2026-12-31\n",
    )
