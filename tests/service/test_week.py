"""The week on either database: what came, closed, moved and waits within it, and what to look at first."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest

from pipecli.config import Settings
from pipecli.errors import InvalidInput
from pipecli.service import creating, gates, opportunities, week
from pipecli.service.answers import Answers
from pipecli.service.workspace import Workspace

At = Callable[[date], None]
PROOFS = ("need=x", "problem=x", "decision-maker=x", "offer=x")
SETS = ("contact=Ana", "decision_maker=Ana", "quote_valid_until=2026-06-30")
OFFERED = Answers(
    sets=SETS, proofs=PROOFS, amount="12k", said=(("meeting", "We went through the scope", ""),)
)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, settings: Settings, frozen_clock: object) -> Iterator[Workspace]:
    """A workspace made from the b2b template, on either database."""
    if request.param == "postgresql":
        environ = {**settings.environ, "PIPE_DB": request.getfixturevalue("postgres")}
        settings = Settings(environ=environ)
    creating.init(settings)
    yield Workspace(settings)


def add(place: Workspace, name: str, amount: str = "10k", due: str = "+60d") -> str:
    return str(opportunities.add(place, name, Answers(amount=amount, next="call", due=due)).ref)


@pytest.fixture
def lived(place: Workspace, at: At) -> Workspace:
    """Four weeks: 1 went on and back, 2 and 3 were lost, 4 waits for an approval, 5 is late, 6 is new."""
    at(date(2026, 2, 2))
    one, two, three, four = (add(place, name) for name in ("ERP", "Kiosk", "Audit", "Portal"))
    add(place, "Late", due="2026-02-27")
    at(date(2026, 2, 20))
    gates.advance(place, one, to="discovery", answers=Answers(sets=("contact=Ana",), proofs=("need=x",)))
    gates.lose(place, two, "price", "too dear")
    at(date(2026, 2, 24))
    gates.advance(place, one, to="proposal", answers=OFFERED)
    gates.lose(place, three, "no budget", "none left")
    gates.advance(place, four, to="discovery", answers=Answers(sets=("contact=Ana",), proofs=("need=x",)))
    gates.advance(place, four, to="proposal", answers=OFFERED._replace(amount="60k"), ask=True)
    at(date(2026, 2, 26))
    gates.back(place, one, "they want another scope", Answers())
    add(place, "New", "7k")
    at(date(2026, 3, 2))
    return place


def ids(part: dict[str, object]) -> list[int]:
    return [one["id"] for one in part["opportunities"]]  # type: ignore[attr-defined]


def test_the_week_has_what_happened_in_it_and_nothing_else(lived: Workspace) -> None:
    found = week.week(lived)
    assert (found["since"], found["until"]) == ("2026-02-23", "2026-03-02")
    assert (found["new"]["count"], found["new"]["amount"], ids(found["new"])) == (1, 7000, [6])
    assert (found["won"]["count"], ids(found["won"])) == (0, [])
    assert (found["lost"]["count"], ids(found["lost"])) == (1, [3])
    assert found["lost"]["reasons"] == [{"reason": "no budget", "label": "no budget", "count": 1}]
    moved = found["moved"]
    assert (moved["on"], moved["back"], moved["reopened"]) == (2, 1, 0)
    assert [(m["id"], m["from"], m["to"]) for m in moved["opportunities"]] == [
        (1, "proposal", "discovery"),
        (4, "lead", "discovery"),
        (1, "discovery", "proposal"),
    ]
    assert (found["late"]["count"], ids(found["late"])) == (1, [5])
    assert (found["waiting"]["count"], ids(found["waiting"])) == (1, [4])
    assert found["first"]["command"] == "pipe summary 5"
    assert found["written_by"] == "rules"


def test_a_longer_span_has_more(lived: Workspace) -> None:
    found = week.week(lived, since=date(2026, 2, 1))
    assert found["lost"]["count"] == 2 and found["new"]["count"] == 6
    assert [one["reason"] for one in found["lost"]["reasons"]] == ["no budget", "price"]


def test_an_approval_that_waits_is_what_is_first_where_nothing_is_late(lived: Workspace) -> None:
    opportunities.done(lived, "5", opportunities.Happened("call"), Answers(next="call", due="+20d"))
    found = week.week(lived)["first"]
    assert (found["why"], found["command"]) == ("waiting", "pipe approve 4 feasible")


def test_a_span_ends_in_the_past(place: Workspace) -> None:
    with pytest.raises(InvalidInput):
        week.week(place, since=date(2026, 3, 2))
