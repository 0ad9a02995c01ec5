"""Setting an exchange rate: what it prices and leaves unproven; how it is taken back, replayed and restored."""

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from pipecli.config import Settings
from pipecli.errors import Conflict, InvalidInput, StoreError
from pipecli.service import (
    demo,
    doctor,
    exporting,
    gates,
    lists,
    opportunities,
    rates,
    restoring,
    show,
    stages,
    undoing,
)
from pipecli.service.answers import Answers
from pipecli.service.lists import Wanted
from pipecli.service.rates import Priced, set_rate
from pipecli.service.workspace import Workspace
from pipecli.store.opening import open_database

At = Callable[[date], None]
MARCH = date(2026, 3, 2)
NEXT = Answers(next="call", due="+5d")


@pytest.fixture
def abroad(workspace: Workspace) -> Workspace:
    """1 and 2 in dollars, 3 in francs, 4 in euros; 1 passed the gate to discovery, whatever it is worth."""
    for amount in ("USD 21k", "USD 5k", "CHF 500", "8k"):
        opportunities.add(workspace, "X", NEXT._replace(amount=amount, sets=("contact=Ana",)))
    return workspace


def known(workspace: Workspace) -> dict[str, Decimal | None]:
    return {p.currency: p.rate for p in rates.listed(workspace)}


def unproven(workspace: Workspace) -> list[int]:
    return [r["id"] for r in lists.listing(workspace, Wanted(where="unproven", sort="number"), 0).records]


def test_what_has_no_rate_comes_first_then_what_prices_most(abroad: Workspace, at: At) -> None:
    set_rate(abroad, "usd", "0,92")
    set_rate(abroad, "JPY", "0.0062", on="2026-01-01")
    assert rates.listed(abroad) == [
        Priced("CHF", "EUR", None, None, 1, 50_000, None),
        Priced("USD", "EUR", Decimal("0.92"), MARCH, 2, 2_600_000, 2_392_000),
        Priced("JPY", "EUR", Decimal("0.0062"), date(2026, 1, 1), 0, 0, 0),
    ]
    at(date(2026, 4, 1))
    gates.lose(abroad, "3", "price", "")
    set_rate(abroad, "USD", "0.95")
    assert [(p.currency, p.rate, p.open_count) for p in rates.listed(abroad)] == [
        ("CHF", None, 0),  # what is closed needs a rate as well
        ("USD", Decimal("0.95"), 2),
        ("JPY", Decimal("0.0062"), 0),
    ]


def test_a_workspace_in_one_currency_lists_none(workspace: Workspace) -> None:
    assert rates.listed(workspace) == []
    assert rates.as_records([]) == []


def test_setting_says_what_it_prices_and_what_was_before(abroad: Workspace) -> None:
    first = set_rate(abroad, "USD", "0.92")
    assert (first.was, first.open_count, first.unproven) == (None, 2, ())
    second = set_rate(abroad, "USD", "0.93")
    assert rates.as_json(second) == {
        "currency": "USD",
        "base": "EUR",
        "rate": 0.93,
        "since": "2026-03-02",
        "was": 0.92,
        "open_count": 2,
        "unproven": [],
    }
    older = set_rate(abroad, "USD", "1", on="2026-01-01")
    assert (older.was, older.in_force_since, older.open_count) == (None, MARCH, 0)
    assert known(abroad)["USD"] == Decimal("0.93")


def test_the_same_rate_again_leaves_no_trace(abroad: Workspace, at: At) -> None:
    set_rate(abroad, "USD", "0.92")
    with abroad.read() as reading:
        head = reading.header.head
    assert set_rate(abroad, "USD", "0.920").was == Decimal("0.92")
    with abroad.read() as reading:
        assert reading.header.head == head
    at(date(2026, 3, 9))
    set_rate(abroad, "USD", "0.92")  # said again a week later, it is news
    with abroad.read() as reading:
        assert reading.header.head == head + 1


def test_a_dry_run_changes_nothing(abroad: Workspace) -> None:
    assert set_rate(abroad, "USD", "0.92", dry_run=True).open_count == 2
    assert known(abroad) == {"CHF": None, "USD": None}


@pytest.mark.parametrize(
    ("currency", "rate", "on", "words"),
    [
        ("XXX", "1", None, '"XXX" is not a currency'),
        ("EUR", "1", None, "EUR is the currency of this workspace"),
        ("USD", "0", None, '"0" is not a rate'),
        ("USD", "-0.92", None, '"-0.92" is not a rate'),
        ("USD", "NaN", None, '"NaN" is not a rate'),
        ("USD", "1,176", None, '"1,176" is ambiguous: write 1176 or'),
        (
            "USD",
            "1",
            "2026-03-03",
            "2026-03-03 is in the future; a rate can be dated 2026-03-02 at the latest",
        ),
        ("USD", "1", "32/13", "32/13"),
    ],
)
def test_what_cannot_be_is_refused(
    workspace: Workspace, currency: str, rate: str, on: str | None, words: str
) -> None:
    with pytest.raises(InvalidInput, match=words):
        set_rate(workspace, currency, rate, on=on)


def test_the_configured_decimal_mark_reads_the_rate(workspace: Workspace, settings: Settings) -> None:
    french = Workspace(Settings(environ={**settings.environ, "PIPE_DECIMAL": ","}))
    set_rate(french, "USD", "1,176")
    assert known(workspace) == {"USD": Decimal("1.176")}


def test_undo_and_redo_take_a_rate_back_and_bring_it_again(abroad: Workspace) -> None:
    set_rate(abroad, "USD", "0.92")
    set_rate(abroad, "USD", "0.95", on="2026-01-01")
    set_rate(abroad, "CHF", "1.05")
    told = []
    for redo in (False, False, False, True, True, True):
        undoing.undo(abroad, redo=redo)
        told.append(known(abroad))
        assert doctor.doctor(abroad).faults == []
    dollar, franc = Decimal("0.92"), Decimal("1.05")
    assert told == [
        {"CHF": None, "USD": dollar},
        {"CHF": None, "USD": dollar},
        {"CHF": None, "USD": None},
        {"CHF": None, "USD": dollar},
        {"CHF": None, "USD": dollar},
        {"CHF": franc, "USD": dollar},
    ]


def test_undo_of_a_rate_brings_the_one_of_the_same_day_back(abroad: Workspace) -> None:
    set_rate(abroad, "USD", "0.92")
    set_rate(abroad, "USD", "0.95")
    undoing.undo(abroad)
    assert known(abroad)["USD"] == Decimal("0.92")


def test_a_rate_that_a_colleague_changed_since_is_not_taken_back(
    abroad: Workspace, settings: Settings
) -> None:
    set_rate(abroad, "USD", "0.92")
    bob = Workspace(Settings(environ={**settings.environ, "PIPE_ME": "bob"}))
    set_rate(bob, "CHF", "1.05")  # of another currency: in nobody's way
    set_rate(bob, "USD", "0.95")
    with pytest.raises(
        Conflict, match="rates cannot be taken back: the rate by bob on USD stands in its way"
    ):
        undoing.undo(abroad)
    undoing.undo(bob)
    undoing.undo(abroad)
    assert known(abroad) == {"CHF": Decimal("1.05"), "USD": None}


def staked(toml: str) -> str:
    """The definition with an approval of what is worth 20,000 or more to leave its first stage."""
    need = (
        '  [[stage.exit]]\n  key = "stake"\n  ask = "Is it worth it?"\n'
        '  approval = "founder"\n  when = "amount >= 20000"\n\n'
    )
    head, mark, rest = toml.partition("[[stage]]")
    first, second, others = rest.partition("[[stage]]")
    return head + mark + first + need + second + others


def test_a_rate_judges_again_what_is_open_in_its_currency(abroad: Workspace, at: At) -> None:
    """Worth 18,900 euros at its gate, no approval was asked for; at another rate it is worth 20,160."""
    stages.adopt(abroad, staked(stages.current_toml(abroad)[1]), {})
    set_rate(abroad, "USD", "0.9")
    gates.advance(abroad, "1", Answers(proofs=("need=told",)))
    assert unproven(abroad) == []
    at(date(2026, 3, 9))
    assert set_rate(abroad, "USD", "0.96").unproven == (1,)
    assert unproven(abroad) == [1]
    assert show.show(abroad, "1").unproven == ("stake",)
    assert set_rate(abroad, "USD", "0.97").unproven == ()  # it is unproven already
    undoing.undo(abroad)
    undoing.undo(abroad)
    assert unproven(abroad) == []
    undoing.undo(abroad, redo=True)
    assert unproven(abroad) == [1]
    assert doctor.doctor(abroad).faults == []
    assert doctor.doctor(abroad, rebuild_projection=True).faults == []
    assert unproven(abroad) == [1]


def test_a_gate_asks_for_what_is_above_the_stake_by_the_rate(abroad: Workspace) -> None:
    stages.adopt(abroad, staked(stages.current_toml(abroad)[1]), {})
    proven = Answers(proofs=("need=told",))
    assert [v.criterion.key for v in gates.tried(abroad, "2", proven, None).gate.unmet] == ["stake"]
    set_rate(abroad, "USD", "0.9")
    assert gates.advance(abroad, "2", proven).after.stage == "discovery"


def test_adopting_another_currency_leaves_the_rates_into_the_old_one(abroad: Workspace) -> None:
    set_rate(abroad, "USD", "0.92")
    toml = stages.current_toml(abroad)[1]
    stages.adopt(abroad, toml.replace('currency = "EUR"', 'currency = "CHF"'), {})
    assert known(abroad) == {"EUR": None, "USD": None}
    stages.adopt(abroad, toml, {})
    assert known(abroad) == {"CHF": None, "USD": Decimal("0.92")}
    assert doctor.doctor(abroad).faults == []


def exported(workspace: Workspace) -> str:
    out = io.StringIO()
    exporting.export_journal(workspace, out)
    return out.getvalue()


def test_an_exported_journal_restores_its_rates_byte_for_byte(abroad: Workspace, tmp_path: Path) -> None:
    set_rate(abroad, "USD", "0.92", on="2026-02-01")
    set_rate(abroad, "CHF", "1.05")
    undoing.undo(abroad)
    file = tmp_path / "journal.jsonl"
    file.write_text(exported(abroad), newline="")
    environ = {**abroad.settings.environ, "PIPE_DB": str(tmp_path / "restored.db")}
    again = Workspace(Settings(environ=environ))
    restoring.restore(again.settings, file)
    assert exported(again) == exported(abroad)
    assert rates.listed(again) == rates.listed(abroad)
    assert doctor.doctor(again).faults == []


@pytest.mark.parametrize(
    "payload", ['{"base":"EUR"}', '{"base":"EUR","currency":"USD","on":"2026-01-01","rate":"x"}']
)
def test_a_rate_that_no_program_wrote_is_named(abroad: Workspace, payload: str) -> None:
    set_rate(abroad, "USD", "0.92")
    driver = open_database(abroad.address, write=True)
    driver.run("update event set payload = :payload where kind = 'RateSet'", {"payload": payload})
    driver.close()
    [fault] = doctor.doctor(abroad).faults
    assert fault.startswith("the journal of stream workspace cannot be replayed")
    with pytest.raises(StoreError, match="restore a backup"):
        doctor.doctor(abroad, rebuild_projection=True)


def test_a_read_of_an_older_workspace_says_what_to_type(abroad: Workspace) -> None:
    driver = open_database(abroad.address, write=True)
    driver.run("drop table rate")
    driver.run("update workspace set projection = 1")
    driver.close()
    with pytest.raises(StoreError, match="write them anew: pipe db upgrade"):
        rates.listed(abroad)
    assert doctor.doctor(abroad, rebuild_projection=True).faults == []
    assert known(abroad) == {"CHF": None, "USD": None}


def test_the_journal_tells_it_in_words(abroad: Workspace) -> None:
    set_rate(abroad, "USD", "0,92", on="2026-02-01")
    [entry] = show.read_journal(abroad, None, since=None, actor=None, limit=1).entries
    assert (entry.kind, entry.at, entry.summary) == (
        "RateSet",
        "2026-02-01",
        "1 USD = 0.92 EUR from 2026-02-01 on",
    )
    assert entry.detail == {"base": "EUR", "currency": "USD", "on": "2026-02-01", "rate": "0.92"}


def test_a_sample_does_not_replace_a_workspace_with_a_rate(workspace: Workspace) -> None:
    set_rate(workspace, "USD", "0.92")
    with pytest.raises(Conflict):
        demo.demo(workspace.settings, size=5)
    assert known(workspace) == {"USD": Decimal("0.92")}


def test_today_ranks_by_what_amounts_are_worth(workspace: Workspace, at: At) -> None:
    at(date(2026, 2, 2))
    for amount in ("10k", "USD 9k", "JPY 900000"):
        opportunities.add(workspace, "X", Answers(amount=amount, next="call", due="+1d"))
    at(MARCH)
    set_rate(workspace, "USD", "1.2")
    set_rate(workspace, "JPY", "0.0062")
    found = lists.today(workspace, 50)
    assert [r["id"] for r in found.overdue.records] == [2, 1, 3]
    assert [r["currency"] for r in found.overdue.records] == ["USD", "EUR", "JPY"]
    assert found.overdue.worth.amount == 1_000_000 + 1_080_000 + 558_000
    first = lists.first(workspace)
    assert first and first["id"] == 2
