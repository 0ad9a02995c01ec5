"""An agreement holds for what was agreed to, on this machine, and for nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from pipecli.assist import consent
from pipecli.config import ModelSettings
from pipecli.errors import ConfigError

SETTINGS = ModelSettings("mistral/small", "http://models.example/v1")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"PIPE_CONFIG": str(tmp_path / "pipe" / "config.toml")}


def test_it_holds_for_one_workspace_model_address_and_masking(
    environ: dict[str, str], frozen_clock: datetime
) -> None:
    assert not consent.is_given(environ, "w1", SETTINGS)
    consent.give(environ, "w1", SETTINGS, "lea")
    consent.give(environ, "w1", SETTINGS, "marc")
    assert consent.is_given(environ, "w1", replace(SETTINGS, timeout=5, budget=900))
    assert not consent.is_given(environ, "w2", SETTINGS)
    assert not consent.is_given(environ, "w1", replace(SETTINGS, name="mistral/large"))
    assert not consent.is_given(environ, "w1", replace(SETTINGS, api_base=None))
    assert not consent.is_given(environ, "w1", replace(SETTINGS, redact=True))
    file = Path(environ["PIPE_CONFIG"]).with_name("agreed.json")
    assert json.loads(file.read_text()) == [
        {
            "workspace": "w1",
            "model": "mistral/small",
            "api_base": "http://models.example/v1",
            "redact": False,
            "by": "lea",
            "at": "2026-03-02T09:00:00+00:00",
        }
    ]


def test_several_hold_together_until_they_are_forgotten(
    environ: dict[str, str], frozen_clock: datetime
) -> None:
    consent.forget(environ)
    assert not Path(environ["PIPE_CONFIG"]).parent.exists()
    for workspace in ("w1", "w2"):
        consent.give(environ, workspace, SETTINGS, "lea")
    assert all(consent.is_given(environ, workspace, SETTINGS) for workspace in ("w1", "w2"))
    consent.forget(environ)
    assert not any(consent.is_given(environ, workspace, SETTINGS) for workspace in ("w1", "w2"))


@pytest.mark.parametrize("text", ["", "{", "{}", "[1, null]", "\xff", "[" * 100_000])
def test_a_file_that_says_nothing_agrees_to_nothing(
    environ: dict[str, str], frozen_clock: datetime, text: str
) -> None:
    file = Path(environ["PIPE_CONFIG"]).with_name("agreed.json")
    file.parent.mkdir()
    file.write_bytes(text.encode("latin-1"))
    assert not consent.is_given(environ, "w1", SETTINGS)
    consent.give(environ, "w1", SETTINGS, "lea")
    assert consent.is_given(environ, "w1", SETTINGS)


def test_one_that_cannot_be_kept_is_one_line(environ: dict[str, str], frozen_clock: datetime) -> None:
    folder = Path(environ["PIPE_CONFIG"]).parent
    folder.write_text("a file where the folder should be")
    with pytest.raises(ConfigError, match=r"agreed\.json cannot be written: "):
        consent.give(environ, "w1", SETTINGS, "lea")
