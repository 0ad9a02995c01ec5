"""What tests everywhere share: a clock that stands still, and a workspace of one's own in a temporary folder."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest

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
