"""The contract of reports: today, overdue, stale, list, show, journal, forecast; references and filters."""

from __future__ import annotations

import json

import pytest

from .conftest import Pipe

FORECAST_KEYS = [
    *("as_of", "from", "until", "currency", "won", "open", "weighted", "unpriced", "undated"),
    *("other_currencies", "history"),
]
HISTORY_KEYS = ["trusted", "why", "n_closed", "existing", "new_business", "total"]


def ids(pipe: Pipe, *words: str) -> list[int]:
    """The ids a list has."""
    return [int(line) for line in pipe(*words, "-q").out.split()]


def test_bare_pipe_is_today(house: Pipe) -> None:
    assert house() == house("today")


def test_today_is_mine_and_all_is_everybodys(house: Pipe) -> None:
    assert house("today", me="marc").out == ""
    assert "Sirius · Portal" in house("today", "--all", me="marc").out
    sections = [(r["id"], r["section"]) for r in json.loads(house("today", "--json").out)]
    assert sections == [(1, "overdue"), (4, "overdue"), (2, "today"), (4, "stale")]
    coming = json.loads(house("today", "--json", "--all", "--days", "30").out)
    assert [(r["id"], r["section"]) for r in coming] == [*sections, (3, "soon")]


def test_lists_show_everybodys_and_m_mine(house: Pipe) -> None:
    assert ids(house, "list") == [4, 1, 2, 3]
    assert ids(house, "list", "-m") == [4, 1, 2]
    assert ids(house, "overdue") == [4, 1]
    assert house("overdue", "-m", me="marc") == (0, "", "")
    assert house("stale", "-m", me="marc") == (0, "", "")


@pytest.mark.parametrize(
    "words, expected",
    [
        (["acme"], [1]),
        (["--stage", "discovery"], [1]),
        (["--stage", "Qualified lead"], [4, 2, 3]),
        (["--owner", "MARC"], [3]),
        (["--account", "bor"], [2]),
        (["--tag", "key"], [1]),
        (["--status", "won"], [5]),
        (["--status", "lost"], [6]),
        (["--status", "won,lost", "--sort", "number"], [5, 6]),
        (["--status", "all", "--sort", "number"], [1, 2, 3, 4, 5, 6]),
        (["--where", "amount > 5k and not stage = 'lead'"], [1]),
        (["--where", "not has amount"], [3]),
        (["--sort", "-amount"], [1, 4, 2, 3]),
        (["--sort", "name"], [3, 1, 2, 4]),
        (["--as-of", "2026-11-09", "--sort", "number"], [1, 2, 3, 4, 5, 6]),
        (["--as-of", "2026-11-01"], []),
    ],
)
def test_list_filters_and_sorts(house: Pipe, words: list[str], expected: list[int]) -> None:
    assert ids(house, "list", *words) == expected


def test_as_of_is_the_end_of_that_day(house: Pipe) -> None:
    now = json.loads(house("show", "1", "--json").out)
    then = json.loads(house("show", "1", "--as-of", "2026-11-15", "--json").out)
    assert (now["stage"], then["stage"], then["last_exchange_on"]) == ("discovery", "lead", None)
    assert house("list", "--as-of", "tomorrow") == (
        2,
        "",
        "2026-11-24 is in the future; --as-of looks back\n",
    )
    assert house("show", "1", "--as-of", "2026-10-01") == (3, "", "1 was not open yet on 2026-10-01\n")


@pytest.mark.parametrize("ref", ["1", "#1", "erp", "ERP ROLLOUT", "acme", "roll", "."])
def test_a_reference_is_a_number_a_fragment_or_the_last_one(house: Pipe, ref: str) -> None:
    house("log", "1", "note", "x")
    assert house("show", ref, "-q") == (0, "1\n", "")


def test_a_fragment_means_an_open_one_else_any(house: Pipe) -> None:
    assert house("show", "trainíng", "-q").out == "5\n"
    assert house("show", "kiosk", "-q").out == "6\n"


def test_several_fits_are_listed_with_exit_3(house: Pipe) -> None:
    assert house("why", "r") == (
        3,
        "",
        '"r" fits 4: 4 Portal, 3 Audit, 2 Maintenance, 1 ERP rollout; name one by its number\n',
    )
    error = json.loads(house("why", "r", "--json").err)
    assert list(error) == ["error", "message", "ref", "candidates"]
    assert error["error"] == "ambiguous"
    assert error["candidates"][0] == {
        **{"id": 4, "name": "Portal", "account": "Sirius", "owner": "lea", "stage": "lead"},
    }


def test_exit_code_8_says_that_something_is_listed(house: Pipe) -> None:
    assert house("overdue", "--exit-code", "-q") == (8, "4\n1\n", "")
    assert house("stale", "--exit-code", "-q") == (8, "4\n", "")
    assert house("overdue", "--days", "17", "--exit-code", "-q")[:2] == (8, "4\n")
    assert house("overdue", "--days", "18", "--exit-code") == (0, "", "")
    assert house("overdue")[0] == 0


def test_journal_of_one_of_all_since_and_of_an_actor(house: Pipe) -> None:
    entry = json.loads(house("journal", "--limit", "1", "--json").out)[0]
    assert list(entry) == ["seq", "at", "recorded_at", "actor", "kind", "summary", "detail", "ref"]
    assert house("journal", "--since", "2026-11-20", "-q").out.split() == ["34", "35", "36", "37"]
    assert house("journal", "--actor", "marc") == (0, "", "")
    assert house("journal", "6", "-q").out.split() == ["19", "20", "21"]


def test_show_has_the_opportunity_its_gate_exchanges_and_journal(house: Pipe) -> None:
    shown = json.loads(house("show", "1", "--json").out)
    assert list(shown)[-5:] == ["unproven", "gate", "contacts", "exchanges", "journal"]
    assert shown["gate"]["to"] == "proposal"
    assert shown["contacts"] == [
        {"id": 4, "name": "Jeanne Martin", "mail": "jeanne@acme.example", "phone": None}
    ]
    proof = json.loads(house("show", "1", "--proof", "--json").out)["proof"]
    assert [(step["stage"], step["how"]) for step in proof] == [("lead", "opened"), ("discovery", "advanced")]


def test_the_forecast_has_the_keys_of_the_contract_in_every_group(house: Pipe) -> None:
    assert list(json.loads(house("forecast", "--json").out)) == FORECAST_KEYS
    for by in ("month", "quarter", "owner", "stage", "account", "source", "quote_valid_until"):
        document = json.loads(house("forecast", "--by", by, "--json").out)
        assert list(document) == [*FORECAST_KEYS, "groups"]
        days = ["from", "until"] if by in ("month", "quarter") else []
        keys = ["key", "label", *days, *FORECAST_KEYS[3:]]
        assert [list(g) for g in document["groups"]] == [keys] * len(document["groups"])
        for line in (document, *document["groups"]):
            assert list(line["history"]) == HISTORY_KEYS
            for part in ("existing", "new_business", "total"):
                assert list(line["history"][part]) == ["mean", "p10", "p50", "p90"]
    assert house("forecast", "--by", "colour") == (
        2,
        "",
        'cannot group by "colour"; group by: month, quarter, owner, stage, account, source, quote_valid_until\n',
    )


def test_the_forecast_of_a_period_and_of_a_past_day(house: Pipe) -> None:
    document = json.loads(house("forecast", "--from", "2026-12-01", "--until", "2026-12-31", "--json").out)
    assert (document["won"], document["open"], document["weighted"]) == (
        {"count": 0, "amount": 0},
        {"count": 1, "amount": 48000},
        12000,
    )
    past = json.loads(house("forecast", "--as-of", "2026-11-15", "--json").out)
    assert (past["as_of"], past["won"]["count"], past["weighted"]) == ("2026-11-15", 0, 5700)
    assert house("forecast", "--from", "eoy", "--until", "today") == (
        2,
        "",
        "the period ends 2026-11-23, before it starts 2026-12-31\n",
    )


def test_reports_are_made_for_pipe_today(house: Pipe) -> None:
    assert ids_on(house, "2026-11-20") == [4]
    assert ids_on(house, "2026-12-02") == [4, 1, 2, 3]


def ids_on(pipe: Pipe, day: str) -> list[int]:
    """The late ones on a day."""
    return [int(line) for line in pipe("overdue", "-q", env={"PIPE_TODAY": day}).out.split()]


@pytest.mark.parametrize("words", [["--db", "{}"], ["--db={}"]])
def test_the_workspace_is_named_before_or_behind_the_command(
    house: Pipe, environment: object, words: list[str]
) -> None:
    given = [word.format(f"sqlite:///{environment}/pipe.db") for word in words]
    nowhere = {"PIPE_DB": "/nowhere/pipe.db"}
    assert house(*given, "list", "-q", env=nowhere) == house("list", "-q")
    assert house("list", *given, "-q", env=nowhere) == house("list", "-q")
    assert house("list", env=nowhere) == (
        6,
        "",
        "there is no workspace at /nowhere/pipe.db; make one: pipe init, or look around: pipe --demo demo\n",
    )
    assert house("list", "--demo")[0] == 6


def test_money_and_days_follow_the_language(house: Pipe) -> None:
    line = house("--lang", "fr", "list", "erp").out.splitlines()[1]
    assert "48\u202f000\u00a0€" in line
    assert house("list", "erp", "--lang", "fr", "--json") == house("list", "erp", "--json")
