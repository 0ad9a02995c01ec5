"""What tests of use cases share: a clock that goes where a test needs it, and pipelines with a past."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from past_lives import steady

from forecasting.cases import Case, write_csv
from pipecli import clock
from pipecli.service import opportunities
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
