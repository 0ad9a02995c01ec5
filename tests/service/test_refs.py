"""Which opportunity a REF names: number, `.`, or a fragment of name or account."""

from collections.abc import Callable

import pytest

from pipecli.config import Settings
from pipecli.errors import Ambiguous, NotFound
from pipecli.service import gates, opportunities, refs, undoing
from pipecli.service.answers import Answers
from pipecli.service.workspace import Workspace

NEXT = Answers(next="call", due="+5d")


@pytest.fixture
def opened(workspace: Workspace) -> Workspace:
    """1 ERP rollout (Acmé), 2 CRM (Acmé), 3 2024 plan, 4 Zélie's (lost), 5 CRM (lost)."""
    for name, account in (
        ("ERP rollout", "Acmé"), ("CRM", "Acmé"), ("2024 plan", ""), ("Zélie's", "Borelle"), ("Old CRM", "Cérès"),
    ):  # fmt: skip
        opportunities.add(workspace, name, NEXT._replace(sets=(f"account={account}",)))
    for ref in ("4", "5"):
        gates.lose(workspace, ref, "price", "")
    return workspace


@pytest.fixture
def resolve(opened: Workspace) -> Callable[[str], int]:
    return lambda ref: refs.resolve(opened, ref)


@pytest.mark.parametrize(
    ("ref", "number"),
    [
        ("1", 1),
        (" 2 ", 2),
        ("#3", 3),
        ("003", 3),
        ("4", 4),  # a number names a closed one too
        ("erp", 1),
        ("ROLLOUT", 1),
        ("rollout acme", 1),
        ("2024 p", 3),
        ("zelie", 4),  # closed, as no open one fits
        ("BORELLE", 4),
        ("ceres", 5),
        ("crm", 2),  # of several that fit, open before closed, and the whole name before a part
    ],
)
def test_a_ref_names_one(resolve: Callable[[str], int], ref: str, number: int) -> None:
    assert resolve(ref) == number


def test_a_number_that_is_not_there(resolve: Callable[[str], int]) -> None:
    with pytest.raises(NotFound, match="there is no opportunity 2024; pipe list shows the open ones"):
        resolve("2024")  # digits alone are a number, whatever a name starts with


def test_several_that_fit_are_listed(resolve: Callable[[str], int]) -> None:
    with pytest.raises(Ambiguous) as caught:
        resolve("acme")
    assert caught.value.message == '"acme" fits 2: 2 CRM, 1 ERP rollout; name one by its number'
    assert caught.value.detail["candidates"] == [
        {"id": 2, "name": "CRM", "account": "Acmé", "owner": "lea", "stage": "lead"},
        {"id": 1, "name": "ERP rollout", "account": "Acmé", "owner": "lea", "stage": "lead"},
    ]


def test_many_that_fit_are_listed_in_part(opened: Workspace) -> None:
    for n in range(7):
        opportunities.add(opened, f"Site {n}", NEXT)
    with pytest.raises(Ambiguous) as caught:
        refs.resolve(opened, "site")
    assert caught.value.message.endswith("and 2 more; name one by its number")
    assert len(caught.value.detail["candidates"]) == 7


@pytest.mark.parametrize(
    "ref",
    [
        "", "   ", "#", "nobody", "%", "_", "\\", '"; drop table event; --', "[bold]x[/bold]", "\x1b[31m",
        "\x00", "\ud800", "\u202e", "🎉", "1e3", "-1", "1.5", "٣", "9" * 16, "9" * 5_000, "x" * 10_000, "*", "?",
    ],
)  # fmt: skip
def test_text_that_names_nothing_is_not_found_in_a_short_line(
    resolve: Callable[[str], int], ref: str
) -> None:
    with pytest.raises(NotFound) as caught:
        resolve(ref)
    assert len(caught.value.message) < 120
    assert caught.value.slug == "not_found"


def test_a_dot_is_the_last_one_this_actor_touched(opened: Workspace, settings: Settings) -> None:
    opportunities.log(opened, "2", "call", "They called", Answers())
    bob = Workspace(Settings(environ={**settings.environ, "PIPE_ME": "bob"}))
    with pytest.raises(NotFound, match="bob has touched no opportunity yet; name one by its number"):
        refs.resolve(bob, ".")
    opportunities.log(bob, "1", "call", "They called", Answers())
    assert (refs.resolve(opened, "."), refs.resolve(bob, ".")) == (2, 1)
    gates.lose(opened, ".", "price", "")
    assert refs.resolve(opened, ".") == 2


def test_a_dot_passes_over_one_whose_opening_was_undone(opened: Workspace) -> None:
    opportunities.log(opened, "3", "call", "They called", Answers())
    opportunities.add(opened, "Mistake", NEXT)
    undoing.undo(opened)
    assert refs.resolve(opened, ".") == 3


def test_the_pick_list_has_mine_first_and_late_first(opened: Workspace, settings: Settings) -> None:
    bob = Workspace(Settings(environ={**settings.environ, "PIPE_ME": "bob"}))
    opportunities.add(bob, "Bob's", NEXT._replace(due="+1d"))
    opportunities.set_next(opened, "3", "call", "today")
    assert [hit.number for hit in refs.candidates(opened)] == [3, 1, 2, 6]
    assert [hit.number for hit in refs.candidates(bob, limit=2)] == [6, 3]
