"""The board on a real PostgreSQL: read, moved, watched; the actor is the database's user."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from pipecli.config import Settings
from pipecli.errors import StoreError
from pipecli.service import creating
from pipecli.service.show import Shown
from pipecli.service.watching import Watch
from pipecli.service.workspace import Workspace

from .conftest import TODAY, Board, OnBoard, freeze
from .test_board import cards


@pytest.fixture
def place(postgres: str, tmp_path: Path) -> Workspace:
    """A workspace in a PostgreSQL database."""
    freeze(TODAY)
    environ = {"PIPE_DB": postgres, "PIPE_ME": "somebody", "PIPE_CONFIG": str(tmp_path / "config.toml")}
    settings = Settings(environ=environ)
    creating.init(settings)
    return Workspace(settings, origin="board")


def test_a_morning_on_postgresql(
    on_board: OnBoard,
    place: Workspace,
    pipe: Callable[..., int],
    known: Callable[[int], Shown],
    postgres: str,
) -> None:
    with psycopg.connect(postgres) as connection:
        user = connection.execute("select current_user").fetchone()[0]  # type: ignore[index]

    async def work(board: Board) -> None:
        await board.press("plus")
        for text in ("ERP rollout", "48k", "Acme", "Jeanne <j@acme.example>", ""):
            await board.type(text)
            await board.press("enter")
        for text in ("call Jeanne", "today"):
            await board.type(text)
            await board.press("enter")
        assert board.chosen == 1 and user in board.seen().splitlines()[0]
        await board.press("a")
        await board.type("One stock")
        await board.press("enter")
        assert cards(board) == [[], [1], [], []]
        assert pipe("add", "Portal", "-n", "call", "-d", "today") == 0
        await board.look()
        assert cards(board) == [[2], [1], [], []]
        await board.press("m", "2", "3", "1", "u")
        assert board.notes[-1].startswith("Took back add")
        assert cards(board) == [[], [1], [], []]

    on_board(work)
    assert (known(1).record["owner"], known(1).record["stage"]) == (user, "discovery")


@pytest.fixture
def as_user(
    place: Workspace, postgres: str, people: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], str]:
    """The address under which somebody of the roles logs in; the board opened from now on is Ana's, a rep's."""
    people(postgres)

    def address(name: str) -> str:
        return postgres.replace("postgresql://postgres", f"postgresql://{name}", 1)

    monkeypatch.setitem(place.settings.environ, "PIPE_DB", address("ana"))  # type: ignore[arg-type]
    return address


def test_a_rep_works_while_a_colleague_does(
    as_user: Callable[[str], str],
    on_board: OnBoard,
    place: Workspace,
    pipe: Callable[..., int],
    known: Callable[[int], Shown],
) -> None:
    assert pipe("add", "ERP rollout", "18k", "-a", "Acme", "-c", "Jeanne", "-n", "call", "-d", "today") == 0
    assert pipe("add", "Maintenance", "9k", "-a", "Borel", "-n", "mail", "-d", "+2d") == 0

    async def work(board: Board) -> None:
        await board.press("slash")
        await board.type("bor")
        assert cards(board) == [[2], [], [], []]
        await board.press("escape")
        board.app.screen.query_one("Stages").follow(1)  # type: ignore[attr-defined]
        await board.press("a")
        await board.type("One stock")
        await board.press("enter")
        assert cards(board) == [[2], [1], [], []]
        assert pipe("--db", as_user("bob"), "edit", "2", "--amount", "12k", "--owner", "bob") == 0
        await board.look()
        assert "€12,000" in board.seen() and "bob" in board.seen()
        board.app.screen.query_one("Stages").follow(2)  # type: ignore[attr-defined]
        await board.press("x", "p", "enter", "enter", "ctrl+s")
        assert board.notes[-1] == "2 Borel · Maintenance   lost   €12,000", board.seen()
        assert cards(board) == [[], [1], [], []]
        await board.press("u")
        assert board.notes[-1].startswith("Took back lose")
        assert cards(board) == [[2], [1], [], []]

    on_board(work)
    assert (known(1).record["stage"], known(2).record["amount"]) == ("discovery", 12_000)
    actors = {entry.kind: entry.actor for entry in known(2).entries}
    assert (actors["OwnerChanged"], actors["CommandUndone"]) == ("bob", "ana")


def test_a_reader_looks_and_is_told_in_a_line(
    as_user: Callable[[str], str],
    on_board: OnBoard,
    place: Workspace,
    pipe: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert pipe("add", "ERP rollout", "18k", "-a", "Acme", "-n", "call", "-d", "today") == 0
    monkeypatch.setitem(place.settings.environ, "PIPE_DB", as_user("rob"))  # type: ignore[arg-type]

    async def look(board: Board) -> None:
        assert cards(board) == [[1], [], [], []] and "rob" in board.seen().splitlines()[0]
        await board.press("n")
        await board.type("visit")
        await board.press("enter")
        await board.type("fri")
        await board.press("enter")
        assert "permission denied for table workspace" in board.seen()
        await board.press("escape", "escape")
        assert cards(board) == [[1], [], [], []] and "call" in board.seen()
        await board.press("u")
        assert "does not let you write" in board.notes[-1]

    on_board(look)


def test_the_watch_keeps_one_connection_and_takes_another_when_it_breaks(
    place: Workspace, postgres: str
) -> None:
    def connections() -> int:
        with psycopg.connect(postgres, autocommit=True) as admin:
            query = "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
            return len(admin.execute(query).fetchall())

    watch = Watch(place)
    first = watch.moment()
    assert [watch.moment() for _look in range(3)] == [first] * 3
    assert connections() == 1
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )
    with pytest.raises(StoreError):
        watch.moment()
    assert watch.moment() == first
    watch.close()
    watch.close()
    assert connections() == 0
