"""Who agreed that a workspace's texts may go to a model: remembered on this machine, beside the configuration file.

An agreement holds for one workspace, model, address and masking; another of these is asked again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipecli import clock
from pipecli.config import ModelSettings, config_path
from pipecli.errors import ConfigError
from pipecli.rewriting import rewrite
from pipecli.text import _


def is_given(environ: Mapping[str, str], workspace: str, settings: ModelSettings) -> bool:
    """Whether somebody agreed; `workspace` is its uid."""
    asked = _asked(workspace, settings)
    return any(isinstance(given, dict) and asked.items() <= given.items() for given in _read(_path(environ)))


def give(environ: Mapping[str, str], workspace: str, settings: ModelSettings, by: str) -> None:
    """Remember that a person agreed."""
    if is_given(environ, workspace, settings):
        return
    at = clock.now().isoformat(timespec="seconds")
    _write(_path(environ), [*_read(_path(environ)), {**_asked(workspace, settings), "by": by, "at": at}])


def forget(environ: Mapping[str, str]) -> None:
    """Forget every agreement, so that the next call asks again."""
    path = _path(environ)
    if path.exists():
        _write(path, [])


def _asked(workspace: str, settings: ModelSettings) -> dict[str, Any]:
    return {
        "workspace": workspace,
        "model": settings.name,
        "api_base": settings.api_base,
        "redact": settings.redact,
    }


def _path(environ: Mapping[str, str]) -> Path:
    return config_path(environ).with_name("agreed.json")


def _read(path: Path) -> list[Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):  # one that cannot be read agrees to nothing
        return []
    return found if isinstance(found, list) else []


def _write(path: Path, given: list[Any]) -> None:
    try:
        rewrite(path, json.dumps(given, ensure_ascii=False, indent=2) + "\n")
    except OSError as error:
        raise ConfigError(
            _("{path} cannot be written: {error}").format(path=path, error=error.strerror)
        ) from error
