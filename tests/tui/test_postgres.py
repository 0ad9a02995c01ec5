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
