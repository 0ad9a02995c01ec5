"""The board as it is read: columns and what they are worth, the agenda, filters, what presses, and its moment."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from forecasting.cases import Case
from pipecli.config import Settings
from pipecli.errors import GateNotMet, StoreError
from pipecli.service import (
    backups,
    board,
    creating,
    gates,
    lists,
    opportunities,
    rates,
    show,
    stages,
    undoing,
)
from pipecli.service.answers import Answers
from pipecli.service.board import Board, Wanted, pressing
from pipecli.service.bringing_back import bring_back
from pipecli.service.lists import Worth
from pipecli.service.opportunities import Happened
from pipecli.service.watching import Moment, Watch
from pipecli.service.workspace import Workspace

At = Callable[[date], None]
TODAY = date(2026, 3, 2)
NEXT = Answers(next="call", due="+5d", amount="10k")
DISCOVERED = Answers(proofs=("need=They told us",), sets=("contact=Ana",))
OFFERED = Answers(
    proofs=("need=x", "problem=x", "decision-maker=x", "offer=x"),
    sets=("contact=Ana", "decision_maker=Ana", "quote_valid_until=2026-06-30"),
    said=(("meeting", "We went through the scope", ""),),
)


def add(
    place: Workspace, name: str, amount: str | None, due: str, *sets: str, owner: str | None = None
) -> int:
    answers = Answers(sets=sets, amount=amount, owner=owner, next="call", due=due)
    return opportunities.add(place, name, answers).ref


@pytest.fixture
def marc(workspace: Workspace, settings: Settings) -> Workspace:
    """The same workspace as Marc opens it."""
    return Workspace(Settings(environ={**settings.environ, "PIPE_ME": "marc"}))


@pytest.fixture
def busy(workspace: Workspace, at: At) -> Workspace:
    """A month in the life of seven: by 2 March 1 and 2 are late, 3 is due, 4 went quiet, 5 and 6 come, 7 is lost."""
    at(date(2026, 2, 2))
    add(workspace, "ERP rollout", "48k", "2026-02-27", "account=Acme", "tags=key north")
    add(workspace, "Élan", "9k", "2026-02-20", "account=Sirius", "tags=key", owner="Marc")
    add(workspace, "Maintenance", None, "2026-03-02", "account=Borel")
    add(workspace, "Audit", "4k", "2026-02-10", "account=Acme", "tags=north")
    add(workspace, "Portal", "20k", "2026-03-09", "account=Élan", owner="Marc")
    add(workspace, "Training", "6k", "2026-03-10", "tags=keynote")
    add(workspace, "Kiosk", "30k", "2026-02-27")
    gates.lose(workspace, "7", "price", "")
    opportunities.set_next(workspace, "4", "send references", "2026-03-20")
    at(date(2026, 2, 23))
    for ref in ("1", "2", "3", "5", "6"):
        opportunities.log(workspace, ref, "call", "They called", Answers())
    gates.advance(workspace, "1", DISCOVERED)
    at(TODAY)
    return workspace


def numbers(cards: Sequence[board.Card]) -> list[int]:
    return [card.number for card in cards]


def columns(found: Board, wanted: Wanted = Wanted()) -> list[tuple[str, list[int], Worth, int]]:
    """Each column: its stage, its cards, what they are worth and weigh."""
    return [(c.stage.key, numbers(c.cards), c.worth, c.weighted) for c in found.columns(wanted)]


def worth(
    euros: int, converted: dict[str, int] | None = None, unpriced: dict[str, int] | None = None
) -> Worth:
    return Worth("EUR", euros * 100, converted or {}, unpriced or {})


# Columns


def test_every_stage_has_its_cards_their_worth_and_what_that_weighs(busy: Workspace) -> None:
    assert columns(board.read(busy)) == [
        ("lead", [2, 3, 4, 5, 6], worth(39_000), 3_900_00),
        ("discovery", [1], worth(48_000), 12_000_00),
        ("proposal", [], worth(0), 0),
        ("negotiation", [], worth(0), 0),
    ]


def test_an_empty_workspace_is_a_board_of_empty_columns(workspace: Workspace) -> None:
    found = board.read(workspace)

    assert columns(found) == [
        (key, [], worth(0), 0) for key in ("lead", "discovery", "proposal", "negotiation")
    ]
    assert found.sections(Wanted()) == {
        section: [] for section in ("overdue", "today", "unplanned", "stale", "soon", "later")
    }
    assert (found.cards, found.by_number, found.owners, found.tags, found.approvals) == ([], {}, {}, [], [])
    assert pressing(found, Wanted()) == []
    assert (found.today, found.actor, found.pipeline.version) == (TODAY, "lea", 1)


def test_a_workspace_that_is_not_there_has_no_board(settings: Settings) -> None:
    for look in (board.read, moment):
        with pytest.raises(StoreError, match="there is no workspace at"):
            look(Workspace(settings))


def test_a_probability_set_by_hand_weighs(workspace: Workspace) -> None:
    toml = stages.current_toml(workspace)[1]
    new = toml.replace("probability = 10 #", "probability = { default = 10, min = 5, max = 20 } #")
    stages.adopt(workspace, new, {})
    add(workspace, "ERP", "48k", "+5d")
    opportunities.edit(workspace, "1", Answers(), probability=20, reason="they called")

    assert columns(board.read(workspace))[0] == ("lead", [1], worth(48_000), 9_600_00)


@pytest.fixture
def abroad(workspace: Workspace) -> Workspace:
    """1 in euros, 2 in dollars, 3 in yen, 4 in francs that no rate prices, 5 without an amount; all due in 5 days."""
    rates.set_rate(workspace, "USD", "0.9")
    rates.set_rate(workspace, "JPY", "0.006")
    for n, amount in enumerate(("10k", "USD 10k", "JPY 2000000", "CHF 500", None), 1):
        add(workspace, f"Number {n}", amount, "+5d")
    return workspace


def test_amounts_in_other_currencies_are_worth_what_their_rate_says(abroad: Workspace) -> None:
    found = board.read(abroad)

    assert columns(found)[0] == (
        "lead",
        [3, 1, 2, 4, 5],
        worth(31_000, {"USD": 10_000_00, "JPY": 2_000_000}, {"CHF": 500_00}),
        3_100_00,
    )
    assert {card.number: card.weighted for card in found.cards} == {
        1: 1_000_00,
        2: 900_00,
        3: 1_200_00,
        4: None,
        5: None,
    }
    assert found.worth([found.by_number[n] for n in (2, 4)]) == worth(
        9_000, {"USD": 10_000_00}, {"CHF": 500_00}
    )


def test_a_rate_that_is_set_prices_what_had_none(abroad: Workspace) -> None:
    rates.set_rate(abroad, "CHF", "1.05")

    assert board.read(abroad).by_number[4].weighted == 52_50
    assert columns(board.read(abroad))[0][2:] == (
        worth(31_525, {"CHF": 500_00, "JPY": 2_000_000, "USD": 10_000_00}),
        3_152_50,
    )


def test_an_amount_that_was_taken_away_is_worth_nothing_in_any_currency(abroad: Workspace) -> None:
    for ref in ("1", "2", "4"):
        opportunities.edit(abroad, ref, Answers(sets=("amount=",)))
    found = board.read(abroad)

    assert [(card.number, card.weighted) for card in found.cards] == [
        (3, 1_200_00),
        (1, None),
        (2, None),
        (4, None),
        (5, None),
    ]
    assert columns(found)[0][2:] == (worth(12_000, {"JPY": 2_000_000}), 1_200_00)


def test_a_stage_of_no_present_definition_stands_first(workspace: Workspace) -> None:
    """An undone move leads back into a stage that was taken out of the definition meanwhile."""
    add(workspace, "ERP", "10k", "+5d")
    gates.advance(workspace, "1", DISCOVERED)
    parts = stages.current_toml(workspace)[1].split("[[stage]]\n")
    marc = Workspace(replace(workspace.settings, flags={"me": "marc"}))
    stages.adopt(marc, "[[stage]]\n".join(p for p in parts if 'key = "lead"' not in p.split("[[")[0]), {})
    undoing.undo(workspace)
    found = board.read(workspace)

    assert columns(found) == [
        ("lead", [1], worth(10_000), 0),
        ("discovery", [], worth(0), 0),
        ("proposal", [], worth(0), 0),
        ("negotiation", [], worth(0), 0),
    ]
    assert [c.stage.key for c in found.columns(Wanted(text="nobody"))] == [
        "discovery",
        "proposal",
        "negotiation",
    ]
    assert numbers(found.sections(Wanted())["soon"]) == [1]


# The order of what needs doing


def test_the_agenda_is_what_presses_by_stake_and_what_comes_by_day(busy: Workspace) -> None:
    found = board.read(busy)

    assert {section: numbers(cards) for section, cards in found.sections(Wanted()).items()} == {
        "overdue": [1, 2],
        "today": [3],
        "unplanned": [],
        "stale": [4],
        "soon": [5],
        "later": [6],
    }
    assert [(c.number, c.section, c.stale, c.is_late, c.order) for c in found.cards] == [
        (1, "overdue", False, True, (0, -12_000_00_00, date(2026, 2, 27).toordinal())),
        (2, "overdue", False, True, (0, -900_00_00, date(2026, 2, 20).toordinal())),
        (3, "today", False, False, (1, 0, TODAY.toordinal())),
        (4, "stale", True, False, (3, -400_00_00, date(2026, 3, 20).toordinal())),
        (5, "soon", False, False, (4, date(2026, 3, 9).toordinal(), -2_000_00_00)),
        (6, "later", False, False, (5, date(2026, 3, 10).toordinal(), -600_00_00)),
    ]


@pytest.mark.parametrize(
    ("dues", "amounts", "order"),
    [
        (("+2d", "+1d", "+3d"), ("1k", "2k", "3k"), [2, 1, 3]),  # what comes: by its day,
        (("+2d", "+2d", "+2d"), ("1k", "3k", "2k"), [2, 3, 1]),  # then by what is at stake,
        (("+2d", "+2d", "+2d"), ("1k", "1k", "1k"), [1, 2, 3]),  # then by number
        (("today", "today", "today"), ("1k", None, "2k"), [3, 1, 2]),
        (("+9d", "today", "+2d"), ("90k", "1k", "50k"), [2, 3, 1]),
    ],
)
def test_cards_of_a_stage_are_in_that_order(
    workspace: Workspace, dues: Sequence[str], amounts: Sequence[str | None], order: list[int]
) -> None:
    for n, (due, amount) in enumerate(zip(dues, amounts, strict=True), 1):
        add(workspace, f"Number {n}", amount, due)

    assert columns(board.read(workspace))[0][1] == order


def test_late_ones_are_ordered_as_in_today(workspace: Workspace, at: At) -> None:
    rates.set_rate(workspace, "USD", "2")
    late = (
        ("8k", "+1d"),
        ("USD 7k", "+3d"),
        ("48k", "+2d"),
        (None, "+1d"),
        ("CHF 90k", "+1d"),
        ("9k", "today"),
    )
    for n, (amount, due) in enumerate(late, 1):
        add(workspace, f"Number {n}", amount, due)
    gates.advance(workspace, "1", DISCOVERED)  # 8,000 at 25 % is more than 14,000 at 10 %
    at(date(2026, 3, 20))

    overdue = numbers(board.read(workspace).sections(Wanted())["overdue"])
    assert overdue == [r["id"] for r in lists.today(workspace, 0).overdue.records] == [5, 3, 1, 2, 6, 4]


def test_only_an_import_leaves_one_without_a_next_action_and_it_presses(
    bring: Callable[[Sequence[Case]], Workspace],
) -> None:
    opened = date(2026, 2, 1)
    case = Case("A1", opened, ((opened, "lead"),), ((opened, 500.0),), None, None, "lea", "web")
    found = board.read(bring([case]))

    assert {section: numbers(cards) for section, cards in found.sections(Wanted()).items() if cards} == {
        "unplanned": [1]
    }
    assert (found.cards[0].order, found.cards[0].stale) == ((2, -50_00_00, 0), True)
    assert numbers(pressing(found, Wanted())) == [1]


def test_a_card_is_recorded_as_lists_record_it(busy: Workspace) -> None:
    found = board.read(busy)
    listed = lists.listing(busy, lists.Wanted(sort="number"), 0).records

    assert [found.record(found.by_number[n]) for n in sorted(found.by_number)] == listed
    assert len(listed) == 6


# Filters


@pytest.mark.parametrize(
    ("wanted", "fit"),
    [
        (Wanted(), [1, 2, 3, 4, 5, 6]),
        (Wanted(text="elan"), [2, 5]),
        (Wanted(text="ÉLAN"), [2, 5]),
        (Wanted(text="  maint  "), [3]),
        (Wanted(text="acme"), [1, 4]),
        (Wanted(text="rollout Acme"), [1]),
        (Wanted(text="sirius élan"), [2]),
        (Wanted(text="acme portal"), []),
        (Wanted(text="%"), []),
        (Wanted(text=" "), [1, 2, 3, 4, 5, 6]),
        (Wanted(owner="marc"), [2, 5]),
        (Wanted(owner="LEA"), [1, 3, 4, 6]),
        (Wanted(owner="mar"), []),
        (Wanted(owner=""), []),
        (Wanted(tag="key"), [1, 2]),
        (Wanted(tag="NORTH"), [1, 4]),
        (Wanted(tag="note"), []),
        (Wanted(overdue=True), [1, 2]),
        (Wanted(stale=True), [4]),
        (Wanted(overdue=True, stale=True), []),
        (Wanted(overdue=True, owner="Marc"), [2]),
        (Wanted(tag="north", stale=True), [4]),
        (Wanted(text="acme", tag="north", owner="lea", overdue=True), [1]),
        (Wanted(text="acme", tag="north", owner="marc"), []),
    ],
)
def test_a_filter_keeps_the_cards_that_fit_all_of_it(busy: Workspace, wanted: Wanted, fit: list[int]) -> None:
    found = board.read(busy)

    assert [card.number for card in wanted.of(found.cards)] == fit
    shown = found.columns(wanted)
    assert sorted(n for column in shown for n in numbers(column.cards)) == fit
    assert [c.stage.key for c in shown] == ["lead", "discovery", "proposal", "negotiation"]
    assert sorted(n for cards in found.sections(wanted).values() for n in numbers(cards)) == fit


def test_a_filtered_column_counts_what_it_shows(busy: Workspace) -> None:
    assert columns(board.read(busy), Wanted(owner="marc"))[:2] == [
        ("lead", [2, 5], worth(29_000), 2_900_00),
        ("discovery", [], worth(0), 0),
    ]


@pytest.mark.parametrize(
    ("wanted", "listed"),
    [
        (Wanted(owner="marc"), {"owner": "marc"}),
        (Wanted(tag="key"), {"tag": "key"}),
        (Wanted(text="elan"), {"fragment": "elan"}),
        (Wanted(overdue=True), {"where": "overdue_days > 0"}),
    ],
)
def test_the_filters_are_those_of_the_lists(busy: Workspace, wanted: Wanted, listed: dict[str, Any]) -> None:
    fit = [card.number for card in wanted.of(board.read(busy).cards)]

    assert sorted(fit) == [
        r["id"] for r in lists.listing(busy, lists.Wanted(sort="number", **listed), 0).records
    ]


def test_stale_cards_are_those_of_the_list_of_stale_ones(busy: Workspace, at: At) -> None:
    at(date(2026, 4, 1))
    found = board.read(busy)
    quiet = sorted(card.number for card in Wanted(stale=True).of(found.cards))

    assert quiet == sorted(r["id"] for r in lists.stale_list(busy, 0)[0].records) == [1, 2, 3, 4, 5, 6]
    assert numbers(found.sections(Wanted())["stale"]) == []  # each is late by now, which is worse


def test_there_is_a_choice_of_the_owners_and_tags_of_what_is_open(busy: Workspace) -> None:
    found = board.read(busy)
    assert (found.owners, found.tags) == ({"lea": 4, "Marc": 2}, ["key", "keynote", "north"])

    for ref in ("2", "5", "6"):
        gates.lose(busy, ref, "price", "")
    found = board.read(busy)
    assert (found.owners, found.tags) == ({"lea": 3}, ["key", "north"])


# What presses


def test_what_presses_is_what_asks_for_something_today(busy: Workspace) -> None:
    found = board.read(busy)

    assert numbers(pressing(found, Wanted())) == [1, 2, 3, 4]
    assert numbers(pressing(found, Wanted(owner="marc"))) == [2]
    assert numbers(pressing(found, Wanted(text="training"))) == []


@pytest.fixture
def asking(workspace: Workspace, marc: Workspace) -> Workspace:
    """1 and 2 are Marc's and wait for Lea's word; 1 is due today, 2 comes; 3 is Lea's and comes."""
    add(marc, "ERP", "48k", "today")
    add(marc, "CRM", "30k", "+5d")
    add(workspace, "Web", "5k", "+5d")
    for ref in ("1", "2"):
        given = OFFERED._replace(amount="48k" if ref == "1" else "30k")
        assert gates.advance(marc, ref, given, to="proposal", ask=True).asked == ("lea",)
    return workspace


def test_an_approval_that_is_asked_of_the_actor_presses_once(asking: Workspace, marc: Workspace) -> None:
    found = board.read(asking)

    assert [(a.ref, a.criterion, a.asked_by) for a in found.approvals] == [
        (1, "feasible", "marc"),
        (2, "feasible", "marc"),
    ]
    assert numbers(pressing(found, Wanted())) == [1, 2]
    assert numbers(pressing(found, Wanted(owner="lea"))) == [1, 2]  # whoever owns it
    assert numbers(pressing(board.read(marc), Wanted())) == [1]
    assert board.read(marc).approvals == []


def test_an_approval_that_is_given_or_refused_presses_no_more(asking: Workspace) -> None:
    gates.approve(asking, "1", "feasible")
    gates.approve(asking, "2", "feasible", refuse=True, reason="not this year")

    found = board.read(asking)
    assert found.approvals == []
    assert numbers(pressing(found, Wanted())) == [1]
    assert numbers(pressing(found, Wanted(owner="lea"))) == []


def test_an_approval_for_what_is_lost_presses_no_more(asking: Workspace) -> None:
    gates.lose(asking, "2", "price", "")

    assert numbers(pressing(board.read(asking), Wanted(owner="lea"))) == [1]


# Its moment


def moment(workspace: Workspace) -> Moment:
    """Where the workspace is now."""
    return Watch(workspace).moment()


Write = Callable[[Workspace], object]
WRITES: dict[str, Write] = {
    "add": lambda place: add(place, "CRM", "1k", "+3d"),
    "edit": lambda place: opportunities.edit(place, "1", Answers(sets=("source=web",))),
    "next": lambda place: opportunities.set_next(place, "1", "visit them", "+3d"),
    "snooze": lambda place: opportunities.snooze(place, ["1"], "+9d"),
    "done": lambda place: opportunities.done(place, "1", Happened("x"), NEXT),
    "log": lambda place: opportunities.log(place, "1", "call", "They called", Answers()),
    "advance": lambda place: gates.advance(place, "1", DISCOVERED),
    "prove": lambda place: gates.answer(place, "1", Answers(proofs=("need=x",))),
    "lose": lambda place: gates.lose(place, "1", "price", ""),
    "handover": lambda place: opportunities.handover(place, "lea", "marc"),
    "undo": undoing.undo,
    "rate": lambda place: rates.set_rate(place, "USD", "0.92"),
    "adopt": lambda place: stages.adopt(place, stages.current_toml(place)[1] + "\n# more\n", {}),
}


@pytest.mark.parametrize("write", WRITES)
def test_every_write_makes_another_moment(workspace: Workspace, write: str) -> None:
    add(workspace, "ERP", "48k", "+5d")
    found = board.read(workspace)
    before = moment(workspace)
    assert Moment(found.state, found.today) == before
    assert (before.state[1], before.today) == (4, TODAY)
    WRITES[write](workspace)

    assert moment(workspace).state[1] > 4
    again = board.read(workspace)
    assert Moment(again.state, again.today) == moment(workspace)


def test_a_restore_makes_another_moment_though_the_journal_is_as_long(
    workspace: Workspace, tmp_path: Path
) -> None:
    add(workspace, "ERP", "48k", "+5d")
    backups.backup(workspace, tmp_path / "one.bak")
    before = moment(workspace)
    other = Workspace(Settings(environ={**workspace.settings.environ, "PIPE_DB": str(tmp_path / "other.db")}))
    creating.init(other.settings)
    add(other, "CRM", "48k", "+5d")
    backups.backup(other, tmp_path / "other.bak")
    bring_back(workspace, tmp_path / "other.bak")
    assert moment(workspace) == moment(other) != before
    bring_back(workspace, tmp_path / "one.bak")
    assert moment(workspace) == before


def test_what_writes_nothing_leaves_the_moment(workspace: Workspace) -> None:
    add(workspace, "ERP", "48k", "+5d", "source=web")
    before = moment(workspace)

    show.show(workspace, "1")
    board.read(workspace)
    gates.tried(workspace, "1", DISCOVERED, None)
    gates.advance(workspace, "1", DISCOVERED, dry_run=True)
    opportunities.edit(workspace, "1", Answers(sets=("source=web",)))
    with pytest.raises(GateNotMet):
        gates.advance(workspace, "1", Answers())
    assert moment(workspace) == before


def test_another_day_is_another_moment_and_another_board(workspace: Workspace, at: At) -> None:
    add(workspace, "ERP", "48k", "today")
    state = moment(workspace).state
    assert (moment(workspace), numbers(board.read(workspace).sections(Wanted())["today"])) == (
        Moment(state, TODAY),
        [1],
    )
    at(date(2026, 3, 3))
    assert (moment(workspace), numbers(board.read(workspace).sections(Wanted())["overdue"])) == (
        Moment(state, date(2026, 3, 3)),
        [1],
    )


def test_the_day_of_the_reports_is_the_day_of_the_board(workspace: Workspace, settings: Settings) -> None:
    add(workspace, "ERP", "48k", "today")
    later = Workspace(Settings(environ={**settings.environ, "PIPE_TODAY": "2026-04-30"}))

    shown = Moment(moment(workspace).state, date(2026, 4, 30))
    assert (moment(later), board.read(later).today) == (shown, date(2026, 4, 30))
    assert board.read(later).by_number[1].is_late


# What is written from it


@pytest.mark.parametrize("write", [name for name in WRITES if name != "undo"])
def test_the_journal_says_what_was_written_from_the_board(
    workspace: Workspace, settings: Settings, write: str
) -> None:
    add(workspace, "ERP", "48k", "+5d")
    WRITES[write](Workspace(settings, origin="board"))
    WRITES["undo" if write != "adopt" else "rate"](workspace)

    with workspace.read() as reading:
        origins = reading.driver.rows("select name, origin from command order by id")
    assert [origin for _name, origin in origins] == ["cli", "cli", "board", "cli"]
    assert origins[:2] == [("init", "cli"), ("add", "cli")]
