"""What tests of use cases share: a clock that goes where a test needs it, and pipelines with a past."""

import io
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from past_lives import steady

from forecasting.cases import Case, write_csv
from pipecli import clock
from pipecli.config import Settings
from pipecli.service import creating, exporting, opportunities
from pipecli.service.answers import Answers
from pipecli.service.importing import Request, import_file
from pipecli.service.workspace import Workspace


@pytest.fixture
def at(frozen_clock: datetime) -> Iterator[Callable[[date], None]]:
    """Stops the clock at noon of a day."""
    yield lambda day: clock.freeze(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
    clock.freeze(None)


@pytest.fixture
def bring(workspace: Workspace, tmp_path: Path) -> Callable[[Sequence[Case]], Workspace]:
    """Imports lives, each with the days of its moves, into the workspace."""

    def run(cases: Sequence[Case]) -> Workspace:
        opportunities, history = write_csv(cases, tmp_path)
        found = import_file(workspace, str(opportunities), Request(history=str(history)))
        assert (found.landed, found.rejected, found.differences) == (len(cases), [], [])
        return workspace

    return run


@pytest.fixture
def story(bring: Callable[[Sequence[Case]], Workspace]) -> Workspace:
    """A year of sixty opportunities, one opened every six days: a third of them won, 54 to 60 still open."""
    workspace = bring(steady())
    for ref in range(54, 61):
        opportunities.set_next(workspace, str(ref), "call", "+5d")
    return workspace


@pytest.fixture(params=["sqlite", "postgresql"])
def place(
    request: pytest.FixtureRequest, frozen_clock: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Workspace:
    """Lea's workspace with two opportunities, one of Jeanne Martin's, on either database."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path))
    sqlite = request.param == "sqlite"
    address = str(tmp_path / "pipe.db") if sqlite else request.getfixturevalue("postgres")
    found = Workspace(settings_of(address, tmp_path))
    creating.init(found.settings)
    sets = ("account=Acme", "contact=Jeanne Martin <jeanne@acme.example>")
    opportunities.add(found, "ERP rollout", Answers(sets=sets, amount="48k", next="call Jeanne", due="+3d"))
    opportunities.add(found, "Audit", Answers(sets=("account=Nord",), next="book a room", due="+5d"))
    return found


def settings_of(address: str, folder: Path) -> Settings:
    """Lea's settings with the workspace at an address."""
    return Settings(environ={"PIPE_DB": address, "PIPE_ME": "lea", "PIPE_CONFIG": str(folder / "none.toml")})


@pytest.fixture
def journal_of() -> Callable[[Workspace], str]:
    """The whole journal of a workspace as it is exported."""

    def exported(workspace: Workspace) -> str:
        out = io.StringIO()
        exporting.export_journal(workspace, out)
        return out.getvalue()

    return exported
