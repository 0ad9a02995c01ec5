"""What is to be settled, over a real workspace: duplicates with the one to keep, skips that are remembered."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from pipecli.errors import InvalidInput
from pipecli.service import cleaning, likeness, names, opportunities
from pipecli.service.answers import Answers
from pipecli.service.cleaning import Asked, Left
from pipecli.service.importing import import_file
from pipecli.service.skipping import Skipped
from pipecli.service.workspace import Workspace

EVERYTHING = Asked()


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What is written beside workspaces goes into the test's own folder."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def add(workspace: Workspace, name: str, account: str, amount: str | None, owner: str = "lea") -> None:
    answers = Answers(next="call", due="+5d", amount=amount, owner=owner, sets=(f"account={account}",))
    opportunities.add(workspace, name, answers)


def twins(found: Left) -> list[tuple[int, int]]:
    return [(item.record["id"], item.twin["id"]) for item in found.items if item.twin]


def test_of_two_that_may_be_one_the_weaker_is_listed(workspace: Workspace) -> None:
    add(workspace, "ERP rollout", "Acme", None)
    add(workspace, "ERP roll-out", "ACME SAS", "48k", "marc")
    add(workspace, "ERP rollout", "Borel", "48k")
    found = cleaning.left(workspace, EVERYTHING)
    assert (twins(found), found.counts) == ([(1, 2)], {"duplicate": 1})
    assert found.items[0].fix == "pipe merge 2 1"
    # Whoever has one of the two is asked.
    assert [len(cleaning.left(workspace, Asked(owner=who)).items) for who in ("lea", "Marc", "eve")] == [
        1,
        1,
        0,
    ]
    assert cleaning.left(workspace, Asked(kinds=("unpriced",))).items[0].kind == "unpriced"


def test_an_item_is_looked_at_again_until_it_is_settled(workspace: Workspace) -> None:
    add(workspace, "ERP rollout", "Acme", None)
    (item,) = cleaning.left(workspace, EVERYTHING).items
    assert cleaning.look(workspace, EVERYTHING, item) == item
    opportunities.edit(workspace, "1", Answers(amount="5k"))
    assert cleaning.look(workspace, EVERYTHING, item) is None


def test_what_was_skipped_is_left_alone_for_a_while(workspace: Workspace, tmp_path: Path) -> None:
    add(workspace, "ERP rollout", "Acme", None)
    add(workspace, "Kiosk", "Acme", None)
    assert cleaning.skip(workspace, 1) == date(2026, 3, 16)
    found = cleaning.left(workspace, EVERYTHING)
    assert ([i.record["id"] for i in found.items], found.skipped, found.until) == ([2], 1, date(2026, 3, 16))
    again = cleaning.left(workspace, Asked(again=True))
    assert ([i.record["id"] for i in again.items], again.skipped) == ([1, 2], 0)


class TestSkipped:
    def test_each_person_and_workspace_skips_for_itself_until_the_day(self, tmp_path: Path) -> None:
        environ = {"XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path)}
        today, until = date(2026, 3, 2), date(2026, 3, 16)
        Skipped(environ, "one", "lea", today).skip(7, until)
        Skipped(environ, "one", "lea", today).skip(9, until)
        assert Skipped(environ, "one", "lea", today).numbers() == {7: until, 9: until}
        assert Skipped(environ, "one", "marc", today).numbers() == {}
        assert Skipped(environ, "two", "lea", today).numbers() == {}
        assert Skipped(environ, "one", "lea", until).numbers() == {}
        Skipped(environ, "two", "lea", until).skip(1, date(2026, 4, 1))
        (file,) = tmp_path.rglob("skipped.json")
        assert json.loads(file.read_text()) == {"two lea": {"1": "2026-04-01"}}

    @pytest.mark.parametrize("text", ["", "[]", "{", '{"one lea": 3}', '{"one lea": {"x": "y"}}', "\x00"])
    def test_a_file_that_says_nothing_asks_again(self, tmp_path: Path, text: str) -> None:
        environ = {"XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path)}
        today = date(2026, 3, 2)
        Skipped(environ, "one", "lea", today).skip(7, date(2026, 3, 16))
        (file,) = tmp_path.rglob("skipped.json")
        file.write_text(text)
        assert Skipped(environ, "one", "lea", today).numbers() == {}
        Skipped(environ, "one", "lea", today).skip(8, date(2026, 3, 16))
        assert list(Skipped(environ, "one", "lea", today).numbers()) == [8]


def test_kinds_are_named_by_their_beginning() -> None:
    assert cleaning.kinds_of(["unpriced,dead", "past close"]) == ("dead", "past_close_date", "unpriced")
    assert cleaning.kinds_of([]) == ()
    for text in ("un", "dead,ugly"):
        with pytest.raises(InvalidInput, match="no trouble is called"):
            cleaning.kinds_of([text])


def test_letters_are_counted_by_the_library_as_by_the_book() -> None:
    assert likeness.alike(["Betatec", "Beattech", "Acne"], ["Betatech", "Acme"]) == [
        ("Betatec", "Betatech"),
        ("Beattech", "Betatech"),
    ]
    assert likeness.alike(["Acme", "Borel", "ACME Ltd"], []) == [("ACME Ltd", "Acme")]
    assert likeness.alike(["Acme"], ["Acme"]) == []
    assert likeness.same_accounts([(9, "Borel SA"), (3, "Borel"), (5, "Nord")]) == [(3, 9)]


def test_names_that_may_be_one_are_proposed_with_what_settles_them(workspace: Workspace) -> None:
    for account, contact in (
        ("Acme", "Ana Bergman <ana@acme.example>"),
        ("ACME SAS", "Bo Lundgren <bo@acme.example>"),
        ("ACME SAS", "Ida Berg"),
    ):
        answers = Answers(next="call", due="+5d", sets=(f"account={account}", f"contact={contact}"))
        opportunities.add(workspace, "Rollout", answers)
    assert names.alike(workspace) == [
        names.Twins("account", "ACME SAS", "Acme", (1,), "pipe edit 1 --set 'account=ACME SAS'")
    ]
    opportunities.edit(workspace, "3", Answers(sets=("contact=Bo Lundgrenn",)))
    fix = "pipe edit 3 --set 'contact=Bo Lundgren <bo@acme.example>'"
    assert names.alike(workspace)[1:] == [
        names.Twins("contact", "Bo Lundgren <bo@acme.example>", "Bo Lundgrenn", (3,), fix)
    ]
    opportunities.edit(workspace, "3", Answers(sets=("contact=Bo Lundgren <bo@acme.example>",)))
    assert [t.kind for t in names.alike(workspace)] == ["account"]


def test_an_import_tells_of_people_who_may_be_known(workspace: Workspace, tmp_path: Path) -> None:
    known = Answers(next="call", due="+5d", sets=("account=Acme", "contact=Ana Bergman"))
    opportunities.add(workspace, "Rollout", known)
    file = tmp_path / "deals.csv"
    file.write_text(
        "id,name,stage,account,contact\n1,Kiosk,lead,Acme,Ana Bergmann\n2,Desk,lead,Acme,Ida Berg\n"
    )
    assert import_file(workspace, str(file)).notes == [
        '1 new contact resembles another and was kept apart: "Ana Bergmann" / "Ana Bergman"'
    ]
