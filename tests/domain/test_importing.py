"""What an imported row becomes, and what a later import of it changes."""

from collections.abc import Iterator
from datetime import date
from itertools import count
from typing import Any

import pytest

from pipecli.domain import importing as rules
from pipecli.domain.decide import Decision, revise_amount, set_values
from pipecli.domain.definition import compile_definition
from pipecli.domain.importing import Difference, People, Row
from pipecli.domain.importing_digests import digests, fingerprint
from pipecli.domain.importing_steps import Step
from pipecli.domain.moves import advance
from pipecli.domain.opportunity import Opportunity
from pipecli.domain.pipeline import Pipeline
from pipecli.errors import InvalidInput

TODAY = date(2026, 3, 2)
STAGES = {
    "lead": ("Qualified lead", 10),
    "scope": ("Scope agreed", 30),
    "offer": ("Offer made", 50),
    "terms": ("Terms settled", 75),
    "contract": ("Contract out", 90),
}
DEFINITION = """
name = "Five"
currency = "EUR"
timezone = "Europe/Paris"
loss_reasons = ["price", "no budget", "other"]
[[field]]
key = "effort"
type = "number"
""" + "".join(
    f"""
[[stage]]
key = "{key}"
name = "{name}"
probability = {percent}
proves = "We know that it is there."
  [[stage.exit]]
  key = "signed-{key}"
  ask = "When will they sign?"
  field = "close_date"
"""
    for key, (name, percent) in STAGES.items()
)
PIPELINE = Pipeline.from_compiled(1, compile_definition(DEFINITION))


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def row(*steps: tuple[str, str, int | None], own: dict[str, Any] | None = None, **values: Any) -> Row:
    """A row of an opportunity named Alpha; the days of its steps are months and days of 2026."""
    said = {"name": "Alpha", "status": "open", "currency": "EUR"} | values
    return Row(7, ("csv", "A1"), said, own or {}, tuple(Step(place, day(on), n) for place, on, n in steps))


@pytest.fixture
def numbers() -> Iterator[int]:
    return count(1)


def deciding(numbers: Iterator[int], state: Opportunity | None = None) -> Decision:
    return Decision(
        state,
        pipeline=PIPELINE,
        today=TODAY,
        actor="lea",
        names={3: "Acme"},
        number_events=lambda: next(numbers),
    )


def landed(numbers: Iterator[int], given: Row, *who: int) -> tuple[Decision, list[Difference]]:
    decision = deciding(numbers)
    apart = rules.land(decision, 1, given, rules.course(given, PIPELINE, TODAY), People(*who), "marc")
    return decision, apart


def told(decision: Decision, since: int = 0) -> list[tuple[str, str, dict[str, Any], str | None]]:
    """The events of a decision without what is long or the same in each of them."""
    hidden = ("number", "uid", "definition", "row", "imported", "external")
    return [
        (e.kind, str(e.occurred_on)[5:], {k: v for k, v in e.payload.items() if k not in hidden}, e.text)
        for e in decision.events[since:]
    ]


def opened(on: str, stage: str = "lead", amount: int | None = None, **more: Any) -> tuple[Any, ...]:
    payload = {"name": "Alpha", "owner": "marc", "stage": stage, "amount": amount, "currency": "EUR"}
    return ("OpportunityOpened", on, payload | {"close_date": None, "fields": {}} | more, None)


WON = {"from": "lead"}


@pytest.mark.parametrize(
    ("given", "events"),
    [
        (row(), [opened("03-02")]),
        (row(stage="offer", created=day("01-05")), [opened("01-05", "offer")]),
        (row(stage=None, created=None, amount=0), [opened("03-02", amount=0)]),
        (
            row(owner="ines", source="web", tags=("a", "b"), close_date=day("06-01"), own={"effort": 3}),
            [
                opened(
                    "03-02",
                    owner="ines",
                    source="web",
                    tags=["a", "b"],
                    close_date="2026-06-01",
                    fields={"effort": 3},
                )
            ],
        ),
        (
            row(next_action="call", next_due=day("01-09")),
            [opened("03-02"), ("NextActionSet", "03-02", {"due": "2026-01-09"}, "call")],
        ),
        (row(next_action="call", next_due=None), [opened("03-02")]),
        (
            row(status="won", created=day("01-05"), closed=day("02-01"), amount=500, outcome_reason="trust"),
            [opened("01-05", amount=500), ("OpportunityWon", "02-01", {"from": "lead"}, "trust")],
        ),
        (
            row(status="won", stage="terms", closed=day("02-01")),
            [opened("02-01", "terms"), ("OpportunityWon", "02-01", {"from": "terms"}, None)],
        ),
        (row(status="won"), [opened("03-02"), ("OpportunityWon", "03-02", WON, None)]),
        (
            row(status="won", created=day("01-05")),
            [opened("01-05"), ("OpportunityWon", "01-05", WON, None)],
        ),
        (
            row(status="won", created=day("01-05"), close_date=day("02-10")),
            [opened("01-05", close_date="2026-02-10"), ("OpportunityWon", "02-10", WON, None)],
        ),
        (
            row(status="won", created=day("01-05"), close_date=day("12-10")),
            [opened("01-05", close_date="2026-12-10"), ("OpportunityWon", "01-05", WON, None)],
        ),
        (
            row(status="lost", loss_reason="No Budget", outcome_reason="frozen till May"),
            [
                opened("03-02"),
                ("OpportunityLost", "03-02", {"from": "lead", "reason": "no budget"}, "frozen till May"),
            ],
        ),
        (
            row(status="lost", loss_reason="no answer", outcome_reason="three calls"),
            [
                opened("03-02"),
                ("OpportunityLost", "03-02", {"from": "lead", "reason": None}, "no answer: three calls"),
            ],
        ),
        (
            row(status="lost", loss_reason="no answer"),
            [opened("03-02"), ("OpportunityLost", "03-02", {"from": "lead", "reason": None}, "no answer")],
        ),
        (row(status="lost"), [opened("03-02"), ("OpportunityLost", "03-02", WON | {"reason": None}, None)]),
    ],
)
def test_a_row_lands_with_its_dates(
    numbers: Iterator[int], given: Row, events: list[tuple[Any, ...]]
) -> None:
    decision, apart = landed(numbers, given)
    assert (told(decision), apart) == (events, [])


def moved(on: str, source: str, to: str) -> tuple[Any, ...]:
    return ("StageImported", on, {"from": source, "to": to}, None)


def revised(on: str, was: int | None, now: int) -> tuple[Any, ...]:
    return ("AmountRevised", on, {"amount": now, "currency": "EUR", "was": was, "was_currency": "EUR"}, None)


@pytest.mark.parametrize(
    ("given", "events"),
    [
        (
            row(
                ("lead", "01-05", None),
                ("scope", "01-09", None),
                ("won", "02-01", None),
                status="won",
                amount=900,
            ),
            [
                opened("01-05", amount=900),
                moved("01-09", "lead", "scope"),
                ("OpportunityWon", "02-01", {"from": "scope"}, None),
            ],
        ),
        (
            row(
                ("scope", "01-05", 100),
                ("scope", "01-07", 200),
                ("offer", "01-09", 200),
                stage="offer",
                amount=300,
            ),
            [
                opened("01-05", "scope", 100),
                revised("01-07", 100, 200),
                revised("01-09", 200, 300),
                moved("01-09", "scope", "offer"),
            ],
        ),
        (row(("lead", "01-05", 100), amount=300), [opened("01-05", amount=300)]),
        (
            row(("lead", "01-05", None), created=day("01-02")),
            [opened("01-02")],
        ),
        (
            row(
                ("lost", "01-05", None),
                status="lost",
                stage="terms",
                created=day("01-02"),
                loss_reason="price",
            ),
            [
                opened("01-02", "terms"),
                ("OpportunityLost", "01-05", {"from": "terms", "reason": "price"}, None),
            ],
        ),
        (
            row(("lead", "01-05", None), status="won", closed=day("01-20")),
            [opened("01-05"), ("OpportunityWon", "01-20", {"from": "lead"}, None)],
        ),
        (
            row(("lead", "01-05", None), ("scope", "01-07", None), status="lost"),
            [
                opened("01-05"),
                moved("01-07", "lead", "scope"),
                ("OpportunityLost", "01-07", {"from": "scope", "reason": None}, None),
            ],
        ),
        (
            row(
                ("lead", "01-05", None),
                ("lost", "01-07", None),
                ("lost", "01-08", None),
                ("scope", "01-09", None),
                ("won", "01-10", None),
                status="won",
                outcome_reason="in the end",
            ),
            [
                opened("01-05"),
                ("OpportunityLost", "01-07", {"from": "lead", "reason": None}, None),
                ("OpportunityReopened", "01-09", {"from": "lost", "to": "scope"}, None),
                ("OpportunityWon", "01-10", {"from": "scope"}, "in the end"),
            ],
        ),
    ],
)
def test_a_history_rebuilds_the_past(
    numbers: Iterator[int], given: Row, events: list[tuple[Any, ...]]
) -> None:
    decision, apart = landed(numbers, given)
    assert (told(decision), apart) == (events, [])


def test_where_file_and_history_disagree_the_history_stands_and_it_is_said(numbers: Iterator[int]) -> None:
    decision, apart = landed(numbers, row(("lead", "01-05", None), ("offer", "01-08", None), stage="terms"))
    assert decision.state.stage == "offer"
    assert apart == [Difference(7, 1, "stage", "offer", "terms")]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (
            row(status="won", created=day("02-05"), closed=day("02-01")),
            "it was closed on 2026-02-01, before it was opened on 2026-02-05",
        ),
        (
            row(("lead", "02-05", None), status="won", closed=day("02-01")),
            "it was closed on 2026-02-01, before the 2026-02-05 of its history",
        ),
        (
            row(("lead", "01-05", None), ("won", "02-01", None), ("lost", "02-01", None), status="lost"),
            "its history closes it twice on 2026-02-01, as won and as lost",
        ),
    ],
)
def test_a_past_that_cannot_have_been_is_refused(given: Row, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        rules.course(given, PIPELINE, TODAY)
    assert refused.value.message == reason


def test_it_lands_unproven_whoever_is_named(numbers: Iterator[int]) -> None:
    decision, _apart = landed(numbers, row(account="Acme"), 3, 4, 5)
    o = decision.state
    assert (o.account, o.contact, o.decision_maker, o.visit.how) == (3, 4, 5, "imported")
    assert decision.judge.unproven()


def again(
    numbers: Iterator[int], before: Row, after: Row, change: Any = None
) -> tuple[list[tuple[Any, ...]], list[Difference]]:
    """What a second row writes on an opportunity that the first one opened, with what was done in between."""
    first, _apart = landed(numbers, before)
    decision = deciding(numbers, first.state)
    if change:
        change(decision)
    n = len(decision.events)
    apart = rules.update(decision, after, digests(before), lambda _row: People(account=3))
    return [e for e in told(decision, n) if e[0] != "RowImported"], apart


@pytest.mark.parametrize(
    ("before", "after", "events"),
    [
        (row(amount=100), row(amount=100), []),
        (row(amount=100), row(amount=200), [revised("03-02", 100, 200)]),
        (row(owner="a"), row(owner="b"), [("OwnerChanged", "03-02", {"owner": "b", "from": "a"}, None)]),
        (row(owner="a"), row(owner=None), []),
        (
            row(close_date=None),
            row(close_date=day("05-01")),
            [("CloseDateSet", "03-02", {"close_date": "2026-05-01"}, None)],
        ),
        (
            row(source="web", tags=("a",), account=None, own={"effort": 1}),
            row(source="fair", tags=("b",), account="Acme", own={"effort": None}),
            [
                (
                    "FieldsSet",
                    "03-02",
                    {"changes": {"source": "fair", "tags": ["b"], "account": 3, "effort": None}},
                    None,
                )
            ],
        ),
        (row(tags=("a",)), row(tags=()), [("FieldsSet", "03-02", {"changes": {"tags": []}}, None)]),
        (row(stage="lead"), row(stage="offer"), [moved("03-02", "lead", "offer")]),
        (
            row(stage="lead", created=day("01-05")),
            row(stage="lead", created=day("01-05"), status="won", closed=day("02-03"), amount=5),
            [revised("02-03", None, 5), ("OpportunityWon", "02-03", {"from": "lead"}, None)],
        ),
        (
            row(stage="lead"),
            row(stage="lead", status="won", closed=day("02-03")),
            [("OpportunityWon", "03-02", {"from": "lead"}, None)],
        ),
        (
            row(("lead", "01-05", None)),
            row(("lead", "01-05", None), ("scope", "01-06", None), ("lost", "01-08", None), status="lost"),
            [
                moved("01-06", "lead", "scope"),
                ("OpportunityLost", "01-08", {"from": "scope", "reason": None}, None),
            ],
        ),
        (
            row(("lead", "01-05", None), ("scope", "01-06", None)),
            row(("lead", "01-05", None), ("scope", "01-06", None), ("offer", "01-06", None)),
            [moved("01-06", "scope", "offer")],
        ),
        (
            row(next_action="call", next_due=day("03-09")),
            row(next_action="call", next_due=day("03-12")),
            [("NextActionSet", "03-02", {"due": "2026-03-12"}, "call")],
        ),
    ],
)
def test_a_changed_row_writes_what_changed(
    numbers: Iterator[int], before: Row, after: Row, events: list[tuple[Any, ...]]
) -> None:
    assert again(numbers, before, after) == (events, [])


def test_an_amount_can_become_unknown(numbers: Iterator[int]) -> None:
    events, apart = again(numbers, row(amount=100), row(amount=None))
    payload = {"amount": None, "currency": "EUR", "was": 100, "was_currency": "EUR"}
    assert (events, apart) == ([("AmountRevised", "03-02", payload, None)], [])


def test_what_a_person_changed_stays_until_the_row_itself_says_something_else(numbers: Iterator[int]) -> None:
    def edited(decision: Decision) -> None:
        revise_amount(decision, (700, "EUR"))

    before = row(amount=100, owner="a")
    events, apart = again(numbers, before, row(amount=100, owner="b"), edited)
    assert (events, apart) == ([("OwnerChanged", "03-02", {"owner": "b", "from": "a"}, None)], [])
    assert again(numbers, before, row(amount=300, owner="a"), edited)[0] == [revised("03-02", 700, 300)]
    assert again(numbers, before, row(amount=700, owner="a"), edited)[0] == []


def advanced(decision: Decision) -> None:
    set_values(decision, {"close_date": day("06-01")})
    advance(decision)


def proven(decision: Decision) -> None:
    set_values(decision, {"close_date": day("06-01")})


def followed(decision: Decision) -> None:
    rules._follow(decision, Step("won", TODAY, None), row(status="won"), final=True)


@pytest.mark.parametrize(
    ("change", "before", "after", "difference"),
    [
        (advanced, row(stage="lead"), row(stage="offer"), ("stage", "scope", "offer")),
        (advanced, row(stage="lead"), row(stage="lead", status="won"), ("stage", "scope", "won")),
        (proven, row(stage="scope"), row(stage="offer"), ("stage", "scope", "offer")),
        (followed, row(stage="lead"), row(stage="offer"), ("stage", "won", "offer")),
        (None, row(created=day("01-05")), row(created=day("01-06")), ("created", "2026-01-05", "2026-01-06")),
        (
            None,
            row(status="won", closed=day("01-05")),
            row(status="won", closed=day("01-06")),
            ("closed", "2026-01-05", "2026-01-06"),
        ),
        (
            None,
            row(status="lost", loss_reason="price"),
            row(status="lost", loss_reason="No budget"),
            ("loss_reason", "price", "no budget"),
        ),
        (
            None,
            row(status="won", outcome_reason="trust"),
            row(status="won", outcome_reason="price"),
            ("outcome_reason", "trust", "price"),
        ),
    ],
)
def test_what_cannot_be_taken_over_is_reported_until_it_agrees(
    numbers: Iterator[int], change: Any, before: Row, after: Row, difference: tuple[str, str, str]
) -> None:
    events, apart = again(numbers, before, after, change)
    assert (events, apart) == ([], [Difference(7, 1, *difference)])


@pytest.mark.parametrize(
    ("said", "ended"),
    [
        ({}, "03-02"),
        ({"closed": day("02-10")}, "02-10"),
        ({"close_date": day("02-20")}, "02-20"),
        ({"close_date": day("06-01")}, "03-02"),
        ({"closed": day("01-01")}, "01-05"),
    ],
)
@pytest.mark.parametrize("end", ["won", "lost"])
def test_an_end_that_is_news_is_of_today_unless_its_day_is_said(
    numbers: Iterator[int], end: str, said: dict[str, date], ended: str
) -> None:
    before = row(stage="lead", created=None, close_date=day("02-01"))
    first, _apart = landed(numbers, row(stage="lead", created=day("01-05"), close_date=day("02-01")))
    decision = deciding(numbers, first.state)
    rules.update(
        decision,
        row(stage="lead", **{"close_date": day("02-01"), "status": end} | said),
        digests(before),
        lambda _row: People(),
    )
    assert (decision.state.status, decision.state.closed_on) == (end, day(ended))


def test_a_difference_leaves_the_digest_of_before(numbers: Iterator[int]) -> None:
    first, _apart = landed(numbers, row(stage="lead", amount=1))
    decision = deciding(numbers, first.state)
    advanced(decision)
    before, after = digests(row(stage="lead", amount=1)), row(stage="offer", amount=2)
    rules.update(decision, after, before, lambda _row: People())
    stored = decision.events[-1].payload["row"]
    assert stored == before | {"amount": digests(after)["amount"]}


def test_digests_tell_values_apart_and_say_little_of_people() -> None:
    one, other = row(amount=1, contact="Jeanne"), row(amount=1, contact="Jean")
    digest = digests(one)
    assert {key: len(text) for key, text in digest.items()} == {
        "name": 8, "status": 8, "amount": 8, "contact": 4,
    }  # fmt: skip
    assert [key for key, text in digests(other).items() if text != digest[key]] == ["contact"]
    assert digests(row(amount=1, currency="USD"))["amount"] != digest["amount"]
    assert digests(one._replace(external=("csv", "B2")))["name"] != digest["name"]


def test_a_row_without_identifier_is_known_by_all_it_says() -> None:
    one = fingerprint({"name": "A", "amount": 1}, {"effort": 2})
    assert one == fingerprint({"amount": 1, "name": "A"}, {"effort": 2})
    assert one != fingerprint({"name": "A", "amount": 1}, {"effort": 3})
