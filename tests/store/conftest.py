"""Both databases for every store test: a fresh SQLite file, and a fresh database of a real PostgreSQL server."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from pipecli import clock
from pipecli.config import Settings
from pipecli.service import creating, opportunities
from pipecli.service.workspace import Workspace
from pipecli.store.driver import Driver
from pipecli.store.opening import create_database, open_database

from .files import LEAVES_A_WAL, NEXT, beside
from .living import DEFINITION, TODAY, Held, Player, noon, settings_for

_NUMBERS = count(1)
Build = Callable[[Settings], None]


@pytest.fixture(autouse=True)
def at() -> Iterator[Callable[[date], None]]:
    """Stops the clock at noon of a day; it starts at that of `TODAY`."""
    clock.freeze(noon(TODAY))
    yield lambda day: clock.freeze(noon(day))
    clock.freeze(None)


def _database(server: str, name: str) -> str:
    return server.replace("/postgres?", f"/{name}?")


@contextmanager
def _new_database(server: str, template: str = "template1") -> Iterator[str]:
    import psycopg

    name = f"test{next(_NUMBERS)}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"create database {name} template {template}")
    try:
        yield _database(server, name)
    finally:
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(f"drop database {name} with (force)")


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    """Either database."""
    return str(request.param)


@pytest.fixture
def address(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a workspace can be made: no file yet, or an empty PostgreSQL database."""
    if engine == "sqlite":
        yield str(tmp_path / "pipe.db")
        return
    with _new_database(request.getfixturevalue("server")) as uri:
        yield uri


@pytest.fixture
def empty(address: str) -> Iterator[Driver]:
    """A database without any table."""
    driver = create_database(address)
    yield driver
    driver.close()


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Build], Path]:
    """Makes each kind of workspace once, as a file to copy."""
    made: dict[str, Path] = {}

    def template(name: str, build: Build) -> Path:
        if name not in made:
            folder = tmp_path_factory.mktemp(name)
            build(settings_for(str(folder / "pipe.db"), folder))
            made[name] = folder / "pipe.db"
        return made[name]

    return template


@pytest.fixture(scope="session")
def template_databases(server: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Build], str]:
    """Makes each kind of workspace once, as a PostgreSQL database to copy."""
    import psycopg

    made: set[str] = set()

    def template(name: str, build: Build) -> str:
        if name not in made:
            with psycopg.connect(server, autocommit=True) as admin:
                admin.execute(f"create database {name}")
            build(settings_for(_database(server, name), tmp_path_factory.mktemp(name)))
            made.add(name)
        return name

    return template


def small(settings: Settings) -> None:
    """A workspace without opportunities, made on 1 January."""
    clock.freeze(noon(date(2026, 1, 1)))
    creating.init(settings, DEFINITION)


@pytest.fixture
def build() -> Build:
    """How the test's workspace is made; a test module may have its own."""
    return small


@pytest.fixture
def workspace(
    engine: str, build: Build, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Workspace]:
    """A workspace with the small definition."""
    if engine == "sqlite":
        file = tmp_path / "pipe.db"
        file.write_bytes(request.getfixturevalue("templates")(build.__name__, build).read_bytes())
        file.chmod(0o600)
        clock.freeze(noon(TODAY))
        yield Workspace(settings_for(str(file), tmp_path))
        return
    name = request.getfixturevalue("template_databases")(build.__name__, build)
    with _new_database(request.getfixturevalue("server"), name) as uri:
        clock.freeze(noon(TODAY))
        yield Workspace(settings_for(uri, tmp_path))


@pytest.fixture
def driver(workspace: Workspace) -> Iterator[Driver]:
    """A connection to the workspace that can write."""
    opened = open_database(workspace.address, write=True)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def shared_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace file that tests leave as they find it."""
    folder = tmp_path_factory.mktemp("shared")
    settings = settings_for(str(folder / "pipe.db"), folder)
    small(settings)
    return Workspace(settings)


@pytest.fixture(scope="session")
def shared_postgresql(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A workspace in PostgreSQL that tests leave as they find it."""
    with _new_database(server) as uri:
        settings = settings_for(uri, tmp_path_factory.mktemp("shared"))
        small(settings)
        yield Workspace(settings)


@pytest.fixture
def held(engine: str, request: pytest.FixtureRequest) -> Iterator[Held]:
    """A workspace in one transaction that is taken back at the end of the test."""
    workspace: Workspace = request.getfixturevalue(f"shared_{engine}")
    clock.freeze(noon(TODAY))
    driver = open_database(workspace.address, write=True)
    driver.begin()
    yield Held(workspace.settings, driver)
    driver.rollback()
    driver.close()


@pytest.fixture
def change(workspace: Workspace) -> Callable[..., None]:
    """Runs statements behind the program's back."""

    def run(*statements: str, **parameters: Any) -> None:
        opened = open_database(workspace.address, write=True)
        for statement in statements:
            opened.run(statement, parameters)
        opened.close()

    return run


@pytest.fixture
def player(held: Held, at: Callable[[date], None]) -> Callable[[], Any]:
    """A context in which one history is lived; it is taken back at its end."""

    @contextmanager
    def living() -> Iterator[Player]:
        held.driver.run("savepoint life")
        try:
            yield Player(held, at)
        finally:
            held.driver.run("rollback to savepoint life")
            at(TODAY)

    return living


@pytest.fixture
def file(workspace: Workspace) -> Path:
    """A workspace file with one opportunity, cleanly closed."""
    opportunities.add(workspace, "ERP", NEXT)
    return Path(workspace.address)


@pytest.fixture
def left(file: Path) -> Path:
    """A file whose last command stands in the WAL that a killed process left."""
    done = subprocess.run([sys.executable, "-c", LEAVES_A_WAL, str(file)], check=False)
    assert done.returncode == -9
    assert beside(file, "-wal").stat().st_size > 0
    return file
